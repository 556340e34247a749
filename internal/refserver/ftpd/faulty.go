package ftpd

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

// floodChunk is what a fault that never ends writes at a time.
const floodChunk = 32 << 10

// come tells the faults where the session is.
func (c *client) come(point string) {
	c.arg = ""
	c.fx = c.faults.At(point, c.condition())
}

// condition is what a fault may depend on.
func (c *client) condition() fault.Condition {
	switch {
	case !c.secure():
		return fault.Clear
	case c.prot != 'P':
		return fault.Encrypted | fault.ProtC
	}
	return fault.Encrypted
}

// wait passes d or ends with the endpoint.
func (c *client) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	c.flush()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.ctx.Done():
		c.over = true
	}
}

// interfere applies the faults that come before the answer or in its place, and tells whether one took its place.
func (c *client) interfere() bool {
	if c.fx == nil {
		return false
	}
	c.wait(c.fx.Time(fault.Delay))
	if d := c.fx.Time(fault.Drip); d > 0 {
		c.flush()
		c.dripping, c.out = true, bufio.NewWriterSize(&dripper{c: c, pause: d}, 16)
	}
	switch {
	case c.fx.Has(fault.Silent):
		return true
	case c.fx.Has(fault.Close):
		c.over = true
		return true
	case c.fx.Has(fault.Reset):
		c.reset()
		return true
	}
	return c.replaced()
}

// replaced sends what a fault puts in the place of the reply.
func (c *client) replaced() bool {
	if n, ok := c.fx.Size(fault.Flood); ok {
		c.flood(n)
		return true
	}
	if n, ok := c.fx.Size(fault.Endless); ok {
		c.endless(n)
		return true
	}
	for _, a := range []fault.Action{fault.Raw, fault.Reply, fault.Bye} {
		text, ok := c.fx.Text(a)
		if !ok {
			continue
		}
		if a == fault.Raw {
			_, _ = io.WriteString(c.out, text) // as in send
			c.log.Add(session.Sent, strings.TrimRight(text, "\r\n"))
		} else {
			c.send(c.expand(text, ""))
		}
		c.over = c.over || a == fault.Bye || c.fx.Has(fault.Hangup)
		c.dropPassive()
		return true
	}
	return false
}

// expand fills in what a fault may quote. usual is the reply that it changes.
func (c *client) expand(text, usual string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	usual = strings.TrimRight(usual, "\r\n")
	bare := usual
	if len(bare) > 4 {
		bare = bare[4:]
	}
	return strings.NewReplacer("{reply}", usual, "{text}", bare, "{arg}", c.arg).Replace(text)
}

// reply sends the final reply of the command at hand, changed by the faults that let the command work.
func (c *client) reply(code int, text string) { c.respond(format(code, text)) }

// respond is reply for a reply that has its form.
func (c *client) respond(usual string) {
	if c.fx == nil {
		c.send(usual)
		return
	}
	if before, ok := c.fx.Text(fault.Before); ok {
		c.send(c.expand(before, usual))
	}
	say, changed := c.fx.Text(fault.Say)
	switch {
	case c.fx.Has(fault.Mute):
	case changed:
		c.send(c.expand(say, usual))
	default:
		c.send(usual)
	}
	if after, ok := c.fx.Text(fault.After); ok {
		c.send(c.expand(after, usual))
	}
	c.over = c.over || c.fx.Has(fault.Hangup)
}

// preliminary sends the 1xx of a transfer.
func (c *client) preliminary(code int, text string) {
	start, changed := c.fx.Text(fault.Start)
	switch {
	case !changed:
		c.send(format(code, text))
	case start != "":
		c.send(c.expand(start, format(code, text)))
	}
}

// greet sends 220, or what the faults make of it, and tells whether the session goes on.
func (c *client) greet() bool {
	c.come("greeting")
	if !c.interfere() {
		c.reply(220, "mftprobe reference server ready")
	}
	c.flush()
	return !c.over
}

// reset makes the close of the control connection an RST.
func (c *client) reset() {
	c.flush()
	_ = c.raw.SetLinger(0)
	_ = c.raw.Close()
	c.over = true
	c.log.Add(session.Closed, "reset")
}

// flood sends one line of n bytes.
func (c *client) flood(n int64) {
	chunk := bytes.Repeat([]byte("x"), floodChunk)
	_, _ = io.WriteString(c.out, "220 ")
	for n > 0 && c.write(chunk[:min(n, floodChunk)]) {
		n -= floodChunk
	}
	_, _ = io.WriteString(c.out, "\r\n")
}

// endless sends a reply of n lines, or of lines without end, that its last line never closes.
func (c *client) endless(n int64) {
	for i := int64(0); n == 0 || i < n; i++ {
		if !c.write([]byte("220-line " + strconv.FormatInt(i, 10) + "\r\n")) {
			return
		}
	}
}

// write sends p and tells whether somebody still listens.
func (c *client) write(p []byte) bool {
	if _, err := c.out.Write(p); err != nil || c.ctx.Err() != nil {
		c.over = true
		return false
	}
	return true
}

// dripper writes a byte at a time.
type dripper struct {
	c     *client
	pause time.Duration
}

func (d *dripper) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := (stalling{d.c.conn, d.c.limits.stall}).Write(p[i : i+1]); err != nil {
			return i, err
		}
		t := time.NewTimer(d.pause)
		select {
		case <-t.C:
		case <-d.c.ctx.Done():
			t.Stop()
			return i, d.c.ctx.Err()
		}
	}
	return len(p), nil
}

// setLinger0 makes the close of a data connection an RST.
func setLinger0(conn net.Conn) {
	if n, ok := conn.(*noted); ok {
		conn = n.Conn
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
}
