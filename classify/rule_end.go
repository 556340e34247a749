package classify

import "mftprobe/probe"

// farewellRules speak of FTP replies that mean the same whatever was asked for, be it a file.
func farewellRules() []rule {
	return []rule{
		{
			name: "idle-421", cause: CauseIdleTimeout, codes: []int{421}, needs: []fact{(*scene).idled},
			also:    []Cause{CauseServiceUnavailable, CauseControlConnIdleDrop, CauseServerError},
			because: "The server ended the session after nothing had happened for a while.",
			source:  "RFC 959 section 5.4 (421)",
		},
		{
			name: "session-421", cause: CauseServiceUnavailable, codes: []int{421},
			also: []Cause{
				CauseIdleTimeout, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseServerError, CauseClientBanned, CauseAccountNotAuthorized,
				CauseServerMisconfigured, CauseHomeDirectoryInaccessible, CauseTLSHandshakeFailed, CauseTooManyLoginFailures, CauseSourceIPNotAllowlisted,
				CauseControlConnectionLost,
			},
			because: "The server ended the session by itself.",
			source:  "RFC 959 section 5.4 (421)",
		},
		{
			name: "said-goodbye", cause: CauseControlConnectionLost, codes: []int{221, 227}, kinds: []probe.Kind{probe.KindReply}, side: SideTheirs,
			also: []Cause{
				CauseIdleTimeout, CauseServiceUnavailable, CauseDataConnNotAccepted, CauseServerError, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP,
				CauseAccountNotAuthorized, CauseTransferAborted,
			},
			because: "The server said goodbye where an answer was due, and ended the session without a reason.",
			source:  "RFC 959 section 5.4 (221 belongs to QUIT); Pure-FTPd: 221 Logout, 227 Logout",
		},
		{
			name: "answer-is-no-reply", cause: CauseProtocolError, broke: noAnswer, needs: []fact{(*scene).commanded, (*scene).hasStrays}, deaf: true,
			also:    []Cause{CauseReplyTimeout, CauseReplyDesync, CauseServerError},
			because: "The server sent something after the command, and it has not the form of a reply.",
			source:  "RFC 959 section 4.2 (three digits)",
		},
		{
			name: "out-of-order", cause: CauseCommandBeforeLogin, codes: []int{503},
			also:    []Cause{CauseReplyDesync, CausePlainFTPRefusedNeedsTLS, CauseProtPMissing, CauseCommandNotSupported},
			because: "The server did not expect this command at this moment.",
			source:  "RFC 959 section 4.2.2 (503)",
		},
	}
}

// commandRules speak of FTP replies to commands that have no rule of their own.
func commandRules() []rule {
	return []rule{
		{
			name: "unknown-command", cause: CauseCommandNotSupported, codes: []int{500, 502}, bars: []fact{(*scene).setsParameter},
			also:    []Cause{CauseCommandBeforeLogin, CauseServerMisconfigured, CauseParameterNotSupported, CauseServerError},
			because: "The server does not know or does not allow this command.",
			source:  "RFC 959 section 4.2.2 (500, 502)",
		},
		{
			name: "unknown-parameter", cause: CauseParameterNotSupported, codes: []int{500, 501, 502, 504},
			also:    []Cause{CauseCommandNotSupported, CauseCommandBeforeLogin, CauseFilenamePolicy},
			because: "The server knows the command and not its parameter.",
			source:  "RFC 959 section 4.2.2 (501, 504)",
		},
		{
			name: "forbidden-command", cause: CauseCommandNotSupported, codes: []int{5},
			also: []Cause{
				CauseNoWritePermission, CauseParameterNotSupported, CauseServerError, CauseServerMisconfigured, CauseAccountNotAuthorized, CauseProtPMissing,
				CauseFileNotFound, CauseNoReadPermission, CauseQuotaExceeded, CauseDiskFull, CausePlainFTPRefusedNeedsTLS,
			},
			because: "The server refuses this command.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "temporary-trouble", cause: CauseServerError, codes: []int{4},
			also:    []Cause{CauseServiceUnavailable, CauseTransferAborted, CauseDiskFull, CauseQuotaExceeded, CauseIdleTimeout},
			because: "The server reports a temporary failure of its own.",
			source:  "RFC 959 section 4.2.1",
		},
	}
}

