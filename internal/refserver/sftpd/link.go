package sftpd

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

// Limits of one channel.
const (
	MaxPending = 4096 // requests that wait for a response
	MaxHandles = 1024 // files and directories that are open, or about to be
)

// link is what the SFTP server reads from and writes to: whole packets, in both directions, with the faults on them.
type link struct {
	c    *client
	ch   ssh.Channel
	home string  // where relative paths begin
	exit *uint32 // the exit status that a fault wants

	in   []byte // buffer of the request
	rest []byte // of it, what the SFTP server has not read yet

	mu          sync.Mutex
	pending     map[uint32]request // waiting for their response
	out         []byte             // a response that is not whole yet
	handles     int                // that are open, with the requests for one that wait for their response
	read, wrote int64              // content since the last CLOSE
	ended       bool               // nothing may be written any more
}

// request is what must be known of a request when its response comes.
type request struct {
	kind    byte
	offset  int64
	effects fault.Effects
	created string // what it makes, if that was not there; its permissions are mode
	mode    fs.FileMode
}

// opens tells whether the request is for a handle.
func (r request) opens() bool { return r.kind == typeOpen || r.kind == typeOpendir }

func newLink(c *client, ch ssh.Channel, home string) *link {
	return &link{c: c, ch: ch, home: home, pending: map[uint32]request{}}
}

// Read implements io.Reader for the SFTP server.
func (l *link) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		f, err := readFrame(l.ch, l.in)
		if err != nil {
			return 0, err
		}
		l.in = f
		if l.rest, err = l.admit(f); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// admit applies the faults that act on a request. It returns what the SFTP server gets to see.
func (l *link) admit(f frame) (frame, error) {
	l.logRequest(f)
	if l.full(f) {
		return nil, l.answer(status(f.id(), statusFailure, "Too many open handles"))
	}
	e := l.c.faults.At(f.name(), f.condition())
	if e == nil {
		return f, l.remember(f, nil)
	}
	if l.c.held(e) {
		return nil, io.EOF
	}
	if code, ok := e.Size(fault.Exit); ok {
		status := uint32(code)
		l.exit = &status
		return nil, io.EOF
	}
	if code, text, ok := e.Code(fault.Status); ok {
		return nil, l.answer(status(f.id(), code, text))
	}
	if limit, what, ok := reach(e, f); ok {
		return l.limit(f, e, what, limit)
	}
	if at, ok := e.Size(fault.Corrupt); ok && f.kind() == typeWrite {
		offset, data := f.position()
		flip(f[min(data+4, len(f)):], at-offset)
	}
	return f, l.remember(f, e)
}

// full tells whether a request asks for one handle more than there may be.
func (l *link) full(f frame) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return f.opens() && l.handles >= MaxHandles
}

// reach tells whether a request comes to the end that a fault sets to the data, and which.
func reach(e fault.Effects, f frame) (limit int64, what fault.Action, ok bool) {
	for _, a := range []fault.Action{fault.Cut, fault.Snap, fault.Stall, fault.Short} {
		if limit, ok = e.Size(a); ok {
			return limit, a, end(f) > limit
		}
	}
	return 0, "", false
}

// end is the offset behind what a request moves. A listing is one byte long: a limit of 0 is before it.
func end(f frame) int64 {
	offset, at := f.position()
	switch f.kind() {
	case typeRead, typeWrite:
		return offset + int64(f.number(at))
	case typeReaddir:
		return 1
	}
	return 0
}

// limit carries out what happens at the end that a fault sets to the data.
func (l *link) limit(f frame, e fault.Effects, what fault.Action, limit int64) (frame, error) {
	switch what {
	case fault.Cut:
		l.c.wire.finish()
		return nil, io.EOF
	case fault.Snap:
		l.c.wire.reset()
		return nil, io.EOF
	case fault.Stall:
		<-l.c.ctx.Done()
		return nil, io.EOF
	}
	offset, at := f.position()
	keep := max(0, limit-offset)
	switch {
	case f.kind() == typeWrite && keep == 0:
		return nil, l.answer(status(f.id(), 0, ""))
	case keep == 0:
		return nil, l.answer(status(f.id(), statusEOF, "End of file"))
	}
	binary.BigEndian.PutUint32(f[at:], uint32(keep))
	if f.kind() == typeWrite {
		f = f[:at+4+int(keep)].sized()
	}
	return f, l.remember(f, e)
}

// flip changes the byte at i, if it is there.
func flip(b []byte, i int64) {
	if i >= 0 && i < int64(len(b)) {
		b[i] ^= 0xff
	}
}

