package config

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
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
			Name: "ssh-config", Short: "F", Arg: "FILE", Group: groupSSH, Help: "read this ssh_config",
			set: func(d *draft, text string) error { d.sshFile = d.path(text); return nil },
		},
		{Name: "concurrency", Arg: "N", Group: groupSSH, Help: "SFTP requests in flight in a transfer (1)", set: setConcurrency},
	}, algorithmSettings()...)
}

func algorithmSettings() []Setting {
	safe, old := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	known := slices.Concat[[]string]
	return []Setting{
		{
			Name: "kex", Arg: "LIST", Group: groupSSH, Help: "key exchanges to offer, in order",
			set: words(func(d *draft) *[]string { return &d.target.SSH.KeyExchanges }, known(safe.KeyExchanges, old.KeyExchanges)),
		},
		{
			Name: "ciphers", Arg: "LIST", Group: groupSSH, Help: "ciphers to offer, in order",
			set: words(func(d *draft) *[]string { return &d.target.SSH.Ciphers }, known(safe.Ciphers, old.Ciphers)),
		},
		{
			Name: "macs", Arg: "LIST", Group: groupSSH, Help: "MACs to offer, in order",
			set: words(func(d *draft) *[]string { return &d.target.SSH.MACs }, known(safe.MACs, old.MACs)),
		},
		{
			Name: "host-key-algorithms", Arg: "LIST", Group: groupSSH, Help: "host key algorithms to accept, in order",
			set: words(func(d *draft) *[]string { return &d.target.SSH.HostKeyAlgorithms }, known(safe.HostKeys, old.HostKeys)),
		},
		{
			Name: "pubkey-algorithms", Arg: "LIST", Group: groupSSH, Help: "signature algorithms for the login with a key, in order",
			set: words(func(d *draft) *[]string { return &d.target.SSH.PubkeyAlgorithms }, known(safe.PublicKeyAuths, old.PublicKeyAuths)),
		},
		{
			Name: "auth", Arg: "METHODS", Group: groupSSH, Help: "login methods in order: publickey, password, keyboard-interactive",
			set: words(func(d *draft) *[]string { return &d.target.SSH.AuthMethods }, []string{"publickey", "password", "keyboard-interactive"}),
		},
	}
}

// words makes a setter of a list with commas, each word one of known.
func words(f func(d *draft) *[]string, known []string) func(*draft, string) error {
	return func(d *draft, text string) error {
		list := strings.Split(text, ",")
		for _, w := range list {
			if !slices.Contains(known, w) {
				return fmt.Errorf("%q is not one of %s", w, strings.Join(known, ", "))
			}
		}
		*f(d) = list
		return nil
	}
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
	if err != nil {
		return probe.PrivateKey{}, err
	}
	key := probe.PrivateKey{Name: name, PEM: probe.NewSecret(string(pem))}
	if strings.HasPrefix(string(pem), "PuTTY-User-Key-File-") {
		return key, fmt.Errorf("%s is a PuTTY key; convert it with puttygen -O private-openssh", name)
	}
	if _, err = ssh.ParseRawPrivateKey(pem); err != nil {
		if err := d.unlock(&key, pem, err); err != nil {
			return key, err
		}
	}
	if cert, err := d.read(name + "-cert.pub"); err == nil {
		key.Certificate = cert
	}
	return key, nil
}

// unlock finds the passphrase of a key that could not be read without one.
func (d *draft) unlock(key *probe.PrivateKey, pem []byte, cause error) error {
	if !isPassphraseMissing(cause) {
		return fmt.Errorf("%s is not a private key: %w", key.Name, cause)
	}
	key.Passphrase = d.keyPass
	if !key.Passphrase.IsSet() {
		if d.env.Prompt == nil {
			return fmt.Errorf("%s is encrypted; give --passphrase-file", key.Name)
		}
		text, err := d.env.Prompt("Passphrase for " + key.Name + ": ")
		if err != nil {
			return fmt.Errorf("asking for the passphrase of %s: %w", key.Name, err)
		}
		key.Passphrase = probe.NewSecret(text)
	}
	if _, err := ssh.ParseRawPrivateKeyWithPassphrase(pem, []byte(key.Passphrase.Reveal())); err != nil {
		return fmt.Errorf("the passphrase does not open %s", key.Name)
	}
	return nil
}
