package classify

import (
	"slices"
	"strings"

	"mftprobe/probe"
)

// ExperimentPlan is one question that a further look at the endpoint can settle. Outcomes are the
// words that the one who asks may answer with, in [probe.Experiment].
type ExperimentPlan struct {
	Name     string
	Question string
	Outcomes []string
}

// Names of experiments. Each opens at most one connection of its own, sends no credentials unless it
// says so, and ends with QUIT where it can.
const (
	ExperimentTCPAgain    = "tcp-again"             // connect once more after a pause
	ExperimentBannerAgain = "banner-again"          // connect a few times, spaced, and read the first line
	ExperimentFirstBytes  = "first-bytes"           // read what comes without sending
	ExperimentImplicitTLS = "implicit-tls"          // TLS at once
	ExperimentExplicitTLS = "explicit-tls"          // greeting, then AUTH TLS
	ExperimentTLSVersions = "tls-versions"          // one handshake for each version
	ExperimentPASV        = "pasv-instead-of-epsv"  // in the session: PASV and dial
	ExperimentControlAddr = "data-port-at-control"  // the announced port at the control address
	ExperimentReuse       = "data-session-reuse"    // the transfer with and without resumption; logs in once
	ExperimentClearData   = "data-port-without-tls" // PASV and dial in a session in clear; logs in once
	ExperimentOtherName   = "plain-file-name"       // store the same bytes under an ordinary name
	ExperimentHome        = "store-at-home"         // store in the login directory
)

// Outcomes of experiments, besides names of protocols and versions.
const (
	OutcomeWorks     = "works"
	OutcomeFails     = "fails"
	OutcomeSometimes = "sometimes"
	OutcomeSilent    = "silent"
	OutcomeTimeout   = "timeout"
)

// worksOrFails are the outcomes of most experiments.
var worksOrFails = []string{OutcomeWorks, OutcomeFails}

// plans say after which verdict an experiment can settle something.
var plans = []struct {
	plan   ExperimentPlan
	causes []Cause
	phases []probe.Phase
}{
	{
		ExperimentPlan{ExperimentTCPAgain, "Is the port refused all the time?", []string{OutcomeWorks, OutcomeFails, OutcomeTimeout}},
		[]Cause{CausePortRefused, CausePortUnreachable},
		[]probe.Phase{probe.PhaseTCP},
	},
	{
		ExperimentPlan{ExperimentBannerAgain, "Does the server close every connection before it speaks, or only some?", []string{OutcomeSometimes, OutcomeFails}},
		[]Cause{CauseClosedBeforeGreeting, CauseMaxStartupsThrottle, CauseKexFailed},
		nil,
	},
	{
		ExperimentPlan{ExperimentFirstBytes, "What does the server say when nobody speaks first?", []string{"ftp", "ssh", "http", "smtp", "tls", OutcomeSilent}},
		[]Cause{CauseWrongProtocolOnPort, CauseImplicitVsExplicitMismatch, CauseNoGreeting, CauseTLSHandshakeFailed},
		[]probe.Phase{probe.PhaseGreeting, probe.PhaseTLS, probe.PhaseVersion},
	},
	{
		ExperimentPlan{ExperimentImplicitTLS, "Does the port answer a TLS greeting at once?", worksOrFails},
		[]Cause{CauseNoGreeting, CauseImplicitVsExplicitMismatch, CauseWrongProtocolOnPort, CauseAuthTLSNotSupported},
		[]probe.Phase{probe.PhaseGreeting, probe.PhaseAuthTLS},
	},
	{
		ExperimentPlan{ExperimentExplicitTLS, "Does the port greet in clear and accept AUTH TLS?", worksOrFails},
		[]Cause{CauseImplicitVsExplicitMismatch, CauseTLSHandshakeFailed, CauseLoginRefused, CausePlainFTPRefusedNeedsTLS},
		[]probe.Phase{probe.PhaseTLS, probe.PhaseLogin},
	},
	{
		ExperimentPlan{ExperimentTLSVersions, "Which TLS versions does the server speak?", []string{"TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", OutcomeFails}},
		[]Cause{CauseTLSHandshakeFailed, CauseTLSVersionMismatch, CauseTLSNoSharedCipher, CauseServerCertNotConfigured},
		[]probe.Phase{probe.PhaseTLS},
	},
	{
		ExperimentPlan{ExperimentPASV, "Does a data connection come about with PASV?", worksOrFails},
		[]Cause{CausePassivePortsBlocked, CauseDataConnRefused, CauseEPSVNotWorking},
		[]probe.Phase{probe.PhaseDataConnect},
	},
	{
		ExperimentPlan{ExperimentControlAddr, "Is the announced port open at the address of the control connection?", worksOrFails},
		[]Cause{CausePASVPrivateAddress, CausePassiveAddressWrong},
		[]probe.Phase{probe.PhaseDataConnect},
	},
	{
		ExperimentPlan{ExperimentReuse, "Does the transfer work only with the TLS session of the control connection?", []string{"only-with-reuse", "only-without-reuse", OutcomeWorks, OutcomeFails}},
		[]Cause{CauseTLSSessionReuseRequired, CauseDataConnNotAccepted, CauseDataTLSFailed},
		nil,
	},
	{
		ExperimentPlan{ExperimentClearData, "Is a data port open when the control connection is not encrypted?", worksOrFails},
		[]Cause{CauseFTPSALGBlind, CausePassivePortsBlocked},
		[]probe.Phase{probe.PhaseDataConnect},
	},
	{
		ExperimentPlan{ExperimentOtherName, "Is the same content accepted under an ordinary name?", worksOrFails},
		[]Cause{CauseNoWritePermission, CauseFilenamePolicy, CauseFileExists},
		[]probe.Phase{probe.PhaseTransfer, probe.PhaseRequest},
	},
	{
		ExperimentPlan{ExperimentHome, "Is a file accepted in the login directory?", worksOrFails},
		[]Cause{CauseNoWritePermission, CauseReadOnlyServer, CauseRemoteDirMissing},
		[]probe.Phase{probe.PhaseTransfer, probe.PhaseRequest},
	},
}

