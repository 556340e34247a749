package ftpd_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"mftprobe/internal/refserver"
)

// TestReplyFaults looks at what a client sees of the effects that change replies.
func TestReplyFaults(t *testing.T) {
	tests := []struct {
		name         string
		effects      []string
		conversation string
	}{
		{"greeting", []string{"bye:greeting=421 closed"}, "S: 421 closed\nEOF"},
		{"greeting of the second connection", []string{"bye:greeting#2=421 closed"}, "S: 220"},
		{"closed", []string{"close:greeting"}, "EOF"},
		{"before", []string{"before:greeting=120 wait"}, "S: 120 wait\nS: 220"},
		{"raw", []string{`raw:greeting=220 bare\n`}, "S: 220 bare\n"},
		{"raw, then the end", []string{`raw:greeting=HTTP/1.1 400 Bad Request\r\n`, "hangup:greeting"}, "S: HTTP/1.1 400\nEOF"},
		{"the first of two", []string{"reply:NOOP=500 first", "reply:NOOP=501 second", "reply:NOOP,SYST=502 third"}, "S: 220\nC: NOOP\nS: 500\nC: SYST\nS: 502"},
		{"two that go together", []string{"before:NOOP=120 wait", "say:NOOP=200 {text}!", "hangup:NOOP"}, "S: 220\nC: NOOP\nS: 120\nS: 200 OK!\nEOF"},
		{"closed at a command", []string{"close:PWD"}, login959 + "\nC: PWD\nEOF"},
		{"hung up after it", []string{"hangup:PWD"}, login959 + "\nC: PWD\nS: 257\nEOF"},
		{"reply, not done", []string{"reply:MKD=550 no"}, login959 + "\nC: MKD d\nS: 550 no\nC: CWD d\nS: 550"},
		{"say, done", []string{"say:MKD=200 {arg} {text}"}, login959 + "\nC: MKD d\nS: 200 d \"/d\" created\nC: CWD d\nS: 250"},
		{"mute, done", []string{"mute:MKD"}, login959 + "\nC: MKD d\nC: CWD d\nS: 250"},
		{"silent, not done", []string{"silent:MKD"}, login959 + "\nC: MKD d\nC: CWD d\nS: 550"},
		{"after", []string{"after:NOOP=421 bye"}, "S: 220\nC: NOOP\nS: 200\nS: 421 bye"},
		{"only the second time", []string{"reply:NOOP#2=500 no"}, "S: 220\nC: NOOP\nS: 200\nC: NOOP\nS: 500\nC: NOOP\nS: 200"},
		{"in clear only", []string{"reply:USER@clear=530 TLS first"}, "S: 220\nC: USER probe\nS: 530 TLS first"},
		{"no TLS", []string{"tls=off"}, "S: 220\nC: AUTH TLS\nS: 502"},
		{"dripping", []string{"drip:NOOP=1ms"}, "S: 220\nC: NOOP\nS: 200 OK\nC: SYST\nS: 215 UNIX Type: L8"},
		{"delayed", []string{"delay:NOOP=1ms"}, "S: 220\nC: NOOP\nS: 200 OK"},
		{"private address", []string{"pasv-address=10.1.2.3"}, login959 + "\nC: PASV\nS: 227 Entering Passive Mode (10,1,2,3,"},
		{"transfer refused under PROT C", []string{"reply:STOR@prot-c=522 no"}, login959 + "\nC: STOR x\nS: 425"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, start(t, tt.effects...), "ftp")
			if strings.HasPrefix(tt.conversation, login959) {
				c.want("220")
			}
			c.play(tt.conversation)
		})
	}
}

// TestRawIsLogged: who reads the log sees what the client saw.
func TestRawIsLogged(t *testing.T) {
	lines := make(chan string, 10)
	cfg := refserver.Loopback(`raw:greeting=HTTP/1.1 400 Bad Request\r\n`, "hangup:greeting")
	cfg.Log = func(e refserver.Event) { lines <- e.String() }
	s := startWith(t, cfg)
	connect(t, s, "ftp").play("S: HTTP/1.1 400\nEOF")
	s.Close()
	close(lines)
	for line := range lines {
		if strings.HasSuffix(line, "sent HTTP/1.1 400 Bad Request") {
			return
		}
	}
	t.Error("the log does not tell")
}

func TestTransferFaults(t *testing.T) {
	sent := bytes.Repeat([]byte{'a'}, 100_000)
	flipped := bytes.Clone(sent)
	flipped[70_000] ^= 0xff
	tests := []struct {
		name, effect     string
		putWant, getWant string // final replies
		content          []byte
	}{
		{"short upload", "short:STOR=70000", "226", "226", sent[:70_000]},
		{"short download", "short:RETR=70000", "226", "226", sent[:70_000]},
		{"limit at the end", "short:put=100000", "226", "226", sent},
		{"changed upload", "corrupt:STOR=70000", "226", "226", flipped},
		{"changed download", "corrupt:RETR=70000", "226", "226", flipped},
		{"change behind the end", "corrupt:STOR=100000", "226", "226", sent},
		{"cut download", "cut:RETR=70000", "226", "426", sent[:70_000]},
		{"250", "say:transfer=250 {text}", "250 Transfer complete", "250 Transfer complete", sent},
		{"refused late", "say:STOR=552 Quota", "552 Quota", "226", sent},
	}
	for _, protocol := range []string{"ftp", "ftpes"} {
		for _, tt := range tests {
			t.Run(protocol+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				c := login(t, start(t, tt.effect), protocol)
				if reply := c.put("STOR a", sent); !strings.HasPrefix(reply, tt.putWant) {
					t.Errorf("put: %s", reply)
				}
				got, reply := c.get("RETR a")
				if !strings.HasPrefix(reply, tt.getWant) || !bytes.Equal(got, tt.content) {
					t.Errorf("get: %s, %d bytes, want %d", reply, len(got), len(tt.content))
				}
			})
		}
	}
}

