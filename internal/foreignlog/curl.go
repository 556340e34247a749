package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// curlLog reads curl -v: "<" received, ">" sent, "*" what curl says, "{" and "}" data.
type curlLog struct {
	book *book
	s    *session
}

var (
	curlTime      = lazyregexp.New(`^(\d\d:\d\d:\d\d\.\d+) `)
	curlTrying    = lazyregexp.New(`^ *Trying (\S+?)(?:\.\.\.)?$`)
	curlConnected = lazyregexp.New(`^(?:Established connection to|Connected to) (\S+) \(?(\S+?)\)? port (\d+)`)
	curlResolve   = lazyregexp.New(`^Could ?n.t resolve host|^Could not resolve host`)
	curlFailed    = lazyregexp.New(`^connect to (\S+) port (\d+)(?: from \S+ port \d+)? failed: (.*)`)
	curlTLS       = lazyregexp.New(`^SSL connection using (\S+) ?/ ?(\S+)`)
	curlAlert     = lazyregexp.New(`^TLSv?[\d.]+ \((IN|OUT)\), TLS alert, ([^(]+) \((\d+)\)`)
	curlCertField = lazyregexp.New(`^  ?(subject|start date|expire date|issuer): (.*)`)
	curlData      = lazyregexp.New(`^[{}] \[(\d+) bytes data\]`)
	curlExit      = lazyregexp.New(`^curl: \((\d+)\) ?(.*)`)
	curlCommand   = lazyregexp.New(`^\S*[$#>] ?curl |^curl (?:-|\w+://)`)
	curlSaid      = lazyregexp.New(`^\* (?: +Trying |Connected to |Connection #\d+ to host|Closing connection|Could not resolve host|Host \S+ was resolved|SSH |Connect data stream|Closing)`)
	curlProgress  = lazyregexp.New(`^[\s\d.:kMGTP-]{24,}([*<>{}] )`)
	curlURL       = lazyregexp.New(`\b(ftps?|sftp|scp)://`)
)

func openCurl(b *book) parser {
	b.tool = probe.Tool{Name: "curl"}
	return &curlLog{book: b}
}

func scoreCurl(line string) int {
	line = curlTime.ReplaceAllString(behindProgress(line), "")
	switch {
	case curlSaid.MatchString(line), curlData.MatchString(line):
		return 3
	case curlExit.MatchString(line):
		return 3
	case strings.HasPrefix(line, "> ") && isCommand(line[2:]):
		return 2
	case strings.HasPrefix(line, "< "):
		if code, _ := replyCode(line[2:]); code != "" {
			return 2
		}
	}
	return 0
}

// behindProgress takes the progress meter away that stands in front of a line: it ends without a
// line end, and what curl says next follows on the same line.
func behindProgress(line string) string {
	if len(line) == 0 || line[0] != ' ' {
		return line
	}
	if m := curlProgress.FindStringSubmatch(line); m != nil {
		return m[1] + line[len(m[0]):]
	}
	return line
}

func (c *curlLog) line(text string) {
	text = behindProgress(text)
	var stamp string
	if m := curlTime.FindStringSubmatch(text); m != nil {
		stamp, text = m[1], text[len(m[0]):]
	}
	c.stamped(stamp, text)
}

// stamped takes a line whose time of day stands apart; it may be empty.
func (c *curlLog) stamped(stamp, text string) {
	if curlCommand.MatchString(text) {
		c.begin()
		c.scheme(text)
		return
	}
	if len(text) == 0 {
		return
	}
	if m := curlExit.FindStringSubmatch(text); m != nil {
		c.exit(m[1], m[2])
		return
	}
	if len(text) < 2 || text[1] != ' ' || !strings.ContainsRune("*<>{}", rune(text[0])) {
		return
	}
	s := c.session()
	s.clockTime(stamp)
	switch text[0] {
	case '*':
		c.said(text[2:])
	case '>':
		c.s.command(text[2:])
	case '<':
		if !c.s.replyLine(text[2:]) {
			c.s.strayLine(text[2:])
		}
	default:
		if m := curlData.FindStringSubmatch(text); m != nil && s.ftp.opened {
			n, _ := strconv.ParseInt(m[1], 10, 64)
			s.step.Bytes += n
		}
	}
}

func (c *curlLog) begin() {
	if c.s != nil {
		c.s.close()
	}
	c.s = c.book.start("")
}

