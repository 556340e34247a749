package ftp

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	library "github.com/jlaffaye/ftp"

	"mftprobe/probe"
)

// outcome tells how an operation of the library ended, from what really crossed the wire.
func (d *driver) outcome(b *bridge, err error) probe.Outcome {
	if b == nil || b.err != nil {
		return d.answer(nil, err)
	}
	if len(b.replies) == 0 {
		return probe.Outcome{Detail: err.Error(), Over: d.ctl.over()} // refused by the library before anything was sent
	}
	last := b.replies[len(b.replies)-1]
	return d.answer(d.ctl.finalReply(last), nil)
}

// pwd asks for the current directory.
func (d *driver) pwd(ctx context.Context) probe.Outcome {
	b, err := d.run(ctx, operation{call: func(s *library.ServerConn) error {
		_, err := s.CurrentDir()
		return err
	}})
	o := d.outcome(b, err)
	if !o.OK {
		return o
	}
	path, plain, ok := parse257(o.Final.Text)
	if !plain {
		d.rec.Add(oddity(probe.OddityQuotes, probe.Event{
			Phase: probe.PhasePath, Conn: controlID, Code: o.Final, Text: "the path is not quoted as RFC 959 wants it",
		}))
	}
	if !ok {
		o.OK, o.Detail = false, "the reply to PWD names no directory"
		d.malformed(probe.PhasePath, o.Final, o.Detail)
		return o
	}
	o.Path, o.Detail = path, path
	d.secondReply(ctx, cmd("PWD", ""), func(r *reply) string {
		again, _, _ := parse257(r.words)
		return again
	}, path)
	return o
}

// malformed records a successful reply that does not say what it has to.
func (d *driver) malformed(phase probe.Phase, code *probe.Code, text string) {
	d.rec.Add(probe.Event{
		Phase: phase, Conn: controlID, Direction: probe.Local, Kind: probe.KindCheck, Code: code, Text: text,
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: text}, Attr: map[string]string{"check": "reply"},
	})
}

// cwd enters a directory.
func (d *driver) cwd(ctx context.Context, s probe.Step) probe.Outcome {
	b, err := d.run(ctx, operation{call: func(c *library.ServerConn) error { return c.ChangeDir(s.Path) }})
	o := d.outcome(b, err)
	o.Path = s.Path
	return o
}

// simple carries out an operation that is one command.
func (d *driver) simple(ctx context.Context, s probe.Step) probe.Outcome {
	b, err := d.run(ctx, operation{call: func(c *library.ServerConn) error {
		switch s.Op {
		case probe.OpDelete:
			return c.Delete(s.Path)
		case probe.OpMkdir:
			return c.MakeDir(s.Path)
		case probe.OpRmdir:
			return c.RemoveDir(s.Path)
		}
		return c.NoOp()
	}})
	o := d.outcome(b, err)
	o.Path = s.Path
	o.Created = s.Op == probe.OpMkdir && (o.OK || o.Final == nil && b != nil && b.x != nil)
	return o
}

// rename renames a file, unless the new name is taken.
func (d *driver) rename(ctx context.Context, s probe.Step) probe.Outcome {
	if !s.Fresh {
		if o, free := d.free(ctx, s.To); !free {
			return o
		}
	}
	b, err := d.run(ctx, operation{call: func(c *library.ServerConn) error { return c.Rename(s.Path, s.To) }})
	o := d.outcome(b, err)
	o.Path = s.To
	o.Created = !o.OK && o.Final == nil && b != nil && len(b.replies) > 0 // RNTO was sent and not answered
	return o
}

// raw1 sends one command of our own and takes the reply as it is.
func (d *driver) raw1(ctx context.Context, m command) probe.Outcome {
	r, err := d.ctl.do(ctx, d.step, m)
	return d.answer(r, err)
}

