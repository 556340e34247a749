package classify

import (
	"strings"

	"mftprobe/probe"
)

// broke tells whether an event is bad by itself, whatever became of it later.
func broke(e *probe.Event) bool {
	if e.Tolerated {
		return false
	}
	if e.Failure != nil || e.Kind == probe.KindTimeout {
		return true
	}
	if e.Kind == probe.KindOddity || e.Kind == probe.KindNote {
		return false
	}
	switch e.Kind {
	case probe.KindReply:
		return badReply(e)
	case probe.KindResponse:
		return badStatus(e)
	case probe.KindAlert:
		return e.Direction == probe.Received && e.Code != nil && e.Code.Value != alertCloseNotify
	case probe.KindDisconnect:
		return e.Direction == probe.Received
	case probe.KindAuth:
		return refusedOutcome(e.Attr[attrOutcome])
	case probe.KindChannel:
		return badChannel(e)
	case probe.KindText:
		return e.Attr[attrContent] != contentListing
	}
	return false
}

// A listing is kept as it came, like bytes that are not of the protocol, and says so.
const (
	attrContent    = "content"
	contentListing = "listing"
)

// badStatus leaves out the end of file, which ends a download and a listing.
func badStatus(e *probe.Event) bool {
	if e.Code == nil || e.Code.Value == sftpOK {
		return false
	}
	return e.Code.Value != sftpEOF || e.Command != "READ" && e.Command != "READDIR"
}

func badReply(e *probe.Event) bool {
	if e.Code == nil {
		return false
	}
	code := e.Code.Value
	switch {
	case code >= 400:
		return true
	case strings.EqualFold(e.Command, "PASS") || strings.EqualFold(e.Command, "USER"):
		return code == 332 || code >= 300 && !strings.EqualFold(e.Command, "USER")
	case e.Command == "":
		return code >= 300
	}
	return false
}

// refusedOutcome tells the outcomes of an SSH login attempt that did not go on.
func refusedOutcome(outcome string) bool {
	switch outcome {
	case "refused", "failure", "key-refused", "signature-refused", "partial", "change-demanded", "cannot-answer":
		return true
	}
	return false
}

// badChannel takes a refused open or subsystem. That a program ended shows in the close behind it.
func badChannel(e *probe.Event) bool {
	return e.Code != nil && e.Code.Space == probe.SpaceSSHChannel || e.Attr[attrOutcome] == "refused"
}

// alertCloseNotify is the alert that ends a TLS connection in good order (RFC 8446 section 6.1).
const alertCloseNotify = 0

// firstBad returns the index of the first event among those of the step that is bad and was not
// made good by a later one; -1 if there is none. An empty step stands for the whole record.
func firstBad(t *probe.Transcript, step string) int {
	found := -1
	later := recovery{paths: map[string]bool{}, inStep: step != ""}
	quit := quitIndex(t, step)
	for i := len(t.Events) - 1; i >= 0; i-- {
		e := &t.Events[i]
		if step != "" && e.Step != step || experimental(e) {
			continue
		}
		if i < quit && broke(e) && !later.heals(e) {
			found = i
		}
		later.note(e)
	}
	return found
}

// quitIndex returns the index of QUIT, after which a close is no failure, unless QUIT itself is what
// the step is about.
func quitIndex(t *probe.Transcript, step string) int {
	for i := range t.Events {
		e := &t.Events[i]
		if e.Command == "QUIT" && e.Direction == probe.Sent && step == "" {
			return i
		}
	}
	return len(t.Events)
}

// recovery is what worked after the event that is looked at; the record is read backwards.
type recovery struct {
	connected, secured, login, passive, data, list, moved, auth, greeted bool
	// concluded: the SSH login ended for good, which says more than its first refused attempt.
	concluded bool
	attempts  bool // something was tried after the question for the methods
	// main: the command that the step is about was sent later, so that what came before only looked
	// whether the name is free.
	main   bool
	inStep bool
	pasv   bool // PASV was sent: what EPSV was refused for is of no more interest

	paths map[string]bool // verb and argument of what succeeded
}

