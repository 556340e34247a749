package drivertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// defaultScript is the main job: all passes, every reply is there, nothing is left.
func (e Endpoint) defaultScript(t *testing.T) {
	steps := probe.DefaultScript(e.Target.Protocol).Steps
	if e.Dir != "" {
		i := slices.IndexFunc(steps, func(s probe.Step) bool { return s.Op == probe.OpPwd })
		steps = slices.Insert(steps, i, probe.Step{Name: "cwd", Op: probe.OpCwd, Path: e.Dir})
	}
	got := e.run(t, steps)
	allPass(t, got)
	if e.Target.Protocol == probe.SFTP {
		e.checkSSH(t, got)
		return
	}
	replies := map[int]bool{}
	for _, ev := range got.Events {
		if ev.Kind == probe.KindReply {
			replies[ev.Code.Value] = true
			if !strings.HasPrefix(ev.Text, fmt.Sprint(ev.Code.Value)) {
				t.Errorf("the text of a reply starts with its code: %q", ev.Text)
			}
		}
	}
	want := []int{220, 331, 230, 257, 226, 213, 350, 250, 221}
	if e.Target.Protocol == probe.FTPES {
		want = append(want, 234)
	}
	for _, code := range want {
		if !replies[code] {
			t.Errorf("no %d among the replies", code)
		}
	}
}

// checkSSH wants the facts of the transport that a user looks up first.
func (e Endpoint) checkSSH(t *testing.T, got probe.Transcript) {
	for _, c := range got.Connections {
		if c.SSH == nil {
			continue
		}
		s := c.SSH
		if s.ServerVersion == "" || s.Kex == "" || s.HostKey.SHA256 == "" || s.Cipher == "" || len(s.ServerOffers["kex"]) == 0 || s.SFTPVersion != 3 {
			t.Errorf("ssh facts are not complete: %+v", s)
		}
		return
	}
	t.Error("no SSH connection in the record")
}

// operations runs each operation of the contract at least once.
func (e Endpoint) operations(t *testing.T) {
	body := probe.NewPattern(3000, 1, false)
	steps := e.session(
		probe.Step{Op: probe.OpNoop},
		probe.Step{Op: probe.OpMkdir, Path: "drivertest-dir"},
		probe.Step{Name: "enter", Op: probe.OpCwd, Path: "drivertest-dir"},
		probe.Step{Op: probe.OpPut, Path: "one.bin", Payload: body},
		e.unless(AbilityAppend, probe.Step{Op: probe.OpAppend, Path: "one.bin", Payload: probe.Bytes("tail")}),
		probe.Step{Op: probe.OpSize, Path: "one.bin", Expect: probe.Expect{MinSize: 3000}},
		e.unless(AbilityStat, probe.Step{Op: probe.OpStat, Path: "one.bin"}),
		e.unless(AbilityMdtm, probe.Step{Op: probe.OpMdtm, Path: "one.bin"}),
		e.unless(AbilityResume, probe.Step{Name: "resume", Op: probe.OpGet, Path: "one.bin", Offset: 1000}),
		probe.Step{Op: probe.OpList, Expect: probe.Expect{Name: "one.bin", MinEntries: 1, MinSize: 3000}},
		probe.Step{Op: probe.OpNlst, Expect: probe.Expect{Name: "one.bin"}},
		e.unless(AbilityMlsd, probe.Step{Op: probe.OpMlsd}),
		e.unless(AbilityChmod, probe.Step{Op: probe.OpChmod, Path: "one.bin", Mode: "600"}),
		probe.Step{Op: probe.OpRename, Path: "one.bin", To: "two.bin"},
		probe.Step{Op: probe.OpDelete, Path: "two.bin"},
		probe.Step{Name: "leave", Op: probe.OpCwd, Path: ".."},
		probe.Step{Op: probe.OpRmdir, Path: "drivertest-dir"},
	)
	got := e.run(t, steps)
	allPass(t, got)
	if s := find(t, got, "resume"); !e.lacks(AbilityResume) && s.Bytes != 2004 && s.Bytes != 2000 {
		t.Errorf("a get from byte 1000 moved %d bytes", s.Bytes)
	}
	if s := find(t, got, "list"); s.Listing == nil || s.Listing.Unparsed != 0 || s.Listing.Lines == 0 {
		t.Errorf("listing %+v", s.Listing)
	}
}

// names are legal on every server of the matrix and break naive clients.
func (e Endpoint) names(t *testing.T) {
	names := []string{"with space.txt", "two  blanks in a row.txt", "ünïcödé-文件.txt", strings.Repeat("n", 251) + ".txt", `quote"and'quote.txt`, "per%20cent.txt"}
	if !e.lacks(AbilityDot) {
		names = append(names, ".leading-dot")
	}
	for i, name := range names {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			body := probe.NewPattern(100, uint64(i), false)
			got := e.run(t, e.session(
				probe.Step{Op: probe.OpPut, Path: name, Payload: body},
				probe.Step{Op: probe.OpSize, Path: name, Expect: probe.Expect{MinSize: 100}},
				probe.Step{Op: probe.OpGet, Path: name, Expect: probe.Expect{SHA256: sum(body)}},
				probe.Step{Op: probe.OpRename, Path: name, To: "renamed-" + fmt.Sprint(i)},
				probe.Step{Op: probe.OpDelete, Path: "renamed-" + fmt.Sprint(i)},
			))
			allPass(t, got)
		})
	}
}

