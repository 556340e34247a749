package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mftprobe/classify"
	"mftprobe/internal/compare"
	"mftprobe/internal/foreignlog"
	"mftprobe/probe"
)

// hostile is what a server may say to break a form: terminal escapes, a bar, line ends with a forged
// first line, HTML, Markdown, XML, a spreadsheet formula, a direction override, bytes that are not UTF-8.
const hostile = "\x1b[2J\x1b]0;owned\a|'x'=1s\r\nMFT OK - all fine\n<script>alert(1)</script> ]]> &amp; `` ` `` **b** [l](http://x)" +
	" =cmd|' /C calc'!A0 \u202eabc\u2066 \u009b31m \xff\xfe \x00 \u2028end"

func at(ms int) probe.Millis { return probe.Millis(time.Duration(ms) * time.Millisecond) }

func ftpCode(value int, text string) *probe.Code {
	return &probe.Code{Space: probe.SpaceFTP, Value: value, Text: text}
}

// failed is a run that fails at put, every text of it hostile.
func failed() Result {
	reply := ftpCode(553, hostile)
	long := ftpCode(220, strings.Repeat("x", 8<<10))
	return Result{
		Transcript: probe.Transcript{
			RunID: "abcdefghij", Tool: probe.Tool{Name: "mftprobe", Version: "1.2.3"},
			StartedAt: probe.Timestamp(time.Date(2026, 11, 24, 12, 0, 0, 5e6, time.UTC)), Duration: at(1234),
			Target: probe.TargetInfo{URL: "ftpes://alice@ftp.example.com/in", Protocol: probe.FTPES, Host: "ftp.example.com", Port: 21, User: "alice"},
			Steps: []probe.StepResult{
				{Name: "connect", Op: probe.OpConnect, Status: probe.StatusPass, Duration: at(31), Codes: []probe.Code{*long}},
				{Name: "login", Op: probe.OpLogin, Status: probe.StatusPass, Duration: at(52), Codes: []probe.Code{*ftpCode(331, "Go on"), *ftpCode(230, hostile)}},
				{
					Name: "list", Op: probe.OpList, Status: probe.StatusRefusal, Duration: at(7), Codes: []probe.Code{*ftpCode(550, hostile)},
					Listing: &probe.ListingInfo{Command: "LIST", Format: "unix"},
				},
				{Name: "put", Op: probe.OpPut, Status: probe.StatusFail, Duration: at(1100), Codes: []probe.Code{*reply}, Detail: hostile, Path: "up.tmp"},
				{Name: "size", Op: probe.OpSize, Status: probe.StatusSkipped, Detail: "an earlier step failed"},
				{Name: "get", Op: probe.OpGet, Status: probe.StatusSkipped, Detail: "an earlier step failed"},
				{Name: "quit", Op: probe.OpQuit, Status: probe.StatusWarn, Duration: at(1), Detail: hostile},
			},
			Events: []probe.Event{
				{Seq: 1, At: at(30), Step: "connect", Phase: probe.PhaseDNS, Conn: "control", Direction: probe.Local, Kind: probe.KindLookup, Text: "ftp.example.com is 192.0.2.10"},
				{Seq: 2, At: at(31), Step: "connect", Phase: probe.PhaseGreeting, Conn: "control", Direction: probe.Received, Kind: probe.KindReply, Code: long},
				{Seq: 3, At: at(90), Step: "put", Phase: probe.PhaseTransfer, Conn: "control", Direction: probe.Sent, Kind: probe.KindCommand, Command: "STOR", Text: "STOR up.tmp"},
				{Seq: 4, At: at(1190), Step: "put", Phase: probe.PhaseTransfer, Conn: "control", Direction: probe.Received, Kind: probe.KindReply, Command: "STOR", Code: reply},
				{Seq: 5, At: at(1191), Step: "quit", Phase: probe.PhaseQuit, Conn: "control", Direction: probe.Local, Kind: probe.KindClose, Failure: &probe.Failure{Class: probe.ClassReset, Text: hostile}},
			},
			Connections: []probe.Connection{
				{
					ID: "control", Role: "control", Local: "198.51.100.7:50000", Remote: "192.0.2.10:21",
					TLS: &probe.TLSInfo{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", Chain: []probe.Certificate{{
						Subject: hostile, NotAfter: probe.Timestamp(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)),
					}}},
				},
				{ID: "ssh", Role: "ssh", SSH: &probe.SSHInfo{ServerVersion: hostile, Banner: hostile}},
			},
			Experiments: []probe.Experiment{{Name: "plain-file-name", Question: "Is the same content accepted under an ordinary name?", Outcome: "fails"}},
			Cleanup:     probe.Cleanup{Created: []string{"up.tmp"}, LeftBehind: []string{"up.tmp" + hostile}},
		},
		Judgement: classify.Judgement{
			Verdict: classify.Verdict{
				Outcome: classify.OutcomeFail, Step: "put", Phase: probe.PhaseTransfer, Cause: classify.CauseNoWritePermission, Side: classify.SideTheirs,
				Confidence: classify.Likely, Retry: classify.RetryAfterChange, Code: reply, Title: "The account may not write here",
				Why: "STOR was answered with " + hostile, Evidence: []int{4, 3},
				Advice:       classify.Advice{Us: []string{"Use the upload directory that was agreed."}, Them: "Please grant our account write permission: " + hostile},
				Alternatives: []classify.Alternative{{Cause: classify.CauseFilenamePolicy, Side: classify.SideTheirs, Confidence: classify.Possible, SettleBy: "Put the same bytes as probe.txt."}},
				Depth:        classify.Depth{Passed: 3, Total: 7},
			},
			Findings: []classify.Finding{{Severity: classify.SeverityWarning, Cause: classify.CauseCertExpired, Step: "connect", Title: "The certificate ends soon", Detail: hostile}},
		},
	}
}

