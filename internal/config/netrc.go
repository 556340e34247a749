package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mftprobe/probe"
)

// netrcEntry is one machine of a netrc file.
type netrcEntry struct {
	machine  string // empty for the default entry
	login    string
	password probe.Secret
	account  probe.Secret
}

// fromNetrc finds the entry of the target's host and, if the target names one, user.
func (d *draft) fromNetrc() (probe.Secret, error) {
	path := filepath.Join(d.env.Home, ".netrc")
	if d.secret.name != "" {
		path = d.path(d.secret.name)
	}
	entries, err := readNetrc(path)
	if err != nil {
		return probe.Secret{}, err
	}
	for _, e := range entries {
		if e.machine != "" && !strings.EqualFold(e.machine, d.target.Host) || d.target.User != "" && e.login != d.target.User {
			continue
		}
		d.target.User = e.login
		if !d.target.Account.IsSet() {
			d.target.Account = e.account
		}
		return e.password, nil
	}
	who := d.target.Host
	if d.target.User != "" {
		who = d.target.User + " at " + who
	}
	return probe.Secret{}, fmt.Errorf("%s has no entry for %s", path, who)
}

// readNetrc refuses a file that others can read, as ftp(1) does.
func readNetrc(path string) ([]netrcEntry, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s does not exist", path)
	case err != nil:
		return nil, fileError(path, err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s can be read by others (mode %04o); run chmod 600 on it", path, info.Mode().Perm())
	}
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	entries, err := parseNetrc(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return entries, nil
}

// parseNetrc reads the file of ftp(1): machine, default, login, password, account, macdef, with
// curl's double quotes. Errors begin with the line number and show no value.
func parseNetrc(text string) ([]netrcEntry, error) {
	var entries []netrcEntry
	words, err := netrcWords(text)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w.text == "default" {
			entries = append(entries, netrcEntry{})
			continue
		}
		if i+1 == len(words) {
			return nil, fmt.Errorf("%d: a keyword without a value at the end", w.line)
		}
		i++
		if err := netrcKeyword(&entries, w, words[i].text); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func netrcKeyword(entries *[]netrcEntry, key netrcWord, value string) error {
	if key.text == "machine" {
		*entries = append(*entries, netrcEntry{machine: value})
		return nil
	}
	if len(*entries) == 0 {
		return fmt.Errorf("%d: the file must begin with machine or default", key.line)
	}
	e := &(*entries)[len(*entries)-1]
	switch key.text {
	case "login":
		e.login = value
	case "password":
		e.password = probe.NewSecret(value)
	case "account":
		e.account = probe.NewSecret(value)
	default:
		return fmt.Errorf("%d: an unknown keyword; a value with spaces needs double quotes", key.line)
	}
	return nil
}

type netrcWord struct {
	text string
	line int
}

// netrcWords splits the file into words, leaving out comments and macro bodies.
func netrcWords(text string) ([]netrcWord, error) {
	var words []netrcWord
	inMacro := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case inMacro && line != "":
			continue
		case strings.HasPrefix(line, "macdef"):
			inMacro = true
			continue
		}
		inMacro = false
		for line != "" && line[0] != '#' {
			word, rest, err := netrcNext(line)
			if err != nil {
				return nil, fmt.Errorf("%d: %w", i+1, err)
			}
			words = append(words, netrcWord{text: word, line: i + 1})
			line = strings.TrimLeft(rest, " \t")
		}
	}
	return words, nil
}

// netrcNext takes the first word off a line. In double quotes a backslash escapes.
func netrcNext(line string) (word, rest string, err error) {
	if line[0] != '"' {
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		return line[:end], line[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return b.String(), line[i+1:], nil
		case c == '\\' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("the double quotes are not closed")
}
