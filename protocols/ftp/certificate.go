package ftp

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"

	"mftprobe/probe"
)

// Limits on what a chain may put into the record.
const (
	maxChain     = 10  // certificates
	maxNames     = 100 // names of one certificate
	maxNameBytes = 512 // of a subject, an issuer or a name
)

// describeChain returns the certificates as the record wants them, the server's first.
func describeChain(chain []*x509.Certificate) []probe.Certificate {
	out := []probe.Certificate{}
	for _, c := range chain[:min(len(chain), maxChain)] {
		sum, key := sha256.Sum256(c.Raw), keyHash(c)
		out = append(out, probe.Certificate{
			Subject: clip(c.Subject.String()), Issuer: clip(c.Issuer.String()), Names: certificateNames(c),
			NotBefore: probe.Timestamp(c.NotBefore), NotAfter: probe.Timestamp(c.NotAfter),
			SHA256: hex.EncodeToString(sum[:]), PublicKey: "sha256//" + base64.StdEncoding.EncodeToString(key[:]),
		})
	}
	return out
}

func keyHash(c *x509.Certificate) [32]byte { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

func certificateNames(c *x509.Certificate) []string {
	out := []string{}
	for _, n := range c.DNSNames {
		out = append(out, clip(n))
	}
	for _, ip := range c.IPAddresses {
		out = append(out, ip.String())
	}
	return out[:min(len(out), maxNames)]
}

func clip(s string) string { return s[:min(len(s), maxNameBytes)] }
