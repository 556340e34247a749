package matrix

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/classify"
	"mftprobe/integration/lab"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

// maxShown is how much of a text a story retells.
const maxShown = 160

// judged is what came out of one case, held against what was wanted.
type judged struct {
	server, name string
	protocol     probe.Protocol
	wanted       want
	got          classify.Verdict
	took         time.Duration

	phaseRight, sideRight, causeRight bool
	certainWrong                      bool
	undecided                         bool
	wrong                             []string // whatever else is not as it must be
	others                            []other
	row                               row
}

// agrees tells whether another client passes where we do.
func (j judged) agrees(o other) bool { return o.passed != j.failed() }

func judge(sc *scene, r report.Result) judged {
	v, w := r.Verdict, sc.row.want
	j := judged{
		server: sc.server.Name, name: caseName(sc.row, sc.mode), protocol: r.Target.Protocol, wanted: w, got: v, row: sc.row,
		took: time.Duration(r.Duration),
	}
	right := among(string(v.Outcome), w.outcome)
	if !right {
		j.note("outcome %s, want %s", v.Outcome, w.outcome)
	}
	passed := v.Outcome != classify.OutcomeFail // a pass has no phase, side or cause
	j.phaseRight = right && (passed || w.phases == "" || among(string(v.Phase), w.phases))
	j.sideRight = right && (passed || w.sides == "" || among(string(v.Side), w.sides))
	j.causeRight = right && (passed || w.causes == "" || among(string(v.Cause), w.causes))
	j.certainWrong = !j.causeRight && v.Confidence == classify.Certain
	j.undecided = v.Side == classify.SideUndecided || v.Cause == classify.CauseUnexplained
	passedRightly := right && passed
	if w.step != "" && !passedRightly && !among(v.Step, w.step) {
		j.note("step %s, want %s", v.Step, w.step)
	}
	if got := codeOf(v); w.code != 0 && !passedRightly && got != w.code {
		j.note("code %d, want %d", got, w.code)
	}
	j.checkFindings(sc, r)
	j.checkSecrets(sc, r)
	j.checkAdvice(v)
	return j
}

// overtaken tells whether a reset came before the first words of a server that is to speak first. A server
// that speaks and then closes with bytes unread resets the connection, and on loopback the forwarder of the
// container's port may see that before it has passed the words on; without one the kernel drops what was not read.
func (j *judged) overtaken(r report.Result) bool {
	if j.phaseRight && j.causeRight || !among(string(j.got.Phase), "tcp greeting version") {
		return false
	}
	return slices.ContainsFunc(r.Events, func(e probe.Event) bool {
		return e.Phase == j.got.Phase && e.Failure != nil && e.Failure.Class == probe.ClassReset
	})
}

func (j *judged) note(form string, args ...any) {
	j.wrong = append(j.wrong, fmt.Sprintf(form, args...))
}

func codeOf(v classify.Verdict) int {
	if v.Code == nil {
		return 0
	}
	return v.Code.Value
}

// clearText is due whenever somebody logs in over plain FTP.
const clearText = "crossed the network in clear text"

// textInTLS is what vsftpd does when it dies: its last words go unencrypted into the encrypted stream.
const textInTLS = "plain text into the TLS stream"

// lastWords is the second reply to one command, by which vsftpd tells that its other process is gone.
const lastWords = "A reply came that answers no command"

// noGoodbye is what a server that was killed leaves out.
const noGoodbye = "end without the TLS goodbye"

// noResumption is how Pure-FTPd treats the TLS sessions of its data connections.
const noResumption = "do not resume the TLS session"

// leftBehind is due where the server keeps what we made.
const leftBehind = "still on the server"

// mayBe stands before a finding that depends on how far the server came.
const mayBe = "perhaps: "

// slowness depends on how busy this machine is: such a finding is neither wanted nor wrong.
var slowness = []string{"The login is slow", "The greeting is slow"}

// checkFindings wants the findings of the row and no others.
func (j *judged) checkFindings(sc *scene, r report.Result) {
	wanted := slices.Clone(j.wanted.findings)
	if r.Target.Protocol == probe.FTP && r.Target.User != "anonymous" && passed(r, probe.OpLogin) {
		wanted = append(wanted, clearText)
	}
	if strings.HasPrefix(sc.server.Name, lab.PureFTPD) && sc.mode == lab.Explicit {
		wanted = append(wanted, mayBe+noResumption)
	}
	for _, f := range r.Findings {
		known := func(part string) bool { return strings.Contains(f.Title, strings.TrimPrefix(part, mayBe)) }
		if !slices.ContainsFunc(wanted, known) && !slices.ContainsFunc(slowness, known) {
			j.note("finding nobody asked for: %q %s: %s", f.Title, f.Cause, f.Detail)
		}
	}
	for _, part := range wanted {
		if !strings.HasPrefix(part, mayBe) && !slices.ContainsFunc(r.Findings, func(f classify.Finding) bool { return strings.Contains(f.Title, part) }) {
			j.note("no finding %q", part)
		}
	}
}

