package foreignlog

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// winSCP reads a WinSCP session log: "." what it does, ">" sent, "<" received, "!" standard error of
// the server, "*" errors.
type winSCP struct {
	book *book
	s    *session
	zone *time.Location
}

var (
	wsLine      = lazyregexp.New(`^([.<>!*]) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) ?(.*)$`)
	wsVersion   = lazyregexp.New(`^WinSCP Version ([\d.]+)`)
	wsZone      = lazyregexp.New(`^Time zone: Current: (?:GMT|UTC)([+-]\d+)?(?::(\d\d))?`)
	wsHost      = lazyregexp.New(`^Host name: (\S+) \(Port: (\d+)\)`)
	wsUser      = lazyregexp.New(`^User name: (.*?) \(Password:`)
	wsProtocol  = lazyregexp.New(`^Transfer Protocol: (\S+)`)
	wsConnect   = lazyregexp.New(`^Connecting to (\S+?)(?: port (\d+))?(?: \.\.\.|\.\.\.)?$`)
	wsConnected = lazyregexp.New(`^Connected (?:with|to) ([^\s,]+?)(?:, negotiating TLS connection.*|\. Waiting for welcome message.*|:\d+)?$`)
	wsTLS       = lazyregexp.New(`^Using (TLS\S+|SSL\S+), cipher (?:[^:]*: )?([^,]+)`)
	wsRealKey   = lazyregexp.New(`^(ssh-\S+|ecdsa-\S+|rsa-\S+) \d+ (?:([0-9a-f:]{20,}) )?(SHA256:)?([A-Za-z0-9+/=]{40,44})`)
	wsOffered   = lazyregexp.New(`^Server offered these authentication methods: (.*)`)
	wsType      = lazyregexp.New(`^Type: SSH_FXP_([A-Z_]+), Size: \d+, Number: (-?\d+)`)
	wsStatus    = lazyregexp.New(`^Status code: (\d+)(?:, Message: \d+, Server: (.*?), Language:.*)?`)
	wsError     = lazyregexp.New(`^\(([A-Za-z]+)\) (.*)`)
	wsCode      = lazyregexp.New(`[Ee]rror code: (\d+)`)
	wsVerify    = lazyregexp.New(`^Verifying certificate for "(.*?)" with fingerprint`)
)

func openWinSCP(b *book) parser {
	b.tool = probe.Tool{Name: "WinSCP"}
	return &winSCP{book: b}
}

func scoreWinSCP(line string) int {
	if wsLine.MatchString(line) {
		return 4
	}
	return 0
}

func (w *winSCP) line(text string) {
	m := wsLine.FindStringSubmatch(text)
	if m == nil {
		return
	}
	mark, body := m[1], m[3]
	if v := wsVersion.FindStringSubmatch(body); v != nil && mark == "." {
		w.begin(v[1])
	}
	w.stamp(m[2])
	switch mark {
	case ".":
		w.does(body)
	case ">":
		w.sent(body)
	case "<":
		w.received(body)
	case "!":
		w.session().remark(w.session().phaseNow(), body)
	case "*":
		w.wrong(body)
	}
}

func (w *winSCP) begin(version string) {
	w.book.tool.Version = version
	if w.s != nil && !w.s.empty() {
		w.s.close()
		w.s = nil
	}
}

func (w *winSCP) session() *session {
	if w.s == nil || w.s.closed {
		w.s = w.book.start("")
	}
	return w.s
}

func (w *winSCP) stamp(text string) {
	zone := w.zone
	if zone == nil {
		zone = w.book.zone
	}
	if t, err := time.ParseInLocation("2006-01-02 15:04:05.000", text, zone); err == nil {
		w.session().at(t, true)
	}
}