func (c *curlLog) session() *session {
	if c.s == nil {
		c.begin()
	}
	return c.s
}

// scheme takes the protocol from a URL on the command line.
func (c *curlLog) scheme(text string) {
	m := curlURL.FindStringSubmatch(text)
	if m == nil {
		return
	}
	switch m[1] {
	case "sftp", "scp":
		c.s.isSSH()
	case "ftps":
		c.s.implicitTLS()
	}
}

// said takes what curl reports in its own words.
func (c *curlLog) said(text string) {
	s := c.s
	switch {
	case c.connecting(text), c.tls(text), c.ssh(text):
	case strings.HasPrefix(text, "Closing connection"), strings.HasPrefix(text, "Connection #"), strings.HasPrefix(text, "shutting down connection"):
		if strings.HasPrefix(text, "Connection #") || s.failed() {
			s.settle()
		}
	case strings.HasPrefix(text, "transfer closed with"), strings.HasPrefix(text, "Received only partial file"):
		s.dataBroke(probe.ClassEOF, text)
	case strings.HasPrefix(text, "We are completely uploaded"), strings.HasPrefix(text, "upload completely sent off"):
		s.moved(max(countBytes(text), s.stepBytes()), text)
	case strings.HasPrefix(text, "Remembering we are in dir") && s.ftp.opened:
		s.moved(s.stepBytes(), "the data ended")
	case strings.HasPrefix(text, "FTP response timeout"), strings.HasPrefix(text, "FTP response aborted"), strings.HasPrefix(text, "Operation timed out"),
		strings.HasPrefix(text, "Connection timed out"), strings.HasPrefix(text, "Operation too slow"), strings.HasPrefix(text, "Connection timeout"),
		strings.HasPrefix(text, "Timeout was reached"), strings.HasPrefix(text, "SSL connection timeout"):
		s.trouble(probe.ClassTimeout, text)
	case strings.HasPrefix(text, "response reading failed"), strings.HasPrefix(text, "Recv failure"), strings.HasPrefix(text, "Send failure"):
		s.trouble(curlEnd(text), text)
	}
}

// curlEnd tells a reset from an end of file where curl only gives the number of a socket error.
func curlEnd(text string) probe.Class {
	if class := classOf(text); class != "" {
		return class
	}
	if strings.Contains(text, "errno: 104") || strings.Contains(text, "errno: 10054") || strings.Contains(text, "errno: 54)") {
		return probe.ClassReset
	}
	return probe.ClassEOF
}

// connecting takes what curl says about names and TCP, of the control and the data connection.
func (c *curlLog) connecting(text string) bool {
	s := c.s
	if m := curlTrying.FindStringSubmatch(text); m != nil {
		if s.over || s.ftp.left {
			c.begin()
			s = c.s
		}
		if len(s.ftp.pending) == 0 && !s.ftp.greeted {
			s.dialling(m[1])
		}
		return true
	}
	if m := curlConnected.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[3])
		if s.ftp.greeted {
			s.dataConnected("")
			return true
		}
		s.setHost(m[1], port)
		s.connected(joinPort(m[2], port))
		return true
	}
	if m := curlFailed.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[2])
		if s.ftp.greeted {
			s.dataFailed(classOf(m[3]), text)
			return true
		}
		s.setHost(m[1], port)
		s.attemptFailed(classOf(m[3]), text)
		return true
	}
	if curlResolve.MatchString(text) {
		_, host, _ := strings.Cut(text, ": ")
		s.setHost(host, 0)
		s.trouble(probe.ClassNoName, text)
		return true
	}
	return strings.HasPrefix(text, "Failed to connect")
}

