package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// What ssh and sftp print whatever -v says.
var (
	sshDenied     = lazyregexp.New(`^(?:(\S+)@(\S+): )?Permission denied(?: \(([^)]*)\))?[.,]`)
	sshNegotiate  = lazyregexp.New(`^Unable to negotiate with (\S+)(?: port (\d+))?: no matching (.*?) found\. Their offer: (.*)`)
	sshDropped    = lazyregexp.New(`^(?:Received disconnect|Disconnected) from (?:user \S+ )?(\S+) port (\d+)(?::(\d+): (.*))?`)
	sshNoConnect  = lazyregexp.New(`^ssh: connect to host (\S+) port (\d+): (.*)`)
	sshNoName     = lazyregexp.New(`^ssh: Could not resolve hostname (\S+): (.*)`)
	sshClientEnd  = lazyregexp.New(`^(Connection (?:closed|reset|to \S+ (?:timed out|closed)).*|Connection timed out.*|client_loop: .*|packet_write_wait: .*|ssh_dispatch_run_fatal: .*|kex_exchange_identification: .*|ssh_exchange_identification: .*|Timeout, server .* not responding.*|Write failed: .*|Bad packet length .*|Corrupted MAC.*)$`)
	sshTooLong    = lazyregexp.New(`^(?:Received message too long (\d+)|Outbound message too long.*)`)
	sshFailWords  = lazyregexp.New(`^(?:remote |dest |source )?(open|readdir|rename|remove|mkdir|rmdir|setstat|stat|realpath|delete|unlink|mkdir|link|symlink|read|write|close)\b(?: remote)?[ :(]*(?:"(.*?)")?(?:\(\))?\)?(?: to "(.*?)")?: (.*)`)
	sshCant       = lazyregexp.New(`^(?:Couldn't|Can't|Cannot|couldn't|can't) (\w+)[^":]*(?:"(.*?)")?[^":]*: (.*)$`)
	sshNotFound   = lazyregexp.New(`^(?:(?:File|Can't ls:) "(.*)" not found\.?|(.*): No such file or directory|stat (.*): No such file or directory)$`)
	sshBanner     = lazyregexp.New(`(?i)^(?:warning: permanently added|the authenticity of host|are you sure you want|this key is not known|\S+ key fingerprint is)`)
	sshKeyProblem = lazyregexp.New(`^(?:Load key "(.*)": (.*)|Enter passphrase for key|Permissions \d+ for '(.*)' are too open|sign_and_send_pubkey: (.*))`)
)

// sshClientText takes a line that ssh or sftp prints without -v.
func (s *session) sshClientText(text string) {
	text = strings.TrimSpace(text)
	for _, take := range []func(string) bool{s.sshConnectText, s.sshHostText, s.sshAuthText, s.sshChannelText, s.sshFileText, s.sshEndText} {
		if take(text) {
			return
		}
	}
}

func (s *session) sshConnectText(text string) bool {
	if m := sshNoConnect.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[2])
		s.setHost(m[1], port)
		if !s.failed() {
			s.attemptFailed(classOf(m[3]), text)
		}
		s.over = true
		return true
	}
	if m := sshNoName.FindStringSubmatch(text); m != nil {
		s.setHost(m[1], 0)
		class := classOf(m[2])
		if class == "" {
			class = probe.ClassNoName
		}
		s.trouble(class, text)
		return true
	}
	if m := sshNegotiate.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[2])
		s.setHost(m[1], port)
		s.noCommon(categoryOf(m[3]), m[4], text)
		return true
	}
	return false
}

func (s *session) sshHostText(text string) bool {
	switch {
	case strings.Contains(text, "REMOTE HOST IDENTIFICATION HAS CHANGED"):
		s.hostKey("", "", "changed", text)
	case strings.Contains(text, "REVOKED HOST KEY DETECTED"), strings.Contains(text, "is marked as revoked"):
		s.hostKey("", "", "revoked", text)
	case strings.HasPrefix(text, "No ") && strings.Contains(text, "host key is known for"):
		s.hostKey("", "", "unknown", text)
	case strings.HasPrefix(text, "The authenticity of host"):
		s.hostKey("", "", "unknown", text)
	case strings.HasPrefix(text, "Warning: Permanently added"):
		s.hostAccepted()
	case text == "Host key verification failed.":
		if !s.failed() {
			s.hostKey("", "", "unknown", text)
		}
		s.over = true
	default:
		return sshBanner.MatchString(text)
	}
	return true
}

func (s *session) sshAuthText(text string) bool {
	if m := sshDenied.FindStringSubmatch(text); m != nil && !s.ssh.ready {
		s.sshRefused(m, text)
		return true
	}
	if strings.HasPrefix(text, "Authenticated to ") || strings.HasPrefix(text, "Authentication succeeded") {
		s.hostAccepted()
		s.authResult("accepted", "", text)
		return true
	}
	if m := sshKeyProblem.FindStringSubmatch(text); m != nil {
		s.remark(probe.PhaseAuth, text)
		return true
	}
	if strings.HasSuffix(text, "'s password:") || strings.Contains(text, "'s password: ") {
		s.attempt("password", "a password was asked for")
		return true
	}
	return false
}

