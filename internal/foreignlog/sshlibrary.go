package foreignlog

import (
	"slices"
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// sshLibrary reads what SSH libraries log and the exceptions that they end in: paramiko, JSch, ssh2
// for Node, SSH.NET, Net::SSH, sshj, Apache MINA, Go's x/crypto/ssh and phpseclib. All tell the same
// few facts, each in words of its own; what stands in front of them does not matter.
type sshLibrary struct {
	book    *book
	s       *session
	refused string // the last refused way to log in; whether it was the last of all shows later
	held    *heldStatus
}

// heldStatus is a refusal whose operation is told by the stack frames behind it.
type heldStatus struct {
	text   string
	frames int
}

// sshFact is one fact and how libraries word it. Every line that re matches has one of the hints in
// it: most lines have none.
type sshFact struct {
	hint []string
	re   *lazyregexp.Regexp
	take func(*sshLibrary, []string, string)
}

// maxFrames bounds how far an exception is followed through its stack.
const maxFrames = 12

var (
	libMark  = lazyregexp.New(`paramiko[. ]|transport\.py:\d|com\.jcraft\.jsch|JSCH|Renci\.SshNet|net\.ssh\.|Net::SSH|schmizz\.sshj|ssh2js|NET_SSH2_MSG_|org\.apache\.sshd|o\.a\.s\.|SSH_MSG_[A-Z_]+ (?:sent|received)|ssh: handshake failed|Handshake failed: no matching|Algorithm negotiation fail|All configured authentication methods failed|(?:Local|Remote) ident: '|sftp: "|ssh2-sftp-client|SSH2_DISCONNECT_|rclone/SFTP`)
	libFrame = lazyregexp.New(`^\s*(?:at |from |in |File "|raise |return |[a-z_.]+\()|^\s{2,}`)
	libVerb  = lazyregexp.New(`(?i)(?:[._]|Internal|Request|\b)(put|upload|write|get|download|read|ls|listdir|listdirectory|list|readdir|opendir|stat|lstat|mkdir|createdirectory|rmdir|rm|remove|delete|unlink|rename|cd|chdir|chmod|open)(?:file|stream|attributes)?[(_]?\b`)

	libFacts = []sshFact{
		{[]string{"SSH-"}, lazyregexp.New("(?i)(?:remote (?:version(?:/idstring| string)?|ident)|remote is|server version)(?::| is)? ?['\"`]?(SSH-[0-9.]+-[^'`\"]+)|^<- (SSH-[0-9.]+-.*)"), libRemote},
		{[]string{"SSH-"}, lazyregexp.New("(?i)(?:local (?:version(?:/idstring| string)?|ident)|local is)(?::| is)? ?['\"`]?(SSH-[0-9.]+-[^'`\"]+)|^-> (SSH-[0-9.]+-.*)"), libLocal},
		{[]string{"onnecti"}, lazyregexp.New(`(?i)\b(?:connecting to|establishing connection to) (\S+?)(?::| port )(\d+)`), libConnecting},
		{[]string{"rying "}, lazyregexp.New(`Client: Trying (\S+) on port (\d+)`), libConnecting},
		{[]string{"onnect"}, lazyregexp.New(`(?i)\b(?:connection established|socket connected|client: connected)\b`), libConnected},
		{[]string{"Connected (version"}, lazyregexp.New(`Connected \(version [\d.]+, client (.*?)\)`), libClient},
		{[]string{"new keys", "NEWKEYS", "Handshake completed", "NewKeys", "new_keys"}, lazyregexp.New(`Switch to new keys|SSH_MSG_NEWKEYS received|<- NET_SSH2_MSG_NEWKEYS|Handshake completed|handleNewKeys|using_new_keys`), libKeys},
		{[]string{"not permitted"}, lazyregexp.New(`Authentication type \((\S+?)\) not permitted`), libNotPermitted},
		{[]string{"llowed"}, lazyregexp.New(`(?i)allowed (?:methods|types): ?\[?([\w', @.-]*)\]?`), libAllowed},
		{[]string{"FAILURE"}, lazyregexp.New(`(?:Received )?USERAUTH_FAILURE(?: \(([^)]*)\)|.*methods=(\S+)|)`), libFailure},
		{[]string{"can continue"}, lazyregexp.New(`Authentications that can continue: (\S+)`), libOffered},
		{[]string{"ttempting "}, lazyregexp.New(`Attempting (\S+) auth`), libAttempt},
		{[]string{"method"}, lazyregexp.New(`Next authentication method: (\S+)`), libAttempt},
		{[]string{"USERAUTH_REQUEST"}, lazyregexp.New(`USERAUTH_REQUEST(?: \(([\w-]+)|)`), libAttempt},
		{[]string{"rying "}, lazyregexp.New(`Trying (?:SSH|discovered|agent) (key)|[Tt]rying (publickey|password|keyboard-interactive)$`), libAttempt},
		{[]string{"uth"}, lazyregexp.New(`Authentication \((\S+?)\) failed|Client: (\S+) auth failed`), libRefused},
		{[]string{"ucce"}, lazyregexp.New(`Authentication \((\S+?)\) successful|Authentication succeeded`), libAccepted},
		{[]string{"Opened sftp"}, lazyregexp.New(`Opened sftp connection \(server version (\d+)\)`), libReady},
		{[]string{"[chan "}, lazyregexp.New(`\[chan \d+\] (open|stat|lstat|listdir|remove|rename|posix_rename|mkdir|rmdir|normalize|chmod)\((.*)\)`), libRequest},
		{[]string{"lgorithm negotiation fail"}, lazyregexp.New(`Algorithm negotiation fail(?:: algorithmName="([\w.]+)" \w+="([^"]*)" \w+="([^"]*)")?`), libNegotiation},
		{[]string{"no "}, lazyregexp.New(`(?i)no (?:acceptable|matching|common algorithm for) ([\w ,<>-]+?)(?: algorithm)?(?:\)|$|;|, )(?:.*server offered: \[([^\]]*)\])?`), libNoCommon},
		{[]string{"egotiate "}, lazyregexp.New(`Failed to negotiate ([\w ]+?)(?: algorithm)?\.|No matching ((?:client|server) \w+) algorithm`), libNoCommon},
		{[]string{"ey"}, lazyregexp.New(`(?i)UnknownHostKey|reject HostKey|not found in known_hosts|knownhosts: key is unknown|host (?:key )?fingerprint.*(?:not|fail)|key cannot be verified|Host denied`), libUnknownKey},
		{[]string{"ey"}, lazyregexp.New(`(?i)HostKey has been changed|BadHostKeyException|host key for server .* does not match|knownhosts: key mismatch|fingerprint .* does not match|HostKeyMismatch`), libChangedKey},
		{[]string{"Auth fail", "Auth cancel", "AuthenticationException", "UserAuthException", "AuthenticationFailed", "authentication methods", "to authenticate", "authorization methods", "BadAuthenticationType"}, lazyregexp.New(`Auth fail(?: for methods '([^']*)')?|Auth cancel|AuthenticationException|UserAuthException|Net::SSH::AuthenticationFailed|All configured authentication methods failed|No more authentication methods|unable to authenticate, attempted methods \[([^\]]*)\]|all authorization methods failed|BadAuthenticationType`), libDenied},
		{[]string{"SSH_MSG_DISCONNECT"}, lazyregexp.New(`SSH_MSG_DISCONNECT: (\d+) (.*)`), libDisconnect},
		{[]string{"Error reading", "session is down", "oreign host", "dropped", "Connection lost", "aborted", "imed out", "eset", "efused", "established", "closed connection", "identification", "ETIMEDOUT", "ECONN", "ENOTFOUND", "EHOSTUNREACH", "UnknownHost", "no such host", "NoValid", "Unable to", "hang up", "i/o timeout", "properly respond", "timeout", "handshake failed", "SSHException", "getaddrinfo", "not known", "No route"}, lazyregexp.New(`Error reading SSH protocol banner|session is down|[Cc]onnection is closed by foreign host|Server connection dropped|Connection lost before handshake|aborted by the server|Timed out while waiting for handshake|Connection reset|[Cc]onnection refused|socket is not established|closed connection during|no identification received|[Cc]onnect(?:ion)? timed out|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EHOSTUNREACH|UnknownHostException|no such host|NoValidConnectionsError|Unable to connect to|socket hang up|i/o timeout|did not properly respond|connection timeout|handshake failed: (?:EOF|read)|SSHException|getaddrinfo|Name or service not known|No route to host`), libBroken},
		{[]string{"xception", "rror", "sftp: \"", ": No such", ": Permission", ": Failure"}, lazyregexp.New(`(?i)(?:sftp\w*exception|ioerror|oserror|\berror: (?:_?\w+: )?|permissionerror|filenotfounderror|^\d: ?|sftp: ")(?:.*: )?(?:\[Errno \d+\] )?"?(no such file|permission ?denied|failure|file not found|path ?not ?found|no space|quota|already exists|not a directory|bad message|operation unsupported)`), libStatus},
	}
)

// libHints are parts of what libMark matches.
var libHints = []string{
	"aramiko", "transport.py", "jsch", "JSCH", "SSH_MSG_", "SSH2_", "SSH.", "SshNet", "net.ssh", "::SSH", "sshj", "ssh2", "org.apache", "o.a.s", "ssh: ", "Handshake", "Algorithm",
	"configured auth", " ident: '", "sftp: ", "rclone/",
}

func openSSHLibrary(b *book) parser {
	b.tool = probe.Tool{Name: "SSH library"}
	return &sshLibrary{book: b}
}

func scoreSSHLibrary(line string) int {
	if containsAny(line, libHints) && libMark.MatchString(line) {
		return 6
	}
	return 0
}

func (l *sshLibrary) session() *session {
	if l.s == nil || l.s.closed {
		l.s = l.book.start("")
		l.s.isSSH()
	}
	return l.s
}

func (l *sshLibrary) line(text string) {
	at, rest := l.book.cutStamp(text)
	rest = strings.TrimRight(rest, " ")
	if strings.TrimSpace(rest) == "" {
		return
	}
	if l.held != nil && l.frame(rest) {
		return
	}
	for _, f := range libFacts {
		if !containsAny(rest, f.hint) {
			continue
		}
		m := f.re.FindStringSubmatch(rest)
		if m == nil {
			continue
		}
		if !at.IsZero() {
			l.session().at(at, true)
		}
		f.take(l, m, strings.TrimSpace(rest))
		return
	}
}

// frame follows the stack behind a refusal until it tells what was refused.
func (l *sshLibrary) frame(text string) bool {
	if !libFrame.MatchString(text) || l.held.frames >= maxFrames {
		l.release("")
		return false
	}
	l.held.frames++
	if m := libVerb.FindStringSubmatch(text); m != nil {
		if name := libName(strings.ToLower(m[1])); name != "" {
			l.release(name)
		}
	}
	return true
}

// libName is the request that a function of a library makes.
func libName(verb string) string {
	switch verb {
	case "put", "upload", "write":
		return "OPEN-WRITE"
	case "get", "download", "read":
		return "OPEN-READ"
	case "ls", "listdir", "listdirectory", "list", "readdir", "opendir":
		return "OPENDIR"
	case "mkdir", "createdirectory":
		return "MKDIR"
	case "rmdir":
		return "RMDIR"
	case "rm", "remove", "delete", "unlink":
		return "REMOVE"
	case "rename", "posix_rename":
		return "RENAME"
	case "cd", "chdir", "normalize":
		return "REALPATH"
	case "chmod":
		return "SETSTAT"
	case "stat", "lstat":
		return "STAT"
	}
	return ""
}

// release records the refusal that was held. An operation that nothing tells is the last request, or
// a look at a file.
func (l *sshLibrary) release(name string) {
	held := l.held
	l.held = nil
	s := l.session()
	s.readyByUse()
	if name == "" {
		if name = s.ssh.last; name == "" {
			name = "STAT"
		}
	}
	s.refuseFile(name, "", held.text)
}

func first(m []string) string {
	for _, s := range m[1:] {
		if s != "" {
			return s
		}
	}
	return ""
}

func libRemote(l *sshLibrary, m []string, _ string) {
	s := l.session()
	s.connected("")
	s.version(probe.Received, strings.TrimSpace(first(m)))
}

func libLocal(l *sshLibrary, m []string, _ string) {
	if s := l.session(); s.ssh.versions < 2 {
		s.version(probe.Sent, strings.TrimSpace(first(m)))
		s.ftp.dialled = s.ssh.versions > 1
	}
}

func libConnecting(l *sshLibrary, m []string, text string) {
	s := l.session()
	if s.ssh.versions > 0 && s.ftp.dialled || s.failed() {
		s.close()
		s = l.session()
	}
	s.dialling(m[1] + ":" + m[2])
	s.remark(probe.PhaseTCP, text)
}

func libConnected(l *sshLibrary, _ []string, _ string) { l.session().connected("") }

func libClient(l *sshLibrary, m []string, _ string) {
	s := l.session()
	s.connected("")
	if s.ssh.versions < 2 {
		s.version(probe.Received, "SSH-2.0-"+m[1])
	}
}

func libKeys(l *sshLibrary, _ []string, _ string) {
	s := l.session()
	s.connected("")
	s.keysAgreed()
}

// methodList makes one form of the ways in which libraries print the methods.
func methodList(text string) string {
	f := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\'' })
	return strings.Join(f, ",")
}

