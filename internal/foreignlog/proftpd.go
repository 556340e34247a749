package foreignlog

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// proFTPD reads the logs of ProFTPD: SystemLog or syslog, ExtendedLog in its default form, and the
// logs of mod_tls and mod_sftp.
type proFTPD struct {
	book *book
	ext  *session // of the ExtendedLog, which has no process number
	tail *session // of the line before, for lines that continue it
}

var (
	proSystem = lazyregexp.New(`^(?:\S+ )?proftpd\[(\d+)\](?::|) (?:\S+ )?(?:\((\S*?)\[([^\]]*)\]\))?(?::| -)? ?(.*)$`)
	proModule = lazyregexp.New(`^(mod_tls|mod_sftp)/[\w.]+\[(\d+)\]: (.*)$`)
	proExt    = lazyregexp.New(`^(\S+) (\S+) (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "(.*)" (\d{3}|-) (\d+|-)$`)
	proUser   = lazyregexp.New(`^USER (\S+?):? ?\(?(Login successful|Login failed|no such user|Home directory|Limit[^)]*|[^)]*)\)?:? ?(.*)$`)
	proTLS    = lazyregexp.New(`^(\S+) (data )?connection accepted, using cipher (\S+) \((.*)\)`)
)

func openProFTPD(b *book) parser {
	b.tool, b.server = probe.Tool{Name: "ProFTPD"}, true
	return &proFTPD{book: b}
}

func scoreProFTPD(line string) int {
	switch {
	case strings.Contains(line, "proftpd["):
		return 5
	case strings.Contains(line, " mod_tls/") || strings.Contains(line, " mod_sftp/"):
		return 5
	case proExt.MatchString(line):
		if m := proExt.FindStringSubmatch(line); isCommand(m[5]) && !strings.Contains(m[5], "HTTP/") {
			return 4
		}
	}
	return 0
}

func (p *proFTPD) line(text string) {
	if m := proExt.FindStringSubmatch(text); m != nil {
		p.extended(text, m)
		return
	}
	at, rest := p.book.cutStamp(text)
	if m := proModule.FindStringSubmatch(rest); m != nil {
		s := p.find(m[2], at)
		if m[1] == "mod_tls" {
			p.tls(s, m[3])
		} else {
			s.modSFTP(m[3])
		}
		return
	}
	if m := proSystem.FindStringSubmatch(rest); m != nil {
		if m[3] == "" {
			return // of the daemon, not of a session
		}
		s := p.find(m[1], at)
		s.client = m[3]
		p.system(s, m[4])
		return
	}
	if p.tail != nil && strings.HasPrefix(text, "  (") && at.IsZero() {
		p.tlsError(p.tail, text)
	}
}

func (p *proFTPD) find(pid string, at time.Time) *session {
	s := p.book.find(pid)
	s.ftp.dialled = true
	s.at(at, true)
	p.tail = s
	return s
}

// extended takes a line of the ExtendedLog: a command with the code of its reply. A USER that comes
// after anything but AUTH begins a session.
func (p *proFTPD) extended(line string, m []string) {
	name, _ := splitCommand(m[5])
	if p.ext == nil || p.ext.closed || p.begins(name, m[1]) {
		if p.ext != nil {
			p.ext.close()
		}
		p.ext = p.book.serverSession("", m[1])
		p.ext.connection("", m[1])
		p.ext.ftp.greeted = true
		p.book.note("the ExtendedLog names no session: one is taken to begin where a client logs in")
	}
	s := p.ext
	s.at(p.book.clf(line), true)
	if m[3] != "-" && s.target.User == "" {
		s.target.User = m[3]
	}
	s.command(m[5])
	if n, err := strconv.ParseInt(m[7], 10, 64); err == nil && s.step != nil {
		s.step.Bytes = n
	}
	if m[6] == "-" {
		return
	}
	p.book.note("the ExtendedLog has the codes of replies and not their texts")
	s.reply(m[6], m[6])
	if name == "QUIT" {
		s.close()
	}
}

// begins tells that a command opens the session of another client.
func (p *proFTPD) begins(name, client string) bool {
	s := p.ext
	switch {
	case client != s.client:
		return true
	case name == "AUTH":
		return s.ftp.authOK || s.ftp.logged
	case name == "USER":
		return s.ftp.logged || s.ftp.user != "" && s.failed()
	}
	return false
}

