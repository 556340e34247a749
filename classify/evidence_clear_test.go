package classify

import (
	"testing"

	"mftprobe/probe"
)

func TestReplyBegins(t *testing.T) {
	for text, want := range map[string]bool{
		"220 hi": true, "530-go": true, "100 x": true, "599 x": true, "220": false, "220x": false, "620 x": false, "099 x": false, "2a0 x": false, "hello": false, "": false,
	} {
		if replyBegins(text) != want {
			t.Errorf("%q: %v, want %v", text, !want, want)
		}
	}
}

func TestReplyCode(t *testing.T) {
	for _, c := range []struct {
		e       probe.Event
		value   int
		refuses bool
	}{
		{probe.Event{Text: "500 OOPS: "}, 500, true},
		{probe.Event{Text: "400 no"}, 400, true},
		{probe.Event{Text: "220 ready"}, 220, false},
		{probe.Event{Text: "x", Code: &probe.Code{Space: probe.SpaceFTP, Value: 421}}, 421, true},
		{probe.Event{Text: "530 x", Code: &probe.Code{Space: probe.SpaceTLSAlert, Value: 40}}, 530, true},
		{probe.Event{Text: "HTTP/1.1 400"}, 0, false},
	} {
		value := 0
		if got := replyCode(&c.e); got != nil {
			value = got.Value
		}
		if value != c.value || refuses(&c.e) != c.refuses {
			t.Errorf("%q: %d, refuses %v", c.e.Text, value, refuses(&c.e))
		}
	}
}

func TestMailStatus(t *testing.T) {
	for text, want := range map[string]bool{
		"502 5.5.2 Error: command not recognized": true, "421 4.3.2 busy": true, "550-5.7.1 no\n550 5.7.1 no": true,
		"530 Login incorrect.": false, "530 1.2.3 is our version": false, "550 5.x.1 no": false, "550 5.1.x no": false, "550 5.1": false, "hello": false,
	} {
		s := &scene{bad: &probe.Event{Text: text}}
		if s.mailStatus() != want {
			t.Errorf("%q: %v, want %v", text, !want, want)
		}
	}
}

func TestUnfinishedReply(t *testing.T) {
	for partial, want := range map[string]struct{ unfinished, otherwise bool }{
		"2": {true, false}, "220": {true, false}, "22x": {false, true}, "2200": {false, true}, "220 Wel": {true, false}, "login: ": {false, true}, "9": {false, true}, "": {false, false},
	} {
		s := &scene{bad: &probe.Event{Kind: probe.KindTimeout, Attr: map[string]string{attrPartial: partial}}}
		if s.unfinishedReply() != want.unfinished || s.spokeOtherwise() != want.otherwise {
			t.Errorf("%q: unfinished %v, otherwise %v", partial, s.unfinishedReply(), s.spokeOtherwise())
		}
	}
	greeted := &scene{bad: &probe.Event{Kind: probe.KindTimeout, Attr: map[string]string{attrPartial: "x"}}, session: session{greeted: true}}
	if greeted.spokeOtherwise() {
		t.Error("half a reply in the middle of a session is no greeting")
	}
}

// TestPlainTextFarAway: text in TLS long before the end of the connection is not its reason.
func TestPlainTextFarAway(t *testing.T) {
	for between, want := range map[int]probe.Kind{lookBack - 1: probe.KindReply, lookBack: probe.KindClose} {
		events := []probe.Event{{Kind: probe.KindOddity, Text: "500 OOPS", Code: &probe.Code{Space: probe.SpaceFTP, Value: 500}, Attr: map[string]string{attrOddity: string(probe.OddityPlainInTLS)}}}
		for range between {
			events = append(events, probe.Event{Kind: probe.KindNote})
		}
		events = append(events, probe.Event{Kind: probe.KindClose, Failure: &probe.Failure{Class: probe.ClassNotTLS}})
		s := &scene{t: &probe.Transcript{Events: events}}
		if got := s.decisiveEvent(len(events) - 1).Kind; got != want {
			t.Errorf("%d events between: %s, want %s", between, got, want)
		}
	}
}
