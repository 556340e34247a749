package classify

const (
	iisSource   = "Microsoft, FTP status codes of IIS 7.0 and later"
	win32Source = "Windows system error codes"
)

// iisCodes are the substatus numbers that IIS writes into its FTP log beside the reply. They tell
// what the reply hides, so ask the other party for this column.
func iisCodes() []codeEntry {
	return []codeEntry{
		{0, "success", "No further detail; the operation went well or has no finer reason.", iisSource, nil, nil, 0},
		{
			1, "authorization-rule", "An authorisation rule of the site denies the access.", iisSource, nil,
			ranking{{atLogin, []Cause{CauseAccountNotAuthorized}}, {atPut, []Cause{CauseNoWritePermission, CauseAccountNotAuthorized}}, {anywhere, []Cause{CauseAccountNotAuthorized, CauseNoWritePermission}}},
			strong,
		},
		{2, "filesystem-denied", "The rights of the file system (NTFS) deny the access.", iisSource, nil, denied, strong},
		{3, "filesystem-error", "The file system returned an error.", iisSource, nil, unsaid, 0},
		{4, "ip-restriction", "The client's address is not allowed.", iisSource, nil, only(CauseSourceIPNotAllowlisted), decides},
		{5, "virtual-root-write", "Nothing can be written directly into the root of a virtual directory.", iisSource, nil, only(CauseNoWritePermission, CausePathRootDiffers), strong},
		{6, "short-name-check", "The check for short (8.3) names failed.", iisSource, nil, only(CauseFilenamePolicy), strong},
		{7, "short-name-forbidden", "Short (8.3) names are not allowed.", iisSource, nil, only(CauseFilenamePolicy), decides},
		{8, "hidden-segment", "The path contains a part that request filtering hides.", iisSource, nil, only(CauseFilenamePolicy), decides},
		{9, "denied-sequence", "The path contains a sequence that request filtering forbids.", iisSource, nil, only(CauseFilenamePolicy), decides},
		{10, "high-bit-characters", "The path contains characters outside ASCII, which request filtering forbids.", iisSource, nil, only(CauseFilenamePolicy), decides},
		{11, "denied-extension", "Request filtering does not allow this file extension.", iisSource, nil, only(CauseFilenamePolicy), decides},
		{12, "path-too-long", "The path is longer than request filtering allows.", iisSource, nil, only(CauseFilenamePolicy), decides},
		{13, "not-file-or-directory", "The object is neither a file nor a directory.", iisSource, nil, only(CauseNotAFile), strong},
		{14, "control-timeout", "The control connection was idle for too long.", iisSource, nil, only(CauseIdleTimeout), strong},
		{15, "data-timeout", "The data connection did not come up or stalled.", iisSource, nil, only(CausePassivePortsBlocked, CauseTransferStalled, CauseActiveModeBlocked), strong},
		{16, "login-timeout", "Nobody logged in within the time for new connections.", iisSource, nil, only(CauseIdleTimeout), strong},
		{17, "site-config", "The site's configuration is not valid.", iisSource, nil, only(CauseServerMisconfigured), decides},
		{18, "config", "The configuration is not valid.", iisSource, nil, only(CauseServerMisconfigured), decides},
		{19, "max-connections", "The limit of connections is reached.", iisSource, nil, only(CauseServerConnectionLimit), strong},
		{20, "abor", "The client itself cancelled the transfer (ABOR).", iisSource, nil, only(CauseTransferAborted), 0},
		{21, "site-stopping", "The site is being stopped.", iisSource, nil, only(CauseServiceUnavailable), strong},
		{22, "data-aborted-by-server", "The server broke the data connection off after an error.", iisSource, nil, only(CauseTransferAborted, CauseServerError), strong},
		{23, "data-aborted-by-client", "The data connection was broken off on our side or on the way.", iisSource, nil, only(CauseConnectionResetMidTransfer, CauseTransferAborted, CauseTLSCloseNotifyMissing), strong},
		{24, "tls-required-data", "Policy demands TLS on the data connection.", iisSource, nil, only(CauseProtPMissing), decides},
		{25, "tls-required-control", "Policy demands TLS on the control connection.", iisSource, nil, only(CausePlainFTPRefusedNeedsTLS), decides},
		{26, "tls-required-credentials", "Policy demands TLS for the login.", iisSource, nil, only(CausePlainFTPRefusedNeedsTLS), decides},
		{27, "tls-denied-data", "Policy forbids TLS on the data connection.", iisSource, nil, only(CauseProtLevelRejected), strong},
		{28, "tls-denied-data-2", "Policy forbids TLS on the data connection.", iisSource, nil, only(CauseProtLevelRejected), strong},
		{29, "tls-denied-credentials", "Policy forbids TLS for the login.", iisSource, nil, only(CauseAuthTLSNotSupported), strong},
		{30, "tls-denied-commands", "Policy forbids TLS for commands.", iisSource, nil, only(CauseAuthTLSNotSupported, CauseProtLevelRejected), strong},
		{31, "no-certificate", "No certificate is configured.", iisSource, nil, only(CauseServerCertNotConfigured), decides},
		{32, "tls-init", "TLS could not be started.", iisSource, nil, only(CauseServerCertNotConfigured, CauseTLSHandshakeFailed), strong},
		{33, "home-lookup", "The home directory could not be found.", iisSource, nil, only(CauseHomeDirectoryInaccessible), decides},
		{34, "custom-authentication", "The custom authentication provider failed.", iisSource, nil, only(CauseServerMisconfigured, CauseServerError), strong},
		{35, "authentication-failed", "The user could not be authenticated.", iisSource, nil, badLogin, strong},
		{36, "authentication-off", "Every kind of authentication is switched off.", iisSource, nil, only(CauseServerMisconfigured), decides},
		{37, "host-name", "No FTP site has the host name that was given.", iisSource, nil, only(CauseVirtualHostNameRequired), strong},
		{38, "data-address", "Control and data connection came from different addresses.", iisSource, nil, only(CauseDataConnSourceIPMismatch), decides},
		{39, "file-size", "The file is larger than the site allows.", iisSource, nil, only(CauseFileSizeLimit), decides},
		{40, "isolation-authentication", "Isolation by Active Directory needs basic authentication.", iisSource, nil, only(CauseServerMisconfigured), strong},
		{41, "authentication-error", "An error occurred while the login was checked.", iisSource, nil, badLogin, 0},
		{42, "no-anonymous", "Anonymous login is switched off.", iisSource, nil, only(CauseAnonymousRefused, CauseAccountNotAuthorized), strong},
		{43, "prot-needed", "PROT must come before this command.", iisSource, nil, only(CauseProtPMissing, CauseCommandBeforeLogin), strong},
		{44, "certificate-missing", "The configured certificate was not found.", iisSource, nil, only(CauseServerCertNotConfigured), decides},
		{45, "key-missing", "The certificate's private key was not found.", iisSource, nil, only(CauseServerCertNotConfigured), decides},
		{46, "hash-length", "The configured certificate hash is not valid.", iisSource, nil, only(CauseServerCertNotConfigured), decides},
		{47, "client-certificate-required", "Policy demands a client certificate.", iisSource, nil, only(CauseClientCertRequired), decides},
		{48, "client-certificate-invalid", "The client certificate is not valid.", iisSource, nil, only(CauseClientCertRejected), decides},
		{49, "client-certificate-match", "Control and data connection must show the same client certificate.", iisSource, nil, only(CauseClientCertRequired, CauseClientCertRejected, CauseDataTLSFailed), strong},
		{50, "minimum-bandwidth", "The transfer was slower than the site allows.", iisSource, nil, only(CauseTransferStalled), strong},
		{51, "command-filter", "Command filtering does not allow this command.", iisSource, nil, only(CauseCommandNotSupported), strong},
		{52, "disconnected-by-admin", "An administrator ended the session.", iisSource, nil, only(CauseControlConnectionLost, CauseServiceUnavailable), strong},
		{53, "connection-error", "The connection failed.", iisSource, nil, only(CauseControlConnectionLost, CauseConnectionResetMidTransfer), 0},
		{54, "configuration-change", "The session was ended since the configuration changed.", iisSource, nil, only(CauseServiceUnavailable), strong},
		{55, "weak-encryption", "TLS with at least 128 bits is demanded.", iisSource, nil, only(CauseTLSNoSharedCipher), strong},
	}
}

