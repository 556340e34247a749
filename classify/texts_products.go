package classify

// productPhrases are sentences that only one product says, or whose meaning differs there. They
// sharpen what the position already tells.
func productPhrases() []phrases {
	return []phrases{
		{"vsftpd", "vsftpd 3 source and manual", inFTP, []phrase{
			{only(CauseChrootWritableRefused), decides, anywhere, "refusing to run with writable root"},
			{only(CauseHomeDirectoryInaccessible), decides, anywhere, `
			oops: cannot change directory | oops: cannot change*root | oops: chroot | oops: cannot*chroot`},
			{only(CauseServerMisconfigured), decides, anywhere, `
			oops: both local and anonymous | oops: vsftpd: not found | oops: bad bool | oops: unrecognised variable |
			oops: missing value | oops: config | oops: tcp_wrappers | oops: could not bind | oops: cannot read user |
			oops: no such user | oops: munmap | oops: could not set | oops: prctl |
			oops: cap_set | oops: ssl: cannot | oops: reading | oops: failed to open`},
			// One of the two processes of a session is gone: before the login over a setting, later because it was killed or crashed.
			{only(CauseServerMisconfigured, CauseServerError), decides, atLogin | atConnect, "oops: priv_sock | oops: child died"},
			{only(CauseServerPASVBindFailure, CauseServerError), decides, atPassive, "oops: priv_sock"},
			{only(CauseServerError, CauseControlConnectionLost, CauseServerMisconfigured), strong + 15, anywhere, "oops: priv_sock | oops: child died"},
			{only(CauseServerPASVBindFailure), decides, anywhere, "oops: vsf_sysutil_bind"},
			{only(CauseDataConnSourceIPMismatch), decides, anywhere, "security: bad ip connecting"},
			{only(CausePortPrivateAddress, CauseActiveRefused), strong, anywhere, "illegal port command | illegal eprt command"},
			{only(CauseTransferStalled, CauseIdleTimeout), decides, atData, "data timeout. reconnect. sorry"},
			{only(CauseIdleTimeout), strong, atLogin | atSetup | atPath | atStat | atNoop | atWrite | atGet | atList, "421 timeout."},
			{only(CauseAccountNotAuthorized), decides, atLogin, "this ftp server is anonymous only | 530 permission denied"},
			{only(CauseSourceIPNotAllowlisted, CauseServiceUnavailable, CauseServerConnectionLimit), strong, atConnect, "421 service not available."},
			{only(CauseRemoteDirMissing, CauseNoListPermission, CausePathRootDiffers), strong, atPath, "failed to change directory"},
			{only(CauseReadOnlyServer, CauseFilenamePolicy, CauseNoWritePermission), strong, atPut, "550 permission denied."},
			{only(CauseReadOnlyServer, CauseDeleteNotPermitted), strong, atDelete | atMkdir | atRenameFrom, "550 permission denied."},
		}},
		{"proftpd", "ProFTPD source: core, mod_auth, mod_tls, mod_quotatab, mod_sftp", inAny, []phrase{
			{only(CauseTLSSessionReuseRequired, CauseDataConnNotAccepted, CauseDataTLSFailed), strong + 10, atData, "unable to build data connection: operation not permitted"},
			{only(CauseActiveModeBlocked, CausePassivePortsBlocked, CausePortPrivateAddress), strong, atData, `
			unable to build data connection: connection refused |
			unable to build data connection: connection timed out | unable to build data connection: no route`},
			{only(CauseServerPASVBindFailure, CausePassiveRefused), decides, atPassive, "unable to build data connection | unable to listen for data"},
			{only(CauseServerConnectionLimit), strong + 10, anywhere, `
			maximum number of*for this user | maximum number of*this class | maximum number of allowed clients`},
			{only(CauseQuotaExceeded), decides, anywhere, "quota reached | quota exceeded: used | denied: quota"},
			{only(CauseResumeRefused), decides, anywhere, "append/restart not permitted"},
			{only(CauseFileExists, CauseNoWritePermission), strong, atPut, "overwrite permission denied"},
			{only(CauseServiceUnavailable), decides, anywhere, "ftp server shut down | ftp server shutting down"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "required on the control channel"},
			{only(CauseProtPMissing), decides, anywhere, "required on the data channel"},
			{only(CauseFilenamePolicy), decides, anywhere, "forbidden filename | forbidden command argument"},
			{only(CauseIdleTimeout), decides, anywhere, "idle timeout ( | login timeout ( | no transfer timeout ( | session timeout ("},
			{only(CauseTransferStalled), decides, anywhere, "data transfer stall"},
			{only(CauseConnectionResetMidTransfer, CauseTransferAborted), strong, atData, "transfer aborted. data connection closed"},
		}},
		{"pure-ftpd", "Pure-FTPd source, messages_*.h", inFTP, []phrase{
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "cleartext sessions"},
			{only(CauseProtPMissing), decides, anywhere, "cannot be opened with this prot setting"},
			{only(CauseHomeDirectoryInaccessible), decides, anywhere, "does not exist or is unreachable | home directory not available"},
			{only(CauseServerPASVBindFailure), decides, anywhere, "all reserved tcp ports are busy"},
			{only(CauseActiveRefused), decides, anywhere, "active mode is disabled"},
			{only(CauseServerConnectionLimit), decides, anywhere, "users (the maximum) are already logged in | connections as the same user"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong + 10, anywhere, "disk full - please upload later"},
			{only(CauseQuotaExceeded), decides, anywhere, "won't be saved | nothing left to upload"},
			{only(CauseRenameTargetExists), decides, anywhere, "destination file already exists"},
			{only(CauseAnonymousRefused), decides, anywhere, "this is a private system"},
			{only(CauseAccountNotAuthorized, CauseAccountLocked), strong, anywhere, "but i can't trust you | account disabled"},
			{only(CauseFileNotFound), strong, anywhere, "sorry, but that file doesn't exist"},
			{only(CauseNoReadPermission), strong, atGet, "not been approved for downloading | not*yet been approved | upload/download ratio"},
			{only(CauseServiceUnavailable), strong, atGet, "the load was"},
			{only(CauseEPSVNotSupported), strong, atPasv, "you cannot use pasv on ipv6"},
			{only(CauseServerMisconfigured), strong, anywhere, `
			unable to find the 'ftp' account | unable to read the indexed puredb | sql server seems to be down |
			unable to switch capabilities`},
		}},
		{"filezilla", "FileZilla Server source, 0.9 and 1.x", inFTP, []phrase{
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "use auth first | you have to use ftp over tls | does not allow plain ftp"},
			{only(CauseProtPMissing), decides, anywhere, "prot p required"},
			{only(CauseTLSSessionReuseRequired), decides, anywhere, "tls session of data connection"},
			{only(CauseTLSCloseNotifyMissing, CauseConnectionResetMidTransfer, CauseTransferAborted), strong + 10, atData, `
			error while transfer*econnaborted`},
			{only(CauseServerPASVBindFailure), decides, anywhere, "no usable ports | can't create socket | couldn't create socket"},
			{only(CauseServiceUnavailable), decides, anywhere, "server is locked | server is offline | server is going offline"},
			{only(CauseSourceIPNotAllowlisted, CauseClientBanned), decides, anywhere, "refused by ip filter | ip not allowed | no permission*from this ip"},
			{only(CauseClientBanned), decides, anywhere, "too many failed login attempts | autoban | ip has been banned"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong + 10, anywhere, `
			refusing connection. reason: max. connection | reached the maximum number of connections`},
			{only(CauseAccountNotAuthorized, CauseBadCredentials), strong, atLogin, "no permission to login | account has been disabled"},
			{only(CauseIdleTimeout), strong + 20, anywhere, "connection timed out. | login time exceeded | kicked by"},
			{only(CauseServerConnectionLimit), strong, anywhere, "can't handle more"},
		}},
		{"iis", "Microsoft IIS FTP 7 to 10, reply texts and Error details", inFTP, []phrase{
			{only(CauseVirtualHostNameRequired), decides, anywhere, "valid hostname is expected"},
			{only(CauseHomeDirectoryInaccessible), decides, atLogin, "cannot log in, home directory inaccessible | home directory lookup failed"},
			{only(CauseServerCertNotConfigured), decides, anywhere, "local policy on server does not allow tls | ssl certificate was not"},
			{only(CauseFilenamePolicy), decides, anywhere, `
			based on request filtering rules | short file names are forbidden | short file name check`},
			{only(CauseNoWritePermission, CausePathRootDiffers), decides, anywhere, `
			write access for the root of the virtual directory | file system denied the access*put`},
			{only(CauseAccountNotAuthorized), strong + 20, atLogin, "authorization rules denied"},
			{only(CauseSourceIPNotAllowlisted), decides, anywhere, "ip restriction rules denied"},
			{only(CauseServerConnectionLimit), decides, anywhere, "maximum connection limit was reached"},
			{only(CauseDataConnSourceIPMismatch), decides, anywhere, "client ip on the control channel did"},
			{only(CauseProtPMissing), decides, anywhere, "prot command with recognized parameter | requires ssl for data channel"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "requires ssl for control channel | requires ssl for credentials"},
			{only(CauseClientCertRequired), decides, anywhere, "ssl policy requires client certificate"},
			{only(CauseClientCertRejected), decides, anywhere, "user provided invalid client certificate"},
			{only(CauseFileSizeLimit), decides, anywhere, "maximum file size was exceeded"},
			{only(CauseTransferStalled, CausePassivePortsBlocked), strong, atData, "minimum bandwidth requirement | data channel timed out"},
			{only(CauseServerMisconfigured), decides, anywhere, `
			all authentication methods are disabled | activedirectory isolation | custom authentication call failed`},
			{only(CauseAnonymousRefused, CauseAccountNotAuthorized), strong + 20, atLogin, "anonymous authentication is not allowed"},
			{only(CauseServiceUnavailable), decides, anywhere, "site is being stopped | session closed because of configuration change"},
			{badLogin, strong, atLogin, "user cannot log in | user failed to authenticate | logon failure"},
			{only(CauseAccountLocked), decides, atLogin, "account is currently disabled | currently locked out"},
			{only(CausePasswordExpired), decides, atLogin, `
			password must be changed | password for this account has expired | account has expired`},
			{only(CauseAccountNotAuthorized), decides, atLogin, `
			not been granted the requested logon | account restriction | time restriction | not allowed to log on`},
			{only(CausePortPrivateAddress, CauseActiveRefused, CauseParameterNotSupported), strong, atActive | atData, "server cannot accept argument"},
			{only(CauseConnectionResetMidTransfer, CauseTransferAborted), strong, atData, "specified network name is no longer available"},
		}},
		{"serv-u", "SolarWinds Serv-U documentation and reply texts", inAny, []phrase{
			{only(CauseSourceIPNotAllowlisted, CauseAccountNotAuthorized), decides, anywhere, "only connections from trusted ip | connections from trusted"},
			{only(CauseQuotaExceeded, CauseDiskFull), strong + 10, anywhere, "insufficient disk space or quota | disk space or quota"},
			{only(CauseClientBanned), decides, anywhere, "blocked due to repeated | hammering"},
			{only(CauseServerConnectionLimit), strong + 20, anywhere, "too many users logged in | maximum session limit reached | maximum sessions"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "only secure connections | requires a secure session | secure sessions only"},
			{only(CausePasswordExpired), decides, atLogin, "password has expired | password is stale"},
			{only(CauseAccountLocked), decides, atLogin, "account is disabled | user account has expired"},
		}},
		{"ws_ftp", "Progress WS_FTP Server reply texts", inAny, []phrase{
			{only(CauseAccountLocked), decides, atLogin, "user is disabled | account has been locked"},
			{only(CauseClientBanned), decides, anywhere, "ip address has been*locked | ip lockout"},
			{only(CauseNoWritePermission), strong, atPut, "permission denied on folder | no write permission on folder"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "host only allows ssl | ssl connections only | require ssl for this host"},
		}},
		{"moveit", "Progress MOVEit Transfer reply texts", inAny, []phrase{
			{only(CauseSourceIPNotAllowlisted, CauseBadCredentials), strong, atLogin, `
			not allowed from this ip | invalid username/password or not allowed to sign on from this location |
			not allowed to sign on from`},
			{only(CauseClientCertRequired), decides, anywhere, "client certificate required | ssl client certificate is required"},
			{only(CausePasswordExpired), decides, atLogin, "your password has expired | password must be changed at"},
			{only(CauseFilenamePolicy), decides, atPut, "file mask | blocked file type | does not match the allowed masks"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "requires an ssl connection | requires ssl connections"},
		}},
		{"globalscape", "Globalscape EFT reply texts", inAny, []phrase{
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "plain ftp connections are not | ssl connection is required"},
			{only(CauseClientBanned), decides, anywhere, "ip address is banned | your ip is banned | dos attack"},
			{only(CauseTooManyConnectionsPerIP), decides, anywhere, `
			max connections per ip | maximum connections per ip | too many connections from the same ip`},
			{only(CauseServerConnectionLimit), decides, anywhere, "max connections per user | maximum connections per account | site has reached"},
			{only(CauseFilenamePolicy), decides, atPut, "banned file type | file extension is banned | vfs*banned"},
			{only(CauseFileSizeLimit), strong, atPut, "max transfer size | maximum transfer size"},
		}},
		{"goanywhere", "Fortra GoAnywhere MFT messages", inAny, []phrase{
			{only(CauseSourceIPNotAllowlisted), decides, anywhere, "ip address is not allowed | ip filter"},
			{only(CauseClientBanned), decides, anywhere, "automatic ip blacklist | ip address*has been blacklisted"},
			{only(CauseAccountNotAuthorized), decides, atLogin, "not authorized to use the*service | web user*not authorized"},
			{only(CauseAccountLocked), decides, atLogin, "web user*disabled | web user*suspended"},
			{only(CauseServerConnectionLimit), strong + 20, atLogin, "maximum number of sessions*user | concurrent session"},
		}},
		{"crushftp", "CrushFTP reply texts", inAny, []phrase{
			{only(CauseClientBanned), decides, anywhere, "ip has been temporarily banned | your ip is banned | too many failed"},
			{only(CauseServerConnectionLimit), strong + 20, anywhere, "too many users connected | max simultaneous | maximum simultaneous"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, `
			this server requires encryption | requires secure connections | you must use a secure`},
			{badLogin, strong, atLogin, "check your username or password | invalid login"},
			{only(CauseNoWritePermission), strong, atPut, "not allowed for this user | you need upload permissions"},
			{only(CausePasswordExpired), decides, atLogin, "account has expired | password expired"},
		}},
		{"cerberus", "Cerberus FTP Server reply texts", inAny, []phrase{
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "secure connection required | secure control connection | require secure control"},
			{only(CauseProtPMissing), decides, anywhere, "secure data connection | encrypted data channel required"},
			{only(CauseClientBanned), decides, anywhere, "ip address has been blocked | auto-blocked"},
			{only(CauseServerConnectionLimit), strong + 20, atLogin, "login limit exceeded | maximum number of simultaneous logins"},
			{only(CauseAccountLocked), decides, atLogin, "account disabled | account is disabled"},
		}},
		{"bitvise", "Bitvise SSH Server log and disconnect texts", inAny, []phrase{
			{only(CauseClientBanned), decides, anywhere, "ip address blocked | blocked ip address | client ip is blocked"},
			{only(CauseSFTPSubsystemDisabled), decides, anywhere, "file transfer access denied | sftp access is disabled | sftp is disabled"},
			{only(CauseHomeDirectoryInaccessible), decides, anywhere, "mount point*inaccessible | mount point*failed | virtual filesystem*mount"},
			{only(CauseAccountNotAuthorized), strong, atLogin, "windows login failed: the user has not been granted | logon right"},
		}},
		{"titan", "Titan FTP Server and Titan MFT reply texts", inAny, []phrase{
			{only(CauseTooManyConnectionsPerIP), decides, anywhere, "maximum connections from your ip | per ip exceeded"},
			{only(CauseServerConnectionLimit), decides, anywhere, "maximum connections to server exceeded | maximum user connections"},
			{only(CauseAccountLocked), decides, atLogin, "user account is disabled | user account disabled"},
			{only(CauseQuotaExceeded), decides, anywhere, "disk quota exceeded"},
		}},
		{"ibm-i", "IBM i FTP server messages (TCP*, CPF*)", inFTP, []phrase{
			{badLogin, decides, atLogin, "cpf22e2 | cpf2204 | cpf22e1"},
			{only(CauseFileNotFound, CauseRemoteDirMissing), strong + 10, atGet | atStat | atDelete | atRenameFrom, "cpf9801 | cpf9815 | cpf5010 | cpf3012 | cpfa0a9"},
			{only(CauseRemoteDirMissing, CausePathRootDiffers), strong + 10, atPath | atList | atPut, "cpf9801 | cpfa0a9 | cpfa085"},
			{only(CauseNoWritePermission, CauseNoReadPermission), strong + 10, atPut | atRename | atDelete, "cpf9802 | cpf9820 | cpf9822 | cpf2189 | cpfa09c"},
			{only(CauseNoReadPermission, CauseNoListPermission), strong + 10, atGet | atList | atPath | atStat, "cpf9802 | cpf9820 | cpf9822 | cpf2189 | cpfa09c"},
			{only(CauseFileExists, CauseRenameTargetExists), strong + 10, atPut | atMkdir | atRename, "cpf5812 | cpf7302 | cpf5813 | cpfa0a0"},
			{only(CauseServerError, CauseNoWritePermission), strong + 10, anywhere, "cpf3130 | cpf4128 | cpf9803 | cpf3202 | cpf5282 | member*in use | object*in use"},
			{only(CauseFileSizeLimit, CauseDiskFull), strong + 10, anywhere, "cpf5018 | cpf4102 | maximum file size | member*full"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong + 10, anywhere, "cpf0906 | cpf0907 | cpf0908 | auxiliary storage pool | storage*threshold"},
			{badLogin, strong + 5, atLogin, "log on attempt by user | rejected by exit program | logon attempt"},
			{only(CauseAccountNotAuthorized, CauseBadCredentials), strong, atLogin, "rejected by server exit program | exit program"},
			{only(CausePasswordExpired), decides, atLogin, "password for user*expired | cpf22e4"},
			{only(CauseAccountLocked), decides, atLogin, "user profile*disabled | cpf22e3 | profile is disabled"},
			{only(CauseRemoteDirMissing, CauseFileNotFound), strong + 10, anywhere, `
			library*not found | member*not found | object*in library*not | cpf2110 | cpf2105 | cpf9810 | cpf9812 |
			specified directory does not exist`},
			{only(CauseNoWritePermission, CauseFilenamePolicy), strong, atPut, `
			not authorized to object | not authorized to library | cpf9820 | cpf9802 | enough authority`},
			{only(CauseDiskFull, CauseFileSizeLimit), strong, atPut, "member*full | record addition | cpf5018 | storage limit"},
			{only(CauseListingFormatUnknown, CauseNonstandardReplyCode), hint, atList, "list completed | list started"},
		}},
		{"z/os", "z/OS Communications Server FTP messages (EZA*, IEC*, SVC99)", inFTP, []phrase{
			{only(CauseDiskFull, CauseQuotaExceeded), decides, anywhere, `
			run out of space | ran out of space | ~b37 | ~d37 | ~e37 | sb37 | sd37 | se37 |
			space requested not available | insufficient space*volume | s99error=970c | not enough space*volume`},
			{only(CausePlainFTPRefusedNeedsTLS), decides, atLogin, "server requires authentication"},
			{only(CauseNotAFile), decides, atGet, "whole partitioned"},
			{only(CauseServerError), strong + 10, anywhere, "system completion code"},
			{badLogin, strong - 10, atLogin, "pass command failed"},
			{badLogin, strong + 5, atLogin, "__passwd | edc5109i | edc5111i | edc5143i"},
			{only(CausePasswordExpired), decides, atLogin, "password has expired | new password required | pass old/new | edc5168i"},
			{only(CauseAccountLocked), decides, atLogin, "userid*revoked | access revoked | edc5164i | has been revoked | user*revoked"},
			{only(CauseNoWritePermission, CauseServerError), strong, atPut, `
			svc99 | racf | allocation failed | unable to create data set | not authorized to*data set`},
			{only(CauseServerError, CauseNoReadPermission), strong, anywhere, `
			used exclusively by | in use by another | s99error=0210 | enqueue | requested file is in use |
			is being used by someone else`},
			{only(CauseFileNotFound, CausePathRootDiffers), strong, atGet | atStat, `
			data set*not found | no members found | data set is not cataloged | not in catalog | s99error=1708`},
			{only(CausePathRootDiffers, CauseEmptyDirAsError, CauseRemoteDirMissing), strong + 10, atList, "no data sets found | no members | nonvsam"},
			{only(CauseFilenamePolicy), decides, anywhere, `
			invalid data set name | name*not a valid data set | invalid dsname | data set name is invalid |
			qualifier*invalid`},
			{only(CauseParameterNotSupported), strong, atSetup, "unrecognized parameter | site option | unknown keyword"},
		}},
		{"vms", "OpenVMS messages (RMS, SYSTEM) of TCP/IP Services, MultiNet and TCPware", inFTP, []phrase{
			{only(CauseNoWritePermission, CauseReadOnlyServer), strong + 10, atPut, "rms-e-prv | system-f-nopriv"},
			{only(CauseNoReadPermission, CauseFileNotFound), strong + 10, atGet | atStat, "rms-e-prv | system-f-nopriv"},
			{only(CauseNoListPermission, CauseNoReadPermission), strong + 10, atList | atPath, "rms-e-prv | system-f-nopriv"},
			{only(CauseFileNotFound, CauseRemoteDirMissing), strong + 10, anywhere, "rms-e-fnf"},
			{only(CauseRemoteDirMissing, CausePathRootDiffers), decides, anywhere, "rms-e-dnf"},
			{only(CauseServerError, CauseNoReadPermission), decides, anywhere, "rms-e-flk"},
			{only(CauseFilenamePolicy), decides, anywhere, "rms-f-syn | rms-f-fnm | rms-f-dir"},
			{only(CauseQuotaExceeded), decides, anywhere, "exdiskquota"},
			{only(CauseDiskFull), decides, anywhere, "devicefull | rms-f-ful"},
		}},
		{"sterling", "IBM Sterling File Gateway and B2B Integrator messages", inAny, []phrase{
			{only(CauseServerError, CauseTransferAborted), strong, atPut, "perimeter | mailbox exception | unable to route | virtual root"},
			{only(CauseNoWritePermission), strong, atPut, "mailbox*permission | do not have permission on mailbox"},
			{only(CauseAccountLocked), decides, atLogin, "user account*locked | maximum number of login failures"},
		}},
		{"axway", "Axway SecureTransport messages", inAny, []phrase{
			{only(CauseAccountLocked), decides, atLogin, "account is locked | account*is disabled"},
			{only(CauseAccountNotAuthorized), strong, atLogin, "user class | login restriction | not allowed to login with"},
			{only(CauseNoWritePermission), strong, atPut, "transfer is not allowed | operation not allowed by"},
		}},
		{"aws-transfer", "AWS Transfer Family user guide", inAny, []phrase{
			{only(CauseHomeDirectoryInaccessible, CauseNoListPermission, CauseAccountNotAuthorized), strong, atPath | atList | atLogin, `
			unable to access bucket | nosuchbucket | s3*access denied | couldn't stat remote file: permission denied`},
			{only(CauseSetstatNotSupported), strong + 20, atChmod | atPut, "setstat*unsupported | set stat on file"},
			{only(CauseSFTPServerExits, CauseAccountNotAuthorized), strong, atSession, "connection closed by server*role | assume role | failed to assume"},
		}},
		{"azure-blob", "Azure Blob Storage SFTP limitations page", inSSH, []phrase{
			{only(CauseHomeDirectoryInaccessible), decides, anywhere, "home directory not accessible"},
			{only(CauseNoWritePermission, CauseAccountNotAuthorized, CauseSourceIPNotAllowlisted), strong, atWrite, `
			not authorized to perform this operation | authorizationpermissionmismatch | authorizationfailure`},
			{only(CauseNoListPermission, CauseSourceIPNotAllowlisted, CauseAccountNotAuthorized), strong, atList | atPath, "not authorized to perform this operation | authorizationfailure"},
			{only(CauseResumeRefused), strong, atAppend, "append blobs | not an append blob | blob type"},
			{only(CauseAccountNotAuthorized), strong, atLogin, "sftp is not enabled | sftpnotenabled"},
		}},
		{"sftpgo", "SFTPGo source", inAny, []phrase{
			{only(CauseQuotaExceeded), decides, anywhere, "denying write due to space limit | quota limit | denying file write"},
			{only(CauseClientBanned), decides, anywhere, "your ip address is banned | banned client ip"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong + 10, anywhere, `
			too many open sessions | open sessions limit | max allowed connections | concurrent connections limit`},
			{only(CauseSourceIPNotAllowlisted), decides, atLogin, "login*not allowed from this ip | ip is not allowed"},
			{only(CauseAccountNotAuthorized), decides, atLogin, `
			protocol*is not allowed for | login method*not allowed | protocol ssh is not allowed |
			protocol ftp is not allowed`},
			{only(CauseAccountNotAuthorized, CauseAccountLocked), strong, atLogin, "user*is disabled | user*expired"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "tls is required"},
		}},
		{"jscape", "JSCAPE and Maverick Synergy texts", inAny, []phrase{
			{only(CausePasswordExpired), decides, atLogin, "password expired | credentials expired | password change required"},
			{only(CauseClientBanned), decides, anywhere, "ip*is blocked | host is blocked"},
			{only(CauseSFTPSubsystemDisabled), strong, anywhere, "subsystem is not supported | unsupported subsystem"},
		}},
		{"tectia", "SSH Tectia Server and Attachmate Reflection texts", inSSH, []phrase{
			{only(CauseAccountNotAuthorized), strong, atLogin, "login denied by policy | user access denied"},
			{only(CauseKexFailed), strong, atKex, "algorithm negotiation failed in"},
			{only(CauseServiceUnavailable, CauseControlConnectionLost), strong, anywhere, "service not available*ssh-connection"},
		}},
		{"synology", "Synology DSM and QNAP file services", inAny, []phrase{
			{only(CauseClientBanned), decides, anywhere, "auto block | autoblock | ip address has been blocked"},
			{only(CauseAccountNotAuthorized), decides, atLogin, "no permission to use ftp | application privilege | privilege to use"},
			{only(CausePathRootDiffers, CauseNoWritePermission), hint, atMkdir | atPut | atPath, "/volume1 | /share/"},
		}},
		{"pyftpdlib", "pyftpdlib source", inFTP, []phrase{
			{only(CauseDataConnSourceIPMismatch), decides, anywhere, "rejected data connection from foreign"},
			{only(CausePortPrivateAddress), decides, anywhere, "rejected data connection to foreign"},
			{only(CausePlainFTPRefusedNeedsTLS), decides, anywhere, "ssl/tls required on the control channel"},
			{only(CauseAccountNotAuthorized), decides, atLogin, "doesn't have a valid shell | is not allowed to login"},
			{only(CauseReadOnlyServer, CauseNoWritePermission), strong, atWrite, "not enough privileges"},
			{only(CausePathRootDiffers), decides, anywhere, "outside the user's root directory"},
			{only(CausePassivePortsBlocked, CauseActiveModeBlocked), strong, atData, "passive data channel timed out | active data channel timed out"},
		}},
		{"wu-ftpd", "wu-ftpd, BSD ftpd and inetutils ftpd sources", inFTP, []phrase{
			{only(CauseServerConnectionLimit), strong + 20, anywhere, "sorry, there are too many"},
			{only(CauseAccountNotAuthorized), strong, atLogin, "user*access denied | may not use ftp | login with*denied | access denied."},
			{only(CauseServiceUnavailable), decides, anywhere, "system going down | server is shutdown"},
			{only(CausePortPrivateAddress, CauseActiveRefused), strong, anywhere, "illegal port | port command*rejected | invalid address"},
			{only(CauseActiveModeBlocked, CausePassivePortsBlocked), strong, atData, "can't build data connection"},
			{only(CauseServerPASVBindFailure), decides, atPassive, "can't open passive connection | no ports"},
		}},
		{"openssh", "OpenSSH source, sshd and sftp", inSSH, []phrase{
			{only(CauseMaxStartupsThrottle), decides, anywhere, "exceeded maxstartups | past maxstartups"},
			{only(CauseChrootBadOwnership), decides, anywhere, "bad ownership or modes for chroot"},
			{only(CauseSFTPOnlyAccount), decides, anywhere, "this service allows sftp connections only"},
			{only(CausePasswordExpired), decides, anywhere, "password change required but no tty | you are required to change your password"},
			{only(CauseServiceUnavailable), decides, anywhere, "nologin"},
			{only(CauseClientKeyUnusable), decides, anywhere, "unprotected private key file | agent refused operation"},
			{only(CauseTooManyAuthTries), decides, anywhere, "too many authentication failures"},
			{only(CauseClientBanned, CauseMaxStartupsThrottle), strong + 10, atConnect | atKex, "not allowed at this time"},
		}},
	}
}
