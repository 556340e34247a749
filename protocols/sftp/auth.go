package sftp

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// Methods of authentication (RFC 4252, RFC 4256).
const (
	methodNone     = "none"
	methodKey      = "publickey"
	methodPassword = "password"
	methodPrompts  = "keyboard-interactive"
)

var defaultMethods = []string{methodKey, methodPassword, methodPrompts}

// Outcomes of an attempt; the words of Attr "outcome".
const (
	outcomeAccepted         = "accepted"
	outcomePartial          = "partial" // good, and another method is wanted
	outcomeRefused          = "refused"
	outcomeKeyRefused       = "key-refused"       // the server does not want this key
	outcomeSignatureRefused = "signature-refused" // it wanted the key and did not take the signature
	outcomeKeyUnusable      = "key-unusable"      // we cannot use the key
	outcomeNotOffered       = "not-offered"       // the server does not offer a method that we could use
	outcomeNoCredential     = "no-credential"     // it offers a method for which we have nothing
	outcomePrompted         = "prompted"          // a round of keyboard-interactive
	outcomeCannotAnswer     = "cannot-answer"     // it asks for more than a password
	outcomeChangeDemanded   = "change-demanded"   // it wants a new password
	outcomeWithheld         = "withheld"          // not sent, since the host key has changed
)

// Servers end a session after a few refusals (OpenSSH's MaxAuthTries counts 6) and some lock the
// account. So few keys are offered, and fewer if a password is to follow.
const (
	maxKeyOffers               = 5
	maxKeyOffersBeforePassword = 4
)

// errAuth means that nothing is left to try.
var errAuth = errors.New("no way to log in is left")

// changeRequest is what the library says about SSH_MSG_USERAUTH_PASSWD_CHANGEREQ (RFC 4252 section
// 8), for which it has no type.
const changeRequest = "unexpected message type 60 "

// attempt is one try of one method.
type attempt struct {
	method    string
	key       string // name of the key
	algorithm string // of the signature
	signer    *watchedSigner
	outcome   string // settled before the server's answer was known
	sentAt    int    // writes on the connection when it began
}

// authQueue chooses what to try next and records how each attempt went. The library asks it before
// each attempt (ssh.ClientConfig.AuthCallback).
type authQueue struct {
	s        *session
	keys     []*attempt
	listed   bool
	agent    agentConn
	asked    bool         // the agent was asked for its keys
	held     []ssh.Signer // which it has
	current  *attempt
	partial  int // partial successes when current began
	allowed  []string
	offers   int
	spent    bool        // the password was sent once
	refused  atomic.Bool // the server refused a credential
	seen     []string
	answered string // the prompt that got the password
	done     bool   // the login succeeded
}

func newAuthQueue(s *session) *authQueue { return &authQueue{s: s} }

func (q *authQueue) close() { q.agent.close() }

// next is the library's callback: it settles the attempt before and returns the next.
func (q *authQueue) next(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	q.s.progress()
	if err := q.s.tap.cause(); err != nil {
		return nil, err
	}
	if err := q.s.excess(); err != nil {
		return nil, err
	}
	if q.s.isOver() {
		return nil, errGate
	}
	q.allowed = c.AllowedMethods
	gone := len(c.PartialSuccessMethods) > q.partial
	q.partial = len(c.PartialSuccessMethods)
	if q.current == nil {
		q.recordNone()
	} else if again := q.settle(gone); again != nil {
		return q.start(again)
	}
	if a := q.pick(); a != nil {
		return q.start(a)
	}
	if q.current != nil && q.current.method == methodPassword && !gone {
		// Without an answer the library returns the error of the attempt, which tells a refusal
		// from a demand to change the password.
		return nil, nil
	}
	q.conclude(nil)
	return nil, errAuth
}

// recordNone records the answer to the method none, which lists what the server allows.
func (q *authQueue) recordNone() {
	q.current = &attempt{method: methodNone}
	q.record(q.current, outcomeRefused)
	methods := q.s.clean(q.allowed)
	q.s.info(func(i *probe.SSHInfo) { i.AuthMethods = methods })
}

