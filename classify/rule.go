package classify

import (
	"slices"
	"sync"

	"mftprobe/probe"
)

// rule is one piece of knowledge: a position in a session and what stands behind a failure there.
// Empty fields do not restrict; all others must hold. Rules are tried in order, the most specific
// first, and the first one that holds decides.
//
// The position names the likeliest cause and, in also, the others that show the same face, most
// likely first. Words of the server choose among these and cannot lead away from them.
type rule struct {
	name  string // unique, kebab-case
	cause Cause

	on     []string      // FTP commands or SFTP requests
	codes  []int         // FTP replies; 4 and 5 stand for their hundreds
	status []int         // SFTP status
	alerts []int         // TLS alert from the server
	reason []int         // SSH disconnect or channel-open failure
	broke  []probe.Class // how the decisive event failed
	kinds  []probe.Kind
	phases []probe.Phase
	ops    []probe.Op
	needs  []fact
	bars   []fact

	also    []Cause
	sure    Confidence // empty: likely
	side    Side       // empty: the usual side of the cause
	retry   Retry      // empty: the usual retry of the cause
	deaf    bool       // the server's words are not asked
	because string     // why the position points to the cause, in one or two sentences
	source  string     // RFC section, or the server on which it was seen
}

// fact is something that a rule needs to be so, or not so.
type fact func(*scene) bool

// rulebook is the whole table, most specific first. A run that passes has no use for it, so that the
// tables are functions: made when asked for, and not at each start of the program.
var rulebook = sync.OnceValue(func() []rule {
	return slices.Concat(
		ownRules(),
		experimentRules(),
		verifyRules(),
		sshStartRules(), startRules(),
		handshakeRules(),
		loginRules(), sshLoginRules(), sshSessionRules(),
		passiveRules(), dataRules(), transferRules(),
		farewellRules(), fileRules(), requestRules(),
		commandRules(), endRules(),
	)
})

// match returns the first rule that holds.
func match(s *scene) *rule {
	rules := rulebook()
	for i := range rules {
		if rules[i].holds(s) {
			return &rules[i]
		}
	}
	return &unexplained
}

// unexplained is the answer where nothing is known.
var unexplained = rule{
	name: "unexplained", cause: CauseUnexplained, sure: Possible,
	because: "Nothing in the record matches a known cause.",
	source:  "the absence of any other rule",
}

func (r *rule) holds(s *scene) bool {
	return among(r.phases, s.phase) && among(r.on, s.verb) && among(r.ops, s.op) && among(r.kinds, s.bad.Kind) &&
		among(r.broke, s.class()) && r.holdsCode(s) && r.holdsFacts(s)
}

func (r *rule) holdsCode(s *scene) bool {
	return fitsReply(r.codes, s.code(probe.SpaceFTP)) && among(r.status, s.code(probe.SpaceSFTP)) &&
		among(r.alerts, s.alert()) && (among(r.reason, s.code(probe.SpaceSSHDisconnect)) || among(r.reason, s.code(probe.SpaceSSHChannel)))
}

func (r *rule) holdsFacts(s *scene) bool {
	for _, f := range r.needs {
		if !f(s) {
			return false
		}
	}
	for _, f := range r.bars {
		if f(s) {
			return false
		}
	}
	return true
}

func among[T comparable](list []T, x T) bool { return len(list) == 0 || slices.Contains(list, x) }

// fitsReply compares a reply code with exact codes and hundreds.
func fitsReply(list []int, code int) bool {
	return among(list, code) || code > 0 && slices.Contains(list, code/100)
}

// words is the field shorthand of the tables.
func words(list ...string) []string { return list }

// others lists causes besides c, each once, in the given order.
func others(c Cause, lists ...[]Cause) []Cause {
	var out []Cause
	for _, x := range slices.Concat(lists...) {
		if x != c && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Groups of commands and classes that many rules share.
var (
	listVerbs   = words("LIST", "NLST", "MLSD")
	storeVerbs  = words("STOR", "STOU", "APPE")
	dataVerbs   = words("LIST", "NLST", "MLSD", "RETR", "STOR", "STOU", "APPE")
	loginVerbs  = words("USER", "PASS", "ACCT")
	portVerbs   = words("PORT", "EPRT")
	pasvVerbs   = words("PASV", "EPSV")
	cutOff      = []probe.Class{probe.ClassEOF, probe.ClassReset}
	noAnswer    = []probe.Class{probe.ClassTimeout}
	startPhases = []probe.Phase{probe.PhaseTCP, probe.PhaseProxy, probe.PhaseGreeting, probe.PhaseVersion}
)
