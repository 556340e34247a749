package classify

import (
	"slices"
	"strconv"
	"strings"

	"mftprobe/probe"
)

// Limits of a verdict.
const (
	maxAlternatives = 5
	// nearCauses is how far down the list of a rule words can make a cause certain.
	nearCauses = 3
)

// Judge says what a transcript means. It is pure, takes time linear in the record, and gives an
// answer to every record, be it empty or nonsense.
func Judge(t probe.Transcript) Judgement {
	t = withoutConsequences(dataFirst(t))
	j := Judgement{Verdict: verdictOf(&t), Findings: findingsOf(&t)}
	j.Findings = slices.DeleteFunc(j.Findings, j.Verdict.tells)
	if j.Verdict.Outcome == OutcomePass && slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Severity != SeverityInfo }) {
		j.Verdict.Outcome = OutcomeWarn
	}
	return j
}

// tells: a finding says what the verdict says already.
func (v *Verdict) tells(f Finding) bool {
	return f.Cause != "" && f.Cause == v.Cause && f.Severity != SeverityError
}

func verdictOf(t *probe.Transcript) Verdict {
	v := Verdict{Depth: depthOf(t), Advice: Advice{Us: []string{}}, Evidence: []int{}, Alternatives: []Alternative{}}
	s := decisive(t)
	switch {
	case s != nil && !s.abandoned():
		v.conclude(s)
	case t.Interrupted:
		v.leaveOpen("The run was interrupted before anything failed.")
	case s != nil || !told(t):
		v.leaveOpen("The record does not show how the session ended.")
	default:
		v.passed(t)
	}
	return v
}

// passed closes a verdict without a failure.
func (v *Verdict) passed(t *probe.Transcript) {
	v.Outcome, v.Title = OutcomePass, "Every step passed"
	v.Why = strconv.Itoa(v.Depth.Passed) + " of " + strconv.Itoa(v.Depth.Total) + " steps were carried out and did what they should."
	for _, s := range t.Steps {
		if s.Status == probe.StatusSkipped && s.Op != probe.OpQuit && t.Foreign == "" {
			v.leaveOpen("Step " + s.Name + " was not carried out, and nothing before it failed.")
			return
		}
		if s.Status == probe.StatusWarn {
			v.Outcome, v.Title = OutcomeWarn, "Every step that must pass did; another one failed"
		}
	}
}

// leaveOpen closes a verdict about which nothing can be said.
func (v *Verdict) leaveOpen(why string) {
	e := Lookup(CauseUnexplained)
	v.Outcome, v.Cause, v.Side, v.Confidence, v.Retry = OutcomeUnknown, CauseUnexplained, SideUndecided, Possible, RetryUnknown
	v.Title, v.Why = "Nothing is known about the endpoint", why
	v.Advice.Us = append(v.Advice.Us, e.Us...)
}

// decisive finds the step that failed and the scene around its first bad event; nil if none failed.
// A record without steps is one step.
func decisive(t *probe.Transcript) *scene {
	if len(t.Steps) == 0 {
		if i := earliest(t); i >= 0 {
			return frame(t, nil, i)
		}
		return nil
	}
	for i := range t.Steps {
		if t.Steps[i].Status == probe.StatusFail {
			return frame(t, &t.Steps[i], badOf(t, i))
		}
	}
	return nil
}

// badOf returns the index of the event that a failed step rests on. A session that ended between two
// steps shows its end in the earlier one, which passed.
func badOf(t *probe.Transcript, step int) int {
	if i := firstBad(t, t.Steps[step].Name); i >= 0 {
		return lastWord(t, explained(t, i))
	}
	for ; step > 0; step-- {
		if last := lastEnd(t, t.Steps[step-1].Name); last >= 0 {
			return lastWord(t, last)
		}
	}
	return -1
}

