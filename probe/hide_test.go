package probe

import (
	"strings"
	"testing"
	"time"
)

func TestHideMasksWhatCameBefore(t *testing.T) {
	rec := NewRecorder(func() time.Time { return time.Unix(0, 0) }, nil, NewSecret("first-secret"))
	shared := &Code{Space: SpaceFTP, Value: 530, Text: "no hunter22 here"}
	rec.Add(Event{
		Text: "PASS hunter22", Code: shared, Failure: &Failure{Class: ClassEOF, Text: "hunter22"},
		Attr: map[string]string{"url": "ftp://u:hunter22@h"},
	})
	rec.Hide(NewSecret("hunter22"))
	rec.Add(Event{Text: "again hunter22 and first-secret"})
	var got Transcript
	rec.Fill(&got)
	if len(got.Events) != 2 {
		t.Fatalf("%d events, want 2", len(got.Events))
	}
	for _, e := range got.Events {
		all := e.Text + e.Attr["url"]
		if e.Code != nil {
			all += e.Code.Text + e.Failure.Text
		}
		if strings.Contains(all, "hunter22") || strings.Contains(all, "first-secret") {
			t.Errorf("event %d shows a secret: %s", e.Seq, all)
		}
	}
	if shared.Text != "no hunter22 here" {
		t.Errorf("the caller's code was changed to %q", shared.Text)
	}
}
