package foreignlog

import (
	"slices"
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// dialogueLog reads the FTP dialogue in the log of any program that shows it: libraries such as
// FluentFTP, basic-ftp, rclone, Net::FTP and Commons Net, clients without a format of their own,
// and a few servers. A line is a command or a reply by what it says, whatever stands in front of
// it; what the program says itself counts where it names a failure.
type dialogueLog struct {
	book *book
	s    *session
	last string // the last line of the dialogue: many programs log it twice
	code string // of the last whole reply
}

var (
	dlgMark = lazyregexp.New(`(?:^|[\s\[(])(?:FTP [TR]x:|Net::FTP(?:=GLOB|>>>)|\[connection\] [<>] '|FtpControlStream#|FTPReply = |audit\.transcript|Waiting for response to:|FTPS authentication |Login security: |Control socket is using: |FTPError: |Cmd: [A-Z]{3,4}\b|FTP (?:sent|received): |CC (?:IN|OUT): |sender=ftpserverlib|ftp-deploy|FTP-Deploy-Action|Core FTP, release|SmartFTP v|FireFTP |cURL debug log|publish_over_ftp|ftp_\w+\(\): |FTP: Connecting with configuration|aioftp\.|Error: Timeout \((?:control|data) socket\)|(?:getaddrinfo ENOTFOUND|connect E[A-Z]+) .*\((?:control|data) socket\)|ftp://\S+: dial\()|\(control socket\)|WebException: .*\(\d{3}\)|\((?:No encryption|TLSv[\d.]+)\)$|\[(?:<?\d+m?s|\d+\.\d+s)\]$`)

	dlgFluent = lazyregexp.New(`^# [A-Z]\w+\(|FluentFTP|Waiting for response to: [A-Z]`)

	// dlgConnect is how programs say which server they talk to.
	dlgConnect   = lazyregexp.New(`(?i)\b(?:connected to|connecting to|established connection to|connect to:?|connect:|dial\("tcp",|socket #\d+ to|created connection from \S+ to)[ "]*(?:\S+\(\w*\) )?(?:IP #\d+ ?= ?)?\[?([0-9A-Za-z][0-9A-Za-z.:_-]*[0-9A-Za-z])\]?(?:"|, (?:port )?(\d{1,5})\b| port:? (\d{1,5})\b)?`)
	dlgSecured   = lazyregexp.New(`^(?:.*[\s:])?(?:Control socket is using: (TLS\S+)|FTPS authentication successful.*?(?:cipher suite = (\w+))?|Login security: (TLS\S+)|> dial: conn=\*tls\.Conn, err=<nil>)`)
	dlgTook      = lazyregexp.New(` \[<?[\d.,]+(?:m?s|d|min|h)\]$`)
	dlgTrouble   = lazyregexp.New(`(?i)error|exception|fail|fatal|refused|timed out|timeout \(|timeout when|reset by|can't|cannot|could not|couldn't|unable|err=[^<]`)
	dlgTrace     = lazyregexp.New(`^\s*(?:at |from |File "|\.\.\. \d+ more|\^|\})`)
	dlgData      = lazyregexp.New(`(?i)data (?:connection|socket|stream|channel)|datenverbindung`)
	dlgIgnored   = lazyregexp.New(`(?i)response to|reply to|wrong response|\bauto-?detect|failed to connect, are you sure|unrecognized|are you sure|continueonerror|failonerror|errors?=0|0 errors?\b|--\w+`)
	dlgQuoted    = lazyregexp.New(`^FTPReply = \[code= ?\d+, message= ?(.*)\]$`)
	dlgReceived  = lazyregexp.New(`(?i)(?:\b(?:response|reply|returns|rx|get|resp|cc in|antwort|réponse ?|respuesta|risposta):) *["']?$`)
	dlgHTTP      = lazyregexp.New(`^(?i)(?:internal server error|not implemented$|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)`)
	dlgFrom      = lazyregexp.New(`<(?:<<|-+)? *["']?$`)
	dlgOperation = lazyregexp.New(`(?i)\b(?:(write|writing|upload\w*|stor\w*|put|copy)|(read|download\w*|retriev\w*|get)|(list\w*|nlist|readdir)|(chang\w+ (?:to|dir\w*)|chdir|cwd))\b`)
	dlgColon     = lazyregexp.New(`^(\d{3}): `)
	dlgMode      = lazyregexp.New(`(?i)(won't open a connection to|illegal port|port command)|\b(passive|pasv|epsv)\b`)
	dlgDotNet    = lazyregexp.New(`(?:WebException|FtpWebRe\w+).*\((\d{3})\)( [A-Za-z ]+)?`)
	dlgPHP       = lazyregexp.New(`\bftp_(?:nb_)?f?(\w+)\(\): (.+?)(?: in \S+ on line \d+)?$`)
	dlgBroken    = lazyregexp.New(`(?i)FTPProtoError|can't parse response|malformed (?:pasv|epsv|passive)|parse227|parse229`)
	dlgServer    = lazyregexp.New(`(?i)\b(?:RECEIVED: [A-Z]{3,4}\b|SENT: \d{3}|Received line|Sending answer|aioftp\.server|<(?:==|-) [A-Z]{3,4}\b|==> \d{3})`)
)

func openDialogue(b *book) parser {
	b.tool = probe.Tool{Name: "FTP library"}
	return &dialogueLog{book: b}
}

func scoreDialogue(line string) int {
	sum := 0
	if containsAny(line, dlgHints) && dlgMark.MatchString(line) {
		sum = 12
	}
	if (line != "" && line[0] == '#' || containsAny(line, fluentHints)) && dlgFluent.MatchString(line) {
		sum = 40 // its lines have the labels of FileZilla
	}
	switch m := dialogueLine(line); {
	case m.text == "":
	case !m.command:
		sum++
	case m.front == "" || strings.TrimSpace(m.front) != "": // else it may be a feature
		sum += 2
	}
	return sum
}

// dlgHints are parts of what dlgMark matches, fluentHints of what dlgFluent does: most lines have none.
var (
	dlgHints = []string{
		"FTP", "ftp", "WebException", "[connection]", "FtpControlStream", "audit.transcript", "Waiting for", "Login security", "Control socket", "Cmd: ", "CC IN", "CC OUT", "SmartFTP",
		"cURL debug", "socket)", "encryption)", "(TLSv", "ms]", "s]",
	}
	fluentHints = []string{"FluentFTP", "Waiting for response"}
)

// troubleHints are parts of what dlgTrouble and dlgBroken match, in the ways in which programs write
// them.
var troubleHints = []string{
	"rror", "ERROR", "xception", "EXCEPTION", "ail", "FAIL", "atal", "FATAL", "efused", "REFUSED", "imed out", "imeout", "TIMEOUT", "eset by", "an't", "annot", "ould not", "ouldn't",
	"nable", "UNABLE", "err=", "alformed", "parse2",
}

// serverHints are parts of what dlgServer matches.
var serverHints = []string{"ECEIVED: ", "eceived: ", "SENT: ", "ent: ", "eceived line", "ending answer", "aioftp.server", "<-", "<==", "==>"}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// maxFront bounds what may stand in front of a line of the dialogue.
const maxFront = 200

// message is a line of the dialogue and what stands in front of it.
type message struct {
	front, text string
	command     bool
}

// dialogueLine finds the command or the reply that a line shows. What stands in front of it has to
// end as a label, a mark or a time ends: words of prose do not.
func dialogueLine(line string) message {
	line = strings.TrimRight(line, " \t")
	for i := 0; i < len(line) && i < maxFront; i++ {
		c := line[i]
		if i > 0 && !strings.ContainsRune(" \t\"'[=", rune(line[i-1])) {
			continue
		}
		switch {
		case digit(c):
			if !beginsReply(line[i:]) || !isFront(line[:i], false) {
				continue
			}
			text := unquote(line[:i], line[i:])
			code, _ := replyCode(text)
			if len(text) <= 4 && strings.HasSuffix(strings.TrimRight(line[:i], " "), ":") && !dlgReceived.MatchString(line[:i]) {
				continue // a number
			}
			if code != "" {
				return message{line[:i], text, false}
			}
		case c >= 'A' && c <= 'Z':
			if !beginsVerb(line[i:]) || !isFront(line[:i], true) || dlgReceived.MatchString(line[:i]) {
				continue
			}
			if text := unquote(line[:i], line[i:]); isVerbLine(text) {
				return message{line[:i], text, true}
			}
		}
	}
	return message{}
}

// beginsReply is the cheap half of the test for a reply.
func beginsReply(text string) bool {
	if strings.HasPrefix(text, "FTPReply") {
		return true
	}
	if len(text) > 4 && text[0] == '5' && dlgHTTP.MatchString(text[4:]) {
		return false
	}
	return len(text) >= 3 && digit(text[1]) && digit(text[2]) && (len(text) == 3 || strings.IndexByte(" -:\"']\\", text[3]) >= 0) && knownReply(text[:3])
}

// beginsVerb is the cheap half of the test for a command.
func beginsVerb(text string) bool {
	n := 0
	for n < len(text) && n < 6 && text[n] >= 'A' && text[n] <= 'Z' {
		n++
	}
	_, ok := verbs[text[:n]]
	return ok && (n == len(text) || text[n] < 'a' || text[n] > 'z')
}

// knownReply tells codes that an FTP server sends from other numbers of three digits.
func knownReply(code string) bool {
	switch code[0] {
	case '1':
		return code == "110" || code == "120" || code == "125" || code == "150" || code == "151"
	case '2':
		return code <= "257" && code[1] <= '5'
	case '3':
		return code[1] == '3' || code == "350"
	case '4':
		return code[1] == '2' || code[1] == '3' || code[1] == '5'
	case '5':
		return code[1] != '1' && code[1] != '4' && code[1] <= '5'
	case '6':
		return code[1] == '3'
	}
	return false
}

// isVerbLine tells whether a text is a command as it goes over the wire: the verb in capitals and
// an argument that is not the middle of a sentence.
func isVerbLine(text string) bool {
	name, arg, _ := strings.Cut(text, " ")
	if _, ok := verbs[name]; !ok {
		return false
	}
	arg = strings.TrimSpace(arg)
	switch name {
	case "PASV", "EPSV", "PWD", "XPWD", "CDUP", "QUIT", "NOOP", "ABOR", "REIN", "SYST", "FEAT", "CCC":
		return arg == "" || arg == name || name == "EPSV" && (arg == "ALL" || len(arg) == 1)
	case "AUTH", "TYPE", "MODE", "STRU", "PROT", "PBSZ":
		return arg != "" && len(arg) <= 8 && !strings.Contains(arg, " -")
	case "HOST", "HASH", "LANG", "HELP", "SIZE", "STAT":
		return !strings.HasSuffix(arg, ".") && len(strings.Fields(arg)) <= 4
	}
	return true
}

// isFront tells whether a text may stand in front of a line of the dialogue.
func isFront(front string, command bool) bool {
	if front == "" {
		return true
	}
	if dlgIgnored.MatchString(front) {
		return false
	}
	front = strings.TrimRight(front, " \t\"'")
	if front == "" {
		return true
	}
	switch end := front[len(front)-1]; end {
	case '>', '<', ':', '-', ']', '|', '[', '*', ')':
		if end == '[' || end == ')' {
			return !command || strings.HasSuffix(strings.TrimRight(front, "["), "command ")
		}
		return true
	case '=':
		return strings.HasSuffix(front, "<==") || strings.HasSuffix(front, "==>") || strings.HasSuffix(front, "line=") || strings.HasSuffix(front, "message=")
	}
	return false
}

// unquote takes off what closes after the text if it was opened in front of it, and undoes escaped
// line ends.
func unquote(front, text string) string {
	if m := dlgQuoted.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if front == "" {
		text = dlgColon.ReplaceAllString(text, "$1 ")
	}
	if strings.HasSuffix(text, "]") {
		text = dlgTook.ReplaceAllString(text, "")
	}
	if front != "" {
		switch front[len(front)-1] {
		case '"', '\'':
			text = strings.TrimSuffix(text, front[len(front)-1:])
		}
		if strings.Count(front, "[") > strings.Count(front, "]") {
			text = strings.TrimSuffix(text, "]")
		}
	}
	if strings.Contains(text, `\n`) {
		text = strings.ReplaceAll(strings.ReplaceAll(text, `\r\n`, "\n"), `\n`, "\n")
	}
	return strings.TrimRight(text, "\n ")
}

func (d *dialogueLog) session() *session {
	if d.s == nil || d.s.closed {
		d.s = d.book.start("")
	}
	return d.s
}

func (d *dialogueLog) line(text string) {
	if len(strings.TrimSpace(text)) == 0 {
		return
	}
	if !d.book.server && containsAny(text, serverHints) && dlgServer.MatchString(text) {
		d.book.server = true
	}
	at, rest := d.book.cutStamp(text)
	if !at.IsZero() {
		d.session().at(at, true)
	}
	m := dialogueLine(rest)
	switch {
	case m.text == "" || dlgBroken.MatchString(rest):
		d.said(rest)
	case m.text == d.last:
	case m.command && (d.isFeature(m) || d.s != nil && d.s.replyOpen() && dlgFrom.MatchString(m.front)):
		d.s.replyLine(m.text)
	case m.command:
		d.last = m.text
		d.command(m.text)
	default:
		d.last = m.text
		for _, line := range strings.Split(m.text, "\n") {
			d.reply(line, rest)
		}
	}
}

// isFeature tells a line of the answer to FEAT or HELP, which names commands, from a command.
func (d *dialogueLog) isFeature(m message) bool {
	if d.s == nil || d.s.ftp.code != "211" && d.s.ftp.code != "214" {
		return false
	}
	front := strings.TrimSpace(m.front)
	return !strings.HasSuffix(front, ">") && !strings.HasSuffix(front, ":") && len(m.front) < 2
}

func (d *dialogueLog) command(text string) {
	s := d.session()
	name, arg := splitCommand(text)
	if (s.ftp.left || s.over) && name != "QUIT" || name == "USER" && s.ftp.logged {
		s.close()
		s = d.session()
	}
	if arg == name {
		text = name
	}
	if name == "QUIT" && s.failed() {
		s.ftp.left = true // it only takes its leave
		return
	}
	d.settlePassive(name)
	s.command(text)
}

// settlePassive recognises that a data connection was asked for again without being used.
func (d *dialogueLog) settlePassive(name string) {
	s := d.s
	if (name == "PASV" || name == "EPSV") && s.op() == probe.OpPassive && s.ftp.passive != "" && len(s.ftp.pending) == 0 && !s.failed() {
		s.remark(probe.PhaseDataConnect, "the data connection was asked for again without being used")
	}
}

func (d *dialogueLog) reply(text, line string) {
	s := d.session()
	code, sep := replyCode(text)
	if code == "220" && (s.ftp.left || s.over || s.ftp.logged && len(s.ftp.pending) == 0) {
		s.close()
		s = d.session()
	}
	if !s.replyOpen() && len(s.ftp.pending) == 0 && (sep == '-' && code == d.code || s.failed() && code >= "4") {
		return // the rest of a reply whose last line was shown first, or a repetition
	}
	s.connected("")
	d.suppose(code, line)
	d.code = code
	s.replyLine(text)
}

// suppose makes the command that a refusal answers where the log shows nothing but the refusal.
func (d *dialogueLog) suppose(code, line string) {
	s := d.s
	if code < "4" || code == "421" || s.ftp.greeted || len(s.ftp.pending) > 0 || s.replyOpen() {
		return
	}
	s.ftp.greeted = true
	if s.step != nil {
		s.step.answered = true
	}
	if name := supposedVerb(code, line); name != "" {
		s.unseen(name)
		return
	}
	s.ftp.dialled = true
	d.book.note("the log shows a refusal and not the command: what was refused is not told")
	s.begin(probe.OpRaw, "")
}

// supposedVerb is the command that a refusal answers, by its code and by the words around it.
func supposedVerb(code, line string) string {
	switch code {
	case "530", "430", "331", "332":
		return "PASS"
	case "532", "552", "553", "452":
		return "STOR"
	}
	if m := dlgMode.FindStringSubmatch(line); m != nil && (code[0] == '5' || code == "425") {
		if m[1] != "" {
			return "PORT"
		}
		return "PASV"
	}
	switch m := dlgOperation.FindStringSubmatch(line); {
	case m == nil:
	case m[1] != "":
		return "STOR"
	case m[2] != "":
		return "RETR"
	case m[3] != "":
		return "LIST"
	case m[4] != "":
		return "CWD"
	}
	switch code {
	case "425", "426", "522", "534":
		return "LIST"
	case "550", "450":
		return "RETR" // both are about a file (RFC 959 section 4.2.2)
	}
	return ""
}

// unseen opens the step of a command that the log does not show.
func (s *session) unseen(name string) {
	s.ftp.dialled, s.ftp.greeted = true, true
	s.book.note("the log shows a refusal and not the command: it is taken for the answer to " + name)
	s.moveTo(name, "", lookVerb(name, ""))
	s.ftp.pending = append(s.ftp.pending, name)
	if moves(name) {
		s.ftp.transfer = name
	}
}

// said takes what the program says in its own words.
func (d *dialogueLog) said(text string) {
	s := d.s
	if s != nil && s.replyOpen() && !isTrouble(text) {
		s.replyLine(strings.TrimSpace(text))
		return
	}
	if m := dlgDotNet.FindStringSubmatch(text); m != nil && knownReply(m[1]) {
		d.book.note(".NET shows the code of a reply and words of its own beside it")
		d.reply(strings.TrimRight(m[1]+m[2], " "), "")
		return
	}
	if m := dlgPHP.FindStringSubmatch(text); m != nil {
		d.php(m[1], m[2], text)
		return
	}
	if m := dlgSecured.FindStringSubmatch(text); m != nil {
		d.secured(m[1] + m[2] + m[3])
		return
	}
	if isTrouble(text) {
		d.trouble(text)
		return
	}
	if d.foreign(text) {
		return
	}
	if m := dlgConnect.FindStringSubmatch(text); m != nil {
		d.connecting(m, text)
	}
}

// phpVerbs are the commands behind PHP's functions.
var phpVerbs = map[string]string{
	"login": "PASS", "put": "STOR", "append": "APPE", "get": "RETR", "nlist": "NLST", "rawlist": "LIST", "mlsd": "MLSD", "chdir": "CWD", "cdup": "CDUP", "pwd": "PWD",
	"mkdir": "MKD", "rmdir": "RMD", "delete": "DELE", "rename": "RNFR", "size": "SIZE", "mdtm": "MDTM", "pasv": "PASV", "chmod": "SITE CHMOD",
}

// php takes a warning of PHP's ftp functions: it is the text of the reply without its code.
func (d *dialogueLog) php(name, words, text string) {
	s := d.session()
	verb := phpVerbs[name]
	if verb == "" || classOf(words) != "" {
		d.trouble(text)
		return
	}
	if s.failed() || s.broken {
		return
	}
	s.unseen(verb)
	s.ftp.pending = nil
	code := 550
	if verb == "PASS" {
		code = 530
	}
	d.book.note("PHP shows the words of a reply without its code: " + strconv.Itoa(code) + " is assumed")
	s.fail(probe.Event{
		Phase: lookVerb(verb, "").phase, Direction: probe.Received, Kind: probe.KindReply, Command: verb, Text: words,
		Code: &probe.Code{Space: probe.SpaceFTP, Value: code, Text: words},
	}, verb)
}

// foreign recognises the first line of another protocol in place of the greeting.
func (d *dialogueLog) foreign(text string) bool {
	i := strings.Index(text, "SSH-")
	if i < 0 || i > maxFront || d.s == nil || d.s.ftp.greeted || !isFront(text[:i], false) {
		return false
	}
	d.s.strayLine(text[i:])
	return true
}

func (d *dialogueLog) secured(version string) {
	s := d.session()
	if s.ftp.secured && s.ftp.passive == "" || s.step == nil {
		return
	}
	s.secured(version, "", false)
}

func (d *dialogueLog) connecting(m []string, text string) {
	host, port := splitAddress(m[1])
	if port == 0 {
		port, _ = strconv.Atoi(m[2] + m[3])
	}
	if !strings.ContainsAny(host, ".:") && host != "localhost" && port == 0 {
		return
	}
	s := d.session()
	again := s.ftp.left || s.over || (s.failed() || s.broken) && strings.HasPrefix(text, "Connect")
	if s.ftp.greeted && !again {
		return // the data connection
	}
	if again {
		s.close()
		s = d.session()
	}
	addr := host
	if port > 0 {
		addr = joinPort(host, port)
	}
	s.dialling(addr)
	if low := strings.ToLower(text); strings.Contains(low, "connected to") || strings.Contains(low, "established") || strings.Contains(low, "created connection") {
		s.connected("")
	} else if s.step == nil || s.kept == 0 {
		s.remark(probe.PhaseTCP, text)
	}
}

// isTrouble tells whether a line reports a failure rather than a setting or a frame of a stack.
func isTrouble(text string) bool {
	if !containsAny(text, troubleHints) {
		return false
	}
	return dlgBroken.MatchString(text) || dlgTrouble.MatchString(text) && !dlgTrace.MatchString(text) && !dlgIgnored.MatchString(text)
}

// trouble takes a failure that the program reports. The first tells the cause; after the dialogue
// has told it, the program only repeats it.
func (d *dialogueLog) trouble(text string) {
	s := d.session()
	class := classOf(text)
	s.flushReply()
	switch {
	case s.failed() || s.over || s.broken:
		if s.step != nil {
			s.remark(s.where(), text)
		}
	case dlgBroken.MatchString(text):
		s.fail(probe.Event{
			Phase: probe.PhasePassive, Direction: probe.Local, Kind: probe.KindCheck, Text: text, Failure: &probe.Failure{Class: probe.ClassMalformed, Text: text},
		}, "")
	case s.ftp.left || class == probe.ClassEOF && d.idle():
		s.settle()
	case dlgData.MatchString(text) && s.ftp.greeted:
		d.dataTrouble(class, text)
	case class == probe.ClassRefused || class == probe.ClassUnreachable || class == probe.ClassTimeout && strings.Contains(text, "connect"):
		d.refused(class, text)
	case class != "":
		s.trouble(class, text)
	case s.empty():
		// a failure without a dialogue and in unknown words tells nothing
	default:
		s.fail(probe.Event{
			Phase: s.where(), Direction: probe.Local, Kind: probe.KindCheck, Text: text, Failure: &probe.Failure{Class: probe.ClassUnexpected, Text: text},
		}, "")
	}
}

// idle tells that nothing is being waited for.
func (d *dialogueLog) idle() bool {
	return len(d.s.ftp.pending) == 0 && d.s.ftp.logged && d.s.ftp.passive == ""
}

func (d *dialogueLog) dataTrouble(class probe.Class, text string) {
	if class == probe.ClassEOF || class == probe.ClassReset {
		d.s.dataBroke(class, text)
		return
	}
	if class == "" {
		class = probe.ClassTimeout
		if strings.Contains(strings.ToLower(text), "refused") {
			class = probe.ClassRefused
		}
	}
	d.s.dataFailed(class, text)
}

// refused takes a failure to connect: to the server, or once there is a dialogue to its data port.
func (d *dialogueLog) refused(class probe.Class, text string) {
	s := d.s
	if s.ftp.greeted && s.ftp.passive != "" {
		s.dataFailed(class, text)
		return
	}
	if addr := fzAddr.FindString(text); addr != "" && !s.ftp.dialled {
		s.dialling(addr)
	}
	s.trouble(class, text)
}

func (d *dialogueLog) end() {}
