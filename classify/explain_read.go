package classify

import (
	"strconv"
	"strings"
	"sync"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// maxRead is how many bytes of a text are searched for a code: it stands near the front.
const maxRead = 512

// reading is the code that a query holds. The zero reading holds none.
type reading struct {
	space  probe.Space
	value  int
	entry  *codeEntry // nil: a number that the tables lack
	others []string   // other spaces in which a bare number means something
}

func (r reading) known() bool { return r.entry != nil }

func newReading(s probe.Space, value int) reading {
	return reading{space: s, value: value, entry: findCode(s, value)}
}

// code finds the code of a query: the one given, the one that the whole text is, one named by a
// symbol, or one inside a sentence.
func (q Query) code() reading {
	if q.Code != nil {
		return newReading(q.Code.Space, q.Code.Value)
	}
	text := strings.TrimSpace(q.front())
	for _, read := range []func(string, probe.Protocol) reading{bareNumber, prefixed, symbol, inSentence, replyLine, statusWords} {
		if r := read(text, q.Protocol); r.space != "" {
			return r
		}
	}
	return reading{}
}

// front is the part of the text in which codes and commands are looked for.
func (q Query) front() string { return q.Text[:min(len(q.Text), maxRead)] }

// spaceWords are the words that may stand before a number or name on the command line.
var spaceWords = map[string][]probe.Space{
	"ftp": {probe.SpaceFTP}, "ftps": {probe.SpaceFTP}, "ftpes": {probe.SpaceFTP}, "sftp": {probe.SpaceSFTP}, "status": {probe.SpaceSFTP},
	"ssh": {probe.SpaceSSHDisconnect, probe.SpaceSSHChannel, probe.SpaceSFTP}, "ssh-disconnect": {probe.SpaceSSHDisconnect},
	"disconnect": {probe.SpaceSSHDisconnect}, "ssh-channel": {probe.SpaceSSHChannel}, "channel": {probe.SpaceSSHChannel},
	"tls": {probe.SpaceTLSAlert}, "tls-alert": {probe.SpaceTLSAlert}, "ssl": {probe.SpaceTLSAlert}, "alert": {probe.SpaceTLSAlert},
	"curl": {spaceCurl}, "os": {probe.SpaceOS}, "errno": {probe.SpaceOS}, "winsock": {probe.SpaceOS}, "socket": {probe.SpaceOS},
	"winerror": {spaceWin32, probe.SpaceOS}, "win32": {spaceWin32, probe.SpaceOS}, "iis": {spaceIIS}, "substatus": {spaceIIS},
}

// fillers are words between the space and the number that say nothing.
var fillers = map[string]bool{"code": true, "error": true, "exit": true, "status": true, "reason": true, "alert": true, "number": true, "reply": true, "disconnect": true, "channel": true}

// prefixed reads "sftp 4", "ssh disconnect 2", "tls handshake_failure", "iis 530.35".
func prefixed(text string, _ probe.Protocol) reading {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" :/#()=\t", r) })
	if len(words) < 2 {
		return reading{}
	}
	spaces, ok := spaceWords[strings.ToLower(words[0])]
	if !ok {
		return reading{}
	}
	rest := words[1:]
	for len(rest) > 1 && fillers[strings.ToLower(rest[0])] {
		if finer, ok := spaceWords[strings.ToLower(rest[0])]; ok && spaces[0] == probe.SpaceSSHDisconnect {
			spaces = finer
		}
		rest = rest[1:]
	}
	for _, s := range spaces {
		if r := inSpace(s, rest[0]); r.space != "" {
			return r
		}
	}
	return reading{}
}

// inSpace looks a number or a name up in one space.
func inSpace(s probe.Space, word string) reading {
	if _, sub, ok := strings.Cut(word, "."); ok && s == spaceIIS {
		word = sub
	}
	if n, err := strconv.Atoi(word); err == nil && n >= 0 {
		return newReading(s, n)
	}
	if k, ok := symbols()[canonical(word)]; ok && k.space == s {
		return newReading(k.space, k.value)
	}
	return reading{}
}

