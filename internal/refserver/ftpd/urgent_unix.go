//go:build unix

package ftpd

import (
	"net"
	"syscall"
)

// urgentInline leaves urgent data where it stands. Clients send the Telnet signals in front of ABOR as such, or all of
// ABOR, whose last byte would be missing otherwise (RFC 854, RFC 959 section 4.1.3).
func urgentInline(conn *net.TCPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return // the connection is gone, and who reads it will see that
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_OOBINLINE, 1) })
}
