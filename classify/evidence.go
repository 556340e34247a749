package classify

import (
	"slices"
	"strings"
	"time"

	"mftprobe/probe"
)

// Limits on what the judge reads and hands on.
const (
	maxEvidence  = 12      // sequence numbers in a verdict
	maxAftermath = 4 << 10 // bytes of text read after the decisive event
	alertWindow  = 3       // events before it among which an alert belongs to it
)

// scene is what a rule sees: the decisive event, the state of the session just before it, and what
// followed in the same step.
type scene struct {
	session
	t     *probe.Transcript
	step  *probe.StepResult // nil: the record has no steps
	op    probe.Op
	bad   *probe.Event
	phase probe.Phase
	verb  string // the command that the event answers, or that was under way
	text  string // all words of the event
	after aftermath
	told  []Cause // what the words say at this place, most likely first

	leanings []leaning // the same with weights
}

// aftermath sums up the consequences of the decisive event.
type aftermath struct {
	alert  int // TLS alert received, -1 none
	ours   int // TLS alert that we sent, -1 none
	text   string
	closed probe.Class // how the control connection ended, empty if it stayed
	moved  int64       // bytes of a data stream that was counted behind the reply
	seqs   []int
}

// frame makes the scene around the event at index i; -1 stands for a failed step that shows nothing.
func frame(t *probe.Transcript, step *probe.StepResult, i int) *scene {
	s := &scene{t: t, step: step, session: newSession(t), after: aftermath{alert: -1, ours: -1}}
	last := i
	if i < 0 {
		last = len(t.Events)
	}
	for j := range t.Events[:last] {
		if e := &t.Events[j]; !experimental(e) {
			s.feed(e)
		}
	}
	if i < 0 {
		s.bad = &probe.Event{Direction: probe.Local, Kind: probe.KindNote}
	} else {
		s.bad = s.decisiveEvent(i)
	}
	s.recall(strings.ToUpper(s.bad.Command))
	s.locate()
	s.follow(max(i, 0))
	if i >= 0 && s.bad.Kind == probe.KindReply && t.Events[i].Kind == probe.KindClose {
		s.after.closed = probe.ClassEOF
	}
	s.text = wordsOf(s.bad)
	s.data.bytes = max(s.data.bytes, s.after.moved, s.bad.Bytes)
	s.listen()
	return s
}

// locate finds out where in the session the event belongs.
func (s *scene) locate() {
	s.verb = strings.ToUpper(s.bad.Command)
	if s.verb == "" && s.bad.Kind == probe.KindReply && s.data.begun {
		s.verb = s.data.verb
	}
	if s.verb == "" && s.bad.Kind != probe.KindReply && !s.atGreeting() {
		s.verb = s.command
	}
	s.phase = s.bad.Phase
	if s.phase == "" {
		s.phase = s.derivedPhase()
	}
	switch {
	case s.step != nil:
		s.op = s.step.Op
	default:
		s.op = opOf(s.verb, s.phase)
	}
}

// atGreeting tells that nothing has been said yet on the connection.
func (s *scene) atGreeting() bool { return !s.greeted && s.command == "" }

// follow reads the consequences, in the same step and connection attempt only.
func (s *scene) follow(i int) {
	for j := max(i-alertWindow, 0); j < i; j++ {
		if e := &s.t.Events[j]; e.Kind == probe.KindAlert {
			s.after.take(e, true)
		}
	}
	for j := range s.t.Events[min(i, len(s.t.Events)):] {
		e := &s.t.Events[i+j]
		if s.step != nil && e.Step != s.step.Name || j > 0 && e.Kind == probe.KindConnect && !onData(e) {
			break
		}
		s.after.take(e, j == 0)
	}
}

func (a *aftermath) take(e *probe.Event, first bool) {
	switch {
	case e.Code != nil && e.Code.Space == probe.SpaceTLSAlert && e.Direction == probe.Sent:
		a.ours = e.Code.Value
	case e.Code != nil && e.Code.Space == probe.SpaceTLSAlert:
		a.alert = e.Code.Value
	}
	if first {
		return
	}
	if e.Failure != nil && !onData(e) && a.closed == "" {
		a.closed = e.Failure.Class
	}
	if e.Kind == probe.KindData {
		a.moved = max(a.moved, e.Bytes)
	}
	if e.Direction == probe.Received && e.Kind != probe.KindClose { // the words of a close are ours
		hear(&a.text, wordsOf(e))
	}
	if len(a.seqs) < maxEvidence && (e.Failure != nil || e.Kind == probe.KindReply || e.Kind == probe.KindText || e.Kind == probe.KindAlert) {
		a.seqs = append(a.seqs, e.Seq)
	}
}

