//go:build matrix

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
	before []string // files in this state
	dirty  bool     // the last case left the server in a state of its own
	cases  []judged
	fleet  *fleet
	queue  []attempt // of other clients, for when our own cases are done
}

func newBench(t *testing.T, others *fleet, name, state string) *bench {
	t.Helper()
	b := &bench{t: t, fleet: others, name: name, state: state, server: stranger()}
	if name != netfault {
		b.server = lab.Use(t, name, state)
		b.before = b.files(t)
		others.meet(t, b.server)
	}
	return b
}

// play plays a row in one mode and judges what came out.
func (b *bench) play(t *testing.T, r row, mode lab.Mode) {
	t.Helper()
	if b.dirty {
		b.server.Switch(t, b.state)
		b.dirty = false
	}
	sc := newScene(t, r, b.server, mode)
	result := sc.play()
	j := judge(sc, result)
	if !r.litter && wrote(result.Steps) {
		j.littered = b.litter(t)
	}
	b.dirty = b.name != netfault && (r.tune != nil || r.disturb != nil || r.litter || len(j.littered) > 0)
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

// finish has other clients do what the cases did.
func (b *bench) finish(t *testing.T) {
	t.Helper()
	if b.dirty {
		b.server.Switch(t, b.state)
	}
	b.others(t, b.queue)
}

// others has other clients make their attempts, and those that surprise us a second time: one client out of step may be
// a busy machine.
func (b *bench) others(t *testing.T, todo []attempt) {
	t.Helper()
	var surprising []attempt
	for i, o := range b.fleet.make(t, b.name, todo) {
		j := &b.cases[todo[i].index]
		if j.agrees(o) || j.differ[o.client] != "" {
			j.others = append(j.others, o)
		} else {
			surprising = append(surprising, todo[i])
		}
	}
	for i, o := range b.fleet.make(t, b.name, surprising) {
		j := &b.cases[surprising[i].index]
		j.others = append(j.others, o)
		if !j.agrees(o) {
			t.Errorf("%s: we say %s, %s %s, and the table does not say why", j.name, j.got.Outcome, o.client, o.said)
			t.Log(surprising[i].command)
		}
	}
}

// wrote tells whether a step may have changed something.
func wrote(steps []probe.StepResult) bool {
	return slices.ContainsFunc(steps, func(s probe.StepResult) bool { return s.Op.Writes() && s.Status != probe.StatusSkipped })
}

// files lists what is on the server, wherever a case may write.
func (b *bench) files(t *testing.T) []string {
	t.Helper()
	out := b.server.Exec(t, "find", "/home", "/srv", "-mindepth", "1",
		"(", "-name", ".ftpquota", "-o", "-type", "d", "-printf", `%p/ %m\n`, "-o", "-printf", `%p %m %s\n`, ")")
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
