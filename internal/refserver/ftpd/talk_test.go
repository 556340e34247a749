package ftpd_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/internal/refserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, effects ...string) *refserver.Server {
	t.Helper()
	return startWith(t, refserver.Loopback(effects...))
}

func startWith(t *testing.T, cfg refserver.Config) *refserver.Server {
	t.Helper()
	s, err := refserver.Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// talker is a client that says what a test wants.
type talker struct {
	t    *testing.T
	s    *refserver.Server
	raw  *net.TCPConn
	conn net.Conn
	in   *bufio.Reader
	tls  *tls.Config
}

// connect dials the server, with TLS from the first byte for ftps.
func connect(t *testing.T, s *refserver.Server, protocol string) *talker {
	t.Helper()
	c := &talker{t: t, s: s, raw: dial(t, s.Addr(protocol))}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CAPEM())
	c.tls = &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", ClientSessionCache: tls.NewLRUClientSessionCache(8)}
	c.use(c.raw)
	if protocol == "ftps" {
		c.startTLS()
	}
	return c
}

func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn.(*net.TCPConn)
}

func (c *talker) use(conn net.Conn) { c.conn, c.in = conn, bufio.NewReader(conn) }

// tlsOver reads through the buffer: what was injected behind the 234 is in there.
func tlsOver(c *talker) *tls.Conn {
	return tls.Client(bufferedConn{c.raw, c.in}, c.tls)
}

type bufferedConn struct {
	net.Conn
	in *bufio.Reader
}

func (b bufferedConn) Read(p []byte) (int, error) { return b.in.Read(p) }

func (c *talker) startTLS() {
	c.t.Helper()
	conn := tlsOver(c)
	if err := conn.HandshakeContext(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.use(conn)
}

// read returns one whole reply, or why there is none.
func (c *talker) read() string {
	var reply, code string
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return reply + "<" + err.Error() + ">"
		}
		reply += line
		if code == "" && len(line) > 3 {
			code = line[:3] + " "
		}
		if strings.HasPrefix(line, code) || len(line) < 4 {
			return strings.TrimSuffix(reply, "\r\n")
		}
	}
}

// do sends a line and wants a reply that starts with want.
func (c *talker) do(line, want string) string {
	c.t.Helper()
	c.say(line)
	return c.want(want)
}

func (c *talker) say(line string) {
	_, _ = fmt.Fprintf(c.conn, "%s\r\n", strings.ReplaceAll(line, "{password}", c.s.Password()))
}

func (c *talker) want(want string) string {
	c.t.Helper()
	reply := c.read()
	if !strings.HasPrefix(reply, want) {
		c.t.Errorf("got %q, want %s", reply, want)
	}
	return reply
}

// play follows a conversation: "C:" lines are sent, "S:" lines are how the next reply starts.
func (c *talker) play(conversation string) {
	c.t.Helper()
	for line := range strings.Lines(conversation) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "C: "):
			c.say(line[3:])
		case strings.HasPrefix(line, "S: "):
			c.want(line[3:])
		case line == "EOF":
			if reply := c.read(); reply != "<EOF>" {
				c.t.Errorf("got %q, want the end", reply)
			}
		}
	}
}

// login goes to the state in which files can be moved.
func login(t *testing.T, s *refserver.Server, protocol string) *talker {
	t.Helper()
	c := connect(t, s, strings.Replace(protocol, "ftpes", "ftp", 1))
	c.want("220")
	if protocol == "ftpes" {
		c.do("AUTH TLS", "234")
		c.startTLS()
	}
	c.do("USER "+s.User(), "331")
	c.do("PASS {password}", "230")
	if protocol != "ftp" {
		c.do("PBSZ 0", "200")
		c.do("PROT P", "200")
	}
	return c
}

// passive opens a data connection with EPSV.
func (c *talker) passive() *net.TCPConn {
	c.t.Helper()
	reply := c.do("EPSV", "229")
	var port int
	if _, err := fmt.Sscanf(reply[strings.Index(reply, "("):], "(|||%d|)", &port); err != nil {
		c.t.Fatal(reply, err)
	}
	host, _, _ := net.SplitHostPort(c.s.Addr("ftp"))
	return dial(c.t, net.JoinHostPort(host, fmt.Sprint(port)))
}

// secure puts a data connection under TLS after the 150.
func (c *talker) secure(raw *net.TCPConn) net.Conn {
	c.t.Helper()
	if c.conn == net.Conn(c.raw) {
		return raw
	}
	conn := tls.Client(raw, c.tls)
	if err := conn.HandshakeContext(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// put uploads and returns the final reply.
func (c *talker) put(command string, content []byte) string {
	c.t.Helper()
	raw := c.passive()
	c.do(command, "150")
	data := c.secure(raw)
	_, _ = data.Write(content)
	if t, ok := data.(*tls.Conn); ok {
		_ = t.CloseWrite()
		_ = raw.CloseWrite()
		_, _ = io.Copy(io.Discard, raw) // unread tickets would make the close a reset
	}
	data.Close()
	return c.read()
}

// get downloads, or lists, and returns the final reply as well.
func (c *talker) get(command string) ([]byte, string) {
	c.t.Helper()
	raw := c.passive()
	c.do(command, "150")
	data := c.secure(raw)
	content, _ := io.ReadAll(data)
	data.Close()
	return content, c.read()
}
