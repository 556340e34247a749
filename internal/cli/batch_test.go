package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
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

// TestFiveHundred: many endpoints in one run, one of which hangs. It delays none of the others, and
// nothing is left: no goroutine, no descriptor, no file.
func TestFiveHundred(t *testing.T) {
	const n = 500
	silent, err := net.Listen("tcp", "127.2.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	p, config, out := manyHosts(t, n, fmt.Sprintf("  hanging: {url: \"ftp://%s\", reply-timeout: 2s}\n", silent.Addr()))
	before, leaks := openFiles(), goleak.IgnoreCurrent()
	began := time.Now()
	if got := p.run(t.Context(), []string{"run", "--config", config, "--all", "--parallel", "128", "-o", "jsonl", "--no-diagnose"}); got != exitFail {
		t.Fatalf("exit status %d\n%.2000s", got, out.String())
	}
	took := time.Since(began)
	results, err := report.Decode(out)
	if err != nil || len(results) != n+1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	passed, overtook := 0, 0
	for i, r := range results {
		if r.Verdict.Outcome == "pass" {
			passed++
		}
		if r.Target.Name == "hanging" {
			overtook = i
		}
	}
	if passed != n || overtook == 0 {
		t.Errorf("%d passed of %d, %d of them while the first one hung", passed, n, overtook)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	if mem.Sys > 200<<20 {
		t.Errorf("%d MiB of memory, the server included", mem.Sys>>20)
	}
	goleak.VerifyNone(t, leaks, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
	if after := openFiles(); after > before+2 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	t.Logf("%d targets in %s, %d MiB", n, took.Round(time.Millisecond), mem.Sys>>20)
}

// BenchmarkTargets probes read-only, 128 at a time, the server in the same process included.
func BenchmarkTargets(b *testing.B) {
	p, config, out := manyHosts(b, 250, "")
	b.ResetTimer()
	targets := 0
	for b.Loop() {
		out.Reset()
		if got := p.run(b.Context(), []string{"run", "--config", config, "--all", "--parallel", "128", "-o", "jsonl"}); got != exitPass {
			b.Fatalf("exit status %d\n%.2000s", got, out.String())
		}
		targets += 250
	}
	b.ReportMetric(float64(targets)/b.Elapsed().Seconds(), "targets/s")
}
