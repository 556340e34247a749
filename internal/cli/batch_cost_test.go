//go:build linux && !race

// The race detector multiplies memory and time, so that neither says anything under it.

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// TestFiveHundredMemory: the process keeps to its share of the machine, whatever forms it writes, and each form has them all.
func TestFiveHundredMemory(t *testing.T) {
	const n = 500
	_, config, _ := manyHosts(t, n, "")
	dir := t.TempDir()
	args := []string{"run", "--config", config, "--all", "--parallel", "128", "-q"}
	for _, form := range report.Forms() {
		args = append(args, "-o", form+"="+filepath.Join(dir, form))
	}
	cpu, peak := child(t, args...)
	if peak > 200 {
		t.Errorf("%.0f MiB of memory", peak)
	}
	t.Logf("%d targets, all forms: %.0f MiB, %s of CPU", n, peak, cpu)
	texts := map[string]string{}
	for _, form := range report.Forms() {
		text, err := os.ReadFile(filepath.Join(dir, form))
		if err != nil {
			t.Fatal(err)
		}
		texts[form] = string(text)
	}
	results, err := report.Decode(strings.NewReader(texts["json"]))
	if err != nil || len(results) != n {
		t.Fatalf("%d results, %v", len(results), err)
	}
	checkJUnit(t, "five hundred", texts["junit"], results)
	if got := strings.Count(texts["openmetrics"], "\nprobe_success{target=\"e"); got != n || strings.Count(texts["jsonl"], "\n") != n {
		t.Errorf("%d targets in the metrics, %d in the lines of JSON", got, strings.Count(texts["jsonl"], "\n"))
	}
	if first, _, _ := strings.Cut(texts["nagios"], "\n"); first != "MFT OK - 500 of 500 targets passed|'failed'=0;;;0;500" {
		t.Errorf("plugin: %s", first)
	}
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
