package ftp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"mftprobe/internal/refserver"
	"mftprobe/probe"
)

// reference starts the neutral endpoint with faults.
func reference(tb testing.TB, faults ...string) *refserver.Server {
	tb.Helper()
	server, err := refserver.Start(context.Background(), refserver.Loopback(faults...))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(server.Close)
	return server
}

// at returns the target of a protocol of the server.
func at(tb testing.TB, server *refserver.Server, p probe.Protocol) probe.Target {
	tb.Helper()
	host, port, err := net.SplitHostPort(server.Addr(string(p)))
	if err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CAPEM())
	n, _ := strconv.Atoi(port)
	return probe.Target{
		Protocol: p, Host: host, Port: n, User: server.User(), Password: probe.NewSecret(server.Password()), TLS: probe.TLS{Roots: roots},
		Limits: probe.Limits{Connect: 20 * time.Second, Reply: 20 * time.Second, Stall: 20 * time.Second},
	}
}

func runFull(ctx context.Context, target probe.Target, size int64) probe.Transcript {
	return probe.Run(ctx, probe.Job{Target: target, Script: probe.DefaultScript(target.Protocol), Open: New, RunID: "run", PayloadSize: size})
}

func failed(tr probe.Transcript) string {
	for _, s := range tr.Steps {
		if s.Status != probe.StatusPass {
			return s.Name
		}
	}
	return ""
}

var family = []probe.Protocol{probe.FTP, probe.FTPES, probe.FTPS}

// TestEveryWay: the default script over each protocol, TLS version and data mode.
func TestEveryWay(t *testing.T) {
	server := reference(t)
	strict := reference(t, "reuse=522 session reuse required")
	for _, p := range family {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, mode := range []string{modeAuto, modeEPSV, modePASV, modePORT, modeEPRT} {
				for name, s := range map[string]*refserver.Server{"": server, " strict": strict} {
					if p == probe.FTP && (version == tls.VersionTLS12 || name != "") {
						continue
					}
					t.Run(fmt.Sprintf("%s %s %s%s", p, tls.VersionName(version), mode, name), func(t *testing.T) {
						target := at(t, s, p)
						target.TLS.MinVersion, target.TLS.MaxVersion, target.FTP.DataMode = version, version, mode
						tr := runFull(t.Context(), target, 70000)
						if f := failed(tr); f != "" {
							t.Errorf("step %s:\n%s", f, everything(tr))
						}
						if left := s.Files(); len(left) > 0 {
							t.Errorf("left behind: %v", left)
						}
					})
				}
			}
		}
	}
}

// TestSizes: uploads of every size come back whole, over TLS 1.3 too.
func TestSizes(t *testing.T) {
	server := reference(t)
	for _, p := range family {
		for _, size := range []int64{0, 1, smallChunk, smallChunk + 1, 300_000, bigFile - 1, bigFile, bigFile + bigChunk + 1, 20_000_000} {
			if testing.Short() && size > bigFile {
				continue
			}
			tr := runFull(t.Context(), at(t, server, p), size)
			if f := failed(tr); f != "" {
				t.Errorf("%s, %d bytes: step %s\n%s", p, size, f, everything(tr))
			}
		}
	}
}

// TestInterruptedAnywhere: whenever the user ends the run, it ends soon, what was made is removed, and
// the server is told good-bye, unless TLS was just being agreed on.
func TestInterruptedAnywhere(t *testing.T) {
	for _, p := range family {
		server := reference(t)
		events := len(runFull(t.Context(), at(t, server, p), 3_000_000).Events)
		for n := 1; n <= events; n++ {
			ctx, cancel := context.WithCancel(t.Context())
			seen := 0
			job := probe.Job{
				Target: at(t, server, p), Script: probe.DefaultScript(p), Open: New, RunID: fmt.Sprintf("run%d", n), PayloadSize: 3_000_000,
				OnEvent: func(probe.Event) {
					if seen++; seen == n {
						cancel()
					}
				},
			}
			began := time.Now()
			tr := probe.Run(ctx, job)
			cancel()
			if d := time.Since(began); d > 10*time.Second {
				t.Errorf("%s, event %d: took %s\n%s", p, n, d, everything(tr))
			}
			if left := server.Files(); len(left) > 0 {
				t.Fatalf("%s, event %d: left behind %v\n%s", p, n, left, everything(tr))
			}
			if all := everything(tr); strings.Contains(all, "\"220 ") && !strings.Contains(all, "\"QUIT\"") && !strings.Contains(all, "control  local    handshake \"interrupted\"") {
				t.Errorf("%s, event %d: no QUIT\n%s", p, n, all)
			}
		}
	}
}

// hostility is a server that means no good, and where a run against it has to end.
type hostility struct {
	fault    string
	step     string
	phase    probe.Phase
	protocol probe.Protocol
}

