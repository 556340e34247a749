package ftp

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
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

// restOfLine is how long the rest of a line in clear is waited for: vsftpd writes its last words in
// pieces.
const restOfLine = 200 * time.Millisecond

// plainText returns what stood where a TLS record was due, to the end of the line.
func (t *tap) plainText(e tls.RecordHeaderError) string {
	text := e.RecordHeader[:]
	if i := bytes.Index(t.tail, text); i >= 0 {
		text = t.tail[i:]
	}
	text = bytes.Clone(text)
	_ = t.SetReadDeadline(time.Now().Add(restOfLine))
	var more [tapTail]byte
	for len(text) < tapTail && !bytes.HasSuffix(text, []byte("\n")) {
		n, err := t.Conn.Read(more[:tapTail-len(text)])
		text = append(text, more[:n]...)
		if err != nil {
			break
		}
	}
	return string(text)
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
