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
			return nil, fmt.Errorf("no fault %q%s; --list-faults shows all", s, hint(s))
		}
		out = append(out, Named()[i].Effects...)
	}
	return out, nil
}

// hint says what may be meant by something that is no name.
func hint(s string) string {
	_, isAction := actions[Action(s)]
	_, isSetting := settings[Setting(s)]
	switch {
	case isAction:
		return fmt.Sprintf(" (%s is an action: write %s:POINT, with =VALUE where it takes one)", s, s)
	case isSetting:
		return fmt.Sprintf(" (%s is a setting: write %s=VALUE)", s, s)
	case strings.Contains(s, ","):
		return " (several faults are given one by one)"
	}
	var all []string
	for _, f := range Named() {
		all = append(all, f.Name)
	}
	if slips := near(s, all); len(slips) > 0 {
		return thereIs(slips)
	}
	return thereIs(sharing(s, all))
}

// thereIs lists the first of some names for an error.
func thereIs(names []string) string {
	var out []string
	for _, n := range names {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (there is " + strings.Join(out[:min(len(out), 5)], ", ") + ")"
}

// near returns the names that s may be a slip of the keyboard for, the nearest first.
func near(s string, all []string) []string {
	distance := map[string]int{}
	var out []string
	for _, n := range all {
		distance[n] = edits(strings.ToLower(s), strings.ToLower(n))
		if distance[n] <= 1+len(s)/5 {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return distance[a] - distance[b] })
	return out
}

// edits is how many characters are to be put in, taken out, replaced, or exchanged with their neighbour.
func edits(a, b string) int {
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(last[j+1], row[j]) + 1
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], last[j])
			} else {
				row[j+1] = min(row[j+1], last[j]+1)
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// sharing returns the names that hold a word of s.
func sharing(s string, all []string) []string {
	var out []string
	for _, n := range all {
		for word := range strings.SplitSeq(strings.ToLower(s), "-") {
			if len(word) > 2 && strings.Contains(n, word) {
				out = append(out, n)
			}
		}
	}
	return out
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
