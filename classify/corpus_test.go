package classify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// recorded is one session of the corpus with what the judge must make of it.
//
// The corpus is text, so that a session can be read like a conversation: "=== name" begins one, ">"
// is a command of ours, "<" its reply, ">>" and "<<" are an SFTP request and its answer, "ev" is any
// other event, "step" begins a step of the script, and "want" says what must come out. Values with
// blanks stand in quotes.
type recorded struct {
	name string
	t    probe.Transcript
	want map[string]string
}

// writer makes the transcript of a session from its lines.
type writer struct {
	rec     recorded
	at      time.Duration
	step    string
	pending []string
	greeted bool
	begun   bool
}

func readCorpus(t testing.TB) []recorded {
	t.Helper()
	files, err := filepath.Glob("testdata/sessions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var out []recorded
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq("\n"+string(b), "\n=== ") {
			lines := strings.Split(strings.TrimSpace(part), "\n")
			if lines[0] == "" || strings.HasPrefix(lines[0], "#") {
				continue
			}
			w := &writer{rec: recorded{name: lines[0], want: map[string]string{}}}
			for i, line := range lines[1:] {
				if err := w.line(line); err != nil {
					t.Fatalf("%s: session %s, line %d: %v", name, lines[0], i+2, err)
				}
			}
			w.finish()
			out = append(out, w.rec)
		}
	}
	return out
}

// fields cuts a line at blanks outside of quotes.
func fields(line string) []string {
	var out []string
	quoted, word := false, strings.Builder{}
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ' ' && !quoted:
			flush()
		default:
			word.WriteRune(c)
		}
	}
	flush()
	return out
}

// options reads key=value pairs.
func options(words []string) map[string]string {
	out := map[string]string{}
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		out[k] = strings.NewReplacer(`\n`, "\n", `\x15`, "\x15", `\x03`, "\x03").Replace(v)
	}
	return out
}

func (w *writer) line(line string) error {
	line = strings.TrimSpace(line)
	key, rest, _ := strings.Cut(line, " ")
	if lines, ok := openings_[key]; ok {
		for l := range strings.SplitSeq(lines, "\n") {
			if err := w.line(strings.ReplaceAll(l, "{greeting}", orElse(rest, "ready"))); err != nil {
				return err
			}
		}
		return nil
	}
	words := fields(rest)
	t := &w.rec.t
	switch key {
	case "", "#":
	case "target":
		port, _ := strconv.Atoi(words[1])
		t.Target = probe.TargetInfo{Protocol: probe.Protocol(words[0]), Port: port, Host: "ftp.example.com", User: "acme"}
	case "step":
		w.openStep(words)
	case "wait":
		d, err := time.ParseDuration(rest)
		w.at += d
		return err
	case ">", "<", "<!":
		w.ftp(key, rest)
	case ">>", "<<":
		w.sftp(key, words)
	case "ev":
		return w.event(probe.Kind(words[0]), options(words[1:]))
	case "conn":
		return w.connection(options(words))
	case "exp":
		t.Experiments = append(t.Experiments, probe.Experiment{Name: words[0], Outcome: words[1]})
	case "left":
		t.Cleanup.LeftBehind = append(t.Cleanup.LeftBehind, words[0])
	case "created":
		t.Cleanup.Created = append(t.Cleanup.Created, words[0])
	case "foreign":
		t.Foreign = words[0]
	case "interrupted":
		t.Interrupted = true
	case "started":
		at, err := time.Parse(time.RFC3339, words[0])
		t.StartedAt = probe.Timestamp(at)
		return err
	case "want":
		for k, v := range options(words) {
			w.rec.want[k] = v
		}
	default:
		return fmt.Errorf("what is %q?", key)
	}
	return nil
}

