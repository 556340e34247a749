package probe

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// ticking returns a clock that moves one millisecond a look.
func ticking() func() time.Time {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(time.Millisecond); return now }
}

func record(rec *Recorder) Transcript {
	var t Transcript
	rec.fill(&t)
	return t
}

func TestRecorderStampsAndMasks(t *testing.T) {
	var watched []Event
	rec := NewRecorder(ticking(), func(e Event) { watched = append(watched, e) }, NewSecret("geheim"))
	rec.begin("login")
	code := Code{Space: SpaceFTP, Value: 530, Text: "530 geheim is wrong"}
	attr := map[string]string{"echo": "geheim"}
	seq := rec.Add(Event{Direction: Received, Text: "530 geheim is wrong", Code: &code, Failure: &Failure{Text: "geheim"}, Attr: attr})
	rec.Tolerate(seq)
	got := record(rec)
	js, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(js), "geheim") || strings.Contains(fmt.Sprint(watched), "geheim") {
		t.Errorf("leaked: %s", js)
	}
	e := got.Events[0]
	if e.Seq != 1 || e.Step != "login" || e.At != Millis(time.Millisecond) || !e.Tolerated {
		t.Errorf("event %+v", e)
	}
	if code.Text != "530 geheim is wrong" || attr["echo"] != "geheim" {
		t.Error("masking must not write into what the driver still uses")
	}
	if codes := rec.stepCodes(); len(codes) != 1 || codes[0].Value != 530 {
		t.Errorf("codes of the step: %v", codes)
	}
}

func TestRecorderLimits(t *testing.T) {
	t.Run("events", func(t *testing.T) {
		for _, n := range []int{MaxEvents, MaxEvents + 1, MaxEvents + 500} {
			rec := NewRecorder(ticking(), nil)
			for range n {
				rec.Add(Event{Direction: Received, Code: &Code{Value: 200}})
			}
			got := record(rec)
			if len(got.Events) != MaxEvents || got.Dropped != n-MaxEvents {
				t.Errorf("%d events: kept %d, dropped %d", n, len(got.Events), got.Dropped)
			}
			if got.Events[0].Seq != 1 || got.Events[len(got.Events)-1].Seq != n {
				t.Errorf("%d events: first and last must be kept", n)
			}
			for i := 1; i < len(got.Events); i++ {
				if got.Events[i].Seq <= got.Events[i-1].Seq {
					t.Fatalf("out of order at %d", i)
				}
			}
			if len(rec.stepCodes()) != MaxStepCodes {
				t.Errorf("%d codes kept", len(rec.stepCodes()))
			}
		}
	})
	t.Run("text of one event", func(t *testing.T) {
		rec := NewRecorder(ticking(), nil)
		rec.Add(Event{Text: strings.Repeat("x", MaxEventText)})
		rec.Add(Event{Text: strings.Repeat("ü", MaxEventText)})
		got := record(rec)
		if len(got.Events[0].Text) != MaxEventText {
			t.Error("a text at the limit is kept whole")
		}
		if n := len(got.Events[1].Text); n > MaxEventText+len("…") || !strings.HasSuffix(got.Events[1].Text, "ü…") {
			t.Errorf("a text over the limit is cut at a rune, got %d bytes", n)
		}
	})
	t.Run("text of all events", func(t *testing.T) {
		rec := NewRecorder(ticking(), nil)
		for range MaxTotalText/MaxEventText + 1 {
			rec.Add(Event{Text: strings.Repeat("x", MaxEventText)})
		}
		rec.Add(Event{Text: strings.Repeat("y", MaxEventText)})
		got := record(rec)
		if n := len(got.Events[len(got.Events)-1].Text); n != shortText+len("…") {
			t.Errorf("after the total limit a text has %d bytes", n)
		}
	})
}

func TestRecorderConnections(t *testing.T) {
	rec := NewRecorder(ticking(), nil)
	rec.Connection("control", func(c *Connection) { c.Role = "control" })
	rec.Connection("data-1", func(c *Connection) { c.Role = "data" })
	rec.Connection("control", func(c *Connection) { c.Local = "127.0.0.1:5" })
	got := record(rec).Connections
	if len(got) != 2 || got[0].Role != "control" || got[0].Local != "127.0.0.1:5" || got[1].ID != "data-1" {
		t.Errorf("connections %+v", got)
	}
}

// TestRecordIsClosed: what is recorded behind the end of a run does not reach the record that was handed out.
func TestRecordIsClosed(t *testing.T) {
	r := NewRecorder(time.Now, nil)
	r.Connection("ssh", func(c *Connection) { c.SSH, c.TLS = &SSHInfo{Kex: "first"}, &TLSInfo{Version: "TLS 1.3"} })
	var record Transcript
	r.Fill(&record)
	r.Connection("ssh", func(c *Connection) { c.SSH.Kex, c.TLS.Version = "late", "late" })
	if c := record.Connections[0]; c.SSH.Kex != "first" || c.TLS.Version != "TLS 1.3" {
		t.Errorf("changed afterwards: %+v %+v", c.SSH, c.TLS)
	}
}

func TestMillisAndTimestamp(t *testing.T) {
	js, _ := json.Marshal(struct {
		M Millis
		T Timestamp
		Z Timestamp
	}{Millis(1234567 * time.Nanosecond), Timestamp(time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.FixedZone("x", 3600))), Timestamp{}})
	if want := `{"M":1.234,"T":"2026-01-02T02:04:05.006Z","Z":null}`; string(js) != want {
		t.Errorf("got %s, want %s", js, want)
	}
	var back struct {
		M Millis
		T Timestamp
	}
	if err := json.Unmarshal(js, &back); err != nil || time.Duration(back.M) != 1234*time.Microsecond || back.T.String() != "2026-01-02T02:04:05.006Z" {
		t.Errorf("read back %v %v: %v", time.Duration(back.M), back.T, err)
	}
}
