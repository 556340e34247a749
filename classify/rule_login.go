package classify

import (
	"slices"
	"strings"

	"mftprobe/probe"
)

// ways that a refused password leaves open.
var refusedLogin = []Cause{
	CauseLoginRefused, CauseAccountLocked, CauseAccountNotAuthorized, CausePasswordExpired, CauseSessionLimitAsAuthFailure,
	CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseAnonymousRefused, CausePlainFTPRefusedNeedsTLS,
	CauseVirtualHostNameRequired, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseHomeDirectoryInaccessible,
	CauseTooManyLoginFailures, CauseServerMisconfigured, CauseServiceUnavailable, CauseAccountRequired, CauseChrootWritableRefused,
	CauseServerError, CauseClientCertRequired, CauseClientCertRejected, CauseMultiFactorRequired,
}

// loginRules speak of USER, PASS, ACCT, of PBSZ and PROT, and of alerts that TLS 1.3 delivers late.
func loginRules() []rule {
	return []rule{
		{
			name: "no-account-given", cause: CauseAccountRequired, needs: []fact{missingHere("account")}, sure: Certain, deaf: true,
			because: "The server asked for ACCT and the target has no value for it.",
			source:  "RFC 959 section 4.1.1",
		},
		{
			name: "no-password-given", cause: CauseConfigInvalid, needs: []fact{missingHere("password")}, sure: Certain, deaf: true,
			because: "The server asked for a password and the target has none.",
			source:  "RFC 959 section 4.1.1",
		},
		{
			name: "account-wanted", cause: CauseAccountRequired, on: loginVerbs, codes: []int{332}, sure: Certain, deaf: true,
			because: "The reply 332 asks for ACCT.",
			source:  "RFC 959 section 4.2.2",
		},
		{
			name: "another-password", cause: CauseMultiFactorRequired, on: words("PASS"), codes: []int{3},
			also:    []Cause{CauseBadCredentials, CauseAccountRequired},
			because: "After the password the server asks for another answer.",
			source:  "RFC 959 section 5.4, RFC 2289 (one-time passwords)",
		},
		{
			name: "user-needs-tls-534", cause: CausePlainFTPRefusedNeedsTLS, on: words("USER", "PASS"), codes: []int{4, 5}, needs: []fact{(*scene).clearText, (*scene).tlsCode}, deaf: true,
			also:    []Cause{CauseAccountNotAuthorized},
			because: "The server's policy does not allow this login without encryption.",
			source:  "RFC 2228 section 5.1 (534); IIS: Policy requires SSL",
		},
		{
			name: "user-out-of-order", cause: CausePlainFTPRefusedNeedsTLS, on: words("USER"), codes: []int{503}, needs: []fact{(*scene).clearText},
			also:    []Cause{CauseCommandBeforeLogin, CauseLoginRefused},
			because: "USER is the first command of a plain login. A server that finds it out of order wants AUTH first.",
			source:  "FileZilla Server: 503 Use AUTH first",
		},
		{
			name: "user-unknown-command", cause: CauseWrongProtocolOnPort, on: words("USER"), codes: []int{500, 502}, needs: []fact{tells(CauseCommandNotSupported)}, bars: []fact{(*scene).ftpSpoken}, deaf: true,
			also:    []Cause{CausePlainFTPRefusedNeedsTLS, CauseCommandNotSupported, CauseServerMisconfigured},
			because: "The server does not know USER, which every FTP server knows, and its greeting does not speak of FTP.",
			source:  "RFC 1123 section 4.1.2.13; mail and news servers greet with the same numbers",
		},
		{
			name: "user-forbidden-in-clear", cause: CausePlainFTPRefusedNeedsTLS, on: words("USER"), codes: []int{550, 500, 502, 504, 431}, needs: []fact{(*scene).clearText},
			also:    []Cause{CauseAccountNotAuthorized, CauseLoginRefused, CauseServerMisconfigured, CauseAnonymousRefused, CauseCommandNotSupported},
			because: "The name was refused before a password was asked for, on a connection without encryption.",
			source:  "ProFTPD and pyftpdlib: 550 SSL/TLS required on the control channel",
		},
		{
			name: "user-421", cause: CauseServiceUnavailable, on: words("USER"), codes: []int{421},
			also: []Cause{
				CausePlainFTPRefusedNeedsTLS, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseSourceIPNotAllowlisted, CauseClientBanned,
				CauseIdleTimeout, CauseAccountNotAuthorized, CauseServerMisconfigured, CauseTooManyLoginFailures, CauseControlConnectionLost,
			},
			because: "The server ended the session at the user name.",
			source:  "RFC 959 section 5.4; Pure-FTPd answers 421 when it wants TLS",
		},
		{
			name: "user-refused-in-clear", cause: CauseLoginRefused, on: words("USER"), codes: []int{4, 5}, needs: []fact{(*scene).clearText},
			also: []Cause{
				CausePlainFTPRefusedNeedsTLS, CauseAccountNotAuthorized, CauseBadCredentials, CauseAnonymousRefused, CauseSourceIPNotAllowlisted, CauseClientBanned,
				CauseVirtualHostNameRequired, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseAccountLocked, CauseServiceUnavailable, CauseServerMisconfigured,
				CauseServerError,
			},
			because: "The name was refused before a password was asked for. A rule about this account or address, or a demand for TLS, fits better than a wrong password.",
			source:  "RFC 959 section 5.4; vsftpd answers 530 in all of these cases",
		},
		{
			name: "user-refused", cause: CauseAccountNotAuthorized, on: words("USER"), codes: []int{4, 5},
			also: []Cause{
				CauseLoginRefused, CauseBadCredentials, CauseClientCertRequired, CauseClientCertRejected, CauseAnonymousRefused, CauseSourceIPNotAllowlisted, CauseClientBanned,
				CauseVirtualHostNameRequired, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseAccountLocked, CauseServiceUnavailable, CauseServerMisconfigured,
				CauseServerError,
			},
			because: "The name was refused before a password was asked for, although the connection is encrypted.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "late-demand-for-tls", cause: CausePlainFTPRefusedNeedsTLS, on: words("PASS"), codes: []int{5}, needs: []fact{says(CausePlainFTPRefusedNeedsTLS), (*scene).clearText},
			because: "The server says that it wants TLS.",
			source:  "RFC 4217 section 4",
		},
		{
			name: "anonymous", cause: CauseAnonymousRefused, on: words("PASS"), codes: []int{5}, needs: []fact{(*scene).anonymous}, bars: []fact{(*scene).refusedBefore},
			also: []Cause{
				CauseAccountNotAuthorized, CauseLoginRefused, CausePlainFTPRefusedNeedsTLS, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP,
				CauseServerMisconfigured, CauseChrootWritableRefused, CauseHomeDirectoryInaccessible, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseServiceUnavailable,
			},
			because: "The login was an anonymous one, for which no password can be wrong.",
			source:  "RFC 1635",
		},
		{
			name: "goodbye-at-login", cause: CauseLoginRefused, on: loginVerbs, codes: []int{221}, sure: Possible,
			also: []Cause{
				CauseControlConnectionLost, CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CauseServiceUnavailable, CauseBadCredentials, CauseTooManyLoginFailures,
				CauseAccountNotAuthorized, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseIdleTimeout,
			},
			because: "The server said goodbye in the place of an answer to the login and gave no reason.",
			source:  "RFC 959 section 5.4 (221 belongs to QUIT)",
		},
		{
			name: "pass-421", cause: CauseServiceUnavailable, on: words("PASS", "ACCT"), codes: []int{421},
			also: []Cause{
				CauseServerConnectionLimit, CauseTooManyLoginFailures, CauseHomeDirectoryInaccessible, CauseTooManyConnectionsPerIP, CauseAccountNotAuthorized,
				CauseSourceIPNotAllowlisted, CauseClientBanned, CauseIdleTimeout, CauseServerMisconfigured, CausePlainFTPRefusedNeedsTLS, CauseBadCredentials, CauseSessionLimitAsAuthFailure,
				CauseControlConnectionLost,
			},
			because: "The server ended the session at the password: a limit, a missing home directory or a shutdown.",
			source:  "RFC 959 section 5.4; Pure-FTPd uses 421 for all of these",
		},
		{
			name: "too-many-passwords", cause: CauseTooManyLoginFailures, on: loginVerbs, broke: cutOff, needs: []fact{(*scene).refusedBefore}, deaf: true,
			also:    []Cause{CauseBadCredentials, CauseClientBanned, CauseControlConnectionLost},
			because: "The server cut the session after a refused login.",
			source:  "ProFTPD MaxLoginAttempts, vsftpd max_login_fails",
		},
		{
			name: "code-wanted-beside-the-password", cause: CauseMultiFactorRequired, on: words("PASS"), codes: []int{4, 5}, needs: []fact{(*scene).codeWanted}, deaf: true,
			also:    others(CauseMultiFactorRequired, []Cause{CauseBadCredentials}, refusedLogin),
			because: "The server had asked for a code that serves once. A stored password is no answer to that.",
			source:  "RFC 2289; ftpd with OPIE or S/Key: 331 Response to otp-md5 498 ab1234 required",
		},
		{
			name: "password-refused-and-reset", cause: CauseBadCredentials, on: words("PASS"), codes: []int{530}, needs: []fact{(*scene).thenReset}, bars: []fact{(*scene).refusedBefore},
			also:    others(CauseBadCredentials, []Cause{CauseHomeDirectoryInaccessible}, refusedLogin),
			because: "The login was refused. That the connection was reset right behind the refusal can also point to a home directory that the server could not enter.",
			source:  "ProFTPD: 530 and a reset when the home directory is missing",
		},
		{
			name: "password-refused-by-430", cause: CauseBadCredentials, on: words("PASS"), codes: []int{430},
			also:    others(CauseBadCredentials, []Cause{CauseAccountLocked}, refusedLogin),
			because: "The code 430 stands for an invalid name or password.",
			source:  "ISC and Serv-U servers; not in RFC 959",
		},
		{
			name: "password-refused", cause: CauseBadCredentials, on: words("PASS"), codes: []int{530}, bars: []fact{(*scene).saysNothing},
			also:    refusedLogin,
			because: "The server refused the login after the password. Most servers give the same answer for a wrong password, an unknown user and a locked or expired account.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "password-refused-silently", cause: CauseLoginRefused, on: words("PASS"), codes: []int{530},
			also:    others(CauseLoginRefused, []Cause{CauseBadCredentials}, refusedLogin),
			because: "The server refused the login after the password and gave no reason.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "account-unknown", cause: CauseCommandNotSupported, on: words("ACCT"), codes: []int{500, 502, 202},
			also:    []Cause{CauseAccountRequired},
			because: "The server does not know the command ACCT, so that it cannot have asked for it.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "account-refused", cause: CauseAccountRequired, on: words("ACCT"), codes: []int{5},
			also:    []Cause{CauseCommandNotSupported, CauseBadCredentials},
			because: "The account text that was sent is not accepted.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "pass-out-of-order", cause: CauseCommandBeforeLogin, on: words("PASS"), codes: []int{503},
			also:    []Cause{CauseLoginRefused, CausePlainFTPRefusedNeedsTLS, CauseReplyDesync},
			because: "The server did not expect a password at this moment.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "login-temporary", cause: CauseServerError, on: words("PASS", "ACCT"), codes: []int{4},
			also: []Cause{
				CauseLoginRefused, CauseServiceUnavailable, CauseServerConnectionLimit, CauseServerMisconfigured, CauseHomeDirectoryInaccessible,
				CauseSessionLimitAsAuthFailure, CauseBadCredentials, CauseAccountLocked,
			},
			because: "The login failed with a temporary code: the server could not check or admit the account now.",
			source:  "RFC 959 section 4.2.1",
		},
		{
			name: "login-broken", cause: CauseLoginRefused, on: words("PASS", "ACCT"), codes: []int{5},
			also: []Cause{
				CauseServerMisconfigured, CauseHomeDirectoryInaccessible, CauseBadCredentials, CauseAccountLocked, CauseAccountNotAuthorized, CausePasswordExpired,
				CauseServerConnectionLimit, CauseTooManyConnectionsPerIP, CausePlainFTPRefusedNeedsTLS, CauseChrootWritableRefused, CauseServiceUnavailable,
				CauseSessionLimitAsAuthFailure, CauseSourceIPNotAllowlisted, CauseClientBanned, CauseTooManyLoginFailures, CauseVirtualHostNameRequired,
			},
			because: "The login was refused with a code that is not the usual one for wrong credentials.",
			source:  "RFC 959 section 5.4; vsftpd: 500 OOPS",
		},
		{
			name: "login-silent", cause: CauseReplyTimeout, on: loginVerbs, broke: noAnswer, bars: []fact{(*scene).hasStrays}, deaf: true,
			also:    []Cause{CauseControlConnIdleDrop, CauseServiceUnavailable, CauseTooManyLoginFailures},
			because: "The server took the login and did not answer in time. Slow directory services, reverse lookups of our address and filtering devices do this.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "login-cut-off-after-tls", cause: CauseControlConnectionLost, on: words("USER"), broke: cutOff, needs: []fact{(*scene).overTLS, (*scene).certificateAsked}, deaf: true,
			also:    []Cause{CauseClientCertRequired, CauseClientCertRejected},
			because: "The server asked for a client certificate in the handshake and closed at the first command, as TLS 1.3 allows.",
			source:  "RFC 8446 section 4.4.2.4",
		},
		{
			name: "clear-data-refused", cause: CauseProtPMissing, on: words("PROT"), codes: []int{4, 5}, needs: []fact{(*scene).wantsClearData}, bars: []fact{(*scene).hungUp},
			also:    []Cause{CauseProtLevelRejected, CauseCommandNotSupported},
			because: "We asked for data connections in clear, and the server does not give them.",
			source:  "RFC 4217 section 9",
		},
		{
			name: "prot-refused", cause: CauseProtLevelRejected, on: words("PROT", "PBSZ"), codes: []int{4, 5}, bars: []fact{(*scene).hungUp},
			also:    []Cause{CauseCommandNotSupported, CauseServerCertNotConfigured, CauseServerMisconfigured},
			because: "The server does not accept the protection of the data channel that we asked for.",
			source:  "RFC 4217 section 9, RFC 2228 section 3",
		},
		{
			name: "ccc-refused", cause: CauseParameterNotSupported, on: words("CCC"), codes: []int{5},
			also:    []Cause{CauseCommandNotSupported},
			because: "The server keeps the control connection encrypted.",
			source:  "RFC 4217 section 6",
		},
		{
			name: "site-name-wanted", cause: CauseVirtualHostNameRequired, on: words("HOST"), codes: []int{5},
			also:    []Cause{CauseCommandNotSupported, CauseParameterNotSupported},
			because: "The server does not accept the site name that was sent.",
			source:  "RFC 7151 section 3.1",
		},
		{
			name: "before-login", cause: CauseCommandBeforeLogin, codes: []int{530}, bars: []fact{(*scene).isLoggedIn, (*scene).passSentNow},
			also:    []Cause{CauseLoginRefused, CausePlainFTPRefusedNeedsTLS, CauseCommandNotSupported},
			because: "The command came before the login was complete.",
			source:  "RFC 959 section 4.2.2",
		},
		{
			name: "new-password-demanded", cause: CausePasswordExpired, codes: []int{5}, needs: []fact{(*scene).isLoggedIn, says(CausePasswordExpired)},
			because: "The login worked, and the server does nothing before the password is changed.",
			source:  "Serv-U, Globalscape EFT: SITE PSWD",
		},
		{
			name: "logged-out", cause: CauseAccountNotAuthorized, codes: []int{530}, needs: []fact{(*scene).isLoggedIn}, bars: []fact{(*scene).movesData}, deaf: true,
			also:    []Cause{CauseCommandBeforeLogin, CauseSessionLimitAsAuthFailure, CauseLoginRefused},
			because: "The login had worked, and the server says that we are not logged in or not allowed to do this.",
			source:  "RFC 959 section 4.2.2",
		},
	}
}