// sizes stand at the edges of buffers and packets.
func (e Endpoint) sizes(t *testing.T) {
	for _, size := range []int64{0, 1, 32768, 65535, 65536, 65537, 300_000, 5 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			body := probe.NewPattern(size, uint64(size), false)
			got := e.run(t, e.session(
				probe.Step{Op: probe.OpPut, Payload: body},
				probe.Step{Op: probe.OpSize},
				probe.Step{Op: probe.OpGet, Expect: probe.Expect{SHA256: sum(body)}},
				probe.Step{Op: probe.OpDelete},
			))
			allPass(t, got)
			if s := find(t, got, "get"); s.Bytes != size {
				t.Errorf("got %d bytes of %d", s.Bytes, size)
			}
		})
	}
}

// refusals must come through with their code and leave the session usable.
func (e Endpoint) refusals(t *testing.T) {
	refused := probe.Expect{Codes: []string{probe.ExpectRefused}}
	got := e.run(t, e.session(
		probe.Step{Name: "get missing", Op: probe.OpGet, Path: "does-not-exist.bin", Expect: refused},
		probe.Step{Name: "size missing", Op: probe.OpSize, Path: "does-not-exist.bin", Expect: refused},
		probe.Step{Name: "delete missing", Op: probe.OpDelete, Path: "does-not-exist.bin", Expect: refused},
		probe.Step{Name: "rename missing", Op: probe.OpRename, Path: "does-not-exist.bin", To: "x.bin", Expect: refused},
		probe.Step{Name: "cwd missing", Op: probe.OpCwd, Path: "does-not-exist-dir", Expect: refused},
		probe.Step{Name: "put into missing", Op: probe.OpPut, Path: "does-not-exist-dir/x.bin", Payload: probe.Bytes("x"), Expect: refused},
		probe.Step{Op: probe.OpPut},
		probe.Step{Op: probe.OpGet},
		probe.Step{Op: probe.OpDelete},
	))
	allPass(t, got)
	for _, s := range got.Steps {
		if s.Status == probe.StatusRefusal && len(s.Codes) == 0 {
			t.Errorf("step %s has no code", s.Name)
		}
	}
}

// noOverwriting: a name that exists and that this run did not make is not written to.
func (e Endpoint) noOverwriting(t *testing.T) {
	first := probe.NewPattern(50, 1, false)
	got := e.run(t, e.session(
		probe.Step{Name: "first", Op: probe.OpPut, Path: "precious.bin", Payload: first},
		probe.Step{Name: "second", Op: probe.OpPut, Path: "precious.bin", Payload: probe.Bytes("other"), MayFail: true},
		probe.Step{Op: probe.OpGet, Path: "precious.bin", Expect: probe.Expect{SHA256: sum(first)}},
		probe.Step{Op: probe.OpDelete, Path: "precious.bin"},
	))
	if s := find(t, got, "second"); s.Status != probe.StatusWarn {
		t.Errorf("an existing file was overwritten: %s", s.Status)
	}
	if s := find(t, got, "get"); s.Status != probe.StatusPass {
		t.Errorf("the first content is gone: %s", s.Detail)
	}
}

// cancelled ends runs at several moments; nothing may be left, and the end comes at once.
func (e Endpoint) cancelled(t *testing.T) {
	for _, after := range []time.Duration{0, 2 * time.Millisecond, 10 * time.Millisecond, 30 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			began := time.Now()
			got := e.runContext(ctx, t, e.session(
				probe.Step{Op: probe.OpPut, Payload: probe.NewPattern(512<<20, 3, false)},
				probe.Step{Op: probe.OpDelete},
			))
			if !got.Interrupted {
				t.Error("the record does not say that the run was interrupted")
			}
			if took := time.Since(began); took > probe.CleanupLimit+2*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// closes: Close may come before anything, and twice.
func (e Endpoint) closes(t *testing.T) {
	for _, steps := range [][]probe.Op{nil, {probe.OpConnect}, {probe.OpConnect, probe.OpLogin}} {
		drv := e.Open(e.Target, probe.NewRecorder(time.Now, nil, e.Target.Secrets()...))
		for _, op := range steps {
			if o := drv.Do(t.Context(), probe.Step{Name: string(op), Op: op}); !o.OK {
				t.Errorf("%s: %s", op, o.Detail)
			}
		}
		_ = drv.Close()
		_ = drv.Close()
	}
}
