package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"mftprobe/probe"
)

// replyGrace is how long data is still read after the server has said that the transfer failed, for
// the count of what came.
const replyGrace = 200 * time.Millisecond

// earlyCompletion is how long after the final reply data must still come to call the reply early: on
// two connections a little overtaking is normal.
const earlyCompletion = 250 * time.Millisecond

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
	late     bool // an upload that began although the server had not answered

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
	until    time.Time // reading ends at the latest
	draining bool
	done     time.Time // when the final reply came
	told     time.Time // when the progress was recorded last
	total    int64     // bytes of an upload
}

// onFinal is called by the reader when the final reply comes.
func (c *dataConn) onFinal(r *reply, started bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
	t := now.Add(limit)
	if !c.until.IsZero() && c.until.Before(t) {
		t = c.until
	}
	c.deadline(t)
	return nil
}

// progressPause is how often the progress of a long transfer is recorded.
const progressPause = time.Second

// tell records the progress of a long transfer.
func (c *dataConn) tell(now time.Time) {
	switch {
	case !c.opened || c.bytes == 0:
	case c.told.IsZero():
		c.told = now
	case now.Sub(c.told) >= progressPause && !c.ended:
		c.told = now
		c.d.rec.Add(probe.Event{
			Phase: probe.PhaseTransfer, Conn: c.id, Direction: probe.Local, Kind: probe.KindNote, Bytes: c.bytes,
			Text: strconv.FormatInt(c.bytes, 10) + " bytes so far", Attr: map[string]string{"progress": strconv.FormatInt(c.bytes, 10), "total": strconv.FormatInt(c.total, 10)},
		})
	}
}

// open makes the connection ready to move data: it accepts in active mode and does the TLS
// handshake. The ClientHello leaves right behind the transfer command, while its reply is awaited;
// before the command it would dead-lock with most servers.
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
	if c.unanswered() && c.ctx.Err() == nil {
		_ = c.d.ctl.expire(c.x, c.d.limits.Reply)
		return
	}
	c.d.ctl.bury(f)
}