// lastEnd finds what ended the session at the end of a step that passed: an unsolicited 421, or the
// end of the connection.
func lastEnd(t *probe.Transcript, step string) int {
	for i := len(t.Events) - 1; i >= 0; i-- {
		e := &t.Events[i]
		if e.Step != step || onData(e) || !broke(e) {
			continue
		}
		if e.Kind == probe.KindClose || e.Kind == probe.KindDisconnect || e.Kind == probe.KindTimeout || e.Kind == probe.KindReply && e.Command == "" {
			return i
		}
	}
	return -1
}

// abandoned: the user ended the run, or the log ends, and nothing else went wrong.
func (s *scene) abandoned() bool {
	return s.class() == probe.ClassCanceled && (s.t.Interrupted || s.t.Foreign != "") || s.t.Interrupted && (s.bad.Seq == 0 || s.canceledNow())
}

// canceledNow: the failed step was ended by the user. What broke just before is our own doing.
func (s *scene) canceledNow() bool {
	return s.step != nil && slices.ContainsFunc(s.t.Events, func(e probe.Event) bool {
		return e.Step == s.step.Name && e.Failure != nil && e.Failure.Class == probe.ClassCanceled
	})
}

// earliest is the first bad event of a record without steps, be it one that shows by itself or one
// that only the course of the session shows.
func earliest(t *probe.Transcript) int {
	plain, hidden := lastWord(t, explained(t, firstBad(t, ""))), firstOddity(t)
	if plain < 0 || hidden >= 0 && hidden < plain {
		plain = hidden
	}
	if plain < 0 && brokeOffInKex(t) {
		return len(t.Events) - 1
	}
	return plain
}

// brokeOffInKex: the record of an SSH session ends with the server's version, as it does when the
// connection breaks there and nobody wrote that down.
func brokeOffInKex(t *probe.Transcript) bool {
	s := newSession(t)
	for i := range t.Events {
		s.feed(&t.Events[i])
	}
	return t.Target.Protocol == probe.SFTP && s.greeted && !s.ssh.kexDone && !s.loggedIn && len(s.ssh.tried) == 0
}

// told: the record shows an end, or at least that something worked.
func told(t *probe.Transcript) bool {
	if len(t.Steps) > 0 {
		return slices.ContainsFunc(t.Steps, func(s probe.StepResult) bool { return s.Status != probe.StatusSkipped && s.Status != probe.StatusFail })
	}
	answered, open := false, false
	for i := range t.Events {
		switch e := &t.Events[i]; e.Kind {
		case probe.KindCommand, probe.KindRequest:
			open = e.Command != "QUIT"
		case probe.KindReply:
			answered, open = true, e.Code != nil && e.Code.Value < 200
		case probe.KindResponse, probe.KindAuth, probe.KindChannel:
			answered, open = true, false
		}
	}
	return answered && !open
}

// conclude fills the verdict from the rule that holds.
func (v *Verdict) conclude(s *scene) {
	r := match(s)
	c := r.choose(s)
	e := Lookup(c.cause)
	v.Outcome, v.Phase, v.Step, v.Cause = OutcomeFail, s.phase, s.stepName(), c.cause
	v.Side, v.Confidence, v.Retry = c.side, c.sure, c.retry
	v.Code, v.Evidence = s.bestCode(), s.evidence(strings.HasPrefix(r.name, ruledByExperiment))
	v.Title = e.Title
	v.Why = s.explain(r, c)
	facts := s.facts()
	v.Advice.Us = append(v.Advice.Us, e.Us...)
	v.Advice.Them = facts.Fill(e.Them)
	v.Alternatives = alternatives(s, r, c)
}

// ruledByExperiment begins the names of rules that rest on the outcome of an experiment.
const ruledByExperiment = "experiment-"

// choice is what a rule makes of a scene.
type choice struct {
	cause  Cause
	side   Side
	retry  Retry
	sure   Confidence
	byText bool
	// ruledOut: an experiment spoke against the usual cause, this is the next one.
	ruledOut bool
}

