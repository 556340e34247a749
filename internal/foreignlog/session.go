package foreignlog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mftprobe/probe"
)

// session is one connection to a server as a log tells it, on its way to a transcript.
type session struct {
	book   *book
	key    string
	client string // address of the client, in a server's log
	number int
	rec    *probe.Recorder
	clock  time.Time // of the newest line, zero if the log has no times
	dated  bool      // clock has a date
	first  time.Time
	target probe.TargetInfo
	steps  []probe.StepResult
	step   *openStep
	names  map[probe.Op]int
	kept   int  // events in rec
	broken bool // a step failed
	over   bool // the connection is gone
	closed bool
	ftp    ftpTalk
	ssh    sshTalk
}

// openStep is the step that the events of the moment belong to.
type openStep struct {
	probe.StepResult
	began    time.Time
	answered bool      // something decided it
	bad      []badness // what went wrong and was not made good
}

// maxBad bounds what is remembered of a step in which one thing after the other goes wrong.
const maxBad = 256

type badness struct {
	seq  int
	verb string
	text string
}

// at sets the clock to the time of a line. A clock that goes back is held.
func (s *session) at(t time.Time, dated bool) {
	if t.IsZero() || t.Before(s.clock) {
		return
	}
	s.clock, s.dated = t, dated
	if s.first.IsZero() {
		s.first = t
	}
}

// begin closes the running step and opens the next.
func (s *session) begin(op probe.Op, path string) {
	s.outerTime()
	s.endStep()
	s.names[op]++
	name := string(op)
	if n := s.names[op]; n > 1 {
		name = fmt.Sprintf("%s-%d", op, n)
	}
	s.step = &openStep{StepResult: probe.StepResult{Name: name, Op: op, Path: path, Codes: []probe.Code{}}, began: s.clock}
}

// op returns the operation of the running step.
func (s *session) op() probe.Op {
	if s.step == nil {
		return ""
	}
	return s.step.Op
}

func (s *session) endStep() {
	st := s.step
	if st == nil {
		return
	}
	s.step = nil
	st.Status = probe.StatusPass
	switch {
	case len(st.bad) > 0:
		st.Status, st.Detail, s.broken = probe.StatusFail, st.bad[0].text, true
	case !st.answered:
		st.Status, st.Detail = probe.StatusSkipped, "the log does not tell how it ended"
	}
	st.Duration = probe.Millis(s.clock.Sub(st.began))
	s.steps = append(s.steps, st.StepResult)
	if len(s.steps) >= 2*maxSteps {
		s.thin()
	}
}

// thin drops steps from the middle of a long session; the failed ones stay as long as there is room.
func (s *session) thin() {
	const head, tail = maxSteps / 2, maxSteps / 4
	kept := s.steps[:head]
	middle := s.steps[head : len(s.steps)-tail]
	last := slices.Clone(s.steps[len(s.steps)-tail:])
	for _, st := range middle {
		if st.Status == probe.StatusFail && len(kept) < maxSteps-tail {
			kept = append(kept, st)
		}
	}
	s.steps = append(kept, last...)
	s.book.truncated = true
	s.book.note(fmt.Sprintf("a session has more than %d steps: from its middle only the failed ones are kept", maxSteps))
}

// add records an event of the running step.
func (s *session) add(e probe.Event) int {
	s.outerTime()
	if s.step == nil {
		s.begin(probe.OpConnect, "")
	}
	if s.rec == nil {
		s.rec = probe.NewRecorder(nowOf(s), nil)
	}
	e.Step = s.step.Name
	if e.Conn == "" {
		e.Conn = s.conn()
	}
	e.Text = s.book.room(e.Text)
	if e.Code != nil && e.Direction == probe.Received && len(s.step.Codes) < probe.MaxStepCodes {
		s.step.Codes = append(s.step.Codes, *e.Code)
	}
	if s.kept < probe.MaxEvents {
		s.kept++
		s.book.events++
	}
	seq := s.rec.Add(e)
	if s.book.events > maxEvents {
		s.book.shed()
	}
	return seq
}

func nowOf(s *session) func() time.Time { return func() time.Time { return s.clock } }

// room cuts a text when the texts of all sessions fill the limit.
func (b *book) room(text string) string {
	if b.text > maxText && len(text) > shortText {
		text = strings.ToValidUTF8(text[:shortText], "")
	}
	b.text += len(text)
	return text
}

func (s *session) conn() string {
	if s.target.Protocol == probe.SFTP {
		return "ssh"
	}
	return "control"
}

// fail records an event that the running step does not survive, unless something makes it good.
func (s *session) fail(e probe.Event, verb string) {
	seq := s.add(e)
	text := e.Text
	if text == "" && e.Failure != nil {
		text = e.Failure.Text
	}
	if len(s.step.bad) < maxBad {
		s.step.bad = append(s.step.bad, badness{seq: seq, verb: verb, text: text})
	}
	s.step.answered = true
}