func (p *proFTPD) system(s *session, text string) {
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "session opened"), strings.Contains(low, "connect from"):
		if s.empty() {
			s.accepted()
		}
	case strings.Contains(low, "session closed"):
		s.settle()
		s.ftp.left = true
		s.close()
	case strings.HasPrefix(text, "USER "):
		p.login(s, text)
	default:
		p.complaint(s, low, text)
	}
}

// login takes a line about a login.
func (p *proFTPD) login(s *session, text string) {
	m := proUser.FindStringSubmatch(text)
	if m == nil {
		return
	}
	s.target.User = strings.TrimSuffix(m[1], ":")
	s.ftp.greeted = true
	if s.isSFTP() {
		s.modAuth(!strings.Contains(text, "Login successful"), text)
		return
	}
	s.begin(probe.OpLogin, "")
	s.ftp.pending = []string{"PASS"}
	s.add(probe.Event{Phase: probe.PhaseLogin, Direction: probe.Sent, Kind: probe.KindCommand, Command: "PASS", Text: "PASS " + probe.Mask})
	if strings.Contains(text, "Login successful") {
		s.reply("230", "230 "+text)
		return
	}
	p.book.note("the SystemLog has no replies: the usual code of a refused login is put in place")
	s.reply("530", "530 "+text)
}

// complaints are messages of the SystemLog with the code that ProFTPD sends along.
var complaints = []struct{ words, code string }{
	{"too many clients", "530"},
	{"maximum number of connections", "530"},
	{"connection refused (max", "530"},
	{"denied by acl", "530"},
	{"no such user", "530"},
	{"notice: quota", "552"},
	{"fxp", "500"},
	{"security violation", "500"},
	{"idle timeout", "421"},
	{"login timeout", "421"},
	{"no transfer timeout", "421"},
	{"stalled", "426"},
	{"no space left", "451"},
	{"unable to open incoming connection", "425"},
	{"passive data transfer failed", "425"},
	{"maximum login attempts", "530"},
	{"unable to chdir", "530"},
	{"no such directory", "530"},
	{"unable to listen", "425"},
	{"unable to find open port", "425"},
}

func (p *proFTPD) complaint(s *session, low, text string) {
	for _, c := range complaints {
		if strings.Contains(low, c.words) {
			if s.failed() {
				s.remark(s.phaseNow(), text)
			} else {
				s.reply(c.code, c.code+" "+text)
			}
			return
		}
	}
	if s.empty() {
		s.accepted()
	}
	s.remark(s.phaseNow(), text)
}

// tls takes a line of mod_tls.
func (p *proFTPD) tls(s *session, text string) {
	low := strings.ToLower(text)
	if m := proTLS.FindStringSubmatch(text); m != nil {
		if m[2] != "" {
			s.ftp.secured = true
		}
		s.ftp.authOK = true
		s.secured(m[1], m[3], strings.Contains(m[4], "resumed"))
		s.ftp.greeted = true
		s.settle()
		return
	}
	switch {
	case strings.Contains(low, "requested, starting tls handshake"):
		s.ftp.greeted, s.ftp.authOK = true, true
		s.target.Protocol = probe.FTPES
		s.accepted()
	case strings.Contains(low, "did not reuse"):
		s.dataRefused(text)
	case strings.HasPrefix(low, "unable to accept tls connection"):
		s.ftp.hint = text
		if _, ok := alertOf(text); ok {
			s.serverAlert(text)
		}
	case strings.Contains(low, "negotiation failed"), strings.Contains(low, "unable to open data connection"):
		if !s.failed() {
			s.trouble(probe.ClassTLS, text)
		}
	case s.step != nil:
		s.remark(s.where(), text)
	}
}

// dataRefused records that the server broke off a data connection over TLS.
func (s *session) dataRefused(text string) {
	s.ftp.greeted, s.ftp.logged, s.ftp.protected, s.ftp.secured = true, true, true, true
	if s.op() == probe.OpConnect || s.step == nil {
		s.settle()
		s.begin(probe.OpList, "")
		s.book.note("the log of mod_tls does not tell which command needed the data connection: a listing is assumed")
	}
	s.oddity(probe.OddityNotResumed, probe.PhaseDataTLS, text)
	s.troubleAt(probe.ClassTLS, probe.PhaseDataTLS, text)
}

// tlsError takes the numbered lines of OpenSSL below an error.
func (p *proFTPD) tlsError(s *session, text string) {
	if s.closed || s.ftp.hint == "" {
		return
	}
	s.ftp.hint = ""
	s.serverAlert(strings.TrimSpace(text))
}

func (p *proFTPD) end() {}
