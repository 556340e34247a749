package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// xferlog reads the transfer log that wu-ftpd began with. It has transfers only; those of one user
// from one host in a row are taken as a session.
type xferlog struct {
	book *book
	s    *session
	who  string
}

var xferLine = lazyregexp.New(`^(\d+) (\S+) (\d+) (.*) ([ab]) (\S) ([iod]) ([agr]) (\S+) (\S+) ([01]) (\S+)(?: ([ci]))?$`)

func openXferlog(b *book) parser {
	b.server = true
	b.tool = probe.Tool{Name: "xferlog"}
	b.note("the log has transfers only: logins, listings and refused commands are not in it")
	return &xferlog{book: b}
}

func scoreXferlog(line string) int {
	if m := stampCtime.FindString(line); m != "" && xferLine.MatchString(line[len(m):]) {
		return 5
	}
	return 0
}

func (x *xferlog) line(text string) {
	at, rest := x.book.cutStamp(text)
	m := xferLine.FindStringSubmatch(rest)
	if m == nil {
		return
	}
	who := m[9] + "@" + m[2]
	if x.s == nil || who != x.who {
		x.begin(who, m[9], m[2])
	}
	s := x.s
	s.at(at, true)
	verb := map[string]string{"i": "STOR", "o": "RETR", "d": "DELE"}[m[7]]
	bytes, _ := strconv.ParseInt(m[3], 10, 64)
	s.command(verb + " " + strings.ReplaceAll(m[4], "\n", " "))
	s.step.Bytes = bytes
	if verb == "DELE" {
		s.reply("250", "250")
		return
	}
	x.transfer(bytes, m[13] == "i")
}

func (x *xferlog) begin(who, user, host string) {
	if x.s != nil {
		x.s.close()
	}
	x.who, x.s = who, x.book.serverSession("", host)
	x.s.target.User = user
	x.s.ftp.greeted, x.s.ftp.logged = true, true
	x.s.connection("", host)
}

func (x *xferlog) transfer(bytes int64, incomplete bool) {
	s := x.s
	if !incomplete {
		s.moved(bytes, "")
		s.reply("226", "226")
		return
	}
	text := "the server logged the transfer as incomplete"
	s.ftp.pending = nil
	if bytes == 0 {
		text += ", with no byte moved: it may have been refused"
	}
	s.fail(probe.Event{
		Phase: probe.PhaseTransfer, Conn: s.dataConn(), Direction: probe.Local, Kind: probe.KindData, Text: text, Bytes: bytes,
		Failure: &probe.Failure{Class: probe.ClassEOF, Text: text},
	}, "")
	s.ftp.transfer = ""
}

func (x *xferlog) end() {}
