package classify

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// defaultRun is what the default script leaves behind on a healthy server, with TLS.
func defaultRun(t testing.TB) probe.Transcript {
	t.Helper()
	for _, r := range readCorpus(t) {
		if r.name == "default-script" {
			return r.t
		}
	}
	t.Fatal("the corpus has no session named default-script")
	return probe.Transcript{}
}

// grown repeats the events of a record until it has n of them.
func grown(tr probe.Transcript, n int) probe.Transcript {
	events := tr.Events
	for len(tr.Events) < n {
		tr.Events = append(tr.Events[:len(tr.Events):len(tr.Events)], events...)
	}
	tr.Events = slices.Clone(tr.Events[:n])
	for i := range tr.Events {
		tr.Events[i].Seq = i + 1
	}
	return tr
}

func TestJudgeLeavesTheRecordAlone(t *testing.T) {
	for _, r := range readCorpus(t) {
		before, err := json.Marshal(r.t)
		if err != nil {
			t.Fatal(err)
		}
		first, second := Judge(r.t), Judge(r.t)
		after, _ := json.Marshal(r.t)
		if string(before) != string(after) {
			t.Errorf("%s: Judge changed the record", r.name)
		}
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%s: two judgements of one record differ", r.name)
		}
	}
}

func TestJudgementHasNoNilLists(t *testing.T) {
	for _, tr := range append(everyTranscript(t), probe.Transcript{}) {
		j := Judge(tr)
		v := j.Verdict
		if j.Findings == nil || v.Evidence == nil || v.Alternatives == nil || v.Advice.Us == nil {
			t.Fatalf("a nil list in %+v", j)
		}
	}
}

// TestVerdictsAreWhole checks what must hold for every verdict, whatever the session.
func TestVerdictsAreWhole(t *testing.T) {
	for i, tr := range everyTranscript(t) {
		v := Judge(tr).Verdict
		known := map[int]bool{}
		for _, e := range tr.Events {
			known[e.Seq] = true
		}
		for _, seq := range v.Evidence {
			if !known[seq] {
				t.Errorf("session %d: evidence %d is no event", i, seq)
			}
		}
		if len(v.Evidence) > maxEvidence || len(v.Alternatives) > maxAlternatives {
			t.Errorf("session %d: %d events and %d alternatives", i, len(v.Evidence), len(v.Alternatives))
		}
		if v.Depth.Passed > v.Depth.Total {
			t.Errorf("session %d: depth %+v", i, v.Depth)
		}
		if v.Outcome != OutcomeFail {
			continue
		}
		if v.Cause == "" || v.Side == "" || v.Confidence == "" || v.Retry == "" || v.Title == "" || v.Why == "" || len(v.Advice.Us) == 0 {
			t.Errorf("session %d: something is missing in %+v", i, v)
		}
		if v.Confidence == Certain && len(v.Alternatives) > 0 {
			t.Errorf("session %d: certain, and alternatives %v", i, v.Alternatives)
		}
		for _, a := range v.Alternatives {
			if a.Cause == v.Cause || a.SettleBy == "" || a.Side == "" {
				t.Errorf("session %d: alternative %+v of %s", i, a, v.Cause)
			}
		}
		if strings.ContainsAny(v.Why+v.Advice.Them, "\x1b\n\r\x00") {
			t.Errorf("session %d: %q %q", i, v.Why, v.Advice.Them)
		}
	}
}

