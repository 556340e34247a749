package classify

// Cause says why a probe failed, in one word of a fixed vocabulary. Words are
// public interface: never renamed, only added. The empty Cause means that
// nothing went wrong.
type Cause string

// Side says who has to act on a cause.
type Side string

// Sides. Either means that both parties can end it; undecided means that the
// evidence does not tell.
const (
	SideOurs      Side = "ours"
	SideNetwork   Side = "network"
	SideTheirs    Side = "theirs"
	SideEither    Side = "either"
	SideUndecided Side = "undecided"
)

// Confidence says how far the evidence carries a cause.
type Confidence string

// Degrees of confidence. Certain means that the evidence excludes every
// look-alike, and nothing less.
const (
	Certain  Confidence = "certain"
	Likely   Confidence = "likely"
	Possible Confidence = "possible"
)

// Retry says whether the same run may pass later without anybody doing
// anything.
type Retry string

// Answers to "is it worth trying again".
const (
	RetryYes         Retry = "yes"
	RetryNo          Retry = "no"
	RetryAfterChange Retry = "after-change"
	RetryUnknown     Retry = "unknown"
)

// Outcome is the result of a whole run.
type Outcome string

// Outcomes. Warn is a pass with findings; unknown means that nothing is known
// about the endpoint.
const (
	OutcomePass    Outcome = "pass"
	OutcomeWarn    Outcome = "warn"
	OutcomeFail    Outcome = "fail"
	OutcomeUnknown Outcome = "unknown"
)

// Name, network and connection, up to the greeting.
const (
	CauseConfigInvalid           Cause = "config-invalid"
	CauseDNSFailure              Cause = "dns-failure"
	CauseProxyFailed             Cause = "proxy-failed"
	CauseHostUnreachable         Cause = "host-unreachable"
	CausePortUnreachable         Cause = "port-unreachable"
	CausePortRefused             Cause = "port-refused"
	CauseClosedBeforeGreeting    Cause = "closed-before-greeting"
	CauseNoGreeting              Cause = "no-greeting"
	CauseWrongProtocolOnPort     Cause = "wrong-protocol-on-port"
	CauseSourceIPNotAllowlisted  Cause = "source-ip-not-allowlisted"
	CauseClientBanned            Cause = "client-banned"
	CauseConnectionRateLimited   Cause = "connection-rate-limited"
	CauseTooManyConnectionsPerIP Cause = "too-many-connections-per-ip"
	CauseServerConnectionLimit   Cause = "server-connection-limit"
	CauseServiceUnavailable      Cause = "service-unavailable"
	CauseControlConnectionLost   Cause = "control-connection-lost"
	CauseReplyTimeout            Cause = "reply-timeout"
	CauseIdleTimeout             Cause = "idle-timeout"
	CauseControlConnIdleDrop     Cause = "control-conn-idle-drop"
)

// TLS and certificates.
const (
	CauseImplicitVsExplicitMismatch Cause = "implicit-vs-explicit-mismatch"
	CauseAuthTLSNotSupported        Cause = "auth-tls-not-supported"
	CauseServerCertNotConfigured    Cause = "server-cert-not-configured"
	CausePlainFTPRefusedNeedsTLS    Cause = "plain-ftp-refused-needs-tls"
	CauseTLSVersionMismatch         Cause = "tls-version-mismatch"
	CauseTLSNoSharedCipher          Cause = "tls-no-shared-cipher"
	CauseTLSHandshakeFailed         Cause = "tls-handshake-failed"
	CauseCertExpired                Cause = "cert-expired"
	CauseCertNotYetValid            Cause = "cert-not-yet-valid"
	CauseCertUntrusted              Cause = "cert-untrusted"
	CauseCertNameMismatch           Cause = "cert-name-mismatch"
	CauseClientCertRequired         Cause = "client-cert-required"
	CauseClientCertRejected         Cause = "client-cert-rejected"
	CauseProtPMissing               Cause = "prot-p-missing"
	CauseProtLevelRejected          Cause = "prot-level-rejected"
	CauseDataTLSFailed              Cause = "data-tls-failed"
	CauseDataChannelNotTLS          Cause = "data-channel-not-tls"
	CauseTLSSessionReuseRequired    Cause = "tls-session-reuse-required"
	CauseTLSCloseNotifyMissing      Cause = "tls-close-notify-missing"
	CauseFTPSALGBlind               Cause = "ftps-alg-blind"
)

