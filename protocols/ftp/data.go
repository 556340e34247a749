package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"mftprobe/probe"
)

// replyGrace is how long data is still read after the server has said that the transfer failed, for
// the count of what came.
const replyGrace = 200 * time.Millisecond

// Reasons for which a data connection is cut.
var (
	errRefused = errors.New("the server has refused the transfer")
	errDone    = errors.New("the server has said that the transfer is complete")
)

// dataConn is one data connection and all that is done on it: waiting for the server in active mode,
// TLS, the bytes both ways, half-close and drain. The library takes it for a net.Conn.
type dataConn struct {
	d        *driver
	id       string
	listener *net.TCPListener // active mode, until the server has connected
	raw      net.Conn
	conn     net.Conn // raw or TLS on it; nil until opened
	tls      *tls.Conn
	tap      *tap
	used     bool // it serves a transfer command

	ctx    context.Context // of the transfer
	x      *exchange       // the transfer command
	up     bool
	opened bool
	broken error // why it could not be opened
	bytes  int64
	ended  bool // the data event is recorded
	closed bool
	short  bool // the stream broke before its end

	mu       sync.Mutex
	cut      error
	late     bool      // it is used although the server has not answered the transfer command
	until    time.Time // reading ends at the latest
	draining bool
	done     time.Time // when the final reply came
	armed    time.Time // when the read or write under way began
	told     time.Time // when the progress was recorded last
	total    int64     // bytes of an upload
}

// onReply is called by the reader when a reply to the transfer command comes.
func (c *dataConn) onReply(r *reply, started bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late {
		c.late = false
		c.extendLocked()
	}
	if r.preliminary() {
		return
	}
	c.done = time.Now()
	switch {
	case r.negative() && (c.up || !started || c.raw == nil):
		c.cutLocked(errRefused)
	case r.negative():
		c.until = c.done.Add(replyGrace)
		c.deadline(c.until)
	case c.draining:
		c.cutLocked(errDone)
	}
}

// extendLocked gives a wait that began with what the silence of the server had left of its limit the whole of it.
func (c *dataConn) extendLocked() {
	if c.cut == nil && c.until.IsZero() {
		c.deadline(time.Now().Add(c.d.limits.Stall))
	}
}

// onLost is called when the session ends before the transfer begins: nothing is waited for on top of what
// ended the session.
func (c *dataConn) onLost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.until.IsZero() {
		c.until = time.Now().Add(replyGrace)
		c.deadline(c.until)
	}
}

// interrupt ends every wait on the connection.
func (c *dataConn) interrupt(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cutLocked(why)
}

func (c *dataConn) cutLocked(why error) {
	if c.cut == nil {
		c.cut = why
	}
	c.deadline(time.Unix(1, 0))
}

func (c *dataConn) deadline(t time.Time) {
	if c.raw != nil {
		_ = c.raw.SetDeadline(t)
	}
	if c.listener != nil {
		_ = c.listener.SetDeadline(t)
	}
}

// arm gives the next wait its deadline, unless the connection is cut.
func (c *dataConn) arm(limit time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut != nil {
		return c.cut
	}
	now := time.Now()
	c.tell(now)
	if c.late {
		limit = min(limit, c.d.limits.Reply/2) // the other half has been spent on waiting for the reply
	}
	c.armed = now
	t := now.Add(limit)
	if !c.until.IsZero() && c.until.Before(t) {
		t = c.until
	}
	c.deadline(t)
	return nil
}

// open makes the connection ready to move data: it accepts in active mode and does the TLS
// handshake. Where the server is known to leave it in its queue the ClientHello goes out right behind
// the transfer command, which saves a round trip. Two connections need not keep the order in which
// they were written to, and before the command a ClientHello makes pyftpdlib close the connection, so
// that with any other server the preliminary reply is waited for.
func (c *dataConn) open() error {
	if c.opened {
		return c.broken
	}
	c.opened = true
	if c.broken = c.accept(); c.broken == nil {
		c.broken = c.secure()
	}
	if c.broken != nil {
		c.short = true
	}
	return c.broken
}

func (c *dataConn) secure() error {
	if !c.d.protected {
		c.conn = c.raw
		return nil
	}
	if !c.d.patient {
		if err := c.awaitStart(); err != nil {
			return err
		}
	}
	limit := c.d.limits.Reply
	if err := c.arm(limit); err != nil {
		return err
	}
	h := handshake{rec: c.d.rec, conn: c.raw, id: c.id, phase: probe.PhaseDataTLS, limit: limit, data: true, hush: c.hushed}
	conn, under, err := c.d.security.secure(c.ctx, h)
	if err != nil {
		if isTimeout(err) && c.reason() == nil {
			c.giveUp(probe.Failure{Class: probe.ClassTimeout, Text: err.Error()})
		}
		return err
	}
	c.conn, c.tls, c.tap = conn, conn, under
	if !conn.ConnectionState().DidResume && !c.d.target.TLS.NoSessionReuse {
		c.d.rec.Add(oddity(probe.OddityNotResumed, probe.Event{
			Phase: probe.PhaseDataTLS, Conn: c.id, Text: "the server did not resume the TLS session of the control connection",
			Attr: map[string]string{"tickets": strconv.Itoa(c.d.security.sessions.tickets())},
		}))
	}
	return nil
}

// hushed tells whether a broken handshake is only the consequence of a refusal, or of silence, on the
// control connection, and no event of its own.
func (c *dataConn) hushed(err error) bool {
	return errors.Is(c.reason(), errRefused) || isTimeout(err) && c.unanswered()
}

// unanswered tells whether the server has said nothing at all to the transfer command.
func (c *dataConn) unanswered() bool {
	return c.d.ctl.firstReply(c.x) == nil && c.d.ctl.finalReply(c.x) == nil
}

// giveUp ends the session after a limit of ours ran out on the data connection. If the server has not
// even answered the command, that is what is recorded.
func (c *dataConn) giveUp(f probe.Failure) {
	if c.d.ctl.over() {
		return
	}
	if c.unanswered() && c.ctx.Err() == nil {
		_ = c.d.ctl.expire(c.x, c.d.limits.Reply)
		return
	}
	c.d.ctl.bury(f)
}

// graced tells whether reading goes on only for the count of what has come, after the session or the transfer has
// ended.
func (c *dataConn) graced() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.until.IsZero()
}

func (c *dataConn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

// Handshake makes the connection ready; the library calls it for an empty upload.
func (c *dataConn) Handshake() error { return c.open() }

// LocalAddr returns our end.
func (c *dataConn) LocalAddr() net.Addr {
	if c.raw == nil {
		return c.listener.Addr()
	}
	return c.raw.LocalAddr()
}

// RemoteAddr returns the server's end.
func (c *dataConn) RemoteAddr() net.Addr {
	if c.raw == nil {
		return c.listener.Addr()
	}
	return c.raw.RemoteAddr()
}

// SetDeadline does nothing: the limits of the target hold.
func (c *dataConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing: the limits of the target hold.
func (c *dataConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: the limits of the target hold.
func (c *dataConn) SetWriteDeadline(time.Time) error { return nil }
