package classify

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFact is the length in bytes to which a fact is cut before it goes into a message.
const maxFact = 300

// Facts are the particulars of one run that a message to the other party names. Everything is text,
// since this package asks no clock; an empty fact is replaced by neutral words.
type Facts struct {
	Time   string // UTC, RFC 3339
	User   string
	Host   string
	Port   int
	Local  string // our address and port
	Remote string // address and port that were dialled
	Step   string
	Code   string // number and nothing else
	Text   string // what the server said, as it came
}

// Fill puts the facts into a message with the placeholders {time}, {user}, {host}, {port}, {local},
// {remote}, {step}, {code}, {text} and {reply} (code and text in quotes). Facts come from the server
// and from users: control characters are escaped, length is limited, and a fact that itself looks
// like a placeholder stays as it is.
func (f Facts) Fill(message string) string {
	port := ""
	if f.Port > 0 {
		port = strconv.Itoa(f.Port)
	}
	return strings.NewReplacer(
		"{time}", orElse(f.Time, "(time not recorded)"),
		"{user}", orElse(f.User, "our account"),
		"{host}", orElse(f.Host, "your server"),
		"{port}", orElse(port, "(not recorded)"),
		"{local}", orElse(f.Local, "our address"),
		"{remote}", orElse(f.remote(port), "your address"),
		"{step}", orElse(f.Step, "(not recorded)"),
		"{code}", orElse(f.Code, "(no code)"),
		"{text}", orElse(f.Text, "(no text)"),
		"{reply}", f.reply(),
	).Replace(message)
}

// remote is the address dialled; before any connection came about, what the target said.
func (f Facts) remote(port string) string {
	switch {
	case f.Remote != "" || f.Host == "":
		return f.Remote
	case port == "":
		return f.Host
	}
	return f.Host + " port " + port
}

// reply joins code and text, without saying the code twice.
func (f Facts) reply() string {
	text := strings.TrimSpace(f.Text)
	if f.Code != "" && !strings.HasPrefix(text, f.Code) {
		text = strings.TrimSpace(f.Code + " " + text)
	}
	if text == "" {
		return "no usable reply"
	}
	return `"` + printable(text, maxFact) + `"`
}

func orElse(fact, neutral string) string {
	if fact = strings.TrimSpace(fact); fact == "" {
		return neutral
	}
	return printable(fact, maxFact)
}

// printable escapes what could move a cursor or hide text, and cuts to limit bytes. Line breaks
// become visible too, since every place that shows a fact is one line.
func printable(s string, limit int) string {
	var b strings.Builder
	for i, r := range s {
		if b.Len() >= limit {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i]), 16))
		case r == '\n':
			b.WriteString(" / ")
		case r == '\r':
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
