package foreignlog

import (
	"strings"

	"mftprobe/probe"
)

// ftpTalk is what has to be remembered of an FTP dialogue to place its next line.
type ftpTalk struct {
	pending   []string // verbs that were sent and have no final reply yet
	optional  bool     // the last command is one whose refusal means little
	lines     []string // of a reply of several lines, so far
	code      string   // of that reply
	trying    bool     // the address was named, TCP does not stand yet
	dialled   bool     // TCP stands
	greeted   bool
	authOK    bool // 234 came
	secured   bool // the control handshake is done
	implicit  bool
	protected bool // PROT P was accepted
	user      string
	logged    bool
	data      int    // data connections so far
	dataOpen  bool   // the data connection is known to stand
	passive   string // address of the last 227 or 229
	transfer  string // verb of the running transfer
	opened    bool   // its 1xx came
	ended     bool   // its data is over
	hint      string // an error whose reason follows on the next line
	left      bool   // QUIT was sent
}

// command takes a line that the client sent.
func (s *session) command(line string) {
	s.flushReply()
	name, arg := splitCommand(line)
	if name == "" {
		return
	}
	if s.strangeClient(line) {
		return
	}
	text := s.maskCommand(name, arg, line)
	v := lookVerb(name, arg)
	if s.ftp.authOK && !s.ftp.secured && name != "AUTH" {
		s.secured("", "", false) // it goes on, so the handshake worked
	}
	s.ftp.greeted, s.ftp.dialled = true, true
	s.moveTo(name, arg, v)
	s.ftp.pending = append(s.ftp.pending, name)
	s.ftp.optional = v.may
	if moves(name) {
		s.ftp.transfer, s.ftp.opened, s.ftp.ended = name, false, false
	}
	conn := ""
	s.add(probe.Event{Phase: v.phase, Conn: conn, Direction: probe.Sent, Kind: probe.KindCommand, Command: name, Text: text})
	switch name {
	case "USER":
		s.ftp.user = arg
		if !isMask(arg) {
			s.target.User = arg
		}
	case "AUTH":
		s.target.Protocol = probe.FTPES
	case "QUIT":
		s.ftp.left = true
	}
}

// strangeClient recognises a client of another protocol in a server's log by its first line.
func (s *session) strangeClient(line string) bool {
	name, _ := splitCommand(line)
	if !s.book.server || s.ftp.user != "" || s.ftp.authOK || s.failed() {
		return false
	}
	var protocol string
	switch {
	case strings.HasPrefix(name, "SSH-"):
		protocol = "ssh"
	case name == "GET" && strings.Contains(line, "HTTP/"):
		protocol = "http"
	case strings.Count(line, "?")+strings.Count(line, "\ufffd") > 8:
		protocol = "tls" // a handshake, as a log of text shows it
	default:
		return false
	}
	s.ftp.greeted = true
	s.ftp.pending = append(s.ftp.pending, "")
	s.fail(probe.Event{
		Phase: probe.PhaseGreeting, Direction: probe.Sent, Kind: probe.KindText, Text: line,
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: "the client speaks another protocol"}, Attr: map[string]string{"protocol": protocol},
	}, "")
	return true
}

// maskCommand returns the line without its password and registers that.
func (s *session) maskCommand(name, arg, line string) string {
	switch name {
	case "PASS", "ACCT", "ADAT":
		if u := strings.ToLower(s.ftp.user); name != "PASS" || u != "anonymous" && u != "ftp" {
			s.book.hide(arg)
		}
		return name + " " + probe.Mask
	case "SITE":
		if sub, rest, _ := strings.Cut(arg, " "); strings.EqualFold(sub, "PSWD") {
			for _, w := range strings.Fields(rest) {
				s.book.hide(w)
			}
			return name + " " + sub + " " + probe.Mask
		}
	}
	return strings.TrimSpace(line)
}

// moveTo opens the step that a command begins, if it begins one, and settles what the command
// says about the failure of an earlier one.
func (s *session) moveTo(name, arg string, v verb) {
	s.forgiveBefore(name)
	op := v.op
	switch {
	case op == "" && s.op() == probe.OpConnect && v.phase == probe.PhaseSetup && name != "HOST":
		return // FEAT before USER belongs to the connection
	case op == "", op == s.op() && sameStep(op):
		return
	case op == probe.OpActive && s.op() == probe.OpPassive, op == probe.OpPassive && s.op() == probe.OpActive:
		return
	case name == "LIST" && (s.op() == probe.OpMlsd || s.op() == probe.OpNlst) && s.lastForgiven("MLSD", "NLST"):
		return
	}
	s.begin(op, pathOf(op, arg))
}

