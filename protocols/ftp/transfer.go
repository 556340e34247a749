package ftp

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strconv"

	library "github.com/jlaffaye/ftp"

	"mftprobe/probe"
)

// put uploads the step's payload; append adds it to a file.
func (d *driver) put(ctx context.Context, s probe.Step) probe.Outcome {
	if o, ok := d.mayWrite(ctx, s); !ok {
		return o
	}
	if o, ok := d.setType(ctx, d.wantedType()); !ok {
		return o
	}
	src, err := s.Payload.Open()
	if err != nil {
		return probe.Outcome{Detail: "open the payload: " + err.Error()}
	}
	defer src.Close()
	up := newUpload(src, s.Payload.Size(), d.mode == typeASCII)
	up.second = d.extraHash(s.Payload.Size())
	defer up.stop()
	b, err := d.run(ctx, operation{call: func(c *library.ServerConn) error {
		if s.Op == probe.OpAppend {
			return c.Append(s.Path, up)
		}
		return c.StorFrom(s.Path, up, uint64(s.Offset))
	}})
	up.stop()
	o := d.outcome(b, err)
	o.Path, o.Bytes, o.SHA256 = s.Path, up.sent, hex.EncodeToString(up.hash.Sum(nil))
	o.Created = d.mayExist(b)
	switch {
	case up.err != nil:
		o.OK, o.Detail = false, "read the payload: "+up.err.Error()
	case o.OK && !up.whole:
		o.OK, o.Detail = false, "the server confirmed a file that was not sent whole"
	case o.OK:
		o.Detail = strconv.FormatInt(o.Bytes, 10) + " bytes"
		if s.Op == probe.OpPut && s.Offset == 0 {
			d.checksum(ctx, s.Path, up, &o)
		}
	}
	return o
}

// mayWrite tells whether an upload writes over nothing. To append never does.
func (d *driver) mayWrite(ctx context.Context, s probe.Step) (probe.Outcome, bool) {
	switch {
	case s.Op == probe.OpAppend || s.Fresh && s.Offset == 0:
		return probe.Outcome{}, true
	case s.Offset == 0:
		return d.free(ctx, s.Path)
	}
	return d.endsAt(ctx, s.Path, s.Offset)
}

// mayExist tells whether an upload may have left a file behind: if it began, if nobody knows, and if
// it was refused for a passing reason, which servers find out after they have made the file.
func (d *driver) mayExist(b *bridge) bool {
	if b == nil || b.data == nil || b.data.x == nil {
		return false
	}
	x := b.data.x
	r := d.ctl.finalReply(x)
	return r == nil || r.code < 500 || d.ctl.firstReply(x) != nil
}

// get downloads a file and keeps its length and hash.
func (d *driver) get(ctx context.Context, s probe.Step) probe.Outcome {
	if o, ok := d.setType(ctx, d.wantedType()); !ok {
		return o
	}
	down := newDownload(d.mode == typeASCII)
	b, err := d.run(ctx, operation{call: func(c *library.ServerConn) error {
		body, err := c.RetrFrom(s.Path, uint64(s.Offset))
		if err != nil {
			return err
		}
		return errors.Join(down.from(body), body.Close())
	}})
	o := d.outcome(b, err)
	o.Path, o.Bytes, o.SHA256 = s.Path, down.bytes, down.sum()
	switch {
	case !o.OK:
	case b.data != nil && b.data.short:
		o.OK, o.Detail = false, "the server confirmed a transfer whose data broke off"
	default:
		o.Detail = strconv.FormatInt(o.Bytes, 10) + " bytes"
		d.secondGet(ctx, s, o)
	}
	return o
}

// beginTransfer sends a command that moves data on c.
func (d *driver) beginTransfer(ctx context.Context, c *dataConn, m command) (*exchange, error) {
	x := newExchange(d.step, m)
	x.onReply, x.onLost = c.onReply, c.onLost
	c.ctx, c.x, c.used, c.up = ctx, x, true, m.name == "STOR" || m.name == "APPE"
	d.watch(ctx, c)
	return x, d.ctl.sendAll([]*exchange{x})
}

// begin waits until an upload may start. Without TLS nothing tells that the server has taken the
// data connection but its preliminary reply; a server that never sends one gets the data after half
// of the limit.
func (c *dataConn) begin() error {
	if c.d.protected {
		return c.open()
	}
	if err := c.awaitStart(); err != nil {
		return err
	}
	return c.open()
}

// awaitStart waits for the first reply to the transfer command, at most half of the limit, since
// there are servers that send no preliminary one.
func (c *dataConn) awaitStart() error {
	ctl := c.d.ctl
	if err := ctl.begun(c.ctx, c.x, c.d.limits.Reply/2); err != nil {
		return err
	}
	if r := ctl.finalReply(c.x); r != nil && r.negative() {
		return errRefused
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late = c.unanswered() // asked under the lock that the reader takes behind a reply, so that one of the two sees the other
	return nil
}

// ReadFrom sends what r gives. The library's copy loop ends up here.
func (c *dataConn) ReadFrom(r io.Reader) (int64, error) {
	if err := c.begin(); err != nil {
		c.short = true
		return 0, err
	}
	up, ok := r.(*upload)
	if !ok {
		return io.Copy(struct{ io.Writer }{c}, r)
	}
	c.total = up.size
	var total int64
	for {
		chunk, err := up.next()
		if len(chunk) > 0 {
			n, werr := c.Write(chunk)
			total += int64(n)
			up.wrote(n)
			if werr != nil {
				return total, werr
			}
		}
		if errors.Is(err, io.EOF) {
			up.whole = true
			return total, nil
		}
		if err != nil {
			up.err = err
			c.short = true
			return total, err
		}
	}
}
