package classify

import (
	"slices"
	"strings"

	"mftprobe/probe"
)

// sshStartRules speak of the version lines, the key exchange and the host key.
func sshStartRules() []rule {
	return []rule{
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
		refusal(CauseServiceUnavailable), refusal(CauseServerConnectionLimit), refusal(CauseTooManyConnectionsPerIP),
		refusal(CauseSourceIPNotAllowlisted), refusal(CauseClientBanned), refusal(CauseConnectionRateLimited),
		{
			name: "ftp-refusal-at-ssh-port", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex}, needs: []fact{begins("ftp"), (*scene).greetsWithRefusal}, deaf: true,
			also:    refusedEntry,
			because: "The first bytes are a refusal in the form of FTP. A server that speaks both may turn SSH clients away in these words too.",
			source:  "RFC 4253 section 4.2; ProFTPD mod_sftp",
		},
		{
			name: "ftp-at-ssh-port", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex}, needs: []fact{otherProtocol}, sure: Certain, deaf: true,
			because: "The first bytes belong to another protocol than SSH.",
			source:  "RFC 4253 section 4.2",
		},
		{
			name: "version-in-pieces", cause: CauseNoGreeting, phases: []probe.Phase{probe.PhaseVersion}, kinds: []probe.Kind{probe.KindText}, needs: []fact{(*scene).versionBegun, (*scene).thenSilent}, deaf: true,
			also:    []Cause{CauseReplyTimeout, CauseServiceUnavailable, CauseProtocolError},
			because: "The version line began and did not end in time.",
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
			also:    []Cause{CauseServiceUnavailable, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseMaxStartupsThrottle, CauseWrongProtocolOnPort, CauseProtocolError, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseConnectionRateLimited, CauseServerMisconfigured, CauseServerError},
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
				CauseNoCommonKex, CauseNoCommonHostKeyAlg, CauseNoCommonCipher, CauseNoCommonMAC, CauseDHGroupOutOfRange, CauseSourceIPNotAllowlisted,
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

// greetsWithRefusal: what came first has the number of a refusal.
func (s *scene) greetsWithRefusal() bool {
	return strings.HasPrefix(s.bad.Text, "4") || strings.HasPrefix(s.bad.Text, "5")
}

// refusedEntry are the reasons that servers give in words instead of a version line.
var refusedEntry = []Cause{
	CauseServiceUnavailable, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseConnectionRateLimited,
}

// refusal is the rule for one of these reasons in the form of FTP.
func refusal(cause Cause) rule {
	return rule{
		name: "refusal-before-version-" + string(cause), cause: cause, phases: []probe.Phase{probe.PhaseVersion}, deaf: true,
		needs: []fact{begins("ftp"), (*scene).greetsWithRefusal, tells(cause)}, bars: []fact{(*scene).atPortOfFTP},
		also:    others(cause, []Cause{CauseWrongProtocolOnPort}, refusedEntry, []Cause{CauseClosedBeforeGreeting}),
		because: "Instead of its version the server sent a refusal that gives its reason. The form is that of FTP and the port is none of FTP: a server that speaks both turns SSH clients away in these words.",
		source:  "ProFTPD mod_sftp: shutdown, MaxClients and MaxClientsPerHost are answered before SSH begins",
	}
}

// atPortOfFTP: the port is one at which servers of FTP are expected.
func (s *scene) atPortOfFTP() bool {
	return slices.Contains([]int{20, 21, 989, 990}, s.t.Target.Port)
}

// versionBegun: the last line is the beginning of a version line.
func (s *scene) versionBegun() bool {
	line := s.bad.Text[strings.LastIndexByte(s.bad.Text, '\n')+1:]
	return line != "" && (strings.HasPrefix(line, versionStart) || strings.HasPrefix(versionStart, line))
}

// versionStart begins every version line (RFC 4253 section 4.2).
const versionStart = "SSH-"

// thenSilent: nothing more came within the time limit.
func (s *scene) thenSilent() bool { return s.after.closed == probe.ClassTimeout }
