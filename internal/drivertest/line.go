package drivertest

import (
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Line is an HTTP proxy that behaves like a line of a certain length: what is sent arrives a delay
// later, and a connection stands a round trip after it was asked for.
type Line struct {
	delay time.Duration // each way
	all   sync.WaitGroup
	l     net.Listener
}

// NewLine makes a line that holds every byte for the delay.
func NewLine(tb testing.TB, delay time.Duration) *Line {
	tb.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	k := &Line{delay: delay, l: l}
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

// URL is that of the proxy.
func (k *Line) URL() *url.URL { return &url.URL{Scheme: "http", Host: k.l.Addr().String()} }

// serve lets the client know after a round trip that the connection stands; its acknowledgement
// reaches the server another delay later.
func (k *Line) serve(near net.Conn) {
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
	said := k.collect(near) // a client may speak first
	<-time.After(k.delay)
	far, err := net.Dial("tcp4", strings.Fields(string(head[:n]))[1])
	if err != nil {
		return
	}
	defer far.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		deliver(far, near, said)
	}()
	deliver(near, far, k.collect(far))
	<-done
}

type parcel struct {
	due time.Time
	b   []byte // nil: the end
}

// collect takes bytes, and the end of them, on their way.
func (k *Line) collect(from net.Conn) <-chan parcel {
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
	return road
}

func deliver(to, from net.Conn, road <-chan parcel) {
	for p := range road {
		<-time.After(time.Until(p.due))
		if p.b == nil {
			_ = to.(*net.TCPConn).CloseWrite()
		} else if _, err := to.Write(p.b); err != nil {
			_ = from.Close()
		}
	}
}

// RoundTrips reports how many a job needs, as the slope of its time over the length of the line: what
// the processors and fixed waits take cancels out.
func RoundTrips(b *testing.B, job func(proxy *url.URL)) {
	b.Helper()
	lines := []*Line{NewLine(b, 5*time.Millisecond), NewLine(b, 45*time.Millisecond)}
	var least [2]time.Duration
	for b.Loop() {
		for i, k := range lines {
			began := time.Now()
			job(k.URL())
			if d := time.Since(began); least[i] == 0 || d < least[i] {
				least[i] = d
			}
		}
	}
	b.ReportMetric(float64(least[1]-least[0])/float64(2*(lines[1].delay-lines[0].delay)), "round-trips")
	b.ReportMetric(0, "ns/op")
}
