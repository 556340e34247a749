package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Mode is one of the ports of a server, named as in docker-compose.yml.
type Mode string

// Modes. External is the second port of OpenSSH, with sftp-server as a program of its own.
const (
	Plain    Mode = "PLAIN"
	Explicit Mode = "EXPLICIT"
	Implicit Mode = "IMPLICIT"
	SFTP     Mode = "SFTP"
	External Mode = "EXTERNAL"
)

const (
	commandTimeout = time.Minute // for one command in a container; longer than a switch waits for its daemons
	homeOfAlice    = "/home/alice"
)

// Server is a running server that belongs to the test. Accounts other than User carry what is wrong with them in their
// name: locked, expired, mustchange, inactive, noshell, falseshell, oddshell, lostshell, nohome, sealed, unwritable; all have
// the same password. bob is as healthy as User.
type Server struct {
	Name       string // of the service
	ServerName string // in its certificate
	User       string
	Password   string

	container string
	folder    string
	service   service
}

func hostPort(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// server looks up a service and, once for the process, copies what its container hands out.
func (s *session) server(t testing.TB, name string) *Server {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	service, ok := s.project.services[name]
	if !ok {
		t.Fatalf("%s has no service %q", composeFile, name)
	}
	server := &Server{
		Name: name, ServerName: "localhost", User: "alice", Password: "correct-horse-7Q",
		container: s.project.containers[name], folder: s.folders[name], service: service,
	}
	if server.folder == "" {
		server.folder = server.handedOut(t)
		s.folders[name] = server.folder
	}
	return server
}

func (s *Server) handedOut(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "mftprobe-lab-")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), commandTimeout)
	defer cancel()
	if _, err := docker(ctx, "cp", s.container+":/lab/public/.", folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Addr returns host:port of a mode. The test fails if the server does not have it.
func (s *Server) Addr(t testing.TB, mode Mode) string {
	t.Helper()
	port, ok := s.service.port(mode)
	if !ok {
		t.Fatalf("%s has no port %s", s.Name, mode)
	}
	return hostPort(port)
}

// Has tells whether the server has a port for the mode.
func (s *Server) Has(mode Mode) bool {
	_, ok := s.service.port(mode)
	return ok
}

// File returns the path on this host of something the server's side hands out: ca.pem; client, client-expired and
// client-foreign with .pem and .key; the keys id_ed25519, id_rsa, id_encrypted (its passphrase is Password), which every
// account lets in, and id_unknown, which only its certificate id_unknown-cert.pub makes welcome.
func (s *Server) File(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(s.folder, name)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// KnownHosts writes a known_hosts file with the healthy host keys of the server for all its SSH ports, and returns its path.
func (s *Server) KnownHosts(t testing.TB) string {
	t.Helper()
	var lines strings.Builder
	for _, mode := range []Mode{SFTP, External} {
		port, ok := s.service.port(mode)
		if !ok {
			continue
		}
		for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
			key, err := os.ReadFile(s.File(t, "host_"+kind+".pub"))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&lines, "[%s]:%d %s", loopback, port, key)
		}
	}
	path := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Switch puts the server into another state: sessions are gone, accounts and files as they were built, the fault in force.
func (s *Server) Switch(t testing.TB, fault string) {
	t.Helper()
	if _, err := s.exec(t, commandTimeout, "-e", "FAULT="+fault, s.container, "/lab/switch"); err != nil {
		t.Fatalf("switching %s to %q: %v", s.Name, fault, err)
	}
}

// Faults returns the names that Switch takes, "none" among them.
func (s *Server) Faults(t testing.TB) []string {
	t.Helper()
	return strings.Fields(s.Exec(t, "/lab/switch", "--list"))
}

// Exec runs a command in the container as root and returns its output; the test fails if the command does.
// integration/images/README.md lists the useful ones: /lab/sessions KILL, /lab/cut drop, /lab/block admin.
func (s *Server) Exec(t testing.TB, args ...string) string {
	t.Helper()
	out, err := s.exec(t, commandTimeout, append([]string{s.container}, args...)...)
	if err != nil {
		t.Fatalf("in container %s: %v", s.Name, err)
	}
	return out
}

// exec outlives the test's own context, so that it also serves in t.Cleanup.
func (s *Server) exec(t testing.TB, limit time.Duration, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), limit)
	defer cancel()
	return docker(ctx, append([]string{"exec"}, args...)...)
}

// Copy puts a file of this host into the container: a program run there sees the server without the port forwarder in
// between, and the firewall faults as they are.
func (s *Server) Copy(t testing.TB, from, to string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTimeout)
	defer cancel()
	if _, err := docker(ctx, "cp", from, s.container+":"+to); err != nil {
		t.Fatal(err)
	}
}

// Files lists everything below a directory of User's home ("" for all of it), sorted, with sizes: the same list before and
// after a test means that nothing was left behind.
func (s *Server) Files(t testing.TB, dir string) []string {
	t.Helper()
	out := s.Exec(t, "find", filepath.Join(homeOfAlice, dir), "-mindepth", "1", "-printf", `%s %P\n`)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	slices.Sort(lines)
	return lines
}
