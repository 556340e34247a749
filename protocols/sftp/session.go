package sftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// clientVersion is our identification string (RFC 4253 section 4.2).
const clientVersion = "SSH-2.0-mftprobe"

// session is one SSH connection: the target's, or that of a jump host on the way to it.
//
// The library does key exchange and authentication in one call. That call runs in a goroutine of
// the session and stops in the host key callback until the gate opens, so that connect and login
// are two steps, and a connect alone asks nothing about any user.
type session struct {
	target probe.Target
	rec    *probe.Recorder
	clock  *stepClock
	id     string // the connection in the record
	jump   bool

	tap      *tap
	policy   *hostKeyPolicy
	queue    *authQueue
	beat     chan struct{} // progress: the limit of the running wait starts anew
	gate     chan struct{} // closed when the authentication may begin
	keyed    chan struct{} // closed when the host key was accepted, or the call has returned before
	ready    chan struct{} // closed when the library's call has returned
	ended    chan struct{} // closed when the end of an established connection is recorded
	closing  chan struct{} // closed by close
	keyedOne sync.Once
	closed   sync.Once
	workers  sync.WaitGroup

	ending    sync.Mutex // whoever finds the end recorded finds its event recorded too
	mu        sync.Mutex
	phase     probe.Phase
	verified  bool // the host key was accepted
	opened    bool // the gate is open
	over      bool // the end was recorded; what follows is a consequence
	why       string
	class     probe.Class // of what ended the session
	conn      ssh.Conn
	failure   error // why the library's call failed
	client    kexInit
	server    kexInit
	serverKex bool
	version   string
	lines     []string    // before the version line
	misfit    *time.Timer // ends a wait for a version line that will not come
	banner    int         // bytes of the userauth banner
	tooMuch   error       // the banner was too long
}

// newSession starts to speak SSH on conn.
func (d *driver) newSession(target probe.Target, id string, conn net.Conn) *session {
	s := &session{
		target: target, rec: d.rec, clock: &d.step, id: id, jump: strings.HasPrefix(id, "jump"), phase: probe.PhaseVersion,
		beat: make(chan struct{}, 1), gate: make(chan struct{}), keyed: make(chan struct{}),
		ready: make(chan struct{}), ended: make(chan struct{}), closing: make(chan struct{}),
	}
	s.tap = newTap(conn, &serverSide{s}, &clientSide{s})
	s.policy = newHostKeyPolicy(s)
	s.queue = newAuthQueue(s)
	s.rec.Connection(id, func(c *probe.Connection) {
		c.Role, c.Local, c.Remote = sshConn, conn.LocalAddr().String(), conn.RemoteAddr().String()
	})
	s.workers.Go(s.handshake)
	return s
}

// handshake is the library's call, from the version line to the end of the authentication.
func (s *session) handshake() {
	defer s.markKeyed()
	defer close(s.ready)
	conn, channels, requests, err := s.newClientConn()
	s.mu.Lock()
	s.conn, s.failure = conn, err
	s.mu.Unlock()
	if err != nil {
		close(s.ended)
		return
	}
	s.workers.Go(func() { rejectChannels(channels) })
	s.workers.Go(func() { s.globalRequests(requests) })
	s.workers.Go(func() { s.watchEnd(conn) })
}

func (s *session) newClientConn() (conn ssh.Conn, ch <-chan ssh.NewChannel, rq <-chan *ssh.Request, err error) {
	defer func() {
		if r := recover(); r != nil {
			_ = s.tap.Close()
			err = &libraryError{fmt.Sprint(r)}
		}
	}()
	lists := offered(s.target.SSH)
	config := &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: lists.kex, Ciphers: lists.ciphers, MACs: lists.macs},
		User:              s.target.User,
		ClientVersion:     clientVersion,
		HostKeyAlgorithms: s.policy.algorithms(lists.hostKeys),
		HostKeyCallback:   s.policy.check,
		BannerCallback:    s.recordBanner,
		AuthCallback:      s.queue.next,
	}
	return ssh.NewClientConn(s.tap, s.policy.address, config)
}

// login lets the authentication begin.
func (s *session) login() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opened {
		s.opened = true
		close(s.gate)
	}
}

// hostKeyAccepted ends the wait of the connect step.
func (s *session) hostKeyAccepted() {
	s.mu.Lock()
	s.verified = true
	s.mu.Unlock()
	s.markKeyed()
}

func (s *session) markKeyed() { s.keyedOne.Do(func() { close(s.keyed) }) }

// shut ends the connection. It may be called twice, and does not wait.
func (s *session) shut() {
	s.closed.Do(func() {
		close(s.closing)
		s.stopMisfit()
		s.queue.close()
		_ = s.tap.Close()
	})
}

// join waits for every goroutine of a session that was shut.
func (s *session) join() { s.workers.Wait() }

// enter makes phase the rung of what follows.
func (s *session) enter(phase probe.Phase) {
	s.mu.Lock()
	s.phase = phase
	s.mu.Unlock()
	s.progress()
}

// progress starts the limit of the running wait anew.
func (s *session) progress() {
	select {
	case s.beat <- struct{}{}:
	default:
	}
}

// add records e for this connection in the present phase, unless it has one. On a jump host all is
// phase proxy: what fails there says nothing about the target.
func (s *session) add(e probe.Event) int {
	e.Conn = s.id
	if e.Phase == "" {
		s.mu.Lock()
		e.Phase = s.phase
		s.mu.Unlock()
	}
	if s.jump {
		if e.Attr == nil {
			e.Attr = map[string]string{}
		}
		e.Attr["rung"], e.Phase = string(e.Phase), probe.PhaseProxy
	}
	return s.rec.Add(e)
}

