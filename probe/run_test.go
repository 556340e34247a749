package probe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"time"
)

// fake is a driver over a map of files. Its hooks break one operation.
type fake struct {
	files  map[string][]byte
	rec    *Recorder
	calls  *[]string
	broken func(Step) (Outcome, bool)
	closed bool
}

func (f *fake) Close() error { f.closed = true; return nil }

func (f *fake) Do(ctx context.Context, s Step) Outcome {
	*f.calls = append(*f.calls, strings.TrimSpace(string(s.Op)+" "+s.Path))
	if f.broken != nil {
		if o, ok := f.broken(s); ok {
			return o
		}
	}
	if ctx.Err() != nil {
		return Outcome{Over: true, Detail: "cancelled"}
	}
	o := Outcome{OK: true, Path: s.Path, Final: &Code{Space: SpaceFTP, Value: 250, Text: "250 fine"}}
	switch s.Op {
	case OpPut:
		r, _ := s.Payload.Open()
		b, _ := io.ReadAll(r)
		f.files[s.Path] = b
		o.Bytes, o.SHA256, o.Created = int64(len(b)), hash(b), true
	case OpSize:
		o.Size, o.HasSize = int64(len(f.files[s.Path])), true
	case OpGet:
		o.Bytes, o.SHA256 = int64(len(f.files[s.Path])), hash(f.files[s.Path])
	case OpRename:
		f.files[s.To] = f.files[s.Path]
		delete(f.files, s.Path)
	case OpDelete:
		delete(f.files, s.Path)
	}
	return o
}

func hash(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }

// harness runs the default script over a fake and returns what it did.
type harness struct {
	files map[string][]byte
	calls []string
	opens int
}

func (h *harness) run(ctx context.Context, script Script, broken func(*harness, Step) (Outcome, bool)) Transcript {
	h.files = map[string][]byte{}
	return Run(ctx, Job{
		Target: Target{Protocol: FTP, Host: "h", Port: 21, User: "u"}, Script: script, RunID: "r1", PayloadSize: 100, Now: ticking(),
		Open: func(_ Target, rec *Recorder) Driver {
			h.opens++
			d := &fake{files: h.files, rec: rec, calls: &h.calls}
			if broken != nil {
				d.broken = func(s Step) (Outcome, bool) { return broken(h, s) }
			}
			return d
		},
	})
}

func statuses(t Transcript) string {
	var out []string
	for _, s := range t.Steps {
		out = append(out, s.Name+"="+string(s.Status))
	}
	return strings.Join(out, " ")
}

func TestRunDefaultScript(t *testing.T) {
	var h harness
	got := h.run(t.Context(), DefaultScript(FTP), nil)
	for _, s := range got.Steps {
		if s.Status != StatusPass {
			t.Errorf("step %s: %s %s", s.Name, s.Status, s.Detail)
		}
	}
	if len(h.files) != 0 || len(got.Cleanup.LeftBehind) != 0 || len(got.Cleanup.Created) != 1 || len(got.Cleanup.Removed) != 1 {
		t.Errorf("clean-up %+v, files %v", got.Cleanup, h.files)
	}
	want := "connect,login,pwd,passive,list,put .mftprobe-r1-1.tmp,size .mftprobe-r1-1.tmp,get .mftprobe-r1-1.tmp,rename .mftprobe-r1-1.tmp,delete .mftprobe-r1-2.tmp,quit"
	if calls := strings.Join(h.calls, ","); calls != want {
		t.Errorf("calls\n%s\nwant\n%s", calls, want)
	}
	if h.opens != 1 {
		t.Errorf("%d sessions", h.opens)
	}
}

