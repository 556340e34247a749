package foreignlog

import (
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

var (
	srvOpened = lazyregexp.New(`^session opened for local user (\S+) from \[(.*)\]`)
	srvNamed  = lazyregexp.New(`^(realpath|opendir|closedir|stat name|lstat name|remove name|mkdir name|rmdir name|set|readlink) "(.*?)"`)
	srvOpen   = lazyregexp.New(`^open "(.*)" flags (\S+)`)
	srvClose  = lazyregexp.New(`^(?:forced )?close "(.*)" bytes read (\d+) written (\d+)`)
	srvRename = lazyregexp.New(`^(?:posix-)?rename old "(.*)" new "(.*)"`)
)

// sftpServer takes a line of internal-sftp or sftp-server. It logs requests and refusals; a request
// without a refusal behind it worked.
func (s *session) sftpServer(text string) {
	s.isSSH()
	if words, ok := strings.CutPrefix(text, "sent status "); ok {
		s.serverStatus(words)
		return
	}
	s.worked()
	if m := srvOpen.FindStringSubmatch(text); m != nil {
		name := "OPEN-READ"
		if strings.Contains(m[2], "WRITE") || strings.Contains(m[2], "APPEND") {
			name = "OPEN-WRITE"
		}
		s.request("", name, m[1])
		return
	}
	if m := srvClose.FindStringSubmatch(text); m != nil {
		s.serverClose(int64(number(m[2]))+int64(number(m[3])), strings.HasPrefix(text, "forced"), text)
		return
	}
	if m := srvRename.FindStringSubmatch(text); m != nil {
		s.request("", "RENAME", m[1])
		return
	}
	if m := srvNamed.FindStringSubmatch(text); m != nil {
		s.serverRequest(m[1], m[2])
		return
	}
	s.serverWords(text)
}

func (s *session) serverRequest(verb, path string) {
	name := map[string]string{
		"realpath": "REALPATH", "opendir": "OPENDIR", "remove name": "REMOVE", "mkdir name": "MKDIR", "rmdir name": "RMDIR", "stat name": "STAT", "lstat name": "LSTAT",
	}[verb]
	switch name {
	case "":
	case "STAT", "LSTAT":
		s.quietRequest("", name)
		s.ssh.path = path
	default:
		s.request("", name, path)
	}
}

func (s *session) serverWords(text string) {
	if m := srvOpened.FindStringSubmatch(text); m != nil {
		s.readyByUse()
		s.ssh.ready = false
		s.target.User = m[1]
		return
	}
	switch {
	case strings.HasPrefix(text, "received client version "):
		s.sftpReady(int(digitIn(text, "version ")), text)
	case strings.HasPrefix(text, "session closed for local user"):
		s.serverGone()
	case strings.Contains(text, "Refusing "), strings.Contains(text, "read-only"):
		s.remark(probe.PhaseRequest, text)
	}
}

// worked completes the request before, since no refusal came.
func (s *session) worked() {
	if s.step == nil || s.failed() || s.step.answered || s.ssh.last == "" || s.ssh.last == "STAT" || s.ssh.last == "LSTAT" {
		return
	}
	s.response("", "no refusal is logged")
}

// serverStatus takes a refusal. Looking a name up and not finding it is how clients check.
func (s *session) serverStatus(words string) {
	if last := s.ssh.last; last == "STAT" || last == "LSTAT" {
		s.ssh.missed = s.ssh.path
		s.add(probe.Event{
			Phase: probe.PhaseRequest, Direction: probe.Received, Kind: probe.KindResponse, Command: last, Text: words, Tolerated: true,
			Code: &probe.Code{Space: probe.SpaceSFTP, Value: statusOf(words), Name: statusNames[statusOf(words)], Text: words},
		})
		return
	}
	s.status("", statusOf(words), words)
}

func (s *session) serverClose(bytes int64, forced bool, text string) {
	if s.step == nil {
		return
	}
	s.step.Bytes = max(s.step.Bytes, bytes)
	s.step.answered = true
	e := probe.Event{Phase: probe.PhaseTransfer, Direction: probe.Local, Kind: probe.KindData, Text: text, Bytes: bytes}
	if forced && !s.failed() {
		e.Failure = &probe.Failure{Class: probe.ClassEOF, Text: text}
		s.fail(e, "")
		return
	}
	s.add(e)
}

// serverGone ends the SFTP session. If the last thing that happened is a name that was not found,
// that is why the client stopped.
func (s *session) serverGone() {
	if last := s.ssh.last; !s.failed() && s.ssh.missed != "" && (last == "STAT" || last == "LSTAT") && (s.step == nil || s.step.answered) {
		s.begin(probe.OpStat, s.ssh.missed)
		s.status("", 2, "No such file")
	}
	s.settle()
	s.ssh.left = true
}
