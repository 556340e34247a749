package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// vsftpd reads vsftpd's own log. One session runs in several processes, so that lines of a new
// process belong to the newest session of the same client.
type vsftpd struct {
	book *book
	pids map[string]*session
	last map[string]*session // by client address
}

var (
	vsLine  = lazyregexp.New(`^\[pid (\d+)\] (?:\[([^\]]*)\] )?(CONNECT|FTP command|FTP response|DEBUG|OK [A-Z]+|FAIL [A-Z]+): Client "([^"]*)"(?:, (.*))?$`)
	vsBytes = lazyregexp.New(`^"(.*)"(?:, (\d+) bytes)?`)
	vsTLS   = lazyregexp.New(`SSL version: (\S+), SSL cipher: ([^,]+), (not reused|reused)`)
)

func openVsftpd(b *book) parser {
	b.tool, b.server = probe.Tool{Name: "vsftpd"}, true
	return &vsftpd{book: b, pids: map[string]*session{}, last: map[string]*session{}}
}

func scoreVsftpd(line string) int {
	if stampCtime.MatchString(line) && strings.Contains(line, "[pid ") && strings.Contains(line, `: Client "`) {
		return 5
	}
	return 0
}

func (v *vsftpd) line(text string) {
	at, rest := v.book.cutStamp(text)
	m := vsLine.FindStringSubmatch(rest)
	if m == nil {
		return
	}
	s := v.find(m[1], m[4], m[3] == "CONNECT")
	s.at(at, true)
	if m[2] != "" && s.target.User == "" {
		s.target.User = m[2]
	}
	v.entry(s, m[3], m[5])
}

// find returns the session of a process.
func (v *vsftpd) find(pid, client string, fresh bool) *session {
	s := v.pids[pid]
	if s == nil && !fresh {
		s = v.last[client]
	}
	if s == nil || fresh || s.closed {
		s = v.begin(client)
	}
	if len(v.pids) > maxRequests {
		clear(v.pids)
	}
	v.pids[pid], v.last[client] = s, s
	return s
}

func (v *vsftpd) begin(client string) *session {
	if old := v.last[client]; old != nil {
		old.close()
	}
	if len(v.last) > maxRequests {
		clear(v.last)
	}
	return v.book.serverSession("", client)
}

// serverSession begins a session that a server tells of.
func (b *book) serverSession(key, client string) *session {
	s := b.start(key)
	s.ftp.dialled = true
	s.client = client
	return s
}

func (v *vsftpd) entry(s *session, kind, rest string) {
	text := strings.TrimSuffix(strings.TrimPrefix(rest, `"`), `"`)
	switch kind {
	case "CONNECT":
		s.accepted()
	case "FTP command":
		s.command(text)
	case "FTP response":
		s.replyLine(text)
	case "DEBUG":
		v.debug(s, text)
	default:
		v.outcome(s, kind, rest)
	}
}

// accepted records the connection that a client made.
func (s *session) accepted() {
	s.ftp.dialled = true
	s.connection("", s.client)
	s.add(probe.Event{Phase: probe.PhaseTCP, Direction: probe.Local, Kind: probe.KindConnect, Text: strings.TrimSpace("connection from " + s.client)})
}

func (v *vsftpd) debug(s *session, text string) {
	if m := vsTLS.FindStringSubmatch(text); m != nil {
		s.secured(m[1], m[2], m[3] == "reused")
		if m[3] == "not reused" && s.ftp.passive != "" {
			s.oddity(probe.OddityNotResumed, probe.PhaseDataTLS, text)
		}
		return
	}
	if strings.Contains(text, "SSL_accept failed") || strings.Contains(text, "SSL_connect failed") {
		s.serverAlert(text)
		return
	}
	if s.step != nil {
		s.remark(s.where(), text)
	}
}

// serverAlert takes a broken handshake from the server's side: an alert that it received is one that
// the client sent.
func (s *session) serverAlert(text string) {
	class := classOf(text)
	code, ok := alertOf(text)
	if !ok {
		if class == "" {
			class = probe.ClassTLS
		}
		s.trouble(class, text)
		return
	}
	phase := probe.PhaseTLS
	if s.ftp.secured {
		phase = probe.PhaseDataTLS
	}
	if s.failed() {
		s.remark(phase, text)
		return
	}
	s.add(probe.Event{Phase: phase, Direction: probe.Sent, Kind: probe.KindAlert, Text: text, Code: &code})
	class = probe.ClassTLS
	switch code.Value {
	case 48, 46, 42:
		class = probe.ClassUntrusted
	case 45:
		class = probe.ClassExpired
	}
	s.fail(probe.Event{
		Phase: phase, Direction: probe.Local, Kind: probe.KindHandshake, Text: text, Failure: &probe.Failure{Class: class, Text: text},
	}, "")
}

// outcome takes OK and FAIL lines. Where commands are logged too they repeat what is known.
func (v *vsftpd) outcome(s *session, kind, rest string) {
	verb, ok := map[string]string{
		"LOGIN": "PASS", "UPLOAD": "STOR", "DOWNLOAD": "RETR", "DELETE": "DELE", "RENAME": "RNTO", "MKDIR": "MKD", "RMDIR": "RMD", "CHMOD": "SITE",
	}[kind[strings.IndexByte(kind, ' ')+1:]]
	if !ok {
		return
	}
	failed := strings.HasPrefix(kind, "FAIL")
	if s.step != nil && len(s.step.Codes) > 0 && (verb == "PASS" && s.op() == probe.OpLogin || s.op() == lookVerb(verb, "").op) {
		s.addBytes(rest)
		return
	}
	if verb == "PASS" && len(s.ftp.pending) > 0 {
		return // the reply follows
	}
	path := rest
	if m := vsBytes.FindStringSubmatch(rest); m != nil {
		path = m[1]
	}
	s.serverResult(verb, path, failed)
	s.addBytes(rest)
}

func (s *session) addBytes(rest string) {
	if m := vsBytes.FindStringSubmatch(rest); m != nil && m[2] != "" && s.step != nil {
		n, _ := strconv.ParseInt(m[2], 10, 64)
		s.step.Bytes = n
	}
}

// serverResult makes an operation of a line that tells only what was asked and whether it worked.
func (s *session) serverResult(verb, path string, failed bool) {
	switch verb {
	case "PASS":
		s.ftp.greeted = true
		s.begin(probe.OpLogin, "")
		s.ftp.pending = []string{"PASS"}
		s.add(probe.Event{Phase: probe.PhaseLogin, Direction: probe.Sent, Kind: probe.KindCommand, Command: "PASS", Text: "PASS " + probe.Mask})
	default:
		s.command(strings.TrimSpace(verb + " " + path))
	}
	code := map[string]string{"PASS": "230", "STOR": "226", "RETR": "226", "DELE": "250", "RNTO": "250", "MKD": "257", "RMD": "250", "SITE": "200"}[verb]
	if failed {
		code = map[string]string{"PASS": "530", "STOR": "553"}[verb]
		if code == "" {
			code = "550"
		}
		s.book.note("the log tells failures without the reply: the usual code is put in their place")
	}
	s.reply(code, code)
}

func (v *vsftpd) end() {}