// failed tells whether the running step has met something bad.
func (s *session) failed() bool { return s.step != nil && len(s.step.bad) > 0 }

// forgive marks what went wrong with these verbs in the running step as survived.
func (s *session) forgive(verbs ...string) bool {
	if s.step == nil {
		return false
	}
	var left []badness
	for _, b := range s.step.bad {
		if contains(verbs, b.verb) {
			s.rec.Tolerate(b.seq)
		} else {
			left = append(left, b)
		}
	}
	done := len(left) < len(s.step.bad)
	s.step.bad = left
	return done
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// oddity records a deviation that the client lived with.
func (s *session) oddity(o probe.Oddity, phase probe.Phase, text string, attr ...string) {
	m := map[string]string{"oddity": string(o)}
	for i := 0; i+1 < len(attr); i += 2 {
		m[attr[i]] = attr[i+1]
	}
	s.add(probe.Event{Phase: phase, Direction: probe.Local, Kind: probe.KindOddity, Text: text, Tolerated: true, Attr: m})
}

// remark keeps what the program said of its own accord.
func (s *session) remark(phase probe.Phase, text string) {
	s.add(probe.Event{Phase: phase, Direction: probe.Local, Kind: probe.KindNote, Text: text})
}

// close ends the session. It may be called twice.
func (s *session) close() {
	if s.closed {
		return
	}
	s.closed = true
	s.endTalk()
	s.endStep()
	if s.book.byKey[s.key] == s {
		delete(s.book.byKey, s.key)
	}
}

// endTalk settles what the log leaves open at its end.
func (s *session) endTalk() {
	if s.step == nil {
		return
	}
	if s.target.Protocol == probe.SFTP {
		s.endSSH()
	} else {
		s.endFTP()
	}
}

// cutShort says that the log ends while something was awaited. A client whose user gave up looks
// like this, and so does a log that was copied too early.
func (s *session) cutShort(phase probe.Phase, awaited string) {
	text := "the log ends while " + awaited + " was awaited"
	if s.book.server {
		s.remark(phase, text)
		return
	}
	s.fail(probe.Event{
		Phase: phase, Direction: probe.Local, Kind: probe.KindClose, Text: text,
		Failure: &probe.Failure{Class: probe.ClassCanceled, Text: text},
	}, "")
	s.book.note(text + ": whether the server never answered or somebody stopped waiting is not told")
}

func (s *session) empty() bool { return s.kept == 0 }

// transcript returns the finished record.
func (s *session) transcript() probe.Transcript {
	s.rec.Hide(s.book.secrets...)
	t := probe.Transcript{
		RunID: fmt.Sprintf("%s-%d", s.book.format, s.number), Tool: s.book.tool, Foreign: s.book.format,
		Target: s.finalTarget(), Steps: s.steps, Experiments: []probe.Experiment{},
		Cleanup: probe.Cleanup{Created: []string{}, Removed: []string{}, LeftBehind: []string{}},
	}
	if s.dated {
		t.StartedAt = probe.Timestamp(s.first)
	}
	for i := range t.Steps {
		st := &t.Steps[i]
		st.Detail, st.Path = s.rec.Clean(st.Detail), s.rec.Clean(st.Path)
		for j := range st.Codes {
			st.Codes[j].Text = s.rec.Clean(st.Codes[j].Text)
		}
	}
	s.rec.Fill(&t)
	s.cleanConnections(t.Connections)
	return t
}

// cleanConnections masks what a server or a log could have put into the connection entries.
func (s *session) cleanConnections(list []probe.Connection) {
	for i := range list {
		c := &list[i]
		c.Local, c.Remote = s.rec.Clean(c.Local), s.rec.Clean(c.Remote)
		if c.SSH != nil {
			c.SSH.ClientVersion, c.SSH.ServerVersion = s.rec.Clean(c.SSH.ClientVersion), s.rec.Clean(c.SSH.ServerVersion)
			c.SSH.Banner = s.rec.Clean(c.SSH.Banner)
		}
		if c.TLS != nil {
			c.TLS.Error = s.rec.Clean(c.TLS.Error)
			for j := range c.TLS.Chain {
				c.TLS.Chain[j].Subject, c.TLS.Chain[j].Issuer = s.rec.Clean(c.TLS.Chain[j].Subject), s.rec.Clean(c.TLS.Chain[j].Issuer)
			}
		}
	}
}

// finalTarget fills in what follows from the rest.
func (s *session) finalTarget() probe.TargetInfo {
	t := s.target
	if t.Protocol == "" {
		t.Protocol = probe.FTP
	}
	if t.Port == 0 {
		t.Port = t.Protocol.DefaultPort()
	}
	t.Host, t.User = s.rec.Clean(t.Host), s.rec.Clean(t.User)
	if t.Host != "" {
		t.URL = s.rec.Clean(probe.Target{Protocol: t.Protocol, Host: t.Host, Port: t.Port, User: t.User}.URL())
	}
	return t
}
