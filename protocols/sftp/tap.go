package sftp

import (
	"net"
	"sync"
)

// Sizes of the buffer under the SSH library, in bytes: it reads the version line byte by byte and
// packets in two parts, which would be a system call each. A session that moves no file needs little.
const (
	smallBuffer = 4 << 10
	largeBuffer = 64 << 10
)

// tap sits under the SSH library and shows both directions to clearText.
type tap struct {
	net.Conn
	buffer  []byte
	unread  []byte // of the buffer
	failed  error  // of the last reading; due when all is read
	in, out *clearText

	mu      sync.Mutex
	err     error // the first error of reading or writing that was not caused by Close
	closed  bool
	writes  int           // calls of Write that have returned
	written chan struct{} // has room for one signal: a Write has returned
}

func newTap(conn net.Conn, in, out listener) *tap {
	return &tap{
		Conn: conn, buffer: make([]byte, smallBuffer), in: &clearText{to: in}, out: &clearText{to: out}, written: make(chan struct{}, 1),
	}
}

// Read passes bytes on. Only one goroutine may read.
func (t *tap) Read(p []byte) (int, error) {
	if len(t.unread) == 0 && t.failed == nil {
		t.arrive()
	}
	if len(t.unread) == 0 {
		err := t.failed
		t.failed = nil
		return 0, err
	}
	n := copy(p, t.unread)
	t.unread = t.unread[n:]
	return n, nil
}

// arrive fills the buffer with what has come, and has it looked at, whenever the library wants it.
func (t *tap) arrive() {
	n, err := t.Conn.Read(t.buffer)
	t.unread = t.buffer[:n]
	if long := t.in.feed(t.unread); long != nil && err == nil {
		err = long
	}
	t.note(err)
	t.failed = err
	if n == len(t.buffer) && n < largeBuffer {
		t.buffer = make([]byte, largeBuffer)
	}
}

// Write passes bytes on and looks at what was sent.
func (t *tap) Write(p []byte) (int, error) {
	_ = t.out.feed(p)
	n, err := t.Conn.Write(p)
	t.note(err)
	t.mu.Lock()
	t.writes++
	t.mu.Unlock()
	select {
	case t.written <- struct{}{}:
	default:
	}
	return n, err
}

// note keeps the first error that the peer or the network caused.
func (t *tap) note(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil && t.err == nil && !t.closed {
		t.err = err
	}
}

// Close closes the connection; errors that follow from it are not the peer's.
func (t *tap) Close() error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	return t.Conn.Close()
}

// cause returns the first error that the peer or the network caused, or nil.
func (t *tap) cause() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// writeCount returns how often something was sent.
func (t *tap) writeCount() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.writes
}
