package classify

import (
	"strings"
	"testing"
)

func TestEveryWordHasAnEntry(t *testing.T) {
	const words = 141
	if got := len(catalogue()); got != words {
		t.Errorf("catalogue has %d causes, the vocabulary has %d", got, words)
	}
	if got := len(Causes()); got != words {
		t.Errorf("Causes returns %d words, want %d", got, words)
	}
}

func TestEntriesAreComplete(t *testing.T) {
	for c, e := range catalogue() {
		for name, v := range map[string]string{
			"title": e.Title, "meaning": e.Meaning, "test that settles it": e.SettleBy,
			"message": e.Them, "source": e.Source, "side": string(e.Side), "retry": string(e.Retry),
		} {
			if v == "" {
				t.Errorf("%s has no %s", c, name)
			}
		}
		if len(e.Us) == 0 || e.Us[0] == "" {
			t.Errorf("%s has no advice", c)
		}
		if len(e.Protocols) == 0 {
			t.Errorf("%s belongs to no protocol", c)
		}
	}
}

func TestEntriesPointToKnownCauses(t *testing.T) {
	for c, e := range catalogue() {
		for _, l := range e.LookAlikes {
			if _, ok := catalogue()[l]; !ok || l == c {
				t.Errorf("%s has the look-alike %q", c, l)
			}
		}
	}
}

func TestTitlesAreShort(t *testing.T) {
	seen := map[string]Cause{}
	for c, e := range catalogue() {
		if len(e.Title) > 90 || strings.HasSuffix(e.Title, ".") {
			t.Errorf("%s: title %q is long or a sentence", c, e.Title)
		}
		if other, ok := seen[e.Title]; ok {
			t.Errorf("%s and %s have the same title", c, other)
		}
		seen[e.Title] = c
	}
}

func TestLookupOfAnUnknownWord(t *testing.T) {
	if got := Lookup("no-such-word").Cause; got != CauseUnexplained {
		t.Errorf("Lookup of an unknown word gives %q", got)
	}
}
