package classify

import (
	"slices"
	"strings"
	"unicode"

	"mftprobe/probe"
)

// endedLogin are reasons for which a server ends the session after a refused login, besides the login.
var endedLogin = []Cause{
	CausePublicKeyNotRegistered, CauseAccountLocked, CauseClientBanned, CauseAccountNotAuthorized, CausePasswordExpired, CauseSourceIPNotAllowlisted,
	CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseSessionLimitAsAuthFailure, CauseServiceUnavailable, CauseHomeDirectoryInaccessible,
}

// sshLoginRules speak of SSH authentication.
func sshLoginRules() []rule {
	return []rule{
		{
			name: "key-unusable", cause: CauseClientKeyUnusable, broke: []probe.Class{probe.ClassKey}, sure: Certain, deaf: true,
			because: "Our own key file could not be used, before the server saw it.",
			source:  "ssh-keygen(1), PuTTY key format",
		},
		{
			name: "password-change", cause: CausePasswordExpired, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).changeDemanded},
			also:    []Cause{CauseAuthMethodMismatch, CauseMultiFactorRequired},
			because: "The server asks for a new password before it lets us in.",
			source:  "RFC 4252 section 8, RFC 4256 section 3.3",
		},
		{
			name: "banner-then-closed", cause: CauseAccountNotAuthorized, phases: []probe.Phase{probe.PhaseAuth}, broke: cutOff, needs: []fact{(*scene).hasBanner},
			also:    []Cause{CauseServiceUnavailable, CausePasswordExpired, CauseAccountLocked, CauseControlConnectionLost, CauseLoginRefused, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP},
			because: "After our credentials the server sent a message for people and closed the connection: the account may not log in now.",
			source:  "OpenSSH with PAM: expired accounts and /etc/nologin",
		},
		{
			name: "user-name-refused", cause: CauseBadCredentials, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{15},
			also:    others(CauseBadCredentials, []Cause{CauseLoginRefused}, endedLogin),
			because: "The server ended the session with the reason that it does not know the user name.",
			source:  "RFC 4253 section 11.1 (ILLEGAL_USER_NAME)",
		},
		{
			name: "keys-refused-in-empty-words", cause: CausePublicKeyNotRegistered, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, needs: []fact{(*scene).onlyKeysTried, (*scene).merelyNo},
			also:    []Cause{CauseAccountNotAuthorized, CausePubkeySigAlgRejected, CauseBadCredentials, CauseTooManyAuthTries, CauseAccountLocked, CauseLoginRefused},
			deaf:    true,
			because: "The server took none of our keys and ended the session with words that only say so.",
			source:  "AsyncSSH: reason 14, Permission denied",
		},
		{
			name: "login-refused-in-empty-words", cause: CauseBadCredentials, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, needs: []fact{(*scene).credentialSent, (*scene).merelyNo},
			also:    others(CauseBadCredentials, []Cause{CauseAccountLocked, CauseAccountNotAuthorized, CauseTooManyAuthTries}, endedLogin),
			deaf:    true,
			because: "The server refused what we offered and ended the session with words that only say so.",
			source:  "AsyncSSH: reason 14, Permission denied; Serv-U: Access denied",
		},
		{
			name: "no-methods-left-for-keys", cause: CausePublicKeyNotRegistered, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{14},
			needs: []fact{(*scene).onlyKeysTried}, bars: []fact{(*scene).refusedOften},
			also:    others(CausePublicKeyNotRegistered, []Cause{CauseAccountNotAuthorized, CausePubkeySigAlgRejected, CauseBadCredentials, CauseTooManyAuthTries}, endedLogin),
			because: "The server did not take our key and ended the session with the reason that no method is left.",
			source:  "RFC 4253 section 11.1 (NO_MORE_AUTH_METHODS_AVAILABLE); mod_sftp",
		},
		{
			name: "no-methods-left", cause: CauseBadCredentials, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, reason: []int{14},
			needs: []fact{(*scene).refusedBefore}, bars: []fact{(*scene).onlyKeysTried},
			also:    others(CauseBadCredentials, []Cause{CauseTooManyAuthTries}, endedLogin),
			because: "The server refused what we offered and ended the session with the reason that no method is left.",
			source:  "RFC 4253 section 11.1 (NO_MORE_AUTH_METHODS_AVAILABLE)",
		},
		{
			name: "only-try-refused", cause: CauseBadCredentials, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect},
			needs: []fact{(*scene).triedOnce, tells(CauseTooManyAuthTries)}, bars: []fact{(*scene).onlyKeysTried}, deaf: true,
			also:    []Cause{CauseTooManyAuthTries, CauseAccountLocked, CauseAccountNotAuthorized, CausePublicKeyNotRegistered},
			because: "The server refused the one password that it was sent. That it counts this as too many tries comes after.",
			source:  "OpenSSH MaxAuthTries 1; AWS Transfer Family with an identity provider of its own",
		},
		{
			name: "only-key-refused", cause: CausePublicKeyNotRegistered, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect},
			needs: []fact{(*scene).onlyKeysTried, (*scene).triedOnce, tells(CauseTooManyAuthTries)}, deaf: true,
			also:    []Cause{CauseTooManyAuthTries, CauseAccountNotAuthorized, CausePubkeySigAlgRejected, CauseBadCredentials},
			because: "The server did not take the one key that it was offered. That it counts this as too many tries comes after.",
			source:  "AWS Transfer Family: Too many authentication failures where no key is stored for the user",
		},
		{
			name: "too-many-tries", cause: CauseTooManyAuthTries, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect}, needs: []fact{(*scene).refusedBefore},
			bars:    []fact{tells(CauseIdleTimeout)},
			also:    others(CauseTooManyAuthTries, []Cause{CauseBadCredentials}, endedLogin),
			because: "The server ended the session after it had refused what we offered.",
			source:  "RFC 4252 section 4; OpenSSH sends reason 2, mod_sftp reason 11",
		},
		{
			name: "key-refused-then-closed", cause: CausePublicKeyNotRegistered, phases: []probe.Phase{probe.PhaseAuth}, broke: cutOff, needs: []fact{(*scene).onlyKeysTried}, bars: []fact{(*scene).refusedOften},
			also:    []Cause{CauseAccountNotAuthorized, CausePubkeySigAlgRejected, CauseTooManyAuthTries, CauseAccountLocked, CauseControlConnectionLost, CauseClientBanned},
			because: "The server did not take our key and closed the connection at once.",
			source:  "dropbear -T 1",
		},
		{
			name: "refused-then-closed", cause: CauseBadCredentials, phases: []probe.Phase{probe.PhaseAuth}, broke: cutOff, needs: []fact{(*scene).refusedBefore}, bars: []fact{(*scene).refusedOften},
			also:    []Cause{CauseTooManyAuthTries, CausePublicKeyNotRegistered, CauseAccountLocked, CauseControlConnectionLost, CauseClientBanned},
			because: "The server refused what we offered and closed the connection at once.",
			source:  "dropbear -T 1",
		},
		{
			name: "tries-used-up-silently", cause: CauseTooManyAuthTries, phases: []probe.Phase{probe.PhaseAuth}, broke: cutOff, needs: []fact{(*scene).refusedOften},
			also:    []Cause{CauseBadCredentials, CausePublicKeyNotRegistered, CauseControlConnectionLost, CauseClientBanned},
			because: "The server refused what we offered and then closed the connection.",
			source:  "dropbear closes without a message",
		},
		{
			name: "login-disconnected", cause: CauseLoginRefused, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindDisconnect},
			also: []Cause{
				CauseBadCredentials, CauseTooManyAuthTries, CauseAccountNotAuthorized, CauseAccountLocked, CauseClientBanned, CauseSourceIPNotAllowlisted,
				CauseServiceUnavailable, CauseServerConnectionLimit, CauseIdleTimeout, CausePasswordExpired, CauseProtocolError, CauseServerError, CauseServerMisconfigured, CauseHomeDirectoryInaccessible,
			},
			because: "The server ended the session during the login.",
			source:  "RFC 4253 section 11.1",
		},
		{
			name: "login-cut-off", cause: CauseControlConnectionLost, phases: []probe.Phase{probe.PhaseAuth}, broke: cutOff,
			also: []Cause{
				CauseBadCredentials, CauseAccountNotAuthorized, CauseTooManyAuthTries, CauseHomeDirectoryInaccessible, CauseChrootBadOwnership, CauseIdleTimeout,
				CausePasswordExpired, CauseServiceUnavailable,
			},
			because: "The connection ended during the login, without a reason.",
			source:  "RFC 4253 section 11.1",
		},
		{
			name: "ssh-login-silent", cause: CauseReplyTimeout, phases: []probe.Phase{probe.PhaseAuth}, broke: noAnswer, deaf: true,
			also:    []Cause{CauseServiceUnavailable, CauseControlConnIdleDrop},
			because: "The server did not answer the login in time.",
			source:  "RFC 4252 section 4",
		},
		{
			name: "second-factor", cause: CauseMultiFactorRequired, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).partialLogin}, sure: Certain, deaf: true,
			because: "The server accepted one method and wants another one besides.",
			source:  "RFC 4252 section 5.1 (partial success)",
		},
		{
			name: "questions-beyond-password", cause: CauseMultiFactorRequired, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).questionsBeyond},
			also:    []Cause{CausePasswordExpired, CauseAuthMethodMismatch},
			because: "The server asks for more than a password.",
			source:  "RFC 4256 section 3.2",
		},
		{
			name: "method-not-offered", cause: CauseAuthMethodMismatch, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).noMethodOffered}, sure: Certain, deaf: true,
			because: "The server offers none of the login methods for which we have credentials.",
			source:  "RFC 4252 section 5.1",
		},
		{
			name: "no-method-for-this-account", cause: CauseAccountNotAuthorized, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).noMethodAtAll},
			also:    []Cause{CauseLoginRefused, CauseServerMisconfigured, CauseAccountLocked, CauseBadCredentials, CauseSourceIPNotAllowlisted},
			because: "The server refuses the login and offers no method at all.",
			source:  "RFC 4252 section 5.1",
		},
		{
			name: "method-gone", cause: CauseAuthMethodMismatch, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).methodGone}, deaf: true,
			also:    []Cause{CauseMultiFactorRequired, CauseLoginRefused, CauseBadCredentials},
			because: "What we tried is not among the methods that the server would go on with.",
			source:  "RFC 4252 section 5.1",
		},
		{
			name: "signature-refused", cause: CausePubkeySigAlgRejected, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).unwantedSignatures},
			also:    []Cause{CausePublicKeyNotRegistered, CauseBadCredentials, CauseAccountNotAuthorized},
			because: "The key was offered with signature algorithms only that the server does not take.",
			source:  "RFC 8332 section 3, RFC 8308 section 3.1",
		},
		{
			name: "key-known-and-refused", cause: CauseAccountNotAuthorized, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).wantedTheKey},
			also:    []Cause{CausePubkeySigAlgRejected, CausePublicKeyNotRegistered, CauseAccountLocked, CausePasswordExpired, CauseBadCredentials, CauseSourceIPNotAllowlisted, CauseLoginRefused},
			because: "The server asked for the signature of our key and refused the login with it: what is wrong is more often the account than the key.",
			source:  "RFC 4252 section 7 (SSH_MSG_USERAUTH_PK_OK)",
		},
		{
			name: "key-refused-not-its-signature", cause: CausePublicKeyNotRegistered, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).onlyKeysTried, (*scene).signatureListed},
			also:    []Cause{CauseAccountNotAuthorized, CauseBadCredentials, CauseAccountLocked, CauseSourceIPNotAllowlisted, CauseLoginRefused, CauseServiceUnavailable, CausePasswordExpired},
			because: "The server takes public keys and the signature algorithm that ours was offered with, and took none of ours.",
			source:  "RFC 4252 section 7, RFC 8308 section 3.1",
		},
		{
			name: "key-refused", cause: CausePublicKeyNotRegistered, phases: []probe.Phase{probe.PhaseAuth}, needs: []fact{(*scene).onlyKeysTried},
			also:    []Cause{CauseAccountNotAuthorized, CauseBadCredentials, CausePubkeySigAlgRejected, CauseAccountLocked, CauseSourceIPNotAllowlisted, CauseLoginRefused, CauseServiceUnavailable, CausePasswordExpired},
			because: "The server goes on offering public keys and took none of ours.",
			source:  "RFC 4252 section 7",
		},
		{
			name: "ssh-password-refused", cause: CauseBadCredentials, phases: []probe.Phase{probe.PhaseAuth}, kinds: []probe.Kind{probe.KindAuth},
			also: []Cause{
				CauseAccountLocked, CauseAccountNotAuthorized, CausePasswordExpired, CausePublicKeyNotRegistered, CauseSessionLimitAsAuthFailure,
				CauseHomeDirectoryInaccessible, CauseLoginRefused, CauseClientBanned, CauseServiceUnavailable, CauseSourceIPNotAllowlisted,
				CauseServerConnectionLimit, CauseTooManyConnectionsPerIP,
			},
			because: "The server refused the credentials and still offers the method, so that it is not the method that is wrong.",
			source:  "RFC 4252 section 5.1",
		},
		{
			name: "ssh-login-trouble", cause: CauseLoginRefused, phases: []probe.Phase{probe.PhaseAuth},
			also:    []Cause{CauseBadCredentials, CauseAuthMethodMismatch, CauseAccountNotAuthorized},
			because: "The login did not come to its end.",
			source:  "RFC 4252",
		},
	}
}

