package classify

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

// tally counts how many dialogues the judge got right.
type tally struct {
	rows, cause, side, phase, outcome, retry int // of the faults
	placed                                   int // faults that belong to a phase
	clean, falseAlarm, falsePass, sureWrong  int
}

func (s *tally) String() string {
	pct := func(n, of int) string { return fmt.Sprintf("%5.1f %%", 100*float64(n)/float64(max(of, 1))) }
	return fmt.Sprintf("%d faults: cause %s, side %s, phase %s, outcome %s, retry %s; %d clean: %d false alarms; %d false passes, %d certain and wrong",
		s.rows, pct(s.cause, s.rows), pct(s.side, s.rows), pct(s.phase, s.placed), pct(s.outcome, s.rows+s.clean), pct(s.retry, s.rows), s.clean, s.falseAlarm, s.falsePass, s.sureWrong)
}

// take judges one dialogue and returns what is wrong with the verdict, in words.
func (s *tally) take(d dialogue) string {
	v := Judge(d.transcript()).Verdict
	wrong := ""
	note := func(ok bool, count *int, what string) {
		if ok {
			*count++
		} else {
			wrong += " " + what
		}
	}
	note(slices.Contains(d.Outcome, v.Outcome), &s.outcome, "outcome")
	accepted := append(slices.Clone(d.Also), d.Cause)
	if d.Cause == "" {
		s.clean++
		if v.Outcome == OutcomeFail && !slices.Contains(d.Outcome, OutcomeFail) {
			s.falseAlarm++
		}
	} else {
		s.rows++
		if v.Outcome == OutcomePass && !slices.Contains(d.Outcome, OutcomePass) {
			s.falsePass++
		}
		note(slices.Contains(accepted, v.Cause), &s.cause, "cause")
		note(v.Side == d.Side || slices.Contains(d.SideAlso, v.Side), &s.side, "side")
		note(v.Retry == d.Retry, &s.retry, "retry")
		if len(d.Phase) > 0 {
			s.placed++
			note(slices.Contains(d.Phase, v.Phase), &s.phase, "phase")
		}
	}
	if v.Outcome == OutcomeFail && v.Confidence == Certain && !slices.Contains(accepted, v.Cause) {
		s.sureWrong++
		wrong += " CERTAIN"
	}
	if wrong == "" {
		return ""
	}
	return fmt.Sprintf("%s:%s: got %s %s %s/%s at %s (%s), want %s %v side %s at %v", d.ID, wrong, v.Outcome, v.Cause, v.Side, v.Confidence, v.Phase, v.Retry, d.Cause, d.Also, d.Side, d.Phase)
}

func TestScoreOnLabDialogues(t *testing.T) {
	var seen, held tally
	for _, d := range readDialogues(t, "lab.jsonl") {
		if d.heldOut() {
			held.take(d)
			continue
		}
		if wrong := seen.take(d); wrong != "" && os.Getenv("SHOW_SCORE") != "" {
			t.Log(wrong)
		}
	}
	t.Logf("seen: %s", &seen)
	t.Logf("held out: %s", &held)
	seen.mustReach(t, "seen dialogues")
	held.mustReach(t, "dialogues held out")
}

// What the judge must reach, in per cent.
const (
	leastCause   = 95
	leastSide    = 97
	leastPhase   = 97
	leastOutcome = 99
)

// mustReach fails the test below the figures that the judge has to keep.
func (s *tally) mustReach(t *testing.T, what string) {
	t.Helper()
	for _, c := range []struct {
		name             string
		right, of, least int
	}{
		{"cause", s.cause, s.rows, leastCause},
		{"side", s.side, s.rows, leastSide},
		{"phase", s.phase, s.placed, leastPhase},
		{"outcome", s.outcome, s.rows + s.clean, leastOutcome},
	} {
		if 100*c.right < c.least*c.of {
			t.Errorf("%s: %s right in %d of %d, want at least %d %%", what, c.name, c.right, c.of, c.least)
		}
	}
	if s.falsePass+s.falseAlarm+s.sureWrong > 0 {
		t.Errorf("%s: %d false passes, %d false alarms, %d certain and wrong", what, s.falsePass, s.falseAlarm, s.sureWrong)
	}
}

func TestScoreOnOtherServers(t *testing.T) {
	var got tally
	for _, d := range readDialogues(t, "servers.jsonl") {
		if wrong := got.take(d); wrong != "" && os.Getenv("SHOW_SCORE") != "" {
			t.Log(wrong)
		}
	}
	t.Logf("other servers: %s", &got)
	got.mustReach(t, "other servers")
}
