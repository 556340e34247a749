package matrix

import (
	"slices"
	"strings"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// A row is one server in one state, what is done there, and what must be said of it. It is a case in each of its modes.
type row struct {
	name  string
	state string     // fault of the server's image; empty: healthy
	modes []lab.Mode // ports of the server
	as    probe.Protocol
	at    string // a port of netfault, instead of a port of the server

	user    string       // alice if empty
	secret  string       // the right password if empty, none at all for noSecret
	path    string       // of the URL
	flags   string       // of the command line; @NAME is a file that the server's people hand out, bare:NAME a copy of it alone
	blind   bool         // neither CA nor known_hosts
	before  []probe.Step // between connect and login
	steps   []probe.Step
	tune    func(*scene) // what is there before the run: other sessions, an earlier login
	disturb func(*scene) // what happens in the middle of the run

	want   want
	litter bool              // the server does not let us remove what we made, or nobody can tell
	differ map[string]string // why another client has another outcome, by client; alone for all of them
}

// noSecret asks for a login without any password.
const noSecret = "none"

// alone marks a row that no other client can repeat.
const alone = "all"

func (r row) stateName() string {
	if r.state == "" {
		return healthy
	}
	return r.state
}

// caseName is the row's name, with the protocol where the row has several modes.
func caseName(r row, mode lab.Mode) string {
	if len(r.modes) == 1 {
		return r.name
	}
	return r.name + " over " + modeWords[mode]
}

var modeWords = map[lab.Mode]string{
	lab.Plain: "FTP", lab.Explicit: "explicit TLS", lab.Implicit: "implicit TLS", lab.SFTP: "SFTP", lab.External: "external SFTP",
}

// protocol returns what is spoken on a port.
func (r row) protocol(mode lab.Mode) probe.Protocol {
	switch {
	case r.as != "":
		return r.as
	case mode == lab.Plain:
		return probe.FTP
	case mode == lab.Explicit:
		return probe.FTPES
	case mode == lab.Implicit:
		return probe.FTPS
	}
	return probe.SFTP
}

// want is what must come out. Of several words in one text, divided by blanks, each is right.
type want struct {
	outcome string
	step    string
	phases  string
	code    int // 0: not looked at
	answer
	findings []string // a part of the title of each
}

// answer is what an expert may answer: first the cause as it was set up, then those that nobody could tell from it by one
// session; sides likewise.
type answer struct{ causes, sides string }

// fails wants a verdict of failure. A code of zero is not looked at.
func fails(step, phases string, code int, a answer) want {
	return want{outcome: "fail", step: step, phases: phases, code: code, answer: a}
}

// passes wants a pass with these findings.
func passes(findings ...string) want {
	return want{outcome: "pass warn", findings: findings}
}

// with adds findings.
func (w want) with(findings ...string) want {
	w.findings = append(slices.Clone(w.findings), findings...)
	return w
}

// among tells whether a word is one of a list divided by blanks.
func among(word, list string) bool { return slices.Contains(strings.Fields(list), word) }

var (
	plain    = []lab.Mode{lab.Plain}
	explicit = []lab.Mode{lab.Explicit}
	implicit = []lab.Mode{lab.Implicit}
	bothTLS  = []lab.Mode{lab.Explicit, lab.Implicit}
	twoModes = []lab.Mode{lab.Plain, lab.Explicit}
	allFTP   = []lab.Mode{lab.Plain, lab.Explicit, lab.Implicit}
	ssh      = []lab.Mode{lab.SFTP}
	external = []lab.Mode{lab.External}
	bothSSH  = []lab.Mode{lab.SFTP, lab.External}
)

// noTrust keeps other clients away from a server that announces an address which is not its own: they might dial it.
var noTrust = map[string]string{alone: "it might dial the announced address"}

// idleThenPwd waits until the server has had enough of it.
var idleThenPwd = []probe.Step{{Name: "wait", Op: probe.OpWait, Pause: pastIdle}, do(probe.OpPwd, "")}

// idleAfterList is for pyftpdlib, whose clock starts at the end of a transfer.
var idleAfterList = slices.Concat([]probe.Step{do(probe.OpList, "")}, idleThenPwd)

// Steps of scripts; login comes before and quit behind them.

func do(op probe.Op, path string) probe.Step {
	return probe.Step{Name: string(op), Op: op, Path: path}
}

func rename(from, to string) probe.Step {
	return probe.Step{Name: "rename", Op: probe.OpRename, Path: from, To: to}
}

func chmod(path string) probe.Step {
	return probe.Step{Name: "chmod", Op: probe.OpChmod, Path: path, Mode: "600"}
}

func raw(line string) probe.Step {
	return probe.Step{Name: "raw", Op: probe.OpRaw, Line: line}
}

// pastIdle is longer than the idle limits of the images, which are two seconds.
const pastIdle = 3 * time.Second

// pastIdleMinute is for Pure-FTPd, which knows nothing shorter than a minute.
const pastIdleMinute = 63 * time.Second
