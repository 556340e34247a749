package sftp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// What only the passphrase, or the agent, keeps from being used.
var (
	ErrPublicOnly        = errors.New("is a public key; the private key is wanted, usually the file without .pub")
	ErrPassphraseMissing = errors.New("is encrypted; give --passphrase-file")
	errPassphraseWrong   = errors.New("the passphrase does not open")
)

// CheckKey returns the public key of a private key, or what keeps it from being used, in one line that
// names the file and what to do: a PuTTY key, a public key, a missing or wrong passphrase, a
// certificate of another key. It reads no file and sends nothing.
func CheckKey(k probe.PrivateKey) (ssh.PublicKey, error) {
	found, err := signers(k)
	if err != nil {
		return nil, err
	}
	return bare(found[0].PublicKey()), nil
}

// signers returns what a key file can sign with: its certificate first, if there is one, and the
// plain key.
func signers(k probe.PrivateKey) ([]ssh.Signer, error) {
	plain, err := parseKey(k)
	switch {
	case errors.Is(err, errPassphraseWrong):
		return nil, fmt.Errorf("%w %s", err, k.Name)
	case err != nil:
		return nil, fmt.Errorf("%s %w", k.Name, err)
	}
	if k.Certificate == nil {
		return []ssh.Signer{plain}, nil
	}
	pub, _, _, _, err := ssh.ParseAuthorizedKey(k.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%s has a certificate that cannot be read: %w", k.Name, err)
	}
	cert, ok := pub.(*ssh.Certificate)
	if !ok {
		return nil, fmt.Errorf("%s has a plain public key in place of its certificate", k.Name)
	}
	signed, err := ssh.NewCertSigner(cert, plain)
	if err != nil {
		return nil, fmt.Errorf("%s has the certificate of another key", k.Name)
	}
	return []ssh.Signer{signed, plain}, nil
}

// parseKey reads OpenSSH, PEM and PKCS #8 keys, encrypted or not.
func parseKey(k probe.PrivateKey) (ssh.Signer, error) {
	text := []byte(k.PEM.Reveal())
	if err := foreignKey(text); err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(text); block != nil && block.Type == "ENCRYPTED PRIVATE KEY" {
		return parseEncryptedPKCS8(block.Bytes, k.Passphrase)
	}
	key, err := ssh.ParsePrivateKey(text)
	var missing *ssh.PassphraseMissingError
	if !errors.As(err, &missing) {
		if err != nil {
			return nil, fmt.Errorf("is not a private key: %w", err)
		}
		return key, nil
	}
	if !k.Passphrase.IsSet() {
		return nil, ErrPassphraseMissing
	}
	key, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(k.Passphrase.Reveal()))
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, errPassphraseWrong
	}
	if err != nil {
		return nil, fmt.Errorf("is an encrypted key that cannot be read: %w", err)
	}
	return key, nil
}

// foreignKey recognises files that are often given in place of a private key.
func foreignKey(text []byte) error {
	head := bytes.TrimSpace(text)
	switch {
	case bytes.HasPrefix(head, []byte("PuTTY-User-Key-File-")):
		return errors.New("is a PuTTY key; convert it with puttygen -O private-openssh")
	case bytes.HasPrefix(head, []byte("---- BEGIN SSH2")):
		return errors.New("is a key in the format of RFC 4716; convert it with ssh-keygen -i -f")
	case len(head) == 0:
		return errors.New("is empty; it must hold a private key")
	}
	pub, _, _, _, err := ssh.ParseAuthorizedKey(head)
	switch _, isCertificate := pub.(*ssh.Certificate); {
	case isCertificate:
		return errors.New("is a certificate; the private key is wanted, usually the file without -cert.pub")
	case err == nil, bytes.HasPrefix(head, []byte("-----BEGIN PUBLIC KEY")), bytes.HasPrefix(head, []byte("-----BEGIN RSA PUBLIC KEY")):
		return ErrPublicOnly
	case bytes.HasPrefix(head, []byte("-----BEGIN CERTIFICATE")):
		return errors.New("is a certificate of TLS; the private key of SSH is wanted")
	}
	return nil
}

// signerOf makes a signer of a parsed private key.
func signerOf(key crypto.PrivateKey) (ssh.Signer, error) {
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return nil, fmt.Errorf("is of a kind that cannot be used: %w", err)
	}
	return s, nil
}

// watchedSigner signs with one algorithm and knows whether it was asked to: the library asks only
// after the server said that it wants the key (SSH_MSG_USERAUTH_PK_OK, RFC 4252 section 7).
type watchedSigner struct {
	ssh.AlgorithmSigner
	algorithm string
	asked     bool
	forced    bool // the library is not to weigh the algorithm against what the server announced
	weighed   int  // how often the library looked at the algorithm before it was forced
}

