package classify

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// maxSuspects is how many causes an explanation names.
const maxSuspects = 6

// Scores from which a cause is called likely, by itself and against the next one in per cent.
const (
	likelyScore = 60
	likelyLead  = 125
	worthNaming = 12 // per cent of the best score
)

// suspect is a cause with what speaks for it.
type suspect struct {
	cause      Cause
	score      weight
	best       weight // the strongest phrase for it
	confidence Confidence
}

// weigh puts code, words, place and protocol together.
func weigh(q Query, c reading, at place) []suspect {
	said := saying{text: q.Text, protocol: q.Protocol, at: at}
	if c.space == probe.SpaceFTP && q.Protocol == "" {
		said.protocol = probe.FTPES
	}
	hits := append(matchTexts(said), addressHits(said)...)
	sum := map[Cause]*suspect{}
	var order []*suspect
	of := func(cause Cause) *suspect {
		s := sum[cause]
		if s == nil {
			s = &suspect{cause: cause}
			sum[cause], order = s, append(order, s)
		}
		return s
	}
	for _, h := range hits {
		s := of(h.cause)
		s.score += min(h.weight, s.best)/8 + max(h.weight-s.best, 0)
		s.best = max(s.best, h.weight)
	}
	if c.known() {
		standing := c.entry.standing()
		if slices.ContainsFunc(hits, func(h hit) bool { return h.leads && h.weight >= strong }) {
			standing /= 2 // words that say why count more than a number that does not
		}
		for rank, cause := range c.entry.causes.at(at) {
			of(cause).score += share(standing, rank)
		}
	}
	return verdicts(order, q.Protocol, soleCause(hits, c))
}

// verdicts sorts the suspects, drops what cannot occur or is not worth naming, and says how sure
// each is. The sole cause is certain if it also leads.
func verdicts(order []*suspect, p probe.Protocol, sole Cause) []suspect {
	var out []suspect
	for _, s := range order {
		if canOccur(s.cause, p) {
			out = append(out, *s)
		}
	}
	slices.SortStableFunc(out, func(a, b suspect) int { return cmp.Compare(b.score, a.score) })
	for i := range out {
		out[i].confidence = Possible
		if out[i].score*100 < out[0].score*worthNaming || i == maxSuspects {
			out = out[:i]
			break
		}
	}
	if len(out) == 0 {
		return nil
	}
	second := weight(0)
	if len(out) > 1 {
		second = out[1].score
	}
	switch {
	case out[0].cause == sole:
		out[0].confidence = Certain
	case out[0].score >= likelyScore && out[0].score*100 >= second*likelyLead:
		out[0].confidence = Likely
	}
	return out
}

// soleCause returns the cause that the words leave, if they leave only one: one phrase names it
// alone and decisively, and neither a phrase beyond the general ones nor a strong code says anything else.
func soleCause(hits []hit, c reading) Cause {
	var sole Cause
	for _, h := range hits {
		switch {
		case h.weight >= decides && h.alone && (sole == "" || sole == h.cause):
			sole = h.cause
		case h.weight >= decides:
			return ""
		}
	}
	for _, h := range hits {
		if h.cause != sole && h.leads && h.weight > strong {
			return ""
		}
	}
	if !c.known() {
		return sole
	}
	named := c.entry.causes.at(anywhere)
	if c.entry.standing() >= decides && len(named) == 1 && (sole == "" || sole == named[0]) && len(hits) == 0 {
		return named[0]
	}
	if c.entry.standing() >= strong && !c.entry.names(sole) {
		return ""
	}
	return sole
}

// names tells whether the code's own causes include cause, at whatever place.
func (c *codeEntry) names(cause Cause) bool {
	for _, line := range c.causes {
		if slices.Contains(line.causes, cause) {
			return true
		}
	}
	return false
}

// canOccur keeps SSH causes out of FTP sessions and the reverse. Within the FTP family nothing is
// excluded: people call explicit FTPS "ftp".
func canOccur(c Cause, p probe.Protocol) bool {
	e := Lookup(c)
	switch p {
	case "":
		return true
	case probe.SFTP:
		return e.concerns(p)
	}
	return e.concerns(probe.FTP) || e.concerns(probe.FTPES)
}

