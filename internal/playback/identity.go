package playback

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificate makes a self-signed server certificate from the template, which may leave everything
// open, and the pool that trusts it.
func Certificate(tb testing.TB, template x509.Certificate) (tls.Certificate, *x509.CertPool) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	complete(&template)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}

func complete(t *x509.Certificate) {
	t.SerialNumber = big.NewInt(1)
	if t.Subject.CommonName == "" {
		t.Subject = pkix.Name{CommonName: "playback"}
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = time.Now().Add(-time.Hour)
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = time.Now().Add(time.Hour)
	}
	if t.DNSNames == nil && t.IPAddresses == nil {
		t.DNSNames, t.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	t.BasicConstraintsValid, t.IsCA = true, true
}

// identity is the server's own certificate.
func identity(tb testing.TB) (*tls.Config, *x509.CertPool) {
	tb.Helper()
	cert, roots := Certificate(tb, x509.Certificate{})
	return &tls.Config{Certificates: []tls.Certificate{cert}}, roots
}
