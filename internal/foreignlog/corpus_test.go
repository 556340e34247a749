package foreignlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/classify"
	"mftprobe/probe"
)

// testNow is the clock of all tests: logs without a year are of this one.
func testNow() time.Time { return time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC) }

// logCase is one log of testdata with what is known to be in it.
type logCase struct {
	name     string
	format   string
	sessions []string
}

// logCases reads the list of what is in each log. A log that the list lacks is an error: it would be
// tested for nothing.
func logCases(t *testing.T) []logCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []logCase
	listed := map[string]bool{}
	sc := bufio.NewScanner(bytes.NewReader(raw))
	for sc.Scan() {
		f := strings.Fields(sc.Text())
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		out = append(out, logCase{f[0], f[1], f[2:]})
		listed[f[0]] = true
	}
	err = filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		name, ok := strings.CutSuffix(filepath.ToSlash(path), ".log")
		if ok && !listed[strings.TrimPrefix(name, "testdata/")] {
			t.Errorf("%s is not in expected.txt", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readCase(t *testing.T, c logCase, format string) Result {
	t.Helper()
	f, err := os.Open("testdata/" + c.name + ".log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := Reader{Now: testNow}.Read(f, format)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestFormatsAreDetected reads every log without naming its format, and again with its name.
func TestFormatsAreDetected(t *testing.T) {
	seen := map[string]int{}
	for _, c := range logCases(t) {
		t.Run(c.name, func(t *testing.T) {
			res := readCase(t, c, "")
			if res.Format != c.format {
				t.Fatalf("detected %s, want %s", res.Format, c.format)
			}
			if len(res.Transcripts) != len(c.sessions) {
				t.Errorf("%d sessions, want %d", len(res.Transcripts), len(c.sessions))
			}
			named := readCase(t, c, c.format)
			if len(named.Transcripts) != len(res.Transcripts) {
				t.Errorf("%d sessions with the format named, %d without", len(named.Transcripts), len(res.Transcripts))
			}
		})
		seen[c.format]++
	}
	for _, f := range Formats() {
		if seen[f.Name] == 0 {
			t.Errorf("no log of format %s is tested", f.Name)
		}
	}
}

// Shares of sessions that have to be judged as what they are.
const (
	wantCause = 0.97
	wantStep  = 0.97
)

// TestVerdicts judges every session of every log. This is what the package is for: the verdict on
// anyone's log is right.
func TestVerdicts(t *testing.T) {
	var total, cause, step, sure int
	for _, c := range logCases(t) {
		res := readCase(t, c, "")
		for i, tr := range res.Transcripts {
			if i >= len(c.sessions) {
				break
			}
			v := classify.Judge(tr).Verdict
			want, at, _ := strings.Cut(c.sessions[i], "@")
			right := slices.Contains(strings.Split(want, "|"), verdictWord(v))
			total++
			if right {
				cause++
			} else {
				t.Logf("%s, session %d: %s (%s) in %s, want %s", c.name, i+1, verdictWord(v), v.Confidence, v.Step, c.sessions[i])
			}
			if v.Step == at {
				step++
			} else if right {
				t.Logf("%s, session %d: in step %s, want %s", c.name, i+1, v.Step, at)
			}
			if !right && v.Confidence == classify.Certain {
				sure++
				t.Errorf("%s, session %d: certain of %s", c.name, i+1, v.Cause)
			}
			if v.Outcome == classify.OutcomePass && want != "pass" {
				t.Errorf("%s, session %d: a failure passes", c.name, i+1)
			}
			if v.Outcome == classify.OutcomeFail && want == "pass" {
				t.Errorf("%s, session %d: a good session fails", c.name, i+1)
			}
		}
	}
	t.Logf("%d sessions: cause %.3f, step %.3f, certain and wrong %d", total, share(cause, total), share(step, total), sure)
	if share(cause, total) < wantCause {
		t.Errorf("the cause is right in %d of %d sessions", cause, total)
	}
	if share(step, total) < wantStep {
		t.Errorf("the step is right in %d of %d sessions", step, total)
	}
}

func share(n, total int) float64 { return float64(n) / float64(max(total, 1)) }

func verdictWord(v classify.Verdict) string {
	switch {
	case v.Outcome == classify.OutcomeUnknown:
		return "unknown"
	case v.Cause == "":
		return "pass"
	}
	return string(v.Cause)
}

// secrets are the passwords that were used in the sessions of testdata.
var secrets = []string{"s3cret-Pw", "wrong-Pass1", "geheim-Wort9", "passphrase1"}

// TestNoSecretLeaves looks for every password in everything that comes out.
func TestNoSecretLeaves(t *testing.T) {
	shown := 0
	for _, c := range logCases(t) {
		raw, err := os.ReadFile("testdata/" + c.name + ".log")
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(readCase(t, c, ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if bytes.Contains(raw, []byte(s)) {
				shown++
			}
			if bytes.Contains(out, []byte(s)) {
				t.Errorf("%s: the password %s comes out", c.name, s)
			}
		}
	}
	if shown < 20 {
		t.Errorf("only %d logs show a password: this test would find little", shown)
	}
}

// TestStories compares steps, events and notes of every log with what was seen before.
func TestStories(t *testing.T) {
	byFormat := map[string]*strings.Builder{}
	for _, c := range logCases(t) {
		if byFormat[c.format] == nil {
			byFormat[c.format] = &strings.Builder{}
		}
		tell(byFormat[c.format], c, readCase(t, c, ""))
	}
	for format, b := range byFormat {
		t.Run(format, func(t *testing.T) { golden(t, "testdata/"+format+".golden", b.String()) })
	}
}

// tell writes a log's sessions down, one line for each step and event.
func tell(b *strings.Builder, c logCase, res Result) {
	fmt.Fprintf(b, "== %s\n", c.name)
	for _, n := range res.Notes {
		fmt.Fprintf(b, "note %s\n", n)
	}
	for _, t := range res.Transcripts {
		fmt.Fprintf(b, "session %s %s user %q started %s\n", t.RunID, t.Target.URL, t.Target.User, t.StartedAt)
		for _, s := range t.Steps {
			fmt.Fprintf(b, "  step %s %s %q %d bytes\n", s.Name, s.Status, s.Path, s.Bytes)
		}
		for _, e := range t.Events {
			fmt.Fprintf(b, "  %d %s/%s %s %s %s%s\n", e.Seq, e.Step, e.Phase, e.Direction, e.Kind, e.Command, ending(e))
		}
	}
}

func ending(e probe.Event) string {
	s := ""
	if e.Code != nil {
		s += fmt.Sprintf(" %s %d", e.Code.Space, e.Code.Value)
	}
	if e.Failure != nil {
		s += " " + string(e.Failure.Class)
	}
	if e.Tolerated {
		s += " survived"
	}
	return s
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs at %q: rewrite it with UPDATE_GOLDEN=1 and read the difference", file, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return g[i]
		}
	}
	return "the end"
}