// Login.
const (
	CauseBadCredentials            Cause = "bad-credentials"
	CauseLoginRefused              Cause = "login-refused"
	CauseAccountLocked             Cause = "account-locked"
	CauseAccountNotAuthorized      Cause = "account-not-authorized"
	CauseAccountRequired           Cause = "account-required"
	CauseAnonymousRefused          Cause = "anonymous-refused"
	CausePasswordExpired           Cause = "password-expired"
	CauseVirtualHostNameRequired   Cause = "virtual-host-name-required"
	CauseHomeDirectoryInaccessible Cause = "home-directory-inaccessible"
	CauseSessionLimitAsAuthFailure Cause = "session-limit-as-auth-failure"
	CauseTooManyLoginFailures      Cause = "too-many-login-failures"
	CauseCommandBeforeLogin        Cause = "command-before-login"
)

// FTP data connection.
const (
	CausePassiveRefused           Cause = "passive-refused"
	CausePassiveReplyMalformed    Cause = "passive-reply-malformed"
	CausePassiveAddressWrong      Cause = "passive-address-wrong"
	CausePASVPrivateAddress       Cause = "pasv-private-address"
	CausePassivePortsBlocked      Cause = "passive-ports-blocked"
	CauseServerPASVBindFailure    Cause = "server-pasv-bind-failure"
	CauseALGRewritesPASV          Cause = "alg-rewrites-pasv"
	CauseEPSVNotSupported         Cause = "epsv-not-supported"
	CauseEPSVNotWorking           Cause = "epsv-not-working"
	CauseDataConnRefused          Cause = "data-conn-refused"
	CauseDataConnNotAccepted      Cause = "data-conn-not-accepted"
	CauseDataConnSourceIPMismatch Cause = "data-conn-source-ip-mismatch"
	CauseActiveModeBlocked        Cause = "active-mode-blocked"
	CauseActiveRefused            Cause = "active-refused"
	CausePortPrivateAddress       Cause = "port-private-address"
)

// Files, directories and storage.
const (
	CauseFileNotFound         Cause = "file-not-found"
	CauseRemoteDirMissing     Cause = "remote-dir-missing"
	CausePathRootDiffers      Cause = "path-root-differs"
	CauseNotAFile             Cause = "not-a-file"
	CauseFileExists           Cause = "file-exists"
	CauseContentRejected      Cause = "content-rejected"
	CauseNoReadPermission     Cause = "no-read-permission"
	CauseNoWritePermission    Cause = "no-write-permission"
	CauseNoListPermission     Cause = "no-list-permission"
	CauseDeleteNotPermitted   Cause = "delete-not-permitted"
	CauseMkdirNotPermitted    Cause = "mkdir-not-permitted"
	CauseChmodNotPermitted    Cause = "chmod-not-permitted"
	CauseRenameRefused        Cause = "rename-refused"
	CauseRenameTargetExists   Cause = "rename-target-exists"
	CauseDirectoryNotEmpty    Cause = "directory-not-empty"
	CauseFilenamePolicy       Cause = "filename-policy"
	CauseReadOnlyServer       Cause = "read-only-server"
	CauseDiskFull             Cause = "disk-full"
	CauseQuotaExceeded        Cause = "quota-exceeded"
	CauseFileSizeLimit        Cause = "file-size-limit"
	CausePostUploadPickup     Cause = "post-upload-pickup"
	CauseEmptyDirAsError      Cause = "empty-dir-as-error"
	CauseListingFormatUnknown Cause = "listing-format-unknown"
	CauseListingTruncated     Cause = "listing-truncated"
	CauseSizeInASCII          Cause = "size-in-ascii"
)

