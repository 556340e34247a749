package ftp

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

const (
	readSize       = 2048            // bytes read from the control connection at a time
	maxPreliminary = 16              // preliminary replies to one command
	pipelineGrace  = 2 * time.Second // a server that answered one of several commands answers the next one within this
)

// errSession ends whatever is done on a session that is gone. What ended it is in the record.
var errSession = errors.New("the control connection is gone")

// control is the control connection: what is sent, and a reader that records each reply when it
// comes and hands it to the command that it answers.
type control struct {
	rec   *probe.Recorder
	limit time.Duration // for a reply, and for a line to leave

	conn    net.Conn // of the layer in use: TCP or TLS
	tap     *tap     // under TLS
	stopped chan struct{}

	wake chan struct{} // something came

	mu         sync.Mutex
	parser     replyParser
	queue      []*exchange // unanswered commands, in order
	dead       *probe.Failure
	farewell   *reply // a 421
	last       *reply // the newest final reply
	lost       bool   // the stream has ended or is of no more use
	noted      map[probe.Oddity]bool
	strays     int
	lastAt     time.Time   // when the last reply came
	answered   bool        // the head of the queue was sent together with a command that has been answered
	oneByOne   bool        // the server loses commands that are sent together
	together   bool        // the server has answered commands that were sent together
	looseEnd   bool        // the last transfer ended with another code than 226, which may still come
	behindHalt string      // bytes that came behind the reply that the reader stopped at
	leaving    bool        // QUIT was sent or we close: an end of the stream is no surprise
	phase      probe.Phase // of the last command
}

func newControl(rec *probe.Recorder, limit time.Duration, conn net.Conn) *control {
	return &control{rec: rec, limit: limit, conn: conn, wake: make(chan struct{}, 1), noted: map[probe.Oddity]bool{}}
}

// expectGreeting makes the next reply the answer to nothing: the greeting.
func (c *control) expectGreeting(step string) *exchange {
	x := &exchange{verb: verb{phase: probe.PhaseGreeting, code: 220}, step: step}
	c.queue = append(c.queue, x)
	c.phase = probe.PhaseGreeting
	return x
}

// send puts commands on the wire in one flight and returns their exchanges.
func (c *control) send(step string, cmds ...command) ([]*exchange, error) {
	out := make([]*exchange, 0, len(cmds))
	for _, m := range cmds {
		out = append(out, newExchange(step, m))
	}
	return out, c.sendAll(out)
}

// sendOne puts a command on the wire.
func (c *control) sendOne(step string, m command) (*exchange, error) {
	x := newExchange(step, m)
	return x, c.sendAll([]*exchange{x})
}

// sendAll queues and writes. A write that fails is not reported: the reader learns why, and may
// still find a reply that explains it.
func (c *control) sendAll(list []*exchange) error {
	if err := c.enqueue(list); err != nil {
		return err
	}
	c.write(list)
	return nil
}

// firstReply returns the preliminary reply to x, or nil.
func (c *control) firstReply(x *exchange) *reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	return x.first
}

// latest returns the newest final reply.
func (c *control) latest() *reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// finalReply returns the final reply to x, or nil if it has not come.
func (c *control) finalReply(x *exchange) *reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	return x.final
}

func (c *control) enqueue(list []*exchange) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone() {
		return errSession
	}
	for _, x := range list {
		if x.cmd.broken() {
			return errLineEnd
		}
	}
	for _, x := range list {
		x.piped = len(c.queue) > 0
		x.halt = x.cmd.name == "AUTH" || x.cmd.name == "CCC"
		if x.cmd.name == "QUIT" {
			c.leaving = true
		}
		c.queue = append(c.queue, x)
		c.phase = x.verb.phase
	}
	return nil
}

// write records and sends the lines. Over TLS each is a record of its own, for servers that read
// one record and take one command from it.
func (c *control) write(list []*exchange) {
	var wire []byte
	_ = c.conn.SetWriteDeadline(time.Now().Add(c.limit))
	for _, x := range list {
		c.rec.Add(x.event())
		wire = x.cmd.appendWire(wire)
		if c.tap != nil {
			c.put(wire)
			wire = wire[:0]
		}
	}
	if len(wire) > 0 {
		c.put(wire)
	}
}

func (c *control) put(wire []byte) {
	if _, err := c.conn.Write(wire); err != nil && isTimeout(err) {
		c.fail(probe.Failure{Class: probe.ClassTimeout, Text: "the server does not read what is sent: " + err.Error()}, probe.KindTimeout)
	}
}

// do sends one command and waits for its final reply.
func (c *control) do(ctx context.Context, step string, m command) (*reply, error) {
	x, err := c.sendOne(step, m)
	if err != nil {
		return nil, err
	}
	return c.final(ctx, x)
}

// fail records why the session is over and ends it.
func (c *control) fail(f probe.Failure, kind probe.Kind) {
	c.mu.Lock()
	known := c.dead != nil
	e := c.here()
	e.Direction, e.Kind, e.Text, e.Failure = probe.Local, kind, f.Text, &f
	c.mu.Unlock()
	if known {
		return
	}
	if kind == probe.KindTimeout {
		e.Attr = map[string]string{"limit": "reply"}
	}
	c.rec.Add(e)
	c.bury(f)
}

// bury marks the session as gone. A transfer that has not begun will not; one that has may still end.
func (c *control) bury(f probe.Failure) {
	c.mu.Lock()
	var lost func()
	if c.dead == nil && len(c.queue) > 0 && c.queue[0].first == nil {
		lost = c.queue[0].onLost
	}
	if c.dead == nil {
		c.dead = &f
	}
	c.mu.Unlock()
	if lost != nil {
		lost()
	}
	c.signal()
}

// forsake marks the session as gone and beyond a good-bye.
func (c *control) forsake(f probe.Failure) {
	c.mu.Lock()
	c.lost = true
	c.mu.Unlock()
	c.bury(f)
}

// over tells whether no further command can be sent.
func (c *control) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone()
}

// gone is over for those who hold the lock.
func (c *control) gone() bool { return c.dead != nil || c.farewell != nil || c.lost }

// why returns in words what ended the session.
func (c *control) why() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.farewell != nil:
		return "the server had said " + strconv.Itoa(c.farewell.code) + " " + c.farewell.words
	case c.dead != nil:
		return c.dead.Text
	case c.lost:
		return "the connection has ended"
	}
	return ""
}

func (c *control) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout() || err != nil && dial.FailureOf(err).Class == probe.ClassTimeout
}
