package config

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func write(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func flagValues(pairs ...string) Values {
	v := Values{}
	for i := 0; i < len(pairs); i += 2 {
		old := v[pairs[i]]
		v[pairs[i]] = Value{Texts: append(old.Texts, pairs[i+1]), Origin: "--" + pairs[i]}
	}
	return v
}

func TestPasswordSources(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "pw", "s3cret\n", 0o600)
	write(t, dir, "cred", "s3cret", 0o600)
	netrc := write(t, dir, "netrc", "machine other login x password y\nmachine h login alice password \"s3cret\" account acc\n", 0o600)
	environment := map[string]string{"PW": "s3cret", "CREDENTIALS_DIRECTORY": dir}
	tests := []struct {
		name, url string
		values    Values
	}{
		{"file", "ftp://alice@h", flagValues("password-file", file)},
		{"environment", "ftp://alice@h", flagValues("password-env", "PW")},
		{"credential", "ftp://alice@h", flagValues("password-credential", "cred")},
		{"netrc", "ftp://h", flagValues("netrc-file", netrc)},
		{"netrc with user", "ftp://alice@h", flagValues("netrc-file", netrc)},
		{"standard input", "ftp://alice@h", flagValues("password-file", "-")},
		{"URL", "ftp://alice:s3cret@h", nil},
		{"prompt", "ftp://alice@h", nil},
		{"flag wins over URL", "ftp://alice:wrong@h", flagValues("password-file", file)},
	}
	for _, tt := range tests {
		env := testEnv()
		env.Stdin = strings.NewReader("s3cret\r\n")
		env.Getenv = func(name string) (string, bool) { v, ok := environment[name]; return v, ok }
		if tt.name == "prompt" {
			env.Prompt = func(q string) (string, error) {
				if q != "Password for alice@h:21: " {
					t.Errorf("prompt %q", q)
				}
				return "s3cret", nil
			}
		}
		e, err := env.FromURL(tt.url, tt.values)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if e.Target.Password.Reveal() != "s3cret" || e.Target.User != "alice" {
			t.Errorf("%s: user %q password %q", tt.name, e.Target.User, e.Target.Password.Reveal())
		}
		if hasURL := strings.Contains(tt.url, ":s3cret@") || strings.Contains(tt.url, ":wrong@"); hasURL != (len(e.Warnings) == 1) {
			t.Errorf("%s: warnings %q", tt.name, e.Warnings)
		}
	}
}

func TestBadSecrets(t *testing.T) {
	dir := t.TempDir()
	path := func(name, text string, mode os.FileMode) string { return write(t, dir, name, text, mode) }
	tests := []struct {
		name   string
		url    string
		values Values
		want   string
	}{
		{"none", "ftp://alice@h", nil, "no password for alice@h:21, and no terminal to ask for it; give --password-file, --password-env or --netrc"},
		{"empty file", "ftp://alice@h", flagValues("password-file", path("empty", "\n", 0o600)), "DIR/empty is empty; it must hold the secret on one line"},
		{"missing file", "ftp://alice@h", flagValues("password-file", dir+"/no"), "DIR/no does not exist"},
		{"directory", "ftp://alice@h", flagValues("password-file", dir), "reading DIR: is a directory"},
		{"two lines", "ftp://alice@h", flagValues("password-file", path("two", "a\nb\n", 0o600)), "DIR/two has several lines; it must hold the secret on one line"},
		{"huge", "ftp://alice@h", flagValues("password-file", path("huge", strings.Repeat("x", maxFile+1), 0o600)), "DIR/huge is larger than 4 MiB"},
		{"environment", "ftp://alice@h", flagValues("password-env", "NOPE"), "the environment variable NOPE is not set or empty"},
		{"no credentials", "ftp://alice@h", flagValues("password-credential", "x"), "no systemd credentials here: CREDENTIALS_DIRECTORY is not set"},
		{"netrc others read", "ftp://h", flagValues("netrc-file", path("n1", "machine h login a password b\n", 0o644)), "DIR/n1 can be read by others (mode 0644); run chmod 600 on it"},
		{"netrc group reads", "ftp://h", flagValues("netrc-file", path("n2", "machine h login a password b\n", 0o640)), "DIR/n2 can be read by others (mode 0640); run chmod 600 on it"},
		{"netrc no host", "ftp://h2", flagValues("netrc-file", path("n3", "machine h login a password b\n", 0o600)), "DIR/n3 has no entry for h2"},
		{"netrc no user", "ftp://bob@h", flagValues("netrc-file", path("n4", "machine h login a password b\n", 0o600)), "DIR/n4 has no entry for bob at h"},
		{"netrc keyword", "ftp://h", flagValues("netrc-file", path("n5", "machine h\nlogin a pasword s3cret\n", 0o600)), "DIR/n5:2: an unknown keyword; a value with spaces needs double quotes"},
		{"netrc quotes", "ftp://h", flagValues("netrc-file", path("n6", "machine h password \"s3cret\n", 0o600)), "DIR/n6:1: the double quotes are not closed"},
		{"netrc start", "ftp://h", flagValues("netrc-file", path("n7", "login a\n", 0o600)), "DIR/n7:1: the file must begin with machine or default"},
		{"netrc end", "ftp://h", flagValues("netrc-file", path("n8", "machine h login", 0o600)), "DIR/n8:1: a keyword without a value at the end"},
		{"netrc missing", "ftp://h", flagValues("netrc-file", dir+"/no"), "DIR/no does not exist"},
		{"key missing", "sftp://alice@h", flagValues("identity", dir+"/no"), "DIR/no does not exist"},
		{"key garbage", "sftp://alice@h", flagValues("identity", path("key", "hello", 0o600)), "DIR/key is not a private key: ssh: no key found"},
		{"PuTTY key", "sftp://alice@h", flagValues("identity", path("ppk", "PuTTY-User-Key-File-3: ssh-ed25519\n", 0o600)), "DIR/ppk is a PuTTY key; convert it with puttygen -O private-openssh"},
	}
	for _, tt := range tests {
		_, err := testEnv().FromURL(tt.url, tt.values)
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		got := strings.ReplaceAll(strings.TrimPrefix(err.Error(), tt.url+": "), dir, "DIR")
		if got != tt.want {
			t.Errorf("%s\n got: %s\nwant: %s", tt.name, got, tt.want)
		}
	}
}