// Transfers and their end.
const (
	CauseConnectionResetMidTransfer    Cause = "connection-reset-mid-transfer"
	CauseTransferAborted               Cause = "transfer-aborted"
	CauseTransferStalled               Cause = "transfer-stalled"
	CauseTruncatedTransfer             Cause = "truncated-transfer"
	CauseLateTransferFailure           Cause = "late-transfer-failure"
	CauseNoFinalReply                  Cause = "no-final-reply"
	CauseFalseSuccess                  Cause = "false-success"
	CauseContentMismatch               Cause = "content-mismatch"
	CauseASCIIConversion               Cause = "ascii-conversion"
	CauseResumeRefused                 Cause = "resume-refused"
	CauseClientPipeliningTooAggressive Cause = "client-pipelining-too-aggressive"
)

// SSH: version, keys, authentication, channel.
const (
	CauseKexFailed                Cause = "kex-failed"
	CauseNoCommonKex              Cause = "no-common-kex"
	CauseNoCommonHostKeyAlg       Cause = "no-common-hostkey-alg"
	CauseNoCommonCipher           Cause = "no-common-cipher"
	CauseNoCommonMAC              Cause = "no-common-mac"
	CauseDHGroupOutOfRange        Cause = "dh-group-out-of-range"
	CauseHostKeyUnknown           Cause = "host-key-unknown"
	CauseHostKeyChanged           Cause = "host-key-changed"
	CauseHostKeyRevoked           Cause = "host-key-revoked"
	CauseHostKeyAlgOrderMismatch  Cause = "hostkey-alg-order-mismatch"
	CauseMaxStartupsThrottle      Cause = "max-startups-throttle"
	CauseAuthMethodMismatch       Cause = "auth-method-mismatch"
	CauseMultiFactorRequired      Cause = "multi-factor-required"
	CausePublicKeyNotRegistered   Cause = "public-key-not-registered"
	CausePubkeySigAlgRejected     Cause = "pubkey-sig-alg-rejected"
	CauseClientKeyUnusable        Cause = "client-key-unusable"
	CauseTooManyAuthTries         Cause = "too-many-auth-tries"
	CauseMaxSessionsPerConnection Cause = "max-sessions-per-connection"
)

// SFTP.
const (
	CauseSFTPSubsystemDisabled   Cause = "sftp-subsystem-disabled"
	CauseSFTPServerExits         Cause = "sftp-server-exits"
	CauseSFTPOnlyAccount         Cause = "sftp-only-account"
	CauseSFTPVersionUnsupported  Cause = "sftp-version-unsupported"
	CauseShellOutputPollutesSFTP Cause = "shell-output-pollutes-sftp"
	CauseChrootBadOwnership      Cause = "chroot-bad-ownership"
	CauseGenericFailure          Cause = "generic-failure"
	CauseOperationUnsupported    Cause = "operation-unsupported"
	CauseExtensionNotSupported   Cause = "extension-not-supported"
	CauseSetstatNotSupported     Cause = "setstat-not-supported"
)

// The server and its replies.
const (
	CauseServerError           Cause = "server-error"
	CauseServerMisconfigured   Cause = "server-misconfigured"
	CauseChrootWritableRefused Cause = "chroot-writable-refused"
	CauseCommandNotSupported   Cause = "command-not-supported"
	CauseParameterNotSupported Cause = "parameter-not-supported"
	CauseMLSDNotSupported      Cause = "mlsd-not-supported"
	CauseNonstandardReplyCode  Cause = "nonstandard-reply-code"
	CauseReplyDesync           Cause = "reply-desync"
	CauseProtocolError         Cause = "protocol-error"
	CauseExpectationUnmet      Cause = "expectation-unmet"
	CauseUnexplained           Cause = "unexplained"
)
