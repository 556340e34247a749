package sftpd

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"mftprobe/internal/refserver/fault"
)

// wire is the TCP connection under SSH. The first write of a server is its identification string, the second its KEXINIT
// (RFC 4253 sections 4.2 and 7.1): these are the two moments before encryption at which it can do wrong.
type wire struct {
	*net.TCPConn
	c      *client
	cancel context.CancelFunc
	writes int
	mute   bool        // nothing leaves any more
	ending atomic.Bool // the last deadline is set
}

func newWire(conn *net.TCPConn, c *client, cancel context.CancelFunc) *wire {
	return &wire{TCPConn: conn, c: c, cancel: cancel}
}

// Read ends the session's context with the connection, so that nobody waits for a client that has left.
func (w *wire) Read(p []byte) (int, error) {
	if !w.ending.Load() {
		_ = w.SetReadDeadline(time.Now().Add(idleLimit))
	}
	n, err := w.TCPConn.Read(p)
	if err != nil {
		w.cancel()
	}
	return n, err
}

// Write implements net.Conn. The transport writes from one goroutine at a time.
func (w *wire) Write(p []byte) (int, error) {
	if w.writes < 2 {
		w.writes++
		return len(p), w.writeClear(p)
	}
	if w.mute {
		return len(p), nil
	}
	_ = w.SetWriteDeadline(time.Now().Add(idleLimit))
	return w.TCPConn.Write(p)
}

// writeClear writes the identification string or KEXINIT, or what the faults make of it.
func (w *wire) writeClear(p []byte) error {
	point := "greeting"
	if w.writes == 2 {
		point = "kex"
		p = w.c.rewriteKexInit(p)
	}
	e := w.c.faults.At(point, fault.Clear)
	if e.Has(fault.Silent) {
		w.mute = true // the transport goes on, unheard
	}
	if w.mute {
		return nil
	}
	if w.c.held(e) {
		return io.ErrClosedPipe
	}
	if text, ok := e.Text(fault.Before); ok {
		p = append([]byte(text), p...)
	}
	if raw, ok := e.Text(fault.Raw); ok {
		p = []byte(raw)
	}
	if code, text, ok := e.Code(fault.Disconnect); ok {
		p = append(p, disconnect(code, text)...)
	}
	return w.deliver(e, p)
}

// deliver writes p at the pace of the effects, and closes where they say so.
func (w *wire) deliver(e fault.Effects, p []byte) error {
	if text, ok := e.Text(fault.Bye); ok {
		p = []byte(text)
	}
	err := w.drip(p, e.Time(fault.Drip))
	if e.Has(fault.Bye) || e.Has(fault.Hangup) || e.Has(fault.Disconnect) {
		w.finish()
		return io.ErrClosedPipe
	}
	return err
}

func (w *wire) drip(p []byte, d time.Duration) error {
	if d == 0 {
		_, err := w.TCPConn.Write(p)
		return err
	}
	for b := range slices.Chunk(p, 1) {
		if _, err := w.TCPConn.Write(b); err != nil {
			return err
		}
		if !w.c.pause(d) {
			return io.ErrClosedPipe
		}
	}
	return nil
}

// finish closes so that the client gets everything and then the end: with unread bytes a close would be a reset.
func (w *wire) finish() {
	w.ending.Store(true)
	_ = w.CloseWrite()
	_ = w.SetReadDeadline(time.Now().Add(lingerLimit))
	_, _ = io.Copy(io.Discard, w.TCPConn)
	w.end()
}

// end closes at once.
func (w *wire) end() { _ = w.Close() }

// reset closes with a TCP reset.
func (w *wire) reset() {
	_ = w.SetLinger(0)
	w.end()
}

// disconnect is SSH_MSG_DISCONNECT in a packet that is not encrypted (RFC 4253 sections 6 and 11.1).
func disconnect(code uint32, text string) []byte {
	body := append([]byte{1}, binary.BigEndian.AppendUint32(nil, code)...)
	return packet(appendString(appendString(body, text), ""))
}

// packet frames a payload with the padding of a connection without a cipher: at least 4 bytes, to a multiple of 8.
func packet(payload []byte) []byte {
	padding := 8 - (5+len(payload))%8
	if padding < 4 {
		padding += 8
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	out = append(append(out, byte(padding)), payload...)
	return append(out, make([]byte, padding)...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// rewriteKexInit replaces the lists that name algorithms which this server does not have: it can offer them, since the
// fault is that nobody agrees. The lists are, in this order, key exchange, host keys, and for both directions ciphers,
// MACs, compressions and languages (RFC 4253 section 7.1).
func (c *client) rewriteKexInit(p []byte) []byte {
	const cookie = 16
	if len(c.foreign()) == 0 || len(p) < 6+cookie {
		return p
	}
	padding := int(p[4])
	payload := p[5 : len(p)-padding]
	lists := payload[1+cookie:]
	out := slices.Clone(payload[:1+cookie])
	for i := 0; i < 10 && len(lists) >= 4; i++ {
		n := 4 + int(binary.BigEndian.Uint32(lists))
		old := string(lists[4:n])
		lists = lists[n:]
		if names, ok := c.foreign()[i]; ok {
			old = strings.Join(names, ",")
		}
		out = appendString(out, old)
	}
	return packet(append(out, lists...))
}
