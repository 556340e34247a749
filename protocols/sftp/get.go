package sftp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"mftprobe/probe"
)

// download is one get under way.
type download struct {
	path   string
	handle string
	sum    hash.Hash
	offset int64 // of the next byte
	moved  int64
	end    bool // the server said end of file
	opened bool
}

// get reads a file and keeps nothing but its hash.
func (d *driver) get(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	g := &download{path: d.abs(step.Path), sum: sha256.New(), offset: step.Offset}
	var o probe.Outcome
	if d.target.SSH.Concurrency > 1 && step.Offset == 0 {
		o = d.getThroughLibrary(ctx, g)
	} else {
		o = d.getInOrder(ctx, g)
	}
	if g.opened {
		d.recordDownload(g, o)
	}
	o.Path, o.Bytes, o.SHA256 = g.path, g.moved, hex.EncodeToString(g.sum.Sum(nil))
	return o
}

// recordDownload sums the content up, of which only the first READ is recorded.
func (d *driver) recordDownload(g *download, o probe.Outcome) {
	e := probe.Event{Direction: probe.Received, Kind: probe.KindData, Command: typeName(fxpRead), Text: base(g.path), Bytes: g.moved}
	if !o.OK && o.Final == nil {
		e.Failure = d.session.broke(o.Detail)
	}
	d.link.record(e)
}

// getInOrder reads one chunk at a time. If the file is known to fit into one chunk, everything that
// is left to ask travels in one flight: the content, the end of file, the close.
func (d *driver) getInOrder(ctx context.Context, g *download) probe.Outcome {
	answer, err := d.one(ctx, request{typ: fxpOpen, body: openBody(g.path, flagRead)})
	if err != nil {
		return d.failed(err)
	}
	if s, ok := answer.status(); ok {
		return refusal("open", s)
	}
	g.handle, g.opened = answer.handle()
	d.beginTransfer()
	if size, known := d.sizes[g.path]; known && g.offset < size && size-g.offset <= chunk {
		return d.getSmall(ctx, g, size)
	}
	for !g.end {
		if o := d.read(ctx, g); !o.OK {
			if !d.session.isOver() {
				_ = d.closeHandle(ctx, g.handle)
			}
			return o
		}
	}
	if err := d.closeHandle(ctx, g.handle); err != nil {
		return d.failed(err)
	}
	return probe.Outcome{OK: true}
}

func (g *download) readRequest(at int64, n uint32) request {
	return request{typ: fxpRead, body: builder(nil).string(g.handle).uint64(uint64(at)).uint32(n)}
}

// getSmall reads a file of a known size with one flight. What the server says beyond that size
// counts as content: the comparison with what was sent then fails, as it should. A server may answer
// READ with less than was asked for; the rest is then fetched in order.
func (d *driver) getSmall(ctx context.Context, g *download, size int64) probe.Outcome {
	calls, err := d.link.send(
		g.readRequest(g.offset, chunk), g.readRequest(size, chunk), request{typ: fxpClose, body: builder(nil).string(g.handle)},
	)
	if err != nil {
		return d.failed(d.linkEnded(ctx))
	}
	short := false
	for _, c := range calls {
		answer, err := d.await(ctx, c, d.target.Limits.Stall, "stall")
		if err != nil {
			return d.failed(err)
		}
		if o, ok := g.take(answer, c.typ); !ok {
			return o
		}
		if c == calls[0] {
			short = !g.end && g.offset < size
		}
	}
	if short && g.offset < size {
		return d.getRest(ctx, g)
	}
	return probe.Outcome{OK: true}
}

// getRest goes on behind a first answer that was short. The handle is closed already.
func (d *driver) getRest(ctx context.Context, g *download) probe.Outcome {
	delete(d.sizes, g.path)
	g.end = false
	return d.getInOrder(ctx, g)
}

// read asks for the next chunk.
func (d *driver) read(ctx context.Context, g *download) probe.Outcome {
	calls, err := d.link.send(g.readRequest(g.offset, chunk))
	if err != nil {
		return d.failed(d.linkEnded(ctx))
	}
	answer, err := d.await(ctx, calls[0], d.target.Limits.Stall, "stall")
	if err != nil {
		return d.failed(err)
	}
	o, _ := g.take(answer, fxpRead)
	return o
}

// take adds the answer to a READ to the content. It returns false if the server refused.
func (g *download) take(p packet, typ byte) (probe.Outcome, bool) {
	if s, ok := p.status(); ok {
		switch {
		case typ == fxpRead && s.code == statusEOF:
			g.end = true
			return probe.Outcome{OK: true}, true
		case s.code == statusOK:
			return probe.Outcome{OK: true}, true
		}
		return refusal(lower(typ), s), false
	}
	content, ok := p.data()
	if !ok || len(content) == 0 {
		// An empty DATA would be asked for again for ever.
		return probe.Outcome{Detail: "the server answers READ with no content and no end of file"}, false
	}
	g.sum.Write(content)
	g.moved += int64(len(content))
	g.offset += int64(len(content))
	return probe.Outcome{OK: true}, true
}

// Write takes content from the library.
func (g *download) Write(p []byte) (int, error) {
	g.sum.Write(p)
	g.moved += int64(len(p))
	return len(p), nil
}

// getThroughLibrary keeps many READ in flight, as the library does it.
func (d *driver) getThroughLibrary(ctx context.Context, g *download) probe.Outcome {
	d.tune(ctx)
	what := "open"
	err := d.call(ctx, d.target.Limits.Stall, "stall", func() error {
		f, err := d.library.Open(g.path)
		if err != nil {
			return err
		}
		what, g.opened = "read", true
		d.beginTransfer()
		if _, err = f.WriteTo(io.Writer(g)); err != nil {
			_ = f.Close()
			return err
		}
		what = "close"
		return f.Close()
	})
	if err == nil {
		return probe.Outcome{OK: true}
	}
	o := probe.Outcome{Detail: err.Error()}
	if code := d.link.lastRefusal(); code != nil && !d.session.isOver() {
		o.Final, o.Detail = code, codeText(what, code)
	}
	return o
}