// wordsOf returns what the other side or the system said in an event.
func wordsOf(e *probe.Event) string {
	text := e.Text
	if e.Code != nil && e.Code.Text != "" && !strings.Contains(text, e.Code.Text) {
		text += " " + e.Code.Text
	}
	if e.Kind != probe.KindText && e.Failure != nil && e.Failure.Text != "" && !strings.Contains(text, e.Failure.Text) {
		text += " " + e.Failure.Text
	}
	if len(text) > maxAftermath {
		text = text[:maxAftermath]
	}
	return strings.TrimSpace(text)
}

// waited is the time between the last command and the decisive event.
func (s *scene) waited() time.Duration { return time.Duration(s.bad.At) - s.sentAt }

// silent is the time since anything was heard or sent.
func (s *scene) silent() time.Duration {
	return time.Duration(s.bad.At) - max(s.sentAt, s.heardAt)
}

// code returns the number of the decisive event in the given numbering, or -1. Text in the place of TLS
// answers no command, whatever number it begins with.
func (s *scene) code(space probe.Space) int {
	if s.bad.Code == nil || s.bad.Kind == probe.KindText || s.bad.Code.Space != space {
		return -1
	}
	return s.bad.Code.Value
}

// class returns how the decisive event broke, or the empty class. An alert stands for the end that it
// brings.
func (s *scene) class() probe.Class {
	if s.bad.Failure == nil && s.bad.Kind == probe.KindAlert {
		return probe.ClassTLSAlert
	}
	if s.bad.Failure == nil {
		return ""
	}
	return s.bad.Failure.Class
}

// evidence lists sequence numbers: the decisive event, the command before it, the consequences, and
// what experiments saw if one of them settled the verdict.
func (s *scene) evidence(settled bool) []int {
	out := []int{}
	add := func(seq int) {
		if seq > 0 && len(out) < maxEvidence && !slices.Contains(out, seq) {
			out = append(out, seq)
		}
	}
	add(s.bad.Seq)
	add(s.commandSeq())
	if s.bad.Kind == probe.KindTimeout && s.astray != nil {
		add(s.astray.Seq)
	}
	for i := range s.t.Experiments {
		for _, seq := range s.t.Experiments[i].Evidence {
			if settled {
				add(seq)
			}
		}
	}
	for _, seq := range s.after.seqs {
		add(seq)
	}
	return out
}

// commandSeq finds the command that the decisive event answers. What an upload or a listing was checked for belongs to the
// command that moved the data, not to a question for its checksum that came behind.
func (s *scene) commandSeq() int {
	moved := s.movedBefore()
	for i := range slices.Backward(s.t.Events) {
		e := &s.t.Events[i]
		if e.Seq < s.bad.Seq && e.Direction == probe.Sent && (e.Kind == probe.KindCommand || e.Kind == probe.KindRequest) &&
			(moved == "" || e.Command == moved) {
			return e.Seq
		}
	}
	return 0
}

// movedBefore is the command whose data a failed check was about, if it was about any.
func (s *scene) movedBefore() string {
	if s.bad.Kind != probe.KindCheck || s.bad.Command != "" {
		return ""
	}
	for _, e := range slices.Backward(s.t.Events) {
		if e.Seq < s.bad.Seq && e.Step == s.bad.Step && e.Kind == probe.KindData && e.Command != "" {
			return e.Command
		}
	}
	return ""
}

// derivedPhase places an event whose maker gave no phase.
func (s *scene) derivedPhase() probe.Phase {
	e := s.bad
	switch e.Kind {
	case probe.KindLookup:
		return probe.PhaseDNS
	case probe.KindConnect:
		if onData(e) {
			return probe.PhaseDataConnect
		}
		return probe.PhaseTCP
	case probe.KindHandshake, probe.KindAlert:
		return s.handshakePhase()
	case probe.KindKexInit, probe.KindBanner:
		return probe.PhaseKex
	case probe.KindHostKey:
		return probe.PhaseHostKey
	case probe.KindAuth:
		return probe.PhaseAuth
	case probe.KindChannel:
		return s.channelPhase()
	case probe.KindData:
		return probe.PhaseTransfer
	}
	if s.protocol == probe.SFTP {
		return s.sshPhase()
	}
	if s.unasked() {
		return s.lastPhase()
	}
	if s.verb == "" || e.Kind == probe.KindText && !s.greeted {
		return probe.PhaseGreeting
	}
	return s.commandPhase()
}

func (s *scene) handshakePhase() probe.Phase {
	switch {
	case s.protocol == probe.SFTP:
		return probe.PhaseKex
	case onData(s.bad):
		return probe.PhaseDataTLS
	}
	return probe.PhaseTLS
}

