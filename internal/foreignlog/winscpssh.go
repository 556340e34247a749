package foreignlog

import (
	"strings"

	"mftprobe/probe"
)

// ssh takes what WinSCP does in an SFTP session.
func (w *winSCP) ssh(text string) {
	if w.sshTransport(text) || w.sshAuth(text) || w.sshFiles(text) {
		return
	}
	s := w.s
	switch {
	case strings.HasPrefix(text, "Remote side sent disconnect message"), puttyNoCommon.MatchString(text), strings.HasPrefix(text, "Network error: "),
		strings.HasPrefix(text, "Remote side unexpectedly closed"), strings.HasPrefix(text, "Server refused to start"), puttyTooLarge.MatchString(text),
		strings.HasPrefix(text, "Server unexpectedly closed"), puttyNoAuth.MatchString(text), strings.HasPrefix(text, "Server closed network connection"):
		s.puttyText(text)
	case strings.HasPrefix(text, "Attempt to close connection due to fatal exception"), strings.HasPrefix(text, "Closing connection"):
		w.ended(text)
	case strings.HasPrefix(text, "Timeout waiting for external console"), strings.HasPrefix(text, "Timeout detected"):
		s.trouble(probe.ClassTimeout, text)
	}
}

func (w *winSCP) sshTransport(text string) bool {
	s := w.s
	if m := wsRealKey.FindStringSubmatch(strings.TrimPrefix(text, "Host key fingerprint is ")); m != nil {
		if !s.ssh.hostOK {
			s.keysAgreedLater()
			s.hostKey(m[1], "SHA256:"+strings.TrimRight(m[4], "="), "", text)
			s.ssh.hostOK = true
		}
		return true
	}
	switch {
	case strings.HasPrefix(text, "We claim version: "):
		s.version(probe.Sent, strings.TrimPrefix(text, "We claim version: "))
	case strings.HasPrefix(text, "Remote version: "), strings.HasPrefix(text, "Server version: "):
		_, line, _ := strings.Cut(text, ": ")
		s.version(probe.Received, line)
	case strings.HasPrefix(text, "Doing "), strings.HasPrefix(text, "Using Diffie-Hellman"), strings.HasPrefix(text, "Doing Diffie-Hellman"):
		s.ssh.kexSent = true
		s.info(func(i *probe.SSHInfo) { i.Kex = text })
	case strings.HasPrefix(text, "Host key matches cached key"), strings.HasPrefix(text, "Host key matches configured key"):
		s.hostMatches(text)
	case strings.HasPrefix(text, "Asking user:"), strings.Contains(text, "POTENTIAL SECURITY BREACH"):
		w.asks(text)
	case strings.HasPrefix(text, "Answer: "):
		if strings.Contains(text, "Yes") || strings.Contains(text, "Accept") {
			s.hostAccepted()
		}
	case strings.HasPrefix(text, "Initialised ") && strings.Contains(text, "encryption"), strings.HasPrefix(text, "Initialized ") && strings.Contains(text, "encryption"):
		s.keysAgreed()
	default:
		return false
	}
	return true
}

func (w *winSCP) asks(text string) {
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "potential security breach"), strings.Contains(low, "does not match"):
		w.s.hostKey("", "", "changed", text)
	case strings.Contains(low, "host key") || strings.Contains(low, "unknown server"):
		w.s.hostKey("", "", "unknown", text)
	}
}

func (w *winSCP) sshAuth(text string) bool {
	s := w.s
	if m := wsOffered.FindStringSubmatch(text); m != nil {
		list := strings.ReplaceAll(m[1], " ", "")
		s.info(func(i *probe.SSHInfo) { i.AuthMethods = strings.Split(list, ",") })
		s.authBegins()
		s.ssh.allowed = list
		return true
	}
	switch {
	case strings.HasPrefix(text, "Using username "):
		s.target.User = strings.Trim(strings.TrimPrefix(text, "Using username "), `".`)
		s.authBegins()
	case strings.HasPrefix(text, "Sent password"):
		s.attempt("password", text)
	case strings.HasPrefix(text, "Offered public key"), strings.HasPrefix(text, "Offer of public key"), strings.HasPrefix(text, "Trying public key"), strings.HasPrefix(text, "Sent public key signature"):
		if !strings.HasPrefix(text, "Sent") {
			s.attempt("publickey", text)
		}
	case strings.HasPrefix(text, "Server refused our key"), strings.HasPrefix(text, "Server refused public key"):
		s.ssh.method = "publickey"
		s.authResult("refused", "", text)
	case strings.HasPrefix(text, "Attempting keyboard-interactive"):
		s.attempt("keyboard-interactive", text)
	case strings.HasPrefix(text, "Access denied"), strings.HasPrefix(text, "Password authentication failed"):
		s.authResult("refused", "", text)
	case strings.HasPrefix(text, "Further authentication required"):
		s.authResult("partial", "", text)
	case strings.HasPrefix(text, "Access granted"):
		s.authResult("accepted", "", text)
	case strings.HasPrefix(text, "Unable to use key file"), strings.HasPrefix(text, "Unable to load"):
		s.troubleSSH(probe.ClassKey, probe.PhaseAuth, text)
	case strings.HasPrefix(text, "Opened main channel"), strings.HasPrefix(text, "Opened channel for session"):
		s.ssh.channel = true
		s.channelEvent("open", "", text)
	case strings.HasPrefix(text, "Started a shell/command"):
		s.ssh.subsystem = true
		s.channelEvent("subsystem", "granted", text)
	case strings.HasPrefix(text, "Server sent command exit status "):
		w.exit(strings.TrimPrefix(text, "Server sent command exit status "))
	default:
		return false
	}
	return true
}

func (w *winSCP) exit(status string) {
	s := w.s
	if s.ssh.ready || s.failed() {
		return
	}
	s.channelEvent("exit-status", status, "the process on the server ended with status "+status)
	s.channelEnded("the channel ended before SFTP was ready")
}

// sshFiles takes the lines that name what the requests behind them are about.
func (w *winSCP) sshFiles(text string) bool {
	s := w.s
	name := func() string {
		_, rest, _ := strings.Cut(text, `"`)
		rest, _, _ = strings.Cut(rest, `"`)
		return rest
	}
	switch {
	case strings.HasPrefix(text, "Listing directory "), strings.HasPrefix(text, "Changing directory to "), strings.HasPrefix(text, "Getting real path for "),
		strings.HasPrefix(text, "Trying to open directory "), strings.HasPrefix(text, "Removing "), strings.HasPrefix(text, "Deleting "), strings.HasPrefix(text, "Creating directory "):
		s.ssh.path = name()
		s.settle()
	case strings.HasPrefix(text, "Copying ") && strings.Contains(text, "to remote directory started"), strings.HasPrefix(text, "Opening remote file"), strings.HasPrefix(text, "Checking existence of"):
		s.ssh.upload, s.ssh.path = true, name()
		s.settle()
	case strings.HasPrefix(text, "Copying ") && strings.Contains(text, "to local directory started"):
		s.ssh.upload, s.ssh.path = false, name()
		s.settle()
	default:
		return false
	}
	return true
}