func TestVerdictJSON(t *testing.T) {
	passed, err := json.Marshal(Verdict{Outcome: OutcomePass, Title: "Every step passed", Evidence: []int{}, Alternatives: []Alternative{}, Advice: Advice{Us: []string{}}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"outcome":"pass","step":null,"phase":null,"cause":null,"side":null,"confidence":null,"retry":null,"code":null,` +
		`"title":"Every step passed","why":"","advice":{"us":[],"them":""},"evidence":[],"alternatives":[],"depth":{"passed":0,"total":0}}`
	if string(passed) != want {
		t.Errorf("got  %s\nwant %s", passed, want)
	}
	for _, tr := range everyTranscript(t) {
		j := Judge(tr)
		b, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		var back Judgement
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(j, back) {
			t.Fatalf("does not survive JSON:\n%+v\n%+v", j, back)
		}
	}
}

func TestFindingWithoutCauseIsNull(t *testing.T) {
	b, err := json.Marshal(Finding{Severity: SeverityInfo, Evidence: []int{}})
	if err != nil || !strings.Contains(string(b), `"cause":null`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestFactsGoIntoTheMessage(t *testing.T) {
	tr := probe.Transcript{
		StartedAt: probe.Timestamp(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)),
		Target:    probe.TargetInfo{Protocol: probe.FTP, Host: "ftp.example.com", Port: 21, User: "acme"},
		Connections: []probe.Connection{
			{ID: "control", Role: "control", Local: "198.51.100.7:40000", Remote: "192.0.2.10:21"},
		},
		Steps: []probe.StepResult{{Name: "login", Op: probe.OpLogin, Status: probe.StatusFail}},
		Events: []probe.Event{
			{Seq: 1, Step: "login", Direction: probe.Sent, Kind: probe.KindCommand, Command: "PASS", Text: "PASS ****"},
			{
				Seq: 2, At: probe.Millis(1500 * time.Millisecond), Step: "login", Phase: probe.PhaseLogin, Direction: probe.Received, Kind: probe.KindReply, Command: "PASS",
				Code: &probe.Code{Space: probe.SpaceFTP, Value: 530}, Text: "530 Login\x1b[2J incorrect.",
			},
		},
	}
	v := Judge(tr).Verdict
	for _, want := range []string{"acme", "198.51.100.7:40000", "2026-11-24T10:00:01Z", "530 Login", `\x1b`} {
		if !strings.Contains(v.Advice.Them, want) {
			t.Errorf("%q is not in %q", want, v.Advice.Them)
		}
	}
	if got := v.Evidence; !slices.Equal(got, []int{2, 1}) {
		t.Errorf("evidence %v, want the reply and its command", got)
	}
	if !strings.HasPrefix(v.Why, "PASS was answered with") {
		t.Errorf("why: %q", v.Why)
	}
}

func TestExperimentsAsked(t *testing.T) {
	for _, c := range []struct {
		session string
		want    string // first question
	}{
		{"port-closed", ExperimentTCPAgain},
		{"cut-before-greeting", ExperimentBannerAgain},
		{"other-port-is-silent", ExperimentFirstBytes},
		{"ports-are-dropped", ExperimentPASV},
		{"ports-are-dropped-under-tls", ExperimentPASV},
		{"reuse-by-position", ExperimentReuse},
		{"user-refused-in-clear", ExperimentExplicitTLS},
		{"some-tls-error", ExperimentFirstBytes},
		{"believed-a-private-address", ExperimentControlAddr},
		{"fresh-name-refused", ExperimentOtherName},
		{"name-does-not-exist", ""}, // certain
		{"password-refused", ""},    // never a second login
		{"healthy", ""},
	} {
		tr, ok := sessionNamed(t, c.session)
		if !ok {
			t.Errorf("no session %s", c.session)
			continue
		}
		got := ""
		if list := Experiments(tr, Judge(tr).Verdict); len(list) > 0 {
			got = list[0].Name
		}
		if got != c.want {
			t.Errorf("%s: first question %q, want %q", c.session, got, c.want)
		}
	}
}

func sessionNamed(t testing.TB, name string) (probe.Transcript, bool) {
	t.Helper()
	for _, r := range readCorpus(t) {
		if r.name == name {
			return r.t, true
		}
	}
	return probe.Transcript{}, false
}

func TestNoQuestionTwice(t *testing.T) {
	tr, _ := sessionNamed(t, "port-closed")
	v := Judge(tr).Verdict
	for _, x := range Experiments(tr, v) {
		tr.Experiments = append(tr.Experiments, probe.Experiment{Name: x.Name, Outcome: OutcomeFails})
	}
	if left := Experiments(tr, v); len(left) > 0 {
		t.Errorf("asked again: %v", left)
	}
}

func TestPlansAreComplete(t *testing.T) {
	for _, p := range plans {
		if p.plan.Question == "" || len(p.plan.Outcomes) == 0 || len(p.causes) == 0 {
			t.Errorf("%+v", p)
		}
	}
}

// TestJudgeIsFast holds the judge to a millisecond for the default script and to linear time.
func TestJudgeIsFast(t *testing.T) {
	if testing.Short() {
		t.Skip("timing; not with -short")
	}
	small := defaultRun(t)
	took := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			Judge(small)
		}
	})
	if per := time.Duration(took.NsPerOp()); per > time.Millisecond {
		t.Errorf("the default script takes %s", per)
	}
	big := grown(small, probe.MaxEvents)
	took = testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			Judge(big)
		}
	})
	if per := time.Duration(took.NsPerOp()); per > 100*time.Millisecond {
		t.Errorf("%d events take %s", probe.MaxEvents, per)
	}
}

func BenchmarkJudge(b *testing.B) {
	run := defaultRun(b)
	failed, _ := sessionNamed(b, "fresh-name-refused")
	for _, c := range []struct {
		name string
		t    probe.Transcript
	}{
		{"default-script", run}, {"failed", failed}, {"1000-events", grown(run, 1000)}, {strconv.Itoa(probe.MaxEvents) + "-events", grown(run, probe.MaxEvents)},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				Judge(c.t)
			}
		})
	}
}

// FuzzJudge feeds records that no driver would write.
func FuzzJudge(f *testing.F) {
	for _, r := range readCorpus(f) {
		b, err := json.Marshal(r.t)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"events":[{"kind":"reply","code":{"space":"ftp","code":227},"text":"227 (1,2,3"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var tr probe.Transcript
		if json.Unmarshal(b, &tr) != nil {
			return
		}
		j := Judge(tr)
		if j.Verdict.Outcome == "" || len(j.Findings) > maxFindings {
			t.Errorf("%+v", j)
		}
		Experiments(tr, j.Verdict)
	})
}

// FuzzConversation feeds sessions in the form of the corpus, which reach deeper than random JSON.
func FuzzConversation(f *testing.F) {
	f.Add("plain\nstep put put fail path=a\n> STOR a\n< 550 No.")
	f.Add("ssh x\nstep login login fail\nev auth dir=received phase=auth method=password outcome=refused allowed=password")
	f.Add("> PASV\n< 227 (1,2,3,4,5,6)\n> RETR a\n< 150 x (9 bytes)\n< 150 y\n> MDTM a\n< 213 2026")
	f.Fuzz(func(_ *testing.T, text string) {
		w := &writer{rec: recorded{want: map[string]string{}}}
		for line := range strings.SplitSeq(text, "\n") {
			if wellFormed(line) {
				_ = w.line(line)
			}
		}
		w.finish()
		Judge(w.rec.t)
	})
}

// wellFormed keeps lines from the reader of the corpus, which trusts its author.
func wellFormed(line string) bool {
	key, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch key {
	case "target", "exp", ">>":
		return len(fields(rest)) > 1
	case "step", "<<":
		return len(fields(rest)) > 2
	case "<", "<!":
		return len(rest) > 3
	case "ev", "left", "created", "foreign", "started":
		return len(fields(rest)) > 0
	}
	return true
}
