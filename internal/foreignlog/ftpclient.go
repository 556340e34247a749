package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// ftpClient reads the screen of command-line ftp: GNU inetutils, tnftp, netkit and Windows. With -d
// the commands are there; without, they follow from the replies and from what was typed.
type ftpClient struct {
	book   *book
	s      *session
	shown  bool // commands are shown
	typed  string
	arg    string
	remote string // the file that tnftp says it moves
	last   string // the last reply line, which tnftp prints twice
}

var (
	ftpConnected = lazyregexp.New(`^(?:Connected to|Verbindung mit|Connecté à|Conectado a|Connesso a|Verbonden met) ([^\s]+?)(?: wurde hergestellt)?\.?$`)
	ftpTrying    = lazyregexp.New(`^Trying (\S+?)(?::(\d+))?\s*\.\.\.`)
	ftpNoConnect = lazyregexp.New("^(?:> )?(?:\\S*ftp\\S*: )(?:[Cc]onnect ?:|[Cc]onnect to address|Can't connect to `?|can't connect|.*no response from host)(.*)")
	ftpNoName    = lazyregexp.New("(?i)^(?:\\S*ftp\\S*: )?(?:Can't lookup `(.*?)':|unknown host:? ?(.*)|(\\S+): (?:unknown host|name or service not known|no address|temporary failure))|^\\S*ftp\\S*: (\\S+): (?:Name or service|Temporary failure|Host name lookup|No address)")
	ftpPrompt    = lazyregexp.New(`^ftp> ?(.*)`)
	ftpUser      = lazyregexp.New(`^(?:Name|User|Benutzer|Utilisateur|Usuario|Utente|Gebruiker) \(([^:)]+)(?::(\(none\)|[^)]*))?\): ?(.*)`)
	ftpClosedBy  = lazyregexp.New(`^421 Service not available, (remote server has closed connection|remote server timed out|user interrupt|unknown line)`)
	ftpData      = lazyregexp.New(`^(?:ftp: )?(\d+) bytes (?:received|sent|read|written)`)
	ftpStarted   = lazyregexp.New(`^(?:[A-Za-z]:\\[^>]*>|\S*[$#] )ftp(?: -\S+)* (\S+(?: \d+)?)\s*$`)
	ftpRemote    = lazyregexp.New(`^local: .* remote: (.*)$`)
	ipv4Text     = lazyregexp.New(`(?:\d{1,3}\.){3}\d{1,3}`)
	ftpDataError = lazyregexp.New(`^(?:\S*ftp\S*: )(?:connect|Can't (?:connect|bind|accept)|accept|netin|netout|bind)\b:?(.*)`)
)

func openFTPClient(b *book) parser {
	b.tool = probe.Tool{Name: "ftp"}
	return &ftpClient{book: b}
}

func scoreFTPClient(line string) int {
	code, _ := replyCode(line)
	switch {
	case strings.HasPrefix(line, "ftp> "), ftpUser.MatchString(line), ftpConnected.MatchString(line) && !strings.HasPrefix(line, "* "):
		return 3
	case strings.HasPrefix(line, "---> ") && isCommand(line[5:]):
		return 2
	case strings.HasPrefix(line, "Remote system type is "), ftpNoConnect.MatchString(line), ftpNoName.MatchString(line), strings.HasPrefix(line, "User ("):
		return 3
	case code != "":
		return 1
	}
	return 0
}

func (f *ftpClient) session() *session {
	if f.s == nil || f.s.closed {
		f.s = f.book.start("")
	}
	return f.s
}

func (f *ftpClient) line(text string) {
	for _, p := range []string{"Password:", "Account: ", "Passwort:", "Kennwort:", "Password: "} {
		text = strings.TrimPrefix(text, p)
	}
	text = strings.TrimRight(text, " ")
	if m := ftpPrompt.FindStringSubmatch(text); m != nil {
		f.prompt(m[1])
		return
	}
	if line, ok := strings.CutPrefix(text, "---> "); ok {
		f.shown = true
		f.session().command(line)
		return
	}
	if f.network(text) {
		return
	}
	if m := ftpUser.FindStringSubmatch(text); m != nil {
		f.user(m)
		return
	}
	f.reply(text)
}

// prompt takes what was typed. Several prompts may stand before a reply if the input was piped.
func (f *ftpClient) prompt(text string) {
	for strings.HasPrefix(text, "ftp> ") {
		text = strings.TrimPrefix(text, "ftp> ")
	}
	if code, _ := replyCode(text); code != "" {
		f.reply(text)
		return
	}
	name, arg := splitCommand(text)
	f.typed, f.arg = strings.ToLower(name), arg
	switch f.typed {
	case "open", "o":
		f.open(arg)
	case "user":
		words := strings.Fields(arg)
		if len(words) > 1 {
			f.book.hide(words[1])
		}
		if len(words) > 0 {
			f.arg = words[0]
		}
	}
}

