package foreignlog

import "mftprobe/probe"

// channelEvent records what happens on the session channel: part is open, subsystem, exit-status,
// exit-signal or stderr, outcome granted, refused or a number.
func (s *session) channelEvent(part, outcome, text string) {
	e := probe.Event{
		Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindChannel, Command: part, Text: text, Attr: map[string]string{"channel": part},
	}
	switch part {
	case "open":
		e.Phase = probe.PhaseChannel
	case "subsystem":
		e.Phase = probe.PhaseSubsystem
	}
	switch {
	case part == "exit-status" || part == "exit-signal":
		e.Attr[part] = outcome
	case outcome != "":
		e.Attr["outcome"] = outcome
	}
	if outcome == "refused" && !s.failed() {
		s.fail(e, "channel")
		return
	}
	s.add(e)
}

// openRefused records that no session channel was given (RFC 4254 section 5.1).
func (s *session) openRefused(reason int, text string) {
	e := probe.Event{
		Phase: probe.PhaseChannel, Direction: probe.Received, Kind: probe.KindChannel, Command: "open", Text: text, Attr: map[string]string{"channel": "open-failure"},
		Code: &probe.Code{Space: probe.SpaceSSHChannel, Value: reason, Text: text},
	}
	if s.failed() {
		s.add(e)
		return
	}
	s.over = true
	s.fail(e, "channel")
}

// channelEnded records that the channel ended before SFTP was ready.
func (s *session) channelEnded(text string) {
	if s.failed() {
		s.remark(probe.PhaseInit, text)
		return
	}
	s.fail(probe.Event{
		Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindClose, Text: text, Attr: map[string]string{"what": "channel"},
		Failure: &probe.Failure{Class: probe.ClassEOF, Text: text},
	}, "channel")
}

// notSFTP records that something else than SFTP packets came, with the length that was made of it.
func (s *session) notSFTP(length, text string) {
	if s.failed() {
		s.remark(probe.PhaseInit, text)
		return
	}
	e := probe.Event{
		Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindText, Text: text,
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: text},
	}
	if length != "" {
		e.Attr = map[string]string{"length_field": length}
		e.Text += " (" + lengthText(length) + ")"
	}
	s.fail(e, "")
}
