package classify

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// explain says what was seen and why it points to the cause.
func (s *scene) explain(r *rule, c choice) string {
	parts := []string{s.observation()}
	switch {
	case c.byText && c.cause != r.cause:
		parts = append(parts, "The words of the server say which of the possible reasons it is.", Lookup(c.cause).Meaning)
	case c.ruledOut:
		parts = append(parts, "An experiment spoke against the usual reason.", Lookup(c.cause).Meaning)
	default:
		parts = append(parts, r.because)
	}
	return strings.Join(parts, " ")
}

// observation is one sentence about the decisive event.
func (s *scene) observation() string {
	switch s.bad.Kind {
	case probe.KindReply, probe.KindResponse:
		return s.answered()
	case probe.KindTimeout:
		if s.astray != nil {
			return "What came" + s.behind() + ` is "` + printable(wordsOf(s.astray), maxFact) + `", and nothing else for ` + seconds(s.silent()) + "."
		}
		return "Nothing came for " + seconds(s.silent()) + s.behind() + "."
	case probe.KindClose:
		return "The connection ended" + s.behind() + "."
	case probe.KindNote:
		return "The step failed and the record does not show on what."
	}
	if s.bad.Kind == probe.KindText && s.atGreeting() {
		return `What came first was "` + printable(s.text, maxFact) + `".`
	}
	if text := s.text; text != "" {
		return upperFirst(s.subject()) + `: "` + printable(text, maxFact) + `".`
	}
	return upperFirst(kindWord(s.bad.Kind)) + s.behind() + " failed."
}

// subject names what an event's text is about.
func (s *scene) subject() string {
	what := kindWord(s.bad.Kind)
	switch s.bad.Kind {
	case probe.KindCheck:
		return what + " in step " + printable(s.stepName(), maxFact)
	case probe.KindLookup, probe.KindConnect:
		if s.atGreeting() {
			return what + " failed"
		}
		return what + s.behind() + " failed"
	}
	return what + s.behind()
}

// answered describes a reply or a status.
func (s *scene) answered() string {
	what := orElse(s.verb, "The server")
	if s.verb == "" {
		return `The server said ` + s.facts().reply() + "."
	}
	return what + " was answered with " + s.facts().reply() + "."
}

// behind names the command after which something happened.
func (s *scene) behind() string {
	switch {
	case s.first() != "":
		return ` after "` + printable(s.first(), maxFact) + `"`
	case s.atGreeting():
		return " before the server had said anything"
	case s.verb != "":
		return " after " + printable(s.verb, maxFact)
	}
	return ""
}

func kindWord(k probe.Kind) string {
	switch k {
	case probe.KindLookup:
		return "the name lookup"
	case probe.KindConnect:
		return "the connection"
	case probe.KindHandshake:
		return "the handshake"
	case probe.KindAlert:
		return "a TLS alert"
	case probe.KindData:
		return "the data connection"
	case probe.KindDisconnect:
		return "the server's last message"
	case probe.KindAuth:
		return "the login"
	case probe.KindCheck:
		return "the check"
	case probe.KindText:
		return "what came"
	case probe.KindHostKey:
		return "the host key"
	}
	return "the session"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// seconds writes a duration for people.
func seconds(d time.Duration) string {
	if d < 0 {
		d = 0
	}
	return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + " s"
}

// facts are the particulars for the message to the other party.
func (s *scene) facts() Facts {
	f := Facts{
		User: s.user, Host: s.t.Target.Host, Port: s.t.Target.Port, Step: s.stepName(), Text: s.text,
	}
	if s.bad.Kind == probe.KindTimeout && s.astray != nil {
		f.Text = wordsOf(s.astray) // what it did say, not that we gave up
	}
	if start := time.Time(s.t.StartedAt); !start.IsZero() {
		f.Time = start.Add(time.Duration(s.bad.At)).UTC().Format("2006-01-02T15:04:05Z")
	}
	for _, c := range s.t.Connections {
		if c.Role != "data" {
			f.Local, f.Remote = c.Local, c.Remote
			break
		}
	}
	if s.bad.Code != nil {
		f.Code = strconv.Itoa(s.bad.Code.Value)
	}
	return f
}
