package foreignlog

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// maxLines bounds how many lines of each record are lined up; the table for it grows with the square.
const maxLines = 2000

// Comparison is two records of one session side by side: what was seen here and what the other
// party's log says.
type Comparison struct {
	Pairs     []Pair
	Matched   int // lines that both records tell
	Differing int // of these, the ones that do not tell the same
	Compared  int // lines of ours that theirs could tell
	HasOffset bool
	Offset    time.Duration // their clock minus ours; add it to our times to find theirs
	Spread    time.Duration // how far single lines are from that
	First     *Difference   // where the stories part; nil: they do not
	Doubt     string        // why they may be of different sessions; empty: they fit
	Notes     []string
}

// Pair is one line of each record by its sequence number; 0: the record has no such line.
type Pair struct {
	Ours, Theirs int
}

// Difference is the first line that the records do not agree on.
type Difference struct {
	Pair
	Text string // one sentence
}

// told is a line of a record that another record of the same session could tell as well.
type told struct {
	event *probe.Event
	key   string // what must agree for two lines to be the same
	value string // what must agree for them to tell the same
	at    time.Time
}

// LineUp lays two records of one session beside each other, by order first and by time to check it.
func LineUp(ours, theirs probe.Transcript) Comparison {
	a, b := tellable(ours), tellable(theirs)
	c := Comparison{}
	if len(a) > maxLines || len(b) > maxLines {
		c.Notes = append(c.Notes, fmt.Sprintf("only the first %d lines of each record were compared", maxLines))
		a, b = a[:min(len(a), maxLines)], b[:min(len(b), maxLines)]
	}
	a, b = c.inCommon(a, b)
	c.Compared = len(a)
	pairs := align(a, b)
	c.clocks(a, b, pairs)
	c.walk(a, b, pairs)
	c.doubt(ours, theirs)
	return c
}

// Pick returns the index of the record among candidates that fits ours best, or -1 if there is none.
func Pick(ours probe.Transcript, candidates []probe.Transcript) int {
	best, most := -1, math.Inf(-1)
	for i, t := range candidates {
		c := LineUp(ours, t)
		alone := len(c.Pairs) - c.Matched
		score := float64(c.Matched - alone - 3*c.Differing) // the port of a 229 is nearly a fingerprint
		if c.HasOffset {
			score -= min(0.9, c.Offset.Abs().Hours()/24)
		}
		if t.Target.User != "" && t.Target.User == ours.Target.User {
			score++
		}
		if score > most {
			best, most = i, score
		}
	}
	return best
}

// tellable lists the lines of a record that crossed the wire.
func tellable(t probe.Transcript) []told {
	var out []told
	start := time.Time(t.StartedAt)
	for i := range t.Events {
		e := &t.Events[i]
		l := told{event: e}
		switch e.Kind {
		case probe.KindCommand, probe.KindRequest:
			l.key = "sent " + e.Command
		case probe.KindReply, probe.KindResponse:
			l.key, l.value = "reply "+e.Command, replyValue(e)
			if e.Code != nil && e.Code.Space == probe.SpaceFTP && e.Code.Value < 200 {
				l.key = "preliminary " + e.Command
			}
		case probe.KindDisconnect:
			l.key, l.value = "disconnect "+string(e.Direction), replyValue(e)
		default:
			continue
		}
		if !start.IsZero() {
			l.at = start.Add(time.Duration(e.At))
		}
		out = append(out, l)
	}
	return out
}

// replyValue is what two records of one reply must agree on: the code, and for a 227 or 229 where
// it points, which a router on the way may have rewritten.
func replyValue(e *probe.Event) string {
	if e.Code == nil {
		return ""
	}
	v := strconv.Itoa(e.Code.Value)
	switch {
	case e.Command == "PASV" && passiveAddress(e.Text) != "":
		v += " " + passiveAddress(e.Text)
	case e.Command == "EPSV" && epsvPort(e.Text, "") != "":
		v += " port" + epsvPort(e.Text, "")
	}
	return v
}

// setupVerbs show that a log has every command and not only transfers.
var setupVerbs = []string{"sent USER", "sent PWD", "sent TYPE", "sent PASV", "sent EPSV", "sent FEAT", "sent REALPATH", "sent OPENDIR"}

// inCommon leaves out lines of a sort that the other record never has: a log without replies, or
// with transfers only, cannot contradict them.
func (c *Comparison) inCommon(a, b []told) (ours, theirs []told) {
	return c.only(a, b, "the other party's log"), c.only(b, a, "our record")
}

