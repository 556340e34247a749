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
	hostType   string
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

// disconnected records SSH_MSG_DISCONNECT.
func (s *session) disconnected(from probe.Direction, reason int, text string) {
	s.isSSH()
	phase := s.whereSSH()
	code := &probe.Code{Space: probe.SpaceSSHDisconnect, Value: reason, Text: text}
	e := probe.Event{Phase: phase, Direction: from, Kind: probe.KindDisconnect, Text: text, Code: code}
	if s.failed() || s.ssh.left || from == probe.Sent && reason == 11 {
		s.add(e)
		return
	}
	s.over = true
	s.fail(e, "")
}

// channelEvent records what happens on the session channel: part is open, subsystem, exit-status,
// exit-signal or stderr, outcome granted, refused or a number.
func (s *session) channelEvent(part, outcome, text string) {
	e := probe.Event{
		Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindChannel, Command: part, Text: text, Attr: map[string]string{"channel": part},
	}
	switch part {
	case "open":
		e.Phase = probe.PhaseChannel
	case "subsystem":
		e.Phase = probe.PhaseSubsystem
	}
	switch {
	case part == "exit-status" || part == "exit-signal":
		e.Attr[part] = outcome
	case outcome != "":
		e.Attr["outcome"] = outcome
	}
	if outcome == "refused" && !s.failed() {
		s.fail(e, "channel")
		return
	}
	s.add(e)
}

// openRefused records that no session channel was given (RFC 4254 section 5.1).
func (s *session) openRefused(reason int, text string) {
	e := probe.Event{
		Phase: probe.PhaseChannel, Direction: probe.Received, Kind: probe.KindChannel, Command: "open", Text: text, Attr: map[string]string{"channel": "open-failure"},
		Code: &probe.Code{Space: probe.SpaceSSHChannel, Value: reason, Text: text},
	}
	if s.failed() {
		s.add(e)
		return
	}
	s.over = true
	s.fail(e, "channel")
}

// channelEnded records that the channel ended before SFTP was ready.
func (s *session) channelEnded(text string) {
	if s.failed() {
		s.remark(probe.PhaseInit, text)
		return
	}
	s.fail(probe.Event{
		Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindClose, Text: text, Attr: map[string]string{"what": "channel"},
		Failure: &probe.Failure{Class: probe.ClassEOF, Text: text},
	}, "channel")
}

// notSFTP records that something else than SFTP packets came, with the length that was made of it.
func (s *session) notSFTP(length, text string) {
	if s.failed() {
		s.remark(probe.PhaseInit, text)
		return
	}
	e := probe.Event{
		Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindText, Text: text,
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: text},
	}
	if length != "" {
		e.Attr = map[string]string{"length_field": length}
		e.Text += " (" + lengthText(length) + ")"
	}
	s.fail(e, "")
}

// sftpReady records VERSION and ends the login.
func (s *session) sftpReady(version int, text string) {
	s.ssh.ready, s.ssh.subsystem = true, true
	if s.step != nil {
		s.step.answered = true
	}
	s.info(func(i *probe.SSHInfo) { i.SFTPVersion = version })
	s.add(probe.Event{Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindResponse, Command: "VERSION", Text: text})
}

// statusNames are the codes of draft-ietf-secsh-filexfer-13 section 9.1 that servers use.
var statusNames = map[int]string{
	0: "SSH_FX_OK", 1: "SSH_FX_EOF", 2: "SSH_FX_NO_SUCH_FILE", 3: "SSH_FX_PERMISSION_DENIED", 4: "SSH_FX_FAILURE", 5: "SSH_FX_BAD_MESSAGE",
	6: "SSH_FX_NO_CONNECTION", 7: "SSH_FX_CONNECTION_LOST", 8: "SSH_FX_OP_UNSUPPORTED", 11: "SSH_FX_FILE_ALREADY_EXISTS", 12: "SSH_FX_WRITE_PROTECT",
	14: "SSH_FX_NO_SPACE_ON_FILESYSTEM", 15: "SSH_FX_QUOTA_EXCEEDED", 17: "SSH_FX_LOCK_CONFLICT", 18: "SSH_FX_DIR_NOT_EMPTY",
}

