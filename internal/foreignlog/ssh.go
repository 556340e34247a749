package foreignlog

import (
	"strings"

	"mftprobe/probe"
)

// sshTalk is what has to be remembered of an SSH session to place its next line.
type sshTalk struct {
	versions   int // of the two version lines
	kexSent    bool
	kexDone    bool
	hostOK     bool
	authBegun  bool
	method     string // of the running attempt
	allowed    string
	authed     bool
	channel    bool
	subsystem  bool
	ready      bool // SFTP: VERSION came
	requests   map[string]sftpRequest
	statusID   string // of a STATUS whose code stands on the next line
	partial    bool   // the last answer was a partial success
	exitComes  bool   // an exit-status was received
	statWords  string // why the last stat failed
	lastStatus int
	answered   bool   // the running attempt was
	missed     string // the name that was looked up last and not found
	why        string // what sshd logged about a refusal before it happened
	upload     bool   // the file that is named goes to the server
	batch      string // the command that was typed last
	path       string // named before the request that it belongs to
	last       string
	left       bool
	client     map[string][]string
	server     map[string][]string
}

// sftpRequest is a request without an answer so far.
type sftpRequest struct{ name, path string }

func (s *session) isSSH() {
	if s.target.Protocol != probe.SFTP {
		s.target.Protocol = probe.SFTP
	}
}

// whereSSH is the phase in which something happens now that nothing else explains.
func (s *session) whereSSH() probe.Phase {
	t := &s.ssh
	switch {
	case t.left:
		return probe.PhaseQuit
	case t.ready && s.op() == probe.OpPwd:
		return probe.PhasePath
	case t.ready && (s.op() == probe.OpPut || s.op() == probe.OpGet):
		return probe.PhaseTransfer
	case t.ready:
		return probe.PhaseRequest
	case t.subsystem:
		return probe.PhaseInit
	case t.channel:
		return probe.PhaseSubsystem
	case t.authed:
		return probe.PhaseChannel
	case t.authBegun:
		return probe.PhaseAuth
	case t.kexDone:
		return probe.PhaseHostKey
	case t.kexSent || t.versions >= 2:
		return probe.PhaseKex
	case s.ftp.dialled:
		return probe.PhaseVersion
	}
	return probe.PhaseTCP
}

// info changes the SSH part of the connection's entry.
func (s *session) info(update func(*probe.SSHInfo)) {
	s.isSSH()
	s.connection("", "")
	s.rec.Connection("ssh", func(c *probe.Connection) {
		if c.SSH == nil {
			c.SSH = &probe.SSHInfo{ServerOffers: map[string][]string{}, AuthMethods: []string{}}
		}
		update(c.SSH)
	})
}

// version takes an identification string of one side.
func (s *session) version(from probe.Direction, line string) {
	s.isSSH()
	if s.ssh.versions < 2 {
		s.ssh.versions++
	}
	s.ftp.dialled = true
	s.info(func(i *probe.SSHInfo) {
		if from == probe.Received {
			i.ServerVersion = line
		} else {
			i.ClientVersion = line
		}
	})
	s.add(probe.Event{Phase: probe.PhaseVersion, Direction: from, Kind: probe.KindBanner, Text: line, Attr: map[string]string{"banner": "version"}})
}

// offers takes the algorithm lists of one side, by category.
func (s *session) offers(from probe.Direction, lists map[string][]string) {
	s.isSSH()
	s.ssh.kexSent = true
	attr := map[string]string{}
	for k, v := range lists {
		attr[k] = strings.Join(v, ",")
	}
	if from == probe.Received {
		s.ssh.server = lists
	} else {
		s.ssh.client = lists
	}
	s.info(func(i *probe.SSHInfo) {
		if from == probe.Received {
			i.ServerOffers = lists
		} else {
			i.ClientOffers = lists
		}
	})
	s.add(probe.Event{Phase: probe.PhaseKex, Direction: from, Kind: probe.KindKexInit, Attr: attr})
}

// noCommon records that the two sides share no algorithm of a category.
func (s *session) noCommon(category, theirs, text string) {
	if s.failed() {
		s.remark(probe.PhaseKex, text)
		return
	}
	ours := ""
	if list := s.ssh.client[category]; list != nil {
		ours = strings.Join(list, ",")
	}
	if theirs != "" {
		s.info(func(i *probe.SSHInfo) {
			if i.ServerOffers[category] == nil {
				i.ServerOffers[category] = strings.Split(theirs, ",")
			}
		})
	}
	s.over = true
	s.fail(probe.Event{
		Phase: probe.PhaseKex, Direction: probe.Local, Kind: probe.KindHandshake, Text: text,
		Failure: &probe.Failure{Class: probe.ClassNegotiation, Text: text},
		Attr:    map[string]string{"category": category, "ours": ours, "theirs": theirs},
	}, "")
}

// keysAgreed records the end of the key exchange.
func (s *session) keysAgreed() {
	if s.ssh.kexDone {
		return
	}
	s.ssh.kexDone, s.ssh.kexSent = true, true
	s.add(probe.Event{Phase: probe.PhaseKex, Direction: probe.Local, Kind: probe.KindHandshake})
}