// setsParameter: the command is about one parameter and nothing else.
func (s *scene) setsParameter() bool {
	switch s.verb {
	case "TYPE", "MODE", "STRU", "OPTS", "ALLO":
		return true
	}
	return false
}

// endRules speak of silence, ends and nonsense, wherever they happen. They stand last.
func endRules() []rule {
	return []rule{
		{
			name: "late-client-certificate", cause: CauseClientCertRequired, broke: append(cutOff, probe.ClassTLS, probe.ClassTLSAlert), needs: []fact{(*scene).overTLS, (*scene).certificateAsked}, bars: []fact{(*scene).isLoggedIn},
			also:    []Cause{CauseClientCertRejected, CauseControlConnectionLost},
			because: "The server asked for a client certificate in the handshake and ended the session at the first command.",
			source:  "RFC 8446 section 4.4.2.4",
		},
		{
			name: "tls-stream-broken", cause: CauseTLSHandshakeFailed, broke: []probe.Class{probe.ClassTLS, probe.ClassTLSAlert, probe.ClassNotTLS}, bars: []fact{(*scene).isLoggedIn},
			also:    []Cause{CauseClientCertRequired, CauseServerMisconfigured, CauseControlConnectionLost, CauseTLSVersionMismatch},
			because: "The encrypted control connection broke before the login.",
			source:  "RFC 8446 section 6.2",
		},
		{
			name: "tls-stream-broken-later", cause: CauseControlConnectionLost, broke: []probe.Class{probe.ClassTLS, probe.ClassTLSAlert, probe.ClassNotTLS},
			also:    []Cause{CauseServerMisconfigured, CauseIdleTimeout, CauseServerError, CauseTLSSessionReuseRequired, CauseProtocolError},
			because: "The encrypted control connection broke in the middle of the session.",
			source:  "vsftpd loses its 421 under TLS",
		},
		{
			name: "disconnected-over-packets", cause: CauseProtocolError, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{2, 3, 5, 6}, side: SideEither, retry: RetryAfterChange,
			also:    []Cause{CauseKexFailed, CauseControlConnectionLost, CauseServerError, CauseIdleTimeout, CauseClientPipeliningTooAggressive},
			because: "The server ended the session over what it received: something on the way, or one of the two programs, spoils packets.",
			source:  "RFC 4253 section 11.1 (PROTOCOL_ERROR, KEY_EXCHANGE_FAILED, MAC_ERROR, COMPRESSION_ERROR)",
		},
		{
			name: "disconnected-idle", cause: CauseIdleTimeout, kinds: []probe.Kind{probe.KindDisconnect}, needs: []fact{(*scene).idled},
			also:    []Cause{CauseServiceUnavailable, CauseServerError, CauseControlConnectionLost, CauseAccountNotAuthorized},
			because: "The server ended the session with a message after nothing had happened for a while.",
			source:  "RFC 4253 section 11.1",
		},
		{
			name: "disconnected", cause: CauseControlConnectionLost, kinds: []probe.Kind{probe.KindDisconnect},
			also: []Cause{
				CauseIdleTimeout, CauseServiceUnavailable, CauseServerError, CauseAccountNotAuthorized, CauseServerConnectionLimit, CauseClientBanned,
				CauseQuotaExceeded, CauseDiskFull, CauseTransferStalled, CauseTransferAborted,
			},
			because: "The server ended the session with a message, in the middle of the work.",
			source:  "RFC 4253 section 11.1",
		},
		{
			name: "closed-after-idling", cause: CauseIdleTimeout, broke: cutOff, needs: []fact{(*scene).idled}, deaf: true,
			also:    []Cause{CauseControlConnIdleDrop, CauseControlConnectionLost},
			because: "The connection was ended after nothing had happened for a while.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "session-closed", cause: CauseControlConnectionLost, broke: cutOff, deaf: true,
			also:    []Cause{CauseIdleTimeout, CauseServiceUnavailable, CauseServerError, CauseControlConnIdleDrop},
			because: "The connection ended where an answer was due.",
			source:  "RFC 9293 section 3.6",
		},
		{
			name: "silent-after-greeting", cause: CauseReplyTimeout, broke: noAnswer, bars: []fact{(*scene).isLoggedIn}, deaf: true,
			also:    []Cause{CauseServiceUnavailable, CauseControlConnIdleDrop, CauseNoGreeting},
			because: "The server greeted and does not answer commands. A firewall that inspects FTP can look like this.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "silent-command", cause: CauseReplyTimeout, broke: noAnswer, deaf: true,
			also:    []Cause{CauseControlConnIdleDrop, CauseControlConnectionLost, CauseServerError},
			because: "The answer did not come in time.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "shifted-replies", cause: CauseReplyDesync, needs: []fact{(*scene).desynchronised}, deaf: true,
			also:    []Cause{CauseProtocolError, CauseNonstandardReplyCode},
			because: "A reply came that answers no command: from there on, replies and commands do not fit together.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "not-of-the-protocol", cause: CauseProtocolError, broke: []probe.Class{probe.ClassMalformed, probe.ClassTooLong},
			also:    []Cause{CauseReplyDesync, CauseServerError, CauseWrongProtocolOnPort},
			because: "The server sent something that the protocol does not allow.",
			source:  "RFC 959 section 4.2, draft-ietf-secsh-filexfer-02 section 3",
		},
		{
			name: "stray-text", cause: CauseProtocolError, kinds: []probe.Kind{probe.KindText},
			also:    []Cause{CauseReplyDesync, CauseServerMisconfigured, CauseShellOutputPollutesSFTP, CauseWrongProtocolOnPort},
			because: "Bytes came that belong to no reply.",
			source:  "RFC 959 section 4.2",
		},
		{
			name: "no-route-later", cause: CauseHostUnreachable, broke: []probe.Class{probe.ClassUnreachable}, deaf: true,
			also:    []Cause{CauseControlConnectionLost},
			because: "The network reported that the host cannot be reached any more.",
			source:  "RFC 792",
		},
		{
			name: "cannot-be-done", cause: CauseConfigInvalid, broke: []probe.Class{probe.ClassUnsupported, probe.ClassLocal}, deaf: true,
			also:    []Cause{CauseUnexplained},
			because: "This program or this machine cannot do what the script asks for; the server is not to blame.",
			source:  "the program's own limits",
		},
		{
			name: "own-defect", cause: CauseUnexplained, broke: []probe.Class{probe.ClassLibrary}, side: SideOurs, deaf: true, sure: Likely,
			because: "A part of this program failed; what the server did is not the reason.",
			source:  "the program's own limits",
		},
	}
}

