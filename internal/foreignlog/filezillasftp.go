package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/probe"
)

// sftpCommand takes a command of FileZilla's SFTP helper.
func (f *fileZilla) sftpCommand(text string) {
	s := f.s
	if m := fzSFTP.FindStringSubmatch(text); m != nil {
		s.isSSH()
		f.openCommand(m, text)
		return
	}
	m := fzPut.FindStringSubmatch(text)
	if m == nil {
		return
	}
	s.readyByUse()
	name := map[string]string{
		"get": "OPEN-READ", "reget": "OPEN-READ", "put": "OPEN-WRITE", "reput": "OPEN-WRITE", "ls": "OPENDIR", "cd": "REALPATH", "pwd": "REALPATH",
		"mkdir": "MKDIR", "rm": "REMOVE", "rmdir": "RMDIR", "mv": "RENAME", "chmod": "SETSTAT", "chmtime": "SETSTAT",
	}[m[1]]
	if m[1] == "chmtime" {
		return
	}
	s.settle()
	s.request("", name, strings.Trim(m[2], `"`))
}

func (f *fileZilla) openCommand(m []string, text string) {
	s := f.s
	switch {
	case m[3] != "":
		port, _ := strconv.Atoi(m[3])
		s.setHost(m[2], port)
		s.target.User = m[1]
	case strings.HasPrefix(text, "Pass: "):
		s.book.hide(strings.TrimPrefix(text, "Pass: "))
		s.attempt("password", "Pass: "+probe.Mask)
	case strings.HasPrefix(text, "Trust new"):
		s.hostKey("", "", "unknown", text)
		s.hostAccepted()
	case strings.HasPrefix(text, "Trust changed"):
		s.hostKey("", "", "changed", text)
		s.hostAccepted()
	}
}

// sftpStatus takes a status of an SFTP session.
func (f *fileZilla) sftpStatus(text string) {
	s := f.s
	low := strings.ToLower(text)
	switch {
	case strings.HasPrefix(low, "connected to "):
		s.readyByUse()
		s.sftpReady(0, text)
	case strings.HasPrefix(low, "using username"):
		s.ssh.kexDone = true
	case strings.HasPrefix(low, "access denied"):
		s.authResult("refused", "", text)
	case strings.HasPrefix(low, "access granted"):
		s.authResult("accepted", "", text)
	case strings.HasPrefix(low, "connection attempt failed"):
		s.attemptFailed(classOf(text), text)
	case strings.HasPrefix(low, "disconnected"):
		s.settle()
	default:
		if s.step != nil {
			s.remark(s.whereSSH(), text)
		}
	}
}
