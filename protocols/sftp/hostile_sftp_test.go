package sftp

import (
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

// frames serves SFTP packets by a function: it gets a packet and returns what is written.
func frames(answer func(p packet) []byte) func(*testing.T, ssh.Channel, string) {
	return func(_ *testing.T, ch ssh.Channel, _ string) {
		for {
			var head [4]byte
			if _, err := io.ReadFull(ch, head[:]); err != nil {
				return
			}
			frame := make([]byte, binary.BigEndian.Uint32(head[:]))
			if _, err := io.ReadFull(ch, frame); err != nil {
				return
			}
			p, err := parsePacket(frame)
			if err != nil {
				return
			}
			out := answer(p)
			if out == nil {
				return
			}
			if _, err := ch.Write(out); err != nil {
				return
			}
		}
	}
}

func frame(typ byte, id uint32, body builder) []byte {
	b := builder(nil).uint32(uint32(5 + len(body)))
	return append(append(b, typ), append(builder(nil).uint32(id), body...)...)
}

func statusFrame(id, code uint32, text string) []byte {
	return frame(fxpStatus, id, builder(nil).uint32(code).string(text).string("en"))
}

func versionFrame(n uint32) []byte {
	return append(append(builder(nil).uint32(5), fxpVersion), builder(nil).uint32(n)...)
}

// sane answers everything as a small honest server would: one directory, one open file that is empty.
func sane(p packet) []byte {
	switch p.typ {
	case fxpInit:
		return versionFrame(3)
	case fxpRealpath:
		return frame(fxpName, p.id, builder(nil).uint32(1).string("/home").string("/home").uint32(0))
	case fxpOpen, fxpOpendir:
		return frame(fxpHandle, p.id, builder(nil).string("h"))
	case fxpRead, fxpReaddir:
		return statusFrame(p.id, statusEOF, "end")
	case fxpStat, fxpLstat, fxpFstat:
		return frame(fxpAttrs, p.id, builder(nil).uint32(attrSize|attrPermissions|attrTimes).uint64(0).uint32(0o40755).uint32(1).uint32(1))
	}
	return statusFrame(p.id, statusOK, "fine")
}

// but answers one type of request in another way.
func but(typ byte, answer func(p packet) []byte) func(packet) []byte {
	return func(p packet) []byte {
		if p.typ == typ {
			return answer(p)
		}
		return sane(p)
	}
}

// silence blocks until the client is gone: the next read fails then.
var silence = []byte{}

func TestHostileSFTP(t *testing.T) {
	big := make([]byte, maxPacket)
	for name, tt := range map[string]struct {
		answer   func(packet) []byte
		step     string
		phase    probe.Phase
		class    probe.Class
		contains string
	}{
		"silent after INIT":         {but(fxpInit, func(packet) []byte { return silence }), "login", probe.PhaseInit, probe.ClassTimeout, "no answer to INIT"},
		"ends after INIT":           {but(fxpInit, func(packet) []byte { return nil }), "login", probe.PhaseInit, probe.ClassEOF, "ended"},
		"version cut short":         {but(fxpInit, func(packet) []byte { return []byte{0, 0, 0, 3, fxpVersion, 0, 0} }), "login", probe.PhaseInit, probe.ClassMalformed, "cut short"},
		"extension cut short":       {but(fxpInit, func(packet) []byte { return []byte{0, 0, 0, 9, fxpVersion, 0, 0, 0, 3, 0, 0, 0, 9} }), "login", probe.PhaseInit, probe.ClassMalformed, "extension"},
		"status instead of version": {but(fxpInit, func(packet) []byte { return statusFrame(1, 4, "no") }), "login", probe.PhaseInit, probe.ClassMalformed, "not VERSION"},
		"version 6":                 {but(fxpInit, func(packet) []byte { return versionFrame(6) }), "login", probe.PhaseInit, probe.ClassUnsupported, "version 6"},
		"version 0":                 {but(fxpInit, func(packet) []byte { return versionFrame(0) }), "login", probe.PhaseInit, probe.ClassUnsupported, "version 0"},
		"text":                      {but(fxpInit, func(packet) []byte { return []byte("This account is not available.\n") }), "login", probe.PhaseInit, probe.ClassMalformed, "This account is not available."},
		"short text":                {but(fxpInit, func(packet) []byte { return []byte("Hi\n") }), "login", probe.PhaseInit, probe.ClassTimeout, ""},
		"packet of 4 GiB":           {but(fxpRealpath, func(packet) []byte { return []byte{0xff, 0xff, 0xff, 0xff, 104} }), "pwd", probe.PhasePath, probe.ClassTooLong, "4294967295"},
		"packet over the limit":     {but(fxpRealpath, func(packet) []byte { return builder(nil).uint32(maxPacket + 1) }), "pwd", probe.PhasePath, probe.ClassTooLong, "limit"},
		"empty packet":              {but(fxpRealpath, func(packet) []byte { return []byte{0, 0, 0, 0} }), "pwd", probe.PhasePath, probe.ClassMalformed, "0 bytes"},
		"packet without an id":      {but(fxpRealpath, func(packet) []byte { return []byte{0, 0, 0, 2, 101, 0} }), "pwd", probe.PhasePath, probe.ClassMalformed, ""},
		"OK to REALPATH":            {but(fxpRealpath, func(p packet) []byte { return statusFrame(p.id, 0, "") }), "pwd", probe.PhasePath, probe.ClassMalformed, "STATUS OK"},
		"DATA to REALPATH":          {but(fxpRealpath, func(p packet) []byte { return frame(fxpData, p.id, builder(nil).string("x")) }), "pwd", probe.PhasePath, probe.ClassMalformed, "DATA"},
		"OK to OPEN":                {but(fxpOpen, func(p packet) []byte { return statusFrame(p.id, 0, "") }), "put", probe.PhaseRequest, probe.ClassMalformed, "STATUS OK"},
		"status without a code":     {but(fxpOpen, func(p packet) []byte { return frame(fxpStatus, p.id, nil) }), "put", probe.PhaseRequest, probe.ClassMalformed, "without a code"},
		"ends at OPEN":              {but(fxpOpen, func(packet) []byte { return nil }), "put", probe.PhaseRequest, probe.ClassEOF, "ended"},
		"silent at WRITE":           {but(fxpWrite, func(packet) []byte { return silence }), "put", probe.PhaseTransfer, probe.ClassTimeout, "no byte moved"},
		"names cut short":           {but(fxpReaddir, func(p packet) []byte { return frame(fxpName, p.id, builder(nil).uint32(1000).string("a")) }), "list", probe.PhaseRequest, probe.ClassMalformed, "cut short"},
		"names without end": {but(fxpReaddir, func(p packet) []byte {
			return frame(fxpName, p.id, append(builder(nil).uint32(1).string("a").string(""), append(builder(nil).uint32(1<<31).uint32(1).string("x"), builder(nil).string(string(big[:200<<10]))...)...))
		}), "list", probe.PhaseRequest, probe.ClassMalformed, "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.serve = frames(tt.answer)
			tr := run(t, quick(s.start().target()))
			step, e := failed(t, tr)
			if step.Name != tt.step || e.Phase != tt.phase || e.Failure == nil || e.Failure.Class != tt.class || !strings.Contains(e.Text, tt.contains) {
				t.Errorf("step %s: %s %s %q %v", step.Name, e.Phase, e.Kind, e.Text, e.Failure)
				t.Log(drivertest.Show(tr))
			}
		})
	}
}

