package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// sshLog reads what OpenSSH's ssh and sftp write to standard error, with -v to -vvv or without.
type sshLog struct {
	book  *book
	s     *session
	lists map[string][]string // of the proposal that is being listed
	from  probe.Direction
}

var (
	sshDebug    = lazyregexp.New(`^debug([123]): (.*)`)
	sshVersion  = lazyregexp.New(`^(OpenSSH_\S+?),? (?:.*, )?(?:OpenSSL|LibreSSL|without)`)
	sshConnect  = lazyregexp.New(`^Connecting to (\S+) \[([^\]]+)\] port (\d+)`)
	sshListName = lazyregexp.New(`^(KEX algorithms|host key algorithms|ciphers ctos|MACs ctos|compression ctos): (.*)`)
	sshServerID = lazyregexp.New(`^Remote protocol version [\d.]+, remote software version (.*)`)
	sshKey      = lazyregexp.New(`^Server host key: (\S+) (\S+)`)
	sshAuthAs   = lazyregexp.New(`^Authenticating to (\S+):(\d+) as '(.*)'`)
	sshMayGo    = lazyregexp.New(`^Authentications that can continue: (\S*)`)
	sshOffer    = lazyregexp.New(`^(?:Offering public key|Trying private key|Offering .* public key): (.*)`)
	sshExit     = lazyregexp.New(`^Exit status (-?\d+)`)
	sshFXPSend  = lazyregexp.New(`^Sending SSH2_FXP_([A-Z]+)(?:\(([^)]*)\))? "(.*?)"`)
	sshOpenMode = lazyregexp.New(`^Sent (\S+) message SSH2_FXP_OPEN I:\d+ P:(.*) M:0x([0-9a-f]+)`)
	sshStatus   = lazyregexp.New(`^(?:Received )?SSH2_FXP_STATUS (\d+)`)
)

// sshLists maps the names of the proposal to categories.
var sshLists = map[string]string{
	"KEX algorithms": "kex", "host key algorithms": "host_key", "ciphers ctos": "cipher", "MACs ctos": "mac", "compression ctos": "compression",
}

func openOpenSSH(b *book) parser {
	b.tool = probe.Tool{Name: "OpenSSH"}
	return &sshLog{book: b}
}

func scoreOpenSSH(line string) int {
	switch {
	case sshDebug.MatchString(line) && !strings.Contains(line, "sshd"), sshVersion.MatchString(line):
		return 2
	case sshClientEnd.MatchString(line), strings.HasPrefix(line, "ssh: "), strings.HasPrefix(line, "sftp> "), strings.HasPrefix(line, "kex_exchange_identification: "):
		return 2
	case line == "Host key verification failed.", sshTooLong.MatchString(line), strings.HasPrefix(line, "subsystem request failed on channel"), strings.HasPrefix(line, "Unable to negotiate with "):
		return 3
	}
	return 0
}

func (l *sshLog) line(text string) {
	if m := sshVersion.FindStringSubmatch(text); m != nil {
		l.begin()
		l.book.tool.Version = strings.TrimPrefix(m[1], "OpenSSH_")
		return
	}
	s := l.session()
	if m := sshDebug.FindStringSubmatch(text); m != nil {
		if l.transport(m[2]) || l.auth(m[2]) || l.channel(m[2]) {
			return
		}
		s.sshDebugFile(m[2])
		return
	}
	if cmd, ok := strings.CutPrefix(text, "sftp> "); ok {
		l.command(cmd)
		return
	}
	if strings.HasPrefix(text, "Connected to ") {
		l.batchReady()
		return
	}
	s.sshClientText(text)
}

func (l *sshLog) begin() {
	if l.s != nil && !l.s.empty() {
		l.s.close()
		l.s = nil
	}
	l.session()
}

func (l *sshLog) session() *session {
	if l.s == nil {
		l.s = l.book.start("")
		l.s.isSSH()
	}
	return l.s
}

