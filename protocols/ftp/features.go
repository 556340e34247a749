package ftp

import (
	"strings"
	"unicode/utf8"
)

// maxFeatures bounds the lines of a FEAT reply that are kept.
const maxFeatures = 256

// features are the extensions that a server offers (RFC 2389): name in capitals to the rest of the
// line.
type features map[string]string

func (f features) has(name string) bool { _, ok := f[name]; return ok }

// parseFeatures reads a FEAT reply, also from servers that put the code before each line.
func parseFeatures(r *reply) features {
	f := features{}
	lines := strings.Split(r.text, "\n")
	for _, l := range lines[1:max(1, len(lines)-1)] {
		if strings.HasPrefix(l, r.text[:3]) && len(l) > 3 {
			l = l[4:]
		}
		name, rest, _ := strings.Cut(strings.TrimSpace(l), " ")
		if name != "" && len(f) < maxFeatures {
			f[strings.ToUpper(name)] = strings.TrimSpace(rest)
		}
	}
	return f
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
