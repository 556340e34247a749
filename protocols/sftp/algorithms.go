package sftp

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// algorithms are the lists to offer, in order of preference.
type algorithms struct {
	kex, ciphers, macs, hostKeys, pubkeys []string
}

// hostKeyOrder is OpenSSH's preference among plain host keys. The library would put RSA first, and
// a server whose ed25519 key is the recorded one would then show another key.
var hostKeyOrder = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
}

// pubkeyOrder is the order in which signature algorithms of one key are tried.
var pubkeyOrder = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256,
	ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
}

// offered returns the lists for o: the user's own where given, else all that the library counts as
// sound; with o.Legacy the rest behind them.
func offered(o probe.SSHOptions) algorithms {
	sound, weak := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	pick := func(own, def, legacy []string) []string {
		switch {
		case len(own) > 0:
			return own
		case o.Legacy:
			return union(def, legacy)
		}
		return slices.Clone(def)
	}
	return algorithms{
		kex:      pick(o.KeyExchanges, sound.KeyExchanges, weak.KeyExchanges),
		ciphers:  pick(o.Ciphers, sound.Ciphers, weak.Ciphers),
		macs:     pick(o.MACs, sound.MACs, weak.MACs),
		hostKeys: pick(o.HostKeyAlgorithms, hostKeyOrder, withoutCertificates(weak.HostKeys)),
		pubkeys:  pick(o.PubkeyAlgorithms, pubkeyOrder, weak.PublicKeyAuths),
	}
}

func withoutCertificates(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), isCertificate)
}

func isCertificate(algorithm string) bool { return strings.Contains(algorithm, "-cert-v0") }

// curveAlias is the older name of curve25519-sha256; the library offers both together.
const curveAlias = "curve25519-sha256@libssh.org"

// family holds what the library can do in one category.
type family struct{ sound, weak []string }

// families has a family for each category; it is computed once, since every session asks.
var families = sync.OnceValue(func() map[string]family {
	s, w := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	return map[string]family{
		categoryKex:     {append(s.KeyExchanges, curveAlias), w.KeyExchanges},
		categoryHostKey: {s.HostKeys, w.HostKeys},
		categoryCipher:  {s.Ciphers, w.Ciphers},
		categoryMAC:     {s.MACs, w.MACs},
		"pubkey":        {s.PublicKeyAuths, w.PublicKeyAuths},
	}
})

// Algorithms returns options with the lists that are offered by default; with legacy, all that can be
// spoken. internal/config reads the lists of an ssh_config against them.
func Algorithms(legacy bool) probe.SSHOptions {
	a := offered(probe.SSHOptions{Legacy: legacy})
	return probe.SSHOptions{KeyExchanges: a.kex, Ciphers: a.ciphers, MACs: a.macs, HostKeyAlgorithms: a.hostKeys, PubkeyAlgorithms: a.pubkeys}
}

// isLegacy tells whether the library counts the algorithm as insecure.
func isLegacy(category, name string) bool { return slices.Contains(families()[category].weak, name) }

// remedy says which of the server's algorithms this program could speak, and what it takes.
func remedy(p pair) (word string, usable []string) {
	f := families()[p.category]
	if sound := common(p.theirs, f.sound); len(sound) > 0 {
		return "option", sound
	}
	if weak := common(p.theirs, f.weak); len(weak) > 0 {
		return "legacy", weak
	}
	return "cannot", nil
}

func common(a, b []string) []string {
	var out []string
	for _, n := range a {
		if slices.Contains(b, n) {
			out = append(out, n)
		}
	}
	return out
}

// CheckAlgorithms returns what is wrong with the lists in o, in one line: a name that this program cannot
// speak, or an insecure one without Legacy.
func CheckAlgorithms(o probe.SSHOptions) error {
	f := families()
	lists := []struct {
		flag, category string
		names          []string
	}{
		{"kex", categoryKex, o.KeyExchanges},
		{"ciphers", categoryCipher, o.Ciphers},
		{"macs", categoryMAC, o.MACs},
		{"host-key-algorithms", categoryHostKey, o.HostKeyAlgorithms},
		{"pubkey-algorithms", "pubkey", o.PubkeyAlgorithms},
	}
	for _, l := range lists {
		for _, name := range l.names {
			known := f[l.category]
			switch {
			case slices.Contains(known.sound, name):
			case !slices.Contains(known.weak, name):
				all := slices.Concat(known.sound, known.weak)
				return fmt.Errorf("%q is not one of %s", name, strings.Join(all, ", "))
			case !o.Legacy:
				return fmt.Errorf("--%s: %s counts as insecure; add --legacy to allow it", l.flag, name)
			}
		}
	}
	return nil
}
