package ftp

import (
	"net/url"
	"testing"
	"time"

	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

// plainFeatures keeps the endpoint from offering checksums, which would be asked for.
const plainFeatures = `reply:FEAT=211-Features\r\n SIZE\r\n211 End`

// BenchmarkRoundTrips counts them as the slope of the time over the length of the line: what is
// needed one after the other, and what is used. A server's own waits come on top of it.
func BenchmarkRoundTrips(b *testing.B) {
	full := ops(probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpPassive, probe.OpList, probe.OpPut, probe.OpGet, probe.OpDelete, probe.OpQuit)
	readOnly := ops(probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpPassive, probe.OpList, probe.OpQuit)
	for _, job := range []struct {
		name     string
		protocol probe.Protocol
		steps    []probe.Step
		needed   float64 // each command after the other, without FEAT
	}{
		{"full", probe.FTP, full, 18},
		{"full", probe.FTPES, full, 27},
		{"read-only", probe.FTP, readOnly, 9},
		{"read-only", probe.FTPES, readOnly, 15},
	} {
		b.Run(string(job.protocol)+" "+job.name, func(b *testing.B) {
			server := reference(b, plainFeatures)
			drivertest.RoundTrips(b, func(proxy *url.URL) {
				target := at(b, server, job.protocol)
				target.Network.Proxy = proxy
				tr := probe.Run(b.Context(), probe.Job{Target: target, Script: probe.Script{Steps: job.steps}, Open: New, RunID: "run", PayloadSize: 1024})
				if f := failed(tr); f != "" {
					b.Fatalf("step %s\n%s", f, everything(tr))
				}
			})
			b.ReportMetric(job.needed, "needed")
		})
	}
}

// BenchmarkReadOnly is one read-only probe, the server's part included.
func BenchmarkReadOnly(b *testing.B) {
	for _, p := range family {
		b.Run(string(p), func(b *testing.B) {
			server := reference(b)
			target := at(b, server, p)
			b.ReportAllocs()
			for b.Loop() {
				tr := probe.Run(b.Context(), probe.Job{Target: target, Script: probe.ReadOnlyScript(p), Open: New, RunID: "run"})
				if f := failed(tr); f != "" {
					b.Fatalf("step %s\n%s", f, everything(tr))
				}
			}
		})
	}
}

// BenchmarkThroughput moves a file up and down with its hash, the server's part included.
func BenchmarkThroughput(b *testing.B) {
	const size = 128 << 20
	for _, p := range []probe.Protocol{probe.FTP, probe.FTPES} {
		b.Run(string(p), func(b *testing.B) {
			server := reference(b, plainFeatures)
			target := at(b, server, p)
			took := map[probe.Op]time.Duration{}
			rounds := 0
			for b.Loop() {
				rounds++
				tr := probe.Run(b.Context(), probe.Job{
					Target: target, Script: probe.Script{Steps: ops(probe.OpConnect, probe.OpLogin, probe.OpPut, probe.OpGet, probe.OpDelete, probe.OpQuit)},
					Open: New, RunID: "run", PayloadSize: size, OnStep: func(s probe.StepResult) { took[s.Op] += time.Duration(s.Duration) },
				})
				if f := failed(tr); f != "" {
					b.Fatalf("step %s\n%s", f, everything(tr))
				}
			}
			for _, op := range []probe.Op{probe.OpPut, probe.OpGet} {
				b.ReportMetric(float64(size)*float64(rounds)/took[op].Seconds()/1e6, string(op)+"-MB/s")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
