package classify

import (
	"slices"
	"testing"
	"time"

	"mftprobe/probe"
)

// TestSensibleExperiments: what means nothing under a protocol is not planned.
func TestSensibleExperiments(t *testing.T) {
	for name, want := range map[string][]probe.Protocol{
		ExperimentImplicitTLS: {probe.FTP, probe.FTPES},
		ExperimentExplicitTLS: {probe.FTP, probe.FTPES, probe.FTPS},
		ExperimentClearData:   {probe.FTPES, probe.FTPS},
		ExperimentReuse:       {probe.FTPES, probe.FTPS},
		ExperimentPASV:        {probe.FTP, probe.FTPES, probe.FTPS, probe.SFTP},
	} {
		for _, p := range []probe.Protocol{probe.FTP, probe.FTPES, probe.FTPS, probe.SFTP} {
			if got := sensible(name, &probe.Transcript{Target: probe.TargetInfo{Protocol: p}}); got != slices.Contains(want, p) {
				t.Errorf("%s under %s: %v", name, p, got)
			}
		}
	}
}

// TestAlternativesOfWords: what the words say besides is listed only where the position allows it.
func TestAlternativesOfWords(t *testing.T) {
	s := &scene{t: &probe.Transcript{}, bad: &probe.Event{}, told: []Cause{CauseFileExists, CauseFilenamePolicy, CauseAccountLocked}}
	r := &rule{cause: CauseNoWritePermission, also: []Cause{CauseFileExists, CauseFilenamePolicy}}
	var got []Cause
	for _, a := range alternatives(s, r, choice{cause: CauseFileExists, sure: Likely, byText: true}) {
		got = append(got, a.Cause)
	}
	if slices.Contains(got, CauseAccountLocked) || got[0] != CauseFilenamePolicy || !slices.Contains(got, CauseNoWritePermission) {
		t.Errorf("alternatives %v", got)
	}
}

