package sftp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

// detail returns the status and detail of a step.
func stepOf(t *testing.T, tr probe.Transcript, name string) probe.StepResult {
	t.Helper()
	for _, s := range tr.Steps {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no step %s", name)
	return probe.StepResult{}
}

// requests lists the SFTP requests of a step.
func requests(tr probe.Transcript, step string) string {
	var out []string
	for _, e := range tr.Events {
		if e.Step == step && e.Kind == probe.KindRequest {
			out = append(out, e.Command)
		}
	}
	return strings.Join(out, " ")
}

func sumOf(p probe.Payload) string {
	r, err := p.Open()
	if err != nil {
		return err.Error()
	}
	h := sha256.New()
	_, _ = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil))
}

// TestRequests: which requests an operation sends, so that strict servers are not vexed by others.
func TestRequests(t *testing.T) {
	s := newServer(t).start()
	small := probe.Bytes("hello")
	tr := run(t, s.target(), drivertest.Session(
		probe.Step{Op: probe.OpPut, Path: "/a", Fresh: true, Payload: small},
		probe.Step{Name: "put asking", Op: probe.OpPut, Path: "/b", Payload: small},
		probe.Step{Name: "put again", Op: probe.OpPut, Path: "/b", Payload: small, MayFail: true},
		probe.Step{Name: "empty", Op: probe.OpPut, Path: "/c", Fresh: true, Payload: probe.Bytes("")},
		probe.Step{Op: probe.OpGet, Path: "/a"},
		probe.Step{Name: "get empty", Op: probe.OpGet, Path: "/c"},
		probe.Step{Op: probe.OpSize, Path: "/a"},
		probe.Step{Op: probe.OpRename, Path: "/a", To: "/d", Fresh: true},
		probe.Step{Op: probe.OpDelete, Path: "/d"},
		probe.Step{Name: "missing", Op: probe.OpDelete, Path: "/d", MayFail: true},
		probe.Step{Op: probe.OpMkdir, Path: "/dir"},
		probe.Step{Op: probe.OpCwd, Path: "/dir"},
		probe.Step{Op: probe.OpPwd},
		probe.Step{Op: probe.OpList},
		probe.Step{Op: probe.OpRmdir, Path: "/dir"},
		probe.Step{Op: probe.OpPassive, MayFail: true},
	)...)
	for step, want := range map[string]string{
		"put": "OPEN WRITE CLOSE", "put asking": "LSTAT OPEN WRITE CLOSE", "put again": "LSTAT", "empty": "OPEN CLOSE", "get": "OPEN READ CLOSE",
		"get empty": "OPEN READ CLOSE", "size": "STAT", "rename": "RENAME", "delete": "REMOVE", "missing": "REMOVE", "mkdir": "MKDIR",
		"cwd": "REALPATH STAT", "pwd": "REALPATH", "list": "OPENDIR READDIR CLOSE", "rmdir": "RMDIR", "passive": "",
	} {
		if got := requests(tr, step); got != want {
			t.Errorf("%s sends %q, want %q", step, got, want)
		}
	}
	for step, want := range map[string]probe.Status{"put again": probe.StatusWarn, "missing": probe.StatusWarn, "passive": probe.StatusWarn, "rmdir": probe.StatusPass, "pwd": probe.StatusPass} {
		if got := stepOf(t, tr, step); got.Status != want {
			t.Errorf("%s: %s %s", step, got.Status, got.Detail)
		}
	}
	if p := stepOf(t, tr, "pwd"); p.Path != "/dir" {
		t.Errorf("pwd is %q", p.Path)
	}
	for _, e := range tr.Events {
		if e.Step == "put asking" && e.Code != nil && e.Code.Value == statusNoSuchFile && !e.Tolerated {
			t.Error("that a name is free speaks against the step")
		}
	}
}

// shortReads is a server that answers READ with a hundred bytes at most, whatever was asked for.
type shortReads struct{ sftp.FileReader }

type cappedReader struct{ io.ReaderAt }

func (s shortReads) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	content, err := s.FileReader.Fileread(r)
	return cappedReader{content}, err
}

func (c cappedReader) ReadAt(p []byte, at int64) (int, error) {
	return c.ReaderAt.ReadAt(p[:min(len(p), 100)], at)
}

