package sshconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// evaluate reads files that are in memory; the first is the configuration.
func evaluate(alias string, files ...string) (Config, error) {
	open := func(path string) ([]byte, error) {
		for i, text := range files {
			if path == fmt.Sprint("file", i) {
				return []byte(text), nil
			}
		}
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return Read("file0", Host{Alias: alias, LocalUser: func() string { return "me" }, Home: "/home/me"}, open)
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"Host":                         "file0 line 1: Host has no value",
		"\nPort":                       "file0 line 2: Port has no value",
		"Port # behind":                "file0 line 1: Port has no value",
		"IdentityFile \"/a b":          "file0 line 1: the quotes are not closed",
		"Match":                        "file0 line 1: Match has no value",
		"Match colour red":             `file0 line 1: "colour" is no criterion of Match`,
		"Match host":                   "file0 line 1: the criterion host of Match has no value",
		"Include [":                    `file0 line 1: "/home/me/.ssh/[" is not a pattern of file names`,
		strings.Repeat("\n", maxLines): "file0 has more than 100000 lines",
		"Match all\nUser\nPort 1":      "file0 line 2: User has no value",
		"Host b\nPort 1 2":             "file0 line 2: Port has more than one value",
		"IdentityFile /a b # c":        "file0 line 1: IdentityFile has more than one value",
		"Match all host x":             "file0 line 1: the criterion all of Match stands alone",
		"Match host \"\"":              "file0 line 1: the criterion host of Match has no value",
		"HostName \"\"":                "file0 line 1: HostName has no value",
		"Match host =":                 "file0 line 1: the criterion host of Match has no value",
		"\"Port":                       "file0 line 1: Port has no value",
	} {
		if _, err := evaluate("a", text); err == nil || err.Error() != want {
			t.Errorf("%.30q\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := Read("nowhere", Host{}, func(string) ([]byte, error) { return nil, fs.ErrNotExist }); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestIgnoredMatch: what only a command or the network could tell leaves its block out, and is named
// where all else of the line is met.
func TestIgnoredMatch(t *testing.T) {
	const text = `Match exec "touch /tmp/never" host a
  Port 2001
Match host b exec "touch /tmp/never"
  Port 2002
Match localnetwork 10.0.0.0/8
  Port 2003
Match final !exec true
  Port 2004
`
	c, err := evaluate("a", text)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, v := range c.Ignored {
		lines = append(lines, v.Line)
	}
	if len(c.Values) != 0 || !slices.Equal(lines, []int{1, 5}) {
		t.Errorf("values %v, ignored %v", c.Values, c.Ignored)
	}
}

// TestIncludeCycle: a file that includes itself, and two that include each other, end with an error as in OpenSSH.
func TestIncludeCycle(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"self": "Include " + dir + "/self", "a": "Include " + dir + "/b", "b": "Port 1\nInclude " + dir + "/a"} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"self", "a"} {
		_, err := Read(dir+"/"+name, Host{Alias: "x"}, os.ReadFile)
		if err == nil || !strings.HasSuffix(err.Error(), ": more than 16 files include one another") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPlaces(t *testing.T) {
	c, err := evaluate("a", "Host a b\n  # c\n  Port 22\n  IdentityFile x\n")
	v, ok := c.First("port")
	if err != nil || !ok || v.Place() != "file0 line 3" || v.Name != "Port" || v.Word != "port" || !c.Named {
		t.Errorf("%+v %v %v", v, c.Named, err)
	}
	if c, _ = evaluate("ab", "Host a*\n Port 22\n"); c.Named || len(c.Values) != 1 {
		t.Errorf("a pattern names no host: %+v", c)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Host a\n Port 22\nMatch exec x host \"a b\"\n Ciphers -aes*\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "include") {
			return // would look at other files
		}
		c, err := evaluate("a", text)
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
		for _, v := range c.Values {
			List(v.Arg(), []string{"x"}, []string{"x", "y"})
		}
	})
}
