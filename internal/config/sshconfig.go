package config

import (
	"bytes"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kevinburke/ssh_config"

	"mftprobe/probe"
)

// maxJumps bounds the hosts of a ProxyJump.
const maxJumps = 8

// ignoredWords are words of ssh_config that change how a connection is made and that this program
// does not honour: the user must know.
var ignoredWords = []string{
	"ProxyCommand", "GSSAPIAuthentication", "PKCS11Provider", "SecurityKeyProvider", "VerifyHostKeyDNS",
	"RevokedHostKeys", "CertificateFile", "RekeyLimit",
}

// useSSHConfig takes from an ssh_config what neither the URL nor a flag says (ssh_config(5): the first
// value wins).
func (d *draft) useSSHConfig(u parsedURL) error {
	if d.sshFile == "" || d.target.Protocol != probe.SFTP {
		return nil
	}
	text, err := d.read(d.sshFile)
	if err != nil {
		return err
	}
	cfg, err := ssh_config.Decode(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", d.sshFile, err)
	}
	r := sshReader{d: d, cfg: cfg, alias: u.target.Host}
	r.connection(u.hasPort)
	r.hostKey()
	r.login()
	r.algorithms()
	r.jumps()
	for _, word := range ignoredWords {
		if v := r.value(word); v != "" && !strings.EqualFold(v, "no") && !strings.EqualFold(v, "none") {
			d.warn(fmt.Sprintf("%s sets %s, which is not honoured", d.sshFile, word))
		}
	}
	return r.err
}

// sshReader reads the words of one host. The first error stays.
type sshReader struct {
	d     *draft
	cfg   *ssh_config.Config
	alias string
	err   error
}

// value returns the word's value with the tokens expanded that a file name can hold.
func (r *sshReader) value(word string) string {
	v, err := r.cfg.Get(r.alias, word)
	r.note(err)
	return r.expand(v)
}

func (r *sshReader) values(word string) []string {
	all, err := r.cfg.GetAll(r.alias, word)
	r.note(err)
	var out []string
	for _, v := range all {
		out = append(out, r.expand(v))
	}
	return out
}

func (r *sshReader) note(err error) {
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("%s: %w", r.d.sshFile, err)
	}
}

// set applies a value by the setting of that name, so that it is checked like a flag.
func (r *sshReader) set(setting, word, value string) {
	if value == "" {
		return
	}
	for _, s := range Settings() {
		if s.Name == setting {
			if err := s.apply(r.d, value); err != nil {
				r.note(fmt.Errorf("%s: %w", word, err))
			}
		}
	}
}

func (r *sshReader) expand(v string) string {
	return strings.NewReplacer("%%", "%", "%h", r.d.target.Host, "%n", r.alias, "%r", r.d.target.User, "%d", r.d.env.Home,
		"%p", strconv.Itoa(r.d.target.Port), "%u", r.d.env.User()).Replace(v)
}

func (r *sshReader) connection(hasPort bool) {
	t := &r.d.target
	if name := r.value("HostName"); name != "" {
		host, err := checkHost(name)
		if err != nil {
			r.note(fmt.Errorf("HostName: %w", err))
		}
		t.Host = host
	}
	if port := r.value("Port"); port != "" && !hasPort {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			r.note(fmt.Errorf("the port %q of %s is not a number from 1 to 65535", port, r.alias))
		}
		t.Port = n
	}
	if t.User == "" {
		t.User = r.value("User")
	}
	if t.Limits.Connect == 0 {
		r.set("connect-timeout", "ConnectTimeout", r.value("ConnectTimeout"))
	}
	switch strings.ToLower(r.value("AddressFamily")) {
	case "inet":
		r.family("4")
	case "inet6":
		r.family("6")
	}
	if addr, err := netip.ParseAddr(r.value("BindAddress")); err == nil && !t.Network.LocalAddress.IsValid() {
		t.Network.LocalAddress = addr
	}
}

func (r *sshReader) family(f string) {
	if r.d.target.Network.Family == "" {
		r.d.target.Network.Family = f
	}
}

