package ftp

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	library "github.com/jlaffaye/ftp"

	"mftprobe/probe"
)

// bridge lets the library work on a session that this package owns. It looks like the library's
// control connection: what the library writes becomes commands of ours, and what it reads are
// replies in the one form that it understands, made from those that really came. The record holds
// real traffic only.
type bridge struct {
	d      *driver
	server *library.ServerConn
	handed bool   // the library has its control connection
	replay bool   // the library's own login is answered here
	line   []byte // of the library, unfinished
	in     []byte // for the library to read

	// Of the operation under way.
	ctx      context.Context
	listVerb string                     // sent where the library says LIST
	wrap     func(c *dataConn) net.Conn // what the library gets as a data connection
	data     *dataConn
	x        *exchange // the last command
	replies  []*exchange
	err      error // why an operation stopped here
}

// newBridge logs the library in: locally, since the session is logged in already.
func newBridge(d *driver) (*bridge, error) {
	b := &bridge{d: d, replay: true, in: []byte("220 ready\r\n")}
	err := d.guarded(func() error {
		server, err := library.Dial("bridge", library.DialWithDialFunc(b.dial), library.DialWithDisabledUTF8(true))
		if err != nil {
			return err
		}
		b.server = server
		return server.Login("replay", "replay")
	})
	return b, err
}

// operation is one call of the library and what has to be known of it.
type operation struct {
	call     func(s *library.ServerConn) error
	listVerb string
	wrap     func(c *dataConn) net.Conn
}

// run makes the library carry out op.
func (d *driver) run(ctx context.Context, op operation) (*bridge, error) {
	if d.lib == nil {
		b, err := newBridge(d)
		if err != nil {
			return nil, err
		}
		d.lib = b
	}
	b := d.lib
	b.ctx, b.listVerb, b.wrap = ctx, op.listVerb, op.wrap
	b.data, b.x, b.replies, b.err = nil, nil, nil, nil
	err := d.guarded(func() error { return op.call(b.server) })
	if b.data != nil {
		_ = b.data.Close()
		d.watch(ctx, nil)
	}
	if b.err != nil {
		err = b.err
	}
	return b, err
}

// guarded calls the library and turns a panic of it into an event and an error.
func (d *driver) guarded(call func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("a defect of the FTP library: %v", v)
			e := oddity(probe.OddityLibrary, probe.Event{
				Phase: probe.PhaseSetup, Conn: controlID, Text: err.Error(),
				Failure: &probe.Failure{Class: probe.ClassLibrary, Text: fmt.Sprint(v)},
				Attr:    map[string]string{"stack": string(debug.Stack())},
			})
			e.Tolerated = false
			d.rec.Add(e)
			d.lib = nil
		}
	}()
	return call()
}

// dial hands out the control connection once and data connections from then on.
func (b *bridge) dial(string, string) (net.Conn, error) {
	if !b.handed {
		b.handed = true
		return b, nil
	}
	if b.data == nil {
		return nil, io.ErrClosedPipe
	}
	if b.wrap != nil {
		return b.wrap(b.data), nil
	}
	return b.data, nil
}

// Write takes the library's commands.
func (b *bridge) Write(p []byte) (int, error) {
	for _, c := range p {
		if c != '\n' {
			b.line = append(b.line, c)
			continue
		}
		line := strings.TrimRight(string(b.line), "\r")
		b.line = b.line[:0]
		if err := b.command(line); err != nil {
			b.err = err
			return 0, err
		}
	}
	return len(p), nil
}

func (b *bridge) command(line string) error {
	name, arg, _ := strings.Cut(line, " ")
	if b.replay {
		b.pretend(name)
		return nil
	}
	switch name {
	case "EPSV", "PASV":
		b.openData(name)
		return nil
	case "LIST", "NLST", "RETR", "STOR", "APPE":
		return b.transfer(name, arg)
	}
	x, err := b.d.ctl.sendOne(b.d.step, cmd(name, arg))
	b.x = x
	return err
}