// openings_ are the beginnings that most sessions share.
var openings_ = map[string]string{
	"plain": `target ftp 21
step connect connect pass
ev connect phase=tcp text="connected to 192.0.2.10:21"
< 220 {greeting}
step login login pass
> USER acme
< 331 Password required
> PASS ****
< 230 Logged on
> TYPE I
< 200 OK`,
	"secure": `target ftpes 21
step connect connect pass
ev connect phase=tcp text="connected to 192.0.2.10:21"
< 220 {greeting}
> AUTH TLS
< 234 Go on
ev handshake phase=tls resumed=false version="TLS 1.3" text="TLS 1.3 TLS_AES_128_GCM_SHA256"
step login login pass
> USER acme
< 331 Password required
> PASS ****
< 230 Logged on
> PBSZ 0
> PROT P
> FEAT
> TYPE I
< 200 PBSZ=0
< 200 Protected
< 211 No features
< 200 OK`,
	"ssh": `target sftp 22
step connect connect pass
ev connect phase=tcp text="connected to 192.0.2.10:22"
ev banner dir=received phase=version text=SSH-2.0-{greeting}
ev kexinit dir=received phase=kex
ev handshake phase=kex text="key exchange done"
ev host-key dir=received phase=host-key known=match`,
	"sftp": `ssh {greeting}
step login login pass
ev auth dir=received phase=auth method=none outcome=refused allowed=publickey,password
ev auth dir=received phase=auth method=password outcome=accepted
ev channel dir=received phase=subsystem cmd=subsystem channel=subsystem outcome=granted
<< INIT VERSION`,
}

func (w *writer) openStep(words []string) {
	o := options(words[3:])
	st := probe.StepResult{Name: words[0], Op: probe.Op(words[1]), Status: probe.Status(words[2]), Path: o["path"]}
	if f, ok := o["format"]; ok {
		st.Listing = &probe.ListingInfo{Format: f, Bytes: number(o["bytes"]), Unparsed: int(number(o["unparsed"])), Entries: int(max(number(o["entries"]), 0))}
	}
	w.rec.t.Steps = append(w.rec.t.Steps, st)
	w.step = st.Name
}

func (w *writer) add(e probe.Event) {
	w.at += time.Millisecond
	e.Seq, e.At, e.Step = len(w.rec.t.Events)+1, probe.Millis(w.at), w.step
	if e.Conn == "" {
		e.Conn = "control"
	}
	w.rec.t.Events = append(w.rec.t.Events, e)
}

func (w *writer) ftp(key, rest string) {
	if key == ">" {
		verb, _, _ := strings.Cut(rest, " ")
		w.pending = append(w.pending, verb)
		w.begun = w.begun && !transfers(verb)
		w.add(probe.Event{Direction: probe.Sent, Kind: probe.KindCommand, Command: verb, Text: rest, Phase: phaseOf(verb, false)})
		return
	}
	code, _ := strconv.Atoi(rest[:3])
	e := probe.Event{Direction: probe.Received, Kind: probe.KindReply, Text: strings.ReplaceAll(rest, `\n`, "\n"), Phase: probe.PhaseGreeting}
	e.Code = &probe.Code{Space: probe.SpaceFTP, Value: code, Text: strings.TrimSpace(rest[3:])}
	switch {
	case key == "<!":
		e.Attr = map[string]string{"unsolicited": "yes"}
		e.Phase = probe.PhaseSetup
	case w.greeted || code >= 300 || len(w.pending) > 0:
		if len(w.pending) > 0 {
			e.Command, e.Phase = w.pending[0], phaseOf(w.pending[0], w.begun)
		}
	default:
		w.greeted = true
	}
	if len(w.pending) > 0 && key == "<" {
		if code < 200 {
			w.begun = true
		} else {
			w.pending = w.pending[1:]
		}
	}
	w.add(e)
}

func (w *writer) sftp(key string, words []string) {
	e := probe.Event{Conn: "ssh", Command: words[0], Phase: requestPhase(words[0]), Text: strings.Join(words[1:], " ")}
	if key == ">>" {
		e.Direction, e.Kind = probe.Sent, probe.KindRequest
		w.add(e)
		return
	}
	e.Direction, e.Kind = probe.Received, probe.KindResponse
	if n, err := strconv.Atoi(words[1]); err == nil {
		e.Text = strings.Join(words[2:], " ")
		e.Code = &probe.Code{Space: probe.SpaceSFTP, Value: n, Text: e.Text}
	}
	w.add(e)
}

