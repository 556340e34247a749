package foreignlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"mftprobe/classify"
	"mftprobe/probe"
)

// forms are the ways in which a log may reach us other than as it was written.
var forms = []struct {
	name string
	make func(string) []byte
}{
	{"CRLF", func(s string) []byte {
		return []byte(strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\n", "\r\n"))
	}},
	{"UTF-8 with a mark", func(s string) []byte { return []byte("\xef\xbb\xbf" + s) }},
	{"UTF-16LE with a mark", func(s string) []byte { return utf16Bytes(binary.LittleEndian, "\ufeff"+s) }},
	{"UTF-16BE with a mark", func(s string) []byte { return utf16Bytes(binary.BigEndian, "\ufeff"+s) }},
	{"colours", func(s string) []byte {
		var b strings.Builder
		for _, l := range strings.SplitAfter(s, "\n") {
			b.WriteString("\x1b[1;32m\x1b]0;title\x07" + strings.TrimRight(l, "\r\n") + "\x1b[0m\x1b[K\n")
		}
		return []byte(b.String())
	}},
	{"quoted", before("> ")},
	{"a column", before("| ")},
	{"a block of Markdown", func(s string) []byte { return []byte("Hello, this is what I get:\n\n```text\n" + s + "\n```\n") }},
	{"indented", before("    ")},
	{"from a container", before("transfer-1  | ")},
	{"with a build server's time", before("2024-05-01T10:00:00.1234567Z ")},
	{"quoted with a time", before("> [10:00:00] ")},
	{"read byte by byte", func(s string) []byte { return []byte(s) }},
}

// before puts the same in front of every line.
func before(front string) func(string) []byte {
	return func(s string) []byte {
		lines := strings.SplitAfter(strings.TrimSuffix(s, "\n"), "\n")
		return []byte(front + strings.Join(lines, front) + "\n")
	}
}

func utf16Bytes(order binary.ByteOrder, s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], u)
	}
	return b
}

// TestFormsTellTheSame reads one log of each format in other encodings; the verdicts must not change.
func TestFormsTellTheSame(t *testing.T) {
	done, ofEach := map[string]int{}, 3
	if testing.Short() {
		ofEach = 1
	}
	for _, c := range logCases(t) {
		if done[c.format]++; done[c.format] > ofEach {
			continue
		}
		raw, err := os.ReadFile("testdata/" + c.name + ".log")
		if err != nil {
			t.Fatal(err)
		}
		want := verdicts(t, bytes.NewReader(raw))
		for _, f := range forms {
			var r io.Reader = bytes.NewReader(f.make(string(raw)))
			if f.name == "read byte by byte" {
				r = iotest.OneByteReader(r)
			}
			if got := verdicts(t, r); got != want {
				t.Errorf("%s as %s:\n got %s\nwant %s", c.name, f.name, got, want)
			}
		}
	}
}

func verdicts(t *testing.T, r io.Reader) string {
	t.Helper()
	res, err := Reader{Now: testNow}.Read(r, "")
	if err != nil {
		return err.Error()
	}
	out := res.Format
	for _, tr := range res.Transcripts {
		v := classify.Judge(tr).Verdict
		out += fmt.Sprintf(" %s/%s/%s", v.Outcome, v.Cause, v.Step)
	}
	return out
}

func TestLatin1(t *testing.T) {
	log := strings.ReplaceAll("Statut :\tConnexion à 192.0.2.10:21...\nErreur :\tConnexion refusée par le serveur\n", "à", "\xe0")
	res, err := Read(strings.NewReader(strings.ReplaceAll(log, "é", "\xe9")), "")
	if err != nil {
		t.Fatal(err)
	}
	if v := classify.Judge(res.Transcripts[0]).Verdict; v.Cause != classify.CausePortRefused {
		t.Errorf("judged %s", v.Cause)
	}
}

