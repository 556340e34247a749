//go:build !unix

package ftpd

import "net"

// urgentInline leaves urgent data to the system.
func urgentInline(*net.TCPConn) {}
