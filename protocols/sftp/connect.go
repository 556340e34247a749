package sftp

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// reach returns a connection to the target: by TCP, or through the jump hosts one after the other.
func (d *driver) reach(ctx context.Context) (net.Conn, error) {
	jumps := d.target.SSH.Jumps
	first := d.target
	id := sshConn
	if len(jumps) > 0 {
		first, id = jumps[0], jumpID(0)
	}
	request := dial.Request{Conn: id, Role: sshConn, Host: first.Host, Port: first.Port, Address: first.Address}
	if len(jumps) > 0 {
		request.Phase = probe.PhaseProxy
	}
	conn, err := d.dialer(first).Dial(ctx, request)
	if err != nil {
		return nil, err
	}
	for i, hop := range jumps {
		next := d.target
		if i+1 < len(jumps) {
			next = jumps[i+1]
		}
		if conn, err = d.jump(ctx, i, hop, conn, next); err != nil {
			return nil, err
		}
	}
	return conn, nil
}

func jumpID(i int) string { return "jump-" + strconv.Itoa(i+1) }

// jump logs in to a jump host over conn and asks it for a connection to next.
func (d *driver) jump(ctx context.Context, i int, hop probe.Target, conn net.Conn, next probe.Target) (net.Conn, error) {
	hop.Limits = hop.Limits.WithDefaults()
	s := d.newSession(hop, jumpID(i), conn)
	d.hops = append(d.hops, s)
	if err := s.toHostKey(ctx); err != nil {
		return nil, fmt.Errorf("jump host %s: %w", hop.Host, err)
	}
	if err := s.authenticate(ctx); err != nil {
		return nil, fmt.Errorf("jump host %s: %w", hop.Host, err)
	}
	return s.forward(ctx, next)
}

// forwardPayload is the request for a direct-tcpip channel (RFC 4254 section 7.2).
type forwardPayload struct {
	Host       string
	Port       uint32
	OriginHost string
	OriginPort uint32
}

// forward opens a connection from the session's host to next.
func (s *session) forward(ctx context.Context, next probe.Target) (net.Conn, error) {
	host := next.Host
	if next.Address.IsValid() {
		host = next.Address.String()
	}
	payload := ssh.Marshal(forwardPayload{host, uint32(next.Port), "127.0.0.1", 0})
	var ch ssh.Channel
	var requests <-chan *ssh.Request
	var err error
	done := make(chan struct{})
	s.enter(probe.PhaseChannel)
	s.workers.Go(func() {
		defer close(done)
		ch, requests, err = s.conn.OpenChannel("direct-tcpip", payload)
	})
	if cut := s.wait(ctx, done, s.target.Limits.Connect, "connect"); cut != nil {
		return nil, cut
	}
	if err != nil {
		s.recordOpenFailure(err)
		return nil, fmt.Errorf("jump host %s does not connect to %s: %w", s.target.Host, next.HostPort(), err)
	}
	s.workers.Go(func() { ssh.DiscardRequests(requests) })
	s.add(probe.Event{
		Direction: probe.Received, Kind: probe.KindConnect, Text: "the jump host connected to " + next.HostPort(),
		Attr: map[string]string{"address": next.HostPort(), "proxy": s.target.HostPort()},
	})
	return &hopConn{Channel: ch, local: s.tap.LocalAddr(), remote: next}, nil
}

// hopConn is a channel through a jump host as a connection. It has no deadlines: the sessions end
// their waits by closing.
type hopConn struct {
	ssh.Channel
	local  net.Addr
	remote probe.Target
}

// LocalAddr returns the address of our end of the way.
func (c *hopConn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the target as an address: known_hosts wants a TCP address.
func (c *hopConn) RemoteAddr() net.Addr {
	ip := net.ParseIP(c.remote.Host)
	if ip == nil {
		ip = net.IPv4zero
	}
	return &net.TCPAddr{IP: ip, Port: c.remote.Port}
}

// toHostKey waits until the host key was accepted.
func (s *session) toHostKey(ctx context.Context) error {
	if err := s.wait(ctx, s.keyed, s.target.Limits.Reply, "reply"); err != nil {
		return err
	}
	s.mu.Lock()
	verified := s.verified
	s.mu.Unlock()
	if verified {
		return nil
	}
	return s.outcome()
}

// authenticate lets the login begin and waits for its end.
func (s *session) authenticate(ctx context.Context) error {
	s.enter(probe.PhaseAuth)
	s.login()
	if err := s.wait(ctx, s.ready, s.target.Limits.Reply, "reply"); err != nil {
		return err
	}
	return s.outcome()
}

// hopConn waits without deadlines: a session ends its waits by closing.

// SetDeadline does nothing.
func (c *hopConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *hopConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (c *hopConn) SetWriteDeadline(time.Time) error { return nil }