func (c *curlLog) tls(text string) bool {
	s := c.s
	if m := curlTLS.FindStringSubmatch(text); m != nil {
		s.secured(m[1], m[2], false)
		return true
	}
	if m := curlAlert.FindStringSubmatch(text); m != nil {
		c.alert(m)
		return true
	}
	if m := curlCertField.FindStringSubmatch(text); m != nil {
		s.certificate(func(x *probe.Certificate) { setCertField(x, m[1], m[2]) })
		return true
	}
	if strings.Contains(text, "(IN), TLS handshake, Request CERT") {
		s.add(probe.Event{
			Phase: probe.PhaseTLS, Direction: probe.Received, Kind: probe.KindNote, Text: text, Attr: map[string]string{"client_certificate": "requested"},
		})
		return true
	}
	if strings.Contains(text, "TLS handshake, Client hello") && !s.ftp.greeted && s.ftp.dialled {
		s.implicitTLS()
		return true
	}
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "verify result") || strings.Contains(low, "certificate verify ok"):
		return true
	case strings.HasPrefix(low, "ssl: certificate") || strings.HasPrefix(low, "ssl certificate problem"), strings.Contains(low, "no alternative certificate subject"),
		strings.HasPrefix(low, "openssl") && strings.Contains(low, "error"), strings.Contains(low, "ssl_connect:"), strings.Contains(low, "gnutls_handshake() failed"),
		strings.HasPrefix(low, "schannel: next initializesecuritycontext failed"), strings.Contains(low, "sec_e_"), strings.HasPrefix(low, "server doesn't seem to support ssl"),
		strings.HasPrefix(low, "tls connect error"), strings.Contains(low, "ssl routines:"), strings.Contains(low, "subject name") && strings.Contains(low, "not match"),
		strings.HasPrefix(low, "requested ssl level"):
		class := classOf(text)
		if class == "" || class == probe.ClassEOF || class == probe.ClassReset {
			class = tlsEnd(class)
		}
		s.trouble(class, text)
		return true
	}
	return false
}

// tlsEnd keeps an end of the connection apart from a defect of TLS.
func tlsEnd(class probe.Class) probe.Class {
	if class == "" {
		return probe.ClassTLS
	}
	return class
}

// alert takes a TLS alert. Its number sits in the low byte of what curl prints.
func (c *curlLog) alert(m []string) {
	number, _ := strconv.Atoi(m[3])
	text := strings.TrimSpace(m[2])
	if text == "close notify" || number&0xff == 0 {
		return
	}
	code, ok := alertOf("alert " + text)
	if !ok {
		code = probe.Code{Space: probe.SpaceTLSAlert, Value: number & 0xff, Text: text}
	}
	code.Text = text
	phase := probe.PhaseTLS
	if c.s.ftp.secured && c.s.ftp.passive != "" {
		phase = probe.PhaseDataTLS
	}
	e := probe.Event{Phase: phase, Direction: probe.Received, Kind: probe.KindAlert, Text: m[0], Code: &code}
	if m[1] == "OUT" {
		e.Direction = probe.Sent
		c.s.add(e)
		return
	}
	e.Failure = &probe.Failure{Class: probe.ClassTLSAlert, Text: text}
	if c.s.failed() {
		c.s.add(e)
		return
	}
	c.s.fail(e, "")
}

// exit takes curl's last words, which count only if nothing was said before.
func (c *curlLog) exit(number, text string) {
	s := c.session()
	if s.closed {
		return
	}
	if s.step == nil || !s.failed() && !s.over && !s.broken {
		c.explainExit(number, text)
	}
	s.settle()
	c.s.close()
	c.s = nil
}

// curlVerbs are the commands whose refusal an exit status stands for, where nothing else is shown.
var (
	curlVerbs = map[string]string{"9": "CWD", "13": "PASV", "14": "PASV", "17": "TYPE", "19": "RETR", "25": "STOR", "30": "PORT", "67": "PASS", "78": "RETR"}
	curlReply = lazyregexp.New(`:\s*([45]\d\d)\b`)
)

// explainExit makes the event that curl's exit status stands for.
func (c *curlLog) explainExit(number, text string) {
	s := c.s
	class := classOf(text)
	if verb := curlVerbs[number]; verb != "" && s.empty() && !s.isSFTP() {
		s.unseen(verb)
		if m := curlReply.FindStringSubmatch(text); m != nil {
			s.replyLine(m[1])
			return
		}
		class = probe.ClassUnexpected
	}
	switch number {
	case "6":
		class = probe.ClassNoName
	case "28":
		class = probe.ClassTimeout
	case "52", "56", "55":
		class = curlEnd(text)
	case "18":
		class = probe.ClassEOF
	case "60", "51", "35", "64", "58", "59", "77", "66":
		if class == "" {
			class = probe.ClassTLS
		}
	case "1", "2", "3", "4", "23", "26", "43":
		class = probe.ClassLocal
	}
	if class == "" {
		if s.isSFTP() {
			s.puttyText(text)
			return
		}
		class = probe.ClassUnexpected
	}
	s.trouble(class, "curl: ("+number+") "+text)
}

func (c *curlLog) end() {}