func (r *sshReader) hostKey() {
	ssh := &r.d.target.SSH
	if ssh.KnownHosts == nil {
		for _, word := range []string{"UserKnownHostsFile", "GlobalKnownHostsFile"} {
			for _, name := range strings.Fields(r.value(word)) {
				ssh.KnownHosts = append(ssh.KnownHosts, r.file(name))
			}
		}
	}
	ssh.HostKeyAlias = r.value("HostKeyAlias")
	if ssh.StrictHostKey == "" {
		mode := strings.ToLower(r.value("StrictHostKeyChecking"))
		if mode == "off" {
			mode = "no"
		}
		r.set("strict-host-key", "StrictHostKeyChecking", mode)
	}
}

func (r *sshReader) login() {
	d := r.d
	if len(d.keyFiles) == 0 {
		for _, name := range r.values("IdentityFile") {
			if name != "none" {
				d.keyFiles = append(d.keyFiles, r.file(name))
			}
		}
	}
	if strings.EqualFold(r.value("IdentitiesOnly"), "yes") || strings.EqualFold(r.value("IdentityAgent"), "none") {
		d.noAgent = true
	}
	if methods := r.value("PreferredAuthentications"); methods != "" && d.target.SSH.AuthMethods == nil {
		var known []string
		for m := range strings.SplitSeq(methods, ",") {
			if m == "publickey" || m == "password" || m == "keyboard-interactive" {
				known = append(known, m)
			}
		}
		r.set("auth", "PreferredAuthentications", strings.Join(known, ","))
	}
}

// algorithms takes the lists. A list that changes OpenSSH's default (+, - and ^ in front) is not ours
// to change: the user is told.
func (r *sshReader) algorithms() {
	ssh := &r.d.target.SSH
	for _, a := range []struct {
		word, setting string
		list          *[]string
	}{
		{"KexAlgorithms", "kex", &ssh.KeyExchanges},
		{"Ciphers", "ciphers", &ssh.Ciphers},
		{"MACs", "macs", &ssh.MACs},
		{"HostKeyAlgorithms", "host-key-algorithms", &ssh.HostKeyAlgorithms},
		{"PubkeyAcceptedAlgorithms", "pubkey-algorithms", &ssh.PubkeyAlgorithms},
	} {
		v := r.value(a.word)
		switch {
		case v == "" || *a.list != nil:
		case strings.ContainsAny(v[:1], "+-^"):
			r.d.warn(fmt.Sprintf("%s changes the default of %s with %q, which is not honoured; use --%s", r.d.sshFile, a.word, v[:1], a.setting))
		default:
			r.set(a.setting, a.word, v)
		}
	}
}

// jumps makes the targets of ProxyJump, each with its own part of the same file.
func (r *sshReader) jumps() {
	via := r.value("ProxyJump")
	if via == "" || via == "none" {
		return
	}
	hosts := strings.Split(via, ",")
	if len(hosts) > maxJumps {
		r.note(fmt.Errorf("ProxyJump names more than %d hosts", maxJumps))
		return
	}
	for _, host := range hosts {
		u, err := parseURL("sftp://" + strings.TrimPrefix(host, "ssh://"))
		if err != nil {
			r.note(fmt.Errorf("ProxyJump: %w", err))
			return
		}
		jump := &draft{env: r.d.env, dir: r.d.dir, target: u.target, noAgent: r.d.noAgent}
		jr := sshReader{d: jump, cfg: r.cfg, alias: u.target.Host}
		jr.connection(u.hasPort)
		jr.hostKey()
		jr.login()
		jr.algorithms()
		r.note(jr.err)
		if jump.target.User == "" {
			jump.target.User = r.d.env.User()
		}
		r.note(jump.useSSH(u))
		r.d.target.SSH.Jumps = append(r.d.target.SSH.Jumps, jump.target)
	}
}

func (r *sshReader) file(name string) string {
	if strings.HasPrefix(name, "~/") || filepath.IsAbs(name) {
		return r.d.path(name)
	}
	return filepath.Join(r.d.env.Home, ".ssh", name)
}
