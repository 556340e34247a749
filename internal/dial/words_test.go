package dial

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"mftprobe/probe"
)

// TestWords: what went wrong is said once: no "connect to … connect:" and no "look up … lookup …".
func TestWords(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed, port := l.Addr().String(), l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	unknown := func(context.Context, string, string) ([]netip.Addr, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "x.test", Server: "192.0.2.53:53", IsNotFound: true}
	}
	for want, d := range map[string]struct {
		host, family string
	}{
		"connect to " + closed + ": connection refused":      {host: "127.0.0.1"},
		"look up x.test: no such host (asked 192.0.2.53:53)": {host: "x.test"},
		"127.0.0.1 is not an IPv6 address: wrong family":     {host: "127.0.0.1", family: "6"},
	} {
		var s seen
		dialer := Dialer{Record: s.recorder(), Network: probe.Network{Family: d.family}, Limit: 5 * time.Second, Lookup: unknown}
		_, err := dialer.Dial(t.Context(), Request{Host: d.host, Port: port, Conn: "control"})
		if err == nil || err.Error() != want || s.events[len(s.events)-1].Text != want {
			t.Errorf("%v, want %q; recorded %+v", err, want, s.events)
		}
	}
}
