package matrix

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/internal/config"
	"mftprobe/internal/diagnose"
	"mftprobe/internal/report"
	"mftprobe/probe"
	"mftprobe/protocols"
)

// Limits are short, so that a server that falls silent does not hold up the others, and long enough for one that is slow
// because the machine is busy. What waits for a limit on purpose gives a shorter one by flag.
const (
	usualLimits = "--connect-timeout 4s --reply-timeout 8s --stall-timeout 8s --timeout 40s"
	short       = " --connect-timeout 2s --reply-timeout 2500ms --stall-timeout 2500ms "

	// hangLimit is beyond the target's total limit, the clean-up and the experiments: who comes here hangs.
	hangLimit = 40*time.Second + probe.CleanupLimit + diagnose.TotalLimit + 15*time.Second
	// betweenTrials replaces the pause of a second between the connections of one experiment.
	betweenTrials = 100 * time.Millisecond
)

// scene is one case about to be played: the server in its state, and what the program was told.
type scene struct {
	*testing.T
	row    row
	server *lab.Server
	mode   lab.Mode
	secret string
	job    probe.Job
	after  []func() // undoes what tune did, before the server is looked at again
}

// newScene makes the job as the command line would: from a URL and flags.
func newScene(t *testing.T, r row, s *lab.Server, mode lab.Mode) *scene {
	t.Helper()
	sc := &scene{T: t, row: r, server: s, mode: mode, secret: r.secret}
	if sc.secret == "" {
		sc.secret = s.Password
	}
	sc.job = sc.newJob(r.user, r.path, r.flags)
	if r.steps != nil || r.before != nil {
		sc.job.Script = probe.Script{Name: r.name, Steps: slices.Concat(
			[]probe.Step{do(probe.OpConnect, "")}, r.before, []probe.Step{do(probe.OpLogin, "")}, r.steps, []probe.Step{{Name: "quit", Op: probe.OpQuit, Always: true}},
		)}
	}
	return sc
}

func (sc *scene) newJob(user, path, flags string) probe.Job {
	sc.Helper()
	if user == "" {
		user = sc.server.User
	}
	env := &config.Env{Home: sc.TempDir(), User: func() string { return "nobody" }, Getenv: func(name string) (string, bool) { return sc.secret, name == "SECRET" }}
	url := fmt.Sprintf("%s://%s@%s%s", sc.row.protocol(sc.mode), user, sc.address(), path)
	e, err := env.FromURL(url, sc.values(flags))
	if err != nil {
		sc.Fatalf("%s %s: %v", url, flags, err)
	}
	return probe.Job{
		Target: e.Target, Script: e.Script, Open: protocols.Open, RunID: strings.ToLower(rand.Text()[:10]),
		Tool: probe.Tool{Name: "mftprobe", Version: "matrix"}, PayloadSize: e.PayloadSize, NameTemplate: e.NameTemplate, Keep: e.Keep,
	}
}

func (sc *scene) address() string {
	switch sc.row.at {
	case "":
		return sc.server.Addr(sc, sc.mode)
	case nobodyThere:
		return lab.Refused(sc)
	}
	return lab.Netfault(sc, sc.row.at)
}

// values reads flags as the command line does, over those that every case has.
func (sc *scene) values(flags string) config.Values {
	sc.Helper()
	all := usualLimits
	if sc.secret != noSecret && !strings.Contains(flags, "--password") {
		all += " --password-env SECRET"
	}
	if !sc.row.blind && sc.row.at == "" {
		all += sc.trust()
	}
	out := config.Values{}
	for _, text := range []string{all, flags} {
		for name, value := range sc.parse(text) {
			out[name] = value
		}
	}
	return out
}

// trust gives the flags by which a careful user knows the server.
func (sc *scene) trust() string {
	if sc.row.protocol(sc.mode) == probe.SFTP {
		return " --known-hosts " + sc.server.KnownHosts(sc)
	}
	return " --cacert @ca.pem"
}

func (sc *scene) parse(flags string) config.Values {
	sc.Helper()
	out := config.Values{}
	words := strings.Fields(flags)
	for i := 0; i < len(words); i++ {
		setting := sc.setting(words[i])
		text := "true"
		if setting.Arg != "" {
			i++
			text = words[i]
		}
		text = sc.resolve(text)
		value := out[setting.Name]
		value.Origin = "--" + setting.Name
		value.Texts = append(value.Texts, text)
		out[setting.Name] = value
	}
	return out
}

// resolve finds the file that @NAME stands for. bare:NAME is a copy without the certificate that lies beside a key.
func (sc *scene) resolve(text string) string {
	sc.Helper()
	if name, ok := strings.CutPrefix(text, "@"); ok {
		return sc.server.File(sc, name)
	}
	name, ok := strings.CutPrefix(text, "bare:")
	if !ok {
		return text
	}
	key, err := os.ReadFile(sc.server.File(sc, name))
	if err != nil {
		sc.Fatal(err)
	}
	text = filepath.Join(sc.TempDir(), name)
	if err := os.WriteFile(text, key, 0o600); err != nil {
		sc.Fatal(err)
	}
	return text
}

