package sshconfig

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// compared are the words whose values are held against OpenSSH.
var compared = []string{
	"hostname", "user", "port", "addressfamily", "bindaddress", "connecttimeout", "hostkeyalias", "identityfile", "certificatefile",
	"identitiesonly", "identityagent", "preferredauthentications", "proxyjump", "proxycommand", "userknownhostsfile", "globalknownhostsfile",
	"stricthostkeychecking", "pubkeyauthentication", "passwordauthentication", "kbdinteractiveauthentication", "kexalgorithms", "ciphers",
	"macs", "hostkeyalgorithms", "pubkeyacceptedalgorithms",
}

// lists are the words that + - and ^ change, with the query of ssh -Q that lists all names.
var lists = map[string]string{
	"kexalgorithms": "kex", "ciphers": "cipher", "macs": "mac", "hostkeyalgorithms": "HostKeyAlgorithms", "pubkeyacceptedalgorithms": "PubkeyAcceptedAlgorithms",
}

// TestAgainstOpenSSH: each file holds a configuration, the files it includes, and under want/HOST what
// ssh -G of OpenSSH 9.2 says for that host where it differs from an empty configuration; the user is given, but
// under bare/HOST. With UPDATE_GOLDEN=1 they are asked for anew; ssh -G connects to nothing.
func TestAgainstOpenSSH(t *testing.T) {
	usual := values(t, "testdata/openssh/usual.txt", func() string {
		out := ask(t, "-G", "-F", "/dev/null", "host")
		for _, word := range slices.Sorted(maps.Keys(lists)) {
			query := lists[word]
			out += word + "-all " + strings.Join(strings.Fields(ask(t, "-Q", query)), ",") + "\n"
		}
		return out
	})
	files, err := filepath.Glob("testdata/openssh/*.txtar")
	if err != nil || len(files) < 110 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { compare(t, file, usual) })
	}
}

func compare(t *testing.T, file string, usual map[string][]string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		if kind, _, answer := strings.Cut(f.Name, "/"); !answer || kind != "want" && kind != "bare" {
			if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(strings.ReplaceAll(string(f.Data), "$DIR", dir)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	config, hosts := filepath.Join(dir, "config"), 0
	for i, f := range archive.Files {
		kind, alias, answer := strings.Cut(f.Name, "/")
		if !answer {
			continue
		}
		given := map[string]string{"want": "me"}[kind]
		hosts++
		if update() {
			me, err := user.Current()
			if err != nil {
				t.Fatal(err)
			}
			args := []string{"-G", "-F", config, alias}
			if given != "" {
				args = append([]string{"-l", given}, args...)
			}
			out := differing(parse(ask(t, args...)), usual, alias)
			out = strings.ReplaceAll(out, dir, "$DIR")
			archive.Files[i].Data = []byte(strings.ReplaceAll(out, me.HomeDir, "$HOME"))
			continue
		}
		got, err := Read(config, Host{Alias: alias, User: given, LocalUser: func() string { return "root" }, Home: "$HOME"}, os.ReadFile)
		if err != nil {
			t.Error(err)
		}
		shown := differing(normal(got, alias, given, usual), usual, alias)
		if shown = strings.ReplaceAll(shown, dir, "$DIR"); shown != string(f.Data) {
			t.Errorf("%s\n got %s\nwant %s", alias, shown, f.Data)
		}
	}
	if hosts == 0 {
		t.Error("it asks for no host")
	}
	if update() {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func update() bool { return os.Getenv("UPDATE_GOLDEN") != "" }

func ask(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ssh", args...).Output()
	if err != nil {
		t.Fatalf("ssh %v: %v", args, err)
	}
	return string(out)
}

// values reads a recorded output, which fresh brings anew.
func values(t *testing.T, file string, fresh func() string) map[string][]string {
	t.Helper()
	if update() {
		if err := os.WriteFile(file, []byte(fresh()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(string(text))
}

func parse(text string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(text) {
		word, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[word] = append(out[word], value)
	}
	return out
}

// differing shows what is compared and not usual, a line each.
func differing(values, usual map[string][]string, alias string) string {
	var out strings.Builder
	for _, word := range compared {
		if word == "hostname" && slices.Equal(values[word], []string{alias}) || slices.Equal(values[word], usual[word]) {
			continue
		}
		for _, v := range values[word] {
			fmt.Fprintf(&out, "%s %s\n", word, v)
		}
	}
	return out.String()
}

// normal puts a configuration as ssh -G shows it.
func normal(c Config, alias, given string, usual map[string][]string) map[string][]string {
	out := map[string][]string{}
	if given != "" {
		out["user"] = []string{given}
	}
	for _, word := range compared {
		for _, v := range c.All(word) {
			text := strings.Join(v.Args, " ")
			switch {
			case word == "user" && given != "":
				continue // -l wins
			case word == "hostname":
				text = strings.ToLower(strings.NewReplacer("%%", "%", "%h", alias).Replace(text))
			case word == "hostkeyalias":
				text = strings.ToLower(text)
			case word == "port":
				n, _ := strconv.Atoi(text) // what is no number becomes 0, which OpenSSH never shows
				text = strconv.Itoa(n)
			case word == "userknownhostsfile", word == "identityagent":
				text = strings.ReplaceAll(text, "~/", "$HOME/")
			case word == "proxyjump":
				text = strings.ReplaceAll(text, "ssh://", "")
			case lists[word] != "":
				text = strings.Join(List(text, strings.Split(usual[word][0], ","), strings.Split(usual[word+"-all"][0], ",")), ",")
			case strings.HasSuffix(word, "authentication"), word == "stricthostkeychecking", word == "identitiesonly":
				text = flag(word, text)
			case word == "addressfamily", word == "connecttimeout":
				text = strings.ToLower(text)
			}
			out[word] = append(out[word], text)
		}
	}
	for _, word := range compared {
		if out[word] == nil {
			out[word] = usual[word]
		}
	}
	if c.All("hostname") == nil {
		out["hostname"] = []string{strings.ToLower(alias)}
	}
	if c.HasJump() {
		delete(out, "proxycommand")
	}
	if !c.HasJump() {
		delete(out, "proxyjump")
	}
	if command := out["proxycommand"]; len(command) > 0 && command[0] == "none" {
		delete(out, "proxycommand")
	}
	return out
}

// flag is a switch in the words of ssh -G, which has two pairs of them.
func flag(word, text string) string {
	on := strings.EqualFold(text, "yes") || strings.EqualFold(text, "true")
	off := strings.EqualFold(text, "no") || strings.EqualFold(text, "false") || strings.EqualFold(text, "off")
	switch {
	case on && (word == "pubkeyauthentication" || word == "stricthostkeychecking"):
		return "true"
	case off && (word == "pubkeyauthentication" || word == "stricthostkeychecking"):
		return "false"
	case on:
		return "yes"
	case off:
		return "no"
	}
	return strings.ToLower(text)
}
