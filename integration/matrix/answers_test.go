package matrix

// What an expert may answer where several rows have the same answer. One session of one client cannot tell a wrong password
// from a locked account where the server says 530 to both: all of these words are right there, and none of them is certain.

// anySide is for what the session alone does not settle.
const anySide = "ours theirs either undecided"

var (
	badPassword      = answer{"bad-credentials login-refused account-locked account-not-authorized password-expired", anySide}
	lockedAccount    = answer{"account-locked bad-credentials login-refused account-not-authorized password-expired", anySide}
	expiredAccount   = answer{"password-expired bad-credentials login-refused account-locked account-not-authorized", anySide}
	forbiddenAccount = answer{"account-not-authorized bad-credentials login-refused account-locked password-expired", anySide}
	noAnonymous      = answer{"anonymous-refused bad-credentials login-refused account-locked account-not-authorized password-expired", anySide}
	needsTLS         = answer{"plain-ftp-refused-needs-tls", "ours"}
	writableChroot   = answer{"chroot-writable-refused server-misconfigured", "theirs"}
	brokenHome       = answer{"home-directory-inaccessible server-misconfigured", "theirs"}
	hiddenHome       = answer{
		"home-directory-inaccessible bad-credentials login-refused account-locked account-not-authorized password-expired control-connection-lost",
		anySide + " network",
	}
	tooManyFailures = answer{
		"too-many-login-failures bad-credentials login-refused account-locked account-not-authorized password-expired client-banned", anySide,
	}

	portRefused  = answer{"port-refused client-banned source-ip-not-allowlisted connection-rate-limited", "theirs either network undecided"}
	hostDenied   = answer{"source-ip-not-allowlisted service-unavailable server-connection-limit client-banned too-many-connections-per-ip", "theirs either"}
	closedAtOnce = answer{
		"closed-before-greeting source-ip-not-allowlisted client-banned connection-rate-limited server-connection-limit service-unavailable " +
			"too-many-connections-per-ip max-startups-throttle",
		"theirs either network undecided",
	}
	full          = answer{"server-connection-limit", "theirs"}
	fullForUs     = answer{"too-many-connections-per-ip server-connection-limit", "either theirs"}
	fullAtLogin   = answer{"server-connection-limit session-limit-as-auth-failure", "theirs"}
	misconfigured = answer{"server-misconfigured service-unavailable server-error", "theirs"}
	shutDown      = answer{"service-unavailable", "theirs"}
	idle          = answer{"idle-timeout", "theirs"}
	lost          = answer{
		"control-connection-lost connection-reset-mid-transfer truncated-transfer no-final-reply transfer-aborted server-error idle-timeout control-conn-idle-drop",
		"either network theirs undecided",
	}
	cutOff = answer{
		"reply-timeout control-conn-idle-drop control-connection-lost transfer-stalled no-final-reply", "network either theirs undecided",
	}

	wrongProtocol  = answer{"wrong-protocol-on-port", "ours"}
	wrongTLSMode   = answer{"implicit-vs-explicit-mismatch wrong-protocol-on-port no-greeting tls-handshake-failed auth-tls-not-supported", "ours either undecided"}
	noTLSHere      = answer{"auth-tls-not-supported command-not-supported", "theirs"}
	certExpired    = answer{"cert-expired", "theirs"}
	certTooEarly   = answer{"cert-not-yet-valid cert-expired", "either theirs"}
	certUntrusted  = answer{"cert-untrusted", "either theirs"}
	certOtherName  = answer{"cert-name-mismatch", "either theirs"}
	certWanted     = answer{"client-cert-required", "ours"}
	certRejected   = answer{"client-cert-rejected client-cert-required", "ours"}
	noSharedCipher = answer{"tls-no-shared-cipher tls-handshake-failed tls-version-mismatch server-cert-not-configured client-cert-required", "either ours theirs undecided"}
	noSharedTLS    = answer{"tls-version-mismatch tls-handshake-failed tls-no-shared-cipher server-cert-not-configured", "either ours theirs undecided"}
	reuseWanted    = answer{"tls-session-reuse-required", "either ours"}
	protWanted     = answer{"prot-p-missing prot-level-rejected", "ours either"}

	passiveOff    = answer{"passive-refused command-not-supported", "theirs"}
	activeOff     = answer{"active-refused command-not-supported", "theirs"}
	portsBlocked  = answer{"passive-ports-blocked data-conn-refused data-conn-not-accepted server-pasv-bind-failure", "network either theirs undecided"}
	portsDropped  = answer{"passive-ports-blocked", "network either theirs"}
	noPassivePort = answer{"server-pasv-bind-failure passive-refused passive-ports-blocked", "theirs"}
	otherAddress  = answer{"port-private-address active-refused active-mode-blocked", "network either ours theirs undecided"}

	noDirectory    = answer{"remote-dir-missing path-root-differs file-not-found", "ours"}
	cannotEnter    = answer{"remote-dir-missing no-list-permission not-a-file path-root-differs no-read-permission", anySide}
	forbiddenDir   = answer{"no-list-permission no-read-permission path-root-differs remote-dir-missing not-a-file", anySide}
	noFile         = answer{"file-not-found path-root-differs remote-dir-missing", "ours"}
	cannotOpen     = answer{"file-not-found no-read-permission not-a-file remote-dir-missing path-root-differs", anySide}
	cannotRead     = answer{"no-read-permission", "theirs"}
	unreadable     = answer{"no-read-permission file-not-found not-a-file remote-dir-missing path-root-differs", anySide}
	isDirectory    = answer{"not-a-file", "ours"}
	cannotWrite    = answer{"no-write-permission read-only-server", "theirs"}
	cannotStore    = answer{"no-write-permission remote-dir-missing file-exists not-a-file filename-policy path-root-differs read-only-server", anySide}
	readOnly       = answer{"read-only-server no-write-permission command-not-supported", "theirs"}
	cannotDelete   = answer{"delete-not-permitted no-write-permission read-only-server", "theirs"}
	cannotMkdir    = answer{"mkdir-not-permitted no-write-permission read-only-server", "theirs"}
	cannotRename   = answer{"rename-refused no-write-permission read-only-server", "theirs"}
	cannotList     = answer{"no-list-permission command-not-supported", "theirs"}
	cannotChmod    = answer{"chmod-not-permitted setstat-not-supported no-write-permission command-not-supported file-not-found", anySide}
	targetExists   = answer{"file-exists rename-target-exists", "ours"} // the probe looks first, and overwrites nothing
	fileExists     = answer{"file-exists", "ours"}
	notEmpty       = answer{"directory-not-empty", "ours"}
	namePolicy     = answer{"filename-policy", "theirs"}
	nameRefused    = answer{"filename-policy no-write-permission read-only-server command-not-supported", "theirs"}
	diskFull       = answer{"disk-full quota-exceeded server-error transfer-aborted", "theirs"}
	overQuota      = answer{"quota-exceeded", "theirs"}
	tooLarge       = answer{"file-size-limit", "theirs"}
	noResume       = answer{"resume-refused no-write-permission file-exists", anySide}
	unknownCommand = answer{"command-not-supported parameter-not-supported", anySide}

	hostKeyUnknown = answer{"host-key-unknown", "ours"}
	hostKeyChanged = answer{"host-key-changed hostkey-alg-order-mismatch", "either ours theirs undecided"}
	noCommonKex    = answer{"no-common-kex", "either ours theirs undecided"}
	noCommonKey    = answer{"no-common-hostkey-alg", "either ours theirs undecided"}
	noCommonCipher = answer{"no-common-cipher", "either ours theirs undecided"}
	noCommonMAC    = answer{"no-common-mac no-common-cipher", "either ours theirs undecided"}
	keyRefused     = answer{
		"public-key-not-registered bad-credentials login-refused account-not-authorized pubkey-sig-alg-rejected account-locked password-expired", anySide,
	}
	signatureRefused = answer{
		"pubkey-sig-alg-rejected public-key-not-registered bad-credentials login-refused account-not-authorized account-locked password-expired", anySide,
	}
	otherMethod  = answer{"auth-method-mismatch login-refused multi-factor-required", "ours either"}
	secondFactor = answer{"multi-factor-required auth-method-mismatch", "either ours"}
	tooManyTries = answer{
		"too-many-auth-tries bad-credentials login-refused account-locked account-not-authorized password-expired public-key-not-registered " +
			"control-connection-lost client-banned",
		anySide + " network",
	}
	throttled      = answer{"max-startups-throttle connection-rate-limited server-connection-limit source-ip-not-allowlisted client-banned closed-before-greeting service-unavailable", "theirs either network undecided"}
	noMoreSessions = answer{"max-sessions-per-connection server-connection-limit sftp-subsystem-disabled account-not-authorized", "either theirs"}
	noSubsystem    = answer{"sftp-subsystem-disabled account-not-authorized", "theirs"}
	serverExits    = answer{
		"sftp-server-exits sftp-subsystem-disabled password-expired chroot-bad-ownership account-not-authorized server-misconfigured home-directory-inaccessible",
		"theirs",
	}
	pollutedSFTP = answer{"shell-output-pollutes-sftp sftp-subsystem-disabled sftp-server-exits account-not-authorized", "theirs"}
	badChroot    = answer{
		"chroot-bad-ownership control-connection-lost sftp-server-exits server-misconfigured home-directory-inaccessible account-not-authorized",
		"theirs either network undecided",
	}
)
