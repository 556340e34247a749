package sftp

import (
	"net"
	"sync"
	"testing"
	"time"

	"mftprobe/probe"
)

// turnConn counts how often the client speaks after the server has spoken: that is what waits for
// the way there and back. It delivers the server's words late, so that what the client sends without
// waiting counts once.
type turnConn struct {
	net.Conn
	mu    sync.Mutex
	spoke bool
	turns int
}

const turnDelay = 15 * time.Millisecond

func (c *turnConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > 0 && c.spoke {
		c.turns++
		c.spoke = false
	}
	return n, err
}

func (c *turnConn) Write(p []byte) (int, error) {
	time.Sleep(turnDelay)
	c.mu.Lock()
	c.spoke = true
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// TestRoundTrips counts what a session asks of a far server: the turns and the TCP connection before
// them. A quit waits for nothing, and the CLOSE of a listing travels with the next request. Against
// OpenSSH two come on top: its KEXINIT waits for the
// acknowledgement of its version line, and its window is shut until the subsystem runs, which parts
// INIT from the request for the subsystem.
func TestRoundTrips(t *testing.T) {
	for name, tt := range map[string]struct {
		ops  []probe.Op
		most int
	}{
		"read-only": {[]probe.Op{probe.OpConnect, probe.OpLogin, probe.OpList, probe.OpPwd}, 11},
		"full":      {[]probe.Op{probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpList, probe.OpPut, probe.OpGet, probe.OpDelete}, 16},
	} {
		t.Run(name, func(t *testing.T) {
			best := turnsOf(t, tt.ops)
			// A client that the machine holds up between two packets seems to wait for the words between them: that makes
			// the count higher, and nothing makes it lower.
			for try := 1; best > tt.most && try < 5; try++ {
				best = min(best, turnsOf(t, tt.ops))
			}
			if best > tt.most {
				t.Errorf("%d round trips, want at most %d", best, tt.most)
			}
			t.Log(best, "round trips")
		})
	}
}

// turnsOf runs a session and counts its round trips.
func turnsOf(t *testing.T, ops []probe.Op) int {
	t.Helper()
	s := newServer(t)
	var conn *turnConn
	s.wrap = func(c net.Conn) net.Conn {
		conn = &turnConn{Conn: c}
		return conn
	}
	var steps []probe.Step
	for _, op := range ops {
		steps = append(steps, probe.Step{Op: op})
	}
	for _, st := range run(t, s.start().target(), steps...).Steps {
		if st.Status != probe.StatusPass {
			t.Errorf("%s: %s", st.Name, st.Detail)
		}
	}
	conn.mu.Lock()
	defer conn.mu.Unlock()
	return conn.turns + 1
}
