package playback

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience ends every wait of the server, so that a test that goes wrong ends.
const patience = 20 * time.Second

// Server plays one conversation after the other, one for each connection.
type Server struct {
	tb       testing.TB
	listener *net.TCPListener
	config   *tls.Config
	roots    *x509.CertPool
	acts     [][]action
	done     sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool
	over bool
}

// Serve starts a server for the conversations in text and stops it when the test ends. A client
// that does not follow its part is an error of the test.
func Serve(tb testing.TB, text string) *Server {
	tb.Helper()
	config, roots := identity(tb)
	return ServeTLS(tb, text, config, roots)
}

// ServeTLS is Serve with a TLS identity of the test's own.
func ServeTLS(tb testing.TB, text string, config *tls.Config, roots *x509.CertPool) *Server {
	tb.Helper()
	acts, err := parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{tb: tb, listener: l, config: config, roots: roots, acts: acts, open: map[net.Conn]bool{}}
	s.done.Add(1)
	go s.accept()
	tb.Cleanup(s.stop)
	return s
}

// Port returns the port of the control connection on 127.0.0.1.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Roots returns the authority of the server's certificate, which is for 127.0.0.1 and localhost.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Wait returns when every conversation that began has ended.
func (s *Server) Wait() {
	_ = s.listener.Close()
	s.done.Wait()
}

func (s *Server) stop() {
	_ = s.listener.Close()
	s.mu.Lock()
	s.over = true
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

func (s *Server) accept() {
	defer s.done.Done()
	for i := 0; ; i++ {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if i >= len(s.acts) {
			s.fault("connection %d: the test has %d conversations", i+1, len(s.acts))
			_ = conn.Close()
			continue
		}
		s.done.Add(1)
		go s.play(conn, s.acts[i])
	}
}

// play follows one conversation.
func (s *Server) play(conn net.Conn, acts []action) {
	defer s.done.Done()
	p := &player{server: s, raw: conn}
	p.use(conn)
	s.track(conn, true)
	defer p.end()
	for _, a := range acts {
		err := a.do(p)
		if errors.Is(err, errEnd) {
			return
		}
		if err != nil {
			s.fault("%q: %v", a.line, err)
			return
		}
	}
}

// fault fails the test, unless it is over already.
func (s *Server) fault(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.tb.Errorf("playback: "+format, args...)
	}
}

func (s *Server) track(c net.Conn, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.open[c] = true
	} else {
		delete(s.open, c)
	}
}

// player is the state of one conversation.
type player struct {
	server   *Server
	raw      net.Conn
	conn     net.Conn // raw or TLS on it
	in       *bufio.Reader
	listener *net.TCPListener
	port     int        // for the placeholders
	held     []net.Conn // whose ports nobody may get
	dial     string
	dataRaw  net.Conn
	data     net.Conn
}

func (p *player) use(c net.Conn) {
	p.conn, p.in = c, bufio.NewReader(c)
	_ = c.SetDeadline(time.Now().Add(patience))
}

func (p *player) end() {
	if p.listener != nil {
		_ = p.listener.Close()
	}
	if p.data != nil {
		_ = p.data.Close()
		p.server.track(p.dataRaw, false)
	}
	for _, c := range p.held {
		_ = c.Close()
		p.server.track(c, false)
	}
	_ = p.conn.Close()
	p.server.track(p.raw, false)
}

// fill puts the data port into a line.
func (p *player) fill(line string) string {
	return strings.NewReplacer("{port}", fmt.Sprint(p.port), "{p1}", fmt.Sprint(p.port>>8), "{p2}", fmt.Sprint(p.port&0xff)).Replace(line)
}
