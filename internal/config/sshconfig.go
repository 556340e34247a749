package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"mftprobe/internal/sshconfig"
	"mftprobe/probe"
)

// maxJumps bounds the hosts of a ProxyJump, those that come with a jump host's own included.
const maxJumps = 8

// noSSHConfig in place of a file keeps ~/.ssh/config from being read, as in OpenSSH.
const noSSHConfig = "none"

// useSSHConfig takes from an ssh_config what neither the URL nor a flag says. Without a flag that is
// ~/.ssh/config, if a Host line there has the very name: then the name is an alias, which means
// nothing without the file.
func (d *draft) useSSHConfig(u parsedURL) error {
	if d.target.Protocol != probe.SFTP || d.sshFile == noSSHConfig {
		return nil
	}
	if d.sshFile != "" {
		cfg, err := d.readSSHConfig(d.sshFile)
		if err != nil {
			return err
		}
		return d.applySSHConfig(d.sshFile, cfg, u)
	}
	file := filepath.Join(d.env.Home, ".ssh", "config")
	if cfg, ok := d.aliasConfig(file); ok {
		return d.applySSHConfig(file, cfg, u)
	}
	return nil
}

// aliasConfig reads a file that nobody asked for, and tells whether it names the host.
func (d *draft) aliasConfig(file string) (sshconfig.Config, bool) {
	cfg, err := d.readSSHConfig(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.warnOnce(err.Error() + "; the file is left out")
	}
	return cfg, err == nil && cfg.Named
}

func (d *draft) readSSHConfig(file string) (sshconfig.Config, error) {
	asked := sshconfig.Host{Alias: d.target.Host, User: d.target.User, LocalUser: d.env.User, Home: d.env.Home}
	return sshconfig.Read(file, asked, readFile)
}

// applySSHConfig fills in what is not settled, and says what of the file is not honoured.
func (d *draft) applySSHConfig(file string, cfg sshconfig.Config, u parsedURL) error {
	r := sshReader{d: d, file: file, cfg: cfg, alias: d.target.Host, flags: d.target}
	r.connection(u.hasPort)
	r.hostKey()
	r.algorithms()
	if d.logsIn() {
		r.login()
	}
	r.jumps()
	r.sayIgnored()
	return r.err
}

// sshReader applies the values of one host. The first error stays.
type sshReader struct {
	d     *draft
	file  string
	cfg   sshconfig.Config
	alias string
	flags probe.Target // as it was before the file
	depth int          // of jump hosts of jump hosts
	err   error
}

func (r *sshReader) fail(v sshconfig.Value, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s: %w", v.Place(), v.Name, err)
	}
}

// say tells that a line is not honoured as it stands.
func (r *sshReader) say(v sshconfig.Value, why string) {
	r.d.warnOnce(v.Place() + ": " + v.Name + " " + why)
}

// text returns the first argument of a word, or nothing if it is not there.
func (r *sshReader) text(word string) (string, sshconfig.Value) {
	v, ok := r.cfg.First(word)
	if !ok {
		return "", v
	}
	return v.Arg(), v
}

// is tells whether a word has a value, whatever its case.
func (r *sshReader) is(word, value string) bool {
	text, _ := r.text(word)
	return strings.EqualFold(text, value) || value == "no" && strings.EqualFold(text, "false") || value == "yes" && strings.EqualFold(text, "true")
}

// set applies a value by the setting of that name, so that it is checked like a flag.
func (r *sshReader) set(setting, text string, v sshconfig.Value) {
	for _, s := range Settings() {
		if s.Name == setting && text != "" {
			if err := s.apply(r.d, text); err != nil {
				r.fail(v, err)
			}
		}
	}
}

func (r *sshReader) connection(hasPort bool) {
	t := &r.d.target
	if name, v := r.text("HostName"); name != "" {
		host, err := checkHost(strings.NewReplacer("%%", "%", "%h", r.alias).Replace(name))
		if err != nil {
			r.fail(v, err)
		}
		t.Host = host
	}
	if port, v := r.text("Port"); port != "" && !hasPort {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			r.fail(v, fmt.Errorf("%q is not a number from 1 to 65535", port))
		}
		t.Port = n
	}
	if t.User == "" {
		t.User, _ = r.text("User")
	}
	if limit, v := r.text("ConnectTimeout"); t.Limits.Connect == 0 && limit != "0" && !strings.EqualFold(limit, "none") {
		r.set("connect-timeout", limit, v)
	}
	r.network(&t.Network)
}

func (r *sshReader) network(n *probe.Network) {
	family, v := r.text("AddressFamily")
	families := map[string]string{"": "", "any": "", "inet": "4", "inet6": "6"}
	f, ok := families[strings.ToLower(family)]
	if !ok {
		r.fail(v, fmt.Errorf("%q is not any, inet or inet6", family))
	}
	if n.Family == "" {
		n.Family = f
	}
	address, v := r.text("BindAddress")
	if address == "" || n.LocalAddress.IsValid() {
		return
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		r.say(v, address+" is not an IP address and not honoured")
		return
	}
	n.LocalAddress = a
}