func libAllowed(l *sshLibrary, m []string, text string) {
	s := l.session()
	list := methodList(m[1])
	if strings.Contains(text, "BadAuthenticationType") {
		s.ssh.allowed = list
		s.denied(text)
		return
	}
	if s.failed() {
		s.remark(probe.PhaseAuth, text)
		return
	}
	s.offered(list, text)
}

func libNotPermitted(l *sshLibrary, m []string, text string) {
	s := l.session()
	if s.ssh.method != m[1] {
		s.attempt(m[1], "")
	}
	s.remark(probe.PhaseAuth, text)
	l.refused = text
}

func libOffered(l *sshLibrary, m []string, text string) {
	if s := l.session(); s.ssh.method == "" || s.ssh.answered {
		s.offered(m[1], text)
	} else {
		l.answer(m[1], text)
	}
}

// libFailure takes SSH_MSG_USERAUTH_FAILURE as such.
func libFailure(l *sshLibrary, m []string, text string) {
	list := methodList(first(m))
	s := l.session()
	if s.ssh.method == "" || s.ssh.method == "none" || s.ssh.answered {
		if list != "" {
			s.offered(list, text)
			s.ssh.method = ""
		} else {
			s.authBegins()
			s.remark(probe.PhaseAuth, text)
		}
		l.refused = text
		return
	}
	l.answer(list, text)
}

