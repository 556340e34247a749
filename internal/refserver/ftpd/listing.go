package ftpd

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/refserver/memfs"
)

// list answers LIST, NLST and MLSD.
func list(verb string) func(*client, string) {
	return func(c *client, arg string) {
		body, err := c.listing(verb, arg)
		if err != nil {
			c.refuse(arg, err)
			c.dropPassive()
			return
		}
		c.transfer(job{verb: verb, down: strings.NewReader(body), size: int64(len(body))})
	}
}

// listing makes the text. Options such as -a are dropped, as most servers do.
func (c *client) listing(verb, arg string) (string, error) {
	for strings.HasPrefix(arg, "-") {
		_, arg, _ = strings.Cut(arg, " ")
	}
	entries, prefix, err := c.entries(verb, arg)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(c.entry(verb, e, prefix) + "\r\n")
	}
	return b.String(), nil
}

// entries returns what a listing of arg shows, and what comes before each name in NLST: RFC 1123 section 4.1.2.7 wants
// names there that RETR takes as they are.
func (c *client) entries(verb, arg string) (out []memfs.Info, prefix string, err error) {
	p := c.abs(arg)
	dir, last := path.Split(arg)
	info, err := c.FS.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist) && verb != "MLSD" && strings.ContainsAny(last, "*?["):
		out, err = c.matching(c.abs(dir), last)
		return out, dir, err
	case err != nil:
		return nil, "", err
	case !info.IsDir() && verb == "MLSD":
		return nil, "", fs.ErrInvalid // RFC 3659 section 7.2.1: a directory only
	case !info.IsDir():
		return []memfs.Info{info}, dir, nil
	}
	if arg != "" && arg != "." {
		prefix = strings.TrimSuffix(arg, "/") + "/"
	}
	out, err = c.FS.List(p)
	return out, prefix, err
}

// matching returns the entries of a directory that a pattern means, as mget and mls of old clients want it.
func (c *client) matching(dir, pattern string) ([]memfs.Info, error) {
	all, err := c.FS.List(dir)
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(all, func(e memfs.Info) bool {
		yes, err := path.Match(pattern, e.Name())
		return err != nil || !yes
	})
	if len(out) == 0 {
		return nil, fs.ErrNotExist
	}
	return out, nil
}

func (c *client) entry(verb string, e memfs.Info, prefix string) string {
	switch verb {
	case "NLST":
		return prefix + oneLine(e.Name())
	case "MLSD":
		return c.factLine(e, e.Name())
	}
	return unixLine(e, e.Name(), c.Now())
}

// oneLine shows a name as ls does: what SFTP may put into a name must not become a line of its own here.
func oneLine(name string) string {
	control := func(b byte) bool { return b < ' ' || b == 0x7f }
	if !slices.ContainsFunc([]byte(name), control) {
		return name
	}
	out := []byte(name)
	for i, b := range out {
		if control(b) {
			out[i] = '?'
		}
	}
	return string(out)
}

// allFacts are the facts of MLSD and MLST, in their order.
var allFacts = []string{"type", "size", "modify", "UNIX.mode"}

// told tells whether the client wants to know a fact (RFC 3659 section 7.9).
func (c *client) told(fact string) bool { return c.facts == nil || slices.Contains(c.facts, fact) }

// chooseFacts answers OPTS MLST.
func (c *client) chooseFacts(wanted string) {
	c.facts = []string{}
	list := ""
	for _, fact := range allFacts {
		if slices.ContainsFunc(strings.Split(wanted, ";"), func(w string) bool { return strings.EqualFold(w, fact) }) {
			c.facts = append(c.facts, fact)
			list += fact + ";"
		}
	}
	c.reply(200, strings.TrimSuffix("MLST OPTS "+list, " "))
}

func (c *client) factLine(e memfs.Info, name string) string {
	kind := "file"
	if e.IsDir() {
		kind = "dir"
	}
	values := []string{kind, strconv.FormatInt(e.Size(), 10), e.ModTime().UTC().Format(timeForm), fmt.Sprintf("%04o", e.Mode().Perm())}
	var b strings.Builder
	for i, fact := range allFacts {
		if c.told(fact) {
			b.WriteString(fact + "=" + values[i] + ";")
		}
	}
	return b.String() + " " + oneLine(name)
}

// unixLine is what ls -l prints: the time for the last half year, else the year.
func unixLine(e memfs.Info, name string, now time.Time) string {
	form := "Jan _2 15:04"
	if age := now.Sub(e.ModTime()); age > 182*24*time.Hour || age < 0 {
		form = "Jan _2  2006"
	}
	mode := []byte(e.Mode().Perm().String())
	links := 1
	if e.IsDir() {
		mode[0], links = 'd', 2
	}
	return fmt.Sprintf("%s %3d %-8s %-8s %8d %s %s", mode, links, "ftp", "ftp", e.Size(), e.ModTime().UTC().Format(form), oneLine(name))
}