// event records anything else; what is no field becomes an attribute.
func (w *writer) event(kind probe.Kind, o map[string]string) error {
	e := probe.Event{Kind: kind, Direction: probe.Local, Attr: map[string]string{}}
	for k, v := range o {
		switch k {
		case "fail":
			e.Failure = &probe.Failure{Class: probe.Class(v)}
		case "text":
			e.Text = v
		case "conn":
			e.Conn = v
		case "phase":
			e.Phase = probe.Phase(v)
		case "dir":
			e.Direction = probe.Direction(v)
		case "bytes":
			e.Bytes = number(v)
		case "cmd":
			e.Command = v
		case "tolerated":
			e.Tolerated = true
		case "code":
			space, n, _ := strings.Cut(v, ":")
			e.Code = &probe.Code{Space: probe.Space(space), Value: int(number(n))}
		default:
			e.Attr[k] = v
		}
	}
	if e.Failure != nil {
		e.Failure.Text = o["why"]
	}
	w.add(e)
	return nil
}

// connection adds an entry, with TLS if it names a version.
func (w *writer) connection(o map[string]string) error {
	c := probe.Connection{ID: "control", Role: "control", Local: "198.51.100.7:40000", Remote: orElse(o["remote"], "192.0.2.10:21")}
	if v := o["tls"]; v != "" {
		c.TLS = &probe.TLSInfo{Version: v, Cipher: o["cipher"], Verified: o["verified"] == "yes"}
		cert := probe.Certificate{Subject: "CN=" + o["names"], Names: strings.Split(o["names"], ",")}
		if o["until"] != "" {
			at, err := time.Parse(time.DateOnly, o["until"])
			if err != nil {
				return err
			}
			cert.NotAfter = probe.Timestamp(at)
		}
		c.TLS.Chain = append(c.TLS.Chain, cert)
	}
	w.rec.t.Connections = append(w.rec.t.Connections, c)
	return nil
}

func (w *writer) finish() {
	if w.rec.t.RunID == "" {
		w.rec.t.RunID = "r7kq2"
	}
	if w.rec.t.Connections == nil {
		_ = w.connection(map[string]string{})
	}
}

func TestCorpus(t *testing.T) {
	for _, r := range readCorpus(t) {
		t.Run(r.name, func(t *testing.T) {
			if len(r.want) == 0 {
				t.Fatal("nothing is wanted of this session")
			}
			j := Judge(r.t)
			for k, want := range r.want {
				if got := j.aspect(k, r.t, want); got != want {
					t.Errorf("%s is %q, want %q\nverdict: %+v\nfindings: %+v", k, got, want, j.Verdict, j.Findings)
				}
			}
		})
	}
}

// aspect returns one side of the judgement in the words of the corpus.
func (j Judgement) aspect(name string, t probe.Transcript, want string) string {
	v := j.Verdict
	switch name {
	case "outcome":
		return string(v.Outcome)
	case "cause":
		return string(v.Cause)
	case "sure":
		return string(v.Confidence)
	case "side":
		return string(v.Side)
	case "phase":
		return string(v.Phase)
	case "step":
		return v.Step
	case "retry":
		return string(v.Retry)
	case "depth":
		return fmt.Sprintf("%d/%d", v.Depth.Passed, v.Depth.Total)
	case "rule":
		if s := decisive(&t); s != nil {
			return match(s).name
		}
		return ""
	case "code":
		if v.Code == nil {
			return ""
		}
		return fmt.Sprintf("%s:%d", v.Code.Space, v.Code.Value)
	case "evidence":
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v.Evidence), " ", ","), "[]")
	}
	return j.listed(name, want)
}

// listed looks for what is wanted among alternatives and findings.
func (j Judgement) listed(name, want string) string {
	var list []string
	switch name {
	case "other":
		for _, a := range j.Verdict.Alternatives {
			list = append(list, string(a.Cause))
		}
	case "never":
		if slices.ContainsFunc(j.Verdict.Alternatives, func(a Alternative) bool { return string(a.Cause) == want }) {
			return "listed all the same"
		}
		return want
	case "finding":
		for _, f := range j.Findings {
			list = append(list, string(f.Severity)+":"+string(f.Cause))
		}
	case "findings":
		return strconv.Itoa(len(j.Findings))
	}
	if slices.Contains(list, want) {
		return want
	}
	return strings.Join(list, " ")
}
