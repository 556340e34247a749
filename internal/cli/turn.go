package cli

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"mftprobe/internal/config"
	"mftprobe/internal/guard"
	"mftprobe/probe"
)

// credentials are an account with what proves who we are.
type credentials struct {
	account string
	proof   [32]byte
}

// turn is how the targets of a run that share credentials log in. Until one of them was let in, the others wait for it:
// three targets with the same wrong password are three failed logins to a server that counts them.
type turn struct {
	free    chan struct{} // holds a value while no login is under way
	worked  atomic.Bool
	refused *guard.Circuit // belongs to who has the value
}

// pass is one target's part in a turn.
type pass struct {
	turn    *turn          // nil: nobody waits for this target
	refused *guard.Circuit // what another target was told
	leave   sync.Once
}

// enter waits until e may log in. It must come before e takes a place: those that wait hold up nobody.
func (c *circuits) enter(ctx context.Context, e config.Endpoint) *pass {
	if !slices.ContainsFunc(e.Script.Steps, func(s probe.Step) bool { return s.Op == probe.OpLogin }) {
		return &pass{}
	}
	t := c.turn(credentials{accountOf(e.Target), guard.Proof(e.Target)})
	if t.worked.Load() {
		return &pass{}
	}
	select {
	case <-t.free:
	case <-ctx.Done():
		return &pass{}
	}
	if t.worked.Load() || t.refused != nil {
		defer func() { t.free <- struct{}{} }()
		return &pass{refused: t.refused}
	}
	return &pass{turn: t}
}

func (c *circuits) turn(who credentials) *turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.turns[who]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		c.turns[who] = t
	}
	return t
}

// done ends the target's login, as far as the others wait for it.
func (p *pass) done(worked bool, refused *guard.Circuit) {
	if p.turn == nil {
		return
	}
	p.leave.Do(func() {
		if worked {
			p.turn.worked.Store(true)
		}
		p.turn.refused = refused
		p.turn.free <- struct{}{}
	})
}

// watchedDriver lets the others go on as soon as the login has worked.
type watchedDriver struct {
	probe.Driver
	pass *pass
}

// Do carries out a step.
func (w *watchedDriver) Do(ctx context.Context, s probe.Step) probe.Outcome {
	o := w.Driver.Do(ctx, s)
	if s.Op == probe.OpLogin && o.OK {
		w.pass.done(true, nil)
	}
	return o
}
