package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mftprobe/probe"
)

// maxFile bounds what is read of a file that a user names, in bytes.
const maxFile = 4 << 20

// anonymousPassword is sent for the user anonymous when nothing else is given (RFC 1635).
const anonymousPassword = "mftprobe@example.com"

// Env is the world that a target is made in.
type Env struct {
	Getenv func(name string) (string, bool)
	Home   string        // home directory, for ~/.netrc and ~/.ssh
	User   func() string // login name, the default user of SFTP; a look-up that FTP need not pay for
	Stdin  io.Reader

	// Prompt asks on the terminal without echo, Confirm for yes or no; nil where there is no terminal.
	Prompt  func(question string) (string, error)
	Confirm func(question string) bool

	// Dry asks for no secret on the terminal: nothing will be sent.
	Dry bool

	stdin *probe.Secret // what standard input held: it can be read once only
	asked map[string]probe.Secret
	said  map[string]bool // warnings that were given once and for all
}

type sourceKind int

const (
	sourceNone sourceKind = iota
	sourceFile
	sourceEnv
	sourceCredential
	sourceNetrc
	sourcePrompt
)

// secretSource is where a password comes from.
type secretSource struct {
	kind sourceKind
	name string
}

// fetch gets the password. A netrc entry may bring the user and the account with it.
func (d *draft) fetch() (probe.Secret, error) {
	switch d.secret.kind {
	case sourceFile:
		return d.secretFile(d.secret.name)
	case sourceEnv:
		return d.env.SecretEnv(d.secret.name)
	case sourceCredential:
		dir, ok := d.env.Getenv("CREDENTIALS_DIRECTORY")
		switch {
		case !ok || dir == "":
			return probe.Secret{}, fmt.Errorf("no systemd credentials here: CREDENTIALS_DIRECTORY is not set")
		case filepath.Base(d.secret.name) != d.secret.name:
			return probe.Secret{}, fmt.Errorf("%q is not the name of a systemd credential", d.secret.name)
		}
		return d.secretFile(filepath.Join(dir, d.secret.name))
	case sourceNetrc:
		return d.fromNetrc()
	}
	return d.ask()
}

// secretFile reads a secret from a file that the user named.
func (d *draft) secretFile(name string) (probe.Secret, error) {
	if name != "-" {
		name = d.path(name)
	}
	return d.env.SecretFile(name)
}

// SecretFile reads a secret of one line from a file; "-" is standard input.
func (e *Env) SecretFile(name string) (probe.Secret, error) {
	if name == "-" {
		return e.fromStdin()
	}
	text, err := readFile(name)
	if err != nil {
		return probe.Secret{}, err
	}
	return oneLine(name, string(text))
}

// SecretEnv reads a secret from an environment variable.
func (e *Env) SecretEnv(name string) (probe.Secret, error) {
	text, ok := e.Getenv(name)
	if !ok || text == "" {
		return probe.Secret{}, fmt.Errorf("the environment variable %s is not set or empty", name)
	}
	return oneLine("environment variable "+name, text)
}

func (e *Env) fromStdin() (probe.Secret, error) {
	if e.stdin != nil {
		return *e.stdin, nil
	}
	text, err := io.ReadAll(io.LimitReader(e.Stdin, maxFile))
	if err != nil {
		return probe.Secret{}, fmt.Errorf("reading the password from standard input: %w", err)
	}
	secret, err := oneLine("standard input", string(text))
	if err == nil {
		e.stdin = &secret
	}
	return secret, err
}

// oneLine takes the line end off a secret and refuses an empty one and one of several lines.
func oneLine(origin, text string) (probe.Secret, error) {
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	if text == "" {
		return probe.Secret{}, fmt.Errorf("%s is empty; it must hold the secret on one line", origin)
	}
	if strings.Contains(text, "\n") {
		return probe.Secret{}, fmt.Errorf("%s has several lines; it must hold the secret on one line", origin)
	}
	if err := checkText("secret in "+origin, text); err != nil {
		return probe.Secret{}, err
	}
	return probe.NewSecret(text), nil
}

// ask prompts for the password, once for each account.
func (d *draft) ask() (probe.Secret, error) {
	account := d.target.User + "@" + d.target.HostPort()
	if s, ok := d.env.asked[account]; ok {
		return s, nil
	}
	if d.env.Dry {
		return probe.NewSecret(""), nil
	}
	if d.env.Prompt == nil {
		return probe.Secret{}, fmt.Errorf("no password for %s, and no terminal to ask for it; give --password-file, --password-env or --netrc", account)
	}
	text, err := d.env.Prompt("Password for " + account + ": ")
	if err != nil {
		return probe.Secret{}, fmt.Errorf("asking for the password: %w", err)
	}
	if err := checkText("password", text); err != nil {
		return probe.Secret{}, err
	}
	if d.env.asked == nil {
		d.env.asked = map[string]probe.Secret{}
	}
	d.env.asked[account] = probe.NewSecret(text)
	return d.env.asked[account], nil
}

// path puts a relative file name where the file that names it is, and ~/ into the home directory.
func (d *draft) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok && d.env.Home != "" {
		return filepath.Join(d.env.Home, rest)
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.dir, name)
}

// read returns a file that the user named.
func (d *draft) read(name string) ([]byte, error) { return readFile(d.path(name)) }

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fileError(path, err)
	case len(text) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxFile>>20)
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

// fileProblem puts an error of the file system into our words.
type fileProblem struct {
	text  string
	cause error
}

// Error returns the text.
func (p *fileProblem) Error() string { return p.text }

// Unwrap returns the error of the file system.
func (p *fileProblem) Unwrap() error { return p.cause }

// fileError says in one line which file it was and why.
func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &fileProblem{path + " does not exist", err}
	case errors.Is(err, fs.ErrPermission):
		return &fileProblem{path + " may not be read by this user", err}
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("reading %s: %w", path, err)
}