// setting takes the lines in which WinSCP lists the session's settings.
func (w *winSCP) setting(text string) bool {
	s := w.session()
	if m := wsZone.FindStringSubmatch(text); m != nil {
		hours, _ := strconv.Atoi(m[1])
		minutes, _ := strconv.Atoi(m[2])
		w.zone = time.FixedZone("log", hours*3600+minutes*60)
		return true
	}
	if m := wsHost.FindStringSubmatch(text); m != nil {
		if s.ftp.dialled {
			s.close()
			s = w.session()
		}
		port, _ := strconv.Atoi(m[2])
		s.setHost(m[1], port)
		return true
	}
	if m := wsUser.FindStringSubmatch(text); m != nil {
		s.target.User = m[1]
		return true
	}
	if m := wsProtocol.FindStringSubmatch(text); m != nil {
		if m[1] == "SFTP" || m[1] == "SCP" {
			s.isSSH()
		} else {
			s.target.Protocol = probe.FTP
		}
		return true
	}
	switch {
	case strings.HasPrefix(text, "FTPS: Implicit"):
		s.implicitTLS()
	case strings.HasPrefix(text, "FTPS: Explicit"):
		s.target.Protocol = probe.FTPES
	default:
		return false
	}
	return true
}

func (w *winSCP) does(text string) {
	if w.setting(text) || w.connecting(text) {
		return
	}
	s := w.session()
	if s.isSFTP() {
		w.ssh(text)
		return
	}
	if m := wsTLS.FindStringSubmatch(text); m != nil {
		s.secured(m[1], strings.TrimSpace(m[2]), false)
		return
	}
	class := classOf(text)
	switch {
	case strings.HasPrefix(text, "Timeout detected"):
		s.trouble(probe.ClassTimeout, text)
	case strings.HasPrefix(text, "Connection failed"), strings.HasPrefix(text, "Copying files"), strings.HasPrefix(text, "Disconnected from server"):
		w.ended(text)
	case strings.HasPrefix(text, "Server sent passive reply with unroutable address"), strings.HasPrefix(text, "TLS connect: "):
	case strings.HasPrefix(text, "Data connection "):
		w.data(class, text)
	case strings.HasPrefix(text, "Session reused"), strings.HasPrefix(text, "TLS"), strings.HasPrefix(text, "SSL"):
		w.tls(class, text)
	case wsVerify.MatchString(text), strings.Contains(text, "matches cached"):
	case class != "" && w.isTrouble(text):
		s.trouble(class, text)
	}
}

// isTrouble tells that a line reports an error and not a setting or a success.
func (w *winSCP) isTrouble(text string) bool {
	if w.s.step == nil {
		return false
	}
	low := strings.ToLower(text)
	for _, word := range []string{"timeout", "timed out", "refused", "lost", "closed", "failed", "fail", "error", "could not", "couldn't", "unreachable", "reset", "abort", "not exist", "forcibly", "disconnected"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

func (w *winSCP) tls(class probe.Class, text string) {
	low := strings.ToLower(text)
	if strings.Contains(low, "error") || strings.Contains(low, "alert") || strings.Contains(low, "can't establish") || strings.Contains(low, "fail") {
		if class == "" {
			class = probe.ClassTLS
		}
		if !strings.Contains(low, "close notify") {
			w.s.trouble(class, text)
		}
	}
}

// data takes what becomes of a data connection.
func (w *winSCP) data(class probe.Class, text string) {
	switch {
	case strings.HasPrefix(text, "Data connection opened"):
		w.s.dataConnected(text)
	case strings.HasPrefix(text, "Data connection closed"):
		w.s.moved(w.s.stepBytes(), text)
	case class != "":
		w.s.trouble(class, text)
	}
}

func (w *winSCP) ended(text string) {
	s := w.s
	if s.step != nil {
		s.remark(s.phaseNow(), text)
		s.settle()
	}
}

func (w *winSCP) connecting(text string) bool {
	s := w.session()
	if m := wsConnect.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[2])
		addr := m[1]
		switch {
		case s.ftp.greeted && !s.isSFTP() && fzAddr.MatchString(addr):
			s.remark(s.where(), text)
		case port > 0:
			s.dialling(joinPort(addr, port))
		case s.target.Port > 0 && !strings.Contains(addr, ":"):
			s.dialling(joinPort(addr, s.target.Port))
		default:
			s.dialling(addr)
		}
		return true
	}
	if m := wsConnected.FindStringSubmatch(text); m != nil && !s.ftp.greeted {
		addr := m[1]
		if s.target.Port > 0 && !strings.Contains(addr, ":") {
			addr = joinPort(addr, s.target.Port)
		}
		s.connected(addr)
		return true
	}
	if name, ok := strings.CutPrefix(text, `Looking up host "`); ok {
		s.isSSH()
		name, _, _ = strings.Cut(name, `"`)
		s.lookedUp(name)
		return true
	}
	if strings.HasPrefix(text, "Failed to connect to ") || strings.HasPrefix(text, "Connection to") && strings.Contains(text, "failed") {
		s.attemptFailed(classOf(text), text)
		return true
	}
	return false
}

