// Package integration runs the program itself, as a user would, against the real servers of the lab.
package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mftprobe/classify"
	"mftprobe/integration/lab"
	"mftprobe/probe"
)

func TestMain(m *testing.M) { lab.Main(m) }

// callLimit bounds one call of the program; no call here may come near it.
const callLimit = time.Minute

// program builds the binary once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "mftprobe-bin-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "mftprobe")
	out, err := exec.Command("go", "build", "-o", path, "mftprobe").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

// outcome is what a call left.
type outcome struct {
	exit   int
	stdout string
	stderr string
	took   time.Duration
}

// call runs the program with a clean environment and the password in MFT_PASSWORD.
func call(t *testing.T, password string, args ...string) outcome {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatalf("building the program: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), callLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "MFT_PASSWORD=" + password}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("running the program: %v", err)
	}
	o := outcome{exit: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: time.Since(began)}
	if len(password) > 3 && strings.Contains(o.stdout+o.stderr, password) {
		t.Errorf("the password is in the output of %v", args)
	}
	return o
}

// result is the JSON of one target, as far as tests look at it.
type result struct {
	probe.Transcript
	SchemaVersion int                `json:"schema_version"`
	Verdict       classify.Verdict   `json:"verdict"`
	Findings      []classify.Finding `json:"findings"`
}

// probeJSON runs `run -o json` and decodes its output.
func probeJSON(t *testing.T, password, url string, args ...string) (result, outcome) {
	t.Helper()
	o := call(t, password, append([]string{"run", url, "-o", "json", "--password-env", "MFT_PASSWORD"}, args...)...)
	var r result
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil {
		t.Fatalf("exit %d, output is not JSON: %v\n%s\n%s", o.exit, err, o.stdout, o.stderr)
	}
	return r, o
}

// trust returns the flags by which a careful user knows the server.
func trust(t *testing.T, s *lab.Server, scheme string) []string {
	t.Helper()
	if scheme == "sftp" {
		return []string{"--known-hosts", s.KnownHosts(t)}
	}
	return []string{"--cacert", s.File(t, "ca.pem")}
}

func url(t *testing.T, s *lab.Server, scheme string, mode lab.Mode, path string) string {
	t.Helper()
	return scheme + "://" + s.User + "@" + s.Addr(t, mode) + path
}
