package sftp

import (
	"context"
	"fmt"
	"time"

	"mftprobe/probe"
)

// maxListing bounds the bytes of one directory listing: a server can go on for ever.
const maxListing = 64 << 20

// readdirs is how many READDIR are in flight: of a small directory the first brings the names and
// the second the end.
const readdirs = 2

// listing collects the answers to READDIR.
type listing struct {
	entries []probe.Entry
	count   int
	bytes   int64
	end     bool
	status  status // why it ended
	broken  string // why it cannot be used, if so
}

// list serves list and nlst: OPENDIR, READDIR to the end, CLOSE.
func (d *driver) list(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	p := d.abs(step.Path)
	if p == "" {
		p = "."
	}
	answer, err := d.one(ctx, request{typ: fxpOpendir, body: builder(nil).string(p)})
	if err != nil {
		return d.failed(err)
	}
	if s, ok := answer.status(); ok {
		return refusal("opendir", s)
	}
	handle, _ := answer.handle()
	var l listing
	for !l.end {
		if err := d.readdir(ctx, handle, &l); err != nil {
			return d.failed(err)
		}
	}
	// The answer to CLOSE tells nothing that the listing depends on: it may come with the next step.
	if _, err := d.link.send(request{typ: fxpClose, body: builder(nil).string(handle)}); err != nil {
		return d.failed(d.linkEnded(ctx))
	}
	return d.listed(step, p, &l)
}

// readdir sends one flight of READDIR and takes the answers.
func (d *driver) readdir(ctx context.Context, handle string, l *listing) error {
	var flight []request
	for range readdirs {
		flight = append(flight, request{typ: fxpReaddir, body: builder(nil).string(handle)})
	}
	calls, err := d.link.send(flight...)
	if err != nil {
		return d.linkEnded(ctx)
	}
	for _, c := range calls {
		answer, err := d.await(ctx, c, d.target.Limits.Stall, "stall")
		if err != nil {
			return err
		}
		l.take(answer)
	}
	return nil
}

// take adds one answer to the listing.
func (l *listing) take(p packet) {
	if s, ok := p.status(); ok {
		if !l.end {
			l.end, l.status = true, s
		}
		return
	}
	l.bytes += int64(len(p.body))
	r := reader{b: p.body}
	for n := r.uint32(); n > 0; n-- {
		name, _ := r.string(), r.string()
		a, rest, ok := cutAttributes(r.b)
		if r.short || !ok {
			l.end, l.broken = true, "the listing is cut short"
			return
		}
		r.b = rest
		l.add(name, a)
	}
	if l.bytes > maxListing {
		l.end, l.broken = true, fmt.Sprintf("the listing is longer than %d bytes", maxListing)
	}
}

func (l *listing) add(name string, a attributes) {
	if name == "." || name == ".." {
		return
	}
	l.count++
	if len(l.entries) >= probe.MaxEntries {
		return
	}
	e := probe.Entry{Name: name, Size: int64(a.size), Dir: a.isDir()}
	if a.hasTime {
		e.ModTime = time.Unix(int64(a.mtime), 0)
	}
	l.entries = append(l.entries, e)
}

// listed makes the outcome of a listing that has ended.
func (d *driver) listed(step probe.Step, p string, l *listing) probe.Outcome {
	format := "sftp"
	if step.Op == probe.OpNlst {
		format = "names"
	}
	o := probe.Outcome{
		OK: true, Path: p, Bytes: l.bytes, Entries: l.entries,
		Listing: &probe.ListingInfo{Command: typeName(fxpReaddir), Format: format, Bytes: l.bytes, Lines: l.count, Entries: l.count},
		Detail:  fmt.Sprintf("%d entries", l.count),
	}
	e := probe.Event{Direction: probe.Received, Kind: probe.KindData, Command: typeName(fxpReaddir), Text: o.Detail, Bytes: l.bytes}
	switch {
	case l.broken != "":
		o.OK, o.Detail, e.Text = false, l.broken, l.broken
		e.Failure = &probe.Failure{Class: probe.ClassMalformed, Text: l.broken}
	case l.status.code != statusEOF:
		code := statusCode(l.status)
		o.OK, o.Final, o.Detail = false, code, codeText("readdir", code)
	}
	d.link.record(e)
	return o
}
