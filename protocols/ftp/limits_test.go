package ftp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"mftprobe/internal/playback"
	"mftprobe/probe"
)

// TestPreliminaryLimit: as many as the limit are borne, one more is not. The same for stray lines.
func TestPreliminaryAndStrayLimits(t *testing.T) {
	for _, tt := range []struct {
		line   string
		n      int
		passes bool
	}{
		{"S: 120 soon", maxPreliminary, true},
		{"S: 120 soon", maxPreliminary + 1, false},
		{"S: welcome", maxStray, true},
		{"S: welcome", maxStray + 1, false},
	} {
		tr := scene{talk: fmt.Sprintf("repeat %d %s\nS: 220 hi\n", tt.n, tt.line) + "silence", steps: ops(probe.OpConnect)}.play(t)
		if passed := tr.Steps[0].Status == probe.StatusPass; passed != tt.passes {
			t.Errorf("%d times %q: passed %v", tt.n, tt.line, passed)
		}
	}
}

// TestEndlessListing: what does not end is ended, and little of it is kept.
func TestEndlessListing(t *testing.T) {
	line := strings.Repeat("x", 2000) + "\r\n"
	talk := openingWith() + fmt.Sprintf("C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: LIST\ndata accept\nS: 150 go\nrepeat forever data send %q\nsilence", strings.Repeat(line, 50))
	tr := scene{talk: talk, steps: script(probe.Step{Op: probe.OpList, Timeout: 30 * time.Second})}.play(t)
	var data *probe.Event
	for _, e := range tr.Events {
		if e.Kind == probe.KindData {
			data = &e
		}
	}
	if data == nil || data.Failure == nil || data.Failure.Class != probe.ClassTooLong || data.Bytes <= maxListing {
		t.Fatalf("data event %+v\n%s", data, tr.Steps[2].Detail)
	}
	if tr.Steps[2].Status != probe.StatusFail {
		t.Errorf("step %+v", tr.Steps[2])
	}
}

// TestListingText: the record keeps the beginning.
func TestListingText(t *testing.T) {
	for _, n := range []int{maxListingText, maxListingText + 1} {
		var l listing
		l.take([]byte(strings.Repeat("x", n)))
		if len(l.text) != maxListingText || l.bytes != int64(n) || len(l.line) != maxListedLine {
			t.Errorf("%d bytes: text of %d, line of %d, counted %d", n, len(l.text), len(l.line), l.bytes)
		}
	}
}

func TestFeatureLimit(t *testing.T) {
	for n, want := range map[int]int{maxFeatures: maxFeatures, maxFeatures + 1: maxFeatures} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " F%d\n", i)
		}
		if got := len(parseFeatures(&reply{text: "211-x\n" + b.String() + "211 end"})); got != want {
			t.Errorf("%d features: %d kept", n, got)
		}
	}
}

func TestFeatures(t *testing.T) {
	for text, want := range map[string]string{
		"211-Features:\n MLST size*;\n utf8\n211 End":            "MLST=size*; UTF8=",
		"211-Features:\n211-MLST size*;\n211-UTF8\n211 End":      "MLST=size*; UTF8=",
		"211-\n SIZE\n\n211 End":                                 "SIZE=",
		"211 no features":                                        "",
		"211-Features:\n  REST STREAM  \n AUTH TLS;SSL\n211 End": "AUTH=TLS;SSL REST=STREAM",
	} {
		f := parseFeatures(&reply{text: text})
		var got []string
		for _, k := range []string{"AUTH", "MLST", "REST", "SIZE", "UTF8"} {
			if f.has(k) {
				got = append(got, k+"="+f[k])
			}
		}
		if strings.Join(got, " ") != want || len(got) != len(f) {
			t.Errorf("%q: %v", text, f)
		}
	}
}

