package compare

import (
	"strings"
	"testing"
	"time"

	"mftprobe/classify"
	"mftprobe/probe"
)

func passing(label string) Party {
	return Party{
		Label:      label,
		Transcript: probe.Transcript{Steps: []probe.StepResult{step("connect", probe.StatusPass, 220), step("login", probe.StatusPass, 230), step("list", probe.StatusPass, 226)}},
		Judgement:  classify.Judgement{Verdict: classify.Verdict{Outcome: classify.OutcomePass}},
	}
}

func failing(label, at string, phase probe.Phase, cause classify.Cause, side classify.Side) Party {
	p := passing(label)
	for i := range p.Transcript.Steps {
		s := &p.Transcript.Steps[i]
		if s.Name == at {
			s.Status, s.Codes = probe.StatusFail, []probe.Code{{Space: probe.SpaceFTP, Value: 550, Text: "550 no"}}
			for j := i + 1; j < len(p.Transcript.Steps); j++ {
				p.Transcript.Steps[j].Status, p.Transcript.Steps[j].Codes = probe.StatusSkipped, nil
			}
		}
	}
	p.Judgement.Verdict = classify.Verdict{Outcome: classify.OutcomeFail, Step: at, Phase: phase, Cause: cause, Side: side}
	return p
}

func step(name string, status probe.Status, code int) probe.StepResult {
	return probe.StepResult{Name: name, Op: probe.Op(name), Status: status, Codes: []probe.Code{{Space: probe.SpaceFTP, Value: code}}, Duration: probe.Millis(time.Millisecond)}
}

