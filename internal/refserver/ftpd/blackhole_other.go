//go:build !unix

package ftpd

import "net"

// blackhole leaves l as it is: nobody accepts there, though the system answers the SYN.
func (*client) blackhole(*net.TCPListener) {}
