package sftp

import (
	"bufio"
	"net"
	"sync"
)

// readBuffer is the size of the buffer under the SSH library, in bytes: it reads the version line
// byte by byte and packets in two parts, which would be a system call each.
const readBuffer = 64 << 10

// tap sits under the SSH library and shows both directions to clearText.
type tap struct {
	net.Conn
	buffered *bufio.Reader
	in, out  *clearText

	mu      sync.Mutex
	err     error // the first error of reading or writing that was not caused by Close
	closed  bool
	writes  int           // calls of Write that have returned
	written chan struct{} // has room for one signal: a Write has returned
}

func newTap(conn net.Conn, in, out listener) *tap {
	t := &tap{Conn: conn, in: &clearText{to: in}, out: &clearText{to: out}, written: make(chan struct{}, 1)}
	t.buffered = bufio.NewReaderSize(arrivals{t}, readBuffer)
	return t
}

// Read passes bytes on.
func (t *tap) Read(p []byte) (int, error) { return t.buffered.Read(p) }

// arrivals is the connection below the buffer: bytes are looked at when they come, whenever the
// library wants them.
type arrivals struct{ t *tap }

func (a arrivals) Read(p []byte) (int, error) {
	n, err := a.t.Conn.Read(p)
	if long := a.t.in.feed(p[:n]); long != nil && err == nil {
		err = long
	}
	a.t.note(err)
	return n, err
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
