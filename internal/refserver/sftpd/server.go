package sftpd

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/memfs"
	"mftprobe/internal/refserver/session"
)

// Limits of a session.
const (
	MaxPacket   = 256 << 10 // bytes of an SFTP packet, as OpenSSH has it
	MaxChannels = 10        // of one connection, as MaxSessions of OpenSSH
	loginLimit  = 2 * time.Minute
	idleLimit   = 10 * time.Minute
	lingerLimit = 2 * time.Second // for the client to close after us
)

// Config is what all sessions of one endpoint share.
type Config struct {
	Accounts []session.Account
	FS       *memfs.FS
	Faults   *fault.Plan
}

// Server has the host keys. It listens nowhere: connections are brought to Serve.
type Server struct {
	Config
	keys      []ssh.Signer // presented to clients
	published []ssh.Signer // told to people; others after host-key=changed
}

// client is one SSH connection.
type client struct {
	*Server
	ctx    context.Context // of the connection: ends with the endpoint and with the socket
	log    *session.Log
	wire   *wire
	faults *fault.Session
	wg     sync.WaitGroup // goroutines of the channels
}

// Serve talks to one client until the session ends. It closes conn, and leaves no goroutine.
func (s *Server) Serve(ctx context.Context, conn *net.TCPConn, log *session.Log) {
	ctx, cancel := context.WithCancel(ctx)
	c := &client{Server: s, ctx: ctx, log: log, faults: s.Faults.Session()}
	c.wire = newWire(conn, c, cancel)
	stop := context.AfterFunc(ctx, c.wire.end)
	defer stop()
	defer c.wg.Wait()
	defer c.wire.end()
	defer cancel()
	log.Add(session.Opened, "")
	defer log.Add(session.Closed, "")
	limit := time.AfterFunc(loginLimit, cancel)
	defer limit.Stop()
	sc, channels, requests, err := ssh.NewServerConn(c.wire, c.config())
	if err != nil {
		log.Addf(session.Security, "SSH handshake or login: %v", err)
		return
	}
	limit.Stop()
	c.logAlgorithms(sc)
	c.wg.Go(func() { ssh.DiscardRequests(requests) })
	c.serveChannels(sc, channels)
}

// logAlgorithms notes what the two sides agreed on.
func (c *client) logAlgorithms(sc *ssh.ServerConn) {
	a, ok := sc.Conn.(ssh.AlgorithmsConnMetadata)
	if !ok {
		return
	}
	n := a.Algorithms()
	c.log.Addf(session.Security, "%s logged in with %s: %s, %s, %s", sc.User(), sc.ClientVersion(), n.KeyExchange, n.HostKey, n.Read.Cipher)
}

// account returns the account of an authenticated user.
func (c *client) account(user string) session.Account {
	a, _ := session.Find(c.Accounts, user)
	return a
}

// pause waits for d, and tells whether the connection is still there.
func (c *client) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// held tells whether the effects take the place of an answer: after a delay, the connection stays silent, or closes. It
// returns when the answer is due, or when the connection is gone.
func (c *client) held(e fault.Effects) bool {
	if e == nil {
		return false
	}
	if !c.pause(e.Time(fault.Delay)) {
		return true
	}
	switch {
	case e.Has(fault.Silent):
		<-c.ctx.Done()
	case e.Has(fault.Close):
		c.wire.finish()
	case e.Has(fault.Reset):
		c.wire.reset()
	default:
		return false
	}
	return true
}
