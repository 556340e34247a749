package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"mftprobe/classify"
	"mftprobe/probe"
)

// TextOptions say how the text form looks.
type TextOptions struct {
	Color    bool
	Width    int  // columns; 80 if zero
	Verbose  bool // every event, as it happens
	Quiet    bool // nothing about what passed, no steps
	Live     bool // one target: Step and Event are called while it runs
	Progress bool // a terminal, on which a line can be replaced
}

// Text writes for people: a line for each step, the verdict last.
type Text struct {
	w       io.Writer
	opt     TextOptions
	err     error
	skipped []probe.StepResult // held back: they become one line
	started bool
	results int
	passed  int
	open    int      // targets that were not finished
	never   []string // those of them that were not even begun
	rewrite bool     // what is written next replaces the last line
}

// NewText returns a writer of the text form.
func NewText(w io.Writer, opt TextOptions) *Text {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	opt.Width = min(max(opt.Width, 40), 120)
	return &Text{w: w, opt: opt}
}

// Start names a target before its first step.
func (t *Text) Start(info probe.TargetInfo) {
	if t.opt.Quiet || !t.opt.Live {
		return
	}
	t.started = true
	t.heading(titleOf(info))
}

// Step shows a finished step at once.
func (t *Text) Step(s probe.StepResult) {
	if !t.opt.Quiet && t.opt.Live {
		t.showStep(s)
	}
}

// showStep prints a step. Steps that were not run are held back until it is known how many they are.
func (t *Text) showStep(s probe.StepResult) {
	if s.Status == probe.StatusSkipped {
		t.skipped = append(t.skipped, s)
		return
	}
	t.showSkipped()
	t.printf("%s\n", t.stepLine(s))
}

// showSkipped prints the steps held back, together if they are more than one.
func (t *Text) showSkipped() {
	held := t.skipped
	t.skipped = nil
	switch len(held) {
	case 0:
		return
	case 1:
		t.printf("%s\n", t.stepLine(held[0]))
		return
	}
	names := make([]string, len(held))
	for i, s := range held {
		names[i] = escape(s.Name, maxLine)
	}
	text := fmt.Sprintf("not run: %s (%s)", strings.Join(names, ", "), escape(held[0].Detail, maxLine))
	for i, line := range Wrap(text, t.opt.Width-2-markWidth) {
		mark := "-"
		if i > 0 {
			mark = ""
		}
		t.printf("  %s\n", t.paint(dim, fmt.Sprintf("%-*s%s", markWidth, mark, line)))
	}
}

// Event shows an event at once, if the user wants to see them, and the progress of a transfer in any case.
func (t *Text) Event(e probe.Event) {
	switch {
	case t.opt.Quiet || !t.opt.Live:
	case t.opt.Verbose:
		t.printf("%s\n", t.eventLine(e))
	case t.opt.Progress && e.Attr["progress"] != "":
		t.progress(e)
	}
}

// Result writes what was not shown live, and the verdict.
func (t *Text) Result(r Result) error {
	if t.results++; r.passed() {
		t.passed++
	}
	if t.opt.Quiet && r.Verdict.Outcome == classify.OutcomePass {
		return t.err
	}
	if r.unfinished() {
		t.open++
		if !t.opt.Live && r.Verdict.Depth.Passed == 0 && len(r.Cleanup.LeftBehind) == 0 {
			t.never = append(t.never, orElse(r.Target.Name, r.label()))
			return t.err
		}
	}
	if !t.started {
		if t.results > 1 {
			t.printf("\n")
		}
		t.heading(orElse(titleOf(r.Target), r.label()))
		if !t.opt.Quiet {
			t.record(r)
		}
	}
	t.started = false
	t.showSkipped()
	if !t.opt.Quiet {
		t.printf("\n")
	}
	t.verdict(r)
	return t.err
}

// record shows events and steps of a run that was not shown live.
func (t *Text) record(r Result) {
	next := 0
	for _, s := range r.Steps {
		for t.opt.Verbose && next < len(r.Events) && r.Events[next].Step == s.Name {
			t.printf("%s\n", t.eventLine(r.Events[next]))
			next++
		}
		t.showStep(s)
	}
	for ; t.opt.Verbose && next < len(r.Events); next++ {
		t.printf("%s\n", t.eventLine(r.Events[next]))
	}
}

// Close writes how many of several targets passed.
func (t *Text) Close() error {
	if len(t.never) > 0 {
		t.printf("\n")
		t.painted(dim, "not done", strings.Join(t.never, ", "))
	}
	if t.results > 1 && (!t.opt.Quiet || t.passed < t.results) {
		t.printf("\n%d targets, %s\n", t.results, t.tallied())
	}
	return t.err
}

// tallied says how the targets ended.
func (t *Text) tallied() string {
	failed := t.results - t.passed - t.open
	switch {
	case t.passed == t.results:
		return t.paint(green, "all passed")
	case t.open == 0:
		return t.paint(red, fmt.Sprintf("%d failed", failed))
	}
	parts := []string{fmt.Sprintf("%d passed", t.passed)}
	if failed > 0 {
		parts = append(parts, t.paint(red, fmt.Sprintf("%d failed", failed)))
	}
	return strings.Join(append(parts, t.paint(yellow, fmt.Sprintf("%d not finished", t.open))), ", ")
}

