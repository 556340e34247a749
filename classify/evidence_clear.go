package classify

import (
	"strings"

	"mftprobe/probe"
)

// lookBack is how many events before the end of a broken TLS stream its plain text can stand.
const lookBack = 3

// decisiveEvent returns the event at index i, or the refusal that it stands for. A server that writes
// a refusal in clear where TLS is due has answered all the same: a refusing greeting at a port of
// implicit TLS, or a last message in the middle of a session. Such text is judged as the reply that it
// is, by its position, code and words.
func (s *scene) decisiveEvent(i int) *probe.Event {
	e := &s.t.Events[i]
	switch {
	case e.Kind == probe.KindText && e.Phase == probe.PhaseTLS && refuses(e) && s.isImplicit() && !s.isExplicit():
		return asReply(e, "", probe.PhaseGreeting)
	case e.Kind == probe.KindClose && e.Failure != nil && e.Failure.Class == probe.ClassNotTLS:
		for j := i - 1; j >= max(i-lookBack, 0); j-- {
			if x := &s.t.Events[j]; x.Attr[attrOddity] == string(probe.OddityPlainInTLS) && refuses(x) {
				return asReply(x, e.Command, e.Phase)
			}
		}
	}
	return e
}

// refuses tells whether the text of e is a reply of FTP that refuses.
func refuses(e *probe.Event) bool {
	c := replyCode(e)
	return c != nil && c.Value >= 400
}

// replyCode returns the code of e, or the one that its text begins with; nil if there is none.
func replyCode(e *probe.Event) *probe.Code {
	if e.Code != nil && e.Code.Space == probe.SpaceFTP {
		return e.Code
	}
	if !replyBegins(e.Text) {
		return nil
	}
	return &probe.Code{Space: probe.SpaceFTP, Value: int(number(e.Text[:3])), Text: strings.TrimSpace(e.Text[4:])}
}

// replyBegins tells whether text has the form of RFC 959 section 4.2.
func replyBegins(text string) bool {
	return len(text) > 3 && text[0] >= '1' && text[0] <= '5' && number(text[:3]) >= 100 && (text[3] == ' ' || text[3] == '-')
}

// asReply is e seen as the reply to a command.
func asReply(e *probe.Event, command string, phase probe.Phase) *probe.Event {
	r := *e
	r.Kind, r.Direction, r.Command, r.Phase, r.Code = probe.KindReply, probe.Received, command, phase, replyCode(e)
	r.Failure, r.Tolerated, r.Attr = nil, false, nil
	return &r
}

// greetedAsFTP: the greeting calls itself FTP, or is one of a known product.
func (s *session) greetedAsFTP() bool {
	return s.family != "" || strings.Contains(strings.ToLower(s.hello), "ftp")
}

// asMail: the greeting is one of a mail server, which greets with 220 as FTP servers do.
func (s *scene) asMail() bool {
	hello := s.hello
	if s.phase == probe.PhaseGreeting {
		hello += s.text
	}
	return strings.Contains(strings.ToUpper(hello), "SMTP")
}

// mailStatus: the refusal carries the three numbers of RFC 3463, which only mail servers send.
func (s *scene) mailStatus() bool {
	text := s.bad.Text
	if !replyBegins(text) {
		return false
	}
	a, rest, _ := strings.Cut(text[4:], ".")
	b, rest, ok := strings.Cut(rest, ".")
	c, _, _ := strings.Cut(rest, " ")
	return ok && a == text[:1] && number(b) >= 0 && number(c) >= 0
}

func (s *scene) mailWords() bool { return s.asMail() || s.mailStatus() }

// first returns what came in place of a greeting, finished or not.
func (s *scene) first() string {
	if s.bad.Kind == probe.KindText {
		return s.bad.Text
	}
	if !s.atGreeting() {
		return ""
	}
	return s.strays + s.bad.Attr[attrPartial]
}

// unfinishedReply: the greeting began as one and did not end.
func (s *scene) unfinishedReply() bool {
	text := s.first()
	if len(text) > 3 {
		return replyBegins(text)
	}
	return text != "" && text[0] >= '1' && text[0] <= '5' && number(text) >= 0
}

// spokeOtherwise: something came in place of the greeting that is no reply.
func (s *scene) spokeOtherwise() bool { return s.first() != "" && !s.unfinishedReply() }
