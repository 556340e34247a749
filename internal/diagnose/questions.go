package diagnose

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"

	"mftprobe/classify"
	"mftprobe/probe"
)

// question is how an experiment is made. ask returns one of the plan's outcomes, or the empty string
// if the experiment told nothing, and the events that show it.
type question struct {
	logsIn bool
	writes bool
	clear  bool // a login in clear
	ask    func(ctx context.Context, l *lab) (outcome string, seen []probe.Event)
}

// questions maps the names of classify to experiments. What is not here is not made.
var questions = map[string]question{
	classify.ExperimentTCPAgain:    {ask: tcpAgain},
	classify.ExperimentBannerAgain: {ask: bannerAgain},
	classify.ExperimentFirstBytes:  {ask: firstBytes},
	classify.ExperimentImplicitTLS: {ask: speaks(probe.FTPS)},
	classify.ExperimentExplicitTLS: {ask: speaks(probe.FTPES)},
	classify.ExperimentTLSVersions: {ask: tlsVersions},
	classify.ExperimentPASV: {logsIn: true, ask: dataPort(func(t *probe.Target) {
		t.FTP.DataMode = "pasv"
	})},
	classify.ExperimentControlAddr: {logsIn: true, ask: dataPort(func(t *probe.Target) {
		t.FTP.TrustPasvAddress = false
	})},
	classify.ExperimentClearData: {logsIn: true, clear: true, ask: dataPort(func(t *probe.Target) {
		t.Protocol = probe.FTP
	})},
	classify.ExperimentReuse:     {logsIn: true, ask: sessionReuse},
	classify.ExperimentOtherName: {logsIn: true, writes: true, ask: otherName},
	classify.ExperimentHome:      {logsIn: true, writes: true, ask: storeAtHome},
}

func step(op probe.Op) probe.Step { return probe.Step{Name: string(op), Op: op} }

// worked tells whether the step of that operation passed.
func worked(t probe.Transcript, op probe.Op) bool {
	return slices.ContainsFunc(t.Steps, func(s probe.StepResult) bool { return s.Op == op && s.Status == probe.StatusPass })
}

func worksOrFails(ok bool) string {
	if ok {
		return classify.OutcomeWorks
	}
	return classify.OutcomeFails
}

// telling picks the events of a trial that show how it went: what failed, and what was answered last.
func telling(t probe.Transcript) []probe.Event {
	var out []probe.Event
	for _, e := range t.Events {
		hard := e.Failure != nil && !e.Tolerated
		if e.Kind == probe.KindOddity || e.Step == "quit" {
			continue
		}
		if hard || e.Kind == probe.KindReply || e.Kind == probe.KindBanner || e.Kind == probe.KindHandshake && !e.Tolerated {
			out = append(out, e)
		}
	}
	if len(out) > maxKept {
		out = out[len(out)-maxKept:]
	}
	return out
}

// tcpAgain connects once more after a pause. After a time-out it would only cost the same time again.
func tcpAgain(ctx context.Context, l *lab) (string, []probe.Event) {
	for _, e := range l.record.Events {
		if e.Phase == probe.PhaseTCP && e.Failure != nil && e.Failure.Class == probe.ClassTimeout {
			return "", nil
		}
	}
	if !l.opt.Pause(ctx) {
		return "", nil
	}
	t := l.trial(ctx, nil, step(probe.OpConnect))
	for _, e := range t.Events {
		switch {
		case e.Phase != probe.PhaseTCP:
		case e.Failure == nil:
			return classify.OutcomeWorks, []probe.Event{e}
		case e.Failure.Class == probe.ClassTimeout:
			return classify.OutcomeTimeout, []probe.Event{e}
		default:
			return classify.OutcomeFails, []probe.Event{e}
		}
	}
	return "", nil
}

// bannerTries is how many more connections are made, with pauses, to see whether some are greeted.
const bannerTries = 3

// bannerAgain tells a server that drops some connections from one that treats all alike. A connection
// counts as served if it gets past the rung on which the run failed. A limit closes and does not keep
// silent, and waiting for silence again would cost the same time again.
func bannerAgain(ctx context.Context, l *lab) (string, []probe.Event) {
	if slices.ContainsFunc(l.record.Events, func(e probe.Event) bool { return e.Kind == probe.KindTimeout && !e.Tolerated }) {
		return "", nil
	}
	served := greeted
	if slices.ContainsFunc(l.record.Events, greeted) {
		served = keyed
	}
	var seen []probe.Event
	for range bannerTries {
		if !l.opt.Pause(ctx) {
			return "", nil
		}
		t := l.trial(ctx, nil, step(probe.OpConnect))
		if i := slices.IndexFunc(t.Events, served); i >= 0 {
			return classify.OutcomeSometimes, t.Events[i : i+1]
		}
		seen = append(seen, telling(t)...)
	}
	if len(seen) > maxKept {
		seen = seen[:maxKept]
	}
	return classify.OutcomeFails, seen
}

