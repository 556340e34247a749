package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

const everything = `
name: everything
steps:
  - connect
  - op: login
    timeout: 10s
  - {op: cwd, path: "in box"}
  - op: list
    expect: {min_entries: 2, name: "*.csv", max_age: 48h, min_age: 5m, min_size: 10kB, codes: [2xx, 550], text: "^ok"}
  - {op: put, path: a.txt, content: "hello\n"}
  - {op: put, size: 10MB, may_fail: true}
  - {op: put, name: sample, file: sample.bin}
  - {op: get, path: b.txt, offset: 100, expect: {sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}}
  - {op: get, path: secret, expect: refused}
  - {op: rename, path: a.txt, to: b.txt}
  - {op: chmod, path: b.txt, mode: 0640}
  - {op: raw, command: "SITE HELP", expect: [214, 202]}
  - {op: wait, for: 2s}
  - {op: delete, always: true}
  - quit
`

func TestLoadScript(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "sample.bin", "12345", 0o600)
	s, err := loadScript(write(t, dir, "all.yaml", everything, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, st := range s.Steps {
		names = append(names, st.Name)
	}
	want := []string{"connect", "login", "cwd", "list", "put", "put-2", "sample", "get", "get-2", "rename", "chmod", "raw", "wait", "delete", "quit"}
	if s.Name != "everything" || !slices.Equal(names, want) {
		t.Errorf("%s: %q", s.Name, names)
	}
	list := s.Steps[3].Expect
	if list.MinEntries != 2 || list.Name != "*.csv" || list.MaxAge != 48*time.Hour || list.MinAge != 5*time.Minute || list.MinSize != 10000 ||
		!slices.Equal(list.Codes, []string{"2xx", "550"}) || !list.Text.MatchString("ok") {
		t.Errorf("expect %+v", list)
	}
	if st := s.Steps; st[1].Timeout != 10*time.Second || st[4].Payload.Size() != 6 || st[5].Payload.Size() != 10_000_000 || !st[5].MayFail ||
		st[6].Payload.Size() != 5 || st[7].Offset != 100 || st[9].To != "b.txt" || st[10].Mode != "0640" || st[11].Line != "SITE HELP" ||
		st[12].Pause != 2*time.Second || !st[13].Always || !st[14].Always {
		t.Errorf("steps %+v", st)
	}
	f, err := s.Steps[6].Payload.Open()
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func TestBareScript(t *testing.T) {
	s, err := loadScript(write(t, t.TempDir(), "drop-box.yaml", "[connect, login, put, delete, quit]", 0o600))
	if err != nil || s.Name != "drop-box" || len(s.Steps) != 5 {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := loadScript("testdata/no-such.yaml"); err == nil || err.Error() != "testdata/no-such.yaml does not exist" {
		t.Error(err)
	}
}

func names(s probe.Script) []string {
	var out []string
	for _, st := range s.Steps {
		out = append(out, st.Name)
	}
	return out
}

// TestPlan: what the flags make of the built-in scripts.
func TestPlan(t *testing.T) {
	tests := []struct {
		url   string
		flags Values
		want  []string
	}{
		{"ftp://h", nil, []string{"connect", "login", "pwd", "passive", "list", "put", "size", "get", "rename", "delete", "quit"}},
		{"sftp://a:b@h", nil, []string{"connect", "login", "pwd", "list", "put", "size", "get", "rename", "delete", "quit"}},
		{"ftp://h/in", flagValues("read-only", "true"), []string{"connect", "login", "cwd", "pwd", "passive", "list", "quit"}},
		{"sftp://a:b@h/~/in", flagValues("login-only", "true"), []string{"connect", "login", "cwd", "quit"}},
		{"ftp://h/in", flagValues("connect-only", "true"), []string{"connect", "quit"}},
		{"ftp://h", flagValues("no-rename", "true", "keep", "true"), []string{"connect", "login", "pwd", "passive", "list", "put", "size", "get", "quit"}},
		{"ftp://h", flagValues("read-only", "true", "get", "a/b.txt"), []string{"connect", "login", "pwd", "passive", "list", "get-file", "quit"}},
	}
	for _, tt := range tests {
		e, err := testEnv().FromURL(tt.url, tt.flags)
		if err != nil || !slices.Equal(names(e.Script), tt.want) {
			t.Errorf("%s %v: %q %v", tt.url, tt.flags, names(e.Script), err)
		}
	}
	e, err := testEnv().FromURL("ftp://h", flagValues("size", "0", "keep", "true", "name", "up-{run}{n}"))
	if err != nil || e.PayloadSize != 0 || !e.Keep || e.NameTemplate != "up-{run}{n}" {
		t.Errorf("%+v %v", e, err)
	}
}

const sshConfig = `
Host jump
  HostName 192.0.2.9
  User gate
Host partner
  HostName sftp.partner.example
  Port 2222
  User bob
  UserKnownHostsFile ~/partner_hosts
  StrictHostKeyChecking accept-new
  HostKeyAlias partner-alias
  ProxyJump jump:2022
  Ciphers aes256-ctr
  MACs +hmac-sha1
  ProxyCommand nc %h %p
  ConnectTimeout 7
  AddressFamily inet
  PreferredAuthentications gssapi-with-mic,password
  IdentitiesOnly yes
`

func TestSSHConfig(t *testing.T) {
	dir := t.TempDir()
	env := testEnv()
	env.Home = dir
	file := write(t, dir, "config", sshConfig, 0o600)
	e, err := env.FromURL("sftp://partner/in", flagValues("ssh-config", file, "password-file", write(t, dir, "pw", "x", 0o600)))
	if err != nil {
		t.Fatal(err)
	}
	got := e.Target
	if got.Host != "sftp.partner.example" || got.Port != 2222 || got.User != "bob" || got.SSH.StrictHostKey != "accept-new" ||
		got.SSH.HostKeyAlias != "partner-alias" || !slices.Equal(got.SSH.Ciphers, []string{"aes256-ctr"}) || got.SSH.MACs != nil ||
		got.Limits.Connect != 7*time.Second || got.Network.Family != "4" || !slices.Equal(got.SSH.AuthMethods, []string{"password"}) ||
		!slices.Equal(got.SSH.KnownHosts, []string{filepath.Join(dir, "partner_hosts"), "/etc/ssh/ssh_known_hosts"}) {
		t.Errorf("%+v", got)
	}
	if len(got.SSH.Jumps) != 1 || got.SSH.Jumps[0].HostPort() != "192.0.2.9:2022" || got.SSH.Jumps[0].User != "gate" {
		t.Errorf("jumps %+v", got.SSH.Jumps)
	}
	want := []string{
		file + " line 18: PreferredAuthentications names gssapi-with-mic, which this program cannot do", file + " line 15: ProxyCommand is not honoured",
	}
	if !slices.Equal(e.Warnings, want) {
		t.Errorf("warnings %q", e.Warnings)
	}
	// What the URL and the flags say wins.
	e, err = env.FromURL("sftp://alice:pw@partner:22/", flagValues("ssh-config", file, "ciphers", "aes128-ctr"))
	if err != nil || e.Target.Port != 22 || e.Target.User != "alice" || e.Target.SSH.Ciphers[0] != "aes128-ctr" {
		t.Errorf("%+v %v", e.Target, err)
	}
	bad := write(t, dir, "bad", "Host partner\n  Ciphers rot13\n", 0o600)
	_, err = env.FromURL("sftp://alice:pw@partner", flagValues("ssh-config", bad))
	if want := bad + " line 2: Ciphers: rot13 leaves nothing to offer; it names rot13, which this program cannot do"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("an unknown cipher: %v", err)
	}
}

// TestLayers: flags win over the endpoint, the endpoint over the defaults, and a source of the password
// hides the others below it.
func TestLayers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "pw", "from-file", 0o600)
	path := write(t, dir, "mft.yaml", `
defaults: {user: alice, password-env: NOPE, timeout: 60s, connect-timeout: 3s}
endpoints:
  one: {url: "ftp://h1", password_file: pw, timeout: 30s, groups: [a, b]}
  two: {url: "ftp://bob@h2", script: full, password-file: pw, groups: a}
groups:
  b: [two]
`, 0o600)
	env := testEnv()
	f, err := LoadFile(path, env)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.Endpoint(env, "one", flagValues("connect-timeout", "1s"))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Target; got.Name != "one" || got.User != "alice" || got.Password.Reveal() != "from-file" || got.Limits.Total != 30*time.Second ||
		got.Limits.Connect != time.Second || len(e.Script.Steps) != 6 {
		t.Errorf("%+v %q", got, names(e.Script))
	}
	if !slices.Equal(f.Select("a"), []string{"one", "two"}) || !slices.Equal(f.Select("b"), []string{"one", "two"}) ||
		!slices.Equal(f.Select("two"), []string{"two"}) || f.Select("three") != nil {
		t.Errorf("groups %v %v", f.Select("a"), f.Select("b"))
	}
	if e, err = f.Endpoint(env, "two", nil); err != nil || len(e.Script.Steps) != 11 || e.Target.User != "bob" {
		t.Errorf("script: full: %q %v", names(e.Script), err)
	}
	if err := os.Remove(filepath.Join(dir, "pw")); err != nil {
		t.Fatal(err)
	}
	if _, err = f.Endpoint(env, "two", nil); err == nil || err.Error() != path+":5:14: endpoint two: "+filepath.Join(dir, "pw")+" does not exist" {
		t.Errorf("a secret that is gone: %v", err)
	}
}

func FuzzScript(f *testing.F) {
	f.Add(everything)
	f.Add("- connect\n- {op: put, expect: {text: '('}}")
	f.Fuzz(func(t *testing.T, text string) {
		doc, root, err := parseYAML("x.yaml", []byte(text))
		if err != nil {
			return
		}
		s := doc.script(root, "x")
		for _, st := range s.Steps {
			if doc.problems == nil && (st.Name == "" || st.Op == "") {
				t.Fatalf("a step without name or operation passed: %+v in %q", st, text)
			}
		}
	})
}
