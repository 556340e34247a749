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
	parts       []part
	first, last bool // whole words only at the beginning, at the end
}

// part is a text, or one of several that mean the same.
type part []literal

// literal is a text with the trigrams that it needs.
type literal struct {
	text     string
	first    bool // only at the beginning of a word
	trigrams []uint16
}

// sample is a folded text with the set of its trigrams (hashed). Nearly every phrase is ruled out by
// a trigram that the text lacks, which keeps long texts cheap.
type sample struct {
	text string
	has  [1 << 14 / 64]uint64
}

func newSample(folded string) *sample {
	s := &sample{text: folded}
	for i := 0; i+3 <= len(folded); i++ {
		h := trigram(folded[i:])
		s.has[h/64] |= 1 << (h % 64)
	}
	return s
}

// trigram hashes the first three bytes of s to 14 bits.
func trigram(s string) uint16 {
	h := uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])
	return uint16(h * 2654435761 >> 18)
}

func newLiteral(text string) literal {
	text, first := strings.CutPrefix(text, "~")
	l := literal{text: text, first: first}
	for i := 0; i+3 <= len(text); i += 3 {
		l.trigrams = append(l.trigrams, trigram(text[i:]))
	}
	return l
}

// possible tells whether the text can contain l; false is certain.
func (s *sample) possible(l literal) bool {
	for _, h := range l.trigrams {
		if s.has[h/64]>>(h%64)&1 == 0 {
			return false
		}
	}
	return true
}

// synonyms are the ways to say the same thing that phrases ask for as "{no}" and so on.
var synonyms = map[string][]string{
	"{no}": {
		"not allowed", "not permitted", "disabled", "denied", "refused", "rejected", "forbidden", "prohibited", "disallowed",
		"not supported", "unsupported", "not enabled", "not available", "not accepted", "switched off", "turned off", "not authorized", "not implemented",
	},
	"{need}":  {"required", "require", "must ", "mandatory", "needed", "enforced", "demand", "only", "obligatory", "have to", "expects", "needs"},
	"{fail}":  {"failed", "failure", "fails", "error", "could not", "couldn't", "cannot", "can't", "unable", "aborted", "broken", "timed out", "timeout", "unsuccessful"},
	"{gone}":  {"not found", "does not exist", "doesn't exist", "no such", "unavailable", "not available", "inaccessible", "not accessible", "missing", "unreachable", "cannot be", "could not be", "can't be"},
	"{many}":  {"too many", "maximum", "max ", "limit", "exceed", "reached", "no more"},
	"{tls}":   {"tls", "ssl", "encryption", "encrypted", "secure ", "ftps"},
	"{plain}": {"clear-text", "cleartext", "clear text", "plain ftp", "plaintext", "plain text", "plain-text", "unencrypted", "insecure", "non-secure", "nonsecure", "unsecured", "unprotected", "non-tls", "non-ssl"},
	"{ours}":  {"your ip", "your address", "your host", "your location", "this ip", "this address", "this host", "client ip", "client address", "source ip", "source address", "ip address", "remote address", "from ip"},
}

// maxGap is the width of a gap in bytes: room for a number, a name or a few words.
const maxGap = 60

// compile reads the form of a phrase, which may run over several lines. Clauses are joined by " & ",
// the terms of one by " | "; "!" before a clause negates it, "*" is a gap, "~" at either end of a term
// or behind a gap stands for the edge of a word, and "{no}" as a part for any of its synonyms. Thus
// "too many*connections | connection limit & !~idle" wants one of the two texts and no word that
// begins with "idle".
func compile(s string) form {
	var out form
	for c := range strings.SplitSeq(strings.Join(strings.Fields(s), " "), " & ") {
		c, not := strings.CutPrefix(c, "!")
		parsed := clause{not: not}
		for t := range strings.SplitSeq(c, " | ") {
			t, first := strings.CutPrefix(t, "~")
			t, last := strings.CutSuffix(t, "~")
			parsed.terms = append(parsed.terms, term{readParts(t), first, last})
		}
		out = append(out, parsed)
	}
	return out
}

func readParts(t string) []part {
	var out []part
	for p := range strings.SplitSeq(t, "*") {
		words, ok := synonyms[p]
		if !ok {
			words = []string{p}
		}
		var same part
		for _, w := range words {
			same = append(same, newLiteral(w))
		}
		out = append(out, same)
	}
	return out
}

func (f form) matches(text *sample) bool {
	for _, c := range f {
		if c.holds(text) == c.not {
			return false
		}
	}
	return true
}

func (c clause) holds(text *sample) bool {
	for _, t := range c.terms {
		if t.occurs(text) {
			return true
		}
	}
	return false
}

// occurs looks for the first part at every position and for the others behind it.
func (t term) occurs(text *sample) bool {
	for _, word := range t.parts[0] {
		if text.possible(word) && t.begins(text.text, word.text) {
			return true
		}
	}
	return false
}

// begins tells whether the term occurs with word as its first part.
func (t term) begins(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		from = i + 1
		if t.first && wordAt(text, i-1) {
			continue
		}
		if t.rest(text, i+len(word)) {
			return true
		}
	}
}

// rest tells whether the parts after the first one follow from position end on.
func (t term) rest(text string, end int) bool {
	for _, p := range t.parts[1:] {
		next := p.after(text, end)
		if next < 0 {
			return false
		}
		end = next
	}
	return !t.last || !wordAt(text, end)
}

// after returns the end of the nearest of the texts within a gap behind start, or -1.
func (p part) after(text string, start int) int {
	nearest, end := len(text)+1, -1
	for _, word := range p {
		window := text[start:min(len(text), start+maxGap+len(word.text))]
		if i := word.in(window); i >= 0 && i < nearest {
			nearest, end = i, start+i+len(word.text)
		}
	}
	return end
}

// in returns where l first stands in a text, or -1.
func (l literal) in(text string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], l.text)
		switch {
		case i < 0:
			return -1
		case !l.first || !wordAt(text, from+i-1):
			return from + i
		}
		from += i + 1
	}
}

// wordAt tells whether a letter or digit stands at i.
func wordAt(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}
