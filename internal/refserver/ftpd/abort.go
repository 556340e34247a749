package ftpd

import (
	"bytes"
	"errors"
	"net"
	"os"
	"strings"
	"time"
)

// watchDelay is how long a transfer may take before its control connection is looked at: most are over by then.
const watchDelay = 50 * time.Millisecond

// watch closes the data connection when the client sends ABOR (RFC 959 section 4.1.3) or goes away. The returned function
// ends it; nobody else reads the control connection until then.
func (c *client) watch(data net.Conn) (stop func()) {
	done := make(chan struct{})
	timer := time.AfterFunc(watchDelay, func() {
		defer close(done)
		if c.interrupted() {
			data.Close()
		}
	})
	return func() {
		if timer.Stop() {
			return
		}
		_ = c.conn.SetReadDeadline(time.Now())
		<-done
		_ = c.conn.SetReadDeadline(time.Now().Add(c.limits.idle))
	}
}

// interrupted waits for ABOR or the end of the connection. Commands stay in the buffer: their turn comes after the
// transfer, which the end of the connection behind them does not cut short (RFC 959 section 4.1.1, QUIT).
func (c *client) interrupted() bool {
	for {
		waiting, _ := c.in.Peek(c.in.Buffered())
		for line := range bytes.Lines(waiting) {
			if isAbort(string(line)) && bytes.HasSuffix(line, []byte("\n")) {
				return true
			}
		}
		if len(waiting) == c.in.Size() {
			return false
		}
		if _, err := c.in.Peek(len(waiting) + 1); err != nil {
			return len(waiting) == 0 && !errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
}

// trimSignals drops the Telnet signals in front of a command (RFC 854), which clients send before ABOR.
func trimSignals(line string) string {
	const firstSignal = 0xf0
	for line != "" && line[0] >= firstSignal {
		line = line[1:]
	}
	return line
}

func isAbort(line string) bool {
	return strings.EqualFold(strings.TrimSpace(trimSignals(line)), "ABOR")
}

// stall holds the transfer still until the client aborts it, quits, or goes away.
func (c *client) stall() {
	c.flush()
	for {
		line, err := c.readLine()
		switch {
		case err != nil:
			c.over = true
			return
		case isAbort(line):
			c.final(errCut)
			c.next = line
			return
		case strings.EqualFold(line, "QUIT"):
			c.next = line
			return
		}
	}
}
