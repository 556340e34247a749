package sshconfig

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Host is what a configuration says for one host. Zero values are not said. Paths are absolute.
type Host struct {
	HostName         string
	Port             int
	User             string
	IdentityFiles    []string
	CertificateFiles []string
	IdentitiesOnly   bool
	KnownHosts       []string
	HostKeyAlias     string
	AuthMethods      []string // those of PreferredAuthentications that this program knows
	ConnectTimeout   time.Duration
	BindAddress      netip.Addr
	Family           string   // "4", "6" or empty
	ProxyJump        []string // [user@]host[:port], in order
	Ignored          []string // what is set and not honoured, one thing each, for people

	lists map[string]string // the values of the words of algorithm lists
}

// Local is what the tokens of a configuration stand for (ssh_config(5), TOKENS).
type Local struct {
	Home string
	User string
}

// ignoredWords change how a connection is made, or whom it trusts, and are not honoured.
var ignoredWords = []string{
	"ProxyCommand", "KnownHostsCommand", "GSSAPIAuthentication", "PKCS11Provider", "SecurityKeyProvider", "VerifyHostKeyDNS",
	"RevokedHostKeys", "StrictHostKeyChecking", "GlobalKnownHostsFile", "IdentityAgent", "CanonicalizeHostname", "BindInterface",
	"ControlMaster", "RekeyLimit", "CASignatureAlgorithms", "HostbasedAuthentication", "Compression",
}

// methods are the ways to log in that this program knows.
var methods = []string{"publickey", "password", "keyboard-interactive"}

// Host returns what the configuration says for a host as the user named it.
func (f *File) Host(alias string, local Local) (Host, error) {
	l := lookup{file: f, alias: alias, local: local}
	h := Host{HostName: l.first("HostName"), User: l.first("User"), HostKeyAlias: l.first("HostKeyAlias")}
	h.HostName = strings.NewReplacer("%%", "%", "%h", alias).Replace(h.HostName)
	h.Port = l.number("Port", 65535)
	h.ConnectTimeout = time.Duration(l.number("ConnectTimeout", 86400)) * time.Second
	l.host = h
	h.IdentityFiles, h.CertificateFiles = l.files("IdentityFile"), l.files("CertificateFile")
	h.IdentitiesOnly = strings.EqualFold(l.first("IdentitiesOnly"), "yes")
	h.KnownHosts = l.knownHosts()
	h.BindAddress, h.Family = l.bindAddress(), l.family()
	h.ProxyJump = l.jumps()
	h.AuthMethods = l.authMethods()
	h.lists = map[string]string{}
	for _, w := range listWords {
		if v := l.first(w); v != "" {
			h.lists[w] = v
		}
	}
	h.Ignored = append(l.ignored(), f.ignored...)
	return h, l.err
}

// lookup reads the words of one host. The first error stays.
type lookup struct {
	file  *File
	alias string
	local Local
	host  Host // what the tokens need
	notes []string
	err   error
}

func (l *lookup) fail(err error) {
	if l.err == nil {
		l.err = fmt.Errorf("%s: %w", l.file.path, err)
	}
}

// first returns the first value of a word: in ssh_config the first one wins.
func (l *lookup) first(word string) string {
	v, err := l.file.config.Get(l.alias, word)
	if err != nil {
		l.fail(err)
	}
	return strings.TrimSpace(v)
}

func (l *lookup) number(word string, most int) int {
	text := l.first(word)
	if text == "" || word == "ConnectTimeout" && strings.EqualFold(text, "none") {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		l.fail(fmt.Errorf("%s %q is not a number from 1 to %d", word, text, most))
	}
	return n
}

// files returns the paths of a word that can stand several times.
func (l *lookup) files(word string) []string {
	all, err := l.file.config.GetAll(l.alias, word)
	if err != nil {
		l.fail(err)
	}
	var out []string
	for _, v := range all {
		if v = strings.TrimSpace(v); v != "" && !strings.EqualFold(v, "none") {
			out = append(out, l.path(v))
		}
	}
	return out
}

func (l *lookup) knownHosts() []string {
	var out []string
	for name := range strings.FieldsSeq(l.first("UserKnownHostsFile")) {
		if name = strings.Trim(name, `"`); !strings.EqualFold(name, "none") {
			out = append(out, l.path(name))
		}
	}
	return out
}

// path expands tokens and the home directory; other relative paths begin there too, as OpenSSH has
// them.
func (l *lookup) path(p string) string {
	host, user, port := l.host.HostName, l.host.User, l.host.Port
	if host == "" {
		host = l.alias
	}
	if user == "" {
		user = l.local.User
	}
	if port == 0 {
		port = 22
	}
	p = strings.NewReplacer(
		"%%", "%", "%d", l.local.Home, "%u", l.local.User, "%h", host, "%n", l.alias, "%r", user, "%p", strconv.Itoa(port),
	).Replace(p)
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		return filepath.Join(l.local.Home, rest)
	}
	if !filepath.IsAbs(p) {
		return filepath.Join(l.local.Home, p)
	}
	return p
}

func (l *lookup) bindAddress() netip.Addr {
	text := l.first("BindAddress")
	if text == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		l.notes = append(l.notes, "BindAddress "+text+", which is not an address")
	}
	return a
}

func (l *lookup) family() string {
	return map[string]string{"inet": "4", "inet6": "6"}[strings.ToLower(l.first("AddressFamily"))]
}

func (l *lookup) jumps() []string {
	text := l.first("ProxyJump")
	if text == "" || strings.EqualFold(text, "none") {
		return nil
	}
	var out []string
	for hop := range strings.SplitSeq(text, ",") {
		out = append(out, strings.TrimPrefix(strings.TrimSpace(hop), "ssh://"))
	}
	return out
}

func (l *lookup) authMethods() []string {
	text := l.first("PreferredAuthentications")
	if text == "" {
		return nil
	}
	known, others := split(strings.Split(text, ","), methods)
	for _, m := range others {
		l.notes = append(l.notes, "the method "+m+" of PreferredAuthentications")
	}
	return known
}

// ignored lists what is set to something other than off and not honoured.
func (l *lookup) ignored() []string {
	out := l.notes
	for _, word := range ignoredWords {
		if v := l.first(word); v != "" && !strings.EqualFold(v, "no") && !strings.EqualFold(v, "none") {
			out = append(out, word+" "+v)
		}
	}
	return out
}
