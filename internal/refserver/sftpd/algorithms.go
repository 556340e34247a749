package sftpd

import (
	"slices"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/refserver/fault"
)

// config is the SSH configuration of this connection.
func (c *client) config() *ssh.ServerConfig {
	cfg := &ssh.ServerConfig{
		MaxAuthTries:  c.Faults.Number(fault.MaxTries, 0),
		ServerVersion: "SSH-2.0-mftprobe",
		Config: ssh.Config{
			KeyExchanges: known(c.Faults.Names(fault.Kex), allAlgorithms().KeyExchanges),
			Ciphers:      known(c.Faults.Names(fault.Ciphers), allAlgorithms().Ciphers),
			MACs:         known(c.Faults.Names(fault.MACs), allAlgorithms().MACs),
		},
	}
	if v, ok := c.Faults.Text(fault.SSHVersion); ok {
		cfg.ServerVersion = v
	}
	if text, ok := c.Faults.Text(fault.Banner); ok {
		cfg.BannerCallback = func(ssh.ConnMetadata) string { return text }
	}
	for _, k := range c.hostKeys() {
		cfg.AddHostKey(k)
	}
	c.authentication(cfg)
	return cfg
}

// allAlgorithms is what the library has, the insecure included.
func allAlgorithms() ssh.Algorithms {
	a, old := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	a.KeyExchanges = append(a.KeyExchanges, old.KeyExchanges...)
	a.Ciphers = append(a.Ciphers, old.Ciphers...)
	a.MACs = append(a.MACs, old.MACs...)
	return a
}

// known returns names if the library has all of them, else nil: the default.
func known(names, all []string) []string {
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil
		}
	}
	return names
}

// hostKeys returns the keys of the types that the faults allow, or all.
func (c *client) hostKeys() []ssh.Signer {
	names := c.Faults.Names(fault.HostKeys)
	var out []ssh.Signer
	for _, k := range c.keys {
		if slices.Contains(names, k.PublicKey().Type()) {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return c.keys
	}
	return out
}

// foreign returns the lists of KEXINIT, by position, that the library cannot serve.
func (c *client) foreign() map[int][]string {
	out := map[int][]string{}
	all := allAlgorithms()
	if names := c.Faults.Names(fault.Kex); known(names, all.KeyExchanges) == nil && names != nil {
		out[0] = names
	}
	if names := c.Faults.Names(fault.HostKeys); names != nil && !c.hasHostKey(names) {
		out[1] = names
	}
	if names := c.Faults.Names(fault.Ciphers); known(names, all.Ciphers) == nil && names != nil {
		out[2], out[3] = names, names
	}
	if names := c.Faults.Names(fault.MACs); known(names, all.MACs) == nil && names != nil {
		out[4], out[5] = names, names
	}
	return out
}

func (c *client) hasHostKey(names []string) bool {
	return slices.ContainsFunc(c.keys, func(k ssh.Signer) bool { return slices.Contains(names, k.PublicKey().Type()) })
}