// Experiments returns the questions that could change or firm up the verdict, most telling first.
// What is certain needs none, and none is asked twice.
func Experiments(t probe.Transcript, v Verdict) []ExperimentPlan {
	var out []ExperimentPlan
	if v.Outcome != OutcomeFail || v.Confidence == Certain {
		return out
	}
	for _, p := range plans {
		if slices.Contains(p.causes, v.Cause) && among(p.phases, v.Phase) && !asked(&t, p.plan.Name) && sensible(p.plan.Name, &t) {
			out = append(out, p.plan)
		}
	}
	return out
}

// sensible tells whether the experiment means anything under the protocol.
func sensible(name string, t *probe.Transcript) bool {
	p := t.Target.Protocol
	switch name {
	case ExperimentImplicitTLS:
		return p != probe.SFTP && p != probe.FTPS // that is what the run itself tried
	case ExperimentExplicitTLS:
		return p != probe.SFTP
	case ExperimentClearData, ExperimentReuse:
		return p == probe.FTPES || p == probe.FTPS
	}
	return true
}

// experimentStep begins the step name of events that an experiment left in the record. They are
// evidence for the experiment's outcome and no part of the session.
const experimentStep = "experiment "

func experimental(e *probe.Event) bool { return strings.HasPrefix(e.Step, experimentStep) }

func asked(t *probe.Transcript, name string) bool {
	return slices.ContainsFunc(t.Experiments, func(x probe.Experiment) bool { return x.Name == name })
}

// found holds for an experiment with one of these outcomes.
func found(name string, outcomes ...string) fact {
	return func(s *scene) bool {
		for _, x := range s.t.Experiments {
			if x.Name == name && slices.Contains(outcomes, x.Outcome) {
				return true
			}
		}
		return false
	}
}

// dropped: the server ended the connection, which is something else than failing at it.
func (s *scene) dropped() bool {
	return s.bad.Kind == probe.KindClose || s.bad.Kind == probe.KindText || s.bad.Kind == probe.KindDisconnect
}

// saysOtherReason: the words give a reason, and it is not the missing encryption.
func (s *scene) saysOtherReason() bool {
	return len(s.leanings) > 0 && s.leanings[0].weight >= strong && !slices.Contains(s.told, CausePlainFTPRefusedNeedsTLS)
}

// oldVersions: a handshake succeeded with versions that are not allowed here.
func (s *scene) oldVersions() bool {
	for _, x := range s.t.Experiments {
		if x.Name == ExperimentTLSVersions && strings.HasPrefix(x.Outcome, "TLS 1.") && !strings.Contains(x.Outcome, "1.2") && !strings.Contains(x.Outcome, "1.3") {
			return true
		}
	}
	return false
}