// TestTickets: the newest are kept, each is offered once, and the last one again when all are used.
func TestTickets(t *testing.T) {
	for _, n := range []int{maxTickets, maxTickets + 1} {
		var s sessions
		var all []*tls.ClientSessionState
		for range n {
			all = append(all, &tls.ClientSessionState{})
			controlSide{&s}.Put("x", all[len(all)-1])
		}
		if _, ok := (controlSide{&s}).Get("x"); ok {
			t.Error("the control connection resumes")
		}
		dataSide{&s}.Put("x", &tls.ClientSessionState{})
		for i := range maxTickets + 2 {
			got, ok := dataSide{&s}.Get("x")
			if want := all[max(n-1-i, n-maxTickets)]; !ok || got != want {
				t.Errorf("of %d tickets, offer %d is not the expected one", n, i)
			}
		}
		if s.tickets() != n {
			t.Errorf("%d counted, want %d", s.tickets(), n)
		}
	}
	if _, ok := (dataSide{&sessions{}}).Get("x"); ok {
		t.Error("a session out of nothing")
	}
}

func TestChainLimits(t *testing.T) {
	long := &x509.Certificate{}
	long.Subject.CommonName = strings.Repeat("x", maxNameBytes)
	for i := range maxNames + 1 {
		long.DNSNames = append(long.DNSNames, fmt.Sprint(i))
	}
	long.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	for n, want := range map[int]int{maxChain: maxChain, maxChain + 1: maxChain} {
		chain := make([]*x509.Certificate, n)
		for i := range chain {
			chain[i] = long
		}
		got := describeChain(chain)
		if len(got) != want || len(got[0].Names) != maxNames || len(got[0].Subject) != maxNameBytes {
			t.Errorf("%d certificates: %d kept, %d names, subject of %d bytes", n, len(got), len(got[0].Names), len(got[0].Subject))
		}
	}
}

// TestChecksumLimit: of a file over the limit the server is not asked.
func TestChecksumLimit(t *testing.T) {
	d := &driver{session: session{features: features{"XMD5": ""}}}
	if d.extraHash(maxChecksum) == nil || d.extraHash(maxChecksum+1) != nil {
		t.Error("the limit does not hold")
	}
}

// TestShownText: of what is no protocol the beginning is shown.
func TestShownText(t *testing.T) {
	for _, n := range []int{maxShownText, maxShownText + 1} {
		tr := scene{talk: fmt.Sprintf("S= %q\nclose", strings.Repeat("x", n)), steps: ops(probe.OpConnect)}.play(t)
		for _, e := range tr.Events {
			if e.Kind == probe.KindText && (len(e.Text) != maxShownText || e.Bytes != int64(n)) {
				t.Errorf("%d bytes: %d shown, %d counted", n, len(e.Text), e.Bytes)
			}
		}
	}
}