// win32Codes are the Windows errors that stand in IIS logs and in the texts of Windows servers.
func win32Codes() []codeEntry {
	return []codeEntry{
		{2, "ERROR_FILE_NOT_FOUND", "The file does not exist.", win32Source, nil, missing, 0},
		{3, "ERROR_PATH_NOT_FOUND", "The path does not exist.", win32Source, nil, missing, 0},
		{5, "ERROR_ACCESS_DENIED", "Access is denied.", win32Source, nil, denied, 0},
		{32, "ERROR_SHARING_VIOLATION", "Another process has the file open.", win32Source, nil, only(CauseServerError), 0},
		{39, "ERROR_HANDLE_DISK_FULL", "The disk is full.", win32Source, nil, only(CauseDiskFull), strong},
		{64, "ERROR_NETNAME_DELETED", "The network share or connection is gone.", win32Source, nil, only(CauseControlConnectionLost, CauseConnectionResetMidTransfer, CauseServerError), 0},
		{80, "ERROR_FILE_EXISTS", "The file exists already.", win32Source, nil, taken, 0},
		{112, "ERROR_DISK_FULL", "There is not enough space on the disk.", win32Source, nil, only(CauseDiskFull, CauseQuotaExceeded), strong},
		{123, "ERROR_INVALID_NAME", "The name is not valid on Windows.", win32Source, nil, only(CauseFilenamePolicy), strong},
		{145, "ERROR_DIR_NOT_EMPTY", "The directory is not empty.", win32Source, nil, notEmpty, strong},
		{183, "ERROR_ALREADY_EXISTS", "The name exists already.", win32Source, nil, taken, 0},
		{206, "ERROR_FILENAME_EXCED_RANGE", "The name or path is too long.", win32Source, nil, only(CauseFilenamePolicy), strong},
		{995, "ERROR_OPERATION_ABORTED", "The operation was cancelled, mostly since the connection ended.", win32Source, nil, only(CauseTransferAborted, CauseControlConnectionLost), 0},
		{1236, "ERROR_CONNECTION_ABORTED", "The local system gave the connection up.", win32Source, nil, only(CauseConnectionResetMidTransfer, CauseControlConnectionLost), 0},
		{1295, "ERROR_DISK_QUOTA_EXCEEDED", "The disk quota is used up.", win32Source, nil, only(CauseQuotaExceeded), strong},
		{1326, "ERROR_LOGON_FAILURE", "Unknown user name or wrong password.", win32Source, nil, badLogin, strong},
		{1327, "ERROR_ACCOUNT_RESTRICTION", "A restriction of the account forbids the login.", win32Source, nil, only(CauseAccountNotAuthorized, CausePasswordExpired), strong},
		{1328, "ERROR_INVALID_LOGON_HOURS", "The account may not log in at this time of day.", win32Source, nil, only(CauseAccountNotAuthorized), strong},
		{1329, "ERROR_INVALID_WORKSTATION", "The account may not log in on this machine.", win32Source, nil, only(CauseAccountNotAuthorized), strong},
		{1330, "ERROR_PASSWORD_EXPIRED", "The password has expired.", win32Source, nil, only(CausePasswordExpired), decides},
		{1331, "ERROR_ACCOUNT_DISABLED", "The account is disabled.", win32Source, nil, only(CauseAccountLocked), decides},
		{1385, "ERROR_LOGON_TYPE_NOT_GRANTED", "The account lacks the right for this kind of login.", win32Source, nil, only(CauseAccountNotAuthorized), strong},
		{1793, "ERROR_ACCOUNT_EXPIRED", "The account has expired.", win32Source, nil, only(CausePasswordExpired, CauseAccountLocked), strong},
		{1907, "ERROR_PASSWORD_MUST_CHANGE", "The password must be changed before the first login.", win32Source, nil, only(CausePasswordExpired), decides},
		{1909, "ERROR_ACCOUNT_LOCKED_OUT", "The account is locked after failed logins.", win32Source, nil, only(CauseAccountLocked), decides},
	}
}
