package ssh

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

// refusal is a request that a status refused.
func refusal(step string, code int, text string) want {
	return want{step: step, phase: probe.PhaseRequest, kind: probe.KindResponse, space: probe.SpaceSFTP, code: code, text: text}
}

func TestSubsystem(t *testing.T) {
	text := func(s string) want {
		return want{step: "login", phase: probe.PhaseInit, kind: probe.KindText, class: probe.ClassMalformed, text: s}
	}
	ended := func(also string) want {
		return want{step: "login", phase: probe.PhaseInit, kind: probe.KindClose, class: probe.ClassEOF, attr: "what=channel", also: also}
	}
	silent := want{step: "login", phase: probe.PhaseInit, kind: probe.KindTimeout, class: probe.ClassTimeout, attr: "limit=reply"}
	badChroot := want{step: "login", phase: probe.PhaseChannel, kind: probe.KindClose, class: probe.ClassEOF}
	short := func(_ *testing.T, _ *lab.Server, target *probe.Target) { target.Limits.Reply = 4 * time.Second }
	runRows(t, lab.OpenSSH, []row{
		{fault: "no-subsystem", want: want{step: "login", phase: probe.PhaseSubsystem, kind: probe.KindChannel, attr: "outcome=refused"}},
		{fault: "subsystem-missing", want: ended("status 127")},
		{fault: "subsystem-exits", want: ended("status 1")},
		{fault: "subsystem-silent", change: short, want: silent},
		{fault: "force-text", want: text("Welcome to our server")},
		{fault: "force-short-text", want: text("Hi")},
		{fault: "force-exit", want: ended("status 1")},
		{fault: "force-silent", change: short, want: silent},
		{fault: "profile-text", mode: lab.External, want: text("Hello, today is a nice day")},
		{name: "no shell", fault: "none", mode: lab.External, change: user("noshell"), want: text("This account is currently not available")},
		{fault: "chroot-owned", want: badChroot},
		{fault: "chroot-missing", want: badChroot},
		{fault: "max-sessions-0", want: want{step: "login", phase: probe.PhaseChannel, kind: probe.KindChannel, space: probe.SpaceSSHChannel, code: 2, text: "open failed"}},
		{fault: "max-sessions-1", want: want{}},
	})
}

func TestRequests(t *testing.T) {
	put := func(path string) []probe.Step {
		return drivertest.Session(probe.Step{Op: probe.OpPut, Path: path, Payload: probe.NewPattern(1<<20, 1, false)})
	}
	runRows(t, lab.OpenSSH, []row{
		{fault: "read-only", want: refusal("put", 3, "Permission denied")},
		{name: "read-only, external", fault: "read-only", mode: lab.External, want: refusal("put", 3, "Permission denied")},
		{name: "opendir denied", fault: "requests-denied", want: refusal("list", 3, "Permission denied")},
		{name: "unwritable directory", fault: "none", steps: put("rodir/f2"), want: refusal("put", 3, "Permission denied")},
		{name: "no such directory", fault: "none", steps: put("nowhere/f"), want: refusal("put", 2, "No such file")},
		{
			name: "disk full", fault: "none", steps: put("full/f"),
			want: want{step: "put", phase: probe.PhaseTransfer, kind: probe.KindResponse, space: probe.SpaceSFTP, code: 4, text: "Failure", also: "free 0 bytes"},
		},
		{
			name: "rename over existing", fault: "none", steps: drivertest.Session(
				probe.Step{Op: probe.OpPut, Payload: probe.Bytes("x")}, probe.Step{Op: probe.OpRename, To: "exist.txt", Fresh: true},
			), want: refusal("rename", 4, "Failure"),
		},
		{
			name: "directory not empty", fault: "none", steps: drivertest.Session(probe.Step{Op: probe.OpRmdir, Path: "fulldir"}), want: refusal("rmdir", 4, "Failure"),
		},
		{name: "directory exists", fault: "none", steps: drivertest.Session(probe.Step{Op: probe.OpMkdir, Path: "emptydir"}), want: refusal("mkdir", 4, "Failure")},
		{name: "list a file", fault: "none", steps: drivertest.Session(probe.Step{Op: probe.OpList, Path: "hello.txt"}), want: refusal("list", 2, "No such file")},
		{name: "no list permission", fault: "none", steps: drivertest.Session(probe.Step{Op: probe.OpList, Path: "noaccess"}), want: refusal("list", 3, "Permission denied")},
		{name: "no read permission", fault: "none", steps: drivertest.Session(probe.Step{Op: probe.OpGet, Path: "noperm.txt"}), want: refusal("get", 3, "Permission denied")},
		{name: "missing file", fault: "none", steps: drivertest.Session(probe.Step{Op: probe.OpGet, Path: "none.txt"}), want: refusal("get", 2, "No such file")},
		{
			name: "extensions", fault: "none", steps: drivertest.Session(
				probe.Step{Name: "limits", Op: probe.OpRaw, Line: "limits@openssh.com"},
				probe.Step{Name: "space", Op: probe.OpRaw, Line: "statvfs@openssh.com ."},
				probe.Step{Name: "expand", Op: probe.OpRaw, Line: "expand-path@openssh.com ~/x"},
				probe.Step{Op: probe.OpPut, Payload: probe.Bytes("x")},
				probe.Step{Name: "names", Op: probe.OpRaw, Line: "users-groups-by-id@openssh.com 0 0"},
			), want: want{also: "/home/alice/x"},
		},
	})
}