func TestNoLog(t *testing.T) {
	tests := []struct{ name, input, format, want string }{
		{"empty", "", "", "the log is empty"},
		{"blank", " \n\t\n", "", "the log is empty"},
		{"gzip", "\x1f\x8b\x08\x00rest", "", "gzip"},
		{"zip", "PK\x03\x04rest", "", "ZIP"},
		{"pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "", "packet capture"},
		{"pcapng", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00", "", "packet capture"},
		{"picture", "\x89PNG\r\n\x1a\n", "", "picture"},
		{"journal", "LPKSHHRH\x00\x00", "", "journalctl"},
		{"program", "\x7fELF\x02\x01\x01\x00", "", "ELF"},
		{"zeros", "Status:\x00\x00\x00 text", "", "NUL byte at offset 7"},
		{"control characters", strings.Repeat("a\x01\x02", 100), "", "control characters"},
		{"JSON", `{"schema_version": 1}`, "", "JSON"},
		{"HTML", "<!DOCTYPE html><html>", "", "HTML"},
		{"other XML", "<?xml version=\"1.0\"?>\n<log/>", "", "XML"},
		{"key", "-----BEGIN OPENSSH PRIVATE KEY-----", "", "PEM"},
		{"prose", "Dear all,\nthe upload does not work.\n", "", "no known log"},
		{"web server", "192.0.2.1 - - [24/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl\"\n", "", "no known log"},
		{"web client", "Error: 500 Internal Server Error\nError: 404 Not Found\nERROR: 502 Bad Gateway\n", "", "no known log"},
		{"numbers", "2026-11-24 10:00:00 INFO 250 files were copied to USER and LIST\n[10:00:01] total: 331\n", "", "no known log"},
		{"unknown format", "220 hello", "cuteftp", `unknown log format "cuteftp"`},
		{"named but not it", "Dear all,\nthe upload does not work.\n", "curl", "no session"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tt.input), tt.format)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want one with %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %v", err)
			}
			if strings.Contains(err.Error(), "Dear all") {
				t.Errorf("the error shows the text: %v", err)
			}
		})
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, r := range []io.Reader{
		iotest.ErrReader(broken),
		io.MultiReader(strings.NewReader("Status:\tConnecting to 192.0.2.10:21...\n"+strings.Repeat("Status:\tx\n", 2000)), iotest.ErrReader(broken)),
	} {
		if _, err := Read(r, ""); !errors.Is(err, broken) {
			t.Errorf("error %v, want the reader's", err)
		}
	}
}

// TestTruncated cuts every log after every few lines. Nothing may break, and what is missing may not
// turn into a failure of which the judge is certain.
func TestTruncated(t *testing.T) {
	cuts := 20 // of each log
	if testing.Short() {
		cuts = 4
	}
	for _, c := range logCases(t) {
		raw, err := os.ReadFile("testdata/" + c.name + ".log")
		if err != nil {
			t.Fatal(err)
		}
		good := len(c.sessions) == 1 && c.sessions[0] == "pass"
		lines := bytes.SplitAfter(raw, []byte("\n"))
		stride := max(1, len(lines)/cuts)
		for n := 1; n < len(lines); n += stride {
			cut := bytes.Join(lines[:n], nil)
			cut = cut[:max(1, len(cut)-3)]
			res, err := Reader{Now: testNow}.Read(bytes.NewReader(cut), c.format)
			if err != nil {
				continue
			}
			for _, tr := range res.Transcripts {
				last := tr.Events[len(tr.Events)-1]
				// the client would have tried something else
				refused := last.Code != nil && last.Code.Value >= 400 || last.Attr["outcome"] == "failed"
				if v := classify.Judge(tr).Verdict; good && v.Outcome == classify.OutcomeFail && !refused {
					t.Errorf("%s cut after %d lines fails with %s", c.name, n, v.Cause)
				}
			}
		}
	}
}

// repeated yields a piece of text again and again up to a number of bytes.
type repeated struct {
	piece string
	left  int64
	pos   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.piece[r.pos:])
	r.pos = (r.pos + n) % len(r.piece)
	r.left -= int64(n)
	return n, nil
}

// TestBigLog reads a hundred megabytes of sessions, and one session of the same size, with little
// memory.
func TestBigLog(t *testing.T) {
	if testing.Short() {
		t.Skip("reads more than a hundred megabytes")
	}
	session := "---- Connecting to h (192.0.2.10) port 21\n<--- 220 hello\n---> USER bob\n<--- 331 pw\n---> PASS geheim-Wort9\n<--- 230 ok\n---> PWD\n<--- 257 \"/\"\n---> QUIT\n<--- 221 bye\n---- Closing control socket\n"
	library := "Connected to 192.0.2.10:21 (No encryption)\n< 220 hello\n> USER bob\n< 331 pw\n> PASS geheim-Wort9\n< 530 no\nFTPError: 530 no\n    at Socket.x (y.js:1:2)\n"
	ssh := "DEBUG:paramiko.transport:starting thread (client mode): 0x1\nINFO:paramiko.transport:Connected (version 2.0, client OpenSSH_9.2)\n" +
		"DEBUG:paramiko.transport:Attempting password auth...\nINFO:paramiko.transport:Authentication (password) failed.\nparamiko.ssh_exception.AuthenticationException: no\n"
	one := "---> LIST\n<--- 150 go\n<--- 226 done " + strings.Repeat("x", 200) + "\n"
	for _, tt := range []struct {
		name, piece string
		size        int64
	}{
		{"many sessions", session, 24 << 20},
		{"one session", one, 100 << 20},
		{"a library's sessions", library, 1 << 20},
		{"SSH sessions", ssh, 1 << 20},
		{"quoted sessions", "> [10:00:00] " + strings.ReplaceAll(strings.TrimSuffix(session, "\n"), "\n", "\n> [10:00:00] ") + "\n", 1 << 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			res, err := Read(&repeated{piece: tt.piece, left: tt.size}, "")
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 64<<20 {
				t.Errorf("%d MiB are held", held>>20)
			}
			if len(res.Transcripts) > MaxSessions {
				t.Errorf("%d sessions", len(res.Transcripts))
			}
			runtime.KeepAlive(res)
		})
	}
}

