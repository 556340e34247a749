package classify

import (
	"slices"
	"strings"
	"time"

	"mftprobe/probe"
)

// Limits of what findings report.
const (
	maxFindings        = 64
	maxFindingEvidence = 8
)

// Times beyond which a finding is due.
const (
	certificateNotice = 30 * 24 * time.Hour
	slowLogin         = 2 * time.Second
	verySlowLogin     = 8 * time.Second
	clockTolerance    = time.Minute
)

// findings collects what a run survived; the same thing is reported once, with all its evidence.
type findings struct {
	t    *probe.Transcript
	list []Finding
}

// findingsOf lists the defects and risks that the run survived, the gravest first.
func findingsOf(t *probe.Transcript) []Finding {
	f := &findings{t: t, list: []Finding{}}
	f.walk()
	f.connections()
	f.steps()
	f.leftBehind()
	slices.SortStableFunc(f.list, func(a, b Finding) int { return gravity(b.Severity) - gravity(a.Severity) })
	return f.list
}

func gravity(s Severity) int {
	switch s {
	case SeverityError:
		return 2
	case SeverityWarning:
		return 1
	}
	return 0
}

// add reports x, or adds its evidence to the same finding.
func (f *findings) add(x Finding) {
	x.Detail = printable(x.Detail, maxFact)
	for i := range f.list {
		if f.list[i].Title == x.Title {
			if len(f.list[i].Evidence) < maxFindingEvidence {
				f.list[i].Evidence = append(f.list[i].Evidence, x.Evidence...)
			}
			return
		}
	}
	if x.Evidence == nil {
		x.Evidence = []int{}
	}
	if len(f.list) < maxFindings {
		f.list = append(f.list, x)
	}
}

// walk goes through the events once, with the state of the session beside it.
func (f *findings) walk() {
	s := newSession(f.t)
	var connected, greeted time.Duration
	for i := range f.t.Events {
		e := &f.t.Events[i]
		if experimental(e) {
			continue
		}
		switch {
		case e.Kind == probe.KindOddity:
			f.oddity(e)
		case e.Kind == probe.KindConnect && !onData(e) && e.Failure == nil:
			connected, greeted = time.Duration(e.At), 0
		case e.Kind == probe.KindReply && e.Command == "" && greeted == 0:
			greeted = time.Duration(e.At)
			f.slow("greeting", e, greeted-connected)
		case e.Kind == probe.KindHandshake && e.Failure != nil && e.Tolerated:
			f.unverified(e)
		}
		if e.Kind == probe.KindReply && e.Code != nil {
			f.answered(&s, e)
		}
		before := s.loggedIn
		s.feed(e)
		if s.loggedIn && !before {
			f.loggedIn(&s, e)
		}
	}
	f.software()
}

// slow reports a server that takes its time before it lets somebody in.
func (f *findings) slow(what string, e *probe.Event, took time.Duration) {
	if took < slowLogin {
		return
	}
	severity := SeverityInfo
	if took >= verySlowLogin {
		severity = SeverityWarning
	}
	f.add(Finding{
		Severity: severity, Cause: CauseReplyTimeout, Step: e.Step, Title: "The " + what + " is slow", Evidence: []int{e.Seq},
		Detail: "It took " + seconds(took) + ". Reverse lookups of our address, ident queries and slow directory services are the usual reasons; jobs with short time limits will fail now and then.",
	})
}

// loggedIn looks at a login that worked.
func (f *findings) loggedIn(s *session, e *probe.Event) {
	f.slow("login", e, s.login)
	if s.protocol == probe.SFTP || s.encrypted || !s.passSent {
		return
	}
	if u := strings.ToLower(s.user); u == "anonymous" || u == "ftp" {
		return
	}
	f.add(Finding{
		Severity: SeverityInfo, Step: e.Step, Title: "Name and password crossed the network in clear text", Evidence: []int{e.Seq},
		Detail: "The target is plain FTP. Whoever can listen on the way can log in from now on; use ftpes:// where the server offers AUTH TLS.",
	})
}

