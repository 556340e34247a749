package classify

// sshPhrases are the words of SSH and SFTP programs.
func sshPhrases() []phrases {
	return []phrases{
		{general, "OpenSSH, Go, JSch, libssh2, PuTTY, Paramiko and Rebex wording: negotiation", inSSH, []phrase{
			{only(CauseNoCommonKex), decides, anywhere, `
			agree on*key exchange | algorithm for key exchange | acceptable kex | compatible key exchange |
			compatible kex | kex algorithm | key exchange algorithms found | no matching key exchange | no kex alg |
			key exchange method found | agree a key exchange | agree a key-exchange | incompatible key exchange |
			no common kex | kex negotiation | key exchange algorithm*not | kex_algorithms |
			no acceptable key exchange | unable to agree*key exchange | diffie-hellman*not supported |
			key exchange algorithms: client
			& !group-exchange | out of range | host key`},
			{only(CauseNoCommonHostKeyAlg), decides, anywhere, `
			agree on*host key | algorithm for host key | no matching host key | host key type found |
			incompatible host key | agree a host key | no common host key | host key algorithms. client |
			no acceptable host key | compatible host key | server_host_key_algorithms |
			host key algorithm*not supported | unsupported host key | unable to agree*host key`},
			{only(CauseNoCommonMAC), decides, anywhere, `
			agree on*~mac~ | no matching mac | algorithm for client to server mac |
			algorithm for server to client mac | incompatible mac | agree a*mac~ | no common mac | no acceptable mac |
			mac algorithm*not | mac algorithms. client | mac_algorithms | negotiat*~mac~ | hmac*not supported | unable to agree*mac`},
			{only(CauseNoCommonCipher), decides, anywhere, `
			agree on*cipher | agree on*encryption | no matching cipher | algorithm for client to server cipher |
			algorithm for server to client cipher | incompatible cipher | incompatible encryption |
			compatible*cipher | agree a client-to-server cipher | agree a server-to-client cipher | no common cipher |
			no acceptable cipher | no matching encryption | cipher*not supported | encryption algorithms. client |
			encryption_algorithms | negotiat*cipher | negotiat*encryption algorithm | unable to agree*cipher | unable to agree*encryption | no matching crypt`},
			{only(CauseNoCommonKex, CauseNoCommonHostKeyAlg, CauseNoCommonCipher, CauseNoCommonMAC), strong, atConnect | atKex | atLogin, `
			algorithm negotiation fail | no common algorithm | unable to negotiate | negotiation failed |
			reach a settlement | unable to exchange encryption keys | couldn't agree | no mutual algorithm |
			could not agree | unable to agree
			& !signature | host key | cipher | encryption | ~mac~ | key exchange`},
			{only(CauseDHGroupOutOfRange), decides, anywhere, `
			group out of range | gex group | dh gex | bad parameters*1024 | bad parameters*2048 | prime*out of range |
			prime size | invalid dh | group exchange*failed | modulus*too small | modp group | diffie*key*too small`},
			{only(CauseKexFailed, CauseNoCommonMAC, CauseProtocolError), strong, anywhere, `
			corrupted mac | message authentication code | bad packet length | mac verification | packet corrupt |
			padding error | key exchange failed | keyexchangefailed | kex error | error in key exchange |
			key_exchange failed | invalid packet length
			& !maximum | exceeds`},
			{only(CauseProtocolError, CauseControlConnectionLost), strong + 5, atPath | atList | atStat | atTransfer | atWrite, `
			corrupted mac | message authentication code | bad packet length | mac verification | packet corrupt |
			padding error | invalid packet length
			& !maximum | exceeds`},
			{ranking{
				{atKex, []Cause{CauseMaxStartupsThrottle, CauseClosedBeforeGreeting, CauseSourceIPNotAllowlisted, CauseClientBanned}},
				{anywhere, []Cause{CauseMaxStartupsThrottle, CauseClosedBeforeGreeting}},
			}, strong + 5, anywhere, "exchange_identification"},
			{only(CauseMaxStartupsThrottle), decides, anywhere, "exceeded maxstartups | maxstartups | beginning maxstartups"},
			{only(CauseClientBanned, CauseMaxStartupsThrottle, CauseConnectionRateLimited), strong, atConnect | atKex, "not allowed at this time"},
			{ranking{
				{atKex | atConnect, []Cause{CauseClosedBeforeGreeting, CauseMaxStartupsThrottle, CauseSourceIPNotAllowlisted, CauseWrongProtocolOnPort}},
				{anywhere, []Cause{CauseClosedBeforeGreeting, CauseNoGreeting}},
			}, strong, anywhere, `
			ssh protocol banner | protocol banner | identification string | unexpectedly closed network connection |
			no identification | failed to get banner | failed getting banner | server didn't send ssh |
			closed connection*identification
			& !timeout | bad version | invalid`},
			{only(CauseNoGreeting, CauseReplyTimeout, CauseWrongProtocolOnPort), strong + 5, atConnect | atKex, `
			banner*timeout | timeout*banner | timed out*banner exchange | banner exchange | timed out*waiting*server |
			blocks for a long time`},
			{only(CauseKexFailed, CauseClosedBeforeGreeting), strong + 5, anywhere, `
			right after identification | during key exchange | while key exchange | waiting for kex | kexinit |
			after version exchange | during kex`},
			{only(CauseWrongProtocolOnPort, CauseProtocolError), decides, atConnect | atKex | atLogin, `
			overflow reading version | initialdatafromssh | not an ssh server | invalid ssh identification |
			invalid server's version | protocol mismatch | bad protocol version | bad version string |
			does not appear to be an ssh | invalid ssh version | unexpected ftp | http/1 | ~http~ | ~html | 220*ftp |
			220- | ~220~ | smtp
			& !connection closed`},
			{only(CauseWrongProtocolOnPort, CauseProtocolError, CauseKexFailed), strong, atConnect | atKex, "version not supported | version*incompatible | unsupported ssh | ssh-1"},
			{only(CauseWrongProtocolOnPort, CauseClosedBeforeGreeting), strong + 10, atConnect | atKex, ":990~ | :21~ | port 990 | port 21~ | :443~ | port 443~ | :25~"},
		}},
		{general, "OpenSSH, Go, JSch, PuTTY and WinSCP wording: host keys", inSSH, []phrase{
			{only(CauseHostKeyRevoked), decides, anywhere, `
			host key*revoked | revoked host key | marked as revoked | revoked key
			& !client | user`},
			{only(CauseHostKeyAlgOrderMismatch, CauseHostKeyChanged), strong, anywhere, "knownhosts: key mismatch | different key type | other key type"},
			{only(CauseHostKeyChanged, CauseHostKeyAlgOrderMismatch), strong + 5, anywhere, `
			identification has changed | host key*changed | host key*mismatch | host key*not match |
			host key*differs | host key*different | hostkey*changed | hostkey*mismatch | potential security breach |
			man-in-the-middle | man in the middle | fingerprint*not match | fingerprint*mismatch |
			host key for*has changed | key of*changed | offending*key`},
			{only(CauseHostKeyUnknown), decides, anywhere, `
			knownhosts: key is unknown | unknownhostkey | unknown host key | host key*unknown | host key*not found |
			host key not present | host key is not cached | host key*not in | not found in known_hosts |
			not in known_hosts | no hostkey | authenticity of host | no*host key is known | host key*not registered |
			host key*not trusted yet | no entry*known_hosts`},
			{only(CauseHostKeyUnknown, CauseHostKeyChanged), strong, anywhere, `
			host key verification failed | reject hostkey | rejecthostkey | host key*not verifiable |
			host key*rejected | host key*could not be verified | hostkeyverif | server not trusted |
			couldn't verify*host key | not verif*host`},
		}},
		{general, "OpenSSH, Go, JSch, Paramiko, PuTTY and server wording: authentication", inSSH, []phrase{
			{badLogin, strong, atLogin | atConnect | atKex, `
			methods [none password] | methods [none password keyboard | auth fail | auth cancel | exhausted*auth |
			exhausted available | authentication methods failed | all*authentication methods*failed |
			authentication failed | authentication failure | login incorrect | access denied | invalid credentials |
			invalid username | invalid user | incorrect password | wrong password | password authentication failed |
			login failed | permission denied (password | permission denied, please try again | authentication denied |
			authentication rejected | userauth fail | bad password | invalid password | unknown user |
			password*rejected | password*incorrect | unable to authenticate | authentication was unsuccessful
			& !publickey] | (publickey | keyboard-interactive) | verification code`},
			{only(CausePublicKeyNotRegistered, CausePubkeySigAlgRejected, CauseBadCredentials), strong, anywhere, `
			methods [none publickey] | methods [publickey] | permission denied (publickey | refused our key |
			server refused*key | key*not accepted | key was rejected | public key*rejected | public key*denied |
			public key*not accepted | publickey*failed | publickey*denied | key*not authorized |
			authentication (publickey) fail | public key authentication failed | no more keys | offered*key*refused
			& !mutual | pubkeyaccepted | passphrase`},
			{only(CauseAuthMethodMismatch, CausePublicKeyNotRegistered, CauseBadCredentials), strong, atLogin, `
			methods [none], no supported | permission denied (keyboard-interactive | method*not supported |
			method*not allowed | method*disabled | password authentication*disabled | password authentication*not |
			keyboard-interactive only | only publickey | only key`},
			{only(CauseAuthMethodMismatch, CausePublicKeyNotRegistered), strong + 10, atLogin, `
			no supported authentication methods | bad authentication type | bad auth type | badauthenticationtype |
			no authentication methods | no acceptable authentication | authentication method*not available |
			no suitable authentication | server sent: publickey`},
			{only(CausePubkeySigAlgRejected), decides, anywhere, `
			sha-1*disabled | sha1*disabled | sha-1*{no} | ssh-rsa*disabled | ssh-rsa*not accepted |
			no mutual signature | not in pubkeyaccepted | pubkeyacceptedalgorithms | pubkeyacceptedkeytypes |
			signature algorithm*not | signature algorithm*rejected | signature algorithm*refused |
			no mutually supported signature | no common*signature | key algorithm*not accepted |
			unsupported signature | signature type*not`},
			{only(CauseClientKeyUnusable), decides, anywhere, `
			passphrase protected | no passphrase | privatekey | encrypted*private key | private key*encrypted |
			key*is encrypted | passphrase*incorrect | incorrect passphrase | bad passphrase | bad decrypt |
			invalid privatekey | invalid private key | private key*invalid | unprotected private key |
			private key*too open | are too open | private key*not*read | private key*could not | private key*failed |
			parse private key | asn1 | invalid format | not a valid*private | unable to load*key |
			unable to use key file | unable to read key | cannot load key | couldn't load*key |
			couldn't read*private | load key | no key found | key file*not | ppk | putty*format |
			agent refused operation | error in libcrypto | private key is encrypted | unsupported key format |
			key is encrypted | bad permissions | privatekey*not
			& !public key`},
			{only(CauseTooManyAuthTries), decides, anywhere, `
			too many authentication failures | too many authentication attempts | too many auth |
			maximum authentication attempts | max*authentication*exceeded | too many*login attempts |
			authentication attempts exceeded | too many bad authentication`},
			{only(CauseMultiFactorRequired, CauseAuthMethodMismatch), strong + 30, anywhere, `
			partial success | partially authenticated | further authentication | verification code | one-time |
			one time password | ~otp~ | second factor | two-factor | two factor | ~2fa~ | ~mfa~ | multi-factor |
			multi factor | multifactor | token code | authenticator | additional authentication`},
			{only(CausePasswordExpired), decides, anywhere, `
			password*expired | expired password | must change*password | password change | change your password |
			account*expired | password*must be changed | password expiration | pwd expired |
			authentication token*expired | token no longer valid`},
			{only(CauseAccountLocked), decides, anywhere, `
			account*locked | account*disabled | account is locked | account is not active | user*locked |
			user*disabled | account*suspended | account*deactivated | locked out
			& !~ip address | your ip | ~address*locked | ~host*locked`},
			{only(CauseAccountNotAuthorized, CausePasswordExpired), strong, anywhere, `
			not authorized for login | user not authorized | not allowed because | not listed in allowusers |
			login not permitted | login is not permitted | at this time of day | outside*hours | time restriction | login*not allowed | not permitted to login | account*not available |
			account is currently not available | logins are disabled | access denied for user*pam | denied by pam |
			sftp*not enabled*user | sftp access*denied | user*may not | user is not allowed |
			not permitted to use sftp`},
			{only(CauseServiceUnavailable), strong, anywhere, `
			system is going down | nologin | not accepting logins | unprivileged users are not permitted to log in`},
			{only(CauseReplyTimeout, CauseIdleTimeout), strong, anywhere, "authentication time | login grace | logingracetime"},
			{only(CauseSessionLimitAsAuthFailure), decides, atLogin, `
			too many*sessions | too many open | maximum*sessions | session limit
			& authentication | login | auth fail`},
			{only(CauseSessionLimitAsAuthFailure, CauseBadCredentials, CauseConnectionRateLimited), strong + 10, atLogin, "random | sometimes | intermittent & auth | login"},
			{only(CauseMaxSessionsPerConnection, CauseSFTPSubsystemDisabled), strong, anywhere, `
			open failed | channel open failure | session open refused | no more sessions | maximum*channels |
			too many channels | resource shortage`},
			{only(CauseAccountNotAuthorized, CauseMaxSessionsPerConnection), strong + 5, anywhere, "administratively prohibited"},
		}},
		{general, "OpenSSH, WinSCP, FileZilla and server wording: starting SFTP", inSSH, []phrase{
			{only(CauseSFTPSubsystemDisabled, CauseSFTPServerExits), strong + 10, anywhere, `
			subsystem request failed | subsystem*failed | subsystem*refused | subsystem*denied | subsystem*rejected |
			subsystem*not supported | request for subsystem | unable to request*subsystem | start*sftp subsystem |
			sftp subsystem | failed to open sftp | cannot initialize sftp | sftp is not enabled | sftp*not enabled |
			sftp*not available | does not support sftp`},
			{only(CauseSFTPServerExits, CauseChrootBadOwnership, CausePasswordExpired, CauseSFTPSubsystemDisabled), strong + 5, atLogin | atSession, `
			unexpected end-of-file | exit status 127 | exit code 127 | exit status 1 | sftp-server*no such |
			sftp-server*not found | exited with | eof from sftp | closed*after auth | eof right after auth |
			session*closed*login | ~exec*sftp-server`},
			{only(CausePasswordExpired, CauseSFTPServerExits, CauseChrootBadOwnership), strong + 10, atLogin | atSession, "exit code 1~ | exit status 1~ | return code 1~ | exited with 1~"},
			{only(CauseChrootBadOwnership), decides, anywhere, `
			bad ownership or modes | chrootdirectory | chroot directory*owner | chroot*root-owned |
			chroot*permission
			& !writable root`},
			{only(CauseShellOutputPollutesSFTP, CauseSFTPSubsystemDisabled), strong + 30, atLogin | atSession | atPath | atList | atGet | atPut, `
			message too long | sftp packet | packet*too large | packet*too big | packet*too long |
			packet length*exceeds | exceeds max length | too large*packet | shell*output | shell produces |
			garbage packet | banner message*startup | unexpected text before | text where
			& !name too long`},
			{only(CauseShellOutputPollutesSFTP, CauseReplyTimeout), strong, atLogin | atSession, "hangs | hang forever | stuck | never returns"},
			{only(CauseSFTPOnlyAccount), decides, anywhere, `
			sftp connections only | allows sftp only | sftp only | only sftp | sftp-only |
			this account is restricted to sftp | exec request failed | shell request failed | shell access*disabled |
			no shell access | could not start the shell | may only use sftp`},
			{only(CauseSFTPVersionUnsupported), strong + 10, anywhere, `
			sftp version | sftp protocol version | unsupported sftp | version of sftp | sftp*version*not supported |
			incompatible sftp`},
			{only(CauseProtocolError, CauseSFTPVersionUnsupported), strong, anywhere, `
			underflow | protocol error | unexpected packet | unexpected response | interoperability |
			unexpected message | sftp protocol violation | bad message | unknown packet`},
			{only(CauseHomeDirectoryInaccessible), decides, atLogin | atSession | atPath, "home directory | home folder | chdir to home | home dir~ & !outside"},
			{only(CauseHomeDirectoryInaccessible, CauseRemoteDirMissing, CausePathRootDiffers), strong + 20, anywhere, `
			couldn't canonicalize | need cwd | unable to canonicalize | cannot get working directory |
			error looking up home | realpath*failed`},
		}},
		{general, "SFTP servers and clients: requests", inSSH, []phrase{
			{only(CauseSetstatNotSupported, CauseOperationUnsupported), strong + 20, anywhere, `
			setstat | setting the permissions | setting*timestamp | modify file attributes | set file attributes |
			set*modification time | utimes | set mtime | set attributes | preserve*time | set permissions
			& !by the server is fine`},
			{only(CauseOperationUnsupported, CauseExtensionNotSupported), strong, anywhere &^ atChmod, `
			operation unsupported | op_unsupported | unsupported operation | not supported | not implemented |
			unsupported request
			& !setstat | protocol version | key`},
			{ranking{{atRename, []Cause{CauseRenameRefused, CauseExtensionNotSupported, CauseOperationUnsupported}}}, strong, atRename, "unsupported | not supported"},
			{only(CauseExtensionNotSupported), strong, anywhere, `
			unsupported extension | posix-rename | statvfs | unknown extended | extended request |
			append*not supported | incompatibility was detected | unsupported flags | copy-data`},
			{only(CauseMkdirNotPermitted, CauseNoWritePermission), strong, atMkdir, "creat*{no} | folder*{no} | director*{no}"},
			{only(CauseRenameRefused), decides, atRename, "cross-device | cross device | same file system | same filesystem | different file system | different volume | not same device"},
			{only(CausePathRootDiffers, CauseNoListPermission), strong + 10, anywhere, "outside*home | outside*root | outside of your | above*root"},
			{only(CauseQuotaExceeded), strong + 10, atGet, "download*limit | download*quota"},
			{only(CauseServiceUnavailable, CauseServerError), strong, anywhere, "serverbusy | server is busy | server busy | too busy | overloaded | request rate | currently unable to | slow down | throttl"},
			{only(CauseFalseSuccess, CausePostUploadPickup), decides, atPut, "reported as success"},
			{only(CauseClientPipeliningTooAggressive, CauseControlConnectionLost), strong, atGet, "certain files | very slow download | dropped after"},
			{only(CauseQuotaExceeded, CauseGenericFailure), strong, anywhere, "status 15"},
			{only(CauseControlConnectionLost), strong, atQuit, "reset | closed | lost | logoff | logout"},
		}},
		{general, "OpenSSH started by inetd or as a forced command, FreeBSD, Apache MINA, rssh, Gitea", inSSH, []phrase{
			{only(CauseServerMisconfigured), decides + 5, atConnect | atKex, `
			no hostkeys available | no host keys available | privilege separation directory | privilege separation user |
			bad configuration option | could not load host key | unable to load host key`},
			{only(CauseAccountNotAuthorized, CauseSourceIPNotAllowlisted), strong + 20, atLogin, "you are not allowed to connect | logins not available"},
			{only(CauseAccountNotAuthorized), strong + 20, atLogin | atSession, "sftp*not enabled for | sftp*not allowed for | sftp*disabled for | sftp*not permitted for"},
			{only(CauseServiceUnavailable), strong + 10, atConnect | atKex | atLogin, "is restarting | trial*expired | license*expired | licence*expired"},
			{only(CauseIdleTimeout), decides, anywhere, "timed out idling"},
			{only(CauseIdleTimeout, CauseReplyTimeout), strong + 10, atLogin, "before authentication | waiting for authentication | login timeout"},
			{only(CauseProtocolError), decides, atLogin, "change of username or service"},
			{only(CauseAccountNotAuthorized), strong + 20, atLogin | atSession, `
			please login as the user | please log in as the user | does not provide shell access | restricted by rssh`},
		}},
		{general, "Windows error texts, cloud storage and managed services: what stands behind a request", inSSH, []phrase{
			{only(CauseFilenamePolicy), decides, atRequest, "volume label syntax is incorrect | filename or extension is too long | illegal byte sequence"},
			{missing, strong, atRequest, "could not be found | cannot be found | can't be found"},
			{only(CauseServerMisconfigured, CauseServerError), strong + 20, atRequest, "nosuchbucket | ~bucket*{gone} | no such bucket | no such container"},
			{only(CauseServerError), strong + 20, atRequest, `
			network path was not found | network name is no longer | network name cannot be found | i/o device error |
			~i/o error | device is not ready | connection refused | connectexception | unknownhostexception |
			file system is not available | file system*unavailable | filesystem*unavailable |
			transport endpoint is not connected | host is down | no such device | storage*timed out | timed out*storage |
			backend*timed out | timed out*backend`},
			{only(CauseFilenamePolicy), strong + 10, atPut | atMkdir | atRename, "is banned"},
			{only(CauseContentRejected, CauseServerError), decides - 5, atTransfer | atRename, `
			~virus | ~viruses | anti-virus | antivirus | malware | trojan | eicar | infected | quarantine | ~dlp~ | ~icap~ |
			data loss prevention | content scan | content filter | content check | content inspection | content*rejected |
			content*refused | content*blocked | threat detected | threat found | unwanted software | schema validation |
			failed validation | validation failed | not*well-formed | invalid xml | ~pgp | ~gpg | must be signed | encrypted archive
			& !scanner*{gone} | scan*{gone} | engine*{gone} | icap*{gone} | antivirus*{gone} | scan*timed out | scan*timeout`},
			{only(CauseServerError), strong + 20, atTransfer | atRename, "scanner*{gone} | scan service*{gone} | scan engine*{gone} | icap*{gone} | antivirus*{gone}"},
			{only(CauseServerError), strong + 20, atRequest, "too many*handles | no free handles | handles*exhausted"},
			{only(CauseServerError, CauseNoWritePermission), strong + 20, atRequest, `
			being written | being uploaded | being processed | still in progress | being used by | by another session | by another client | checked out by |
			lease on the | leased by`},
			{ranking{
				{atMkdir, []Cause{CauseMkdirNotPermitted, CausePathRootDiffers}},
				{atRename, []Cause{CauseRenameRefused, CausePathRootDiffers}},
				{atPut, []Cause{CauseNoWritePermission, CausePathRootDiffers}},
			}, strong + 20, atPut | atMkdir | atRename, "root folder | root directory | root level | top level | top-level & {no} | may not | can't | cannot"},
			{ranking{
				{atPut, []Cause{CauseFileExists, CauseNoWritePermission}},
				{atRename, []Cause{CauseRenameRefused, CauseNoWritePermission}},
				{atDelete | atRmdir, []Cause{CauseDeleteNotPermitted}},
			}, strong + 20, atPut | atRename | atDelete | atRmdir, `
			~worm~ | immutable | immutability | retention policy | retention period | legal hold | object lock |
			cannot be overwritten | can not be overwritten`},
		}},
	}
}