func TestByteLimit(t *testing.T) {
	line := "---> NOOP\n"
	for _, tt := range []struct {
		limit int64
		full  bool
	}{{int64(len(line)) * 10, false}, {int64(len(line))*10 - 1, true}, {int64(len(line)) * 5, true}} {
		l, err := newLines(strings.NewReader(strings.Repeat(line, 10)))
		if err != nil {
			t.Fatal(err)
		}
		l.limit = tt.limit
		n := 0
		for l.scan() {
			n++
		}
		if l.full != tt.full {
			t.Errorf("limit %d: full is %v after %d lines", tt.limit, l.full, n)
		}
	}
}

func TestLineLimit(t *testing.T) {
	for _, n := range []int{MaxLine - 1, MaxLine, MaxLine + 1, MaxLine * 10} {
		l, err := newLines(strings.NewReader(strings.Repeat("a", n) + "\nnext\n"))
		if err != nil {
			t.Fatal(err)
		}
		l.scan()
		if len(l.text) != min(n, MaxLine) || l.cut != (n > MaxLine) {
			t.Errorf("a line of %d bytes became %d, cut %v", n, len(l.text), l.cut)
		}
		if !l.scan() || l.text != "next" {
			t.Errorf("after a line of %d bytes comes %q", n, l.text)
		}
	}
}

func TestSessionLimit(t *testing.T) {
	good := "---- Connecting to h (192.0.2.10) port 21\n<--- 220 hello\n---> QUIT\n<--- 221 bye\n---- Closing control socket\n"
	bad := strings.ReplaceAll(good, "220 hello", "421 too many")
	for _, tt := range []struct{ before, after, kept int }{{0, MaxSessions - 1, MaxSessions}, {0, MaxSessions, MaxSessions}, {10, MaxSessions * 2, MaxSessions}} {
		log := strings.Repeat(good, tt.before) + bad + strings.Repeat(good, tt.after)
		res, err := Read(strings.NewReader(log), "")
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Transcripts) != tt.kept {
			t.Errorf("%d sessions kept, want %d", len(res.Transcripts), tt.kept)
		}
		if over := tt.before+1+tt.after > MaxSessions; res.Truncated != over {
			t.Errorf("%d sessions: truncated is %v", tt.before+1+tt.after, res.Truncated)
		}
		failed := 0
		for _, tr := range res.Transcripts {
			if classify.Judge(tr).Verdict.Outcome == classify.OutcomeFail {
				failed++
			}
		}
		if failed != 1 {
			t.Errorf("%d failed sessions are left, want the one that there was", failed)
		}
	}
}

func TestEventLimit(t *testing.T) {
	var log strings.Builder
	for i := range 40 {
		fmt.Fprintf(&log, "---- Connecting to h%d (192.0.2.10) port 21\n<--- 220 hello\n", i)
		log.WriteString(strings.Repeat("---> NOOP\n<--- 200 ok\n", maxEvents/40))
	}
	res, err := Read(strings.NewReader(log.String()), "lftp")
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	for _, tr := range res.Transcripts {
		events += len(tr.Events)
	}
	if events > maxEvents+probe.MaxEvents || !res.Truncated {
		t.Errorf("%d events kept, truncated %v", events, res.Truncated)
	}
}

func TestStepLimit(t *testing.T) {
	for _, n := range []int{maxSteps, 2*maxSteps - 1, 2 * maxSteps, 3 * maxSteps} {
		steps := strings.Repeat("---> NOOP\n<--- 200 ok\n", n/2)
		log := steps + "---> DELE x\n<--- 550 no\n" + strings.Repeat("---> NOOP\n<--- 200 ok\n", n-n/2-1)
		res, err := Read(strings.NewReader(log), "lftp")
		if err != nil {
			t.Fatal(err)
		}
		tr := res.Transcripts[0]
		if len(tr.Steps) >= 2*maxSteps || res.Truncated != (n >= 2*maxSteps) {
			t.Errorf("of %d steps %d are kept, truncated %v", n, len(tr.Steps), res.Truncated)
		}
		if !slices.ContainsFunc(tr.Steps, func(s probe.StepResult) bool { return s.Status == probe.StatusFail }) {
			t.Errorf("of %d steps the failed one is lost", n)
		}
	}
}

