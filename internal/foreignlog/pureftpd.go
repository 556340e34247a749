package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// pureFTPD reads what Pure-FTPd writes to syslog, with -d best, and its CLF file. Neither has
// replies: a message that is an error answers the command before it.
type pureFTPD struct {
	book *book
	who  string
}

var (
	pureLine = lazyregexp.New(`^(?:\S+ )?pure-ftpd(?:\[(\d+)\])?: \(([^@)]*)@([^)]*)\) \[([A-Z]+)\] (.*)$`)
	pureCmd  = lazyregexp.New(`^Command \[([^\]]*)\] \[(.*)\]$`)
	pureCLF  = lazyregexp.New(`^(\S+) - (\S+) \[[^\]]+\] "(GET|PUT|DELETE|[A-Z]+) (.*)" (\d{3}) (\d+|-)$`)
	pureMove = lazyregexp.New(`^/?(.*) (uploaded|downloaded) +\((\d+) bytes`)
)

func openPureFTPD(b *book) parser {
	b.tool, b.server = probe.Tool{Name: "Pure-FTPd"}, true
	b.note("Pure-FTPd logs no replies: those of good commands are not told, those of bad ones follow from its messages")
	return &pureFTPD{book: b}
}

func scorePureFTPD(line string) int {
	if strings.Contains(line, "pure-ftpd") && strings.Contains(line, ") [") {
		return 5
	}
	if pureCLF.MatchString(line) && (strings.Contains(line, `"GET `) || strings.Contains(line, `"PUT `)) && !strings.Contains(line, "HTTP/") {
		return 4
	}
	return 0
}

func (p *pureFTPD) line(text string) {
	if m := pureCLF.FindStringSubmatch(text); m != nil {
		p.transfer(text, m)
		return
	}
	at, rest := p.book.cutStamp(text)
	m := pureLine.FindStringSubmatch(rest)
	if m == nil {
		return
	}
	key := m[1]
	if key == "" {
		key = m[3]
	}
	if strings.HasPrefix(m[5], "New connection from") {
		s := p.book.serverSession(key, m[3])
		s.at(at, true)
		s.accepted()
		return
	}
	s := p.book.find(key)
	s.ftp.dialled = true
	s.at(at, true)
	if m[2] != "?" && m[2] != "" && s.target.User == "" {
		s.target.User = m[2]
	}
	if c := pureCmd.FindStringSubmatch(m[5]); c != nil {
		p.command(s, c[1], c[2])
		return
	}
	p.message(s, m[4], m[5])
}

// command takes a command. That the client went on means that the one before was answered.
func (p *pureFTPD) command(s *session, name, arg string) {
	p.answer(s)
	s.command(strings.TrimSpace(strings.ToUpper(name) + " " + arg))
}

// answer completes the pending command as a success of which no reply is told.
func (p *pureFTPD) answer(s *session) {
	if len(s.ftp.pending) == 0 {
		return
	}
	name := s.ftp.pending[0]
	s.ftp.pending = nil
	if s.step != nil && !s.failed() {
		s.step.answered = true
	}
	if name == "PASS" && !s.ftp.logged {
		s.step.answered = false
	}
	if s.ftp.transfer == name {
		s.endTransfer()
	}
}

// pureReplies are the codes that Pure-FTPd sends with its messages (src/messages_en.h names them).
var pureReplies = []struct {
	words string
	code  string
}{
	{"authentication failed", "530"},
	{"sorry, but that file", "553"},
	{"can't open that file", "550"},
	{"can't open", "550"},
	{"no such file", "550"},
	{"permission denied", "550"},
	{"can't change directory", "550"},
	{"can't create directory", "550"},
	{"can't remove directory", "550"},
	{"could not delete", "550"},
	{"could not rename", "451"},
	{"disk full", "452"},
	{"no space left", "452"},
	{"quota exceeded", "552"},
	{"this file is too big", "552"},
	{"too many connections", "421"},
	{"users (the maximum) are already logged in", "421"},
	{"timeout", "421"},
	{"anonymous", "530"},
	{"too many authentication failures", "530"},
	{"tls", "421"},
	{"unable to find", "530"},
	{"forbidden", "553"},
	{"overwrite", "553"},
	{"transfer aborted", "426"},
	{"broken pipe", "426"},
	{"connection reset", "426"},
	{"could not connect", "425"},
	{"no data connection", "425"},
	{"prohibited file name", "553"},
	{"unable to open the data connection", "425"},
	{"home directory", "421"},
	{"the load was", "421"},
}

// message takes what the server reports. Errors and warnings answer the pending command.
func (p *pureFTPD) message(s *session, level, text string) {
	low := strings.ToLower(text)
	switch {
	case strings.HasPrefix(low, "logout"):
		p.answer(s)
		s.ftp.left = s.ftp.left || !s.failed()
		s.close()
	case strings.HasSuffix(low, "is now logged in"):
		s.ftp.logged = true
		s.settlePending("PASS", "230", text)
	case pureMove.MatchString(text):
		m := pureMove.FindStringSubmatch(text)
		n, _ := strconv.ParseInt(m[3], 10, 64)
		s.ftp.opened = true
		s.moved(n, text)
		p.answer(s)
	case level == "ERROR" || level == "WARNING":
		p.failure(s, low, text)
	case s.step != nil:
		s.remark(s.where(), text)
	}
}

// settlePending answers a pending command, or remarks the text if there is none.
func (s *session) settlePending(verb, code, text string) {
	if len(s.ftp.pending) > 0 && s.ftp.pending[0] == verb {
		s.reply(code, code+" "+text)
		return
	}
	if s.step != nil {
		s.step.answered = true
		s.remark(s.where(), text)
	}
}

func (p *pureFTPD) failure(s *session, low, text string) {
	code := ""
	for _, r := range pureReplies {
		if strings.Contains(low, r.words) {
			code = r.code
			break
		}
	}
	if code == "" {
		if class := classOf(text); class != "" {
			s.trouble(class, text)
			return
		}
		code = "550"
	}
	if strings.Contains(low, "authentication failed") && len(s.ftp.pending) == 0 {
		s.begin(probe.OpLogin, "")
		s.ftp.pending = []string{"PASS"}
	}
	s.reply(code, code+" "+text)
}

// transfer takes a line of the CLF file.
func (p *pureFTPD) transfer(line string, m []string) {
	who := m[2] + "@" + m[1]
	if p.who != who {
		p.who = who
		if old := p.book.byKey["clf"]; old != nil {
			old.close()
		}
	}
	s := p.book.byKey["clf"]
	if s == nil {
		s = p.book.serverSession("clf", m[1])
		s.ftp.greeted, s.ftp.logged, s.target.User = true, true, m[2]
		s.connection("", m[1])
	}
	s.at(p.book.clf(line), true)
	verb := map[string]string{"GET": "RETR", "PUT": "STOR", "DELETE": "DELE"}[m[3]]
	if verb == "" {
		return
	}
	s.command(verb + " " + m[4])
	n, _ := strconv.ParseInt(m[6], 10, 64)
	s.step.Bytes = n
	s.reply("226", "226")
}

func (p *pureFTPD) end() {}
