package classify

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"mftprobe/probe"
)

// labelled is a failure as somebody met it, with the cause that it turned out to be.
type labelled struct {
	ID       string         `json:"id"`
	Protocol probe.Protocol `json:"protocol"`
	Step     string         `json:"step"`
	Text     string         `json:"text"`
	Space    probe.Space    `json:"space"`
	Code     *int           `json:"code"`
	Cause    Cause          `json:"cause"`
	Also     []Cause        `json:"also"` // what nobody could exclude by text and step
	Side     Side           `json:"side"`
	SideAlso []Side         `json:"side_also"`
}

func (l labelled) right(c Cause) bool { return c == l.Cause || slices.Contains(l.Also, c) }

// score counts how Explain does on a set of cases.
type score struct{ cases, first, three, side, certain, certainWrong int }

func (s *score) add(t *testing.T, l labelled) {
	t.Helper()
	got := Explain(Query{Text: l.Text, Protocol: l.Protocol, Step: l.Step}).Causes
	s.cases++
	if len(got) == 0 {
		t.Logf("%s %q: no cause, want %s", l.ID, l.Text, l.Cause)
		return
	}
	top := got[0]
	if l.right(top.Cause) {
		s.first++
	} else {
		t.Logf("%s %s/%s %q: %s (%s), want %s", l.ID, l.Protocol, l.Step, l.Text, top.Cause, top.Confidence, l.Cause)
	}
	if slices.ContainsFunc(got[:min(3, len(got))], func(c Candidate) bool { return l.right(c.Cause) }) {
		s.three++
	}
	if top.Side == l.Side || slices.Contains(l.SideAlso, top.Side) {
		s.side++
	}
	if top.Confidence == Certain {
		s.certain++
		if !l.right(top.Cause) {
			s.certainWrong++
			t.Errorf("%s %q: certain of %s, want %s", l.ID, l.Text, top.Cause, l.Cause)
		}
	}
}

func (s score) percent(n int) float64 { return 100 * float64(n) / float64(s.cases) }

func readLabelled(t *testing.T, name string) []labelled {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("%s line %d: %v", name, len(out)+1, err)
		}
		out = append(out, l)
	}
	return out
}

// The goals of the first answer, of the first three and of the side, in per cent. field.jsonl are
// failures from public reports. products.jsonl are replies of further products, written down before
// the phrases were. wordings.jsonl came in four rounds, each written before the phrases were looked
// at again: what was never tuned for scored 82 % (U), 83 % (V), 65 % (W, free paraphrases) and 90 %
// (X, real sentences of clients) at first sight.
func TestScore(t *testing.T) {
	for _, set := range []struct {
		file                    string
		first, three, sideRight float64
	}{
		{"field.jsonl", 97, 99, 97},
		{"products.jsonl", 97, 99, 97},
		{"wordings.jsonl", 95, 97, 95},
	} {
		t.Run(set.file, func(t *testing.T) {
			var s score
			for _, l := range readLabelled(t, set.file) {
				s.add(t, l)
			}
			t.Logf("%d cases: first %.1f %%, among three %.1f %%, side %.1f %%, certain %d, certain and wrong %d",
				s.cases, s.percent(s.first), s.percent(s.three), s.percent(s.side), s.certain, s.certainWrong)
			if s.percent(s.first) < set.first || s.percent(s.three) < set.three || s.percent(s.side) < set.sideRight {
				t.Errorf("below the goals of %.0f, %.0f and %.0f %%", set.first, set.three, set.sideRight)
			}
		})
	}
}