func TestLocked(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("root may read everything; the message is tested through fileError")
	}
	if got := fileError("/x", &os.PathError{Op: "open", Path: "/x", Err: os.ErrPermission}).Error(); got != "/x may not be read by this user" {
		t.Error(got)
	}
}

func TestEncryptedKey(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("s3cret"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	key := write(t, dir, "id", string(pem.EncodeToMemory(block)), 0o600)
	good, bad := write(t, dir, "good", "s3cret\n", 0o600), write(t, dir, "bad", "wrong\n", 0o600)
	tests := []struct {
		name   string
		file   string
		prompt func(string) (string, error)
		want   string
	}{
		{"no passphrase", "", nil, "is encrypted; give --passphrase-file"},
		{"file", good, nil, ""},
		{"wrong", bad, nil, "the passphrase does not open "},
		{"prompt", "", func(string) (string, error) { return "s3cret", nil }, ""},
		{"prompt fails", "", func(string) (string, error) { return "", errors.New("closed") }, "asking for the passphrase of "},
	}
	for _, tt := range tests {
		env := testEnv()
		env.Prompt = tt.prompt
		values := flagValues("identity", key)
		if tt.file != "" {
			values["passphrase-file"] = Value{Texts: []string{tt.file}}
		}
		e, err := env.FromURL("sftp://alice@h", values)
		if tt.want == "" {
			if err != nil || len(e.Target.SSH.Keys) != 1 || e.Target.SSH.Keys[0].Passphrase.Reveal() != "s3cret" {
				t.Errorf("%s: %v %+v", tt.name, err, e.Target.SSH.Keys)
			}
		} else if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestWhoByDefault: what is sent when nobody is named.
func TestWhoByDefault(t *testing.T) {
	e, err := testEnv().FromURL("ftp://h", nil)
	if err != nil || e.Target.User != "anonymous" || e.Target.Password.Reveal() != anonymousPassword {
		t.Errorf("ftp: %v %+v", err, e.Target.User)
	}
	e, err = testEnv().FromURL("sftp://h", flagValues("connect-only", "true"))
	if err != nil || e.Target.User != "" || e.Target.Password.IsSet() {
		t.Errorf("connect-only needs nobody: %v %q", err, e.Target.User)
	}
	env := testEnv()
	env.Getenv = func(name string) (string, bool) { return map[string]string{"SSH_AUTH_SOCK": "/run/agent"}[name], true }
	e, err = env.FromURL("sftp://h", nil)
	if err != nil || e.Target.User != "tester" || e.Target.SSH.AgentSocket != "/run/agent" {
		t.Errorf("sftp: %v %q %q", err, e.Target.User, e.Target.SSH.AgentSocket)
	}
	e, err = env.FromURL("sftp://alice:pw@h", nil)
	if err != nil || e.Target.SSH.AgentSocket != "" {
		t.Errorf("with a password the agent stays out: %v %q", err, e.Target.SSH.AgentSocket)
	}
	if !strings.HasSuffix(e.Target.SSH.KnownHosts[0], "/.ssh/known_hosts") {
		t.Errorf("known hosts %q", e.Target.SSH.KnownHosts)
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine h login a password b\ndefault login x password \"y z\"\nmacdef init\nfoo\n\n# c\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := parseNetrc(text)
		if err == nil && len(entries) > strings.Count(text, "machine")+strings.Count(text, "default") {
			t.Fatalf("%d entries in %q", len(entries), text)
		}
	})
}
