package ftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"mftprobe/probe"
)

// A second opinion does what the library has done once more without it, as far as that changes
// nothing on the server. A difference is a defect of one of the two, and a finding.

// secondReply repeats a command and compares what read finds in the reply with what the library gave.
func (d *driver) secondReply(ctx context.Context, m command, read func(*reply) string, first string) {
	if !d.target.FTP.SecondOpinion {
		return
	}
	r, err := d.ctl.do(ctx, d.step, m)
	if err != nil {
		return
	}
	second := strconv.Itoa(r.code)
	if r.positive() {
		second = read(r)
	}
	d.compare(m.name, first, second)
}

// secondList lists once more.
func (d *driver) secondList(ctx context.Context, s probe.Step, l *listing, o probe.Outcome) {
	if !d.target.FTP.SecondOpinion {
		return
	}
	again := &listing{verb: l.verb}
	err := d.without(ctx, cmd(l.verb, s.Path), func(c *dataConn) error {
		again.dataConn = c
		_, err := io.Copy(io.Discard, again)
		return err
	})
	if err != nil {
		d.compare(l.verb, "success", err.Error())
		return
	}
	names := func(entries []probe.Entry) string {
		var out []string
		for _, e := range entries {
			out = append(out, e.Name)
		}
		slices.Sort(out)
		return fmt.Sprintf("%d entries %.200q", len(out), out)
	}
	second := again.read().entries
	if l.verb == cmdNLST {
		second = namesOf(again.lines)
	}
	d.compare(l.verb, names(o.Entries), names(second))
}

// secondGet downloads once more.
func (d *driver) secondGet(ctx context.Context, s probe.Step, o probe.Outcome) {
	if !d.target.FTP.SecondOpinion || s.Offset != 0 {
		return
	}
	down := newDownload(d.mode == typeASCII)
	err := d.without(ctx, cmd("RETR", s.Path), func(c *dataConn) error { return down.from(c) })
	second := fmt.Sprintf("%d bytes, sha256 %s", down.bytes, down.sum())
	if err != nil {
		second = err.Error()
	}
	d.compare("RETR", fmt.Sprintf("%d bytes, sha256 %s", o.Bytes, o.SHA256), second)
}

// without moves data without the library.
func (d *driver) without(ctx context.Context, m command, move func(c *dataConn) error) error {
	c, err := d.takeReady(ctx)
	if err != nil {
		return err
	}
	defer d.watch(ctx, nil)
	x, err := d.beginTransfer(ctx, c, m)
	if err == nil {
		err = move(c)
	}
	_ = c.Close()
	if err != nil && d.ctl.finalReply(x) == nil && d.ctl.over() {
		return err
	}
	r, ferr := d.ctl.final(ctx, x)
	if ferr == nil && !r.positive() {
		ferr = replyError{r}
	}
	return errors.Join(ferr, err)
}

// compare records whether the two opinions agree.
func (d *driver) compare(what, first, second string) {
	e := probe.Event{
		Phase: probe.PhaseVerify, Conn: controlID, Direction: probe.Local, Kind: probe.KindCheck, Command: what,
		Text: "without the library the same", Attr: map[string]string{"check": "second-opinion", "library": first, "own": second},
	}
	if first != second {
		e.Text = "with the library " + first + ", without it " + second
		e.Failure, e.Tolerated = &probe.Failure{Class: probe.ClassMismatch, Text: e.Text}, true
	}
	d.rec.Add(e)
}
