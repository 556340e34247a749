package ftpd_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"

	"mftprobe/internal/refserver"
	"mftprobe/internal/refserver/ftpd"
)

// TestReplies is the reference: which command gets which code in which state.
func TestReplies(t *testing.T) {
	tests := []struct{ name, conversation string }{
		{"before login", `
			C: PWD
			S: 530
			C: SYST
			S: 215 UNIX Type: L8
			C: NOOP
			S: 200
			C: HELP
			S: 214
			C: OPTS UTF8 ON
			S: 200
			C: OPTS NONE
			S: 501
			C: HOST ftp.example.com
			S: 220
			C: PASS x
			S: 503
			C: PBSZ 0
			S: 503
			C: PROT P
			S: 503
			C: CCC
			S: 533
			C: AUTH KERBEROS
			S: 504
			C: XYZZY
			S: 500
			C: QUIT
			S: 221
			EOF`},
		{"login", `
			C: USER probe
			S: 331
			C: PASS wrong
			S: 530
			C: USER nobody
			S: 331
			C: PASS {password}
			S: 530
			C: USER probe
			S: 331
			C: PASS {password}
			S: 230
			C: HOST ftp.example.com
			S: 503
			C: ACCT x
			S: 202`},
		{"too many failures", `
			C: USER probe
			S: 331
			C: PASS 1
			S: 530
			C: PASS 2
			S: 530
			C: PASS 3
			S: 421
			EOF`},
		{"files and directories", login959 + `
			C: PWD
			S: 257 "/" is the current directory
			C: MKD a "b"
			S: 257 "/a ""b""" created
			C: CWD a "b"
			S: 250
			C: PWD
			S: 257 "/a ""b""" is
			C: MKD sub
			S: 257
			C: CDUP
			S: 250
			C: RMD a "b"
			S: 550
			C: RMD a "b"/sub
			S: 250
			C: RNTO x
			S: 503
			C: RNFR nothing
			S: 550
			C: RNFR a "b"
			S: 350
			C: RNTO c
			S: 250
			C: CWD nothing
			S: 550
			C: DELE c
			S: 550
			C: RMD c
			S: 250
			C: CWD /../..
			S: 250
			C: PWD
			S: 257 "/"`},
		{"parameters", login959 + `
			C: TYPE I
			S: 200
			C: TYPE E
			S: 504
			C: MODE S
			S: 200
			C: MODE B
			S: 504
			C: STRU F
			S: 200
			C: STRU R
			S: 504
			C: ALLO 10
			S: 202
			C: REST 5
			S: 350
			C: REST -1
			S: 501
			C: SITE CHMOD 600 nothing
			S: 550
			C: SITE EXEC id
			S: 504
			C: MFMT 2026 x
			S: 501
			C: STAT
			S: 211
			C: STAT nothing
			S: 550
			C: ABOR
			S: 226`},
		{"data connections that were not agreed on", login959 + `
			C: LIST
			S: 425
			C: RETR nothing
			S: 550
			C: STOR x
			S: 425
			C: PORT 127,0,0,1,0,22
			S: 501
			C: PORT 10,0,0,1,200,1
			S: 501
			C: PORT 127,0,0,1,256,1
			S: 501
			C: PORT 1,2
			S: 501
			C: EPRT |1|127.0.0.1|50000
			S: 501
			C: EPRT |3|127.0.0.1|50000|
			S: 522
			C: EPRT |1|192.0.2.1|50000|
			S: 501
			C: EPSV 2
			S: 522
			C: EPSV ALL
			S: 200`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, start(t), "ftp")
			c.want("220")
			c.play(tt.conversation)
		})
	}
}

const login959 = `
	C: USER probe
	S: 331
	C: PASS {password}
	S: 230`

