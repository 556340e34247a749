package classify

const (
	rfc959  = "RFC 959 section 4.2.2"
	rfc2228 = "RFC 2228 section 5.1"
)

// ftpCodes are the replies of the FTP family (RFC 959 and its extensions), with what they mean in
// practice, which is often more than the standard gives.
func ftpCodes() []codeEntry {
	return []codeEntry{
		{110, "restart-marker", "The server names a marker from which a transfer may be resumed. Not an error.", rfc959, nil, nil, 0},
		{
			120, "service-delayed", "The server asks for patience and will greet later on the same connection.", rfc959,
			[]string{"Wait for the 220; many clients give up too early."},
			only(CauseServiceUnavailable, CauseNoGreeting), 0,
		},
		{
			125, "data-connection-open", "The data connection exists already and the transfer begins. A final reply follows.", rfc959,
			[]string{"IIS and IBM systems send 125 where others send 150."},
			only(CausePassivePortsBlocked, CauseNoFinalReply), faint,
		},
		{
			150, "opening-data-connection", "The file can be had and the server is about to use the data connection. A final reply follows.", rfc959,
			[]string{"It is no success yet: a 4xx or 5xx can still come."},
			only(CausePassivePortsBlocked, CauseNoFinalReply, CauseTransferStalled), faint,
		},
		{200, "ok", "The command was carried out.", rfc959 + "; RFC 2228, RFC 2389, RFC 2428 and RFC 4217 use it too", nil, nil, 0},
		{202, "superfluous", "The command does nothing here and is not needed. Counts as success.", rfc959, nil, nil, 0},
		{211, "system-status", "Answer to STAT or HELP, and the list of features after FEAT.", rfc959 + "; RFC 2389 section 3.2", nil, nil, 0},
		{212, "directory-status", "Answer to STAT for a directory.", rfc959, nil, nil, 0},
		{213, "file-status", "Answer to STAT for a file, and the value of SIZE and MDTM.", rfc959 + "; RFC 3659 sections 3 and 4", nil, nil, 0},
		{214, "help", "Help text for people.", rfc959, nil, nil, 0},
		{215, "system-type", "Name of the operating system; it hints at the form of listings.", rfc959, nil, nil, 0},
		{
			220, "ready", "Greeting: the server is ready for a login. Also ends HOST and REIN.", rfc959 + "; RFC 7151 section 3",
			[]string{"Mail servers greet with 220 as well: read the text."},
			nil, 0,
		},
		{221, "goodbye", "The server ends the session after QUIT.", rfc959, nil, nil, 0},
		{225, "data-connection-idle", "The data connection is open and nothing is being transferred.", rfc959, nil, nil, 0},
		{
			226, "transfer-complete", "The server has finished the transfer and closes the data connection.", rfc959,
			[]string{"It speaks of the server's view. After an upload check the size: a cut transfer gets 226 too."},
			only(CauseFalseSuccess, CauseTLSCloseNotifyMissing, CauseTruncatedTransfer), faint,
		},
		{
			227, "entering-passive", "The server waits for a data connection on the address and port in brackets.", rfc959 + "; RFC 1123 section 4.1.2.6",
			[]string{"The address is often wrong behind NAT; good clients use the control address instead."},
			only(CausePASVPrivateAddress, CausePassivePortsBlocked, CausePassiveAddressWrong, CauseALGRewritesPASV), faint,
		},
		{228, "entering-long-passive", "Passive mode for long addresses, an experiment that hardly anybody uses.", "RFC 1639", nil, nil, 0},
		{
			229, "entering-extended-passive", "The server waits for a data connection on the port between the bars, at its control address.", "RFC 2428 section 3",
			nil, only(CauseEPSVNotWorking, CausePassivePortsBlocked), faint,
		},
		{230, "logged-in", "The login is complete.", rfc959, nil, nil, 0},
		{232, "logged-in-by-certificate", "The login is complete, proven by the security exchange; no password is needed.", rfc2228 + "; RFC 4217 section 10", nil, nil, 0},
		{
			234, "security-accepted", "The server agrees to TLS; the handshake begins right after this reply.", rfc2228 + "; RFC 4217 section 4.2",
			[]string{"Nothing is encrypted and no cipher is chosen yet; a handshake can still fail."},
			only(CauseTLSHandshakeFailed, CauseServerCertNotConfigured, CauseTLSVersionMismatch), faint,
		},
		{235, "security-data-accepted", "The security data was accepted; not used with TLS.", rfc2228, nil, nil, 0},
		{
			250, "file-action-ok", "The file action is done; some servers end transfers with it.", rfc959,
			[]string{"IBM i ends transfers with 250 instead of 226."},
			only(CauseNonstandardReplyCode), faint,
		},
		{257, "path", "The path between the quotes is the current or the created directory.", rfc959, nil, nil, 0},
		{331, "password-needed", "The name was taken, now the password. Unknown names get this reply too.", rfc959, nil, nil, 0},
		{332, "account-needed", "The server wants an account name (ACCT) for the login.", rfc959, nil, only(CauseAccountRequired), strong},
		{334, "security-data-wanted", "The security mechanism wants data first. As answer to AUTH TLS it is a mistake.", rfc2228, nil, only(CauseAuthTLSNotSupported, CauseProtocolError), 0},
		{335, "more-security-data", "The security data was accepted and more is wanted; not used with TLS.", rfc2228, nil, nil, 0},
		{336, "challenge", "The name was taken; the text holds a challenge for a one-time password.", rfc2228, nil, only(CauseAuthMethodMismatch, CauseBadCredentials), 0},
		{350, "pending", "The first half of a two-part action was accepted, such as RNFR or REST.", rfc959, nil, nil, 0},

		{
			421, "closing", "The server ends the control connection and may say why.", rfc959 + "; RFC 4217 section 10.1",
			[]string{
				"It stands for shutdown, for limits, for refused hosts and for idle sessions alike; place and text decide.",
				"Clients print a 421 of their own when the connection just closes.",
			},
			ranking{
				{atConnect, []Cause{CauseServerConnectionLimit, CauseServiceUnavailable, CauseTooManyConnectionsPerIP, CauseSourceIPNotAllowlisted, CauseClosedBeforeGreeting}},
				{atLogin, []Cause{CauseServerConnectionLimit, CauseTooManyLoginFailures, CausePlainFTPRefusedNeedsTLS, CauseHomeDirectoryInaccessible}},
				{atAuth, []Cause{CauseTLSHandshakeFailed, CauseServerCertNotConfigured}},
				{atPassive, []Cause{CauseServerPASVBindFailure, CausePassiveRefused, CauseServiceUnavailable}},
				{atData, []Cause{CauseTransferStalled, CauseIdleTimeout, CauseServiceUnavailable}},
				{anywhere, []Cause{CauseIdleTimeout, CauseServiceUnavailable, CauseServerConnectionLimit, CauseControlConnectionLost}},
			},
			0,
		},
		{
			425, "no-data-connection", "The server could not open or accept the data connection.", rfc959,
			[]string{
				"In passive mode it says that our connection did not arrive, in active mode that the server could not reach us.",
				"With FTPS some servers answer so when the TLS session was not resumed; that looks like a firewall and is none.",
			},
			ranking{
				{atPassive, []Cause{CauseServerPASVBindFailure, CausePassiveRefused}},
				{atActive, []Cause{CausePortPrivateAddress, CauseActiveModeBlocked}},
				{anywhere, []Cause{CausePassivePortsBlocked, CauseDataConnNotAccepted, CauseActiveModeBlocked, CauseDataConnSourceIPMismatch, CauseTLSSessionReuseRequired}},
			},
			0,
		},
		{
			426, "transfer-aborted", "The data connection was closed and the transfer broken off.", rfc959,
			[]string{"This is the reply for a data connection that ends unexpectedly; a list that gives 452 for it is wrong."},
			ranking{
				{atAuth | atProt, []Cause{CauseDataTLSFailed}},
				{anywhere, []Cause{CauseConnectionResetMidTransfer, CauseTransferAborted, CauseTruncatedTransfer, CauseClientPipeliningTooAggressive}},
			},
			0,
		},
		{427, "security-unavailable", "The server could not set up TLS. Not in any standard.", "ProFTPD, mod_tls", nil, only(CauseTLSHandshakeFailed, CauseServiceUnavailable, CauseServerCertNotConfigured), 0},
		{430, "login-invalid", "User name or password is not valid. Not in any standard.", "practice of some servers", nil, badLogin, 0},
		{
			431, "security-resource-missing", "Something that TLS needs is missing on the server, nearly always certificate or key.", rfc2228,
			[]string{"The first digit promises that it will pass; a missing certificate does not heal by waiting."},
			only(CauseServerCertNotConfigured, CauseAuthTLSNotSupported), strong,
		},
		{434, "host-unavailable", "The requested host is not available. Not in any standard.", "practice of some servers", nil, only(CauseServiceUnavailable, CauseVirtualHostNameRequired), 0},
		{
			450, "file-busy", "The file or directory cannot be used at the moment: busy, locked or not there.", rfc959,
			[]string{"Older FileZilla servers use it for a TLS session that was not resumed, others for an empty listing."},
			ranking{
				{atList | atMlsd, []Cause{CauseEmptyDirAsError, CauseRemoteDirMissing, CauseNoListPermission, CauseServerError}},
				{atStat, []Cause{CauseFileNotFound, CauseServerError}},
				{atPut, []Cause{CauseTransferAborted, CauseNoWritePermission, CauseServerError, CauseFileExists}},
				{atGet, []Cause{CauseNoReadPermission, CauseFileNotFound, CauseServerError}},
				{atActive, []Cause{CauseActiveRefused}},
				{anywhere, []Cause{CauseServerError, CauseFileNotFound, CauseTransferAborted}},
			},
			0,
		},
		{
			451, "local-error", "The server stopped because of an error of its own.", rfc959 + "; RFC 2389 section 4",
			[]string{"A full disk and missing rights hide behind it, so waiting does not always help."},
			ranking{
				{atLogin | atConnect, []Cause{CauseServerMisconfigured, CauseServerError, CauseServiceUnavailable}},
				{atAppend &^ atPut, []Cause{CauseResumeRefused, CauseServerError}},
				{atPut, []Cause{CauseServerError, CauseDiskFull, CauseQuotaExceeded, CauseTransferAborted, CauseNoWritePermission}},
				{atSetup, []Cause{CauseCommandNotSupported, CauseServerError}},
				{anywhere, []Cause{CauseServerError, CauseTransferAborted, CauseServerMisconfigured}},
			},
			0,
		},
		{
			452, "no-space", "The server has too little storage for the file.", rfc959,
			[]string{"Some lists describe 452 as a data connection that closed unexpectedly and advise to retry. That is 426; 452 speaks of storage."},
			only(CauseDiskFull, CauseQuotaExceeded, CauseFileSizeLimit), strong,
		},

		{
			500, "not-understood", "The server does not know the command, or the line was too long.", rfc959,
			[]string{"vsftpd starts fatal configuration errors with \"500 OOPS\"; refused PORT addresses get 500 as well."},
			ranking{
				{atAuth, []Cause{CauseAuthTLSNotSupported}},
				{atConnect, []Cause{CauseServiceUnavailable, CauseServerMisconfigured, CauseAuthTLSNotSupported}},
				{atLogin, []Cause{CauseServerMisconfigured, CauseHomeDirectoryInaccessible, CauseCommandNotSupported}},
				{atEpsv &^ atPasv, []Cause{CauseEPSVNotSupported, CausePassiveRefused}},
				{atPassive, []Cause{CausePassiveRefused, CauseEPSVNotSupported, CauseServerPASVBindFailure}},
				{atActive, []Cause{CausePortPrivateAddress, CauseActiveRefused}},
				{atMlsd, []Cause{CauseMLSDNotSupported, CauseCommandNotSupported}},
				{atProt, []Cause{CauseProtLevelRejected}},
				{atData, []Cause{CausePortPrivateAddress, CauseCommandNotSupported, CauseMLSDNotSupported, CauseActiveRefused}},
				{anywhere, []Cause{CauseCommandNotSupported, CauseParameterNotSupported, CauseServerMisconfigured}},
			},
			0,
		},
		{
			501, "bad-argument", "The command is known, its argument is not valid.", rfc959 + "; RFC 3659 section 7.2.1, RFC 7151 section 3.3", nil,
			ranking{
				{atAuth, []Cause{CauseAuthTLSNotSupported, CauseParameterNotSupported}},
				{atLogin, []Cause{CauseBadCredentials, CauseVirtualHostNameRequired, CauseParameterNotSupported}},
				{atActive, []Cause{CausePortPrivateAddress, CauseActiveRefused}},
				{atEpsv &^ atPasv, []Cause{CauseEPSVNotSupported}},
				{atMlsd, []Cause{CauseRemoteDirMissing, CauseMLSDNotSupported, CauseNotAFile}},
				{atPut, []Cause{CauseFilenamePolicy, CauseParameterNotSupported, CauseNoWritePermission}},
				{atData, []Cause{CausePortPrivateAddress, CauseParameterNotSupported}},
				{atProt, []Cause{CauseProtLevelRejected}},
				{anywhere, []Cause{CauseParameterNotSupported, CauseCommandNotSupported, CauseFilenamePolicy}},
			},
			0,
		},
		{
			502, "not-implemented", "The server does not implement this command.", rfc959 + "; RFC 2228 section 3", nil,
			ranking{
				{atAuth | atConnect, []Cause{CauseAuthTLSNotSupported, CauseWrongProtocolOnPort}},
				{atEpsv &^ atPasv, []Cause{CauseEPSVNotSupported}},
				{atPassive, []Cause{CausePassiveRefused, CauseEPSVNotSupported}},
				{atActive, []Cause{CauseActiveRefused}},
				{atMlsd, []Cause{CauseMLSDNotSupported, CauseCommandNotSupported}},
				{atWrite &^ atChmod, []Cause{CauseReadOnlyServer, CauseCommandNotSupported}},
				{anywhere, []Cause{CauseCommandNotSupported, CauseMLSDNotSupported, CauseEPSVNotSupported}},
			},
			0,
		},
		{
			503, "bad-sequence", "The command came out of order: another one is due first.", rfc959 + "; RFC 2228 section 3",
			[]string{"PROT needs PBSZ, RNTO needs RNFR, PASS needs USER; before USER some servers demand AUTH."},
			ranking{
				{atLogin, []Cause{CausePlainFTPRefusedNeedsTLS, CauseCommandBeforeLogin}},
				{atAuth, []Cause{CauseAuthTLSNotSupported, CauseCommandBeforeLogin}},
				{atProt, []Cause{CauseCommandBeforeLogin, CauseProtLevelRejected}},
				{anywhere, []Cause{CauseCommandBeforeLogin, CauseReplyDesync}},
			},
			0,
		},
		{
			504, "parameter-not-implemented", "The command exists, but not with this parameter.", rfc959 + "; RFC 2228 section 3, RFC 7151 section 3.3",
			[]string{"The command itself is implemented: only its parameter (type, mode, mechanism, level, host) is not."},
			ranking{
				{atAuth | atConnect, []Cause{CauseAuthTLSNotSupported, CauseParameterNotSupported}},
				{atProt, []Cause{CauseProtLevelRejected}},
				{atLogin, []Cause{CauseVirtualHostNameRequired, CauseParameterNotSupported}},
				{atActive, []Cause{CauseActiveRefused, CausePortPrivateAddress}},
				{anywhere, []Cause{CauseParameterNotSupported, CauseCommandNotSupported}},
			},
			0,
		},
		{
			521, "prot-refused", "No data connection is opened with the present PROT setting.", "RFC 4217 section 10.2; another meaning in RFC 1639",
			[]string{"In the old RFC 1639 the same number lists supported address families: the command answered decides."},
			ranking{
				{atActive | atPassive, []Cause{CauseActiveRefused, CauseEPSVNotSupported, CauseProtPMissing}},
				{atMkdir, []Cause{CauseFileExists, CauseMkdirNotPermitted}},
				{anywhere, []Cause{CauseProtPMissing, CauseProtLevelRejected}},
			},
			strong,
		},
		{
			522, "data-tls-refused", "After a transfer command: TLS on the data connection failed or was not good enough. After EPRT or EPSV: the address family is not supported.", "RFC 4217 section 10.2, RFC 2428 sections 2 and 3",
			[]string{"Two standards gave the number two meanings: the command answered decides."},
			ranking{
				{atEpsv, []Cause{CauseEPSVNotSupported}},
				{atActive, []Cause{CauseActiveRefused, CausePortPrivateAddress}},
				{atLogin, []Cause{CausePlainFTPRefusedNeedsTLS, CauseProtPMissing}},
				{anywhere, []Cause{CauseTLSSessionReuseRequired, CauseProtPMissing, CauseDataTLSFailed}},
			},
			0,
		},
		{
			530, "not-logged-in", "Nobody is logged in, or the login is refused.", rfc959,
			[]string{
				"As answer to AUTH it means that TLS is not offered; it is no refused login.",
				"Servers hide the reason on purpose: unknown user, wrong password, locked and expired accounts read the same.",
			},
			ranking{
				{atLogin, []Cause{CauseBadCredentials, CauseLoginRefused, CauseAccountNotAuthorized, CauseAccountLocked, CausePasswordExpired}},
				{atAuth, []Cause{CauseAuthTLSNotSupported, CauseCommandBeforeLogin}},
				{atConnect, []Cause{CauseCommandBeforeLogin, CauseTooManyConnectionsPerIP, CauseServerConnectionLimit, CauseServiceUnavailable}},
				{atData | atPath | atSetup | atWrite | atStat | atPassive, []Cause{CauseCommandBeforeLogin, CauseAccountNotAuthorized, CausePlainFTPRefusedNeedsTLS}},
				{anywhere, []Cause{CauseBadCredentials, CauseLoginRefused, CauseAccountNotAuthorized, CausePlainFTPRefusedNeedsTLS}},
			},
			0,
		},
		{532, "account-needed-for-storing", "Storing needs an account name (ACCT).", rfc959, nil, only(CauseAccountRequired, CauseNoWritePermission), strong},
		{
			533, "command-protection-denied", "Policy demands another protection of the command channel.", rfc2228 + "; RFC 4217 section 5", nil,
			only(CauseProtLevelRejected, CausePlainFTPRefusedNeedsTLS, CauseProtPMissing), 0,
		},
		{
			534, "denied-by-policy", "The request is refused for reasons of security policy.", rfc2228 + "; RFC 4217 section 5",
			[]string{
				"It does not simply mean that TLS is required or forbidden: it denies the command that it answers.",
				"On AUTH: TLS is not available here. On USER: TLS is demanded first. On LIST or STOR: the data connection must be protected.",
			},
			ranking{
				{atLogin, []Cause{CausePlainFTPRefusedNeedsTLS, CauseProtPMissing, CauseAccountNotAuthorized}},
				{atAuth, []Cause{CauseServerCertNotConfigured, CausePlainFTPRefusedNeedsTLS, CauseAuthTLSNotSupported}},
				{atConnect, []Cause{CausePlainFTPRefusedNeedsTLS, CauseServerCertNotConfigured, CauseAuthTLSNotSupported}},
				{atProt, []Cause{CauseProtLevelRejected}},
				{anywhere, []Cause{CauseProtPMissing, CauseProtLevelRejected, CausePlainFTPRefusedNeedsTLS}},
			},
			strong,
		},
		{535, "security-check-failed", "A security check of the data failed: hash, order or signature.", rfc2228, nil, only(CauseProtocolError, CauseTLSHandshakeFailed, CauseDataTLSFailed), 0},
		{536, "prot-level-unknown", "The security mechanism does not know this PROT level. With TLS only C and P exist.", rfc2228 + "; RFC 4217 section 9", nil, only(CauseProtLevelRejected), strong},
		{537, "command-protection-unknown", "The security mechanism does not know this protection of commands.", rfc2228, nil, only(CauseProtLevelRejected, CauseCommandNotSupported), 0},
		{
			550, "file-unavailable", "The file action was refused: not found, no right, wrong kind, or a rule of the server.", rfc959 + "; RFC 3659",
			[]string{
				"The text is the only hint, and the command answered: on STOR think of rights, on RETR of names, on CWD of the path.",
				"The standard does not foresee it for STOR and LIST, servers send it all the same.",
			},
			append(ranking{
				{atLogin, []Cause{CausePlainFTPRefusedNeedsTLS, CauseHomeDirectoryInaccessible, CauseAccountNotAuthorized}},
				{atPassive, []Cause{CausePassiveRefused}},
				{atActive, []Cause{CauseActiveRefused}},
				{atAuth | atProt, []Cause{CauseAuthTLSNotSupported, CauseProtLevelRejected}},
				{atSetup, []Cause{CauseCommandNotSupported, CauseChmodNotPermitted}},
			}, unsaid...), 0,
		},
		{
			551, "page-type-unknown", "The transfer was stopped; by the standard for an unknown page type, in practice for a wrong offset or a local error.", rfc959, nil,
			only(CauseTransferAborted, CauseParameterNotSupported, CauseResumeRefused), 0,
		},
		{552, "storage-exceeded", "The file would exceed what the account or the data set may hold.", rfc959, nil, only(CauseQuotaExceeded, CauseFileSizeLimit, CauseDiskFull), strong},
		{
			553, "name-not-allowed", "The server does not allow this file name.", rfc959,
			[]string{"Several servers use it for missing write permission and for a rename target that exists."},
			ranking{
				{atRename, []Cause{CauseRenameTargetExists, CauseRenameRefused, CauseFilenamePolicy, CauseRemoteDirMissing}},
				{atMkdir, []Cause{CauseMkdirNotPermitted, CauseFilenamePolicy}},
				{atDelete | atRmdir, []Cause{CauseDeleteNotPermitted, CauseFileNotFound}},
				{atLogin | atConnect, []Cause{CauseBadCredentials, CauseServiceUnavailable}},
				{anywhere, []Cause{CauseNoWritePermission, CauseFilenamePolicy, CauseRemoteDirMissing, CauseFileExists}},
			},
			0,
		},
		{554, "bad-restart-point", "The restart point of REST is not valid for this file.", "RFC 1123 section 4.1.3.4", nil, only(CauseResumeRefused, CauseParameterNotSupported), 0},
		{555, "type-mismatch", "Type or structure does not fit the file.", "RFC 1123 section 4.1.3.4", nil, only(CauseParameterNotSupported, CauseASCIIConversion), 0},
		{631, "integrity-protected", "The reply is wrapped for integrity; not used with TLS.", "RFC 2228 section 5.2", nil, nil, 0},
		{632, "confidential-protected", "The reply is wrapped for secrecy and integrity; not used with TLS.", "RFC 2228 section 5.2", nil, nil, 0},
		{633, "confidential-only", "The reply is wrapped for secrecy; not used with TLS.", "RFC 2228 section 5.2", nil, nil, 0},
	}
}
