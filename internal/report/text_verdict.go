package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mftprobe/classify"
	"mftprobe/probe"
)

// Colours, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
)

func (t *Text) paint(color, s string) string {
	if !t.opt.Color || s == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

// outcomeWord is the first word of the verdict.
func outcomeWord(o classify.Outcome) (string, string) {
	switch o {
	case classify.OutcomePass:
		return "PASS", green
	case classify.OutcomeWarn:
		return "PASS WITH WARNINGS", yellow
	case classify.OutcomeUnknown:
		return "UNKNOWN", yellow
	}
	return "FAIL", red
}

// verdict answers: what, where, why, whose side, what now.
func (t *Text) verdict(r Result) {
	v := r.Verdict
	word, color := outcomeWord(v.Outcome)
	took := fmt.Sprintf("%d of %d steps in %s", v.Depth.Passed, v.Depth.Total, seconds(r.Duration))
	title := v.Title
	if r.unfinished() {
		title = strings.TrimSuffix(v.Why, ".")
	}
	switch title = t.paint(bold, cut(escape(title, maxText), t.opt.Width-len(word)-2)); {
	case r.passed():
		t.printf("%s  %s\n", t.paint(color, word), took)
	case r.unfinished():
		// There is nothing to explain, and nobody to blame.
		t.printf("%s  %s\n", t.paint(color, word), title)
		t.field("got to", took)
	default:
		t.printf("%s  %s\n", t.paint(color, word), title)
		t.failure(r, took)
	}
	for _, f := range r.Findings {
		t.finding(f)
	}
	if r.Interrupted && !r.unfinished() {
		t.field("note", "the run was interrupted")
	}
	t.leftBehind(r)
	t.message(r)
}

func (t *Text) failure(r Result, took string) {
	v := r.Verdict
	t.field("where", where(v))
	t.field("cause", joinWords(string(v.Cause), string(v.Confidence)))
	t.field("side", sideText(v.Side))
	if v.Code != nil {
		t.field(codeLabel(*v.Code), codeText(*v.Code))
	}
	t.field("why", v.Why)
	t.field("retry", retryText(v.Retry))
	for i, us := range v.Advice.Us {
		label := ""
		if i == 0 {
			label = "do now"
		}
		t.item(label, fmt.Sprintf("%d.", i+1), us)
	}
	for i, a := range v.Alternatives {
		label := ""
		if i == 0 {
			label = "or it is"
		}
		t.item(label, "-", fmt.Sprintf("%s (%s, %s): %s", a.Cause, sideText(a.Side), a.Confidence, a.SettleBy))
	}
	for i, x := range r.Experiments {
		label := ""
		if i == 0 {
			label = "we tried"
		}
		t.item(label, "-", x.Question+" "+x.Outcome)
	}
	t.evidence(r)
	t.field("got to", took)
}

// codeLabel says what a code is: the server's answer, or an error that was met here.
func codeLabel(c probe.Code) string {
	switch c.Space {
	case probe.SpaceOS:
		return "error"
	case probe.SpaceTLSAlert:
		return "alert"
	}
	return "reply"
}

// message shows what to send to the other party, ready to be copied.
func (t *Text) message(r Result) {
	v := r.Verdict
	if v.Advice.Them == "" || v.Outcome == classify.OutcomePass || r.unfinished() {
		return
	}
	t.printf("\n  %s\n", t.paint(dim, "Message for the other side:"))
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(v.Advice.Them, "\r", ""), "\n") {
		for _, line := range Wrap(escape(paragraph, maxText), t.opt.Width-4) {
			t.printf("    %s\n", line)
		}
	}
	for i, f := range r.facts() {
		if i == 0 {
			t.printf("\n")
		}
		label := f.label + ":"
		for _, line := range Wrap(f.text, t.opt.Width-4-factWidth) {
			t.printf("    %-*s%s\n", factWidth, label, line)
			label = ""
		}
	}
}

// factWidth is the column where the facts of a message begin, after four spaces.
const factWidth = 11

// What is shown of the evidence with a verdict: so many events, each in so many lines.
const (
	maxEvidence      = 6
	maxEvidenceLines = 3
)

func (t *Text) evidence(r Result) {
	events := r.evidence(r.Verdict.Evidence)
	if len(events) > maxEvidence {
		events = events[:maxEvidence]
	}
	for i, e := range events {
		label := ""
		if i == 0 {
			label = "evidence"
		}
		for j, line := range t.evidenceLines(eventText(e)) {
			if j > 0 {
				label, line = "", "  "+line
			}
			t.printf("  %s%s\n", t.paint(dim, fmt.Sprintf("%-*s", labelWidth, label)), line)
		}
	}
}

// evidenceLines keeps the blanks of a line that fits.
func (t *Text) evidenceLines(text string) []string {
	room := t.opt.Width - 2 - labelWidth
	if utf8.RuneCountInString(text) <= room {
		return []string{text}
	}
	return Wrap(cut(text, maxEvidenceLines*(room-2)), room-2)
}

func (t *Text) finding(f classify.Finding) {
	color := dim
	switch f.Severity {
	case classify.SeverityWarning:
		color = yellow
	case classify.SeverityError:
		color = red
	}
	text := f.Title
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	t.painted(color, string(f.Severity), text)
}

// leftBehind tells what is still on the server, where no finding has said so.
func (t *Text) leftBehind(r Result) {
	for _, path := range r.Cleanup.LeftBehind {
		if slices.ContainsFunc(r.Findings, func(f classify.Finding) bool { return strings.Contains(f.Detail, path) }) {
			continue
		}
		t.painted(yellow, "left", fmt.Sprintf("%s is still on the server", path))
	}
}

// labelWidth is the column where the values of the verdict begin, after two spaces.
const labelWidth = 10

func (t *Text) field(label, value string) { t.painted(dim, label, value) }

func (t *Text) painted(color, label, value string) {
	if value == "" {
		return
	}
	for i, line := range Wrap(oneLine(value, maxText), t.opt.Width-2-labelWidth) {
		if i > 0 {
			label = ""
		}
		t.printf("  %s%s\n", t.paint(color, fmt.Sprintf("%-*s", labelWidth, label)), line)
	}
}

// item is a field with a bullet and a hanging indent.
func (t *Text) item(label, bullet, value string) {
	for i, line := range Wrap(oneLine(value, maxText), t.opt.Width-2-labelWidth-3) {
		if i > 0 {
			label, bullet = "", ""
		}
		t.printf("  %s%-3s%s\n", t.paint(dim, fmt.Sprintf("%-*s", labelWidth, label)), bullet, line)
	}
}

func where(v classify.Verdict) string {
	if v.Step == "" {
		return ""
	}
	if v.Phase == "" {
		return "step " + v.Step
	}
	return fmt.Sprintf("step %s, phase %s", v.Step, v.Phase)
}

func joinWords(a, b string) string {
	if b == "" {
		return a
	}
	return a + " (" + b + ")"
}

// sideText says whose side in words that need no legend.
func sideText(s classify.Side) string {
	switch s {
	case classify.SideOurs:
		return "ours"
	case classify.SideTheirs:
		return "theirs"
	case classify.SideNetwork:
		return "the network between"
	case classify.SideEither:
		return "either side can end it"
	case classify.SideUndecided:
		return "not settled by this run"
	}
	return string(s)
}

func retryText(r classify.Retry) string {
	switch r {
	case classify.RetryYes:
		return "yes, it may pass later without a change"
	case classify.RetryNo:
		return "no, it will fail again"
	case classify.RetryAfterChange:
		return "only after something was changed"
	}
	return ""
}
