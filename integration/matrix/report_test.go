package matrix

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mftprobe/classify"
)

const (
	reportFile = "../REPORT.md"
	updateWord = "UPDATE_GOLDEN" // as for every other golden file

	// A case that hangs on timing may fall to either side of a figure from one run to the next.
	reportTolerance = 0.01
	reportSlack     = 2 // cases, for servers with few
)

// counts are the figures of some cases.
type counts struct{ cases, failures, phase, side, cause, undecided, wrong, certainWrong int }

var countNames = []string{"cases", "failures", "phase right", "side right", "cause right", "undecided", "cause wrong", "certain and wrong"}

func (c counts) list() []int {
	return []int{c.cases, c.failures, c.phase, c.side, c.cause, c.undecided, c.wrong, c.certainWrong}
}

func (c *counts) add(j judged) {
	c.cases++
	c.failures += count(j.failed())
	c.phase += count(j.phaseRight)
	c.side += count(j.sideRight)
	c.cause += count(j.causeRight)
	c.undecided += count(j.failed() && j.undecided)
	c.wrong += count(!j.causeRight)
	c.certainWrong += count(j.certainWrong)
}

// byServer counts for each server, and for all of them under the name "all".
func byServer(cases []judged) map[string]*counts {
	out := map[string]*counts{"all": {}}
	for _, j := range cases {
		if out[j.server] == nil {
			out[j.server] = &counts{}
		}
		out[j.server].add(j)
		out["all"].add(j)
	}
	return out
}

// reportOf writes what a whole run found, the same text for the same findings.
func reportOf(t *testing.T, cases []judged) string {
	var b strings.Builder
	b.WriteString("# What is said of real servers\n\n" +
		"Written by `UPDATE_GOLDEN=1 go test ./integration/matrix -run TestMatrix`; every run of the test holds its own figures\n" +
		"against these. A case is a server in one state, asked in one mode. Right is what an expert may answer who has the whole\n" +
		"session of the one client; undecided are verdicts that leave the side or the cause open.\n\n")
	writeCounts(&b, byServer(cases))
	writeConfusion(&b, cases)
	writeMisses(&b, cases)
	writeClients(&b, cases)
	writeCoverage(t, &b)
	return b.String()
}

func writeCounts(b *strings.Builder, all map[string]*counts) {
	fmt.Fprintf(b, "| server | %s |\n|---|%s\n", strings.Join(countNames, " | "), strings.Repeat("---:|", len(countNames)))
	for _, server := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(b, "| %s |", server)
		for _, n := range all[server].list() {
			fmt.Fprintf(b, " %d |", n)
		}
		b.WriteString("\n")
	}
}

// pair is what was set up and what was said of it.
type pair struct {
	wanted, got string
	right       bool
}

// writeConfusion lists the cells of the table beside its diagonal: another word than the one that was set up.
func writeConfusion(b *strings.Builder, cases []judged) {
	beside := map[pair]int{}
	same := 0
	for _, j := range cases {
		if !j.failed() {
			continue
		}
		wanted, _, _ := strings.Cut(j.wanted.causes, " ")
		if wanted == string(j.got.Cause) {
			same++
			continue
		}
		beside[pair{cmp.Or(wanted, "(a pass)"), string(j.got.Cause), j.causeRight}]++
	}
	fmt.Fprintf(b, "\n## Causes\n\nThe cause that was set up was named %d times. Otherwise, a right answer being one that the session does not tell from it:\n\n"+
		"| set up | said | times | right |\n|---|---|---:|---|\n", same)
	keys := slices.SortedFunc(maps.Keys(beside), func(x, y pair) int {
		return cmp.Or(cmp.Compare(x.wanted, y.wanted), cmp.Compare(x.got, y.got))
	})
	for _, k := range keys {
		fmt.Fprintf(b, "| %s | %s | %d | %s |\n", k.wanted, k.got, beside[k], map[bool]string{true: "yes", false: "no"}[k.right])
	}
}

func writeMisses(b *strings.Builder, cases []judged) {
	var lines []string
	for _, j := range cases {
		if !j.phaseRight || !j.sideRight || !j.causeRight {
			lines = append(lines, fmt.Sprintf("- %s, %s: %s\n", j.server, j.name, j.miss()))
		}
	}
	slices.Sort(lines)
	b.WriteString("\n## Misses\n\n")
	if len(lines) == 0 {
		lines = []string{"None.\n"}
	}
	b.WriteString(strings.Join(lines, ""))
}

