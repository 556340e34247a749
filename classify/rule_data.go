package classify

import (
	"slices"
	"sync"

	"mftprobe/probe"
)

// passiveRules speak of the replies that name a port, in either direction.
func passiveRules() []rule {
	return []rule{
		{
			name: "passive-needs-protection", cause: CauseProtPMissing, on: pasvVerbs, codes: []int{4, 5}, needs: []fact{says(CauseProtPMissing)}, bars: []fact{(*scene).protectedData},
			also:    []Cause{CausePlainFTPRefusedNeedsTLS},
			because: "The server opens no data connection until its protection is agreed on.",
			source:  "pyftpdlib: 550 SSL/TLS required on the data channel",
		},
		{
			name: "passive-no-port", cause: CauseServerPASVBindFailure, on: pasvVerbs, codes: []int{4}, bars: []fact{(*scene).hungUp},
			also:    []Cause{CausePassiveRefused, CauseServerError},
			because: "The server knows the command and could not open a port for it.",
			source:  "RFC 959 section 4.2.1; Pure-FTPd: all reserved TCP ports are busy",
		},
		{
			name: "passive-hung-up", cause: CauseServiceUnavailable, on: pasvVerbs, codes: []int{421},
			also:    []Cause{CauseIdleTimeout, CauseServerPASVBindFailure, CausePassiveRefused, CauseServerError, CauseControlConnectionLost},
			because: "The server ended the session when it was asked for a port.",
			source:  "RFC 959 section 5.4; FileZilla Server: no usable ports in range",
		},
		{
			name: "epsv-protocol", cause: CauseEPSVNotSupported, on: words("EPSV"), codes: []int{522}, bars: []fact{(*scene).bothRefused}, deaf: true,
			also:    []Cause{CausePassiveRefused},
			because: "The server does not serve this address family with EPSV.",
			source:  "RFC 2428 section 3 (522)",
		},
		{
			name: "epsv-unknown", cause: CauseEPSVNotSupported, on: words("EPSV"), codes: []int{500, 501, 502, 504}, needs: []fact{(*scene).pasvUntried}, bars: []fact{(*scene).thenClosed}, deaf: true,
			also:    []Cause{CausePassiveRefused, CauseCommandNotSupported},
			because: "The server does not know EPSV, and PASV was not tried.",
			source:  "RFC 2428 section 3",
		},
		{
			name: "passive-refused", cause: CausePassiveRefused, on: pasvVerbs, codes: []int{5},
			also:    []Cause{CauseServerPASVBindFailure, CauseCommandNotSupported, CauseAccountNotAuthorized, CauseServerError, CauseServerMisconfigured, CauseServiceUnavailable},
			because: "The server does not give a port for passive transfers.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "passive-unreadable", cause: CausePassiveReplyMalformed, phases: []probe.Phase{probe.PhasePassive}, broke: []probe.Class{probe.ClassMalformed}, deaf: true,
			also:    []Cause{CauseALGRewritesPASV},
			because: "The reply names no address or port that could be used.",
			source:  "RFC 959 section 4.1.2, RFC 2428 section 3",
		},
		{
			name: "active-address", cause: CausePortPrivateAddress, on: portVerbs, codes: []int{4, 5}, needs: []fact{(*scene).ownAddressPrivate}, bars: []fact{says(CauseActiveRefused)},
			also:    []Cause{CauseActiveRefused, CauseCommandNotSupported},
			because: "The address that we announced means nothing outside our own network, and the server refuses it.",
			source:  "RFC 2577 section 3; RFC 959 section 4.1.2",
		},
		{
			name: "active-told-address", cause: CausePortPrivateAddress, on: portVerbs, codes: []int{4, 5}, needs: []fact{says(CausePortPrivateAddress)},
			also:    []Cause{CauseActiveRefused},
			because: "The server refuses to connect to the address that we announced: it is not the one it sees us at.",
			source:  "RFC 2577 section 3",
		},
		{
			name: "active-unreachable", cause: CauseActiveModeBlocked, on: portVerbs, codes: []int{425, 426, 421, 451},
			also:    []Cause{CausePortPrivateAddress, CauseActiveRefused},
			because: "The server could not connect to the port that we announced.",
			source:  "pyftpdlib connects at once",
		},
		{
			name: "active-refused", cause: CauseActiveRefused, on: portVerbs, codes: []int{4, 5},
			also:    []Cause{CausePortPrivateAddress, CauseCommandNotSupported, CauseParameterNotSupported},
			because: "The server does not do active transfers, or not to this address.",
			source:  "RFC 959 section 5.4, RFC 2577 section 3",
		},
		{
			name: "active-silent", cause: CauseActiveModeBlocked, on: portVerbs, broke: noAnswer, deaf: true,
			also:    []Cause{CauseReplyTimeout, CausePortPrivateAddress},
			because: "The server does not answer while it tries to connect to us.",
			source:  "pyftpdlib connects before it answers",
		},
	}
}

