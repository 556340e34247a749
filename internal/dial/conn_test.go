package dial

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"testing"
	"time"
)

// pair is the two ends of a connection on loopback.
func pair(t *testing.T) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs = a.(*net.TCPConn), b.(*net.TCPConn)
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return ours, theirs
}

var port = regexp.MustCompile(`:\d+`)

// TestShortEndsAsNetDoes: whatever ends a read or a write is told in the words of package net.
func TestShortEndsAsNetDoes(t *testing.T) {
	some := make([]byte, 100)
	past := time.Now().Add(-time.Second)
	cases := map[string]func(c net.Conn, peer *net.TCPConn) error{
		"end": func(c net.Conn, peer *net.TCPConn) error {
			_ = peer.CloseWrite()
			_, err := c.Read(some)
			return err
		},
		"read timeout": func(c net.Conn, _ *net.TCPConn) error {
			c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			_, err := c.Read(some)
			return err
		},
		"read too late": func(c net.Conn, _ *net.TCPConn) error {
			c.SetReadDeadline(past)
			_, err := c.Read(some)
			return err
		},
		"write too late": func(c net.Conn, _ *net.TCPConn) error {
			c.SetWriteDeadline(past)
			_, err := c.Write(some)
			return err
		},
		"write timeout": func(c net.Conn, _ *net.TCPConn) error {
			c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			for {
				if _, err := c.Write(some); err != nil {
					return err
				}
			}
		},
		"read closed": func(c net.Conn, _ *net.TCPConn) error {
			c.Close()
			_, err := c.Read(some)
			return err
		},
		"closed while it reads": func(c net.Conn, _ *net.TCPConn) error {
			time.AfterFunc(20*time.Millisecond, func() { c.Close() })
			_, err := c.Read(some)
			return err
		},
		"write closed": func(c net.Conn, _ *net.TCPConn) error {
			c.Close()
			_, err := c.Write(some)
			return err
		},
		"reset": func(c net.Conn, peer *net.TCPConn) error {
			_ = peer.SetLinger(0)
			_ = peer.Close()
			_, err := c.Read(some)
			return err
		},
		"write after a reset": func(c net.Conn, peer *net.TCPConn) error {
			_ = peer.SetLinger(0)
			_ = peer.Close()
			_, _ = c.Read(some)
			_, err := c.Write(some)
			return err
		},
		"nothing wanted": func(c net.Conn, _ *net.TCPConn) error {
			n, err := c.Read(nil)
			return errors.Join(fmt.Errorf("%d bytes", n), err)
		},
		"nothing written": func(c net.Conn, _ *net.TCPConn) error {
			n, err := c.Write(nil)
			return errors.Join(fmt.Errorf("%d bytes", n), err)
		},
	}
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			plain, peer := pair(t)
			want := run(plain, peer)
			ours, peer := pair(t)
			got := run(short(ours), peer)
			if a, b := port.ReplaceAllString(fmt.Sprint(want), ""), port.ReplaceAllString(fmt.Sprint(got), ""); a != b {
				t.Errorf("%s, package net says %s", b, a)
			}
			if a, b := FailureOf(want).Class, FailureOf(got).Class; a != b {
				t.Errorf("class %s, of package net %s", b, a)
			}
			if errors.Is(want, io.EOF) != errors.Is(got, io.EOF) {
				t.Errorf("%v, package net %v", got, want)
			}
		})
	}
}

// TestShortCarriesAll: pieces of every size arrive whole and in order, though the other end reads slowly.
func TestShortCarriesAll(t *testing.T) {
	a, b := pair(t)
	_ = a.SetWriteBuffer(4096)
	_ = b.SetReadBuffer(4096)
	var sent bytes.Buffer
	for _, size := range []int{1, 2, 1000, 16<<10 - 1, 16 << 10, 16<<10 + 1, 100_000, 3} {
		piece := make([]byte, size)
		rand.Read(piece)
		sent.Write(piece)
	}
	wrote := make(chan error, 1)
	go func(left []byte) {
		c := short(a)
		for size := 1; len(left) > 0; size = size*3 + 1 {
			n, err := c.Write(left[:min(size, len(left))])
			if err != nil {
				wrote <- err
				return
			}
			left = left[n:]
		}
		wrote <- a.CloseWrite()
	}(sent.Bytes())
	var got bytes.Buffer
	c := short(b)
	for size := 1; ; size = size%(40<<10)*2 + 1 {
		p := make([]byte, size)
		n, err := c.Read(p)
		got.Write(p[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), sent.Bytes()) {
		t.Errorf("%d bytes came of %d, or others", got.Len(), sent.Len())
	}
}