// passed is a run over SFTP without a flaw.
func passed() Result {
	return Result{
		Transcript: probe.Transcript{
			RunID: "klmnopqrst", Tool: probe.Tool{Name: "mftprobe", Version: "1.2.3"},
			StartedAt: probe.Timestamp(time.Date(2026, 11, 24, 12, 0, 1, 0, time.UTC)), Duration: at(99),
			Target: probe.TargetInfo{Name: "bank", URL: "sftp://bob@sftp.example.com", Protocol: probe.SFTP, Host: "sftp.example.com", Port: 22, User: "bob"},
			Steps: []probe.StepResult{
				{Name: "connect", Op: probe.OpConnect, Status: probe.StatusPass, Duration: at(40), Detail: "SSH-2.0-OpenSSH_9.2p1"},
				{Name: "put", Op: probe.OpPut, Status: probe.StatusPass, Duration: at(9), Bytes: 1024, Codes: []probe.Code{{Space: probe.SpaceSFTP, Value: 0, Name: "SSH_FX_OK"}}},
			},
		},
		Judgement: classify.Judgement{Verdict: classify.Verdict{Outcome: classify.OutcomePass, Depth: classify.Depth{Passed: 2, Total: 2}}},
	}
}

// render writes results in a form.
func render(t *testing.T, form string, several bool, results ...Result) string {
	t.Helper()
	var b bytes.Buffer
	w, err := New(form, &b, several)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if err := w.Result(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with UPDATE_GOLDEN=1 and look at the change\n%s", path, got)
	}
}

// TestForms holds every form against its golden file, for one target and for two.
func TestForms(t *testing.T) {
	for _, form := range Forms() {
		one := render(t, form, false, failed())
		two := render(t, form, true, failed(), passed())
		golden(t, "one."+form, one)
		golden(t, "two."+form, two)
		for _, out := range []string{one, two} {
			checkHarmless(t, form, out)
			checkForged(t, form, out)
		}
	}
}

// checkHarmless: nothing that a terminal would obey, nothing that hides text, valid UTF-8.
func checkHarmless(t *testing.T, form, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%s: not UTF-8", form)
	}
	for _, r := range out {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			t.Errorf("%s: lets %U through", form, r)
			return
		}
	}
}

