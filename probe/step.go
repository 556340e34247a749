package probe

import (
	"io"
	"time"
)

// Op is an operation of a script.
type Op string

// Operations. Which of them write to the server: put, append, rename, delete, mkdir, rmdir, chmod;
// raw may.
const (
	OpConnect Op = "connect" // FTP: to the greeting, with TLS; SFTP: to an accepted host key
	OpLogin   Op = "login"   // FTP: USER to 230 and the setup; SFTP: authentication to VERSION
	OpPwd     Op = "pwd"
	OpCwd     Op = "cwd"
	OpPassive Op = "passive" // opens the data connection that the next transfer uses
	OpActive  Op = "active"
	OpList    Op = "list"
	OpNlst    Op = "nlst"
	OpMlsd    Op = "mlsd"
	OpStat    Op = "stat"
	OpSize    Op = "size"
	OpMdtm    Op = "mdtm"
	OpPut     Op = "put"
	OpGet     Op = "get"
	OpAppend  Op = "append"
	OpRename  Op = "rename"
	OpDelete  Op = "delete"
	OpMkdir   Op = "mkdir"
	OpRmdir   Op = "rmdir"
	OpChmod   Op = "chmod"
	OpNoop    Op = "noop"
	OpRaw     Op = "raw"
	OpQuit    Op = "quit"
	OpWait    Op = "wait"
)

// Writes tells whether the operation changes something on the server.
func (o Op) Writes() bool {
	switch o {
	case OpPut, OpAppend, OpRename, OpDelete, OpMkdir, OpRmdir, OpChmod, OpRaw:
		return true
	}
	return false
}

// Step is one entry of a script. An empty Path means the object that this run made last, and for
// put and mkdir a new unique name; Run fills it in before a driver sees the step.
type Step struct {
	Name    string // unique in the script; the operation if not given
	Op      Op
	Path    string
	To      string        // rename: the new name
	Line    string        // raw: the FTP command or the name of the SFTP extended request
	Mode    string        // chmod: octal
	Offset  int64         // get: bytes to skip with REST; put: resume at
	Payload Payload       // put and append: what to send; nil: PayloadSize pseudo-random bytes
	Timeout time.Duration // the whole step; zero: bounded by the target's limits only
	Pause   time.Duration // wait: how long
	Expect  Expect
	MayFail bool // a failure becomes a warning
	Always  bool // runs also after a failed step, as quit does

	// Fresh marks a name made by Run: it cannot exist, so nothing needs to be asked before writing.
	// A driver refuses to overwrite any other existing name.
	Fresh bool
}

// Payload is content to upload. Open is called once for each attempt.
type Payload interface {
	Size() int64
	Open() (io.ReadCloser, error)
}

// Script is a list of steps with a name for messages.
type Script struct {
	Name  string
	Steps []Step
}

// DefaultPayloadSize is the size in bytes of the upload of the default script.
const DefaultPayloadSize = 1024

// DefaultScript is the go-live test: it writes, reads back, renames and deletes one file.
func DefaultScript(p Protocol) Script {
	ops := []Op{OpConnect, OpLogin, OpPwd, OpPassive, OpList, OpPut, OpSize, OpGet, OpRename, OpDelete, OpQuit}
	return scriptOf("full", p, ops)
}

// ReadOnlyScript changes nothing on the server.
func ReadOnlyScript(p Protocol) Script {
	return scriptOf("read-only", p, []Op{OpConnect, OpLogin, OpPwd, OpPassive, OpList, OpQuit})
}

// LoginOnlyScript ends after the login.
func LoginOnlyScript(p Protocol) Script {
	return scriptOf("login-only", p, []Op{OpConnect, OpLogin, OpQuit})
}

// ConnectOnlyScript ends before the login.
func ConnectOnlyScript(p Protocol) Script {
	return scriptOf("connect-only", p, []Op{OpConnect, OpQuit})
}

// scriptOf makes steps named after their operations. SFTP has no passive step.
func scriptOf(name string, p Protocol, ops []Op) Script {
	s := Script{Name: name}
	for _, op := range ops {
		if p == SFTP && op == OpPassive {
			continue
		}
		s.Steps = append(s.Steps, Step{Name: string(op), Op: op, Always: op == OpQuit})
	}
	return s
}
