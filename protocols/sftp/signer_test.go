package sftp

import (
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// TestAnnouncedAlgorithms: what the server says of the signature algorithm of a refused key.
func TestAnnouncedAlgorithms(t *testing.T) {
	known, strong, weak := newKey(t, "known"), newKey(t, "strong"), newRSAKey(t, "weak")
	for name, tt := range map[string]struct {
		list []string
		key  testKey
		want string
	}{
		"first RSA algorithm missing": {[]string{ssh.KeyAlgoRSASHA256}, weak, "rsa-sha2-512=no rsa-sha2-256=yes"},
		"both RSA algorithms":         {[]string{ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512}, weak, "rsa-sha2-512=yes rsa-sha2-256=yes"},
		"no RSA":                      {[]string{ssh.KeyAlgoED25519}, weak, "rsa-sha2-512=no rsa-sha2-256=no"},
		"no Ed25519":                  {[]string{ssh.KeyAlgoRSASHA256}, strong, "ssh-ed25519=no"},
		"Ed25519":                     {[]string{ssh.KeyAlgoED25519}, strong, "ssh-ed25519="},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.config.PasswordCallback = nil
			s.config.PublicKeyAuthAlgorithms = tt.list
			s.letIn(known)
			target := s.start().target()
			target.SSH.Keys, target.Password = files(tt.key), probe.Secret{}
			var got []string
			for _, e := range run(t, target, probe.Step{Op: probe.OpConnect}, probe.Step{Op: probe.OpLogin}).Events {
				if e.Kind == probe.KindAuth && e.Attr["algorithm"] != "" {
					got = append(got, e.Attr["algorithm"]+"="+e.Attr["announced"])
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
