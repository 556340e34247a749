package probe

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"
)

// CleanupLimit bounds the removal of what a run made, beyond the run's own total limit.
const CleanupLimit = 10 * time.Second

// DefaultNameTemplate names what the probe creates: {run} is the run's id, {n} counts from 1.
const DefaultNameTemplate = ".mftprobe-{run}-{n}.tmp"

// Job is all that one run needs. Target, Script, Open and RunID must be set.
type Job struct {
	Target       Target
	Script       Script
	Open         Opener
	RunID        string // unique; part of the names made on the server
	Tool         Tool
	Now          func() time.Time // the clock; time.Now if nil
	PayloadSize  int64            // bytes of an upload without a payload of its own
	NameTemplate string           // DefaultNameTemplate if empty
	Keep         bool             // leave the files that were made
	OnStep       func(StepResult) // sees each step as it ends, may be nil
	OnEvent      func(Event)      // sees each event as it is recorded, may be nil; see NewRecorder
}

// Run carries out the script, removes what it made, and returns the record. It never fails: what
// goes wrong is in the record. When ctx ends, the running step is abandoned, the clean-up is still
// done, and the record is marked as interrupted.
func Run(ctx context.Context, job Job) Transcript {
	job.setDefaults()
	r := &runner{job: job, rec: NewRecorder(job.Now, job.OnEvent, job.Target.Secrets()...), names: job.namer()}
	started := job.Now()
	r.drv = job.Open(job.Target, r.rec)
	limited, cancel := context.WithTimeout(ctx, job.Target.Limits.Total)
	r.steps(limited, job.Script.Steps)
	cancel()
	interrupted := ctx.Err() != nil
	r.cleanUp(context.WithoutCancel(ctx))
	_ = r.drv.Close()
	t := Transcript{
		RunID: job.RunID, Tool: job.Tool, StartedAt: Timestamp(started), Target: job.Target.info(r.rec),
		Steps: r.results, Cleanup: r.objects.report(), Interrupted: interrupted,
	}
	r.rec.fill(&t)
	return t
}

func (j *Job) setDefaults() {
	j.Target.Limits = j.Target.Limits.WithDefaults()
	if j.Now == nil {
		j.Now = time.Now
	}
	if j.NameTemplate == "" {
		j.NameTemplate = DefaultNameTemplate
	}
}

func (t Target) info(rec *Recorder) TargetInfo {
	return TargetInfo{Name: t.Name, URL: rec.Clean(t.URL()), Protocol: t.Protocol, Host: t.Host, Port: t.Port, User: t.User}
}

// runner is the state of one run.
type runner struct {
	job     Job
	rec     *Recorder
	drv     Driver
	names   namer
	objects objects
	results []StepResult
	stopped bool     // a step failed: only Always steps still run
	over    bool     // the session is gone
	refused bool     // a login was refused: no second one in this run
	logged  bool     // a login succeeded
	left    bool     // quit was done
	entered []string // directories changed into, to find the way again after a reconnect
}

func (r *runner) steps(ctx context.Context, steps []Step) {
	for _, s := range steps {
		if s.Op == OpQuit {
			r.cleanUpInSession(ctx)
		}
		r.step(ctx, s)
	}
}

// step runs one step, or records why it does not.
func (r *runner) step(ctx context.Context, s Step) {
	r.rec.begin(s.Name)
	if why := r.skip(ctx, s); why != "" {
		res := StepResult{Name: s.Name, Op: s.Op, Status: StatusSkipped, Detail: why}
		if !r.stopped && !s.Always { // a run that ends between two steps has not passed
			res.Status, r.stopped = StatusFail, true
		}
		r.finish(res)
		return
	}
	s = r.resolve(s)
	began := r.job.Now()
	o := r.do(ctx, s)
	problem := r.verify(s, &o)
	res := StepResult{
		Name: s.Name, Op: s.Op, Status: status(s, o, problem), Duration: Millis(r.job.Now().Sub(began)), Bytes: o.Bytes,
		Code: r.clean(o.Final), Codes: r.rec.stepCodes(), Detail: r.rec.Clean(o.Detail), Path: r.rec.Clean(o.Path), Listing: o.Listing,
	}
	if problem != "" {
		res.Detail = r.rec.Clean(problem)
	}
	r.remember(s, o)
	if res.Status == StatusFail {
		r.stopped = true
	}
	r.finish(res)
}

// clean masks the text of a code.
func (r *runner) clean(c *Code) *Code {
	if c == nil {
		return nil
	}
	out := *c
	out.Text = r.rec.Clean(c.Text)
	return &out
}

func (r *runner) finish(res StepResult) {
	r.results = append(r.results, res)
	if r.job.OnStep != nil {
		r.job.OnStep(res)
	}
}

// skip returns why a step is not run, or the empty string.
func (r *runner) skip(ctx context.Context, s Step) string {
	switch {
	case r.over:
		return "the session had ended"
	case ctx.Err() != nil && !s.Always:
		return "the run had ended"
	case r.stopped && !s.Always:
		return "an earlier step failed"
	}
	return ""
}

// do bounds a step by its own limit. An Always step still runs when the run's time is over.
func (r *runner) do(ctx context.Context, s Step) Outcome {
	if s.Always && ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), min(CleanupLimit, r.job.Target.Limits.Reply))
		defer cancel()
	}
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Timeout)
		defer cancel()
	}
	if s.Op == OpWait {
		return pause(ctx, s.Pause)
	}
	return r.drv.Do(ctx, s)
}

