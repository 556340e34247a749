package sftp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"mftprobe/probe"
)

// chunk is the content of one READ or WRITE, in bytes. With its header it still fits into one SSH
// packet, of which every server takes 32768 bytes (RFC 4253 section 6.1).
const chunk = 32<<10 - 1<<10

// Bits of pflags (draft-ietf-secsh-filexfer-02 section 6.3).
const (
	flagRead   = 1 << 0
	flagWrite  = 1 << 1
	flagAppend = 1 << 2
	flagCreate = 1 << 3
	flagTrunc  = 1 << 4
)

// upload is one put or append under way.
type upload struct {
	path   string
	handle string
	from   io.Reader // what is still to be sent
	sum    hash.Hash // of what was read
	size   int64     // of the payload
	read   int64     // of it
	offset int64     // in the file, of the next WRITE
	moved  int64     // confirmed by the server
	opened bool
}

// openBody is the request for OPEN without attributes: strict servers refuse any.
func openBody(p string, flags uint32) builder {
	return builder(nil).string(p).uint32(flags).uint32(0)
}

// put writes a new file with the plain flags that strict servers accept. It asks first whether the
// name is free, unless the name was made up for this run.
func (d *driver) put(ctx context.Context, step probe.Step) probe.Outcome {
	p := d.abs(step.Path)
	flags := uint32(flagWrite | flagCreate | flagTrunc)
	if step.Offset > 0 {
		flags = flagWrite
		if o, ok := d.endsAt(ctx, step, p); !ok {
			return o
		}
	} else if !step.Fresh {
		if o, free := d.isFree(ctx, step, p); !free {
			return o
		}
	}
	d.begin(step, probe.PhaseRequest)
	o := d.upload(ctx, step, p, flags, step.Offset)
	o.Created = o.Created && step.Offset == 0
	return o
}

// endsAt makes sure that a resumed file is as long as the offset says, so that nothing is written over.
func (d *driver) endsAt(ctx context.Context, step probe.Step, p string) (probe.Outcome, bool) {
	d.begin(step, probe.PhaseRequest)
	a, o := d.look(ctx, fxpStat, p)
	if !o.OK {
		return o, false
	}
	if !a.hasSize || int64(a.size) != step.Offset {
		return d.refuseLocally("resume", fmt.Sprintf("%s has %d bytes, to be resumed at %d", p, a.size, step.Offset)), false
	}
	return o, true
}

// append adds to a file. The offset is sent as well as the flag: some servers honour only one.
func (d *driver) append(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	p := d.abs(step.Path)
	a, o, isNew := d.lookFor(ctx, fxpStat, p)
	if !o.OK && !isNew {
		return o
	}
	o = d.upload(ctx, step, p, flagWrite|flagAppend|flagCreate, int64(a.size))
	o.Created = o.Created && isNew
	return o
}

// upload opens p and sends the step's payload to it from offset on.
func (d *driver) upload(ctx context.Context, step probe.Step, p string, flags uint32, offset int64) probe.Outcome {
	content, err := step.Payload.Open()
	if err != nil {
		return d.refuseLocally("payload", "read what is to be sent: "+err.Error())
	}
	defer func() { _ = content.Close() }()
	u := &upload{path: p, sum: sha256.New(), size: step.Payload.Size(), offset: offset}
	u.from = io.TeeReader(io.LimitReader(content, u.size), u.sum)
	delete(d.sizes, p)
	var o probe.Outcome
	if d.target.SSH.Concurrency > 1 && flags&flagAppend == 0 && offset == 0 {
		o = d.putThroughLibrary(ctx, u)
	} else {
		o = d.putInOrder(ctx, u, flags)
	}
	if u.opened {
		d.recordUpload(u, o)
	}
	o.Path, o.Bytes, o.SHA256 = p, u.moved, hex.EncodeToString(u.sum.Sum(nil))
	if o.OK {
		d.sizes[p] = offset + u.moved
	} else if o.Final != nil && o.Final.Value == statusFailure && !d.session.isOver() {
		d.askSpace(ctx, p)
	}
	return o
}