// sameStep tells that several commands of this operation make one step.
func sameStep(op probe.Op) bool {
	return op == probe.OpLogin || op == probe.OpRename || op == probe.OpPassive || op == probe.OpActive
}

func (s *session) lastForgiven(verbs ...string) bool { return s.forgive(verbs...) }

// forgiveBefore recognises that a client tries another way after a refusal.
func (s *session) forgiveBefore(name string) {
	if name != "QUIT" {
		s.forgive("SIZE", "MDTM", "MLST", "STAT")
	}
	switch name {
	case "EPSV", "PASV", "PORT", "EPRT":
		if s.forgive("EPSV") && name == "PASV" {
			s.oddity(probe.OddityPassiveFallback, probe.PhasePassive, "EPSV was refused, PASV was tried")
		}
		s.forgive("PASV", "PORT", "EPRT", "LPSV")
		s.forgiveData()
	case "AUTH":
		s.forgive("AUTH")
	case "USER":
		if s.forgive("AUTH") {
			s.target.Protocol = probe.FTP // it goes on in clear
		}
	case "RETR", "STOR", "APPE", "LIST", "MLSD", "NLST":
		s.forgive("TYPE", "REST", "PBSZ", "PROT")
	case "MKD", "XMKD":
		s.forgive("CWD", "XCWD")
	case "CWD", "XCWD":
		s.forgive("MKD", "XMKD") // it may exist already; the next reply tells
	}
}

// forgiveData takes back that a data connection could not be made when the client asks for another.
func (s *session) forgiveData() {
	if s.op() == probe.OpPassive && s.forgive("data-connect") {
		s.oddity(probe.OddityPassiveFallback, probe.PhasePassive, "the data connection could not be made, another was asked for")
	}
}

func pathOf(op probe.Op, arg string) string {
	switch op {
	case probe.OpLogin, probe.OpPassive, probe.OpActive, probe.OpRaw, probe.OpQuit, probe.OpNoop, probe.OpPwd:
		return ""
	case probe.OpChmod:
		_, rest, _ := strings.Cut(arg, " ")
		_, arg, _ = strings.Cut(strings.TrimSpace(rest), " ")
	case probe.OpList, probe.OpNlst, probe.OpStat:
		for strings.HasPrefix(arg, "-") {
			_, arg, _ = strings.Cut(arg, " ")
		}
	}
	return arg
}

// where is the phase in which something happens now that no command explains.
func (s *session) where() probe.Phase {
	f := &s.ftp
	switch {
	case !f.dialled:
		return probe.PhaseTCP
	case f.implicit && !f.secured && !f.greeted:
		return probe.PhaseTLS
	case !f.greeted:
		return probe.PhaseGreeting
	case f.authOK && !f.secured && len(f.pending) == 0:
		return probe.PhaseTLS
	case len(f.pending) > 0:
		return s.pendingPhase(f.pending[0])
	case f.left:
		return probe.PhaseQuit
	case s.op() == probe.OpPassive && f.passive != "":
		return probe.PhaseDataConnect
	case s.op() == probe.OpConnect:
		return probe.PhaseSetup
	case s.op() == probe.OpLogin && !f.logged:
		return probe.PhaseLogin
	}
	return probe.PhaseSetup
}

func (s *session) pendingPhase(name string) probe.Phase {
	f := &s.ftp
	switch {
	case !moves(name):
		return lookVerb(name, "").phase
	case !f.opened && f.passive != "" && !f.dataOpen:
		return probe.PhaseDataConnect
	case f.ended:
		return probe.PhaseCompletion
	}
	return probe.PhaseTransfer
}

// endFTP settles the end of a log of FTP.
func (s *session) endFTP() {
	s.flushReply()
	if s.failed() || s.over || s.ftp.left {
		if s.ftp.left && s.step != nil && s.op() == probe.OpQuit {
			s.step.answered = true
		}
		return
	}
	switch {
	case len(s.ftp.pending) > 0:
		s.cutShort(s.where(), "the reply to "+s.ftp.pending[0])
	case s.ftp.authOK && !s.ftp.secured && s.op() == probe.OpConnect:
		s.cutShort(probe.PhaseTLS, "the TLS handshake")
	case s.ftp.dialled && !s.ftp.greeted:
		s.cutShort(s.where(), "the greeting")
	case !s.ftp.dialled && s.rec != nil:
		s.cutShort(probe.PhaseTCP, "the connection")
	case s.op() == probe.OpPassive && s.ftp.passive != "" && s.step.answered:
		s.cutShort(probe.PhaseDataConnect, "the data connection") // asked for and never used
	}
}
