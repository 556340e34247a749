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
	loose *strings.Replacer // nil: none
}

func newRedactor(secrets ...Secret) *redactor {
	seen := map[string]bool{}
	r := &redactor{}
	var forms []string
	for _, s := range secrets {
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
		r.loose = strings.NewReplacer(pairs...)
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
	return append(out, lowerPercent(url.QueryEscape(s)), lowerPercent(url.PathEscape(s)))
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
	if r.loose != nil {
		s = r.loose.Replace(s)
	}
	for _, w := range r.words {
		s = maskWord(s, w)
	}
	return s
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
