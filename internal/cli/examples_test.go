package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mftprobe/internal/config"
	"mftprobe/internal/refserver"
)

const examples = "../../examples"

// TestExampleConfig: the example configuration is read without complaint, files of other machines aside.
func TestExampleConfig(t *testing.T) {
	p := testProgram(t)
	text, err := os.ReadFile(filepath.Join(examples, "mftprobe.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	s, err := refserver.Start(t.Context(), refserver.Loopback())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	files := map[string][]byte{"mftprobe.yaml": bytes.ReplaceAll(text, []byte("/etc/mftprobe/archive-ca.pem"), []byte(ca)), "ca.pem": s.CAPEM()}
	for _, name := range []string{"drop-box.yaml", "pick-up-box.yaml"} {
		if files[name], err = os.ReadFile(filepath.Join(examples, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := config.LoadFile(filepath.Join(dir, "mftprobe.yaml"), p.env)
	if err != nil || len(f.Names()) != 3 || len(f.Select("nightly")) != 2 {
		t.Errorf("%v %v", err, f.Names())
	}
}

// TestExampleBoxes runs the example scripts: each passes where the box is as it should be, and fails
// where it is not.
func TestExampleBoxes(t *testing.T) {
	closed := []string{"reply:list=550 Permission denied.", "reply:get=550 Permission denied."}
	tests := []struct {
		script string
		faults []string
		want   int
		says   string
	}{
		{"drop-box.yaml", closed, exitPass, "refused as expected: 550"},
		{"drop-box.yaml", nil, exitFail, "must-not-list"},
		{"pick-up-box.yaml", nil, exitFail, "files-there"},
	}
	for _, tt := range tests {
		s, err := refserver.Start(t.Context(), refserver.Loopback(tt.faults...))
		if err != nil {
			t.Fatal(err)
		}
		p := testProgram(t)
		var out bytes.Buffer
		p.stdout, p.stderr = &out, &out
		p.env.Getenv = func(string) (string, bool) { return s.Password(), true }
		got := p.run(t.Context(), []string{"run", "--script", filepath.Join(examples, tt.script), "--password-env", "PW", s.URL("ftp")})
		if got != tt.want || !strings.Contains(out.String(), tt.says) || len(s.Files()) > 0 {
			t.Errorf("%s with %q: exit status %d, left %q\n%s", tt.script, tt.faults, got, s.Files(), out.String())
		}
		s.Close()
	}
}

// TestPickUpBox fills a box as a partner does, an hour ago, and picks up with an account that may not store.
func TestPickUpBox(t *testing.T) {
	cfg := refserver.Loopback()
	cfg.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	cfg.Accounts = []refserver.Account{{User: "partner", Password: "pw"}, {User: "us", Password: "pw", ReadOnly: true}}
	s, err := refserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fill := filepath.Join(t.TempDir(), "fill.yaml")
	if err := os.WriteFile(fill, []byte("[connect, login, {op: put, path: report.csv, content: \"a,b\\n\"}, quit]"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := testProgram(t)
	var out bytes.Buffer
	p.stdout, p.stderr = &out, &out
	p.env.Getenv = func(string) (string, bool) { return "pw", true }
	args := []string{"run", "--password-env", "PW", "--script"}
	if got := p.run(t.Context(), append(args, fill, "--keep", "ftp://partner@"+s.Addr("ftp"))); got != exitPass {
		t.Fatalf("filling the box: exit status %d\n%s", got, out.String())
	}
	for _, scheme := range []string{"ftp", "sftp"} {
		out.Reset()
		target := append(args, filepath.Join(examples, "pick-up-box.yaml"), "--host-key", s.HostKeyFingerprint(), scheme+"://us@"+s.Addr(scheme))
		if got := p.run(t.Context(), target); got != exitPass || !strings.Contains(out.String(), "refused as expected") {
			t.Errorf("%s: exit status %d\n%s", scheme, got, out.String())
		}
	}
}
