//go:build unix

package ftpd

import (
	"net"
	"syscall"
	"time"
)

// blackhole makes l a port that never answers a SYN: its queue of waiting connections is made as short as it can be and
// filled, whereupon the kernel drops what comes (listen(2), tcp_abort_on_overflow is off by default).
func (c *client) blackhole(l *net.TCPListener) {
	raw, err := l.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 0) })
	filler := net.Dialer{Timeout: 50 * time.Millisecond}
	for range 2 {
		conn, err := filler.DialContext(c.ctx, "tcp", l.Addr().String())
		if err != nil {
			return // full
		}
		c.track.add(conn)
	}
}
