package sftp

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"mftprobe/internal/drivertest"
	"mftprobe/internal/sidebyside"
	"mftprobe/probe"
)

// atOnce is how many tests run side by side: most of their time is spent waiting for limits.
const atOnce = 8

func TestMain(m *testing.M) {
	sidebyside.Tests(atOnce)
	goleak.VerifyTestMain(m)
}

const (
	testUser     = "tester"
	testPassword = "open-sesame-42"
)

// testServer is an SSH server in this process. Fields are set before start.
type testServer struct {
	config ssh.ServerConfig
	signer ssh.Signer
	wrap   func(net.Conn) net.Conn                         // around each connection
	serve  func(t *testing.T, ch ssh.Channel, name string) // the subsystem; nil: a file server in memory
	grant  func(req *ssh.Request) bool                     // of session requests; nil: the subsystem sftp
	onChan func(ch ssh.NewChannel) bool                    // true: handled
	after  func(conn *ssh.ServerConn)                      // once logged in

	t      *testing.T
	addr   *net.TCPAddr
	files  sftp.Handlers
	wg     sync.WaitGroup
	mu     sync.Mutex
	conns  []net.Conn
	logins []string // methods tried, with the password or key type
}

func newSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newServer makes a server with password login; start must follow.
func newServer(t *testing.T) *testServer {
	s := &testServer{t: t, signer: newSigner(t), files: sftp.InMemHandler()}
	s.config.PasswordCallback = func(c ssh.ConnMetadata, pw []byte) (*ssh.Permissions, error) {
		s.note("password " + string(pw))
		if c.User() == testUser && string(pw) == testPassword {
			return nil, nil
		}
		return nil, errors.New("no")
	}
	return s
}

func (s *testServer) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins = append(s.logins, what)
}

func (s *testServer) tried() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.logins, ", ")
}

func (s *testServer) start() *testServer {
	s.config.AddHostKey(s.signer)
	return s.listen(func(c net.Conn) {
		if s.wrap != nil {
			c = s.wrap(c)
		}
		s.session(c)
	})
}

// listen accepts connections and hands each to serve.
func (s *testServer) listen(serve func(net.Conn)) *testServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = l.Addr().(*net.TCPAddr)
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, c)
			s.mu.Unlock()
			s.wg.Go(func() { serve(c); _ = c.Close() })
		}
	})
	s.t.Cleanup(func() {
		_ = l.Close()
		s.kill()
		s.wg.Wait()
	})
	return s
}

// kill closes all connections.
func (s *testServer) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.Close()
	}
}

func (s *testServer) session(c net.Conn) {
	conn, channels, requests, err := ssh.NewServerConn(c, &s.config)
	if err != nil {
		return
	}
	s.wg.Go(func() {
		for r := range requests {
			if r.WantReply {
				_ = r.Reply(false, nil)
			}
		}
	})
	if s.after != nil {
		s.after(conn)
	}
	for nc := range channels {
		if s.onChan != nil && s.onChan(nc) {
			continue
		}
		ch, reqs, err := nc.Accept()
		if err != nil {
			continue
		}
		s.wg.Go(func() { s.channel(ch, reqs) })
	}
}

func (s *testServer) channel(ch ssh.Channel, reqs <-chan *ssh.Request) {
	for r := range reqs {
		ok := r.Type == "subsystem"
		if s.grant != nil {
			ok = s.grant(r)
		}
		_ = r.Reply(ok, nil)
		if !ok {
			continue
		}
		s.wg.Go(func() {
			if s.serve != nil {
				s.serve(s.t, ch, r.Type)
			} else {
				srv := sftp.NewRequestServer(ch, s.files)
				_ = srv.Serve()
			}
			_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ N uint32 }{0}))
			_ = ch.Close()
		})
	}
}

// target returns a target that pins the server's host key.
func (s *testServer) target() probe.Target {
	return probe.Target{
		Protocol: probe.SFTP, Host: "127.0.0.1", Port: s.addr.Port, User: testUser, Password: probe.NewSecret(testPassword),
		Limits: probe.Limits{Connect: 5 * time.Second, Reply: 5 * time.Second, Stall: 5 * time.Second, Total: 30 * time.Second},
		SSH:    probe.SSHOptions{HostKeyPins: []string{ssh.FingerprintSHA256(s.signer.PublicKey())}},
	}
}

func run(t *testing.T, target probe.Target, steps ...probe.Step) probe.Transcript {
	t.Helper()
	return drivertest.Play(t, target, New, steps...)
}

func TestDefaultScript(t *testing.T) {
	s := newServer(t).start()
	tr := run(t, s.target())
	for _, st := range tr.Steps {
		if st.Status != probe.StatusPass {
			t.Errorf("step %s: %s %s", st.Name, st.Status, st.Detail)
		}
	}
	if len(tr.Cleanup.LeftBehind) > 0 {
		t.Errorf("left behind %v", tr.Cleanup.LeftBehind)
	}
	if t.Failed() || testing.Verbose() {
		t.Log(drivertest.Show(tr))
	}
}
