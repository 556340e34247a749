package ssh

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

// want is what the record must say of a run: where it ended, in whose words.
type want struct {
	step     string      // that failed; empty: every step passed
	phase    probe.Phase // of the first bad event of that step
	kind     probe.Kind
	class    probe.Class // of its failure; empty: it has a code or an outcome instead
	orClass  probe.Class // that is as good, where the kernel decides
	space    probe.Space
	code     int
	text     string // part of the event's text
	attr     string // name=value, part of the event's attributes
	also     string // part of the text of any event of the run
	attempts string // the login's attempts, method[/algorithm]=outcome
}

// row is one run against a server with one fault.
type row struct {
	name   string
	fault  string
	mode   lab.Mode // SFTP unless said
	change func(t *testing.T, s *lab.Server, target *probe.Target)
	steps  []probe.Step // default script if nil
	before func(t *testing.T, s *lab.Server)
	grace  time.Duration // what the server gives to a login; one that took longer says more of this machine than of the driver
	want   want
}

// tooSlow tells whether the login took longer than the server allows.
func (r row) tooSlow(tr probe.Transcript) bool {
	var took time.Duration
	for _, s := range tr.Steps[:min(len(tr.Steps), 2)] { // connect and login
		took += time.Duration(s.Duration)
	}
	return r.grace > 0 && took >= r.grace
}

// graces is how often in a row a login may be too slow.
const graces = 5

// runRows runs the rows against one server, which it holds for that long.
func runRows(t *testing.T, server string, rows []row) {
	s := lab.Use(t, server, "none")
	for _, r := range rows {
		name := r.name
		if name == "" {
			name = r.fault
		}
		t.Run(name, func(t *testing.T) {
			s.Switch(t, r.fault)
			if r.before != nil {
				r.before(t, s)
			}
			mode := r.mode
			if mode == "" {
				mode = lab.SFTP
			}
			target := targetOf(t, s, mode)
			if r.change != nil {
				r.change(t, s, &target)
			}
			tr := run(t, target, slices.Clone(r.steps)...)
			for try := 1; try < graces && r.tooSlow(tr); try++ {
				tr = run(t, target, slices.Clone(r.steps)...)
			}
			r.want.check(t, tr)
			if left := tr.Cleanup.LeftBehind; len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func (w want) check(t *testing.T, tr probe.Transcript) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Log(drivertest.Show(tr))
		}
	}()
	if got := attempts(tr); w.attempts != "" && got != w.attempts {
		t.Errorf("attempts\n got %s\nwant %s", got, w.attempts)
	}
	if w.also != "" && !slices.ContainsFunc(tr.Events, func(e probe.Event) bool { return strings.Contains(e.Text, w.also) }) {
		t.Errorf("no event says %q", w.also)
	}
	step, e, ok := firstBad(tr)
	if w.step == "" || !ok {
		if w.step != "" || ok {
			t.Errorf("step %q failed, want %q", step, w.step)
		}
		return
	}
	if step != w.step || e.Phase != w.phase || e.Kind != w.kind || !strings.Contains(e.Text, w.text) {
		t.Errorf("step %s: %s %s %q, want %+v", step, e.Phase, e.Kind, e.Text, w)
	}
	if class := classOf(e); class != w.class && (w.orClass == "" || class != w.orClass) {
		t.Errorf("class %q, want %q", class, w.class)
	}
	if w.space != "" && (e.Code == nil || e.Code.Space != w.space || e.Code.Value != w.code) {
		t.Errorf("code %v, want %s %d", e.Code, w.space, w.code)
	}
	if name, value, _ := strings.Cut(w.attr, "="); w.attr != "" && !strings.Contains(e.Attr[name], value) {
		t.Errorf("attributes %v, want %s", e.Attr, w.attr)
	}
}

func classOf(e probe.Event) probe.Class {
	if e.Failure == nil {
		return ""
	}
	return e.Failure.Class
}

// firstBad returns the failed step and the first event in it that speaks against it.
func firstBad(tr probe.Transcript) (step string, e probe.Event, failed bool) {
	for _, s := range tr.Steps {
		if s.Status != probe.StatusFail {
			continue
		}
		for _, e := range tr.Events {
			if e.Step == s.Name && !e.Tolerated && isBad(e) {
				return s.Name, e, true
			}
		}
		return s.Name, probe.Event{}, true
	}
	return "", probe.Event{}, false
}

func isBad(e probe.Event) bool {
	switch {
	case e.Failure != nil:
		return true
	case e.Direction != probe.Received:
		return false
	case e.Kind == probe.KindDisconnect, e.Kind == probe.KindChannel && (e.Code != nil || e.Attr["outcome"] == "refused"):
		return true
	}
	return e.Code != nil && e.Code.Space == probe.SpaceSFTP && e.Code.Value > 1
}

func attempts(tr probe.Transcript) string {
	var out []string
	for _, e := range tr.Events {
		if e.Kind != probe.KindAuth || e.Attr["outcome"] == "failed" {
			continue
		}
		word := e.Attr["method"]
		if e.Attr["algorithm"] != "" {
			word += "/" + e.Attr["algorithm"]
		}
		out = append(out, word+"="+e.Attr["outcome"])
	}
	return strings.Join(out, " ")
}

// user makes a change of the account.
func user(name string) func(*testing.T, *lab.Server, *probe.Target) {
	return func(_ *testing.T, _ *lab.Server, target *probe.Target) { target.User = name }
}

// keys makes a change to keys in place of the password.
func keys(names ...string) func(*testing.T, *lab.Server, *probe.Target) {
	return func(t *testing.T, s *lab.Server, target *probe.Target) {
		target.Password = probe.Secret{}
		for _, n := range names {
			target.SSH.Keys = append(target.SSH.Keys, key(t, s, n))
		}
	}
}

// keysToo adds keys to the password.
func keysToo(names ...string) func(*testing.T, *lab.Server, *probe.Target) {
	return func(t *testing.T, s *lab.Server, target *probe.Target) {
		password := target.Password
		keys(names...)(t, s, target)
		target.Password = password
	}
}