// bareOrder is the order in which the spaces are asked for a bare number that is no FTP reply and no
// SFTP status.
var bareOrder = []probe.Space{spaceCurl, probe.SpaceTLSAlert, probe.SpaceOS, probe.SpaceSSHDisconnect, probe.SpaceSSHChannel, spaceWin32, spaceIIS}

// bareNumber reads a query that is only a number. What it means depends on the protocol; the other
// meanings are suggested.
func bareNumber(text string, p probe.Protocol) reading {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return reading{}
	}
	order := append([]probe.Space{probe.SpaceFTP, probe.SpaceSFTP}, bareOrder...)
	if p == probe.SFTP {
		order = append([]probe.Space{probe.SpaceSFTP, probe.SpaceFTP}, bareOrder...)
	}
	var out reading
	for _, s := range order {
		if findCode(s, n) == nil {
			continue
		}
		if out.space == "" {
			out = newReading(s, n)
		} else {
			out.others = append(out.others, string(s)+" "+text)
		}
	}
	if out.space == "" && n >= 100 && n < 700 {
		out = newReading(probe.SpaceFTP, n)
		out.others = neighbours(n)
	}
	return out
}

// neighbours names the codes around an unknown FTP reply.
func neighbours(n int) []string {
	var out []string
	for d := -2; d <= 2; d++ {
		if findCode(probe.SpaceFTP, n+d) != nil {
			out = append(out, strconv.Itoa(n+d))
		}
	}
	return out
}

// symbols maps the names of codes, in canonical form, to their numbers. Only names that cannot be an
// ordinary word count.
var symbols = sync.OnceValue(func() map[string]codeKey {
	out := map[string]codeKey{}
	for _, n := range numberings() {
		if n.space == probe.SpaceFTP || n.space == spaceIIS {
			continue
		}
		for _, e := range n.entries {
			out[canonical(e.name)] = codeKey{n.space, e.value}
			out[strings.TrimPrefix(canonical(e.name), "ssh_")] = codeKey{n.space, e.value}
		}
	}
	return out
})

