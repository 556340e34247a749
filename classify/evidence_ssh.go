package classify

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"mftprobe/probe"
)

// Attributes of events that rules look at. The drivers' package comments define them.
const (
	attrResumption = "resumption"
	attrPartial    = "partial"

	attrCertificateSent = "certificate_sent"
	attrMethod          = "method"
	attrOutcome         = "outcome"
	attrAllowed         = "allowed"
	attrCategory        = "category"
	attrKnown           = "known"
	attrLimit           = "limit"
	attrOddity          = "oddity"
	attrCheck           = "check"
)

// feedSSH takes an event of the SSH layers.
func (s *session) feedSSH(e *probe.Event) {
	switch e.Kind {
	case probe.KindBanner:
		s.sshBanner(e)
	case probe.KindKexInit:
		if e.Direction == probe.Received {
			s.ssh.hostKeys = orElse(e.Attr["host_key"], s.ssh.hostKeys)
		}
	case probe.KindAuth:
		s.attempt(e)
	case probe.KindNote:
		s.ssh.signatures = orElse(e.Attr["server_sig_algs"], s.ssh.signatures)
	case probe.KindChannel:
		s.channelEvent(e)
	}
}

func (s *session) sshBanner(e *probe.Event) {
	if e.Direction != probe.Received {
		return
	}
	if strings.HasPrefix(e.Text, "SSH-") {
		s.connected, s.greeted = true, true
		s.family = familyIn(s.family, e)
		return
	}
	if e.Phase != probe.PhaseAuth {
		return
	}
	early := !s.ssh.asked
	if early && publicNotice().matches(newSample(fold(e.Text))) {
		return
	}
	s.ssh.early = s.ssh.early || early
	hear(&s.ssh.banner, e.Text)
}

// publicNotice tells what many servers show to everybody, the law and the rules of the house, from what
// one says about this login. It comes before the first answer.
var publicNotice = sync.OnceValue(func() form {
	return compile(`
		unauthorized | unauthorised | authorized users | authorised users | authorized use | authorised use |
		prosecut | monitored | violat | consent | law enforcement | terms of use | acceptable use | ~accounts~ |
		~passwords~ | ~users~ | will be | after*failed | failed attempts | ~every~ | ~please~ note`)
})

// hear adds a text to what was heard so far, up to a limit: a server may talk without end.
func hear(heard *string, text string) {
	if room := maxAftermath - len(*heard); room > 0 {
		*heard += "\n" + text[:min(len(text), room)]
	}
}

// attempt takes one authentication request with its answer.
func (s *session) attempt(e *probe.Event) {
	s.ssh.asked = true
	outcome := e.Attr[attrOutcome]
	switch outcome {
	case "accepted", "success":
		s.loggedIn = true
		return
	case "partial":
		s.ssh.partial, s.ssh.tried = true, nil
	case "", "prompted":
		hear(&s.ssh.prompts, e.Text)
		return
	case "change-demanded":
		s.ssh.change = true
	case "cannot-answer":
		s.ssh.questions = true
	case "not-offered", "no-credential", "withheld", "failed", "key-unusable":
	default:
		s.refused(e)
	}
	if a, ok := e.Attr[attrAllowed]; ok {
		s.ssh.allowed = a
	}
}

// refused takes a credential that the server did not take. Asking with the method "none" is the way
// to learn the others (RFC 4252 section 5.2) and no login.
func (s *session) refused(e *probe.Event) {
	method := e.Attr[attrMethod]
	if method == "none" {
		return
	}
	s.ssh.tried = append(s.ssh.tried, method)
	s.ssh.partial = false // the other method was tried as well
	if strings.HasPrefix(method, "publickey") {
		s.ssh.verified = s.ssh.verified || e.Attr[attrOutcome] == "signature-refused"
		s.ssh.listed = s.ssh.listed || s.listsSignature(e)
		s.ssh.fair = s.ssh.fair || !s.unwantedSignature(e)
	}
	s.refusals++
}