// recordUpload sums the content up, of which only the first WRITE is recorded.
func (d *driver) recordUpload(u *upload, o probe.Outcome) {
	e := probe.Event{Direction: probe.Sent, Kind: probe.KindData, Command: typeName(fxpWrite), Text: base(u.path), Bytes: u.moved}
	if !o.OK && o.Final == nil {
		e.Failure = d.session.broke(o.Detail)
	}
	d.link.record(e)
}

// putInOrder sends one WRITE at a time; CLOSE travels with the last.
func (d *driver) putInOrder(ctx context.Context, u *upload, flags uint32) probe.Outcome {
	answer, err := d.one(ctx, request{typ: fxpOpen, body: openBody(u.path, flags)})
	if err != nil {
		return probe.Outcome{Detail: err.Error(), Created: true}
	}
	if s, ok := answer.status(); ok {
		return refusal("open", s)
	}
	u.handle, u.opened = answer.handle()
	d.beginTransfer()
	buf := make([]byte, chunk)
	for {
		n, err := io.ReadFull(u.from, buf)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			o := d.refuseLocally("payload", "read what is to be sent: "+err.Error())
			_ = d.closeHandle(ctx, u.handle)
			o.Created = true
			return o
		}
		u.read += int64(n)
		last := n < chunk || u.read >= u.size
		o := d.write(ctx, u, buf[:n], last)
		o.Created = true
		if last || !o.OK {
			return o
		}
	}
}

// write sends one WRITE, with CLOSE behind it if it is the last, and waits for the answers.
func (d *driver) write(ctx context.Context, u *upload, content []byte, last bool) probe.Outcome {
	var flight []request
	if len(content) > 0 {
		body := builder(nil).string(u.handle).uint64(uint64(u.offset)).uint32(uint32(len(content)))
		flight = append(flight, request{typ: fxpWrite, body: body, data: content})
	}
	if last {
		flight = append(flight, request{typ: fxpClose, body: builder(nil).string(u.handle)})
	}
	calls, err := d.link.send(flight...)
	if err != nil {
		return d.failed(d.linkEnded(ctx))
	}
	o := d.settle(ctx, calls, func(c *call) {
		if c.typ == fxpWrite {
			u.moved += int64(len(content))
			u.offset += int64(len(content))
		}
	})
	if !o.OK && !last {
		_ = d.closeHandle(ctx, u.handle)
	}
	return o
}

// settle waits for the statuses that answer one flight of a transfer. The first that refuses is the
// outcome, else the last; granted is told of each request before any refusal.
func (d *driver) settle(ctx context.Context, calls []*call, granted func(*call)) probe.Outcome {
	o := probe.Outcome{OK: true}
	for _, c := range calls {
		answer, err := d.await(ctx, c, d.target.Limits.Stall, "stall")
		if err != nil {
			return d.failed(err)
		}
		s, _ := answer.status()
		switch {
		case !o.OK:
		case s.code != statusOK:
			o = refusal(c.what(), s)
		default:
			o.Final = statusCode(s)
			granted(c)
		}
	}
	return o
}

// closeHandle closes a handle after a failure; what it answers is in the record.
func (d *driver) closeHandle(ctx context.Context, handle string) error {
	_, err := d.one(ctx, request{typ: fxpClose, body: builder(nil).string(handle)})
	return err
}

// putThroughLibrary sends many WRITE at a time, as the library does it.
func (d *driver) putThroughLibrary(ctx context.Context, u *upload) probe.Outcome {
	requests := d.tune(ctx)
	what := "open"
	created := false
	err := d.call(ctx, d.target.Limits.Stall, "stall", func() error {
		created = true
		f, err := d.library.OpenFile(u.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			return err
		}
		what, u.opened = "write", true
		d.beginTransfer()
		u.moved, err = f.ReadFromWithConcurrency(u.from, requests)
		if err != nil {
			_ = f.Close()
			return err
		}
		what = "close"
		return f.Close()
	})
	if err == nil {
		return probe.Outcome{OK: true, Created: true, Final: d.link.lastStatus()}
	}
	o := probe.Outcome{Created: created, Detail: err.Error()}
	if code := d.link.lastRefusal(); code != nil && !d.session.isOver() {
		o.Final, o.Detail = code, codeText(what, code)
		o.Created = what != "open"
	}
	return o
}
