package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

var (
	curlMethods   = lazyregexp.New(`^SSH authentication methods available: (\S+)`)
	curlHostKey   = lazyregexp.New(`^SSH host check: (\d), key: (.*)|^SSH: host check: (\d)`)
	curlFinger    = lazyregexp.New(`^SSH SHA256 (?:fingerprint|public key): (\S+)`)
	curlSFTPError = lazyregexp.New(`\((\d+)/(-?\d+)\)`)
	curlKexError  = lazyregexp.New(`^Failure establishing ssh session: ?(-?\d+)?,? ?(.*)`)
)

// ssh takes what curl says about SFTP and SCP.
func (c *curlLog) ssh(text string) bool {
	s := c.s
	if m := curlMethods.FindStringSubmatch(text); m != nil {
		s.isSSH()
		s.keysAgreed()
		s.offered(m[1], text)
		return true
	}
	if m := curlFinger.FindStringSubmatch(text); m != nil {
		s.isSSH()
		s.keysAgreed()
		if m[1] != "NULL" && m[1] != "NULL." {
			s.hostKey("", "SHA256:"+strings.TrimPrefix(m[1], "SHA256:"), "", text)
		}
		return true
	}
	if m := curlHostKey.FindStringSubmatch(text); m != nil {
		s.isSSH()
		c.hostCheck(m[1]+m[3], text)
		return true
	}
	if m := curlKexError.FindStringSubmatch(text); m != nil {
		s.isSSH()
		c.sessionError(m[1], text)
		return true
	}
	return c.sshAuth(text) || c.sshFile(text)
}

// hostCheck takes libssh2's verdict: 0 match, 1 mismatch, 2 not found, 3 failure.
func (c *curlLog) hostCheck(verdict, text string) {
	known := map[string]string{"0": "match", "1": "changed", "2": "unknown"}[verdict]
	c.s.hostKey("", "", known, text)
}

// sessionError takes libssh2's error number of the handshake.
func (c *curlLog) sessionError(number, text string) {
	s := c.s
	switch number {
	case "-5", "-8":
		s.troubleSSH(probe.ClassNegotiation, probe.PhaseKex, text)
	case "-43", "-13", "-7":
		s.troubleSSH(curlEnd(text), probe.PhaseKex, text)
	case "-2":
		s.troubleSSH(probe.ClassEOF, probe.PhaseVersion, text)
	default:
		s.trouble(curlEnd(text), text)
	}
}

func (c *curlLog) sshAuth(text string) bool {
	s := c.s
	switch {
	case strings.HasPrefix(text, "Authentication complete"), strings.HasPrefix(text, "Authentication using") && strings.HasSuffix(text, "completed"):
		s.authResult("accepted", "", text)
		s.ssh.channel = true
	case strings.HasPrefix(text, "Initialized SSH public key authentication"):
		s.attempt("publickey", text)
	case strings.HasPrefix(text, "Using SSH private key file ''"):
	case strings.HasPrefix(text, "Using SSH private key file"), strings.HasPrefix(text, "Using ssh public key file"):
		s.attempt("publickey", text)
	case strings.HasPrefix(text, "Initialized password authentication"):
		s.attempt("password", text)
	case strings.HasPrefix(text, "SSH public key authentication failed"):
		s.authBegins()
		s.remark(probe.PhaseAuth, text)
		if s.ssh.method == "" && strings.Contains(s.ssh.allowed, "password") {
			s.ssh.method = "password" // libssh2 goes on to the password without a word about it
		} else if s.ssh.method == "publickey" {
			return s.keyRefused(text)
		}
	case strings.HasPrefix(text, "Authentication failure"), strings.HasPrefix(text, "Authentication error"):
		s.denied(text)
	case strings.HasPrefix(text, "Failure connecting to agent"):
		s.authBegins()
		s.remark(probe.PhaseAuth, text)
	default:
		return false
	}
	return true
}

// keyRefused takes the end of an attempt with a key: it cannot be used here, or they do not want it.
func (s *session) keyRefused(text string) bool {
	if class := keyTrouble(text); class != "" {
		s.troubleSSH(class, probe.PhaseAuth, text)
	} else {
		s.authResult("refused", s.ssh.allowed, text)
	}
	return true
}

// keyTrouble tells a key that cannot be used here from one that the server refuses.
func keyTrouble(text string) probe.Class {
	low := strings.ToLower(text)
	for _, w := range []string{"unable to extract", "unable to open", "wrong passphrase", "invalid data in public key", "unable to read", "unsupported private key"} {
		if strings.Contains(low, w) {
			return probe.ClassKey
		}
	}
	return ""
}

// sshFile takes what curl says about the subsystem and about files.
func (c *curlLog) sshFile(text string) bool {
	s := c.s
	if !s.isSFTP() {
		return false
	}
	switch {
	case strings.HasPrefix(text, "Failure initializing sftp session"):
		if strings.Contains(text, "subsystem") {
			s.channelEvent("subsystem", "refused", text)
		} else {
			s.ssh.subsystem = true
			s.channelEnded(text)
		}
	case strings.HasPrefix(text, "Could not open remote file for reading"):
		s.sftpWords("OPEN-READ", text)
	case strings.HasPrefix(text, "Could not open directory for reading"):
		s.sftpWords("OPENDIR", text)
	case strings.HasPrefix(text, "Upload failed"), strings.HasPrefix(text, "Creating the dir/file failed"), strings.HasPrefix(text, "Could not open file for writing"):
		s.sftpWords("OPEN-WRITE", text)
	case strings.HasPrefix(text, "Attempt to get SFTP stats failed"), strings.HasPrefix(text, "mkdir command failed"), strings.HasPrefix(text, "rm command failed"),
		strings.HasPrefix(text, "rename command failed"), strings.HasPrefix(text, "rmdir command failed"):
		s.sftpWords(strings.ToUpper(strings.Fields(text)[0]), text)
	default:
		return false
	}
	return true
}

// sftpWords makes a request and its refusal of one sentence.
func (s *session) sftpWords(name, text string) {
	if s.failed() {
		s.remark(s.whereSSH(), text)
		return
	}
	switch name {
	case "RM":
		name = "REMOVE"
	case "ATTEMPT":
		name = "STAT"
	}
	s.readyByUse()
	s.request("", name, "")
	_, words, _ := strings.Cut(text, ": ")
	code := statusOf(words)
	if m := curlSFTPError.FindStringSubmatch(text); m != nil {
		if n, _ := strconv.Atoi(m[1]); n > 0 {
			code = n
		}
	}
	s.status("", code, words)
}

// readyByUse completes the login where a log goes straight to files.
func (s *session) readyByUse() {
	s.authBegins()
	s.ssh.authed, s.ssh.channel, s.ssh.subsystem, s.ssh.ready = true, true, true, true
	if s.step != nil && s.step.Op == probe.OpLogin && !s.failed() {
		s.step.answered = true
	}
}
