package ssh

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

// The jobs of the benchmarks.
var (
	fullJob     = []probe.Op{probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpList, probe.OpPut, probe.OpGet, probe.OpDelete, probe.OpQuit}
	readOnlyJob = []probe.Op{probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpList, probe.OpQuit}
)

// BenchmarkRoundTrips counts them against OpenSSH as the slope of the time over the length of the line.
// The line ends at the server's host, so that the acknowledgement for which sshd holds its KEXINIT back
// is not in it: over a real one there is one more.
func BenchmarkRoundTrips(b *testing.B) {
	for name, ops := range map[string][]probe.Op{"full": fullJob, "read-only": readOnlyJob} {
		b.Run(name, func(b *testing.B) {
			s := lab.Use(b, lab.OpenSSH, "none")
			drivertest.RoundTrips(b, func(proxy *url.URL) {
				target := targetOf(b, s, lab.SFTP)
				target.Network.Proxy = proxy
				play(b, target, ops)
			})
		})
	}
}

func play(b *testing.B, target probe.Target, ops []probe.Op) {
	b.Helper()
	var steps []probe.Step
	for _, op := range ops {
		steps = append(steps, probe.Step{Name: string(op), Op: op})
	}
	tr := probe.Run(b.Context(), probe.Job{
		Target: target, Script: probe.Script{Steps: steps}, Open: sftp.New, RunID: fmt.Sprint("b", b.N, time.Now().UnixNano()), PayloadSize: probe.DefaultPayloadSize,
	})
	if slices.ContainsFunc(tr.Steps, func(s probe.StepResult) bool { return s.Status != probe.StatusPass }) {
		b.Fatal(drivertest.Show(tr))
	}
}

// fleet is mftprobe as a process, and the other clients, on one server.
type fleet struct {
	b                  *testing.B
	mftprobe, home     string
	url, port          string
	password, identity string
}

func newFleet(b *testing.B) fleet {
	b.Helper()
	s := lab.Use(b, lab.OpenSSH, "none")
	dir := b.TempDir()
	f := fleet{b: b, mftprobe: filepath.Join(dir, "mftprobe"), home: dir, password: filepath.Join(dir, "password"), identity: filepath.Join(dir, "identity")}
	f.run(exec.CommandContext(b.Context(), "go", "build", "-o", f.mftprobe, "mftprobe"))
	_, f.port, _ = strings.Cut(s.Addr(b, lab.SFTP), ":")
	f.url = "sftp://alice@127.0.0.1:" + f.port + "/home/alice/upload"
	f.write("password", s.Password)
	f.write("identity", read(b, s.File(b, "id_ed25519")))
	f.write(".ssh/known_hosts", read(b, s.KnownHosts(b)))
	f.write("curlrc", fmt.Sprintf("user = \"alice:%s\"\nsilent\nshow-error\n", s.Password))
	return f
}

func (f fleet) write(name, text string) {
	f.b.Helper()
	path := filepath.Join(f.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		f.b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.b.Fatal(err)
	}
}

