package report

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

const jsonIndent = "  "

// layout is how JSON is set out.
type layout struct {
	indent bool
	depth  int // of what stands around it
}

// layOut appends compact JSON and makes it safe on a terminal and, with indent, readable, in one pass:
// json.Indent checks the syntax of every byte once more.
func layOut(out, text []byte, l layout) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"':
			n := stringEnd(text[i:])
			out = appendSafe(out, text[i:i+n])
			i += n
			continue
		case !l.indent:
			out = append(out, c)
		case (c == '{' || c == '[') && text[i+1] != c+2: // the closing one is two further in ASCII
			l.depth++
			out = newLine(append(out, c), l.depth)
		case (c == '}' || c == ']') && text[i-1] != c-2:
			l.depth--
			out = append(newLine(out, l.depth), c)
		case c == ',':
			out = newLine(append(out, c), l.depth)
		case c == ':':
			out = append(out, c, ' ')
		default:
			out = append(out, c)
		}
		i++
	}
	return out
}

func newLine(out []byte, depth int) []byte {
	out = append(out, '\n')
	for range depth {
		out = append(out, jsonIndent...)
	}
	return out
}

// stringEnd returns the length of the string at the beginning of text, with its quotes.
func stringEnd(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// appendSafe appends a string with what a terminal might obey, C1 controls and characters that reorder
// text, as \u escapes. The value stays the same.
func appendSafe(out, s []byte) []byte {
	start := 0
	for i := 0; i < len(s); {
		if s[i] >= ' ' && s[i] <= '~' {
			i++
			continue
		}
		r, w := utf8.DecodeRune(s[i:])
		if hidden(r) {
			out = appendEscape(append(out, s[start:i]...), r)
			start = i + w
		}
		i += w
	}
	return append(out, s[start:]...)
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

func appendEscape(out []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}
