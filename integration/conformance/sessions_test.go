package conformance

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
	"mftprobe/protocols"
)

// do runs steps in the directory for uploads.
func do(ctx context.Context, target probe.Target, name string, watch func(probe.Event), steps ...probe.Step) probe.Transcript {
	all := []probe.Step{{Op: probe.OpConnect}, {Op: probe.OpLogin}, {Op: probe.OpCwd, Path: "upload"}}
	all = append(append(all, steps...), probe.Step{Op: probe.OpQuit, Always: true})
	for i := range all {
		all[i].Name = fmt.Sprintf("%d %s", i, all[i].Op)
	}
	return probe.Run(ctx, probe.Job{
		Target: target, Script: probe.Script{Steps: all}, Open: protocols.Open, RunID: name, PayloadSize: probe.DefaultPayloadSize, OnEvent: watch,
	})
}

// TestSessionReuse: every data connection resumes the session of the control connection, by tickets or, where the server
// has none, by the identifier of the session; one that must not does not, and is served where the server does not insist.
func TestSessionReuse(t *testing.T) {
	for _, tt := range []struct {
		server, fault string
		version       uint16
		without       bool
	}{
		{lab.VSFTPDHost, "none", tls.VersionTLS12, false},
		{lab.VSFTPDHost, "none", tls.VersionTLS13, false},
		{lab.ProFTPDHost, "none", tls.VersionTLS13, false},
		{lab.ProFTPDHost, "tls-1.2-only", tls.VersionTLS12, false},
		{lab.ProFTPDHost, "tls-no-reuse-required", tls.VersionTLS13, true},
		{lab.PureFTPDHost, "none", tls.VersionTLS13, true},
	} {
		t.Run(fmt.Sprintf("%s %s %x without %v", tt.server, tt.fault, tt.version, tt.without), func(t *testing.T) {
			server := lab.Use(t, tt.server, tt.fault)
			to := target(t, server, row{mode: lab.Explicit, protocol: probe.FTPES, change: tlsOnly(tt.version)})
			to.TLS.NoSessionReuse = tt.without
			tr := do(t.Context(), to, "reuse", nil, probe.Step{Op: probe.OpList}, probe.Step{Op: probe.OpPut}, probe.Step{Op: probe.OpGet}, probe.Step{Op: probe.OpDelete})
			allPass(t, tr)
			for _, c := range tr.Connections[1:] {
				if c.TLS == nil || c.TLS.Resumed == tt.without {
					t.Errorf("%s: %+v", c.ID, c.TLS)
				}
			}
			if len(tr.Connections) != 4 {
				t.Errorf("%d connections", len(tr.Connections))
			}
		})
	}
}

func allPass(t *testing.T, tr probe.Transcript) {
	t.Helper()
	failed := false
	for _, s := range tr.Steps {
		if s.Status != probe.StatusPass {
			t.Errorf("step %s: %s: %s", s.Name, s.Status, s.Detail)
			failed = true
		}
	}
	if failed {
		drivertest.Retell(t, tr)
	}
}

// TestUploads: files of every size arrive whole over TLS 1.3, every time. Clients that close a data connection with tickets
// unread lose the end of a file now and then.
func TestUploads(t *testing.T) {
	const times = 20
	sizes := []int64{0, 1, 300_000, 5_000_000, 64_000_000}
	for _, tt := range []struct{ server, fault string }{
		{lab.VSFTPDHost, "none"}, {lab.ProFTPDHost, "none"}, {lab.ProFTPDHost, "tls-no-reuse-required"}, {lab.PureFTPDHost, "none"},
	} {
		t.Run(tt.server+" "+tt.fault, func(t *testing.T) {
			server := lab.Use(t, tt.server, tt.fault)
			to := target(t, server, row{mode: lab.Explicit, protocol: probe.FTPES, change: tlsOnly(tls.VersionTLS13)})
			whole := map[int64]int{}
			for i := range times {
				var steps []probe.Step
				for _, size := range sizes {
					steps = append(steps, probe.Step{Op: probe.OpPut, Payload: probe.NewPattern(size, uint64(i), false)}, probe.Step{Op: probe.OpSize}, probe.Step{Op: probe.OpDelete})
				}
				tr := do(t.Context(), to, fmt.Sprintf("up%d", i), nil, steps...)
				allPass(t, tr)
				for _, s := range tr.Steps {
					if s.Op == probe.OpPut && s.Status == probe.StatusPass {
						whole[s.Bytes]++
					}
				}
			}
			for _, size := range sizes {
				if whole[size] != times {
					t.Errorf("%d bytes: %d of %d whole", size, whole[size], times)
				}
			}
		})
	}
}

// TestInterruptedAnywhere: whenever the user ends a run, what it made is removed and the server is told good-bye.
func TestInterruptedAnywhere(t *testing.T) {
	server := lab.Use(t, lab.VSFTPDHost, "none")
	before := server.Files(t, "")
	for _, tt := range []struct {
		mode     lab.Mode
		protocol probe.Protocol
	}{{lab.Plain, probe.FTP}, {lab.Explicit, probe.FTPES}} {
		to := target(t, server, row{mode: tt.mode, protocol: tt.protocol})
		steps := []probe.Step{
			{Op: probe.OpList}, {Op: probe.OpMkdir}, {Op: probe.OpPut, Payload: probe.NewPattern(3_000_000, 1, false)}, {Op: probe.OpGet}, {Op: probe.OpRename}, {Op: probe.OpDelete}, {Op: probe.OpRmdir},
		}
		events := len(do(t.Context(), to, "whole", nil, steps...).Events)
		for n := 1; n <= events; n++ {
			ctx, cancel := context.WithCancel(t.Context())
			seen := 0
			tr := do(ctx, to, fmt.Sprintf("cut%d", n), func(probe.Event) {
				if seen++; seen == n {
					cancel()
				}
			}, steps...)
			cancel()
			if len(tr.Cleanup.LeftBehind) > 0 {
				t.Errorf("%s, event %d: left behind %v", tt.protocol, n, tr.Cleanup.LeftBehind)
			}
			if !goodBye(tr) {
				t.Errorf("%s, event %d: no QUIT: %+v", tt.protocol, n, tr.Events)
			}
		}
		if after := server.Files(t, ""); !slices.Equal(before, after) {
			t.Errorf("%s: files before %v, after %v", tt.protocol, before, after)
		}
	}
}

// goodBye tells whether QUIT was sent on a session that could still take it: not before the greeting, and not in the middle
// of a handshake.
func goodBye(tr probe.Transcript) bool {
	greeted := false
	for _, e := range tr.Events {
		greeted = greeted || e.Kind == probe.KindReply && strings.HasPrefix(e.Text, "220")
		if e.Command == "QUIT" && e.Direction == probe.Sent {
			return true
		}
		if e.Phase == probe.PhaseTLS && e.Failure != nil {
			return true
		}
	}
	return !greeted
}