func TestRunStopsAndCleansUp(t *testing.T) {
	refused := Outcome{Final: &Code{Space: SpaceFTP, Value: 550, Text: "550 no"}, Detail: "550 no"}
	tests := []struct {
		name      string
		broken    func(*harness, Step) (Outcome, bool)
		want      string // a part of the statuses
		opens     int
		left      int
		lastCalls string
	}{
		{"refused login is not repeated", func(_ *harness, s Step) (Outcome, bool) {
			return Outcome{Refused: true, Detail: "530"}, s.Op == OpLogin
		}, "login=fail pwd=skipped", 1, 0, "quit"},
		{"failed get removes the file in the session", func(_ *harness, s Step) (Outcome, bool) {
			return refused, s.Op == OpGet
		}, "get=fail rename=skipped delete=skipped quit=pass", 1, 0, "quit"},
		{"lost session during put is cleaned up in a second one", func(h *harness, s Step) (Outcome, bool) {
			if s.Op == OpPut {
				h.files[s.Path] = nil
				return Outcome{Over: true, Created: true, Detail: "reset"}, true
			}
			return Outcome{}, false
		}, "put=fail size=skipped", 2, 0, "quit"},
		{"refused delete is told once", func(_ *harness, s Step) (Outcome, bool) {
			return refused, s.Op == OpDelete
		}, "delete=fail quit=pass", 1, 1, "quit"},
		{"a refused rename may have happened", func(h *harness, s Step) (Outcome, bool) {
			if s.Op == OpRename {
				h.files[s.To] = h.files[s.Path]
				delete(h.files, s.Path)
				return refused, true
			}
			_, there := h.files[s.Path]
			return refused, s.Op == OpDelete && !there
		}, "rename=fail delete=skipped quit=pass", 1, 0, "quit"},
		{"a file that may not be there and is not", func(h *harness, s Step) (Outcome, bool) {
			if s.Op == OpPut {
				return Outcome{Over: true, Created: true, Detail: "reset"}, true
			}
			return Outcome{Final: &Code{Space: SpaceFTP, Value: 550, Text: "550 File not found"}, Detail: "550"}, s.Op == OpDelete
		}, "put=fail size=skipped", 2, 0, "quit"},
		{"a file that may be there and cannot be removed", func(h *harness, s Step) (Outcome, bool) {
			if s.Op == OpPut {
				return Outcome{Over: true, Created: true, Detail: "reset"}, true
			}
			return refused, s.Op == OpDelete
		}, "put=fail size=skipped", 2, 1, "quit"},
		{"a removal without an answer that was done", func(h *harness, s Step) (Outcome, bool) {
			if s.Op == OpDelete && s.Name == "delete" {
				return Outcome{Over: true, Detail: "reset"}, true
			}
			return Outcome{Final: &Code{Space: SpaceSFTP, Value: 2, Text: "No such file"}, Detail: "2"}, s.Op == OpDelete
		}, "delete=fail", 2, 0, "quit"},
		{"a session that ends between two steps", func(_ *harness, s Step) (Outcome, bool) {
			return Outcome{OK: true, Over: true}, s.Op == OpConnect
		}, "connect=pass login=fail pwd=skipped", 1, 0, "connect"},
		{"lost session before login leaves nothing", func(_ *harness, s Step) (Outcome, bool) {
			return Outcome{Over: true, Detail: "timeout"}, s.Op == OpConnect
		}, "connect=fail login=skipped", 1, 0, "connect"},
		{"session lost behind a step that passed", func(_ *harness, s Step) (Outcome, bool) {
			return Outcome{OK: true, Over: true}, s.Op == OpList
		}, "list=pass put=fail size=skipped", 1, 0, "list"},
		{"wrong size", func(_ *harness, s Step) (Outcome, bool) {
			return Outcome{OK: true, Size: 99, HasSize: true}, s.Op == OpSize
		}, "size=fail get=skipped", 1, 0, "quit"},
		{"wrong content", func(_ *harness, s Step) (Outcome, bool) {
			return Outcome{OK: true, Bytes: 100, SHA256: "00"}, s.Op == OpGet
		}, "get=fail", 1, 0, "quit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h harness
			got := h.run(t.Context(), DefaultScript(FTP), tt.broken)
			if !strings.Contains(statuses(got), tt.want) {
				t.Errorf("statuses %s, want %s", statuses(got), tt.want)
			}
			if h.opens != tt.opens || len(got.Cleanup.LeftBehind) != tt.left || h.calls[len(h.calls)-1] != tt.lastCalls {
				t.Errorf("%d sessions, left %v, calls %v", h.opens, got.Cleanup.LeftBehind, h.calls)
			}
		})
	}
}