// sshRefused takes "Permission denied": with a list of methods it is the last word.
func (s *session) sshRefused(m []string, text string) {
	if s.target.User == "" {
		s.target.User = m[1]
	}
	if m[2] != "" {
		s.setHost(m[2], 0)
	}
	s.ssh.hostOK = true
	if strings.HasPrefix(text, "Permission denied, please try again") {
		if s.ssh.method == "" || s.ssh.method == "none" {
			s.ssh.method = "password"
		}
		s.authBegins()
		s.remark(probe.PhaseAuth, text)
		return
	}
	if m[3] != "" {
		s.assumeTried(m[3])
		s.ssh.allowed = m[3]
		s.info(func(i *probe.SSHInfo) { i.AuthMethods = strings.Split(m[3], ",") })
	}
	s.denied(text)
}

// assumeTried fills in the attempt that a log without -v hides: the last of the offered methods,
// since a client comes to the password after its keys.
func (s *session) assumeTried(allowed string) {
	if s.ssh.versions > 0 || s.ssh.method != "" {
		return
	}
	s.book.note("without -v the log does not tell which ways to log in were tried")
	method := "publickey"
	for _, m := range []string{"keyboard-interactive", "password"} {
		if strings.Contains(allowed, m) {
			method = m
		}
	}
	s.ssh.allowed = allowed
	s.attempt(method, "")
}

// preVersion keeps a line that came before the version line. If the server turns out to speak
// another protocol, this is the proof.
func (s *session) preVersion(text string) {
	_, line, ok := strings.Cut(text, ": banner line ")
	if !ok {
		return
	}
	_, line, _ = strings.Cut(line, ": ")
	e := probe.Event{
		Phase: probe.PhaseVersion, Direction: probe.Received, Kind: probe.KindText, Text: line, Tolerated: true, Attr: map[string]string{"banner": "pre-version"},
	}
	if other := probe.ProtocolOf(line); other != "" && !s.failed() {
		e.Tolerated, e.Attr["protocol"] = false, other
		e.Failure = &probe.Failure{Class: probe.ClassMalformed, Text: "not the version line of an SSH server"}
		s.fail(e, "")
		return
	}
	s.add(e)
}

func (s *session) sshChannelText(text string) bool {
	switch {
	case strings.HasPrefix(text, "subsystem request failed on channel"):
		s.readyForChannel()
		s.channelEvent("subsystem", "refused", text)
	case strings.HasPrefix(text, "exec request failed on channel"):
		s.readyForChannel()
		s.channelEvent("subsystem", "refused", text)
	case strings.HasPrefix(text, "channel 0: open failed: "):
		s.readyForChannel()
		words := strings.TrimPrefix(text, "channel 0: open failed: ")
		s.ssh.channel = false
		s.openRefused(openReason(words), words)
	case sshTooLong.MatchString(text):
		s.readyForChannel()
		s.ssh.subsystem = true
		s.notSFTP(sshTooLong.FindStringSubmatch(text)[1], text)
	case strings.HasPrefix(text, "Ensure the remote shell produces no output"):
		s.remark(s.whereSSH(), text)
	default:
		return false
	}
	return true
}

func (s *session) readyForChannel() {
	s.authBegins()
	s.ssh.authed, s.ssh.channel = true, true
}

// openReason is the number of RFC 4254 section 5.1 for the words that OpenSSH prints.
func openReason(words string) int {
	for i, w := range []string{"administratively prohibited", "connect failed", "unknown channel type", "resource shortage"} {
		if strings.HasPrefix(words, w) {
			return i + 1
		}
	}
	return 2
}

// lengthText shows a packet length as the four characters that it was meant as.
func lengthText(number string) string {
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return ""
	}
	return string([]byte{printable(byte(n >> 24)), printable(byte(n >> 16)), printable(byte(n >> 8)), printable(byte(n))})
}

func printable(c byte) byte {
	if c < 0x20 || c > 0x7e {
		return '.'
	}
	return c
}

func (s *session) sshEndText(text string) bool {
	if m := sshDropped.FindStringSubmatch(text); m != nil {
		if m[3] != "" {
			code, _ := strconv.Atoi(m[3])
			s.disconnected(code, m[4])
		}
		return true
	}
	if !sshClientEnd.MatchString(text) {
		return false
	}
	phase := s.whereSSH()
	switch {
	case strings.HasPrefix(text, "kex_exchange_identification"), strings.HasPrefix(text, "ssh_exchange_identification"), strings.Contains(text, "banner exchange"):
		phase = probe.PhaseVersion
	case s.ssh.left || s.ssh.ready && !s.stepOpen():
		s.remark(phase, text)
		return true
	}
	if text == "Connection closed" || text == "Connection closed." || strings.HasPrefix(text, "Connection closed.") {
		if s.failed() || s.over || s.broken || s.empty() {
			return true
		}
	}
	class := classOf(text)
	if class == "" {
		class = probe.ClassMalformed
	}
	s.ftp.dialled = true
	s.troubleAt(class, phase, text)
	return true
}

func (s *session) stepOpen() bool { return s.step != nil && !s.step.answered }
