package ftp

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"

	library "github.com/jlaffaye/ftp"

	"mftprobe/probe"
)

// Limits on a listing.
const (
	maxListing     = 64 << 20         // bytes that are read at all
	maxListedLines = probe.MaxEntries // lines that are parsed; more are counted
	maxListedLine  = 4 << 10          // bytes of a line that are looked at
	maxListingText = 16 << 10         // bytes of the listing that the record keeps
)

// errTooMuch ends a listing that does not end by itself.
var errTooMuch = errors.New("the listing is longer than 64 MiB")

// Listing commands.
const (
	cmdLIST = "LIST"
	cmdMLSD = "MLSD"
	cmdNLST = "NLST"
)

// list reads a directory.
func (d *driver) list(ctx context.Context, s probe.Step) probe.Outcome {
	verb := d.listCommand(s.Op)
	o, lines := d.listWith(ctx, verb, s.Path)
	if !o.OK && verb == cmdMLSD && s.Op == probe.OpList && d.target.FTP.ListCommand != "mlsd" && unknownCommand(o.Final) && !o.Over {
		// Offered in FEAT and yet refused.
		d.noMLSD = true
		refused := d.rec.Last()
		if o, lines = d.listWith(ctx, cmdLIST, s.Path); o.OK {
			d.rec.Tolerate(refused)
			d.rec.Add(oddity(probe.OddityFallback, probe.Event{
				Phase: probe.PhaseTransfer, Conn: controlID, Text: "the server offers MLSD and does not know it",
				Attr: map[string]string{"from": cmdMLSD, "to": cmdLIST},
			}))
		}
	}
	if !o.OK {
		return o
	}
	o = d.parsed(ctx, o, lines)
	d.secondList(ctx, s, lines, o)
	return o
}

// listCommand chooses the command: for list what the target says, by default MLSD where it is
// offered, since its form is defined.
func (d *driver) listCommand(op probe.Op) string {
	choice := d.target.FTP.ListCommand
	switch {
	case op == probe.OpMlsd || op == probe.OpList && choice == "mlsd":
		return cmdMLSD
	case op == probe.OpNlst || choice == "nlst":
		return cmdNLST
	case choice == "list" || d.noMLSD || !d.features.has("MLST") && !d.features.has(cmdMLSD):
		return cmdLIST
	}
	return cmdMLSD
}

func unknownCommand(c *probe.Code) bool {
	return c != nil && (c.Value == 500 || c.Value == 501 || c.Value == 502 || c.Value == 504)
}

// listWith lets the library list a directory with the given command.
func (d *driver) listWith(ctx context.Context, verb, path string) (probe.Outcome, *listing) {
	l := &listing{verb: verb}
	op := operation{listVerb: verb, wrap: func(c *dataConn) net.Conn { l.dataConn = c; return l }}
	op.call = func(c *library.ServerConn) (err error) {
		if verb == cmdNLST {
			l.names, err = c.NameList(path)
		} else {
			l.entries, err = c.List(path)
		}
		return err
	}
	b, err := d.run(ctx, op)
	o := d.outcome(b, err)
	o.Path, o.Bytes = path, l.bytes
	if o.OK && l.dataConn != nil && l.short {
		o.OK, o.Detail = false, "the server confirmed a listing whose data broke off"
	}
	return o, l
}

// listing is the data connection of a listing: it keeps the lines and gives the library those that
// it can take.
type listing struct {
	*dataConn
	verb    string
	lines   []string // at most maxListedLines
	count   int      // of all lines that are not empty
	bytes   int64
	text    []byte // the beginning as it came
	line    []byte // unfinished
	out     []byte // for the library
	eof     error
	entries []*library.Entry
	names   []string
}

// Read gives the library whole lines.
func (l *listing) Read(p []byte) (int, error) {
	var buf [smallChunk / 4]byte
	for len(l.out) == 0 && l.eof == nil {
		n, err := l.dataConn.Read(buf[:])
		l.take(buf[:n])
		if l.bytes > maxListing {
			err = l.breakOff(errTooMuch)
		}
		if err != nil {
			l.eof = err
			l.endLine()
		}
	}
	if len(l.out) == 0 {
		return 0, l.eof
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}

// take cuts what came into lines.
func (l *listing) take(b []byte) {
	l.bytes += int64(len(b))
	if room := maxListingText - len(l.text); room > 0 {
		l.text = append(l.text, b[:min(room, len(b))]...)
	}
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		part := b
		if i >= 0 {
			part = b[:i]
		}
		l.line = append(l.line, part[:min(len(part), max(0, maxListedLine-len(l.line)))]...)
		if i < 0 {
			return
		}
		l.endLine()
		b = b[i+1:]
	}
}

func (l *listing) endLine() {
	line := strings.TrimRight(string(l.line), "\r")
	l.line = l.line[:0]
	if strings.TrimSpace(line) == "" {
		return
	}
	l.count++
	if len(l.lines) >= maxListedLines {
		return
	}
	l.lines = append(l.lines, line)
	l.out = append(append(l.out, line...), '\n')
}