// checkForged: no line begins like the verdict of a plugin, other than the first.
func checkForged(t *testing.T, form, out string) {
	t.Helper()
	for line := range strings.SplitSeq(out, "\n") {
		if strings.HasPrefix(line, "MFT OK") {
			t.Errorf("%s: a server forged the line %q", form, line)
		}
	}
}

// TestTextWidth: the text form keeps to 80 columns but for words that must not be broken.
func TestTextWidth(t *testing.T) {
	r := failed()
	r.Verdict.Why, r.Verdict.Advice.Them = strings.Repeat("word ", 100), strings.Repeat("word ", 100)
	for line := range strings.SplitSeq(render(t, "text", false, r, passed()), "\n") {
		if n := utf8.RuneCountInString(line); n > 80 && strings.Count(strings.TrimSpace(line), " ") > 8 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestTextColour(t *testing.T) {
	var b bytes.Buffer
	w := NewText(&b, TextOptions{Color: true})
	_ = w.Result(failed())
	if !strings.Contains(b.String(), "\x1b[1;31mFAIL") {
		t.Error("no colour")
	}
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(b.String(), "")
	checkHarmless(t, "text in colour", escapes)
}

func TestTextQuiet(t *testing.T) {
	var b bytes.Buffer
	w := NewText(&b, TextOptions{Quiet: true})
	_, _ = w.Result(passed()), w.Close()
	if b.Len() != 0 {
		t.Errorf("says %q about what passed", b.String())
	}
	_ = w.Result(failed())
	if !strings.Contains(b.String(), "may not write") || strings.Contains(b.String(), "  ok ") {
		t.Errorf("quiet failure:\n%s", b.String())
	}
}

// TestTextLive: what is shown while a run goes on is what a finished run shows.
func TestTextLive(t *testing.T) {
	var live, after bytes.Buffer
	w := NewText(&live, TextOptions{Live: true})
	r := failed()
	w.Start(r.Target)
	for _, s := range r.Steps {
		w.Step(s)
	}
	_, _ = w.Result(r), NewText(&after, TextOptions{}).Result(r)
	if live.String() != after.String() {
		t.Errorf("live:\n%s\nafter:\n%s", live.String(), after.String())
	}
}

type broken struct{ left int }

var errFull = errors.New("no space left on device")

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestFullDisk: every form says when it could not be written, wherever that happens.
func TestFullDisk(t *testing.T) {
	for _, form := range Forms() {
		for _, room := range []int{0, 20} {
			w, err := New(form, &broken{left: room}, true)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Result(failed()), w.Close()); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d bytes: %v", form, room, err)
			}
		}
	}
}

// keys of the contract, in its order.
var contractKeys = []string{
	"schema_version", "run_id", "tool", "started_at", "duration_ms", "target", "verdict", "findings", "steps", "events", "connections",
	"experiments", "cleanup",
}

func TestJSONContract(t *testing.T) {
	for _, r := range []Result{failed(), passed(), {}} {
		out := render(t, "jsonl", false, r)
		last := -1
		for _, k := range contractKeys {
			i := strings.Index(out, `"`+k+`":`)
			if i < 0 || i < last {
				t.Errorf("key %s at %d after %d", k, i, last)
			}
			last = i
		}
		checkNoNullLists(t, out)
	}
	if out := render(t, "jsonl", false, passed()); !strings.Contains(out, `"cause":null`) || !strings.Contains(out, `"started_at":"2026-11-24T12:00:01.000Z","duration_ms":99,`) {
		t.Errorf("a pass: %s", out)
	}
}

// checkNoNullLists: of a list nobody has to ask whether it is there.
func checkNoNullLists(t *testing.T, out string) {
	t.Helper()
	for _, k := range []string{
		"findings", "steps", "events", "connections", "experiments", "created", "removed", "left_behind", "codes", "us", "evidence",
		"alternatives", "chain", "names", "auth_methods", "server_offers",
	} {
		if strings.Contains(out, `"`+k+`":null`) {
			t.Errorf("%s is null", k)
		}
	}
}

