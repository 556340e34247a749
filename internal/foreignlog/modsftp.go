package foreignlog

import (
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

var (
	modConnect = lazyregexp.New(`^client \((\S+)\) connected to server \((\S+)\)`)
	modAgreed  = lazyregexp.New(`^ ?\+ Session ([\w -]+): (\S+)`)
	modRefused = lazyregexp.New(`^(\S+) authentication for user '(.*?)' failed: (.*)`)
	modOK      = lazyregexp.New(`^user '(.*?)' authenticated via '(\S+)' method`)
	modNoMatch = lazyregexp.New(`(?i)no shared (\S+(?: \S+)?) algorithm(?:s)? found.*?(?:client sent|client offered|from client)[: ']*([^')]*)`)
	modFile    = lazyregexp.New(`^error (opening|checking|reading|writing|renaming|removing|creating|listing|deleting|setting)\S* (?:directory |file )?'([^']*)'.*?: (.*)`)
	modGone    = lazyregexp.New(`^client at \S+ sent SSH_DISCONNECT message: (.*?)(?: \(.*\))?$`)
	modEnded   = lazyregexp.New(`^disconnecting (?:\S+ )?(?:client )?\(?(.*?)\)?$`)
)

// modSFTP takes a line of mod_sftp's log. "Ours" is what the client offers.
func (s *session) modSFTP(text string) {
	s.isSSH()
	if s.modTransport(text) || s.modLogin(text) {
		return
	}
	if m := modFile.FindStringSubmatch(text); m != nil {
		s.modFileError(m)
		return
	}
	switch {
	case strings.HasPrefix(text, "using SFTP protocol version"):
		s.sftpReady(int(digitIn(text, "version ")), text)
	case strings.Contains(text, "channel request for 'sftp' subsystem"), strings.Contains(text, "'subsystem' channel request"):
		s.ssh.channel = true
		s.channelEvent("subsystem", "granted", text)
	case strings.Contains(text, "unsupported") && strings.Contains(text, "subsystem"):
		s.channelEvent("subsystem", "refused", text)
	case s.step != nil:
		s.remark(s.whereSSH(), text)
	}
}

func digitIn(text, after string) byte {
	_, rest, ok := strings.Cut(text, after)
	if !ok || rest == "" || !digit(rest[0]) {
		return 0
	}
	return rest[0] - '0'
}

func (s *session) modTransport(text string) bool {
	if m := modConnect.FindStringSubmatch(text); m != nil {
		s.ftp.dialled = false
		s.connection(m[2], m[1])
		s.connected(m[2])
		return true
	}
	if m := modAgreed.FindStringSubmatch(text); m != nil {
		s.info(func(i *probe.SSHInfo) {
			switch m[1] {
			case "key exchange":
				i.Kex = m[2]
			case "server hostkey":
				i.HostKey.Type = m[2]
			case "client-to-server encryption":
				i.Cipher = m[2]
			case "client-to-server MAC":
				i.MAC = m[2]
			}
		})
		s.ssh.kexSent = true
		return true
	}
	if m := modNoMatch.FindStringSubmatch(text); m != nil {
		s.ssh.client = map[string][]string{categoryOf(m[1]): strings.Split(strings.TrimSpace(m[2]), ",")}
		s.noCommon(categoryOf(m[1]), "", text)
		return true
	}
	switch {
	case strings.HasPrefix(text, "sent server version '"):
		s.version(probe.Received, strings.Trim(strings.TrimPrefix(text, "sent server version "), "'"))
	case strings.HasPrefix(text, "received client version '"):
		s.version(probe.Sent, strings.Trim(strings.TrimPrefix(text, "received client version "), "'"))
	default:
		return false
	}
	return true
}

func (s *session) modLogin(text string) bool {
	if m := modRefused.FindStringSubmatch(text); m != nil {
		s.target.User = m[2]
		s.attempt(m[1], text)
		s.authResult("refused", s.ssh.allowed, text)
		return true
	}
	if m := modOK.FindStringSubmatch(text); m != nil {
		s.target.User = m[1]
		s.attempt(m[2], text)
		s.authResult("accepted", "", text)
		return true
	}
	switch {
	case strings.HasPrefix(text, "sending acceptable userauth methods: "):
		s.authBegins()
		s.ssh.allowed = strings.TrimPrefix(text, "sending acceptable userauth methods: ")
	case strings.HasPrefix(text, "sending userauth failure; remaining userauth methods: "):
		s.ssh.allowed = strings.TrimPrefix(text, "sending userauth failure; remaining userauth methods: ")
	case modGone.MatchString(text):
		s.gone(text)
	case modEnded.MatchString(text):
		s.ended(modEnded.FindStringSubmatch(text)[1], text)
	default:
		return false
	}
	return true
}

// modAuth takes a login line of the SystemLog in an SFTP session.
func (s *session) modAuth(refused bool, text string) {
	if refused {
		s.remark(probe.PhaseAuth, text)
		return
	}
	s.authResult("accepted", "", text)
}

// gone records that the client took its leave.
func (s *session) gone(text string) {
	if s.ssh.subsystem && !s.ssh.ready && !s.failed() {
		s.book.note("the log does not tell what was done over SFTP, nor whether SFTP came up at all")
		s.ssh.ready = true
	}
	if s.ssh.ready {
		s.settle()
		s.ssh.left = true
		s.close()
		return
	}
	s.ended("disconnected by the client", text)
}

// ended records that a session is over; what it had reached says whether that is a failure.
func (s *session) ended(why, text string) {
	switch {
	case s.failed() || s.over:
		s.remark(s.whereSSH(), text)
	case s.ssh.ready:
		s.settle()
		s.ssh.left = true
	case s.ssh.authBegun && !s.ssh.authed:
		s.denied(text)
	case strings.Contains(strings.ToLower(why), "timeout"), strings.Contains(strings.ToLower(why), "timed out"):
		s.trouble(probe.ClassTimeout, text)
	case !s.ssh.kexDone && strings.Contains(strings.ToLower(why), "key exchange failed"):
		s.disconnected(3, why) // the server's own word (RFC 4253 section 11.1)
	default:
		s.clientLeft(text)
	}
	s.close()
}

// clientLeft records that the client, not the server, ended an unfinished session.
func (s *session) clientLeft(text string) {
	phase := s.whereSSH()
	if phase == probe.PhaseKex {
		phase = probe.PhaseHostKey // a client that leaves here has mostly not liked the host key
	}
	s.fail(probe.Event{
		Phase: phase, Direction: probe.Sent, Kind: probe.KindClose, Text: text, Failure: &probe.Failure{Class: probe.ClassEOF, Text: text},
	}, "")
	s.book.note("a server's log tells that the client left, not why: the client's own log is needed")
}

func (s *session) modFileError(m []string) {
	name := map[string]string{
		"checking": "STAT", "opening": "OPEN-READ", "reading": "READ", "writing": "WRITE", "renaming": "RENAME", "removing": "REMOVE", "deleting": "REMOVE",
		"creating": "MKDIR", "listing": "OPENDIR", "setting": "SETSTAT",
	}[m[1]]
	if name == "OPEN-READ" && statusOf(m[3]) == 3 {
		s.book.note("the log of mod_sftp does not tell whether a file was opened to be read or written")
	}
	s.request("", name, m[2])
	s.status("", statusOf(m[3]), m[3])
}
