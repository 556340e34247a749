package lab

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Main(m, VSFTPD, ProFTPD, PureFTPD, Pyftpdlib, OpenSSH, Dropbear, VSFTPDHost, netfault)
}

const patience = 10 * time.Second

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// control is a control connection that keeps what it was told.
type control struct {
	*textproto.Conn
	t     *testing.T
	raw   net.Conn
	codes []int
}

func newControl(t *testing.T, conn net.Conn) *control {
	return &control{Conn: textproto.NewConn(conn), t: t, raw: conn}
}

func (c *control) reply() {
	code, _, err := c.ReadResponse(0)
	if err != nil {
		code = 0 // the server went without a reply
	}
	c.codes = append(c.codes, code)
}

func (c *control) send(line string) {
	if err := c.PrintfLine("%s", line); err != nil {
		c.t.Fatal(err)
	}
	c.reply()
}

func (c *control) secure(s *Server) {
	pem, err := os.ReadFile(s.File(c.t, "ca.pem"))
	if err != nil {
		c.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	conn := tls.Client(c.raw, &tls.Config{RootCAs: roots, ServerName: s.ServerName, MinVersion: tls.VersionTLS12})
	if err := conn.HandshakeContext(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.Conn = textproto.NewConn(conn)
}

func login(t *testing.T, s *Server, mode Mode) *control {
	c := newControl(t, dial(t, s.Addr(t, mode)))
	if mode == Implicit {
		c.secure(s)
	}
	c.reply()
	if mode == Explicit {
		c.send("AUTH TLS")
		c.secure(s)
	}
	c.send("USER " + s.User)
	c.send("PASS " + s.Password)
	return c
}

func TestHealthyLogin(t *testing.T) {
	plain := []int{220, 331, 230}
	explicit := []int{220, 234, 331, 230}
	for _, name := range []string{VSFTPD, VSFTPDHost, ProFTPD, PureFTPD, Pyftpdlib} {
		t.Run(name, func(t *testing.T) {
			s := Use(t, name, "none")
			for mode, want := range map[Mode][]int{Plain: plain, Explicit: explicit, Implicit: plain} {
				if !s.Has(mode) {
					continue
				}
				if got := login(t, s, mode).codes; !slices.Equal(got, want) {
					t.Errorf("%s: replies %v, want %v", mode, got, want)
				}
			}
		})
	}
}

func TestFaultsShow(t *testing.T) {
	tests := []struct {
		server, fault string
		mode          Mode
		want          []int
	}{
		{VSFTPD, "host-denied", Plain, []int{421, 0, 0}},
		{VSFTPD, "user-listed", Plain, []int{220, 530, 503}},
		{VSFTPD, "chroot-writable", Plain, []int{220, 331, 500}},
		{ProFTPD, "host-denied-wrap", Plain, []int{220, 331, 530}},
		{ProFTPD, "shutdown", Plain, []int{500, 0, 0}},
		{PureFTPD, "min-uid", Plain, []int{220, 331, 530}},
		{PureFTPD, "virtual-users-missing", Plain, []int{220, 331, 421}},
		{Pyftpdlib, "virtual-users", Plain, []int{220, 331, 230}},
	}
	for _, test := range tests {
		t.Run(test.server+"/"+test.fault, func(t *testing.T) {
			s := Use(t, test.server, test.fault)
			if got := login(t, s, test.mode).codes; !slices.Equal(got, test.want) {
				t.Errorf("replies %v, want %v", got, test.want)
			}
		})
	}
}

func TestCertificateFaults(t *testing.T) {
	tests := map[string]string{
		"tls-expired":       "expired",
		"tls-not-yet-valid": "not yet valid",
		"tls-wrong-name":    "not localhost",
		"tls-unknown-ca":    "unknown authority",
		"tls-self-signed":   "unknown authority",
	}
	for _, name := range []string{VSFTPD, ProFTPD, PureFTPD, Pyftpdlib} {
		s := Use(t, name, "none")
		pem, err := os.ReadFile(s.File(t, "ca.pem"))
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		for fault, want := range tests {
			t.Run(name+"/"+fault, func(t *testing.T) {
				s.Switch(t, fault)
				c := newControl(t, dial(t, s.Addr(t, Explicit)))
				c.reply()
				c.send("AUTH TLS")
				err := tls.Client(c.raw, &tls.Config{RootCAs: roots, ServerName: s.ServerName}).HandshakeContext(t.Context())
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("handshake: %v, want something with %q", err, want)
				}
			})
		}
	}
}

func TestSFTPLogin(t *testing.T) {
	tests := []struct {
		server string
		mode   Mode
		banner string
	}{
		{OpenSSH, SFTP, "SSH-2.0-OpenSSH_"},
		{OpenSSH, External, "SSH-2.0-OpenSSH_"},
		{ProFTPD, SFTP, "SSH-2.0-mod_sftp"},
		{Dropbear, SFTP, "SSH-2.0-dropbear_"},
	}
	for _, test := range tests {
		t.Run(test.server+"/"+string(test.mode), func(t *testing.T) {
			s := Use(t, test.server, "none")
			version, err := textproto.NewConn(dial(t, s.Addr(t, test.mode))).ReadLine()
			if err != nil || !strings.HasPrefix(version, test.banner) {
				t.Errorf("version line %q, %v", version, err)
			}
			s.Copy(t, s.KnownHosts(t), "/tmp/known_hosts")
			_, port, _ := net.SplitHostPort(s.Addr(t, test.mode))
			out := s.Exec(t, "sh", "-c", "echo pwd | sftp -q -b - -i /lab/public/id_ed25519 -P "+port+
				" -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/tmp/known_hosts alice@127.0.0.1")
			if !strings.Contains(out, homeOfAlice) {
				t.Errorf("sftp said %q", out)
			}
		})
	}
}

func TestSwitchPutsFilesBack(t *testing.T) {
	s := Use(t, VSFTPD, "none")
	before := s.Files(t, "")
	s.Exec(t, "sh", "-c", "echo litter > /home/alice/upload/litter; rm -r /home/alice/fulldir /home/alice/full/*; userdel bob")
	if after := s.Files(t, ""); slices.Equal(before, after) {
		t.Fatal("a new file is not in the list of files")
	}
	s.Switch(t, "none")
	if after := s.Files(t, ""); !slices.Equal(before, after) {
		t.Errorf("after a switch: %v, before: %v", after, before)
	}
	if free := strings.Fields(s.Exec(t, "df", "--output=avail", homeOfAlice+"/full")); free[len(free)-1] != "0" {
		t.Errorf("the full disk has room: %v", free)
	}
	s.Exec(t, "id", "bob")
}

func TestKilledSession(t *testing.T) {
	s := Use(t, VSFTPDHost, "none")
	c := login(t, s, Plain)
	s.Exec(t, "/lab/sessions", "KILL")
	if _, err := c.R.ReadByte(); err == nil {
		t.Error("the session outlived its processes")
	}
	if got := login(t, s, Plain).codes; !slices.Equal(got, []int{220, 331, 230}) {
		t.Errorf("the daemon did not outlive the sessions: %v", got)
	}
}

func TestCutConnection(t *testing.T) {
	s := Use(t, OpenSSH, "none")
	conn := dial(t, s.Addr(t, SFTP))
	if _, err := textproto.NewConn(conn).ReadLine(); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, "/lab/cut", "drop")
	conn.SetDeadline(time.Now().Add(time.Second))
	fmt.Fprintf(conn, "SSH-2.0-lab\r\n")
	rest, err := io.ReadAll(conn)
	if netErr, ok := err.(net.Error); !ok || !netErr.Timeout() { //nolint:errorlint // a net.Conn returns its errors unwrapped
		t.Errorf("after the cut: %q, %v, want silence", rest, err)
	}
}