func TestTruthTable(t *testing.T) {
	local := func(p Party) Party { p.Local = true; return p }
	tests := []struct {
		name  string
		a, b  Party
		truth Truth
		side  classify.Side
	}{
		{"both healthy", passing("A"), passing("B"), BothPass, ""},
		{"their permission", failing("A", "list", probe.PhaseTransfer, "no-list-permission", classify.SideTheirs), local(passing("embedded")), OnlyBPass, classify.SideTheirs},
		{"their passive ports, neutral outside", failing("A", "list", probe.PhaseDataConnect, "passive-ports-blocked", classify.SideNetwork), passing("B"), OnlyBPass, classify.SideNetwork},
		{"a closed port, neutral on this host", failing("A", "connect", probe.PhaseTCP, "port-refused", classify.SideTheirs), local(passing("embedded")), OnlyBPass, classify.SideTheirs},
		{"credentials at one", failing("A", "login", probe.PhaseLogin, "bad-credentials", classify.SideOurs), passing("B"), OnlyBPass, classify.SideEither},
		{"a key at one", failing("A", "login", probe.PhaseAuth, "public-key-not-registered", classify.SideOurs), passing("B"), OnlyBPass, classify.SideEither},
		{"one step, two phases", failing("A", "list", probe.PhaseDataTLS, "data-tls-failed", classify.SideEither), failing("B", "list", probe.PhaseTransfer, "no-list-permission", classify.SideTheirs), BothFail, classify.SideUndecided},
		{"one step and phase, two words for it", failing("A", "list", probe.PhaseTransfer, "no-list-permission", classify.SideTheirs), failing("B", "list", probe.PhaseTransfer, "permission-denied", classify.SideTheirs), BothFail, classify.SideOurs},
		{"credentials at both", failing("A", "login", probe.PhaseLogin, "bad-credentials", classify.SideOurs), failing("B", "login", probe.PhaseLogin, "bad-credentials", classify.SideOurs), BothFail, classify.SideOurs},
		{"egress blocked", failing("A", "connect", probe.PhaseTCP, "port-unreachable", classify.SideNetwork), failing("B", "connect", probe.PhaseTCP, "port-unreachable", classify.SideNetwork), BothFail, classify.SideNetwork},
		{"two different failures", failing("A", "connect", probe.PhaseTCP, "port-refused", classify.SideTheirs), failing("B", "login", probe.PhaseLogin, "bad-credentials", classify.SideOurs), BothFail, classify.SideUndecided},
		{"only the neutral one fails", passing("A"), failing("B", "list", probe.PhaseTransfer, "no-list-permission", classify.SideTheirs), OnlyAPass, classify.SideTheirs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(tt.a, tt.b)
			if got.Truth != tt.truth || got.Side != tt.side || got.Why == "" {
				t.Errorf("got %s, side %q (%s), want %s, %q", got.Truth, got.Side, got.Why, tt.truth, tt.side)
			}
			if tt.side != "" && got.SettleBy == "" {
				t.Error("a side without a test that would settle it")
			}
			if len(got.Steps) != 3 {
				t.Errorf("%d rows", len(got.Steps))
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	a, b := failing("A", "list", probe.PhaseTransfer, "no-list-permission", classify.SideTheirs), passing("B")
	a.Transcript.Steps[0].Duration = probe.Millis(2 * time.Second)
	a.Transcript.Events = []probe.Event{{Kind: probe.KindReply, Command: "FEAT", Text: "211-Features\r\n EPSV\r\n MLST\r\n211 End"}}
	b.Transcript.Events = []probe.Event{{Kind: probe.KindReply, Command: "FEAT", Text: "211-Features\n211-EPSV\n211- UTF8\n\n211 End"}}
	a.Transcript.Connections = []probe.Connection{{Role: "control", TLS: &probe.TLSInfo{Version: "TLS 1.2", Cipher: "X"}}}
	b.Transcript.Connections = []probe.Connection{{Role: "control", TLS: &probe.TLSInfo{Version: "TLS 1.3", Cipher: "X"}}}
	a.Judgement.Findings = []classify.Finding{{Severity: classify.SeverityWarning, Title: "password in clear text"}, {Severity: classify.SeverityInfo, Title: "a note"}}
	var got []string
	for _, d := range Compare(a, b).Differences {
		got = append(got, d.What+" "+d.Step+": "+d.A+" / "+d.B)
	}
	want := []string{
		"code list: fail, 550 550 no / pass, 226",
		"feature : MLST / UTF8",
		"tls : TLS 1.2 / TLS 1.3",
		"timing connect: 2s / 1ms",
		"finding : password in clear text / none",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := Compare(passing("A"), passing("B")).Differences; len(d) != 0 {
		t.Errorf("differences of equals: %v", d)
	}
}

// TestSlower: a step is called slower only if it takes both much longer and many times as long.
func TestSlower(t *testing.T) {
	for _, tt := range []struct {
		a, b time.Duration
		want bool
	}{
		{10 * time.Second, 10600 * time.Millisecond, false},
		{time.Millisecond, 100 * time.Millisecond, false},
		{0, slowBy, false},
		{slowBy, slowFactor * slowBy, false},
		{slowBy, slowFactor*slowBy + time.Millisecond, true},
		{0, slowBy + time.Millisecond, true},
	} {
		a, b := passing("A"), passing("B")
		a.Transcript.Steps[0].Duration, b.Transcript.Steps[0].Duration = probe.Millis(tt.a), probe.Millis(tt.b)
		if got := Compare(a, b).Differences; (len(got) == 1) != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}

// TestSameStatusOtherCode: what both let pass by different words is told and does not matter.
func TestSameStatusOtherCode(t *testing.T) {
	a, b := passing("A"), passing("B")
	b.Transcript.Steps[2].Codes[0].Value = 250
	got := Compare(a, b)
	if got.Steps[2].Equal || !got.Steps[1].Equal || len(got.Differences) != 1 || got.Differences[0].Matters || got.Differences[0].What != "code" {
		t.Errorf("%+v", got)
	}
}

func TestStepsOfOneSideOnly(t *testing.T) {
	a, b := passing("A"), passing("B")
	b.Transcript.Steps = append(b.Transcript.Steps, step("extra", probe.StatusPass, 200))
	rows := Compare(a, b).Steps
	if len(rows) != 4 || rows[3].Step != "extra" || rows[3].A.Status != "" || rows[3].Equal {
		t.Errorf("rows %+v", rows)
	}
}
