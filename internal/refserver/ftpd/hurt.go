package ftpd

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"mftprobe/internal/refserver/fault"
)

// errCut ends a transfer where a fault says so.
var errCut = errors.New("cut by a fault")

// limitAt returns where the data of the command at hand ends before its time.
func (c *client) limitAt(actions ...fault.Action) (int64, bool) {
	for _, a := range actions {
		if n, ok := c.fx.Size(a); ok {
			return n, true
		}
	}
	return 0, false
}

// hurtDown wraps what the client is to get.
func (c *client) hurtDown(r io.Reader) io.Reader {
	if n, ok := c.limitAt(fault.Cut, fault.Snap, fault.Stall, fault.Short); ok {
		r = io.LimitReader(r, n)
	}
	return c.corrupt(r)
}

// hurtUp wraps what the client sends.
func (c *client) hurtUp(r io.Reader) io.Reader {
	if n, ok := c.limitAt(fault.Cut, fault.Snap, fault.Stall); ok {
		r = io.LimitReader(r, n)
	}
	if n, ok := c.fx.Size(fault.Short); ok {
		r = &swallow{r: r, keep: n}
	}
	return c.corrupt(r)
}

func (c *client) corrupt(r io.Reader) io.Reader {
	if n, ok := c.fx.Size(fault.Corrupt); ok {
		return &flipper{r: r, at: n}
	}
	return r
}

// brokenOff tells whether a fault ended the data.
func (c *client) brokenOff() error {
	if _, ok := c.limitAt(fault.Cut, fault.Snap); ok {
		return errCut
	}
	return nil
}

// flipper changes the byte at an offset.
type flipper struct {
	r    io.Reader
	at   int64
	seen int64
}

func (f *flipper) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if i := f.at - f.seen; i >= 0 && i < int64(n) {
		p[i] ^= 0xff
	}
	f.seen += int64(n)
	return n, err
}

// swallow hands on keep bytes and reads the rest without a word.
type swallow struct {
	r    io.Reader
	keep int64
}

func (s *swallow) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		out := int(min(int64(n), s.keep))
		s.keep -= int64(out)
		if out > 0 || err != nil {
			return out, err
		}
	}
}

// dropCR turns CRLF into LF: what an ASCII upload is stored as on this system (RFC 959 section 3.1.1.1). A CR on its own
// is content.
type dropCR struct{ r *bufio.Reader }

func (d dropCR) Read(p []byte) (int, error) {
	for n := range p {
		if n > 0 && d.r.Buffered() == 0 {
			return n, nil
		}
		c, err := d.r.ReadByte()
		if err != nil {
			return n, err
		}
		if p[n] = c; c != '\r' {
			continue
		}
		if next, _ := d.r.Peek(1); string(next) == "\n" {
			_, _ = d.r.Discard(1) // it is there
			p[n] = '\n'
		}
	}
	return len(p), nil
}

// crlf turns LF into CRLF for an ASCII download.
type crlf struct {
	r    io.Reader
	in   []byte
	left []byte
}

func newCRLF(r io.Reader) *crlf { return &crlf{r: r, in: make([]byte, 32<<10)} }

func (c *crlf) Read(p []byte) (int, error) {
	for len(c.left) == 0 {
		n, err := c.r.Read(c.in)
		c.left = bytes.ReplaceAll(c.in[:n], []byte("\n"), []byte("\r\n"))
		if n == 0 && err != nil {
			return 0, err
		}
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}
