package sftp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// Limits on what the process behind the channel may say beside SFTP.
const (
	maxStderr       = 64 << 10 // bytes kept of its standard error
	maxStderrEvents = 16       // events they are spread over
	maxChannelNotes = 16       // requests on the channel that are recorded
)

// endGrace is how long the exit status and the reason of an end are waited for, once the channel
// has ended.
const endGrace = 2 * time.Second

// channel is a session channel (RFC 4254 section 6) with what comes beside the data.
type channel struct {
	ssh.Channel
	s       *session
	workers sync.WaitGroup
	quiet   chan struct{} // closed when requests and standard error have ended
}

// openChannel opens the session channel; it blocks until the server answers.
func openChannel(s *session, conn ssh.Conn) (*channel, error) {
	ch, requests, err := conn.OpenChannel("session", nil)
	if err != nil {
		return nil, err
	}
	c := &channel{Channel: ch, s: s, quiet: make(chan struct{})}
	c.workers.Go(func() { c.watchRequests(requests) })
	c.workers.Go(c.watchStderr)
	s.workers.Go(func() {
		c.workers.Wait()
		close(c.quiet)
	})
	return c, nil
}

// watchRequests records how the process on the server ended.
func (c *channel) watchRequests(requests <-chan *ssh.Request) {
	n := 0
	for r := range requests {
		if n++; n <= maxChannelNotes {
			c.s.add(requestEvent(r))
		}
		if r.WantReply {
			_ = r.Reply(false, nil)
		}
	}
}

// requestEvent describes a request on the channel, exit-status and exit-signal above all (RFC 4254
// section 6.10).
func requestEvent(r *ssh.Request) probe.Event {
	e := probe.Event{Direction: probe.Received, Kind: probe.KindChannel, Command: r.Type, Text: r.Type, Attr: map[string]string{"channel": r.Type}}
	switch {
	case r.Type == "exit-status" && len(r.Payload) >= 4:
		n := strconv.FormatUint(uint64(binary.BigEndian.Uint32(r.Payload)), 10)
		e.Text, e.Attr["exit-status"] = "the process on the server ended with status "+n, n
	case r.Type == "exit-signal":
		signal, rest, _ := cutString(r.Payload)
		e.Text, e.Attr["exit-signal"] = "the process on the server was ended by signal "+signal, signal
		if len(rest) > 1 {
			if text, _, ok := cutString(rest[1:]); ok && text != "" {
				e.Text += ": " + text
			}
		}
	}
	return e
}

// watchStderr records what the process writes to standard error, up to a limit, and drops the rest.
func (c *channel) watchStderr() {
	buf := make([]byte, 4<<10)
	from := c.Stderr()
	for kept, events := 0, 0; ; {
		n, err := from.Read(buf)
		if take := min(n, maxStderr-kept); take > 0 && events < maxStderrEvents {
			kept += take
			events++
			c.s.add(probe.Event{
				Direction: probe.Received, Kind: probe.KindChannel, Command: "stderr", Text: string(buf[:take]), Bytes: int64(n),
				Attr: map[string]string{"channel": "stderr"},
			})
		}
		if err != nil {
			return
		}
	}
}

// recordOpenFailure records that no session channel was given (RFC 4254 section 5.1).
func (s *session) recordOpenFailure(err error) {
	var refused *ssh.OpenChannelError
	if !errors.As(err, &refused) {
		return
	}
	s.add(probe.Event{
		Direction: probe.Received, Kind: probe.KindChannel, Command: "open", Text: refused.Message, Attr: map[string]string{"channel": "open-failure"},
		Code: &probe.Code{Space: probe.SpaceSSHChannel, Value: int(refused.Reason), Name: openFailureName(refused.Reason), Text: refused.Message},
	})
}

// openFailureNames are the reason codes of RFC 4254 section 5.1.
var openFailureNames = []string{"", "ADMINISTRATIVELY_PROHIBITED", "CONNECT_FAILED", "UNKNOWN_CHANNEL_TYPE", "RESOURCE_SHORTAGE"}

func openFailureName(r ssh.RejectionReason) string {
	if r == 0 || int64(r) >= int64(len(openFailureNames)) {
		return ""
	}
	return "SSH_OPEN_" + openFailureNames[r]
}

// sftpSubsystem is the payload of the subsystem request (RFC 4254 section 6.5).
var sftpSubsystem = ssh.Marshal(struct{ Name string }{"sftp"})

// subsystem is a request for the SFTP server whose answer may still be due.
type subsystem struct {
	done chan struct{}
	ok   bool
	err  error
}

// requestSubsystem asks for the SFTP server and returns as soon as the request has been sent: what
// is written to the channel next travels in the same flight.
func (c *channel) requestSubsystem(ctx context.Context) *subsystem {
	r := &subsystem{done: make(chan struct{})}
	select {
	case <-c.s.tap.written: // of an earlier packet
	default:
	}
	c.workers.Go(func() {
		defer close(r.done)
		r.ok, r.err = c.SendRequest("subsystem", true, sftpSubsystem)
	})
	select {
	case <-c.s.tap.written:
	case <-r.done:
	case <-ctx.Done():
	}
	return r
}

// recordSubsystem records the answer to the request.
func (s *session) recordSubsystem(r *subsystem) {
	e := probe.Event{
		Phase: probe.PhaseSubsystem, Direction: probe.Received, Kind: probe.KindChannel, Command: "subsystem",
		Text: "the server starts the subsystem sftp", Attr: map[string]string{"channel": "subsystem", "outcome": "granted"},
	}
	if !r.ok {
		e.Text, e.Attr["outcome"] = "the server refuses the subsystem sftp", "refused"
	}
	s.add(e)
}

// endOf finds out how a channel ended: it waits for exit status and standard error, and asks the
// server whether the connection stands. It returns true if the connection is gone as well.
func (c *channel) endOf(ctx context.Context) bool {
	grace := time.NewTimer(endGrace)
	defer grace.Stop()
	alive := make(chan error, 1)
	c.s.workers.Go(func() {
		_, _, err := c.s.conn.SendRequest(keepAlive, true, nil)
		alive <- err
	})
	// The library gives up a request when the connection is gone, a moment before its end is recorded.
	for quiet, answered, gone := c.quiet, alive, false; quiet != nil || answered != nil || gone; {
		select {
		case <-quiet:
			quiet = nil
		case err := <-answered:
			answered, gone = nil, err != nil
		case <-c.s.ended:
			return true
		case <-grace.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
	select {
	case <-c.s.ended:
		return true
	default:
		return false
	}
}

// recordEOF records that the channel ended where answers were due.
func (s *session) recordEOF() {
	text := "the server ended the SFTP session"
	s.end(probe.Event{
		Direction: probe.Received, Kind: probe.KindClose, Text: text, Failure: &probe.Failure{Class: probe.ClassEOF, Text: text},
		Attr: map[string]string{"what": "channel"},
	}, text)
}

// describeChannelError makes one line of what kept the channel from opening.
func describeChannelError(err error) string {
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) {
		return fmt.Sprintf("the server gives no session channel: %d %s", refused.Reason, refused.Message)
	}
	return "the session channel could not be opened: " + err.Error()
}
