package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

// home makes a home directory with this ~/.ssh/config and two keys, one of them encrypted.
func home(t *testing.T, config string) *Env {
	t.Helper()
	env := testEnv()
	env.Home = t.TempDir()
	if err := os.Mkdir(filepath.Join(env.Home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, env.Home, ".ssh/config", config, 0o600)
	for _, name := range []string{"openssh_ed25519.pem", "pkcs8_aes256.pem", "public_rsa.pub", "certificate.pub", "rsa.pem"} {
		text, err := os.ReadFile("../../protocols/sftp/testdata/keys/" + name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, env.Home, name, string(text), 0o600)
	}
	return env
}

func endpointOf(t *testing.T, env *Env, url string, flags Values) Endpoint {
	t.Helper()
	e, err := env.FromURL(url, flags)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// warned compares warnings without the name of the home directory.
func warned(t *testing.T, env *Env, e Endpoint, want ...string) {
	t.Helper()
	var got []string
	for _, w := range e.Warnings {
		got = append(got, strings.ReplaceAll(w, env.Home, "~"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("warnings\n got %q\nwant %q", got, want)
	}
}

// TestAlias: without a flag ~/.ssh/config counts for the hosts that it names, and for no other.
func TestAlias(t *testing.T) {
	env := home(t, "Host partner\n HostName sftp.partner.example\nHost *.example\n HostName never\nHost *\n Port 2022\n")
	for _, tt := range []struct {
		url   string
		flags Values
		want  string
	}{
		{"sftp://a:b@partner", nil, "sftp.partner.example:2022"},
		{"sftp://a:b@partner:22", nil, "sftp.partner.example:22"},
		{"sftp://a:b@partner", flagValues("ssh-config", "none"), "partner:22"},
		{"sftp://a:b@other.example", nil, "other.example:22"},
		{"sftp://a:b@other.example", flagValues("ssh-config", env.Home+"/.ssh/config"), "never:2022"},
		{"ftp://a:b@partner", nil, "partner:21"},
	} {
		if got := endpointOf(t, env, tt.url, tt.flags).Target.HostPort(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.url, got, tt.want)
		}
	}
	env = home(t, "Host partner\n HostName \"x\n")
	e := endpointOf(t, env, "sftp://a:b@partner", flagValues("connect-only", "true"))
	if !strings.Contains(e.Warnings[0], "the quotes are not closed; the file is left out") {
		t.Errorf("warnings %q", e.Warnings)
	}
}

// TestIdentities: as in OpenSSH a key that cannot be used is passed over; unlike it, that is said.
func TestIdentities(t *testing.T) {
	env := home(t, `Host h
  IdentityFile %d/openssh_ed25519.pem
  IdentityFile ~/rsa.pem
  IdentityFile ~/none_of_this
  IdentityFile ~/public_rsa.pub
  IdentityFile ~/pkcs8_aes256.pem
  IdentityFile ~/%C
  IdentityFile ${KEYS}/x
  CertificateFile ~/certificate.pub
  CertificateFile ~/public_rsa.pub
`)
	e := endpointOf(t, env, "sftp://a@h", nil)
	var keys []string
	for _, k := range e.Target.SSH.Keys {
		keys = append(keys, filepath.Base(k.Name))
		if _, err := sftp.CheckKey(k); err != nil || (k.Certificate != nil) != strings.HasSuffix(k.Name, "/rsa.pem") {
			t.Errorf("%s: %v, certificate %q", k.Name, err, k.Certificate)
		}
	}
	if !slices.Equal(keys, []string{"openssh_ed25519.pem", "rsa.pem"}) || e.Target.Password.IsSet() {
		t.Errorf("keys %q", keys)
	}
	const at = "~/.ssh/config line "
	warned(t, env, e,
		at+"4: IdentityFile is left out: ~/none_of_this does not exist",
		at+"5: IdentityFile is left out: ~/public_rsa.pub is a public key; the private key is wanted, usually the file without .pub",
		at+"6: IdentityFile is left out: ~/pkcs8_aes256.pem is encrypted; give --passphrase-file",
		at+"7: IdentityFile holds the token %C, which is not honoured",
		at+"8: IdentityFile needs the environment variable KEYS, which is not set",
		at+"10: CertificateFile is left out: ~/public_rsa.pub is not a certificate",
	)
	// Said once, however many endpoints there are; a flag's keys count alone.
	warned(t, env, endpointOf(t, env, "sftp://a@h", nil))
	e = endpointOf(t, env, "sftp://a@h", flagValues("identity", env.Home+"/openssh_ed25519.pem"))
	if len(e.Target.SSH.Keys) != 1 {
		t.Errorf("%d keys beside the flag's", len(e.Target.SSH.Keys)-1)
	}
	// The agent may have the encrypted key: nothing is asked, nothing is said.
	env = home(t, "Host h\n IdentityFile ~/pkcs8_aes256.pem\n IdentityAgent /run/agent\n")
	env.Prompt = func(string) (string, error) { t.Error("asked for a passphrase"); return "", nil }
	if e = endpointOf(t, env, "sftp://a@h", nil); e.Target.SSH.AgentSocket != "/run/agent" || len(e.Warnings) > 0 {
		t.Errorf("agent %q, warnings %q", e.Target.SSH.AgentSocket, e.Warnings)
	}
}

// TestPublicKeyForTheAgent: IdentityFile may name a public key whose private half the agent holds.
func TestPublicKeyForTheAgent(t *testing.T) {
	for _, tt := range []struct {
		name, config, flag string
		keys               string
		socket             string
		alone              bool
	}{
		{"named", "IdentityFile ~/public_rsa.pub\n IdentityAgent /run/agent", "", "public_rsa.pub", "/run/agent", false},
		{"only these", "IdentityFile ~/public_rsa.pub\n IdentitiesOnly yes\n IdentityAgent /run/agent", "", "public_rsa.pub", "/run/agent", true},
		{"the private file is not there", "IdentityFile ~/public_rsa\n IdentitiesOnly yes\n IdentityAgent /run/agent", "", "public_rsa.pub", "/run/agent", true},
		{"a private key needs no agent", "IdentityFile ~/rsa.pem\n IdentitiesOnly yes\n IdentityAgent /run/agent", "", "rsa.pem", "", true},
		{"no agent wanted", "IdentityFile ~/rsa.pem\n IdentityAgent none", "", "rsa.pem", "", false},
		{"by a flag", "IdentityAgent /run/agent\n IdentitiesOnly yes", "/public_rsa.pub", "public_rsa.pub", "/run/agent", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := home(t, "Host h\n "+tt.config+"\n")
			var flags Values
			if tt.flag != "" {
				flags = flagValues("identity", env.Home+tt.flag)
			}
			e := endpointOf(t, env, "sftp://a@h", flags)
			var keys []string
			for _, k := range e.Target.SSH.Keys {
				keys = append(keys, filepath.Base(k.Name))
			}
			o := e.Target.SSH
			if strings.Join(keys, " ") != tt.keys || o.AgentSocket != tt.socket || o.AgentForKeys != tt.alone || len(e.Warnings) > 0 {
				t.Errorf("keys %q, agent %q %v, warnings %q", keys, o.AgentSocket, o.AgentForKeys, e.Warnings)
			}
		})
	}
}

// TestCertificateBesideKey: KEY-cert.pub is taken with KEY, unless it is another key's.
func TestCertificateBesideKey(t *testing.T) {
	env := home(t, "")
	text, err := os.ReadFile(env.Home + "/certificate.pub")
	if err != nil {
		t.Fatal(err)
	}
	write(t, env.Home, "rsa.pem-cert.pub", string(text), 0o600)
	write(t, env.Home, "openssh_ed25519.pem-cert.pub", string(text), 0o600)
	e := endpointOf(t, env, "sftp://a@h", flagValues("identity", env.Home+"/rsa.pem", "identity", env.Home+"/openssh_ed25519.pem"))
	if k := e.Target.SSH.Keys; k[0].Certificate == nil || k[1].Certificate != nil {
		t.Error("the certificate is not with its key alone")
	}
	warned(t, env, e, "~/openssh_ed25519.pem-cert.pub is left out: ~/openssh_ed25519.pem has the certificate of another key")
}

func TestMethodsAndLists(t *testing.T) {
	usual := sftp.Algorithms(false)
	for _, tt := range []struct {
		config string
		flags  Values
		got    func(probe.SSHOptions) []string
		want   []string
		said   string
	}{
		{"PasswordAuthentication no", nil, methodsOf, []string{"publickey", "keyboard-interactive"}, ""},
		{"PreferredAuthentications password,publickey\n PubkeyAuthentication no", nil, methodsOf, []string{"password"}, ""},
		{"PreferredAuthentications hostbased", nil, methodsOf, nil, "PreferredAuthentications names hostbased, which this program cannot do"},
		{"PreferredAuthentications publickey", flagValues("auth", "password"), methodsOf, []string{"password"}, ""},
		{"Ciphers -*-ctr,chacha*", nil, ciphersOf, gcm(usual.Ciphers), ""},
		{"Ciphers ^aes256-ctr", nil, ciphersOf, slices.Concat([]string{"aes256-ctr"}, without(usual.Ciphers, "aes256-ctr")), ""},
		{"Ciphers +3des-cbc", flagValues("legacy", "true"), ciphersOf, nil, ""},
		{"Ciphers +3des-cbc,rot13", nil, ciphersOf, nil, "Ciphers names rot13, which this program cannot do; names 3des-cbc, which counts as insecure; add --legacy to use it"},
		{"Ciphers 3des-cbc", flagValues("legacy", "true"), ciphersOf, []string{"3des-cbc"}, ""},
		{"Ciphers aes128-ctr", flagValues("ciphers", "aes256-ctr"), ciphersOf, []string{"aes256-ctr"}, ""},
		{"ProxyCommand nc %h %p", nil, methodsOf, nil, "ProxyCommand is not honoured"},
		{"VerifyHostKeyDNS no\n ForwardAgent yes\n SendEnv LANG", nil, methodsOf, nil, ""},
		{"Frobnicate yes", nil, methodsOf, nil, "Frobnicate is not honoured"},
		{"BindAddress somewhere", nil, methodsOf, nil, "BindAddress somewhere is not an IP address and not honoured"},
	} {
		env := home(t, "Host h\n "+tt.config+"\n")
		flags := flagValues("password-file", write(t, env.Home, "pw", "x", 0o600))
		maps.Copy(flags, tt.flags)
		e := endpointOf(t, env, "sftp://a@h", flags)
		if got := tt.got(e.Target.SSH); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.config, got, tt.want)
		}
		if tt.said == "" {
			warned(t, env, e)
		} else {
			warned(t, env, e, "~/.ssh/config line 2: "+tt.said)
		}
	}
}

