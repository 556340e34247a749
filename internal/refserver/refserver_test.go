package refserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestFacts(t *testing.T) {
	s := start(t, Loopback())
	for _, protocol := range []string{"ftp", "ftpes", "ftps", "sftp"} {
		host, port, err := net.SplitHostPort(s.Addr(protocol))
		if err != nil || host != "127.0.0.1" || port == "0" {
			t.Errorf("%s at %q", protocol, s.Addr(protocol))
		}
		if want := protocol + "://probe@" + s.Addr(protocol); s.URL(protocol) != want {
			t.Errorf("URL %q, want %q", s.URL(protocol), want)
		}
	}
	if s.Addr("ftp") != s.Addr("ftpes") || s.Addr("ftp") == s.Addr("ftps") {
		t.Error("explicit TLS is at the port of FTP, implicit TLS is not")
	}
	if len(s.Password()) < 20 || !bytes.HasPrefix(s.CAPEM(), []byte("-----BEGIN CERTIFICATE-----")) {
		t.Errorf("password of %d characters, authority %q", len(s.Password()), s.CAPEM())
	}
	_, port, _ := net.SplitHostPort(s.Addr("sftp"))
	if lines := s.KnownHosts(); strings.Count(lines, "[127.0.0.1]:"+port+" ") != 2 || !strings.HasPrefix(s.HostKeyFingerprint(), "SHA256:") {
		t.Errorf("known hosts %q, %s", lines, s.HostKeyFingerprint())
	}
}

// TestAllAddresses: an endpoint for a partner names what the partner can dial, and its certificate is good for that.
func TestAllAddresses(t *testing.T) {
	all := []string{"0.0.0.0:0"}
	s := start(t, Config{FTPS: all, SFTP: all, PublicAddress: net.IPv4(192, 0, 2, 7)})
	_, ftps, _ := net.SplitHostPort(s.Addr("ftps"))
	_, sftp, _ := net.SplitHostPort(s.Addr("sftp"))
	if s.URL("ftps") != "ftps://probe@192.0.2.7:"+ftps || !strings.HasPrefix(s.KnownHosts(), "[192.0.2.7]:"+sftp+" ") {
		t.Errorf("%s, known hosts %s", s.URL("ftps"), s.KnownHosts())
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CAPEM())
	for _, name := range []string{"192.0.2.7", "127.0.0.1"} {
		dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: name}}
		conn, err := dialer.DialContext(t.Context(), "tcp", "127.0.0.1:"+ftps)
		if err != nil {
			t.Errorf("as %s: %v", name, err)
			continue
		}
		conn.Close()
	}
	if local := start(t, Config{FTP: all}); !strings.HasPrefix(local.URL("ftp"), "ftp://probe@127.0.0.1:") {
		t.Errorf("without a public address: %s", local.URL("ftp"))
	}
}

func TestNothingIsServedUnasked(t *testing.T) {
	s := start(t, Config{FTP: []string{"127.0.0.1:0"}})
	if s.Addr("ftps") != "" || s.URL("sftp") != "" || s.KnownHosts() != "" {
		t.Error("ftps or sftp is served")
	}
}

