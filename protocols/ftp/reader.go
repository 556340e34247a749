package ftp

import (
	"errors"
	"io"
	"net"
	"time"

	"mftprobe/probe"
)

// maxShownText bounds the bytes of text that is not of the protocol and is kept to be shown.
const maxShownText = 512

// start runs the reader on the layer in use.
func (c *control) start() {
	c.stopped = make(chan struct{})
	go c.read(c.conn, c.stopped)
}

// read takes what comes until the stream ends or TLS begins.
func (c *control) read(conn net.Conn, stopped chan struct{}) {
	defer close(stopped)
	buf := make([]byte, readSize)
	for {
		n, err := conn.Read(buf)
		if n > 0 && c.take(buf[:n]) {
			return
		}
		if err != nil {
			c.ended(err)
			return
		}
	}
}

// take feeds the parser and tells whether the reader must stop.
func (c *control) take(b []byte) bool {
	for len(b) > 0 {
		c.mu.Lock()
		p, rest, err := c.parser.feed(b)
		c.mu.Unlock()
		switch {
		case err != nil:
			c.tooLong(err)
			return true
		case p == nil:
			return false
		case p.reply == nil:
			if !c.stray(p.stray) {
				return true
			}
		case c.accept(p.reply):
			c.mu.Lock()
			c.behindHalt = string(rest)
			c.mu.Unlock()
			c.signal()
			return true
		}
		b = rest
	}
	return false
}

func (c *control) tooLong(err error) {
	c.mu.Lock()
	shown := c.parser.partial()
	c.parser = replyParser{}
	c.mu.Unlock()
	c.text(shown, probe.ClassTooLong)
	c.fail(probe.Failure{Class: probe.ClassTooLong, Text: "the server sent " + err.Error()}, probe.KindClose)
}

// accept hands a reply to the command that it answers and tells whether the reader stops there. All
// is recorded before the waiting step can see the reply, so that the record keeps the order.
func (c *control) accept(r *reply) bool {
	c.mu.Lock()
	c.lastAt = time.Now()
	x := c.match(r)
	if x == nil {
		c.unsolicited(r)
		c.mu.Unlock()
		c.signal()
		return false
	}
	started := x.first != nil
	e := replyEvent(x.step, x.phaseOf(r), x.cmd.name, r)
	c.rec.Add(e)
	c.remark(x, r, e)
	c.settle(x, r)
	endless := x.prelims > maxPreliminary
	hook := x.onReply
	c.mu.Unlock()
	if endless {
		c.fail(probe.Failure{Class: probe.ClassMalformed, Text: "one preliminary reply after the other"}, probe.KindClose)
		return true
	}
	if hook != nil {
		hook(r, started)
	}
	if x.halt && (r.positive() || r.code/100 == 3) {
		return true
	}
	c.signal()
	return false
}

// match returns the command that r answers, or nil.
func (c *control) match(r *reply) *exchange {
	if len(c.queue) == 0 {
		return nil
	}
	x := c.queue[0]
	if c.looseEnd && !x.verb.transfer && (r.code == 226 || r.code == 225) {
		c.looseEnd = false
		return nil
	}
	return x
}

// settle stores r with x and takes an answered command off the queue.
func (c *control) settle(x *exchange, r *reply) {
	if r.preliminary() {
		x.prelims++
		if x.first == nil {
			x.first = r
		}
		return
	}
	x.final, c.last = r, r
	c.queue = c.queue[1:]
	c.answered = true
	c.together = c.together || x.piped
	c.looseEnd = x.verb.transfer && r.positive() && r.code != 226
	if r.code == 421 {
		c.farewell = r
	}
}

func replyEvent(step string, phase probe.Phase, answers string, r *reply) probe.Event {
	return probe.Event{
		Step: step, Phase: phase, Conn: controlID, Direction: probe.Received, Kind: probe.KindReply, Command: answers,
		Code: r.event(), Text: r.text,
	}
}

// event returns the reply as the record wants it.
func (r *reply) event() *probe.Code {
	return &probe.Code{Space: probe.SpaceFTP, Value: r.code, Text: r.words}
}

// unsolicited records a reply that answers no command. The lock is held.
func (c *control) unsolicited(r *reply) {
	if r.code == 421 {
		c.farewell = r
	}
	e := replyEvent("", c.phase, "", r)
	e.Attr = map[string]string{"unsolicited": "yes"}
	c.rec.Add(e)
	c.rec.Add(oddity(probe.OddityUnsolicited, probe.Event{
		Step: e.Step, Phase: e.Phase, Conn: controlID, Code: e.Code, Text: "a reply that answers no command: " + r.text,
	}))
}

