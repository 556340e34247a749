package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// lftpLog reads lftp -d: "--->" sent, "<---" received, "----" what lftp does, "****" what went
// wrong.
type lftpLog struct {
	book *book
	s    *session
	held *heldOpen
}

var (
	lftpConnect = lazyregexp.New(`^Connecting to (\S+) \((\S+)\) port (\d+)`)
	lftpData    = lazyregexp.New(`^Connecting data socket to \((\S+)\) port (\d+)`)
	lftpRun     = lazyregexp.New(`^Running connect program \((.*)\)`)
	lftpPacket  = lazyregexp.New(`^(?:sending|got) a packet, length=\d+, type=\d+\(([A-Z_]+)\), id=(\d+)`)
	lftpStatus  = lazyregexp.New(`^status code=(\d+)\(([^)]*)\), message=(.*)`)
	lftpPath    = lazyregexp.New("^path on wire is `(.*)'")
	lftpError   = lazyregexp.New(`^[a-z]+: (?:[^:]*: )?(Fatal error|Errore fatale|Schwerer Fehler|Fataler Fehler|Erreur fatale|Error fatal|Erro fatal|Фатальная ошибка|致命错误|Login failed|Access failed|Not connected|max-retries exceeded|.*Name or service not known)(?:: )?(.*)`)
	lftpOption  = lazyregexp.New(` -([lp]) (\S+)`)
)

func openLFTP(b *book) parser {
	b.tool = probe.Tool{Name: "lftp"}
	return &lftpLog{book: b}
}

func scoreLFTP(line string) int {
	switch {
	case strings.HasPrefix(line, "<--- "), strings.HasPrefix(line, "---- ") && len(line) > 6, strings.HasPrefix(line, "**** "):
		return 3
	case strings.HasPrefix(line, "---> "):
		return 1
	case lftpError.MatchString(line):
		return 1
	}
	return 0
}

func (l *lftpLog) line(text string) {
	mark, rest, ok := strings.Cut(text, " ")
	if !ok {
		return
	}
	switch mark {
	case "---->", "---->>":
	case "--->":
		l.sent(rest)
	case "<---":
		l.received(rest)
	case "----":
		l.does(rest)
	case "****":
		l.wrong(rest)
	default:
		l.other(text)
	}
}

func (l *lftpLog) session() *session {
	if l.s == nil || l.s.closed {
		l.s = l.book.start("")
	}
	return l.s
}

// fresh begins the session of a new connection.
func (l *lftpLog) fresh() *session {
	if l.s != nil && (l.s.ftp.dialled || l.s.failed() || l.s.broken) {
		l.s.close()
	}
	return l.session()
}

func (l *lftpLog) sent(text string) {
	s := l.session()
	if m := lftpPacket.FindStringSubmatch(text); m != nil {
		l.packet(m)
		return
	}
	if name, _ := splitCommand(text); name != "" && s.failed() && name == "ABOR" {
		s.remark(probe.PhaseCompletion, text)
		return
	}
	if s.failed() && s.over {
		s.remark(s.where(), s.maskedRemark(text))
		return
	}
	s.command(text)
}

// maskedRemark is a command line that is kept as a remark.
func (s *session) maskedRemark(line string) string {
	name, arg := splitCommand(line)
	return s.maskCommand(name, arg, line)
}

func (l *lftpLog) received(text string) {
	s := l.session()
	if m := lftpPacket.FindStringSubmatch(text); m != nil {
		if m[1] != "STATUS" {
			l.answer(m)
		} else {
			s.ssh.statusID = m[2]
		}
		return
	}
	if s.isSFTP() {
		s.sshClientText(text)
		return
	}
	if !s.replyLine(text) {
		s.strayLine(text)
	}
}

func (l *lftpLog) packet(m []string) {
	s := l.s
	l.release(m[1])
	switch m[1] {
	case "INIT":
		s.add(probe.Event{Phase: s.whereSSH(), Direction: probe.Local, Kind: probe.KindNote, Text: "INIT is sent as soon as SSH is ready"})
	case "CLOSE", "FSTAT", "READ", "WRITE", "READDIR", "FSETSTAT":
		s.quietRequest(m[2], m[1])
	case "OPEN":
		l.held = &heldOpen{id: m[2], path: s.ssh.path}
	case "STAT", "LSTAT":
		s.quietRequest(m[2], m[1])
	default:
		s.request(m[2], m[1], s.ssh.path)
	}
}

// heldOpen is an OPEN of which the log has not told yet whether it reads or writes.
type heldOpen struct {
	id, path string
	answered bool
	code     int
	text     string
}

