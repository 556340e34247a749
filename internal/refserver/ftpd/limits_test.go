package ftpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"mftprobe/internal/refserver/memfs"
	"mftprobe/internal/refserver/session"
)

// short makes every limit one that a test can wait for.
var short = limits{login: 300 * time.Millisecond, idle: 300 * time.Millisecond, data: 200 * time.Millisecond, stall: 200 * time.Millisecond}

// serveShort serves one session with short limits, and returns the client's end of it. The session is over with the test.
func serveShort(t *testing.T, l limits) net.Conn {
	t.Helper()
	s := New(Config{Accounts: []session.Account{{User: "a", Password: "p"}}, FS: memfs.New(1<<20, time.Now), Now: time.Now})
	s.limits = l
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() { s.Serve(ctx, accepted.(*net.TCPConn), false, nil) })
	t.Cleanup(func() { cancel(); conn.Close(); served.Wait() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// TestLoginHasALimit: a client that talks on without a login is sent away, one that has logged in is not.
func TestLoginHasALimit(t *testing.T) {
	t.Parallel()
	talking := short
	talking.idle = time.Minute
	for login, want := range map[string]string{"": "421 ", "USER a\r\nPASS p\r\n": "200 OK"} {
		conn := serveShort(t, talking)
		_, _ = io.WriteString(conn, login)
		for range 12 {
			time.Sleep(50 * time.Millisecond)
			if _, err := io.WriteString(conn, "NOOP\r\n"); err != nil {
				break
			}
		}
		_, _ = io.WriteString(conn, "QUIT\r\n")
		said, _ := io.ReadAll(conn)
		lines := strings.Split(strings.TrimSpace(string(said)), "\r\n")
		if last := lines[len(lines)-min(2, len(lines)):]; !strings.Contains(strings.Join(last, "\n"), want) {
			t.Errorf("login %q: ended with %q, want %s", login, last, want)
		}
	}
}

// TestClientThatDoesNotRead: who sends commands and reads no reply does not keep a session for ever.
func TestClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	busy := short
	busy.login, busy.idle = time.Minute, time.Minute
	conn := serveShort(t, busy)
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	flood := []byte(strings.Repeat("HELP\r\n", 10_000))
	for {
		if _, err := conn.Write(flood); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the session goes on")
			}
			return
		}
	}
}

// TestRepliesAfterALongPause: the limit for writing begins with each write, also for replies longer than the buffer.
func TestRepliesAfterALongPause(t *testing.T) {
	t.Parallel()
	patient := short
	patient.login, patient.idle = time.Minute, time.Minute
	conn := serveShort(t, patient)
	time.Sleep(2 * patient.stall)
	const count = 200
	_, _ = io.WriteString(conn, strings.Repeat("HELP\r\n", count)+"QUIT\r\n")
	said, _ := io.ReadAll(conn)
	if n := strings.Count(string(said), "214 End\r\n"); n != count || !strings.HasSuffix(string(said), "221 Goodbye\r\n") {
		t.Errorf("%d of %d replies", n, count)
	}
}

// TestTimeBetweenPassiveAndTransfer: the wait for a data connection begins with the transfer, so that a connection that
// came long before it is good.
func TestTimeBetweenPassiveAndTransfer(t *testing.T) {
	t.Parallel()
	slow := short
	slow.login, slow.idle = time.Minute, time.Minute
	conn := serveShort(t, slow)
	_, _ = io.WriteString(conn, "USER a\r\nPASS p\r\nEPSV\r\n")
	var said string
	for buf := make([]byte, 500); !strings.Contains(said, "|)"); {
		n, err := conn.Read(buf)
		if said += string(buf[:n]); err != nil {
			t.Fatal(said, err)
		}
	}
	var port int
	if _, err := fmt.Sscanf(said[strings.Index(said, "("):], "(|||%d|)", &port); err != nil {
		t.Fatal(err)
	}
	data, err := new(net.Dialer).DialContext(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	time.Sleep(2 * slow.data)
	_, _ = io.WriteString(conn, "NLST\r\nQUIT\r\n")
	rest, _ := io.ReadAll(conn)
	if !strings.Contains(string(rest), "226 ") {
		t.Errorf("got %q", rest)
	}
}
