package dial

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// seen collects what a dialer records.
type seen struct{ events []probe.Event }

func (s *seen) recorder() *probe.Recorder {
	return probe.NewRecorder(time.Now, func(e probe.Event) { s.events = append(s.events, e) }, probe.NewSecret("proxysecret"))
}

// words shows each event as phase/kind/class.
func (s *seen) words() string {
	var out []string
	for _, e := range s.events {
		w := string(e.Phase) + "/" + string(e.Kind)
		if e.Failure != nil {
			w += "/" + string(e.Failure.Class)
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// listen starts a server that runs serve for each connection.
func listen(t *testing.T, serve func(net.Conn)) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().(*net.TCPAddr)
}

func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func lookupOf(addrs ...string) Lookup {
	return func(context.Context, string, string) ([]netip.Addr, error) {
		var out []netip.Addr
		for _, a := range addrs {
			out = append(out, netip.MustParseAddr(a))
		}
		return out, nil
	}
}

func failing(err error) Lookup {
	return func(context.Context, string, string) ([]netip.Addr, error) { return nil, err }
}

func TestDial(t *testing.T) {
	up := listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "hello") }).Port
	down := closedPort(t)
	for name, tt := range map[string]struct {
		host   string
		port   int
		family string
		lookup Lookup
		addr   netip.Addr
		want   string
	}{
		"address":         {host: "127.0.0.1", port: up, want: "tcp/connect"},
		"name":            {host: "x.test", port: up, lookup: lookupOf("127.0.0.1"), want: "dns/lookup tcp/connect"},
		"second address":  {host: "x.test", port: up, lookup: lookupOf("127.0.0.9", "127.0.0.1"), want: "dns/lookup tcp/connect/refused tcp/connect"},
		"mapped twice":    {host: "x.test", port: up, lookup: lookupOf("::ffff:127.0.0.1", "127.0.0.1"), want: "dns/lookup tcp/connect"},
		"given address":   {host: "x.test", port: up, addr: netip.MustParseAddr("127.0.0.1"), want: "tcp/connect"},
		"refused":         {host: "127.0.0.1", port: down, want: "tcp/connect/refused"},
		"no such name":    {host: "x.test", port: up, lookup: failing(&net.DNSError{IsNotFound: true}), want: "dns/lookup/no-such-name"},
		"no address":      {host: "x.test", port: up, lookup: lookupOf(), want: "dns/lookup/no-such-name"},
		"resolver broken": {host: "x.test", port: up, lookup: failing(&net.DNSError{IsTemporary: true}), want: "dns/lookup/dns-failure"},
		"wrong family":    {host: "127.0.0.1", port: up, family: "6", want: "dns/lookup/no-such-name"},
	} {
		t.Run(name, func(t *testing.T) {
			var s seen
			d := Dialer{Network: probe.Network{Family: tt.family}, Record: s.recorder(), Lookup: tt.lookup}
			conn, err := d.Dial(t.Context(), Request{Conn: "control", Host: tt.host, Port: tt.port, Address: tt.addr})
			if err == nil {
				_ = conn.Close()
			}
			if got := s.words(); got != tt.want {
				t.Errorf("events %q, want %q", got, tt.want)
			}
			if failed := strings.Count(tt.want[strings.LastIndex(tt.want, " ")+1:], "/") == 2; failed != (err != nil) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestLookupThatNeverAnswers(t *testing.T) {
	var s seen
	silent := func(ctx context.Context, _, _ string) ([]netip.Addr, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	d := Dialer{Record: s.recorder(), Lookup: silent, Limit: 20 * time.Millisecond}
	if _, err := d.Dial(t.Context(), Request{Conn: "ssh", Host: "x.test", Port: 22}); err == nil {
		t.Fatal("no error")
	}
	if got := s.words(); got != "dns/timeout/timeout" || s.events[0].Attr["limit"] != "connect" {
		t.Errorf("events %q %v", got, s.events)
	}
}

func TestCanceled(t *testing.T) {
	var s seen
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := Dialer{Record: s.recorder()}
	if _, err := d.Dial(ctx, Request{Conn: "ssh", Host: "127.0.0.1", Port: 9}); err == nil {
		t.Fatal("no error")
	}
	if got := s.words(); got != "tcp/connect/canceled" {
		t.Errorf("events %q", got)
	}
}

// TestDeadlineOfTheRun: when the run's own time ends a dial, its context says so as well.
func TestDeadlineOfTheRun(t *testing.T) {
	for range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		var s seen
		d := Dialer{Record: s.recorder(), Limit: time.Minute}
		conn, err := d.Dial(ctx, Request{Conn: "ssh", Host: "127.0.0.1", Port: 9})
		if err == nil {
			_ = conn.Close()
		} else if ctx.Err() == nil && FailureOf(err).Class == probe.ClassTimeout {
			t.Errorf("%v, and the context does not know", err)
		}
		cancel()
	}
}

func TestSourceAddress(t *testing.T) {
	for source, want := range map[string]string{"127.0.0.5": "tcp/connect", "192.0.2.1": "tcp/connect/local"} {
		from := make(chan string, 1)
		port := listen(t, func(c net.Conn) { from <- c.RemoteAddr().(*net.TCPAddr).IP.String() }).Port
		var s seen
		d := Dialer{Network: probe.Network{LocalAddress: netip.MustParseAddr(source)}, Record: s.recorder()}
		conn, err := d.Dial(t.Context(), Request{Conn: "control", Host: "127.0.0.1", Port: port})
		if got := s.words(); got != want {
			t.Errorf("from %s: events %q, want %q", source, got, want)
		}
		if err == nil {
			if got := <-from; got != source {
				t.Errorf("came from %s, want %s", got, source)
			}
			_ = conn.Close()
		}
	}
}

func TestTooManyAddresses(t *testing.T) {
	many := make([]string, MaxAddresses+1)
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{127, 9, 9, byte(i + 1)}).String()
	}
	for _, n := range []int{MaxAddresses, MaxAddresses + 1} {
		var s seen
		d := Dialer{Record: s.recorder(), Lookup: lookupOf(many[:n]...)}
		_, _ = d.Dial(t.Context(), Request{Conn: "control", Host: "x.test", Port: closedPort(t)})
		if got := strings.Count(s.words(), "tcp/connect"); got != MaxAddresses {
			t.Errorf("%d addresses given: %d tried", n, got)
		}
	}
}

// TestNoTimeForAllAddresses: an address for which no time is left is not said to be silent.
func TestNoTimeForAllAddresses(t *testing.T) {
	var s seen
	d := Dialer{Record: s.recorder(), Limit: time.Nanosecond, Lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.9.9.1"), netip.MustParseAddr("127.9.9.2")}, nil
	}}
	if _, err := d.Dial(t.Context(), Request{Conn: "control", Host: "x.test", Port: closedPort(t)}); err == nil {
		t.Fatal("no error")
	}
	if got := s.words(); got != "dns/lookup tcp/timeout/timeout" {
		t.Errorf("events %q", got)
	}
}