func TestBlockedPort(t *testing.T) {
	s := Use(t, ProFTPD, "none")
	s.Exec(t, "/lab/block", "reset")
	// The port forwarder accepts for a server that it cannot reach, and only then gives up.
	if line, err := textproto.NewConn(dial(t, s.Addr(t, Plain))).ReadLine(); err == nil {
		t.Errorf("a blocked port greets with %q", line)
	}
	s.Switch(t, "none")
	if got := login(t, s, Plain).codes; !slices.Equal(got, []int{220, 331, 230}) {
		t.Errorf("after a switch the port is still blocked: %v", got)
	}
}

func TestUnknownFault(t *testing.T) {
	s := Use(t, OpenSSH, "none")
	_, err := s.exec(t, commandTimeout, "-e", "FAULT=nonsense", s.container, "/lab/switch")
	if err == nil || !strings.Contains(err.Error(), "exit status 2") || !strings.Contains(err.Error(), "key-only") {
		t.Errorf("unknown fault: %v, want exit status 2 and the list", err)
	}
}

func TestNetfault(t *testing.T) {
	for fault, want := range map[string]string{
		"ftp-421": "421 Service", "smtp": "220 mail", "ssh-1": "SSH-1.5", "garbage": "AAAA", "ssh-not-allowed": "Not allowed",
		"ssh-kexinit-then-silent": "SSH-2.0-OpenSSH_9.2p1", "ftp-120-then-220": "120 ", "ftp-endless-banner": "220-welcome",
	} {
		got := make([]byte, len(want))
		if _, err := io.ReadFull(dial(t, Netfault(t, fault)), got); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", fault, got, err, want)
		}
	}
	if _, err := dial(t, Netfault(t, "close")).Read(make([]byte, 1)); err != io.EOF { //nolint:errorlint // io.Reader returns io.EOF itself
		t.Errorf("close: %v", err)
	}
	conn, err := net.Dial("tcp", Netfault(t, "reset"))
	if err == nil { // or the reset overtook connect(2)
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1))
	}
	if err == nil || !strings.Contains(err.Error(), "reset") {
		t.Errorf("reset: %v", err)
	}
	for addr, want := range map[string]string{Netfault(t, "drop"): "timeout", Refused(t): "refused"} {
		dialer := net.Dialer{Timeout: 2 * time.Second} // for the one that stays silent
		conn, err := dialer.DialContext(t.Context(), "tcp", addr)
		if err == nil {
			conn.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", addr, err, want)
		}
	}
}

// Every fault must at least leave its server in the state that it promises: listening, or down on purpose.
func TestEveryFaultStarts(t *testing.T) {
	const all = `for fault in $(/lab/switch --list); do FAULT=$fault /lab/switch || echo "$fault ends with $?"; done`
	for _, name := range []string{VSFTPD, ProFTPD, PureFTPD, Pyftpdlib, OpenSSH, Dropbear} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Use(t, name, "none")
			if out, err := s.exec(t, 4*time.Minute, s.container, "bash", "-c", all); out != "" || err != nil {
				t.Error(out, err)
			}
		})
	}
}
