package classify

import "mftprobe/probe"

// startRules speak of everything before the first reply: the name, the network, the proxy and the
// first bytes of the server.
var startRules = []rule{
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
		name: "proxy-refuses", cause: CauseProxyFailed, broke: []probe.Class{probe.ClassProxy}, sure: Certain, deaf: true,
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
		name: "no-ftp-spoken", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseGreeting}, kinds: []probe.Kind{probe.KindText}, deaf: true,
		also:    []Cause{CauseProtocolError, CauseImplicitVsExplicitMismatch},
		because: "What came instead of a greeting is no FTP reply.",
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
		name: "greeting-refusal", cause: CauseServiceUnavailable, phases: []probe.Phase{probe.PhaseGreeting}, codes: []int{4, 5},
		also: []Cause{
			CauseServerMisconfigured, CauseSourceIPNotAllowlisted, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP,
			CauseClientBanned, CauseConnectionRateLimited, CauseWrongProtocolOnPort,
		},
		because: "The server greets with a refusal: nobody was asked for a name yet, so the account is not the reason.",
		source:  "RFC 959 section 5.4; ProFTPD and vsftpd greet with 500 and 530",
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

// sshStartRules speak of the version lines, the key exchange and the host key.
var sshStartRules = []rule{
	{
		name: "ssh-throttled", cause: CauseMaxStartupsThrottle, phases: []probe.Phase{probe.PhaseVersion}, needs: []fact{tells(CauseMaxStartupsThrottle)},
		also:    []Cause{CauseConnectionRateLimited, CauseClientBanned},
		because: "The server says that it drops connections until others have logged in.",
		source:  "OpenSSH 8.9 and later: Exceeded MaxStartups",
	},
	{
		name: "version-1-only", cause: CauseProtocolError, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex}, needs: []fact{begins("ssh1")}, deaf: true,
		also:    []Cause{CauseKexFailed, CauseWrongProtocolOnPort},
		because: "The server speaks SSH version 1 only, which nobody should use any more.",
		source:  "RFC 4253 section 5.1",
	},
	{
		name: "refusal-before-version", cause: CauseServiceUnavailable, phases: []probe.Phase{probe.PhaseVersion}, needs: []fact{begins("ftp"), says(CauseServiceUnavailable)},
		also:    []Cause{CauseWrongProtocolOnPort, CauseClosedBeforeGreeting},
		because: "Instead of its version the server sent a refusal in words.",
		source:  "ProFTPD mod_sftp during a shutdown",
	},
	{
		name: "ftp-at-ssh-port", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex}, needs: []fact{otherProtocol}, sure: Certain, deaf: true,
		because: "The first bytes belong to another protocol than SSH.",
		source:  "RFC 4253 section 4.2",
	},
	{
		name: "no-ssh-spoken", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseVersion}, kinds: []probe.Kind{probe.KindText}, bars: []fact{(*scene).thenClosed},
		also:    []Cause{CauseProtocolError, CauseServiceUnavailable, CauseNoGreeting},
		because: "What came instead of an SSH version line is of no protocol that SSH clients know.",
		source:  "RFC 4253 section 4.2",
	},
	{
		name: "text-then-closed", cause: CauseClosedBeforeGreeting, phases: []probe.Phase{probe.PhaseVersion}, kinds: []probe.Kind{probe.KindText},
		also:    []Cause{CauseServiceUnavailable, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseMaxStartupsThrottle, CauseWrongProtocolOnPort, CauseProtocolError},
		because: "The server sent a text and closed without giving its version.",
		source:  "RFC 4253 section 4.2; Not allowed at this time of OpenSSH 9.8",
	},
	{
		name: "closed-before-version", cause: CauseClosedBeforeGreeting, phases: []probe.Phase{probe.PhaseVersion}, broke: cutOff,
		also: []Cause{
			CauseMaxStartupsThrottle, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseServerConnectionLimit,
			CauseServiceUnavailable, CauseConnectionRateLimited, CauseWrongProtocolOnPort,
		},
		because: "The connection was ended before the server gave its version.",
		source:  "OpenSSH: MaxStartups, libwrap and PerSourcePenalties look alike",
	},
	{
		name: "ssh-not-for-us", cause: CauseSourceIPNotAllowlisted, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex, probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{1},
		also:    []Cause{CauseClientBanned},
		because: "The server ends the session with the reason \"host not allowed to connect\".",
		source:  "RFC 4253 section 11.1",
	},
	{
		name: "ssh-full", cause: CauseServerConnectionLimit, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{12},
		also:    []Cause{CauseConnectionRateLimited, CauseTooManyConnectionsPerIP},
		because: "The server ends the session with the reason \"too many connections\".",
		source:  "RFC 4253 section 11.1",
	},
	{
		name: "ssh-unavailable", cause: CauseServiceUnavailable, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{7, 10},
		also:    []Cause{CauseServerConnectionLimit, CauseControlConnectionLost},
		because: "The server ends the session and says that the service is not available.",
		source:  "RFC 4253 section 11.1",
	},
	negotiation("kex", CauseNoCommonKex), negotiation("key exchange", CauseNoCommonKex),
	negotiation("host_key", CauseNoCommonHostKeyAlg), negotiation("host key", CauseNoCommonHostKeyAlg),
	negotiation("cipher", CauseNoCommonCipher), negotiation("mac", CauseNoCommonMAC),
	{
		name: "nothing-in-common", cause: CauseNoCommonKex, broke: []probe.Class{probe.ClassNegotiation},
		also:    []Cause{CauseNoCommonHostKeyAlg, CauseNoCommonCipher, CauseNoCommonMAC},
		because: "Both sides sent their lists of algorithms, and one kind has no common entry.",
		source:  "RFC 4253 section 7.1",
	},
	{
		name: "group-out-of-range", cause: CauseDHGroupOutOfRange, phases: []probe.Phase{probe.PhaseKex}, needs: []fact{says(CauseDHGroupOutOfRange)},
		also:    []Cause{CauseKexFailed},
		because: "The sizes of Diffie-Hellman groups that both sides allow do not meet.",
		source:  "RFC 4419 section 3",
	},
	{
		name: "kex-cut-off", cause: CauseKexFailed, phases: []probe.Phase{probe.PhaseKex}, broke: cutOff,
		also: []Cause{
			CauseMaxStartupsThrottle, CauseClientBanned, CauseSourceIPNotAllowlisted, CauseServerConnectionLimit,
			CauseConnectionRateLimited, CauseNoCommonKex, CauseControlConnectionLost, CauseServiceUnavailable,
		},
		because: "The server gave its version and then ended the connection during the key exchange.",
		source:  "RFC 4253 section 7; seen on mod_sftp (MaxConnectionsPerHost)",
	},
	{
		name: "kex-disconnect", cause: CauseKexFailed, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex}, kinds: []probe.Kind{probe.KindDisconnect},
		also: []Cause{
			CauseNoCommonKex, CauseNoCommonHostKeyAlg, CauseNoCommonCipher, CauseDHGroupOutOfRange, CauseSourceIPNotAllowlisted,
			CauseClientBanned, CauseServerConnectionLimit, CauseServiceUnavailable, CauseMaxStartupsThrottle, CauseProtocolError,
		},
		because: "The server ended the session during the key exchange.",
		source:  "RFC 4253 section 11.1",
	},
	{
		name: "kex-trouble", cause: CauseKexFailed, phases: []probe.Phase{probe.PhaseKex},
		also:    []Cause{CauseNoCommonKex, CauseProtocolError, CauseWrongProtocolOnPort, CauseMaxStartupsThrottle, CauseDHGroupOutOfRange},
		because: "The key exchange did not come to its end.",
		source:  "RFC 4253 section 7",
	},
	hostKey("revoked", CauseHostKeyRevoked, "The key is marked as revoked in known_hosts."),
	hostKey("other-type", CauseHostKeyAlgOrderMismatch, "Keys of this host are recorded, but none of the type that was negotiated."),
	hostKey("changed", CauseHostKeyChanged, "Another key of the same type is recorded for this host."),
	hostKey("unknown", CauseHostKeyUnknown, "No key is recorded for this host and port."),
	{
		name: "host-key-not-accepted", cause: CauseHostKeyUnknown, phases: []probe.Phase{probe.PhaseHostKey},
		also:    []Cause{CauseHostKeyChanged, CauseHostKeyAlgOrderMismatch, CauseHostKeyRevoked},
		because: "The key of the server was not accepted here.",
		source:  "RFC 4251 section 4.1",
	},
}

// negotiation is the rule for one kind of algorithm without a common entry. Both lists were seen,
// so that nothing else can look like it.
func negotiation(category string, cause Cause) rule {
	return rule{
		name: "nothing-in-common-" + category, cause: cause, broke: []probe.Class{probe.ClassNegotiation, probe.ClassUnsupported}, sure: Certain, deaf: true,
		needs:   []fact{func(s *scene) bool { return s.bad.Attr[attrCategory] == category }},
		because: "Both sides sent their lists of algorithms, and this kind has no common entry.",
		source:  "RFC 4253 section 7.1",
	}
}

// hostKey is the rule for one answer of known_hosts or the pins.
func hostKey(known string, cause Cause, because string) rule {
	return rule{
		name: "host-key-" + known, cause: cause, phases: []probe.Phase{probe.PhaseHostKey}, sure: Certain, deaf: true,
		needs:   []fact{func(s *scene) bool { return s.bad.Attr[attrKnown] == known }},
		because: because,
		source:  "RFC 4251 section 4.1, sshd(8) known_hosts",
	}
}