func passed(r report.Result, op probe.Op) bool {
	return slices.ContainsFunc(r.Steps, func(s probe.StepResult) bool { return s.Op == op && s.Status == probe.StatusPass })
}

// checkSecrets looks for the password in every encoding in all that the program would print.
func (j *judged) checkSecrets(sc *scene, r report.Result) {
	if sc.secret == noSecret || r.Target.User == "anonymous" {
		return
	}
	raw := []byte(sc.secret)
	forms := []string{
		sc.secret, url.QueryEscape(sc.secret), url.PathEscape(sc.secret), percentEncoded(raw), hex.EncodeToString(raw),
		base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
	for _, form := range report.Forms() {
		var out bytes.Buffer
		w, err := report.New(form, &out, false)
		if err == nil {
			err = w.Result(r)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			j.note("writing %s: %v", form, err)
		}
		text := strings.ToLower(out.String())
		for _, secret := range forms {
			if strings.Contains(text, strings.ToLower(secret)) {
				j.note("the password is in the %s", form)
			}
		}
	}
}

// percentEncoded encodes every byte, which nobody needs to do and everybody may.
func percentEncoded(raw []byte) string {
	var b strings.Builder
	for _, c := range raw {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}

// checkAdvice wants a failure to be explained.
func (j *judged) checkAdvice(v classify.Verdict) {
	if v.Outcome == classify.OutcomeFail && (v.Title == "" || v.Why == "" || len(v.Advice.Us) == 0 || v.Advice.Them == "" || len(v.Evidence) == 0) {
		j.note("a verdict without title, reason, advice or evidence")
	}
	if j.took > hangLimit-time.Second {
		j.note("it hung: %s", j.took)
	}
}

// show tells what is wrong with a case. What only counts is a log line; what may never happen fails the case at once.
func (j *judged) show(t *testing.T, r report.Result) {
	t.Helper()
	miss := !j.phaseRight || !j.sideRight || !j.causeRight
	if miss || len(j.wrong) > 0 {
		t.Logf("got  outcome %s, step %s, phase %s, code %d, cause %s (%s), side %s: %s", j.got.Outcome, j.got.Step, j.got.Phase, codeOf(j.got), j.got.Cause, j.got.Confidence, j.got.Side, j.got.Why)
		t.Logf("want outcome %s, step %s, phase %s, code %d, cause %s, side %s", j.wanted.outcome, j.wanted.step, j.wanted.phases, j.wanted.code, j.wanted.causes, j.wanted.sides)
		t.Log(story(r))
	}
	if !j.phaseRight || j.certainWrong {
		t.Errorf("phase right: %v, certain and wrong: %v", j.phaseRight, j.certainWrong)
	}
	for _, what := range j.wrong {
		t.Error(what)
	}
}

// story retells a run: its steps, and the events that say something.
func story(r report.Result) string {
	var b strings.Builder
	for _, s := range r.Steps {
		if s.Status != probe.StatusPass && s.Status != probe.StatusSkipped {
			fmt.Fprintf(&b, "step %s: %s after %.0f ms: %s\n", s.Name, s.Status, float64(s.Duration)/1e6, s.Detail)
		}
	}
	for _, e := range r.Events {
		fmt.Fprintf(&b, "%4d %6.0f ms %-10s %-12s %s\n", e.Seq, float64(e.At)/1e6, e.Step, e.Phase, eventText(e))
	}
	for _, x := range r.Experiments {
		fmt.Fprintf(&b, "experiment %s: %s\n", x.Name, x.Outcome)
	}
	fmt.Fprintf(&b, "cleanup %+v", r.Cleanup)
	return b.String()
}

func eventText(e probe.Event) string {
	text := fmt.Sprintf("%s %s %s", e.Direction, e.Kind, e.Command)
	if e.Code != nil {
		text += fmt.Sprintf(" [%s %d %s]", e.Code.Space, e.Code.Value, e.Code.Name)
	}
	text += fmt.Sprintf(" %q", e.Text[:min(len(e.Text), maxShown)])
	if e.Bytes > 0 {
		text += fmt.Sprintf(" %d bytes", e.Bytes)
	}
	if e.Failure != nil {
		text += fmt.Sprintf(" %s: %q", e.Failure.Class, e.Failure.Text)
	}
	if len(e.Attr) > 0 && e.Kind != probe.KindKexInit {
		text += fmt.Sprint(" ", e.Attr)
	}
	return text
}
