//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
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
