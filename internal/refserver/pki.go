package refserver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Lifetime of what is made at start: the endpoint is for an afternoon, not for a year.
const (
	certBefore = time.Hour // back-dated, for clients whose clock is behind
	certAfter  = 30 * 24 * time.Hour * 3
)

// ServerName is in the certificate, beside localhost and the addresses listened on.
const ServerName = "mftprobe.test"

// authority is a certification authority that lives as long as the endpoint.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

// newAuthority makes a key and a self-signed certificate.
func newAuthority(name string, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(now), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-certBefore), NotAfter: now.Add(certAfter),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate back: %w", err)
	}
	return &authority{cert: cert, key: key, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, nil
}

// leaf is what a server certificate says.
type leaf struct {
	names     []string
	addresses []net.IP
	notBefore time.Time
	notAfter  time.Time
}

// issue makes a server certificate. With selfSigned set the authority has no part in it.
func (a *authority) issue(l leaf, selfSigned bool) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(l.notBefore), Subject: pkix.Name{CommonName: l.names[0]}, DNSNames: l.names, IPAddresses: l.addresses,
		NotBefore: l.notBefore, NotAfter: l.notAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	parent, signer := a.cert, a.key
	if selfSigned {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

func serial(t time.Time) *big.Int { return big.NewInt(t.UnixNano()) }

// serverCertificate makes the certificate that the fault asks for, or a good one.
func (a *authority) serverCertificate(kind string, addresses []net.IP, now time.Time) (tls.Certificate, error) {
	l := leaf{names: []string{ServerName, "localhost"}, addresses: addresses, notBefore: now.Add(-certBefore), notAfter: now.Add(certAfter)}
	switch kind {
	case "expired":
		l.notBefore, l.notAfter = now.AddDate(0, -3, 0), now.AddDate(0, 0, -3)
	case "not-yet-valid":
		l.notBefore, l.notAfter = now.AddDate(0, 0, 3), now.AddDate(0, 3, 0)
	case "wrong-name":
		l.names, l.addresses = []string{"ftp.other.example"}, nil
	case "unknown-ca":
		stranger, err := newAuthority("somebody else", now)
		if err != nil {
			return tls.Certificate{}, err
		}
		return stranger.issue(l, false)
	}
	return a.issue(l, kind == "self-signed")
}
