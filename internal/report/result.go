package report

import (
	"slices"
	"strconv"
	"time"

	"mftprobe/classify"
	"mftprobe/probe"
)

// Result is one target's record with what it means.
type Result struct {
	probe.Transcript
	classify.Judgement
}

// Writer takes results as they come. Close ends the document; it does not close the underlying writer.
type Writer interface {
	Result(Result) error
	Close() error
}

// label names the target for people: its name, its URL, or where the record comes from; another program's log may tell no time.
func (r Result) label() string {
	switch {
	case r.Target.Name != "":
		return r.Target.Name
	case r.Target.URL != "":
		return r.Target.URL
	}
	if time.Time(r.StartedAt).IsZero() {
		return r.Foreign + " session"
	}
	return r.Foreign + " session of " + r.StartedAt.String()
}

// decidingCode returns the code that tells how a step went: the one that the driver went by, or in
// another program's log the completion reply of a transfer, else the last code received.
func decidingCode(s probe.StepResult) *probe.Code {
	if s.Code != nil || len(s.Codes) == 0 {
		return s.Code
	}
	if s.Status == probe.StatusPass && (s.Op == probe.OpPut || s.Op == probe.OpGet || s.Op == probe.OpAppend) {
		for i := range s.Codes {
			if c := &s.Codes[i]; c.Space == probe.SpaceFTP && (c.Value == 226 || c.Value == 250) {
				return c
			}
		}
	}
	return &s.Codes[len(s.Codes)-1]
}

// codeWord writes a code as users of the protocol do: 550, sftp 3, ssh 2.
func codeWord(c probe.Code) string {
	n := strconv.Itoa(c.Value)
	switch c.Space {
	case probe.SpaceFTP, "":
		return n
	case probe.SpaceSSHDisconnect:
		return "ssh " + n
	}
	return string(c.Space) + " " + n
}

// codeText writes a code with its text.
func codeText(c probe.Code) string {
	s := codeWord(c)
	text := c.Text
	if text == "" {
		text = c.Name
	}
	if text != "" {
		s += " " + oneLine(text, maxLine)
	}
	return s
}

// evidence returns the events with these numbers, in the order of the record.
func (r Result) evidence(seqs []int) []probe.Event {
	var out []probe.Event
	for _, e := range r.Events {
		if slices.Contains(seqs, e.Seq) {
			out = append(out, e)
		}
	}
	return out
}

// passed tells whether the outcome counts as a success.
func (r Result) passed() bool {
	return r.Verdict.Outcome == classify.OutcomePass || r.Verdict.Outcome == classify.OutcomeWarn
}

// unfinished tells that the run was ended, by a signal or its deadline, before anything was known about the target.
func (r Result) unfinished() bool {
	return r.Interrupted && r.Verdict.Outcome == classify.OutcomeUnknown
}

// seconds writes a duration for people: 31 ms, 10.2 s.
func seconds(m probe.Millis) string {
	d := time.Duration(m)
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}