// run runs a client to its end and returns what it wrote and the time and CPU time that it took.
func (f fleet) run(c *exec.Cmd) (out []byte, took, cpu time.Duration) {
	f.b.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if c.Args[0] != "go" {
		c.Env = append(os.Environ(), "HOME="+f.home, "SSH_AUTH_SOCK=")
	}
	began := time.Now()
	out, err := c.Output()
	if err != nil {
		f.b.Fatalf("%v: %v\n%s", c.Args, err, stderr.String())
	}
	return out, time.Since(began), c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

func (f fleet) ours(args ...string) *exec.Cmd {
	all := append([]string{"run", f.url, "--password-file", f.password, "-o", "json"}, args...)
	return exec.CommandContext(f.b.Context(), f.mftprobe, all...)
}

// curl does several transfers in one call.
func (f fleet) curl(jobs ...[]string) *exec.Cmd {
	var all []string
	for _, job := range jobs {
		all = append(append(append(all, "--next"), "-K", filepath.Join(f.home, "curlrc")), job...)
	}
	return exec.CommandContext(f.b.Context(), "curl", all[1:]...)
}

// BenchmarkProcess is the CPU time of one probe as a process, start and JSON included, against one call
// of curl that lists, puts 1 KiB, gets and deletes it.
func BenchmarkProcess(b *testing.B) {
	f := newFleet(b)
	f.write("job.yaml", "name: job\nsteps: [connect, login, pwd, list, put, get, delete, quit]\n")
	f.write("1k", strings.Repeat("x", 1024))
	base := strings.Replace(f.url, "alice@", "", 1)
	var ours, curls []time.Duration
	for b.Loop() {
		_, _, cpu := f.run(f.ours("--script", filepath.Join(f.home, "job.yaml")))
		ours = append(ours, cpu)
		_, _, cpu = f.run(f.curl(
			[]string{base + "/"}, []string{"-T", filepath.Join(f.home, "1k"), base + "/1k"},
			[]string{"-o", "/dev/null", "-Q", "-rm /home/alice/upload/1k", base + "/1k"},
		))
		curls = append(curls, cpu)
	}
	b.ReportMetric(float64(middle(ours).Microseconds())/1000, "cpu-ms")
	b.ReportMetric(float64(middle(ours))/float64(middle(curls)), "of-curl")
	b.ReportMetric(0, "ns/op")
}

func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkThroughput moves 256 MiB up and down with 64 requests in flight, hash included, in turn with
// curl and OpenSSH's sftp.
func BenchmarkThroughput(b *testing.B) {
	f := newFleet(b)
	f.write("256m", strings.Repeat("0123456789abcdef", 16<<20))
	base := strings.Replace(f.url, "alice@", "", 1)
	took := map[string][]time.Duration{}
	note := func(what string, d time.Duration) { took[what] = append(took[what], d) }
	for b.Loop() {
		note("curl-put", f.transfer(f.curl([]string{"-T", filepath.Join(f.home, "256m"), base + "/c"})))
		note("curl-get", f.transfer(f.curl([]string{"-o", "/dev/null", base + "/c"})))
		empty := f.sftp("pwd")
		note("sftp-put", f.sftp("put "+filepath.Join(f.home, "256m")+" upload/s")-empty)
		note("sftp-get", f.sftp("get upload/s /dev/null")-empty)
		f.sftp("rm upload/c\nrm upload/s")
		out, _, _ := f.run(f.ours("--size", "256MiB", "--concurrency", "64"))
		var result struct {
			Steps []struct {
				Name string  `json:"name"`
				MS   float64 `json:"duration_ms"`
			} `json:"steps"`
		}
		if err := json.Unmarshal(out, &result); err != nil {
			b.Fatal(err)
		}
		for _, s := range result.Steps {
			note(s.Name, time.Duration(s.MS*float64(time.Millisecond)))
		}
	}
	for what, against := range map[string][]string{"put": {"curl-put", "sftp-put"}, "get": {"curl-get", "sftp-get"}} {
		b.ReportMetric(256*1.048576/middle(took[what]).Seconds(), what+"-MB/s")
		for _, other := range against {
			b.ReportMetric(float64(middle(took[other]))/float64(middle(took[what])), what+"-of-"+other)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// transfer is the time that curl took after it was logged in.
func (f fleet) transfer(c *exec.Cmd) time.Duration {
	f.b.Helper()
	c.Args = append(c.Args, "-w", "%{stderr}%{json}")
	var said bytes.Buffer
	c.Stderr = &said
	c.Env = append(os.Environ(), "HOME="+f.home)
	if err := c.Run(); err != nil {
		f.b.Fatalf("%v: %v\n%s", c.Args, err, said.String())
	}
	var times struct {
		Total float64 `json:"time_total"`
		Ready float64 `json:"time_pretransfer"`
	}
	if err := json.Unmarshal(said.Bytes(), &times); err != nil {
		f.b.Fatal(err, said.String())
	}
	return time.Duration((times.Total - times.Ready) * float64(time.Second))
}

// sftp is the time that OpenSSH's client takes for a batch, its start included.
func (f fleet) sftp(batch string) time.Duration {
	f.b.Helper()
	c := exec.CommandContext(f.b.Context(), "sftp", "-q", "-P", f.port, "-i", f.identity, "-o", "UserKnownHostsFile="+filepath.Join(f.home, ".ssh/known_hosts"),
		"-o", "BatchMode=yes", "-b", "-", "alice@127.0.0.1")
	c.Stdin = strings.NewReader(batch + "\n")
	_, took, _ := f.run(c)
	return took
}

// BenchmarkFanOut is the CPU time of the client process for 200 endpoints, read-only, in thousandths of
// a second for each: the server is the embedded endpoint in a process of its own.
func BenchmarkFanOut(b *testing.B) {
	const n = 200
	f := newFleet(b)
	knownHosts := filepath.Join(f.home, "served")
	serve := exec.CommandContext(b.Context(), f.mftprobe, "serve", "-q", "--password-file", f.password, "--known-hosts-out", knownHosts,
		"--ftp", "127.0.0.1:25721", "--ftps", "127.0.0.1:25790", "--sftp", "127.0.0.1:25722")
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait() })
	config := "defaults: {user: probe, password-file: " + f.password + ", known-hosts: " + knownHosts + "}\nendpoints:\n"
	for i := range n {
		config += fmt.Sprintf("  e%d: sftp://127.0.0.1:25722\n", i)
	}
	f.write("many.yaml", config)
	await(b, knownHosts)
	var cpu []time.Duration
	for b.Loop() {
		_, _, used := f.run(exec.CommandContext(b.Context(), f.mftprobe, "run", "--config", filepath.Join(f.home, "many.yaml"), "--all", "--read-only", "-o", "jsonl"))
		cpu = append(cpu, used)
	}
	b.ReportMetric(middle(cpu).Seconds()*1000/n, "cpu-s/1000")
	b.ReportMetric(0, "ns/op")
}

// await waits for a file that another process writes when it is ready.
func await(b *testing.B, path string) {
	b.Helper()
	for tick := time.NewTicker(10 * time.Millisecond); ; <-tick.C {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			tick.Stop()
			return
		}
		if b.Context().Err() != nil {
			b.Fatal("the endpoint does not start")
		}
	}
}
