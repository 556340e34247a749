package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mftprobe/probe"
)

// Setting is one thing that can be said about an endpoint. The same word is a flag (--word) and a
// key of the configuration file (word:), so that both know the same and check the same.
type Setting struct {
	Name  string
	Short string // one-letter flag, or empty
	Arg   string // what stands for the value in help; empty for a switch
	Many  bool   // may be given several times
	Group string // heading in help
	Help  string

	family string // of settings that exclude each other the nearest layer wins
	set    func(d *draft, text string) error
}

// Groups of settings, in the order of help.
const (
	groupScript = "Script"
	groupWho    = "Who"
	groupLimits = "Limits"
	groupWay    = "Way"
	groupTLS    = "TLS"
	groupFTP    = "FTP data"
	groupSSH    = "SSH"
)

// For tells whether the setting has a meaning for a protocol.
func (s Setting) For(p probe.Protocol) bool {
	switch s.Group {
	case groupTLS:
		return p == probe.FTPES || p == probe.FTPS
	case groupFTP:
		return p != probe.SFTP
	case groupSSH:
		return p == probe.SFTP || s.Name == "passphrase-file" && p != probe.FTP
	}
	return true
}

// Needs names what a target must speak for the setting to have a meaning.
func (s Setting) Needs() string {
	return map[string]string{groupTLS: "FTP with TLS", groupFTP: "FTP", groupSSH: "SFTP"}[s.Group]
}

// Settings returns every setting in the order of help. The list is made once and not to be changed.
func Settings() []Setting { return settings() }

var settings = sync.OnceValue(func() []Setting {
	return slices.Concat(scriptSettings(), whoSettings(), limitSettings(), networkSettings(), tlsSettings(), ftpSettings(), sshSettings())
})

// Value is what was written for one setting.
type Value struct {
	Texts  []string
	Origin string // flag, or file with line and column; begins every error
	Dir    string // where relative file names start; empty: the working directory
}

// word is how the setting of that name was written: as a flag, or as a key.
func (v Value) word(name string) string {
	if strings.HasPrefix(v.Origin, "--") {
		return "--" + name
	}
	return name
}

// Values maps the names of settings to what was written for them.
type Values map[string]Value

// over returns v with what lies below it where v says nothing. A setting also hides the members of
// its own family below: a password file for one endpoint replaces the default's environment variable.
func (v Values) over(below Values) Values {
	out := Values{}
	families := map[string]bool{}
	all := Settings()
	for _, s := range all {
		if val, ok := v[s.Name]; ok {
			out[s.Name] = val
			families[s.family] = true
		}
	}
	for _, s := range all {
		val, ok := below[s.Name]
		if _, hidden := out[s.Name]; ok && !hidden && (s.family == "" || !families[s.family]) {
			out[s.Name] = val
		}
	}
	return out
}

// draft is an endpoint in the making.
type draft struct {
	env      *Env
	dir      string // where relative file names start while a value is applied
	target   probe.Target
	scripts  map[string]probe.Script // named ones of the configuration
	script   probe.Script
	secret   secretSource
	plan     plan
	keyPass  probe.Secret
	keyFiles []string

	knownHosts []string // named by the user
	tlsCert    string
	tlsKey     string
	noAgent    bool
	sshFile    string
	socket     string // of the agent, instead of the environment's
	noPrompt   bool   // a key without its passphrase is left to the agent
	named      bool   // key files are named, if only as none: the usual ones stay out
	warnings   []string
}

// apply sets each value and adds what is wrong to the problems.
func (d *draft) apply(values Values) Problems {
	var problems Problems
	chosen := map[string]string{} // by family
	for _, s := range Settings() {
		v, ok := values[s.Name]
		if !ok {
			continue
		}
		if s.family != "" && !slices.Equal(v.Texts, []string{"false"}) {
			if other := chosen[s.family]; other != "" && (s.Name != "netrc-file" || other != "netrc") {
				problems.add(v.Origin, "excludes "+values[other].word(other)+"; give one of them")
			}
			chosen[s.family] = s.Name
		}
		d.dir = v.Dir
		for _, text := range v.Texts {
			if err := s.apply(d, text); err != nil {
				problems.add(v.Origin, err.Error())
			}
		}
	}
	d.dir = ""
	return problems
}

func (s Setting) apply(d *draft, text string) error {
	if err := checkText("value", text); err != nil {
		return err
	}
	if s.Arg != "" && text == "" {
		return fmt.Errorf("the value is empty; give %s", s.Arg)
	}
	return s.set(d, text)
}

// toggle makes a setter of a switch.
func toggle(f func(d *draft, on bool)) func(*draft, string) error {
	return func(d *draft, text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		f(d, on)
		return nil
	}
}

// oneOf makes a setter that takes one of some words.
func oneOf(f func(d *draft, word string), words ...string) func(*draft, string) error {
	return func(d *draft, text string) error {
		if !slices.Contains(words, text) {
			return fmt.Errorf("%q is not one of %s", text, strings.Join(words, ", "))
		}
		f(d, text)
		return nil
	}
}

// longest bounds a limit: what is longer is a slip of the pen.
const longest = 24 * time.Hour

// duration makes a setter of a limit.
func duration(f func(d *draft) *time.Duration) func(*draft, string) error {
	return func(d *draft, text string) (err error) {
		*f(d), err = parseDuration(text)
		return err
	}
}

// ReadDuration reads Go's form, or seconds as curl takes them.
func ReadDuration(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	return time.ParseDuration(text)
}

// parseDuration reads a duration that can be a limit.
func parseDuration(text string) (time.Duration, error) {
	v, err := ReadDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration; write 10s or 1m30s", text)
	case v <= 0 || v > longest:
		return 0, fmt.Errorf("%q is not above 0 and at most 24h", text)
	}
	return v, nil
}

var units = []struct {
	suffix string
	factor int64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"TiB", 1 << 40},
	{"kB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"k", 1 << 10},
	{"M", 1 << 20},
	{"G", 1 << 30},
	{"T", 1 << 40},
	{"B", 1},
}

// maxSize bounds an upload.
const maxSize = 1 << 40

// parseSize reads a number of bytes; k, M and G are powers of 1024 as in curl.
func parseSize(text string) (int64, error) {
	digits, factor := text, int64(1)
	for _, u := range units {
		if before, ok := strings.CutSuffix(text, u.suffix); ok {
			digits, factor = strings.TrimSpace(before), u.factor
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a size; write 1024, 10MB or 64KiB", text)
	case n < 0 || n > maxSize/factor:
		return 0, fmt.Errorf("%q is not between 0 and 1 TiB", text)
	}
	return n * factor, nil
}