// hostKey records the server's key; known is match, unknown, changed, revoked or other-type.
func (s *session) hostKey(kind, fingerprint, known, text string) {
	s.isSSH()
	if kind != "" {
		s.info(func(i *probe.SSHInfo) { i.HostKey = probe.HostKey{Type: kind, SHA256: fingerprint} })
	}
	e := probe.Event{
		Phase: probe.PhaseHostKey, Direction: probe.Received, Kind: probe.KindHostKey, Text: text,
		Attr: map[string]string{"type": kind, "sha256": fingerprint, "known": known},
	}
	switch known {
	case "changed", "revoked", "unknown", "other-type":
		if s.failed() {
			s.remark(probe.PhaseHostKey, text)
			return
		}
		e.Failure = &probe.Failure{Class: probe.ClassHostKey, Text: text}
		s.fail(e, "host-key")
	default:
		s.ssh.hostOK = known == "match"
		s.add(e)
	}
}

// hostAccepted records that the client went on with the key.
func (s *session) hostAccepted() {
	if s.forgive("host-key") {
		s.oddity(probe.OddityHostKeyAccepted, probe.PhaseHostKey, "the key was accepted by the user")
	}
	s.ssh.hostOK = true
}

// authBegins opens the login step.
func (s *session) authBegins() {
	if s.ssh.authBegun {
		return
	}
	s.ssh.authBegun = true
	s.keysAgreed()
	if s.op() == probe.OpConnect {
		if s.step != nil {
			s.step.answered = true
		}
		s.begin(probe.OpLogin, "")
	}
}

// offered notes the methods that the server would take.
func (s *session) offered(list, text string) {
	list = strings.ReplaceAll(list, " ", "")
	s.authBegins()
	s.ssh.allowed = list
	s.info(func(i *probe.SSHInfo) { i.AuthMethods = strings.Split(list, ",") })
	s.add(probe.Event{
		Phase: probe.PhaseAuth, Direction: probe.Received, Kind: probe.KindAuth, Text: text, Tolerated: true,
		Attr: map[string]string{"method": "none", "outcome": "refused", "allowed": list},
	})
}

// attempt records that a method is tried.
func (s *session) attempt(method, text string) {
	s.authBegins()
	s.ssh.method, s.ssh.answered = method, false
	s.add(probe.Event{
		Phase: probe.PhaseAuth, Direction: probe.Sent, Kind: probe.KindAuth, Text: text, Attr: map[string]string{"method": method},
	})
}

// authResult records the answer to an attempt: accepted, refused, key-refused or partial. allowed is what the
// server would take next. Refusals are survived until the session ends with one.
func (s *session) authResult(outcome, allowed, text string) {
	s.authBegins()
	t := &s.ssh
	t.answered = true
	if allowed != "" {
		t.allowed = allowed
		s.info(func(i *probe.SSHInfo) { i.AuthMethods = strings.Split(allowed, ",") })
	}
	method := t.method
	if method == "" {
		method = "none"
	}
	e := probe.Event{
		Phase: probe.PhaseAuth, Direction: probe.Received, Kind: probe.KindAuth, Text: text,
		Attr: map[string]string{"method": method, "outcome": outcome, "allowed": t.allowed},
	}
	if outcome == "refused" && method == "publickey" {
		e.Attr["outcome"] = "key-refused"
	}
	s.add(e)
	if outcome == "accepted" {
		t.authed = true
		s.forgive("auth")
	}
}

// denied records that the client has no method left.
func (s *session) denied(text string) {
	s.authBegins()
	if s.failed() {
		s.remark(probe.PhaseAuth, text)
		return
	}
	if m := s.ssh.method; m != "" && m != "none" && !s.ssh.answered {
		s.authResult("refused", "", text) // the last attempt has no answer of its own in the log
	}
	s.over = true
	s.fail(probe.Event{
		Phase: probe.PhaseAuth, Direction: probe.Local, Kind: probe.KindAuth, Text: text,
		Failure: &probe.Failure{Class: probe.ClassAuth, Text: text},
		Attr:    map[string]string{"outcome": "failed", "allowed": s.ssh.allowed},
	}, "auth")
	s.reason(probe.PhaseAuth, s.ssh.why)
}

// reason keeps why something was refused, where the log tells it in a line of its own.
func (s *session) reason(phase probe.Phase, text string) {
	if text != "" {
		s.add(probe.Event{Phase: phase, Direction: probe.Received, Kind: probe.KindNote, Text: text})
	}
}

// disconnected records SSH_MSG_DISCONNECT of the server.
func (s *session) disconnected(reason int, text string) {
	s.isSSH()
	phase := s.whereSSH()
	code := &probe.Code{Space: probe.SpaceSSHDisconnect, Value: reason, Text: text}
	e := probe.Event{Phase: phase, Direction: probe.Received, Kind: probe.KindDisconnect, Text: text, Code: code}
	if s.failed() || s.ssh.left {
		s.add(e)
		return
	}
	s.over = true
	s.fail(e, "")
}

// endSSH settles the end of a log of SSH.
func (s *session) endSSH() {
	t := &s.ssh
	if s.failed() || s.over || t.left {
		return
	}
	if s.op() == probe.OpConnect || s.op() == probe.OpLogin && !t.ready && !t.channel {
		if s.op() == probe.OpLogin && t.authed {
			s.step.answered = true
			return
		}
		s.cutShort(s.whereSSH(), awaited(s.whereSSH()))
	}
}

func awaited(p probe.Phase) string {
	switch p {
	case probe.PhaseTCP:
		return "the connection"
	case probe.PhaseVersion:
		return "the server's version line"
	case probe.PhaseKex:
		return "the key exchange"
	case probe.PhaseAuth:
		return "the answer to the authentication"
	}
	return "an answer"
}
