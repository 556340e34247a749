package fault

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is a fault with a name, and what a probe with the default script and limits makes of it.
type Fault struct {
	Name      string
	Summary   string   // what the endpoint does, one line without a full stop
	Protocols []string // targets that meet it: ftp, ftpes, ftps, sftp
	Effects   []string // in the language of the package
	Flags     []string // of the probe, when the default ones do not meet the fault
	Diagnosis
}

// Diagnosis is the right answer.
type Diagnosis struct {
	Outcome string // fail, warn or pass
	Cause   string // empty: nothing to report
	Side    string // ours, network, theirs, either
	Step    string // of the default script
	Phase   string
}

// Named returns all named faults, in the order in which a session meets them. The caller may keep the slice.
func Named() []Fault {
	return slices.Concat(connecting, encrypting, loggingIn, opening, transferring, writing, oddities, sshConnecting, sshLoggingIn, sftpStarting, sftpRequests)
}

// Resolve turns names of faults and single effects into effects. The error says which names are near.
func Resolve(specs ...string) ([]string, error) {
	var out []string
	for _, s := range specs {
		if strings.ContainsAny(s, ":=") || settings[Setting(s)].shape == bare {
			out = append(out, s)
			continue
		}
		i := slices.IndexFunc(Named(), func(f Fault) bool { return f.Name == s })
		if i < 0 {
			return nil, fmt.Errorf("no fault %q%s; --list-faults shows all", s, near(s))
		}
		out = append(out, Named()[i].Effects...)
	}
	return out, nil
}

// near suggests names that hold a word of s.
func near(s string) string {
	var out []string
	for _, f := range Named() {
		for word := range strings.SplitSeq(s, "-") {
			if len(word) > 2 && strings.Contains(f.Name, word) && !slices.Contains(out, f.Name) {
				out = append(out, f.Name)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (there is " + strings.Join(out[:min(len(out), 5)], ", ") + ")"
}

// Targets of the named faults.
var (
	plain    = []string{"ftp"}
	explicit = []string{"ftpes"}
	secured  = []string{"ftpes", "ftps"}
	upfront  = []string{"ftp", "ftpes"} // a greeting before TLS
	ftps     = []string{"ftp", "ftpes", "ftps"}
	sftp     = []string{"sftp"}
	every    = []string{"ftp", "ftpes", "ftps", "sftp"}
)

func effects(e ...string) []string { return e }

// fails is the diagnosis of a run that stops.
func fails(cause, side, step, phase string) Diagnosis {
	return Diagnosis{Outcome: "fail", Cause: cause, Side: side, Step: step, Phase: phase}
}

// warns is the diagnosis of a run that comes through, with something to report.
func warns(cause, side, step, phase string) Diagnosis {
	return Diagnosis{Outcome: "warn", Cause: cause, Side: side, Step: step, Phase: phase}
}

// passes is the diagnosis of something unusual that is allowed.
func passes() Diagnosis { return Diagnosis{Outcome: "pass"} }
