package matrix

import (
	"slices"
	"strings"
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// bench is a server in one state, on which one case after the other is played.
type bench struct {
	t      *testing.T
	name   string
	state  string
	server *lab.Server
	before []string          // files in this state
	dirty  bool              // the last case left the server in a state of its own
	loose  bool              // something was written since the files were last looked at
	runs   map[string]string // names of the cases by the number of their run
	cases  []judged
	fleet  *fleet
	queue  []attempt // of other clients, for when our own cases are done
}

func newBench(t *testing.T, others *fleet, name, state string) *bench {
	t.Helper()
	b := &bench{t: t, fleet: others, name: name, state: state, server: stranger(), runs: map[string]string{}}
	if name != netfault {
		b.server = lab.Use(t, name, state)
		b.before = b.files(t)
		others.meet(t, b.server)
	}
	return b
}

// overtakings is how often in a row a reset may overtake the words of a server: on a busy machine that is no rare thing.
const overtakings = 20

// play plays a row in one mode and judges what came out. Where the row disturbs the server, the files are looked at right
// before and behind it; the others are looked at together.
func (b *bench) play(t *testing.T, r row, mode lab.Mode) {
	t.Helper()
	disturbing := r.tune != nil || r.disturb != nil || r.litter
	if disturbing {
		b.sweep(t)
	}
	if b.dirty {
		b.server.Switch(t, b.state)
	}
	sc := newScene(t, r, b.server, mode)
	result := sc.play()
	j := judge(sc, result)
	for try := 1; try < overtakings && !disturbing && j.overtaken(result); try++ {
		t.Logf("the reset overtook the words of the server, once more: %s", j.got.Why)
		sc = newScene(t, r, b.server, mode)
		result = sc.play()
		j = judge(sc, result)
	}
	b.runs[sc.job.RunID] = j.name
	b.loose = b.loose || wrote(result.Steps)
	if disturbing && !r.litter {
		b.sweep(t)
	}
	b.dirty = b.name != netfault && disturbing
	if r.litter {
		b.loose = false
	}
	j.show(t, result)
	b.cases = append(b.cases, j)
	todo := attempts(sc, len(b.cases)-1)
	if r.tune == nil {
		b.queue = append(b.queue, todo...)
	} else {
		b.others(t, todo) // while what tune made is still there
	}
	sc.end()
}

// sweep looks for what the cases since the last sweep have left. The name of a file carries the number of its run.
func (b *bench) sweep(t *testing.T) {
	t.Helper()
	if !b.loose {
		return
	}
	b.loose = false
	for _, line := range b.litter(t) {
		by := "a case that gave it no name"
		for id, name := range b.runs {
			if strings.Contains(line, id) {
				by = name
			}
		}
		t.Errorf("left on the server by %s: %s", by, line)
	}
}

// finish has other clients do what the cases did.
func (b *bench) finish(t *testing.T) {
	t.Helper()
	b.sweep(t)
	if b.dirty {
		b.server.Switch(t, b.state)
	}
	b.others(t, b.queue)
}

// others has other clients make their attempts, and those that surprise us again: one client out of step may be a busy machine.
func (b *bench) others(t *testing.T, todo []attempt) {
	t.Helper()
	for try := 1; len(todo) > 0; try++ {
		var again []attempt
		for i, o := range b.fleet.make(t, b.name, todo) {
			j := &b.cases[todo[i].index]
			switch {
			case j.heard(o):
			case try < tries:
				again = append(again, todo[i])
			default:
				t.Errorf("%s: we say %s %s %s, %s %s, and the table does not say why", j.name, j.got.Outcome, j.got.Step, j.got.Cause, o.client, o.said)
				t.Log(todo[i].command)
			}
		}
		todo = again
	}
}

// heard takes note of what another client made of the case, unless it disagrees without a reason.
func (j *judged) heard(o other) bool {
	if !j.agrees(o) {
		if o.because = j.whyNot(o); o.because == "" {
			return false
		}
	}
	j.others = append(j.others, o)
	return true
}

// wrote tells whether a step may have changed something.
func wrote(steps []probe.StepResult) bool {
	return slices.ContainsFunc(steps, func(s probe.StepResult) bool { return s.Op.Writes() && s.Status != probe.StatusSkipped })
}

// files lists what is on the server, wherever a case may write, but for what other clients left.
func (b *bench) files(t *testing.T) []string {
	t.Helper()
	out := b.server.Exec(t, "find", "/home", "/srv", "-mindepth", "1",
		"(", "-name", ".ftpquota", "-o", "-name", otherPrefix+"*", "-o", "-type", "d", "-printf", `%p/ %m\n`, "-o", "-printf", `%p %m %s\n`, ")")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	slices.Sort(lines)
	return lines
}

// litter lists what is there that was not, and what is missing.
func (b *bench) litter(t *testing.T) []string {
	t.Helper()
	var out []string
	after := b.files(t)
	for _, line := range after {
		if _, found := slices.BinarySearch(b.before, line); !found {
			out = append(out, "+"+line)
		}
	}
	for _, line := range b.before {
		if _, found := slices.BinarySearch(after, line); !found {
			out = append(out, "-"+line)
		}
	}
	return out
}
