package sshconfig

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Host is whom a configuration is asked about.
type Host struct {
	Alias     string        // as the user named it
	User      string        // if it is settled elsewhere, which wins
	LocalUser func() string // looked up only where it matters
	Home      string
}

// Value is one line that applies.
type Value struct {
	Name string // the keyword as it was written
	Word string // the same in lower case, under its present name
	Args []string
	Rest string // the arguments as they were written
	File string
	Line int
}

// Arg returns the first argument.
func (v Value) Arg() string { return v.Args[0] }

// Place says where the line stands.
func (v Value) Place() string { return fmt.Sprintf("%s line %d", v.File, v.Line) }

// Config holds what applies to the host, in the order of the files.
type Config struct {
	Values  []Value
	Ignored []Value // Match lines left out for a criterion that is never looked at
	Named   bool    // a Host line has the very name, without wildcards
}

// First returns the value of a word: in ssh_config the first one wins.
func (c Config) First(word string) (Value, bool) {
	i := slices.IndexFunc(c.Values, func(v Value) bool { return v.Word == strings.ToLower(word) })
	if i < 0 {
		return Value{}, false
	}
	return c.Values[i], true
}

// All returns the values of a word that can stand several times.
func (c Config) All(word string) []Value {
	var out []Value
	for _, v := range c.Values {
		if v.Word == strings.ToLower(word) {
			out = append(out, v)
		}
	}
	return out
}

const (
	maxDepth = 16     // of Include, as OpenSSH has it
	maxFiles = 256    // read for one host, all Includes counted
	maxLines = 100000 // of one file
)

// olderNames are keywords under their present names.
var olderNames = map[string]string{
	"pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms", "hostbasedkeytypes": "hostbasedacceptedalgorithms", "identityfile2": "identityfile",
	"challengeresponseauthentication": "kbdinteractiveauthentication", "skeyauthentication": "kbdinteractiveauthentication",
	"tisauthentication": "kbdinteractiveauthentication", "dsaauthentication": "pubkeyauthentication",
}

// single are the words that OpenSSH refuses with more than one value or an empty one, of those whose value is used.
var single = []string{
	"hostname", "port", "user", "connecttimeout", "addressfamily", "bindaddress", "hostkeyalias", "stricthostkeychecking", "identityfile",
	"certificatefile", "identitiesonly", "identityagent", "pubkeyauthentication", "passwordauthentication", "kbdinteractiveauthentication",
	"preferredauthentications", "kexalgorithms", "ciphers", "macs", "hostkeyalgorithms", "pubkeyacceptedalgorithms",
}

// several are the words whose values add up.
var several = []string{"identityfile", "certificatefile"}

// whole are the words whose value is the rest of the line, quotes and all.
var whole = []string{"proxycommand", "proxyjump", "localcommand", "remotecommand", "knownhostscommand"}

// Read evaluates file for a host. open returns the content of a file. An error names file and line.
func Read(file string, asked Host, open func(path string) ([]byte, error)) (Config, error) {
	r := reader{asked: asked, open: open}
	text, err := open(file)
	if err != nil {
		return Config{}, err
	}
	for {
		if err := r.file(file, string(text), &block{active: true}, 0); err != nil {
			return Config{}, err
		}
		if !r.wantFinal || r.final {
			return r.config, nil
		}
		r.final, r.files = true, 0 // Match final: once more, with the values so far standing
	}
}

// reader evaluates a configuration. The first error ends it.
type reader struct {
	asked     Host
	open      func(string) ([]byte, error)
	config    Config
	files     int
	final     bool
	wantFinal bool
}

// block tells whether the lines at hand apply. In a file that a block which does not apply includes,
// nothing ever does.
type block struct{ active, never bool }

func (r *reader) file(name, text string, b *block, depth int) error {
	if r.files++; r.files > maxFiles {
		return fmt.Errorf("%s: more than %d files are included", name, maxFiles)
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if n++; n > maxLines {
			return fmt.Errorf("%s has more than %d lines", name, maxLines)
		}
		word, rest := split(line)
		if word == "" {
			continue
		}
		v := Value{Name: word, Word: strings.ToLower(word), Rest: rest, File: name, Line: n}
		if present, ok := olderNames[v.Word]; ok {
			v.Word = present
		}
		if err := r.line(v, b, depth); err != nil {
			return fmt.Errorf("%s: %w", v.Place(), err)
		}
	}
	return nil
}

func (r *reader) line(v Value, b *block, depth int) (err error) {
	if v.Args = []string{v.Rest}; !slices.Contains(whole, v.Word) {
		v.Args, err = arguments(v.Rest)
	}
	switch {
	case err != nil:
		return err
	case v.Rest == "" || len(v.Args) == 0:
		return fmt.Errorf("%s has no value", v.Name)
	case v.Arg() == "" && slices.Contains(single, v.Word):
		return fmt.Errorf("%s has no value", v.Name)
	case len(v.Args) > 1 && slices.Contains(single, v.Word):
		return fmt.Errorf("%s has more than one value", v.Name)
	}
	switch v.Word {
	case "host":
		b.active = !b.never && matchesList(v.Args, r.lineHost())
		if b.active && slices.Contains(v.Args, r.asked.Alias) {
			r.config.Named = true
		}
	case "match":
		return r.begin(v, b)
	case "include":
		return r.include(v, *b, depth)
	default:
		if b.active {
			r.take(v)
		}
	}
	return nil
}

// begin starts a Match block.
func (r *reader) begin(v Value, b *block) error {
	yes, ignored, err := r.match(v.Args)
	if ignored != "" && !b.never && !r.final {
		r.config.Ignored = append(r.config.Ignored, v)
	}
	b.active = yes && !b.never
	return err
}

// take keeps a value, unless an earlier one has settled the word.
func (r *reader) take(v Value) {
	settled := func(old Value) bool { return old.Word == v.Word }
	if slices.Contains(several, v.Word) {
		settled = func(old Value) bool { return old.Word == v.Word && old.Arg() == v.Arg() }
	}
	if !slices.ContainsFunc(r.config.Values, settled) {
		r.config.Values = append(r.config.Values, v)
	}
}

// include reads other files as if they stood here. Relative names begin in ~/.ssh.
func (r *reader) include(v Value, b block, depth int) error {
	if depth >= maxDepth {
		return fmt.Errorf("more than %d files include one another", maxDepth)
	}
	for _, pattern := range v.Args {
		if rest, ok := strings.CutPrefix(pattern, "~/"); ok {
			pattern = filepath.Join(r.asked.Home, rest)
		} else if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(r.asked.Home, ".ssh", pattern)
		}
		names, err := filepath.Glob(pattern)
		if err != nil {
			return fmt.Errorf("%q is not a pattern of file names", pattern)
		}
		for _, name := range names {
			text, err := r.open(name)
			if err != nil {
				return err
			}
			inner := block{active: b.active, never: b.never || !b.active}
			if err := r.file(name, string(text), &inner, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// HasJump tells whether ProxyJump applies: it and ProxyCommand exclude each other, and the first wins. The jump "none" is
// settled as well, but excludes no command.
func (c Config) HasJump() bool {
	for _, v := range c.Values {
		switch v.Word {
		case "proxyjump":
			return !strings.EqualFold(v.Arg(), "none")
		case "proxycommand":
			return false
		}
	}
	return false
}
