package session

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind tells what an event is.
type Kind string

// Kinds of events.
const (
	Opened   Kind = "opened"   // a connection came
	Received Kind = "received" // a command or request
	Sent     Kind = "sent"     // a reply or status
	Data     Kind = "data"     // something about a data connection
	Security Kind = "security" // TLS, SSH algorithms, authentication
	Closed   Kind = "closed"   // the connection ended
)

// MaxText bounds the text of an event, in bytes: what a client sends is not ours to trust.
const MaxText = 512

// Event is one line of the log of a session. Passwords are never in it.
type Event struct {
	Time     time.Time // UTC
	Session  int64     // counts from 1
	Protocol string    // ftp, ftps or sftp
	Client   string    // address and port
	Server   string    // address and port
	Kind     Kind
	Text     string
}

// String formats the event as one line; control characters are escaped.
func (e Event) String() string {
	return fmt.Sprintf("%s %s#%d %s -> %s %s %s", e.Time.Format("2006-01-02T15:04:05.000Z"), e.Protocol, e.Session,
		e.Client, e.Server, e.Kind, Printable(e.Text))
}

// Log writes the events of one session. A nil Log writes nothing.
type Log struct {
	head    Event
	now     func() time.Time
	emit    func(Event)
	secrets []string
}

// minSecret is the length from which a secret is looked for wherever a client may have put it by mistake. A shorter one
// is part of many words.
const minSecret = 4

// NewLog returns the log of a session described by head, or nil if emit is nil. Secrets are shown as **** wherever they
// turn up, such as a password in the place of a user name.
func NewLog(head Event, now func() time.Time, emit func(Event), secrets ...string) *Log {
	if emit == nil {
		return nil
	}
	return &Log{head: head, now: now, emit: emit, secrets: secrets}
}

// Add logs text, cut at MaxText.
func (l *Log) Add(kind Kind, text string) {
	if l == nil {
		return
	}
	e := l.head
	for _, s := range l.secrets {
		if len(s) >= minSecret {
			text = strings.ReplaceAll(text, s, "****")
		}
	}
	e.Time, e.Kind, e.Text = l.now().UTC(), kind, text
	if len(e.Text) > MaxText {
		e.Text = e.Text[:MaxText] + "…"
	}
	l.emit(e)
}

// Addf logs a formatted text; it formats nothing when nobody listens.
func (l *Log) Addf(kind Kind, format string, args ...any) {
	if l != nil {
		l.Add(kind, fmt.Sprintf(format, args...))
	}
}

// Printable escapes what a terminal would act on, and what is not UTF-8: single bytes are control characters to some.
func Printable(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return text
	}
	q := strconv.Quote(text)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