func (c *Comparison) only(list, other []told, name string) []told {
	sorts, keys := map[string]bool{}, map[string]bool{}
	for _, l := range other {
		keys[l.key] = true
		sort, _, _ := strings.Cut(l.key, " ")
		sorts[sort] = true
	}
	full := slices.ContainsFunc(setupVerbs, func(k string) bool { return keys[k] })
	var out []told
	for _, l := range list {
		if sort, _, _ := strings.Cut(l.key, " "); !sorts[sort] || !full && !keys[l.key] {
			continue
		}
		out = append(out, l)
	}
	if left := len(list) - len(out); left > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("%d lines are of a sort that %s does not have", left, name))
	}
	return out
}

// align finds the longest common sequence of lines; each pair is an index into a and one into b.
func align(a, b []told) [][2]int {
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best := max(length[(i+1)*width+j], length[i*width+j+1])
			if a[i].key == b[j].key {
				best = max(best, length[(i+1)*width+j+1]+1)
			}
			length[i*width+j] = best
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].key == b[j].key && length[i*width+j] == length[(i+1)*width+j+1]+1:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// clocks estimates how far the other clock is ahead: the median over all lines that both have.
func (c *Comparison) clocks(a, b []told, pairs [][2]int) {
	var offsets []time.Duration
	for _, p := range pairs {
		if x, y := a[p[0]].at, b[p[1]].at; !x.IsZero() && !y.IsZero() {
			offsets = append(offsets, y.Sub(x))
		}
	}
	if len(offsets) == 0 {
		c.Notes = append(c.Notes, "one of the records has no dates: the lines are matched by their order alone")
		return
	}
	slices.Sort(offsets)
	c.HasOffset, c.Offset = true, offsets[len(offsets)/2]
	c.Spread = max(c.Offset-offsets[0], offsets[len(offsets)-1]-c.Offset)
}

// walk writes the pairs down in order and finds the first difference.
func (c *Comparison) walk(a, b []told, pairs [][2]int) {
	i, j := 0, 0
	for _, p := range append(slices.Clone(pairs), [2]int{len(a), len(b)}) {
		for ; i < p[0]; i++ {
			c.alone(a[i], true)
		}
		for ; j < p[1]; j++ {
			c.alone(b[j], false)
		}
		if p[0] < len(a) {
			c.both(a[i], b[j])
			i, j = i+1, j+1
		}
	}
}

func (c *Comparison) both(x, y told) {
	pair := Pair{Ours: x.event.Seq, Theirs: y.event.Seq}
	c.Pairs = append(c.Pairs, pair)
	c.Matched++
	if x.value == y.value || x.value == "" || y.value == "" {
		return
	}
	if c.Differing++; c.First != nil {
		return
	}
	text := fmt.Sprintf("to %s we got %s, their log says %s", verbOf(x), x.value, y.value)
	if x.event.Command == "PASV" || x.event.Command == "EPSV" {
		text += ": something on the way has rewritten the reply"
	}
	c.First = &Difference{pair, text}
}

// alone takes a line that only one record has.
func (c *Comparison) alone(l told, ours bool) {
	pair := Pair{Theirs: l.event.Seq}
	if ours {
		pair = Pair{Ours: l.event.Seq}
	}
	c.Pairs = append(c.Pairs, pair)
	if c.First != nil || l.event.Command == "QUIT" { // curl -v and others do not show how they take leave
		return
	}
	sent := l.event.Direction == probe.Sent
	var text string
	switch {
	case ours && sent:
		text = fmt.Sprintf("we sent %s, their log does not have it: it did not reach them, or the log leaves it out", verbOf(l))
	case ours:
		text = fmt.Sprintf("we got %s, their log does not have it: it may come from something in between", replyName(l))
	case sent:
		text = fmt.Sprintf("their log has %s, which we did not send", verbOf(l))
	default:
		text = fmt.Sprintf("they sent %s, which did not reach us", replyName(l))
	}
	c.First = &Difference{pair, text}
}

func verbOf(l told) string {
	if l.event.Command == "" {
		return "the connection"
	}
	return l.event.Command
}

func replyName(l told) string {
	if l.value == "" {
		return "an answer to " + verbOf(l)
	}
	return l.value + " to " + verbOf(l)
}

// doubt says why the records may belong to different sessions.
func (c *Comparison) doubt(ours, theirs probe.Transcript) {
	switch {
	case ours.Target.User != "" && theirs.Target.User != "" && !strings.EqualFold(ours.Target.User, theirs.Target.User):
		c.Doubt = "the records name different accounts"
	case c.Matched*2 < c.Compared:
		c.Doubt = fmt.Sprintf("only %d of %d lines are found in their log", c.Matched, c.Compared)
	case c.HasOffset && c.Offset.Abs() > 24*time.Hour:
		c.Doubt = "the records are more than a day apart"
	}
}
