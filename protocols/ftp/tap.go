package ftp

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// tapTail is how many of the last received bytes a tap keeps, so that text which a server wrote
// where a TLS record was due can be shown.
const tapTail = 512

// tap sits under TLS. It keeps the end of what came, notes an alert that leaves in clear, and tells
// whether TCP ended, which TLS hides: crypto/tls takes a FIN at a record boundary for a close_notify.
type tap struct {
	net.Conn
	tail  []byte       // touched by the reading side only
	head  []byte       // the first bytes that came, for readServerHello
	ended atomic.Bool  // TCP gave the end of the stream
	alert atomic.Int32 // description of an alert sent in clear, plus one
}

// Read passes on what comes and keeps its end.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if room := helloBytes - len(t.head); room > 0 {
		t.head = append(t.head, p[:min(n, room)]...)
	}
	if n > 0 {
		keep := p[max(0, n-tapTail):n]
		if over := len(t.tail) + len(keep) - tapTail; over > 0 {
			t.tail = append(t.tail[:0], t.tail[over:]...)
		}
		t.tail = append(t.tail, keep...)
	}
	if errors.Is(err, io.EOF) {
		t.ended.Store(true)
	}
	return n, err
}

// recordAlert is the content type of an alert record (RFC 8446 section 5.1), clearAlert the length
// of such a record before encryption starts.
const (
	recordAlert = 21
	clearAlert  = 7
)

// Write passes on what leaves and looks for a clear alert.
func (t *tap) Write(p []byte) (int, error) {
	if len(p) == clearAlert && p[0] == recordAlert {
		t.alert.Store(int32(p[6]) + 1)
	}
	return t.Conn.Write(p)
}

// sentAlert returns the description of the alert that left in clear.
func (t *tap) sentAlert() (int, bool) {
	a := t.alert.Load()
	return int(a) - 1, a > 0
}

// plainText returns what stood where a TLS record was due.
func (t *tap) plainText(e tls.RecordHeaderError) string {
	if i := bytes.Index(t.tail, e.RecordHeader[:]); i >= 0 {
		return string(t.tail[i:])
	}
	return string(e.RecordHeader[:])
}

// CloseWrite ends our direction of the TCP connection.
func (t *tap) CloseWrite() error { return closeWrite(t.Conn) }

// closeWrite ends our direction of a TCP connection, if c is one.
func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