func methodsOf(o probe.SSHOptions) []string { return o.AuthMethods }
func ciphersOf(o probe.SSHOptions) []string { return o.Ciphers }

func gcm(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.Contains(n, "gcm") })
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

func TestBadValues(t *testing.T) {
	for config, want := range map[string]string{
		"Port many":                            `Port: "many" is not a number from 1 to 65535`,
		"Port 70000":                           `Port: "70000" is not a number from 1 to 65535`,
		"ConnectTimeout soon":                  `ConnectTimeout: "soon" is not a duration; write 10s or 1m30s`,
		"HostName a/b":                         `HostName: "a/b" is not a host name: '/' cannot be in one`,
		"AddressFamily ipx":                    `AddressFamily: "ipx" is not any, inet or inet6`,
		"StrictHostKeyChecking":                `StrictHostKeyChecking has no value`,
		"ProxyJump [::1":                       `ProxyJump: the bracket of the IPv6 address is not closed`,
		"ProxyJump h1,h2,h3,h4,h5,h6,h7,h8,h9": `ProxyJump: more than 8 hosts on the way`,
	} {
		env := home(t, "")
		file := write(t, env.Home, "c", "Host h\n "+config+"\n", 0o600)
		_, err := env.FromURL("sftp://a:b@h", flagValues("ssh-config", file))
		if err == nil || err.Error() != "sftp://a@h: "+file+" line 2: "+want {
			t.Errorf("%s: %v", config, err)
		}
	}
}

