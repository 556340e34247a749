package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// healthy lists the servers and modes of the first light.
var healthy = []struct {
	name, scheme string
	server       string
	mode         lab.Mode
	path         string
	args         []string
	codes        []int
}{
	{"vsftpd plain", "ftp", lab.VSFTPD, lab.Plain, "", nil, []int{220, 331, 230, 211, 257, 229, 150, 226, 213, 350, 250, 221}},
	{"vsftpd explicit 1.2", "ftpes", lab.VSFTPD, lab.Explicit, "", []string{"--tls-max", "1.2"}, []int{220, 234, 331, 230, 257, 229, 150, 226, 213, 350, 250, 221}},
	{"vsftpd explicit 1.3", "ftpes", lab.VSFTPD, lab.Explicit, "/upload", []string{"--tls-min", "1.3"}, []int{220, 234, 331, 230, 257, 229, 150, 226, 213, 350, 250, 221}},
	{"vsftpd implicit", "ftps", lab.VSFTPD, lab.Implicit, "", nil, []int{220, 331, 230, 257, 229, 150, 226, 213, 350, 250, 221}},
	{"openssh", "sftp", lab.OpenSSH, lab.SFTP, "/~/upload", nil, nil},
}

func TestHealthyServersPass(t *testing.T) {
	for _, h := range healthy {
		t.Run(h.name, func(t *testing.T) {
			s := lab.Use(t, h.server, "none")
			before := s.Files(t, "")
			r, o := probeJSON(t, s.Password, url(t, s, h.scheme, h.mode, h.path), append(h.args, trust(t, s, h.scheme)...)...)
			if o.exit != 0 || r.Verdict.Outcome != "pass" || r.Verdict.Cause != "" || r.SchemaVersion != 1 {
				t.Fatalf("exit %d, verdict %+v\n%s", o.exit, r.Verdict, o.stderr)
			}
			if r.Verdict.Depth.Passed != len(r.Steps) || r.Verdict.Depth.Total != len(r.Steps) {
				t.Errorf("depth %+v of %d steps", r.Verdict.Depth, len(r.Steps))
			}
			checkEvents(t, r, h.codes)
			if after := s.Files(t, ""); !slices.Equal(before, after) {
				t.Errorf("files before %v, after %v", before, after)
			}
		})
	}
}

// checkEvents wants every reply with step, phase and time; for SFTP the facts of the transport.
func checkEvents(t *testing.T, r result, codes []int) {
	t.Helper()
	seen := map[int]bool{}
	statuses := 0
	for _, e := range r.Events {
		if e.Step == "" || e.Phase == "" || e.At < 0 {
			t.Errorf("event without step, phase or time: %+v", e)
		}
		if e.Kind == probe.KindReply {
			seen[e.Code.Value] = true
		}
		if e.Code != nil && e.Code.Space == probe.SpaceSFTP {
			statuses++
			if e.Code.Name == "" {
				t.Errorf("a status without its name: %+v", e)
			}
		}
	}
	for _, c := range codes {
		if !seen[c] {
			t.Errorf("no %d among the replies", c)
		}
	}
	if r.Target.Protocol != probe.SFTP {
		return
	}
	i := slices.IndexFunc(r.Connections, func(c probe.Connection) bool { return c.SSH != nil })
	if i < 0 || statuses < 5 {
		t.Fatalf("%d statuses, connections %+v", statuses, r.Connections)
	}
	if s := r.Connections[i].SSH; len(s.ServerOffers["kex"]) == 0 || len(s.ClientOffers["kex"]) == 0 || s.HostKey.SHA256 == "" || s.Kex == "" || s.Cipher == "" {
		t.Errorf("ssh facts %+v", s)
	}
}

// fault is one thing wrong and what must be said of it.
type fault struct {
	name   string
	server string
	state  string // of the server
	scheme string
	mode   lab.Mode
	path   string
	args   []string
	secret string // instead of the right password
	blind  bool   // the caller knows neither CA nor host key
	step   string
	phase  string
	causes []string
	sides  []string
}

