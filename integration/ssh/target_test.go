// Package ssh holds the SFTP driver against real SSH servers, healthy and with one fault each: the right step, phase,
// code and words must come out.
package ssh

import (
	"crypto/rand"
	"encoding/hex"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

func TestMain(m *testing.M) { lab.Main(m) }

// limits are short, so that a server that falls silent does not hold up the tests.
var limits = probe.Limits{Connect: 5 * time.Second, Reply: 8 * time.Second, Stall: 8 * time.Second, Total: time.Minute}

// targetOf is what a user would write down for the server: password, known_hosts, nothing else.
func targetOf(t *testing.T, s *lab.Server, mode lab.Mode) probe.Target {
	t.Helper()
	return at(t, s.Addr(t, mode), func(target *probe.Target) {
		target.User, target.Password = s.User, probe.NewSecret(s.Password)
		target.SSH.KnownHosts = []string{s.KnownHosts(t)}
	})
}

func at(t *testing.T, address string, change func(*probe.Target)) probe.Target {
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

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run carries out steps; none are the default script.
func run(t *testing.T, target probe.Target, steps ...probe.Step) probe.Transcript {
	t.Helper()
	script := probe.DefaultScript(probe.SFTP)
	if len(steps) > 0 {
		script = probe.Script{Steps: steps}
	}
	for i := range script.Steps {
		if script.Steps[i].Name == "" {
			script.Steps[i].Name = string(script.Steps[i].Op)
		}
	}
	var id [4]byte
	_, _ = rand.Read(id[:])
	return probe.Run(t.Context(), probe.Job{
		Target: target, Script: script, Open: sftp.New, RunID: hex.EncodeToString(id[:]), PayloadSize: probe.DefaultPayloadSize,
	})
}

// session puts a login before the steps and a quit behind them.
func session(steps ...probe.Step) []probe.Step {
	all := append([]probe.Step{{Op: probe.OpConnect}, {Op: probe.OpLogin}}, steps...)
	return append(all, probe.Step{Op: probe.OpQuit, Always: true})
}

// dump shows a transcript.
func dump(t *testing.T, tr probe.Transcript) {
	t.Helper()
	for _, s := range tr.Steps {
		t.Logf("step %-8s %-8s %6.1f ms  %s", s.Name, s.Status, float64(time.Duration(s.Duration).Microseconds())/1000, s.Detail)
	}
	for _, e := range tr.Events {
		failure := ""
		if e.Failure != nil {
			failure = "FAILURE " + string(e.Failure.Class)
		}
		code := ""
		if e.Code != nil {
			code = string(e.Code.Space) + " " + strconv.Itoa(e.Code.Value) + " " + e.Code.Name
		}
		if e.Kind == probe.KindKexInit {
			e.Attr = nil
		}
		t.Logf("%3d %-8s %-9s %-8s %-10s %-9s %s %q %d %s %v", e.Seq, e.Step, e.Phase, e.Direction, e.Kind, e.Command, code, e.Text[:min(len(e.Text), 120)], e.Bytes, failure, e.Attr)
	}
}