// answered looks at what a reply gives away.
func (f *findings) answered(s *session, e *probe.Event) {
	verb, code := strings.ToUpper(e.Command), e.Code.Value
	switch {
	case verb == "PASV" && code == 227:
		f.announced(s, e)
	case transfers(verb) && code >= 200 && code < 300:
		f.moved(s, e)
	case verb == "MDTM" && code == 213:
		f.clock(s, e)
	}
}

// announced looks at the address in a 227 reply of a record whose maker did not.
func (f *findings) announced(s *session, e *probe.Event) {
	if f.t.Foreign == "" && len(f.t.Steps) > 0 {
		return
	}
	if a, ok := addressIn(e.Text); ok {
		f.wrongAddress(e, a.String(), addressKind(a, s.peer))
	}
}

func (f *findings) wrongAddress(e *probe.Event, address, kind string) {
	x := Finding{
		Severity: SeverityWarning, Cause: CausePASVPrivateAddress, Step: e.Step, Title: "The passive reply names an address that is of no use here", Evidence: []int{e.Seq},
		Detail: "The server announces " + address + " for data connections. Clients that believe it fail; this one used the address of the control connection.",
	}
	switch kind {
	case "":
		return
	case "foreign", "unspecified":
		x.Cause, x.Title = CausePassiveAddressWrong, "The passive reply names another address than the server's"
	}
	f.add(x)
}

// moved compares what a transfer moved with what was announced, and what its final reply says.
func (f *findings) moved(s *session, e *probe.Event) {
	if s.encrypted && f.dataInClear(s) {
		f.add(Finding{
			Severity: SeverityWarning, Cause: CauseProtPMissing, Step: e.Step, Title: "Files cross the network in clear text", Evidence: []int{e.Seq},
			Detail: "The control connection is encrypted, the data connections are not (PROT C).",
		})
	}
	if s.data.ended && s.data.expected > 0 && s.data.bytes < s.data.expected && !s.ascii && !s.resumed && strings.EqualFold(e.Command, "RETR") {
		f.add(Finding{
			Severity: SeverityWarning, Cause: CauseTruncatedTransfer, Step: e.Step, Title: "The server reports success for fewer bytes than it announced", Evidence: []int{e.Seq},
			Detail: "Compare sizes after every transfer.",
		})
	}
	f.contradiction(s, e)
}

// dataInClear: files move without encryption. Under implicit TLS they are encrypted unless the server
// was told otherwise or the data connection stood without a handshake.
func (f *findings) dataInClear(s *session) bool {
	if s.data.prot != "" || s.protocol != probe.FTPS {
		return s.data.prot != "P"
	}
	return f.t.Foreign == "" && s.data.open && !s.data.secured
}

// contradicting are causes that have no place in a reply of success.
var contradicting = []Cause{CauseListingTruncated, CauseQuotaExceeded, CauseDiskFull, CauseNoWritePermission, CauseNoListPermission, CauseTransferAborted, CauseFileSizeLimit, CauseContentRejected}

// contradiction reports a success whose words tell of a failure.
func (f *findings) contradiction(s *session, e *probe.Event) {
	text := e.Text[max(0, len(e.Text)-maxHeard):]
	if !suspicious(strings.ToLower(text)) {
		return
	}
	for _, h := range matchTexts(saying{text: text, protocol: s.protocol, at: commandPlaces[strings.ToUpper(e.Command)], server: s.family}) {
		if h.weight >= decides && slices.Contains(contradicting, h.cause) {
			f.add(Finding{
				Severity: SeverityWarning, Cause: h.cause, Step: e.Step, Title: "A reply of success tells of a failure", Evidence: []int{e.Seq},
				Detail: e.Text,
			})
			return
		}
	}
	if confesses(strings.ToLower(e.Text)) {
		f.add(Finding{
			Severity: SeverityWarning, Cause: CauseFalseSuccess, Step: e.Step, Title: "A reply of success tells of a failure", Evidence: []int{e.Seq},
			Detail: e.Text,
		})
	}
}