// merelyNo: the words say that the login is refused, and nothing of the reason.
func (s *scene) merelyNo() bool {
	said := strings.FieldsFunc(fold(s.text), func(r rune) bool { return !unicode.IsLetter(r) })
	return len(said) > 0 && !slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(refusingWords, w) })
}

// refusingWords are those of a refusal without a reason.
var refusingWords = words(
	"permission", "access", "is", "was", "has", "been", "denied", "refused", "rejected", "failed", "failure", "error", "login", "logon", "log", "in", "user", "authentication", "authenticate",
	"unable", "to", "not", "successful", "unsuccessful", "the", "your", "sorry",
)

// lastAttempts returns what was refused, including the decisive event.
func (s *scene) lastAttempts() []string {
	tried := s.ssh.tried
	if m := s.bad.Attr[attrMethod]; m != "" && refusedOutcome(s.bad.Attr[attrOutcome]) {
		tried = append(slices.Clone(tried), m)
	}
	if m := s.unanswered(); m != "" {
		tried = append(slices.Clone(tried), m)
	}
	return slices.DeleteFunc(slices.Clone(tried), func(m string) bool { return m == "none" })
}

// unanswered is the method that a disconnect came in answer to: a server whose patience is at its end
// does not send the refusal as well.
func (s *scene) unanswered() string {
	method, _, _ := strings.Cut(s.bad.Attr["after"], " ")
	if s.bad.Kind != probe.KindDisconnect || method == "none" {
		return ""
	}
	return method
}

