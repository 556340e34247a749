package ftp

import (
	"time"

	"mftprobe/probe"
)

const (
	// departLimit bounds the sending of the good-bye of a session that is given up.
	departLimit = 100 * time.Millisecond
	// lingerLimit bounds the wait for a server that was interrupted while it made something: what it
	// has not made yet cannot be removed.
	lingerLimit = time.Second
)

// depart sends QUIT, if the connection still takes it. The answer is awaited only where a command
// that makes something was interrupted.
func (c *control) depart(step string) {
	x := newExchange(step, cmd("QUIT", ""))
	c.mu.Lock()
	if c.lost || c.farewell != nil || c.stopped == nil {
		c.mu.Unlock()
		return
	}
	wait := c.dead != nil && c.dead.Class == probe.ClassCanceled && c.making()
	c.leaving = true
	c.queue = append(c.queue, x)
	c.mu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(departLimit))
	c.rec.Add(x.event())
	_, _ = c.conn.Write(x.cmd.appendWire(nil))
	if wait {
		c.linger()
	}
}

// making tells whether a command that makes or renames something is unanswered. The lock is held.
func (c *control) making() bool {
	for _, x := range c.queue {
		switch x.cmd.name {
		case "STOR", "APPE", "MKD", "RNTO":
			return true
		}
	}
	return false
}

// linger waits until the server has answered everything or closed.
func (c *control) linger() {
	timer := time.NewTimer(lingerLimit)
	defer timer.Stop()
	for {
		c.mu.Lock()
		done := c.lost || len(c.queue) == 0
		c.mu.Unlock()
		if done {
			return
		}
		select {
		case <-c.wake:
		case <-timer.C:
			return
		}
	}
}

// close closes the connection and waits for the reader.
func (c *control) close() {
	c.mu.Lock()
	c.leaving = true
	c.mu.Unlock()
	_ = c.conn.SetReadDeadline(time.Unix(1, 0))
	_ = c.conn.Close()
	if c.stopped != nil {
		<-c.stopped
	}
	c.bury(probe.Failure{Class: probe.ClassEOF, Text: "the session was closed"})
}

// closedByPeer tells whether the server ended the connection.
func (c *control) closedByPeer() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead != nil && (c.dead.Class == probe.ClassEOF || c.dead.Class == probe.ClassReset)
}

// parting returns the 421 with which the server announced its end, or nil.
func (c *control) parting() *reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.farewell
}
