package sftpd

import (
	"errors"
	"io"
	"sync/atomic"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

// serveChannels answers the requests for channels until the connection ends.
func (c *client) serveChannels(sc *ssh.ServerConn, channels <-chan ssh.NewChannel) {
	defer c.wire.end()
	var open atomic.Int64
	limit := int64(c.Faults.Number(fault.MaxChannels, MaxChannels))
	for nc := range channels {
		if open.Load() >= limit {
			c.reject(nc, ssh.ConnectionFailed, "open failed")
			continue
		}
		open.Add(1)
		c.wg.Go(func() {
			defer open.Add(-1)
			c.serveChannel(nc, sc.User())
		})
	}
}

func (c *client) reject(nc ssh.NewChannel, reason ssh.RejectionReason, text string) {
	c.log.Addf(session.Sent, "channel refused: %d %s", reason, text)
	_ = nc.Reject(reason, text) // the client may have left
}

func (c *client) serveChannel(nc ssh.NewChannel, user string) {
	c.log.Addf(session.Received, "channel %s", nc.ChannelType())
	e := c.faults.At("channel", fault.Encrypted)
	if c.held(e) {
		return
	}
	if code, text, ok := e.Code(fault.Refuse); ok {
		c.reject(nc, ssh.RejectionReason(code), text)
		return
	}
	if nc.ChannelType() != "session" {
		c.reject(nc, ssh.UnknownChannelType, "only session channels")
		return
	}
	ch, requests, err := nc.Accept()
	if err != nil {
		return
	}
	defer func() { _ = ch.Close() }() // the client may have closed it
	for r := range requests {
		if work := c.channelRequest(ch, r, user); work != nil {
			c.wg.Go(func() { ssh.DiscardRequests(requests) })
			work()
			return
		}
	}
}

// channelRequest answers one request of a session channel. It returns the work that the channel then does, if any.
func (c *client) channelRequest(ch ssh.Channel, r *ssh.Request, user string) func() {
	switch r.Type {
	case "subsystem":
		return c.subsystem(ch, r, user)
	case "exec", "shell":
		c.log.Add(session.Received, r.Type)
		_ = r.Reply(true, nil)
		return func() {
			_, _ = io.WriteString(ch.Stderr(), "This service allows sftp connections only.\n")
			exit(ch, 1)
		}
	case "env":
		_ = r.Reply(true, nil)
	default:
		_ = r.Reply(false, nil)
	}
	return nil
}

// subsystem starts SFTP, or what the faults make of it.
func (c *client) subsystem(ch ssh.Channel, r *ssh.Request, user string) func() {
	var name struct{ Name string }
	err := ssh.Unmarshal(r.Payload, &name)
	c.log.Addf(session.Received, "subsystem %s", name.Name)
	e := c.faults.At("subsystem", fault.Encrypted)
	if c.held(e) {
		return func() {}
	}
	if _, _, refused := e.Code(fault.Refuse); refused || err != nil || name.Name != "sftp" {
		c.log.Add(session.Sent, "subsystem refused")
		_ = r.Reply(false, nil)
		return nil
	}
	_ = r.Reply(true, nil)
	return func() {
		if text, ok := e.Text(fault.Before); ok {
			_, _ = io.WriteString(ch, text)
		}
		code, ok := e.Size(fault.Exit)
		if !ok {
			code = int64(c.serveSFTP(ch, user))
		}
		c.log.Addf(session.Sent, "exit status %d", code)
		exit(ch, uint32(code))
	}
}

// exit tells the client how the process ended (RFC 4254 section 6.10).
func exit(ch ssh.Channel, code uint32) {
	_ = ch.CloseWrite()
	_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{code}))
}

// serveSFTP answers requests until the client closes the channel; it returns the exit status.
func (c *client) serveSFTP(ch ssh.Channel, user string) uint32 {
	account := c.account(user)
	l := newLink(c, ch, account.HomeDir())
	h := &files{fs: c.FS, readOnly: account.ReadOnly}
	server := sftp.NewRequestServer(l, sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h},
		sftp.WithStartDirectory(account.HomeDir()), sftp.WithRSAllocator(), sftp.WithRSMaxTxPacket(MaxPacket-1024))
	err := server.Serve()
	l.end()
	if l.exit != nil {
		return *l.exit
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 1
	}
	return 0
}
