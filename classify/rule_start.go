package classify

import "mftprobe/probe"

// startRules speak of everything before the first reply: the name, the network, the proxy and the
// first bytes of the server.
func startRules() []rule {
	return []rule{
		{
			name: "our-own-system", cause: CauseConfigInvalid, broke: []probe.Class{probe.ClassLocal},
			bars: []fact{(*scene).wasGreeted}, deaf: true,
			because: "The failure arose on this machine, before anything was sent: an address, port or file that is not there.",
			source:  "connect(2): EADDRNOTAVAIL, EACCES",
		},
		{
			name: "cannot-be-done-here", cause: CauseSFTPVersionUnsupported, broke: []probe.Class{probe.ClassUnsupported},
			phases: []probe.Phase{probe.PhaseInit}, deaf: true,
			because: "This program speaks version 3 of the protocol, and the server settled on another one.",
			source:  "draft-ietf-secsh-filexfer-02 section 4",
		},
		{
			name: "no-such-name", cause: CauseDNSFailure, broke: []probe.Class{probe.ClassNoName}, sure: Certain, deaf: true,
			because: "The resolver answered that the name does not exist, or has no address of the wanted family.",
			source:  "RFC 1035 section 4.1.1, RFC 2308",
		},
		{
			name: "resolver-fails", cause: CauseDNSFailure, broke: []probe.Class{probe.ClassDNS}, sure: Certain, deaf: true,
			because: "The resolver gave no usable answer, so that the endpoint was never contacted.",
			source:  "RFC 1035 section 7.2",
		},
		{
			name: "name-lookup", cause: CauseDNSFailure, phases: []probe.Phase{probe.PhaseDNS}, deaf: true,
			because: "The endpoint was never contacted: its name could not be resolved.",
			source:  "RFC 1035 section 7.2",
		},
		{
			name: "proxy-refuses", cause: CauseProxyFailed, broke: []probe.Class{probe.ClassProxy}, bars: []fact{(*scene).wasGreeted}, sure: Certain, deaf: true,
			because: "The proxy answered with a refusal, so that the endpoint was never contacted.",
			source:  "RFC 1928 section 6, RFC 9110 section 9.3.6",
		},
		{
			name: "proxy-rung", cause: CauseProxyFailed, phases: []probe.Phase{probe.PhaseProxy}, deaf: true,
			also:    []Cause{CausePortRefused, CausePortUnreachable},
			because: "The connection failed at the proxy, before the endpoint was reached.",
			source:  "RFC 1928 section 6, RFC 9110 section 9.3.6",
		},
		{
			name: "tcp-refused", cause: CausePortRefused, phases: []probe.Phase{probe.PhaseTCP}, broke: []probe.Class{probe.ClassRefused}, deaf: true,
			also:    []Cause{CauseServiceUnavailable, CauseClientBanned, CauseSourceIPNotAllowlisted, CauseConnectionRateLimited},
			because: "The host answered the connection attempt with a refusal. A stopped service and a rejecting firewall look alike.",
			source:  "RFC 9293 section 3.5.2",
		},
		{
			name: "tcp-timeout", cause: CausePortUnreachable, phases: []probe.Phase{probe.PhaseTCP}, broke: noAnswer, deaf: true,
			also:    []Cause{CauseSourceIPNotAllowlisted, CauseClientBanned, CauseServerConnectionLimit},
			because: "Nobody answered the connection attempt: packets are dropped on the way or by the host.",
			source:  "RFC 9293 section 3.8.3",
		},
		{
			name: "tcp-unreachable", cause: CauseHostUnreachable, phases: []probe.Phase{probe.PhaseTCP}, broke: []probe.Class{probe.ClassUnreachable}, deaf: true,
			also:    []Cause{CauseSourceIPNotAllowlisted, CausePortUnreachable},
			because: "A router or firewall answered that there is no way to this host, or that it is forbidden.",
			source:  "RFC 792 (destination unreachable), RFC 4443 section 3.1",
		},
		{
			name: "tls-bytes-on-plain-port", cause: CauseImplicitVsExplicitMismatch, phases: startPhases, needs: []fact{begins("tls")}, bars: []fact{(*scene).isSFTP}, deaf: true,
			also:    []Cause{CauseWrongProtocolOnPort},
			because: "The first bytes are a TLS record: this port wants TLS from the start.",
			source:  "RFC 8446 section 5.1",
		},
		{
			name: "other-protocol", cause: CauseWrongProtocolOnPort, phases: startPhases, needs: []fact{otherProtocol}, bars: []fact{begins("ftp"), (*scene).isSFTP}, sure: Certain, deaf: true,
			because: "The first bytes belong to another protocol.",
			source:  "RFC 4253 section 4.2, RFC 9112 section 4, RFC 5321 section 4.2",
		},
		{
			name: "no-ftp-spoken", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseGreeting}, kinds: []probe.Kind{probe.KindText}, bars: []fact{(*scene).unfinishedReply}, deaf: true,
			also:    []Cause{CauseProtocolError, CauseImplicitVsExplicitMismatch},
			because: "What came instead of a greeting is no FTP reply.",
			source:  "RFC 959 section 4.2",
		},
		{
			name: "mail-server", cause: CauseWrongProtocolOnPort, codes: []int{4, 5}, needs: []fact{(*scene).asMail, (*scene).mailStatus}, bars: []fact{(*scene).isLoggedIn, (*scene).isSFTP}, sure: Certain, deaf: true,
			because: "The greeting and the numbers in the refusal are those of a mail server.",
			source:  "RFC 5321 section 4.2, RFC 3463",
		},
		{
			name: "like-a-mail-server", cause: CauseWrongProtocolOnPort, codes: []int{4, 5}, needs: []fact{(*scene).mailWords}, bars: []fact{(*scene).isLoggedIn, (*scene).isSFTP}, deaf: true,
			also:    []Cause{CauseCommandNotSupported, CauseServiceUnavailable, CauseSourceIPNotAllowlisted},
			because: "What the server says is what mail servers say.",
			source:  "RFC 5321 section 4.2, RFC 3463",
		},
		{
			name: "greeting-in-pieces", cause: CauseNoGreeting, phases: []probe.Phase{probe.PhaseGreeting}, broke: noAnswer, needs: []fact{(*scene).unfinishedReply}, deaf: true,
			also:    []Cause{CauseProtocolError, CauseServiceUnavailable},
			because: "A greeting began and did not end in time.",
			source:  "RFC 959 section 4.2",
		},
		{
			name: "other-words", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseGreeting}, broke: noAnswer, needs: []fact{(*scene).spokeOtherwise}, deaf: true,
			also:    []Cause{CauseProtocolError, CauseNoGreeting},
			because: "The server spoke, and what it said is no FTP reply.",
			source:  "RFC 959 section 4.2",
		},
		{
			name: "greeted-then-nothing", cause: CauseServiceUnavailable, phases: []probe.Phase{probe.PhaseGreeting}, needs: []fact{(*scene).askedToWait}, deaf: true,
			because: "The server asked for patience with 120 and did not get ready.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "silent-at-tls-port", cause: CauseImplicitVsExplicitMismatch, phases: []probe.Phase{probe.PhaseGreeting}, broke: noAnswer, deaf: true,
			needs: []fact{(*scene).implicitPort, (*scene).heardNothing}, bars: []fact{(*scene).isImplicit},
			also:    []Cause{CauseNoGreeting, CauseWrongProtocolOnPort},
			because: "The server waits for us to speak first, and this port is the registered one of implicit TLS.",
			source:  "RFC 4217 section 2, IANA port 990",
		},
		{
			name: "silent-though-tls-was-wanted", cause: CauseImplicitVsExplicitMismatch, phases: []probe.Phase{probe.PhaseGreeting}, broke: noAnswer, deaf: true,
			needs:   []fact{(*scene).wantsExplicit, (*scene).heardNothing},
			also:    []Cause{CauseNoGreeting, CauseWrongProtocolOnPort, CauseServiceUnavailable},
			because: "The connection stands and not one byte came. Where FTP with TLS was ordered, the usual reason is that the port wants TLS from the start.",
			source:  "RFC 4217 section 2; vsftpd implicit_ssl",
		},
		{
			name: "silent", cause: CauseNoGreeting, phases: startPhases, broke: noAnswer, deaf: true,
			also:    []Cause{CauseImplicitVsExplicitMismatch, CauseWrongProtocolOnPort, CauseServiceUnavailable, CauseSourceIPNotAllowlisted},
			because: "The connection stands and not one byte came. The service hangs, or the port waits for the client to speak first.",
			source:  "RFC 959 section 5.4, RFC 4253 section 4.2",
		},
		{
			name: "greeting-421", cause: CauseServiceUnavailable, phases: []probe.Phase{probe.PhaseGreeting}, codes: []int{421},
			also: []Cause{
				CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseSourceIPNotAllowlisted, CauseClientBanned,
				CauseConnectionRateLimited, CauseServerMisconfigured, CauseIdleTimeout, CauseTLSHandshakeFailed,
			},
			because: "The server turned us away before the login: it is not available, full, or does not serve us.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "hello-read-as-command", cause: CauseImplicitVsExplicitMismatch, phases: []probe.Phase{probe.PhaseGreeting}, codes: []int{500, 501, 502, 503}, needs: []fact{(*scene).isImplicit, (*scene).clearText, tells(CauseCommandNotSupported)}, deaf: true,
			also:    []Cause{CauseWrongProtocolOnPort, CauseServiceUnavailable},
			because: "The server took the TLS greeting for a command and refused it in clear: it speaks clear text on this port.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "greeting-refusal", cause: CauseServiceUnavailable, phases: []probe.Phase{probe.PhaseGreeting}, codes: []int{4, 5},
			also: []Cause{
				CauseServerMisconfigured, CauseSourceIPNotAllowlisted, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP,
				CauseClientBanned, CauseConnectionRateLimited, CauseWrongProtocolOnPort,
			},
			because: "The server greets with a refusal: nobody was asked for a name yet, so the account is not the reason.",
			source:  "RFC 959 section 5.4; ProFTPD and vsftpd greet with 500 and 530",
		},
		{
			name: "words-then-closed", cause: CauseClosedBeforeGreeting, phases: []probe.Phase{probe.PhaseGreeting}, broke: cutOff, needs: []fact{(*scene).spokeOtherwise},
			also: []Cause{
				CauseSourceIPNotAllowlisted, CauseClientBanned, CauseServerConnectionLimit, CauseServiceUnavailable,
				CauseConnectionRateLimited, CauseTooManyConnectionsPerIP, CauseWrongProtocolOnPort,
			},
			because: "The server, or something in front of it, said a few words without a code and ended the connection.",
			source:  "tcpwrappers twist, inetd services",
		},
		{
			name: "closed-at-once", cause: CauseClosedBeforeGreeting, phases: []probe.Phase{probe.PhaseTCP, probe.PhaseGreeting}, broke: cutOff, deaf: true,
			bars: []fact{(*scene).wasGreeted},
			also: []Cause{
				CauseSourceIPNotAllowlisted, CauseServerConnectionLimit, CauseClientBanned, CauseServiceUnavailable,
				CauseConnectionRateLimited, CauseTooManyConnectionsPerIP,
			},
			because: "The server, or a forwarder in front of it, took the connection and ended it without a word.",
			source:  "seen on ProFTPD (Limit LOGIN, MaxInstances), port forwarders, tcpwrappers",
		},
		{
			name: "no-usable-greeting", cause: CauseProtocolError, phases: startPhases, broke: []probe.Class{probe.ClassMalformed, probe.ClassTooLong},
			also:    []Cause{CauseWrongProtocolOnPort, CauseNoGreeting},
			because: "What the server said cannot be read as a greeting.",
			source:  "RFC 959 section 4.2, RFC 4253 section 4.2",
		},
	}
}
