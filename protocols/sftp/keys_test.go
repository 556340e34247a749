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
	none := probe.Secret{}
	for _, tt := range []struct {
		file       string
		passphrase probe.Secret
		want       string // the type of the key, or what the error says
	}{
		{"openssh_ed25519.pem", none, "ssh-ed25519"},
		{"openssh_ecdsa256.pem", none, "ecdsa-sha2-nistp256"},
		{"openssh_ecdsa521.pem", none, "ecdsa-sha2-nistp521"},
		{"openssh_rsa.pem", none, "ssh-rsa"},
		{"openssh_encrypted.pem", right, "ssh-ed25519"},
		{"openssh_encrypted.pem", wrong, "the passphrase does not open "},
		{"openssh_encrypted.pem", none, " is encrypted; give --passphrase-file"},
		{"rsa.pem", none, "ssh-rsa"},
		{"rsa_encrypted.pem", right, "ssh-rsa"},
		{"rsa_encrypted.pem", wrong, "the passphrase does not open "},
		{"rsa_encrypted.pem", none, " is encrypted; give --passphrase-file"},
		{"ec.pem", none, "ecdsa-sha2-nistp256"},
		{"ec_encrypted.pem", right, "ecdsa-sha2-nistp256"},
		{"ec_encrypted.pem", wrong, "the passphrase does not open "},
		{"pkcs8.pem", none, "ecdsa-sha2-nistp256"},
		{"pkcs8_ed25519.pem", none, "ssh-ed25519"},
		{"pkcs8_aes256.pem", right, "ecdsa-sha2-nistp256"},
		{"pkcs8_aes256.pem", wrong, "the passphrase does not open "},
		{"pkcs8_aes256.pem", none, " is encrypted; give --passphrase-file"},
		{"pkcs8_aes192_sha1.pem", right, "ssh-ed25519"},
		{"pkcs8_aes128_sha512.pem", right, "ssh-rsa"},
		{"pkcs8_des3.pem", right, "ecdsa-sha2-nistp256"},
		{"pkcs8_scrypt.pem", right, "; convert it with ssh-keygen -p -f"},
		{"key.ppk", none, " is a PuTTY key; convert it with puttygen -O private-openssh"},
		{"key_v2.ppk", none, " is a PuTTY key; convert it with puttygen -O private-openssh"},
		{"public_rsa.pub", none, " is a public key; the private key is wanted"},
		{"public_pkcs1.pem", none, " is a public key; the private key is wanted"},
		{"public_spki.pem", none, " is a public key; the private key is wanted"},
		{"public_rfc4716.pub", none, "; convert it with ssh-keygen -i -f"},
		{"certificate.pub", none, " is a certificate; the private key is wanted"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "keys", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			pub, err := CheckKey(probe.PrivateKey{Name: tt.file, PEM: probe.NewSecret(string(text)), Passphrase: tt.passphrase})
			if err == nil && pub.Type() == tt.want {
				return
			}
			checkKeyError(t, err, tt.file, tt.want)
		})
	}
}

func checkKeyError(t *testing.T, err error, file, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line with %q about %s", err, want, file)
	}
}

func TestCheckKeyText(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "empty",
		"hello":                               "not a private key",
		"-----BEGIN CERTIFICATE-----":         "certificate of TLS",
		"---- BEGIN SSH2 ENCRYPTED PRIVATE":   "ssh-keygen -i",
		"-----BEGIN OPENSSH PRIVATE KEY-----": "not a private key",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----": "PKCS #8",
	} {
		_, err := CheckKey(probe.PrivateKey{Name: "k", PEM: probe.NewSecret(text), Passphrase: probe.NewSecret("x")})
		checkKeyError(t, err, "k", want)
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
		_, err := CheckKey(file)
		checkKeyError(t, err, "key", want)
	}
}

func TestCheckAlgorithms(t *testing.T) {
	for name, tt := range map[string]struct {
		o    probe.SSHOptions
		want string
	}{
		"nothing": {probe.SSHOptions{}, ""},
		"sound":   {probe.SSHOptions{KeyExchanges: []string{"curve25519-sha256", "curve25519-sha256@libssh.org"}, MACs: []string{"hmac-sha1"}}, ""},
		"cipher":  {probe.SSHOptions{Ciphers: []string{"aes256-cbc"}}, `"aes256-cbc" is not one of aes`},
		"kex":     {probe.SSHOptions{KeyExchanges: []string{"sntrup761x25519-sha512@openssh.com"}}, `"sntrup761x25519-sha512@openssh.com" is not one of `},
		"weak":    {probe.SSHOptions{HostKeyAlgorithms: []string{"ssh-rsa"}}, "--host-key-algorithms: ssh-rsa counts as insecure; add --legacy to allow it"},
		"legacy":  {probe.SSHOptions{HostKeyAlgorithms: []string{"ssh-rsa"}, Legacy: true}, ""},
		"pubkey":  {probe.SSHOptions{PubkeyAlgorithms: []string{"ssh-foo"}}, `"ssh-foo" is not one of `},
		"mac":     {probe.SSHOptions{MACs: []string{"hmac-sha2-256", ""}}, `"" is not one of `},
	} {
		err := CheckAlgorithms(tt.o)
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// TestAlgorithms: what is offered passes the check, and the check knows what only legacy brings.
func TestAlgorithms(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		o := Algorithms(legacy)
		o.Legacy = legacy
		if err := CheckAlgorithms(o); err != nil {
			t.Error(err)
		}
	}
	if err := CheckAlgorithms(Algorithms(true)); err == nil {
		t.Error("insecure algorithms pass without legacy")
	}
}

func FuzzPKCS8(f *testing.F) {
	f.Add([]byte{0x30, 0x00}, "x")
	f.Fuzz(func(_ *testing.T, der []byte, passphrase string) {
		_, _ = parseEncryptedPKCS8(der, probe.NewSecret(passphrase))
	})
}
