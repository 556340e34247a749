package config

import (
	"path/filepath"
	"slices"

	"mftprobe/probe"
)

// Endpoint is a target with what is to be done there: everything that one run needs.
type Endpoint struct {
	Target       probe.Target
	Script       probe.Script
	PayloadSize  int64
	NameTemplate string
	Keep         bool
	Warnings     []string // what works but should be known, for standard error
}

// FromURL makes the endpoint of a URL. It writes by default: going live is what a run of a URL proves.
// The error is of type [Problems].
func (e *Env) FromURL(raw string, values Values) (Endpoint, error) {
	d := &draft{env: e, plan: plan{script: scriptFull}}
	origin := shown(raw)
	if u, err := parseURL(raw); err == nil {
		origin = u.target.URL()
	}
	return d.endpoint(raw, origin, values)
}

// endpoint puts URL and settings together. origin begins the errors that belong to no single setting.
func (d *draft) endpoint(raw, origin string, values Values) (Endpoint, error) {
	u, err := parseURL(raw)
	if err != nil {
		return Endpoint{}, Problems{{Origin: origin, Text: err.Error()}}
	}
	name := d.target.Name
	d.target = u.target
	d.target.Name = name
	if problems := d.apply(values); problems != nil {
		return Endpoint{}, problems
	}
	for _, finish := range []func(parsedURL) error{d.useScript, d.useSSHConfig, d.useSecrets, d.useTLS, d.checkAlgorithms, d.useSSH} {
		if err := finish(u); err != nil {
			return Endpoint{}, Problems{{Origin: origin, Text: err.Error()}}
		}
	}
	return Endpoint{
		Target: d.target, Script: d.script, PayloadSize: d.plan.payloadSize(),
		NameTemplate: d.plan.name, Keep: d.plan.keep, Warnings: d.warnings,
	}, nil
}

// useSecrets finds the user and the password, if the script logs in at all.
func (d *draft) useSecrets(u parsedURL) error {
	t := &d.target
	if !d.logsIn() {
		return nil
	}
	if t.Protocol == probe.SFTP && t.User == "" && d.secret.kind != sourceNetrc {
		t.User = d.env.User()
	}
	if u.password != nil {
		d.warn(d.passwordInURL())
	}
	return d.choosePassword(u)
}

// passwordInURL says who else can read a password that stands in a URL.
func (d *draft) passwordInURL() string {
	if d.target.Name != "" {
		return "the URL of " + d.target.Name + " holds a password, which everyone can read who can read the configuration file; prefer password-file or password-env"
	}
	return "the URL holds a password, which others can read in the process list and the shell's history; prefer --password-file or --password-env"
}

func (d *draft) choosePassword(u parsedURL) (err error) {
	t := &d.target
	switch {
	case d.secret.kind != sourceNone:
		t.Password, err = d.fetch()
	case u.password != nil:
		t.Password = probe.NewSecret(*u.password)
	case t.Protocol == probe.SFTP && d.keyMayDo():
	case t.Protocol != probe.SFTP && (t.User == "" || t.User == "anonymous" || t.User == "ftp"):
		t.Password = probe.NewSecret(anonymousPassword)
	default:
		t.Password, err = d.ask()
	}
	if t.User == "" {
		t.User = "anonymous"
	}
	return err
}

func (d *draft) logsIn() bool {
	return slices.ContainsFunc(d.script.Steps, func(s probe.Step) bool { return s.Op == probe.OpLogin })
}

// keyMayDo tells whether SFTP can log in without a password.
func (d *draft) keyMayDo() bool {
	return d.hasKeys() || d.agent() != "" || !d.named && len(d.usualKeys()) > 0
}

func (d *draft) hasKeys() bool { return len(d.keyFiles) > 0 || len(d.target.SSH.Keys) > 0 }

// agent returns the agent's socket. With a password given and no key asked for, the agent stays out:
// each of its keys would count as a refused login. Where it is to sign for key files only, it stays out
// unless one of them is a public key.
func (d *draft) agent() string {
	ssh := d.target.SSH
	if ssh.AgentForKeys && !slices.ContainsFunc(ssh.Keys, func(k probe.PrivateKey) bool { return publicOnly(k) }) {
		return ""
	}
	return d.anyAgent()
}

// anyAgent returns the agent's socket, whatever it may be asked for.
func (d *draft) anyAgent() string {
	wanted := !d.target.Password.IsSet() || d.hasKeys() || slices.Contains(d.target.SSH.AuthMethods, "publickey")
	if d.noAgent || !wanted {
		return ""
	}
	if d.socket != "" {
		return d.socket
	}
	socket, _ := d.env.Getenv("SSH_AUTH_SOCK")
	return socket
}

// usualKeys reads the key files that OpenSSH tries by itself. One that cannot be read, or not without
// a passphrase, is passed over: the user did not name it.
func (d *draft) usualKeys() []probe.PrivateKey {
	quiet := &draft{env: &Env{Home: d.env.Home, Getenv: d.env.Getenv}}
	var found []probe.PrivateKey
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		if key, err := quiet.loadKey(filepath.Join(d.env.Home, ".ssh", name)); err == nil {
			found = append(found, key)
		}
	}
	return found
}

// useSSH fills in what OpenSSH would take by default.
func (d *draft) useSSH(parsedURL) error {
	if d.target.Protocol != probe.SFTP {
		return nil
	}
	ssh := &d.target.SSH
	if mode := ssh.StrictHostKey; (mode == "" || mode == "yes") && len(ssh.HostKeyPins) == 0 {
		for _, name := range d.knownHosts { // with accept-new and ask the file is made
			if _, err := readFile(name); err != nil {
				return err
			}
		}
	}
	ssh.AgentSocket = d.agent()
	ssh.Ask = d.env.Confirm
	if ssh.KnownHosts == nil {
		ssh.KnownHosts = []string{usualKnownHosts(d.env.Home), commonKnownHosts}
	}
	if d.logsIn() && !d.hasKeys() && !d.named && !d.target.Password.IsSet() && ssh.AgentSocket == "" {
		ssh.Keys = d.usualKeys()
	}
	err := d.loadKeys()
	ssh.AgentSocket = d.agent() // which may be there for a key file that is public
	return err
}