// rawStep sends any command line. Its success is a reply below 400. What the command does to the session is taken over,
// as far as steps that follow hang on it.
func (d *driver) rawStep(ctx context.Context, s probe.Step) probe.Outcome {
	name, arg, _ := strings.Cut(strings.TrimSpace(s.Line), " ")
	if name == "" || strings.ContainsAny(s.Line, "\r\n\x00") {
		return probe.Outcome{Detail: "a raw command is one line that begins with the command"}
	}
	m := cmd(strings.ToUpper(name), arg)
	if m.name == "PASS" || m.name == "ACCT" {
		m = command{name: m.name, secret: probe.NewSecret(arg), hidden: true}
	}
	o := d.raw1(ctx, m)
	if o.Final != nil && o.Final.Value < 400 {
		o.OK, o.Detail = true, ""
	}
	if o.OK {
		o.Over = d.changedBy(m) || o.Over
	}
	return o
}

// changedBy brings what is known of the session in line with a raw command that the server has obeyed, and tells whether
// that has ended the session.
func (d *driver) changedBy(m command) (over bool) {
	switch m.name {
	case "AUTH", "CCC":
		d.ctl.forsake(probe.Failure{Class: probe.ClassUnsupported, Text: "what follows " + m.name + " is not done for a raw command"})
		return true
	case "TYPE", "REIN":
		d.mode = ""
	case "PROT":
		d.protected = d.security.version != 0 && strings.EqualFold(m.arg, "P")
	}
	return false
}

// inquire asks for size or time of a file.
func (d *driver) inquire(ctx context.Context, s probe.Step) probe.Outcome {
	switch {
	case s.Op == probe.OpMdtm:
		return d.mdtm(ctx, s.Path)
	case s.Op == probe.OpSize:
		return d.size(ctx, s.Path)
	case d.features.has("MLST"):
		return d.mlst(ctx, s.Path)
	}
	o := d.size(ctx, s.Path)
	if !o.OK {
		return o
	}
	t := d.mdtm(ctx, s.Path)
	if !t.Over && unknownCommand(t.Final) {
		o.Detail += ", and the server does not tell times"
		return o
	}
	t.Size, t.HasSize, t.Detail = o.Size, o.HasSize, o.Detail+", "+t.Detail
	return t
}

// fact lets the library ask for a fact of a file, by the command that verb names.
func (d *driver) fact(ctx context.Context, verb, what, path string, call func(c *library.ServerConn) error) probe.Outcome {
	b, err := d.run(ctx, operation{call: call})
	o := d.outcome(b, err)
	o.Path = path
	if o.OK && err != nil {
		o.OK, o.Detail = false, "the reply to "+verb+" holds no "+what
		d.malformed(probe.PhaseVerify, o.Final, o.Detail)
	}
	return o
}

// secondFact asks for the fact once more without the library.
func (d *driver) secondFact(ctx context.Context, verb, path, first string) {
	d.secondReply(ctx, cmd(verb, path), func(r *reply) string { return firstNumber(r.words) }, first)
}

// size asks for the size in bytes (RFC 3659 section 4), which depends on the transfer type.
func (d *driver) size(ctx context.Context, path string) probe.Outcome {
	if o, ok := d.setType(ctx, typeImage); !ok {
		return o
	}
	var n int64
	o := d.fact(ctx, "SIZE", "size", path, func(c *library.ServerConn) (err error) {
		n, err = c.FileSize(path)
		return err
	})
	if o.OK {
		o.Size, o.HasSize, o.Detail = n, true, strconv.FormatInt(n, 10)+" bytes"
		d.secondFact(ctx, "SIZE", path, strconv.FormatInt(n, 10))
	}
	return o
}

