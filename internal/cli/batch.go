package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
	"mftprobe/internal/diagnose"
	"mftprobe/internal/report"
	"mftprobe/probe"
	"mftprobe/protocols"
)

// openDriver is the one place that ties the engine to the drivers.
var openDriver = protocols.Open

// Limits of a batch.
const (
	defaultParallel = 16
	maxParallel     = 1024
	defaultPerHost  = 4
)

// batchOptions say how many targets run at a time.
type batchOptions struct {
	parallel int
	perHost  int
	jitter   time.Duration
	deadline time.Duration
}

func (b *batchOptions) define(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVar(&b.parallel, "parallel", defaultParallel, "targets at a time, 1 to 1024 (16)")
	f.IntVar(&b.perHost, "per-host", defaultPerHost, "targets on one host at a time (4)")
	f.Var(durationFlag{&b.jitter}, "jitter", "start each target after a random part of this time (0)")
	f.Var(durationFlag{&b.deadline}, "deadline", "end everything after this time (none)")
	groupFlags(cmd, groupMany, "parallel N", "per-host N", "jitter TIME", "deadline TIME")
}

func (b *batchOptions) check() error {
	switch {
	case b.parallel < 1 || b.parallel > maxParallel:
		return fmt.Errorf("--parallel: %d is not from 1 to %d", b.parallel, maxParallel)
	case b.perHost < 1 || b.perHost > maxParallel:
		return fmt.Errorf("--per-host: %d is not from 1 to %d", b.perHost, maxParallel)
	case b.jitter < 0 || b.jitter > time.Hour:
		return fmt.Errorf("--jitter: %s is not between 0 and 1h", b.jitter)
	case b.deadline < 0:
		return fmt.Errorf("--deadline: %s is negative", b.deadline)
	}
	return nil
}

// runner probes endpoints, several at a time, and hands the results to the outputs.
type runner struct {
	p         *program
	opt       runOptions
	endpoints []config.Endpoint
	out       *outputs
	guard     *circuits

	results chan indexed
	tally   tally
}

type indexed struct {
	index  int
	result report.Result
}

func (p *program) newRunner(endpoints []config.Endpoint, opt runOptions, out *outputs) (*runner, error) {
	guard, err := openCircuits(opt, endpoints)
	if err != nil {
		return nil, err
	}
	return &runner{p: p, opt: opt, endpoints: endpoints, out: out, guard: guard, results: make(chan indexed), tally: tally{firstBad: len(endpoints)}}, nil
}

// run probes all endpoints. It ends early, after clean-up, when the context ends, the deadline passes
// or an output cannot be written.
func (r *runner) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if r.opt.batch.deadline > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, r.opt.batch.deadline, errors.New("the deadline passed"))
		defer stop()
	}
	go r.startAll(ctx)
	for done := range r.results {
		r.tally.count(done.index, done.result)
		r.out.take(done.index, done.result)
		if r.out.err != nil {
			cancel()
		}
	}
}

// startAll runs every endpoint in a goroutine of its own, which waits for a free place.
func (r *runner) startAll(ctx context.Context) {
	places := make(chan struct{}, r.opt.batch.parallel)
	hosts := map[string]chan struct{}{}
	var all sync.WaitGroup
	for i, e := range r.endpoints {
		host := hosts[e.Target.Host]
		if host == nil {
			host = make(chan struct{}, r.opt.batch.perHost)
			hosts[e.Target.Host] = host
		}
		all.Go(func() {
			r.pause(ctx)
			turn := r.guard.enter(ctx, e)
			// The host's place first: who waits for a busy host must not block the others.
			host <- struct{}{}
			places <- struct{}{}
			defer func() { <-places; <-host }()
			growStack(false)
			r.results <- indexed{i, r.one(ctx, e, turn)}
		})
	}
	all.Wait()
	close(r.results)
}

// one probes a single endpoint.
func (r *runner) one(ctx context.Context, e config.Endpoint, turn *pass) report.Result {
	job := r.p.job(e)
	if r.out.live != nil {
		r.out.live.Start(describe(e.Target))
		show := newScreen(r.out.live)
		defer show.close()
		job.OnStep, job.OnEvent = show.step, show.event
	}
	job.Open = r.guard.wrap(job.Open, turn)
	t, j := diagnose.Run(ctx, job, diagnose.Options{Off: r.opt.noDiagnose})
	turn.done(false, r.guard.learn(e.Target, t, j.Verdict))
	return report.Result{Transcript: t, Judgement: j}
}

// describe is the target as the record will show it.
func describe(t probe.Target) probe.TargetInfo {
	return probe.TargetInfo{Name: t.Name, URL: t.URL(), Protocol: t.Protocol, Host: t.Host, Port: t.Port, User: t.User}
}

// pause spreads the starts, so that a cron job on many machines does not arrive as a wave. It takes no place: the last of
// many targets must not wait for the pauses of all others.
func (r *runner) pause(ctx context.Context) {
	if r.opt.batch.jitter <= 0 {
		return
	}
	timer := time.NewTimer(rand.N(r.opt.batch.jitter))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (r *runner) exitStatus(ctx context.Context) int {
	if errors.Is(context.Cause(ctx), errInterrupted) {
		return exitInterrupt
	}
	return r.tally.status(r.opt)
}
