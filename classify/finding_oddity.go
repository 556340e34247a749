package classify

import (
	"strings"

	"mftprobe/probe"
)

// oddityNote is what a deviation that the driver lived with means to people.
type oddityNote struct {
	oddity   probe.Oddity
	severity Severity
	cause    Cause
	title    string
	detail   string // empty: the event's own words
}

// oddityNotes has a line for each deviation that is worth a finding. The driver's report of
// passive-address, host-key-accepted and legacy-algorithm needs a closer look, see below.
var oddityNotes = []oddityNote{
	{probe.OddityBytesAfterAuth, SeverityError, CauseProtocolError, "The server sent plain text behind its consent to TLS", "What came in clear before the handshake could be taken for part of the protected session: commands or replies can be slipped in."},
	{probe.OddityPlainInTLS, SeverityWarning, CauseServerMisconfigured, "The server wrote plain text into the TLS stream", ""},
	{probe.OddityUnsolicited, SeverityInfo, CauseReplyDesync, "A reply came that answers no command", ""},
	{probe.OddityPassiveFallback, SeverityInfo, CauseEPSVNotSupported, "EPSV did not work, PASV did", ""},
	{probe.OddityNotResumed, SeverityInfo, CauseTLSSessionReuseRequired, "Data connections do not resume the TLS session", "Every transfer pays for a full handshake, and nothing ties the data connection to the login."},
	{probe.OddityNoCloseNotify, SeverityInfo, CauseTLSCloseNotifyMissing, "Data connections end without the TLS goodbye", "A cut connection looks like a complete file: compare sizes."},
	{probe.OddityCompletionCode, SeverityInfo, CauseNonstandardReplyCode, "A success is reported with an unusual code", ""},
	{probe.OddityLoginCode, SeverityInfo, CauseNonstandardReplyCode, "The login is confirmed with an unusual code", ""},
	{probe.OddityExtraPreliminary, SeverityInfo, CauseNonstandardReplyCode, "More preliminary replies came than expected", ""},
	{probe.OddityMissingPreliminary, SeverityInfo, CauseNonstandardReplyCode, "A transfer began without a preliminary reply", ""},
	{probe.OddityEarlyCompletion, SeverityInfo, CauseNonstandardReplyCode, "The transfer was reported complete before the data had ended", ""},
	{probe.OddityGreetingDelay, SeverityInfo, CauseServiceUnavailable, "The server asked for patience before it greeted", ""},
	{probe.OddityNoText, SeverityInfo, CauseNonstandardReplyCode, "A reply has no text", ""},
	{probe.OddityBareLF, SeverityInfo, CauseProtocolError, "Reply lines end with LF alone", ""},
	{probe.OddityTelnet, SeverityInfo, CauseProtocolError, "Telnet commands stand among the replies", ""},
	{probe.OddityControlBytes, SeverityInfo, CauseProtocolError, "A reply holds control characters", ""},
	{probe.OddityStrayLine, SeverityInfo, CauseProtocolError, "A line came that belongs to no reply", ""},
	{probe.OddityQuotes, SeverityInfo, CauseNonstandardReplyCode, "The directory name is not quoted as RFC 959 wants it", ""},
	{probe.OddityPasvForm, SeverityInfo, CausePassiveReplyMalformed, "The passive reply is not written as its RFC wants it", ""},
	{probe.OddityListFormat, SeverityInfo, CauseListingFormatUnknown, "Some lines of the listing cannot be read by a program", ""},
	{probe.OddityKnownHostsLine, SeverityWarning, CauseConfigInvalid, "A line of known_hosts cannot be used", ""},
	{probe.OddityHostKeyType, SeverityWarning, CauseHostKeyAlgOrderMismatch, "The server's key is of another type than the recorded one", ""},
	{probe.OddityUnknownID, SeverityInfo, CauseProtocolError, "An answer came to a request that was not made", ""},
	{probe.OddityLibrary, SeverityInfo, CauseUnexplained, "A library of this program failed and was caught", ""},
	{probe.OddityFallback, SeverityInfo, CauseCommandNotSupported, "The server lacks a command, another one did the work", ""},
}

