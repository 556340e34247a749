package classify

// generalPhrases are words that systems and people use everywhere: the texts of errno, of sockets,
// and the plain English of a refusal.
func generalPhrases() []phrases {
	return []phrases{
		{general, "errno texts, Windows error texts and common wording: storage", inAny, []phrase{
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, `
			no space left | enospc | no storage left | no room left | card full | card is full | flash full | storage full | memory full | disk full | disk is full | disk*~full~ | drive*~full~ | volume*~full~ |
			filesystem*~full~ | file system*~full~`},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, `
			not enough*space | insufficient*space | insufficient*storage | not enough storage | out of disk |
			out of space | out of storage | no disk space | no free space | low disk | disk space*low`},
			{only(CauseQuotaExceeded), decides, anywhere, `
			maximum number of files | too many files | max*files*folder | file count*{many} |
			quota*exceed | exceed*quota | over quota | over*quota~ | exceeded storage | storage allocation |
			allocation exceeded | quota*reached | quota*exhausted | quota*full | disk quota | storage limit*reached |
			storage limit*exceeded
			& !space or quota | expected`},
			{only(CauseQuotaExceeded), strong, anywhere, "~quota | edquot"},
			{only(CauseQuotaExceeded, CauseDiskFull), strong + 10, atPut | atMkdir | atRename | atData, `
			~allowance | over*~limit~ | upload limit | used up | webspace | web space | limit of your*{many} | your*limit*{many} |
			{many}*your limit | limit for this*{many} | limit for your*{many} | limit of*~files
			& !size | rate | connection | session | login`},
			{only(CauseFileSizeLimit, CauseQuotaExceeded), strong, anywhere, `
			file too large | file*too big | file is too large | exceeds*maximum*size | exceeds*size limit`},
			{only(CauseFileSizeLimit), decides, anywhere, `
			maximum*file size | dateigro*limit | max*file size | file size limit | maximum*upload*size | max*upload*size |
			file size exceed | upload size limit | size limit*exceeded`},
		}},
		{general, "errno texts and common wording: names and rights", inAny, []phrase{
			{denied, strong, anywhere, `
			permission denied | permission*denied | access denied | access is denied | denied*access |
			operation not permitted | eacces | eperm
			& !(publickey | (password | (keyboard`},
			{denied, strong, anywhere, `
			not enough privileges | insufficient*privilege | insufficient*permission | insufficient*rights |
			insufficient*access | no permission | not have*permission | not have*privilege | not have*right |
			lacks*permission | not have access | no access | not authorized | not authorised | unauthorized |
			no privilege | no rights | without permission | not enough authority`},
			{denied, strong - 15, anywhere, `
			not allowed | forbidden | prohibited | not permitted | disallowed | may not | refused by policy | denied
			& !(publickey | (password | (keyboard | login | log in | logon | auth | tls | ssl | ip~ | address |
			connection`},
			{denied, hint, anywhere, "restricted | not allowed | forbidden | disabled by*admin | policy | only the owner | only*may read | only*may write"},
			{missing, strong, anywhere, `
			no such file | file not found | not found | does not exist | doesn't exist | do not exist | not exist |
			cannot find | can't find | could not find | couldn't find | unable to find | enoent | nonexistent |
			non-existent
			& !host not found | user not found | no such user`},
			{only(CauseRemoteDirMissing, CausePathRootDiffers), strong, atPut | atList | atPath | atMkdir | atRmdir | atRename | atData, `
			no such directory | directory not found | no such folder | folder not found | path not found |
			no such path | cannot find the path | directory*does not exist | directory*doesn't exist |
			folder*does not exist | path*does not exist | failed to change directory | change directory*failed |
			new director`},
			{taken, strong, anywhere, `
			already exist | file exists | directory exists | folder exists | exists already | ~dupe | is a duplicate | eexist | target exists | destination exists |
			name*already*use | duplicate name
			& !verify | ensure | make sure | check that | check if | check whether`},
			{only(CauseFileExists, CauseNoWritePermission), decides, atPut, `
			overwrit*not allowed | overwrit*not permitted | overwrit*denied | overwrit*disabled | cannot overwrite |
			can't overwrite | may not overwrite | not*permission to overwrite | no overwrite`},
			{only(CauseNotAFile), decides, anywhere, `
			is a directory | not a directory | is a folder | not a plain file | not a regular file | not a file |
			only retrieve regular files | can't download director | cannot download director | can't retrieve director | cannot retrieve director | eisdir | enotdir | is not a folder`},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "not empty | enotempty | is non-empty | contains files"},
			{only(CauseFilenamePolicy), decides, anywhere, `
			name too long | enametoolong | filename too long | path too long | path is too long |
			only*files*accepted | only*files*allowed | only files with | hidden file | dot file | dotfile | leading dot | begin*with a dot |
			prohibited file name | prohibited directory name | extension*denied | extension*blocked | extension*banned | file type*banned |
			extension*not allowed | extension*forbidden | file type*not allowed | file type*blocked |
			file type*denied | extension*not permitted | file type*not permitted | filename (deny) | filename (accept) |
			name*must not | name*must begin | name*must end | name*may not | names*cannot be created | label syntax | name*syntax is incorrect
			& !already exist`},
			{only(CauseFilenamePolicy), decides, anywhere, `
			invalid file name | invalid filename | filename*invalid | file name*invalid | illegal file name |
			illegal filename | illegal character | invalid character | file name*not valid | filename*not valid |
			bad file name | forbidden filename | file name not allowed | not a valid file name |
			not a valid filename | not a valid pathname | forbidden*extension | forbidden file |
			filename*not allowed | name*not match*pattern | name*not match*mask | reserved*name`},
			{only(CauseFilenamePolicy, CauseNoWritePermission), strong, atPut | atMkdir | atRename, `
			name*not valid | name*is invalid | name*not permitted | ~reserved | name*not acceptable | title*not acceptable | path not allowed | name*not allowed | not an allowed*name | request filtering |
			hidden segment`},
			{only(CauseFilenamePolicy, CauseParameterNotSupported), strong + 15, anywhere, "forbidden command argument"},
			{only(CauseReadOnlyServer, CauseNoWritePermission), strong, anywhere, `
			read-only | read only | readonly | write protect | write-protect | write*disabled | erofs |
			uploads*disabled | uploads*not allowed`},
			{only(CauseServerError, CauseNoReadPermission, CauseTransferAborted), strong, anywhere, `
			used by another process | used exclusively by | in use by another | file*~locked | locked by another | is locked by | resource busy | file*~in use |
			sharing violation | file busy | text file busy
			& !(e.g | not configured`},
			{only(CauseNoReadPermission, CauseQuotaExceeded), strong, atGet, "~ratio~ | ~credit~ | ~credits~ | upload first | send at least*first"},
			{only(CauseServerError, CauseDiskFull), strong, anywhere, `
			input/output error | too many open files | cannot allocate memory | stale*handle | internal error | internal server error | internal failure | unexpected error | resource failure | unknown error*occur | an error occur | error has occur |
			no storage attached | no usb | no disk | no medium | not inserted | not attached | unexpected network error | semaphore timeout | device is not ready | drive is not ready | network path was not found |
			storage*unavailable | device*unavailable | storage*offline | not mounted | unmounted |
			no slaves | no backend | storage node | connection to storage | connection to the storage | connection to backend | unhandled exception | database error | out of memory | local error | backend*error | system error |
			cannot be reached
			& !reset | tls: | ssl: | alert`},
			{only(CauseServerError), strong - 1, atTransfer | atList | atPath, "network name*no longer available | network name cannot be found"},
			{only(CauseDiskFull, CauseServerError, CauseQuotaExceeded), strong, atPut, `
			error*write to file | error*writing*file | write*file*failed | failure writing*file | failed writing |
			write error | error writing`},
		}},
		{general, "errno texts, Go, Java, .NET and Winsock wording: sockets", inAny, []phrase{
			{only(CauseDNSFailure), decides, anywhere, `
			no such host | name or service not known | not resolve*host | resolve host | unknown host |
			unknownhostexc | nodename nor servname | name resolution | host not found | getaddrinfo | ~enotfound |
			no address associated | nxdomain | server misbehaving | could not be resolved | cannot resolve |
			resolving*failed | dns*failed | dns*error | host is unknown | ~host *is unknown
			& !proxy | host key | reverse | your address`},
			{ranking{
				{atData | atPassive, []Cause{CausePASVPrivateAddress, CausePassiveAddressWrong, CauseHostUnreachable}},
				{anywhere, []Cause{CauseHostUnreachable}},
			}, decides, atConnect | atKex | atAuth, `
			no route to host | network is unreachable | network unreachable | host is unreachable | host unreachable |
			host is down | ehostunreach | enetunreach | noroutetohost | unreachable host | unreachable network |
			destination*unreachable`},
			{only(CausePASVPrivateAddress, CausePassiveAddressWrong, CauseHostUnreachable), strong, atData | atPassive, `
			no route to host | network is unreachable | host is unreachable | ehostunreach | enetunreach`},
			{refused, strong, anywhere, `
			connection refused | econnrefused | actively refused | refused the connection | refused*connection |
			connection*refused | ~connect to*refused | connect: refused | couldn't connect to server |
			failed to connect | unable to connect to port | no valid connections | could not connect to server
			& !unroutable`},
			{only(CauseConnectionRateLimited, CauseMaxStartupsThrottle, CausePortRefused), decides, atConnect | atKex, `
			refused*random | random*refused | refused*sometimes | sometimes*refused | refused*intermittent |
			intermittent*refused | refused after several`},
			{timedOut, strong, anywhere, `
			timed out | timed-out | timeout | time out | time-out | etimedout | not properly respond | no response |
			deadline exceeded | did not respond | does not respond
			& !idle | no operation | authentication time`},
			{reset, strong, anywhere, `
			connection reset | econnreset | reset by peer | forcibly closed | forced close | connection was reset |
			connection abort | econnabort | caused connection abort | broken pipe | epipe | push function |
			pull function`},
			{closed, strong, anywhere, `
			connection closed | closed by remote | closed by foreign | closed by the remote | unexpected eof | ~eof~ |
			unexpected end-of-file | unexpected end of file | connection lost | lost connection | server closed |
			socket closed | closed connection | closed network connection | closed the connection |
			terminated by server | session terminated | peer closed | connection is closed | closed unexpectedly |
			connection drop | connection*dropped | disconnected unexpectedly | client disconnects | closed at banner |
			closed by the server | aborted by the server | fin packet | closing connection. | connection was closed |
			closed without
			& !non-properly | closed*timeout | closing control | aborted transfer`},
			{only(CauseControlConnIdleDrop, CauseIdleTimeout, CauseTransferStalled), decides, atGet | atPut, "timeout*minutes | timed out*minutes | minutes*timeout | minutes*timed out"},
		}},
		{general, "common wording: limits, blocks and maintenance", inAny, []phrase{
			{only(CauseTooManyConnectionsPerIP, CauseServerConnectionLimit), decides, anywhere, `
			too many*connections | maximum*connections | maximum*clients | max*connections | connection limit |
			limit*connections | maximum*sessions | too many*sessions | too many*users | already connected |
			max*per ip
			& from this ip | from your ip | from your host | from your internet | from your address | for your host |
			your host are | per ip | per-ip | one ip | same ip | this ip | your ip | client ip | from ip | from this host | from this address | single ip |
			from your location | from the same`},
			{only(CauseConnectionRateLimited, CauseTooManyConnectionsPerIP), decides, atConnect | atKex | atLogin, `
			connection*~rate~ | ~rate*exceeded | ~rate limit | too many*connect*per minute |
			too many*connect*per second | connecting too fast | connections*too fast | too frequent | too quickly
			& !disk | transfer rate`},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, `
			no more than*sessions | no more than*connections | no more than*users | too many*connections | maximum*connection has been | maximum server connection | too many*users |
			only one session | only*one connection | only*one user | only*one login | single session | multilogin | multi-login | multiple logins*{no} |
			maxuser*{many} | max*user*reached | maximum user | user count*{many} | already*users logged in | already logged in*times | already*sessions open | already has*sessions | too many connected | too many*clients | too many*logins | too many*sessions | too many open sessions |
			maximum*connections | maximum*users | maximum*clients | maximum*sessions | maximum*logins | connect limit |
			max*connections | max*clients | max*users | max*sessions | connection limit | connections limit |
			user limit | client limit | session limit | sessions limit | login limit | server*~full~ |
			users (the maximum) | no more connections | no more users | cannot accept*connection | can't accept more |
			maximum number of | concurrent*limit | limit*concurrent | concurrent*{no} | only*concurrent | only*simultaneous |
			simultaneous*{many}
			& !login attempts | authentication | failed | failures`},
			{only(CauseClientBanned, CauseAccountLocked), strong + 10, atLogin | atConnect, "been kicked | kicked for | kicked out"},
			{only(CauseClientBanned), decides, anywhere, `
			~banned~ | blacklist | black-list | black list | blocklist | block list | denylist | deny list |
			deny-list | ban list | banlist | blocked due to | ip*blocked | address*blocked | host*blocked |
			blocked*ip | ~ip*locked out | address*locked out | temporarily blocked | ip*ban~ | lockout of*ip | block*your ip`},
			{only(CauseSourceIPNotAllowlisted), decides, anywhere, `
			{ours}*{no} | {ours}*not in | access from*{no} | connections from*{no} | connection from*rejected |
			access control list | access list | denied*from this address | denied*from this host | denied*from this ip | ~ip*not added | ~ip*not listed | ~ip*not registered | not allowed*log in from | not allowed*login from | not permitted*log in from |
			trusted ip | no*access from*~ip | not allowed*from*~ip | {no}*from this addr | {no}*from this host | {no}*from this net | {no}*from your | {no}*from that addr | access from the ip | ip*not allowed |
			ip*not permitted | ip*not authorized | ip*restrict | ip*denied | ip address*rejected |
			address*not allowed | host*not allowed to connect | not allowed to connect from | not accepted from your |
			access denied from | denied from your | your ip*not | not in*whitelist | not whitelisted |
			not in*allow list | not in*allowlist | allowlist | source address*not | from your location |
			no connections allowed from | from your country | from your region | from this country | ~geo*block |
			only*from the local | only*from the internal | only*~lan~ | only*local network | only*internal network | only*intranet | only*~vpn~ |
			only*trusted network | only*registered addr | only*known addr | restricted to*addr | restricted to*network | from abroad |
			from outside | outside of*country | outside of*region | outside*union | outside*network | only log in from | only login from | only connect from |
			only*log on from |
			reverse dns*{fail} | reverse lookup*{fail} | from this location | client ip*rejected
			& !client ip*{many}`},
			{only(CauseServerError, CauseServiceUnavailable), decides, atLogin, `
			~radius*{fail} | ~ldap*{fail} | ~ldap*{gone} | ~ldap*not reachable | authentication server*{gone} |
			authentication server*not reachable | authentication server*{fail} | authentication service*{gone} |
			authentication service*{fail} | authentication backend | domain controller*{gone} |
			unable to contact | cannot contact | could not contact | can't contact | unable to reach |
			unable to connect to | cannot connect to | could not connect to | can't connect to |
			domain controller*{fail} | no logon servers | login server*{gone} | user database*{gone}
			& !invalid | incorrect | wrong | authentication failed`},
			{only(CauseServiceUnavailable), decides, anywhere, `
			shutting down | shut down | shutdown~ | maintenance | server is locked | server is offline |
			server*offline | going down | being stopped | is stopping | out of service | is closed for |
			server is paused | being upgraded | being updated | being repaired | under repair | being migrated | being restarted | ~outage | upgrade in progress |
			update in progress | not accepting*logins | system is going`},
			{only(CauseServiceUnavailable, CauseServerConnectionLimit, CauseSourceIPNotAllowlisted), hint, anywhere, `
			service*not available | service*unavailable | temporarily unavailable | server not available |
			server*unavailable | try again later | not available at this time | not ready`},
			{only(CauseIdleTimeout), strong, anywhere, `
			~idle | inactiv | no operation for | no command for | no transfer timeout | login timeout | login timed out |
			session timeout | session timed out | control channel timed out | no activity | not active for |
			faster next time
			& !timed out after*inactivity`},
			{only(CauseServerConnectionLimit, CausePortUnreachable), hint, anywhere, "waiting for handshake"},
			{only(CauseNoGreeting, CauseImplicitVsExplicitMismatch), strong, atConnect | atKex, `
			never sends | no welcome | waiting for welcome | no greeting | no banner | waiting for*greeting |
			waiting for*banner | sends nothing | stays silent | silent after connect | without sending a greeting
			& !closed | closes`},
			{only(CauseClosedBeforeGreeting, CauseMaxStartupsThrottle), hint, atConnect | atKex, "closed at banner | before*banner | before*greeting | without*greeting | no greeting"},
			{only(CauseProxyFailed), decides, anywhere, `
			~proxy*refused | proxy*failed | proxy*failure | proxy*error | proxy*denied | proxy*authentication |
			~socks*failed | socks*failure | socks*refused | socks*error | through proxy | proxyconnect`},
			{only(CauseConfigInvalid), strong, anywhere, `
			invalid host key format | invalid port | missing username | no user specified | invalid url |
			malformed url | unsupported protocol scheme | invalid configuration value | connector details`},
			{only(CauseServerMisconfigured), decides, anywhere, "invalid*configuration | configuration error | misconfigur | invalid (site)"},
		}},
		{general, "common wording: transfers and results", inAny, []phrase{
			{only(CauseTruncatedTransfer, CauseFalseSuccess), strong, anywhere, `
			0 byte | zero byte | zero-byte | truncated | incomplete file | incomplete transfer | partial file |
			size mismatch | fewer bytes | short read | bytes remaining to read | transfer closed with |
			did not report ok
			& !output truncated | listing truncated`},
			{only(CauseFalseSuccess, CausePostUploadPickup), decides, anywhere, `
			success*but*{gone} | confirmed*{gone} | confirmed*but*~0~ | confirmed*size*~0~ | success*but*size |
			reported as success*absent | reported as success*not there | reported as success*missing |
			success*but*missing | success*but*not there | success*file absent`},
			{only(CauseContentMismatch), strong, anywhere, `
			~crc*mismatch | ~crc error | differs from*source | content*not match | checksum*mismatch | hash*mismatch |
			checksum*differ | hash*differ | content*differ | md5*mismatch | corrupted after`},
			{only(CauseASCIIConversion), strong, anywhere, "line ending | carriage return | crlf | bare linefeeds"},
			{only(CauseResumeRefused), decides, anywhere, `
			append/restart not permitted | resume*not permitted | resume*not allowed | resume*not supported |
			append*not permitted | append*not allowed | restart not | rest not | ascii resume | cannot resume |
			resume is not | appe*denied`},
			{only(CauseListingTruncated), decides, anywhere, `
			output truncated | listing truncated | list truncated | truncated to*matches | too many files*listing`},
			{only(CauseListingFormatUnknown), strong, anywhere, `
			parse*listing | parse*directory | listing*parse | unknown list format | unsupported list | unparseable |
			no listing shown | opendir/readdir | readdir`},
			{only(CausePostUploadPickup), hint, anywhere, "moved after upload | picked up | removed right after | vanish"},
			{only(CauseTransferAborted, CauseConnectionResetMidTransfer), strong, atData | atTransfer | atList, `
			transfer abort | aborted transfer | transfer*aborted | transfer was aborted | transfer failed |
			transfer*cancel`},
			{only(CauseTransferStalled, CausePassivePortsBlocked), strong, atData | atTransfer, "stalled | data timeout | transmission timeout | transfer timeout | transfer timed out | transmission timed out | no new data | minimum bandwidth | too slow"},
			{only(CauseLateTransferFailure), strong, atPut, "after data sent | after all data | after the data | final reply"},
			{only(CauseClientPipeliningTooAggressive, CauseConnectionResetMidTransfer), strong, atGet | atPut, `
			too many*requests | outstanding requests | parallel*segments | window size | dropped after*mb |
			aborted transfer`},
		}},
	}
}
