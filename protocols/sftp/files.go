package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// begin makes phase that of the requests to come. Clean-up is a phase of its own.
func (d *driver) begin(step probe.Step, phase probe.Phase) {
	if step.Name == string(probe.PhaseCleanup) {
		phase = probe.PhaseCleanup
	}
	d.session.enter(phase)
	d.link.begin(step.Name, phase)
}

// beginTransfer goes on from the opening of a file to its content.
func (d *driver) beginTransfer() {
	d.session.enter(probe.PhaseTransfer)
	d.link.enter(probe.PhaseTransfer)
}

// abs puts a path behind the directory that was entered.
func (d *driver) abs(p string) string {
	switch {
	case strings.HasPrefix(p, "/") || d.dir == "":
		return p
	case p == "" || p == ".":
		return d.dir
	}
	return strings.TrimSuffix(d.dir, "/") + "/" + p
}

// call runs an operation of the SFTP library under the watchdog.
func (d *driver) call(ctx context.Context, limit time.Duration, name string, run func() error) error {
	var err error
	done := make(chan struct{})
	d.session.workers.Go(func() {
		defer close(done)
		err = recovered(run)
	})
	if cut := d.session.wait(ctx, done, limit, name); cut != nil {
		return cut
	}
	var library *libraryError
	if errors.As(err, &library) {
		d.session.end(libraryEvent(library), library.Error())
		return library
	}
	if err != nil && d.link.cause() != nil {
		return d.linkEnded(ctx)
	}
	if err != nil && d.link.lastRefusal() == nil {
		library = &libraryError{err.Error()}
		d.session.end(libraryEvent(library), library.Error())
		return library
	}
	return err
}

// simple runs an operation of the library that one status answers.
func (d *driver) simple(ctx context.Context, step probe.Step, run func() error) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	err := d.call(ctx, d.target.Limits.Reply, "reply", run)
	o := probe.Outcome{OK: err == nil, Final: d.link.lastStatus(), Path: d.abs(step.Path)}
	if err != nil {
		o.Detail = d.detail(string(step.Op), err)
	}
	return o
}

// detail makes one line of a refusal: the status if there is one.
func (d *driver) detail(what string, err error) string {
	if code := d.link.lastRefusal(); code != nil && !d.session.isOver() {
		return codeText(what, code)
	}
	return what + ": " + err.Error()
}

func codeText(what string, code *probe.Code) string {
	return strings.TrimSpace(fmt.Sprintf("%s: %d %s %s", what, code.Value, code.Name, code.Text))
}

func (d *driver) pwd(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhasePath)
	var where string
	err := d.call(ctx, d.target.Limits.Reply, "reply", func() (err error) {
		where, err = d.library.RealPath(d.abs("."))
		return err
	})
	if err != nil {
		return probe.Outcome{Final: d.link.lastStatus(), Detail: d.detail("realpath", err)}
	}
	return probe.Outcome{OK: true, Path: where}
}

// cwd makes a directory the place where relative paths begin, if it is one. SFTP has no such
// request: the name is resolved and looked at in one flight.
func (d *driver) cwd(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhasePath)
	p := d.abs(step.Path)
	calls, err := d.link.send(request{typ: fxpRealpath, body: builder(nil).string(p)}, request{typ: fxpStat, body: builder(nil).string(p)})
	if err != nil {
		return d.failed(d.linkEnded(ctx))
	}
	resolved, err := d.await(ctx, calls[0], d.target.Limits.Reply, "reply")
	if err != nil {
		return d.failed(err)
	}
	seen, err := d.await(ctx, calls[1], d.target.Limits.Reply, "reply")
	if err != nil {
		return d.failed(err)
	}
	if s, ok := resolved.status(); ok {
		return refusal("realpath", s)
	}
	if s, ok := seen.status(); ok {
		return refusal("stat", s)
	}
	a, _, ok := cutAttributes(seen.body)
	if ok && a.hasMode && !a.isDir() {
		return d.refuseLocally("is-directory", p+" is not a directory")
	}
	d.dir = firstName(resolved)
	return probe.Outcome{OK: true, Path: d.dir}
}

// firstName returns the name in the answer to REALPATH.
func firstName(p packet) string {
	r := reader{b: p.body}
	r.uint32()
	return r.string()
}

// failed is the outcome of a step that the end of the session broke off.
func (d *driver) failed(err error) probe.Outcome {
	return probe.Outcome{Detail: err.Error()}
}

// refusal is the outcome of a request that a status refused.
func refusal(what string, s status) probe.Outcome {
	code := statusCode(s)
	return probe.Outcome{Final: code, Detail: codeText(what, code)}
}

// refuseLocally records that a check of ours keeps a step from going on.
func (d *driver) refuseLocally(check, text string) probe.Outcome {
	d.link.record(probe.Event{
		Direction: probe.Local, Kind: probe.KindCheck, Text: text, Failure: &probe.Failure{Class: probe.ClassUnexpected, Text: text},
		Attr: map[string]string{"check": check},
	})
	return probe.Outcome{Detail: text}
}

// one sends a request of our own and waits for its answer.
func (d *driver) one(ctx context.Context, r request) (packet, error) {
	calls, err := d.link.send(r)
	if err != nil {
		return packet{}, d.linkEnded(ctx)
	}
	return d.await(ctx, calls[0], d.target.Limits.Reply, "reply")
}

