package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"mftprobe/classify"
	"mftprobe/probe"
)

// interrupted is a run that was ended after so many steps.
func interrupted(host string, steps int) Result {
	r := passed()
	r.Target = probe.TargetInfo{URL: "ftp://alice@" + host, Protocol: probe.FTP, Host: host, Port: 21, User: "alice"}
	r.Interrupted = true
	r.Verdict = classify.Verdict{
		Outcome: classify.OutcomeUnknown, Cause: classify.CauseUnexplained, Title: "Nothing is known about the endpoint",
		Why: "The run was interrupted before anything failed.", Depth: classify.Depth{Passed: steps, Total: 11},
		Advice: classify.Advice{Us: []string{"Keep the record."}, Them: "Please look."},
	}
	return r
}

// TestMetricsOfUnfinished: what was not finished is neither up nor down, and said to be so. What had failed or passed
// before the run was ended counts.
func TestMetricsOfUnfinished(t *testing.T) {
	down, up := failed(), passed()
	down.Interrupted, up.Interrupted = true, true
	out := render(t, "openmetrics", true, down, up, interrupted("begun.example", 3), interrupted("never.example", 0))
	for _, want := range []string{
		`probe_success{target="ftpes://ftp.example.com:21"} 0`, `probe_success{target="bank"} 1`,
		`probe_mft_unfinished{target="ftp://begun.example:21"} 1`, `probe_mft_unfinished{target="ftp://never.example:21"} 1`,
	} {
		if !strings.Contains(out, "\n"+want+"\n") {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if got := strings.Count(out, "begun.example") + strings.Count(out, "never.example"); got != 2 {
		t.Errorf("%d series of targets that were not finished\n%s", got, out)
	}
	if strings.Contains(render(t, "openmetrics", true, failed(), passed()), "unfinished") {
		t.Error("a run that came to its end has targets that were not finished")
	}
}

// TestMetricsAreUnique: users and paths are no labels, yet no two targets may have the same ones.
func TestMetricsAreUnique(t *testing.T) {
	third := failed()
	third.Target.Name = "ftpes://ftp.example.com:21#2"
	out := render(t, "openmetrics", true, failed(), third, failed(), failed(), passed())
	seen := map[string]bool{}
	for line := range strings.SplitSeq(out, "\n") {
		series, _, _ := strings.Cut(line, " ")
		if line != "" && line[0] != '#' && seen[series] {
			t.Errorf("%s stands there twice", series)
		}
		seen[series] = true
	}
	for _, name := range []string{"ftpes://ftp.example.com:21", "ftpes://ftp.example.com:21#2", "ftpes://ftp.example.com:21#3", "ftpes://ftp.example.com:21#4", "bank"} {
		if !seen[`probe_success{target="`+name+`"}`] {
			t.Errorf("no %s", name)
		}
	}
}

// TestTextOfUnfinished: an interrupt is no diagnosis. Of many targets, those that were never begun share one line.
func TestTextOfUnfinished(t *testing.T) {
	one := render(t, "text", false, interrupted("begun.example", 3))
	if !strings.Contains(one, "UNKNOWN  The run was interrupted before anything failed\n  got to    3 of 11 steps in 99 ms\n") {
		t.Error(one)
	}
	for _, word := range []string{"cause", "do now", "Keep the record", "Message for", "note "} {
		if strings.Contains(one, word) {
			t.Errorf("%q in\n%s", word, one)
		}
	}
	left := interrupted("left.example", 0)
	left.Cleanup.LeftBehind = []string{"up.tmp"}
	many := render(t, "text", true, passed(), failed(), interrupted("a.example", 0), left, interrupted("begun.example", 3), interrupted("b.example", 0))
	for _, want := range []string{
		"\n  not done  ftp://alice@a.example, ftp://alice@b.example\n", "\nftp://alice@begun.example\n", "left      up.tmp is still on the server",
		"\n6 targets, 1 passed, 1 failed, 4 not finished\n",
	} {
		if !strings.Contains(many, want) {
			t.Errorf("no %q in\n%s", want, many)
		}
	}
}

// TestLeftBehindOnce: what a finding says is not said again.
func TestLeftBehindOnce(t *testing.T) {
	r := failed()
	r.Cleanup.LeftBehind = []string{"up.tmp", "other.tmp"}
	r.Findings = []classify.Finding{{Severity: classify.SeverityError, Title: "Files of this probe are still on the server", Detail: "up.tmp"}}
	out := render(t, "text", false, r)
	if strings.Contains(out, "up.tmp is still") || !strings.Contains(out, "other.tmp is still on the server") {
		t.Error(out)
	}
}

// TestFacts: the other party finds the session in its log by what stands below the message, whoever wrote the message.
func TestFacts(t *testing.T) {
	r := failed()
	r.Events[3].Code = ftpCode(553, "No")
	want := []fact{
		{"Time", "2026-11-24 12:00:01 UTC"},
		{"From", "198.51.100.7:50000"},
		{"To", "ftp.example.com:21, 192.0.2.10:21 (FTP with AUTH TLS)"},
		{"Account", "alice"},
		{"Sent", "STOR up.tmp"},
		{"Answer", "553 No"},
	}
	if got := r.facts(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	ahead := failed()
	ahead.Events = []probe.Event{
		{Seq: 1, At: at(10), Direction: probe.Sent, Kind: probe.KindCommand, Command: "PROT", Text: "PROT P"},
		{Seq: 2, At: at(11), Direction: probe.Sent, Kind: probe.KindCommand, Command: "TYPE", Text: "TYPE I"},
		{Seq: 3, At: at(20), Direction: probe.Received, Kind: probe.KindReply, Command: "PROT", Code: ftpCode(536, "No")},
		{Seq: 4, At: at(2000), Direction: probe.Received, Kind: probe.KindReply, Command: "TYPE", Code: ftpCode(200, "Yes")},
	}
	ahead.Verdict.Evidence = []int{3, 2, 4}
	if got := ahead.facts(); !slices.Equal(got[len(got)-2:], []fact{{"Sent", "PROT P"}, {"Answer", "536 No"}}) || got[0].text != "2026-11-24 12:00:00 UTC" {
		t.Errorf("commands that were sent ahead: %q", got)
	}
	ahead.Events = []probe.Event{
		{Seq: 1, Direction: probe.Sent, Kind: probe.KindCommand, Command: "EPSV", Text: "EPSV"},
		{Seq: 2, Direction: probe.Received, Kind: probe.KindReply, Command: "EPSV", Code: ftpCode(229, "Port |||9|")},
		{Seq: 3, Direction: probe.Local, Kind: probe.KindConnect, Text: "connect to h:9: connection refused"},
		{Seq: 4, Direction: probe.Sent, Kind: probe.KindCommand, Command: "PASV", Text: "PASV"},
		{Seq: 5, Direction: probe.Received, Kind: probe.KindReply, Command: "PASV", Code: ftpCode(227, "Port 1,2")},
	}
	ahead.Verdict.Evidence = []int{3, 1, 5}
	if got := ahead.facts(); !slices.Equal(got[len(got)-3:], []fact{{"Sent", "EPSV"}, {"Answer", "229 Port |||9|"}, {"Seen here", "connect to h:9: connection refused"}}) {
		t.Errorf("what came behind: %q", got)
	}
	r.Verdict.Evidence = []int{1}
	if got := r.facts(); got[len(got)-1] != (fact{"Seen here", "ftp.example.com is 192.0.2.10"}) || len(got) != 5 {
		t.Errorf("%q", got)
	}
	foreign := Result{Transcript: probe.Transcript{Foreign: "curl", Target: probe.TargetInfo{User: "alice"}}}
	if got := foreign.facts(); !slices.Equal(got, []fact{{"Account", "alice"}}) {
		t.Errorf("a log without times and addresses: %q", got)
	}
	text := render(t, "text", false, failed())
	for _, label := range []string{"Time", "From", "To", "Account", "Sent", "Answer"} {
		if !regexp.MustCompile(`(?m)^    ` + label + `: +\S`).MatchString(text) {
			t.Errorf("no %s in\n%s", label, text)
		}
	}
	if markdown := render(t, "markdown", false, failed()); !strings.Contains(markdown, "\n> - From: `198.51.100.7:50000`\n") {
		t.Error(markdown)
	}
	if junit := render(t, "junit", false, failed()); !strings.Contains(junit, "Time: 2026-11-24 12:00:01 UTC") {
		t.Error(junit)
	}
}

// TestMarkdownReads: a finding has its title apart from its detail, and a step that was not run took no time.
func TestMarkdownReads(t *testing.T) {
	r := failed()
	r.Findings[0].Detail = "in three days"
	out := render(t, "markdown", false, r)
	if !strings.Contains(out, "- **warning** The certificate ends soon: in three days\n") || !strings.Contains(out, "| `size` | skipped |  | ") {
		t.Error(out)
	}
}

// TestCodeLabel: an error that was met here is no reply of the server.
func TestCodeLabel(t *testing.T) {
	for space, want := range map[probe.Space]string{probe.SpaceOS: "error", probe.SpaceTLSAlert: "alert", probe.SpaceFTP: "reply", probe.SpaceSFTP: "reply"} {
		r := failed()
		r.Verdict.Code = &probe.Code{Space: space, Value: 111, Text: "x"}
		if text := render(t, "text", false, r); !strings.Contains(text, "\n  "+want+"     ") {
			t.Errorf("%s: no %q in\n%s", space, want, text)
		}
	}
}

// TestEvidenceIsWhole: on a narrow terminal, and in a mail from cron, evidence goes on in the next line.
func TestEvidenceIsWhole(t *testing.T) {
	r := failed()
	r.Events[3].Code = ftpCode(553, "one two three four five six seven eight nine ten eleven twelve thirteen end")
	if text := render(t, "text", false, r); !regexp.MustCompile(`(?m)^            < 553 one .*\n {14}.*end$`).MatchString(text) {
		t.Error(text)
	}
}