// httpProxy answers CONNECT with answer, then echoes a greeting of the target.
func httpProxy(answer string, asked chan<- *http.Request) func(net.Conn) {
	return func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		asked <- r
		_, _ = io.WriteString(c, answer)
	}
}

func TestHTTPProxy(t *testing.T) {
	long := "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", MaxProxyHead) + "\r\n\r\n"
	for name, tt := range map[string]struct{ answer, want, reply string }{
		"connected":    {"HTTP/1.1 200 OK\r\n\r\n220 ready", "proxy/connect proxy/connect", ""},
		"wants login":  {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy/connect proxy/connect/proxy", "407"},
		"cannot reach": {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "proxy/connect proxy/connect/proxy", "502"},
		"not a proxy":  {"SSH-2.0-x\r\n\r\n", "proxy/connect proxy/connect/proxy", "0"},
		"closes":       {"", "proxy/connect proxy/connect/eof", ""},
		"endless head": {long, "proxy/connect proxy/connect/proxy", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := make(chan *http.Request, 1)
			addr := listen(t, httpProxy(tt.answer, asked))
			var s seen
			u := &url.URL{Scheme: "http", Host: addr.String(), User: url.User("u")}
			d := Dialer{Network: probe.Network{Proxy: u, ProxyPassword: probe.NewSecret("proxysecret")}, Record: s.recorder()}
			conn, err := d.Dial(t.Context(), Request{Conn: "control", Host: "far.test", Port: 2121})
			if got := s.words(); got != tt.want {
				t.Fatalf("events %q, want %q", got, tt.want)
			}
			r := <-asked
			if _, pw, _ := parseBasic(r); r.Host != "far.test:2121" || pw != "proxysecret" {
				t.Errorf("asked for %q with %v", r.Host, r.Header)
			}
			if err != nil {
				if got := s.events[1].Attr["reply"]; got != tt.reply {
					t.Errorf("reply %q, want %q", got, tt.reply)
				}
				return
			}
			rest, _ := io.ReadAll(conn)
			_ = conn.Close()
			if string(rest) != "220 ready" {
				t.Errorf("behind the head: %q", rest)
			}
		})
	}
}

