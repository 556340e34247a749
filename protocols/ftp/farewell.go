package ftp

import (
	"time"

	"mftprobe/probe"
)

// departLimit bounds the good-bye of a session that is given up.
const departLimit = 100 * time.Millisecond

// depart sends QUIT without waiting for the answer, if the connection still takes it.
func (c *control) depart(step string) {
	c.mu.Lock()
	gone := c.dead != nil && c.dead.Class != probe.ClassTimeout && c.dead.Class != probe.ClassCanceled || c.farewell != nil || c.stopped == nil
	broken := c.lost
	c.leaving = true
	c.mu.Unlock()
	if gone || broken {
		return
	}
	m := cmd("QUIT", "")
	c.rec.Add(probe.Event{
		Step: step, Phase: probe.PhaseQuit, Conn: controlID, Direction: probe.Sent, Kind: probe.KindCommand, Command: m.name, Text: m.shown(),
	})
	_ = c.conn.SetWriteDeadline(time.Now().Add(departLimit))
	_, _ = c.conn.Write(m.appendWire(nil))
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