// experimentRules are the answers that an experiment settles.
func experimentRules() []rule {
	return []rule{
		{
			name: "experiment-implicit-tls", cause: CauseImplicitVsExplicitMismatch, phases: []probe.Phase{probe.PhaseGreeting}, needs: []fact{found(ExperimentImplicitTLS, OutcomeWorks)}, sure: Certain, deaf: true,
			because: "The port says nothing in clear and answers a TLS greeting: it is one of implicit TLS.",
			source:  "RFC 4217 section 2",
		},
		{
			name: "experiment-implicit-instead", cause: CauseAuthTLSNotSupported, phases: []probe.Phase{probe.PhaseAuthTLS}, needs: []fact{found(ExperimentImplicitTLS, OutcomeWorks)}, sure: Certain, deaf: true,
			because: "AUTH is refused, and the server offers implicit TLS instead.",
			source:  "RFC 4217 section 2",
		},
		{
			name: "experiment-explicit-tls", cause: CauseImplicitVsExplicitMismatch, phases: []probe.Phase{probe.PhaseTLS}, needs: []fact{found(ExperimentExplicitTLS, OutcomeWorks)}, bars: []fact{(*scene).isExplicit}, sure: Certain, deaf: true,
			because: "The port greets in clear and accepts AUTH TLS: it is one of explicit TLS.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "experiment-login-wants-tls", cause: CausePlainFTPRefusedNeedsTLS, on: words("USER"), codes: []int{5}, needs: []fact{found(ExperimentExplicitTLS, OutcomeWorks), (*scene).clearText}, bars: []fact{(*scene).tlsCode, (*scene).saysOtherReason},
			also:    []Cause{CauseAccountNotAuthorized, CauseLoginRefused},
			because: "The name was refused in clear before a password was asked for, and the server offers AUTH TLS.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "experiment-other-protocol", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseGreeting, probe.PhaseTLS}, needs: []fact{found(ExperimentFirstBytes, "ssh", "http", "smtp")}, sure: Certain, deaf: true,
			because: "Another protocol answers on this port.",
			source:  "the first bytes of the server",
		},
		{
			name: "experiment-ftp-at-ssh", cause: CauseWrongProtocolOnPort, phases: []probe.Phase{probe.PhaseVersion}, needs: []fact{found(ExperimentFirstBytes, "ftp", "http", "smtp")}, sure: Certain, deaf: true,
			because: "Another protocol answers on this port.",
			source:  "the first bytes of the server",
		},
		{
			name: "experiment-old-versions", cause: CauseTLSVersionMismatch, phases: []probe.Phase{probe.PhaseTLS}, needs: []fact{(*scene).oldVersions}, sure: Certain, deaf: true,
			because: "A handshake succeeds only with TLS versions that are not allowed here.",
			source:  "RFC 8996",
		},
		{
			name: "experiment-port-comes-and-goes", cause: CauseConnectionRateLimited, phases: []probe.Phase{probe.PhaseTCP}, broke: []probe.Class{probe.ClassRefused}, needs: []fact{found(ExperimentTCPAgain, OutcomeWorks)}, deaf: true,
			also:    []Cause{CauseServiceUnavailable, CausePortRefused},
			because: "A second attempt after a pause was accepted: the service was just starting, or limits how fast it takes connections.",
			source:  "comparison of two attempts",
		},
		{
			name: "experiment-some-banners", cause: CauseMaxStartupsThrottle, phases: []probe.Phase{probe.PhaseVersion, probe.PhaseKex}, needs: []fact{found(ExperimentBannerAgain, OutcomeSometimes), (*scene).dropped}, deaf: true,
			also:    []Cause{CauseConnectionRateLimited, CauseServerConnectionLimit},
			because: "Some connections are served and others are dropped at their beginning.",
			source:  "sshd_config(5) MaxStartups",
		},
		{
			name: "experiment-some-greetings", cause: CauseConnectionRateLimited, phases: []probe.Phase{probe.PhaseGreeting, probe.PhaseTCP}, broke: cutOff, needs: []fact{found(ExperimentBannerAgain, OutcomeSometimes)}, deaf: true,
			also:    []Cause{CauseServerConnectionLimit, CauseServiceUnavailable},
			because: "Some connections are greeted and others are dropped.",
			source:  "comparison of several attempts",
		},
		{
			name: "experiment-pasv-works", cause: CauseEPSVNotWorking, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).byEPSV, found(ExperimentPASV, OutcomeWorks)}, sure: Certain, deaf: true,
			because: "With EPSV the data port cannot be reached, with PASV it can.",
			source:  "RFC 2428 section 4",
		},
		{
			name: "experiment-control-address", cause: CausePASVPrivateAddress, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).dialledAnnounced, found(ExperimentControlAddr, OutcomeWorks)}, bars: []fact{(*scene).foreignAddress}, sure: Certain, deaf: true,
			because: "The announced port is open at the address of the control connection, and not at the announced one.",
			source:  "RFC 959 section 4.1.2",
		},
		{
			name: "experiment-wrong-address", cause: CausePassiveAddressWrong, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).dialledAnnounced, found(ExperimentControlAddr, OutcomeWorks)}, sure: Certain, deaf: true,
			because: "The announced port is open at the address of the control connection, and not at the announced one.",
			source:  "RFC 959 section 4.1.2",
		},
		{
			name: "experiment-reuse", cause: CauseTLSSessionReuseRequired, needs: []fact{found(ExperimentReuse, "only-with-reuse")}, sure: Certain, deaf: true,
			because: "The transfer works with the TLS session of the control connection and fails without.",
			source:  "comparison of two transfers",
		},
		{
			name: "experiment-reuse-harms", cause: CauseDataTLSFailed, needs: []fact{found(ExperimentReuse, "only-without-reuse")}, deaf: true,
			because: "The transfer works with a new TLS session and fails when the session of the control connection is resumed.",
			source:  "comparison of two transfers",
		},
		{
			name: "experiment-alg", cause: CauseFTPSALGBlind, phases: []probe.Phase{probe.PhaseDataConnect}, needs: []fact{(*scene).overTLS, found(ExperimentClearData, OutcomeWorks)}, deaf: true,
			also:    []Cause{CausePassivePortsBlocked},
			because: "The data port can be reached when the control connection is in clear, and not when it is encrypted.",
			source:  "RFC 2979; RFC 4217 section 12",
		},
		{
			name: "experiment-name", cause: CauseFilenamePolicy, on: words("STOR", "OPEN"), needs: []fact{found(ExperimentOtherName, OutcomeWorks)}, deaf: true,
			also:    []Cause{CauseFileExists},
			because: "The same content is accepted under an ordinary name.",
			source:  "comparison of two uploads",
		},
		{
			name: "experiment-only-here", cause: CauseNoWritePermission, on: words("STOR", "OPEN"), needs: []fact{found(ExperimentHome, OutcomeWorks)},
			also:    []Cause{CauseRemoteDirMissing, CauseQuotaExceeded},
			because: "The account may store files in the login directory, and not in this one.",
			source:  "comparison of two uploads",
		},
	}
}