// TestJumps: who lies on the way, in order.
func TestJumps(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		{"Host h\n ProxyJump bob@one:2200,two", "bob@one:2200 tester@two:22"},
		{"Host h\n ProxyJump one\nHost one\n HostName 192.0.2.1\n User gate\n Port 2222", "gate@192.0.2.1:2222"},
		{"Host h\n ProxyJump one\nHost one\n ProxyJump two", "tester@two:22 tester@one:22"},
		{"Host h\n ProxyJump one,three\nHost one three\n ProxyJump two", "tester@two:22 tester@one:22 tester@three:22"},
		{"Host h\n Port 22\nHost *\n ProxyJump one", "tester@one:22"},
		{"Host h\n ProxyJump none\nHost *\n ProxyJump one", ""},
		{"Host h\n ProxyCommand nc\n ProxyJump one", ""},
	} {
		env := home(t, tt.config+"\n")
		var way []string
		for _, j := range endpointOf(t, env, "sftp://a:b@h", flagValues("ipv4", "true", "legacy", "true")).Target.SSH.Jumps {
			way = append(way, j.User+"@"+j.HostPort())
			if len(way) == 1 && j.Network.Family != "4" || !j.SSH.Legacy {
				t.Errorf("%q: the flags do not hold for %s", tt.config, j.Host)
			}
		}
		if got := strings.Join(way, " "); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.config, got, tt.want)
		}
	}
	env := home(t, "Host h\n ProxyJump one\nHost one\n ProxyJump two\nHost two\n ProxyJump one\n")
	if _, err := env.FromURL("sftp://a:b@h", nil); err == nil || !strings.Contains(err.Error(), "more than 8 hosts on the way") {
		t.Errorf("a circle of jump hosts: %v", err)
	}
}

