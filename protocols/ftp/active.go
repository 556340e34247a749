package ftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// errNoActive says that active mode cannot be had.
var errNoActive = errors.New("active mode cannot work here")

// activeStep opens a port for the next transfer and announces it.
func (d *driver) activeStep(ctx context.Context) probe.Outcome {
	d.dropReady()
	mode := d.dataMode()
	if mode != modeEPRT && mode != modePORT {
		mode = modePORT
		if d.peer.Is6() {
			mode = modeEPRT
		}
	}
	c, err := d.listen(ctx, mode)
	var refusal replyError
	if mode == modePORT && d.dataMode() == modeAuto && errors.As(err, &refusal) && !d.ctl.over() {
		if c, err = d.listen(ctx, modeEPRT); err == nil {
			d.rec.Add(oddity(probe.OddityFallback, probe.Event{
				Phase: probe.PhaseActive, Conn: controlID, Code: refusal.event(), Text: "PORT was refused, EPRT was not",
				Attr: map[string]string{"from": "PORT", "to": "EPRT"},
			}))
		}
	}
	if err != nil {
		return d.answer(nil, err)
	}
	d.ready = c
	return d.opened(c)
}

// listen opens a port and announces it with PORT or EPRT.
func (d *driver) listen(ctx context.Context, mode string) (*dataConn, error) {
	c := d.newData()
	l, m, err := d.announce(ctx, mode)
	if err != nil {
		f := failureOf(err)
		if errors.Is(err, errNoActive) {
			f.Class = probe.ClassUnsupported
		}
		d.rec.Add(probe.Event{
			Phase: probe.PhaseActive, Conn: c.id, Direction: probe.Local, Kind: probe.KindConnect, Text: err.Error(), Failure: &f,
		})
		return nil, err
	}
	c.listener = l
	r, err := d.ctl.do(ctx, d.step, m)
	if err == nil && !r.positive() {
		err = replyError{r}
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return c, nil
}

// announce opens a port and makes the command that names it.
func (d *driver) announce(ctx context.Context, mode string) (*net.TCPListener, command, error) {
	l, err := d.listener(ctx)
	if err != nil {
		return nil, command{}, err
	}
	at := l.Addr().(*net.TCPAddr).AddrPort()
	addr := at.Addr().Unmap()
	if d.target.FTP.ActiveAddress.IsValid() {
		addr = d.target.FTP.ActiveAddress
	}
	m, err := announcement(mode, netip.AddrPortFrom(addr, at.Port()))
	if err != nil {
		_ = l.Close()
		l = nil
	}
	return l, m, err
}

// announcement makes the PORT (RFC 959) or EPRT (RFC 2428) command.
func announcement(mode string, at netip.AddrPort) (command, error) {
	a, p := at.Addr(), at.Port()
	if mode == modeEPRT {
		family := 1
		if a.Is6() {
			family = 2
		}
		return cmd("EPRT", fmt.Sprintf("|%d|%s|%d|", family, a.WithZone(""), p)), nil
	}
	if !a.Is4() {
		return command{}, fmt.Errorf("%w: PORT cannot announce the IPv6 address %s", errNoActive, a)
	}
	b := a.As4()
	return cmd("PORT", fmt.Sprintf("%d,%d,%d,%d,%d,%d", b[0], b[1], b[2], b[3], p>>8, p&0xff)), nil
}

// listener opens a port of the wanted range on the address that the control connection uses.
func (d *driver) listener(ctx context.Context) (*net.TCPListener, error) {
	local, ok := d.raw.LocalAddr().(*net.TCPAddr)
	if !ok || d.target.Network.Proxy != nil {
		return nil, fmt.Errorf("%w: through a proxy the server cannot connect to this program", errNoActive)
	}
	low, high := d.target.FTP.ActivePortLow, d.target.FTP.ActivePortHigh
	var config net.ListenConfig
	for port := low; ; port++ {
		l, err := config.Listen(ctx, "tcp", (&net.TCPAddr{IP: local.IP, Zone: local.Zone, Port: port}).String())
		if err == nil {
			return l.(*net.TCPListener), nil
		}
		if code := dial.CodeOf(err); port >= high || code == nil || code.Name != "EADDRINUSE" {
			return nil, fmt.Errorf("open a port for the server to connect to: %w", err)
		}
	}
}

// accept waits for the server in active mode. Whoever else connects is turned away.
func (c *dataConn) accept() error {
	if c.raw != nil {
		return nil
	}
	limit := c.d.limits.Connect
	if err := c.arm(limit); err != nil {
		return err
	}
	for {
		conn, err := c.listener.AcceptTCP()
		if err != nil {
			return c.notAccepted(err, limit)
		}
		from := conn.RemoteAddr().(*net.TCPAddr).AddrPort()
		e := probe.Event{
			Phase: probe.PhaseActive, Conn: c.id, Direction: probe.Received, Kind: probe.KindConnect,
			Text: "the server connected from " + from.String(), Attr: map[string]string{"address": from.String()},
		}
		if foreign := from.Addr().Unmap() != c.d.peer; foreign {
			e.Text = "a connection from " + from.String() + ", which is not the server, was turned away"
			e.Attr["foreign"] = "yes"
			e.Tolerated = true
			e.Failure = &probe.Failure{Class: probe.ClassMismatch, Text: e.Text}
			c.d.rec.Add(e)
			_ = conn.Close()
			continue
		}
		c.d.rec.Add(e)
		c.take(conn)
		return nil
	}
}

func (c *dataConn) take(conn net.Conn) {
	c.mu.Lock()
	c.raw = conn
	cut := c.cut
	c.mu.Unlock()
	if cut != nil {
		_ = conn.SetDeadline(time.Unix(1, 0))
	}
	c.d.rec.Connection(c.id, func(x *probe.Connection) {
		x.Role, x.Local, x.Remote = "data", conn.LocalAddr().String(), conn.RemoteAddr().String()
	})
}

// notAccepted records that the server did not connect, unless the control connection has shown why.
func (c *dataConn) notAccepted(err error, limit time.Duration) error {
	why := c.reason()
	if errors.Is(why, errRefused) {
		return why
	}
	if isTimeout(err) && c.graced() {
		return err
	}
	f := dial.FailureOf(err)
	if errors.Is(c.ctx.Err(), context.Canceled) {
		f = probe.Failure{Class: probe.ClassCanceled, Text: "interrupted"}
	}
	e := probe.Event{
		Phase: probe.PhaseActive, Conn: c.id, Direction: probe.Local, Kind: probe.KindConnect, Failure: &f, Text: f.Text,
	}
	switch f.Class {
	case probe.ClassCanceled:
		c.d.ctl.bury(f)
	case probe.ClassTimeout:
		e.Kind = probe.KindTimeout
		e.Attr = map[string]string{"limit": "connect"}
		f.Text = "the server did not connect within " + limit.String()
		if c.ctx.Err() != nil {
			e.Attr["limit"], f.Text = "total", "the time was over before the server connected"
		}
		e.Text = f.Text
		c.d.ctl.bury(f)
	}
	c.d.rec.Add(e)
	return err
}