// exclusions are causes that the outcome of an experiment speaks against. None of them is named as an
// alternative any more. What is disproved cannot be the verdict either; the others may still be, where
// the server says so: a rule about names may refuse every name of ours.
var exclusions = []struct {
	name, outcome string
	disproved     bool
	causes        []Cause
}{
	{ExperimentExplicitTLS, OutcomeFails, true, []Cause{CausePlainFTPRefusedNeedsTLS}},
	{ExperimentImplicitTLS, OutcomeFails, true, []Cause{CauseImplicitVsExplicitMismatch}},
	{ExperimentFirstBytes, OutcomeSilent, false, []Cause{CauseWrongProtocolOnPort}},
	{ExperimentPASV, OutcomeFails, true, []Cause{CauseEPSVNotWorking, CauseEPSVNotSupported}},
	{ExperimentControlAddr, OutcomeFails, true, []Cause{CausePASVPrivateAddress, CausePassiveAddressWrong}},
	{ExperimentReuse, OutcomeFails, true, []Cause{CauseTLSSessionReuseRequired}},
	{ExperimentClearData, OutcomeFails, true, []Cause{CauseFTPSALGBlind}},
	{ExperimentOtherName, OutcomeFails, false, []Cause{CauseFilenamePolicy, CauseFileExists}},
	{ExperimentBannerAgain, OutcomeFails, true, []Cause{CauseMaxStartupsThrottle, CauseConnectionRateLimited}},
	{ExperimentTCPAgain, OutcomeFails, true, []Cause{CauseConnectionRateLimited}},
}

// excluded tells whether an experiment spoke against the cause.
func excluded(t *probe.Transcript, c Cause) bool { return spokenAgainst(t, c, false) }

// disproved tells whether an experiment leaves no room for the cause.
func disproved(t *probe.Transcript, c Cause) bool { return spokenAgainst(t, c, true) }

func spokenAgainst(t *probe.Transcript, c Cause, firmly bool) bool {
	for _, x := range exclusions {
		if firmly && !x.disproved || !slices.Contains(x.causes, c) {
			continue
		}
		if slices.ContainsFunc(t.Experiments, func(e probe.Experiment) bool { return e.Name == x.name && e.Outcome == x.outcome }) {
			return true
		}
	}
	return false
}
