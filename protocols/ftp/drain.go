package ftp

import (
	"mftprobe/probe"
)

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