func TestInsecureAlgorithm(t *testing.T) {
	_, err := testEnv().FromURL("sftp://a:b@h", flagValues("kex", "diffie-hellman-group1-sha1"))
	if err == nil || err.Error() != "sftp://a@h: --kex: diffie-hellman-group1-sha1 counts as insecure; add --legacy to allow it" {
		t.Error(err)
	}
	endpointOf(t, testEnv(), "sftp://a:b@h", flagValues("kex", "diffie-hellman-group1-sha1", "legacy", "true"))
}

// TestKeyForms: an encrypted PKCS #8 key that the driver reads is accepted, here with the passphrase of a
// file and from the terminal.
func TestKeyForms(t *testing.T) {
	env := home(t, "")
	pass := write(t, env.Home, "pass", "let-me-in\n", 0o600)
	key := env.Home + "/pkcs8_aes256.pem"
	e := endpointOf(t, env, "sftp://a@h", flagValues("identity", key, "passphrase-file", pass))
	if pub, err := sftp.CheckKey(e.Target.SSH.Keys[0]); err != nil || pub.Type() != ssh.KeyAlgoECDSA256 {
		t.Error(err)
	}
	wrong := write(t, env.Home, "wrong", "let-me-out\n", 0o600)
	if _, err := env.FromURL("sftp://a@h", flagValues("identity", key, "passphrase-file", wrong)); err == nil || err.Error() != "sftp://a@h: the passphrase does not open "+key {
		t.Error(err)
	}
	env.Prompt = func(string) (string, error) { return "let-me-in", nil }
	endpointOf(t, env, "sftp://a@h", flagValues("identity", key))
}

func FuzzSSHConfig(f *testing.F) {
	f.Add("Host h\n Port 22\n IdentityFile ~/%%x${HOME}\n ProxyJump a,b\n Ciphers -aes*\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "include") {
			return // would look at other files
		}
		env := testEnv()
		env.Home = dir
		file := write(t, t.TempDir(), "config", text, 0o600)
		_, err := env.FromURL("sftp://a:b@h", flagValues("ssh-config", file))
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
	})
}
