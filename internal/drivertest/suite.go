package drivertest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"mftprobe/probe"
)

// Endpoint is a healthy server with an account that may write in Dir.
type Endpoint struct {
	Target probe.Target
	Open   probe.Opener
	Dir    string // an empty directory for the suite, as a cwd step takes it
	// Lacks lists what this server cannot do; the suite then demands a refusal instead of a success,
	// so that an entry that is no longer true is noticed.
	Lacks []Ability
}

// Ability is something that a healthy server may lack.
type Ability string

// Abilities that servers differ in.
const (
	AbilityMlsd   Ability = "mlsd"
	AbilityMdtm   Ability = "mdtm"
	AbilityStat   Ability = "stat"
	AbilityChmod  Ability = "chmod"
	AbilityAppend Ability = "append"
	AbilityResume Ability = "resume" // get from an offset
	AbilityDot    Ability = "dot"    // names with a leading dot
	AbilityRaw    Ability = "raw"    // the line in the suite's raw step
)

// Run runs the whole suite. Each part is a subtest and a session of its own.
func Run(t *testing.T, e Endpoint) {
	t.Helper()
	t.Run("default script", e.defaultScript)
	t.Run("operations", e.operations)
	t.Run("names", e.names)
	t.Run("sizes", e.sizes)
	t.Run("refusals", e.refusals)
	t.Run("no overwriting", e.noOverwriting)
	t.Run("cancelled", e.cancelled)
	t.Run("close", e.closes)
}

// WrongPassword checks that a refused login is tried once and reported as refused. It is apart from
// Run, since it counts against the account on servers that lock accounts.
func WrongPassword(t *testing.T, e Endpoint) {
	t.Helper()
	const wrong = "not-the-Passw0rd"
	e.Target.Password = probe.NewSecret(wrong)
	e.Target.SSH.Keys, e.Target.SSH.AgentSocket = nil, ""
	got := e.run(t, probe.LoginOnlyScript(e.Target.Protocol).Steps)
	step := find(t, got, "login")
	if step.Status != probe.StatusFail {
		t.Fatalf("login with a wrong password: %s", step.Status)
	}
	tries := 0
	for _, ev := range got.Events {
		if ev.Kind == probe.KindCommand && ev.Command == "PASS" || ev.Kind == probe.KindAuth && ev.Attr["outcome"] == "refused" && ev.Attr["method"] == "password" {
			tries++
		}
	}
	if tries != 1 {
		t.Errorf("the password was sent %d times", tries)
	}
	noSecret(t, got, wrong)
}

var runs atomic.Int64

// run carries out steps in a session of its own and checks what holds for every record.
func (e Endpoint) run(t *testing.T, steps []probe.Step) probe.Transcript {
	t.Helper()
	return e.runContext(t.Context(), t, steps)
}

func (e Endpoint) runContext(ctx context.Context, t *testing.T, steps []probe.Step) probe.Transcript {
	t.Helper()
	got := probe.Run(ctx, probe.Job{
		Target: e.Target, Script: probe.Script{Steps: named(steps)}, Open: e.Open, PayloadSize: probe.DefaultPayloadSize,
		RunID: newRun(),
	})
	Retell(t, got)
	checkRecord(t, got)
	noSecret(t, got, e.Target.Password.Reveal())
	return got
}

// named gives steps without a name the name of their operation.
func named(steps []probe.Step) []probe.Step {
	out := slices.Clone(steps)
	for i := range out {
		if out[i].Name == "" {
			out[i].Name = string(out[i].Op)
		}
		if out[i].Op == probe.OpQuit {
			out[i].Always = true
		}
	}
	return out
}

// session puts the steps between a login into Dir and a quit.
func (e Endpoint) session(steps ...probe.Step) []probe.Step {
	all := []probe.Step{{Op: probe.OpConnect}, {Op: probe.OpLogin}}
	if e.Dir != "" {
		all = append(all, probe.Step{Op: probe.OpCwd, Path: e.Dir})
	}
	return append(append(all, steps...), probe.Step{Op: probe.OpQuit})
}

func (e Endpoint) lacks(a Ability) bool { return slices.Contains(e.Lacks, a) }

// unless makes a step expect a refusal where the server lacks a.
func (e Endpoint) unless(a Ability, s probe.Step) probe.Step {
	if e.lacks(a) {
		s.Expect.Codes = []string{probe.ExpectRefused}
	}
	return s
}

// checkRecord holds for every transcript, whatever happened.
func checkRecord(t *testing.T, got probe.Transcript) {
	t.Helper()
	phases := got.Target.Protocol.Phases()
	for i, ev := range got.Events {
		if i > 0 && (ev.Seq <= got.Events[i-1].Seq || ev.At < got.Events[i-1].At) {
			t.Errorf("event %d is out of order", ev.Seq)
		}
		if ev.Step == "" || ev.Conn == "" || ev.Direction == "" || ev.Kind == "" {
			t.Errorf("event lacks a field: %+v", ev)
		}
		if !slices.Contains(phases, ev.Phase) {
			t.Errorf("phase %q is not one of %s: %+v", ev.Phase, got.Target.Protocol, ev)
		}
	}
	if len(got.Cleanup.LeftBehind) != 0 {
		t.Errorf("left behind: %v", got.Cleanup.LeftBehind)
	}
}

func noSecret(t *testing.T, got probe.Transcript, secret string) {
	t.Helper()
	js, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if len(secret) > 3 && strings.Contains(string(js), secret) {
		t.Error("the record contains the password")
	}
}

// allPass fails for each step that did not end as its script wanted.
func allPass(t *testing.T, got probe.Transcript) {
	t.Helper()
	for _, s := range got.Steps {
		if s.Status != probe.StatusPass && s.Status != probe.StatusRefusal {
			t.Errorf("step %s: %s: %s", s.Name, s.Status, s.Detail)
		}
	}
}

// Retell logs a whole session when its test has failed, since a failure may come from what an earlier step has left. Each
// line is a message of its own, because a log that is searched for failures is searched by line.
func Retell(t *testing.T, got probe.Transcript) {
	t.Helper()
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		for line := range strings.Lines(Show(got)) {
			t.Log(strings.TrimSuffix(line, "\n"))
		}
	})
}

func find(t *testing.T, got probe.Transcript, name string) probe.StepResult {
	t.Helper()
	for _, s := range got.Steps {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no step %s", name)
	return probe.StepResult{}
}

func sum(p probe.Payload) string {
	r, err := p.Open()
	if err != nil {
		return err.Error()
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return err.Error()
	}
	return hex.EncodeToString(h.Sum(nil))
}
