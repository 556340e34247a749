package ftpd

import (
	"fmt"
	"io/fs"
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
	p := c.abs(arg)
	info, err := c.FS.Stat(p)
	if err != nil {
		return "", err
	}
	entries := []memfs.Info{info}
	if info.IsDir() {
		if entries, err = c.FS.List(p); err != nil {
			return "", err
		}
	} else if verb == "MLSD" {
		return "", fs.ErrInvalid // RFC 3659 section 7.2.1: a directory only
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(c.entry(verb, e) + "\r\n")
	}
	return b.String(), nil
}

func (c *client) entry(verb string, e memfs.Info) string {
	switch verb {
	case "NLST":
		return e.Name()
	case "MLSD":
		return factLine(e, e.Name())
	}
	return unixLine(e, e.Name(), c.Now())
}

func factLine(e memfs.Info, name string) string {
	kind := "file"
	if e.IsDir() {
		kind = "dir"
	}
	return fmt.Sprintf("type=%s;size=%d;modify=%s;UNIX.mode=%04o; %s", kind, e.Size(), e.ModTime().UTC().Format(timeForm), e.Mode().Perm(), name)
}

// unixLine is what ls -l prints: the time for the last half year, the year before.
func unixLine(e memfs.Info, name string, now time.Time) string {
	form := "Jan _2 15:04"
	if now.Sub(e.ModTime()) > 182*24*time.Hour {
		form = "Jan _2  2006"
	}
	mode := []byte(e.Mode().Perm().String())
	links := 1
	if e.IsDir() {
		mode[0], links = 'd', 2
	}
	return fmt.Sprintf("%s %3d %-8s %-8s %8d %s %s", mode, links, "ftp", "ftp", e.Size(), e.ModTime().UTC().Format(form), name)
}
