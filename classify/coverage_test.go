package classify

import (
	"slices"
	"testing"

	"mftprobe/probe"
)

// everyTranscript is all that the judge is tested on.
func everyTranscript(t testing.TB) []probe.Transcript {
	t.Helper()
	var out []probe.Transcript
	for _, r := range readCorpus(t) {
		out = append(out, r.t)
	}
	for _, name := range []string{"lab.jsonl", "servers.jsonl"} {
		for _, d := range readDialogues(t, name) {
			out = append(out, d.transcript())
		}
	}
	return out
}

func TestEveryRuleIsReached(t *testing.T) {
	reached := map[string]bool{}
	for _, tr := range everyTranscript(t) {
		if s := decisive(&tr); s != nil {
			reached[match(s).name] = true
		}
	}
	for _, r := range rulebook() {
		if !reached[r.name] {
			t.Errorf("no recorded session reaches the rule %s", r.name)
		}
	}
}

func TestEveryCauseIsReached(t *testing.T) {
	reached := map[Cause]bool{}
	for _, tr := range everyTranscript(t) {
		j := Judge(tr)
		reached[j.Verdict.Cause] = true
		for _, f := range j.Findings {
			reached[f.Cause] = true
		}
		for _, a := range j.Verdict.Alternatives {
			if a.Cause == CauseALGRewritesPASV {
				reached[a.Cause] = true // two captures would be needed to prove it
			}
		}
	}
	for _, c := range Causes() {
		if !reached[c] {
			t.Errorf("no recorded session shows %s", c)
		}
	}
}

func TestEveryCauseHasARule(t *testing.T) {
	for _, c := range Causes() {
		ruled := slices.ContainsFunc(rulebook(), func(r rule) bool { return r.cause == c || slices.Contains(r.also, c) })
		found := slices.ContainsFunc(oddityNotes, func(n oddityNote) bool { return n.cause == c })
		if !ruled && !found && c != CauseListingTruncated && c != CauseUnexplained {
			t.Errorf("%s has no rule", c)
		}
	}
}

func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range append(slices.Clone(rulebook()), unexplained) {
		switch {
		case r.name == "" || seen[r.name]:
			t.Errorf("rule %q has no name of its own", r.name)
		case r.because == "" || r.source == "":
			t.Errorf("rule %s does not say why, or where that is known from", r.name)
		case r.sure == Certain && len(r.also) > 0:
			t.Errorf("rule %s is certain and has alternatives", r.name)
		case slices.Contains(r.also, r.cause):
			t.Errorf("rule %s is its own alternative", r.name)
		}
		for i, c := range r.also {
			if slices.Contains(r.also[:i], c) {
				t.Errorf("rule %s lists %s twice", r.name, c)
			}
			if _, ok := catalogue()[c]; !ok {
				t.Errorf("rule %s: %q is not in the catalogue", r.name, c)
			}
		}
		seen[r.name] = true
	}
}

func TestPhrasesNameAServer(t *testing.T) {
	for _, p := range phraseTables() {
		if p.server == "" || p.source == "" {
			t.Errorf("phrases %q have no server family or no source", p.server)
		}
	}
}