// mdtm asks for the modification time (RFC 3659 section 3).
func (d *driver) mdtm(ctx context.Context, path string) probe.Outcome {
	var t time.Time
	o := d.fact(ctx, "MDTM", "time", path, func(c *library.ServerConn) (err error) {
		t, err = c.GetTime(path)
		return err
	})
	if o.OK {
		o.ModTime, o.Detail = t, t.Format(time.RFC3339)
		d.secondFact(ctx, "MDTM", path, t.Format(mlsdTime))
	}
	return o
}

// mlst asks for the facts of one file (RFC 3659 section 7).
func (d *driver) mlst(ctx context.Context, path string) probe.Outcome {
	o := d.raw1(ctx, cmd("MLST", path))
	o.Path = path
	if !o.OK {
		return o
	}
	for _, line := range strings.Split(o.Final.Text, "\n") {
		if e, ok := parseMLSD(strings.TrimSpace(line)); ok {
			o.Size, o.HasSize, o.ModTime = e.Size, !e.Dir, e.ModTime
			o.Detail = strconv.FormatInt(e.Size, 10) + " bytes"
			return o
		}
	}
	o.OK, o.Detail = false, "the reply to MLST holds no facts"
	d.malformed(probe.PhaseVerify, o.Final, o.Detail)
	return o
}

// free tells whether nothing of that name exists. What is there is never overwritten: if the server
// cannot be asked, the answer is no.
func (d *driver) free(ctx context.Context, path string) (probe.Outcome, bool) {
	for _, ask := range d.existenceCommands(path) {
		r, err := d.ctl.do(ctx, d.step, ask)
		switch {
		case err != nil:
			return d.ended(err), false
		case r.positive():
			return d.declined("overwrite", path, path+" exists already and is not overwritten"), false
		case r.code == 550 && !withheld(r.words) || r.code == 450 || r.code == 553:
			return probe.Outcome{}, true
		}
	}
	return d.declined("overwrite", path, path+" may exist, and the server gives no way to ask; it is not written to"), false
}

// endsAt tells whether a file ends where an upload is to be resumed: what is behind that would be written over.
func (d *driver) endsAt(ctx context.Context, path string, offset int64) (probe.Outcome, bool) {
	o := d.size(ctx, path)
	if o.OK && o.Size != offset {
		return d.declined("resume", path, fmt.Sprintf("%s has %d bytes, to be resumed at %d", path, o.Size, offset)), false
	}
	return o, o.OK
}

// withheld tells that a refusal is about the question and not about the file: drop boxes refuse to
// tell sizes, and some servers do so for text transfers.
func withheld(text string) bool {
	text = strings.ToLower(text)
	for _, sign := range []string{"denied", "permission", "allowed", "permitted", "forbidden", "authori", "ascii", "refused", "disabled"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

func (d *driver) existenceCommands(path string) []command {
	out := []command{cmd("SIZE", path)}
	if d.features.has("MLST") {
		out = append([]command{cmd("MLST", path)}, out...)
	}
	return append(out, cmd("MDTM", path))
}

// declined is the outcome of a command that was not sent, for what the check has shown.
func (d *driver) declined(check, path, text string) probe.Outcome {
	d.rec.Add(probe.Event{
		Phase: probe.PhasePath, Conn: controlID, Direction: probe.Local, Kind: probe.KindCheck, Text: text,
		Failure: &probe.Failure{Class: probe.ClassLocal, Text: text}, Attr: map[string]string{"check": check},
	})
	return probe.Outcome{Detail: text, Path: path, Over: d.ctl.over()}
}

// Transfer types (RFC 959 section 3.1.1).
const (
	typeImage = "I"
	typeASCII = "A"
)

// setType brings the session into a transfer type if it is in another one.
func (d *driver) setType(ctx context.Context, want string) (probe.Outcome, bool) {
	if d.mode == want {
		return probe.Outcome{}, true
	}
	r, err := d.ctl.do(ctx, d.step, cmd("TYPE", want))
	if err != nil {
		return d.ended(err), false
	}
	d.mode = want // asked for once: a server that refuses it knows no other
	return d.answer(r, nil), true
}