// credentialSent: something was refused, or the session ended in answer to it.
func (s *scene) credentialSent() bool { return s.refusals > 0 || s.unanswered() != "" }

// triedOnce: exactly one credential was refused, be it with the end of the session.
func (s *scene) triedOnce() bool {
	if s.unanswered() != "" {
		return s.refusals == 0
	}
	return s.refusals == 1
}

// stillAllowed is the list that came with the last refusal.
func (s *scene) stillAllowed() []string {
	if a, ok := s.bad.Attr[attrAllowed]; ok {
		return offersOf(a)
	}
	return offersOf(s.ssh.allowed)
}

func (s *scene) changeDemanded() bool {
	return s.bad.Attr[attrOutcome] == "change-demanded" || s.ssh.change || slices.Contains(s.read(s.ssh.prompts), CausePasswordExpired)
}

func (s *scene) partialLogin() bool {
	outcome := s.bad.Attr[attrOutcome]
	return outcome == "partial" || s.ssh.partial && !refusedOutcome(outcome)
}

func (s *scene) questionsBeyond() bool {
	return s.bad.Attr[attrOutcome] == "cannot-answer" || s.ssh.questions
}

// noMethodOffered: nothing was refused but the first question, and the list has nothing for us.
func (s *scene) noMethodOffered() bool {
	return s.bad.Kind == probe.KindAuth && len(s.lastAttempts()) == 0 && len(s.stillAllowed()) > 0
}