// PublicKey returns the key. Forced, its type is the wanted algorithm, so that the library sends
// that also to a server that does not list it.
func (w *watchedSigner) PublicKey() ssh.PublicKey {
	pub := w.AlgorithmSigner.PublicKey()
	if w.forced && pub.Type() == ssh.KeyAlgoRSA {
		return typedKey{pub, w.algorithm}
	}
	return pub
}

// Algorithms returns the one algorithm.
func (w *watchedSigner) Algorithms() []string {
	if !w.forced {
		w.weighed++
	}
	return []string{w.algorithm}
}

// announced tells what the server says of the algorithm in the server-sig-algs of EXT_INFO (RFC 8308
// section 3.1): yes, no, none if there was no such list, or empty if that cannot be told. The library
// keeps the list to itself. It looks at what a signer can once to compare it with the list, if there
// is one, once more for its fallback, and a third time to say that there is none.
func (w *watchedSigner) announced() string {
	pub := w.AlgorithmSigner.PublicKey()
	_, isCertificate := pub.(*ssh.Certificate)
	fallback := pub.Type() == w.algorithm
	switch {
	case isCertificate: // of which it looks once more after a refusal
		return ""
	case fallback && w.weighed == 1:
		return "" // no list, or the algorithm is in it
	case fallback && w.weighed == 2, w.weighed == 3:
		return "no"
	case w.weighed == 2:
		return "none"
	case w.weighed == 1:
		return "yes"
	}
	return ""
}

// SignWithAlgorithm signs and remembers that it did.
func (w *watchedSigner) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	w.asked = true
	return w.AlgorithmSigner.SignWithAlgorithm(rand, data, algorithm)
}

// typedKey is a public key under the name of a signature algorithm.
type typedKey struct {
	ssh.PublicKey
	name string
}

// Type returns the algorithm.
func (k typedKey) Type() string { return k.name }

// source is a key with its name for messages.
type source struct {
	name   string
	signer ssh.AlgorithmSigner
}

// listKeys turns the keys of the target and the agent into attempts. Each key gets one attempt with
// its best algorithm before any key gets a second with another.
func (q *authQueue) listKeys() []*attempt {
	keys := q.fileKeys()
	keys = append(keys, q.agentKeys(keys)...)
	accepted := offered(q.s.target.SSH).pubkeys
	var out []*attempt
	for round := 0; ; round++ {
		before := len(out)
		for _, k := range keys {
			if names := signatureAlgorithms(k.signer.PublicKey(), accepted); round < len(names) {
				w := &watchedSigner{AlgorithmSigner: k.signer, algorithm: names[round]}
				out = append(out, &attempt{method: methodKey, key: k.name, algorithm: names[round], signer: w})
			}
		}
		if len(out) == before {
			return out
		}
	}
}

// signatureAlgorithms lists what a key can sign with, in the order of accepted. Only RSA has more
// than one (RFC 8332).
func signatureAlgorithms(pub ssh.PublicKey, accepted []string) []string {
	own := []string{bare(pub).Type()}
	if own[0] == ssh.KeyAlgoRSA {
		own = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	return slices.DeleteFunc(slices.Clone(accepted), func(a string) bool { return !slices.Contains(own, a) })
}

func (q *authQueue) fileKeys() []source {
	var out []source
	for _, k := range q.s.target.SSH.Keys {
		found, err := signers(k)
		if errors.Is(err, ErrPublicOnly) {
			found, err = q.heldByAgent(k, err)
		}
		if err != nil {
			q.keyUnusable(k.Name, err)
			continue
		}
		for _, s := range found {
			as, ok := s.(ssh.AlgorithmSigner)
			if !ok {
				q.keyUnusable(k.Name, errors.New("it cannot choose a signature algorithm"))
				continue
			}
			out = append(out, source{k.Name + certificateMark(s), as})
		}
	}
	return out
}

func certificateMark(s ssh.Signer) string {
	if _, ok := s.PublicKey().(*ssh.Certificate); ok {
		return " with certificate"
	}
	return ""
}

func (q *authQueue) keyUnusable(name string, err error) {
	q.s.add(probe.Event{
		Direction: probe.Local, Kind: probe.KindAuth, Text: err.Error(), Tolerated: true,
		Failure: &probe.Failure{Class: probe.ClassKey, Text: err.Error()},
		Attr:    map[string]string{"method": methodKey, "key": name, "outcome": outcomeKeyUnusable},
	})
}