func TestMismatchIsAnEvent(t *testing.T) {
	var h harness
	got := h.run(t.Context(), DefaultScript(FTP), func(_ *harness, s Step) (Outcome, bool) {
		return Outcome{OK: true, Bytes: 100, SHA256: "00"}, s.Op == OpGet
	})
	last := got.Events[len(got.Events)-1]
	if last.Kind != KindCheck || last.Phase != PhaseVerify || last.Failure.Class != ClassMismatch || last.Attr["check"] != "content" {
		t.Errorf("event %+v", last)
	}
}

func TestExpectationsDecideTheStatus(t *testing.T) {
	denied := Outcome{Final: &Code{Space: SpaceFTP, Value: 550, Text: "550 Permission denied"}, Detail: "550 Permission denied"}
	fine := Outcome{OK: true, Final: &Code{Space: SpaceFTP, Value: 226, Text: "226 ok"}}
	three := Outcome{OK: true, Listing: &ListingInfo{Entries: 1}, Entries: []Entry{{Name: "a.csv", Size: 5, ModTime: time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)}}}
	listed := func(e Entry) Outcome {
		e.Name = "a.csv"
		return Outcome{OK: true, Listing: &ListingInfo{Entries: 1}, Entries: []Entry{e}}
	}
	rounded := listed(Entry{ModTime: time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC), Within: time.Minute})
	future := listed(Entry{ModTime: time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC), Within: time.Minute})
	undated := listed(Entry{})
	tests := []struct {
		name string
		step Step
		out  Outcome
		want Status
	}{
		{"plain success", Step{}, fine, StatusPass},
		{"plain refusal", Step{}, denied, StatusFail},
		{"expected refusal", Step{Expect: Expect{Codes: []string{"550"}}}, denied, StatusRefusal},
		{"any refusal", Step{Expect: Expect{Codes: []string{ExpectRefused}}}, denied, StatusRefusal},
		{"class of refusal", Step{Expect: Expect{Codes: []string{"5xx"}}}, denied, StatusRefusal},
		{"other refusal", Step{Expect: Expect{Codes: []string{"553"}}}, denied, StatusFail},
		{"success where refusal was due", Step{Expect: Expect{Codes: []string{ExpectRefused}}}, fine, StatusFail},
		{"refusal and a lost session", Step{Expect: Expect{Codes: []string{"550"}}}, Outcome{Over: true, Final: denied.Final}, StatusFail},
		{"expected refusal of the login and a lost session", Step{Op: OpLogin, Expect: Expect{Codes: []string{"550"}}}, Outcome{Over: true, Final: denied.Final}, StatusRefusal},
		{"expected refusal of the connection", Step{Op: OpConnect, Expect: Expect{Codes: []string{ExpectRefused}}}, Outcome{Over: true, Final: denied.Final}, StatusRefusal},
		{"lost at the login", Step{Op: OpLogin, Expect: Expect{Codes: []string{ExpectRefused}}}, Outcome{Over: true}, StatusFail},
		{"expected refusal of the login without a code", Step{Op: OpLogin, Expect: Expect{Codes: []string{ExpectRefused}}}, Outcome{Over: true, Refused: true}, StatusRefusal},
		{"refusal of the login that is another one", Step{Op: OpLogin, Expect: Expect{Codes: []string{"550"}}}, Outcome{Over: true, Refused: true}, StatusFail},
		{"success by SFTP", Step{Expect: Expect{Codes: []string{"2xx"}}}, Outcome{OK: true, Final: &Code{Space: SpaceSFTP, Value: 1}}, StatusPass},
		{"success by SFTP, by its number", Step{Expect: Expect{Codes: []string{"sftp 1"}}}, Outcome{OK: true, Final: &Code{Space: SpaceSFTP, Value: 1}}, StatusPass},
		{"another status of SFTP", Step{Expect: Expect{Codes: []string{"sftp 4"}}}, Outcome{Final: &Code{Space: SpaceSFTP, Value: 3}}, StatusFail},
		{"failure by SFTP is no 2xx", Step{Expect: Expect{Codes: []string{"2xx", "sftp 4"}}}, Outcome{Final: &Code{Space: SpaceSFTP, Value: 2}}, StatusFail},
		{"may fail", Step{MayFail: true}, denied, StatusWarn},
		{"may fail but not end the session", Step{MayFail: true}, Outcome{Over: true}, StatusFail},
		{"enough entries", Step{Expect: Expect{MinEntries: 1}}, three, StatusPass},
		{"too few entries", Step{Expect: Expect{MinEntries: 2}}, three, StatusFail},
		{"pattern found", Step{Expect: Expect{Name: "*.csv"}}, three, StatusPass},
		{"pattern not found", Step{Expect: Expect{Name: "*.xml"}}, three, StatusFail},
		{"young enough", Step{Expect: Expect{MaxAge: 2 * time.Hour}}, three, StatusPass},
		{"too old", Step{Expect: Expect{MaxAge: time.Minute}}, three, StatusFail},
		{"old enough", Step{Expect: Expect{MinAge: time.Minute}}, three, StatusPass},
		{"too young", Step{Expect: Expect{MinAge: 2 * time.Hour}}, three, StatusFail},
		{"surely old enough", Step{Expect: Expect{MinAge: 59 * time.Minute}}, rounded, StatusPass},
		{"perhaps too young", Step{Expect: Expect{MinAge: 59*time.Minute + time.Second}}, rounded, StatusFail},
		{"surely young enough", Step{Expect: Expect{MaxAge: time.Hour}}, rounded, StatusPass},
		{"perhaps too old", Step{Expect: Expect{MaxAge: time.Hour - time.Second}}, rounded, StatusFail},
		{"old enough in the future", Step{Expect: Expect{MinAge: time.Second}}, future, StatusFail},
		{"no time, which may be too young", Step{Expect: Expect{MinAge: time.Second}}, undated, StatusFail},
		{"no time, which may be too old", Step{Expect: Expect{MaxAge: 1000 * time.Hour}}, undated, StatusFail},
		{"no time and no age", Step{Expect: Expect{Name: "a.csv"}}, undated, StatusPass},
		{"too small", Step{Expect: Expect{MinSize: 6}}, three, StatusFail},
		{"big enough by what the server says", Step{Expect: Expect{MinSize: 6}}, Outcome{OK: true, HasSize: true, Size: 6}, StatusPass},
		{"too small by what the server says", Step{Expect: Expect{MinSize: 6}}, Outcome{OK: true, HasSize: true, Size: 5, Bytes: 9}, StatusFail},
		{"big enough by what came", Step{Expect: Expect{MinSize: 6}}, Outcome{OK: true, Bytes: 6, Size: 1}, StatusPass},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.step.Name = "list"
			if tt.step.Op == "" {
				tt.step.Op = OpList
			}
			var h harness
			got := h.run(t.Context(), Script{Steps: []Step{tt.step}}, func(*harness, Step) (Outcome, bool) { return tt.out, true })
			if got.Steps[0].Status != tt.want {
				t.Errorf("got %s (%s), want %s", got.Steps[0].Status, got.Steps[0].Detail, tt.want)
			}
		})
	}
}