// noMethodAtAll: nothing was refused but the first question, and the list that came back is empty.
func (s *scene) noMethodAtAll() bool {
	_, listed := s.bad.Attr[attrAllowed]
	return s.bad.Kind == probe.KindAuth && listed && len(s.lastAttempts()) == 0 && len(s.stillAllowed()) == 0
}

// methodGone: the method of every refused attempt is missing from the list that came back.
func (s *scene) methodGone() bool {
	tried, allowed := s.lastAttempts(), s.stillAllowed()
	if s.bad.Kind != probe.KindAuth || len(tried) == 0 || len(allowed) == 0 {
		return false
	}
	for _, m := range tried {
		if slices.Contains(allowed, m) {
			return false
		}
	}
	return true
}

// unwantedSignatures: no key was offered with a signature algorithm that the server takes.
func (s *scene) unwantedSignatures() bool {
	if !s.onlyKeysTried() || s.ssh.fair {
		return false
	}
	return s.bad.Attr[attrMethod] == "" || s.unwantedSignature(s.bad)
}

// signatureListed: a key was offered with a signature algorithm that the server lists.
func (s *scene) signatureListed() bool { return s.ssh.listed || s.listsSignature(s.bad) }

// wantedTheKey: the server asked for the signature of a key, which it does of keys that it knows, and
// then refused.
func (s *scene) wantedTheKey() bool {
	return s.onlyKeysTried() && (s.ssh.verified || s.bad.Attr[attrOutcome] == "signature-refused")
}

func (s *scene) onlyKeysTried() bool {
	tried := s.lastAttempts()
	return len(tried) > 0 && !slices.ContainsFunc(tried, func(m string) bool { return !strings.HasPrefix(m, "publickey") })
}