// printf keeps the first error: after it nothing is written.
func (t *Text) printf(format string, args ...any) {
	if t.err != nil {
		return
	}
	var b bytes.Buffer
	if t.rewrite {
		t.rewrite = false
		b.WriteString(clearLine)
	}
	fmt.Fprintf(&b, format, args...)
	_, t.err = t.w.Write(b.Bytes())
}

func (t *Text) heading(title string) { t.printf("%s\n", t.paint(bold, escape(title, maxLine))) }

// titleOf is the target's name and URL.
func titleOf(info probe.TargetInfo) string { return joinParts(info.Name, info.URL) }

// Columns of a step's line.
const (
	markWidth = 6
	nameWidth = 14
	timeWidth = 8
)

// maxStepLines bounds the lines of a step that failed; a step that passed has one.
const maxStepLines = 4

// stepLine is: mark, name, time, the code with its text or the detail.
func (t *Text) stepLine(s probe.StepResult) string {
	mark, color := stepMark(s.Status)
	took := ""
	if s.Status != probe.StatusSkipped {
		took = seconds(s.Duration)
	}
	head := fmt.Sprintf("%-*s %*s  ", nameWidth, cut(escape(s.Name, maxLine), nameWidth), timeWidth, took)
	const column = 2 + markWidth + nameWidth + 1 + timeWidth + 2
	lines := []string{cut(stepText(s), max(t.opt.Width-column, 20))}
	if s.Status == probe.StatusFail || s.Status == probe.StatusWarn {
		lines = Wrap(stepText(s), max(t.opt.Width-column, 20))
		lines = append(lines, "")[:max(min(len(lines), maxStepLines), 1)]
	}
	text := strings.Join(lines, "\n"+strings.Repeat(" ", column))
	return strings.TrimRight("  "+t.paint(color, fmt.Sprintf("%-*s", markWidth, mark))+head+text, " ")
}

func stepMark(s probe.Status) (string, string) {
	switch s {
	case probe.StatusPass:
		return "ok", green
	case probe.StatusRefusal:
		return "ok", green
	case probe.StatusWarn:
		return "warn", yellow
	case probe.StatusSkipped:
		return "-", dim
	}
	return "FAIL", red
}

// stepText is what the server said at a step, or what is to be said of it, in one safe line.
func stepText(s probe.StepResult) string {
	code := decidingCode(s)
	switch {
	case s.Status == probe.StatusSkipped:
		return escape(s.Detail, maxLine)
	case s.Status == probe.StatusRefusal && code != nil:
		return "refused as expected: " + codeText(*code)
	case s.Status == probe.StatusPass && s.Listing != nil:
		return joinParts(shortCode(code), plural(s.Listing.Entries, "entry", "entries"), s.Listing.Command)
	case s.Status == probe.StatusPass && s.Detail != "":
		return joinParts(shortCode(code), oneLine(s.Detail, maxLine))
	case code != nil && !says(s.Detail, *code):
		return joinParts(codeText(*code), oneLine(s.Detail, maxLine))
	case code != nil && (s.Detail == "" || !strings.Contains(s.Detail, strconv.Itoa(code.Value))):
		return codeText(*code)
	}
	return oneLine(s.Detail, maxLine)
}

// says tells whether a detail repeats the reply's text, or adds nothing to it.
func says(detail string, c probe.Code) bool {
	return detail == "" || c.Text != "" && strings.Contains(detail, c.Text)
}

func shortCode(c *probe.Code) string {
	if c == nil {
		return ""
	}
	return codeWord(*c)
}

func joinParts(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "  ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// eventLine is: time, who, what.
func (t *Text) eventLine(e probe.Event) string {
	text := eventText(e)
	room := max(t.opt.Width-14, 20)
	if utf8.RuneCountInString(text) > room && t.opt.Verbose {
		text = cut(text, maxLine)
	}
	return t.paint(dim, fmt.Sprintf("    %8s  ", seconds(e.At))) + text
}

// eventText is one event in one line: > sent, < received, * seen here. It is safe to print.
func eventText(e probe.Event) string {
	arrow := map[probe.Direction]string{probe.Sent: "> ", probe.Received: "< "}[e.Direction]
	if arrow == "" {
		arrow = "* "
	}
	var what string
	switch {
	case e.Code != nil && e.Kind == probe.KindReply:
		what = codeText(probe.Code{Space: e.Code.Space, Value: e.Code.Value, Text: replyText(e)})
	case e.Kind == probe.KindCommand:
		what = oneLine(orElse(e.Text, e.Command), maxLine)
	case e.Code != nil:
		what = joinParts(string(e.Kind), escape(e.Command, maxLine), codeText(*e.Code))
	default:
		what = joinParts(string(e.Kind), escape(e.Command, maxLine), oneLine(e.Text, maxLine))
	}
	if e.Bytes > 0 {
		what = joinParts(what, plural(int(e.Bytes), "byte", "bytes"))
	}
	if e.Failure != nil && !strings.Contains(e.Text, e.Failure.Text) {
		what = joinParts(what, "("+oneLine(e.Failure.Text, maxLine)+")")
	} else if e.Failure != nil && e.Failure.Text == "" {
		what = joinParts(what, "("+string(e.Failure.Class)+")")
	}
	return arrow + what
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// replyText is the text of a reply, wherever the driver put it.
func replyText(e probe.Event) string { return orElse(e.Code.Text, e.Text) }
