package foreignlog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// book holds the sessions of one log while it is read.
type book struct {
	now       func() time.Time
	zone      *time.Location
	format    string
	tool      probe.Tool
	server    bool // the log is a server's
	sessions  []*session
	byKey     map[string]*session
	begun     int
	left      int // sessions that were left out
	events    int
	text      int
	secrets   []probe.Secret
	known     map[string]bool
	notes     []string
	truncated bool

	outer      time.Time // the time in front of the log's own line
	outerClock string    // the same without a date
}

func newBook(rd Reader, format string) *book {
	b := &book{now: rd.Now, zone: rd.Zone, format: format, byKey: map[string]*session{}, known: map[string]bool{}}
	if b.now == nil {
		b.now = time.Now
	}
	if b.zone == nil {
		b.zone = time.UTC
	}
	return b
}

// note keeps a sentence for the result, once.
func (b *book) note(text string) {
	if len(b.notes) < maxNotes && !slices.Contains(b.notes, text) {
		b.notes = append(b.notes, text)
	}
}

// start begins a session. key tells it from others that run at the same time; it may be empty.
func (b *book) start(key string) *session {
	s := &session{book: b, key: key, names: map[probe.Op]int{}}
	b.begun++
	s.number = b.begun
	if key != "" {
		if old := b.byKey[key]; old != nil {
			old.close()
		}
		b.byKey[key] = s
	}
	b.sessions = append(b.sessions, s)
	b.shed()
	return s
}

// find returns the running session of that key, or begins one.
func (b *book) find(key string) *session {
	if s := b.byKey[key]; s != nil {
		return s
	}
	return b.start(key)
}

// shed drops sessions beyond the limits: of the closed ones the oldest without a failure, else the
// oldest; if none is closed, the oldest of all.
func (b *book) shed() {
	for len(b.sessions) > MaxSessions || b.events > maxEvents && len(b.sessions) > 1 {
		i := slices.IndexFunc(b.sessions, func(s *session) bool { return s.closed && !s.broken })
		if i < 0 {
			i = slices.IndexFunc(b.sessions, func(s *session) bool { return s.closed })
		}
		s := b.sessions[max(i, 0)]
		s.close()
		b.events -= s.kept
		b.sessions = slices.Delete(b.sessions, max(i, 0), max(i, 0)+1)
		b.left++
	}
}

// hide makes every occurrence of a password disappear from the result.
func (b *book) hide(secret string) {
	switch {
	case isMask(secret), b.known[secret]:
	case len(b.secrets) == maxSecrets:
		b.note(fmt.Sprintf("the log shows more than %d passwords: the others are masked only where they were sent", maxSecrets))
	default:
		b.known[secret] = true
		b.secrets = append(b.secrets, probe.NewSecret(secret))
	}
}

// isMask tells that a program wrote a placeholder in place of a secret.
func isMask(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "*") == "" || strings.Trim(s, "xX") == "" || strings.Trim(s, "•●·-.") == "" {
		return true
	}
	for _, pair := range []string{"<>", "()", "[]"} {
		if s[0] == pair[0] && s[len(s)-1] == pair[1] {
			return true
		}
	}
	return false
}

// Where programs write passwords other than behind PASS: URLs, command lines, and the scripts
// that WinSCP and lftp repeat in their logs.
var (
	urlSecret    = lazyregexp.New(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@'"]*:([^\s/'"]+)@`)
	optionSecret = lazyregexp.New(`(?:-u|--user|--proxy-user|-U)[ =]?['"]?[^\s:,'"]+[:,]([^\s'"]+)`)
	namedSecret  = lazyregexp.New(`(?i)(?:[-/]-?(?:password|passphrase|newpassword|proxypassword|pw)|\bpassword\s*=|\bpwd\s*=|\bPASSWD\s*=)[ =:]*['"]?([^\s'"]+)`)
	quotedSecret = lazyregexp.New(`(?i)["'](?:password|passphrase|passwd|pass|secret)["'] ?[:=]>? ?["']([^"']+)["']`)
	headerSecret = lazyregexp.New(`(?i)authorization: *(?:basic|digest|bearer|negotiate) +(\S+)`)
)

// hints are what a line must contain for one of the patterns to be worth trying: most lines have
// none of it, and a log may have millions.
var hints = []struct {
	any []string
	re  *lazyregexp.Regexp
}{
	{[]string{"://"}, urlSecret},
	{[]string{"-u", "-U", "--proxy-user"}, optionSecret},
	{[]string{"-pass", "/pass", "assword=", "assword =", "PASSWD", "passwd", "pwd", "PWD=", "Pwd", "-pw", "newpassword", "proxypassword"}, namedSecret},
	{[]string{"assword\"", "assword'", "assphrase\"", "assphrase'", "asswd\"", "pass\"", "pass'", "ecret\"", "ecret'"}, quotedSecret},
	{[]string{"uthorization", "UTHORIZATION"}, headerSecret},
}

// learn registers the secrets that a line shows and returns the line with them masked.
func (b *book) learn(line string) string {
	for _, h := range hints {
		if slices.ContainsFunc(h.any, func(s string) bool { return strings.Contains(line, s) }) {
			line = b.learnFrom(h.re, line)
		}
	}
	return line
}

// learnFrom registers and masks what the first group of re matches, wherever it does.
func (b *book) learnFrom(re *lazyregexp.Regexp, line string) string {
	found := re.FindAllStringSubmatchIndex(line, -1)
	for _, m := range slices.Backward(found) {
		b.hide(line[m[2]:m[3]])
		line = line[:m[2]] + probe.Mask + line[m[3]:]
	}
	return line
}

// result closes what is still open and hands everything over.
func (b *book) result() (Result, error) {
	out := Result{Format: b.format}
	for _, s := range b.sessions {
		s.close()
		if s.empty() {
			continue
		}
		out.Transcripts = append(out.Transcripts, s.transcript())
	}
	out.Truncated = b.truncated || b.left > 0
	if b.left > 0 {
		b.note(fmt.Sprintf("%d sessions were left out: at most %d are kept, failed and newer ones first", b.left, MaxSessions))
	}
	if b.server {
		b.note("this is a server's log, told from the client's side: \"sent\" is what the client sent")
	}
	out.Notes = b.notes
	if len(out.Transcripts) == 0 {
		return out, errNoSession
	}
	return out, nil
}