// transport takes the debug lines up to the host key.
func (l *sshLog) transport(text string) bool {
	s := l.s
	if m := sshConnect.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[3])
		if s.over || s.failed() && !s.retriesAddress() {
			l.begin()
			s = l.s
		}
		s.forgive("dial")
		s.setHost(m[1], port)
		s.dialling(joinPort(m[2], port))
		return true
	}
	if m := sshListName.FindStringSubmatch(text); m != nil {
		l.proposal(m[1], m[2])
		return true
	}
	if m := sshServerID.FindStringSubmatch(text); m != nil {
		s.version(probe.Received, "SSH-2.0-"+m[1])
		return true
	}
	if m := sshKey.FindStringSubmatch(text); m != nil {
		s.keysAgreedLater()
		s.hostKey(m[1], m[2], "", text)
		return true
	}
	switch {
	case strings.HasPrefix(text, "connect to address"):
		s.attemptFailed(classOf(text), text)
	case strings.HasPrefix(text, "Connection established"):
		s.connected("")
	case strings.HasPrefix(text, "Local version string "):
		s.version(probe.Sent, strings.TrimPrefix(text, "Local version string "))
	case strings.HasPrefix(text, "local client KEXINIT proposal"):
		l.lists, l.from = map[string][]string{}, probe.Sent
	case strings.HasPrefix(text, "peer server KEXINIT proposal"):
		l.lists, l.from = map[string][]string{}, probe.Received
	case strings.HasPrefix(text, "SSH2_MSG_KEXINIT sent"):
		s.ssh.kexSent = true
	case strings.HasPrefix(text, "kex_exchange_identification: banner line"), strings.HasPrefix(text, "ssh_exchange_identification: "):
		s.preVersion(text)
	case strings.HasPrefix(text, "SSH2_MSG_NEWKEYS received"):
		s.keysAgreed()
	case strings.Contains(text, "is known and matches the"):
		s.hostMatches(text)
	default:
		return l.algorithm(text)
	}
	return true
}

// algorithm takes what was agreed upon.
func (l *sshLog) algorithm(text string) bool {
	rest, ok := strings.CutPrefix(text, "kex: ")
	if !ok || strings.Contains(rest, "(no match)") {
		return ok
	}
	l.s.info(func(i *probe.SSHInfo) {
		switch {
		case strings.HasPrefix(rest, "algorithm: "):
			i.Kex = strings.TrimPrefix(rest, "algorithm: ")
		case strings.HasPrefix(rest, "client->server "):
			f := strings.Fields(rest)
			for j := 0; j+1 < len(f); j++ {
				switch f[j] {
				case "cipher:":
					i.Cipher = f[j+1]
				case "MAC:":
					i.MAC = f[j+1]
				}
			}
		}
	})
	return true
}

// proposal collects the lists of one side and hands them over when the last is there.
func (l *sshLog) proposal(name, list string) {
	if l.lists == nil {
		return
	}
	l.lists[sshLists[name]] = strings.Split(strings.TrimSpace(list), ",")
	if name == "compression ctos" {
		l.s.offers(l.from, l.lists)
		l.lists = nil
	}
}