// request records an SFTP request. id ties it to its answer; empty: the next answer is its own.
func (s *session) request(id, name, path string) {
	if op := sftpOp(name); op != "" && !s.within(op, path) && !(name == "REALPATH" && s.within(probe.OpCwd, path)) {
		s.begin(op, path)
	}
	if s.ssh.requests == nil {
		s.ssh.requests = map[string]sftpRequest{}
	}
	if len(s.ssh.requests) < maxRequests {
		s.ssh.requests[id] = sftpRequest{name, path}
	}
	s.ssh.last = name
	text := strings.TrimSpace(wireName(name) + " " + path)
	switch name {
	case "OPEN-READ":
		text += " flags READ"
	case "OPEN-WRITE":
		text += " flags WRITE,CREATE"
	}
	s.add(probe.Event{Phase: s.requestPhase(name), Direction: probe.Sent, Kind: probe.KindRequest, Command: wireName(name), Text: text})
}

// quietRequest remembers a request that belongs to the running step and is too frequent to be an
// event of its own.
func (s *session) quietRequest(id, name string) {
	if s.ssh.requests == nil {
		s.ssh.requests = map[string]sftpRequest{}
	}
	if len(s.ssh.requests) < maxRequests {
		s.ssh.requests[id] = sftpRequest{name: name}
	}
	s.ssh.last = name
}

// maxRequests bounds the requests that wait for an answer in a log that shows none.
const maxRequests = 4096

// within tells that a request belongs to the running step.
func (s *session) within(op probe.Op, path string) bool {
	if s.step == nil || s.step.Op != op || s.step.answered {
		return false
	}
	if s.step.Path == "" {
		s.step.Path = path
	}
	return true
}

func sftpOp(name string) probe.Op {
	switch name {
	case "REALPATH":
		return probe.OpPwd
	case "OPENDIR":
		return probe.OpList
	case "OPEN-READ":
		return probe.OpGet
	case "OPEN-WRITE", "OPEN":
		return probe.OpPut
	case "REMOVE":
		return probe.OpDelete
	case "RENAME", "POSIX-RENAME":
		return probe.OpRename
	case "MKDIR":
		return probe.OpMkdir
	case "RMDIR":
		return probe.OpRmdir
	case "STAT", "LSTAT":
		return probe.OpStat
	case "SETSTAT":
		return probe.OpChmod
	}
	return ""
}

func (s *session) requestPhase(name string) probe.Phase {
	switch name {
	case "INIT":
		return probe.PhaseInit
	case "REALPATH", "STAT", "LSTAT":
		return probe.PhasePath
	case "READ", "WRITE":
		return probe.PhaseTransfer
	}
	return probe.PhaseRequest
}

// response records an answer that is not a bad status.
func (s *session) response(id, text string) {
	q, ok := s.ssh.requests[id]
	if !ok {
		q.name = s.ssh.last
	}
	delete(s.ssh.requests, id)
	if s.step != nil && s.step.Op != probe.OpCwd { // cd looks at the directory after its name was resolved
		s.step.answered = true
	}
	s.add(probe.Event{
		Phase: s.requestPhase(q.name), Direction: probe.Received, Kind: probe.KindResponse, Command: wireName(q.name), Text: text,
		Attr: map[string]string{"path": q.path},
	})
}

// status records SSH_FXP_STATUS. End of file ends a listing or a download and is no failure.
func (s *session) status(id string, code int, text string) {
	q, ok := s.ssh.requests[id]
	if !ok {
		q.name = s.ssh.last
	}
	delete(s.ssh.requests, id)
	e := probe.Event{
		Phase: s.requestPhase(q.name), Direction: probe.Received, Kind: probe.KindResponse, Command: wireName(q.name), Text: text,
		Code: &probe.Code{Space: probe.SpaceSFTP, Value: code, Name: statusNames[code], Text: text}, Attr: map[string]string{"path": q.path},
	}
	switch {
	case code == 0 || code == 1 && (q.name == "READDIR" || q.name == "READ" || q.name == ""):
		if s.step != nil {
			s.step.answered = true
		}
		s.add(e)
	case s.failed():
		e.Tolerated = true
		s.add(e)
	default:
		s.fail(e, q.name)
	}
}

// wireName is the name of a request on the wire.
func wireName(name string) string {
	switch name {
	case "OPEN-READ", "OPEN-WRITE":
		return "OPEN"
	case "POSIX-RENAME":
		return "EXTENDED"
	}
	return name
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