// oddity turns a tolerated deviation into a finding.
func (f *findings) oddity(e *probe.Event) {
	if !e.Tolerated {
		return
	}
	name := probe.Oddity(e.Attr[attrOddity])
	switch name {
	case probe.OddityUnsolicited:
		if e.Code != nil && e.Code.Value == 421 {
			return // the server may say at any time that it ends the session (RFC 959 section 5.4)
		}
	case probe.OddityPassiveFallback:
		if e.Attr["reason"] == "port" {
			f.add(Finding{
				Severity: SeverityWarning, Cause: CauseEPSVNotWorking, Step: e.Step, Title: "The port that EPSV names cannot be reached, that of PASV can", Detail: e.Text, Evidence: []int{e.Seq},
			})
			return
		}
	case probe.OddityPasvAddress:
		f.wrongAddress(e, e.Attr["address"], e.Attr["kind"])
		return
	case probe.OddityHostKeyAccepted:
		f.acceptedKey(e)
		return
	case probe.OddityLegacyAlgorithm:
		f.legacy(e)
		return
	}
	for _, n := range oddityNotes {
		if n.oddity == name {
			f.add(Finding{
				Severity: n.severity, Cause: n.cause, Step: e.Step, Title: n.title, Detail: orElse(n.detail, e.Text), Evidence: []int{e.Seq},
			})
			return
		}
	}
}

// acceptedKey reports a host key that nobody vouched for.
func (f *findings) acceptedKey(e *probe.Event) {
	x := Finding{
		Severity: SeverityWarning, Cause: CauseHostKeyUnknown, Step: e.Step, Title: "The host key was accepted without a check", Detail: e.Text, Evidence: []int{e.Seq},
	}
	switch e.Attr[attrKnown] {
	case "changed":
		x.Severity, x.Cause, x.Title = SeverityError, CauseHostKeyChanged, "A host key other than the recorded one was accepted"
	case "revoked":
		x.Severity, x.Cause, x.Title = SeverityError, CauseHostKeyRevoked, "A revoked host key was accepted"
	}
	f.add(x)
}

// legacy reports an algorithm that is in use and counts as weak.
func (f *findings) legacy(e *probe.Event) {
	cause := CauseTLSNoSharedCipher
	switch e.Attr[attrCategory] {
	case "kex":
		cause = CauseNoCommonKex
	case "host_key":
		cause = CauseNoCommonHostKeyAlg
	case "cipher":
		cause = CauseNoCommonCipher
	case "mac":
		cause = CauseNoCommonMAC
	case "pubkey":
		cause = CausePubkeySigAlgRejected
	}
	if strings.HasPrefix(e.Attr["algorithm"], "TLS 1.") || strings.HasPrefix(e.Attr["algorithm"], "SSL") {
		cause = CauseTLSVersionMismatch
	}
	f.add(Finding{
		Severity: SeverityWarning, Cause: cause, Step: e.Step, Title: "A weak algorithm is in use: " + printable(e.Attr["algorithm"], 64), Evidence: []int{e.Seq},
		Detail: "Modern programs refuse it. It works only as long as both sides keep old settings.",
	})
}

// certificateCauses maps the classes of a verification that failed.
var verificationCauses = map[probe.Class]Cause{
	probe.ClassExpired: CauseCertExpired, probe.ClassNotYet: CauseCertNotYetValid, probe.ClassWrongName: CauseCertNameMismatch,
	probe.ClassUntrusted: CauseCertUntrusted, probe.ClassPin: CauseCertUntrusted,
}

// unverified reports a certificate that was accepted because the user said so.
func (f *findings) unverified(e *probe.Event) {
	cause, ok := verificationCauses[e.Failure.Class]
	if !ok || onData(e) {
		return
	}
	f.add(Finding{
		Severity: SeverityWarning, Cause: cause, Step: e.Step, Title: "The certificate was accepted without being verified", Detail: e.Failure.Text, Evidence: []int{e.Seq},
	})
}