// miss tells what was said and what was wanted.
func (j judged) miss() string {
	said := fmt.Sprintf("%s %s/%s/%s (%s)", j.got.Outcome, j.got.Phase, j.got.Cause, j.got.Side, j.got.Confidence)
	if !j.failed() {
		said = string(j.got.Outcome)
	}
	return fmt.Sprintf("said %s, wanted %s %s/%s/%s", said, j.wanted.outcome, j.wanted.phases, j.wanted.causes, j.wanted.sides)
}

// writeClients tells how often other clients came to the same outcome, and why not.
func writeClients(b *strings.Builder, cases []judged) {
	agree, differ := map[string]int{}, map[[2]string]int{}
	for _, j := range cases {
		for _, o := range j.others {
			if o.because == "" {
				agree[o.client]++
			} else {
				differ[[2]string{o.client, o.because}]++
			}
		}
	}
	b.WriteString("\n## Other clients\n\nThe same operations by other programs, in the same state of the server: how often they pass where we pass and fail where we\nfail, and why they do not.\n\n| client | outcome | times |\n|---|---|---:|\n")
	for _, client := range slices.Sorted(maps.Keys(agree)) {
		fmt.Fprintf(b, "| %s | the same | %d |\n", client, agree[client])
		for _, k := range slices.SortedFunc(maps.Keys(differ), func(x, y [2]string) int { return cmp.Compare(x[1], y[1]) }) {
			if k[0] == client {
				fmt.Fprintf(b, "| %s | another: %s | %d |\n", client, k[1], differ[k])
			}
		}
	}
}

func writeCoverage(t *testing.T, b *strings.Builder) {
	covered, left := coverage(t)
	fmt.Fprintf(b, "\n## Faults that servers were seen to have\n\nOf the dialogues with real servers that the rules were learnt from, the faults of %d are cases here. The others:\n\n| dialogues | why they are not |\n|---:|---|\n", covered)
	for _, reason := range slices.Sorted(maps.Keys(left)) {
		fmt.Fprintf(b, "| %d | %s |\n", left[reason], reason)
	}
}

var countsLine = regexp.MustCompile(`(?m)^\| (\S+) \|((?: \d+ \|)+)$`)

// readCounts reads the figures of a report.
func readCounts(text string) map[string][]int {
	out := map[string][]int{}
	for _, match := range countsLine.FindAllStringSubmatch(text, -1) {
		for word := range strings.SplitSeq(strings.Trim(match[2], " |"), " | ") {
			n, _ := strconv.Atoi(word) // the pattern lets only digits through
			out[match[1]] = append(out[match[1]], n)
		}
	}
	return out
}

// holdAgainstReport writes the report of a whole run, or compares it with the one that is there.
func holdAgainstReport(t *testing.T, cases []judged) {
	t.Helper()
	if os.Getenv(updateWord) != "" {
		if err := os.WriteFile(reportFile, []byte(reportOf(t, cases)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(reportFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range compareCounts(readCounts(string(text)), byServer(cases)) {
		t.Errorf("%s: %s; %s=1 rewrites it", reportFile, problem, updateWord)
	}
}

// compareCounts lists where a report and a run differ by more than timing explains.
func compareCounts(written map[string][]int, found map[string]*counts) []string {
	var problems []string
	for _, server := range slices.Sorted(maps.Keys(found)) {
		want, got := written[server], found[server].list()
		if len(want) != len(got) || want[0] != got[0] {
			problems = append(problems, fmt.Sprintf("%s: it has %v, the run found %v", server, want, got))
			continue
		}
		for i, name := range countNames {
			off := max(want[i]-got[i], got[i]-want[i])
			if off > reportSlack && float64(off) > reportTolerance*float64(got[0]) {
				problems = append(problems, fmt.Sprintf("%s, %s: it has %d, the run found %d", server, name, want[i], got[i]))
			}
		}
	}
	return problems
}

func TestReportIsHeldAgainstTheRun(t *testing.T) {
	miss := judged{server: "vsftpd", name: "x", got: classify.Verdict{Outcome: classify.OutcomeFail}}
	right := judged{server: "vsftpd", phaseRight: true, sideRight: true, causeRight: true}
	var good, bad, other []judged
	for range 10 {
		good, bad, other = append(good, right), append(bad, miss), append(other, right)
	}
	other = append(other, right)
	written := readCounts(reportOf(t, good))
	if problems := compareCounts(written, byServer(good)); len(problems) > 0 {
		t.Errorf("the same run: %q", problems)
	}
	if problems := compareCounts(written, byServer(bad)); len(problems) == 0 {
		t.Error("a run of misses passes for one without")
	}
	if problems := compareCounts(written, byServer(other)); len(problems) == 0 {
		t.Error("a run with one case more passes")
	}
}