func pause(ctx context.Context, d time.Duration) Outcome {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return Outcome{OK: true}
	case <-ctx.Done():
		return Outcome{Detail: "the wait was cut short"}
	}
}

// resolve fills in the path of what the run made, and the payload.
func (r *runner) resolve(s Step) Step {
	switch s.Op {
	case OpPut, OpMkdir:
		if s.Path == "" {
			s.Path, s.Fresh = r.names.next(), true
		}
	case OpSize, OpGet, OpDelete, OpMdtm, OpStat, OpAppend, OpChmod, OpRename:
		if s.Path == "" {
			s.Path = r.objects.last(false)
		}
	case OpRmdir:
		if s.Path == "" {
			s.Path = r.objects.last(true)
		}
	}
	if s.Op == OpRename && s.To == "" {
		s.To, s.Fresh = r.names.next(), true
	}
	if (s.Op == OpPut || s.Op == OpAppend) && s.Payload == nil {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s %s", r.job.RunID, s.Path)
		s.Payload = NewPattern(r.job.PayloadSize, h.Sum64(), r.job.Target.FTP.Type == "A")
	}
	return s
}

// remember takes over what the step says about the session and about what is on the server now.
func (r *runner) remember(s Step, o Outcome) {
	r.over = r.over || o.Over
	r.refused = r.refused || o.Refused
	switch s.Op {
	case OpLogin:
		r.logged = r.logged || o.OK
	case OpCwd:
		if o.OK {
			r.entered = append(r.entered, s.Path)
		}
	case OpQuit:
		r.left = true
	case OpPut, OpMkdir:
		if s.Offset > 0 { // resumed: the object was there before
			r.objects.changed(s.Path)
		} else if o.Created {
			r.objects.add(object{path: s.Path, dir: s.Op == OpMkdir, size: o.Bytes, sum: o.SHA256, whole: o.OK, doubt: !o.OK})
		}
	case OpAppend:
		r.objects.changed(s.Path)
	case OpRename:
		if o.OK {
			r.objects.rename(s.Path, s.To)
		} else if o.Created {
			r.objects.uncertain(s.Path, s.To)
		} else if s.Fresh {
			r.objects.renameRefused(s.Path, s.To)
		}
	case OpDelete, OpRmdir:
		if o.OK {
			r.objects.removed(s.Path)
		} else if o.Over && o.Final == nil {
			r.objects.unsettled(s.Path)
		}
	}
}

// status judges the outcome against the step's own words, not against the world.
func status(s Step, o Outcome, problem string) Status {
	switch {
	case problem == "" && o.OK:
		return StatusPass
	case problem == "":
		return StatusRefusal
	case s.MayFail && !o.Over:
		return StatusWarn
	}
	return StatusFail
}

// verify returns what is wrong with a finished step, or the empty string. What it finds itself
// becomes an event, so that the record alone tells the story.
func (r *runner) verify(s Step, o *Outcome) string {
	if !o.OK {
		if refusedAsExpected(s, o) {
			return ""
		}
		if o.Detail == "" {
			return "it did not work"
		}
		return o.Detail
	}
	if what, about := s.Expect.unmet(*o, r.job.Now()); what != "" {
		return r.check(ClassUnexpected, about, what)
	}
	if made, ok := r.objects.find(s.Path); ok && made.whole {
		return r.compare(s, *o, made)
	}
	return ""
}

// refusedAsExpected tells whether a failed step has met the refusal that it expects. It must not have cost the session,
// except that of connect and login: behind that servers hang up. A refused login by SSH has no code.
func refusedAsExpected(s Step, o *Outcome) bool {
	if !s.Expect.wantsRefusal() || o.Over && s.Op != OpConnect && s.Op != OpLogin {
		return false
	}
	return s.Expect.matchCode(o.Final, false) || o.Refused && slices.Contains(s.Expect.Codes, ExpectRefused)
}

// compare holds what the server says or returns against what was sent.
func (r *runner) compare(s Step, o Outcome, made object) string {
	ascii := r.job.Target.FTP.Type == "A"
	switch {
	case s.Op == OpSize && o.HasSize && o.Size != made.size && !ascii:
		return r.check(ClassMismatch, "size", fmt.Sprintf("the server says %d bytes, %d were sent", o.Size, made.size))
	case s.Op != OpGet || s.Offset > 0:
		return ""
	case o.Bytes != made.size && !ascii:
		return r.check(ClassMismatch, "length", fmt.Sprintf("%d bytes came back, %d were sent", o.Bytes, made.size))
	case o.SHA256 != made.sum && !ascii:
		return r.check(ClassMismatch, "content", fmt.Sprintf("sha256 of what came back is %s, of what was sent %s", o.SHA256, made.sum))
	}
	return ""
}

func (r *runner) check(class Class, what, text string) string {
	r.rec.Add(Event{
		Phase: PhaseVerify, Conn: "control", Direction: Local, Kind: KindCheck, Text: text,
		Failure: &Failure{Class: class, Text: text}, Attr: map[string]string{"check": what},
	})
	return text
}

func codeText(c *Code) string {
	if c == nil {
		return "success"
	}
	return fmt.Sprintf("%d %s", c.Value, c.Text)
}