// expand replaces the tokens that a file name can hold, and ${NAME}. Where it cannot, it says so and
// returns false.
func (r *sshReader) expand(v sshconfig.Value, text string) (string, bool) {
	t := r.d.target
	key := r.alias
	if t.SSH.HostKeyAlias != "" {
		key = t.SSH.HostKeyAlias
	}
	if !strings.ContainsAny(text, "%$") {
		return text, true
	}
	local := r.d.env.User()
	user := t.User
	if user == "" {
		user = local
	}
	tokens := map[byte]string{
		'%': "%", 'd': r.d.env.Home, 'h': t.Host, 'k': key, 'n': r.alias, 'p': strconv.Itoa(t.Port), 'r': user, 'u': local,
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		name, _, closed := strings.Cut(strings.TrimPrefix(text[i:], "${"), "}")
		switch {
		case text[i] == '%' && i+1 < len(text):
			i++
			word, ok := tokens[text[i]]
			if !ok {
				r.say(v, "holds the token %"+text[i:i+1]+", which is not honoured")
				return "", false
			}
			out.WriteString(word)
		case strings.HasPrefix(text[i:], "${") && closed:
			value, ok := r.d.env.Getenv(name)
			if !ok {
				r.say(v, "needs the environment variable "+name+", which is not set")
				return "", false
			}
			out.WriteString(value)
			i += len("${}") + len(name) - 1
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String(), true
}

// files returns the names in a line, expanded; none stands for no file at all.
func (r *sshReader) files(v sshconfig.Value) []string {
	var out []string
	for _, arg := range v.Args {
		if name, ok := r.expand(v, arg); ok && !strings.EqualFold(arg, "none") {
			out = append(out, r.d.path(name))
		}
	}
	return out
}

// jumps makes the targets of ProxyJump, each with its own part of the same file.
func (r *sshReader) jumps() {
	via, v := r.text("ProxyJump")
	if !r.cfg.HasJump() || strings.EqualFold(via, "none") {
		return
	}
	via, ok := r.expand(v, via)
	if !ok {
		return
	}
	for i, host := range strings.Split(via, ",") {
		hop, err := r.jump(strings.TrimSpace(host), i == 0)
		if err != nil {
			r.fail(v, err)
		}
		if r.err != nil || len(hop) == 0 {
			return
		}
		r.d.target.SSH.Jumps = append(r.d.target.SSH.Jumps, hop...)
	}
	if len(r.d.target.SSH.Jumps) > maxJumps {
		r.fail(v, fmt.Errorf("more than %d hosts on the way", maxJumps))
	}
}

func (r *sshReader) isSelf(hop probe.Target) bool {
	t := r.d.target
	return hop.Host == t.Host && hop.Port == t.Port && (hop.User == t.User || t.User == "")
}

// jump makes one jump host; an error in its own part of the file is r.err. The first is reached over its own jump hosts; flags that say how to
// connect and whom to trust hold for it too.
func (r *sshReader) jump(host string, first bool) ([]probe.Target, error) {
	u, err := parseURL("sftp://" + strings.TrimPrefix(host, "ssh://"))
	if err != nil {
		return nil, err
	}
	if r.depth > maxJumps {
		return nil, fmt.Errorf("more than %d hosts on the way", maxJumps)
	}
	jump := &draft{
		env: r.d.env, dir: r.d.dir, target: u.target, noAgent: r.d.noAgent, keyPass: r.d.keyPass, script: probe.LoginOnlyScript(probe.SFTP),
	}
	f := r.flags
	jump.target.Limits = f.Limits
	jump.target.SSH = probe.SSHOptions{Legacy: f.SSH.Legacy, StrictHostKey: f.SSH.StrictHostKey, KnownHosts: f.SSH.KnownHosts}
	if first {
		jump.target.Network = f.Network
	}
	cfg, err := jump.readSSHConfig(r.file)
	if err != nil {
		return nil, err
	}
	jr := sshReader{d: jump, file: r.file, cfg: cfg, alias: u.target.Host, flags: jump.target, depth: r.depth + 1}
	jr.connection(u.hasPort)
	jr.hostKey()
	jr.algorithms()
	jr.login()
	if jump.target.User == "" {
		jump.target.User = r.d.env.User()
	}
	if first && r.isSelf(jump.target) {
		return nil, nil // Host * with a ProxyJump holds for the jump host as well
	}
	if first {
		jr.jumps()
	}
	if r.err = jr.err; r.err != nil {
		return nil, r.err
	}
	if err := jump.useSSH(u); err != nil {
		return nil, err
	}
	r.d.warnings = append(r.d.warnings, jump.warnings...)
	way := jump.target.SSH.Jumps
	jump.target.SSH.Jumps = nil
	return append(way, jump.target), nil
}
