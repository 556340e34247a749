package ftpd_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"

	"mftprobe/internal/refserver"
)

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
			c.do("XSHA256 empty", "250 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
			c.do("HASH empty", "213 SHA-256 0-0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 empty")
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

// TestIPv6 serves an address of IPv6; where the machine has none, that is an error and not an endpoint that nobody reaches.
func TestIPv6(t *testing.T) {
	cfg := refserver.Config{FTP: []string{"[::1]:0"}}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp6", cfg.FTP[0])
	if err != nil {
		if s, err := refserver.Start(t.Context(), cfg); err == nil {
			s.Close()
			t.Error("it serves an address that this machine does not have")
		}
		return
	}
	_ = l.Close()
	s := startWith(t, cfg)
	c := login(t, s, "ftp")
	c.do("PASV", "425")
	if _, reply := c.get("NLST"); !strings.HasPrefix(reply, "226") {
		t.Error(reply)
	}
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
	if _, err := io.Copy(io.Discard, secured); err != nil { // to the close_notify, before anything in clear can come
		t.Fatal(err)
	}
	_ = secured.CloseWrite()
	_ = c.raw.SetWriteDeadline(time.Time{})
	_, _ = io.WriteString(c.raw, "NOOP\r\n") // in one flight with the close_notify
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

func TestPassiveRangeAndPublicAddress(t *testing.T) {
	low := twoFreePorts(t)
	cfg := refserver.Config{FTP: []string{"127.0.0.1:0"}, PassiveLow: low, PassiveHigh: low + 1, PublicAddress: net.IPv4(203, 0, 113, 7)}
	s := startWith(t, cfg)
	a, b, third := login(t, s, "ftp"), login(t, s, "ftp"), login(t, s, "ftp")
	for _, c := range []*talker{a, b} {
		reply := c.do("PASV", "227")
		if !strings.Contains(reply, announcedAs(low)) && !strings.Contains(reply, announcedAs(low+1)) {
			t.Error(reply)
		}
	}
	third.do("PASV", "425")
}

// announcedAs is how PASV writes a port of the public address.
func announcedAs(port int) string { return fmt.Sprintf("(203,0,113,7,%d,%d)", port>>8, port&0xff) }

// twoFreePorts finds two ports in a row below those that the system gives to clients, of which many are in use while tests run.
func twoFreePorts(t *testing.T) int {
	t.Helper()
	free := func(port int) bool {
		l, err := net.Listen("tcp4", fmt.Sprintf(":%d", port))
		if err == nil {
			_ = l.Close()
		}
		return err == nil
	}
	for low := 10000 + os.Getpid()%8000; low < 20000; low += 2 {
		if free(low) && free(low+1) {
			return low
		}
	}
	t.Fatal("no two free ports")
	return 0
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
