// Package ssh holds the SFTP driver against real SSH servers, healthy and with one fault each: the right step, phase,
// code and words must come out.
package ssh

import (
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

func TestMain(m *testing.M) { lab.Main(m) }

// limits are short, so that a server that falls silent does not hold up the tests.
var limits = probe.Limits{Connect: 5 * time.Second, Reply: 8 * time.Second, Stall: 8 * time.Second, Total: time.Minute}

// targetOf is what a user would write down for the server: password, known_hosts, nothing else.
func targetOf(t testing.TB, s *lab.Server, mode lab.Mode) probe.Target {
	t.Helper()
	return at(t, s.Addr(t, mode), func(target *probe.Target) {
		target.User, target.Password = s.User, probe.NewSecret(s.Password)
		target.SSH.KnownHosts = []string{s.KnownHosts(t)}
	})
}

func at(t testing.TB, address string, change func(*probe.Target)) probe.Target {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	target := probe.Target{Protocol: probe.SFTP, Host: host, Port: number, User: "alice", Password: probe.NewSecret("none"), Limits: limits}
	if change != nil {
		change(&target)
	}
	return target
}

// key reads a key that the server's people handed out.
func key(t *testing.T, s *lab.Server, name string) probe.PrivateKey {
	t.Helper()
	return probe.PrivateKey{Name: name, PEM: probe.NewSecret(read(t, s.File(t, name)))}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run carries out steps; none are the default script. However it ends, nothing may go on behind it.
func run(t *testing.T, target probe.Target, steps ...probe.Step) probe.Transcript {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	defer goleak.VerifyNone(t, leaks)
	return drivertest.Play(t, target, sftp.New, steps...)
}
