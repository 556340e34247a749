package foreignlog

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// sshdLog reads what sshd and its sftp server write to the auth log, the journal or a file of their
// own. The processes of a session are tied together by the lines that name the next one.
type sshdLog struct {
	book *book
	pids map[string]*session
	last *session
	at   time.Time
}

var (
	sshdFrom     = lazyregexp.New(`\b(?:from|with|by)(?: (?:authenticating|invalid|user|illegal))* (?:user )?(?:(\S*) )?(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.%\w]+) port (\d+)`)
	sshdConn     = lazyregexp.New(`^Connection from (\S+) port (\d+)(?: on (\S+) port (\d+))?`)
	sshdTried    = lazyregexp.New(`^(Accepted|Failed|Partial|Postponed) (\S+) for (invalid user |illegal user )?(.*?) from (\S+) port (\d+)(?: ssh2)?(?:: (.*))?`)
	sshdChild    = lazyregexp.New(`^User child is on pid (\d+)`)
	sshdNoMatch  = lazyregexp.New(`Unable to negotiate with \S+(?: port \d+)?: no matching (.*?) found\. Their offer: (\S+)`)
	sshdDiscon   = lazyregexp.New(`^Received disconnect from \S+(?: port \d+)?:(\d+): ?(.*)`)
	sshdDenied   = lazyregexp.New(`^User (\S+) (?:from \S+ )?not allowed because (.*)`)
	sshdUser     = lazyregexp.New(`(?:authenticating|invalid) user (\S+)|for user (\S+)|user=(\S+)|for (\S+) from`)
	sshdTag      = lazyregexp.New(`^(?:\S+ )?(sshd(?:-session|-auth)?|internal-sftp|sftp-server)(?:\[(\d+)\])?: (.*)$`)
	sshdBare     = lazyregexp.New(`^(?:Connection from \S+ port \d+ on|Server listening on|Accepted \S+ for|Failed \S+ for .* from|Invalid user|Connection closed by|subsystem request for|bad ownership or modes for chroot|maximum authentication attempts)`)
	sshdWindows  = lazyregexp.New(`^(\d{1,6}) (?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} |(\d\d:\d\d:\d\d \d{3} ))`)
	sshdServes   = lazyregexp.New(`^(?:bad ownership or modes for chroot|safely_chroot|chroot\()`)
	sshdNoPrefix = lazyregexp.New(`^(?:error|fatal|debug\d): `)
)

func openSSHD(b *book) parser {
	b.tool, b.server = probe.Tool{Name: "OpenSSH sshd"}, true
	return &sshdLog{book: b, pids: map[string]*session{}}
}

func scoreSSHD(line string) int {
	switch {
	case strings.Contains(line, "sshd["), strings.Contains(line, "sshd-session["), strings.Contains(line, "internal-sftp["), strings.Contains(line, "sftp-server["):
		return 5
	case sshdBare.MatchString(line):
		return 3
	case sshdWindows.MatchString(line):
		return 3
	}
	return 0
}

func (l *sshdLog) line(text string) {
	pid, process := "", ""
	if m := sshdWindows.FindStringSubmatch(text); m != nil {
		pid, text = m[1], text[len(m[1])+1:]
		if m[2] != "" {
			text = text[len(m[2]):]
		}
	}
	at, rest := l.book.cutStamp(text)
	l.at = at
	if pid != "" {
		process = "sshd"
	} else if m := sshdTag.FindStringSubmatch(rest); m != nil {
		process, pid, rest = m[1], m[2], m[3]
	} else if !sshdBare.MatchString(rest) && l.last == nil {
		return
	}
	rest = strings.TrimSuffix(sshdNoPrefix.ReplaceAllString(rest, ""), " [preauth]")
	s := l.find(pid, process, rest)
	if s == nil {
		return
	}
	s.at(at, true)
	if process == "internal-sftp" || process == "sftp-server" {
		s.sftpServer(rest)
		return
	}
	l.entry(s, rest)
}

