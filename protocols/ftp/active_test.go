package ftp

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"mftprobe/probe"
)

// TestActive: the server connects to us.
func TestActive(t *testing.T) {
	const list = "C: LIST\nS: 150 here\ndata dial\ndata send \"-rw-r--r-- 1 a b 5 Jan 01 2026 x\\r\\n\"\ndata close\nS: 226 done\n" + ending
	mode := func(m string) func(*probe.Target) { return func(t *probe.Target) { t.FTP.DataMode = m } }
	for name, s := range map[string]scene{
		"PORT": {talk: opening + "C: PORT 127,0,0,1,*\nS: 200 ok\n" + list, set: mode("port"), want: "list pass\nquit pass"},
		"EPRT": {talk: opening + "C: EPRT |1|127.0.0.1|*|\nS: 200 ok\n" + list, set: mode("eprt"), want: "list pass\nquit pass"},
		"PORT refused": {
			talk: opening + "C: PORT *\nS: 500 illegal\n" + ending, set: mode("port"), want: "  active reply 500\nlist fail\nquit pass",
		},
		"the server does not connect": {
			talk: opening + "C: PORT *\nS: 200 ok\nC: LIST\nS: 150 here\nsilence", set: func(t *probe.Target) { short(t); t.FTP.DataMode = "port" },
			want: "  active timeout data-1 connect\nlist fail\nquit skipped",
		},
		"the server says that it cannot": {
			talk: opening + "C: PORT *\nS: 200 ok\nC: LIST\nS: 425 cannot connect\n" + ending, set: mode("port"),
			want: "  transfer reply 425\nlist fail\nquit pass",
		},
		"the server says so later": {
			talk: opening + "C: PORT *\nS: 200 ok\nC: LIST\nS: 150 soon\nwait 300ms\nS: 425 cannot connect\n" + ending, set: mode("port"),
			want: "  completion reply 425\nlist fail\nquit pass",
		},
		"through a proxy": {
			talk: opening + ending, set: func(target *probe.Target) { target.FTP.DataMode, target.Network.Proxy = "port", tunnel(t) },
			want: "  active connect data-1 cannot\nlist fail\nquit pass",
		},
		"IPv6 by PORT": {
			talk: opening + ending, set: func(t *probe.Target) {
				t.FTP.DataMode, t.FTP.ActiveAddress = "port", netip.MustParseAddr("2001:db8::1")
			},
			want: "  active connect data-1 cannot\nlist fail\nquit pass",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.steps = ops(probe.OpConnect, probe.OpLogin, probe.OpList, probe.OpQuit)
			s.want = "connect pass\n  setup reply 502\nlogin pass\n" + s.want
			s.check(t)
		})
	}
}

// tunnel is an HTTP proxy for the time of the test.
func tunnel(t *testing.T) *url.URL {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { serveTunnel(near) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return &url.URL{Scheme: "http", Host: l.Addr().String()}
}

func serveTunnel(near net.Conn) {
	defer near.Close()
	var head [4096]byte
	n, err := near.Read(head[:])
	if err != nil {
		return
	}
	f := strings.Fields(string(head[:n]))
	far, err := net.Dial("tcp4", f[1])
	if err != nil {
		_, _ = near.Write([]byte("HTTP/1.1 502 cannot reach it\r\n\r\n"))
		return
	}
	defer far.Close()
	if _, err := near.Write([]byte("HTTP/1.1 200 ok\r\n\r\n")); err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = copyAndHalfClose(far, near)
	}()
	_ = copyAndHalfClose(near, far)
	<-done
}

func copyAndHalfClose(to, from net.Conn) error {
	defer func() { _ = closeWrite(to) }()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				return werr
			}
		}
		if err != nil {
			return err
		}
	}
}

// TestActiveStep: the port of an active step serves the next transfer; PORT that is refused gives way
// to EPRT.
func TestActiveStep(t *testing.T) {
	s := scene{
		talk:  opening + "C: PORT *\nS: 500 no\nC: EPRT *\nS: 200 ok\nC: LIST\nS: 150 here\ndata dial\ndata close\nS: 226 done\n" + ending,
		steps: ops(probe.OpConnect, probe.OpLogin, probe.OpActive, probe.OpList, probe.OpQuit),
		want:  "connect pass\n  setup reply 502\nlogin pass\n  active reply 500\n  active oddity fallback\nactive pass\nlist pass\nquit pass",
	}
	s.check(t)
}

// TestActiveTLS: whoever dials, the client begins the handshake (RFC 4217 section 7).
func TestActiveTLS(t *testing.T) {
	s := scene{
		protocol: probe.FTPES,
		talk:     openingTLS + "C: PORT *\nS: 200 ok\nC: STOR file-1\nS: 150 here\ndata dial\ndata tls\ndata read *\ndata close\nS: 226 done\nC: DELE file-1\nS: 250 gone\n" + ending,
		steps:    ops(probe.OpConnect, probe.OpLogin, probe.OpPut, probe.OpQuit), set: func(t *probe.Target) { t.FTP.DataMode = "port" },
		want: "connect pass\n  setup reply 502\nlogin pass\nput pass\nquit pass",
	}
	s.check(t)
}

// TestActivePortsAndAddress: the announced address and port are the ones that the user wants.
func TestActivePortsAndAddress(t *testing.T) {
	taken, port := takenBeforeFree(t)
	defer taken.Close()
	s := scene{
		talk:  opening + fmt.Sprintf("C: PORT 192,0,2,7,%d,%d\nS: 200 ok\n", (port+1)>>8, (port+1)&0xff) + ending,
		steps: ops(probe.OpConnect, probe.OpLogin, probe.OpActive, probe.OpQuit),
		set: func(t *probe.Target) {
			t.FTP.ActiveAddress = netip.MustParseAddr("192.0.2.7")
			t.FTP.ActivePortLow, t.FTP.ActivePortHigh = port, port+1
		},
		want: "connect pass\n  setup reply 502\nlogin pass\nactive pass\nquit pass",
	}
	s.check(t)
}

// takenBeforeFree listens on a port whose successor is free. It looks below the ports that the system
// gives to clients, of which many are in use while tests run.
func takenBeforeFree(t *testing.T) (net.Listener, int) {
	t.Helper()
	for port := 20000 + os.Getpid()%8000; port < 32000; port += 2 {
		first, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		if second, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port+1)); err == nil {
			_ = second.Close()
			return first, port
		}
		_ = first.Close()
	}
	t.Fatal("no two free ports")
	return nil, 0
}
