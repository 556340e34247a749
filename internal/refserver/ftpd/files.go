package ftpd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// timeForm is that of MDTM and MLSD (RFC 3659 section 2.3).
const timeForm = "20060102150405"

// errRestart says that REST names a place that the file does not have (RFC 3659 section 5.4).
var errRestart = errors.New("restart behind the end")

// refuse answers with the reply that servers give to a failed system call.
func (c *client) refuse(arg string, err error) {
	code, text := 550, "Action not taken"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = "No such file or directory"
	case errors.Is(err, fs.ErrExist):
		text = "File exists"
	case errors.Is(err, fs.ErrPermission):
		text = "Permission denied"
	case errors.Is(err, syscall.EISDIR):
		text = "Is a directory"
	case errors.Is(err, syscall.ENOTDIR):
		text = "Not a directory"
	case errors.Is(err, syscall.ENOTEMPTY):
		text = "Directory not empty"
	case errors.Is(err, syscall.ENAMETOOLONG):
		code, text = 553, "Name too long"
	case errors.Is(err, fs.ErrInvalid):
		code, text = 501, "Only a directory can be listed so"
	case errors.Is(err, errRestart):
		code, text = 554, "REST names a place behind the end"
	case errors.Is(err, syscall.ENOSPC):
		code, text = 452, "Insufficient storage space"
	}
	c.reply(code, fmt.Sprintf("%.200q: %s", arg, text))
}

// outcome answers a command that has nothing to say but whether it worked.
func (c *client) outcome(arg string, err error) {
	if err != nil {
		c.refuse(arg, err)
		return
	}
	c.reply(250, "Done")
}

// writable refuses changes to a read-only account.
func (c *client) writable(arg string) bool {
	if c.account.ReadOnly {
		c.refuse(arg, fs.ErrPermission)
		return false
	}
	return true
}

func (c *client) size(arg string) {
	info, err := c.FS.Stat(c.abs(arg))
	switch {
	case err != nil:
		c.refuse(arg, err)
	case info.IsDir():
		c.refuse(arg, syscall.EISDIR)
	case c.ascii:
		c.reply(550, "SIZE is not known in ASCII mode")
	default:
		c.reply(213, strconv.FormatInt(info.Size(), 10))
	}
}

func (c *client) mdtm(arg string) {
	info, err := c.FS.Stat(c.abs(arg))
	if err != nil {
		c.refuse(arg, err)
		return
	}
	c.reply(213, info.ModTime().UTC().Format(timeForm))
}

// mfmt answers MFMT, the command that every client sends to set a time.
func (c *client) mfmt(arg string) {
	stamp, name, _ := strings.Cut(arg, " ")
	when, err := time.Parse(timeForm, stamp)
	if err != nil || name == "" {
		c.reply(501, "Want MFMT YYYYMMDDHHMMSS name")
		return
	}
	if !c.writable(name) {
		return
	}
	if err := c.FS.Chtimes(c.abs(name), when); err != nil {
		c.refuse(name, err)
		return
	}
	c.reply(213, "Modify="+stamp+"; "+name)
}

// hash answers HASH; bare is the answer to XSHA256, the sum alone.
func (c *client) hash(arg string, bare bool) {
	file, err := c.FS.OpenFile(c.abs(arg), 0)
	if err != nil {
		c.refuse(arg, err)
		return
	}
	r := file.NewReader(0)
	defer r.Close()
	h := sha256.New()
	n, _ := io.Copy(h, r) // memory to memory: neither can fail
	sum := hex.EncodeToString(h.Sum(nil))
	if bare {
		c.reply(250, sum)
		return
	}
	c.reply(213, fmt.Sprintf("SHA-256 0-%d %s %s", n, sum, arg))
}

func (c *client) restart(arg string) {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || n < 0 {
		c.reply(501, "Want REST n")
		return
	}
	c.rest = n
	c.reply(350, fmt.Sprintf("Restarting at %d", n))
}

func (c *client) renameFrom(arg string) {
	if !c.writable(arg) {
		return
	}
	if _, err := c.FS.Stat(c.abs(arg)); err != nil {
		c.refuse(arg, err)
		return
	}
	c.renaming = c.abs(arg)
	c.reply(350, "Ready for RNTO")
}

func (c *client) renameTo(arg string) {
	if c.renaming == "" {
		c.reply(503, "RNFR first")
		return
	}
	from := c.renaming
	c.renaming = ""
	c.outcome(arg, c.FS.Rename(from, c.abs(arg), true))
}

func (c *client) remove(arg string) {
	if c.writable(arg) {
		c.outcome(arg, c.FS.Remove(c.abs(arg)))
	}
}

func (c *client) removeDir(arg string) {
	if c.writable(arg) {
		c.outcome(arg, c.FS.Rmdir(c.abs(arg)))
	}
}

func (c *client) makeDir(arg string) {
	if !c.writable(arg) {
		return
	}
	p := c.abs(arg)
	if err := c.FS.Mkdir(p); err != nil {
		c.refuse(arg, err)
		return
	}
	c.reply(257, quote(p)+" created")
}

func (c *client) site(arg string) {
	fields := strings.SplitN(arg, " ", 3)
	if len(fields) != 3 || !strings.EqualFold(fields[0], "CHMOD") {
		c.reply(504, "Only SITE CHMOD mode name")
		return
	}
	mode, err := strconv.ParseUint(fields[1], 8, 12)
	if err != nil {
		c.reply(501, "Want an octal mode")
		return
	}
	if c.writable(fields[2]) {
		c.outcome(fields[2], c.FS.Chmod(c.abs(fields[2]), fs.FileMode(mode)))
	}
}

// mlst answers MLST: one line on the control connection (RFC 3659 section 7.2).
func (c *client) mlst(arg string) {
	p := c.abs(arg)
	info, err := c.FS.Stat(p)
	if err != nil {
		c.refuse(arg, err)
		return
	}
	c.reply(250, "Listing\n"+c.factLine(info, p)+"\nEnd")
}

// stat answers STAT: with a name a listing on the control connection (RFC 959 section 4.1.3).
func (c *client) stat(arg string) {
	if arg == "" {
		c.reply(211, "mftprobe reference server")
		return
	}
	body, err := c.listing("LIST", arg)
	if err != nil {
		c.refuse(arg, err)
		return
	}
	// Without the blank that FEAT has in front: clients read these lines as those of LIST, and none begins like a reply.
	c.respond("213-Status\r\n" + body + "213 End\r\n")
}