// choose lets the words of the server pick among the causes of the rule.
func (r *rule) choose(s *scene) choice {
	c := choice{cause: r.cause, sure: r.sure}
	if c.sure == "" {
		c.sure = Likely
	}
	if leaning, ok := r.picks(s); ok {
		c.cause, c.byText = leaning.cause, true
		c.sure = r.confidenceOf(leaning, s)
	} else if i := slices.IndexFunc(r.also, func(a Cause) bool { return !excluded(s.t, a) }); i >= 0 && disproved(s.t, c.cause) {
		c.cause, c.ruledOut = r.also[i], true
	}
	e := Lookup(c.cause)
	c.side, c.retry = e.Side, e.Retry
	if c.cause == r.cause {
		if r.side != "" {
			c.side = r.side
		}
		if r.retry != "" {
			c.retry = r.retry
		}
	}
	return c
}

// picks returns the strongest leaning among the causes of the rule.
func (r *rule) picks(s *scene) (leaning, bool) {
	if r.deaf {
		return leaning{}, false
	}
	for _, x := range s.leanings {
		if !x.leads && x.weight < codeWeight {
			continue // a look-alike among others, of a sentence that means something else
		}
		if (x.cause == r.cause || slices.Contains(r.also, x.cause)) && !disproved(s.t, x.cause) {
			return x, true
		}
	}
	return leaning{}, false
}

// confidenceOf is certain where the words leave one cause, say nothing else, and the position had that
// cause in mind too. A sentence of one product proves something only in the mouth of that product.
func (r *rule) confidenceOf(x leaning, s *scene) Confidence {
	if x.server != general && x.server != s.family || hedged(s.heard()) || s.hearsNotice() {
		return Likely
	}
	if x.weight < decides || x.cause != r.cause && !slices.Contains(r.also[:min(len(r.also), nearCauses)], x.cause) {
		return Likely
	}
	for _, other := range s.leanings {
		if other.cause != x.cause && other.weight >= strong {
			return Likely
		}
	}
	return Certain
}

// alternatives lists what else could be: of the causes that the position allows, those that the words
// speak for first, and without what an experiment ruled out.
func alternatives(s *scene, r *rule, c choice) []Alternative {
	out := []Alternative{}
	if c.sure == Certain {
		return out
	}
	add := func(list []Cause, allowed bool) {
		for _, a := range list {
			known := a == c.cause || slices.ContainsFunc(out, func(x Alternative) bool { return x.Cause == a })
			if known || len(out) == maxAlternatives || excluded(s.t, a) || !allowed && a != r.cause && !slices.Contains(r.also, a) {
				continue
			}
			e := Lookup(a)
			out = append(out, Alternative{Cause: a, Side: e.Side, Confidence: Possible, SettleBy: e.SettleBy})
		}
	}
	if c.byText {
		add(s.told, false)
		add(Lookup(c.cause).LookAlikes, false)
	}
	add([]Cause{r.cause}, true)
	add(r.also, true)
	return out
}

// stepName is the step of the script, or the operation of a record without steps.
func (s *scene) stepName() string {
	if s.step != nil {
		return s.step.Name
	}
	return string(s.op)
}

// bestCode is the number that goes with the verdict: the event's own, or the alert around it.
func (s *scene) bestCode() *probe.Code {
	if s.bad.Code != nil {
		return s.bad.Code
	}
	if n := s.alert(); n >= 0 {
		return &probe.Code{Space: probe.SpaceTLSAlert, Value: n, Name: alertName(n)}
	}
	return nil
}

func alertName(n int) string {
	if c := findCode(probe.SpaceTLSAlert, n); c != nil {
		return c.name
	}
	return ""
}

// depthOf counts the steps that did what they should, up to the first that failed: a good-bye after a
// refused login is no progress.
func depthOf(t *probe.Transcript) Depth {
	if len(t.Steps) == 0 {
		return derivedDepth(t)
	}
	d := Depth{Total: len(t.Steps)}
	for _, s := range t.Steps {
		switch s.Status {
		case probe.StatusPass, probe.StatusRefusal:
			d.Passed++
		case probe.StatusFail:
			return d
		}
	}
	return d
}
