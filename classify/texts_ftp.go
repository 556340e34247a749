package classify

// ftpPhrases are sentences of the FTP family that several servers share.
func ftpPhrases() []phrases {
	return []phrases{
		{general, "wording of FTP servers: TLS before login", inFTP, []phrase{
			{only(CausePlainFTPRefusedNeedsTLS), strong + 30, atLogin, `
			{plain}*{no} | {plain}*not*accepted | {tls}*{need} | {need}*{tls} | without*{tls}*{no}
			& !data c | certificate | handshake | negotiat | policy requires | username | user name`},
			{only(CausePlainFTPRefusedNeedsTLS), decides, atLogin, "{plain}*{no} | not accept*{plain} | not allow*{plain} | no*{plain}*login & !data c | certificate | user does not"},
			{only(CauseClientCertRequired), decides, atLogin, `
			client certificate*{need} | client cert*{need} | {need}*client cert | no client certificate |
			client certificate*missing | user certificate*{need} | no valid certificate | no certificate*presented | certificate*is required | certificate*is mandatory |
			certificate*not presented | certificate*not sent`},
			{only(CauseMultiFactorRequired), decides, atLogin, `
			one-time*{need} | one-time code | one time code | one time password | ~otp~ | two-factor | 2-factor | ~2fa~ | ~mfa~ | multi-factor |
			multifactor | second factor | second-factor | verification code | passcode*{need} | authenticator | push notification |
			phone authentication | token code | tokencode | enter*passcode | enter*~pin~ | approve*phone | approve*login | approve*sign-in | confirm*on your phone`},
			{badLogin, strong + 20, atLogin, "check*username | check*user name | check*password | username or password | user name or password | password or user & !expired | locked"},
			{only(CauseProtPMissing), strong + 30, atData | atList, `
			data c*{tls}*{need} | {need}*{tls}*data c | data c*{plain}*{no}
			& !reuse | resum | session | certificate`},
			{only(CauseDataTLSFailed, CauseTLSSessionReuseRequired), strong + 40, atData | atList, `
			data c*{tls}*{fail} | {tls}*data c*{fail} | {fail}*{tls}*data c | negotiation*data c
			& !reuse | resum | required | protected`},
			{only(CausePlainFTPRefusedNeedsTLS), decides, atLogin | atSetup | atPath, `
			without a secure | without secure | without encryption | without tls | without ssl |
			must use encryption | use auth first | ~auth~*first | cleartext session | plain ftp | over tls | over ssl |
			unencrypted connection | insecure connection | non-secure | unsecured | encrypted connection*required |
			encryption*required | encryption is mandatory | reconnect using | control channel | clear text*not |
			ssl is required | tls is required | ssl required | tls required | ssl/tls required | requires tls |
			requires ssl | only tls | only ssl | only ftps | tls connections only | ssl connections only | tls only |
			ssl only | requires encryption | secure connection required | tls mandatory | use tls | use ssl |
			login*only*tls | requires a secure
			& !data channel | data connection | policy requires`},
			{only(CausePlainFTPRefusedNeedsTLS), strong, anywhere, `
			requires ssl for*control | ssl for control | ssl for credentials | tls*before login | auth tls*before |
			non-anonymous sessions must`},
			{ranking{
				{atLogin, []Cause{CauseProtPMissing, CausePlainFTPRefusedNeedsTLS}},
				{atAuth | atConnect, []Cause{CausePlainFTPRefusedNeedsTLS, CauseServerCertNotConfigured}},
				{anywhere, []Cause{CauseProtPMissing, CausePlainFTPRefusedNeedsTLS}},
			}, hint, anywhere, "policy requires ssl | policy requires tls | all commands must be protected"},
			{only(CauseProtPMissing), decides, anywhere, `
			must be private | data channel*private | data*prot p | required on the data channel |
			protected data connection | ~prot p | encryption of the data*{need} | data*encryption*{need} | data connection*must be*encrypted | data channel*must be*encrypted |
			data*requires*encryption | ssl for data | tls for data | required for data | with this prot setting |
			data channel protection | prot command*must precede | secure data connection*required |
			data connection*required*tls
			& !not supported | rejected | refused | denied`},
			{only(CauseProtLevelRejected), strong, anywhere, `
			prot level | protection level | ~prot*not supported | prot*not allowed | prot*denied | prot*refused |
			commands must be protected | ccc*denied | ccc*not | denies ssl for data | unknown prot`},
			{only(CauseCommandBeforeLogin), strong, atProt, "pbsz*first | preceded by*pbsz | pbsz"},
		}},
		{general, "wording of FTP servers: login", inFTP, []phrase{
			{badLogin, strong, atLogin, `
			login incorrect | login failed | logon failure | log on failed | authentication failed |
			authentication failure | authentication error | authentication rejected | auth fail |
			failed to authenticate | not authenticated | invalid*password | invalid*credential | invalid*login |
			invalid*user | incorrect*password | incorrect*login | incorrect*credential | wrong*password | wrong*user |
			password not correct | password is wrong | password was wrong | password not accepted | password rejected | password refused | password*not valid | password is not correct |
			bad password | bad login | bad username | bad user | unknown user | user*unknown | user*not found |
			no such user | user*does not exist | unknown account | cannot log in | could not log in |
			unable to log in | can't log in | cannot login | not logged in | login was unsuccessful | login denied |
			login rejected | user*rejected | logon*rejected | password is incorrect | password*not match |
			credentials | login authentication | sign-in failed | sign in failed | log in failed | logon unsuccessful | log on unsuccessful |
			authentication incorrect
			& !plain | anonymous`},
			{badLogin, strong + 25, atLogin, "empty password | blank password | password*is empty | password*is blank | password length | password*too short & !restriction | new password"},
			{only(CauseAnonymousRefused), decides, atLogin | atConnect, `
			~anonymous*{no} | no anonymous | anonymous*not allowed | anonymous*not permitted | anonymous*disabled |
			anonymous*denied | anonymous*not supported | anonymous*refused | anonymous*not accepted |
			not*allow*anonymous | no*anonymous*access | private system | anonymous is not
			& !non-anonymous | oops`},
			{only(CauseAccountNotAuthorized), decides, atLogin, `
			anonymous only | only anonymous | valid shell | not allowed to log | not allowed to login |
			not permitted to log | not authorized to log | no permission to log | may not log | login not permitted |
			not granted the requested logon | ftp access*disabled | ftp*not enabled*account | not a member of |
			ftp*not enabled for | ftp*disabled for | only use sftp | sftp only | sftp account | may only use | not a ftp user | not an ftp user |
			ftp*no longer supported | ftp*no longer available | ftp*no longer offered | no longer*plain ftp | please use sftp | use sftp instead | use sftp on port | connect with sftp instead |
			only be used via | only be used with | only*via https | only*via sftp | only*using sftp | https only | web only |
			outside of*allowed*time | not allowed to use ftp | not have*permission to log
			& !unencrypted | insecure | in from | login from | your ip | ip address`},
			{only(CauseAccountNotAuthorized, CauseBadCredentials, CauseLoginRefused), strong, atLogin, `
			assume role | assume the role | authorization rules | closing control connection | access denied*user | not authorized | can't trust |
			service*not*account`},
			{only(CauseAccountNotAuthorized, CauseLoginRefused), strong + 15, atLogin, "denied by*policy | refused by*policy | rejected by*policy | ~ident required | ~ident mismatch"},
			{only(CauseAccountLocked, CauseAccountNotAuthorized), strong + 20, atLogin, `
			~validity | suspended | deactivated | intruder | account is not enabled | that account is not enabled | validity period | no longer valid | ~revoked | is locked | temporarily blocked | ~inactive
			& !certificate | key`},
			{only(CauseAccountLocked), decides, atLogin, `
			account*disabled | account*locked | account*suspended | account*inactive | account*deactivated |
			account*blocked | user*disabled | user*locked | user*suspended | user*deactivated | locked out |
			account*frozen | account*is not active`},
			{only(CausePasswordExpired), decides, atLogin, `
			password*expired | expired password | password*must be changed | must change*password |
			change your password | password change | new password required | account*expired | user*expired |
			pwd expired | password has*run out | agepwd | expiration date | expiry date | account*has expired | login*has expired | login expired`},
			{only(CausePasswordExpired), decides, anywhere, `
			must change*password | change your password | password must be changed | password change*{need} | {need}*password change |
			password has expired | password is expired | password expired | your initial password | set a new password | choose a new password | password must be reset | must reset*password |
			new password*{need} | site pswd | site cpwd | site password`},
			{only(CauseHomeDirectoryInaccessible), decides, atLogin | atSession, `
			home directory*{gone} | home dir*{gone} | home folder*{gone} | home path*{gone} | user directory |
			user's directory | home directory*not | home directory inaccessible | home directory lookup |
			home dir*not | home folder*not | home*not available | home*inaccessible | unable to change*home |
			cannot change directory to*home | unable to*chroot | could not chroot | root directory*not |
			root dir*not | initial directory*not | default directory*not | cannot access home | no home directory |
			unable to set up a secure chroot | start directory*not | login directory*not | directory*unreachable |
			{fail}*change directory | {fail}*change*root | {fail}*chdir | chdir*{fail} | {fail}*~cwd | {fail}*home dir | invalid home | base directory | root is inaccessible |
			root*not accessible
			& !writable`},
			{only(CauseServerMisconfigured, CauseServerError), strong + 10, atLogin, `
			{fail}*set*~uid | {fail}*set*~gid | {fail}*setuid | {fail}*seteuid | {fail}*setgid | {fail}*initgroups | {fail}*guest privileges |
			unable to switch | {fail}*switch capabilities`},
			{only(CauseServerMisconfigured, CauseServerError), strong + 10, atConnect, "chroot*{fail} | {fail}*chroot"},
			{only(CauseAccountRequired), decides, atLogin, `
			need account | account required | acct required | supply an account | account for login`},
			{only(CauseVirtualHostNameRequired), decides, anywhere, `
			valid hostname is expected | host name*expected | hostname*required | host name*required |
			hostname didn't match | no ftp site*name | unknown virtual host | unknown host name | send host |
			user@host | username@host | user@site`},
			{only(CauseTooManyLoginFailures, CauseClientBanned, CauseAccountLocked), strong + 10, anywhere, `
			too many*login attempts | too many unsuccessful | too many*failed | too many*failures | too many*login failures | too many bad |
			too many*incorrect | too many*tries | too many*attempts | maximum login attempts |
			login attempts exceeded | maximum*attempts | too many authentication | repeated login failures |
			maximum number of*failed
			& !bad command | invalid command | unknown command`},
			{ranking{
				{atLogin, []Cause{CauseBadCredentials, CauseLoginRefused, CauseCommandBeforeLogin}},
				{atConnect | atAuth, []Cause{CauseAuthTLSNotSupported, CauseCommandBeforeLogin}},
				{anywhere, []Cause{CauseCommandBeforeLogin}},
			}, strong, anywhere, `
			please login | please log in | login with user | log in with user | login first | log in first |
			not logged in | aren't logged in | must log in | must login | login required | you must be logged`},
			{only(CauseCommandBeforeLogin), decides, anywhere, `
			pasv first | port first | use port or pasv |
			rnfr first | need rnfr | rnfr required | rnfr before | user first | send user
			& !illegal port | illegal eprt`},
			{only(CauseCommandBeforeLogin), strong, anywhere, "bad sequence | wrong sequence | sequence of commands | out of sequence & !illegal port | illegal eprt"},
			{only(CauseSessionLimitAsAuthFailure, CauseBadCredentials), strong, atLogin, "at random & authentication | login | auth"},
			{only(CauseSessionLimitAsAuthFailure), decides, atLogin, `
			too many*sessions | too many open sessions | maximum*sessions | session limit
			& authentication failed | login incorrect | login failed | invalid password`},
		}},
		{general, "wording of FTP servers: TLS on AUTH", inFTP, []phrase{
			{only(CauseAuthTLSNotSupported), decides, atAuth | atConnect | atSetup | atLogin, `
			~auth*{no} | command*auth | ~auth*not understood | ~auth*not supported | ~auth*not implemented |
			~auth*unrecognized | ~auth*not recognized | ~auth*unknown | ~auth*disabled | ~auth*not allowed |
			unknown auth | security mechanism not | security scheme is not | security extension*not |
			tls*not supported | tls*not enabled | tls is disabled | ssl*not supported | ssl*not enabled |
			ssl is disabled | does not support*tls | does not support*ssl | does not support*secure |
			tls not available | ssl not available | authentication mechanism*not
			& !prot level | certificate | local policy | authentication | version | remote error | alert`},
			{only(CauseServerCertNotConfigured), decides, anywhere, `
			certificate*not configured | certificate file*missing | certificate is missing | no certificate*configured | no certificate*available |
			no certificate*installed | no certificate*assigned | certificate was not found |
			certificate*could not be loaded | unable to load*certificate | private key*not found |
			local policy on server does not allow | certificate*key mismatch | certificate*not match*key | key*not match*certificate |
			server certificate*expired | initiali*tls*{fail} | {fail}*initiali*tls | {fail}*initiali*ssl | ssl initialization failed | tls initialization failed |
			unable to initialize tls | unable to initialize ssl | tls*not configured | ssl*not configured |
			certificate hash | can't initialize*tls`},
			{only(CauseTLSHandshakeFailed, CauseTLSVersionMismatch, CauseServerCertNotConfigured), strong, anywhere, `
			tls negotiation failed | ssl negotiation failed | failed tls negotiation | failed ssl negotiation |
			tls handshake failed | ssl handshake failed | ssl_accept | negotiation*failed
			& auth | tls | ssl`},
		}},
		{general, "wording of FTP servers: data connections", inFTP, []phrase{
			{only(CauseTLSSessionReuseRequired), decides, anywhere, `
			session was not reused | session not reused | not reused | must be reused | session reuse |
			session re-use | not resumed | not*resumed | cached tls session | cached ssl session | require_ssl_reuse |
			session resumption | resumption required | reuse*tls session | reuse*ssl session |
			tls session of data connection | ssl session*not match | tls session*not match | session id*reuse`},
			{only(CauseTLSSessionReuseRequired, CauseDataConnNotAccepted, CauseDataTLSFailed), strong, atData | atList, "data connection: operation not permitted"},
			{only(CauseDataConnSourceIPMismatch), decides, anywhere, `
			not the control address | not*control connection's | control address
			& peer | rejecting`},
			{only(CauseDataConnSourceIPMismatch), decides, anywhere, `
			port theft | data connection from other | connection from another | connection from other host | connection from a different |
			from different host | stolen | hijack | bad ip connecting | from foreign address |
			connection from a foreign | did not match the data channel | ip*does not match*control |
			address*does not match*control | data*different*ip | data*different*address | peer address*mismatch |
			didn't match the client ip | data connection hijack | security: bad ip
			& !cached`},
			{only(CausePortPrivateAddress, CauseActiveRefused), decides, anywhere, `
			won't open a connection | will not open a connection | to foreign address | ports < 1024 |
			port*below 1024 | private*address*port command | bounce attack | ftp bounce | not same as |
			port*not match*client | address*not match*client | port*different from*client | invalid address given | address is not yours | not your address |
			server cannot accept argument`},
			{only(CausePortPrivateAddress, CauseActiveRefused), strong, anywhere, `
			illegal port | illegal eprt | invalid port command | bad port command | port command failed |
			can't connect to specified address | port command*invalid | invalid port | port*rejected | eprt*invalid |
			illegal address`},
			{only(CauseActiveRefused), decides, anywhere, `
			~port is disabled | ~eprt is disabled | port mode is disabled | active mode*{no} | active ftp*{no} |
			active transfer*{no} | port command*{no} | active mode is disabled | active mode*not allowed |
			active mode*not supported | active*disabled | active ftp*not | port command is not |
			port*command not supported | only passive | use passive mode | passive mode only | port mode*not`},
			{only(CauseActiveModeBlocked, CausePortPrivateAddress), strong, anywhere, "from port 20 | port 20~"},
			{only(CauseActiveModeBlocked, CausePortPrivateAddress), strong, anywhere, "active mode & never arrives | not arrive | blocked | no connection | fails"},
			{only(CauseServerPASVBindFailure), decides, anywhere, `
			{fail}*listen on | {fail}*listen for | {fail}*to listen | {fail}*socket listen | no available listen | no listening port |
			no free ports | no free passive | no available passive | no passive*free | no passive*available | no free data | no ports left | ports*exhausted | ports*{many} | ports*~in use | no passive port | port range*full |
			unable to listen | cannot bind | can't bind | could not bind | couldn't bind | unable to bind |
			bind failed | bind error | cannot assign requested | no free port | no usable port | no available port |
			no ports available | no port available | ports are busy | ports*busy | port range*exhausted |
			address already in use | unable to open a passive | couldn't open passive | can't open passive |
			cannot open passive | could not create socket | can't create passive | failed to open passive |
			vsf_sysutil_bind | no more passive ports | unable to allocate*port
			& !bind listening`},
			{only(CauseServiceUnavailable, CauseServerPASVBindFailure, CauseIdleTimeout), strong + 10, atPassive, "421 timeout | 421 time-out | 421 timed out"},
			{only(CausePassiveRefused), strong, atPassive, `
			passive*{no} | pasv*{no} | passive*not allowed | passive*disabled | pasv*not allowed | pasv*disabled |
			passive mode*not supported | pasv*not understood | pasv*refused`},
			{only(CauseEPSVNotSupported), decides, atPassive, `
			~epsv*{no} | ~epsv*not recognized | epsv*not understood | epsv*unknown | epsv*not supported |
			epsv*not implemented | epsv*unsupported | not recognized*epsv | unknown*epsv |
			network protocol not supported | only ipv4 | please use*pasv`},
			{only(CauseEPSVNotWorking, CausePassivePortsBlocked), decides, atList | atGet | atPut | atData, `
			~epsv*pasv does | epsv*pasv works | epsv*pasv ok | extended passive*fail | extended passive*timed out |
			extended passive*timeout | failed epsv | epsv*failed | epsv*timed out | epsv*not come up |
			disabling epsv`},
			{only(CausePASVPrivateAddress, CausePassiveAddressWrong), decides, anywhere, `
			unroutable address | unreachable address | unroutable | private address*passive |
			passive*private address | internal address*passive | passive*internal address | passive*loopback`},
			{only(CausePASVPrivateAddress, CausePassiveAddressWrong, CausePassivePortsBlocked), strong, anywhere, `
			entering passive*differs | passive*address differs | address differs from control | differs from control`},
			{only(CauseALGRewritesPASV, CausePassiveAddressWrong), decides, anywhere, `
			entering passive*log shows | passive*server log | passive*rewritten | rewrites*pasv | pasv*rewritten`},
			{only(CauseFTPSALGBlind), decides, anywhere, "through the alg & ftps | tls | ssl"},
			{only(CauseFTPSALGBlind, CausePassivePortsBlocked), strong + 10, atData | atList, `
			plain ftp*fine | plain ftp*works | plain ftp*ok | clear ftp*works
			& firewall | tls | ftps | hang | alg`},
			{only(CauseFTPSALGBlind, CausePassivePortsBlocked), strong, anywhere, "plain ftp*works*ftps*fail | plain ftp works*tls fails"},
			{only(CausePassiveReplyMalformed), decides, anywhere, `
			malformed pasv | malformed passive | invalid pasv | cannot parse pasv | parse*227 | parse*229 |
			weird 227 | malformed 227 | no port in*229 | invalid passive`},
			{only(CausePassivePortsBlocked, CauseDataConnNotAccepted, CauseActiveModeBlocked, CauseTLSSessionReuseRequired), strong, atData | atList, `
			can't open data | cannot open data | could not open data | couldn't open data | unable to open data |
			can't open passive connection | failed to establish connection | failed to establish data |
			can't establish data | data connection*timed out | data connection*failed | data connection could not |
			can't build data | cannot build data | unable to build data | no data connection |
			unable to make data connection | data channel timed out | can't create data | cannot connect*data |
			accept tcp | operation now in progress
			& !protected | not permitted | resumed | while transfer`},
			{only(CausePassivePortsBlocked), strong, atList | atData, `
			entering passive*timed out | entering passive*timeout | passive*connection timed out | accept*timeout`},
			{only(CauseConnectionResetMidTransfer, CauseTransferAborted), strong, atData, `
			lost data connection | lost the data connection | network stream | write to data connection | read from data connection | data connection*reset |
			data connection closed | data connection lost`},
			{ranking{{atPassive | atData, []Cause{CauseControlConnectionLost, CausePassiveRefused, CauseALGRewritesPASV}}, {anywhere, []Cause{CauseControlConnectionLost}}}, strong, atPassive, "control-socket | control socket | after pasv"},
			{only(CauseTransferStalled), decides, atData | atTransfer, "data timeout. reconnect | timeout (no new data"},
			{only(CauseActiveModeBlocked, CausePortPrivateAddress, CauseDataConnNotAccepted), strong + 40, atData, "425*data connection*refused | 425*connect*refused"},
			{only(CausePassivePortsBlocked, CauseDataConnNotAccepted), strong + 40, atData, "passive data channel timed out | passive*channel*timed out"},
			{only(CauseActiveModeBlocked, CausePortPrivateAddress), strong + 40, atData, "active data channel timed out | active*channel*timed out"},
		}},
		{general, "wording of FTP servers, gateways and filters: contents", inFTP, []phrase{
			{only(CauseContentRejected), decides - 5, atTransfer | atData | atRename | atStat, `
			content polic | content rule | not a valid*document | not*well-formed | invalid xml | ~pgp | ~gpg | unencrypted file | unencrypted data |
			files must be signed | file*not signed |
			~virus | ~viruses | anti-virus | antivirus | malware | trojan | eicar | infected | quarantine | ~dlp~ | ~icap~ |
			data leak | data loss prevention | content scan | content filter | content check | content inspection | content analysis |
			content*rejected | content*refused | content*blocked | content*forbidden | content*not allowed | content*not accepted |
			threat detected | threat found | schema validation | failed validation | validation*{fail} | confidential data |
			sensitive data | encrypted archive | protected archive | ウイルス | 病毒 | вирус
			& !no such | not found | does not exist | permission denied | access denied | scanner*{gone} | scan*{gone} | engine*{gone} | icap*{gone} | antivirus*{gone} | certificate`},
			{only(CauseContentRejected), decides, atTransfer, `
			virus found | virus detected | malware found | malware detected | threat found | threat detected | virus*removed | virus*deleted | is infected | was infected | quarantined | to quarantine | into quarantine
			& !no virus | no malware | no threat | not infected | not found | never | ~if~ | 0 files | 0 infected | permission denied | access denied | {gone}`},
			{only(CauseServerError), strong + 20, atTransfer | atData | atRename, "~scan*{gone} | scanner*{gone} | scan service*{gone} | engine*{gone} | icap*{gone} | antivirus*{gone}"},
		}},
		{general, "wording of FTP servers: commands, listings and replies", inFTP, []phrase{
			{only(CauseMLSDNotSupported, CauseCommandNotSupported), decides, anywhere, `
			~mlsd*not understood | mlsd*not recognized | mlsd*unknown | mlsd*not supported | mlsd*not implemented |
			mlsd'*not | mlst*not understood | mlst*unknown | mlst*not supported`},
			{notKnown, strong, anywhere, `
			unknown command | command*disabled | not understood | command not recognized | not recognized |
			unrecognized command | command unrecognized | unrecognised command | not implemented | command*disabled |
			command*not supported | command filtering | unknown site command | not supported by this server |
			invalid command | bad command
			& !parameter | security | mechanism | type~ | prot level | authentication`},
			{only(CauseParameterNotSupported), strong, atSetup, `
			unsupported type | unknown type | bad mode | bad stru | unrecognized*type | invalid parameter |
			parameter not | not implemented for that parameter | invalid argument | option*not | bad argument |
			missing argument | unrecognised type`},
			{only(CauseRemoteDirMissing, CauseHomeDirectoryInaccessible, CauseCommandNotSupported), strong, atList, "check for file existence"},
			{only(CauseSizeInASCII), decides, anywhere, `
			~size*binary mode | size*in binary | size not allowed in ascii | size*ascii | ascii*size |
			could not get file size in ascii`},
			{only(CauseEmptyDirAsError, CauseRemoteDirMissing), strong, atList, `
			no files found | empty folder | empty directory | directory is empty | no files matched |
			no matching files | on an existing empty | no entries`},
			{only(CauseNonstandardReplyCode), strong, anywhere, `
			125*250 list | format differs | nonstandard | non-standard | unexpected reply code | list started*250`},
			{only(CauseProtocolError, CauseNonstandardReplyCode, CauseReplyDesync), strong + 15, anywhere, `
			protocol violation | unparsable | malformed reply | malformed server reply | unexpected reply |
			invalid reply | invalid server reply
			& !ssh-`},
			{only(CauseReplyDesync), decides, anywhere, `
			extra 226 | second 226 | out of step | out of sync | two replies | duplicate 226 | followed by an extra |
			226 much later`},
			{only(CauseWrongProtocolOnPort), decides, anywhere, `
			ssh-2.0 | ssh-1. | http/1 | http proxy | ~http server | ~imap | ~pop3 | ~mysql | ~rsync | <html | smtp |
			esmtp
			& !publickey`},
			{only(CauseServerMisconfigured, CauseServerError), strong, atLogin | atConnect, "~oops"},
			{only(CauseServerError, CauseServerMisconfigured), strong - 1, anywhere, "~oops"},
			{only(CauseClosedBeforeGreeting, CauseServiceUnavailable, CauseServerConnectionLimit), strong, atConnect, "remote server has closed connection | connection closed by*before"},
			{only(CauseServerConnectionLimit), strong, atConnect, "second connection | one client only | single connection"},
			{only(CauseIdleTimeout), strong, atNoop | atSetup | atPath, "timed out | timeout"},
			{only(CauseRenameRefused, CauseRenameTargetExists, CauseNoWritePermission), strong, atRename, `
			renam*{no} | rename failed | can't rename | cannot rename | could not rename | rename permission |
			rename/move failure | rename*denied | rename*not allowed`},
			{only(CauseDeleteNotPermitted), strong, atDelete, `
			delet*{no} | remov*{no} | delet*blocked | remov*blocked | object lock | insufficient*delet | cannot be deleted | cannot be removed | can't be deleted | can't be removed | under retention | delete*denied | delete*not allowed | permission to delete |
			not allowed to delete`},
			{only(CauseMkdirNotPermitted), strong, atMkdir, `
			creat*{no} | mkdir*{no} | permission to create | not allowed to create | cannot create folder |
			can't create directory
			& !exist | no such`},
			{only(CauseNoListPermission), decides, atList, `
			~listing*{no} | ~list*{no} | list permission | not allowed to list | listing*denied |
			listing*not allowed | permission to list | dirlist*denied`},
			{only(CauseChmodNotPermitted, CauseCommandNotSupported), strong, atChmod | atSetup, "chmod*failed | chmod*denied | chmod*not | change perms | change*permission"},
			{only(CauseServerError, CauseTransferAborted), strong, atPut | atGet | atList, `
			file unavailable*file busy | (e.g., file busy) | file server lost | interrupted system call`},
			{only(CauseNoWritePermission, CauseRemoteDirMissing, CauseFilenamePolicy), hint, atPut, `
			could not create file | cannot create file | can't create file | unable to create file |
			failed to open file | can't open that file | cannot open file | unable to open file |
			couldn't open the file | upload denied | upload*not permitted | upload*denied | cannot store |
			can't store
			& !extension`},
			{only(CauseFileNotFound, CauseNoReadPermission), hint, atGet | atStat, `
			failed to open file | can't open | cannot open | unable to open | could not get file size |
			not retrievable | can't find file size`},
			{only(CauseNoReadPermission), strong, atGet, "unretrievable | not retrievable"},
			{only(CausePathRootDiffers), decides, anywhere, `
			outside*root directory | outside*home | above*root | path*outside | no data sets found`},
		}},
	}
}
