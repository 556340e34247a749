package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMisuse: what is often given by mistake is named, with the way out, and no secret is shown.
func TestMisuse(t *testing.T) {
	dir := t.TempDir()
	password := write(t, dir, "pw", "s3cret\n", 0o600)
	tests := []struct {
		url    string
		values Values
		want   string
	}{
		{
			"ftp://h", flagValues("user", "alice:s3cret"),
			"--user: no password is given here; use --password-file or --password-env. A colon that belongs to the name is written as %3A in the URL",
		},
		{"ftp://a@h", flagValues("password-file", password, "password-env", "PW"), "--password-env: excludes --password-file; give one of them"},
		{"ftp://a@h", flagValues("read-only", "true", "write", "true"), "--read-only: excludes --write; give one of them"},
		{"ftp://a@h", flagValues("script", "x.yaml", "login-only", "true"), "--login-only: excludes --script; give one of them"},
		{"ftp://a@h", flagValues("ipv4", "true", "ipv6", "true"), "--ipv6: excludes --ipv4; give one of them"},
		{"ftp://a@h", flagValues("script", password), "ftp://a@h: DIR/pw:1:1: the steps must be a list, not a text"},
		{"ftpes://a@h", flagValues("password-file", password, "cert", password), "ftpes://a@h: client certificate: DIR/pw holds no PEM certificate"},
		{"sftp://a@h", flagValues("password-file", password, "known-hosts", dir+"/no"), "sftp://a@h: DIR/no does not exist"},
		{"ftp://a@h", flagValues("password-file", password, "timeout", "0"), `--timeout: "0" is not above 0 and at most 24h`},
		{"ftp://a@h", flagValues("password-file", password, "size", "9TB"), `--size: "9TB" is not between 0 and 1 TiB`},
	}
	for _, tt := range tests {
		_, err := testEnv().FromURL(tt.url, tt.values)
		if err == nil || strings.ReplaceAll(err.Error(), dir, "DIR") != tt.want {
			t.Errorf("%s %v\n got: %v\nwant: %s", tt.url, tt.values, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// TestNoMisuse: what looks like it and is none.
func TestNoMisuse(t *testing.T) {
	dir := t.TempDir()
	netrc := write(t, dir, "netrc", "machine h login a password s3cret\n", 0o600)
	password := write(t, dir, "pw", "s3cret\n", 0o600)
	for _, tt := range []struct {
		url    string
		values Values
	}{
		{"ftp://h", flagValues("netrc", "true", "netrc-file", netrc)},
		{"ftp://a@h", flagValues("password-file", password, "read-only", "true", "write", "false")},
		{"ftp://a%3Ab@h", flagValues("password-file", password)},
		{"sftp://a@h", flagValues("password-file", password, "known-hosts", dir+"/new", "strict-host-key", "accept-new")},
		{"sftp://a@h", flagValues("password-file", password, "known-hosts", dir+"/new", "host-key", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")},
	} {
		if _, err := testEnv().FromURL(tt.url, tt.values); err != nil {
			t.Errorf("%s %v: %v", tt.url, tt.values, err)
		}
	}
}

// TestLayersExcludeNothing: a flag replaces what the file says of the same thing, and is no conflict.
func TestLayersExcludeNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	text := "defaults: {password-env: PW}\nendpoints:\n  a: {url: 'ftp://u:s3cret@h', read-only: true, host: x}\n  b: {url: ftp://u@h, login-only: true, script: full}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := LoadFile(path, testEnv())
	want := path + `:3:49: unknown key "host" in endpoint a; it belongs into the url` + "\n" +
		path + ":4:35: login-only: excludes script; give one of them"
	if err == nil || err.Error() != want {
		t.Errorf("got: %v\nwant: %s", err, want)
	}
	text = strings.NewReplacer(", host: x", "", ", script: full", "").Replace(text)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := testEnv()
	env.Getenv = func(string) (string, bool) { return "s3cret", true }
	f, err := LoadFile(path, env)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.Endpoint(env, "a", flagValues("login-only", "true", "password-env", "X"))
	if err != nil || e.Script.Name != "login-only" || len(e.Warnings) != 1 || !strings.HasPrefix(e.Warnings[0], "the URL of a holds a password, which everyone can read") {
		t.Errorf("%+v %v", e, err)
	}
}

// TestNearest: two letters that changed places are one slip, and a short word is near to few.
func TestNearest(t *testing.T) {
	known := []string{"login", "list", "cert", "connect-timeout", "timeout"}
	for word, want := range map[string]string{
		"loign": "login", "lst": "list", "lsit": "list", "port": "", "tiemout": "timeout", "conect-timout": "connect-timeout", "ls": "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
