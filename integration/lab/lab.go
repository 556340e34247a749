package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
)

// Services of docker-compose.yml. Those with Host in their name share the network of the host: there a server can dial
// the client (active mode), and a reset arrives as a reset instead of an orderly end. In front of the others stands docker's
// forwarder. It accepts before it dials the server, sometimes so late that the data connection of a transfer that was refused
// reaches the listener of the next one: what moves files behind refusals belongs on the network of the host.
const (
	VSFTPD        = "vsftpd"
	VSFTPDHost    = "vsftpd-host"
	ProFTPD       = "proftpd"
	ProFTPDSFTP   = "proftpd-sftp" // as ProFTPD, for tests of SFTP beside those of FTP
	ProFTPDHost   = "proftpd-host"
	PureFTPD      = "pure-ftpd"
	PureFTPDHost  = "pure-ftpd-host"
	Pyftpdlib     = "pyftpdlib"
	PyftpdlibHost = "pyftpdlib-host"
	OpenSSH       = "openssh"
	OpenSSHHost   = "openssh-host"
	Dropbear      = "dropbear"
	netfault      = "netfault"
)

// exitInterrupted is what a shell reports for a process that an interrupt ended.
const exitInterrupted = 130

// session is this process's share of the lab.
type session struct {
	mu      sync.Mutex
	main    bool     // Main was called and will leave
	wanted  []string // services to start with the first
	project *project
	err     error             // of the first start that went wrong, told to every test that asks
	folders map[string]string // what a service hands out, copied to this host
	owners  sync.Map          // by service, a channel that holds a value while a test has the server
}

// One process, one session: go test gives tests no other way to share what outlives each of them.
var shared session

// Main runs the tests and then leaves the lab; call it from TestMain. It does not return. On an interrupt it leaves too.
// Services named here start together when the first of them is used, which is faster than one after the other.
func Main(m *testing.M, services ...string) {
	shared.main, shared.wanted = true, services
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		_ = shared.leave() // the next run clears what could not be removed
		os.Exit(exitInterrupted)
	}()
	code := m.Run()
	if err := shared.leave(); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Use gives the test a server of its own, switched to a fault of its image ("none" for a healthy one), until the test
// ends. It waits for other tests of this process that have the server. A test that needs two servers takes them in the order of their
// names, or two such tests can wait for each other. Without Docker the test fails; with -short it is skipped.
func Use(t testing.TB, name, fault string) *Server {
	t.Helper()
	shared.ensure(t, name)
	shared.own(t, name)
	server := shared.server(t, name)
	server.Switch(t, fault)
	return server
}

// own waits until the test has the server to itself, until it ends.
func (s *session) own(t testing.TB, name string) {
	t.Helper()
	value, _ := s.owners.LoadOrStore(name, make(chan struct{}, 1))
	owner := value.(chan struct{})
	select {
	case owner <- struct{}{}:
		t.Cleanup(func() { <-owner })
	case <-t.Context().Done():
		t.Fatalf("waiting for %s: %v", name, t.Context().Err())
	}
}

// Netfault returns the address of a port that shows a fault of the network or of the wrong server; integration/images/netfault
// has the names. The ports keep no state, so tests share them.
func Netfault(t testing.TB, fault string) string {
	t.Helper()
	p := shared.ensure(t, netfault)
	ports := p.services[netfault].faultPorts()[fault]
	if len(ports) == 0 {
		t.Fatalf("netfault has no fault %q", fault)
	}
	return hostPort(ports[0])
}

// Refused returns an address on which nobody listens.
func Refused(t testing.TB) string {
	t.Helper()
	p := shared.ensure(t, netfault)
	port, _ := p.services[VSFTPD].port(refused)
	return hostPort(port)
}

// ensure starts what the test needs. It is the one place where a test that needs containers is skipped.
func (s *session) ensure(t testing.TB, name string) *project {
	t.Helper()
	if testing.Short() {
		t.Skip("needs containers, which -short leaves out")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.main {
		t.Fatal("TestMain of this package must call lab.Main, or the containers would stay behind")
	}
	if s.err == nil {
		s.err = s.start(name)
	}
	if s.err != nil {
		t.Fatalf("this test needs containers: %v; `go test -short` leaves such tests out", s.err)
	}
	return s.project
}

func (s *session) start(name string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if s.project == nil {
		if s.project, err = openProject(ctx); err != nil {
			return err
		}
		s.folders = map[string]string{}
	}
	if _, known := s.project.services[name]; !known {
		return fmt.Errorf("%s has no service %q", composeFile, name)
	}
	if s.project.containers[name] != "" {
		return nil
	}
	names := append(s.project.services[name].needs(), name)
	if err := s.project.ensure(ctx, append(names, s.wanted...)); err != nil {
		return err
	}
	return s.project.awaitNetfault(ctx)
}

func (s *session) leave() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.project == nil {
		return nil
	}
	err := s.project.leave(context.Background())
	s.project = nil
	for _, folder := range s.folders {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return err
}