func (c *dataConn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

// Read takes data from the server.
func (c *dataConn) Read(p []byte) (int, error) {
	if err := c.open(); err != nil {
		return 0, err
	}
	if err := c.arm(c.d.limits.Stall); err != nil {
		return 0, c.breakOff(err)
	}
	n, err := c.conn.Read(p)
	c.bytes += int64(n)
	if n > 0 {
		c.checkEarly()
	}
	switch {
	case errors.Is(err, io.EOF):
		c.finish(nil)
	case err != nil:
		err = c.breakOff(err)
	}
	return n, err
}

// checkEarly records once that data comes long after the final reply.
func (c *dataConn) checkEarly() {
	c.mu.Lock()
	early := !c.done.IsZero() && c.cut == nil && c.until.IsZero() && time.Since(c.done) > earlyCompletion
	if early {
		c.done = time.Time{}
	}
	c.mu.Unlock()
	if early {
		c.d.rec.Add(oddity(probe.OddityEarlyCompletion, probe.Event{
			Phase: probe.PhaseTransfer, Conn: c.id, Text: "data still came after the server had said that the transfer was complete",
		}))
	}
}

// Write sends data to the server.
func (c *dataConn) Write(p []byte) (int, error) {
	if err := c.open(); err != nil {
		return 0, err
	}
	if err := c.arm(c.d.limits.Stall); err != nil {
		return 0, c.breakOff(err)
	}
	n, err := c.conn.Write(p)
	c.bytes += int64(n)
	if err != nil {
		err = c.breakOff(err)
	}
	return n, err
}

// breakOff records a stream that ended before its time.
func (c *dataConn) breakOff(err error) error {
	c.short = true
	if why := c.reason(); why != nil {
		err = why
	}
	if errors.Is(err, errRefused) {
		c.finish(nil)
		return err
	}
	c.mu.Lock()
	graced := !c.until.IsZero()
	c.mu.Unlock()
	if isTimeout(err) && graced {
		c.finish(nil)
		return err
	}
	f := failureOf(err)
	if errors.Is(err, errTooMuch) {
		f.Class = probe.ClassTooLong
	}
	if f.Class == probe.ClassTimeout {
		c.stalled(&f)
	}
	if c.tap != nil {
		recordAlerts(c.d.rec, err, c.tap, probe.Event{Phase: probe.PhaseTransfer, Conn: c.id})
	}
	c.finish(&f)
	return err
}

// stalled records that no byte moved, or that the time was over, and gives the session up: the
// final reply is not waited for on top of it.
func (c *dataConn) stalled(f *probe.Failure) {
	if c.unanswered() && c.ctx.Err() == nil && (c.up || c.bytes == 0) {
		c.giveUp(*f)
		return
	}
	limit := "stall"
	f.Text = "no byte moved within " + c.d.limits.Stall.String()
	if c.ctx.Err() != nil {
		limit, f.Text = "total", "the time was over during the transfer"
	}
	c.d.rec.Add(probe.Event{
		Phase: probe.PhaseTransfer, Conn: c.id, Direction: probe.Local, Kind: probe.KindTimeout, Command: c.x.cmd.name,
		Text: f.Text, Failure: f, Bytes: c.bytes, Attr: map[string]string{"limit": limit},
	})
	c.d.ctl.bury(*f)
}

// finish records the end of the data stream, once.
func (c *dataConn) finish(f *probe.Failure) {
	if c.ended || c.conn == nil {
		return
	}
	c.ended = true
	first := c.d.ctl.firstReply(c.x)
	if first == nil && errors.Is(c.reason(), errRefused) {
		return // there never was a stream
	}
	e := probe.Event{
		Phase: probe.PhaseTransfer, Conn: c.id, Direction: probe.Received, Kind: probe.KindData, Bytes: c.bytes, Failure: f,
		Command: c.x.cmd.name, Text: strconv.FormatInt(c.bytes, 10) + " bytes received", Attr: map[string]string{"direction": "down"},
	}
	if c.up {
		e.Direction, e.Attr["direction"], e.Text = probe.Sent, "up", strconv.FormatInt(c.bytes, 10)+" bytes sent"
	}
	if n, ok := announcedSize(first); ok {
		e.Attr["announced"] = strconv.FormatInt(n, 10)
	}
	if f != nil {
		e.Text += ", then " + f.Text
	}
	if errors.Is(c.reason(), errRefused) {
		e.Attr["stopped_by"] = "reply"
	}
	c.d.rec.Add(e)
	if f == nil && !c.up && c.tap != nil && c.tap.ended.Load() {
		c.d.rec.Add(oddity(probe.OddityNoCloseNotify, probe.Event{
			Phase: probe.PhaseTransfer, Conn: c.id, Text: "the data ended without a close_notify: a cut connection would look the same",
		}))
	}
}

// Close ends the stream. After an upload it first closes our direction only and reads until the
// server has closed too: TLS 1.3 session tickets that nobody has read would else turn the close
// into a reset, and the server would lose the end of the file.
func (c *dataConn) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	if c.used && c.up && !c.short && c.open() == nil {
		c.drain()
	}
	if c.used && !c.ended {
		c.finish(nil)
	}
	c.shut()
	return nil
}

// shut closes the sockets.
func (c *dataConn) shut() {
	if c.listener != nil {
		_ = c.listener.Close()
	}
	switch {
	case c.tls != nil:
		_ = c.tls.Close()
	case c.raw != nil:
		_ = c.raw.Close()
	}
}

func (c *dataConn) drain() {
	if c.arm(c.d.limits.Stall) != nil {
		return
	}
	if c.tls != nil {
		_ = c.tls.CloseWrite()
	}
	_ = closeWrite(c.raw)
	c.finish(nil)
	if !c.beginDrain() {
		return
	}
	var rest [512]byte
	for {
		if c.arm(c.d.limits.Stall) != nil {
			return
		}
		if _, err := c.conn.Read(rest[:]); err != nil {
			c.drained(err)
			return
		}
	}
}

// beginDrain tells whether the server's end must be waited for: not once it has said 226.
func (c *dataConn) beginDrain() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	return c.done.IsZero()
}

func (c *dataConn) drained(err error) {
	f := failureOf(err)
	if c.reason() != nil || f.Class == probe.ClassEOF {
		return
	}
	if f.Class == probe.ClassTimeout {
		c.stalled(&f)
		return
	}
	c.d.rec.Add(probe.Event{
		Phase: probe.PhaseTransfer, Conn: c.id, Direction: probe.Received, Kind: probe.KindClose, Text: f.Text, Failure: &f,
	})
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
