package guard

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mftprobe/probe"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func target(user, password string) probe.Target {
	return probe.Target{Protocol: probe.FTP, Host: "ftp.example.org", Port: 21, User: user, Password: probe.NewSecret(password)}
}

func TestCircuit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "lockout.json")
	g := New(path)
	blocked := func(target probe.Target) bool {
		t.Helper()
		c, err := g.Blocked(target)
		if err != nil {
			t.Fatal(err)
		}
		return c != nil
	}
	bob := target("bob", "Geheim-1")
	if blocked(bob) {
		t.Fatal("blocked without a refusal")
	}
	if err := g.Refused(bob, "530 Login incorrect.", noon); err != nil {
		t.Fatal(err)
	}
	if c, _ := g.Blocked(bob); c == nil || c.Reply != "530 Login incorrect." || !time.Time(c.RefusedAt).Equal(noon) {
		t.Fatalf("circuit %+v", c)
	}
	overTLS := bob
	overTLS.Protocol = probe.FTPES
	if !blocked(overTLS) {
		t.Error("the same account over TLS is the same account")
	}
	if blocked(target("bob", "Geheim-2")) || blocked(target("eve", "Geheim-1")) {
		t.Error("another secret or another account must not be blocked")
	}
	withKey := bob
	withKey.SSH.Keys = []probe.PrivateKey{{PEM: probe.NewSecret("key")}}
	if blocked(withKey) {
		t.Error("another key is another secret")
	}
	if err := g.Succeeded(target("bob", "by hand")); err != nil {
		t.Fatal(err)
	}
	if blocked(bob) {
		t.Error("a success closes the circuit")
	}
}

func TestStateHoldsNoSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lockout.json")
	if err := New(path).Refused(target("bob", "Geheim-1"), "530", noon); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "Geheim") {
		t.Errorf("state: %s", b)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestBadState(t *testing.T) {
	for name, content := range map[string]string{"not json": "hello", "too large": `{"a":"` + strings.Repeat("x", maxState) + `"}`} {
		path := filepath.Join(t.TempDir(), "lockout.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(path).Blocked(target("a", "b")); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v must name the file", name, err)
		}
		if err := New(path).Refused(target("a", "b"), "530", noon); err == nil {
			t.Errorf("%s: a file of somebody else was overwritten", name)
		}
	}
	full := `{"a":{"refused_at":null}}`
	path := filepath.Join(t.TempDir(), "lockout.json")
	if err := os.WriteFile(path, []byte(full+strings.Repeat(" ", maxState-len(full))), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(path).Blocked(target("x", "b")); err != nil {
		t.Errorf("a state at the limit: %v", err)
	}
}

// TestStateIsPrivate: whoever else uses the machine cannot read whose logins were refused.
func TestStateIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "lockout.json")
	if err := New(path).Refused(target("bob", "Geheim-1"), "530", noon); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestConcurrentRefusals(t *testing.T) {
	g := New(filepath.Join(t.TempDir(), "lockout.json"))
	var wg sync.WaitGroup
	users := []string{"a", "b", "c", "d"}
	for _, u := range users {
		wg.Go(func() {
			if err := g.Refused(target(u, "pw"), "530", noon); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, u := range users {
		if c, err := g.Blocked(target(u, "pw")); err != nil || c == nil {
			t.Errorf("the circuit of %s was lost: %v", u, err)
		}
	}
}

func TestDefaultPath(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", "/var/lib/mftprobe:/other")
	if got, _ := DefaultPath(); got != "/var/lib/mftprobe/lockout.json" {
		t.Errorf("got %s", got)
	}
	t.Setenv("STATE_DIRECTORY", "")
	t.Setenv("XDG_STATE_HOME", "/s")
	if got, _ := DefaultPath(); got != "/s/mftprobe/lockout.json" {
		t.Errorf("got %s", got)
	}
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("HOME", "/h")
	if got, _ := DefaultPath(); got != "/h/.local/state/mftprobe/lockout.json" {
		t.Errorf("got %s", got)
	}
	t.Setenv("HOME", "")
	if got, err := DefaultPath(); err == nil {
		t.Errorf("a place without a home: %s", got)
	}
}