func TestInvalidConfig(t *testing.T) {
	taken := start(t, Config{FTP: []string{"127.0.0.1:0"}}).Addr("ftp")
	tests := []struct {
		cfg  Config
		want string
	}{
		{Config{Faults: []string{"no-such"}}, `no fault "no-such"`},
		{Config{Faults: []string{"cut:RETR=x"}}, `fault "cut:RETR=x": "x" is not a number of bytes`},
		{Config{FTP: []string{taken}}, "listening for ftp: listen tcp " + taken},
		{Config{SFTP: []string{"127.0.0.1:0", "nonsense"}}, "listening for sftp: listen tcp: address nonsense: missing port"},
		{Config{Accounts: []Account{{User: "a", Home: "/x/y"}}}, "making the home directory /x/y of a"},
	}
	for _, tt := range tests {
		if _, err := Start(t.Context(), tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

func TestFilesAreShared(t *testing.T) {
	s := start(t, Loopback())
	if err := s.WriteFile("/inbox/a", []byte("content")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ReadFile("/inbox/a"); string(got) != "content" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if got := s.Files(); !slices.Equal(got, []string{"/inbox", "/inbox/a"}) {
		t.Errorf("files %q", got)
	}
	if _, err := s.ReadFile("/none"); err == nil {
		t.Error("read a file that is not there")
	}
}

func TestEndOfTheContextEndsSessions(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Start(ctx, Loopback("silent:greeting"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Addr("ftp"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	s.Close()
	s.Close()
}

func TestLogHasNoPassword(t *testing.T) {
	var mu sync.Mutex
	var log []string
	cfg := Loopback()
	cfg.Log = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, e.String())
	}
	s := start(t, cfg)
	c, err := ftp.Dial(s.Addr("ftp"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Login(s.User(), s.Password()), c.Stor("f", strings.NewReader("x")), c.Quit()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	all := strings.Join(log, "\n")
	if strings.Contains(all, s.Password()) {
		t.Error("the password is in the log")
	}
	for _, want := range []string{" opened", "received USER probe", "received PASS ****", "sent 230 ", "received STOR f", "sent 226 ", " closed"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}

// TestSessionLimit fills the limit: the next client is served when one of the first has left.
func TestSessionLimit(t *testing.T) {
	s := start(t, Config{FTP: []string{"127.0.0.1:0"}, Sessions: 2})
	var conns []net.Conn
	for i := range 3 {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Addr("ftp"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		limit := 5 * time.Second
		if i == 2 {
			limit = 50 * time.Millisecond
		}
		_ = conn.SetReadDeadline(time.Now().Add(limit))
		if n, err := conn.Read(make([]byte, 100)); (n > 0) != (i < 2) {
			t.Errorf("connection %d: %d bytes, %v", i+1, n, err)
		}
	}
	_ = conns[0].Close()
	_ = conns[2].SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := conns[2].Read(make([]byte, 100)); n == 0 {
		t.Errorf("after one has left: %v", err)
	}
}

// TestFlood: connections beyond the limit cost the endpoint no descriptor, but for one for each address.
func TestFlood(t *testing.T) {
	before := descriptors(t)
	const sessions, flood = 2, 60
	s := start(t, Config{FTP: []string{"127.0.0.1:0"}, Sessions: sessions})
	for range flood {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Addr("ftp"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	time.Sleep(100 * time.Millisecond)
	// The clients' ends are in this process, too; a few are for the listener and the poller.
	if n := descriptors(t) - before - flood; n > sessions+1+4 {
		t.Errorf("%d descriptors for %d sessions", n, sessions)
	}
}

// descriptors counts what this process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

// TestManyAddresses serves an address each for many endpoints, with one certificate that is good for all.
func TestManyAddresses(t *testing.T) {
	const count = 300
	cfg := Config{}
	for i := range count {
		cfg.FTP = append(cfg.FTP, fmt.Sprintf("127.1.%d.%d:0", i/200, 1+i%200))
	}
	s := start(t, cfg)
	var wg sync.WaitGroup
	for _, address := range s.Addrs("ftp") {
		wg.Go(func() {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestEveryNamedFaultStarts starts an endpoint with each entry of the table; what a probe makes of it is tested where the
// probe is.
func TestEveryNamedFaultStarts(t *testing.T) {
	for _, f := range Faults() {
		s, err := Start(t.Context(), Loopback(f.Name))
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		s.Close()
	}
}

func BenchmarkFTPSessions(b *testing.B) {
	s, err := Start(b.Context(), Config{FTP: []string{"127.0.0.1:0"}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c, err := ftp.Dial(s.Addr("ftp"))
			if err == nil {
				err = errors.Join(c.Login(s.User(), s.Password()), c.Quit())
			}
			if err != nil {
				b.Error(err)
			}
		}
	})
}