// pretend answers the library's login. It is told of MDTM, since it refuses locally to send what FEAT
// does not list, and of nothing else: what is sent is decided here.
func (b *bridge) pretend(name string) {
	switch name {
	case "USER":
		b.answer("331 replay")
	case "PASS":
		b.answer("230 replay")
	case "FEAT":
		b.answer("211-replay\r\n MDTM\r\n211 end")
	default: // TYPE, the last one
		b.replay = false
		b.answer("200 replay")
	}
}

func (b *bridge) answer(s string) { b.in = append(append(b.in, s...), "\r\n"...) }

// openData opens the data connection in our own way. The library tries EPSV and then PASV; both mean
// the same here, and a failure is not tried twice.
func (b *bridge) openData(name string) {
	if b.data == nil && b.err == nil {
		b.data, b.err = b.d.takeReady(b.ctx)
	}
	switch {
	case b.err != nil:
		b.answer("500 no data connection")
	case name == "EPSV":
		b.answer("229 ok (|||1|)")
	default:
		b.answer("227 ok (127,0,0,1,0,1)")
	}
}

// transfer sends a command that moves data. The library is told at once that the transfer begins, so
// that the data connection can be made ready while the reply is on its way; what the server really
// says is what the library gets as the final reply.
func (b *bridge) transfer(name, arg string) error {
	if name == "LIST" && b.listVerb != "" {
		name = b.listVerb
	}
	m := cmd(name, arg)
	x, err := b.d.beginTransfer(b.ctx, b.data, m)
	b.x = x
	if err != nil {
		return err
	}
	b.answer("150 go on")
	return nil
}

// Read gives the library a reply.
func (b *bridge) Read(p []byte) (int, error) {
	if len(b.in) == 0 {
		if b.x == nil {
			return 0, io.ErrClosedPipe
		}
		r, err := b.d.ctl.final(b.ctx, b.x)
		if err != nil {
			b.err = err
			return 0, err
		}
		b.replies = append(b.replies, b.x)
		b.answer(canonical(b.x, r))
		b.x = nil
	}
	n := copy(p, b.in)
	b.in = b.in[:copy(b.in, b.in[n:])]
	return n, nil
}

// canonical writes a reply in the form that the library expects: any success as the one code that it
// takes for success.
func canonical(x *exchange, r *reply) string {
	if r.positive() || r.code/100 == 3 && x.verb.code/100 == 3 {
		code := x.verb.code
		if code == 0 {
			code = r.code
		}
		return strconv.Itoa(code) + " " + essence(x.cmd.name, r)
	}
	first, _, _ := strings.Cut(r.words, "\n")
	return strconv.Itoa(r.code) + " " + printable(first)
}

// essence returns what the library reads out of a successful reply.
func essence(name string, r *reply) string {
	switch name {
	case "PWD", "MKD":
		path, _, _ := parse257(r.words)
		return `"` + printable(path) + `"`
	case "SIZE", "MDTM":
		return firstNumber(r.words)
	}
	return "ok"
}

// firstNumber returns the first run of digits, or a hyphen where there is none or its sign is a minus: servers that
// count in 32 bits call a big file's size negative.
func firstNumber(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' })
	if i < 0 || i > 0 && s[i-1] == '-' {
		return "-"
	}
	end := i
	for end < len(s) && digit(s[end]) {
		end++
	}
	return s[i:end]
}

// printable drops what would end a reply line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, s)
}

// Close does nothing: the session is not the library's.
func (b *bridge) Close() error { return nil }

// LocalAddr returns an address of the kind that the library insists on.
func (b *bridge) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// RemoteAddr returns an address of the kind that the library insists on.
func (b *bridge) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// SetDeadline does nothing: the limits of the target hold.
func (b *bridge) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing: the limits of the target hold.
func (b *bridge) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: the limits of the target hold.
func (b *bridge) SetWriteDeadline(time.Time) error { return nil }