// answer records the refusal of the running attempt.
func (l *sshLibrary) answer(list, text string) {
	l.refused = text
	l.session().authResult("refused", list, text)
}

func libAttempt(l *sshLibrary, m []string, text string) {
	method := first(m)
	switch method {
	case "key":
		method = "publickey"
	case "":
		return
	}
	l.session().attempt(method, text)
}

func libRefused(l *sshLibrary, m []string, text string) {
	s := l.session()
	method := first(m)
	if s.ssh.answered && s.ssh.method == method || method == "none" {
		l.refused = text
		return // told by the packet already
	}
	if s.ssh.method != method {
		s.attempt(method, "")
	}
	l.answer("", text)
}

func libAccepted(l *sshLibrary, m []string, text string) {
	s := l.session()
	s.readyForLogin()
	if m[1] != "" && s.ssh.method != m[1] {
		s.attempt(m[1], "")
	}
	s.authResult("accepted", "", text)
	l.refused = ""
}

func libReady(l *sshLibrary, m []string, text string) {
	s := l.session()
	s.readyByUse()
	s.sftpReady(int(m[1][0]-'0'), text)
}

func libRequest(l *sshLibrary, m []string, _ string) {
	s := l.session()
	s.readyByUse()
	name := libName(m[1])
	if m[1] == "open" {
		name = "OPEN-READ"
		if i := strings.LastIndexByte(m[2], ' '); i >= 0 && strings.ContainsAny(m[2][i:], "wa+x") {
			name = "OPEN-WRITE"
		}
	}
	if name == "STAT" {
		s.quietRequest("", name)
		return
	}
	s.settle()
	path, _, _ := strings.Cut(m[2], ", ")
	s.request("", name, strings.Trim(strings.TrimPrefix(path, "b"), `'"`))
}

