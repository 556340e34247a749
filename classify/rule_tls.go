package classify

import (
	"slices"
	"strings"

	"mftprobe/probe"
)

// controlTLS are the phases of securing the control connection.
var controlTLS = []probe.Phase{probe.PhaseTLS}

// handshakeRules speak of AUTH and of the TLS handshake on the control connection.
func handshakeRules() []rule {
	return []rule{
		{
			name: "auth-no-resource", cause: CauseServerCertNotConfigured, on: words("AUTH"), codes: []int{431, 534},
			also:    []Cause{CauseAuthTLSNotSupported, CauseServerMisconfigured},
			because: "The server knows AUTH and says that it cannot do TLS now: usually it has no certificate or the key cannot be read.",
			source:  "RFC 2228 section 5.1 (431, 534); IIS answers 534 without a bound certificate",
		},
		{
			name: "auth-not-ready", cause: CauseServiceUnavailable, on: words("AUTH"), codes: []int{4},
			also:    []Cause{CauseServerCertNotConfigured, CauseAuthTLSNotSupported, CauseServerConnectionLimit, CauseIdleTimeout},
			because: "The server put AUTH off with a temporary code.",
			source:  "RFC 2228 section 5.1",
		},
		{
			name: "auth-refused", cause: CauseAuthTLSNotSupported, on: words("AUTH"), codes: []int{5}, sure: Likely,
			also:    []Cause{CauseServerCertNotConfigured, CauseCommandNotSupported},
			because: "The server refused the command that starts TLS. No name or password was sent, so that a 530 here is no login failure.",
			source:  "RFC 4217 section 4.1; vsftpd answers 530, ProFTPD, Pure-FTPd and pyftpdlib 500",
		},
		{
			name: "auth-odd-answer", cause: CauseAuthTLSNotSupported, on: words("AUTH"), codes: []int{1, 2, 3}, sure: Possible,
			also:    []Cause{CauseNonstandardReplyCode, CauseProtocolError},
			because: "The answer to AUTH is neither 234 nor a refusal.",
			source:  "RFC 4217 section 4.1",
		},
		certificate("expired", CauseCertExpired, probe.ClassExpired, SideTheirs, "Its validity had ended when we looked, by our clock."),
		certificate("not-yet", CauseCertNotYetValid, probe.ClassNotYet, SideEither, "Its validity begins later than our clock says."),
		certificate("name", CauseCertNameMismatch, probe.ClassWrongName, SideEither, "The name that we dialled is not among its names."),
		certificate("untrusted", CauseCertUntrusted, probe.ClassUntrusted, SideEither, "No path leads from it to a root that is trusted here."),
		certificate("pin", CauseCertUntrusted, probe.ClassPin, SideEither, "Its key is none of the pinned ones."),
		{
			name: "plain-greeting-for-tls", cause: CauseImplicitVsExplicitMismatch, phases: controlTLS, needs: []fact{begins("ftp"), (*scene).isImplicit, (*scene).saysFTP}, sure: Certain, deaf: true,
			bars:    []fact{(*scene).isExplicit},
			because: "An FTP greeting in clear text came where a TLS record was due: this port wants AUTH TLS.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "plain-220-for-tls", cause: CauseImplicitVsExplicitMismatch, phases: controlTLS, needs: []fact{begins("ftp"), (*scene).isImplicit}, deaf: true,
			bars:    []fact{(*scene).isExplicit},
			also:    []Cause{CauseWrongProtocolOnPort},
			because: "A greeting in clear text came where a TLS record was due: this port wants AUTH TLS, if it is one of FTP.",
			source:  "RFC 4217 section 4; RFC 5321 section 4.2: mail servers greet with 220 too",
		},
		{
			name: "other-protocol-for-tls", cause: CauseWrongProtocolOnPort, phases: controlTLS, needs: []fact{otherProtocol}, bars: []fact{begins("ftp"), begins("tls")}, sure: Certain, deaf: true,
			because: "The first bytes belong to another protocol.",
			source:  "RFC 4253 section 4.2, RFC 9112 section 4",
		},
		{
			name: "no-tls-at-once", cause: CauseImplicitVsExplicitMismatch, phases: controlTLS, broke: []probe.Class{probe.ClassNotTLS}, needs: []fact{(*scene).isImplicit}, bars: []fact{(*scene).isExplicit}, deaf: true,
			also:    []Cause{CauseWrongProtocolOnPort, CauseTLSHandshakeFailed},
			because: "What came back is no TLS record: the port speaks clear text first, as explicit mode does.",
			source:  "RFC 8446 section 5.1",
		},
		{
			name: "plain-text-without-234", cause: CauseAuthTLSNotSupported, phases: controlTLS, broke: []probe.Class{probe.ClassNotTLS}, bars: []fact{(*scene).overTLS, (*scene).isSFTP, (*scene).isImplicit}, deaf: true,
			also:    []Cause{CauseNonstandardReplyCode, CauseTLSHandshakeFailed, CauseProtocolError},
			because: "The answer to AUTH was no refusal and not 234, and the server goes on in clear.",
			source:  "RFC 4217 section 4.1",
		},
		{
			name: "plain-text-after-234", cause: CauseTLSHandshakeFailed, phases: controlTLS, broke: []probe.Class{probe.ClassNotTLS},
			also:    []Cause{CauseServerCertNotConfigured, CauseServerMisconfigured, CauseClientCertRequired, CauseTLSNoSharedCipher, CauseTLSVersionMismatch},
			because: "The server agreed to TLS and then sent plain text: it could not start TLS itself.",
			source:  "vsftpd writes 500 OOPS into the stream",
		},
		{
			name: "silent-handshake", cause: CauseNoGreeting, phases: controlTLS, broke: noAnswer, needs: []fact{(*scene).isImplicit}, bars: []fact{(*scene).isExplicit}, deaf: true,
			also:    []Cause{CauseImplicitVsExplicitMismatch, CauseTLSHandshakeFailed, CauseWrongProtocolOnPort},
			because: "The connection stands and nothing answers the TLS greeting.",
			source:  "RFC 8446 section 4",
		},
		{
			name: "closed-instead-of-handshake", cause: CauseClosedBeforeGreeting, phases: controlTLS, broke: cutOff, needs: []fact{(*scene).isImplicit, (*scene).heardNothing}, bars: []fact{(*scene).isExplicit}, deaf: true,
			also:    []Cause{CauseTLSHandshakeFailed, CauseSourceIPNotAllowlisted, CauseServerCertNotConfigured, CauseClientBanned, CauseImplicitVsExplicitMismatch},
			because: "The server ended the connection without answering the TLS greeting.",
			source:  "RFC 8446 section 4",
		},
		{
			name: "alert-certificate-required", cause: CauseClientCertRequired, alerts: []int{116}, sure: Certain, deaf: true,
			because: "The server sent the alert certificate_required: it asked for a client certificate and got none.",
			source:  "RFC 8446 section 4.4.2.4",
		},
		{
			name: "alert-no-certificate", cause: CauseClientCertRequired, alerts: []int{40, 42, 43, 44, 45, 46, 48, 49}, needs: []fact{(*scene).certificateAsked, (*scene).noneSent}, bars: []fact{(*scene).atDataTLS, (*scene).isLoggedIn}, deaf: true,
			also:    []Cause{CauseClientCertRejected, CauseTLSHandshakeFailed, CauseTLSNoSharedCipher},
			because: "The server asked for a client certificate, got none and ended the connection with an alert.",
			source:  "RFC 5246 section 7.4.6, RFC 8446 section 4.4.2.4; Java servers send 42 for an empty list",
		},
		{
			name: "alert-our-certificate", cause: CauseClientCertRejected, alerts: []int{42, 43, 44, 45, 46, 48, 49},
			bars:    []fact{(*scene).atDataTLS},
			also:    []Cause{CauseClientCertRequired, CauseTLSHandshakeFailed},
			because: "The server sent an alert about a certificate, and the only certificate that it can have seen is ours.",
			source:  "RFC 8446 section 6.2",
		},
		{
			name: "alert-version", cause: CauseTLSVersionMismatch, alerts: []int{70}, sure: Certain, deaf: true,
			bars:    []fact{(*scene).atDataTLS},
			because: "The server sent the alert protocol_version: it offers none of the TLS versions that we allow.",
			source:  "RFC 8446 section 6.2",
		},
		{
			name: "alert-strength", cause: CauseTLSNoSharedCipher, alerts: []int{71}, deaf: true,
			also:    []Cause{CauseTLSVersionMismatch},
			because: "The server finds what we offer too weak.",
			source:  "RFC 8446 section 6.2",
		},
		{
			name: "alert-failure-certificate-asked", cause: CauseClientCertRequired, alerts: []int{40}, phases: controlTLS, needs: []fact{(*scene).certificateAsked},
			also:    []Cause{CauseTLSNoSharedCipher, CauseTLSHandshakeFailed},
			because: "The server asked for a client certificate, got none and gave up, as TLS 1.2 does with handshake_failure.",
			source:  "RFC 5246 section 7.4.6",
		},
		{
			name: "alert-failure-told", cause: CauseClientCertRequired, alerts: []int{40}, phases: controlTLS, needs: []fact{(*scene).saysNoCertificate},
			also:    []Cause{CauseTLSNoSharedCipher},
			because: "The server gave up the handshake and says that we sent no certificate.",
			source:  "vsftpd writes OpenSSL's reason behind the alert",
		},
		{
			name: "alert-failure", cause: CauseTLSNoSharedCipher, alerts: []int{40}, phases: controlTLS,
			also:    []Cause{CauseClientCertRequired, CauseTLSVersionMismatch, CauseServerCertNotConfigured, CauseTLSHandshakeFailed},
			because: "The server sent the alert handshake_failure: nothing that we offer suits it.",
			source:  "RFC 8446 section 6.2",
		},
		{
			name: "our-alert-version", cause: CauseTLSVersionMismatch, phases: controlTLS, needs: []fact{(*scene).weSentVersionAlert},
			because: "The server chose a TLS version that is not allowed here.",
			source:  "RFC 8446 section 4.2.1",
		},
		{
			name: "handshake-told-version", cause: CauseTLSVersionMismatch, phases: controlTLS, needs: []fact{tells(CauseTLSVersionMismatch)},
			also:    []Cause{CauseTLSHandshakeFailed, CauseTLSNoSharedCipher},
			because: "The reason of the broken handshake names the protocol version.",
			source:  "RFC 8446 section 4.2.1",
		},
		{
			name: "handshake-cut-off", cause: CauseTLSHandshakeFailed, phases: controlTLS, broke: cutOff,
			also:    []Cause{CauseServerCertNotConfigured, CauseTLSVersionMismatch, CauseTLSNoSharedCipher, CauseClientCertRequired, CauseFTPSALGBlind},
			because: "The connection was cut in the middle of the handshake, without an alert. A server without a usable certificate does this, and so does a device that inspects FTP.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "handshake-silent", cause: CauseTLSHandshakeFailed, phases: controlTLS, broke: noAnswer,
			also:    []Cause{CauseReplyTimeout, CauseServerCertNotConfigured, CauseTLSVersionMismatch},
			because: "The server agreed to TLS and does not answer the handshake.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "handshake-failed", cause: CauseTLSHandshakeFailed, phases: controlTLS,
			also: []Cause{
				CauseTLSVersionMismatch, CauseTLSNoSharedCipher, CauseServerCertNotConfigured, CauseClientCertRequired, CauseClientCertRejected,
				CauseCertUntrusted, CauseCertExpired, CauseCertNameMismatch, CauseServerMisconfigured,
			},
			because: "The TLS handshake failed and no alert says why.",
			source:  "RFC 8446 section 6.2",
		},
	}
}

