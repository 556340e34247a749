package sftp

import (
	"fmt"
	"strings"
	"time"

	"mftprobe/probe"
)

// misfitGrace is how long a server of another protocol may go on talking before it is given up.
// Text before the version line is allowed (RFC 4253 section 4.2), so its first line alone does not
// end the session at once.
const misfitGrace = time.Second

// clientSide is told what we send in clear text.
type clientSide struct{ s *session }

func (c *clientSide) preVersion(string)   {}
func (c *clientSide) encrypted([]uint8)   {}
func (c *clientSide) version(line string) { c.s.recordVersion(probe.Sent, line) }

func (c *clientSide) message(payload []byte) {
	if k, ok := parseKexInit(payload); ok {
		c.s.mu.Lock()
		c.s.client = k
		c.s.mu.Unlock()
		c.s.recordKexInit(probe.Sent, k)
	}
}

// serverSide is told what the server sends in clear text.
type serverSide struct{ s *session }

func (v *serverSide) encrypted([]uint8) {}

func (v *serverSide) preVersion(line string) {
	s := v.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
	if probe.ProtocolOf(line) != "" && s.misfit == nil {
		s.misfit = time.AfterFunc(misfitGrace, s.giveUpMisfit)
	}
}

func (v *serverSide) version(line string) {
	s := v.s
	s.stopMisfit()
	s.mu.Lock()
	lines := strings.Join(s.lines, "\n")
	s.version = line
	s.mu.Unlock()
	if lines != "" {
		s.add(probe.Event{Direction: probe.Received, Kind: probe.KindBanner, Text: lines, Attr: map[string]string{"banner": "pre-version"}})
	}
	s.recordVersion(probe.Received, line)
	if !strings.HasPrefix(line, "SSH-2.") && !strings.HasPrefix(line, "SSH-1.99-") {
		s.refuseVersion(line)
		return
	}
	s.enter(probe.PhaseKex)
}

func (v *serverSide) message(payload []byte) {
	if k, ok := parseKexInit(payload); ok {
		v.s.mu.Lock()
		first := !v.s.serverKex
		v.s.server, v.s.serverKex = k, true
		v.s.mu.Unlock()
		if first {
			v.s.recordKexInit(probe.Received, k)
			v.s.progress()
		}
	}
	if d, ok := parseDisconnect(payload); ok {
		v.s.recordDisconnect(d)
	}
}

// recordVersion records an identification string (RFC 4253 section 4.2).
func (s *session) recordVersion(dir probe.Direction, line string) {
	s.add(probe.Event{Direction: dir, Kind: probe.KindBanner, Text: line, Attr: map[string]string{"banner": "version"}})
	line = s.rec.Clean(line)
	s.info(func(i *probe.SSHInfo) {
		if dir == probe.Sent {
			i.ClientVersion = line
		} else {
			i.ServerVersion = line
		}
	})
}

func (s *session) recordKexInit(dir probe.Direction, k kexInit) {
	offers := k.offers()
	attr := map[string]string{}
	for category, names := range offers {
		attr[category] = strings.Join(names, ",")
		offers[category] = s.clean(names)
	}
	s.add(probe.Event{Direction: dir, Kind: probe.KindKexInit, Attr: attr})
	s.info(func(i *probe.SSHInfo) {
		if dir == probe.Sent {
			i.ClientOffers = offers
		} else {
			i.ServerOffers = offers
		}
	})
}

// refuseVersion ends a session with a server that speaks SSH 1 only.
func (s *session) refuseVersion(line string) {
	text := fmt.Sprintf("%q: this program speaks SSH 2 only", line)
	s.end(probe.Event{
		Direction: probe.Local, Kind: probe.KindHandshake, Text: text, Attr: map[string]string{"protocol": "ssh1"},
		Failure: &probe.Failure{Class: probe.ClassUnsupported, Text: text},
	}, text)
	_ = s.tap.Close()
}

// giveUpMisfit ends the wait for a version line from a server of another protocol.
func (s *session) giveUpMisfit() {
	s.ending.Lock()
	defer s.ending.Unlock()
	if s.finish(notSSH) {
		s.missingVersion()
	}
	_ = s.tap.Close()
}

const notSSH = "this is not the version line of an SSH server"

func (s *session) stopMisfit() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.misfit != nil {
		s.misfit.Stop()
	}
}

// missingVersion records what the server said instead of a version line, if it said anything.
func (s *session) missingVersion() {
	s.mu.Lock()
	seen, lines := s.version != "", strings.Join(s.lines, "\n")
	s.mu.Unlock()
	text := lines + "\n" + s.tap.in.unfinished()
	if seen || strings.TrimSpace(text) == "" {
		return
	}
	text = strings.TrimLeft(text, "\n")
	e := probe.Event{
		Direction: probe.Received, Kind: probe.KindText, Text: text, Bytes: int64(len(text)),
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: notSSH},
	}
	if other := probe.ProtocolOf(text); other != "" && other != "ssh" {
		e.Attr = map[string]string{"protocol": other}
	}
	s.add(e)
}

// serverVersion returns the server's identification string.
func (s *session) serverVersion() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}