// TestJSONRoundTrip: what is written can be judged again, and a key that does not belong is an error.
func TestJSONRoundTrip(t *testing.T) {
	for _, out := range []string{
		render(t, "json", false, failed()), render(t, "json", true, failed(), passed()), render(t, "jsonl", true, failed(), passed()),
	} {
		results, err := Decode(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(strings.NewReader(render(t, "json", false, results[0])))
		if err != nil || !reflect.DeepEqual(again[0], results[0]) {
			t.Errorf("the first result changed on its way: %v", err)
		}
		if got, want := results[0], failed(); got.RunID != want.RunID || got.Steps[3].Duration != want.Steps[3].Duration || got.Verdict.Cause != want.Verdict.Cause ||
			!reflect.DeepEqual(got.Events[2], want.Events[2]) || len(got.Events) != len(want.Events) {
			t.Error("what was read is not what was written")
		}
	}
	for text, want := range map[string]string{
		`{"schema_version":1,"extra":1}`: `object 1: json: unknown field "extra"`,
		`{"schema_version":2}`:           "object 1: schema_version is 2, this program reads 1",
		`[{"schema_version":1}`:          "object 1: unexpected EOF",
		`nonsense`:                       "object 1: invalid character 'o' in literal null (expecting 'u')",
	} {
		if _, err := Decode(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%s\n got: %v\nwant: %s", text, err, want)
		}
	}
}

func TestJUnit(t *testing.T) {
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(render(t, "junit", true, failed(), passed())), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Tests != 9 || doc.Failures != 1 || len(doc.Suites) != 2 || len(doc.Suites[0].Cases) != 7 || len(doc.Suites[1].Cases) != 2 {
		t.Errorf("one case for each step: %+v", doc)
	}
	if c := doc.Suites[0].Cases; c[3].Failure == nil || c[4].Skipped == nil || c[0].Failure != nil {
		t.Errorf("failed and skipped steps: %+v", c)
	}
}

func TestNagiosLine(t *testing.T) {
	for _, r := range []Result{failed(), passed()} {
		out := render(t, "nagios", false, r)
		first, rest, _ := strings.Cut(out, "\n")
		text, perf, ok := strings.Cut(first, "|")
		if !ok || utf8.RuneCountInString(text) > maxFirstLine || strings.Contains(rest, "|") || strings.Contains(perf, "|") {
			t.Errorf("first line %q, rest %q", first, rest)
		}
		for _, p := range strings.Fields(perf) {
			if !regexp.MustCompile(`^'[^']+'=[0-9.]+(s|B)?;[^;]*;[^;]*;0;[0-9]*$`).MatchString(p) {
				t.Errorf("performance data %q", p)
			}
		}
	}
}

var (
	metricLine  = regexp.MustCompile(`^[a-z_]+\{target="[^"]*"(,[a-z]+="[^"]*")*\} [0-9.e+]+$`)
	metricNames = []string{
		"probe_success", "probe_duration_seconds", "probe_dns_lookup_time_seconds", "probe_ip_protocol", "probe_ssl_earliest_cert_expiry",
		"probe_tls_version_info", "probe_mft_duration_seconds", "probe_mft_depth", "probe_mft_steps", "probe_mft_reply_code", "probe_mft_failure_info",
	}
)

func TestMetrics(t *testing.T) {
	out := render(t, "openmetrics", true, failed(), passed())
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "# EOF\n"), "\n") {
		if line != "" && !strings.HasPrefix(line, "# ") && !metricLine.MatchString(line) {
			t.Errorf("line %q", line)
		}
	}
	for _, name := range metricNames {
		if !strings.Contains(out, "\n"+name+"{") {
			t.Errorf("no %s", name)
		}
	}
	if strings.Contains(out, "alice") || strings.Contains(out, "alert") {
		t.Error("a user name or server text is in the labels")
	}
	if !strings.Contains(out, `probe_mft_failure_info{target="ftpes://ftp.example.com:21",phase="transfer",cause="no-write-permission",side="theirs"} 1`) {
		t.Error("failure info")
	}
	if alone := string(metricsOf([]Result{passed()}, false)); !strings.Contains(alone, "\nprobe_success 1\n") {
		t.Error("without a target label there are no braces")
	}
}

