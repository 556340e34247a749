package classify

import (
	"slices"
	"strings"
	"sync"

	"mftprobe/probe"
)

// weight is how far a phrase or a code carries towards a cause.
type weight int

const (
	faint      weight = 8   // a success code: something may still have gone wrong afterwards
	hint       weight = 25  // a word that fits several causes
	codeWeight weight = 40  // the number alone
	strong     weight = 65  // the usual meaning of the words, with look-alikes
	decides    weight = 110 // the words leave one cause
)

// rankShare is the part of a weight, in per cent, that goes to the first cause of a ranking, the
// second, and so on.
var rankShare = []int{100, 60, 45, 35, 28, 22}

// family limits a table to sessions in which its sentences can occur.
type family uint8

const (
	inAny family = iota
	inFTP        // any of the FTP family
	inTLS        // FTP with TLS
	inSSH
)

// fits tells whether sentences of the family can occur under p. Under an unknown protocol all can.
func (f family) fits(p probe.Protocol) bool {
	switch f {
	case inFTP:
		return p != probe.SFTP
	case inTLS:
		return p != probe.SFTP && p != probe.FTP
	case inSSH:
		return p == probe.SFTP || p == ""
	}
	return true
}

// phrase is one sentence, or the part of it that stays the same between versions and settings. The
// form is that of [compile].
type phrase struct {
	causes ranking
	weight weight
	at     place // where it can be said; anywhere if it does not matter
	form   string
}

// phrases are the sentences of one server family or client; "general" for what everybody says.
type phrases struct {
	server  string
	source  string // where the sentences are taken from
	in      family
	entries []phrase
}

func phraseTables() []phrases {
	return slices.Concat(generalPhrases(), ftpPhrases(), tlsPhrases(), sshPhrases(), productPhrases(), clientPhrases(), languagePhrases())
}

// known is a phrase ready for use.
type known struct {
	phrase
	server string
	in     family
	form   form
}

var knownPhrases = sync.OnceValue(func() []known {
	var out []known
	for _, t := range phraseTables() {
		for _, p := range t.entries {
			out = append(out, known{p, t.server, t.in, compile(p.form)})
		}
	}
	return out
})

// saying is a text with its circumstances.
type saying struct {
	text     string
	protocol probe.Protocol // empty: not known
	at       place          // anywhere: not known
	server   string         // server family if the banner told; its sentences then count in full
}

// hit is what one phrase says in favour of one cause.
type hit struct {
	cause  Cause
	weight weight
	server string
	leads  bool // the first reading of the phrase
	alone  bool // its only reading
}

// otherServer is the share, in per cent, that a sentence of another product keeps when the product
// is known. It is not zero: products borrow each other's sentences.
const otherServer = 70

// matchTexts returns what the known phrases make of a text, in the order of the tables.
func matchTexts(s saying) []hit {
	text := newSample(fold(s.text))
	var out []hit
	all := knownPhrases()
	for i := range all {
		k := &all[i]
		if !k.in.fits(s.protocol) || s.at != anywhere && k.at != anywhere && s.at&k.at == 0 || !k.form.matches(text) {
			continue
		}
		w := k.weight
		if s.server != "" && k.server != general && k.server != s.server {
			w = w * otherServer / 100
		}
		causes := k.causes.at(s.at)
		for rank, c := range causes {
			out = append(out, hit{c, share(w, rank), k.server, rank == 0, len(causes) == 1})
		}
	}
	return out
}

// share is the part of w for the cause of the given rank.
func share(w weight, rank int) weight {
	return w * weight(rankShare[min(rank, len(rankShare)-1)]) / 100
}

const general = "general"

// maxText is how many bytes of a text are looked at.
const maxText = 2048

// fold brings a text into the form in which phrases are written: small letters without accents,
// plain quotes, single spaces. A space at both ends saves a test at every boundary.
func fold(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	s = strings.ToValidUTF8(s, "")
	words := strings.Fields(accents.Replace(strings.ToLower(s)))
	return " " + strings.Join(words, " ") + " "
}

var accents = strings.NewReplacer(
	"ä", "a", "á", "a", "à", "a", "â", "a", "ã", "a", "å", "a", "ą", "a", "ç", "c", "ć", "c", "č", "c", "ď", "d",
	"é", "e", "è", "e", "ê", "e", "ë", "e", "ę", "e", "ě", "e", "í", "i", "ì", "i", "î", "i", "ï", "i", "ł", "l", "ñ", "n", "ń", "n", "ň", "n",
	"ö", "o", "ó", "o", "ò", "o", "ô", "o", "õ", "o", "ø", "o", "ő", "o", "ř", "r", "ß", "ss", "ś", "s", "š", "s", "ş", "s", "ť", "t",
	"ü", "u", "ú", "u", "ù", "u", "û", "u", "ů", "u", "ű", "u", "ý", "y", "ı", "i", "ğ", "g", "ź", "z", "ż", "z", "ž", "z", "æ", "ae",
	"isn't", "is not", "’", "'", "‘", "'", "“", `"`, "”", `"`, "´", "'", "`", "'", "\u00a0", " ", "\x1b", " ", "\x00", " ",
)
