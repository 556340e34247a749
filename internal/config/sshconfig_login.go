package config

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/sshconfig"
	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

func (r *sshReader) hostKey() {
	options := &r.d.target.SSH
	options.HostKeyAlias, _ = r.text("HostKeyAlias")
	own, hasOwn := r.cfg.First("UserKnownHostsFile")
	common, hasCommon := r.cfg.First("GlobalKnownHostsFile")
	if options.KnownHosts == nil && (hasOwn || hasCommon) {
		files := []string{usualKnownHosts(r.d.env.Home)}
		if hasOwn {
			files = r.files(own)
		}
		if len(files) == 0 {
			files = []string{"/dev/null"} // none: what is accepted is not written anywhere
		}
		if hasCommon {
			files = append(files, r.files(common)...)
		} else {
			files = append(files, commonKnownHosts)
		}
		options.KnownHosts = files
	}
	if mode, v := r.text("StrictHostKeyChecking"); options.StrictHostKey == "" {
		mode = strings.ToLower(mode)
		if word, ok := map[string]string{"off": "no", "false": "no", "true": "yes"}[mode]; ok {
			mode = word
		}
		r.set("strict-host-key", mode, v)
	}
}

// login takes over keys, agent and methods.
func (r *sshReader) login() {
	r.agent()
	if len(r.d.keyFiles) == 0 {
		r.keys()
	}
	if r.d.target.SSH.AuthMethods == nil {
		r.methods()
	}
}

func (r *sshReader) agent() {
	d := r.d
	if r.is("IdentityAgent", "none") {
		d.noAgent = true
		return
	}
	d.target.SSH.AgentForKeys = r.is("IdentitiesOnly", "yes")
	socket, v := r.text("IdentityAgent")
	switch name, isVariable := strings.CutPrefix(socket, "$"); {
	case socket == "" || socket == "SSH_AUTH_SOCK":
	case isVariable && !strings.HasPrefix(name, "{"):
		d.socket, _ = d.env.Getenv(name)
	default:
		for _, path := range r.files(v) {
			d.socket = path
		}
	}
}

// keys reads the files of IdentityFile. As in OpenSSH, one that cannot be used is passed over; what
// is wrong with it is said.
func (r *sshReader) keys() {
	d := r.d
	certificates := r.certificates()
	d.noPrompt = d.agent() != ""
	defer func() { d.noPrompt = false }()
	for _, v := range r.cfg.All("IdentityFile") {
		d.named = true
		for _, name := range r.files(v) {
			key, err := d.loadKey(name)
			switch {
			case errors.Is(err, sftp.ErrPassphraseMissing) && d.noPrompt:
				continue // the agent has it, if anyone
			case err != nil:
				r.say(v, "is left out: "+err.Error())
				continue
			}
			certificates = certify(&key, certificates)
			d.target.SSH.Keys = append(d.target.SSH.Keys, key)
		}
	}
	if !d.named && len(certificates) > 0 {
		for _, key := range d.usualKeys() {
			certificates = certify(&key, certificates)
			d.target.SSH.Keys = append(d.target.SSH.Keys, key)
		}
	}
	for _, c := range certificates {
		r.say(c.value, "is left out: "+c.problem())
	}
}

// certificate is a file of CertificateFile.
type certificate struct {
	value sshconfig.Value
	name  string
	text  []byte
	key   ssh.PublicKey // that it certifies; nil if it is none
	err   error
}

func (c certificate) problem() string {
	switch {
	case c.err != nil:
		return c.err.Error()
	case c.key == nil:
		return c.name + " is not a certificate"
	}
	return c.name + " certifies none of the key files"
}