// desynchronised: the reply was to nothing, or the driver found that answers have shifted.
func (s *scene) desynchronised() bool {
	return s.bad.Attr[attrOddity] == string(probe.OddityUnsolicited) || s.bad.Attr["desync"] != ""
}

// ownRules speak of what ended here. They stand first: what breaks then is our own doing.
func ownRules() []rule {
	return []rule{
		{
			name: "out-of-time-moving", cause: CauseTransferStalled, broke: []probe.Class{probe.ClassCanceled}, phases: []probe.Phase{probe.PhaseTransfer}, sure: Possible, deaf: true,
			also:    []Cause{CauseReplyTimeout, CauseNoFinalReply},
			because: "The time limit of the whole run ended during the transfer.",
			source:  "the program's own limits",
		},
		{
			name: "out-of-time", cause: CauseReplyTimeout, broke: []probe.Class{probe.ClassCanceled}, sure: Possible, deaf: true,
			because: "The time limit of the whole run ended while an answer was awaited.",
			source:  "the program's own limits",
		},
		{
			name: "data-cannot-be-done", cause: CauseConfigInvalid, broke: []probe.Class{probe.ClassUnsupported, probe.ClassLocal}, needs: []fact{(*scene).onDataConnection}, deaf: true,
			because: "This program or this machine cannot make the data connection that was asked for; the server is not to blame.",
			source:  "RFC 959 section 3.3 in active mode through a proxy; bind(2)",
		},
	}
}