// unwantedSignature: the key was offered with a signature algorithm that the server does not take, as
// its list in EXT_INFO says (RFC 8308 section 3.1). An old server has no such list; one that has no
// RSA host key with SHA-2 knows no such signature at all (RFC 8332).
func (s *session) unwantedSignature(e *probe.Event) bool {
	algorithm := e.Attr["algorithm"]
	if e.Attr["announced"] == "no" || algorithm != "" && s.ssh.signatures != "" && !slices.Contains(offersOf(s.ssh.signatures), algorithm) {
		return true
	}
	hostKeys := offersOf(s.ssh.hostKeys)
	old := slices.Contains(hostKeys, "ssh-rsa") && !slices.ContainsFunc(hostKeys, isSHA2)
	return isSHA2(algorithm) && old && s.ssh.signatures == "" && e.Attr["announced"] != "yes"
}

// listsSignature: the algorithm with which the key was offered is in the server's list.
func (s *session) listsSignature(e *probe.Event) bool {
	return e.Attr["announced"] == "yes" || e.Attr["algorithm"] != "" && slices.Contains(offersOf(s.ssh.signatures), e.Attr["algorithm"])
}

func isSHA2(algorithm string) bool { return strings.HasPrefix(algorithm, "rsa-sha2-") }

// channelPart names what a channel event is about: open, subsystem, stderr, exit-status, exit-signal.
func channelPart(e *probe.Event) string {
	part := strings.ToLower(orElse(e.Attr["channel"], e.Command))
	return strings.TrimSuffix(part, "-failure")
}

func (s *session) channelEvent(e *probe.Event) {
	good := e.Code == nil && e.Failure == nil && e.Attr[attrOutcome] != "refused"
	switch channelPart(e) {
	case "open":
		s.ssh.channel = good
	case "subsystem":
		s.ssh.channel, s.ssh.subsystem = true, good
	case "stderr":
		hear(&s.ssh.stderr, e.Text)
	case "exit-status", "exit-signal":
		s.ssh.exit = orElse(e.Attr["exit-status"], orElse(e.Attr["exit-signal"], e.Text))
	}
}

// response takes an answer of an SFTP server.
func (s *session) response(e *probe.Event) {
	if e.Command == "INIT" || e.Command == "VERSION" {
		s.ssh.version = e.Failure == nil
		return
	}
	if e.Code != nil && e.Code.Value != sftpOK {
		return
	}
	switch e.Command {
	case "WRITE":
		s.ssh.wrote += e.Bytes
		s.stored++
	case "READ":
		s.ssh.read += e.Bytes
	case "CLOSE":
		if s.ssh.writing {
			s.moves++
		}
	case "READDIR":
		s.lists++
	case "REMOVE", "RENAME", "MKDIR", "RMDIR", "SETSTAT":
		s.stored++
	}
}

// SFTP status codes that are no failure by themselves (draft-ietf-secsh-filexfer-02 section 7).
const (
	sftpOK  = 0
	sftpEOF = 1
)

// opensForWriting reads the flags of an OPEN, spelled out or as a number in which SSH_FXF_WRITE is 2.
func opensForWriting(e *probe.Event) bool {
	_, flags, ok := strings.Cut(e.Text, " flags")
	if !ok {
		return false
	}
	if _, hex, ok := strings.Cut(flags, "=0x"); ok {
		n, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 32)
		return err == nil && n&2 != 0
	}
	return strings.Contains(flags, "WRITE")
}

// requestPath is the object of an SFTP request as it was recorded.
func requestPath(verb, line string) string {
	line = strings.TrimPrefix(line, verb+" ")
	for _, cut := range []string{" flags", " to ", " -> "} {
		line, _, _ = strings.Cut(line, cut)
	}
	return strings.TrimSpace(line)
}

// offersOf splits a comma-separated list of methods.
func offersOf(list string) []string {
	var out []string
	for m := range strings.SplitSeq(list, ",") {
		if m = strings.TrimSpace(m); m != "" {
			out = append(out, m)
		}
	}
	return out
}