var firstFaults = []fault{
	{name: "wrong password", server: lab.VSFTPD, scheme: "ftp", mode: lab.Plain, secret: "wrong-Passw0rd", step: "login", phase: "login", causes: []string{"bad-credentials", "login-refused"}, sides: []string{"ours", "either"}},
	{name: "wrong password over SSH", server: lab.OpenSSH, scheme: "sftp", mode: lab.SFTP, secret: "wrong-Passw0rd", step: "login", phase: "auth", causes: []string{"bad-credentials", "login-refused"}, sides: []string{"ours", "either"}},
	{name: "FTP at an SSH port", server: lab.OpenSSH, scheme: "ftp", mode: lab.SFTP, step: "connect", phase: "greeting", causes: []string{"wrong-protocol-on-port"}, sides: []string{"ours"}},
	{name: "SFTP at an FTP port", server: lab.VSFTPD, scheme: "sftp", mode: lab.Plain, step: "connect", phase: "version", causes: []string{"wrong-protocol-on-port"}, sides: []string{"ours"}},
	{name: "explicit at an implicit port", server: lab.VSFTPD, scheme: "ftpes", mode: lab.Implicit, args: []string{"--reply-timeout", "2s"}, step: "connect", phase: "greeting", causes: []string{"implicit-vs-explicit-mismatch"}, sides: []string{"ours"}},
	{name: "implicit at an explicit port", server: lab.VSFTPD, scheme: "ftps", mode: lab.Explicit, step: "connect", phase: "tls", causes: []string{"implicit-vs-explicit-mismatch"}, sides: []string{"ours"}},
	{name: "untrusted certificate", server: lab.VSFTPD, state: "tls-unknown-ca", scheme: "ftpes", mode: lab.Explicit, step: "connect", phase: "tls", causes: []string{"cert-untrusted"}, sides: []string{"either", "theirs", "ours"}},
	{name: "expired certificate", server: lab.VSFTPD, state: "tls-expired", scheme: "ftpes", mode: lab.Explicit, step: "connect", phase: "tls", causes: []string{"cert-expired"}, sides: []string{"theirs"}},
	{name: "wrong name", server: lab.VSFTPD, state: "tls-wrong-name", scheme: "ftpes", mode: lab.Explicit, step: "connect", phase: "tls", causes: []string{"cert-name-mismatch"}, sides: []string{"either", "theirs", "ours"}},
	{name: "unknown host key", server: lab.OpenSSH, scheme: "sftp", mode: lab.SFTP, args: []string{"--known-hosts", "/dev/null"}, blind: true, step: "connect", phase: "host-key", causes: []string{"host-key-unknown"}, sides: []string{"ours"}},
	{name: "changed host key", server: lab.OpenSSH, state: "host-key-changed", scheme: "sftp", mode: lab.SFTP, step: "connect", phase: "host-key", causes: []string{"host-key-changed"}, sides: []string{"either", "theirs"}},
	{name: "unwritable directory", server: lab.VSFTPD, scheme: "ftp", mode: lab.Plain, path: "/rodir", step: "put", phase: "transfer", causes: []string{"no-write-permission"}, sides: []string{"theirs"}},
	{name: "unwritable directory over SSH", server: lab.OpenSSH, scheme: "sftp", mode: lab.SFTP, path: "/~/rodir", step: "put", phase: "request", causes: []string{"no-write-permission"}, sides: []string{"theirs"}},
	{name: "full disk", server: lab.VSFTPD, scheme: "ftp", mode: lab.Plain, path: "/full", args: []string{"--size", "256KiB"}, step: "put", phase: "completion", causes: []string{"disk-full"}, sides: []string{"theirs"}},
	{name: "no TLS where TLS is needed", server: lab.VSFTPD, scheme: "ftp", mode: lab.Explicit, step: "login", phase: "login", causes: []string{"plain-ftp-refused-needs-tls"}, sides: []string{"ours"}},
	{name: "no session reuse", server: lab.VSFTPD, scheme: "ftpes", mode: lab.Explicit, args: []string{"--no-session-reuse"}, step: "list", phase: "completion", causes: []string{"tls-session-reuse-required"}, sides: []string{"either", "ours"}},
	{name: "missing directory", server: lab.VSFTPD, scheme: "ftp", mode: lab.Plain, path: "/nowhere", step: "cwd", phase: "path", causes: []string{"remote-dir-missing"}, sides: []string{"ours", "either"}},
	{name: "no subsystem", server: lab.OpenSSH, state: "no-subsystem", scheme: "sftp", mode: lab.SFTP, step: "login", phase: "subsystem", causes: []string{"sftp-subsystem-disabled"}, sides: []string{"theirs"}},
	{name: "text before SFTP", server: lab.OpenSSH, state: "profile-text", scheme: "sftp", mode: lab.External, step: "login", phase: "init", causes: []string{"shell-output-pollutes-sftp"}, sides: []string{"theirs"}},
}

