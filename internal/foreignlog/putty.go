package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

var (
	puttyNoCommon   = lazyregexp.New(`(?i)couldn't agree a (key exchange|host key|client-to-server cipher|server-to-client cipher|client-to-server MAC|server-to-client MAC|[a-z-]+ compression|[a-z ]*)\s*algorithm \(available: ([^)]*)\)`)
	puttyDisconnect = lazyregexp.New(`(?i)(?:remote side sent disconnect message|received disconnect message) ?(?:type (\d+))? ?(?:\(([^)]*)\))?:? ?"?([^"]*)`)
	puttyNoAuth     = lazyregexp.New(`(?i)no supported authentication methods (?:available|left to try!?)(?:.*?\(server sent: ?([^)]*)\))?`)
	puttyTooLarge   = lazyregexp.New(`(?i)received too large \((\d+) B\) SFTP packet|received too large \((\d+)`)
	puttyNet        = lazyregexp.New(`(?i)network error: (.*)`)
	puttyOpen       = lazyregexp.New(`(?i)^(?:error: )?(.*): open for (read|write): (.*)`)
)

// categoryOf turns the words of a program into a category of the negotiation.
func categoryOf(words string) string {
	low := strings.ToLower(words)
	switch {
	case strings.Contains(low, "key exchange"), strings.Contains(low, "kex"):
		return "kex"
	case strings.Contains(low, "host key"), strings.Contains(low, "hostkey"):
		return "host_key"
	case strings.Contains(low, "mac"):
		return "mac"
	case strings.Contains(low, "compression"):
		return "compression"
	}
	return "cipher"
}

// puttyText takes a message of the PuTTY family, which WinSCP and FileZilla pass on. It returns
// false if it does not know it.
func (s *session) puttyText(text string) bool {
	s.isSSH()
	if m := puttyNoCommon.FindStringSubmatch(text); m != nil {
		s.noCommon(categoryOf(m[1]), m[2], text)
		return true
	}
	if m := puttyDisconnect.FindStringSubmatch(text); m != nil {
		code, _ := strconv.Atoi(m[1])
		s.disconnected(code, strings.TrimSpace(m[3]))
		return true
	}
	if m := puttyNoAuth.FindStringSubmatch(text); m != nil {
		if m[1] != "" {
			s.ssh.allowed = m[1]
			s.info(func(i *probe.SSHInfo) { i.AuthMethods = strings.Split(m[1], ",") })
		}
		s.denied(text)
		return true
	}
	return s.puttyEnd(text) || s.puttyFile(text)
}

// puttyEnd takes the messages that end a session.
func (s *session) puttyEnd(text string) bool {
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "host key wasn't verified"), strings.Contains(low, "host key not verified"), strings.Contains(low, "host key did not match"),
		strings.Contains(low, "host does not match"), strings.Contains(low, "host key does not match"):
		s.hostKey("", "", puttyKnown(low), text)
	case strings.Contains(low, "authentication failed"), strings.Contains(low, "access denied") && !s.ssh.ready, strings.Contains(low, "configured password was not accepted"),
		strings.Contains(low, "unable to authenticate"):
		s.denied(text)
	case puttyTooLarge.MatchString(text), strings.Contains(low, "cannot initialize sftp protocol"), strings.Contains(low, "unable to initialise sftp"):
		s.notSFTP(lengthIn(text), text)
	case strings.Contains(low, "received unexpected end-of-file from sftp server"), strings.Contains(low, "end of file from server"):
		s.trouble(probe.ClassEOF, text)
	case strings.Contains(low, "server refused to start a shell/command"), strings.Contains(low, "unable to start the sftp subsystem"), strings.Contains(low, "server refused our request to start"):
		s.channelEvent("subsystem", "refused", text)
	case strings.HasPrefix(low, `host "`) && strings.Contains(low, "does not exist"):
		s.trouble(probe.ClassNoName, text)
	case puttyNet.MatchString(text):
		s.trouble(puttyClass(text), text)
	case strings.Contains(low, "remote side unexpectedly closed"), strings.Contains(low, "server unexpectedly closed"), strings.Contains(low, "server closed network connection"):
		s.trouble(probe.ClassEOF, text)
	case strings.Contains(low, "invalid packet"), strings.Contains(low, "incoming packet was garbled"), strings.Contains(low, "strange packet"):
		s.trouble(probe.ClassMalformed, text)
	case strings.Contains(low, "unable to use key file"), strings.Contains(low, "unable to load private key"), strings.Contains(low, "wrong passphrase"):
		s.troubleSSH(probe.ClassKey, probe.PhaseAuth, text)
	default:
		class := classOf(text)
		if class == "" {
			return false
		}
		s.trouble(class, text)
	}
	return true
}

// lengthIn finds the packet length in a complaint about it.
func lengthIn(text string) string {
	if m := puttyTooLarge.FindStringSubmatch(text); m != nil {
		return m[1] + m[2]
	}
	return ""
}

func puttyClass(text string) probe.Class {
	if class := classOf(text); class != "" {
		return class
	}
	return probe.ClassLocal
}

// puttyKnown tells a changed key from an unknown one.
func puttyKnown(low string) string {
	if strings.Contains(low, "match") || strings.Contains(low, "differ") {
		return "changed"
	}
	return "unknown"
}

// puttyFile takes what psftp prints for a file, as FileZilla shows it.
func (s *session) puttyFile(text string) bool {
	if m := puttyOpen.FindStringSubmatch(text); m != nil {
		name := "OPEN-READ"
		if m[2] == "write" {
			name = "OPEN-WRITE"
		}
		s.refuseFile(name, m[1], m[3])
		return true
	}
	words := strings.LastIndex(text, ": ")
	if words < 0 || statusOf(text[words:]) == 4 && !strings.Contains(strings.ToLower(text), "failure") {
		return false
	}
	name := s.ssh.last
	if name == "" {
		name = "STAT"
	}
	s.refuseFile(name, "", text[words+2:])
	return true
}

// refuseFile records a refusal for the running request, or for one that it has to make up.
func (s *session) refuseFile(name, path, words string) {
	if s.failed() {
		s.remark(s.whereSSH(), words)
		return
	}
	if s.step == nil || s.step.Op != sftpOp(name) || s.step.answered {
		s.readyByUse()
		s.request("", name, path)
	}
	s.status("", statusOf(words), words)
}
