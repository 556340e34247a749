package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/internal/refserver"
	"mftprobe/internal/report"
)

// manyHosts starts one endpoint that listens on n addresses of 127.0.0.0/8, and writes a configuration
// file with an endpoint for each.
func manyHosts(t testing.TB, n int, extra string) (p *program, config string, out *bytes.Buffer) {
	t.Helper()
	cfg := refserver.Config{Accounts: []refserver.Account{{User: "alice", Password: "s3cret"}}}
	for i := range n {
		cfg.FTP = append(cfg.FTP, fmt.Sprintf("127.1.%d.%d:0", i/250, i%250+1))
	}
	s, err := refserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("defaults:\n  user: alice\n  password-file: pw\nendpoints:\n" + extra)
	for i, addr := range s.Addrs("ftp") {
		fmt.Fprintf(&b, "  e%03d: ftp://%s\n", i, addr)
	}
	for name, text := range map[string]string{"mft.yaml": b.String(), "pw": "s3cret\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p = testProgram(t)
	out = &bytes.Buffer{}
	p.stdout, p.stderr = out, out
	return p, filepath.Join(dir, "mft.yaml"), out
}

// openFiles counts the descriptors of this process, where the system shows them.
func openFiles() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// hangUntil is an output that takes lines until so many have come, and then ends what hangs.
type hangUntil struct {
	bytes.Buffer
	lines int
	end   func()
}

// Write is called for one result at a time.
func (h *hangUntil) Write(p []byte) (int, error) {
	if h.lines -= bytes.Count(p, []byte("\n")); h.lines <= 0 && h.end != nil {
		h.end()
		h.end = nil
	}
	return h.Buffer.Write(p)
}

// silence accepts connections and says nothing until it is ended.
func silence(t *testing.T, address string) (addr net.Addr, end func()) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		<-ended
		conn.Close()
	}()
	return l.Addr(), func() { close(ended); l.Close(); <-gone }
}

// TestFiveHundred: many endpoints in one run, the first of which hangs until all others have passed, so that it cannot
// have delayed one of them. Nothing is left: no goroutine, no descriptor, no file.
func TestFiveHundred(t *testing.T) {
	const n = 500
	mute, end := silence(t, "127.2.0.1:0")
	p, config, _ := manyHosts(t, n, fmt.Sprintf("  hanging: {url: \"ftp://%s\", reply-timeout: 60s}\n", mute))
	before, leaks := openFiles(), goleak.IgnoreCurrent()
	out := &hangUntil{lines: n, end: end}
	p.stdout, p.stderr = out, out
	began := time.Now()
	if got := p.run(t.Context(), []string{"run", "--config", config, "--all", "--parallel", "128", "-o", "jsonl", "--no-diagnose"}); got != exitFail {
		t.Fatalf("exit status %d\n%.2000s", got, out.String())
	}
	took := time.Since(began)
	results, err := report.Decode(&out.Buffer)
	if err != nil || len(results) != n+1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	for i, r := range results {
		if last := i == n; last != (r.Target.Name == "hanging") || last == (r.Verdict.Outcome == "pass") {
			t.Errorf("result %d: %s is %s", i, r.Target.Name, r.Verdict.Outcome)
		}
	}
	goleak.VerifyNone(t, leaks)
	if after := openFiles(); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	t.Logf("%d targets in %s", n, took.Round(time.Millisecond))
}