func TestEveryProtocolMovesFiles(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	for _, protocol := range []string{"ftp", "ftpes", "ftps"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			c := login(t, s, protocol)
			steps := []struct {
				command string
				sent    []byte
			}{{"STOR a", big}, {"APPE a", []byte("tail")}, {"STOR empty", nil}}
			for _, step := range steps {
				if reply := c.put(step.command, step.sent); !strings.HasPrefix(reply, "226") {
					t.Errorf("%s: %s", step.command, reply)
				}
			}
			want := append(bytes.Clone(big), "tail"...)
			if got, reply := c.get("RETR a"); !bytes.Equal(got, want) || !strings.HasPrefix(reply, "226") {
				t.Errorf("RETR: %d bytes, %s", len(got), reply)
			}
			c.do("REST 639998", "350")
			if got, _ := c.get("RETR a"); string(got) != "eftail" {
				t.Errorf("RETR after REST: %q", got)
			}
			c.do("SIZE a", "213 640004")
			c.do("MFMT 20250102030405 a", "213")
			c.do("MDTM a", "213 20250102030405")
			c.do("XSHA256 empty", "213 SHA-256 0-0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 empty")
			c.do("SITE CHMOD 600 a", "250")
			c.do("MLST a", "250-Listing\r\n type=file;size=640004;modify=20250102030405;UNIX.mode=0600; /a\r\n250 End")
			listings := map[string]string{
				"LIST -la": "-rw-------   1 " + strings.Repeat("ftp      ", 2) + "  640004 Jan  2  2025 a\r\n",
				"NLST":     "a\r\nempty\r\n",
				"MLSD":     "type=file;size=640004;modify=20250102030405;UNIX.mode=0600; a\r\n",
			}
			for command, want := range listings {
				if got, _ := c.get(command); !strings.HasPrefix(string(got), want) {
					t.Errorf("%s: %q, want %q first", command, got, want)
				}
			}
			c.do("DELE a", "250")
			c.do("DELE empty", "250")
			c.do("QUIT", "221")
			if left := s.Files(); len(left) != 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

func TestASCII(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	c.do("TYPE A", "200")
	c.put("STOR a", []byte("one\r\ntwo\r\n"))
	c.do("SIZE a", "550")
	if got, _ := c.get("RETR a"); string(got) != "one\r\ntwo\r\n" {
		t.Errorf("RETR in ASCII: %q", got)
	}
	c.do("TYPE I", "200")
	if got, _ := c.get("RETR a"); string(got) != "one\ntwo\n" {
		t.Errorf("RETR in binary: %q", got)
	}
}

func TestUniqueNames(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	for range 2 {
		if reply := c.put("STOU", []byte("x")); !strings.HasPrefix(reply, "226") {
			t.Error(reply)
		}
	}
	if n := len(s.Files()); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}

func TestActiveMode(t *testing.T) {
	c := login(t, start(t), "ftpes")
	for _, form := range []string{"PORT 127,0,0,1,%d,%d", "EPRT |1|127.0.0.1|%d|"} {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		if strings.HasPrefix(form, "PORT") {
			c.do(fmt.Sprintf(form, port>>8, port&255), "200")
		} else {
			c.do(fmt.Sprintf(form, port), "200")
		}
		c.say("NLST")
		raw, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.want("150")
		if _, err := io.ReadAll(c.secure(raw.(*net.TCPConn))); err != nil {
			t.Error(err)
		}
		c.want("226")
		raw.Close()
		l.Close()
	}
}

func TestIPv6(t *testing.T) {
	s := startWith(t, refserver.Config{FTP: []string{"[::1]:0"}})
	c := login(t, s, "ftp")
	c.do("PASV", "425")
	if _, reply := c.get("NLST"); !strings.HasPrefix(reply, "226") {
		t.Error(reply)
	}
}

func TestAnswersOfOneSegmentComeTogether(t *testing.T) {
	c := login(t, start(t), "ftp")
	_, _ = io.WriteString(c.conn, "NOOP\r\nSYST\r\nPWD\r\nNO")
	buf := make([]byte, 1000)
	n, err := c.conn.Read(buf)
	if err != nil || strings.Count(string(buf[:n]), "\r\n") != 3 {
		t.Errorf("got %q, %v", buf[:n], err)
	}
	c.do("OP", "200")
}

func TestReuseOfTLSSessions(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, reuse := range []bool{true, false} {
			s := start(t, "reuse=522 reuse required")
			c := connect(t, s, "ftp")
			c.tls.MaxVersion = version
			if !reuse {
				c.tls.ClientSessionCache = nil
			}
			c.want("220")
			c.do("AUTH TLS", "234")
			c.startTLS()
			c.play(login959 + "\nC: PROT P\nS: 200")
			_, reply := c.get("NLST")
			if want := map[bool]string{true: "226", false: "522"}[reuse]; !strings.HasPrefix(reply, want) {
				t.Errorf("%s, reuse %t: %s", tls.VersionName(version), reuse, reply)
			}
		}
	}
}

// TestTicketOfAnotherSession takes the ticket of one session to the data connection of another.
func TestTicketOfAnotherSession(t *testing.T) {
	s := start(t, "reuse=522 reuse required")
	a, b := login(t, s, "ftpes"), login(t, s, "ftpes")
	b.tls.ClientSessionCache = a.tls.ClientSessionCache
	if _, reply := b.get("NLST"); !strings.HasPrefix(reply, "522") {
		t.Error(reply)
	}
}

func TestClearCommandChannel(t *testing.T) {
	c := login(t, start(t), "ftpes")
	c.do("CCC", "200")
	secured := c.conn.(*tls.Conn)
	_ = secured.CloseWrite()
	_ = c.raw.SetWriteDeadline(time.Time{})
	_, _ = io.WriteString(c.raw, "NOOP\r\n") // in one flight with the close_notify
	if _, err := io.Copy(io.Discard, secured); err != nil {
		t.Fatal(err)
	}
	c.use(c.raw)
	c.want("200 OK")
	data := c.passive()
	c.do("NLST", "150")
	if err := tls.Client(data, c.tls).HandshakeContext(t.Context()); err != nil {
		t.Errorf("PROT P holds on after CCC: %v", err)
	}
	c.want("226")
}

// TestInjection sends a command in clear behind AUTH, in one segment: it must not be carried out under TLS.
func TestInjection(t *testing.T) {
	c := connect(t, start(t), "ftp")
	c.want("220")
	c.say("AUTH TLS\r\nSYST")
	c.want("234")
	c.startTLS()
	c.do("NOOP", "200")
}

func TestAbort(t *testing.T) {
	for _, signals := range []string{"", "\xff\xf4\xff\xf2"} {
		c := login(t, start(t), "ftp")
		data := c.passive()
		c.do("STOR a", "150")
		time.Sleep(80 * time.Millisecond) // the control connection is looked at from then on
		c.do(signals+"ABOR", "426")
		c.want("226")
		_ = data.Close()
		c.do("NOOP", "200")
	}
}

func TestClientLeavesInTransfer(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	c.passive()
	c.do("STOR a", "150")
	_ = c.raw.Close()
	s.Close() // waits for the session
}

func TestLineLimit(t *testing.T) {
	for over, want := range []string{"500 Unknown", "500 Line too long"} {
		c := connect(t, start(t), "ftp")
		c.want("220")
		c.say(strings.Repeat("x", ftpd.MaxLine-2+over))
		c.want(want)
	}
}

func TestAccounts(t *testing.T) {
	s := startWith(t, refserver.Config{FTP: []string{"127.0.0.1:0"}, Accounts: []refserver.Account{
		{User: "billed", Password: "p", Billing: "4711", Home: "/home"}, {User: "reader", Password: "p", ReadOnly: true}, {User: "anonymous"},
	}})
	conversations := map[string]string{
		"billed": `
			C: USER billed
			S: 331
			C: PASS p
			S: 332
			C: PWD
			S: 530
			C: ACCT 1
			S: 530
			C: ACCT 4711
			S: 230
			C: PWD
			S: 257 "/home"`,
		"read-only": `
			C: USER reader
			S: 331
			C: PASS p
			S: 230
			C: MKD x
			S: 550
			C: RNFR home
			S: 550
			C: SITE CHMOD 700 home
			S: 550
			C: STOR x
			S: 550
			C: MFMT 20250102030405 home
			S: 550`,
		"no password": `
			C: USER anonymous
			S: 230`,
	}
	for name, conversation := range conversations {
		t.Run(name, func(t *testing.T) {
			c := connect(t, s, "ftp")
			c.want("220")
			c.play(conversation)
		})
	}
}

func TestPassiveRangeAndPublicAddress(t *testing.T) {
	cfg := refserver.Config{FTP: []string{"127.0.0.1:0"}, PassiveLow: 23841, PassiveHigh: 23842, PublicAddress: net.IPv4(203, 0, 113, 7)}
	s := startWith(t, cfg)
	a, b, third := login(t, s, "ftp"), login(t, s, "ftp"), login(t, s, "ftp")
	for _, c := range []*talker{a, b} {
		if reply := c.do("PASV", "227"); !strings.Contains(reply, "(203,0,113,7,93,") {
			t.Error(reply)
		}
	}
	third.do("PASV", "425")
}

// TestLibraryClient lets a client that others wrote do the usual things.
func TestLibraryClient(t *testing.T) {
	s := start(t)
	c, err := ftp.Dial(s.Addr("ftp"), ftp.DialWithTimeout(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(s.User(), s.Password()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{c.MakeDir("d"), c.Stor("d/f", strings.NewReader("hello")), c.Rename("d/f", "d/g")} {
		if err != nil {
			t.Error(err)
		}
	}
	entries, err := c.List("d")
	if err != nil || len(entries) != 1 || entries[0].Name != "g" || entries[0].Size != 5 {
		t.Errorf("list: %v, %v", entries, err)
	}
	if err := c.RemoveDirRecur("d"); err != nil {
		t.Error(err)
	}
	if err := c.Quit(); err != nil || len(s.Files()) != 0 {
		t.Errorf("quit: %v, left %q", err, s.Files())
	}
}
