package ftp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/internal/playback"
	"mftprobe/internal/sidebyside"
	"mftprobe/probe"
)

// atOnce is how many tests run side by side: most of their time is spent waiting for limits.
const atOnce = 8

func TestMain(m *testing.M) {
	sidebyside.Tests(atOnce)
	goleak.VerifyTestMain(m)
}

const testPassword = "correct horse"

// Openings of conversations.
const (
	opening = `
S: 220 ready
C: USER alice
S: 331 password, please
C: PASS correct horse
S: 230 welcome
C: FEAT
S: 502 unknown
C: TYPE I
S: 200 binary
`
	openingTLS = `
S: 220 ready
C: AUTH TLS
S: 234 go
tls
C: USER alice
S: 331 password, please
C: PASS correct horse
S: 230 welcome
C: PBSZ 0
S: 200 ok
C: PROT P
S: 200 ok
C: FEAT
S: 502 unknown
C: TYPE I
S: 200 binary
`
	epsv = `
C: EPSV
data listen
S: 229 ok (|||{port}|)
data accept
`
	ending = `
C: QUIT
S: 221 bye
`
)

// scene is a conversation with a driver.
type scene struct {
	talk     string
	protocol probe.Protocol
	steps    []probe.Step
	set      func(*probe.Target)
	want     string // what is remarkable, see remarkable
}

func ops(names ...probe.Op) []probe.Step {
	var out []probe.Step
	for _, n := range names {
		out = append(out, probe.Step{Name: string(n), Op: n, Always: n == probe.OpQuit})
	}
	return out
}

// play lets a driver meet a server that follows talk.
func (s scene) play(t *testing.T) probe.Transcript {
	t.Helper()
	return s.against(t, playback.Serve(t, s.talk))
}

func (s scene) against(t *testing.T, server *playback.Server) probe.Transcript {
	t.Helper()
	return probe.Run(t.Context(), s.job(t, server, New))
}

func (s scene) job(t *testing.T, server *playback.Server, open probe.Opener) probe.Job {
	return probe.Job{
		Target: s.target(server), Script: probe.Script{Name: t.Name(), Steps: s.steps}, Open: open, RunID: "run", PayloadSize: 10, NameTemplate: "file-{n}",
	}
}

// observed lets a test see the outcomes that a driver returns.
type observed struct {
	probe.Driver
	see func(probe.Outcome)
}

func (o observed) Do(ctx context.Context, s probe.Step) probe.Outcome {
	out := o.Driver.Do(ctx, s)
	o.see(out)
	return out
}

func (s scene) playWith(t *testing.T, see func(probe.Outcome)) probe.Transcript {
	t.Helper()
	open := func(target probe.Target, rec *probe.Recorder) probe.Driver { return observed{New(target, rec), see} }
	return probe.Run(t.Context(), s.job(t, playback.Serve(t, s.talk), open))
}

func (s scene) target(server *playback.Server) probe.Target {
	target := probe.Target{
		Protocol: s.protocol, Host: "127.0.0.1", Port: server.Port(), User: "alice", Password: probe.NewSecret(testPassword),
		Limits: probe.Limits{Connect: 20 * time.Second, Reply: 20 * time.Second, Stall: 20 * time.Second},
		TLS:    probe.TLS{Roots: server.Roots()},
	}
	if target.Protocol == "" {
		target.Protocol = probe.FTP
	}
	if s.set != nil {
		s.set(&target)
	}
	return target
}

// shortLimit is for waits that are to run out. The waits before them must not, on a machine that stands still for a moment.
const shortLimit = time.Second

// short makes every limit of the target short.
func short(t *probe.Target) {
	t.Limits = probe.Limits{Connect: shortLimit, Reply: shortLimit, Stall: shortLimit}
}

// overtakings is how often in a row a reset may overtake the client.
const overtakings = 20

// check compares what is remarkable in the transcript with want.
func (s scene) check(t *testing.T) probe.Transcript {
	t.Helper()
	tr := s.play(t)
	// On a machine that stands still the reset of a connection that stood may come while the client still looks whether it
	// stands. The kernel reports it for the connecting then.
	for try := 1; try < overtakings && strings.Contains(s.want, " close reset") && strings.HasPrefix(remarkable(tr), "  tcp connect reset"); try++ {
		tr = s.play(t)
	}
	if got, want := remarkable(tr), strings.Trim(s.want, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s\n\nall of it:\n%s", got, want, everything(tr))
	}
	return tr
}

// remarkable shows the steps with their statuses and of the events those that are no ordinary part
// of a session that works: phase, kind, what.
func remarkable(tr probe.Transcript) string {
	var b strings.Builder
	for _, s := range tr.Steps {
		for _, e := range tr.Events {
			if e.Step == s.Name && !ordinary(e) {
				fmt.Fprintf(&b, "  %s\n", line(e))
			}
		}
		fmt.Fprintf(&b, "%s %s\n", s.Name, s.Status)
	}
	return strings.TrimRight(b.String(), "\n")
}

func ordinary(e probe.Event) bool {
	switch e.Kind {
	case probe.KindReply:
		return e.Code.Value < 400 && e.Attr["unsolicited"] == ""
	case probe.KindCommand:
		return true
	case probe.KindText:
		return e.Attr["content"] == "listing"
	}
	return e.Failure == nil && e.Kind != probe.KindOddity && e.Kind != probe.KindAlert
}

func line(e probe.Event) string {
	out := fmt.Sprintf("%s %s", e.Phase, e.Kind)
	if e.Conn != controlID {
		out += " " + e.Conn
	}
	switch {
	case e.Kind == probe.KindOddity:
		out += " " + e.Attr["oddity"]
	case e.Code != nil && e.Code.Space != probe.SpaceOS:
		out += fmt.Sprintf(" %d", e.Code.Value)
	}
	if e.Kind == probe.KindTimeout {
		out += " " + e.Attr["limit"]
	} else if e.Failure != nil && e.Kind != probe.KindOddity {
		out += " " + string(e.Failure.Class)
	}
	if e.Kind == probe.KindData {
		out += fmt.Sprintf(" %d", e.Bytes)
	}
	if e.Tolerated && e.Kind != probe.KindOddity {
		out += " tolerated"
	}
	return out
}

func everything(tr probe.Transcript) string {
	var b strings.Builder
	for _, e := range tr.Events {
		f := ""
		if e.Failure != nil {
			f = fmt.Sprintf(" [%s %s]", e.Failure.Class, e.Failure.Text)
		}
		fmt.Fprintf(&b, "%6.1f %-8s %-12s %-8s %-8s %-9s %q%s %v\n", float64(time.Duration(e.At).Microseconds())/1000, e.Step, e.Phase, e.Conn, e.Direction, e.Kind, e.Text, f, e.Attr)
	}
	for _, s := range tr.Steps {
		fmt.Fprintf(&b, "%s %s: %s\n", s.Name, s.Status, s.Detail)
	}
	return b.String()
}

func now() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