func (sc *scene) setting(flag string) config.Setting {
	sc.Helper()
	for _, s := range config.Settings() {
		if flag == "--"+s.Name || s.Short != "" && flag == "-"+s.Short {
			return s
		}
	}
	sc.Fatalf("there is no flag %s", flag)
	return config.Setting{}
}

// play runs the job as the program's run does: the script, the verdict, the experiments that can settle it, the verdict.
func (sc *scene) play() report.Result {
	for _, f := range []func(*scene){sc.row.tune, sc.row.disturb} {
		if f != nil {
			f(sc)
		}
	}
	ctx, cancel := context.WithTimeout(sc.Context(), hangLimit)
	defer cancel()
	transcript, judgement := diagnose.Run(ctx, sc.job, diagnose.Options{Pause: briefly})
	return report.Result{Transcript: transcript, Judgement: judgement}
}

// end undoes what tune did.
func (sc *scene) end() {
	for _, undo := range slices.Backward(sc.after) {
		undo()
	}
	sc.after = nil
}

func briefly(ctx context.Context) bool {
	select {
	case <-time.After(betweenTrials):
		return true
	case <-ctx.Done():
		return false
	}
}

// hold keeps other sessions of an account open while the case is played: logged in, or only connected.
func hold(n int, user string, login bool) func(*scene) {
	return func(sc *scene) {
		other := sc.newJob(user, "", "")
		for range n {
			recorder := probe.NewRecorder(time.Now, nil)
			driver := protocols.Open(other.Target, recorder)
			sc.after = append(sc.after, func() { _ = driver.Close() }) // the server may be gone
			if o := driver.Do(sc.Context(), do(probe.OpConnect, "")); !o.OK {
				sc.Fatalf("the other session could not connect: %s", o.Detail)
			}
			if !login {
				continue
			}
			if o := driver.Do(sc.Context(), do(probe.OpLogin, "")); !o.OK {
				sc.Fatalf("the other session could not log in: %s", o.Detail)
			}
		}
	}
}

// once runs f beside the run when the first event appears that match accepts.
func once(match func(probe.Event) bool, f func(*scene)) func(*scene) {
	return func(sc *scene) {
		var group sync.WaitGroup
		var first sync.Once
		sc.after = append(sc.after, group.Wait)
		sc.job.OnEvent = func(e probe.Event) {
			if match(e) {
				first.Do(func() { group.Go(func() { f(sc) }) })
			}
		}
	}
}

// on waits for the reply that starts the transfer of a step, or in SFTP for the handle of its file.
func on(step string) func(probe.Event) bool {
	return func(e probe.Event) bool {
		started := e.Kind == probe.KindReply && e.Code != nil && e.Code.Value < 200 || e.Kind == probe.KindResponse && e.Command == "OPEN"
		return started && e.Step == step
	}
}

// afterStep runs f between a step and the next one.
func afterStep(step string, f func(*scene)) func(*scene) {
	return func(sc *scene) {
		sc.job.OnStep = func(s probe.StepResult) {
			if s.Name == step {
				f(sc)
			}
		}
	}
}

// inDownload does something in the middle of a download. The file is so large that none of it ends before.
func inDownload(f func(*scene)) func(*scene) {
	return func(sc *scene) {
		sc.server.Exec(sc, "truncate", "-s", "16G", "/home/alice/big.bin")
		sc.after = append(sc.after, func() { sc.server.Exec(sc, "truncate", "-s", "64M", "/home/alice/big.bin") })
		once(on("get-file"), f)(sc)
	}
}

var killInDownload = inDownload(kill)

// killInUpload sends so slowly that no upload ends before the kill.
func killInUpload(sc *scene) {
	for i := range sc.job.Script.Steps {
		if s := &sc.job.Script.Steps[i]; s.Op == probe.OpPut {
			s.Payload = slow{probe.NewPattern(64<<20, 1, false)}
		}
	}
	once(on("put"), kill)(sc)
}

// slow is a payload from a slow disk.
type slow struct{ probe.Pattern }

// Open returns a reader that pauses.
func (s slow) Open() (io.ReadCloser, error) {
	r, err := s.Pattern.Open()
	return slowReader{r}, err
}

type slowReader struct{ io.ReadCloser }

// Read gives a few kilobytes at a time.
func (r slowReader) Read(p []byte) (int, error) {
	time.Sleep(2 * time.Millisecond)
	return r.ReadCloser.Read(p[:min(len(p), 8<<10)])
}

func terminate(sc *scene) { sc.server.Exec(sc, "/lab/sessions", "TERM") }
func killSFTP(sc *scene)  { sc.server.Exec(sc, "/lab/sessions", "KILL", "sftp-server") }
func kill(sc *scene)      { sc.server.Exec(sc, "/lab/sessions", "KILL") }
func cutDrop(sc *scene)   { sc.server.Exec(sc, "/lab/cut", "drop") }
func cutReset(sc *scene)  { sc.server.Exec(sc, "/lab/cut", "reset") }