func (f *ftpClient) open(arg string) {
	if f.s != nil {
		f.s.close()
	}
	words := strings.Fields(arg)
	if len(words) == 0 {
		return
	}
	port := 0
	if len(words) > 1 {
		port, _ = strconv.Atoi(words[1])
	}
	f.session().setHost(words[0], port)
}

func (f *ftpClient) user(m []string) {
	s := f.session()
	s.setHost(m[1], 0)
	f.typed, f.arg = "user", m[3]
	if m[3] == "" && m[2] != "(none)" {
		f.arg = m[2]
	}
}

// network takes what the program says about names and TCP.
func (f *ftpClient) network(text string) bool {
	if m := ftpConnected.FindStringSubmatch(text); m != nil {
		if f.s != nil && f.s.ftp.dialled {
			f.s.close()
		}
		s := f.session()
		s.setHost(m[1], 0)
		s.connected("")
		return true
	}
	if m := ftpStarted.FindStringSubmatch(text); m != nil {
		f.open(m[1])
		return true
	}
	if m := ftpTrying.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[2])
		f.session().dialling(joinPort(m[1], max(port, 21)))
		return true
	}
	s := f.s
	if s != nil && s.ftp.greeted && !s.closed {
		return f.dataNetwork(text)
	}
	if m := ftpNoName.FindStringSubmatch(text); m != nil {
		s = f.session()
		s.setHost(strings.TrimSuffix(m[1]+m[2]+m[3]+m[4], ":ftp"), 0)
		s.trouble(nameClass(text), text)
		return true
	}
	if m := ftpNoConnect.FindStringSubmatch(text); m != nil {
		s = f.session()
		if addr := ipv4Text.FindString(text); addr != "" {
			s.setHost(addr, 0)
		}
		if strings.Contains(text, "no response from") && s.failed() {
			s.remark(probe.PhaseTCP, text)
		} else {
			s.attemptFailed(classOf(text), text)
		}
		return true
	}
	return false
}

func nameClass(text string) probe.Class {
	if class := classOf(text); class == probe.ClassDNS {
		return class
	}
	return probe.ClassNoName
}

// dataNetwork takes errors of the data connection.
func (f *ftpClient) dataNetwork(text string) bool {
	s := f.s
	if m := ftpData.FindStringSubmatch(text); m != nil {
		if s.step != nil {
			n, _ := strconv.ParseInt(m[1], 10, 64)
			s.step.Bytes = n
		}
		return true
	}
	if m := ftpDataError.FindStringSubmatch(text); m != nil {
		class := classOf(m[1])
		if strings.Contains(text, "bind") {
			class = probe.ClassLocal
		}
		s.dataFailed(class, text)
		return true
	}
	return false
}

// reply takes a line that may be the server's.
func (f *ftpClient) reply(text string) {
	code, _ := replyCode(text)
	if f.s == nil && code == "" {
		f.midway(text)
		return
	}
	s := f.session()
	if code == "" && !s.replyOpen() {
		f.words(text)
		return
	}
	if text == f.last && (code == "229" || code == "227") {
		return
	}
	f.last = text
	if m := ftpClosedBy.FindStringSubmatch(text); m != nil {
		f.ownWords(m[1], text)
		return
	}
	s.connected("")
	if !f.shown && !s.replyOpen() {
		f.infer(code, text)
	}
	s.replyLine(text)
}

// ownWords takes the 421 that the client makes up itself when the connection ends.
func (f *ftpClient) ownWords(why, text string) {
	s := f.s
	switch why {
	case "remote server timed out":
		s.trouble(probe.ClassTimeout, text)
	case "user interrupt":
		s.trouble(probe.ClassCanceled, text)
	default:
		s.trouble(probe.ClassEOF, text)
	}
	s.over = true
	f.book.note("the client prints \"421 Service not available\" itself when the connection ends: it is not the server's")
}

// midway takes the line that names a transfer as the first of a log: what came before was left out.
func (f *ftpClient) midway(text string) {
	if ftpRemote.MatchString(text) {
		s := f.session()
		s.ftp.greeted, s.ftp.dialled, s.ftp.logged = true, true, true
		f.words(text)
	}
}