func parseBasic(r *http.Request) (string, string, bool) {
	r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
	return r.BasicAuth()
}

// socksProxy follows RFC 1928 and answers the request with reply.
func socksProxy(reply byte, asked chan<- string) func(net.Conn) {
	return func(c net.Conn) {
		head := make([]byte, 3)
		_, _ = io.ReadFull(c, head)
		_, _ = c.Write([]byte{5, head[2]})
		if head[2] == 2 {
			login := make([]byte, 1+1+1+1+len("proxysecret"))
			_, _ = io.ReadFull(c, login)
			ok := byte(1)
			if string(login[4:]) == "proxysecret" {
				ok = 0
			}
			_, _ = c.Write([]byte{1, ok})
		}
		req := make([]byte, 4)
		_, _ = io.ReadFull(c, req)
		n := map[byte]int{1: 4, 4: 16}[req[3]]
		if req[3] == 3 {
			size := make([]byte, 1)
			_, _ = io.ReadFull(c, size)
			n = int(size[0])
		}
		rest := make([]byte, n+2)
		_, _ = io.ReadFull(c, rest)
		if req[3] == 3 {
			asked <- string(rest[:n])
		} else {
			a, _ := netip.AddrFromSlice(rest[:n])
			asked <- a.String()
		}
		_, _ = c.Write([]byte{5, reply, 0, 3, 1, 'x', 0, 0})
		_, _ = io.WriteString(c, "SSH-2.0-x")
	}
}

func TestSOCKSProxy(t *testing.T) {
	for name, tt := range map[string]struct {
		scheme, host, asked, want string
		reply                     byte
		user                      *url.Userinfo
	}{
		"name resolved by the proxy": {scheme: "socks5h", host: "far.test", asked: "far.test", want: "proxy/connect proxy/connect"},
		"name resolved here":         {scheme: "socks5", host: "far.test", asked: "192.0.2.7", want: "dns/lookup proxy/connect proxy/connect"},
		"IPv6":                       {scheme: "socks5", host: "2001:db8::1", asked: "2001:db8::1", want: "proxy/connect proxy/connect"},
		"with password":              {scheme: "socks5h", host: "far.test", asked: "far.test", user: url.User("u"), want: "proxy/connect proxy/connect"},
		"refused by the target":      {scheme: "socks5h", host: "far.test", asked: "far.test", reply: 5, want: "proxy/connect proxy/connect/proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := make(chan string, 1)
			addr := listen(t, socksProxy(tt.reply, asked))
			var s seen
			d := Dialer{
				Network: probe.Network{Proxy: &url.URL{Scheme: tt.scheme, Host: addr.String(), User: tt.user}, ProxyPassword: probe.NewSecret("proxysecret")},
				Record:  s.recorder(), Lookup: lookupOf("192.0.2.7"),
			}
			conn, err := d.Dial(t.Context(), Request{Conn: "ssh", Host: tt.host, Port: 22})
			if got := s.words(); got != tt.want {
				t.Fatalf("events %q, want %q", got, tt.want)
			}
			if got := <-asked; got != tt.asked {
				t.Errorf("asked for %q, want %q", got, tt.asked)
			}
			if err != nil {
				return
			}
			rest, _ := io.ReadAll(conn)
			_ = conn.Close()
			if string(rest) != "SSH-2.0-x" {
				t.Errorf("behind the answer: %q", rest)
			}
		})
	}
}