// remark records in what way a reply differs from the books. The lock is held.
func (c *control) remark(x *exchange, r *reply, e probe.Event) {
	note := func(o probe.Oddity, text string) {
		c.rec.Add(oddity(o, probe.Event{Step: e.Step, Phase: e.Phase, Conn: controlID, Command: e.Command, Code: e.Code, Text: text}))
	}
	switch {
	case r.preliminary() && x.verb.phase == probe.PhaseGreeting:
		note(probe.OddityGreetingDelay, "the server asks to wait")
	case r.preliminary() && (x.first != nil || !x.verb.transfer):
		note(probe.OddityExtraPreliminary, "a preliminary reply too many")
	case x.verb.transfer && r.positive() && x.first == nil:
		note(probe.OddityMissingPreliminary, "the transfer ended without a preliminary reply")
	}
	if !r.preliminary() && !r.negative() && x.verb.code != 0 && r.code != x.verb.code {
		note(probe.OddityCompletionCode, "the usual code is another one")
	}
	for _, d := range deviationOddities {
		if r.odd&d.bit != 0 && !c.noted[d.name] {
			c.noted[d.name] = true
			note(d.name, d.text)
		}
	}
}

// deviationOddities are recorded once a session.
var deviationOddities = []struct {
	bit  deviations
	name probe.Oddity
	text string
}{
	{bareLF, probe.OddityBareLF, "lines end with LF alone"},
	{telnetBytes, probe.OddityTelnet, "Telnet commands among the replies"},
	{controlBytes, probe.OddityControlBytes, "control characters in a reply"},
	{noText, probe.OddityNoText, "a reply without text"},
	{noLineEnd, probe.OddityNoLineEnd, "the last reply has no line end"},
}

// oddity completes e as the record of a deviation.
func oddity(o probe.Oddity, e probe.Event) probe.Event {
	e.Kind, e.Direction = probe.KindOddity, probe.Local
	if e.Attr == nil {
		e.Attr = map[string]string{}
	}
	e.Attr["oddity"] = string(o)
	e.Tolerated = true
	return e
}

// here begins an event that belongs to what the server is asked for, or to nothing. The lock is held.
func (c *control) here() probe.Event {
	e := probe.Event{Phase: c.phase, Conn: controlID}
	if len(c.queue) > 0 {
		x := c.queue[0]
		e.Step, e.Phase, e.Command = x.step, x.verb.phase, x.cmd.name
		if x.verb.transfer && x.first != nil {
			e.Phase = probe.PhaseCompletion
		}
	}
	return e
}

// stray records a line that is no reply and tells whether to go on: not if it shows another
// protocol, and not if there are too many.
func (c *control) stray(line string) bool {
	c.mu.Lock()
	c.strays++
	many := c.strays > maxStray
	greeting := len(c.queue) > 0 && c.queue[0].verb.phase == probe.PhaseGreeting
	e := c.here()
	c.mu.Unlock()
	if greeting && probe.ProtocolOf(line) != "" || many {
		c.text(line, probe.ClassMalformed)
		c.fail(probe.Failure{Class: probe.ClassMalformed, Text: "what the server sends is not FTP"}, probe.KindClose)
		return false
	}
	e.Text = line
	c.rec.Add(oddity(probe.OddityStrayLine, e))
	return true
}

// text records bytes that are not of the protocol.
func (c *control) text(s string, class probe.Class) {
	if s == "" {
		return
	}
	c.mu.Lock()
	e := c.here()
	c.mu.Unlock()
	e.Direction, e.Kind, e.Bytes = probe.Received, probe.KindText, int64(len(s))
	e.Text = s[:min(len(s), maxShownText)]
	e.Failure = &probe.Failure{Class: class}
	c.rec.Add(e)
}

// lastWords takes a refusal that the server closed behind without a line end for the reply that it is: it says why, and
// a login that was refused must be known as such.
func (c *control) lastWords(err error) {
	if f := failureOf(err); f.Class != probe.ClassEOF && f.Class != probe.ClassReset {
		return
	}
	c.mu.Lock()
	r := c.parser.unended()
	c.mu.Unlock()
	if r != nil {
		c.accept(r)
	}
}

// ended records how the stream ended.
func (c *control) ended(err error) {
	c.mu.Lock()
	c.lost = true // first of all: whoever sees the last reply must know that nothing more can be sent
	step := c.here().Step
	c.mu.Unlock()
	c.lastWords(err)
	c.mu.Lock()
	rest := c.parser.partial()
	c.parser = replyParser{}
	expected := (c.leaving || c.farewell != nil) && len(c.queue) == 0 || c.dead != nil
	e := c.here()
	e.Direction, e.Kind = probe.Received, probe.KindClose
	if e.Step == "" {
		e.Step = step // the last reply may have ended it
	}
	c.mu.Unlock()
	if expected || errors.Is(err, net.ErrClosed) {
		c.bury(probe.Failure{Class: probe.ClassEOF, Text: "closed"})
		return
	}
	c.text(rest, probe.ClassMalformed)
	f := failureOf(err)
	c.tlsTrouble(err, e)
	e.Failure, e.Text = &f, f.Text
	if errors.Is(err, io.EOF) {
		e.Failure.Text, e.Text = "the server closed the connection", "the server closed the connection"
	}
	c.rec.Add(e)
	c.bury(f)
}
