package ftpd

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

// bindTickets returns a copy of base whose session tickets are good for this session only, as servers that require reuse
// want it: the ticket carries a mark, and a ticket with another mark leads to a full handshake.
func bindTickets(base *tls.Config) *tls.Config {
	mark := make([]byte, 16)
	_, _ = rand.Read(mark) // never fails since Go 1.24
	own := base.Clone()
	own.WrapSession = func(cs tls.ConnectionState, ss *tls.SessionState) ([]byte, error) {
		ss.Extra = append(ss.Extra, mark)
		return base.EncryptTicket(cs, ss)
	}
	own.UnwrapSession = func(id []byte, cs tls.ConnectionState) (*tls.SessionState, error) {
		ss, err := base.DecryptTicket(id, cs)
		if err != nil || ss == nil || !slices.ContainsFunc(ss.Extra, func(e []byte) bool { return bytes.Equal(e, mark) }) {
			return nil, err
		}
		return ss, nil
	}
	return own
}

// startTLS puts the control connection under TLS, unless the faults of that moment are against it.
func (c *client) startTLS() bool {
	fx := c.faults.At("tls", fault.Clear)
	if fx.Has(fault.Silent) {
		c.flush()
		_ = c.raw.SetReadDeadline(time.Now().Add(c.limits.idle))
		_, _ = io.Copy(io.Discard, c.raw) // until the client goes away or the endpoint stops
	}
	if fx.Has(fault.Reset) {
		c.reset()
	}
	if fx.Has(fault.Silent) || fx.Has(fault.Reset) || fx.Has(fault.Close) {
		return false
	}
	_, _ = c.plain.Discard(c.plain.Buffered()) // sent in clear behind AUTH: not to be trusted (CVE-2011-0411 and its kin)
	t, err := c.handshake(&recordConn{TCPConn: c.raw, buf: c.plain})
	if err != nil {
		c.log.Addf(session.Security, "TLS handshake: %v", err)
		return false
	}
	state := t.ConnectionState()
	c.log.Addf(session.Security, "%s %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	c.conn, c.in, c.out = t, bufio.NewReaderSize(t, bufferSize), c.writer(t)
	return true
}

func (c *client) handshake(raw net.Conn) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(c.ctx, c.limits.data)
	defer cancel()
	if c.tls == nil {
		c.tls = bindTickets(c.TLS)
	}
	t := tls.Server(raw, c.tls)
	return t, t.HandshakeContext(ctx)
}

// auth answers AUTH (RFC 4217 section 4).
func (c *client) auth(kind string) {
	_, already := c.conn.(*tls.Conn)
	switch {
	case c.TLS == nil:
		c.reply(502, "AUTH is not implemented")
		return
	case already:
		c.reply(503, "TLS is already on")
		return
	case kind != "TLS" && kind != "TLS-C" && kind != "SSL":
		c.reply(504, "Only AUTH TLS")
		return
	}
	c.reply(234, "Proceed with negotiation")
	if text, ok := c.Faults.Text(fault.Inject); ok {
		c.send(text)
	}
	c.flush()
	if !c.startTLS() {
		c.over = true
		return
	}
	c.leave() // RFC 4217 section 4: the session starts anew
}

// clearControl answers CCC (RFC 2228 section 3).
func (c *client) clearControl() {
	t, ok := c.conn.(*tls.Conn)
	if !ok {
		c.reply(533, "TLS is not on")
		return
	}
	c.reply(200, "Control connection in clear")
	c.flush()
	_ = t.CloseWrite()
	_ = t.SetReadDeadline(time.Now().Add(c.limits.data))
	_, _ = io.Copy(io.Discard, c.in) // to the client's close_notify
	_ = c.raw.SetDeadline(time.Time{})
	c.conn, c.in, c.out = c.raw, c.plain, c.writer(c.raw)
}

// recordConn gives TLS one record at a time from a buffer, so that nothing behind the close_notify of CCC is taken.
type recordConn struct {
	*net.TCPConn
	buf  *bufio.Reader
	left int // bytes of the record at hand
}

// Read implements net.Conn. What does not look like a record is the end of TLS to a client without close_notify, and for
// a handshake the error that it is.
func (r *recordConn) Read(p []byte) (int, error) {
	if r.left == 0 {
		header, err := r.buf.Peek(5) // RFC 8446 section 5.1
		if err != nil {
			return 0, err
		}
		if header[0] < 20 || header[0] > 24 {
			return 0, errNotTLS
		}
		r.left = 5 + int(binary.BigEndian.Uint16(header[3:]))
	}
	n, err := r.buf.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

var errNotTLS = errors.New("the client does not speak TLS")