func TestCompareForms(t *testing.T) {
	a, b := failed(), passed()
	c := Comparison{Comparison: compare.Compare(
		compare.Party{Label: hostile, Transcript: a.Transcript, Judgement: a.Judgement},
		compare.Party{Label: "embedded", Transcript: b.Transcript, Judgement: b.Judgement, Local: true},
	), Results: [2]Result{a, b}}
	for name, write := range map[string]func(io.Writer) error{
		"compare.text":     func(w io.Writer) error { return Compare("text", w, c, TextOptions{}) },
		"compare.json":     func(w io.Writer) error { return Compare("json", w, c, TextOptions{}) },
		"compare.markdown": func(w io.Writer) error { return Compare("markdown", w, c, TextOptions{}) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
		checkHarmless(t, name, out.String())
		if err := write(&broken{}); !errors.Is(err, errFull) {
			t.Errorf("%s on a full disk: %v", name, err)
		}
	}
}

func TestLineUpForms(t *testing.T) {
	ours, theirs := failed(), failed()
	theirs.Foreign, theirs.Target.URL, theirs.Events = "vsftpd", "", slices.Clone(theirs.Events[:3])
	two := TwoRecords{Ours: ours, Theirs: theirs, Lines: foreignlog.LineUp(ours.Transcript, theirs.Transcript)}
	for _, form := range []string{"text", "json"} {
		var out bytes.Buffer
		if err := LineUp(form, &out, two, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		golden(t, "lineup."+form, out.String())
		checkHarmless(t, form, out.String())
	}
}

func TestExplainForms(t *testing.T) {
	x := classify.Explain(classify.Query{Text: "553 " + hostile, Step: "put"})
	var text, js bytes.Buffer
	if err := errors.Join(Explain("text", &text, x, TextOptions{}), Explain("json", &js, x, TextOptions{})); err != nil {
		t.Fatal(err)
	}
	checkHarmless(t, "explain text", text.String())
	checkHarmless(t, "explain json", js.String())
	var back classify.Explanation
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || !reflect.DeepEqual(back.Causes, x.Causes) {
		t.Errorf("the JSON form holds other causes: %v", err)
	}
	if !strings.Contains(text.String(), "1. ") || !strings.Contains(text.String(), "no-write-permission") {
		t.Errorf("text:\n%s", text.String())
	}
}

func FuzzEscape(f *testing.F) {
	f.Add(hostile, 10)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(limit%4096, 0)
		out := escape(s, limit)
		checkHarmless(t, "escape", out)
		if utf8.RuneCountInString(out) > limit*10+1 {
			t.Errorf("%d runes for a limit of %d", utf8.RuneCountInString(out), limit)
		}
		checkHarmless(t, "codeSpan", codeSpan(s))
		checkHarmless(t, "plainText", plainText(s))
		for _, line := range Wrap(out, 40) {
			checkHarmless(t, "Wrap", line)
		}
	})
}

// TestProgress: a long transfer is followed on a line of its own, which the step's line replaces, on a
// terminal and nowhere else.
func TestProgress(t *testing.T) {
	far := probe.Event{Step: "put", At: probe.Millis(2 * time.Second), Bytes: 5_000_000, Attr: map[string]string{"progress": "5000000", "total": "20000000"}}
	unknown := probe.Event{Step: "get\x1b[2J", Bytes: 7_000_000, Attr: map[string]string{"progress": "7000000", "total": "0"}}
	done := probe.StepResult{Name: "put", Status: probe.StatusPass}
	for terminal, want := range map[bool]string{
		true:  "  …     put                      5.0 MB of 20.0 MB, 25 %\r\x1b[K  …     get\\x1b[2J               7.0 MB\r\x1b[K  ok    put               <1 ms\n",
		false: "  ok    put               <1 ms\n",
	} {
		var b strings.Builder
		w := NewText(&b, TextOptions{Live: true, Progress: terminal})
		w.Event(far)
		w.Event(unknown)
		w.Event(probe.Event{Step: "put", Text: "an ordinary event"})
		w.Step(done)
		if b.String() != want {
			t.Errorf("terminal %v: %q, want %q", terminal, b.String(), want)
		}
	}
}