// settle records the outcome of the current attempt. It returns the attempt to be made once more,
// if the library sent nothing because of what it knows of the server's signature algorithms.
func (q *authQueue) settle(partial bool) *attempt {
	a := q.current
	switch {
	case a.method == methodNone:
		return nil
	case partial:
		a.outcome = outcomePartial
	case a.method == methodKey && a.sentAt == q.s.tap.writeCount() && !a.signer.forced:
		a.signer.forced = true
		return a
	case a.method == methodKey && a.sentAt == q.s.tap.writeCount():
		a.outcome = outcomeKeyUnusable
	case a.method == methodKey && a.signer.asked:
		a.outcome = outcomeSignatureRefused
	case a.method == methodKey:
		a.outcome = outcomeKeyRefused
	case a.method == methodPassword:
		if q.pick() == nil {
			return nil // left to conclude
		}
		a.outcome = outcomeRefused
	case a.outcome == "":
		a.outcome = outcomeRefused
	}
	q.record(a, a.outcome)
	return nil
}

// start makes a the current attempt.
func (q *authQueue) start(a *attempt) (ssh.AuthMethod, error) {
	a.sentAt = q.s.tap.writeCount()
	q.current = a
	switch a.method {
	case methodKey:
		if len(q.keys) > 0 && q.keys[0] == a {
			q.keys = q.keys[1:]
			q.offers++
		}
		return ssh.PublicKeys(a.signer), nil
	case methodPassword:
		q.spent = true
		return ssh.Password(q.s.target.Password.Reveal()), nil
	default:
		q.spent = true
		return ssh.KeyboardInteractive(q.challenge), nil
	}
}

// pick returns what is to be tried next, or nil. The queue changes only when it is started.
func (q *authQueue) pick() *attempt {
	methods := q.s.target.SSH.AuthMethods
	if len(methods) == 0 {
		methods = defaultMethods
	}
	for _, m := range methods {
		if !slices.Contains(q.allowed, m) {
			continue
		}
		if m == methodKey {
			if a := q.pickKey(); a != nil {
				return a
			}
		} else if q.mayUsePassword() {
			return &attempt{method: m}
		}
	}
	return nil
}

// mayUsePassword tells whether the password may be sent: once in a session, whatever the method.
func (q *authQueue) mayUsePassword() bool {
	return q.s.target.Password.IsSet() && !q.spent && !q.s.policy.changed
}

func (q *authQueue) pickKey() *attempt {
	if !q.listed {
		q.keys, q.listed = q.listKeys(), true
	}
	limit := maxKeyOffers
	if q.mayUsePassword() {
		limit = maxKeyOffersBeforePassword
	}
	if len(q.keys) == 0 || q.offers >= limit {
		return nil
	}
	return q.keys[0]
}

// challenge answers one round of keyboard-interactive (RFC 4256 section 3.2). The password answers
// the first single question and nothing after it.
func (q *authQueue) challenge(name, instruction string, questions []string, echo []bool) ([]string, error) {
	q.s.progress()
	text := strings.TrimSpace(strings.Join(append([]string{name, instruction}, questions...), "\n"))
	q.s.add(probe.Event{
		Direction: probe.Received, Kind: probe.KindAuth, Text: text,
		Attr: map[string]string{"method": methodPrompts, "outcome": outcomePrompted},
	})
	switch {
	case len(questions) == 0:
		return []string{}, nil
	case len(questions) == 1 && q.answered == "" && asksForPassword(questions[0], echo[0]):
		q.answered = questions[0]
		return []string{q.s.target.Password.Reveal()}, nil
	case demandsChange(text):
		q.current.outcome = outcomeChangeDemanded
	case len(questions) > 1 || questions[0] != q.answered:
		q.current.outcome = outcomeCannotAnswer
	}
	return nil, errAuth
}

// asksForPassword tells whether a question can mean the password. What is shown as it is typed, a
// one-time code and a new password cannot: a wrong answer would count against the account.
func asksForPassword(question string, echo bool) bool {
	question = strings.ToLower(question)
	for _, w := range []string{"verification", "one-time", "one time", "otp", "passcode", "token", "authenticator", "code:", "pin:", "new password"} {
		if strings.Contains(question, w) {
			return false
		}
	}
	if strings.Contains(question, "passw") { // password, Passwort, passwd
		return true
	}
	for _, w := range []string{"mfa", "2fa", "factor", "challenge", "response", "push", "press ", "://"} {
		if strings.Contains(question, w) {
			return false
		}
	}
	return !echo || strings.Contains(question, "pass")
}

