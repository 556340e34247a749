package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"mftprobe/probe"
)

func tlsSettings() []Setting {
	return []Setting{
		{Name: "cacert", Arg: "FILE", Many: true, Group: groupTLS, Help: "trust the certificates in this PEM file only", set: setRoots},
		{
			Name: "cert", Arg: "FILE", Group: groupTLS, Help: "present this client certificate (PEM, or .p12 with its key)",
			set: func(d *draft, text string) error { d.tlsCert = d.path(text); return nil },
		},
		{
			Name: "key", Arg: "FILE", Group: groupTLS, Help: "private key of --cert (PEM)",
			set: func(d *draft, text string) error { d.tlsKey = d.path(text); return nil },
		},
		{Name: "pinnedpubkey", Arg: "sha256//…", Many: true, Group: groupTLS, Help: "accept only these public keys, as in curl", set: setPin},
		{
			Name: "servername", Arg: "NAME", Group: groupTLS, Help: "name to ask for and to find in the certificate",
			set: func(d *draft, text string) (err error) { d.target.TLS.ServerName, err = checkHost(text); return err },
		},
		{
			Name: "tls-min", Arg: "VERSION", Group: groupTLS, Help: "lowest TLS version: 1.0, 1.1, 1.2 or 1.3 (1.2)",
			set: tlsVersion(func(d *draft) *uint16 { return &d.target.TLS.MinVersion }),
		},
		{
			Name: "tls-max", Arg: "VERSION", Group: groupTLS, Help: "highest TLS version: 1.0, 1.1, 1.2 or 1.3 (1.3)",
			set: tlsVersion(func(d *draft) *uint16 { return &d.target.TLS.MaxVersion }),
		},
		{
			Name: "insecure", Short: "k", Group: groupTLS, Help: "accept any certificate; becomes a finding",
			set: toggle(func(d *draft, on bool) { d.target.TLS.Insecure = on }),
		},
		{
			Name: "prot", Arg: "LEVEL", Group: groupTLS, Help: "protect data connections, P, or leave them in clear, C (P)",
			set: oneOf(func(d *draft, w string) { d.target.TLS.Prot = w }, "P", "C"),
		},
		{
			Name: "ccc", Group: groupTLS, Help: "go back to a clear control connection after the login",
			set: toggle(func(d *draft, on bool) { d.target.TLS.ClearControl = on }),
		},
		{
			Name: "no-session-reuse", Group: groupTLS, Help: "do not resume the TLS session on data connections",
			set: toggle(func(d *draft, on bool) { d.target.TLS.NoSessionReuse = on }),
		},
	}
}

func setRoots(d *draft, text string) error {
	pem, err := d.read(text)
	if err != nil {
		return err
	}
	if d.target.TLS.Roots == nil {
		d.target.TLS.Roots = x509.NewCertPool()
	}
	if !d.target.TLS.Roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no PEM certificate", text)
	}
	return nil
}

func setPin(d *draft, text string) error {
	for pin := range strings.SplitSeq(text, ";") {
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(pin, "sha256//"))
		if !strings.HasPrefix(pin, "sha256//") || err != nil || len(sum) != 32 {
			return fmt.Errorf("%q is not a pin; write sha256// and the base64 of 32 bytes", pin)
		}
		d.target.TLS.PinnedKeys = append(d.target.TLS.PinnedKeys, [32]byte(sum))
	}
	return nil
}

func tlsVersion(f func(d *draft) *uint16) func(*draft, string) error {
	versions := map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	return func(d *draft, text string) error {
		v, ok := versions[text]
		if !ok {
			return fmt.Errorf("%q is not a TLS version; write 1.0, 1.1, 1.2 or 1.3", text)
		}
		*f(d) = v
		return nil
	}
}

// useTLS holds the TLS settings against each other and loads the client certificate.
func (d *draft) useTLS(parsedURL) error {
	t := &d.target.TLS
	if t.MinVersion == 0 && t.MaxVersion != 0 && t.MaxVersion < tls.VersionTLS12 {
		t.MinVersion = t.MaxVersion
	}
	if t.MaxVersion != 0 && t.MinVersion > t.MaxVersion {
		return fmt.Errorf("the lowest TLS version is above the highest")
	}
	switch {
	case d.tlsCert == "" && d.tlsKey != "":
		return fmt.Errorf("a key without a certificate; give --cert too")
	case d.tlsCert == "":
		return nil
	}
	cert, err := d.clientCertificate()
	t.Certificates = []tls.Certificate{cert}
	return err
}

func (d *draft) clientCertificate() (tls.Certificate, error) {
	pem, err := d.read(d.tlsCert)
	if err != nil {
		return tls.Certificate{}, err
	}
	if ext := strings.ToLower(filepath.Ext(d.tlsCert)); ext == ".p12" || ext == ".pfx" {
		return fromPKCS12(d.tlsCert, pem, d.keyPass)
	}
	key := pem
	if d.tlsKey != "" {
		if key, err = d.read(d.tlsKey); err != nil {
			return tls.Certificate{}, err
		}
	}
	if !bytes.Contains(pem, []byte("-----BEGIN CERTIFICATE-----")) {
		return tls.Certificate{}, fmt.Errorf("client certificate: %s holds no PEM certificate", d.tlsCert)
	}
	cert, err := tls.X509KeyPair(pem, key)
	if err != nil {
		return cert, fmt.Errorf("client certificate %s: %w", d.tlsCert, err)
	}
	return cert, nil
}

func fromPKCS12(name string, der []byte, passphrase probe.Secret) (tls.Certificate, error) {
	key, leaf, chain, err := pkcs12.DecodeChain(der, passphrase.Reveal())
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("client certificate %s: %w", name, err)
	}
	cert := tls.Certificate{PrivateKey: key, Leaf: leaf, Certificate: [][]byte{leaf.Raw}}
	for _, c := range chain {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return cert, nil
}
