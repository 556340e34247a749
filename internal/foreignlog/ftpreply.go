package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/probe"
)

// replyLine takes one line of what the server said and puts replies of several lines together
// (RFC 959 section 4.2). A line that cannot belong to a reply is returned as false.
func (s *session) replyLine(line string) bool {
	code, sep := replyCode(line)
	open := s.ftp.code != ""
	switch {
	case open && code == s.ftp.code && sep == ' ':
		s.ftp.lines = append(s.ftp.lines, line)
		s.flushReply()
	case open && len(s.ftp.lines) < maxReplyLines:
		s.ftp.lines = append(s.ftp.lines, line)
	case open:
	case code == "":
		return false
	case sep == '-':
		s.ftp.code, s.ftp.lines = code, []string{line}
	default:
		s.reply(code, line)
	}
	return true
}

// maxReplyLines bounds one reply; a log that opens a reply and never ends it must not swallow all.
const maxReplyLines = 500

// replyCode returns the three digits that begin a reply line and the byte behind them.
func replyCode(line string) (string, byte) {
	if len(line) < 3 || line[0] < '1' || line[0] > '6' || !digit(line[1]) || !digit(line[2]) {
		return "", 0
	}
	if len(line) == 3 {
		return line, ' '
	}
	if line[3] != ' ' && line[3] != '-' {
		return "", 0
	}
	return line[:3], line[3]
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// flushReply ends a reply of several lines whose last line is missing in the log.
func (s *session) flushReply() {
	if s.ftp.code == "" {
		return
	}
	code, text := s.ftp.code, strings.Join(s.ftp.lines, "\n")
	s.ftp.code, s.ftp.lines = "", nil
	s.reply(code, text)
}

// replyOpen tells that a reply of several lines is being collected.
func (s *session) replyOpen() bool { return s.ftp.code != "" }

// reply takes a whole reply.
func (s *session) reply(digits, text string) {
	value, _ := strconv.Atoi(digits)
	name := s.answered(value)
	if s.ftp.implicit && !s.ftp.secured && name == "" {
		s.secured("", "", false) // a greeting came, so the handshake worked
	}
	e := probe.Event{
		Phase: s.replyPhase(name, value), Direction: probe.Received, Kind: probe.KindReply, Command: name, Text: text,
		Code: &probe.Code{Space: probe.SpaceFTP, Value: value, Text: replyText(text)},
	}
	s.ftp.dialled = true
	switch {
	case value >= 400 && value != 421 && name != "" && (lookVerb(name, "").may || s.ftp.optional && len(s.ftp.pending) == 0):
		e.Tolerated = true
		s.add(e)
	case value >= 400:
		s.fail(e, name)
	default:
		s.add(e)
		s.accept(name, value, text)
	}
	if value == 421 {
		s.over = true
	}
}

// answered returns the verb that a reply belongs to, and takes it from the pending ones if the
// reply is final. Empty: the greeting, or a reply that nobody asked for.
func (s *session) answered(value int) string {
	f := &s.ftp
	if len(f.pending) == 0 {
		return ""
	}
	name := f.pending[0]
	if value >= 200 {
		f.pending = f.pending[1:]
	}
	return name
}

func (s *session) replyPhase(name string, value int) probe.Phase {
	f := &s.ftp
	switch {
	case name == "" && !f.greeted:
		return probe.PhaseGreeting
	case name == "":
		return s.where()
	case name == f.transfer && value >= 200 && f.opened:
		return probe.PhaseCompletion
	}
	return lookVerb(name, "").phase
}

// accept keeps in mind what a positive reply changes.
func (s *session) accept(name string, value int, text string) {
	f := &s.ftp
	if value >= 200 && value < 300 && s.step != nil {
		s.step.answered = true
	}
	switch {
	case name == "" && !f.greeted && value != 120:
		f.greeted = true
	case name == "AUTH" && value/100 == 2:
		f.authOK = true
	case name == "PASS" && value/100 == 2, name == "USER" && value == 230, name == "ACCT" && value/100 == 2:
		f.logged = true
	case name == "PROT" && value/100 == 2:
		f.protected = true
	case name == "PASV" || name == "EPSV":
		s.passiveReply(name, text)
	case name == f.transfer && value < 200:
		f.opened, f.dataOpen = true, true
	case name == f.transfer && value/100 == 2:
		s.endTransfer()
	case name == "CWD" || name == "MKD":
		s.forgive("MKD", "XMKD")
	}
}

func (s *session) endTransfer() {
	s.ftp.transfer, s.ftp.opened, s.ftp.dataOpen = "", false, false
}

// replyText returns what a reply says behind its code.
func replyText(text string) string {
	if len(text) > 4 {
		return text[4:]
	}
	return ""
}