// TestLimits is the other side of TestHostileSFTP: what lies at a limit is fine.
func TestLimits(t *testing.T) {
	unknown := func(n int) func(packet) []byte {
		return but(fxpRealpath, func(p packet) []byte {
			var out []byte
			for i := range n {
				out = append(out, statusFrame(uint32(70000+i), 4, "nobody asked")...)
			}
			return append(out, sane(p)...)
		})
	}
	longest := but(fxpRealpath, func(p packet) []byte {
		name := strings.Repeat("n", 100)
		rest := maxPacket - 5 - 4 - 2*(4+len(name)) - 4 - 4 - 4 - 4 - 4
		attrs := builder(nil).uint32(attrExtended).uint32(1).string("x").string(strings.Repeat("y", rest-1))
		return frame(fxpName, p.id, append(builder(nil).uint32(1).string(name).string(name), attrs...))
	})
	for name, tt := range map[string]struct {
		answer func(packet) []byte
		fails  bool
	}{
		"unknown ids at the limit":   {unknown(maxUnknownIDs), false},
		"unknown ids over the limit": {unknown(maxUnknownIDs + 1), true},
		"packet at the limit":        {longest, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.serve = frames(tt.answer)
			tr := run(t, quick(s.start().target()), drivertest.Session(probe.Step{Op: probe.OpPwd})...)
			if got := tr.Steps[2].Status == probe.StatusFail; got != tt.fails {
				t.Errorf("pwd: %s %s", tr.Steps[2].Status, tr.Steps[2].Detail)
				t.Log(drivertest.Show(tr))
			}
		})
	}
}

func TestStatusText(t *testing.T) {
	for _, n := range []int{maxStatusText, maxStatusText + 1} {
		code := statusCode(status{code: 4, text: strings.Repeat("x", n)})
		if got := len(strings.TrimRight(code.Text, "…")); got != maxStatusText {
			t.Errorf("%d bytes of text: %d kept", n, got)
		}
	}
}

