package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// ftplibLog reads what Python's ftplib prints with set_debuglevel, and the traceback behind it.
type ftplibLog struct {
	book      *book
	s         *session
	traceback bool
	verb      string // the command that the traceback tells
}

var (
	pyLine      = lazyregexp.New(`^\*(cmd|resp|put|get|welcome|retr|put urgent)\* (.*)$`)
	pyError     = lazyregexp.New(`^(?:(?:ftplib|socket|ssl|builtins)\.)?([A-Za-z_]*(?:[Ee]rror|timeout|Timeout|error_\w+|gaierror|SSL\w+|EOFError|KeyboardInterrupt))(?:: (.*))?$`)
	pyFrame     = lazyregexp.New(`ftplib\.py", line \d+, in (login|cwd|storbinary|storlines|retrbinary|retrlines|nlst|dir|mlsd|makepasv|makeport|sendport|sendeprt|mkd|rmd|delete|rename|size|pwd)$`)
	pyTraceback = "Traceback (most recent call last):"
)

// pyVerbs are the commands behind ftplib's methods.
var pyVerbs = map[string]string{
	"login": "PASS", "cwd": "CWD", "storbinary": "STOR", "storlines": "STOR", "retrbinary": "RETR", "retrlines": "RETR", "nlst": "NLST", "dir": "LIST", "mlsd": "MLSD",
	"makepasv": "PASV", "makeport": "PORT", "sendport": "PORT", "sendeprt": "EPRT", "mkd": "MKD", "rmd": "RMD", "delete": "DELE", "rename": "RNFR", "size": "SIZE", "pwd": "PWD",
}

func openFtplib(b *book) parser {
	b.tool = probe.Tool{Name: "ftplib"}
	return &ftplibLog{book: b}
}

func scoreFtplib(line string) int {
	switch {
	case pyLine.MatchString(line):
		return 4
	case strings.Contains(line, "ftplib.py\", line"), strings.HasPrefix(line, "ftplib."):
		return 2
	}
	return 0
}

func (p *ftplibLog) session() *session {
	if p.s == nil || p.s.closed {
		p.s = p.book.start("")
	}
	return p.s
}

func (p *ftplibLog) line(text string) {
	if m := pyLine.FindStringSubmatch(text); m != nil {
		p.traceback = false
		p.entry(m[1], pyString(m[2]))
		return
	}
	if strings.HasPrefix(text, pyTraceback) {
		p.traceback, p.verb = true, ""
		return
	}
	if p.traceback && strings.HasPrefix(text, "  File ") {
		p.frame(text)
		return
	}
	if p.traceback && text != "" && text[0] != ' ' {
		if m := pyError.FindStringSubmatch(text); m != nil {
			p.raised(m[1], m[2], text)
		}
	}
}

// frame takes a line of the traceback: it tells what was being waited for.
func (p *ftplibLog) frame(text string) {
	s := p.session()
	if m := pyFrame.FindStringSubmatch(text); m != nil && (m[1] != "retrlines" || p.verb == "") {
		p.verb = pyVerbs[m[1]]
	}
	switch {
	case strings.HasSuffix(text, "in getresp"), strings.HasSuffix(text, "in getline"):
		s.connected("")
	case strings.HasSuffix(text, "in do_handshake"), strings.HasSuffix(text, "in wrap_socket"):
		if s.ftp.passive != "" {
			s.dataConnected("")
		}
	}
}

func (p *ftplibLog) entry(kind, text string) {
	s := p.session()
	switch kind {
	case "cmd":
		if s.over || s.ftp.left && len(s.ftp.pending) == 0 {
			s.close()
			s = p.session()
		}
		s.command(text)
	case "resp":
		if code, _ := replyCode(text); code == "220" && (s.ftp.left || s.over || s.ftp.logged) && len(s.ftp.pending) == 0 {
			s.close()
			s = p.session()
		}
		s.connected("")
		for _, line := range strings.Split(text, "\n") {
			if !s.replyLine(line) {
				s.strayLine(line)
			}
		}
		s.flushReply()
	}
}

// raised takes the exception that ended the program. Exceptions that carry a reply repeat it.
func (p *ftplibLog) raised(name, words, text string) {
	s := p.session()
	if strings.HasPrefix(name, "error_") {
		p.refused(words)
		return
	}
	class := map[string]probe.Class{
		"EOFError": probe.ClassEOF, "ConnectionRefusedError": probe.ClassRefused, "ConnectionResetError": probe.ClassReset, "BrokenPipeError": probe.ClassReset,
		"ConnectionAbortedError": probe.ClassReset, "TimeoutError": probe.ClassTimeout, "timeout": probe.ClassTimeout, "KeyboardInterrupt": probe.ClassCanceled,
	}[name]
	if name == "gaierror" {
		class = nameClass(text)
	}
	if class == "" {
		class = classOf(text)
	}
	if class == "" {
		class = probe.ClassLocal
	}
	s.trouble(class, text)
	s.over = true
}

// refused takes an exception that carries a reply. Without the dialogue it is all that is told.
func (p *ftplibLog) refused(words string) {
	s := p.session()
	code, _ := replyCode(words)
	switch {
	case s.failed() || s.broken:
	case code == "":
		s.strayLine(words)
	default:
		if p.verb != "" && !s.ftp.greeted && code != "421" {
			s.unseen(p.verb)
		}
		s.replyLine(words)
	}
}

// pyString undoes Python's repr of a string or bytes.
func pyString(text string) string {
	text = strings.TrimPrefix(text, "b")
	if text == "" || text[0] != '\'' && text[0] != '"' {
		return text
	}
	if len(text) < 2 || text[len(text)-1] != text[0] {
		return text[1:] // the log ends within it
	}
	quote, inner := text[0], text[1:len(text)-1]
	inner = strings.ReplaceAll(inner, `\'`, `'`)
	if quote == '\'' {
		inner = strings.ReplaceAll(inner, `"`, `\"`)
	}
	if out, err := strconv.Unquote(`"` + inner + `"`); err == nil {
		return strings.TrimRight(out, "\r\n")
	}
	return strings.TrimRight(text[1:len(text)-1], "\r\n")
}

func (p *ftplibLog) end() {}