// TestShortReads: less than was asked for is no end of the file.
func TestShortReads(t *testing.T) {
	for _, many := range []int{1, 8} {
		for _, size := range []int64{99, 100, 101, 1024} {
			s := newServer(t)
			s.files.FileGet = shortReads{s.files.FileGet}
			target := s.start().target()
			target.SSH.Concurrency = many
			body := probe.NewPattern(size, 7, false)
			tr := run(t, target, drivertest.Session(
				probe.Step{Op: probe.OpPut, Payload: body}, probe.Step{Op: probe.OpGet, Expect: probe.Expect{SHA256: sumOf(body)}}, probe.Step{Op: probe.OpDelete},
			)...)
			if got := stepOf(t, tr, "get"); got.Status != probe.StatusPass || got.Bytes != size {
				t.Errorf("%d at a time, %d bytes: %s, %d bytes, %s", many, size, got.Status, got.Bytes, got.Detail)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for _, many := range []int{1, 8} {
		for _, size := range []int64{0, 1, chunk - 1, chunk, chunk + 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 5 << 20} {
			t.Run(fmt.Sprint(many, " ", size), func(t *testing.T) {
				target := newServer(t).start().target()
				target.SSH.Concurrency = many
				body := probe.NewPattern(size, 7, false)
				tr := run(t, target, drivertest.Session(
					probe.Step{Op: probe.OpPut, Payload: body}, probe.Step{Op: probe.OpSize},
					probe.Step{Op: probe.OpGet, Expect: probe.Expect{SHA256: sumOf(body)}}, probe.Step{Op: probe.OpDelete},
				)...)
				for _, s := range tr.Steps {
					if s.Status != probe.StatusPass {
						t.Errorf("%s: %s", s.Name, s.Detail)
					}
				}
				if g := stepOf(t, tr, "get"); g.Bytes != size {
					t.Errorf("%d bytes came back", g.Bytes)
				}
				if n := len(tr.Events); n > 80 {
					t.Errorf("%d events", n)
				}
			})
		}
	}
}

func TestGetFromOffsetAndAppend(t *testing.T) {
	tr := run(t, newServer(t).start().target(), drivertest.Session(
		probe.Step{Op: probe.OpPut, Path: "/f", Payload: probe.Bytes("0123456789")},
		probe.Step{Op: probe.OpAppend, Path: "/f", Payload: probe.Bytes("abc")},
		probe.Step{Op: probe.OpGet, Path: "/f", Offset: 8, Expect: probe.Expect{SHA256: sumOf(probe.Bytes("89abc"))}},
		probe.Step{Name: "resume", Op: probe.OpPut, Path: "/f", Offset: 13, Payload: probe.Bytes("!")},
		probe.Step{Name: "resume elsewhere", Op: probe.OpPut, Path: "/f", Offset: 5, Payload: probe.Bytes("!"), MayFail: true},
		probe.Step{Name: "all", Op: probe.OpGet, Path: "/f", Expect: probe.Expect{SHA256: sumOf(probe.Bytes("0123456789abc!"))}},
		probe.Step{Op: probe.OpDelete, Path: "/f"},
	)...)
	for _, s := range tr.Steps {
		if want := map[bool]probe.Status{true: probe.StatusWarn, false: probe.StatusPass}[s.Name == "resume elsewhere"]; s.Status != want {
			t.Errorf("%s: %s %s", s.Name, s.Status, s.Detail)
		}
	}
}

// TestKilledInTransfer: the server goes away in the middle; the record says so and how far it got.
func TestKilledInTransfer(t *testing.T) {
	for _, many := range []int{1, 8} {
		for _, op := range []probe.Op{probe.OpPut, probe.OpGet} {
			t.Run(fmt.Sprint(op, " ", many), func(t *testing.T) {
				s := newServer(t)
				moved := 0
				s.serve = frames(func(p packet) []byte {
					switch p.typ {
					case fxpWrite, fxpRead:
						if moved++; moved > 5 {
							s.kill()
							return nil
						}
					case fxpFstat:
						return frame(fxpAttrs, p.id, builder(nil).uint32(attrSize).uint64(10<<20))
					}
					if p.typ == fxpRead {
						return frame(fxpData, p.id, builder(nil).string(strings.Repeat("x", 20<<10)))
					}
					return sane(p)
				})
				target := quick(s.start().target())
				target.SSH.Concurrency = many
				tr := run(t, target, drivertest.Session(probe.Step{Name: "move", Op: op, Path: "/f", Fresh: true, Payload: probe.NewPattern(10<<20, 1, false)})...)
				step, e := failed(t, tr)
				if step.Name != "move" || e.Phase != probe.PhaseTransfer || e.Kind != probe.KindClose || e.Failure.Class != probe.ClassEOF && e.Failure.Class != probe.ClassReset {
					t.Errorf("step %s: %s %s %v", step.Name, e.Phase, e.Kind, e.Failure)
				}
				data := slices.IndexFunc(tr.Events, func(e probe.Event) bool { return e.Kind == probe.KindData })
				if data < 0 || tr.Events[data].Failure == nil || op == probe.OpGet && tr.Events[data].Bytes == 0 {
					t.Error("what was moved is not in the record")
				}
			})
		}
	}
}

// TestRefusedInTransfer: a status in the middle of a put comes through with its text, and the space
// on the file system is asked for.
func TestRefusedInTransfer(t *testing.T) {
	for _, many := range []int{1, 8} {
		s := newServer(t)
		written := 0
		s.serve = frames(func(p packet) []byte {
			switch p.typ {
			case fxpInit:
				v := builder{fxpVersion}.uint32(3).string(extStatVFS).string("2")
				return append(builder(nil).uint32(uint32(len(v))), v...)
			case fxpWrite:
				if written++; written > 3 {
					return statusFrame(p.id, statusFailure, "disk is full")
				}
			case fxpExtended:
				b := builder(nil)
				for _, v := range []uint64{4096, 4096, 100, 0, 0, 50, 10, 10, 1, 0, 255} {
					b = b.uint64(v)
				}
				return frame(fxpExtendedReply, p.id, b)
			}
			return sane(p)
		})
		target := s.start().target()
		target.SSH.Concurrency = many
		tr := run(t, target, drivertest.Session(probe.Step{Op: probe.OpPut, Path: "/f", Fresh: true, Payload: probe.NewPattern(1<<20, 1, false)})...)
		step, e := failed(t, tr)
		if step.Name != "put" || e.Code == nil || e.Code.Value != statusFailure || e.Code.Text != "disk is full" || e.Command != "WRITE" {
			t.Errorf("%d: step %s: %v %s", many, step.Name, e.Code, e.Command)
		}
		if !slices.ContainsFunc(tr.Events, func(e probe.Event) bool { return strings.HasPrefix(e.Text, "free 0 bytes of 409600") }) {
			t.Error("the space left is not in the record")
			t.Log(drivertest.Show(tr))
		}
		if len(tr.Cleanup.Removed) != 1 {
			t.Errorf("clean-up %+v", tr.Cleanup)
		}
	}
}

func TestRaw(t *testing.T) {
	var asked []string
	s := newServer(t)
	s.serve = frames(func(p packet) []byte {
		if p.typ != fxpExtended {
			return sane(p)
		}
		r := reader{b: p.body}
		name := r.string()
		asked = append(asked, fmt.Sprintf("%s %x", name, r.b))
		switch name {
		case extLimits:
			return frame(fxpExtendedReply, p.id, builder(nil).uint64(1).uint64(2).uint64(3).uint64(4))
		case "expand-path@openssh.com":
			return frame(fxpName, p.id, builder(nil).uint32(1).string("/home/me/x").string("").uint32(0))
		case "users-groups-by-id@openssh.com":
			return frame(fxpExtendedReply, p.id, builder(nil).string(string(builder(nil).string("root").string("me"))).string(string(builder(nil).string("wheel"))))
		case "unheard-of":
			return statusFrame(p.id, 8, "no such thing")
		}
		return statusFrame(p.id, statusOK, "")
	})
	lines := []struct{ line, detail string }{
		{extLimits, "packet 1 read 2 write 3 handles 4"},
		{"expand-path@openssh.com ~/x", "/home/me/x"},
		{"users-groups-by-id@openssh.com 0,1000 0", "users root,me groups wheel"},
		{`posix-rename@openssh.com "/a b" /c`, ""},
		{"lsetstat@openssh.com /a 644", ""},
		{"fsync@openssh.com /a", ""},
		{"unheard-of word", "unheard-of: 8 SSH_FX_OP_UNSUPPORTED no such thing"},
		{"posix-rename@openssh.com /a", "takes 2 arguments, 1 are given"},
		{"lsetstat@openssh.com /a rwx", "not octal"},
		{"users-groups-by-id@openssh.com me 0", "not a number"},
		{"", "no name"},
	}
	var steps []probe.Step
	for i, l := range lines {
		steps = append(steps, probe.Step{Name: fmt.Sprint(i), Op: probe.OpRaw, Line: l.line, MayFail: true})
	}
	tr := run(t, s.start().target(), drivertest.Session(steps...)...)
	for i, l := range lines {
		got := stepOf(t, tr, fmt.Sprint(i))
		if !strings.Contains(got.Detail, l.detail) || (got.Status == probe.StatusPass) != (i < 6) {
			t.Errorf("%q: %s %q", l.line, got.Status, got.Detail)
		}
	}
	if want := fmt.Sprintf("posix-rename@openssh.com %x", []byte(builder(nil).string("/a b").string("/c"))); !slices.Contains(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"": nil, "  ": nil, "a b": {"a", "b"}, `a "b c" d`: {"a", "b c", "d"}, `a ""`: {"a", ""}, `x"y z"`: {"xy z"},
	} {
		if got := splitWords(line); !slices.Equal(got, want) {
			t.Errorf("%q: %q", line, got)
		}
	}
}

func TestCwd(t *testing.T) {
	s := newServer(t).start()
	tr := run(t, s.target(), drivertest.Session(
		probe.Step{Op: probe.OpPut, Path: "/file", Payload: probe.Bytes("x")},
		probe.Step{Op: probe.OpMkdir, Path: "/inbox"},
		probe.Step{Name: "enter", Op: probe.OpCwd, Path: "inbox"},
		probe.Step{Name: "missing", Op: probe.OpCwd, Path: "nowhere", MayFail: true},
		probe.Step{Name: "file", Op: probe.OpCwd, Path: "/file", MayFail: true},
		probe.Step{Op: probe.OpPwd},
	)...)
	for step, want := range map[string]probe.Status{"enter": probe.StatusPass, "missing": probe.StatusWarn, "file": probe.StatusWarn} {
		if got := stepOf(t, tr, step); got.Status != want {
			t.Errorf("%s: %s %s", step, got.Status, got.Detail)
		}
	}
	if p := stepOf(t, tr, "pwd"); p.Path != "/inbox" {
		t.Errorf("in %s", p.Path)
	}
}

func TestNoopAndMtime(t *testing.T) {
	tr := run(t, newServer(t).start().target(), drivertest.Session(
		probe.Step{Op: probe.OpNoop}, probe.Step{Op: probe.OpPut}, probe.Step{Op: probe.OpMdtm, Expect: probe.Expect{MaxAge: time.Minute}},
		probe.Step{Op: probe.OpStat}, probe.Step{Op: probe.OpNlst, Expect: probe.Expect{MinEntries: 1}}, probe.Step{Op: probe.OpMlsd}, probe.Step{Op: probe.OpDelete},
	)...)
	for _, s := range tr.Steps {
		if s.Status != probe.StatusPass {
			t.Errorf("%s: %s", s.Name, s.Detail)
		}
	}
}

func TestStepLimit(t *testing.T) {
	s := newServer(t)
	s.serve = frames(but(fxpRealpath, func(packet) []byte { return silence }))
	tr := run(t, s.start().target(), drivertest.Session(probe.Step{Op: probe.OpPwd, Timeout: 100 * time.Millisecond})...)
	if step, e := failed(t, tr); step.Name != "pwd" || e.Kind != probe.KindTimeout || e.Attr["limit"] != "step" {
		t.Errorf("%s: %s %v", step.Name, e.Kind, e.Attr)
	}
}

func TestAnnouncedHostKeys(t *testing.T) {
	s := newServer(t)
	s.after = func(c *ssh.ServerConn) {
		_, _, _ = c.SendRequest(hostKeysName, false, builder(nil).string(string(s.signer.PublicKey().Marshal())).string("junk"))
	}
	tr := run(t, s.start().target(), drivertest.Session(probe.Step{Op: probe.OpPwd})...)
	if got := tr.Connections[0].SSH.HostKeys; len(got) != 1 || got[0].SHA256 != ssh.FingerprintSHA256(s.signer.PublicKey()) {
		t.Errorf("host keys %v", got)
	}
}