// TestSOCKSNames: a name at the limit of the protocol is asked for whole, one over it not at all.
func TestSOCKSNames(t *testing.T) {
	for _, n := range []int{255, 256} {
		asked := make(chan string, 1)
		addr := listen(t, socksProxy(0, asked))
		var s seen
		d := Dialer{Network: probe.Network{Proxy: &url.URL{Scheme: "socks5h", Host: addr.String()}}, Record: s.recorder()}
		name := strings.Repeat("n", n)
		conn, err := d.Dial(t.Context(), Request{Conn: "control", Host: name, Port: 21})
		switch {
		case n > 255 && FailureOf(err).Class != probe.ClassProxy:
			t.Errorf("%d bytes: %v", n, err)
		case n > 255:
		case err != nil:
			t.Errorf("%d bytes: %v", n, err)
		default:
			if got := <-asked; got != name {
				t.Errorf("%d bytes asked for, %d given", len(got), n)
			}
			_ = conn.Close()
		}
	}
}

func TestSilentProxy(t *testing.T) {
	release := make(chan struct{})
	addr := listen(t, func(net.Conn) { <-release })
	defer close(release)
	var s seen
	d := Dialer{Network: probe.Network{Proxy: &url.URL{Scheme: "http", Host: addr.String()}}, Record: s.recorder(), Limit: time.Second}
	if _, err := d.Dial(t.Context(), Request{Conn: "control", Host: "far.test", Port: 21}); err == nil {
		t.Fatal("no error")
	}
	if got := s.words(); got != "proxy/connect proxy/timeout/timeout" {
		t.Errorf("events %q", got)
	}
}

func TestFailureOf(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want probe.Class
	}{
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, probe.ClassReset},
		{&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, probe.ClassUnreachable},
		{syscall.EPERM, probe.ClassLocal},
		{&net.OpError{Op: "dial", Err: syscall.Errno(10061)}, probe.ClassRefused},
		{&net.OpError{Op: "read", Err: syscall.Errno(10054)}, probe.ClassReset},
		{&net.OpError{Op: "dial", Err: syscall.Errno(10051)}, probe.ClassUnreachable},
		{&net.OpError{Op: "dial", Err: syscall.Errno(10060)}, probe.ClassTimeout},
		{&net.OpError{Op: "listen", Err: syscall.Errno(10048)}, probe.ClassLocal},
		{syscall.ETIMEDOUT, probe.ClassTimeout},
		{io.ErrUnexpectedEOF, probe.ClassEOF},
		{net.ErrClosed, probe.ClassCanceled},
		{context.Canceled, probe.ClassCanceled},
		{&ProxyError{}, probe.ClassProxy},
		{errors.New("anything"), probe.ClassLocal},
	} {
		if got := FailureOf(tt.err).Class; got != tt.want {
			t.Errorf("%v: %s, want %s", tt.err, got, tt.want)
		}
	}
}

// TestCodeOf: a number keeps its value and has the name of POSIX on every system.
func TestCodeOf(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{syscall.ECONNREFUSED: "ECONNREFUSED", 10061: "ECONNREFUSED", syscall.EADDRINUSE: "EADDRINUSE", 10048: "EADDRINUSE", 10099: ""} {
		got := CodeOf(&net.OpError{Op: "dial", Err: errno})
		if got == nil || got.Space != probe.SpaceOS || got.Value != int(errno) || got.Name != want {
			t.Errorf("%d: %+v, want %q", int(errno), got, want)
		}
	}
	if got := CodeOf(io.EOF); got != nil {
		t.Errorf("a number out of nothing: %+v", got)
	}
}