// TestStepTimeout: the step's own limit ends every kind of wait, soon and in the right phase.
func TestStepTimeout(t *testing.T) {
	const limit = time.Second // the commands before the wait have to fit into it
	for name, tt := range map[string]struct {
		talk string
		step probe.Step
		want string
	}{
		"reply":    {"C: NOOP\nsilence", probe.Step{Op: probe.OpNoop}, "  setup timeout total\nnoop fail"},
		"download": {"C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: RETR x\ndata accept\nS: 150 go\ndata send \"x\"\nsilence", probe.Step{Op: probe.OpGet, Path: "x"}, "  transfer timeout data-1 total\n  transfer data data-1 timeout 1\nget fail"},
		"upload":   {"C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: APPE x\ndata accept\nS: 150 go\nsilence", probe.Step{Op: probe.OpAppend, Path: "x", Payload: probe.NewPattern(1<<30, 1, false)}, "  transfer timeout data-1 total\n  transfer data data-1 timeout\nappend fail"},
		"begin":    {"C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: APPE x\ndata accept\nsilence", probe.Step{Op: probe.OpAppend, Path: "x"}, "  transfer timeout total\nappend fail"},
		"end":      {"C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: RETR x\ndata accept\nS: 150 go\ndata close\nsilence", probe.Step{Op: probe.OpGet, Path: "x"}, "  completion timeout total\nget fail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.step.Timeout = limit
			tr := scene{talk: openingWith() + tt.talk, steps: script(tt.step)}.play(t)
			got := remarkable(tr)
			if name == "upload" { // how much the sockets take is not ours to say
				got = cutNumber(got)
			}
			if want := "connect pass\nlogin pass\n" + tt.want + "\nquit skipped"; got != want {
				t.Errorf("got\n%s\nwant\n%s\n%s", got, want, everything(tr))
			}
			if d := time.Duration(tr.Steps[2].Duration); d > limit+5*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

func cutNumber(s string) string {
	i := strings.Index(s, "data-1 timeout ")
	if i < 0 {
		return s
	}
	i += len("data-1 timeout")
	j := strings.IndexByte(s[i:], '\n')
	return s[:i] + s[i+j:]
}

// TestInterruptedListing: what the user ended is recorded as ended by the user, not as a fault of TLS.
func TestInterruptedListing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scene{talk: openingWith() + "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: LIST\ndata accept\nS: 150 go\nsilence", steps: script(probe.Step{Op: probe.OpList})}
	job := s.job(t, playback.Serve(t, s.talk), New)
	job.OnEvent = func(e probe.Event) {
		if e.Kind == probe.KindReply && e.Code.Value == 150 {
			time.AfterFunc(20*time.Millisecond, func() { cancel(errors.New("interrupted")) })
		}
	}
	for _, e := range probe.Run(ctx, job).Events {
		if e.Failure != nil && e.Failure.Class != probe.ClassCanceled {
			t.Errorf("%s %s: %s", e.Phase, e.Kind, e.Failure.Class)
		}
	}
}

// TestInterruptedAccept: a server that had not connected yet when the user ended the run is not one that cannot.
func TestInterruptedAccept(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scene{
		talk: openingWith() + "C: PORT *\nS: 200 ok\nC: LIST\nS: 150 go\nsilence", steps: script(probe.Step{Op: probe.OpList}), set: func(t *probe.Target) { t.FTP.DataMode = "port" },
	}
	job := s.job(t, playback.Serve(t, s.talk), New)
	job.OnEvent = func(e probe.Event) {
		if e.Kind == probe.KindReply && e.Code.Value == 150 {
			time.AfterFunc(20*time.Millisecond, func() { cancel(errors.New("interrupted")) })
		}
	}
	tr, found := probe.Run(ctx, job), false
	for _, e := range tr.Events {
		found = found || e.Phase == probe.PhaseActive && e.Failure != nil
		if e.Failure != nil && e.Failure.Class != probe.ClassCanceled {
			t.Errorf("%s %s: %s", e.Phase, e.Kind, e.Failure.Class)
		}
	}
	if !found {
		t.Errorf("nothing is said of it:\n%s", everything(tr))
	}
}

// TestSessionLostBeforeTheAccept: neither is one whose session has ended.
func TestSessionLostBeforeTheAccept(t *testing.T) {
	scene{
		talk: openingWith() + "C: PORT *\nS: 200 ok\nC: LIST\nclose", steps: script(probe.Step{Op: probe.OpList}), set: func(t *probe.Target) { t.FTP.DataMode = "port" },
		want: "connect pass\nlogin pass\n  transfer close eof\nlist fail\nquit skipped",
	}.check(t)
}

// TestStaleAbort: the end of a step's context that comes when the next step has begun does not end that.
func TestStaleAbort(t *testing.T) {
	d := newDriver(probe.Target{}, probe.NewRecorder(now, nil))
	for range 2 {
		d.Do(t.Context(), probe.Step{Op: probe.OpNoop})
	}
	for turn, ends := range map[int]bool{1: false, 2: true} {
		d.abort(turn, context.Canceled)
		if d.gone != ends {
			t.Errorf("the end of step %d: %v", turn, d.gone)
		}
		d.gone = false
	}
}

// TestSessionLostBeforeTheData: once the session is gone a transfer that was not answered is not waited for.
func TestSessionLostBeforeTheData(t *testing.T) {
	for op, verb := range map[probe.Op]string{probe.OpGet: "RETR x", probe.OpAppend: "APPE x"} {
		talk := openingWith() + "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: " + verb + "\ndata accept\nrepeat 300 S: 150-" + strings.Repeat("x", 1000) + "\nsilence"
		tr := scene{talk: talk, steps: script(probe.Step{Op: op, Path: "x"})}.play(t)
		if d := time.Duration(tr.Steps[2].Duration); d > 10*time.Second {
			t.Errorf("%s took %s", op, d)
		}
		for _, e := range tr.Events {
			if e.Kind == probe.KindTimeout || e.Failure != nil && e.Failure.Class != probe.ClassTooLong {
				t.Errorf("%s: %s", op, everything(tr))
			}
		}
	}
}
