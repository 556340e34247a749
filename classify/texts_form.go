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
type part []string

// synonyms are the ways to say the same thing that phrases ask for as "{no}" and so on.
var synonyms = map[string]part{
	"{no}": {
		"not allowed", "not permitted", "disabled", "denied", "refused", "rejected", "forbidden", "prohibited", "disallowed",
		"not supported", "unsupported", "not enabled", "not available", "not accepted", "switched off", "turned off", "not authorized", "not implemented",
	},
	"{need}":  {"required", "require", "must ", "mandatory", "needed", "enforced", "demand", "only", "obligatory", "have to", "expects", "needs"},
	"{fail}":  {"failed", "failure", "fails", "error", "could not", "cannot", "can't", "unable", "aborted", "broken", "timed out", "timeout", "unsuccessful"},
	"{gone}":  {"not found", "does not exist", "doesn't exist", "no such", "unavailable", "not available", "inaccessible", "not accessible", "missing", "unreachable", "cannot be", "could not be", "can't be"},
	"{many}":  {"too many", "maximum", "max ", "limit", "exceed", "reached", "no more"},
	"{tls}":   {"tls", "ssl", "encryption", "encrypted", "secure ", "ftps"},
	"{plain}": {"clear-text", "cleartext", "clear text", "plain ftp", "plaintext", "plain text", "plain-text", "unencrypted", "insecure", "non-secure", "nonsecure", "unsecured", "unprotected"},
	"{ours}":  {"your ip", "your address", "your host", "your location", "this ip", "this address", "this host", "client ip", "client address", "source ip", "source address", "ip address", "remote address", "from ip"},
}

// maxGap is the width of a gap in bytes: room for a number, a name or a few words.
const maxGap = 60

// compile reads the form of a phrase. Clauses are joined by " & ", terms by "|"; "!" before a clause
// negates it, "*" is a gap, "~" at either end of a term stands for the edge of a word, and "{no}" as
// a part for any of its synonyms. Thus
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
			parsed.terms = append(parsed.terms, term{readParts(t), first, last})
		}
		out = append(out, parsed)
	}
	return out
}

func readParts(t string) []part {
	var out []part
	for p := range strings.SplitSeq(t, "*") {
		if same, ok := synonyms[p]; ok {
			out = append(out, same)
			continue
		}
		out = append(out, part{p})
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
	for _, word := range t.parts[0] {
		if t.begins(text, word) {
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
		window := text[start:min(len(text), start+maxGap+len(word))]
		if i := strings.Index(window, word); i >= 0 && i < nearest {
			nearest, end = i, start+i+len(word)
		}
	}
	return end
}

// wordAt tells whether a letter or digit stands at i.
func wordAt(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}