// stat serves stat, size and mdtm. The library's own would hide which attributes were told.
func (d *driver) stat(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	p := d.abs(step.Path)
	a, o := d.look(ctx, fxpStat, p)
	if !o.OK {
		return o
	}
	o.Path, o.Size, o.HasSize = p, int64(a.size), a.hasSize
	if a.hasTime {
		o.ModTime = time.Unix(int64(a.mtime), 0)
	}
	o.Detail = a.String()
	if a.hasSize {
		d.sizes[p] = int64(a.size)
	}
	if step.Op == probe.OpSize && !a.hasSize || step.Op == probe.OpMdtm && !a.hasTime {
		o.OK, o.Detail = false, "the server tells no "+string(step.Op)
	}
	return o
}

// look asks for the attributes of p with STAT or LSTAT.
func (d *driver) look(ctx context.Context, typ byte, p string) (attributes, probe.Outcome) {
	answer, err := d.one(ctx, request{typ: typ, body: builder(nil).string(p)})
	if err != nil {
		return attributes{}, d.failed(err)
	}
	return d.attributesIn(answer, typ, p)
}

// attributesIn reads the answer to STAT or LSTAT.
func (d *driver) attributesIn(answer packet, typ byte, p string) (attributes, probe.Outcome) {
	if s, ok := answer.status(); ok {
		return attributes{}, refusal(strings.ToLower(typeName(typ)), s)
	}
	a, _, ok := cutAttributes(answer.body)
	if !ok {
		return a, d.refuseLocally("attributes", "the attributes of "+p+" are cut short")
	}
	return a, probe.Outcome{OK: true}
}

func (d *driver) rename(ctx context.Context, step probe.Step) probe.Outcome {
	from, to := d.abs(step.Path), d.abs(step.To)
	if !step.Fresh {
		if o, free := d.isFree(ctx, step, to); !free {
			return o
		}
	}
	o := d.simple(ctx, step, func() error { return d.library.Rename(from, to) })
	if o.OK {
		if size, ok := d.sizes[from]; ok {
			delete(d.sizes, from)
			d.sizes[to] = size
		}
	}
	o.Created = !o.OK && o.Final == nil // sent, and nobody knows
	return o
}

// isFree makes sure that nothing has the name: some servers rename over it.
func (d *driver) isFree(ctx context.Context, step probe.Step, p string) (probe.Outcome, bool) {
	d.begin(step, probe.PhaseRequest)
	_, o, missing := d.lookFor(ctx, fxpLstat, p)
	if o.OK {
		return d.refuseLocally("exists", p+" exists and is left alone"), false
	}
	return o, missing
}

// lookFor asks for the attributes of something that may be missing: then the refusal is an answer
// like any other, and marked so in the record.
func (d *driver) lookFor(ctx context.Context, typ byte, p string) (a attributes, o probe.Outcome, missing bool) {
	answer, err := d.one(ctx, request{typ: typ, body: builder(nil).string(p)})
	if err != nil {
		return a, d.failed(err), false
	}
	a, o = d.attributesIn(answer, typ, p)
	missing = o.Final != nil && o.Final.Value == statusNoSuchFile
	if missing {
		d.rec.Tolerate(answer.seq)
	}
	return a, o, missing
}

// remove sends REMOVE itself: the library would try RMDIR and STAT after a refusal.
func (d *driver) remove(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	p := d.abs(step.Path)
	answer, err := d.one(ctx, request{typ: fxpRemove, body: builder(nil).string(p)})
	if err != nil {
		return d.failed(err)
	}
	s, _ := answer.status()
	if s.code != statusOK {
		return refusal("remove", s)
	}
	delete(d.sizes, p)
	return probe.Outcome{OK: true, Final: statusCode(s), Path: p}
}

func (d *driver) mkdir(ctx context.Context, step probe.Step) probe.Outcome {
	o := d.simple(ctx, step, func() error { return d.library.Mkdir(d.abs(step.Path)) })
	o.Created = o.OK || o.Final == nil
	return o
}

func (d *driver) rmdir(ctx context.Context, step probe.Step) probe.Outcome {
	return d.simple(ctx, step, func() error { return d.library.RemoveDirectory(d.abs(step.Path)) })
}

func (d *driver) chmod(ctx context.Context, step probe.Step) probe.Outcome {
	mode, err := strconv.ParseUint(step.Mode, 8, 12)
	if err != nil {
		return probe.Outcome{Detail: fmt.Sprintf("mode %q is not octal", step.Mode)}
	}
	return d.simple(ctx, step, func() error { return d.library.Chmod(d.abs(step.Path), fs.FileMode(mode)) })
}

// noop asks the SSH server for a sign of life; any answer is one.
func (d *driver) noop(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	d.session.add(probe.Event{Direction: probe.Sent, Kind: probe.KindRequest, Command: keepAlive})
	err := d.call(ctx, d.target.Limits.Reply, "reply", func() error {
		_, _, err := d.session.conn.SendRequest(keepAlive, true, nil)
		return err
	})
	if err != nil {
		<-d.session.ended
		return d.failed(errors.New(d.session.reason()))
	}
	d.session.add(probe.Event{Direction: probe.Received, Kind: probe.KindResponse, Command: keepAlive})
	return probe.Outcome{OK: true}
}

// base is the last element of a path, for messages.
func base(p string) string { return path.Base(p) }