func TestFirstFaults(t *testing.T) {
	for _, f := range firstFaults {
		t.Run(f.name, func(t *testing.T) { f.check(t) })
	}
}

func (f fault) check(t *testing.T) {
	if f.state == "" {
		f.state = "none"
	}
	s := lab.Use(t, f.server, f.state)
	before := s.Files(t, "")
	secret := s.Password
	if f.secret != "" {
		secret = f.secret
	}
	args := f.args
	if !f.blind {
		args = append(args, trust(t, s, f.scheme)...)
	}
	r, o := probeJSON(t, secret, url(t, s, f.scheme, f.mode, f.path), args...)
	v := r.Verdict
	got := fmt.Sprintf("exit %d, step %s, phase %s, cause %s (%s), side %s", o.exit, v.Step, v.Phase, v.Cause, v.Confidence, v.Side)
	if o.exit != 1 || v.Outcome != "fail" || v.Step != f.step || string(v.Phase) != f.phase || !slices.Contains(f.causes, string(v.Cause)) || !slices.Contains(f.sides, string(v.Side)) {
		t.Errorf("got %s\nwant step %s, phase %s, cause %v, side %v", got, f.step, f.phase, f.causes, f.sides)
	}
	if v.Advice.Them == "" || len(v.Advice.Us) == 0 || v.Why == "" || v.Title == "" {
		t.Errorf("a verdict without advice: %+v", v)
	}
	if after := s.Files(t, ""); !slices.Equal(before, after) {
		t.Errorf("files before %v, after %v", before, after)
	}
}

func TestClosedPort(t *testing.T) {
	r, o := probeJSON(t, "unused-Passw0rd", "ftp://alice@"+lab.Refused(t))
	if v := r.Verdict; o.exit != 1 || v.Step != "connect" || v.Phase != probe.PhaseTCP || v.Cause != "port-refused" {
		t.Errorf("exit %d, verdict %+v", o.exit, v)
	}
}

// TestUploadsOverTLS13 repeats the uploads that clients which close before they have read the session tickets lose.
func TestUploadsOverTLS13(t *testing.T) {
	s := lab.Use(t, lab.VSFTPD, "none")
	script := filepath.Join(t.TempDir(), "uploads.yaml")
	for _, size := range []string{"300000", "5000000"} {
		var b strings.Builder
		b.WriteString("steps:\n  - op: connect\n  - op: login\n  - {op: cwd, path: upload}\n")
		for i := range 50 {
			fmt.Fprintf(&b, "  - {op: put, name: put%d}\n  - {op: size, name: size%d}\n  - {op: delete, name: delete%d}\n", i, i, i)
		}
		b.WriteString("  - op: quit\n")
		if err := os.WriteFile(script, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		r, o := probeJSON(t, s.Password, url(t, s, "ftpes", lab.Explicit, ""), append(trust(t, s, "ftpes"), "--tls-min", "1.3", "--script", script, "--size", size)...)
		whole := 0
		for _, step := range r.Steps {
			if step.Op == probe.OpSize && step.Status == probe.StatusPass {
				whole++
			}
		}
		if whole != 50 || o.exit != 0 {
			js, _ := json.Marshal(r.Verdict)
			t.Errorf("%s bytes: %d of 50 whole, exit %d: %s %s", size, whole, o.exit, js, o.stderr)
		}
		for _, e := range r.Events {
			if e.Code != nil && e.Code.Value == 426 {
				t.Errorf("a 426: %+v", e)
			}
		}
	}
}
