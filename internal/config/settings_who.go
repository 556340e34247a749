package config

import (
	"fmt"
	"strings"

	"mftprobe/probe"
)

func whoSettings() []Setting {
	from := func(kind sourceKind) func(*draft, string) error {
		return func(d *draft, text string) error {
			if kind == sourceFile && text != "-" || kind == sourceNetrc {
				text = d.path(text)
			}
			d.secret = secretSource{kind: kind, name: text}
			return nil
		}
	}
	return []Setting{
		{
			Name: "user", Short: "u", Arg: "USER", Group: groupWho, Help: "user name, instead of the URL's", set: setUser,
		},
		{
			Name: "password-file", Arg: "FILE", Group: groupWho, family: "password",
			Help: "read the password from this file; - is standard input", set: from(sourceFile),
		},
		{
			Name: "password-env", Arg: "NAME", Group: groupWho, family: "password",
			Help: "read the password from this environment variable", set: from(sourceEnv),
		},
		{
			Name: "password-credential", Arg: "NAME", Group: groupWho, family: "password",
			Help: "read the password from this systemd credential", set: from(sourceCredential),
		},
		{
			Name: "ask-password", Group: groupWho, family: "password", Help: "ask for the password on the terminal even where a key may do",
			set: toggle(func(d *draft, on bool) {
				if on {
					d.secret = secretSource{kind: sourcePrompt}
				}
			}),
		},
		{
			Name: "netrc", Group: groupWho, family: "password", Help: "take user and password from ~/.netrc",
			set: toggle(func(d *draft, on bool) {
				if on {
					d.secret = secretSource{kind: sourceNetrc}
				}
			}),
		},
		{
			Name: "netrc-file", Arg: "FILE", Group: groupWho, family: "password",
			Help: "take user and password from this netrc file", set: from(sourceNetrc),
		},
		{
			Name: "account", Arg: "TEXT", Group: groupWho, Help: "answer to 332 Need account",
			set: func(d *draft, text string) error { d.target.Account = probe.NewSecret(text); return nil },
		},
	}
}

func scriptSettings() []Setting {
	chosen := func(word string) func(*draft, string) error {
		return toggle(func(d *draft, on bool) {
			if on {
				d.plan.script = word
			}
		})
	}
	return []Setting{
		{
			Name: "script", Arg: "FILE", Group: groupScript, family: "script",
			Help: "run this script: a YAML file, or full, read-only, login-only, connect-only",
			set:  func(d *draft, text string) error { d.plan.script, d.plan.file = text, d.path(text); return nil },
		},
		{Name: "write", Group: groupScript, family: "script", Help: "the full script also for an endpoint of the configuration file", set: chosen(scriptFull)},
		{Name: "read-only", Group: groupScript, family: "script", Help: "connect, login, pwd, passive, list, quit", set: chosen(scriptReadOnly)},
		{Name: "login-only", Group: groupScript, family: "script", Help: "connect, login, quit", set: chosen(scriptLoginOnly)},
		{Name: "connect-only", Group: groupScript, family: "script", Help: "connect, quit; no password is needed", set: chosen(scriptConnectOnly)},
		{
			Name: "get", Arg: "PATH", Group: groupScript, Help: "read this file too",
			set: func(d *draft, text string) error { d.plan.get = text; return nil },
		},
		{
			Name: "size", Arg: "BYTES", Group: groupScript, Help: "of the upload, such as 10MB (1 KiB)",
			set: func(d *draft, text string) (err error) {
				d.plan.size, err = parseSize(text)
				d.plan.hasSize = true
				return err
			},
		},
		{Name: "name", Arg: "TEMPLATE", Group: groupScript, Help: "of what is made on the server (" + probe.DefaultNameTemplate + ")", set: setName},
		{
			Name: "no-rename", Group: groupScript, Help: "leave the rename step out",
			set: toggle(func(d *draft, on bool) { d.plan.noRename = on }),
		},
		{
			Name: "keep", Group: groupScript, Help: "leave the uploaded file on the server",
			set: toggle(func(d *draft, on bool) { d.plan.keep = on }),
		},
	}
}

// setUser refuses curl's user:password without showing it: it would be sent as the name.
func setUser(d *draft, text string) error {
	if strings.Contains(text, ":") {
		return fmt.Errorf("no password is given here; use --password-file or --password-env. A colon that belongs to the name is written as %%3A in the URL")
	}
	d.target.User = text
	return nil
}

// setName insists on both placeholders: without {run} two runs would meet in one name, without {n}
// the rename would have nowhere to go.
func setName(d *draft, text string) error {
	if !strings.Contains(text, "{run}") || !strings.Contains(text, "{n}") {
		return fmt.Errorf("%q needs {run} and {n} in it, so that every name is new", text)
	}
	d.plan.name = text
	return nil
}
