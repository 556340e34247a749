package probe

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// minLooseSecret is the length in bytes from which a secret is masked wherever it occurs. A shorter
// one is masked only where it stands as a word of its own: a password "a" would else blank out
// every text and hide the session without hiding the password.
const minLooseSecret = 4

// redactor masks a run's secrets in text, in every encoding a server or library may echo them in.
type redactor struct {
	words []string          // short secrets
	long  []string          // the others
	loose *strings.Replacer // nil: none
	least int               // bytes of the shortest text that loose can find
}

func newRedactor(secrets ...Secret) *redactor {
	seen := map[string]bool{}
	r := &redactor{}
	var forms []string
	for _, s := range secrets {
		if plain := s.Reveal(); len(plain) >= minLooseSecret && !seen[plain] {
			r.long = append(r.long, plain)
		}
		for _, f := range encodings(s.Reveal()) {
			switch {
			case f == "" || seen[f]:
			case len(f) < minLooseSecret:
				r.words = append(r.words, f)
			default:
				forms = append(forms, f)
			}
			seen[f] = true
		}
	}
	// The longest first: a form that contains another must be masked whole.
	sort.Slice(forms, func(i, j int) bool { return len(forms[i]) > len(forms[j]) })
	var pairs []string
	for _, f := range forms {
		pairs = append(pairs, f, Mask)
	}
	if pairs != nil {
		r.loose, r.least = strings.NewReplacer(pairs...), len(forms[len(forms)-1])
	}
	return r
}

// encodings lists the ways in which s may come back.
func encodings(s string) []string {
	if s == "" {
		return nil
	}
	raw := base64.RawStdEncoding.EncodeToString([]byte(s))
	quoted := strconv.Quote(s)
	out := []string{
		s, quoted[1 : len(quoted)-1], strings.ReplaceAll(s, `"`, `""`), html.EscapeString(s),
		url.QueryEscape(s), url.PathEscape(s), percentAll(s, "%02X"), percentAll(s, "%02x"),
		raw, base64.RawURLEncoding.EncodeToString([]byte(s)),
		hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s))),
	}
	for before := range 3 {
		out = append(out, insideBase64(s, before))
	}
	return append(out, lowerPercent(url.QueryEscape(s)), lowerPercent(url.PathEscape(s)))
}

// minInsideBase64 is the number of base64 digits from which a secret is looked for inside a longer
// encoded text.
const minInsideBase64 = 8

// insideBase64 returns the digits that are those of s alone where s is encoded with other text around
// it, as in "Basic" credentials. before is the number of bytes in front of it, modulo 3.
func insideBase64(s string, before int) string {
	raw := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), s...))
	first, end := (before*8+5)/6, (before+len(s))*8/6
	if end-first < minInsideBase64 {
		return ""
	}
	return raw[first:end]
}

// percentAll encodes each byte, as a cautious client does.
func percentAll(s, format string) string {
	upper := format == "%02X"
	var b strings.Builder
	for i := range len(s) {
		h := hex.EncodeToString([]byte{s[i]})
		if upper {
			h = strings.ToUpper(h)
		}
		b.WriteString("%" + h)
	}
	return b.String()
}

// lowerPercent turns %2F into %2f and leaves the rest.
func lowerPercent(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// clean returns s with every secret masked.
func (r *redactor) clean(s string) string {
	if r == nil || s == "" {
		return s
	}
	if r.loose != nil && len(s) >= r.least { // the replacer copies also what it leaves alone
		s = r.loose.Replace(s)
	}
	for _, w := range r.long {
		s = maskPercent(s, w)
	}
	for _, w := range r.words {
		s = maskWord(s, w)
	}
	return s
}

// maskPercent masks w where any of its bytes may stand as a percent sign and two digits, and a space
// as a plus sign: encoders differ in what they leave alone.
func maskPercent(s, w string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if n := percentPrefix(s[i:], w); n > 0 {
			b.WriteString(Mask)
			i += n
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// percentPrefix returns how many bytes at the beginning of s spell w, or 0.
func percentPrefix(s, w string) int {
	at := 0
	for i := range len(w) {
		switch rest := s[at:]; {
		case len(rest) >= 3 && rest[0] == '%' && strings.EqualFold(rest[1:3], hex.EncodeToString([]byte{w[i]})):
			at += 3
		case rest != "" && (rest[0] == w[i] || rest[0] == '+' && w[i] == ' '):
			at++
		default:
			return 0
		}
	}
	return at
}

// maskWord masks w where neither neighbour is a letter or digit.
func maskWord(s, w string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, w)
		if i < 0 {
			break
		}
		end := i + len(w)
		alone := (i == 0 || !alnum(s[i-1])) && (end == len(s) || !alnum(s[end]))
		b.WriteString(s[:i])
		if alone {
			b.WriteString(Mask)
		} else {
			b.WriteString(w)
		}
		s = s[end:]
	}
	b.WriteString(s)
	return b.String()
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
