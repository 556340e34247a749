package ftp

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

const (
	smallChunk = 16 << 10  // bytes of a buffer for a small file
	bigChunk   = 256 << 10 // bytes of a buffer for a big one
	bigFile    = 1 << 20   // bytes from which hashing runs beside the transfer
)

// upload reads a payload in chunks and hashes it; of a big file beside the transfer.
type upload struct {
	src    io.Reader
	size   int64
	hash   hash.Hash
	second hash.Hash // nil, or the one that the server can calculate too
	text   bool
	buf    []byte
	sent   int64
	whole  bool
	err    error

	ahead chan chunk // filled and hashed buffers; nil for a small file
	free  chan []byte
	quit  chan struct{}

	stopped bool
}

type chunk struct {
	b   []byte
	err error
}

func newUpload(src io.Reader, size int64, text bool) *upload {
	u := &upload{src: src, size: size, hash: sha256.New(), text: text}
	if size < bigFile {
		u.buf = make([]byte, min(max(size, 1), smallChunk))
		return u
	}
	u.ahead, u.free, u.quit = make(chan chunk, 1), make(chan []byte, 2), make(chan struct{})
	for range cap(u.free) {
		u.free <- make([]byte, bigChunk)
	}
	return u
}

func (u *upload) digest(b []byte) {
	u.hash.Write(b)
	if u.second != nil {
		u.second.Write(b)
	}
}

// Read serves whoever does not know of next.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.src.Read(p)
	u.digest(p[:n])
	u.sent += int64(n)
	return n, err
}

// next returns the next chunk, which is valid until the next call.
func (u *upload) next() ([]byte, error) {
	if u.ahead == nil {
		n, err := u.src.Read(u.buf)
		u.digest(u.buf[:n])
		return u.wire(u.buf[:n]), err
	}
	if u.buf == nil {
		go u.readAhead()
	} else {
		u.free <- u.buf
	}
	c := <-u.ahead
	u.buf = c.b[:cap(c.b)]
	return u.wire(c.b), c.err
}

func (u *upload) readAhead() {
	defer close(u.ahead)
	for {
		var b []byte
		select {
		case b = <-u.free:
		case <-u.quit:
			return
		}
		n, err := io.ReadFull(u.src, b)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		u.digest(b[:n])
		select {
		case u.ahead <- chunk{b[:n], err}:
		case <-u.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// stop ends the reading ahead: from then on the hashes may be asked for.
func (u *upload) stop() {
	if u.ahead == nil || u.buf == nil || u.stopped {
		return
	}
	u.stopped = true
	close(u.quit)
	for open := true; open; {
		_, open = <-u.ahead
	}
}

func (u *upload) wrote(n int) { u.sent += int64(n) }

// wire returns b as it is sent.
func (u *upload) wire(b []byte) []byte {
	if !u.text {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/32+1)
	for _, c := range b {
		if c == '\n' {
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}

// download hashes what comes; of a big file beside the transfer.
type download struct {
	text  bool
	hash  hash.Hash
	bytes int64
	cr    bool // the last byte was a CR, held back
}

func newDownload(text bool) *download { return &download{text: text, hash: sha256.New()} }

func (w *download) sum() string { return hex.EncodeToString(w.hash.Sum(nil)) }

// from reads r to its end.
func (w *download) from(r io.Reader) error {
	buf := make([]byte, smallChunk)
	for w.bytes < bigFile {
		n, err := r.Read(buf)
		w.write(buf[:n])
		if err != nil {
			return endOf(err)
		}
	}
	return w.big(r)
}

// big reads on with the hash in a goroutine of its own.
func (w *download) big(r io.Reader) error {
	full, free, done := make(chan []byte, 1), make(chan []byte, 2), make(chan struct{})
	for range cap(free) {
		free <- make([]byte, bigChunk)
	}
	go func() {
		defer close(done)
		for b := range full {
			w.write(b)
			free <- b[:cap(b)]
		}
	}()
	defer func() { close(full); <-done }()
	for {
		b := <-free
		n, err := io.ReadFull(r, b) // TLS gives one record at a time, too little for a hand-over
		full <- b[:n]
		if err != nil {
			return endOf(err)
		}
	}
}

// endOf takes the end of the stream for what it is. Where it came too early the connection knows.
func endOf(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// write counts and hashes; text with LF for CRLF.
func (w *download) write(b []byte) {
	w.bytes += int64(len(b))
	if !w.text {
		w.hash.Write(b)
		return
	}
	out := make([]byte, 0, len(b)+1)
	for _, c := range b {
		if w.cr && c != '\n' {
			out = append(out, '\r')
		}
		if w.cr = c == '\r'; !w.cr {
			out = append(out, c)
		}
	}
	w.hash.Write(out)
}