func (l *link) remember(f frame, e fault.Effects) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) >= MaxPending {
		return errors.New("too many requests without a response")
	}
	if f.opens() {
		l.handles++
	}
	offset, _ := f.position()
	r := request{kind: f.kind(), offset: offset, effects: e}
	if name, mode, ok := f.creates(); ok {
		if !path.IsAbs(name) {
			name = path.Join(l.home, name)
		}
		if _, err := l.c.FS.Stat(name); err != nil {
			r.created, r.mode = name, mode&^umask
		}
	}
	l.pending[f.id()] = r
	return nil
}

// umask is the one that servers usually run with. The SFTP server makes files and directories without a look at the
// permissions that the client asks for.
const umask = 0o022

// Write implements io.Writer for the SFTP server, which writes a response in pieces.
func (l *link) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return 0, io.ErrClosedPipe
	}
	l.out = append(l.out, p...)
	for len(l.out) >= 4 {
		n := 4 + int(binary.BigEndian.Uint32(l.out))
		if len(l.out) < n {
			break
		}
		if err := l.respond(frame(l.out[:n])); err != nil {
			return 0, err
		}
		l.out = append(l.out[:0], l.out[n:]...)
	}
	return len(p), nil
}

// Close implements io.Closer. The channel is closed by who opened it.
func (l *link) Close() error { return nil }

// end keeps what the SFTP server still has to say, for it writes on for a moment after it has
// returned, and the channel is closed then.
func (l *link) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
}

// answer sends a response of the link's own.
func (l *link) answer(f frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.logResponse(f)
	_, err := l.ch.Write(f)
	return err
}

// respond sends a response of the SFTP server, or what the faults make of it.
func (l *link) respond(f frame) error {
	req := l.pending[f.id()]
	delete(l.pending, f.id())
	switch done := f.kind() == typeStatus && f.number(9) == 0; {
	case req.opens() && f.kind() != typeHandle, req.kind == typeClose && done:
		l.handles--
	case req.created != "" && (done || f.kind() == typeHandle):
		_ = l.c.FS.Chmod(req.created, req.mode) // it may be gone already
	}
	l.logResponse(f)
	if req.effects == nil {
		_, err := l.ch.Write(f)
		return err
	}
	return l.distort(f, req)
}

// distort sends a response with the effects of its request.
func (l *link) distort(f frame, req request) error {
	e := req.effects
	if e.Has(fault.Mute) {
		return nil
	}
	if at, ok := e.Size(fault.Corrupt); ok && f.kind() == typeData {
		flip(f[min(13, len(f)):], at-req.offset)
	}
	if text, ok := e.Text(fault.Say); ok && f.kind() == typeStatus {
		f = status(f.id(), f.number(9), text)
	}
	if e.Has(fault.WrongID) && len(f) >= 9 {
		binary.BigEndian.PutUint32(f[5:], f.id()+1000)
	}
	out := []byte(f)
	if raw, ok := e.Text(fault.Raw); ok {
		out = []byte(raw)
	}
	if before, ok := e.Text(fault.Before); ok {
		out = append([]byte(before), out...)
	}
	keep, cut := e.Size(fault.Truncate)
	if cut {
		out = out[:min(keep, int64(len(out)))]
	}
	if err := l.drip(out, e); err != nil || !cut && !e.Has(fault.Hangup) {
		return err
	}
	_ = l.ch.CloseWrite()
	l.c.wire.finish()
	return io.EOF
}

func (l *link) drip(out []byte, e fault.Effects) error {
	d := e.Time(fault.Drip)
	if d == 0 {
		_, err := l.ch.Write(out)
		return err
	}
	for b := range slices.Chunk(out, 1) {
		if _, err := l.ch.Write(b); err != nil {
			return err
		}
		if !l.c.pause(d) {
			return io.EOF
		}
	}
	return nil
}

// logRequest notes a request; content is only counted.
func (l *link) logRequest(f frame) {
	if l.c.log == nil {
		return
	}
	switch _, at := f.position(); f.kind() {
	case typeRead:
	case typeWrite:
		l.wrote += int64(f.number(at))
	case typeClose:
		l.c.log.Addf(session.Received, "CLOSE after %d bytes read, %d written", l.read, l.wrote)
		l.read, l.wrote = 0, 0
	default:
		l.c.log.Add(session.Received, f.describe())
	}
}

func (l *link) logResponse(f frame) {
	switch {
	case l.c.log == nil:
	case f.kind() == typeData:
		l.read += int64(f.number(9))
	case f.kind() == typeStatus && f.number(9) == 0 && l.pending[f.id()].kind == typeWrite:
	default:
		l.c.log.Add(session.Sent, f.describe())
	}
}