// commandForm finds FTP commands that a text names. USER, PASS and the transfers are left out: texts
// such as "Please login with USER and PASS" name what is missing, not what was answered.
var commandForm = lazyregexp.New(`\b(EPSV|PASV|EPRT|PORT|MLSD|MLST|SIZE|MDTM|OPTS|FEAT|AUTH|PROT|PBSZ|CCC|REST|APPE|MKD|RMD|DELE|RNFR|RNTO|SITE|CWD|SETSTAT|FSETSTAT|OPENDIR|REALPATH)\b`)

// sentForm finds the command line in a pasted dialogue.
var sentForm = lazyregexp.New(`(?m)^\s*(?:command:|-*>|c:|ftp>|\d\d:\d\d.*command:)\s*([A-Za-z]{3,8})\b`)

// place is where the text was said: the step, narrowed by a command that the text names.
func (q Query) place(c reading) place {
	at := placeOf(q.Step, q.Protocol)
	text := q.front()
	if m := sentForm.FindAllStringSubmatch(text, -1); m != nil {
		if sent := commandPlaces[strings.ToUpper(m[len(m)-1][1])]; sent != anywhere {
			return sent
		}
	}
	if q.Step == "" && c.space == spaceIIS {
		return anywhere
	}
	named := commandForm.FindAllString(text, 4)
	if len(named) != 1 {
		return at
	}
	spoken := commandPlaces[named[0]]
	if at == anywhere || at&spoken != 0 || at&(atData|atSetup|atAuth) != 0 && spoken&(atPassive|atActive|atProt|atMlsd) != 0 {
		return spoken | at&atData&^atPassive
	}
	return at
}

var (
	epsvForm    = lazyregexp.New(`\b229[ -].*\((.*)\)`)
	portForm    = lazyregexp.New(`^\W\W\W([1-9]\d{0,4})\W$`)
	passiveForm = lazyregexp.New(`\((\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),\d{1,3},\d{1,3}\)`)
	dottedForm  = lazyregexp.New(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
)

// addressHits reads addresses: a passive reply, or the error of a data connection, that names one
// which nobody outside can reach.
func addressHits(s saying) []hit {
	if s.protocol == probe.SFTP {
		return nil
	}
	text := s.text[:min(len(s.text), maxRead)]
	if m := passiveForm.FindStringSubmatch(text); m != nil {
		return addressHit(strings.Join(m[1:], "."), strong)
	}
	if m := epsvForm.FindStringSubmatch(text); m != nil && !portForm.MatchString(strings.TrimSpace(m[1])) && !strings.Contains(m[1], "...") {
		return []hit{{cause: CausePassiveReplyMalformed, weight: strong + 10, server: general}}
	}
	if s.at&(atData|atPassive) == 0 || s.at&atActive != 0 {
		return nil
	}
	if m := dottedForm.FindString(text); m != "" && !strings.Contains(strings.ToLower(text), " open a connection ") && !strings.Contains(text, "425") {
		return addressHit(m, strong)
	}
	return nil
}

func addressHit(address string, w weight) []hit {
	ip, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return nil
	case ip.IsUnspecified() || ip.IsMulticast():
		return []hit{{cause: CausePassiveAddressWrong, weight: w, server: general}}
	case ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast():
		return []hit{{cause: CausePASVPrivateAddress, weight: w, server: general}}
	}
	return nil
}

var lengthForm = lazyregexp.New(`(?i)(?:length|too long|too large|packet)[^\d]{0,12}(\d{8,10})\b`)

// lengthNote turns an absurd packet length into the four bytes that were read as one.
func lengthNote(text string) (string, bool) {
	m := lengthForm.FindStringSubmatch(text[:min(len(text), maxRead)])
	if m == nil {
		return "", false
	}
	n, err := strconv.ParseUint(m[1], 10, 32)
	if err != nil {
		return "", false
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	for _, c := range b {
		if c >= 0x7f || c < ' ' && !strings.ContainsRune("\t\r\n\x1b", rune(c)) {
			return "", false
		}
	}
	return "As four bytes the number " + m[1] + " reads " + strconv.QuoteToASCII(string(b[:])) + ": the client took text for a packet length.", true
}
