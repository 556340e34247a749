package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on server text in forms for people, in runes. JSON holds all that was recorded.
const (
	maxLine = 300  // a reply beside its step
	maxText = 2000 // a paragraph of the verdict
)

// escape makes s safe to print on one line: what is not printable, or moves or hides text, is shown
// as an escape. It is cut after limit runes.
func escape(s string, limit int) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		if n++; n > limit {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && w == 1:
			b.WriteString(`\x` + hexByte(s[i]))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		i += w
	}
	return b.String()
}

func hexByte(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

// oneLine joins the lines of a reply with " / " before escaping, so that a multi-line reply reads well.
func oneLine(s string, limit int) string {
	s = strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\r\n", "\n")
	return escape(strings.ReplaceAll(s, "\n", " / "), limit)
}

// cut shortens s to width runes.
func cut(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	runes := []rune(s)
	return strings.TrimRight(string(runes[:max(width-1, 0)]), " ") + "…"
}

// Wrap breaks s at spaces into lines of at most width runes, and words that are longer anywhere.
func Wrap(s string, width int) []string {
	var lines []string
	var line []rune
	for word := range strings.FieldsSeq(s) {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) > width {
			lines, line = append(lines, string(line)), nil
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		for len(rest) > width {
			lines, rest = append(lines, string(rest[:width])), rest[width:]
		}
		line = append(line, rest...)
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	return lines
}
