package ftpd

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"net"
	"slices"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

// bindTickets returns a copy of base whose session tickets are good for this session only, as servers that require reuse
// want it: the ticket carries a mark, and a ticket with another mark leads to a full handshake.
func bindTickets(base *tls.Config) *tls.Config {
	if base == nil {
		return nil
	}
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
func (c *client) startTLS(fx fault.Effects) bool {
	if fx == nil && c.Implicit {
		fx = c.faults.At("tls", fault.Clear)
	}
	if fx.Has(fault.Silent) {
		c.waitForClient(c.raw)
	}
	if fx.Has(fault.Reset) {
		_ = c.raw.SetLinger(0)
	}
	if fx.Has(fault.Silent) || fx.Has(fault.Reset) || fx.Has(fault.Close) {
		return false
	}
	t, err := c.handshake(c.raw)
	if err != nil {
		c.log.Addf(session.Security, "TLS handshake: %v", err)
		return false
	}
	state := t.ConnectionState()
	c.log.Addf(session.Security, "%s %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	c.buffers(t)
	return true
}

func (c *client) handshake(raw net.Conn) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(c.ctx, dataLimit)
	defer cancel()
	t := tls.Server(raw, c.tls)
	return t, t.HandshakeContext(ctx)
}

// auth answers AUTH (RFC 4217 section 4).
func (c *client) auth(kind string) {
	_, already := c.conn.(*tls.Conn)
	switch {
	case c.tls == nil:
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
	if !c.startTLS(c.faults.At("tls", fault.Clear)) {
		c.over = true
		return
	}
	// RFC 4217 section 4: the session starts anew. What was sent in clear behind AUTH was dropped with the old reader.
	c.loggedIn, c.user = false, ""
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
	_ = t.SetReadDeadline(time.Now().Add(dataLimit))
	_, _ = bufio.NewReader(t).ReadByte() // the client's close_notify
	_ = c.raw.SetDeadline(time.Time{})
	c.buffers(c.raw)
}
