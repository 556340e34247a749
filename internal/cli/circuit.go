package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"mftprobe/classify"
	"mftprobe/internal/config"
	"mftprobe/internal/guard"
	"mftprobe/probe"
)

// guardDefault is what --lockout-guard holds without a file.
const guardDefault = "default"

// circuits keep a refused login from being repeated: by the other targets of this run, and with
// --lockout-guard by the next runs.
type circuits struct {
	guard *guard.Guard
	open  map[string]*guard.Circuit // by account; not changed after the start

	mu    sync.Mutex
	turns map[credentials]*turn
	err   error
}

// openCircuits asks the state file about every endpoint before anything is sent.
func openCircuits(opt runOptions, endpoints []config.Endpoint) (*circuits, error) {
	c := &circuits{open: map[string]*guard.Circuit{}, turns: map[credentials]*turn{}}
	if opt.guard == "" {
		return c, nil
	}
	path := opt.guard
	if path == guardDefault {
		var err error
		if path, err = guard.DefaultPath(); err != nil {
			return nil, err
		}
	}
	c.guard = guard.New(path)
	for _, e := range endpoints {
		if opt.override || c.open[accountOf(e.Target)] != nil {
			continue
		}
		blocked, err := c.guard.Blocked(e.Target)
		if err != nil {
			return nil, err
		}
		if blocked != nil {
			c.open[accountOf(e.Target)] = blocked
		}
	}
	return c, nil
}

func accountOf(t probe.Target) string { return t.User + "@" + t.HostPort() }

// wrap puts the circuit in front of the driver's login.
func (c *circuits) wrap(open probe.Opener, p *pass) probe.Opener {
	return func(t probe.Target, rec *probe.Recorder) probe.Driver {
		drv := open(t, rec)
		blocked := &blockedDriver{Driver: drv, rec: rec, phase: loginPhase(t.Protocol)}
		switch circuit := c.open[accountOf(t)]; {
		case circuit != nil:
			blocked.circuit, blocked.advice = *circuit, "change the secret, or log in once with --lockout-override"
		case p.refused != nil:
			blocked.circuit, blocked.advice = *p.refused, "another target of this run has the same account"
		default:
			return &watchedDriver{drv, p}
		}
		return blocked
	}
}

func loginPhase(p probe.Protocol) probe.Phase {
	if p == probe.SFTP {
		return probe.PhaseAuth
	}
	return probe.PhaseLogin
}

// blockedDriver does everything but log in.
type blockedDriver struct {
	probe.Driver
	rec     *probe.Recorder
	circuit guard.Circuit
	advice  string
	phase   probe.Phase
}

// Do refuses the login here and lets every other step through.
func (b *blockedDriver) Do(ctx context.Context, s probe.Step) probe.Outcome {
	if s.Op != probe.OpLogin {
		return b.Driver.Do(ctx, s)
	}
	text := fmt.Sprintf("not tried: this login was refused at %s (%s); %s", b.circuit.RefusedAt, b.circuit.Reply, b.advice)
	e := probe.Event{
		Phase: b.phase, Conn: "control", Direction: probe.Local, Kind: probe.KindAuth, Text: text,
		Failure: &probe.Failure{Class: probe.ClassAuth, Text: text},
		Attr:    map[string]string{"circuit": "open", "outcome": "refused", "since": b.circuit.RefusedAt.String()},
	}
	if code, said, ok := b.oldReply(); ok {
		// The server's answer stands for what it would be again. Direction and text tell that it is the old one.
		e.Kind, e.Command, e.Text, e.Failure = probe.KindReply, "PASS", "", nil
		e.Code = &probe.Code{Space: probe.SpaceFTP, Value: code, Text: fmt.Sprintf("%s (said at %s; not tried again)", said, b.circuit.RefusedAt)}
	}
	b.rec.Add(e)
	return probe.Outcome{Refused: true, Detail: text}
}

// oldReply takes the reply of an FTP server apart.
func (b *blockedDriver) oldReply() (code int, text string, ok bool) {
	number, text, _ := strings.Cut(b.circuit.Reply, " ")
	code, err := strconv.Atoi(number)
	return code, text, b.phase == probe.PhaseLogin && err == nil
}

// learn opens the circuit after a refused login and closes it after one that worked. The first error
// stays, to be told at the end.
func (c *circuits) learn(t probe.Target, tr probe.Transcript, v classify.Verdict) (refused *guard.Circuit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[accountOf(t)] != nil {
		return nil
	}
	reply, said := refusedLogin(tr)
	if said = said && aboutAccount(v); said {
		refused = &guard.Circuit{RefusedAt: probe.Timestamp(time.Now()), Reply: reply}
	}
	if c.guard == nil {
		return refused
	}
	var err error
	if said {
		err = c.guard.Refused(t, reply, time.Now())
	} else if loggedIn(tr) {
		err = c.guard.Succeeded(t)
	}
	if c.err == nil {
		c.err = err
	}
	return refused
}

// aboutAccount tells whether a refusal can be one of the account. What passes by itself, such as a server that is full,
// and what was said before any secret was sent locks nobody out.
func aboutAccount(v classify.Verdict) bool {
	return v.Retry != classify.RetryYes && v.Cause != classify.CausePlainFTPRefusedNeedsTLS
}

func loggedIn(tr probe.Transcript) bool {
	for _, s := range tr.Steps {
		if s.Op == probe.OpLogin && s.Status == probe.StatusPass {
			return true
		}
	}
	return false
}

// refusedLogin finds the server's no to the credentials and returns what it said.
func refusedLogin(tr probe.Transcript) (string, bool) {
	for _, e := range tr.Events {
		switch {
		case e.Phase == probe.PhaseLogin && e.Kind == probe.KindReply && e.Code != nil && e.Code.Value >= 500:
			return fmt.Sprintf("%d %s", e.Code.Value, e.Code.Text), true
		case e.Phase == probe.PhaseAuth && e.Failure != nil && e.Failure.Class == probe.ClassAuth:
			return e.Failure.Text, true
		}
	}
	return "", false
}
