package foreignlog

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// statusWords are what OpenSSH, PuTTY, libssh2 and others print for a status, in place of its
// number.
var statusWords = []struct {
	code  int
	words []string
}{
	{2, []string{"no such file", "does not exist", "not found", "no such path"}},
	{3, []string{"permission denied", "access denied", "insufficient privilege", "write-protected", "read-only file system"}},
	{14, []string{"no space", "disk full", "out of disk"}},
	{15, []string{"quota"}},
	{8, []string{"unsupported", "not supported", "not implemented"}},
	{11, []string{"already exists", "file exists"}},
	{18, []string{"not empty"}},
	{7, []string{"connection lost"}},
	{6, []string{"no connection"}},
	{5, []string{"bad message"}},
	{1, []string{"end of file"}},
}

// statusOf returns the status that words stand for; 4, the general failure, if they say no more.
func statusOf(text string) int {
	low := strings.ToLower(text)
	for _, s := range statusWords {
		for _, w := range s.words {
			if strings.Contains(low, w) {
				return s.code
			}
		}
	}
	return 4
}

func joinPort(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + strings.Trim(host, "[]") + "]"
	}
	return host + ":" + strconv.Itoa(port)
}

// clockTime sets the clock from a time of day alone. Midnight moves it on by a day.
func (s *session) clockTime(text string) {
	if text == "" || s.dated {
		return
	}
	t, err := time.Parse("15:04:05", text)
	if err != nil {
		return
	}
	t = t.AddDate(1, 0, 0) // away from the zero time, which stands for no time
	for !s.clock.IsZero() && t.Before(s.clock.Add(-12*time.Hour)) {
		t = t.AddDate(0, 0, 1)
	}
	s.book.note("the log has times of day only: its date and time zone are not told")
	s.at(t, false)
}

func (s *session) isSFTP() bool { return s.target.Protocol == probe.SFTP }

func (s *session) stepBytes() int64 {
	if s.step == nil {
		return 0
	}
	return s.step.Bytes
}

// settle marks an unfinished step as finished where the program says that it is done.
func (s *session) settle() {
	if s.step != nil && !s.step.answered && len(s.ftp.pending) == 0 {
		s.step.answered = true
	}
}

// strayLine keeps a received line that is no reply. In place of the greeting it means that
// something else than an FTP server listens there.
func (s *session) strayLine(text string) {
	e := probe.Event{Phase: s.where(), Direction: probe.Received, Kind: probe.KindText, Text: text}
	if s.ftp.greeted || text == "" || s.failed() {
		e.Tolerated = true
		s.add(e)
		return
	}
	if other := probe.ProtocolOf(text); other != "" {
		e.Attr = map[string]string{"protocol": other}
	}
	e.Phase = probe.PhaseGreeting
	e.Failure = &probe.Failure{Class: probe.ClassMalformed, Text: "no FTP greeting"}
	s.fail(e, "")
}

// dataConnected records that TCP of the data connection stands.
func (s *session) dataConnected(text string) {
	s.ftp.dataOpen = true
	s.add(probe.Event{Phase: probe.PhaseDataConnect, Conn: s.dataConn(), Direction: probe.Local, Kind: probe.KindConnect, Text: text})
}

// dataFailed records that it does not.
func (s *session) dataFailed(class probe.Class, text string) {
	if class == "" {
		class = probe.ClassUnreachable
	}
	s.troubleAt(class, probe.PhaseDataConnect, text)
}

// dataBroke records that the data stream ended too early.
func (s *session) dataBroke(class probe.Class, text string) {
	if s.failed() || s.step == nil {
		s.remark(probe.PhaseTransfer, text)
		return
	}
	s.ftp.ended = true
	s.fail(probe.Event{
		Phase: probe.PhaseTransfer, Conn: s.dataConn(), Direction: probe.Local, Kind: probe.KindData, Text: text, Bytes: s.step.Bytes,
		Failure: &probe.Failure{Class: class, Text: text},
	}, "")
}

// attemptFailed records that one address of the server could not be reached. Another may follow.
func (s *session) attemptFailed(class probe.Class, text string) {
	if class == "" && s.failed() {
		s.remark(probe.PhaseTCP, text)
		return
	}
	s.forgive("dial")
	if class == "" {
		class = probe.ClassUnreachable
	}
	e := probe.Event{
		Phase: probe.PhaseTCP, Direction: probe.Local, Kind: probe.KindConnect, Text: text,
		Failure: &probe.Failure{Class: class, Text: text},
	}
	if class == probe.ClassTimeout {
		s.waited(&e)
	}
	s.fail(e, "dial")
}

// troubleSSH is trouble in a phase that the text itself tells.
func (s *session) troubleSSH(class probe.Class, phase probe.Phase, text string) {
	s.isSSH()
	if phase == probe.PhaseAuth {
		s.authBegins()
	}
	if s.failed() || s.over {
		s.remark(phase, text)
		return
	}
	e := probe.Event{Phase: phase, Direction: probe.Local, Kind: probe.KindClose, Text: text, Failure: &probe.Failure{Class: class, Text: text}}
	switch class {
	case probe.ClassNegotiation:
		e.Kind, s.over = probe.KindHandshake, true
	case probe.ClassTimeout:
		e.Kind = probe.KindTimeout
		e.Attr = map[string]string{"limit": "reply"}
	case probe.ClassEOF, probe.ClassReset:
		e.Direction, s.over = probe.Received, true
	case probe.ClassKey:
		e.Kind, e.Attr = probe.KindAuth, map[string]string{"method": "publickey", "outcome": "key-unusable"}
	}
	s.fail(e, "")
}

// setCertField sets one field of a certificate as curl prints it.
func setCertField(x *probe.Certificate, name, value string) {
	switch name {
	case "subject":
		x.Subject = value
	case "issuer":
		x.Issuer = value
	case "start date":
		x.NotBefore = certTime(value)
	case "expire date":
		x.NotAfter = certTime(value)
	}
}

func certTime(text string) probe.Timestamp {
	t, _ := time.Parse("Jan _2 15:04:05 2006 MST", text)
	return probe.Timestamp(t)
}
