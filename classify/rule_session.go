package classify

import (
	"strings"

	"mftprobe/probe"
)

// behindLogin are the phases between an accepted SSH login and SFTP VERSION.
var behindLogin = []probe.Phase{probe.PhaseChannel, probe.PhaseSubsystem, probe.PhaseInit}

// sshSessionRules speak of the channel, the subsystem and the start of SFTP.
func sshSessionRules() []rule {
	return []rule{
		{
			name: "expired-after-login", cause: CausePasswordExpired, phases: behindLogin, needs: []fact{(*scene).bannerTellsExpiry},
			also:    []Cause{CauseSFTPServerExits},
			because: "The login worked, a message spoke of an expired password, and the session ended before SFTP began.",
			source:  "OpenSSH with PAM: forced password change",
		},
		{
			name: "closed-after-login", cause: CauseChrootBadOwnership, phases: []probe.Phase{probe.PhaseChannel}, broke: cutOff,
			also: []Cause{
				CauseHomeDirectoryInaccessible, CauseControlConnectionLost, CauseAccountNotAuthorized, CauseServerMisconfigured, CauseSFTPServerExits,
				CausePasswordExpired, CauseServiceUnavailable,
			},
			because: "The login was accepted and the connection was cut before a session could be opened: the server failed to set the account's session up.",
			source:  "OpenSSH: bad ownership or modes for chroot directory",
		},
		{
			name: "channel-forbidden", cause: CauseAccountNotAuthorized, phases: []probe.Phase{probe.PhaseChannel}, reason: []int{1, 3},
			also:    []Cause{CauseMaxSessionsPerConnection, CauseSFTPSubsystemDisabled},
			because: "The server forbids a session for this account.",
			source:  "RFC 4254 section 5.1",
		},
		{
			name: "channel-refused", cause: CauseMaxSessionsPerConnection, phases: []probe.Phase{probe.PhaseChannel}, kinds: []probe.Kind{probe.KindChannel},
			also:    []Cause{CauseServerConnectionLimit, CauseAccountNotAuthorized, CauseServerError, CauseSFTPSubsystemDisabled},
			because: "The login worked and the server opens no session on this connection.",
			source:  "RFC 4254 section 5.1; OpenSSH MaxSessions",
		},
		{
			name: "subsystem-refused", cause: CauseSFTPSubsystemDisabled, phases: []probe.Phase{probe.PhaseSubsystem}, kinds: []probe.Kind{probe.KindChannel},
			also:    []Cause{CauseAccountNotAuthorized, CauseServerMisconfigured},
			because: "The login worked and the server refuses to start SFTP.",
			source:  "RFC 4254 section 6.5",
		},
		{
			name: "account-without-shell", cause: CauseAccountNotAuthorized, phases: behindLogin, kinds: []probe.Kind{probe.KindText}, needs: []fact{tells(CauseAccountNotAuthorized)},
			also:    []Cause{CauseShellOutputPollutesSFTP, CauseSFTPSubsystemDisabled},
			because: "Where SFTP was due, a message came that the account is not available.",
			source:  "nologin(8)",
		},
		{
			name: "text-before-sftp", cause: CauseShellOutputPollutesSFTP, phases: behindLogin, kinds: []probe.Kind{probe.KindText},
			also:    []Cause{CauseAccountNotAuthorized, CauseSFTPSubsystemDisabled, CausePasswordExpired, CauseServiceUnavailable, CauseSFTPOnlyAccount},
			because: "Where the first SFTP packet was due, text came: a login script or a forced command prints it.",
			source:  "draft-ietf-secsh-filexfer-02 section 3; OpenSSH: Received message too long",
		},
		{
			name: "first-packet-out-of-place", cause: CauseProtocolError, phases: behindLogin, kinds: []probe.Kind{probe.KindResponse}, broke: []probe.Class{probe.ClassMalformed},
			also:    []Cause{CauseSFTPVersionUnsupported, CauseShellOutputPollutesSFTP, CauseSFTPServerExits},
			because: "What came first is a packet, and not the one that the protocol wants there.",
			source:  "draft-ietf-secsh-filexfer-02 section 4",
		},
		{
			name: "bad-first-packet", cause: CauseShellOutputPollutesSFTP, phases: behindLogin, broke: []probe.Class{probe.ClassMalformed, probe.ClassTooLong},
			also:    []Cause{CauseProtocolError, CauseSFTPVersionUnsupported, CauseSFTPSubsystemDisabled},
			because: "What came first is no SFTP packet.",
			source:  "draft-ietf-secsh-filexfer-02 section 3",
		},
		{
			name: "sftp-ends-missing-program", cause: CauseSFTPServerExits, phases: behindLogin, broke: cutOff, needs: []fact{(*scene).programMissing},
			also:    []Cause{CauseSFTPSubsystemDisabled, CauseServerMisconfigured, CauseChrootBadOwnership},
			because: "The server agreed to start SFTP and its program could not be run.",
			source:  "exit status 126 and 127, sh(1)",
		},
		{
			name: "sftp-ends", cause: CauseSFTPServerExits, phases: behindLogin, broke: cutOff,
			also: []Cause{
				CauseChrootBadOwnership, CausePasswordExpired, CauseSFTPSubsystemDisabled, CauseAccountNotAuthorized, CauseHomeDirectoryInaccessible,
				CauseServerMisconfigured, CauseShellOutputPollutesSFTP, CauseControlConnectionLost, CauseServerConnectionLimit, CauseServiceUnavailable,
			},
			because: "The server agreed to start SFTP and ended it before the first answer.",
			source:  "OpenSSH: ForceCommand, login shell without -c, chroot without the program",
		},
		{
			name: "init-silent", cause: CauseReplyTimeout, phases: behindLogin, broke: noAnswer, deaf: true,
			also:    []Cause{CauseShellOutputPollutesSFTP, CauseServiceUnavailable, CauseSFTPServerExits, CauseHomeDirectoryInaccessible},
			because: "The login worked and SFTP does not start. A login script that waits for a person, or a hanging home directory, looks like this.",
			source:  "draft-ietf-secsh-filexfer-02 section 4",
		},
		{
			name: "init-version-refused", cause: CauseSFTPVersionUnsupported, phases: []probe.Phase{probe.PhaseInit}, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{8},
			also:    []Cause{CauseServerMisconfigured, CauseAccountNotAuthorized, CauseProtocolError},
			because: "The server ended the session over a version when it had been told ours of SFTP.",
			source:  "mod_sftp: SFTPClientMatch sftpProtocolVersion; RFC 4253 section 11.1 (PROTOCOL_VERSION_NOT_SUPPORTED)",
		},
		{
			name: "init-disconnect", cause: CauseServerMisconfigured, phases: behindLogin, kinds: []probe.Kind{probe.KindDisconnect},
			also: []Cause{
				CauseAccountNotAuthorized, CauseSFTPSubsystemDisabled, CauseIdleTimeout, CauseServiceUnavailable, CauseServerConnectionLimit,
				CauseHomeDirectoryInaccessible, CauseSFTPServerExits, CauseTooManyAuthTries, CauseSFTPVersionUnsupported, CauseChrootBadOwnership, CauseServerError,
			},
			because: "The server ended the session after the login, before SFTP began.",
			source:  "RFC 4253 section 11.1",
		},
		{
			name: "init-odd-version", cause: CauseSFTPVersionUnsupported, phases: []probe.Phase{probe.PhaseInit},
			also:    []Cause{CauseProtocolError, CauseSFTPServerExits},
			because: "The server did not answer INIT with a version that we know.",
			source:  "draft-ietf-secsh-filexfer-02 section 4",
		},
	}
}

// bannerTellsExpiry: banner, prompts or stderr speak of an expired password.
func (s *scene) bannerTellsExpiry() bool {
	for _, text := range []string{s.ssh.banner, s.ssh.prompts, s.ssh.stderr, s.after.text} {
		if text != "" && len(s.read(text)) > 0 && s.read(text)[0] == CausePasswordExpired {
			return true
		}
	}
	return false
}

// programMissing: the exit status says that there was nothing to run.
func (s *scene) programMissing() bool {
	exit := strings.TrimSpace(s.ssh.exit)
	return exit == "127" || exit == "126"
}
