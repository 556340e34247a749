package sftp

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

const testPassphrase = "let-me-in"

func TestCheckKey(t *testing.T) {
	right, wrong := probe.NewSecret(testPassphrase), probe.NewSecret("something else")
	for _, tt := range []struct {
		file       string
		passphrase probe.Secret
		want       string // in the error; empty: usable
	}{
		{"ec.pem", probe.Secret{}, ""},
		{"pkcs8.pem", probe.Secret{}, ""},
		{"pkcs8_aes256.pem", right, ""},
		{"pkcs8_des3.pem", right, ""},
		{"ec_encrypted.pem", right, ""},
		{"openssh_encrypted.pem", right, ""},
		{"pkcs8_aes256.pem", wrong, "passphrase does not fit"},
		{"ec_encrypted.pem", wrong, "passphrase does not fit"},
		{"openssh_encrypted.pem", wrong, "passphrase does not fit"},
		{"pkcs8_aes256.pem", probe.Secret{}, "--passphrase-file"},
		{"openssh_encrypted.pem", probe.Secret{}, "--passphrase-file"},
		{"pkcs8_scrypt.pem", right, "ssh-keygen -p"},
		{"key.ppk", probe.Secret{}, "puttygen"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "keys", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			err = CheckKey(probe.PrivateKey{Name: tt.file, PEM: probe.NewSecret(string(text)), Passphrase: tt.passphrase})
			checkKeyError(t, err, tt.file, tt.want)
		})
	}
}

func checkKeyError(t *testing.T, err error, file, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), file+": ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line about %q", err, want)
	}
}

func TestCheckKeyText(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "empty",
		"hello":                               "not a private key",
		"ssh-ed25519 AAAA me@here":            "public key",
		"---- BEGIN SSH2 ENCRYPTED PRIVATE":   "ssh-keygen -i",
		"-----BEGIN OPENSSH PRIVATE KEY-----": "not a private key",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----": "PKCS #8",
	} {
		checkKeyError(t, CheckKey(probe.PrivateKey{Name: "k", PEM: probe.NewSecret(text), Passphrase: probe.NewSecret("x")}), "k", want)
	}
}

func TestCheckKeyCertificate(t *testing.T) {
	key, other := newKey(t, "key"), newKey(t, "other")
	cert := &ssh.Certificate{Key: other.pub, CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	signer, err := ssh.NewSignerFromKey(other.raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	for certificate, want := range map[string]string{
		string(ssh.MarshalAuthorizedKey(cert)):      "another key",
		string(ssh.MarshalAuthorizedKey(other.pub)): "plain public key",
		"nonsense": "cannot be read",
	} {
		file := key.file
		file.Certificate = []byte(certificate)
		checkKeyError(t, CheckKey(file), "key", want)
	}
}

func TestCheckOptions(t *testing.T) {
	for name, tt := range map[string]struct {
		o    probe.SSHOptions
		want string
	}{
		"nothing":        {probe.SSHOptions{}, ""},
		"sound":          {probe.SSHOptions{KeyExchanges: []string{"curve25519-sha256", "curve25519-sha256@libssh.org"}, MACs: []string{"hmac-sha1"}}, ""},
		"unknown cipher": {probe.SSHOptions{Ciphers: []string{"aes256-cbc"}}, "--ciphers"},
		"unknown kex":    {probe.SSHOptions{KeyExchanges: []string{"sntrup761x25519-sha512@openssh.com"}}, "--kex"},
		"insecure":       {probe.SSHOptions{HostKeyAlgorithms: []string{"ssh-rsa"}}, "--legacy"},
		"legacy":         {probe.SSHOptions{HostKeyAlgorithms: []string{"ssh-rsa"}, Legacy: true}, ""},
		"pubkey":         {probe.SSHOptions{PubkeyAlgorithms: []string{"ssh-foo"}}, "PubkeyAcceptedAlgorithms"},
		"method":         {probe.SSHOptions{AuthMethods: []string{"gssapi-with-mic"}}, "--auth"},
		"pin":            {probe.SSHOptions{HostKeyPins: []string{"MD5:00"}}, "--host-key"},
		"good pin":       {probe.SSHOptions{HostKeyPins: []string{"SHA256:" + strings.Repeat("a", fingerprintLength)}}, ""},
		"strict":         {probe.SSHOptions{StrictHostKey: "maybe"}, "--strict-host-key"},
	} {
		err := CheckOptions(tt.o)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// TestAlgorithms: what is offered passes the check, and the check knows what only legacy brings.
func TestAlgorithms(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		o := Algorithms(legacy)
		o.Legacy = legacy
		if err := CheckOptions(o); err != nil {
			t.Error(err)
		}
	}
	if err := CheckOptions(Algorithms(true)); err == nil {
		t.Error("insecure algorithms pass without legacy")
	}
}

func FuzzPKCS8(f *testing.F) {
	f.Add([]byte{0x30, 0x00}, "x")
	f.Fuzz(func(_ *testing.T, der []byte, passphrase string) {
		_, _ = parseEncryptedPKCS8(der, probe.NewSecret(passphrase))
	})
}