func (w *winSCP) sent(text string) {
	s := w.session()
	if !s.isSFTP() {
		s.command(text)
		return
	}
	if m := wsType.FindStringSubmatch(text); m != nil {
		w.request(m[1], m[2])
		return
	}
	if s.step != nil {
		s.remark(s.whereSSH(), text)
	}
}

func (w *winSCP) request(name, id string) {
	s := w.s
	switch name {
	case "READ", "WRITE", "CLOSE", "READDIR", "LSTAT", "STAT", "FSTAT", "FSETSTAT", "SETSTAT":
		s.quietRequest(id, name)
	case "OPEN":
		if s.ssh.upload {
			name = "OPEN-WRITE"
		} else {
			name = "OPEN-READ"
		}
		s.request(id, name, s.ssh.path)
	case "EXTENDED":
		s.quietRequest(id, name)
	default:
		s.request(id, name, s.ssh.path)
	}
}

func (w *winSCP) received(text string) {
	s := w.session()
	if !s.isSFTP() {
		if !s.replyLine(text) {
			s.strayLine(text)
		}
		return
	}
	if m := wsType.FindStringSubmatch(text); m != nil {
		switch m[1] {
		case "STATUS":
			s.ssh.statusID = m[2]
		case "VERSION":
			s.sftpReady(0, text)
		case "DATA", "ATTRS":
		default:
			s.response(m[2], m[1])
		}
		return
	}
	if m := wsStatus.FindStringSubmatch(text); m != nil {
		code, _ := strconv.Atoi(m[1])
		w.status(code, m[2])
	}
}

// status takes a status. WinSCP asks for the attributes of names that need not exist.
func (w *winSCP) status(code int, text string) {
	s := w.s
	switch q := s.ssh.requests[s.ssh.statusID]; q.name {
	case "LSTAT", "STAT", "SETSTAT", "FSETSTAT", "EXTENDED":
		delete(s.ssh.requests, s.ssh.statusID)
		s.add(probe.Event{
			Phase: probe.PhaseRequest, Direction: probe.Received, Kind: probe.KindResponse, Command: q.name, Text: text, Tolerated: true,
			Code: &probe.Code{Space: probe.SpaceSFTP, Value: code, Name: statusNames[code], Text: text},
		})
	default:
		s.status(s.ssh.statusID, code, text)
	}
}

// wrong takes an exception. Most repeat what the protocol said already.
func (w *winSCP) wrong(text string) {
	s := w.session()
	if m := wsError.FindStringSubmatch(text); m != nil {
		text = m[2]
	}
	if s.failed() || s.broken || s.over {
		if s.step != nil {
			s.remark(s.phaseNow(), text)
		}
		return
	}
	if s.isSFTP() {
		if m := wsCode.FindStringSubmatch(text); m != nil && s.ssh.ready {
			code, _ := strconv.Atoi(m[1])
			s.status("", code, text)
			return
		}
		if s.puttyText(text) {
			return
		}
	}
	class := classOf(text)
	if class == "" && (s.step == nil || strings.HasPrefix(text, "Error") || s.step.answered) {
		return
	}
	if class == "" {
		class = probe.ClassUnexpected
	}
	s.trouble(class, text)
}

func (w *winSCP) end() {}
