package foreignlog

import (
	"strings"

	"mftprobe/probe"
)

// sftpReady records VERSION and ends the login.
func (s *session) sftpReady(version int, text string) {
	s.ssh.ready, s.ssh.subsystem = true, true
	if s.step != nil {
		s.step.answered = true
	}
	s.info(func(i *probe.SSHInfo) { i.SFTPVersion = version })
	s.add(probe.Event{Phase: probe.PhaseInit, Direction: probe.Received, Kind: probe.KindResponse, Command: "VERSION", Text: text})
}

// statusNames are the codes of draft-ietf-secsh-filexfer-13 section 9.1 that servers use.
var statusNames = map[int]string{
	0: "SSH_FX_OK", 1: "SSH_FX_EOF", 2: "SSH_FX_NO_SUCH_FILE", 3: "SSH_FX_PERMISSION_DENIED", 4: "SSH_FX_FAILURE", 5: "SSH_FX_BAD_MESSAGE",
	6: "SSH_FX_NO_CONNECTION", 7: "SSH_FX_CONNECTION_LOST", 8: "SSH_FX_OP_UNSUPPORTED", 11: "SSH_FX_FILE_ALREADY_EXISTS", 12: "SSH_FX_WRITE_PROTECT",
	14: "SSH_FX_NO_SPACE_ON_FILESYSTEM", 15: "SSH_FX_QUOTA_EXCEEDED", 17: "SSH_FX_LOCK_CONFLICT", 18: "SSH_FX_DIR_NOT_EMPTY",
}

// request records an SFTP request. id ties it to its answer; empty: the next answer is its own.
func (s *session) request(id, name, path string) {
	op := sftpOp(name)
	known := s.within(op, path) || name == "REALPATH" && s.within(probe.OpCwd, path)
	if op != "" && !known {
		s.begin(op, path)
	}
	if s.ssh.requests == nil {
		s.ssh.requests = map[string]sftpRequest{}
	}
	if len(s.ssh.requests) < maxRequests {
		s.ssh.requests[id] = sftpRequest{name, path}
	}
	s.ssh.last = name
	text := strings.TrimSpace(wireName(name) + " " + path)
	switch name {
	case "OPEN-READ":
		text += " flags READ"
	case "OPEN-WRITE":
		text += " flags WRITE,CREATE"
	}
	s.add(probe.Event{Phase: s.requestPhase(name), Direction: probe.Sent, Kind: probe.KindRequest, Command: wireName(name), Text: text})
}

// quietRequest remembers a request that belongs to the running step and is too frequent to be an
// event of its own.
func (s *session) quietRequest(id, name string) {
	if s.ssh.requests == nil {
		s.ssh.requests = map[string]sftpRequest{}
	}
	if len(s.ssh.requests) < maxRequests {
		s.ssh.requests[id] = sftpRequest{name: name}
	}
	s.ssh.last = name
}

// maxRequests bounds the requests that wait for an answer in a log that shows none.
const maxRequests = 4096

// within tells that a request belongs to the running step.
func (s *session) within(op probe.Op, path string) bool {
	if s.step == nil || s.step.Op != op || s.step.answered {
		return false
	}
	if s.step.Path == "" {
		s.step.Path = path
	}
	return true
}

func sftpOp(name string) probe.Op {
	switch name {
	case "REALPATH":
		return probe.OpPwd
	case "OPENDIR":
		return probe.OpList
	case "OPEN-READ":
		return probe.OpGet
	case "OPEN-WRITE", "OPEN":
		return probe.OpPut
	case "REMOVE":
		return probe.OpDelete
	case "RENAME", "POSIX-RENAME":
		return probe.OpRename
	case "MKDIR":
		return probe.OpMkdir
	case "RMDIR":
		return probe.OpRmdir
	case "STAT", "LSTAT":
		return probe.OpStat
	case "SETSTAT":
		return probe.OpChmod
	}
	return ""
}

func (s *session) requestPhase(name string) probe.Phase {
	switch name {
	case "INIT":
		return probe.PhaseInit
	case "REALPATH", "STAT", "LSTAT":
		return probe.PhasePath
	case "READ", "WRITE":
		return probe.PhaseTransfer
	}
	return probe.PhaseRequest
}

// response records an answer that is not a bad status.
func (s *session) response(id, text string) {
	q, ok := s.ssh.requests[id]
	if !ok {
		q.name = s.ssh.last
	}
	delete(s.ssh.requests, id)
	if s.step != nil && s.step.Op != probe.OpCwd { // cd looks at the directory after its name was resolved
		s.step.answered = true
	}
	s.add(probe.Event{
		Phase: s.requestPhase(q.name), Direction: probe.Received, Kind: probe.KindResponse, Command: wireName(q.name), Text: text,
		Attr: map[string]string{"path": q.path},
	})
}

// status records SSH_FXP_STATUS. End of file ends a listing or a download and is no failure.
func (s *session) status(id string, code int, text string) {
	q, ok := s.ssh.requests[id]
	if !ok {
		q.name = s.ssh.last
	}
	delete(s.ssh.requests, id)
	e := probe.Event{
		Phase: s.requestPhase(q.name), Direction: probe.Received, Kind: probe.KindResponse, Command: wireName(q.name), Text: text,
		Code: &probe.Code{Space: probe.SpaceSFTP, Value: code, Name: statusNames[code], Text: text}, Attr: map[string]string{"path": q.path},
	}
	switch {
	case code == 0 || code == 1 && (q.name == "READDIR" || q.name == "READ" || q.name == ""):
		if s.step != nil {
			s.step.answered = true
		}
		s.add(e)
	case s.failed():
		e.Tolerated = true
		s.add(e)
	default:
		s.fail(e, q.name)
	}
}

// wireName is the name of a request on the wire.
func wireName(name string) string {
	switch name {
	case "OPEN-READ", "OPEN-WRITE":
		return "OPEN"
	case "POSIX-RENAME":
		return "EXTENDED"
	}
	return name
}