// auth takes the debug lines of the authentication.
func (l *sshLog) auth(text string) bool {
	s := l.s
	if m := sshAuthAs.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[2])
		s.target.User = m[3]
		s.setHost(m[1], port)
		return true
	}
	if m := sshMayGo.FindStringSubmatch(text); m != nil {
		outcome := "refused"
		if s.ssh.partial {
			outcome = "partial"
		}
		s.ssh.partial = false
		s.authResult(outcome, m[1], text)
		return true
	}
	if m := sshOffer.FindStringSubmatch(text); m != nil {
		s.attempt("publickey", text)
		return true
	}
	switch {
	case strings.HasPrefix(text, "SSH2_MSG_SERVICE_ACCEPT received"):
		s.authBegins()
	case strings.HasPrefix(text, "Authenticated with partial success"), strings.HasPrefix(text, "Partial success"):
		s.ssh.partial = true
	case strings.HasPrefix(text, "we sent a password packet"):
		s.attempt("password", text)
	case strings.HasPrefix(text, "Next authentication method: "):
		l.next(strings.TrimPrefix(text, "Next authentication method: "))
	case strings.HasPrefix(text, "Server accepts key: "):
		s.add(probe.Event{
			Phase: probe.PhaseAuth, Direction: probe.Received, Kind: probe.KindAuth, Text: text,
			Attr: map[string]string{"method": "publickey", "outcome": "prompted"},
		})
	case strings.Contains(text, "no mutual signature algorithm"), strings.Contains(text, "no mutual signature supported"):
		s.authBegins()
		s.ssh.why, s.ssh.answered = text, true
		s.add(probe.Event{
			Phase: probe.PhaseAuth, Direction: probe.Local, Kind: probe.KindAuth, Text: text,
			Attr: map[string]string{"method": "publickey", "outcome": "signature-refused"},
		})
	case strings.HasPrefix(text, "Authentication succeeded"):
		s.authResult("accepted", "", text)
	default:
		return false
	}
	return true
}

// next remembers the method that is about to be tried. The password's own line comes with -vv only.
func (l *sshLog) next(method string) {
	if method == "publickey" {
		l.s.ssh.method = "none"
		return
	}
	if l.s.ssh.method != method {
		l.s.attempt(method, "Next authentication method: "+method)
	}
}

// channel takes the debug lines of the session channel and the subsystem.
func (l *sshLog) channel(text string) bool {
	s := l.s
	if m := sshExit.FindStringSubmatch(text); m != nil {
		l.exit(m[1])
		return true
	}
	switch {
	case strings.HasPrefix(text, "channel 0: new "):
		s.ssh.authed = true
	case strings.HasPrefix(text, "Sending subsystem: "):
		s.ssh.channel = true
		s.add(probe.Event{Phase: probe.PhaseSubsystem, Direction: probe.Sent, Kind: probe.KindChannel, Text: text})
	case strings.HasPrefix(text, "subsystem request accepted"):
		s.ssh.subsystem = true
		s.channelEvent("subsystem", "granted", text)
	case strings.HasPrefix(text, "channel 0: open confirm"):
		s.ssh.channel = true
		if !s.ssh.subsystem {
			s.channelEvent("open", "", "the channel is open")
		}
	case strings.HasPrefix(text, "Remote version: "):
		n, _ := strconv.Atoi(strings.TrimPrefix(text, "Remote version: "))
		s.sftpReady(n, text)
	case strings.Contains(text, "rtype exit-status"):
		s.ssh.exitComes = true
	default:
		return false
	}
	return true
}

// exit takes the status of the remote program, or of ssh itself if there was none.
func (l *sshLog) exit(status string) {
	s := l.s
	if s.ssh.ready || s.failed() || s.over {
		if s.ssh.ready {
			s.settle()
			s.ssh.left = true
		}
		return
	}
	if status == "-1" {
		s.channelEnded("the channel ended without an exit status")
		return
	}
	s.channelEvent("exit-status", status, "the process on the server ended with status "+status)
	s.channelEnded("the channel ended before SFTP was ready")
}

// command takes a line that the user typed or that a batch file held.
func (l *sshLog) command(line string) {
	name, arg := splitCommand(line)
	l.s.readyByUse()
	switch name {
	case "BYE", "EXIT", "QUIT":
		l.s.settle()
		l.s.begin(probe.OpQuit, "")
		l.s.ssh.left = true
		l.s.step.answered = true
		l.s.remark(probe.PhaseQuit, line)
		return
	}
	l.s.batchCommand(strings.ToLower(name), arg)
}

// batchReady notes sftp's "Connected to host.", which stands for a finished login.
func (l *sshLog) batchReady() {
	s := l.s
	if s.ssh.ready {
		return
	}
	s.readyByUse()
	s.sftpReady(0, "sftp says that it is connected")
}

func (l *sshLog) end() {}
