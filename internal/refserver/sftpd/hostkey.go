package sftpd

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"mftprobe/internal/refserver/fault"
)

// New makes the host keys, one Ed25519 and one ECDSA.
func New(cfg Config) (*Server, error) {
	keys, err := newHostKeys()
	if err != nil {
		return nil, err
	}
	s := &Server{Config: cfg, keys: keys, published: keys}
	if cfg.Faults.Has(fault.HostKey) {
		s.keys, err = newHostKeys()
	}
	return s, err
}

func newHostKeys() ([]ssh.Signer, error) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making an Ed25519 host key: %w", err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making an ECDSA host key: %w", err)
	}
	var out []ssh.Signer
	for _, key := range []any{ed, ec} {
		signer, err := ssh.NewSignerFromKey(key)
		if err != nil {
			return nil, fmt.Errorf("using the host key: %w", err)
		}
		out = append(out, signer)
	}
	return out, nil
}

// Fingerprint returns the fingerprint of the published Ed25519 key as OpenSSH shows it.
func (s *Server) Fingerprint() string { return ssh.FingerprintSHA256(s.published[0].PublicKey()) }

// KnownHostsLine returns the lines of a known_hosts file for all published keys, with the newline.
func (s *Server) KnownHostsLine(host, port string) string {
	name := knownhosts.Normalize(host + ":" + port)
	var out string
	for _, k := range s.published {
		out += knownhosts.Line([]string{name}, k.PublicKey()) + "\n"
	}
	return out
}