var hostilities = map[string]hostility{
	"silent":                 {"silent:greeting", "connect", probe.PhaseGreeting, probe.FTP},
	"dribbling greeting":     {"drip:greeting=100ms", "connect", probe.PhaseGreeting, probe.FTP},
	"one byte a second":      {"drip:greeting=1s", "connect", probe.PhaseGreeting, probe.FTP},
	"endless greeting":       {"endless:greeting=0", "connect", probe.PhaseGreeting, probe.FTP},
	"a line of a gigabyte":   {"flood:greeting=1G", "connect", probe.PhaseGreeting, probe.FTP},
	"endless reply":          {"endless:PWD=0", "pwd", probe.PhasePath, probe.FTP},
	"a long line after PWD":  {"flood:PWD=1G", "pwd", probe.PhasePath, probe.FTP},
	"silent at login":        {"silent:USER", "login", probe.PhaseLogin, probe.FTP},
	"silent at EPSV":         {"silent:EPSV", "passive", probe.PhasePassive, probe.FTP},
	"silent at STOR":         {"silent:STOR", "put", probe.PhaseTransfer, probe.FTP},
	"silent at AUTH":         {"silent:AUTH", "connect", probe.PhaseAuthTLS, probe.FTPES},
	"silent in data TLS":     {"silent:data-tls", "list", probe.PhaseDataTLS, probe.FTPES},
	"silent at LIST":         {"silent:list", "list", probe.PhaseTransfer, probe.FTPES},
	"silent at RETR":         {"silent:get", "get", probe.PhaseTransfer, probe.FTPS},
	"silent at PASS":         {"silent:PASS", "login", probe.PhaseLogin, probe.FTPS},
	"stalled download":       {"stall:get=10", "get", probe.PhaseTransfer, probe.FTP},
	"stalled upload":         {"stall:put=10", "put", probe.PhaseTransfer, probe.FTP},
	"no final reply":         {"mute:list", "list", probe.PhaseCompletion, probe.FTP},
	"silent at QUIT":         {"silent:QUIT", "quit", probe.PhaseQuit, probe.FTP},
	"silent on the way back": {"silent:RNTO", "rename", probe.PhasePath, probe.FTP},
}

// hostileLimit is the time that each wait gets: also those before the hostile one, which must not run out because the
// machine is busy.
const hostileLimit = 2 * time.Second

// meet runs the default script and returns by how much the step that fails exceeds its limit.
func (h hostility) meet(tb testing.TB) time.Duration {
	tb.Helper()
	target := at(tb, reference(tb, h.fault), h.protocol)
	target.Limits = probe.Limits{Connect: hostileLimit, Reply: hostileLimit, Stall: hostileLimit, Total: 20 * time.Second}
	job := probe.Job{Target: target, Script: probe.DefaultScript(h.protocol), Open: New, RunID: "run", PayloadSize: 16 << 20}
	var took time.Duration
	job.OnStep = func(s probe.StepResult) {
		if s.Status == probe.StatusFail && took == 0 {
			took = time.Duration(s.Duration)
		}
	}
	tr := probe.Run(tb.Context(), job)
	if f := failed(tr); f != h.step {
		tb.Fatalf("step %q failed, want %s\n%s", f, h.step, everything(tr))
	}
	if phase := failingPhase(tr, h.step); phase != h.phase {
		tb.Errorf("phase %s, want %s\n%s", phase, h.phase, everything(tr))
	}
	return took - hostileLimit
}

// TestHostileServers: each ends at its limit, at the right place, without holding what it is sent.
func TestHostileServers(t *testing.T) {
	for name, h := range hostilities {
		t.Run(name, func(t *testing.T) {
			loud := strings.HasPrefix(h.fault, "endless:") || strings.HasPrefix(h.fault, "flood:")
			if !loud {
				t.Parallel() // it only waits
			}
			// The benchmark tells it exactly; a test may share its machine. Whoever waits twice is found.
			if over := h.meet(t); over > hostileLimit*3/4 {
				t.Errorf("%s beyond the limit of %s", over, hostileLimit)
			}
			if !loud {
				return
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapInuse > 64<<20 {
				t.Errorf("%d MiB in use", m.HeapInuse>>20)
			}
		})
	}
}

// BenchmarkVerdict tells by how much the verdict on each hostile server comes after its limit, at worst,
// and how much memory the runtime has ever asked for, the server's part included.
func BenchmarkVerdict(b *testing.B) {
	for name, h := range hostilities {
		b.Run(name, func(b *testing.B) {
			worst := -hostileLimit
			for b.Loop() {
				worst = max(worst, h.meet(b))
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(worst.Microseconds())/1000, "ms-over")
			b.ReportMetric(float64(m.Sys>>20), "MiB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// failingPhase returns the phase of the first bad event of a step.
func failingPhase(tr probe.Transcript, step string) probe.Phase {
	for _, e := range tr.Events {
		if e.Step == step && e.Failure != nil && !e.Tolerated {
			return e.Phase
		}
	}
	return ""
}
