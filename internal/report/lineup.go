package report

import (
	"fmt"
	"io"
	"time"

	"mftprobe/internal/foreignlog"
	"mftprobe/probe"
)

// TwoRecords is one session as both parties recorded it.
type TwoRecords struct {
	Ours, Theirs Result
	Lines        foreignlog.Comparison
}

// LineUp writes two records of one session side by side, as text or json.
func LineUp(form string, w io.Writer, two TwoRecords, opt TextOptions) error {
	switch form {
	case "text":
		return lineUpText(NewText(w, opt), two)
	case "json":
		return writeJSON(w, lineUpDocument(two))
	}
	return unknownForm(form, "text", "json")
}

func lineUpText(t *Text, two TwoRecords) error {
	c := two.Lines
	t.printf("%s\n%s\n", t.paint(bold, "ours    ")+recordName(two.Ours), t.paint(bold, "theirs  ")+recordName(two.Theirs))
	t.printf("%d of %d lines agree%s\n\n", c.Matched, c.Compared, clockText(c))
	half := (t.opt.Width - 5) / 2
	ours, theirs := bySeq(two.Ours.Events), bySeq(two.Theirs.Events)
	for _, p := range c.Pairs {
		mark, left, right := " ", side(ours, p.Ours), side(theirs, p.Theirs)
		if c.First != nil && p == c.First.Pair {
			mark = t.paint(red, "!")
		}
		t.printf("%s %-*s  %s\n", mark, half, cut(left, half), cut(right, half))
	}
	t.printf("\n")
	if c.First != nil {
		t.field("parted at", c.First.Text)
	}
	t.field("doubt", c.Doubt)
	for _, n := range c.Notes {
		t.field("note", n)
	}
	v := two.Theirs.Verdict
	t.field("theirs", fmt.Sprintf("by their record: %s, %s", v.Outcome, orElse(string(v.Cause), v.Title)))
	t.printf("\nBy our record\n")
	t.verdict(two.Ours)
	return t.err
}

// recordName says what a record is of, and whose log it was read from.
func recordName(r Result) string {
	return escape(joinParts(titleOf(r.Target), r.Foreign, r.StartedAt.String()), maxLine)
}

func clockText(c foreignlog.Comparison) string {
	if !c.HasOffset {
		return ""
	}
	return fmt.Sprintf(", their clock minus ours is %s (within %s)", c.Offset.Round(time.Millisecond), c.Spread.Round(time.Millisecond))
}

func bySeq(events []probe.Event) map[int]probe.Event {
	out := make(map[int]probe.Event, len(events))
	for _, e := range events {
		out[e.Seq] = e
	}
	return out
}

func side(events map[int]probe.Event, seq int) string {
	e, ok := events[seq]
	if !ok {
		return "-"
	}
	return eventText(e)
}

// lineUpForm is the JSON form of two records.
type lineUpForm struct {
	SchemaVersion int           `json:"schema_version"`
	Matched       int           `json:"matched"`
	Compared      int           `json:"compared"`
	OffsetMS      *probe.Millis `json:"offset_ms"` // their clock minus ours; null if it is not known
	SpreadMS      *probe.Millis `json:"spread_ms"`
	Difference    *string       `json:"first_difference"`
	Doubt         string        `json:"doubt"`
	Notes         []string      `json:"notes"`
	Pairs         [][2]int      `json:"pairs"` // sequence numbers, ours and theirs; 0: the record has no such line
	Ours          Result        `json:"ours"`
	Theirs        Result        `json:"theirs"`
}

func lineUpDocument(two TwoRecords) lineUpForm {
	c := two.Lines
	d := lineUpForm{
		SchemaVersion: schemaVersion, Matched: c.Matched, Compared: c.Compared, Doubt: c.Doubt, Notes: orEmpty(c.Notes),
		Pairs: [][2]int{}, Ours: two.Ours, Theirs: two.Theirs,
	}
	if c.HasOffset {
		offset, spread := probe.Millis(c.Offset), probe.Millis(c.Spread)
		d.OffsetMS, d.SpreadMS = &offset, &spread
	}
	if c.First != nil {
		d.Difference = &c.First.Text
	}
	for _, p := range c.Pairs {
		d.Pairs = append(d.Pairs, [2]int{p.Ours, p.Theirs})
	}
	return d
}