func TestSizeInPreliminaryReply(t *testing.T) {
	for text, want := range map[string]int64{
		"150 Opening (1234 bytes)": 1234, "150 Opening (0 bytes).": 0, "150 1234 bytes": -1, "150 (x bytes)": -1, "150 Opening": -1, "12 bytes": -1, "( bytes)": -1, " bytes": -1,
	} {
		if got := sizeIn(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestDeadAddresses: only an address of the server that did not answer before another one did counts.
func TestDeadAddresses(t *testing.T) {
	refused := &probe.Failure{Class: probe.ClassRefused}
	answered := probe.Event{Kind: probe.KindConnect, Phase: probe.PhaseTCP}
	for name, c := range map[string]struct {
		first probe.Event
		want  int
	}{
		"an address":    {probe.Event{Kind: probe.KindConnect, Phase: probe.PhaseTCP, Failure: refused}, 1},
		"a time-out":    {probe.Event{Kind: probe.KindTimeout, Phase: probe.PhaseTCP, Failure: &probe.Failure{Class: probe.ClassTimeout}}, 1},
		"a data port":   {probe.Event{Kind: probe.KindConnect, Phase: probe.PhaseTCP, Conn: "data-1", Failure: refused}, 0},
		"an experiment": {probe.Event{Kind: probe.KindConnect, Phase: probe.PhaseTCP, Step: "experiment tcp-again", Failure: refused}, 0},
		"a note":        {probe.Event{Kind: probe.KindNote, Phase: probe.PhaseTCP, Failure: refused}, 0},
		"a proxy":       {probe.Event{Kind: probe.KindConnect, Phase: probe.PhaseProxy, Failure: refused}, 0},
	} {
		f := &findings{t: &probe.Transcript{Events: []probe.Event{c.first, answered}}}
		if f.deadAddresses(); len(f.list) != c.want {
			t.Errorf("%s: %d findings, want %d", name, len(f.list), c.want)
		}
	}
}

// TestEndsOfLogins: which events conclude an SSH login, read backwards.
func TestEndsOfLogins(t *testing.T) {
	failed := &probe.Failure{Class: probe.ClassEOF}
	for name, c := range map[string]struct {
		e                   probe.Event
		attempts, concluded bool
	}{
		"close in the login":   {probe.Event{Kind: probe.KindClose, Phase: probe.PhaseAuth, Failure: failed}, true, true},
		"close before it":      {probe.Event{Kind: probe.KindClose, Phase: probe.PhaseKex, Failure: failed}, true, false},
		"silence in the login": {probe.Event{Kind: probe.KindTimeout, Phase: probe.PhaseAuth, Failure: failed}, true, true},
		"attempt":              {probe.Event{Kind: probe.KindAuth, Phase: probe.PhaseAuth}, true, false},
		"end of the attempts":  {probe.Event{Kind: probe.KindAuth, Phase: probe.PhaseAuth, Failure: failed}, true, true},
		"disconnect":           {probe.Event{Kind: probe.KindDisconnect, Phase: probe.PhaseKex}, true, true},
		"reply":                {probe.Event{Kind: probe.KindNote, Phase: probe.PhaseAuth}, false, false},
	} {
		r := recovery{paths: map[string]bool{}}
		if r.note(&c.e); r.attempts != c.attempts || r.concluded != c.concluded {
			t.Errorf("%s: attempts %v, concluded %v", name, r.attempts, r.concluded)
		}
	}
}

func TestMerelyDenied(t *testing.T) {
	for want, told := range map[bool][]Cause{true: {CauseDeleteNotPermitted, CauseQuotaExceeded}, false: {CauseQuotaExceeded, CauseNoWritePermission}} {
		if got := (&scene{told: told}).merelyDenied(); got != want {
			t.Errorf("%v: %v", told, got)
		}
	}
	if !(&scene{}).merelyDenied() {
		t.Error("a refusal without words is a denial")
	}
}

func TestLastPhase(t *testing.T) {
	for command, want := range map[string]probe.Phase{"": probe.PhaseLogin, "PWD": probe.PhasePath, "RETR": probe.PhaseTransfer} {
		if got := (&scene{session: session{command: command}}).lastPhase(); got != want {
			t.Errorf("behind %q: %s, want %s", command, got, want)
		}
	}
}

func TestObservation(t *testing.T) {
	for want, e := range map[string]probe.Event{
		`The handshake after PWD: "broken".`:    {Kind: probe.KindHandshake, Text: "broken"},
		"The handshake after PWD failed.":       {Kind: probe.KindHandshake},
		"The connection ended after PWD.":       {Kind: probe.KindClose},
		"Nothing came for 2 s after PWD.":       {Kind: probe.KindTimeout, At: probe.Millis(2 * time.Second)},
		`The data connection after PWD: "cut".`: {Kind: probe.KindData, Text: "cut"},
	} {
		s := &scene{t: &probe.Transcript{}, bad: &e, text: e.Text, verb: "PWD", session: session{greeted: true}}
		if got := s.observation(); got != want {
			t.Errorf("%s: %q, want %q", e.Kind, got, want)
		}
	}
}

// TestLastEnd: what ended the session is looked for in one step only, and is no matter of the data.
func TestLastEnd(t *testing.T) {
	gone := &probe.Failure{Class: probe.ClassEOF}
	tr := &probe.Transcript{Events: []probe.Event{
		{Step: "a", Kind: probe.KindClose, Failure: gone},
		{Step: "b", Kind: probe.KindClose, Conn: "data-1", Failure: gone},
		{Step: "b", Kind: probe.KindReply, Command: "PWD", Code: &probe.Code{Space: probe.SpaceFTP, Value: 550}},
		{Step: "c", Kind: probe.KindReply, Code: &probe.Code{Space: probe.SpaceFTP, Value: 421}},
		{Step: "d", Kind: probe.KindTimeout, Failure: gone},
		{Step: "e", Kind: probe.KindDisconnect, Direction: probe.Received},
	}}
	for step, want := range map[string]int{"a": 0, "b": -1, "c": 3, "d": 4, "e": 5, "f": -1} {
		if got := lastEnd(tr, step); got != want {
			t.Errorf("step %s: %d, want %d", step, got, want)
		}
	}
}

// TestEvidenceOfExperiments: what an experiment saw is evidence only where it settled the verdict.
func TestEvidenceOfExperiments(t *testing.T) {
	tr := &probe.Transcript{Experiments: []probe.Experiment{{Name: ExperimentPASV, Outcome: OutcomeWorks, Evidence: []int{7, 8}}}}
	s := &scene{t: tr, bad: &probe.Event{Seq: 3}}
	if got := s.evidence(false); !slices.Equal(got, []int{3}) {
		t.Errorf("not settled: %v", got)
	}
	if got := s.evidence(true); !slices.Equal(got, []int{3, 7, 8}) {
		t.Errorf("settled: %v", got)
	}
}

// TestFindingsHaveEvidence: an empty list, never null, and what there is stays.
func TestFindingsHaveEvidence(t *testing.T) {
	f := &findings{t: &probe.Transcript{}}
	f.add(Finding{Title: "none"})
	f.add(Finding{Title: "some", Evidence: []int{4}})
	if f.list[0].Evidence == nil || len(f.list[0].Evidence) != 0 || !slices.Equal(f.list[1].Evidence, []int{4}) {
		t.Errorf("%+v", f.list)
	}
}