func TestTextLimit(t *testing.T) {
	b := newBook(Reader{}, "lftp")
	long := strings.Repeat("ä", shortText)
	b.text = maxText
	if got := b.room(long); got != long {
		t.Errorf("a text was cut at the limit")
	}
	if got := b.room(long); len(got) > shortText {
		t.Errorf("a text of %d bytes was kept over the limit", len(got))
	}
}

func TestSecretLimit(t *testing.T) {
	var log strings.Builder
	for i := range maxSecrets + 5 {
		fmt.Fprintf(&log, "---> USER u\n<--- 331 pw\n---> PASS secret-number-%03d\n<--- 530 no\n", i)
	}
	res, err := Read(strings.NewReader(log.String()), "lftp")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range res.Transcripts[0].Events {
		if strings.Contains(e.Text, "secret-number") {
			t.Fatalf("event %d shows %q", e.Seq, e.Text)
		}
	}
	if !strings.Contains(strings.Join(res.Notes, "\n"), "more than 256 passwords") {
		t.Errorf("no note tells of it: %q", res.Notes)
	}
}

// TestSecretForms hides passwords that stand elsewhere than behind PASS, and their echoes in other
// encodings.
func TestSecretForms(t *testing.T) {
	for _, log := range []string{
		"$ curl -v -u 'bob:gehe!m' ftp://h/\n* Connected to h (192.0.2.10) port 21 (#0)\n< 220 hi gehe!m\n> USER bob\n< 331 pw\n> PASS gehe!m\n< 530 Login gehe%21m incorrect (Z2VoZSFt)\n",
		"* Connected to h (192.0.2.10) port 21 (#0)\n< 220 for ftp://bob:gehe!m@h/x\n> USER bob\n< 530 gehe!m\n",
		"lftp -u bob,gehe!m h\n---- Connecting to h (192.0.2.10) port 21\n<--- 220 gehe!m\n---> USER bob\n<--- 331 x\n---> PASS gehe!m\n<--- 530 gehe!m\n",
		"--2026-11-24 10:00:00--  ftp://bob:gehe!m@h/x\nConnecting to h (h)|192.0.2.10|:21... connected.\nLogging in as bob ... 220 hi\n\n--> USER bob\n\n331 gehe!m?\n\n--> PASS gehe!m\n\n530 gehe!m\n",
		"Connected to 192.0.2.10:21 (No encryption)\n< 220 gehe!m\n> USER bob\n< 331 pw\n> PASS gehe!m\n< 530 gehe!m is wrong\nFTPError: 530 gehe!m is wrong\n",
		"[INFO] {\"host\": \"h\", \"password\": \"gehe!m\"}\nConnected to 192.0.2.10:21 (No encryption)\n< 220 gehe!m\n",
		"DEBUG:paramiko.transport:Connected (version 2.0, client gehe!m)\nDEBUG:paramiko.transport:Attempting password auth...\nINFO:paramiko.transport:Authentication (password) failed.\n  t.connect(username='bob', password='gehe!m')\nparamiko.ssh_exception.AuthenticationException: gehe!m\n",
		"> SITE PSWD gehe!m other-one\n< 200 gehe!m is now other-one\n* Closing connection 0\n",
	} {
		res, err := Read(strings.NewReader(log), "")
		if err != nil {
			t.Fatal(err)
		}
		out := fmt.Sprintf("%+v", res.Transcripts)
		for _, form := range []string{"gehe!m", "gehe%21m", "Z2VoZSFt", "other-one"} {
			if strings.Contains(out, form) {
				t.Errorf("%q comes out of %q", form, log)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, dir := range names {
		if !dir.IsDir() || dir.Name() == "fuzz" {
			continue
		}
		files, err := os.ReadDir("testdata/" + dir.Name())
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range files {
			if raw, err := os.ReadFile("testdata/" + dir.Name() + "/" + file.Name()); err == nil && i%4 == 0 {
				f.Add(raw[:min(len(raw), 6000)], dir.Name())
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, format string) {
		res, err := Reader{Now: testNow}.Read(bytes.NewReader(raw), format)
		if err != nil {
			return
		}
		for _, tr := range res.Transcripts {
			checkTranscript(t, tr)
		}
	})
}

// checkTranscript holds a transcript against what every reader of transcripts relies on.
func checkTranscript(t *testing.T, tr probe.Transcript) {
	t.Helper()
	steps := map[string]bool{}
	for _, s := range tr.Steps {
		if steps[s.Name] {
			t.Errorf("two steps are named %s", s.Name)
		}
		steps[s.Name] = true
	}
	seq := 0
	for _, e := range tr.Events {
		if e.Seq <= seq || e.At < 0 || !steps[e.Step] && tr.Dropped == 0 || e.Phase == "" || e.Kind == "" || e.Direction == "" {
			t.Errorf("event %+v is not whole", e)
		}
		seq = e.Seq
	}
	classify.Judge(tr)
}
