package ftp

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"mftprobe/probe"
)

// earlyCompletion is how long data must have been waited for behind the final reply to call the reply early. On two
// connections overtaking is normal, and on a slow line what the server had handed to its sockets may come for many
// seconds, but without a pause.
const earlyCompletion = 250 * time.Millisecond

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
		total := c.total
		if !c.up {
			total, _ = announcedSize(c.d.ctl.firstReply(c.x))
		}
		c.d.rec.Add(probe.Event{
			Phase: probe.PhaseTransfer, Conn: c.id, Direction: probe.Local, Kind: probe.KindNote, Bytes: c.bytes,
			Text: strconv.FormatInt(c.bytes, 10) + " bytes so far", Attr: map[string]string{"progress": strconv.FormatInt(c.bytes, 10), "total": strconv.FormatInt(total, 10)},
		})
	}
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

// checkEarly records once that data comes after the final reply and a pause.
func (c *dataConn) checkEarly() {
	c.mu.Lock()
	began := c.done
	if c.armed.After(began) {
		began = c.armed
	}
	early := !c.done.IsZero() && c.cut == nil && c.until.IsZero() && time.Since(began) > earlyCompletion
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
	if isTimeout(err) && c.graced() {
		c.finish(nil)
		return err
	}
	f := failureOf(err)
	switch {
	case errors.Is(err, errTooMuch):
		f.Class = probe.ClassTooLong
	case errors.Is(c.ctx.Err(), context.Canceled) && errors.Is(err, context.Cause(c.ctx)):
		f.Class = probe.ClassCanceled // whatever the one who ended the run gave as its reason
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