func libNegotiation(l *sshLibrary, m []string, text string) {
	s := l.session()
	s.connected("")
	if m[1] == "" {
		s.troubleSSH(probe.ClassNegotiation, probe.PhaseKex, text)
		return
	}
	category := map[string]string{"kex": "kex", "server_host_key": "host_key", "mac.c2s": "mac", "mac.s2c": "mac", "cipher.c2s": "cipher", "cipher.s2c": "cipher"}[m[1]]
	if category == "" {
		category = "compression"
	}
	if s.ssh.client == nil {
		s.ssh.client = map[string][]string{}
	}
	s.ssh.client[category] = strings.Split(m[2], ",")
	s.noCommon(category, m[3], text)
}

func libNoCommon(l *sshLibrary, m []string, text string) {
	words := m[1]
	offer := ""
	if len(m) > 2 {
		if words == "" {
			words = m[2]
		} else {
			offer = strings.Join(strings.Fields(m[2]), ",")
		}
	}
	if !libAlgorithm.MatchString(words) {
		return
	}
	s := l.session()
	s.connected("")
	s.noCommon(categoryOf(words), offer, text)
}

var libAlgorithm = lazyregexp.New(`(?i)key|kex|cipher|mac|encrypt|compress|hmac`)

func libUnknownKey(l *sshLibrary, _ []string, text string) {
	l.session().hostKey("", "", "unknown", text)
}

