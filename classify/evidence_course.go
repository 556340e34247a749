package classify

import (
	"strings"

	"mftprobe/probe"
)

// firstOddity returns the index of the first event of a record without steps that is bad only in the
// light of what came before: a second preliminary reply instead of the final one, or a size that is
// not what was stored. -1 if there is none.
func firstOddity(t *probe.Transcript) int {
	s := newSession(t)
	for i := range t.Events {
		e := &t.Events[i]
		if s.unfinished(e) || s.wrongSize(e) {
			return i
		}
		s.feed(e)
	}
	return -1
}

// unfinished: a preliminary reply came where the final one was due.
func (s *session) unfinished(e *probe.Event) bool {
	return e.Kind == probe.KindReply && !e.Tolerated && e.Code != nil && e.Code.Value < 200 && e.Code.Value != 120 && s.data.begun && transfers(s.command) && s.data.bytesKnownOver()
}

// bytesKnownOver: the data of the transfer has ended, or nobody saw it.
func (d *dataState) bytesKnownOver() bool { return d.ended || !d.open }

// wrongSize: SIZE disagrees with what this session stored in binary mode.
func (s *session) wrongSize(e *probe.Event) bool {
	if e.Kind != probe.KindReply || !strings.EqualFold(e.Command, "SIZE") || e.Code == nil || e.Code.Value != 213 || !s.binary {
		return false
	}
	stored, ok := s.written[argument(s.line)]
	if !ok || stored < 0 {
		return false
	}
	there := sizeReply(e.Text)
	return there >= 0 && there != stored
}

// sizeReply reads the answer to SIZE, -1 if it is not a number.
func sizeReply(text string) int64 { return number(strings.TrimPrefix(strings.TrimSpace(text), "213")) }

// derivedDepth counts the operations of a record without steps, and those whose last answer was good.
func derivedDepth(t *probe.Transcript) Depth {
	var d Depth
	last, good := probe.Op(""), false
	for i := range t.Events {
		e := &t.Events[i]
		if e.Kind != probe.KindReply && e.Kind != probe.KindResponse && e.Kind != probe.KindAuth {
			continue
		}
		op := opOf(strings.ToUpper(e.Command), e.Phase)
		if op != last {
			d.count(last, good)
		}
		last, good = op, !broke(e)
	}
	d.count(last, good)
	return d
}

func (d *Depth) count(op probe.Op, good bool) {
	if op == "" {
		return
	}
	d.Total++
	if good {
		d.Passed++
	}
}
