package ftp

import (
	"context"
	"errors"
	"time"

	"mftprobe/probe"
)

// final waits for the final reply to x.
func (c *control) final(ctx context.Context, x *exchange) (*reply, error) {
	err := c.await(ctx, x, c.limit, func() bool { return x.final != nil })
	if err != nil {
		return nil, err
	}
	return x.final, nil
}

// begun waits until the server has answered x at all, or limit is over, which is no failure.
func (c *control) begun(ctx context.Context, x *exchange, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		c.mu.Lock()
		answered, dead := x.first != nil || x.final != nil, c.dead != nil
		c.mu.Unlock()
		switch {
		case answered:
			return nil
		case dead:
			return errSession
		}
		select {
		case <-c.wake:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return c.expired(ctx, x)
		}
	}
}

// await waits until done, which is asked under the lock. The limit starts anew with every reply.
func (c *control) await(ctx context.Context, x *exchange, limit time.Duration, done func() bool) error {
	began := time.Now()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		c.mu.Lock()
		ready, dead := done(), c.dead != nil
		due := c.due(began, limit)
		c.mu.Unlock()
		switch {
		case ready:
			return nil
		case dead:
			return errSession
		}
		timer.Reset(time.Until(due))
		select {
		case <-c.wake:
		case <-timer.C:
			if !c.resend() && time.Since(c.waitingSince(began)) >= limit {
				return c.expire(x, limit)
			}
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) && x.decides() && c.soon(done) {
				return nil
			}
			return c.expired(ctx, x)
		}
	}
}

// soon waits a little for the answer to a command that was interrupted, and tells whether it has come.
func (c *control) soon(done func() bool) bool {
	timer := time.NewTimer(lingerLimit)
	defer timer.Stop()
	for {
		c.mu.Lock()
		ready, dead := done(), c.dead != nil
		c.mu.Unlock()
		if ready || dead {
			return ready
		}
		select {
		case <-c.wake:
		case <-timer.C:
			return false
		}
	}
}

// due returns when the wait is to be looked at again.
func (c *control) due(began time.Time, limit time.Duration) time.Time {
	since := began
	if c.lastAt.After(since) {
		since = c.lastAt
	}
	switch {
	case !c.lostFlight():
	case c.oneByOne:
		return c.lastAt
	default:
		return c.lastAt.Add(min(pipelineGrace, limit/2))
	}
	return since.Add(limit)
}

func (c *control) waitingSince(began time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lastAt.After(began) {
		return c.lastAt
	}
	return began
}

// lostFlight tells whether the head of the queue was sent together with a command that has been
// answered, and may have been lost with it.
func (c *control) lostFlight() bool {
	return c.answered && !c.together && len(c.queue) > 0 && c.queue[0].piped
}

// resend sends the head of the queue again, alone, if the server seems to have dropped it because
// it came together with another command. Only commands that may be repeated are ever sent together.
func (c *control) resend() bool {
	c.mu.Lock()
	if !c.lostFlight() {
		c.mu.Unlock()
		return false
	}
	x := c.queue[0]
	x.piped, c.answered = false, false
	first := !c.oneByOne
	c.oneByOne = true
	c.mu.Unlock()
	if first {
		c.rec.Add(oddity(probe.OddityFallback, probe.Event{
			Step: x.step, Phase: x.verb.phase, Conn: controlID, Command: x.cmd.name,
			Text: "the server answered only the first of several commands; they are sent one by one now",
			Attr: map[string]string{"from": "pipelined", "to": "one by one"},
		}))
	}
	c.write([]*exchange{x})
	return true
}

// expire ends the session: no reply within the limit, and one that came later could be taken for
// the answer to another command.
func (c *control) expire(x *exchange, limit time.Duration) error {
	c.timedOut(x, "reply", "no reply within "+limit.String())
	return errSession
}

// expired ends the session because the step's or the run's time is over, or the user ended it.
func (c *control) expired(ctx context.Context, x *exchange) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		c.fail(probe.Failure{Class: probe.ClassCanceled, Text: "interrupted"}, probe.KindNote)
		return errSession
	}
	c.timedOut(x, "total", "the time for the step or the run is over")
	return errSession
}

// timedOut records a timeout as one of the oldest unanswered command: while that is open, the server
// cannot answer x.
func (c *control) timedOut(x *exchange, limit, text string) {
	c.mu.Lock()
	if len(c.queue) > 0 {
		x = c.queue[0]
	}
	partial := c.parser.partial()
	phase := x.verb.phase
	if x.verb.transfer && x.first != nil {
		phase = probe.PhaseCompletion
	}
	c.mu.Unlock()
	e := probe.Event{
		Step: x.step, Phase: phase, Conn: controlID, Direction: probe.Local, Kind: probe.KindTimeout, Command: x.cmd.name,
		Text: text, Failure: &probe.Failure{Class: probe.ClassTimeout, Text: text}, Attr: map[string]string{"limit": limit},
	}
	if partial != "" {
		e.Attr["partial"] = partial[:min(len(partial), maxShownText)]
	}
	c.rec.Add(e)
	c.bury(*e.Failure)
}
