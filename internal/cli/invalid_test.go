package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mftprobe/internal/refserver"
	"mftprobe/probe"
)

// invalidFiles are configuration files with what must be said of each; internal/config reads them too.
const invalidFiles = "../config/testdata/invalid/*.yaml"

// wantMark begins the lines of such a file that are the messages, without the name of the file.
const wantMark = "#! "

// TestInvalidConfig: whatever is wrong with a configuration file, every command that reads one says exactly that, ends
// with 3 and asks no driver for anything, although a healthy endpoint is named on the same command line.
func TestInvalidConfig(t *testing.T) {
	files, err := filepath.Glob(invalidFiles)
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	opened := 0
	open := openDriver
	openDriver = func(target probe.Target, r *probe.Recorder) probe.Driver {
		opened++
		return open(target, r)
	}
	t.Cleanup(func() { openDriver = open })
	s, err := refserver.Start(t.Context(), refserver.Loopback())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, path := range files {
		want := messages(t, path)
		for _, args := range [][]string{
			{"run", "--all"},
			{"run", "--all", "--dry-run"},
			{"run", "--password-env", "PW", s.URL("ftp")},
			{"check", "--password-env", "PW", "-H", s.URL("ftp")},
			{"compare", "--password-env", "PW", s.URL("ftp"), embeddedWord},
		} {
			p := testProgram(t)
			p.env.Getenv = func(name string) (string, bool) { return s.Password(), name == "PW" }
			var out bytes.Buffer
			p.stdout, p.stderr = &out, &out
			if got := p.run(t.Context(), append(args, "--config", path)); got != exitMisuse {
				t.Errorf("%s %s: exit status %d\n%s", args, path, got, out.String())
			}
			if said := strings.ReplaceAll(out.String(), filepath.Dir(path)+"/", ""); args[0] != "check" && said != want {
				t.Errorf("%s %s\n got: %swant: %s", args, path, said, want)
			}
		}
	}
	if opened > 0 {
		t.Errorf("%d targets were approached", opened)
	}
	t.Logf("%d files", len(files))
}

// messages is what the program must say of a file, a line for each problem.
func messages(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for line := range strings.Lines(string(text)) {
		if message, ok := strings.CutPrefix(line, wantMark); ok {
			want.WriteString(toolName + ": " + filepath.Base(path) + ":" + message)
		}
	}
	return want.String()
}
