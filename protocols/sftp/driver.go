package sftp

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pkg/sftp"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// sshConn is the id of the connection to the target in the record.
const sshConn = "ssh"

// driver speaks SFTP with one target.
type driver struct {
	target  probe.Target
	rec     *probe.Recorder
	hops    []*session // jump hosts, the nearest first
	session *session   // nil before connect
	channel *channel   // nil before login
	link    *link
	library *sftp.Client
	lost    bool // the session is gone and recorded as such
	left    bool // quit was done

	dir   string           // where relative paths begin; empty: where the login led
	sizes map[string]int64 // of files whose size is known, by path as used
	asked *call            // the question for the server's limits
	step  stepClock
}

// stepClock tells a step's own limit from the run's.
type stepClock struct {
	began   time.Time
	timeout time.Duration
}

// limit names the limit that ends the step's context.
func (c *stepClock) limit() string {
	if c.timeout > 0 && time.Since(c.began) >= c.timeout {
		return "step"
	}
	return "total"
}

// New returns a driver for target that records to rec. It touches no network.
func New(target probe.Target, rec *probe.Recorder) probe.Driver {
	target.Limits = target.Limits.WithDefaults()
	return &driver{target: target, rec: rec, sizes: map[string]int64{}}
}

// Do carries out one step.
func (d *driver) Do(ctx context.Context, step probe.Step) probe.Outcome {
	d.step = stepClock{time.Now(), step.Timeout}
	switch step.Op {
	case probe.OpConnect:
		return d.connect(ctx)
	case probe.OpLogin:
		return d.login(ctx)
	case probe.OpQuit:
		return d.quit(ctx)
	}
	if d.link == nil || d.lost || d.left {
		return probe.Outcome{Over: true, Detail: "there is no SFTP session"}
	}
	run, ok := operations[step.Op]
	if !ok {
		return d.cannot(step)
	}
	o := run(d, ctx, step)
	if d.session.isOver() {
		d.lost = true
	}
	o.Over = o.Over || d.lost
	return o
}

// operations are the steps of an established session.
var operations = map[probe.Op]func(*driver, context.Context, probe.Step) probe.Outcome{
	probe.OpPwd:    (*driver).pwd,
	probe.OpCwd:    (*driver).cwd,
	probe.OpList:   (*driver).list,
	probe.OpNlst:   (*driver).list,
	probe.OpMlsd:   (*driver).list, // READDIR tells names and attributes as MLSD does
	probe.OpStat:   (*driver).stat,
	probe.OpSize:   (*driver).stat,
	probe.OpMdtm:   (*driver).stat,
	probe.OpPut:    (*driver).put,
	probe.OpAppend: (*driver).append,
	probe.OpGet:    (*driver).get,
	probe.OpRename: (*driver).rename,
	probe.OpDelete: (*driver).remove,
	probe.OpMkdir:  (*driver).mkdir,
	probe.OpRmdir:  (*driver).rmdir,
	probe.OpChmod:  (*driver).chmod,
	probe.OpNoop:   (*driver).noop,
	probe.OpRaw:    (*driver).raw,
}

// cannot refuses a step that has no meaning in SFTP, as our own limit.
func (d *driver) cannot(step probe.Step) probe.Outcome {
	text := fmt.Sprintf("%s is a step of FTP; SFTP has no such request", step.Op)
	d.session.add(probe.Event{
		Phase: probe.PhaseConfig, Direction: probe.Local, Kind: probe.KindNote, Text: text,
		Failure: &probe.Failure{Class: probe.ClassUnsupported, Text: text},
	})
	return probe.Outcome{Detail: text}
}

// connect reaches the server over its jump hosts and goes on to an accepted host key.
func (d *driver) connect(ctx context.Context) probe.Outcome {
	if d.session != nil {
		return probe.Outcome{OK: true, Detail: "already connected"}
	}
	conn, err := d.reach(ctx)
	if err != nil {
		return probe.Outcome{Over: true, Refused: d.refused(), Detail: err.Error()}
	}
	d.session = d.newSession(d.target, sshConn, conn)
	return d.verify(ctx)
}

// verify waits for the key exchange and the verdict on the host key.
func (d *driver) verify(ctx context.Context) probe.Outcome {
	if err := d.session.toHostKey(ctx); err != nil {
		return d.over(err)
	}
	return probe.Outcome{OK: true, Detail: d.session.serverVersion()}
}

// over is the outcome of a step that ended the session.
func (d *driver) over(err error) probe.Outcome {
	d.lost = true
	return probe.Outcome{Over: true, Detail: err.Error()}
}

// refused tells whether any host on the way refused a login.
func (d *driver) refused() bool {
	for _, s := range d.sessions() {
		if s.queue.refused.Load() {
			return true
		}
	}
	return false
}

// sessions lists the connections, the target's first.
func (d *driver) sessions() []*session {
	var all []*session
	if d.session != nil {
		all = append(all, d.session)
	}
	for _, hop := range slices.Backward(d.hops) {
		all = append(all, hop)
	}
	return all
}

// Close ends the session at once and waits for its goroutines.
func (d *driver) Close() error {
	d.lost = true
	for _, s := range d.sessions() {
		s.shut()
	}
	for _, s := range d.sessions() {
		s.join()
	}
	if d.library != nil {
		_ = d.library.Close()
	}
	return nil
}

// dialer is the way to a TCP connection for a target's hop.
func (d *driver) dialer(t probe.Target) dial.Dialer {
	return dial.Dialer{Network: t.Network, Limit: t.Limits.WithDefaults().Connect, Record: d.rec}
}
