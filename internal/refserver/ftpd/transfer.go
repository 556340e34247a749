package ftpd

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/memfs"
	"mftprobe/internal/refserver/session"
)

// job is one transfer.
type job struct {
	verb string
	down io.Reader             // what the client gets, or nil
	name string                // told in 150 for STOU
	size int64                 // announced in 150; negative: unknown
	up   func(io.Reader) error // takes what the client sends, or nil
}

// transfer gets the data connection, moves the data and answers. The connection is accepted before 150, as real servers
// do; the TLS handshake comes after it.
func (c *client) transfer(j job) {
	defer c.closePassive()
	c.rest = 0 // it was for this transfer, whatever that made of it
	fx := c.faults.At("data", c.condition())
	if fx.Has(fault.Silent) {
		c.stall()
		return
	}
	raw, err := c.dataConnection()
	if err != nil {
		c.reply(425, "Cannot open data connection: "+reason(err))
		return
	}
	defer c.track.drop(raw)
	if text, ok := fx.Text(fault.Reply); ok {
		c.send(c.expand(text, ""))
		return
	}
	c.preliminary(150, c.opening(j))
	c.flush()
	c.wait(fx.Time(fault.Delay))
	if fx.Has(fault.Reset) {
		setLinger0(raw)
	}
	if fx.Has(fault.Close) || fx.Has(fault.Reset) {
		c.track.drop(raw)
		c.final(errCut)
		return
	}
	conn, ok := c.secureData(raw)
	if !ok {
		return
	}
	stop := c.watch(raw)
	err = c.move(j, conn)
	stop()
	if end, ok := unwrap(conn).(*noted); ok && end.seen && err == nil {
		// As most servers do, and in the log: without it nobody can be sure that this was all (RFC 4217 section 12.4).
		c.log.Add(session.Security, "the client ended the data connection without close_notify")
	}
	c.answer(err, conn)
}

func (c *client) opening(j job) string {
	if j.name != "" {
		return "FILE: " + j.name // RFC 1123 section 4.1.2.9
	}
	if j.size >= 0 {
		return fmt.Sprintf("Opening data connection for %s (%d bytes)", j.verb, j.size)
	}
	return "Opening data connection for " + j.verb
}

// secureData does the handshake of PROT P and the policy on reuse.
func (c *client) secureData(raw net.Conn) (net.Conn, bool) {
	if c.prot != 'P' || c.Faults.Has(fault.DataClear) {
		return raw, true
	}
	fx := c.faults.At("data-tls", c.condition())
	if fx.Has(fault.Silent) {
		c.stall()
		return nil, false
	}
	if fx.Has(fault.Close) {
		raw.Close()
		c.reply(425, "TLS negotiation on the data connection failed")
		return nil, false
	}
	if text, ok := fx.Text(fault.Reply); ok {
		c.send(c.expand(text, ""))
		return nil, false
	}
	t, err := c.handshake(&noted{Conn: raw})
	if err != nil {
		c.log.Addf(session.Security, "TLS on the data connection: %v", err)
		c.reply(425, "TLS negotiation on the data connection failed")
		return nil, false
	}
	if t.ConnectionState().DidResume {
		return t, true
	}
	for _, s := range []fault.Setting{fault.Reuse, fault.ReuseBye} {
		if text, ok := c.Faults.Text(s); ok {
			t.Close()
			c.send(text)
			c.over = c.over || s == fault.ReuseBye
			return nil, false
		}
	}
	return t, true
}

// move copies the data, with the faults that touch it.
func (c *client) move(j job, conn net.Conn) error {
	paced := stalling{conn, c.limits.stall}
	if j.up != nil {
		err := j.up(c.hurtUp(paced))
		if err == nil {
			err = c.brokenOff()
		}
		return err
	}
	src := c.hurtDown(j.down)
	if _, err := io.Copy(paced, src); err != nil { // memfs and strings write themselves: no buffer
		return err
	}
	return c.brokenOff()
}

// answer closes the data connection and sends the final reply.
func (c *client) answer(err error, conn net.Conn) {
	if _, ok := c.fx.Size(fault.Stall); ok {
		c.stall()
		return
	}
	if _, ok := c.fx.Size(fault.Snap); ok {
		setLinger0(unwrap(conn))
		unwrap(conn).Close()
	}
	if c.Faults.Has(fault.NoCloseNotify) {
		unwrap(conn).Close()
	}
	conn.Close()
	c.final(err)
}

