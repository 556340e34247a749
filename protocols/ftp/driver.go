package ftp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// controlID is the control connection in the record; data connections are data-1, data-2, …
const controlID = "control"

// New makes a driver for FTP, explicit and implicit FTPS. It does not touch the network.
func New(t probe.Target, rec *probe.Recorder) probe.Driver { return newDriver(t, rec) }

func newDriver(t probe.Target, rec *probe.Recorder) *driver {
	limits := t.Limits.WithDefaults()
	return &driver{
		target: t, limits: limits, rec: rec,
		dialer: dial.Dialer{Network: t.Network, Limit: limits.Connect, Record: rec},
	}
}

// driver makes one session after the other with one server, mostly one.
type driver struct {
	target probe.Target
	limits probe.Limits
	rec    *probe.Recorder
	dialer dial.Dialer

	step      string // the name of the running step
	dataCount int
	session

	mu      sync.Mutex
	blocked net.Conn  // the control connection while a handshake waits
	moving  *dataConn // the data connection that a step waits on
	gone    bool      // the step's context has ended
	turn    int       // counts the steps
}

// session is what is known of the session under way.
type session struct {
	security        *security
	ctl             *control
	raw             net.Conn    // the TCP connection under ctl
	peer            netip.Addr  // the server, unless a proxy hides it
	left            bool        // QUIT was answered
	patient         bool        // a ClientHello that comes before the transfer command waits in its queue
	protected       bool        // data connections use TLS
	protectionKnown bool        // PROT was answered
	setup           []*exchange // commands whose replies need not be waited for yet
	features        features
	mode            string // the transfer type that the server is in: I, A or empty
	utf8            bool   // OPTS UTF8 ON was sent
	noEPSV          bool   // EPSV did not work before
	noMLSD          bool   // MLSD is offered but does not work
	system          string // answer to SYST
	ready           *dataConn
	lib             *bridge
}

// Do carries out one step.
func (d *driver) Do(ctx context.Context, s probe.Step) probe.Outcome {
	d.step = s.Name
	d.mu.Lock()
	d.gone = false
	d.turn++
	turn := d.turn
	d.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { d.abort(turn, context.Cause(ctx)) })
	defer stop()
	if s.Op == probe.OpConnect {
		return d.connect(ctx)
	}
	if d.ctl == nil || d.left {
		return probe.Outcome{Over: true, Detail: "there is no connection"}
	}
	if d.ctl.over() {
		return d.ended(nil)
	}
	return d.perform(ctx, s)
}

// perform carries out a step of an open session. What may be repeated without harm does not wait for
// the replies to the setup.
func (d *driver) perform(ctx context.Context, s probe.Step) probe.Outcome {
	switch s.Op {
	case probe.OpLogin:
		return d.login(ctx)
	case probe.OpQuit:
		return d.quit(ctx)
	case probe.OpPwd:
		return d.pwd(ctx)
	case probe.OpPassive:
		return d.passiveStep(ctx)
	}
	if err := d.settle(ctx); err != nil {
		return d.ended(err)
	}
	if err := d.announceUTF8(ctx, s.Path, s.To); err != nil {
		return d.ended(err)
	}
	switch s.Op {
	case probe.OpActive:
		return d.activeStep(ctx)
	case probe.OpCwd:
		return d.cwd(ctx, s)
	case probe.OpList, probe.OpNlst, probe.OpMlsd:
		return d.list(ctx, s)
	case probe.OpPut, probe.OpAppend:
		return d.put(ctx, s)
	case probe.OpGet:
		return d.get(ctx, s)
	case probe.OpSize, probe.OpMdtm, probe.OpStat:
		return d.inquire(ctx, s)
	case probe.OpRename:
		return d.rename(ctx, s)
	case probe.OpDelete, probe.OpMkdir, probe.OpRmdir, probe.OpNoop:
		return d.simple(ctx, s)
	case probe.OpChmod:
		return d.raw1(ctx, cmd("SITE", "CHMOD "+s.Mode+" "+s.Path))
	case probe.OpRaw:
		return d.rawStep(ctx, s)
	}
	return probe.Outcome{Detail: "FTP has no operation " + string(s.Op)}
}

// abort ends every wait of the step that is the turn's, if it is still running: the context of a step can end just
// when the next one begins.
func (d *driver) abort(turn int, why error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if turn != d.turn {
		return
	}
	d.gone = true
	if d.blocked != nil {
		_ = d.blocked.SetDeadline(time.Unix(1, 0))
	}
	if d.moving != nil {
		d.moving.interrupt(why)
	}
}

// guard gives conn the deadline of a handshake, which the end of the step's context brings forward.
func (d *driver) guard(conn net.Conn, limit time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.blocked = conn
	t := time.Now().Add(limit)
	if d.gone {
		t = time.Unix(1, 0)
	}
	_ = conn.SetDeadline(t)
}

// release takes the deadline off again.
func (d *driver) release(conn net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.blocked = nil
	_ = conn.SetDeadline(time.Time{})
}

// watch makes c the data connection that the step waits on.
func (d *driver) watch(ctx context.Context, c *dataConn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.moving = c
	if c != nil && d.gone {
		c.interrupt(context.Cause(ctx))
	}
}

// replyError is a reply that refuses.
type replyError struct{ *reply }

// Error returns code and text.
func (e replyError) Error() string { return strconv.Itoa(e.code) + " " + e.words }

// answer turns a reply into an outcome.
func (d *driver) answer(r *reply, err error) probe.Outcome {
	var refusal replyError
	switch {
	case errors.As(err, &refusal):
		r = refusal.reply
	case err != nil:
		return d.ended(err)
	}
	o := probe.Outcome{OK: r.positive(), Final: r.event(), Over: d.ctl.over()}
	if !o.OK {
		o.Detail = replyError{r}.Error()
	}
	return o
}

// ended is the outcome of a step that could not go on.
func (d *driver) ended(err error) probe.Outcome {
	o := probe.Outcome{Over: d.ctl == nil || d.ctl.over()}
	if o.Over && d.ctl != nil {
		o.Detail = d.ctl.why()
		if last := d.ctl.parting(); last != nil {
			o.Final = last.event()
		}
	}
	if o.Detail == "" && err != nil {
		o.Detail = err.Error()
	}
	return o
}

// Close ends the session. If it still stands, QUIT is sent for politeness; its reply is not awaited.
func (d *driver) Close() error {
	if d.ready != nil {
		_ = d.ready.Close()
		d.ready = nil
	}
	if d.moving != nil {
		_ = d.moving.Close()
	}
	if d.ctl == nil {
		return nil
	}
	if !d.left {
		d.ctl.depart(d.step)
	}
	d.ctl.close()
	d.ctl = nil
	return nil
}