// confesses: the sentence behind the code opens with the failure, as in 226 Failed to list the directory.
func confesses(lower string) bool {
	_, said, _ := strings.Cut(lower, " ")
	for _, opening := range []string{"failed to ", "unable to ", "could not ", "cannot ", "can't ", "transfer failed", "upload failed", "download failed", "listing failed", "error while ", "error during "} {
		if strings.HasPrefix(said, opening) {
			return true
		}
	}
	return false
}

// suspicious is a cheap look for words that hardly belong to a success, before the sentences of all
// servers are compared.
func suspicious(lower string) bool {
	for _, word := range []string{"truncat", "fail", "error", "denied", "not ", "quota", "full", "exceed", "abort", "limit", "refus", "insufficient", "reject", "virus", "infect", "quarantin"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// clock compares the time of a file that was just stored with our own clock.
func (f *findings) clock(s *session, e *probe.Event) {
	start := time.Time(f.t.StartedAt)
	if _, ours := s.written[argument(s.line)]; !ours || start.IsZero() {
		return
	}
	text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(e.Text), "213"))
	there, err := time.Parse("20060102150405", text[:min(len(text), 14)])
	if err != nil {
		return
	}
	off := there.Sub(start.Add(time.Duration(e.At))).Round(time.Second)
	if off < clockTolerance && off > -clockTolerance {
		return
	}
	f.add(Finding{
		Severity: SeverityWarning, Cause: CauseServerMisconfigured, Step: e.Step, Title: "The clocks of the two sides differ", Evidence: []int{e.Seq},
		Detail: "A file that was just stored carries a time that is " + off.String() + " off. Whole hours mean that the server gives local time where RFC 3659 wants UTC.",
	})
}

// steps looks at what the script forgave and at listings.
func (f *findings) steps() {
	for i := range f.t.Steps {
		st := &f.t.Steps[i]
		if st.Status == probe.StatusWarn {
			f.forgiven(st, i)
		}
		if l := st.Listing; l != nil && l.Unparsed > 0 && l.Entries == 0 {
			f.add(Finding{
				Severity: SeverityWarning, Cause: CauseListingFormatUnknown, Step: st.Name, Title: "The directory listing cannot be read by a program",
				Detail: "The listing came in a form that is not known here (" + orElse(l.Format, "unknown") + ").",
			})
		}
	}
}

// forgiven judges a step that was allowed to fail.
func (f *findings) forgiven(st *probe.StepResult, i int) {
	s := frame(f.t, st, badOf(f.t, i))
	r := match(s)
	c := r.choose(s)
	f.add(Finding{
		Severity: SeverityWarning, Cause: c.cause, Step: st.Name, Title: Lookup(c.cause).Title + " (the step " + st.Name + " was allowed to fail)",
		Detail: s.explain(r, c), Evidence: s.evidence(false),
	})
}

// leftBehind reports what is still on the server. Files of a run that passed without any attempt to
// remove them were kept on request.
func (f *findings) leftBehind() {
	left := f.t.Cleanup.LeftBehind
	if len(left) == 0 {
		return
	}
	x := Finding{
		Severity: SeverityError, Cause: CauseDeleteNotPermitted, Step: string(probe.PhaseCleanup), Title: "Files of this probe are still on the server",
		Detail: strings.Join(left, ", "),
	}
	failed := slices.ContainsFunc(f.t.Steps, func(s probe.StepResult) bool { return s.Status == probe.StatusFail })
	tried := slices.ContainsFunc(f.t.Events, func(e probe.Event) bool { return e.Step == string(probe.PhaseCleanup) })
	if !failed && !tried {
		x.Severity, x.Title = SeverityInfo, "Files of this probe were kept on the server"
	}
	f.add(x)
}