func TestCutUpload(t *testing.T) {
	s := start(t, "cut:STOR=100")
	c := login(t, s, "ftp")
	if reply := c.put("STOR a", make([]byte, 1000)); !strings.HasPrefix(reply, "426") {
		t.Error(reply)
	}
	c.do("SIZE a", "213 100")
}

func TestStalledTransfer(t *testing.T) {
	for _, end := range []string{"ABOR", "QUIT"} {
		c := login(t, start(t, "stall:RETR=3"), "ftp")
		c.put("STOR a", []byte("abcdef"))
		data := c.passive()
		c.do("RETR a", "150")
		head := make([]byte, 3)
		if _, err := io.ReadFull(data, head); err != nil || string(head) != "abc" {
			t.Fatalf("%q, %v", head, err)
		}
		_ = data.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err := data.Read(head); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the stall: %v", err)
		}
		if end == "ABOR" {
			c.do("ABOR", "426")
			c.want("226")
		}
		c.do("QUIT", "221")
	}
}

func TestResets(t *testing.T) {
	c := login(t, start(t, "snap:RETR=3", "reset:NOOP"), "ftp")
	c.put("STOR a", []byte("abcdef"))
	data := c.passive()
	c.do("RETR a", "150")
	if _, err := io.ReadAll(data); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("data: %v", err)
	}
	c.want("426")
	c.say("NOOP")
	if reply := c.read(); !strings.Contains(reply, "reset") {
		t.Errorf("control: %s", reply)
	}
}

func TestPassivePorts(t *testing.T) {
	tests := []struct {
		effect string
		want   func(error) bool
	}{
		{"dead:EPSV", func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
		{"blackhole:EPSV", func(err error) bool { var e net.Error; return errors.As(err, &e) && e.Timeout() }},
	}
	for _, tt := range tests {
		c := login(t, start(t, tt.effect), "ftp")
		_, port, _ := strings.Cut(c.do("EPSV", "229"), "|||")
		port, _, _ = strings.Cut(port, "|")
		_, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
		if !tt.want(err) {
			t.Errorf("%s: %v", tt.effect, err)
		}
	}
}

func TestPreliminaryReplies(t *testing.T) {
	tests := map[string]string{
		"start:NLST=":            "226",
		"start:NLST=125 already": "125",
	}
	for effect, want := range tests {
		c := login(t, start(t, effect), "ftp")
		data := c.passive()
		c.do("NLST", want)
		_ = data.Close()
	}
}

func TestEndlessReplies(t *testing.T) {
	for effect, least := range map[string]int64{"flood:greeting=3M": 3 << 20, "endless:greeting=0": 3 << 20} {
		s := start(t, effect)
		conn := dial(t, s.Addr("ftp"))
		n, err := io.Copy(io.Discard, io.LimitReader(conn, least))
		if n != least || err != nil {
			t.Errorf("%s: %d bytes, %v", effect, n, err)
		}
		_ = conn.Close()
	}
}

func TestCertificates(t *testing.T) {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	tests := map[string]any{
		"cert=expired": &invalid, "cert=not-yet-valid": &invalid, "cert=wrong-name": &name, "cert=self-signed": &unknown, "cert=unknown-ca": &unknown,
	}
	for effect, want := range tests {
		err := handshake(t, effect)
		if !errors.As(err, want) {
			t.Errorf("%s: %v", effect, err)
		}
	}
}

func TestHandshakes(t *testing.T) {
	tests := map[string]string{
		"tls-max=1.1":     "protocol version",
		"tls-ciphers=rsa": "handshake failure",
		"close:tls":       "EOF",
		"inject=220 x":    "first record does not look like a TLS handshake",
	}
	for effect, want := range tests {
		if err := handshake(t, effect); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", effect, err, want)
		}
	}
}

// handshake returns why AUTH TLS fails.
func handshake(t *testing.T, effect string) error {
	t.Helper()
	c := connect(t, start(t, effect), "ftp")
	c.want("220")
	c.do("AUTH TLS", "234")
	conn := tlsOver(c)
	return conn.HandshakeContext(t.Context())
}

func TestClearDataUnderProtP(t *testing.T) {
	c := login(t, start(t, "data-clear"), "ftpes")
	data := c.passive()
	c.do("NLST", "150")
	if _, err := io.ReadAll(data); err != nil {
		t.Error(err)
	}
	c.want("226")
}

func TestDataConnectionFaults(t *testing.T) {
	tests := map[string]string{
		"reply:data=425 Can't open data connection.": "425 Can't open",
		"close:data-tls": "150",
	}
	for effect, want := range tests {
		c := login(t, start(t, effect), "ftpes")
		c.passive()
		c.do("NLST", want)
		if want == "150" {
			c.want("425")
		}
		c.do("NOOP", "200")
	}
}