func (f *ftpClient) words(text string) {
	s := f.s
	if m := ftpRemote.FindStringSubmatch(text); m != nil {
		f.remote = m[1]
		return
	}
	switch {
	case strings.HasPrefix(text, "Connection closed by remote host"), strings.HasPrefix(text, "Connection reset by peer"), strings.HasPrefix(text, "Lost connection"),
		strings.HasPrefix(text, "Verbindung durch Remotehost"):
		class := classOf(text)
		if class == "" {
			class = probe.ClassEOF
		}
		if !s.ftp.left {
			s.trouble(class, text)
		}
	case strings.HasPrefix(text, "Login failed"), strings.HasPrefix(text, "Not connected"), strings.HasPrefix(text, "Anmeldung fehlgeschlagen"):
		if s.step != nil {
			s.remark(s.where(), text)
		}
	}
}

// infer makes the command that a reply answers, where the log shows replies only.
func (f *ftpClient) infer(code, text string) {
	s := f.s
	if len(s.ftp.pending) > 0 || !s.ftp.greeted && code != "331" {
		return
	}
	line := f.guess(code)
	switch low := strings.ToLower(text); {
	case code[0] == '5' && !s.ftp.logged && s.op() == probe.OpConnect && strings.Contains(low, "auth"):
		line = "AUTH TLS" // BSD's ftp asks for it unbidden
	case code == "200" && strings.Contains(low, "port command"):
		line = "PORT"
	}
	if line == "" {
		return
	}
	f.book.note("the log shows replies only: the commands follow from them and from what was typed")
	s.command(line)
}

var typedVerbs = map[string]string{
	"ls": "LIST", "dir": "LIST", "mls": "NLST", "nlist": "NLST", "get": "RETR", "recv": "RETR", "mget": "RETR", "reget": "RETR", "put": "STOR", "send": "STOR", "mput": "STOR",
	"append": "APPE", "cd": "CWD", "cdup": "CDUP", "pwd": "PWD", "delete": "DELE", "mdelete": "DELE", "mkdir": "MKD", "rmdir": "RMD", "rename": "RNFR", "size": "SIZE",
	"modtime": "MDTM", "system": "SYST", "binary": "TYPE I", "bin": "TYPE I", "ascii": "TYPE A", "type": "TYPE", "bye": "QUIT", "quit": "QUIT", "close": "QUIT", "disconnect": "QUIT",
	"quote": "", "literal": "", "chmod": "SITE CHMOD", "passive": "",
}

func (f *ftpClient) guess(code string) string {
	s := f.s
	last := ""
	if s.step != nil && len(s.step.Codes) > 0 {
		last = strconv.Itoa(s.step.Codes[len(s.step.Codes)-1].Value)
	}
	switch {
	case code == "331", code == "332" && !s.ftp.logged:
		if last == "331" {
			return "PASS"
		}
		return "USER " + f.arg
	case s.op() == probe.OpLogin && last == "331" && !s.ftp.logged:
		return "PASS"
	case s.op() == probe.OpLogin && last == "332":
		return "ACCT"
	case !s.ftp.logged && f.typed == "user", !s.ftp.logged && s.op() == probe.OpConnect:
		if code[0] == '4' {
			return ""
		}
		return "USER " + f.arg
	}
	return f.guessTyped(code)
}

func (f *ftpClient) guessTyped(code string) string {
	switch code {
	case "227":
		return "PASV"
	case "229":
		return "EPSV"
	case "215":
		return "SYST"
	case "221":
		return "QUIT"
	case "211":
		return "FEAT"
	case "350":
		return "RNFR " + f.arg
	}
	verb := typedVerbs[f.typed]
	switch {
	case (f.typed == "quote" || f.typed == "literal") && f.arg != "":
		return f.arg
	case verb == "":
		return f.blind(code)
	case moves(verb) && code == "200":
		if f.s.op() == probe.OpActive || f.s.op() == probe.OpPassive {
			return "TYPE"
		}
		return "PORT"
	case verb == "RNFR" && f.s.op() == probe.OpRename:
		return "RNTO " + f.arg
	}
	return strings.TrimSpace(verb + " " + f.arg)
}

// blind makes the command of a reply where nothing that was typed is in the log.
func (f *ftpClient) blind(code string) string {
	switch {
	case f.remote != "" && (code == "550" || code[0] == '1'):
		return "RETR " + f.remote
	case code == "550" && f.s.ftp.passive == "" && f.s.op() != probe.OpActive:
		return "CWD"
	case code == "550":
		return "RETR"
	case code == "553", code == "552", code == "452", code == "532":
		return "STOR"
	case code == "200" && f.s.op() == probe.OpLogin:
		return "PORT"
	case code == "257":
		return "PWD"
	case code[0] == '1', code == "226", code[0] == '4':
		return "LIST"
	}
	return "NOOP"
}

func (f *ftpClient) end() {}
