package ftp

import (
	"errors"
	"strings"

	"mftprobe/probe"
)

// command is one line to send. A secret argument is never part of a text.
type command struct {
	name   string
	arg    string
	secret probe.Secret // sent behind the name when hidden is set
	hidden bool
}

// cmd makes a command without a secret.
func cmd(name, arg string) command { return command{name: name, arg: arg} }

// errLineEnd refuses what would be more than one line on the wire.
var errLineEnd = errors.New("a name with a line end in it cannot be sent")

// broken tells whether the line would be more than one.
func (c command) broken() bool {
	return strings.ContainsAny(c.name+c.arg, "\r\n") || strings.ContainsAny(c.secret.Reveal(), "\r\n")
}

// shown returns the line for the record.
func (c command) shown() string {
	switch {
	case c.hidden:
		return c.name + " " + probe.Mask
	case c.arg == "":
		return c.name
	}
	return c.name + " " + c.arg
}

// appendWire appends the line as it is sent. A byte 255 is doubled, since the control connection is
// a Telnet stream (RFC 959 section 5.3).
func (c command) appendWire(b []byte) []byte {
	b = append(b, c.name...)
	arg := c.arg
	if c.hidden {
		arg = c.secret.Reveal()
	}
	if arg != "" || c.hidden {
		b = append(b, ' ')
	}
	for i := range len(arg) {
		if arg[i] == telnetIAC {
			b = append(b, telnetIAC)
		}
		b = append(b, arg[i])
	}
	return append(b, '\r', '\n')
}

// exchange is a command and what has been answered to it.
type exchange struct {
	cmd   command
	verb  verb
	step  string
	halt  bool // the reader stops behind a positive reply: TLS begins or ends there
	piped bool // sent while another command was unanswered

	// The control's lock guards what follows.
	first   *reply // the first preliminary reply
	prelims int
	final   *reply

	// onReply sees each reply at once, from the reader, and whether a preliminary one had come before; it must not call
	// the control.
	onReply func(r *reply, started bool)
	// onLost is told that the session is gone and nothing was answered; it must not call the control either.
	onLost func()
}

// newExchange makes the exchange of a command of a step. What removes our own files is a phase of
// its own.
func newExchange(step string, m command) *exchange {
	x := &exchange{cmd: m, verb: verbOf(m.name), step: step}
	if step == string(probe.PhaseCleanup) && x.verb.phase == probe.PhasePath {
		x.verb.phase = probe.PhaseCleanup
	}
	return x
}

// decides tells whether what is on the server after the command hangs on its answer, so that a user who
// interrupts it is better served by waiting for that than by not knowing what to clean up. An upload that
// is cut short is removed whatever the answer.
func (x *exchange) decides() bool {
	switch x.cmd.name {
	case "MKD", "RMD", "DELE", "RNTO":
		return true
	}
	return false
}

// event returns the record of the command.
func (x *exchange) event() probe.Event {
	e := probe.Event{
		Step: x.step, Phase: x.verb.phase, Conn: controlID, Direction: probe.Sent, Kind: probe.KindCommand,
		Command: x.cmd.name, Text: x.cmd.shown(),
	}
	if x.piped {
		e.Attr = map[string]string{"pipelined": "yes"}
	}
	return e
}

// phaseOf returns the phase that a reply belongs to: the final reply of a transfer that has begun
// is its completion.
func (x *exchange) phaseOf(r *reply) probe.Phase {
	if x.verb.transfer && !r.preliminary() && (x.first != nil || r.positive()) {
		return probe.PhaseCompletion
	}
	return x.verb.phase
}
