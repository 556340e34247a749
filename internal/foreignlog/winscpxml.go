package foreignlog

import (
	"encoding/xml"
	"strings"
	"time"

	"mftprobe/probe"
)

// winSCPXML reads a WinSCP XML log line by line: it lists operations, each with its result and the
// messages of a failure.
type winSCPXML struct {
	book *book
	s    *session
	op   string            // the element that is open
	attr map[string]string // its children by name
	msgs []string
	fail bool
	text string
	in   string // message, if one is open
	root string // the failure of the session itself
}

func openWinSCPXML(b *book) parser {
	b.tool = probe.Tool{Name: "WinSCP"}
	b.note("the XML log tells operations and results, not replies: text is all that there is to go by")
	return &winSCPXML{book: b}
}

func scoreWinSCPXML(line string) int {
	switch {
	case strings.Contains(line, "winscp.net/schema/session"):
		return 100
	case strings.Contains(line, "<result success="), strings.Contains(line, "<destination value="):
		return 2
	}
	return 0
}

// xmlOps are the elements that stand for operations.
var xmlOps = map[string]probe.Op{
	"ls": probe.OpList, "upload": probe.OpPut, "download": probe.OpGet, "rm": probe.OpDelete, "mkdir": probe.OpMkdir, "mv": probe.OpRename, "chmod": probe.OpChmod,
	"touch": probe.OpRaw, "stat": probe.OpStat, "call": probe.OpRaw, "cwd": probe.OpCwd, "checksum": probe.OpRaw, "cp": probe.OpRaw,
}

func (w *winSCPXML) line(text string) {
	d := xml.NewDecoder(strings.NewReader(text + "\n"))
	d.Strict = false
	for {
		tok, err := d.RawToken()
		if err != nil {
			return
		}
		switch t := tok.(type) {
		case xml.StartElement:
			w.open(t)
		case xml.EndElement:
			w.close(t.Name.Local)
		case xml.CharData:
			if w.in != "" && len(w.text) < MaxLine {
				w.text += string(t)
			}
		}
	}
}

func attrOf(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (w *winSCPXML) open(t xml.StartElement) {
	name := t.Name.Local
	switch name {
	case "session":
		w.session(attrOf(t, "name"), attrOf(t, "start"))
	case "group":
		w.stamp(attrOf(t, "start"))
	case "failure":
		w.fail = true
		w.root = "failure"
	case "message":
		w.in, w.text = "message", ""
	case "result":
		w.fail = attrOf(t, "success") == "false"
		w.root = ""
	default:
		if _, ok := xmlOps[name]; ok && w.op == "" {
			w.op, w.attr, w.msgs, w.fail = name, map[string]string{}, nil, false
		} else if w.op != "" && len(w.attr) < maxNotes {
			w.attr[name] = attrOf(t, "value")
		}
	}
}

func (w *winSCPXML) close(name string) {
	switch {
	case name == "message":
		if len(w.msgs) < maxNotes {
			w.msgs = append(w.msgs, strings.TrimSpace(w.text))
		}
		w.in = ""
	case name == "failure":
		w.failure()
	case name == w.op && w.op != "":
		w.finish()
	}
}

func (w *winSCPXML) session(name, start string) {
	if w.s != nil {
		w.s.close()
	}
	w.s = w.book.start("")
	w.stamp(start)
	scheme, rest, ok := strings.Cut(name, "://")
	if !ok {
		rest = name
		w.book.note("the XML log does not tell the protocol")
	}
	switch scheme {
	case "sftp", "scp":
		w.s.isSSH()
	case "ftps":
		w.s.implicitTLS()
	case "ftpes":
		w.s.target.Protocol = probe.FTPES
	}
	if i := strings.LastIndex(rest, "@"); i >= 0 {
		user, _, _ := strings.Cut(rest[:i], ":")
		w.s.target.User, rest = user, rest[i+1:]
	}
	host, port := splitAddress(strings.TrimRight(rest, "/"))
	w.s.setHost(host, port)
}

func (w *winSCPXML) stamp(text string) {
	if w.s == nil {
		w.s = w.book.start("")
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		w.s.at(t, true)
	}
}

// failure takes a failure that belongs to no operation: the session could not be opened or broke.
func (w *winSCPXML) failure() {
	text := strings.Join(w.msgs, " ")
	w.msgs = nil
	s := w.s
	if s == nil || text == "" {
		return
	}
	if s.isSFTP() && s.puttyText(text) {
		return
	}
	if code := codeInText(text); code != "" {
		s.ftp.dialled, s.ftp.greeted = true, true
		s.begin(probe.OpLogin, "")
		s.ftp.pending = []string{"PASS"}
		s.reply(code, text)
		return
	}
	class := classOf(text)
	switch {
	case class != "":
	case statusOf(text) == 3 || strings.Contains(strings.ToLower(text), "authentication failed") || strings.Contains(strings.ToLower(text), "access denied"):
		class = probe.ClassAuth
	default:
		class = probe.ClassUnexpected
	}
	s.trouble(class, text)
}

// codeInText finds the FTP code that a message quotes.
func codeInText(text string) string {
	for _, w := range strings.Fields(text) {
		if code, _ := replyCode(w + " "); code != "" && len(w) == 3 {
			return code
		}
	}
	return ""
}

// finish turns an operation into a step.
func (w *winSCPXML) finish() {
	s := w.s
	op := xmlOps[w.op]
	path := w.attr["filename"]
	if path == "" {
		path = w.attr["destination"]
	}
	text := strings.Join(w.msgs, " ")
	name := w.op
	w.op, w.msgs = "", nil
	if s.names[probe.OpLogin] == 0 {
		s.ftp.dialled, s.ftp.greeted, s.ftp.logged = true, true, true
		s.begin(probe.OpLogin, "")
		s.step.answered = true
		s.remark(probe.PhaseLogin, "the session was opened")
	}
	s.begin(op, path)
	if w.attr["size"] != "" {
		s.step.Bytes = countBytes(w.attr["size"] + " bytes")
	}
	if !w.fail {
		s.step.answered = true
		s.remark(probe.PhaseTransfer, name+" "+path)
		return
	}
	w.refuse(name, path, text)
}

func (w *winSCPXML) refuse(name, path, text string) {
	s := w.s
	if s.isSFTP() {
		request := map[string]string{
			"upload": "OPEN-WRITE", "download": "OPEN-READ", "ls": "OPENDIR", "rm": "REMOVE", "mkdir": "MKDIR", "mv": "RENAME", "chmod": "SETSTAT", "stat": "STAT",
		}[name]
		s.request("", request, path)
		code := statusOf(text)
		if m := wsCode.FindStringSubmatch(text); m != nil {
			code = int(m[1][0] - '0')
		}
		s.status("", code, text)
		return
	}
	verb := map[string]string{
		"upload": "STOR", "download": "RETR", "ls": "LIST", "rm": "DELE", "mkdir": "MKD", "mv": "RNTO", "chmod": "SITE", "stat": "SIZE", "cwd": "CWD",
	}[name]
	s.ftp.pending = []string{verb}
	if moves(verb) {
		s.ftp.transfer = verb
	}
	if code := codeInText(text); code != "" {
		s.reply(code, code+" "+text)
		return
	}
	class := classOf(text)
	if class == "" {
		class = probe.ClassUnexpected
	}
	s.trouble(class, text)
}

func (w *winSCPXML) end() {}
