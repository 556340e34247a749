package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

// maxConcurrency bounds the requests in flight that a user can ask for.
const maxConcurrency = 256

func sshSettings() []Setting {
	return append([]Setting{
		{
			Name: "identity", Short: "i", Arg: "KEY", Many: true, Group: groupSSH, Help: "private key file",
			set: func(d *draft, text string) error { d.keyFiles = append(d.keyFiles, d.path(text)); return nil },
		},
		{Name: "passphrase-file", Arg: "FILE", Group: groupSSH, Help: "passphrase of the private keys", set: setPassphrase},
		{
			Name: "known-hosts", Arg: "FILE", Many: true, Group: groupSSH, Help: "instead of ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts",
			set: func(d *draft, text string) error {
				d.target.SSH.KnownHosts = append(d.target.SSH.KnownHosts, d.path(text))
				d.knownHosts = append(d.knownHosts, d.path(text))
				return nil
			},
		},
		{Name: "host-key", Arg: "SHA256:…", Many: true, Group: groupSSH, Help: "accept only a host key with this fingerprint", set: setHostKey},
		{
			Name: "strict-host-key", Arg: "MODE", Group: groupSSH, Help: "yes, accept-new, ask or no (yes)",
			set: oneOf(func(d *draft, w string) { d.target.SSH.StrictHostKey = w }, "yes", "accept-new", "ask", "no"),
		},
		{Name: "no-agent", Group: groupSSH, Help: "do not ask the SSH agent", set: toggle(func(d *draft, on bool) { d.noAgent = on })},
		{
			Name: "legacy", Group: groupSSH, Help: "allow algorithms that are no longer safe; becomes a finding",
			set: toggle(func(d *draft, on bool) { d.target.SSH.Legacy = on }),
		},
		{
			Name: "ssh-config", Short: "F", Arg: "FILE", Group: groupSSH,
			Help: "read this ssh_config; none: not even ~/.ssh/config for a host that it names",
			set:  setSSHConfig,
		},
		{Name: "concurrency", Arg: "N", Group: groupSSH, Help: "SFTP requests in flight in a transfer (1)", set: setConcurrency},
	}, algorithmSettings()...)
}

func algorithmSettings() []Setting {
	return []Setting{
		{
			Name: "kex", Arg: "LIST", Group: groupSSH, Help: "key exchanges to offer, in order",
			set: list(func(o *probe.SSHOptions) *[]string { return &o.KeyExchanges }),
		},
		{
			Name: "ciphers", Arg: "LIST", Group: groupSSH, Help: "ciphers to offer, in order",
			set: list(func(o *probe.SSHOptions) *[]string { return &o.Ciphers }),
		},
		{
			Name: "macs", Arg: "LIST", Group: groupSSH, Help: "MACs to offer, in order",
			set: list(func(o *probe.SSHOptions) *[]string { return &o.MACs }),
		},
		{
			Name: "host-key-algorithms", Arg: "LIST", Group: groupSSH, Help: "host key algorithms to accept, in order",
			set: list(func(o *probe.SSHOptions) *[]string { return &o.HostKeyAlgorithms }),
		},
		{
			Name: "pubkey-algorithms", Arg: "LIST", Group: groupSSH, Help: "signature algorithms for the login with a key, in order",
			set: list(func(o *probe.SSHOptions) *[]string { return &o.PubkeyAlgorithms }),
		},
		{
			Name: "auth", Arg: "METHODS", Group: groupSSH, Help: "login methods in order: publickey, password, keyboard-interactive",
			set: setMethods,
		},
	}
}

// list makes a setter of a list of algorithms. Whether insecure ones are allowed is another setting,
// which checkAlgorithms looks at when all are known.
func list(f func(o *probe.SSHOptions) *[]string) func(*draft, string) error {
	return func(d *draft, text string) error {
		alone := probe.SSHOptions{Legacy: true}
		*f(&alone) = strings.Split(text, ",")
		*f(&d.target.SSH) = *f(&alone)
		return sftp.CheckAlgorithms(alone)
	}
}

// checkAlgorithms refuses insecure algorithms without --legacy.
func (d *draft) checkAlgorithms(parsedURL) error { return sftp.CheckAlgorithms(d.target.SSH) }