// release records a held OPEN once what comes next tells its direction.
func (l *lftpLog) release(hint string) {
	h := l.held
	if h == nil {
		return
	}
	l.held = nil
	name := "OPEN-READ"
	if hint == "WRITE" || strings.HasPrefix(hint, "put") || strings.HasPrefix(hint, "mput") || strings.HasPrefix(hint, "mirror") {
		name = "OPEN-WRITE"
	}
	l.s.request(h.id, name, h.path)
	switch {
	case h.answered && h.text == "":
		l.s.response(h.id, "HANDLE")
	case h.answered:
		l.s.status(h.id, h.code, h.text)
	}
}

func (l *lftpLog) answer(m []string) {
	if m[1] == "VERSION" {
		l.s.readyByUse()
		l.s.sftpReady(3, "VERSION")
		return
	}
	if l.held != nil && l.held.id == m[2] {
		l.held.answered = true
		return
	}
	l.s.response(m[2], m[1])
}

func (l *lftpLog) does(text string) {
	s := l.session()
	if m := lftpConnect.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[3])
		s = l.fresh()
		s.setHost(m[1], port)
		s.dialling(joinPort(m[2], port))
		return
	}
	if m := lftpRun.FindStringSubmatch(text); m != nil {
		l.program(m[1])
		return
	}
	if m := lftpStatus.FindStringSubmatch(text); m != nil {
		code, _ := strconv.Atoi(m[1])
		if l.held != nil && l.held.id == s.ssh.statusID {
			l.held.answered, l.held.code, l.held.text = true, code, m[3]
			return
		}
		s.status(s.ssh.statusID, code, m[3])
		return
	}
	if m := lftpPath.FindStringSubmatch(text); m != nil {
		s.ssh.path = m[1]
		return
	}
	switch {
	case lftpData.MatchString(text):
	case strings.HasPrefix(text, "Data connection established"):
		s.dataConnected(text)
	case strings.HasPrefix(text, "Got EOF on data connection"), strings.HasPrefix(text, "Closing data socket") && s.ftp.opened && !s.ftp.ended:
		if s.ftp.transfer != "" {
			s.moved(s.stepBytes(), text)
		}
	case strings.HasPrefix(text, "Closing control socket"), strings.HasPrefix(text, "Disconnecting"):
		l.release("")
		s.settle()
		s.close()
	case strings.HasPrefix(text, "Resolving host address"):
		l.fresh()
	}
}

// program takes the command line that lftp starts for SFTP.
func (l *lftpLog) program(line string) {
	s := l.fresh()
	s.isSSH()
	for _, m := range lftpOption.FindAllStringSubmatch(line, -1) {
		if m[1] == "l" {
			s.target.User = m[2]
		} else if port, err := strconv.Atoi(m[2]); err == nil {
			s.target.Port = port
		}
	}
	words := strings.Fields(line)
	if len(words) > 2 {
		s.setHost(words[len(words)-2], 0)
	}
	s.connection(joinPort(s.target.Host, s.target.Port), "")
}

func (l *lftpLog) wrong(text string) {
	s := l.session()
	class := classOf(text)
	switch {
	case strings.HasPrefix(text, "Data socket error"):
		s.dataFailed(class, text)
		s.over = true
	case strings.HasPrefix(text, "Socket error"):
		s.attemptFailed(class, text)
	case strings.Contains(text, "Certificate verification"):
		s.trouble(certClass(text), text)
	case class != "":
		s.trouble(class, text)
		s.over = true
	default:
		s.remark(s.where(), text)
	}
}

// certClass finds what is wrong with a certificate in GnuTLS's words.
func certClass(text string) probe.Class {
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "expired"):
		return probe.ClassExpired
	case strings.Contains(low, "not yet activated"), strings.Contains(low, "not yet valid"):
		return probe.ClassNotYet
	case strings.Contains(low, "name"), strings.Contains(low, "does not match"):
		return probe.ClassWrongName
	}
	return probe.ClassUntrusted
}

// other takes lines without a mark: what commands print, and their last words.
func (l *lftpLog) other(text string) {
	if l.s == nil {
		if !lftpError.MatchString(text) {
			return
		}
		l.session() // without -d there is nothing but the error
	}
	if strings.HasPrefix(text, "Loaded ") && strings.HasSuffix(text, " CAs") || strings.HasPrefix(text, "Certificate: ") {
		if s := l.s; !s.ftp.greeted && !s.ftp.authOK && s.step != nil {
			s.connected("")
			s.implicitTLS()
		}
		return
	}
	m := lftpError.FindStringSubmatch(text)
	if m == nil {
		return
	}
	s := l.s
	l.release(text)
	if s.closed || s.failed() || s.broken {
		return
	}
	if s.isSFTP() && strings.HasPrefix(m[1], "Login failed") {
		s.denied(text)
		return
	}
	if class := classOf(text); class != "" {
		if name := strings.Split(text, ": "); class == probe.ClassNoName && len(name) > 1 {
			s.setHost(name[1], 0)
		}
		s.trouble(class, text)
	}
}

func (l *lftpLog) end() {}