func (r *sshReader) certificates() []certificate {
	var out []certificate
	for _, v := range r.cfg.All("CertificateFile") {
		for _, name := range r.files(v) {
			c := certificate{value: v, name: name}
			c.text, c.err = r.d.read(name)
			if pub, _, _, _, err := ssh.ParseAuthorizedKey(c.text); err == nil {
				if cert, ok := pub.(*ssh.Certificate); ok {
					c.key = cert.Key
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// certify gives the key the first certificate that is its own, and returns the others.
func certify(key *probe.PrivateKey, all []certificate) []certificate {
	pub, err := sftp.CheckKey(*key)
	if err != nil {
		return all
	}
	i := slices.IndexFunc(all, func(c certificate) bool {
		return c.key != nil && string(c.key.Marshal()) == string(pub.Marshal())
	})
	if i < 0 {
		return all
	}
	key.Certificate = all[i].text
	return slices.Delete(slices.Clone(all), i, i+1)
}

// methodWords maps the methods to the words that switch them off.
var methodWords = []struct{ method, word string }{
	{"publickey", "PubkeyAuthentication"},
	{"password", "PasswordAuthentication"},
	{"keyboard-interactive", "KbdInteractiveAuthentication"},
}

// methods takes over the order of the methods, and those that are switched off.
func (r *sshReader) methods() {
	list, v := r.text("PreferredAuthentications")
	var wanted, strange []string
	for m := range strings.SplitSeq(list, ",") {
		known := slices.ContainsFunc(methodWords, func(w struct{ method, word string }) bool { return w.method == m })
		switch {
		case known:
			wanted = append(wanted, m)
		case m != "":
			strange = append(strange, m)
		}
	}
	if len(strange) > 0 {
		r.say(v, "names "+strings.Join(strange, ", ")+", which this program cannot do")
	}
	changed := len(wanted) > 0
	for _, w := range methodWords {
		if list == "" {
			wanted = append(wanted, w.method)
		}
		if r.is(w.word, "no") {
			wanted = slices.DeleteFunc(wanted, func(m string) bool { return m == w.method })
			changed = true
		}
	}
	switch {
	case changed && len(wanted) > 0:
		r.d.target.SSH.AuthMethods = wanted
	case changed:
		r.d.warnOnce(r.file + " leaves no method to log in with, which is not honoured")
	}
}

// algorithms takes over the lists. Names that cannot be spoken are left out and said.
func (r *sshReader) algorithms() {
	options := &r.d.target.SSH
	usual, all := sftp.Algorithms(options.Legacy), sftp.Algorithms(true)
	for _, a := range []struct {
		word             string
		list, usual, all *[]string
	}{
		{"KexAlgorithms", &options.KeyExchanges, &usual.KeyExchanges, &all.KeyExchanges},
		{"Ciphers", &options.Ciphers, &usual.Ciphers, &all.Ciphers},
		{"MACs", &options.MACs, &usual.MACs, &all.MACs},
		{"HostKeyAlgorithms", &options.HostKeyAlgorithms, &usual.HostKeyAlgorithms, &all.HostKeyAlgorithms},
		{"PubkeyAcceptedAlgorithms", &options.PubkeyAlgorithms, &usual.PubkeyAlgorithms, &all.PubkeyAlgorithms},
	} {
		text, v := r.text(a.word)
		if text == "" || *a.list != nil {
			continue
		}
		usable, insecure, unknown := chosen(sshconfig.List(text, *a.usual, *a.all), *a.usual, *a.all)
		var missing []string
		if len(unknown) > 0 {
			missing = append(missing, "names "+strings.Join(unknown, ", ")+", which this program cannot do")
		}
		if len(insecure) > 0 {
			missing = append(missing, "names "+strings.Join(insecure, ", ")+", which counts as insecure; add --legacy to use it")
		}
		why := strings.Join(missing, "; ")
		switch {
		case len(usable) == 0:
			r.fail(v, errors.New(strings.TrimSuffix(text+" leaves nothing to offer; it "+why, "; it ")))
		case why != "":
			r.say(v, why)
		}
		if !slices.Equal(usable, *a.usual) {
			*a.list = usable
		}
	}
}

// chosen parts a list into what can be offered, what only --legacy allows, and what is not known.
func chosen(list, usual, all []string) (usable, insecure, unknown []string) {
	for _, name := range list {
		switch {
		case slices.Contains(usual, name):
			usable = append(usable, name)
		case slices.Contains(all, name):
			insecure = append(insecure, name)
		default:
			unknown = append(unknown, name)
		}
	}
	return usable, insecure, unknown
}

// honoured are the words that are taken over, and those whose blocks or files they govern.
var honoured = []string{
	"hostname", "port", "user", "connecttimeout", "addressfamily", "bindaddress", "userknownhostsfile", "globalknownhostsfile",
	"hostkeyalias", "stricthostkeychecking", "identityfile", "certificatefile", "identitiesonly", "identityagent", "pubkeyauthentication",
	"passwordauthentication", "kbdinteractiveauthentication", "preferredauthentications", "kexalgorithms", "ciphers", "macs",
	"hostkeyalgorithms", "pubkeyacceptedalgorithms", "proxyjump",
}

// beside are words that have no bearing on an SFTP session, or on what a probe may show of it.
var beside = []string{
	"addkeystoagent", "batchmode", "checkhostip", "clearallforwardings", "controlmaster", "controlpath", "controlpersist",
	"dynamicforward", "enableescapecommandline", "escapechar", "exitonforwardfailure", "fingerprinthash", "forkafterauthentication",
	"forwardagent", "forwardx11", "forwardx11timeout", "forwardx11trusted", "gatewayports", "hashknownhosts", "ignoreunknown", "ipqos",
	"localcommand", "localforward", "loglevel", "logverbose", "numberofpasswordprompts", "obscurekeystroketiming", "permitlocalcommand",
	"permitremoteopen", "remotecommand", "remoteforward", "requesttty", "sendenv", "serveralivecountmax", "serveraliveinterval",
	"sessiontype", "setenv", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink", "syslogfacility", "tag", "tcpkeepalive", "tunnel",
	"tunneldevice", "updatehostkeys", "visualhostkey", "xauthlocation", "usekeychain", "useroaming",
}

// sayIgnored names what is set, bears on the session and is not honoured.
func (r *sshReader) sayIgnored() {
	for _, v := range r.cfg.Values {
		off := slices.Contains([]string{"no", "none", "false"}, strings.ToLower(v.Arg()))
		if !off && !slices.Contains(honoured, v.Word) && !slices.Contains(beside, v.Word) {
			r.say(v, "is not honoured")
		}
	}
	for _, v := range r.cfg.Ignored {
		r.say(v, v.Rest+" is not looked at; its block is left out")
	}
}

// commonKnownHosts is the file of the whole machine.
const commonKnownHosts = "/etc/ssh/ssh_known_hosts"

func usualKnownHosts(home string) string { return filepath.Join(home, ".ssh", "known_hosts") }
