//go:build linux && !race

package dial

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// shortCopy is the longest read or write, in bytes, that takes the short way. A longer one keeps a processor for so long
// that the runtime should know of it.
const shortCopy = 16 << 10

// shortConn is a TCP connection that makes its short reads and writes without telling the runtime's scheduler, which costs more
// than the call itself: the first system call after a wait wakes the thread that watches over the others, and that thread
// then looks around many thousand times a second until the next wait. The sockets never block, so that there is
// nothing to watch: the wait for bytes stays with the runtime, deadlines included. It takes 4 % off a whole probe.
//
// The race detector learns from the ordinary calls what comes before what, and so its builds have only those.
type shortConn struct {
	*net.TCPConn
	raw syscall.RawConn
}

// short gives c the short way.
func short(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	return &shortConn{tcp, raw}
}

// Read does what net.TCPConn.Read does.
func (c *shortConn) Read(p []byte) (int, error) {
	if len(p) == 0 || len(p) > shortCopy {
		return c.TCPConn.Read(p)
	}
	var n int
	var errno syscall.Errno
	err := c.raw.Read(func(fd uintptr) bool {
		n, errno = call(syscall.SYS_READ, fd, p)
		return errno != syscall.EAGAIN
	})
	if err = c.failure("read", err, errno); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Write does what net.TCPConn.Write does.
func (c *shortConn) Write(p []byte) (int, error) {
	if len(p) == 0 || len(p) > shortCopy {
		return c.TCPConn.Write(p)
	}
	done := 0
	var errno syscall.Errno
	err := c.raw.Write(func(fd uintptr) bool {
		for done < len(p) {
			var n int
			if n, errno = call(syscall.SYS_WRITE, fd, p[done:]); errno != 0 {
				break
			}
			done += n
		}
		return errno != syscall.EAGAIN
	})
	return done, c.failure("write", err, errno)
}

// call makes one system call on the bytes of p, which is not empty, once more where a signal came between.
func call(number, fd uintptr, p []byte) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall(number, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
		switch errno {
		case 0:
			return int(n), 0
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}

// failure puts what went wrong in the words of package net; err is from the wait, errno from the call after it.
func (c *shortConn) failure(op string, err error, errno syscall.Errno) error {
	var wait *net.OpError
	switch {
	case errors.As(err, &wait):
		err = wait.Err
	case err == nil && errno != 0:
		err = os.NewSyscallError(op, errno)
	}
	if err == nil {
		return nil
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}
