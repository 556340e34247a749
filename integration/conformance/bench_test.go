package conformance

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// duel is mftprobe and curl, as processes, against one server.
type duel struct {
	b       *testing.B
	program string   // mftprobe
	ours    []string // of its command line: everything but the script
	curl    []string // of each transfer of curl
	url     string   // of the directory for uploads, as curl wants it
	dir     string
}

// duels runs a benchmark in the clear and with explicit TLS.
func duels(b *testing.B, run func(*testing.B, duel)) {
	dir := b.TempDir()
	program := filepath.Join(dir, "mftprobe")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", program, "mftprobe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for protocol, mode := range map[probe.Protocol]lab.Mode{probe.FTP: lab.Plain, probe.FTPES: lab.Explicit} {
		b.Run(string(protocol), func(b *testing.B) {
			s := lab.Use(b, lab.VSFTPDHost, "none")
			_, port, _ := strings.Cut(s.Addr(b, mode), ":")
			place := "localhost:" + port + "/upload/"
			if err := os.WriteFile(filepath.Join(dir, "password"), []byte(s.Password), 0o600); err != nil {
				b.Fatal(err)
			}
			d := duel{b: b, program: program, dir: dir, url: "ftp://" + place}
			d.ours = []string{"run", "-o", "json", "--password-file", filepath.Join(dir, "password"), "-4", string(protocol) + "://" + s.User + "@" + place}
			d.curl = []string{"-4", "-s", "-S", "-u", s.User + ":" + s.Password, "-o", os.DevNull}
			if protocol == probe.FTPES {
				d.ours = append(d.ours, "--cacert", s.File(b, "ca.pem"))
				d.curl = append(d.curl, "--ssl-reqd", "--cacert", s.File(b, "ca.pem"))
			}
			run(b, d)
			b.ReportMetric(0, "ns/op")
		})
	}
}

// file makes a file to upload.
func (d duel) file(size int) string {
	d.b.Helper()
	path := filepath.Join(d.dir, strconv.Itoa(size))
	if err := os.WriteFile(path, []byte(strings.Repeat("0123456789abcdef", size/16)), 0o600); err != nil {
		d.b.Fatal(err)
	}
	return path
}

// transfers is one call of curl that does several things.
func (d duel) transfers(jobs ...[]string) *exec.Cmd {
	var args []string
	for i, job := range jobs {
		if i > 0 {
			args = append(args, "--next")
		}
		args = append(append(args, d.curl...), job...)
	}
	return exec.CommandContext(d.b.Context(), "curl", args...)
}

func (d duel) probe(args ...string) *exec.Cmd {
	return exec.CommandContext(d.b.Context(), d.program, slices.Concat(d.ours, args)...)
}

// partialFile is the exit status with which curl leaves a download that vsftpd cut: curl had not read the tickets of the
// upload before it, and the session could not be resumed.
const partialFile = 18

// output runs a program to its end.
func (d duel) output(c *exec.Cmd) []byte {
	d.b.Helper()
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && c.Args[0] == "curl" && exit.ExitCode() == partialFile {
		return out
	}
	if err != nil {
		d.b.Fatalf("%v: %v\n%s", c.Args, err, out)
	}
	return out
}

func (d duel) cpu(c *exec.Cmd) time.Duration {
	d.output(c)
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkProcess is the CPU time of a probe as a process, start and JSON included, against one call of curl that lists,
// puts 1 KiB, gets and deletes it.
func BenchmarkProcess(b *testing.B) {
	duels(b, func(b *testing.B, d duel) {
		small := d.file(1024)
		var ours, curls []time.Duration
		for b.Loop() {
			ours = append(ours, d.cpu(d.probe()))
			curls = append(curls, d.cpu(d.transfers([]string{d.url}, []string{"-T", small, d.url + "c"}, []string{"-Q", "-DELE c", d.url + "c"})))
			d.output(d.transfers([]string{"-Q", "*DELE c", d.url})) // what a broken get has left
		}
		b.ReportMetric(float64(middle(ours).Microseconds())/1000, "cpu-ms")
		b.ReportMetric(float64(middle(ours))/float64(middle(curls)), "of-curl")
	})
}

// BenchmarkThroughput moves 256 MiB up and down, hash included, in turn with curl.
func BenchmarkThroughput(b *testing.B) {
	duels(b, func(b *testing.B, d duel) {
		const size = 256 << 20
		big := d.file(size)
		speed := map[string][]time.Duration{} // as the time for the file
		for b.Loop() {
			for what, job := range map[string][]string{"put": {"-T", big, d.url + "c"}, "get": {d.url + "c"}} {
				if what == "get" { // in any order
					d.output(d.transfers([]string{"-T", big, d.url + "c"}))
				}
				rate, err := strconv.ParseFloat(string(d.output(d.transfers(append(job, "-w", "%{speed_"+map[string]string{"put": "upload", "get": "download"}[what]+"}")))), 64)
				if err != nil {
					b.Fatal(err)
				}
				speed["curl-"+what] = append(speed["curl-"+what], time.Duration(size/rate*float64(time.Second)))
			}
			d.output(d.transfers([]string{"-Q", "-DELE c", d.url}))
			var result struct {
				Steps []struct {
					Op probe.Op
					MS float64 `json:"duration_ms"`
				}
			}
			if err := json.Unmarshal(d.output(d.probe("--size", strconv.Itoa(size))), &result); err != nil {
				b.Fatal(err)
			}
			for _, s := range result.Steps {
				speed[string(s.Op)] = append(speed[string(s.Op)], time.Duration(s.MS*float64(time.Millisecond)))
			}
		}
		for _, what := range []string{"put", "get"} {
			ours, curls := middle(speed[what]), middle(speed["curl-"+what])
			b.ReportMetric(size/1e6/ours.Seconds(), what+"-MB/s")
			b.ReportMetric(float64(curls)/float64(ours), what+"-of-curl")
		}
	})
}
