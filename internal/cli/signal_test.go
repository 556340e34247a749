//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mftprobe/internal/refserver"
)

// TestTerminate: systemd and cron stop a run by SIGTERM. What it made on the server is removed as after Ctrl-C.
func TestTerminate(t *testing.T) {
	s, err := refserver.Start(t.Context(), refserver.Loopback())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	script := filepath.Join(t.TempDir(), "slow.yaml")
	if err := os.WriteFile(script, []byte("[connect, login, put, {op: wait, for: 60s}, delete, quit]"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), toolName, "run", "--password-env", "PW", "--script", script, s.URL("ftp"))
	cmd.Env = append(os.Environ(), "PW="+s.Password())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); len(s.Files()) == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if len(s.Files()) != 1 {
		t.Errorf("before the signal: %q", s.Files())
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupt || len(s.Files()) > 0 {
		t.Errorf("%v, left %q", err, s.Files())
	}
}

// interrupt runs a command against an endpoint with faults, sends it a signal once a file is there, and then another one
// if again is not the empty string: when that text is on standard error.
func interrupt(t *testing.T, faults []string, again string, args ...string) (exit int, stdout, stderr string, s *refserver.Server) {
	t.Helper()
	s, err := refserver.Start(t.Context(), refserver.Loopback(faults...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	script := filepath.Join(t.TempDir(), "slow.yaml")
	if err := os.WriteFile(script, []byte("[connect, login, put, {op: wait, for: 60s}, delete, quit]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "URL", s.URL("ftp"))
	}
	cmd := exec.CommandContext(t.Context(), toolName, append(args, "--password-env", "PW", "--script", script)...)
	cmd.Env = append(os.Environ(), "PW="+s.Password())
	var out, said watched
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(func() bool { return len(s.Files()) > 0 })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if again != "" {
		until(func() bool { return strings.Contains(said.String(), again) })
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait() // the exit status tells
	return cmd.ProcessState.ExitCode(), out.String(), said.String(), s
}

// until waits for something to become true, for a while.
func until(true func() bool) {
	for end := time.Now().Add(20 * time.Second); !true() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

// watched is a buffer that is read while it is written.
type watched struct {
	mu sync.Mutex
	b  strings.Builder
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// TestSecondSignal: a clean-up that takes long is explained, and a second signal ends it, which is said too.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	began := time.Now()
	exit, _, said, _ := interrupt(t, []string{"silent:DELE"}, "A second signal ends at once", "run", "URL")
	if exit != exitInterrupt || !strings.Contains(said, "ended without clean-up; what this run made may still be on the server\n") {
		t.Errorf("%d %q", exit, said)
	}
	if time.Since(began) > 9*time.Second {
		t.Errorf("it ended after %s", time.Since(began))
	}
}

// TestInterruptedLeftBehind: what could not be removed is said by every command, also where no report is written.
func TestInterruptedLeftBehind(t *testing.T) {
	t.Parallel()
	refused := []string{"reply:DELE=550 No."}
	exit, out, said, s := interrupt(t, refused, "", "compare", "URL", embeddedWord)
	if exit != exitInterrupt || out != "" || !strings.HasPrefix(said, "mftprobe: left behind: \""+s.Files()[0][1:]) || !strings.HasSuffix(said, "\nmftprobe: interrupted\n") {
		t.Errorf("compare: %d %q %q", exit, out, said)
	}
	exit, out, _, _ = interrupt(t, refused, "", "check", "-H", "URL")
	if exit != exitMisuse || !strings.HasPrefix(out, "MFT UNKNOWN - interrupted; left behind: \".mftprobe-") {
		t.Errorf("check: %d %q", exit, out)
	}
	exit, out, _, _ = interrupt(t, refused, "", "run", "URL")
	if exit != exitInterrupt || !strings.Contains(out, "UNKNOWN  The run was interrupted before anything failed\n  got to    3 of 6 steps") ||
		strings.Count(out, ".mftprobe-") != 1 {
		t.Errorf("run: %d %q", exit, out)
	}
}

// TestInterruptedBatch: targets that were not finished are neither up nor down.
func TestInterruptedBatch(t *testing.T) {
	t.Parallel()
	exit, out, _, _ := interrupt(t, nil, "", "run", "--parallel", "1", "-o", "openmetrics", "URL", "URL", "URL")
	if exit != exitInterrupt || strings.Contains(out, "probe_success") || strings.Count(out, "\nprobe_mft_unfinished{") != 3 {
		t.Errorf("%d %s", exit, out)
	}
}

// TestInterruptedDemo: a demonstration that was stopped has neither worked nor failed.
func TestInterruptedDemo(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), toolName, "demo")
	var out watched
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(func() bool { return strings.Contains(out.String(), "drops data ports") })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit status tells
	if got := cmd.ProcessState.ExitCode(); got != exitInterrupt {
		t.Errorf("exit status %d\n%s", got, out.String())
	}
}
