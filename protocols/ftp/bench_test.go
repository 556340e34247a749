package ftp

import (
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"mftprobe/probe"
)

// link is an HTTP proxy that behaves like a line of a certain length: what is sent arrives a delay
// later, and a connection stands a round trip after it was asked for.
type link struct {
	delay time.Duration
	all   sync.WaitGroup
	l     net.Listener
}

func newLink(tb testing.TB, delay time.Duration) *link {
	tb.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	k := &link{delay: delay, l: l}
	k.all.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			k.all.Go(func() { k.serve(near) })
		}
	})
	tb.Cleanup(func() { _ = l.Close(); k.all.Wait() })
	return k
}

func (k *link) url() *url.URL { return &url.URL{Scheme: "http", Host: k.l.Addr().String()} }

// serve lets the client know after a round trip that the connection stands; its acknowledgement
// reaches the server another delay later.
func (k *link) serve(near net.Conn) {
	defer near.Close()
	var head [4096]byte
	n, err := near.Read(head[:])
	if err != nil {
		return
	}
	<-time.After(2 * k.delay)
	if _, err := near.Write([]byte("HTTP/1.1 200 ok\r\n\r\n")); err != nil {
		return
	}
	<-time.After(k.delay)
	far, err := net.Dial("tcp4", strings.Fields(string(head[:n]))[1])
	if err != nil {
		return
	}
	defer far.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.carry(far, near)
	}()
	k.carry(near, far)
	<-done
}

type parcel struct {
	due time.Time
	b   []byte
}

// carry takes bytes, and the end of them, from one side to the other.
func (k *link) carry(to, from net.Conn) {
	road := make(chan parcel, 1024)
	go func() {
		defer close(road)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if n > 0 {
				road <- parcel{time.Now().Add(k.delay), b[:n]}
			}
			if err != nil {
				road <- parcel{due: time.Now().Add(k.delay)}
				return
			}
		}
	}()
	for p := range road {
		<-time.After(time.Until(p.due))
		if p.b == nil {
			_ = closeWrite(to)
		} else if _, err := to.Write(p.b); err != nil {
			_ = from.Close()
		}
	}
}

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
			near, far := newLink(b, 5*time.Millisecond), newLink(b, 25*time.Millisecond)
			var least [2]time.Duration
			for b.Loop() {
				for i, k := range []*link{near, far} {
					target := at(b, server, job.protocol)
					target.Network.Proxy = k.url()
					began := time.Now()
					tr := probe.Run(b.Context(), probe.Job{Target: target, Script: probe.Script{Steps: job.steps}, Open: New, RunID: "run", PayloadSize: 1024})
					if f := failed(tr); f != "" {
						b.Fatalf("step %s\n%s", f, everything(tr))
					}
					if d := time.Since(began); least[i] == 0 || d < least[i] {
						least[i] = d
					}
				}
			}
			trips := float64(least[1]-least[0]) / float64(2*(far.delay-near.delay))
			b.ReportMetric(trips, "round-trips")
			b.ReportMetric(job.needed, "needed")
			b.ReportMetric(0, "ns/op")
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