// dataRules speak of data connections that do not come about.
func dataRules() []rule {
	return []rule{
		{
			name: "announced-private", cause: CausePASVPrivateAddress, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).dialledAnnounced}, bars: []fact{(*scene).foreignAddress}, deaf: true,
			also:    []Cause{CausePassivePortsBlocked},
			because: "The server announced an address of its own network and not the one that we reach it at; nothing could be connected to there.",
			source:  "RFC 1918; RFC 959 section 4.1.2",
		},
		{
			name: "announced-wrong", cause: CausePassiveAddressWrong, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).dialledAnnounced}, deaf: true,
			also:    []Cause{CausePASVPrivateAddress, CausePassivePortsBlocked, CauseALGRewritesPASV},
			because: "The server announced another address than the one that we reach it at, and nothing could be connected to there.",
			source:  "RFC 959 section 4.1.2",
		},
		{
			name: "data-proxy-refuses", cause: CauseProxyFailed, phases: []probe.Phase{probe.PhaseDataConnect}, broke: []probe.Class{probe.ClassProxy}, deaf: true,
			also:    []Cause{CausePassivePortsBlocked, CauseDataConnRefused, CauseFTPSALGBlind},
			because: "The proxy let the control connection through and does not connect to the announced data port: by its own rules, or because nobody answers there.",
			source:  "RFC 1928 section 6",
		},
		{
			name: "data-port-refused", cause: CauseDataConnRefused, phases: []probe.Phase{probe.PhaseDataConnect}, broke: []probe.Class{probe.ClassRefused, probe.ClassReset}, bars: []fact{(*scene).activeMode}, deaf: true,
			also:    []Cause{CausePassivePortsBlocked, CauseServerPASVBindFailure, CausePASVPrivateAddress, CauseEPSVNotWorking},
			because: "The announced port answers with a refusal: a firewall rejects it, it is not forwarded, or nobody listens there.",
			source:  "RFC 9293 section 3.5.2",
		},
		{
			name: "data-port-blocked-under-tls", cause: CausePassivePortsBlocked, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).overTLS}, bars: []fact{(*scene).activeMode}, deaf: true,
			also:    []Cause{CauseFTPSALGBlind, CausePASVPrivateAddress, CauseEPSVNotWorking, CauseDataConnRefused},
			because: "The control connection works and the announced data port cannot be reached. A firewall that opens such ports by reading FTP cannot read it under TLS.",
			source:  "RFC 4217 section 12, RFC 2979",
		},
		{
			name: "data-port-blocked", cause: CausePassivePortsBlocked, phases: []probe.Phase{probe.PhaseDataConnect}, bars: []fact{(*scene).activeMode}, deaf: true,
			also:    []Cause{CausePASVPrivateAddress, CauseEPSVNotWorking, CauseDataConnRefused},
			because: "The control connection works and the announced data port cannot be reached.",
			source:  "RFC 1579",
		},
		{
			name: "nobody-connects-back", cause: CauseActiveModeBlocked, phases: []probe.Phase{probe.PhaseDataConnect, probe.PhaseActive}, needs: []fact{(*scene).activeMode, (*scene).onDataConnection}, deaf: true,
			also:    []Cause{CausePortPrivateAddress, CauseReplyTimeout},
			because: "The server accepted our port and its connection never arrived.",
			source:  "RFC 1579",
		},
		{
			name: "no-mode-chosen", cause: CauseCommandBeforeLogin, on: dataVerbs, codes: []int{425, 503}, needs: []fact{(*scene).noMode}, deaf: true,
			also:    []Cause{CauseActiveModeBlocked, CauseDataConnNotAccepted},
			because: "A transfer was asked for and neither side had named a port.",
			source:  "RFC 959 section 5.3; vsftpd: Use PORT or PASV first",
		},
		{
			name: "other-source-address", cause: CauseDataConnSourceIPMismatch, on: dataVerbs, codes: []int{425, 426, 521, 504, 550}, needs: []fact{says(CauseDataConnSourceIPMismatch)},
			because: "The server saw the data connection come from another address than the control connection.",
			source:  "RFC 2577 section 3; vsftpd: Bad IP connecting",
		},
		{
			name: "protection-wanted", cause: CauseProtPMissing, on: dataVerbs, codes: []int{521, 522, 533, 534, 536}, bars: []fact{(*scene).protectedData, (*scene).begun},
			also:    []Cause{CausePlainFTPRefusedNeedsTLS, CauseTLSSessionReuseRequired, CauseProtLevelRejected},
			because: "The server refuses a data connection without encryption, and PROT P is not in force.",
			source:  "RFC 4217 section 9; vsftpd and ProFTPD 522, Pure-FTPd 521",
		},
		{
			name: "protection-wanted-in-words", cause: CauseProtPMissing, on: dataVerbs, codes: []int{4, 5}, needs: []fact{says(CauseProtPMissing)}, bars: []fact{(*scene).protectedData},
			also:    []Cause{CausePlainFTPRefusedNeedsTLS},
			because: "The server says that the data connection must be encrypted, and PROT P is not in force.",
			source:  "RFC 4217 section 9",
		},
		{
			name: "reuse-told", cause: CauseTLSSessionReuseRequired, on: dataVerbs, codes: []int{4, 5}, needs: []fact{says(CauseTLSSessionReuseRequired), (*scene).overTLS, (*scene).notResumed},
			also:    []Cause{CauseDataTLSFailed},
			because: "The server accepts a data connection only with the TLS session of the control connection.",
			source:  "vsftpd require_ssl_reuse, FileZilla Server",
		},
		{
			name: "reuse-522", cause: CauseTLSSessionReuseRequired, on: dataVerbs, codes: []int{522}, needs: []fact{(*scene).protectedData, (*scene).notResumed},
			also:    []Cause{CauseDataTLSFailed, CauseProtPMissing},
			because: "The data connection was made and encrypted, and the server turned it down: it did not continue the TLS session of the control connection.",
			source:  "vsftpd require_ssl_reuse",
		},
		{
			name: "reuse-after-handshake", cause: CauseTLSSessionReuseRequired, on: dataVerbs, codes: []int{425, 426, 450, 421, 534, 536, 521}, needs: []fact{(*scene).protectedData, (*scene).surelyNotResumed, (*scene).nothingMoved}, bars: []fact{(*scene).fileTrouble},
			also:    []Cause{CauseDataConnNotAccepted, CauseDataTLSFailed, CauseServiceUnavailable, CauseIdleTimeout, CauseTransferStalled},
			because: "The data connection was made and encrypted with a TLS session of its own, and the server turned it down before a byte moved.",
			source:  "ProFTPD TLSOptions, FileZilla Server",
		},
		{
			name: "reuse-after-150", cause: CauseTLSSessionReuseRequired, on: dataVerbs, codes: []int{425}, needs: []fact{(*scene).protectedData, (*scene).begun, (*scene).notResumed, (*scene).nothingMoved}, bars: []fact{(*scene).slow, (*scene).fileTrouble},
			also:    []Cause{CauseDataConnNotAccepted, CauseDataTLSFailed, CausePassivePortsBlocked, CauseFTPSALGBlind},
			because: "The server began the transfer and then gave the data connection up at once, under TLS. That is how servers end it which want the TLS session of the control connection.",
			source:  "ProFTPD: 425 Operation not permitted",
		},
		{
			name: "data-tls-plain", cause: CauseDataChannelNotTLS, phases: []probe.Phase{probe.PhaseDataTLS}, broke: []probe.Class{probe.ClassNotTLS}, deaf: true,
			also:    []Cause{CauseDataTLSFailed, CauseTLSSessionReuseRequired},
			because: "The data connection was to be encrypted and the server answered in clear.",
			source:  "RFC 4217 section 9",
		},
		{
			name: "data-clear-all-the-same", cause: CauseDataChannelNotTLS, phases: []probe.Phase{probe.PhaseDataTLS}, broke: cutOff, needs: []fact{(*scene).confirmed}, deaf: true,
			also:    []Cause{CauseDataTLSFailed, CauseTLSSessionReuseRequired},
			because: "The server closed the data connection without a handshake and reported the transfer as good: for it there was nothing to encrypt.",
			source:  "RFC 4217 section 9",
		},
		{
			name: "data-tls-cut-off", cause: CauseTLSSessionReuseRequired, phases: []probe.Phase{probe.PhaseDataTLS}, needs: []fact{(*scene).notResumed, (*scene).cutOrAlert}, bars: []fact{(*scene).sessionOffered}, deaf: true,
			also:    []Cause{CauseDataTLSFailed, CauseDataConnNotAccepted, CauseClientCertRequired},
			because: "The handshake works on the control connection and not on the data connection, which tried no resumption: the usual difference is the TLS session.",
			source:  "FileZilla Server ends the handshake",
		},
		{
			name: "data-tls-failed", cause: CauseDataTLSFailed, phases: []probe.Phase{probe.PhaseDataTLS},
			also:    []Cause{CauseTLSSessionReuseRequired, CauseDataChannelNotTLS, CauseClientCertRequired, CauseTLSVersionMismatch},
			because: "The handshake works on the control connection and fails on the data connection.",
			source:  "RFC 4217 section 9",
		},
		{
			name: "active-425", cause: CauseActiveModeBlocked, on: dataVerbs, codes: []int{425, 426}, needs: []fact{(*scene).activeMode, (*scene).nothingMoved}, bars: []fact{(*scene).fileTrouble},
			also:    []Cause{CausePortPrivateAddress, CauseDataConnSourceIPMismatch},
			because: "The server could not connect to the port that we announced.",
			source:  "RFC 959 section 4.2.1",
		},
		{
			name: "not-accepted", cause: CauseDataConnNotAccepted, on: dataVerbs, codes: []int{425}, needs: []fact{(*scene).dataOpen}, bars: []fact{(*scene).fileTrouble}, deaf: true,
			also:    []Cause{CauseTLSSessionReuseRequired, CauseDataConnSourceIPMismatch, CausePassivePortsBlocked, CauseDataTLSFailed},
			because: "The data connection stood on our side, and the server says that it has none: something between us took it, or the server turned it down.",
			source:  "RFC 959 section 4.2.1",
		},
		{
			name: "passive-425", cause: CausePassivePortsBlocked, on: dataVerbs, codes: []int{425}, needs: []fact{(*scene).passiveMode}, bars: []fact{(*scene).fileTrouble},
			also: []Cause{
				CauseDataConnNotAccepted, CauseTLSSessionReuseRequired, CausePASVPrivateAddress, CauseDataConnSourceIPMismatch, CauseFTPSALGBlind,
				CauseServerPASVBindFailure, CauseDataTLSFailed, CauseClientCertRequired,
			},
			because: "The server named a port and no data connection reached it.",
			source:  "RFC 959 section 4.2.1",
		},
		{
			name: "waits-for-data-connection", cause: CausePassivePortsBlocked, on: dataVerbs, broke: append(noAnswer, cutOff...), needs: []fact{(*scene).passiveMode, (*scene).notDialled}, bars: []fact{(*scene).begun}, deaf: true,
			also:    []Cause{CauseReplyTimeout, CauseNoFinalReply, CauseDataConnNotAccepted, CauseDataConnSourceIPMismatch, CauseControlConnectionLost},
			because: "The server waits for a data connection that does not come, and says nothing.",
			source:  "ProFTPD and Pure-FTPd stay silent for 40 to 70 seconds",
		},
		{
			name: "waits-to-connect-back", cause: CauseActiveModeBlocked, on: dataVerbs, broke: noAnswer, needs: []fact{(*scene).activeMode, (*scene).nothingMoved}, deaf: true,
			also:    []Cause{CauseReplyTimeout, CauseNoFinalReply, CauseTransferStalled},
			because: "The server tries to connect to us and says nothing.",
			source:  "RFC 1579",
		},
	}
}