// cutError is returned by a wait that a limit or the context ended; the session is then closed and
// the reason recorded.
type cutError struct{ text string }

func (e *cutError) Error() string { return e.text }

// awaited says what was due in a phase, for the text of a limit that ran out.
var awaited = map[probe.Phase]string{
	probe.PhaseVersion:   "no SSH version line came",
	probe.PhaseKex:       "the key exchange did not go on",
	probe.PhaseAuth:      "no answer to the login came",
	probe.PhaseChannel:   "no answer to the request for a channel came",
	probe.PhaseSubsystem: "no answer to the request for the subsystem came",
	probe.PhaseInit:      "no answer to INIT came",
	probe.PhaseTransfer:  "no byte moved",
}

// wait waits for done. When limit passes without progress, or ctx ends, it records that, closes the
// connection, which unblocks whatever the library waits for, and returns a cutError.
func (s *session) wait(ctx context.Context, done <-chan struct{}, limit time.Duration, name string) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-s.beat:
			timer.Reset(limit)
		case <-timer.C:
			return s.cut(probe.ClassTimeout, name, fmt.Sprintf("%s within %s", s.due(), limit))
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return s.cut(probe.ClassCanceled, "", "the run was ended")
			}
			return s.cut(probe.ClassTimeout, s.clock.limit(), s.due()+" before the time was over")
		}
	}
}

// cut records why the session is given up and closes the connection.
func (s *session) cut(class probe.Class, limit, text string) error {
	e := probe.Event{Direction: probe.Local, Kind: probe.KindTimeout, Text: text, Failure: &probe.Failure{Class: class, Text: text}}
	if class == probe.ClassCanceled {
		e.Kind = probe.KindClose
	} else {
		e.Attr = map[string]string{"limit": limit}
	}
	s.end(e, text)
	_ = s.tap.Close()
	return &cutError{text}
}

func (s *session) due() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, ok := awaited[s.phase]; ok {
		return text
	}
	return "no answer came"
}

// end records the event that ended the session, unless an earlier one did: what follows an end is
// its consequence. why is one line for people.
func (s *session) end(e probe.Event, why string) {
	s.ending.Lock()
	defer s.ending.Unlock()
	if s.finish(why) {
		s.mu.Lock()
		s.class = probe.ClassEOF // a DISCONNECT has a code and no failure
		if e.Failure != nil {
			s.class = e.Failure.Class
		}
		s.mu.Unlock()
		s.missingVersion()
		s.add(e)
	}
}

// finish marks the end as recorded; it returns false if it was already.
func (s *session) finish(why string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.over, s.why = true, why
	return true
}

// isOver tells whether the end was recorded.
func (s *session) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// reason returns why the session ended, in one line.
func (s *session) reason() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

// broke says how a stream of data broke off: with the session, or by something here.
func (s *session) broke(text string) *probe.Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.class == "" {
		return &probe.Failure{Class: probe.ClassLocal, Text: text}
	}
	return &probe.Failure{Class: s.class, Text: text}
}

// watchEnd records how an established connection ended, if it was not by us.
func (s *session) watchEnd(conn ssh.Conn) {
	defer close(s.ended)
	err := conn.Wait()
	select {
	case <-s.closing:
		return
	default:
	}
	s.recordEnd(err)
}

// recordEnd records the end of the connection from the library's error and the tap's.
func (s *session) recordEnd(err error) {
	if d, ok := disconnectOf(err); ok {
		s.recordDisconnect(d)
		return
	}
	if cause := s.tap.cause(); cause != nil {
		err = cause
	}
	f := failureOf(err)
	e := probe.Event{Direction: probe.Received, Kind: probe.KindClose, Text: closeText(f), Failure: &f, Code: dial.CodeOf(err)}
	if f.Class != probe.ClassEOF && f.Class != probe.ClassReset {
		e.Kind = probe.KindHandshake
	}
	e.Attr = s.loginUnderWay()
	s.end(e, e.Text)
}

// loginUnderWay names the attempt to log in whose answer was due when the session ended.
func (s *session) loginUnderWay() map[string]string {
	if a := s.queue.running(); a != "" {
		return map[string]string{"after": a}
	}
	return nil
}

func closeText(f probe.Failure) string {
	switch f.Class {
	case probe.ClassEOF:
		return "the server closed the connection"
	case probe.ClassReset:
		return "the server reset the connection"
	}
	return f.Text
}

// recordDisconnect records SSH_MSG_DISCONNECT as the end of the session.
func (s *session) recordDisconnect(d disconnect) {
	s.end(probe.Event{
		Direction: probe.Received, Kind: probe.KindDisconnect, Text: d.text, Attr: s.loginUnderWay(),
		Code: &probe.Code{Space: probe.SpaceSSHDisconnect, Value: int(d.reason), Name: disconnectName(d.reason), Text: d.text},
	}, fmt.Sprintf("the server disconnected: %d %s", d.reason, d.text))
}

// info updates the connection's entry in the record.
func (s *session) info(update func(*probe.SSHInfo)) {
	s.rec.Connection(s.id, func(c *probe.Connection) {
		if c.SSH == nil {
			c.SSH = &probe.SSHInfo{}
		}
		update(c.SSH)
	})
}

// clean masks secrets in names that the server chose.
func (s *session) clean(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = s.rec.Clean(out[i])
	}
	return out
}