// certificate is the rule for one defect that our own verification found in the server's chain. On
// a data connection it is the same certificate as a rule, and the same cause.
func certificate(word string, cause Cause, class probe.Class, side Side, because string) rule {
	return rule{
		name: "certificate-" + word, cause: cause, broke: []probe.Class{class}, side: side, sure: Certain, deaf: true,
		because: because,
		source:  "RFC 5280 section 6, RFC 9525 section 6",
	}
}

// noneSent: the record says that we had no certificate to give.
func (s *scene) noneSent() bool {
	return slices.ContainsFunc(s.t.Events, func(e probe.Event) bool { return !experimental(&e) && e.Attr[attrCertificateSent] == "no" })
}

// isExplicit: AUTH was sent, whatever the target said.
func (s *scene) isExplicit() bool { return s.command != "" || s.greeted }

// saysFTP: the words name the protocol, or a product that speaks it.
func (s *scene) saysFTP() bool {
	return strings.Contains(strings.ToLower(s.text), "ftp") || familyIn("", s.bad) != ""
}

func (s *scene) atDataTLS() bool { return s.phase == probe.PhaseDataTLS }

func (s *scene) weSentVersionAlert() bool { return s.sentAlert() == 70 }

// saysNoCertificate: the server's words behind the alert speak of a missing certificate.
func (s *scene) saysNoCertificate() bool {
	return slices.Contains(s.read(s.after.text), CauseClientCertRequired)
}