// codeWanted: the password was asked for in words that name a second factor. Where a code is only
// requested, the password alone is good, and a refusal that names another reason has the last word.
func (s *scene) codeWanted() bool {
	plain := len(s.told) == 0 || slices.Contains([]Cause{CauseBadCredentials, CauseLoginRefused, CauseMultiFactorRequired}, s.told[0])
	return plain && s.invitation != "" && !strings.Contains(strings.ToLower(s.invitation), "requested") &&
		slices.Contains(s.read(s.invitation), CauseMultiFactorRequired)
}

// ftpSpoken: what the server said before is FTP.
func (s *scene) ftpSpoken() bool { return s.greetedAsFTP() || s.offered || s.encrypted }

// missingHere holds where the driver had nothing to send.
func missingHere(what string) fact {
	return func(s *scene) bool { return s.bad.Attr["missing"] == what }
}

// tlsCode: the number alone speaks of protection (RFC 2228).
func (s *scene) tlsCode() bool {
	switch s.code(probe.SpaceFTP) {
	case 522, 533, 534, 537:
		return true
	}
	return false
}

// saysNothing: the refusal carries no words that tell one reason for a refused login from another.
func (s *scene) saysNothing() bool {
	return !slices.ContainsFunc(s.told, func(c Cause) bool { return c == CauseBadCredentials || slices.Contains(refusedLogin, c) })
}

// wantsClearData: the level that PROT asked for is C.
func (s *scene) wantsClearData() bool { return strings.EqualFold(argument(s.line), "C") }

func (s *scene) passSentNow() bool { return s.verb == "PASS" || s.verb == "USER" }

func (s *scene) movesData() bool { return transfers(s.verb) }