// TestDetailTellsTheProblem: what is wrong with a step is told, and of one that is right what the driver has to say.
func TestDetailTellsTheProblem(t *testing.T) {
	fine := Outcome{OK: true, Detail: "3 entries", Final: &Code{Space: SpaceFTP, Value: 226, Text: "ok"}}
	for code, want := range map[string]string{"226": "3 entries", "250": "expected 250, got 226 ok"} {
		var h harness
		step := Step{Name: "list", Op: OpList, Expect: Expect{Codes: []string{code}}}
		got := h.run(t.Context(), Script{Steps: []Step{step}}, func(*harness, Step) (Outcome, bool) { return fine, true })
		if got.Steps[0].Detail != want {
			t.Errorf("%s: %q, want %q", code, got.Steps[0].Detail, want)
		}
	}
}

// TestOnlyWholeUploadsAreCompared: what was not sent by this run, or not whole, has no size that it must have.
func TestOnlyWholeUploadsAreCompared(t *testing.T) {
	foreign := Script{Steps: []Step{{Name: "put", Op: OpPut}, {Name: "size", Op: OpSize, Path: "another one"}}}
	half := Script{Steps: []Step{{Name: "put", Op: OpPut, Path: "x", MayFail: true}, {Name: "size", Op: OpSize, Path: "x"}}}
	for name, script := range map[string]Script{"foreign": foreign, "half": half} {
		var h harness
		got := h.run(t.Context(), script, func(h *harness, s Step) (Outcome, bool) {
			switch {
			case s.Op == OpSize:
				return Outcome{OK: true, Size: 7, HasSize: true}, true
			case s.Op == OpPut && name == "half":
				h.files[s.Path] = nil
				return Outcome{Created: true, Detail: "452"}, true
			}
			return Outcome{}, false
		})
		if s := got.Steps[1]; s.Status != StatusPass {
			t.Errorf("%s: %s %s", name, s.Status, s.Detail)
		}
	}
}

func TestInterruptedRunIsCleanedUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var h harness
	got := h.run(ctx, DefaultScript(FTP), func(h *harness, s Step) (Outcome, bool) {
		if s.Op == OpGet {
			cancel()
			return Outcome{Over: true, Detail: "interrupted"}, true
		}
		return Outcome{}, false
	})
	if !got.Interrupted || len(got.Cleanup.LeftBehind) != 0 || len(h.files) != 0 || h.opens != 2 {
		t.Errorf("interrupted %v, left %v, files %v, sessions %d", got.Interrupted, got.Cleanup.LeftBehind, h.files, h.opens)
	}
	if h.calls[len(h.calls)-1] != "quit" {
		t.Errorf("calls %v: a clean-up ends with quit", h.calls)
	}
}

func TestPattern(t *testing.T) {
	for _, size := range []int64{0, 1, 100, patternBlock - 1, patternBlock, patternBlock + 1, 1 << 20} {
		p := NewPattern(size, 7, false)
		r, _ := p.Open()
		whole, _ := io.ReadAll(r)
		r, _ = p.Open()
		pieces, _ := io.ReadAll(iotestOneByteThenRest(r))
		if int64(len(whole)) != size || p.Size() != size || hash(whole) != hash(pieces) {
			t.Errorf("size %d: %d bytes, same content however it is read: %v", size, len(whole), hash(whole) == hash(pieces))
		}
	}
	r, _ := NewPattern(200, 1, true).Open()
	text, _ := io.ReadAll(r)
	if !strings.HasSuffix(string(text), "\n") || strings.Trim(string(text), "abcdefghijklmnopqrstuvwxyz\n") != "" {
		t.Errorf("text pattern %q", text)
	}
}

func iotestOneByteThenRest(r io.Reader) io.Reader { return io.MultiReader(io.LimitReader(r, 1), r) }

func TestTargetURL(t *testing.T) {
	tests := map[string]Target{
		"ftp://u@h":                  {Protocol: FTP, Host: "h", Port: 21, User: "u"},
		"ftpes://h:2121/in":          {Protocol: FTPES, Host: "h", Port: 2121, Path: "in"},
		"ftp://h//abs":               {Protocol: FTP, Host: "h", Port: 21, Path: "/abs"},
		"sftp://a%40b@[::1]:22/~/in": {Protocol: SFTP, Host: "::1", Port: 22, User: "a@b", Path: "in"},
		"sftp://h/data":              {Protocol: SFTP, Host: "h", Port: 22, Path: "/data"},
	}
	for want, target := range tests {
		if got := target.URL(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