// demandsChange recognises the questions of PAM's password change.
func demandsChange(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{"new password", "change your password", "current password", "(current)", "password has expired"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// accepted records that the running attempt let us in.
func (q *authQueue) accepted() {
	if q.current == nil {
		q.current = &attempt{method: methodNone}
	}
	q.record(q.current, outcomeAccepted)
	q.done = true
}

// record writes down one attempt and its outcome.
func (q *authQueue) record(a *attempt, outcome string) {
	attr := map[string]string{"method": a.method, "outcome": outcome, "allowed": strings.Join(q.allowed, ",")}
	if a.key != "" {
		attr["key"], attr["algorithm"] = a.key, a.algorithm
		if listed := a.signer.announced(); listed != "" {
			attr["announced"] = listed
		}
	}
	if outcome == outcomeAccepted {
		delete(attr, "allowed")
	}
	e := probe.Event{Direction: probe.Received, Kind: probe.KindAuth, Text: describe(a) + ": " + outcome, Attr: attr}
	q.s.add(e)
	q.seen = append(q.seen, describe(a)+" "+outcome)
	if a.method != methodNone && outcome != outcomeAccepted && outcome != outcomePartial {
		q.refused.Store(true)
	}
	if a.method == methodKey && outcome == outcomeAccepted && isLegacy("pubkey", a.algorithm) {
		q.s.addLegacy("pubkey", a.algorithm)
	}
}

func describe(a *attempt) string {
	if a.key == "" {
		return a.method
	}
	return a.method + " " + a.key + " (" + a.algorithm + ")"
}

// conclude records that the login failed and why nothing more was tried. err is the library's, nil
// if the queue itself found that nothing is left.
func (q *authQueue) conclude(err error) {
	if q.s.isOver() {
		return
	}
	if a := q.current; a != nil && a.method == methodPassword && a.outcome == "" {
		a.outcome = outcomeRefused
		if err != nil && strings.Contains(err.Error(), changeRequest) {
			a.outcome = outcomeChangeDemanded
		}
		q.record(a, a.outcome)
	}
	q.recordUnused()
	text := "every way to log in was refused: " + strings.Join(q.seen, ", ")
	if !q.refused.Load() {
		text = "no way to log in that the server offers can be used; it offers " + strings.Join(q.allowed, ",")
	}
	q.s.end(probe.Event{
		Direction: probe.Local, Kind: probe.KindAuth, Text: text, Failure: &probe.Failure{Class: probe.ClassAuth, Text: text},
		Attr: map[string]string{"outcome": "failed", "allowed": strings.Join(q.allowed, ","), "tried": strings.Join(q.seen, "; ")},
	}, text)
}

// running describes the attempt whose answer is due, or returns the empty string.
func (q *authQueue) running() string {
	if q.current == nil || q.done {
		return ""
	}
	return describe(q.current)
}

// recordUnused records the credentials that no offered method takes, and the offered methods for
// which there is no credential.
func (q *authQueue) recordUnused() {
	o := q.s.target.SSH
	hasKeys := len(q.keys) > 0 || len(o.Keys) > 0 || q.offers > 0
	hasPassword := q.s.target.Password.IsSet()
	passwordOffered := slices.Contains(q.allowed, methodPassword) || slices.Contains(q.allowed, methodPrompts)
	keyOffered := slices.Contains(q.allowed, methodKey)
	switch {
	case hasKeys && !keyOffered && q.offers == 0:
		q.note(methodKey, outcomeNotOffered)
	case !hasKeys && keyOffered:
		q.note(methodKey, outcomeNoCredential)
	}
	switch {
	case hasPassword && passwordOffered && q.s.policy.changed:
		q.note(methodPassword, outcomeWithheld)
	case hasPassword && !passwordOffered && !q.spent:
		q.note(methodPassword, outcomeNotOffered)
	case !hasPassword && passwordOffered:
		q.note(methodPassword, outcomeNoCredential)
	}
}

func (q *authQueue) note(method, outcome string) {
	q.s.add(probe.Event{
		Direction: probe.Local, Kind: probe.KindAuth, Text: method + ": " + outcome,
		Attr: map[string]string{"method": method, "outcome": outcome, "allowed": strings.Join(q.allowed, ",")},
	})
}

// endedByAnswer tells whether the login ended with an answer of the server, and not with the
// connection.
func (q *authQueue) endedByAnswer(err error) bool {
	if _, gone := disconnectOf(err); gone || q.s.tap.cause() != nil || errors.Is(err, errTooLong) {
		return false
	}
	return errors.Is(err, errAuth) || q.current != nil && q.current.method == methodPassword
}