// note takes an event that comes before those taken so far.
func (r *recovery) note(e *probe.Event) {
	ended := e.Kind == probe.KindClose || e.Kind == probe.KindTimeout
	r.attempts = r.attempts || ended || e.Kind == probe.KindAuth || e.Kind == probe.KindDisconnect
	if e.Kind == probe.KindDisconnect || e.Kind == probe.KindAuth && e.Failure != nil || ended && e.Phase == probe.PhaseAuth {
		r.concluded = true
	}
	if e.Failure != nil && !e.Tolerated {
		return
	}
	switch e.Kind {
	case probe.KindCommand, probe.KindRequest:
		r.main = r.main || r.inStep && mainVerb(e.Command)
		r.pasv = r.pasv || e.Command == "PASV"
	case probe.KindConnect:
		if onData(e) {
			r.data = true
		} else {
			r.connected = true
		}
	case probe.KindHandshake:
		r.secured = true
	case probe.KindBanner:
		r.greeted = r.greeted || strings.HasPrefix(e.Text, "SSH-2.0") || strings.HasPrefix(e.Text, "SSH-1.99")
	case probe.KindAuth:
		r.login = r.login || e.Attr[attrOutcome] == "accepted" || e.Attr[attrOutcome] == "success"
	case probe.KindReply:
		r.noteReply(e)
	case probe.KindResponse:
		if e.Code == nil || e.Code.Value == sftpOK {
			r.paths[e.Command+" "+e.Attr["path"]] = true
		}
	}
}

// mainVerb tells commands before which a driver looks whether a name is free or in which mode to
// transfer.
func mainVerb(verb string) bool {
	switch verb {
	case "STOR", "APPE", "RETR", "RNFR", "RNTO", "OPEN", "RENAME", "MKDIR":
		return true
	}
	return false
}

func (r *recovery) noteReply(e *probe.Event) {
	if e.Code == nil || e.Code.Value < 200 || e.Code.Value >= 400 {
		return
	}
	verb := strings.ToUpper(e.Command)
	switch verb {
	case "":
		r.greeted = r.greeted || e.Code.Value == 220
	case "USER", "PASS", "ACCT":
		r.login = r.login || e.Code.Value < 300
	case "AUTH":
		r.auth = true
	case "PASV", "EPSV", "PORT", "EPRT":
		r.passive = true
	case "LIST", "NLST", "MLSD":
		r.list, r.moved = true, true
	case "RETR", "STOR", "STOU", "APPE":
		r.moved = true
	case "MKD", "CWD":
		r.paths[verb] = true
	}
}

// heals tells whether what came later shows that e did no harm.
func (r *recovery) heals(e *probe.Event) bool {
	switch e.Kind {
	case probe.KindLookup, probe.KindConnect:
		if onData(e) {
			return r.data || r.moved
		}
		return r.connected
	case probe.KindHandshake, probe.KindAlert:
		return r.secured && r.connected
	case probe.KindClose, probe.KindTimeout:
		return r.login && r.connected
	case probe.KindText:
		return r.greeted
	case probe.KindAuth:
		return r.login || r.concluded && e.Failure == nil || r.attempts && e.Attr[attrMethod] == "none"
	case probe.KindReply:
		return r.healsReply(e, strings.ToUpper(e.Command))
	case probe.KindResponse:
		return r.healsResponse(e)
	}
	return false
}

func (r *recovery) healsReply(e *probe.Event, verb string) bool {
	switch verb {
	case "FEAT", "OPTS", "SYST", "HELP", "CLNT", "LANG", "CSID", "PRET":
		return true
	case "":
		return r.login && r.connected
	case "USER", "PASS", "ACCT", "HOST":
		return r.login
	case "AUTH":
		return r.auth
	case "EPSV":
		return r.passive || r.moved || r.pasv
	case "PASV", "PORT", "EPRT":
		return r.passive || r.moved
	case "ABOR":
		return e.Code.Value < 500
	case "MLSD":
		return r.list
	case "SIZE", "MDTM", "MLST", "STAT", "PBSZ", "PROT", "TYPE", "MODE", "REST", "ALLO", "NOOP":
		return r.moved || r.main && verb != "REST"
	case "CWD":
		return r.paths["MKD"]
	case "MKD":
		return r.paths["CWD"]
	}
	return false
}

func (r *recovery) healsResponse(e *probe.Event) bool {
	path := e.Attr["path"]
	switch e.Command {
	case "STAT", "LSTAT":
		return r.main || path != "" && (r.paths["OPEN "+path] || r.paths["MKDIR "+path])
	case "MKDIR":
		return path != "" && (r.paths["STAT "+path] || r.paths["OPENDIR "+path])
	}
	return false
}