func (s *scene) channelPhase() probe.Phase {
	switch {
	case channelPart(s.bad) == "open":
		return probe.PhaseChannel
	case channelPart(s.bad) == "subsystem":
		return probe.PhaseSubsystem
	}
	return probe.PhaseInit
}

// sshPhase places a silence or an end by what had been reached.
func (s *scene) sshPhase() probe.Phase {
	switch {
	case !s.greeted:
		return probe.PhaseVersion
	case s.ssh.version:
		return requestPhase(s.verb)
	case s.ssh.subsystem:
		return probe.PhaseInit
	case s.ssh.channel:
		return probe.PhaseSubsystem
	case s.loggedIn:
		return probe.PhaseChannel
	case s.ssh.kexDone || s.passSent || len(s.ssh.tried) > 0:
		return probe.PhaseAuth
	}
	return probe.PhaseKex
}

func requestPhase(verb string) probe.Phase {
	switch verb {
	case "READ", "WRITE", "CLOSE":
		return probe.PhaseTransfer
	case "REALPATH":
		return probe.PhasePath
	}
	return probe.PhaseRequest
}

// lastPhase places what comes unasked where the session stands.
func (s *scene) lastPhase() probe.Phase {
	if s.command == "" {
		return probe.PhaseLogin
	}
	return phaseOf(s.command, s.data.begun)
}

// commandPhase places a reply or silence by the FTP command.
func (s *scene) commandPhase() probe.Phase { return phaseOf(s.verb, s.data.begun) }

// phaseOf is the phase of the reply to a command; begun tells that its transfer is under way.
func phaseOf(verb string, begun bool) probe.Phase {
	switch verb {
	case "USER", "PASS", "ACCT":
		return probe.PhaseLogin
	case "AUTH":
		return probe.PhaseAuthTLS
	case "PASV", "EPSV":
		return probe.PhasePassive
	case "PORT", "EPRT":
		return probe.PhaseActive
	case "PWD", "CWD", "CDUP", "MKD", "RMD", "DELE", "RNFR", "RNTO":
		return probe.PhasePath
	case "SIZE", "MDTM", "MLST", "STAT":
		return probe.PhaseVerify
	case "QUIT":
		return probe.PhaseQuit
	}
	if !transfers(verb) {
		return probe.PhaseSetup
	}
	if begun {
		return probe.PhaseCompletion
	}
	return probe.PhaseTransfer
}

// opOf names the operation of a command in a record without steps.
func opOf(verb string, phase probe.Phase) probe.Op {
	if op, ok := verbOps[verb]; ok {
		return op
	}
	switch phase {
	case probe.PhaseAuth, probe.PhaseChannel, probe.PhaseSubsystem, probe.PhaseInit, probe.PhaseLogin:
		return probe.OpLogin
	case probe.PhaseSetup:
		return probe.OpRaw
	}
	return probe.OpConnect
}

var verbOps = map[string]probe.Op{
	"USER": probe.OpLogin, "PASS": probe.OpLogin, "ACCT": probe.OpLogin, "PBSZ": probe.OpLogin, "PROT": probe.OpLogin,
	"AUTH": probe.OpConnect, "FEAT": probe.OpLogin, "OPTS": probe.OpLogin, "SYST": probe.OpLogin, "TYPE": probe.OpLogin,
	"PWD": probe.OpPwd, "CWD": probe.OpCwd, "CDUP": probe.OpCwd, "PASV": probe.OpPassive, "EPSV": probe.OpPassive,
	"PORT": probe.OpActive, "EPRT": probe.OpActive, "LIST": probe.OpList, "NLST": probe.OpNlst, "MLSD": probe.OpMlsd,
	"STOR": probe.OpPut, "STOU": probe.OpPut, "APPE": probe.OpAppend, "RETR": probe.OpGet, "REST": probe.OpGet,
	"SIZE": probe.OpSize, "MDTM": probe.OpMdtm, "MLST": probe.OpStat, "STAT": probe.OpStat,
	"RNFR": probe.OpRename, "RNTO": probe.OpRename, "DELE": probe.OpDelete, "MKD": probe.OpMkdir, "RMD": probe.OpRmdir,
	"NOOP": probe.OpNoop, "QUIT": probe.OpQuit,
	"INIT": probe.OpLogin, "REALPATH": probe.OpPwd, "OPENDIR": probe.OpList, "READDIR": probe.OpList, "LSTAT": probe.OpStat,
	"FSTAT": probe.OpStat, "READ": probe.OpGet, "WRITE": probe.OpPut, "REMOVE": probe.OpDelete, "RENAME": probe.OpRename,
	"MKDIR": probe.OpMkdir, "RMDIR": probe.OpRmdir, "SETSTAT": probe.OpChmod, "FSETSTAT": probe.OpChmod, "EXTENDED": probe.OpRaw,
}
