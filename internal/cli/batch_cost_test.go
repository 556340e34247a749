//go:build linux

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mftprobe/internal/report"
)

// child runs the program as a process of its own and returns what it cost.
func child(t testing.TB, args ...string) (cpu time.Duration, peakMiB float64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), toolName, args...)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, text)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("this system does not tell what a process has used")
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), float64(usage.Maxrss) / 1024
}

// TestFiveHundredMemory: the process keeps to its share of the machine, whatever forms it writes.
func TestFiveHundredMemory(t *testing.T) {
	_, config, _ := manyHosts(t, 500, "")
	args := []string{"run", "--config", config, "--all", "--parallel", "128", "-q"}
	for _, form := range report.Forms() {
		args = append(args, "-o", form+"="+filepath.Join(t.TempDir(), form))
	}
	cpu, peak := child(t, args...)
	if peak > 200 {
		t.Errorf("%.0f MiB of memory", peak)
	}
	t.Logf("500 targets, all forms: %.0f MiB, %s of CPU", peak, cpu)
}

// BenchmarkTargets probes read-only, 128 at a time, in a process of its own.
func BenchmarkTargets(b *testing.B) {
	const n = 500
	_, config, _ := manyHosts(b, n, "")
	var cpu time.Duration
	var peak float64
	targets := 0
	for b.Loop() {
		c, m := child(b, "run", "--config", config, "--all", "--parallel", "128", "-q", "-o", "jsonl="+os.DevNull)
		cpu, peak, targets = cpu+c, max(peak, m), targets+n
	}
	b.ReportMetric(float64(targets)/b.Elapsed().Seconds(), "targets/s")
	b.ReportMetric(float64(cpu.Microseconds())/float64(targets), "cpu-µs/target")
	b.ReportMetric(peak, "MiB")
}
