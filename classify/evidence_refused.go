package classify

import (
	"slices"

	"mftprobe/probe"
)

// explained returns the index of the final reply that gives the reason for a broken data stream, or i
// where there is none. A server that has enough of an upload closes the data connection and says why
// behind it: the write fails before the reply is read. That the connection broke, which is all that 425
// and 426 say, is no reason.
func explained(t *probe.Transcript, i int) int {
	if j := lostWith(t, i); j >= 0 {
		return j
	}
	if i < 0 || !uploadBroke(&t.Events[i]) {
		return i
	}
	for j := i + 1; j < len(t.Events); j++ {
		e := &t.Events[j]
		if e.Step != t.Events[i].Step || e.Kind == probe.KindCommand {
			break
		}
		if e.Kind == probe.KindReply && transfers(e.Command) && e.Code != nil && e.Code.Value >= 400 {
			if c := e.Code.Value; t.Events[i].Kind == probe.KindData && (c == 421 || c == 425 || c == 426) {
				break
			}
			return j
		}
	}
	return i
}

// lastWord returns the index of the goodbye that stands behind the end of a session at index i, or i where
// there is none. A server that ends a session by itself may say so with 421 before it is asked, with 221 in
// the place of an answer, or with either behind a data connection that it drops with the session.
func lastWord(t *probe.Transcript, i int) int {
	if i < 0 {
		return i
	}
	switch e := &t.Events[i]; {
	case onData(e) && (e.Kind == probe.KindData || e.Kind == probe.KindClose) && e.Bytes == 0:
		for j := i + 1; j < len(t.Events) && t.Events[j].Step == e.Step; j++ {
			if x := &t.Events[j]; x.Kind == probe.KindReply && x.Code != nil && x.Code.Value >= 200 && transfers(x.Command) {
				if saysGoodbye(x) && x.Code.Value < 400 {
					return j
				}
				break
			}
		}
	case e.Kind == probe.KindClose && !onData(e), e.Kind == probe.KindOddity && e.Phase == probe.PhasePassive:
		for j := i - 1; j >= 0 && !experimental(&t.Events[j]); j-- {
			x := &t.Events[j]
			if x.Kind == probe.KindReply && saysGoodbye(x) {
				return j
			}
			if x.Kind == probe.KindReply || x.Kind == probe.KindConnect && !onData(x) || x.Kind == probe.KindHandshake {
				break
			}
		}
	}
	return i
}

// saysGoodbye: the reply ends the session, and nobody had asked for that. FileZilla Server answers STAT
// with 221, and Pure-FTPd says goodbye with 227.
func saysGoodbye(e *probe.Event) bool {
	if e.Code == nil {
		return false
	}
	switch e.Code.Value {
	case 421:
		return true
	case 221:
		return e.Command != "QUIT" && e.Command != "STAT" && e.Command != "REIN"
	case 227:
		return transfers(e.Command)
	}
	return false
}

// uploadBroke: the stream of an upload broke, or the server reset the data connection when all was sent.
func uploadBroke(e *probe.Event) bool {
	return e.Kind == probe.KindData && e.Direction == probe.Sent || e.Kind == probe.KindClose && onData(e)
}

// lostWith returns the index of the end of the control connection that took a handshake on a data
// connection with it, or -1: which of the two ends arrives first is chance. A server that minds the data
// connection only says so, or stays.
func lostWith(t *probe.Transcript, i int) int {
	if i < 0 || t.Events[i].Kind != probe.KindHandshake || !onData(&t.Events[i]) {
		return -1
	}
	for j := i + 1; j < len(t.Events) && t.Events[j].Step == t.Events[i].Step; j++ {
		switch e := &t.Events[j]; {
		case e.Kind == probe.KindReply || e.Kind == probe.KindCommand || e.Kind == probe.KindConnect:
			return -1
		case e.Kind == probe.KindClose && !onData(e) && broke(e):
			return j
		}
	}
	return -1
}

// withoutConsequences returns the record less what happened to data connections while the server was
// refusing the transfer. A server that refuses a command closes the data connection with it, and the
// close often arrives first: it is a consequence of the refusal and no evidence of anything else. A
// refusal is a final reply of 400 and above to a transfer command that had no preliminary reply.
func withoutConsequences(t probe.Transcript) probe.Transcript {
	var drop []int
	open, last := []int(nil), false
	for i := range t.Events {
		e := &t.Events[i]
		switch {
		case e.Kind == probe.KindCommand && transfers(e.Command):
			open, last = nil, true
		case !last:
		case e.Kind == probe.KindReply && transfers(e.Command) && e.Code != nil:
			if e.Code.Value >= 400 {
				drop = append(drop, open...)
			}
			open, last = nil, false
		case broke(e) && onData(e) && e.Kind != probe.KindReply:
			open = append(open, i)
		}
	}
	if drop == nil {
		return t
	}
	kept := make([]probe.Event, 0, len(t.Events)-len(drop))
	for i := range t.Events {
		if _, dropped := slices.BinarySearch(drop, i); !dropped {
			kept = append(kept, t.Events[i])
		}
	}
	t.Events = kept
	return t
}

// dataFirst returns the record with a failed handshake on a data connection before the final reply that
// reports it: which of the two is read first is chance.
func dataFirst(t probe.Transcript) probe.Transcript {
	copied := false
	for i := 1; i < len(t.Events); i++ {
		reply, e := &t.Events[i-1], &t.Events[i]
		if e.Kind != probe.KindHandshake || !onData(e) || !broke(e) || e.Step != reply.Step {
			continue
		}
		if reply.Kind != probe.KindReply || !transfers(reply.Command) || reply.Code == nil || reply.Code.Value < 400 {
			continue
		}
		if !copied {
			t.Events, copied = slices.Clone(t.Events), true
		}
		t.Events[i-1], t.Events[i] = t.Events[i], t.Events[i-1]
	}
	return t
}
