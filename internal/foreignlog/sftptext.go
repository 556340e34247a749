package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/probe"
)

// sshDebugFile takes the debug lines of sftp that tell of requests.
func (s *session) sshDebugFile(text string) {
	if m := sshOpenMode.FindStringSubmatch(text); m != nil {
		mode, _ := strconv.ParseUint(m[3], 16, 32)
		name := "OPEN-READ"
		if mode&2 != 0 { // SSH_FXF_WRITE
			name = "OPEN-WRITE"
		}
		s.request("", name, m[2])
		return
	}
	if m := sshFXPSend.FindStringSubmatch(text); m != nil {
		name := m[1]
		switch {
		case name == "OPEN":
			return // its mode is in the next line
		case name == "EXTENDED" && strings.HasPrefix(m[2], "posix-rename"):
			name = "POSIX-RENAME"
		case name == "EXTENDED":
			return
		case name == "STAT" || name == "LSTAT":
			s.quietRequest("", name)
			return
		}
		s.request("", name, m[3])
		return
	}
	if m := sshStatus.FindStringSubmatch(text); m != nil {
		code, _ := strconv.Atoi(m[1])
		s.debugStatus(code)
		return
	}
	s.sshDebugAnswer(text)
}

func (s *session) sshDebugAnswer(text string) {
	switch {
	case strings.HasPrefix(text, "SSH2_FXP_REALPATH ") && strings.Contains(text, " -> "):
		s.response("", text)
	case strings.HasPrefix(text, "stat remote: "), strings.HasPrefix(text, "lstat remote: "), strings.HasPrefix(text, "stat: "), strings.HasPrefix(text, "stat "):
		_, words, _ := strings.Cut(text, ": ")
		s.ssh.statWords = words
	case strings.HasPrefix(text, "Sending SSH2_FXP_READDIR"):
		if s.op() != probe.OpList || s.step.answered {
			s.request("", "OPENDIR", "")
		}
		s.quietRequest("", "READDIR")
	}
}

// debugStatus takes a status whose request the debug lines do not name. A bad one is told again, in
// words, by the line that follows, so that only a good one counts here.
func (s *session) debugStatus(code int) {
	if code == 0 && s.step != nil && !s.failed() {
		s.status("", code, "")
		return
	}
	s.ssh.lastStatus = code
}

// sshFileText takes the line that sftp prints when a request failed.
func (s *session) sshFileText(text string) bool {
	if strings.HasPrefix(text, "debug") || !s.ssh.ready && !s.ssh.authed {
		return false
	}
	if m := sshFailWords.FindStringSubmatch(text); m != nil {
		s.refuseWords(m[1], m[2], m[4])
		return true
	}
	if m := sshNotFound.FindStringSubmatch(text); m != nil {
		s.refuseStat(m[1] + m[2] + m[3])
		return true
	}
	if m := sshCant.FindStringSubmatch(text); m != nil && m[3] != "" {
		s.refuseWords(m[1], m[2], m[3])
		return true
	}
	return false
}

// refuseStat records that a path that a command names is not there.
func (s *session) refuseStat(path string) {
	if s.failed() {
		return
	}
	if s.step == nil || s.step.answered || s.op() == probe.OpPwd {
		s.begin(s.batchOp(), path)
	}
	s.quietRequest("", "STAT")
	s.status("", 2, "No such file or directory")
}

// refuseWords records a refusal told in words.
func (s *session) refuseWords(verb, path, words string) {
	if s.failed() {
		s.remark(s.whereSSH(), words)
		return
	}
	name := map[string]string{
		"readdir": "OPENDIR", "rename": "RENAME", "remove": "REMOVE", "delete": "REMOVE", "unlink": "REMOVE", "mkdir": "MKDIR", "create": "MKDIR", "rmdir": "RMDIR",
		"setstat": "SETSTAT", "stat": "STAT", "realpath": "REALPATH", "canonicalize": "REALPATH", "canonicalise": "REALPATH", "read": "READ", "write": "WRITE", "close": "CLOSE",
		"get": "OPENDIR", "open": s.openName(),
	}[strings.ToLower(verb)]
	switch {
	case name == "":
	case name == "READ" || name == "WRITE" || name == "CLOSE":
		s.quietRequest("", name)
	case s.step == nil || s.step.Op != sftpOp(name) || s.step.answered || s.ssh.last != name:
		if name != "STAT" || !s.sameTarget() {
			s.request("", name, path)
		}
	}
	s.status("", statusOf(words), words)
}

// openName tells by the running step whether an open reads or writes.
func (s *session) openName() string {
	if s.op() == probe.OpGet {
		return "OPEN-READ"
	}
	return "OPEN-WRITE"
}

// sameTarget tells that the running step is still open, so that a look at a name belongs to it.
func (s *session) sameTarget() bool { return s.step != nil && !s.step.answered }

// batchOps are the operations of sftp's commands.
var batchOps = map[string]probe.Op{
	"ls": probe.OpList, "dir": probe.OpList, "get": probe.OpGet, "mget": probe.OpGet, "reget": probe.OpGet, "put": probe.OpPut, "mput": probe.OpPut, "reput": probe.OpPut,
	"cd": probe.OpCwd, "chdir": probe.OpCwd, "pwd": probe.OpPwd, "rm": probe.OpDelete, "rename": probe.OpRename, "mkdir": probe.OpMkdir, "rmdir": probe.OpRmdir,
	"chmod": probe.OpChmod, "chown": probe.OpChmod, "chgrp": probe.OpChmod, "df": probe.OpStat,
}

// batchCommand notes a command that was typed. Its step begins with its first request, or now if
// the log is not detailed enough to show requests.
func (s *session) batchCommand(name, arg string) {
	s.ssh.batch = name
	op, ok := batchOps[strings.TrimPrefix(name, "-")]
	if !ok || op == probe.OpPwd {
		return
	}
	s.settle()
	s.begin(op, strings.TrimSpace(arg))
	s.step.answered = false
	s.ssh.last = map[probe.Op]string{probe.OpList: "OPENDIR", probe.OpCwd: "REALPATH"}[op]
	s.remark(probe.PhaseRequest, name+" "+arg)
}

func (s *session) batchOp() probe.Op {
	if op, ok := batchOps[s.ssh.batch]; ok {
		return op
	}
	return probe.OpStat
}

// retriesAddress tells that only the connection to one address has failed so far.
func (s *session) retriesAddress() bool {
	return s.step != nil && len(s.step.bad) == 1 && s.step.bad[0].verb == "dial"
}

// keysAgreedLater ends the key exchange where the host key is shown before NEWKEYS.
func (s *session) keysAgreedLater() {
	if !s.ssh.kexDone {
		s.keysAgreed()
	}
}

// hostMatches records that known_hosts agrees.
func (s *session) hostMatches(text string) {
	s.ssh.hostOK = true
	s.add(probe.Event{
		Phase: probe.PhaseHostKey, Direction: probe.Local, Kind: probe.KindHostKey, Text: text, Attr: map[string]string{"known": "match"},
	})
}