// sessionOffered: the data connection offered the session of the control connection, so that its absence
// is not what the server minds.
func (s *scene) sessionOffered() bool {
	return s.data.offered || slices.ContainsFunc(s.t.Events, func(e probe.Event) bool {
		return e.Seq >= s.bad.Seq && e.Step == s.bad.Step && e.Conn == s.bad.Conn && e.Attr[attrResumption] == "offered"
	})
}

// fileTrouble: the server had begun and says that its file is what failed. Some servers give the code of a
// missing data connection for that too.
func (s *scene) fileTrouble() bool {
	return s.data.begun && aboutFiles().matches(newSample(fold(s.text))) || tells(CauseContentRejected)(s)
}

// aboutFiles are the words for a store that fails in the middle.
var aboutFiles = sync.OnceValue(func() form {
	return compile(`writing to file | write to file | writing the file | write the file | write file | write error | reading from file | read from file |
		reading the file | read the file | read error | file error | disk full | disk is full | no space | ~quota`)
})

// pasvUntried: EPSV is all that was asked for.
func (s *scene) pasvUntried() bool { return s.data.refused == 0 && !s.askedLater("PASV") }

// askedLater: the command was sent after the decisive event, in the same step.
func (s *scene) askedLater(verb string) bool {
	for i := range s.t.Events {
		e := &s.t.Events[i]
		if e.Seq > s.bad.Seq && e.Direction == probe.Sent && e.Command == verb && e.Step == s.bad.Step {
			return true
		}
	}
	return false
}

// confirmed: the transfer was reported as good. On two connections the report may overtake what
// happened on the other.
func (s *scene) confirmed() bool {
	sent := s.commandSeq()
	for i := range s.t.Events {
		e := &s.t.Events[i]
		if e.Seq > sent && e.Kind == probe.KindReply && e.Step == s.bad.Step && transfers(e.Command) && e.Code != nil && e.Code.Value/100 == 2 {
			return true
		}
	}
	return false
}

// hungUp: the code ends the session as well.
func (s *scene) hungUp() bool { return s.code(probe.SpaceFTP) == 421 }

func (s *scene) notDialled() bool { return !s.data.open }

func (s *scene) cutOrAlert() bool {
	c := s.class()
	return c == probe.ClassEOF || c == probe.ClassReset || c == probe.ClassTLSAlert || s.alert() >= 0
}
