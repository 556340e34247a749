package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mftprobe/probe"
)

// A step is called slower only when it takes both this much longer and this many times as long:
// a loopback server is always faster by a factor.
const (
	slowBy     = 500 * time.Millisecond
	slowFactor = 3
)

// rows lines up the steps by name, in the order of a and then what only b has.
func rows(a, b probe.Transcript) []Row {
	var out []Row
	for _, s := range a.Steps {
		other, _ := stepOf(b, s.Name)
		out = append(out, row(s.Name, cell(s), cell(other)))
	}
	for _, s := range b.Steps {
		if _, ok := stepOf(a, s.Name); !ok {
			out = append(out, row(s.Name, Cell{}, cell(s)))
		}
	}
	return out
}

func row(name string, a, b Cell) Row {
	return Row{Step: name, A: a, B: b, Equal: a.Status == b.Status && codeOf(a) == codeOf(b)}
}

func stepOf(t probe.Transcript, name string) (probe.StepResult, bool) {
	i := slices.IndexFunc(t.Steps, func(s probe.StepResult) bool { return s.Name == name })
	if i < 0 {
		return probe.StepResult{}, false
	}
	return t.Steps[i], true
}

func cell(s probe.StepResult) Cell {
	c := Cell{Status: s.Status, Duration: s.Duration, Code: s.Code}
	if n := len(s.Codes); n > 0 && c.Code == nil {
		c.Code = &s.Codes[n-1]
	}
	return c
}

func codeOf(c Cell) string {
	if c.Code == nil {
		return ""
	}
	return fmt.Sprintf("%s %d", c.Code.Space, c.Code.Value)
}

func codeDifferences(steps []Row) []Difference {
	var out []Difference
	for _, r := range steps {
		if r.Equal || r.A.Status == probe.StatusSkipped || r.B.Status == probe.StatusSkipped {
			continue
		}
		out = append(out, Difference{What: "code", Step: r.Step, A: describe(r.A), B: describe(r.B), Matters: r.A.Status != r.B.Status})
	}
	return out
}

func describe(c Cell) string {
	if c.Code == nil {
		return string(c.Status)
	}
	return strings.TrimSpace(fmt.Sprintf("%s, %d %s", c.Status, c.Code.Value, c.Code.Text))
}

func timingDifferences(steps []Row) []Difference {
	var out []Difference
	for _, r := range steps {
		a, b := time.Duration(r.A.Duration), time.Duration(r.B.Duration)
		long, short := max(a, b), min(a, b)
		if r.A.Status == "" || r.B.Status == "" || r.A.Status == probe.StatusSkipped || r.B.Status == probe.StatusSkipped {
			continue
		}
		if long-short > slowBy && long > slowFactor*short {
			out = append(out, Difference{What: "timing", Step: r.Step, A: a.Round(time.Millisecond).String(), B: b.Round(time.Millisecond).String()})
		}
	}
	return out
}

// factDifferences compares what the servers offer: FEAT lines, TLS and SSH parameters.
func factDifferences(a, b probe.Transcript) []Difference {
	var out []Difference
	add := func(what, x, y string) {
		if x != y {
			out = append(out, Difference{What: what, A: orNone(x), B: orNone(y)})
		}
	}
	onlyA, onlyB := setDifference(features(a), features(b))
	if len(onlyA)+len(onlyB) > 0 {
		out = append(out, Difference{What: "feature", A: orNone(strings.Join(onlyA, ", ")), B: orNone(strings.Join(onlyB, ", "))})
	}
	ta, tb := mainTLS(a), mainTLS(b)
	add("tls", ta.Version, tb.Version)
	add("tls", ta.Cipher, tb.Cipher)
	sa, sb := mainSSH(a), mainSSH(b)
	add("algorithm", sa.Kex, sb.Kex)
	add("algorithm", sa.HostKey.Type, sb.HostKey.Type)
	add("algorithm", sa.Cipher, sb.Cipher)
	add("algorithm", sa.MAC, sb.MAC)
	add("algorithm", strings.Join(sa.AuthMethods, ","), strings.Join(sb.AuthMethods, ","))
	return out
}

// features returns what stands between the first and the last line of the FEAT reply (RFC 2389 section 3.2), or the SFTP
// extensions, sorted.
func features(t probe.Transcript) []string {
	var out []string
	for _, e := range t.Events {
		if e.Kind != probe.KindReply || e.Command != "FEAT" {
			continue
		}
		lines := strings.Split(e.Text, "\n")
		for _, line := range lines[1:max(1, len(lines)-1)] {
			// Some servers put the code before every line.
			if line = strings.TrimSpace(strings.TrimPrefix(line, "211-")); line != "" {
				out = append(out, line)
			}
		}
	}
	for name := range mainSSH(t).Extensions {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// setDifference returns what only x has and what only y has; both are sorted.
func setDifference(x, y []string) (onlyX, onlyY []string) {
	for _, s := range x {
		if _, ok := slices.BinarySearch(y, s); !ok {
			onlyX = append(onlyX, s)
		}
	}
	for _, s := range y {
		if _, ok := slices.BinarySearch(x, s); !ok {
			onlyY = append(onlyY, s)
		}
	}
	return onlyX, onlyY
}

func mainTLS(t probe.Transcript) probe.TLSInfo {
	for _, c := range t.Connections {
		if c.Role == "control" && c.TLS != nil {
			return *c.TLS
		}
	}
	return probe.TLSInfo{}
}

func mainSSH(t probe.Transcript) probe.SSHInfo {
	for _, c := range t.Connections {
		if c.SSH != nil {
			return *c.SSH
		}
	}
	return probe.SSHInfo{}
}

// findingDifferences lists warnings and errors that only one side carries.
func findingDifferences(a, b Party) []Difference {
	titles := func(p Party) []string {
		var out []string
		for _, f := range p.Judgement.Findings {
			if f.Severity != "info" {
				out = append(out, f.Title)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	onlyA, onlyB := setDifference(titles(a), titles(b))
	var out []Difference
	for _, title := range onlyA {
		out = append(out, Difference{What: "finding", A: title, B: orNone("")})
	}
	for _, title := range onlyB {
		out = append(out, Difference{What: "finding", A: orNone(""), B: title})
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