// find returns the session of a line; nil for lines of the daemon itself.
func (l *sshdLog) find(pid, process, text string) *session {
	if m := sshdConn.FindStringSubmatch(text); m != nil {
		return l.begin(pid, m)
	}
	if strings.HasPrefix(text, "Server listening") || strings.HasPrefix(text, "Received signal") || strings.HasPrefix(text, "Exiting on") {
		return nil
	}
	if s := l.pids[pid]; s != nil && pid != "" {
		return open(s)
	}
	if pid == "" && l.last != nil && l.last.closed && !sshdBegins(text) {
		return nil
	}
	if pid == "" || process == "internal-sftp" || process == "sftp-server" {
		if l.last != nil && !l.last.closed {
			l.keep(pid, l.last)
			return l.last
		}
	}
	if l.last != nil && !l.last.closed && l.last.ssh.authed && sshdServes.MatchString(text) {
		l.keep(pid, l.last) // the process that serves the user, which nothing else names
		return l.last
	}
	s := l.book.serverSession("", "")
	s.isSSH()
	s.ssh.versions = 2
	l.keep(pid, s)
	l.last = s
	return s
}

// open returns s unless it has ended: what a process says after that belongs to nothing.
func open(s *session) *session {
	if s.closed {
		return nil
	}
	return s
}

// sshdBegins tells lines that can be the first of a session.
func sshdBegins(text string) bool {
	return sshdTried.MatchString(text) || strings.HasPrefix(text, "Invalid user") || strings.Contains(text, "MaxStartups") || strings.HasPrefix(text, "drop connection")
}

func (l *sshdLog) keep(pid string, s *session) {
	if pid == "" {
		return
	}
	if len(l.pids) > maxRequests {
		clear(l.pids)
	}
	l.pids[pid] = s
}

func (l *sshdLog) begin(pid string, m []string) *session {
	if pid == "" && l.last != nil {
		l.last.close()
	}
	s := l.book.serverSession("", m[1]+":"+m[2])
	s.isSSH()
	s.at(l.at, true)
	s.ftp.dialled = false
	if m[3] != "" {
		port, _ := strconv.Atoi(m[4])
		s.target.Port = port
		s.target.Host = m[3]
		s.connection(joinPort(m[3], port), joinPort(m[1], number(m[2])))
	}
	s.connected("")
	s.ssh.versions = 2
	l.keep(pid, s)
	l.last = s
	return s
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func (l *sshdLog) entry(s *session, text string) {
	if m := sshdChild.FindStringSubmatch(text); m != nil {
		l.keep(m[1], s)
		return
	}
	if m := sshdUser.FindStringSubmatch(text); m != nil && s.target.User == "" {
		s.target.User = m[1] + m[2] + m[3] + m[4]
	}
	if m := sshdFrom.FindStringSubmatch(text); m != nil && s.client == "" {
		s.client = m[2] + ":" + m[3]
		s.connection("", s.client)
	}
	if m := sshdTried.FindStringSubmatch(text); m != nil {
		s.sshdAttempt(m, text)
		return
	}
	if s.sshdTransport(text) || s.sshdLogin(text) || s.sshdChannel(text) {
		return
	}
	s.sshdEnd(text)
}

// sshdAttempt takes a line about one attempt to log in.
func (s *session) sshdAttempt(m []string, text string) {
	s.target.User = m[4]
	if m[1] == "Postponed" {
		return
	}
	if m[2] == "none" {
		return
	}
	s.attempt(strings.Split(m[2], "/")[0], text)
	switch m[1] {
	case "Accepted":
		s.authResult("accepted", "", text)
	case "Partial":
		s.authResult("partial", "", text)
	default:
		s.authResult("refused", "", text)
		if m[3] != "" {
			s.remark(probe.PhaseAuth, "the server does not know this user")
		}
	}
}

func (s *session) sshdTransport(text string) bool {
	if m := sshdNoMatch.FindStringSubmatch(text); m != nil {
		category := categoryOf(m[1])
		s.ssh.client = map[string][]string{category: strings.Split(m[2], ",")}
		s.noCommon(category, "", text)
		s.close()
		return true
	}
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "maxstartups"), strings.HasPrefix(low, "drop connection"):
		s.troubleSSH(probe.ClassEOF, probe.PhaseVersion, text)
		s.reason(probe.PhaseVersion, text)
		s.close()
	case strings.HasPrefix(low, "refused connect from"):
		s.troubleSSH(probe.ClassReset, probe.PhaseVersion, text)
		s.close()
	case strings.HasPrefix(low, "bad protocol version identification"), strings.Contains(low, "invalid format"), strings.Contains(low, "client sent invalid protocol identifier"):
		s.fail(probe.Event{
			Phase: probe.PhaseVersion, Direction: probe.Sent, Kind: probe.KindText, Text: text, Failure: &probe.Failure{Class: probe.ClassMalformed, Text: text},
			Attr: map[string]string{"protocol": "other"},
		}, "")
	case strings.HasPrefix(low, "did not receive identification string"), strings.HasPrefix(low, "kex_exchange_identification"), strings.HasPrefix(low, "banner exchange"),
		strings.HasPrefix(low, "ssh_dispatch_run_fatal"), strings.HasPrefix(low, "timeout before authentication"):
		s.sshdBroken(low, text)
	default:
		return false
	}
	return true
}