func (c *client) final(err error) {
	switch {
	case err == nil:
		c.reply(226, "Transfer complete")
	case errors.Is(err, errCut):
		c.reply(426, "Transfer aborted")
	case errors.Is(err, syscall.ENOSPC):
		c.reply(452, "Insufficient storage space")
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.reply(426, "The data connection ended in the middle of a TLS record; transfer aborted")
	default:
		c.reply(426, "Connection closed; transfer aborted")
	}
}

func unwrap(conn net.Conn) net.Conn {
	if t, ok := conn.(*tls.Conn); ok {
		return t.NetConn()
	}
	return conn
}

// reason leaves addresses and Go's wording out of a reply.
func reason(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "timed out"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "Connection refused"
	}
	return err.Error()
}

// noted notes that the client closed a data connection below TLS.
type noted struct {
	net.Conn
	seen bool
}

func (n *noted) Read(p []byte) (int, error) {
	k, err := n.Conn.Read(p)
	n.seen = n.seen || errors.Is(err, io.EOF)
	return k, err
}

// stalling is a connection that gives up when no byte moves for the limit.
type stalling struct {
	net.Conn
	limit time.Duration
}

func (s stalling) Read(p []byte) (int, error) {
	_ = s.SetReadDeadline(time.Now().Add(s.limit))
	return s.Conn.Read(p)
}

func (s stalling) Write(p []byte) (int, error) {
	_ = s.SetWriteDeadline(time.Now().Add(s.limit))
	return s.Conn.Write(p)
}

func (c *client) retrieve(arg string) {
	file, err := c.FS.OpenFile(c.abs(arg), os.O_RDONLY)
	if err != nil {
		c.refuse(arg, err)
		c.dropPassive()
		return
	}
	offset := c.rest
	if offset > file.Size() {
		c.refuse(arg, errRestart)
		c.dropPassive()
		return
	}
	r := file.NewReader(offset)
	defer r.Close()
	var src io.Reader = r
	if c.ascii {
		src = newCRLF(r)
	}
	c.transfer(job{verb: "RETR", down: src, size: max(file.Size()-offset, 0)})
}

// store answers STOR, APPE and STOU.
func store(verb string) func(*client, string) {
	return func(c *client, arg string) {
		shown := ""
		if verb == "STOU" {
			arg = c.uniqueName(arg)
			shown = arg
		}
		file, err := c.openForWrite(verb, c.abs(arg))
		if err != nil {
			c.refuse(arg, err)
			c.dropPassive()
			return
		}
		c.transfer(job{verb: verb, name: shown, size: -1, up: func(r io.Reader) error {
			if c.ascii {
				r = dropCR{bufio.NewReader(r)}
			}
			_, err := file.ReadFrom(r)
			_ = c.FS.Touch(c.abs(arg)) // gone meanwhile: then there is nothing to touch
			return err
		}})
	}
}

// uniqueName is name, or one like it that is not taken.
func (c *client) uniqueName(name string) string {
	if name == "" {
		return fmt.Sprintf("stou-%d", c.Now().UnixNano())
	}
	if _, err := c.FS.Stat(c.abs(name)); err != nil {
		return name
	}
	return fmt.Sprintf("%s.%d", name, c.Now().UnixNano())
}

// openForWrite checks before the data connection is used, so that a refusal comes in place of 150.
func (c *client) openForWrite(verb, p string) (*memfs.File, error) {
	offset := c.rest
	if c.account.ReadOnly {
		return nil, fs.ErrPermission
	}
	flag := os.O_CREATE
	if verb == "STOR" && offset == 0 {
		flag |= os.O_TRUNC
	}
	if verb == "STOU" {
		flag |= os.O_EXCL
	}
	file, err := c.FS.OpenFile(p, flag)
	if err != nil || verb != "STOR" || offset == 0 {
		return file, err // APPE goes to the end, and STOU is new: a restart says nothing to them
	}
	if offset > file.Size() {
		return nil, errRestart
	}
	return file, file.Truncate(offset) // a restart continues there (RFC 3659 section 5.3)
}
