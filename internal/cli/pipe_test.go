//go:build unix

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mftprobe/internal/refserver"
)

// closedPipe is what standard output is behind "| head -1" once head has read enough.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
}

// TestClosedPipe: a reader that has read enough is told nothing. What it could not know, it is told: files that were not
// written, and what is still on the server.
func TestClosedPipe(t *testing.T) {
	s, err := refserver.Start(t.Context(), refserver.Loopback("reply:DELE=550 No."))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	file := filepath.Join(t.TempDir(), "run.json")
	run := []string{"run", "--no-diagnose", "--password-env", "PW", s.URL("ftp")}
	for _, tt := range []struct {
		args []string
		want []string // lines on standard error, each by its beginning
	}{
		{[]string{"explain", "425"}, nil},
		{[]string{"--help"}, nil},
		{[]string{"serve", "--list-faults"}, nil},
		{[]string{"run", "--login-only", "--password-env", "PW", s.URL("ftp")}, nil},
		{run, []string{`mftprobe: left behind: ".mftprobe-`}},
		{append([]string{"run", "-o", "text", "-o", "json=" + file}, run[1:]...), []string{
			`mftprobe: left behind: ".mftprobe-`, "mftprobe: standard output was closed before the end; " + file + " not written",
		}},
	} {
		p := testProgram(t)
		p.env.Getenv = func(name string) (string, bool) { return s.Password(), name == "PW" }
		var said bytes.Buffer
		p.stdout, p.stderr = closedPipe{}, &said
		if got := p.run(t.Context(), tt.args); got != exitMisuse {
			t.Errorf("%q: exit status %d", tt.args, got)
		}
		lines := strings.Split(strings.TrimSuffix(said.String(), "\n"), "\n")
		if said.Len() == 0 {
			lines = nil
		}
		if len(lines) != len(tt.want) {
			t.Errorf("%q: said %q, want %q", tt.args, lines, tt.want)
			continue
		}
		for i, want := range tt.want {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("%q: said %q, want %q", tt.args, lines[i], want)
			}
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file that is not whole has its name")
	}
}