// sshdBroken takes an end before the login.
func (s *session) sshdBroken(low, text string) {
	switch {
	case strings.Contains(low, "timeout"), strings.Contains(low, "timed out"):
		s.trouble(probe.ClassTimeout, text)
	case s.failed():
		s.remark(s.whereSSH(), text)
	default:
		s.ssh.versions = 1
		s.fail(probe.Event{
			Phase: probe.PhaseVersion, Direction: probe.Sent, Kind: probe.KindClose, Text: text, Failure: &probe.Failure{Class: probe.ClassEOF, Text: text},
		}, "")
		s.over = true
	}
}

func (s *session) sshdLogin(text string) bool {
	low := strings.ToLower(text)
	if m := sshdDenied.FindStringSubmatch(text); m != nil {
		s.target.User = m[1]
		s.authBegins()
		s.ssh.why = text
		s.add(probe.Event{Phase: probe.PhaseAuth, Direction: probe.Received, Kind: probe.KindNote, Text: text})
		return true
	}
	switch {
	case strings.HasPrefix(low, "userauth_pubkey: signature algorithm"):
		s.attempt("publickey", text)
		s.authResult("signature-refused", "", text)
		s.ssh.why = text
	case strings.HasPrefix(low, "authentication refused"), strings.HasPrefix(low, "userauth_pubkey"), strings.Contains(low, "pam_unix(sshd:"), strings.HasPrefix(low, "invalid user"),
		strings.Contains(low, "has expired"), strings.Contains(low, "account is locked"), strings.HasPrefix(low, "pam:"):
		s.authBegins()
		s.ssh.why = text
		s.remark(probe.PhaseAuth, text)
	case strings.Contains(low, "access denied for user"):
		s.denied(text)
	case strings.HasPrefix(low, "maximum authentication attempts exceeded"), strings.HasPrefix(low, "disconnecting") && strings.Contains(low, "too many authentication failures"):
		s.authBegins()
		s.disconnected(2, "Too many authentication failures")
	case strings.HasPrefix(low, "accepted key "):
		s.authBegins()
	default:
		return false
	}
	return true
}

func (s *session) sshdChannel(text string) bool {
	low := strings.ToLower(text)
	switch {
	case strings.HasPrefix(low, "starting session: subsystem 'sftp'"), strings.HasPrefix(low, "subsystem request for sftp by user") && !strings.Contains(low, "failed"):
		s.ssh.channel, s.ssh.subsystem = true, true
		s.channelEvent("subsystem", "granted", text)
	case strings.HasPrefix(low, "starting session: forced-command"):
		s.ssh.channel, s.ssh.subsystem = true, true
		s.channelEvent("subsystem", "granted", text)
		if !strings.Contains(low, "internal-sftp") && !strings.Contains(low, "sftp-server") {
			s.notSFTP("", text)
		}
	case strings.HasPrefix(low, "subsystem request for sftp"):
		s.readyForChannel()
		s.channelEvent("subsystem", "refused", text)
	case strings.Contains(low, "bad ownership or modes for chroot"):
		s.readyForChannel()
		s.ssh.channel = false
		s.troubleSSH(probe.ClassReset, probe.PhaseChannel, text)
	case strings.HasPrefix(low, "no more sessions"):
		s.openRefused(2, text)
	default:
		return false
	}
	return true
}

// sshdEnd takes the lines that end a session.
func (s *session) sshdEnd(text string) {
	low := strings.ToLower(text)
	if m := sshdDiscon.FindStringSubmatch(text); m != nil {
		s.gone(text)
		return
	}
	switch {
	case strings.HasPrefix(low, "close session"), strings.HasPrefix(low, "transferred:"), strings.HasPrefix(low, "closing connection"):
	case strings.HasPrefix(low, "connection closed by"), strings.HasPrefix(low, "connection reset by"), strings.HasPrefix(low, "disconnected from"), strings.HasPrefix(low, "disconnecting"):
		if strings.Contains(low, "authenticating user") {
			s.authBegins()
		}
		if s.ssh.why != "" && !s.failed() && !s.ssh.authed {
			text = s.ssh.why
		}
		s.ended(text, text)
	case s.step != nil:
		s.remark(s.whereSSH(), text)
	}
}

func (l *sshdLog) end() {}
