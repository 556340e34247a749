package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mftprobe/internal/refserver"
	"mftprobe/internal/report"
)

// countingLogins starts an endpoint that counts the passwords that it is shown.
func countingLogins(t *testing.T, faults ...string) (s *refserver.Server, logins *atomic.Int64) {
	t.Helper()
	logins = &atomic.Int64{}
	cfg := refserver.Loopback(faults...)
	cfg.Accounts = []refserver.Account{{User: "alice", Password: "right"}}
	cfg.Log = func(e refserver.Event) {
		if e.Kind == "received" && strings.HasPrefix(e.Text, "PASS") || e.Kind == "security" && strings.Contains(e.Text, ", password: ") {
			logins.Add(1)
		}
	}
	s, err := refserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, logins
}

// runMany runs endpoints that share an account and returns how many passed.
func runMany(t *testing.T, s *refserver.Server, password string, n int, flags ...string) (passed int, output string) {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("defaults: {user: alice, password-file: pw, host-key: " + s.HostKeyFingerprint() + "}\nendpoints:\n")
	for i := range n {
		fmt.Fprintf(&b, "  f%d: ftp://%s\n  s%d: sftp://%s\n", i, s.Addr("ftp"), i, s.Addr("sftp"))
	}
	config := filepath.Join(dir, "c.yaml")
	for path, text := range map[string]string{config: b.String(), filepath.Join(dir, "pw"): password} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := testProgram(t)
	var out bytes.Buffer
	p.stdout, p.stderr = &out, &out
	p.run(t.Context(), append([]string{"run", "--config", config, "--all", "--parallel", "64", "--per-host", "64", "-o", "jsonl"}, flags...))
	output = out.String()
	results, err := report.Decode(&out)
	if err != nil || len(results) != 2*n {
		t.Fatalf("%d results, %v\n%s", len(results), err, output)
	}
	for _, r := range results {
		if r.Verdict.Outcome == "pass" {
			passed++
		}
	}
	return passed, output
}

// TestOneRefusedLogin: however many targets of a run share an account at a server, a wrong password reaches it once. With
// the right one all of them log in.
func TestOneRefusedLogin(t *testing.T) {
	s, logins := countingLogins(t)
	passed, out := runMany(t, s, "wrong", 8)
	if passed > 0 || logins.Load() != 2 || !strings.Contains(out, "not tried: this login was refused") {
		t.Errorf("%d passed, %d passwords sent, want one over FTP and one over SSH\n%.3000s", passed, logins.Load(), out)
	}
	logins.Store(0)
	if passed, out = runMany(t, s, "right", 8); passed != 16 || logins.Load() != 16 {
		t.Errorf("%d passed, %d passwords sent, want 16 of each\n%.3000s", passed, logins.Load(), out)
	}
}

// TestGuardKnowsWhatLocks: a server that is full, or that wants TLS first, says 530 too. That is no reason to stay away.
func TestGuardKnowsWhatLocks(t *testing.T) {
	for fault, want := range map[string]int64{"login-users-530": 2, "login-users-421": 2, "tls-required-530": 0, "wrong-password": 1, "account-locked": 1} {
		s, logins := countingLogins(t, fault)
		state := filepath.Join(t.TempDir(), "state.json")
		for range 2 {
			runOne(t, s, "right", "--lockout-guard="+state)
		}
		if got := logins.Load(); got != want {
			t.Errorf("%s: two runs sent the password %d times, want %d", fault, got, want)
		}
	}
}

func runOne(t *testing.T, s *refserver.Server, password string, flags ...string) int {
	t.Helper()
	p := testProgram(t)
	p.env.Getenv = func(string) (string, bool) { return password, true }
	return p.run(t.Context(), append([]string{"run", "--login-only", "--password-env", "PW", "ftp://alice@" + s.Addr("ftp")}, flags...))
}

// TestJitterTakesNoPlace: with one place for all, the pauses of many targets pass at the same time.
func TestJitterTakesNoPlace(t *testing.T) {
	const n, jitter = 40, 400 * time.Millisecond
	p, config, out := manyHosts(t, n, "")
	began := time.Now()
	if got := p.run(t.Context(), []string{"run", "--config", config, "--all", "--parallel", "1", "--jitter", jitter.String(), "-o", "jsonl"}); got != exitPass {
		t.Fatalf("exit status %d\n%.2000s", got, out.String())
	}
	if took := time.Since(began); took > n*jitter/3 {
		t.Errorf("%d targets took %s", n, took)
	}
	results, err := report.Decode(out)
	if err != nil {
		t.Fatal(err)
	}
	first, last := results[0].StartedAt, results[0].StartedAt
	for _, r := range results {
		if time.Time(r.StartedAt).Before(time.Time(first)) {
			first = r.StartedAt
		}
		if time.Time(r.StartedAt).After(time.Time(last)) {
			last = r.StartedAt
		}
	}
	if spread := time.Time(last).Sub(time.Time(first)); spread < jitter/4 {
		t.Errorf("the targets started within %s", spread)
	}
}

// TestDeadline: when the time of the whole run is over, it ends, and what was not probed has not passed.
func TestDeadline(t *testing.T) {
	const n = 10
	p, config, out := manyHosts(t, n, "")
	silent, err := refserver.Start(t.Context(), refserver.Loopback("silent:greeting"))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("endpoints:\n"), []byte("endpoints:\n  mute: ftp://"+silent.Addr("ftp")+"\n"), 1)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	got := p.run(t.Context(), []string{"run", "--config", config, "mute", "--deadline", "500ms", "-o", "jsonl"})
	if took := time.Since(began); got != exitFail || took > 10*time.Second {
		t.Errorf("exit status %d after %s\n%s", got, took, out.String())
	}
	out.Reset()
	if got := p.run(t.Context(), []string{"run", "--config", config, "--all", "--deadline", "1ns", "-o", "jsonl"}); got != exitFail {
		t.Errorf("exit status %d\n%.2000s", got, out.String())
	}
	results, err := report.Decode(out)
	if err != nil || len(results) != n+1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	for _, r := range results {
		if r.Verdict.Outcome == "pass" || r.Verdict.Outcome == "warn" {
			t.Errorf("%s was not probed and is %s", r.Target.Name, r.Verdict.Outcome)
		}
	}
}

// TestStaleFiles: what a killed run has left beside an output goes, when no run can still be writing it.
func TestStaleFiles(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * staleAfter)
	for name, gone := range map[string]bool{".m.prom.443852806": true, ".m.prom.txt": false, ".other.prom.1": false, "m.prom.1": false} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		f, err := createAtomic(filepath.Join(dir, "m.prom"))
		if err != nil {
			t.Fatal(err)
		}
		f.abandon()
		if _, err := os.Stat(path); os.IsNotExist(err) != gone {
			t.Errorf("%s: gone is %t", name, !gone)
		}
	}
	fresh := filepath.Join(dir, ".m.prom.2")
	if err := os.WriteFile(fresh, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	removeStale(filepath.Join(dir, "m.prom"))
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("the file of a run that may go on: %v", err)
	}
}