func canonical(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

var symbolForm = lazyregexp.New(`[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+|\b(?:WSA)?E[A-Z]{3,}\b`)

// symbol finds a name such as SSH_FX_FAILURE, ECONNREFUSED or CURLE_LOGIN_DENIED in the text. TLS
// alerts count only as the whole text or behind the word alert, since libraries use the same words
// in prose.
func symbol(text string, _ probe.Protocol) reading {
	for _, m := range symbolForm.FindAllString(text, 8) {
		k, ok := symbols()[canonical(m)]
		if !ok || k.space == probe.SpaceTLSAlert && m != text && !strings.Contains(strings.ToLower(text), "alert") {
			continue
		}
		return newReading(k.space, k.value)
	}
	if k, ok := symbols()[canonical(text)]; ok {
		return newReading(k.space, k.value)
	}
	return reading{}
}

// sentence is a way in which programs write a code; the first group is the number. Needs is a text
// without which the form cannot match, which is cheaper to look for.
type sentence struct {
	space probe.Space
	needs string
	form  *lazyregexp.Regexp
	in    family
}

var sentences = []sentence{
	{spaceCurl, "curl", lazyregexp.New(`(?i)\bcurl: ?\((\d{1,2})\)`), inAny},
	{spaceCurl, "curl", lazyregexp.New(`(?i)\bcurl\b.{0,20}(?:exit|code|error) (\d{1,2})\b`), inAny},
	{spaceIIS, "substatus", lazyregexp.New(`(?i)\bsubstatus[ :=]*(\d{1,2})\b`), inFTP},
	{probe.SpaceSSHDisconnect, "disconnect", lazyregexp.New(`(?i)\bdisconnect from .{3,60}?:(\d{1,2}): `), inSSH},
	{probe.SpaceSSHDisconnect, "disconnect", lazyregexp.New(`(?i)\bdisconnect(?:ed)?\b.{0,20}?(?:type|reason|code)[ :]*(\d{1,2})\b`), inSSH},
	{probe.SpaceSSHDisconnect, "disconnect", lazyregexp.New(`(?i)\bdisconnect \.\.\. (\d{1,2}):`), inSSH},
	{probe.SpaceSFTP, "status", lazyregexp.New(`(?i)\b(?:ssh_fx )?status(?: code)?[ :=]+(\d{1,2})\b`), inSSH},
	{probe.SpaceSFTP, " code", lazyregexp.New(`(?i)\b(?:error|sftp) code[ :=]+(\d{1,2})\b`), inSSH},
	{probe.SpaceSFTP, ": ", lazyregexp.New(`^(\d{1,2}): `), inSSH},
	{probe.SpaceSFTP, "(id:", lazyregexp.New(`\(id:\d+, (\d{1,2}),`), inSSH},
	{probe.SpaceTLSAlert, "alert", lazyregexp.New(`(?i)\balert (?:number|code|type)[ :=]*(\d{1,3})\b`), inAny},
	{probe.SpaceOS, "err", lazyregexp.New(`(?i)(?:\[errno|os error|errno[ =:]|winerror|wsa error) ?(\d{1,5})\b`), inAny},
	{probe.SpaceOS, "1", lazyregexp.New(`\b(1[01]0\d\d)\b`), inAny},
	{spaceWin32, "win32", lazyregexp.New(`(?i)\bwin32[ -](?:error|status)[ :=]*(\d{1,4})\b`), inAny},
}

// inSentence finds a code that a program wrote in its own way.
func inSentence(text string, p probe.Protocol) reading {
	lower := strings.ToLower(text)
	ssh := p == probe.SFTP || strings.Contains(lower, "ssh") || strings.Contains(lower, "sftp")
	for _, s := range sentences {
		if !s.in.fits(p) || s.space == probe.SpaceSFTP && !ssh || !strings.Contains(lower, s.needs) {
			continue
		}
		m := s.form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || findCode(s.space, n) == nil {
			continue
		}
		return newReading(s.space, n)
	}
	return reading{}
}

// replyForm finds an FTP reply: at the start of a line, perhaps behind the mark of a client, or in
// brackets or behind a word that announces it.
var replyForm = lazyregexp.New(`(?im)(?:^[\s"'*]*(?:response:|reply:|server:|s:|<-*|ftp>|\[r\])?[\s"'*]*|[(\[;>:]\s*|\b(?:got|code|reply|response|error|returned|with|status)[ :=]+)([1-6]\d\d)(?:[^\d.,\w]|$)`)

// greetings are the replies that show an FTP or mail server behind a failed SFTP session.
var greetings = map[int]bool{220: true, 421: true, 500: true, 530: true}

// replyLine finds the FTP reply that matters in a pasted text: the first refusal, or else the first
// reply.
func replyLine(text string, p probe.Protocol) reading {
	var first reading
	for _, m := range replyForm.FindAllStringSubmatch(text, 16) {
		n, _ := strconv.Atoi(m[1])
		if p == probe.SFTP && !greetings[n] || findCode(probe.SpaceFTP, n) == nil && (n < 400 || n >= 600 || !strings.HasPrefix(text, m[1])) {
			continue
		}
		if n >= 400 && n < 600 {
			return newReading(probe.SpaceFTP, n)
		}
		if first.space == "" {
			first = newReading(probe.SpaceFTP, n)
		}
	}
	return first
}

// openSSHWords are the status texts of OpenSSH's sftp, which prints no number.
var openSSHWords = []struct {
	word   string
	status int
}{{"failure", 4}, {"operation unsupported", 8}, {"bad message", 5}}

// statusWords reads a text that ends with a status of OpenSSH.
func statusWords(text string, p probe.Protocol) reading {
	if p != probe.SFTP {
		return reading{}
	}
	lower := strings.TrimRight(strings.ToLower(text), `."' `)
	for _, w := range openSSHWords {
		if lower == w.word || strings.HasSuffix(lower, ": "+w.word) || strings.HasSuffix(lower, `"`+w.word) {
			return newReading(probe.SpaceSFTP, w.status)
		}
	}
	return reading{}
}
