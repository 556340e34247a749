package foreignlog

import (
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// fileZillaServer reads the log of FileZilla Server, of 0.9 and of 1.x.
type fileZillaServer struct {
	book *book
}

var (
	fzsOld    = lazyregexp.New(`^\((\d+)\) ?(\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d\d:\d\d(?: ?[AaPp][Mm])?) - (\(?.*?\)?) \(([0-9a-fA-F.:]+)\)> ?(.*)$`)
	fzsNew    = lazyregexp.New(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?) (<<|>>|==|!!) \[([A-Z]+) Session (\d+) ([^\s\]]+)(?: ([^\]]*))?\] ?(.*)$`)
	fzsUI     = lazyregexp.New(`^<(\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d\d:\d\d(?: [AP]M)?)> (?:[A-Z]+) Session (\d+) (\S+) ?([^\[]*?) ?\[(Response|Command|Status|Error|Trace)\] ?(.*)$`)
	fzsServer = lazyregexp.New(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z? (?:==|!!) \[(?:FTP Server|Administration)`)
)

func openFileZillaServer(b *book) parser {
	b.tool, b.server = probe.Tool{Name: "FileZilla Server"}, true
	return &fileZillaServer{book: b}
}

func scoreFileZillaServer(line string) int {
	if fzsOld.MatchString(line) || fzsNew.MatchString(line) || fzsUI.MatchString(line) || fzsServer.MatchString(line) {
		return 5
	}
	return 0
}

// fzsStamps are the forms of time that 0.9 writes, which follow the language of Windows. The order
// of day and month cannot be told where both are small.
var fzsStamps = []string{
	"02.01.2006 15:04:05", "2.1.2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 15:04:05", "2/1/2006 15:04:05", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2-1-2006 15:04:05",
}

func (f *fileZillaServer) line(text string) {
	if m := fzsNew.FindStringSubmatch(text); m != nil {
		s := f.find(m[4], m[5], m[6])
		if t, err := time.Parse("2006-01-02T15:04:05.999Z", strings.TrimSuffix(m[1], "Z")+"Z"); err == nil {
			s.at(t, true)
		}
		// 1.x marks what it receives with << in some versions and >> in others: the text tells
		f.entry(s, markKind(m[2]), m[7])
		return
	}
	if m := fzsUI.FindStringSubmatch(text); m != nil {
		s := f.find(m[2], m[3], m[4])
		f.stamp(s, m[1])
		f.entry(s, strings.ToLower(m[5]), m[6])
		return
	}
	if m := fzsOld.FindStringSubmatch(text); m != nil {
		user := m[3]
		if strings.HasPrefix(user, "(") {
			user = ""
		}
		s := f.find(m[1], m[4], user)
		f.stamp(s, m[2])
		f.entry(s, "", m[5])
	}
}

func markKind(mark string) string {
	switch mark {
	case "==":
		return "status"
	case "!!":
		return "error"
	}
	return ""
}

func (f *fileZillaServer) find(id, client, user string) *session {
	s := f.book.find(id)
	if !s.ftp.dialled {
		s.ftp.dialled = true
		s.connection("", client)
		s.add(probe.Event{Phase: probe.PhaseTCP, Direction: probe.Local, Kind: probe.KindConnect, Text: "connection from " + client})
	}
	if user != "" && user != "(not logged in)" && s.target.User == "" {
		s.target.User = user
	}
	return s
}

func (f *fileZillaServer) stamp(s *session, text string) {
	for _, form := range fzsStamps {
		if t, err := time.ParseInLocation(form, text, f.book.zone); err == nil {
			f.book.note("the times have no zone and follow the language of Windows: they are taken as " + f.book.zone.String())
			s.at(t, true)
			return
		}
	}
}

// entry takes one line of a session. Replies begin with a code, commands with a verb.
func (f *fileZillaServer) entry(s *session, kind, text string) {
	if kind == "" {
		switch code, _ := replyCode(text); {
		case code != "" || s.replyOpen():
			kind = "response"
		case isCommand(text):
			kind = "command"
		}
	}
	switch kind {
	case "response":
		s.replyLine(text)
	case "command":
		s.command(text)
	default:
		f.said(s, kind, text)
	}
}

// said takes what the server reports itself.
func (f *fileZillaServer) said(s *session, kind, text string) {
	low := strings.ToLower(text)
	switch {
	case strings.HasPrefix(low, "disconnected"), strings.Contains(low, "ended gracefully"), strings.HasSuffix(low, "could not send reply, disconnected."):
		s.close()
	case strings.Contains(low, "tls alert"):
		s.serverAlert(text)
	case strings.Contains(low, "ended with error"), kind == "error", strings.Contains(low, "gnutls error"):
		f.failure(s, text)
	case strings.Contains(low, "tls connection established"), strings.Contains(low, "ssl connection established"), strings.Contains(low, "tls session"):
		if !s.ftp.secured {
			s.secured("", "", strings.Contains(low, "resum"))
		}
	case s.step != nil:
		s.remark(s.where(), text)
	}
}

func (f *fileZillaServer) failure(s *session, text string) {
	class := classOf(text)
	switch {
	case class == "" && !s.failed():
		s.remark(s.where(), text)
	case class == probe.ClassEOF && s.ftp.left, class == probe.ClassReset && s.ftp.left:
		s.remark(s.where(), text)
	default:
		s.trouble(class, text)
	}
	if strings.Contains(text, "ended with error") {
		s.over = true
		s.close()
	}
}

func (f *fileZillaServer) end() {}
