//go:build unix

package ftpd_test

import (
	"syscall"
	"testing"
	"time"
)

// TestUrgentAbort sends ABOR as Python does, as urgent data, whose last byte is the line end.
func TestUrgentAbort(t *testing.T) {
	c := login(t, start(t), "ftp")
	data := c.passive()
	c.do("STOR a", "150")
	time.Sleep(80 * time.Millisecond) // the control connection is looked at from then on
	raw, err := c.raw.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var sent error
	if err := raw.Control(func(fd uintptr) { sent = syscall.Sendto(int(fd), []byte("ABOR\r\n"), syscall.MSG_OOB, nil) }); err != nil || sent != nil {
		t.Fatal(err, sent)
	}
	c.want("426")
	c.want("226")
	_ = data.Close()
	c.do("NOOP", "200")
}