func libChangedKey(l *sshLibrary, _ []string, text string) {
	l.session().hostKey("", "", "changed", text)
}

// libDenied takes the last word about a login. A library that names the methods that it had tried
// means those; one that names none is taken by the attempts before.
func libDenied(l *sshLibrary, m []string, text string) {
	s := l.session()
	list := methodList(first(m))
	if i := strings.LastIndexByte(text, '('); list == "" && i >= 0 && strings.Contains(text, "Permission denied") {
		list = methodList(strings.TrimRight(text[i+1:], ").")) // SSH.NET names what would be taken
	}
	if list != "" && s.ssh.method == "" {
		tried := strings.Split(list, ",")
		if !slices.Contains(tried, "none") {
			s.ssh.allowed = list
		}
		s.attempt(tried[len(tried)-1], "")
	}
	l.refused = ""
	s.denied(text)
}

func libDisconnect(l *sshLibrary, m []string, _ string) {
	code, _ := strconv.Atoi(m[1])
	s := l.session()
	s.connected("")
	if strings.Contains(strings.ToLower(m[2]), "auth") {
		s.authBegins()
	}
	s.disconnected(code, m[2])
}

// libBroken takes the end of the connection, or that none was made.
func libBroken(l *sshLibrary, _ []string, text string) {
	s := l.session()
	class := classOf(text)
	if strings.Contains(text, "SSHException") && class == "" && !strings.Contains(text, "banner") {
		return
	}
	switch {
	case strings.Contains(text, "protocol banner"), strings.Contains(text, "foreign host"), strings.Contains(text, "dropped"), strings.Contains(text, "session is down"),
		strings.Contains(text, "aborted by the server"), strings.Contains(text, "hang up"), strings.Contains(text, "lost before"), strings.Contains(text, "failed: EOF"), strings.Contains(text, "identification"):
		class = probe.ClassEOF
		s.connected("")
	case strings.Contains(text, "UnknownHostException"), strings.Contains(text, "getaddrinfo") && class == "":
		class = probe.ClassNoName
	case strings.Contains(text, "did not properly respond"), strings.Contains(text, "not established"):
		class = probe.ClassTimeout
	case class == "":
		class = probe.ClassUnreachable
	}
	if addr := fzAddr.FindString(text); addr != "" && s.target.Host == "" {
		s.dialling(addr)
	} else if ip := ipv4Text.FindString(text); ip != "" && s.target.Host == "" {
		s.dialling(ip + ":22")
	}
	s.trouble(class, text)
}

func libStatus(l *sshLibrary, _ []string, text string) {
	if strings.Contains(text, "AuthenticationException") {
		libDenied(l, []string{""}, text)
		return
	}
	if l.session().failed() {
		return
	}
	l.held = &heldStatus{text: text}
}

// readyForLogin notes that the keys were agreed, where a log begins later.
func (s *session) readyForLogin() {
	s.connected("")
	s.keysAgreed()
}

func (l *sshLibrary) end() {
	if l.held != nil {
		l.release("")
	}
	if l.s != nil && l.refused != "" && !l.s.closed && !l.s.ssh.authed && !l.s.failed() && !l.s.over {
		l.s.denied(l.refused)
	}
}
