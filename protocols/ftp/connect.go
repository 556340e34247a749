package ftp

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"strings"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// connect opens the control connection: name, TCP, proxy, implicit TLS, greeting, explicit TLS.
func (d *driver) connect(ctx context.Context) probe.Outcome {
	if d.ctl != nil {
		_ = d.Close()
	}
	d.session = session{security: newSecurity(d.target)}
	conn, err := d.dialer.Dial(ctx, dial.Request{
		Conn: controlID, Role: controlID, Host: d.target.Host, Port: d.target.Port, Address: d.target.Address,
	})
	if err != nil {
		return probe.Outcome{Over: true, Detail: err.Error()}
	}
	d.raw = conn
	d.peer = d.peerBehind(conn)
	d.ctl = newControl(d.rec, d.limits.Reply, conn)
	if d.target.Protocol == probe.FTPS {
		if err := d.startTLS(ctx); err != nil {
			return d.broken(err)
		}
	}
	r, err := d.greet(ctx)
	if err != nil || !r.positive() || d.target.Protocol != probe.FTPES {
		return d.answer(r, err)
	}
	return d.authTLS(ctx)
}

// peerBehind returns the server's address, if it is known: a proxy hides what a name resolves to.
func (d *driver) peerBehind(conn net.Conn) netip.Addr {
	if d.target.Network.Proxy != nil {
		addr, _ := netip.ParseAddr(d.target.Host)
		return addr.Unmap()
	}
	if addr, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return addr.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// broken is the outcome of a handshake that failed.
func (d *driver) broken(err error) probe.Outcome {
	d.ctl.forsake(failureOf(err))
	return probe.Outcome{Over: true, Detail: "TLS: " + err.Error()}
}

// greet waits for the greeting, be it behind a 120 (RFC 959 section 5.4).
func (d *driver) greet(ctx context.Context) (*reply, error) {
	x := d.ctl.expectGreeting(d.step)
	d.ctl.start()
	r, err := d.ctl.final(ctx, x)
	if err == nil {
		d.patient = patientServer(r.event().Text)
	}
	return r, err
}

// patientServers are those on which a data handshake was measured to be safe before the preliminary
// reply: they accept the connection only when the transfer command comes, and what was sent waits.
var patientServers = []string{"vsFTPd", "ProFTPD", "Pure-FTPd", "mftprobe"}

func patientServer(greeting string) bool {
	return slices.ContainsFunc(patientServers, func(name string) bool { return strings.Contains(greeting, name) })
}

// startTLS puts TLS on the control connection. The reader must not be running.
func (d *driver) startTLS(ctx context.Context) error {
	d.guard(d.raw, d.limits.Reply)
	h := handshake{rec: d.rec, conn: d.raw, id: controlID, phase: probe.PhaseTLS, step: d.step, limit: d.limits.Reply}
	conn, under, err := d.security.secure(ctx, h)
	d.release(d.raw)
	if err != nil {
		return err
	}
	d.ctl.conn, d.ctl.tap = conn, under
	d.ctl.phase = probe.PhaseTLS // what comes unasked now, such as an alert about our certificate, is about the handshake
	return nil
}

// authTLS asks for TLS (RFC 4217 section 4). There is no way back to clear text.
func (d *driver) authTLS(ctx context.Context) probe.Outcome {
	r, err := d.ctl.do(ctx, d.step, cmd("AUTH", "TLS"))
	if err == nil && r.code == 504 {
		// The draft before RFC 4217 called it SSL, and some servers know only that word.
		if r, err = d.ctl.do(ctx, d.step, cmd("AUTH", "SSL")); err == nil && !r.negative() {
			d.rec.Add(oddity(probe.OddityFallback, probe.Event{
				Phase: probe.PhaseAuthTLS, Conn: controlID, Text: "the server knows AUTH SSL only",
				Attr: map[string]string{"from": "AUTH TLS", "to": "AUTH SSL"},
			}))
		}
	}
	if err != nil {
		return d.ended(err)
	}
	if r.negative() {
		return d.noTLS(ctx, r)
	}
	<-d.ctl.stopped
	if junk := d.ctl.behindHalt; junk != "" {
		d.rec.Add(oddity(probe.OddityBytesAfterAuth, probe.Event{
			Phase: probe.PhaseAuthTLS, Conn: controlID, Bytes: int64(len(junk)), Text: junk[:min(len(junk), maxShownText)], Code: replyIn(junk),
		}))
	}
	if err := d.startTLS(ctx); err != nil {
		return d.broken(err)
	}
	d.ctl.start()
	return probe.Outcome{OK: true, Final: r.event(), Detail: tls.VersionName(d.security.version)}
}

// noTLS is the end of a server that refuses AUTH. Whether it offers TLS at all is worth one question.
func (d *driver) noTLS(ctx context.Context, r *reply) probe.Outcome {
	o := d.answer(r, nil)
	if !o.Over && ctx.Err() == nil {
		_, _ = d.ctl.do(ctx, d.step, cmd("FEAT", ""))
		o.Over = d.ctl.over()
	}
	return o
}

// peerOf returns the address to dial for data connections: the one that the control connection
// reached, or none behind a proxy, which finds it by the name.
func (d *driver) peerOf() netip.Addr {
	if d.peer.IsValid() {
		return d.peer
	}
	return d.target.Address
}
