package classify

import "strings"

// form is a compiled phrase: every clause must hold.
type form []clause

// clause holds if one of its terms occurs, or for a negated one if none does.
type clause struct {
	not   bool
	terms []term
}

// term is a text with gaps: its parts follow each other, with at most maxGap bytes between two.
type term struct {
	parts       []string
	first, last bool // whole words only at the beginning, at the end
}

// maxGap is the width of a gap in bytes: room for a number, a name or a few words.
const maxGap = 60

// compile reads the form of a phrase. Clauses are joined by " & ", terms by "|"; "!" before a clause
// negates it, "*" is a gap, "~" at either end of a term stands for the edge of a word. Thus
// "too many*connections|connection limit & !~idle" wants one of the two texts and no word that
// begins with "idle".
func compile(s string) form {
	var out form
	for c := range strings.SplitSeq(s, " & ") {
		c, not := strings.CutPrefix(c, "!")
		parsed := clause{not: not}
		for t := range strings.SplitSeq(c, "|") {
			t, first := strings.CutPrefix(t, "~")
			t, last := strings.CutSuffix(t, "~")
			parsed.terms = append(parsed.terms, term{strings.Split(t, "*"), first, last})
		}
		out = append(out, parsed)
	}
	return out
}

func (f form) matches(text string) bool {
	for _, c := range f {
		if c.holds(text) == c.not {
			return false
		}
	}
	return true
}

func (c clause) holds(text string) bool {
	for _, t := range c.terms {
		if t.occurs(text) {
			return true
		}
	}
	return false
}

// occurs looks for the first part at every position and for the others behind it.
func (t term) occurs(text string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], t.parts[0])
		if i < 0 {
			return false
		}
		i += from
		from = i + 1
		if t.first && wordAt(text, i-1) {
			continue
		}
		if t.rest(text, i+len(t.parts[0])) {
			return true
		}
	}
}

// rest tells whether the parts after the first one follow from position end on.
func (t term) rest(text string, end int) bool {
	for _, part := range t.parts[1:] {
		window := text[end:min(len(text), end+maxGap+len(part))]
		i := strings.Index(window, part)
		if i < 0 {
			return false
		}
		end += i + len(part)
	}
	return !t.last || !wordAt(text, end)
}

// wordAt tells whether a letter or digit stands at i.
func wordAt(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}
