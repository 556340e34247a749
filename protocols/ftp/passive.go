package ftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// Data connection modes of the target.
const (
	modeAuto = "auto"
	modeEPSV = "epsv"
	modePASV = "pasv"
	modePORT = "port"
	modeEPRT = "eprt"
)

func (d *driver) dataMode() string {
	if d.target.FTP.DataMode == "" {
		return modeAuto
	}
	return d.target.FTP.DataMode
}

// openData asks for a data connection in the way that the target wants and opens it.
func (d *driver) openData(ctx context.Context) (*dataConn, error) {
	switch mode := d.dataMode(); mode {
	case modePORT, modeEPRT:
		return d.listen(ctx, mode)
	case modeEPSV:
		return d.epsv(ctx)
	case modePASV:
		return d.pasv(ctx)
	}
	if d.noEPSV {
		return d.pasv(ctx)
	}
	c, err := d.epsv(ctx)
	if err == nil || !d.canFallBack(err) {
		return c, err
	}
	d.noEPSV = true
	trouble := d.rec.Last()
	c, perr := d.pasv(ctx)
	if perr != nil {
		return nil, fmt.Errorf("%w; EPSV before it: %s", perr, err.Error())
	}
	d.rec.Tolerate(trouble)
	d.rec.Add(oddity(probe.OddityPassiveFallback, probe.Event{
		Phase: probe.PhasePassive, Conn: controlID, Text: "EPSV did not work (" + err.Error() + "), PASV did",
		Attr: map[string]string{"from": "EPSV", "to": "PASV", "reason": fallbackReason(err)},
	}))
	return c, nil
}

// canFallBack tells whether PASV may do better than EPSV just did. A port that stays silent is not
// tried again: PASV opens another one of the same range, and the limit would have to run twice.
func (d *driver) canFallBack(err error) bool {
	var refusal replyError
	if d.ctl.over() || d.peer.Is6() {
		return false
	}
	if errors.As(err, &refusal) || errors.Is(err, errForm) {
		return true
	}
	f := dial.FailureOf(err)
	return f.Class == probe.ClassRefused || f.Class == probe.ClassUnreachable || f.Class == probe.ClassReset
}

// fallbackReason tells an EPSV that the server does not do from one whose port did not answer.
func fallbackReason(err error) string {
	var refusal replyError
	if errors.As(err, &refusal) || errors.Is(err, errForm) {
		return "reply"
	}
	return "port"
}

// epsv opens a passive data connection by RFC 2428.
func (d *driver) epsv(ctx context.Context) (*dataConn, error) {
	r, err := d.ctl.do(ctx, d.step, cmd("EPSV", ""))
	if err != nil {
		return nil, err
	}
	if !r.positive() {
		return nil, replyError{r}
	}
	port, plain, err := parse229(r.words)
	if err != nil {
		return nil, d.badForm(r, err)
	}
	if !plain {
		d.oddForm(r)
	}
	return d.dialData(ctx, d.target.Host, d.peerOf(), port)
}

// pasv opens a passive data connection by RFC 959.
func (d *driver) pasv(ctx context.Context) (*dataConn, error) {
	r, err := d.ctl.do(ctx, d.step, cmd("PASV", ""))
	if err != nil {
		return nil, err
	}
	if !r.positive() {
		return nil, replyError{r}
	}
	at, plain, err := parse227(r.words)
	if err != nil {
		return nil, d.badForm(r, err)
	}
	if !plain {
		d.oddForm(r)
	}
	host, addr := d.target.Host, d.peerOf()
	kind := addressKind(at.Addr(), d.peer)
	if d.target.FTP.TrustPasvAddress && !at.Addr().IsUnspecified() {
		host, addr = at.Addr().String(), at.Addr()
	}
	if kind != "" {
		d.rec.Add(oddity(probe.OddityPasvAddress, probe.Event{
			Phase: probe.PhasePassive, Conn: controlID, Code: r.event(), Text: "the server announces " + at.Addr().String() + " for the data",
			Attr: map[string]string{"address": at.Addr().String(), "kind": kind, "dialled": host},
		}))
	}
	return d.dialData(ctx, host, addr, int(at.Port()))
}

// badForm records a passive reply that cannot be read.
func (d *driver) badForm(r *reply, err error) error {
	e := oddity(probe.OddityPasvForm, probe.Event{
		Phase: probe.PhasePassive, Conn: controlID, Code: r.event(), Text: r.text,
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: err.Error()},
	})
	e.Tolerated = false
	d.rec.Add(e)
	return err
}

func (d *driver) oddForm(r *reply) {
	d.rec.Add(oddity(probe.OddityPasvForm, probe.Event{
		Phase: probe.PhasePassive, Conn: controlID, Code: r.event(), Text: "the reply is not written as the RFC wants it",
	}))
}

func (d *driver) newData() *dataConn {
	d.dataCount++
	return &dataConn{d: d, id: "data-" + strconv.Itoa(d.dataCount)}
}

// dialData connects to the port that the server announced.
func (d *driver) dialData(ctx context.Context, host string, addr netip.Addr, port int) (*dataConn, error) {
	c := d.newData()
	conn, err := d.dialer.Dial(ctx, dial.Request{
		Conn: c.id, Role: "data", Host: host, Port: port, Address: addr, Phase: probe.PhaseDataConnect,
	})
	if err != nil {
		return nil, err
	}
	c.raw = conn
	return c, nil
}

// passiveStep opens the data connection that the next transfer uses.
func (d *driver) passiveStep(ctx context.Context) probe.Outcome {
	d.dropReady()
	c, err := d.openData(ctx)
	if err != nil {
		return d.answer(nil, err)
	}
	d.ready = c
	return d.opened(c)
}

// opened is the outcome of a data connection that stands or, in active mode, is waited for.
func (d *driver) opened(c *dataConn) probe.Outcome {
	o := probe.Outcome{OK: true, Final: d.ctl.latest().event()}
	if addr, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		o.Detail = "data port " + strconv.Itoa(addr.Port)
	}
	return o
}

// takeReady returns the data connection for the next transfer: the one that a step before has
// opened, or a new one.
func (d *driver) takeReady(ctx context.Context) (*dataConn, error) {
	if c := d.ready; c != nil {
		d.ready = nil
		return c, nil
	}
	return d.openData(ctx)
}

func (d *driver) dropReady() {
	if d.ready != nil {
		_ = d.ready.Close()
		d.ready = nil
	}
}
