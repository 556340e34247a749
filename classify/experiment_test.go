package classify

import (
	"slices"
	"testing"

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