// TestKilled: the session dies in a transfer. The record says at which phase, how far it got, and how it ended.
func TestKilled(t *testing.T) {
	for _, many := range []int{1, 16} {
		for op, command := range map[probe.Op]string{probe.OpPut: "WRITE", probe.OpGet: "READ"} {
			t.Run(string(op)+map[bool]string{true: " many"}[many > 1], func(t *testing.T) {
				s := lab.Use(t, lab.OpenSSH, "none")
				target := targetOf(t, s, lab.SFTP)
				target.SSH.Concurrency = many
				s.Exec(t, "sh", "-c", "head -c 2G /dev/zero >/home/alice/upload/big; chown alice: /home/alice/upload/big")
				step := probe.Step{Name: "move", Op: op, Path: "upload/big"}
				if op == probe.OpPut {
					step.Path, step.Fresh, step.Payload = "upload/new", true, probe.NewPattern(2<<30, 1, false)
				}
				tr := killAt(t, s, target, command, step)
				// A socket with requests that nobody read ends with a reset.
				want{step: "move", phase: probe.PhaseTransfer, kind: probe.KindClose, class: probe.ClassEOF, orClass: probe.ClassReset}.check(t, tr)
			})
		}
	}
}

// killAt runs a step and ends the server's sessions once the first command of that name was answered.
func killAt(t *testing.T, s *lab.Server, target probe.Target, command string, step probe.Step) probe.Transcript {
	t.Helper()
	var once sync.Once
	var kill sync.WaitGroup
	steps := drivertest.Session(step)
	for i := range steps {
		if steps[i].Name == "" {
			steps[i].Name = string(steps[i].Op)
		}
	}
	leaks := goleak.IgnoreCurrent()
	defer goleak.VerifyNone(t, leaks)
	tr := probe.Run(t.Context(), probe.Job{
		Target: target, Script: probe.Script{Steps: steps}, Open: sftp.New, RunID: "killed" + strconv.FormatInt(time.Now().UnixNano(), 36),
		OnEvent: func(e probe.Event) {
			if e.Kind == probe.KindResponse && e.Command == command {
				once.Do(func() { kill.Go(func() { s.Exec(t, "/lab/sessions", "KILL") }) })
			}
		},
	})
	kill.Wait()
	return tr
}

// TestSilentInSession: the server's processes stop; each request has its limit.
func TestSilentInSession(t *testing.T) {
	s := lab.Use(t, lab.OpenSSH, "none")
	target := targetOf(t, s, lab.SFTP)
	target.Limits.Stall = 2 * time.Second
	var once sync.Once
	var stop sync.WaitGroup
	tr := probe.Run(t.Context(), probe.Job{
		Target: target, Open: sftp.New, RunID: "stopped",
		Script: probe.Script{Steps: []probe.Step{
			{Name: "connect", Op: probe.OpConnect},
			{Name: "login", Op: probe.OpLogin},
			{Name: "put", Op: probe.OpPut, Path: "upload/x", Fresh: true, Payload: probe.NewPattern(2<<30, 1, false)},
		}},
		OnEvent: func(e probe.Event) {
			if e.Command == "WRITE" {
				once.Do(func() { stop.Go(func() { s.Exec(t, "/lab/sessions", "STOP") }) })
			}
		},
	})
	stop.Wait()
	s.Exec(t, "/lab/sessions", "CONT")
	want{step: "put", phase: probe.PhaseTransfer, kind: probe.KindTimeout, class: probe.ClassTimeout, attr: "limit=stall"}.check(t, tr)
}
