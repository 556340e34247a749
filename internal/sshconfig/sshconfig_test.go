package sshconfig

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

var local = Local{Home: "/home/me", User: "me"}

func hostOf(t *testing.T, text, alias string) (Host, error) {
	t.Helper()
	f, err := parse("config", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f.Host(alias, local)
}

func TestHost(t *testing.T) {
	const text = `
Host partner
    HostName sftp.%h.test
    Port 2222
    User alice
    IdentityFile ~/.ssh/id_%r
    IdentityFile /keys/%h
    CertificateFile ~/.ssh/id-cert.pub
    IdentitiesOnly yes
    UserKnownHostsFile ~/.ssh/kh /etc/kh
    HostKeyAlias alias
    PreferredAuthentications gssapi-with-mic,password,publickey
    ConnectTimeout 7
    BindAddress 192.0.2.7
    AddressFamily inet6
    ProxyJump bob@one:2200,ssh://two
    ProxyCommand nc %h %p
Host *
    User nobody
    Compression no
`
	got, err := hostOf(t, text, "partner")
	if err != nil {
		t.Fatal(err)
	}
	want := Host{
		HostName: "sftp.partner.test", Port: 2222, User: "alice",
		IdentityFiles: []string{"/home/me/.ssh/id_alice", "/keys/sftp.partner.test"}, CertificateFiles: []string{"/home/me/.ssh/id-cert.pub"},
		IdentitiesOnly: true, KnownHosts: []string{"/home/me/.ssh/kh", "/etc/kh"}, HostKeyAlias: "alias",
		AuthMethods: []string{"password", "publickey"}, ConnectTimeout: 7 * time.Second, BindAddress: netip.MustParseAddr("192.0.2.7"),
		Family: "6", ProxyJump: []string{"bob@one:2200", "two"},
		Ignored: []string{"the method gssapi-with-mic of PreferredAuthentications", "ProxyCommand nc %h %p"}, lists: map[string]string{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	other, err := hostOf(t, text, "elsewhere")
	if err != nil || other.User != "nobody" || other.Port != 0 || len(other.Ignored) != 0 {
		t.Errorf("other host: %+v, %v", other, err)
	}
}

func TestBadValues(t *testing.T) {
	for text, want := range map[string]string{
		"Port many":          "Port",
		"Port 70000":         "65535",
		"ConnectTimeout -1":  "ConnectTimeout",
		"ConnectTimeout 0.5": "ConnectTimeout",
	} {
		if _, err := hostOf(t, "Host *\n  "+text+"\n", "x"); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "config: ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestMatch(t *testing.T) {
	const text = "Host a\n User one\nMatch exec \"rm -rf /\"\n User two\nMatch host b\n User three\nMatch all\n Port 23\n"
	for alias, user := range map[string]string{"a": "one", "b": ""} {
		h, err := hostOf(t, text, alias)
		if err != nil || h.User != user || h.Port != 23 {
			t.Errorf("%s: %+v, %v", alias, h, err)
		}
		if want := []string{`Match exec "rm -rf /"`, "Match host b"}; !slices.Equal(h.Ignored, want) {
			t.Errorf("ignored %q", h.Ignored)
		}
	}
}

func TestAlgorithms(t *testing.T) {
	offer := probe.SSHOptions{Ciphers: []string{"aes128-ctr", "aes256-ctr", "aes128-gcm"}}
	known := probe.SSHOptions{Ciphers: []string{"aes128-ctr", "aes256-ctr", "aes128-gcm", "3des-cbc"}}
	for value, want := range map[string][]string{
		"aes256-ctr,aes128-ctr": {"aes256-ctr", "aes128-ctr"},
		"+3des-cbc":             {"aes128-ctr", "aes256-ctr", "aes128-gcm", "3des-cbc"},
		"^aes128-gcm":           {"aes128-gcm", "aes128-ctr", "aes256-ctr"},
		"-*-ctr":                {"aes128-gcm"},
		"aes256-cbc,aes256-ctr": {"aes256-ctr"},
	} {
		h, err := hostOf(t, "Host *\n Ciphers "+value+"\n", "x")
		if err != nil {
			t.Fatal(err)
		}
		got, unknown := h.Algorithms(offer, known)
		if !slices.Equal(got.Ciphers, want) || got.MACs != nil {
			t.Errorf("%s: %v", value, got.Ciphers)
		}
		if strange := strings.Contains(value, "aes256-cbc"); strange != slices.Equal(unknown, []string{"Ciphers aes256-cbc"}) {
			t.Errorf("%s: unknown %v", value, unknown)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "none")); err == nil {
		t.Error("a missing file was read")
	}
	for _, size := range []int{maxFile, maxFile + 1} {
		path := filepath.Join(dir, "config")
		if err := os.WriteFile(path, []byte(strings.Repeat("# a comment line\n", size/17+1)[:size]), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); (err == nil) != (size <= maxFile) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Host a\n Port 22\nMatch exec x\n")
	f.Add("Ciphers +x\nHost *\n IdentityFile \"~/x y\"")
	f.Fuzz(func(_ *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "include") {
			return // would read other files
		}
		if file, err := parse("config", []byte(text)); err == nil {
			h, _ := file.Host("a", local)
			h.Algorithms(probe.SSHOptions{}, probe.SSHOptions{})
		}
	})
}
