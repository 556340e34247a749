package foreignlog

import (
	"net/netip"
	"strconv"
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
		s.ftp.user, s.target.User = arg, arg
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
	protocol := ""
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
	switch {
	case name == "PASS" || name == "ACCT" || name == "ADAT":
		if u := strings.ToLower(s.ftp.user); name != "PASS" || u != "anonymous" && u != "ftp" {
			s.book.hide(arg)
		}
		return name + " " + probe.Mask
	case name == "SITE":
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

// passiveReply notes where the server wants the data connection, and that this may be wrong.
func (s *session) passiveReply(name, text string) {
	f := &s.ftp
	f.data++
	f.dataOpen = false
	addr := passiveAddress(text)
	if name == "EPSV" {
		addr = epsvPort(text, s.target.Host)
	}
	f.passive = addr
	if addr == "" {
		return
	}
	s.rec.Connection(s.dataConn(), func(c *probe.Connection) { c.Role, c.Remote = "data", addr })
	s.judgeAddress(addr)
}

func (s *session) dataConn() string { return "data-" + strconv.Itoa(max(s.ftp.data, 1)) }

// judgeAddress records that a 227 names an address other than the server's.
func (s *session) judgeAddress(addr string) {
	ap, err := netip.ParseAddrPort(addr)
	host, herr := netip.ParseAddr(s.serverIP())
	if err != nil || s.book.server || ap.Addr() == host {
		return
	}
	kind := addressKind(ap.Addr())
	if kind == "foreign" && herr != nil || kind == "private" && herr == nil && addressKind(host) == "private" {
		if herr != nil {
			return
		}
		kind = "foreign"
	}
	s.oddity(probe.OddityPasvAddress, probe.PhasePassive, "the reply names "+ap.Addr().String(), "address", ap.Addr().String(), "kind", kind)
}

// serverIP is the address of the server if the log tells it.
func (s *session) serverIP() string {
	ip := ""
	if s.rec != nil {
		s.rec.Connection("control", func(c *probe.Connection) {
			c.Role = "control"
			if ap, err := netip.ParseAddrPort(c.Remote); err == nil {
				ip = ap.Addr().String()
			}
		})
	}
	if ip == "" {
		ip = s.target.Host
	}
	return ip
}

func addressKind(a netip.Addr) string {
	switch {
	case a.IsUnspecified():
		return "unspecified"
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate() || a.IsLinkLocalUnicast():
		return "private"
	}
	return "foreign"
}

// passiveAddress finds the six numbers of a 227 (RFC 1123 section 4.1.2.6) as address and port.
func passiveAddress(text string) string {
	_, text, _ = strings.Cut(text, " ")
	fields := strings.FieldsFunc(text, func(r rune) bool { return r != ',' && (r < '0' || r > '9') })
	for _, f := range fields {
		parts := strings.Split(strings.Trim(f, ","), ",")
		if len(parts) != 6 {
			continue
		}
		var n [6]int
		for i, p := range parts {
			v, err := strconv.Atoi(p)
			if err != nil || v > 255 {
				return ""
			}
			n[i] = v
		}
		ip := netip.AddrFrom4([4]byte{byte(n[0]), byte(n[1]), byte(n[2]), byte(n[3])})
		return netip.AddrPortFrom(ip, uint16(n[4]<<8|n[5])).String()
	}
	return ""
}

// epsvPort finds the port of a 229 (RFC 2428 section 3).
func epsvPort(text, host string) string {
	i := strings.Index(text, "|||")
	if i < 0 {
		return ""
	}
	port, _, _ := strings.Cut(text[i+3:], "|")
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// replyText returns what a reply says behind its code.
func replyText(text string) string {
	if len(text) > 4 {
		return text[4:]
	}
	return ""
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
	}
}