// TestSilentAfterEncryption goes through the rungs between key exchange and subsystem.
func TestSilentAfterEncryption(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(s *testServer, until <-chan struct{})
		phase   probe.Phase
	}{
		"authentication": {func(s *testServer, until <-chan struct{}) {
			s.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { <-until; return nil, io.EOF }
		}, probe.PhaseAuth},
		"channel": {func(s *testServer, until <-chan struct{}) {
			s.onChan = func(ssh.NewChannel) bool { <-until; return true }
		}, probe.PhaseChannel},
		"subsystem": {func(s *testServer, until <-chan struct{}) {
			s.grant = func(*ssh.Request) bool { <-until; return false }
		}, probe.PhaseSubsystem},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			until := make(chan struct{})
			s := newServer(t)
			tt.prepare(s, until)
			target := quick(s.start().target())
			t.Cleanup(func() { close(until) }) // before the server's own
			tr := run(t, target)
			if step, e := failed(t, tr); step.Name != "login" || e.Phase != tt.phase || e.Kind != probe.KindTimeout || e.Attr["limit"] != "reply" {
				t.Errorf("step %s: %s %s %v", step.Name, e.Phase, e.Kind, e.Attr)
			}
		})
	}
}

func TestChannelAndSubsystemRefused(t *testing.T) {
	t.Run("channel", func(t *testing.T) {
		s := newServer(t)
		s.onChan = func(nc ssh.NewChannel) bool { _ = nc.Reject(ssh.ResourceShortage, "full up"); return true }
		step, e := failed(t, run(t, s.start().target()))
		if e.Code == nil || e.Code.Space != probe.SpaceSSHChannel || e.Code.Value != 4 || e.Code.Text != "full up" || e.Phase != probe.PhaseChannel {
			t.Errorf("%s: %s %v %q", step.Name, e.Phase, e.Code, e.Text)
		}
	})
	t.Run("subsystem", func(t *testing.T) {
		s := newServer(t)
		s.grant = func(*ssh.Request) bool { return false }
		tr := run(t, s.start().target())
		step, e := failed(t, tr)
		if step.Name != "login" || e.Phase != probe.PhaseSubsystem || e.Attr["outcome"] != "refused" {
			t.Errorf("%s: %s %v", step.Name, e.Phase, e.Attr)
		}
		if quit := tr.Steps[len(tr.Steps)-1]; quit.Status != probe.StatusPass {
			t.Errorf("quit after a refused subsystem: %s %s", quit.Status, quit.Detail)
		}
	})
}

// TestUserauthBanner: a banner is kept up to its limit, and one without end ends the login.
func TestUserauthBanner(t *testing.T) {
	for _, tt := range []struct {
		size int
		ok   bool
	}{{maxBanner, true}, {maxBanner + 1, false}} {
		s := newServer(t)
		s.config.BannerCallback = func(ssh.ConnMetadata) string { return strings.Repeat("b", tt.size) }
		tr := run(t, s.start().target(), probe.LoginOnlyScript(probe.SFTP).Steps...)
		if tt.ok {
			if got := len(tr.Connections[0].SSH.Banner); tr.Steps[1].Status != probe.StatusPass || got != tt.size {
				t.Errorf("banner at the limit: %s, %d bytes kept", tr.Steps[1].Detail, got)
			}
			continue
		}
		if _, e := failed(t, tr); e.Failure.Class != probe.ClassTooLong || e.Phase != probe.PhaseAuth {
			t.Errorf("banner over the limit: %s %v", e.Phase, e.Failure)
		}
	}
}

func TestStderrIsKeptUpToItsLimit(t *testing.T) {
	for _, size := range []int{maxStderr, maxStderr + 1} {
		s := newServer(t)
		s.serve = func(_ *testing.T, ch ssh.Channel, _ string) {
			_, _ = io.WriteString(ch.Stderr(), strings.Repeat("e", size))
			_, _ = ch.SendRequest("exit-signal", false, ssh.Marshal(struct {
				Signal    string
				Core      bool
				Text, Tag string
			}{"KILL", false, "out of memory", ""}))
		}
		tr := run(t, s.start().target(), probe.LoginOnlyScript(probe.SFTP).Steps...)
		kept, signal := 0, ""
		for _, e := range tr.Events {
			if e.Attr["channel"] == "stderr" {
				kept += len(e.Text)
			}
			if e.Attr["exit-signal"] != "" {
				signal = e.Attr["exit-signal"] + " " + e.Text
			}
		}
		if kept > maxStderr || kept < maxStderr/2 {
			t.Errorf("%d of %d bytes kept", kept, size)
		}
		if !strings.HasPrefix(signal, "KILL") || !strings.Contains(signal, "out of memory") {
			t.Errorf("signal %q", signal)
		}
	}
}

// TestMemory: a server that announces and sends as much as it can does not make us hold it.
func TestMemory(t *testing.T) {
	s := newServer(t)
	flood := make([]byte, 1<<20)
	s.serve = frames(but(fxpRealpath, func(packet) []byte { return append(builder(nil).uint32(0xfffffff0), flood...) }))
	target := quick(s.start().target())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	run(t, target)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
		t.Errorf("%d MiB allocated", grown>>20)
	}
}