func setMethods(d *draft, text string) error {
	known := []string{"publickey", "password", "keyboard-interactive"}
	methods := strings.Split(text, ",")
	for _, m := range methods {
		if !slices.Contains(known, m) {
			return fmt.Errorf("%q is not one of %s", m, strings.Join(known, ", "))
		}
	}
	d.target.SSH.AuthMethods = methods
	return nil
}

func setSSHConfig(d *draft, text string) error {
	if d.sshFile = text; text != noSSHConfig {
		d.sshFile = d.path(text)
	}
	return nil
}

func setPassphrase(d *draft, text string) (err error) {
	d.keyPass, err = d.secretFile(text)
	return err
}

func setHostKey(d *draft, text string) error {
	digest, ok := strings.CutPrefix(text, "SHA256:")
	sum, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(digest, "="))
	if !ok || err != nil || len(sum) != 32 {
		return fmt.Errorf("%q is not a fingerprint; write it as ssh-keygen -l shows it, SHA256:…", text)
	}
	d.target.SSH.HostKeyPins = append(d.target.SSH.HostKeyPins, "SHA256:"+strings.TrimRight(digest, "="))
	return nil
}

func setConcurrency(d *draft, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxConcurrency {
		return fmt.Errorf("%q is not a number from 1 to %d", text, maxConcurrency)
	}
	d.target.SSH.Concurrency = n
	return nil
}

// loadKeys reads the private keys, asking for a passphrase where one is missing.
func (d *draft) loadKeys() error {
	for _, name := range d.keyFiles {
		key, err := d.loadKey(name)
		if err != nil {
			return err
		}
		d.target.SSH.Keys = append(d.target.SSH.Keys, key)
	}
	return nil
}

func (d *draft) loadKey(name string) (probe.PrivateKey, error) {
	pem, err := d.read(name)
	if errors.Is(err, fs.ErrNotExist) && d.anyAgent() != "" {
		// As in OpenSSH: the private key may be in the agent alone.
		if text, missing := d.read(name + ".pub"); missing == nil {
			name, pem, err = name+".pub", text, nil
		}
	}
	if err != nil {
		return probe.PrivateKey{}, err
	}
	key := probe.PrivateKey{Name: name, PEM: probe.NewSecret(string(pem))}
	_, err = sftp.CheckKey(key)
	if errors.Is(err, sftp.ErrPassphraseMissing) {
		key.Passphrase, err = d.passphrase(name)
		if err == nil {
			_, err = sftp.CheckKey(key)
		}
	}
	switch {
	case errors.Is(err, sftp.ErrPublicOnly) && publicOnly(key) && d.anyAgent() != "":
		return key, nil // the agent signs with it
	case err != nil:
		return key, err
	}
	return key, d.ownCertificate(&key)
}

// publicOnly tells whether a key file holds the public key, in the one form in which OpenSSH takes it.
func publicOnly(k probe.PrivateKey) bool {
	pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(k.PEM.Reveal()))
	_, isCertificate := pub.(*ssh.Certificate)
	return err == nil && !isCertificate
}

// passphrase finds the passphrase of an encrypted key.
func (d *draft) passphrase(name string) (probe.Secret, error) {
	switch {
	case d.keyPass.IsSet():
		return d.keyPass, nil
	case d.env.Prompt == nil || d.noPrompt:
		return probe.Secret{}, fmt.Errorf("%s %w", name, sftp.ErrPassphraseMissing)
	}
	text, err := d.env.Prompt("Passphrase for " + name + ": ")
	if err != nil {
		return probe.Secret{}, fmt.Errorf("asking for the passphrase of %s: %w", name, err)
	}
	return probe.NewSecret(text), nil
}

// ownCertificate adds the certificate that lies beside the key, as OpenSSH takes it. One that is not
// the key's own is left out.
func (d *draft) ownCertificate(key *probe.PrivateKey) error {
	name := key.Name + "-cert.pub"
	text, err := d.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	plain := *key
	key.Certificate = text
	if _, err := sftp.CheckKey(*key); err != nil {
		d.warnOnce(name + " is left out: " + err.Error())
		*key = plain
	}
	return nil
}