// greeted: the server, and not a host on the way to it, gave its greeting or version line.
func greeted(e probe.Event) bool {
	return e.Phase != probe.PhaseProxy && e.Direction == probe.Received && (e.Kind == probe.KindReply && e.Code != nil && e.Code.Value < 400 || e.Kind == probe.KindBanner)
}

// keyed: the key exchange of SSH came to its end.
func keyed(e probe.Event) bool {
	return e.Kind == probe.KindHandshake && e.Phase == probe.PhaseKex && e.Failure == nil
}

// speaks asks whether the port speaks another kind of TLS. The certificate does not matter here, and no
// name or password is sent.
func speaks(p probe.Protocol) func(context.Context, *lab) (string, []probe.Event) {
	return func(ctx context.Context, l *lab) (string, []probe.Event) {
		t := l.trial(ctx, func(t *probe.Target) { t.Protocol, t.TLS.Insecure = p, true }, step(probe.OpConnect))
		shook := slices.ContainsFunc(t.Events, func(e probe.Event) bool {
			return e.Kind == probe.KindHandshake && (e.Failure == nil || e.Tolerated)
		})
		return worksOrFails(shook), telling(t)
	}
}

// tlsVersions makes a handshake with each version alone.
func tlsVersions(ctx context.Context, l *lab) (string, []probe.Event) {
	var spoken []string
	var seen []probe.Event
	for _, v := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		t := l.trial(ctx, func(t *probe.Target) {
			t.TLS.MinVersion, t.TLS.MaxVersion, t.TLS.Insecure = v, v, true
		}, step(probe.OpConnect))
		for _, e := range t.Events {
			if e.Kind == probe.KindHandshake && (e.Failure == nil || e.Tolerated) {
				spoken = append(spoken, tls.VersionName(v))
				seen = append(seen, e)
				break
			}
		}
		if !l.opt.Pause(ctx) {
			return "", nil
		}
	}
	if len(spoken) == 0 {
		return classify.OutcomeFails, nil
	}
	return strings.Join(spoken, ", "), seen
}

// dataPort asks whether a data connection comes about with one thing changed.
func dataPort(change func(*probe.Target)) func(context.Context, *lab) (string, []probe.Event) {
	return func(ctx context.Context, l *lab) (string, []probe.Event) {
		t := l.trial(ctx, change, step(probe.OpConnect), step(probe.OpLogin), step(probe.OpPassive))
		if !worked(t, probe.OpLogin) {
			return "", nil
		}
		return worksOrFails(worked(t, probe.OpPassive)), telling(t)
	}
}

// sessionReuse lists once more with the other setting of session reuse.
func sessionReuse(ctx context.Context, l *lab) (string, []probe.Event) {
	reused := !l.job.Target.TLS.NoSessionReuse
	t := l.trial(ctx, func(t *probe.Target) { t.TLS.NoSessionReuse = reused }, step(probe.OpConnect), step(probe.OpLogin), step(probe.OpList))
	switch {
	case !worked(t, probe.OpLogin):
		return "", nil
	case !worked(t, probe.OpList):
		return classify.OutcomeFails, telling(t)
	case reused:
		return "only-without-reuse", telling(t)
	}
	return "only-with-reuse", telling(t)
}

// plainTemplate is a name that no filter of dots, hyphens or suffixes refuses.
const plainTemplate = "probe{run}{n}.txt"

// otherName stores a file under an ordinary name in the same place, and removes it.
func otherName(ctx context.Context, l *lab) (string, []probe.Event) {
	named := func(s probe.Step) bool { return s.Op == probe.OpPut && s.Path != "" }
	if l.job.NameTemplate != "" || slices.ContainsFunc(l.job.Script.Steps, named) {
		return "", nil // the user chose the name, or even the place
	}
	before := l.job.NameTemplate
	l.job.NameTemplate = plainTemplate
	defer func() { l.job.NameTemplate = before }()
	steps := []probe.Step{step(probe.OpConnect), step(probe.OpLogin)}
	return l.store(ctx, append(steps, l.entering()...))
}

// storeAtHome stores a file without entering the directory of the script, and removes it.
func storeAtHome(ctx context.Context, l *lab) (string, []probe.Event) {
	if len(l.entering()) == 0 {
		return "", nil
	}
	return l.store(ctx, []probe.Step{step(probe.OpConnect), step(probe.OpLogin)})
}

// entering returns the steps of the script that change the directory.
func (l *lab) entering() []probe.Step {
	var out []probe.Step
	for _, s := range l.job.Script.Steps {
		if s.Op == probe.OpCwd {
			out = append(out, s)
		}
	}
	return out
}

func (l *lab) store(ctx context.Context, steps []probe.Step) (string, []probe.Event) {
	t := l.trial(ctx, nil, append(steps, step(probe.OpPut), step(probe.OpDelete))...)
	if !worked(t, probe.OpLogin) {
		return "", nil
	}
	return worksOrFails(worked(t, probe.OpPut)), telling(t)
}
