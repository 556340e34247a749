// Package uses holds the three things that mftprobe is for against software that is not ours: before go-live, against a
// neutral third party, from cron and monitors. Other clients use the endpoint that it serves, real servers are the partner
// whom it judges, and what reads its output and its examples in the field reads them here: promtool, cron, systemd.
package uses

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mftprobe/integration/lab"
)

// clients is the service with the other programs. They share the network of the host.
const clients = "clients"

// healthy is the state of a server without a fault.
const healthy = "none"

func TestMain(m *testing.M) { lab.Main(m, clients, lab.ProFTPD, lab.PureFTPD, lab.VSFTPDHost) }

// limit bounds one call of the program.
const limit = time.Minute

// program is the binary as a release has it, which also runs in a container.
type program struct {
	path string
	dir  string   // where it is called
	env  []string // beyond what every call has
}

// build makes the program. It comes after the servers, without which nobody needs it.
func build(t *testing.T) *program {
	t.Helper()
	p := &program{path: filepath.Join(t.TempDir(), "mftprobe"), dir: t.TempDir()}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", p.path, "mftprobe")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return p
}

// command prepares a call in a clean environment. It ends with ctx by the signal of Ctrl-C.
func (p *program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{"HOME=" + p.dir, "PATH=" + os.Getenv("PATH")}, p.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = limit
	return cmd
}

// said is what a call left.
type said struct {
	exit   int
	stdout string
	stderr string
	usage  *os.ProcessState
}

// run calls the program and waits for it.
func (p *program) run(t *testing.T, args ...string) said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := p.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatalf("running the program: %v", err)
	}
	return said{exit: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), usage: cmd.ProcessState}
}

// want fails the test unless the call ended with exit and printed each of the texts.
func (s said) want(t *testing.T, exit int, texts ...string) {
	t.Helper()
	if s.exit != exit {
		t.Errorf("exit status %d, want %d\n%s%s", s.exit, exit, s.stdout, s.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(s.stdout+s.stderr, text) {
			t.Errorf("nothing of %q in\n%s%s", text, s.stdout, s.stderr)
		}
	}
}

// write makes a file where the program is called.
func (p *program) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// quote makes one word of the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
