// Package healthy runs the program against every server of the lab that has no fault, in every mode that the server has, two
// hundred times each. All runs must pass, to the last step, with the findings that the mode deserves and no others, and must
// leave nothing behind: a monitor that cries wolf is switched off.
//
// One server or mode: go test ./integration/healthy -run 'TestHealthy/vsftpd/explicit'. It imports nothing of the product
// but the words of its JSON.
package healthy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/classify"
	"mftprobe/integration/lab"
	"mftprobe/probe"
)

const (
	runs      = 200 // of each server in each mode
	callLimit = time.Minute
	healthy   = "none"
)

func TestMain(m *testing.M) {
	lab.Main(m, lab.VSFTPD, lab.ProFTPD, lab.PureFTPD, lab.Pyftpdlib, lab.OpenSSH, lab.Dropbear)
}

// mode is a port of a server, and what a run there must say although it passes.
type mode struct {
	name     string
	port     lab.Mode
	scheme   string
	path     string
	findings []string // a part of the title of each
	variants []string // flags; each run takes the next ones
}

// Findings.
const (
	clearText = "crossed the network in clear text"
	// noResumption is how Pure-FTPd treats the TLS 1.3 sessions of its data connections.
	noResumption = "do not resume the TLS session"
	// slow depends on how busy this machine is: such a finding is deserved when it comes, and not wanted.
	slow = " is slow"
)

var (
	plainFTP   = mode{"plain", lab.Plain, "ftp", "", []string{clearText}, []string{"", "--data-mode pasv", "--data-mode epsv", "--no-rename"}}
	explicit   = mode{"explicit", lab.Explicit, "ftpes", "", nil, []string{"", "--tls-max 1.2", "--data-mode pasv", "--tls-min 1.3"}}
	implicit   = mode{"implicit", lab.Implicit, "ftps", "", nil, []string{"", "--tls-max 1.2", "--data-mode pasv", "--tls-min 1.3"}}
	sftp       = mode{"sftp", lab.SFTP, "sftp", "/~/upload", nil, []string{"", "--auth password", "--size 300KiB", "--no-rename"}}
	explicit12 = mode{"explicit 1.2", lab.Explicit, "ftpes", "", nil, []string{"--tls-max 1.2"}}
	explicit13 = mode{"explicit 1.3", lab.Explicit, "ftpes", "", []string{noResumption}, []string{"", "--tls-min 1.3", "--data-mode pasv"}}
	external   = mode{"external", lab.External, "sftp", "/~/upload", nil, sftp.variants}
)

// servers has the modes of each server.
var servers = map[string][]mode{
	lab.VSFTPD:    {plainFTP, explicit, implicit},
	lab.ProFTPD:   {plainFTP, explicit, implicit, sftp},
	lab.PureFTPD:  {plainFTP, explicit12, explicit13},
	lab.Pyftpdlib: {plainFTP, explicit, implicit},
	lab.OpenSSH:   {sftp, external},
	lab.Dropbear:  {sftp},
}

// TestHealthy takes the servers side by side and the modes of a server one after the other.
func TestHealthy(t *testing.T) {
	program := build(t)
	for name, modes := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := lab.Use(t, name, healthy)
			for _, m := range modes {
				t.Run(m.name, func(t *testing.T) { m.check(t, s, program) })
			}
		})
	}
}

// TestEveryModeIsThere holds the table against the ports of the servers.
func TestEveryModeIsThere(t *testing.T) {
	for name, modes := range servers {
		s := lab.Use(t, name, healthy)
		for _, port := range []lab.Mode{lab.Plain, lab.Explicit, lab.Implicit, lab.SFTP, lab.External} {
			listed := slices.ContainsFunc(modes, func(m mode) bool { return m.port == port })
			if listed != s.Has(port) {
				t.Errorf("%s: mode %s in the table: %v, port: %v", name, port, listed, s.Has(port))
			}
		}
	}
}

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mftprobe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "mftprobe").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return path
}

// check makes all runs of a mode.
func (m mode) check(t *testing.T, s *lab.Server, program string) {
	before := s.Files(t, "")
	url := fmt.Sprintf("%s://%s@%s%s", m.scheme, s.User, s.Addr(t, m.port), m.path)
	args := append(strings.Fields("run -o json --password-env PASSWORD "+url), m.trust(t, s)...)
	for i := range runs { // one after the other: two sessions at a time can take a passive port from each other
		m.call(t, program, s.Password, append(slices.Clone(args), strings.Fields(m.variants[i%len(m.variants)])...))
	}
	if after := s.Files(t, ""); !slices.Equal(before, after) {
		t.Errorf("files before %v, after %v", before, after)
	}
}

// trust returns the flags by which a careful user knows the server.
func (m mode) trust(t *testing.T, s *lab.Server) []string {
	t.Helper()
	if m.scheme == "sftp" {
		return []string{"--known-hosts", s.KnownHosts(t)}
	}
	return []string{"--cacert", s.File(t, "ca.pem")}
}

// call makes one run and looks at what came out.
func (m mode) call(t *testing.T, program, password string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "PASSWORD=" + password}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatalf("running the program: %v", err)
		}
		t.Errorf("%v ends with %d: %s", args, exit.ExitCode(), stderr.String())
	}
	if strings.Contains(stdout.String()+stderr.String(), password) {
		t.Errorf("the password is in the output of %v", args)
	}
	m.judge(t, stdout.Bytes())
}

// result is the JSON of one run, as far as it is looked at here.
type result struct {
	probe.Transcript
	Verdict  classify.Verdict   `json:"verdict"`
	Findings []classify.Finding `json:"findings"`
}

func (m mode) judge(t *testing.T, text []byte) {
	t.Helper()
	var r result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	v := r.Verdict
	if v.Outcome != classify.OutcomePass && v.Outcome != classify.OutcomeWarn || v.Cause != "" || v.Depth.Passed != len(r.Steps) || v.Depth.Total != len(r.Steps) {
		t.Errorf("outcome %s, step %s, phase %s, cause %s, depth %+v: %s", v.Outcome, v.Step, v.Phase, v.Cause, v.Depth, v.Why)
	}
	if len(r.Cleanup.LeftBehind) > 0 {
		t.Errorf("left behind: %v", r.Cleanup.LeftBehind)
	}
	if len(r.Experiments) > 0 {
		t.Errorf("experiments after a run that passed: %+v", r.Experiments)
	}
	var got []string
	for _, f := range r.Findings {
		if !strings.HasSuffix(f.Title, slow) {
			got = append(got, f.Title)
		}
	}
	if !slices.EqualFunc(got, m.findings, strings.Contains) {
		t.Errorf("findings %q, want %q\n%s", got, m.findings, text)
	}
}
