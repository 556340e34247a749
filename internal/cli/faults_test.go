package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
	"mftprobe/internal/diagnose"
	"mftprobe/internal/refserver"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

// testProgram is a process without terminal, environment and home directory.
func testProgram(t testing.TB) *program {
	t.Helper()
	p := &program{widen: func() {}, stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, tool: probe.Tool{Name: toolName, Version: "test"}}
	p.env = &config.Env{Getenv: func(string) (string, bool) { return "", false }, Home: t.TempDir(), User: func() string { return "tester" }, Stdin: p.stdin}
	return p
}

// quickLimits make a silent server cost little, and do not mistake a machine that stands still for one.
var quickLimits = []string{"--connect-timeout=2s", "--reply-timeout=2s", "--stall-timeout=2s", "--timeout=30s"}

// runFault probes an endpoint with one fault as `run` does, with the flags that the fault needs.
func runFault(t *testing.T, f refserver.Fault, protocol string) report.Result {
	t.Helper()
	s, err := refserver.Start(t.Context(), refserver.Loopback(f.Name))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir, args := t.TempDir(), slices.Clone(quickLimits)
	if f.Outcome != "fail" {
		args = nil // a slow server must pass with the usual limits
	}
	for name, text := range map[string]string{"cacert": string(s.CAPEM()), "known-hosts": s.KnownHosts(), "password-file": s.Password()} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--"+name, path)
	}
	cmd := &cobra.Command{}
	values := settingFlags(cmd)
	if err := cmd.ParseFlags(append(args, f.Flags...)); err != nil {
		t.Fatal(err)
	}
	p := testProgram(t)
	e, err := p.env.FromURL(s.URL(protocol), values())
	if err != nil {
		t.Fatal(err)
	}
	tr, j := diagnose.Run(t.Context(), p.job(e), diagnose.Options{})
	return report.Result{Transcript: tr, Judgement: j}
}

// TestEveryFault: each fault that serve lists is diagnosed by run to the letter: outcome, cause, side, step
// and phase, in every protocol that it concerns. It prints the table.
func TestEveryFault(t *testing.T) {
	table := &faultTable{}
	t.Cleanup(func() { table.judge(t) })
	for _, f := range refserver.Faults() {
		for i, protocol := range f.Protocols {
			if testing.Short() && i > 0 {
				break
			}
			t.Run(f.Name+"/"+protocol, func(t *testing.T) {
				t.Parallel()
				r := runFault(t, f, protocol)
				if f.Outcome == "fail" && r.Verdict.Outcome != "fail" {
					t.Errorf("the fault is called %s\n%s", r.Verdict.Outcome, told(r))
				}
				table.add(f, protocol, r)
			})
		}
	}
}

// faultTable collects what became of the faults.
type faultTable struct {
	mu     sync.Mutex
	rows   []string
	misses []string
}

func (x *faultTable) add(f refserver.Fault, protocol string, r report.Result) {
	got, ok := diagnosed(f, r)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rows = append(x.rows, fmt.Sprintf("%-24s %-6s %s", f.Name, protocol, got))
	if !ok {
		x.misses = append(x.misses, fmt.Sprintf("%-24s %-6s %s, listed %s", f.Name, protocol, got, diagnosisText(f)))
	}
}

// judge prints the table and fails the test when anything in it is wrong.
func (x *faultTable) judge(t *testing.T) {
	slices.Sort(x.rows)
	slices.Sort(x.misses)
	right := len(x.rows) - len(x.misses)
	t.Logf("%d of %d as listed\n%s\nnot as listed:\n%s", right, len(x.rows), strings.Join(x.rows, "\n"), strings.Join(x.misses, "\n"))
	if len(x.misses) > 0 {
		t.Errorf("%d of %d faults are diagnosed as listed, want all", right, len(x.rows))
	}
}

// diagnosed compares outcome, cause, side, step and phase: those of the verdict, or for a run that came
// through those of a finding.
func diagnosed(f refserver.Fault, r report.Result) (string, bool) {
	v := r.Verdict
	got := fmt.Sprintf("-> %s", v.Outcome)
	switch {
	case f.Outcome != string(v.Outcome):
		return fmt.Sprintf("%s %s, side %s, step %s, phase %s", got, v.Cause, v.Side, v.Step, v.Phase), false
	case v.Outcome == "fail":
		got = fmt.Sprintf("%s %s, side %s, step %s, phase %s", got, v.Cause, v.Side, v.Step, v.Phase)
		return got, f.Cause == string(v.Cause) && f.Side == string(v.Side) && f.Step == v.Step && f.Phase == string(v.Phase)
	case f.Cause == "":
		return got, true
	}
	for _, x := range r.Findings {
		got += fmt.Sprintf(" %s at %s", x.Cause, x.Step)
		if string(x.Cause) == f.Cause && x.Step == f.Step {
			return got, true
		}
	}
	return got, false
}

// told is the record in short, for the one who reads a failure.
func told(r report.Result) string {
	var b strings.Builder
	for _, e := range r.Events {
		fmt.Fprintf(&b, "%s %s %s %s %q %v\n", e.Step, e.Phase, e.Direction, e.Kind, e.Text, e.Code)
	}
	return b.String()
}
