// Package diagnose runs a job, judges the record, asks the questions that an experiment can settle,
// and judges again.
//
// It decides nothing about causes: classify names the experiments that would help and reads their
// outcome from the record. An experiment is a short run of the same engine with one thing changed. It
// is polite: few, slow, each ended with QUIT; it sends credentials only where they have proved good
// in this run, never in clear where the user asked for TLS, and removes what it makes. internal/cli
// imports it.
package diagnose

import (
	"context"
	"slices"
	"time"

	"mftprobe/classify"
	"mftprobe/probe"
)

// Limits of the experiments after one run.
const (
	MaxExperiments = 3
	TotalLimit     = 15 * time.Second
	connectLimit   = 3 * time.Second
	replyLimit     = 4 * time.Second
	trialLimit     = 8 * time.Second
	politePause    = time.Second // between connections of one experiment
	maxKept        = 4           // events of one experiment in the record
)

// Options say what may be done beyond the script.
type Options struct {
	Off   bool                       // no experiments
	OnAsk func(probe.Experiment)     // sees each experiment before it is made, may be nil
	Pause func(context.Context) bool // waits between connections, false if the context ended; nil: politePause
}

// Run probes, judges, and settles what can be settled. The record holds the experiments and the
// events that decided them.
func Run(ctx context.Context, job probe.Job, opt Options) (probe.Transcript, classify.Judgement) {
	t := probe.Run(ctx, job)
	j := classify.Judge(t)
	if opt.Off || t.Interrupted || ctx.Err() != nil {
		return t, j
	}
	if opt.Pause == nil {
		opt.Pause = pause
	}
	limited, cancel := context.WithTimeout(ctx, TotalLimit)
	defer cancel()
	l := &lab{job: job, opt: opt, record: &t}
	for limited.Err() == nil && l.made < MaxExperiments {
		plan, ok := l.next(classify.Experiments(t, j.Verdict))
		if !ok {
			break
		}
		l.make(limited, plan)
		j = classify.Judge(t)
	}
	return t, j
}

// lab makes the experiments of one run.
type lab struct {
	job    probe.Job
	opt    Options
	record *probe.Transcript
	made   int
	tried  []string
	trials int
}

// next returns the first experiment that is possible here and was not tried.
func (l *lab) next(plans []classify.ExperimentPlan) (classify.ExperimentPlan, bool) {
	for _, p := range plans {
		if !slices.Contains(l.tried, p.Name) && l.possible(p.Name) {
			return p, true
		}
	}
	return classify.ExperimentPlan{}, false
}

// possible keeps experiments from doing harm: no login unless this run's login worked, no password in
// clear unless the user chose it, no write unless the script wrote.
func (l *lab) possible(name string) bool {
	ask, known := questions[name]
	switch {
	case !known:
		return false
	case ask.logsIn && !l.passed(probe.OpLogin):
		return false
	case ask.writes && l.cannotRemove():
		return false
	case ask.writes && !slices.ContainsFunc(l.job.Script.Steps, func(s probe.Step) bool { return s.Op == probe.OpPut }):
		return false
	case ask.clear && l.job.Target.User != "anonymous":
		return false
	}
	return true
}

// cannotRemove tells whether a file that was made could not be removed again: another one might stay
// too.
func (l *lab) cannotRemove() bool {
	return len(l.record.Cleanup.LeftBehind) > 0 || slices.ContainsFunc(l.record.Events, func(e probe.Event) bool {
		refused := e.Kind == probe.KindReply && e.Code != nil && e.Code.Value >= 400 || e.Kind == probe.KindResponse && e.Code != nil && e.Code.Value > 0
		return refused && (e.Command == "DELE" || e.Command == "REMOVE")
	})
}

func (l *lab) passed(op probe.Op) bool {
	return slices.ContainsFunc(l.record.Steps, func(s probe.StepResult) bool { return s.Op == op && s.Status == probe.StatusPass })
}

// make asks one question and puts the outcome into the record. An outcome that says nothing, because
// the experiment itself could not be made, is left out.
func (l *lab) make(ctx context.Context, plan classify.ExperimentPlan) {
	l.made++
	l.tried = append(l.tried, plan.Name)
	x := probe.Experiment{Name: plan.Name, Question: plan.Question, Evidence: []int{}}
	if l.opt.OnAsk != nil {
		l.opt.OnAsk(x)
	}
	outcome, seen := questions[plan.Name].ask(ctx, l)
	if outcome == "" || ctx.Err() != nil {
		return
	}
	x.Outcome = outcome
	for _, e := range seen {
		x.Evidence = append(x.Evidence, l.keep(plan.Name, e))
	}
	l.record.Experiments = append(l.record.Experiments, x)
}

// keep adds an event of an experiment to the record and returns its number there.
func (l *lab) keep(name string, e probe.Event) int {
	events := &l.record.Events
	seq := 1
	if n := len(*events); n > 0 {
		seq = (*events)[n-1].Seq + 1
	}
	e.Seq, e.Step, e.Conn = seq, "experiment "+name, name
	*events = append(*events, e)
	return seq
}

// trial runs steps against the target with one thing changed.
func (l *lab) trial(ctx context.Context, change func(*probe.Target), steps ...probe.Step) probe.Transcript {
	job := l.job
	l.trials++
	job.RunID += "x" + string(rune('0'+l.trials))
	job.OnStep, job.OnEvent = nil, nil
	job.Script = probe.Script{Name: "experiment", Steps: append(steps, probe.Step{Name: "quit", Op: probe.OpQuit, Always: true})}
	limits := job.Target.Limits.WithDefaults()
	job.Target.Limits = probe.Limits{
		Connect: min(limits.Connect, connectLimit), Reply: min(limits.Reply, replyLimit), Stall: min(limits.Stall, replyLimit), Total: min(limits.Total, trialLimit),
	}
	if change != nil {
		change(&job.Target)
	}
	t := probe.Run(ctx, job)
	left := &l.record.Cleanup
	left.Created = append(left.Created, t.Cleanup.Created...)
	left.Removed = append(left.Removed, t.Cleanup.Removed...)
	left.LeftBehind = append(left.LeftBehind, t.Cleanup.LeftBehind...)
	return t
}

func pause(ctx context.Context) bool {
	timer := time.NewTimer(politePause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
