package classify

// clientPhrases are the words of client programs about what they met.
func clientPhrases() []phrases {
	return []phrases{
		{"curl", "curl and libcurl source", inAny, []phrase{
			{only(CauseTruncatedTransfer, CauseTransferAborted), strong, atPut | atGet, "server did not report ok | partial file | transfer closed with outstanding"},
			{only(CausePASVPrivateAddress, CausePassiveAddressWrong), hint, atData, "skip*as data host | uses different host"},
			{only(CauseWrongProtocolOnPort), decides, atConnect, "weird server reply | got a*ftp-server response"},
			{only(CauseAuthTLSNotSupported), decides, anywhere, "requested ssl level failed"},
			{only(CauseHostKeyUnknown, CauseHostKeyChanged), strong, inSSHPlaces, "ssh peer certificate or ssh remote key was not ok | ssh remote key"},
			{badLogin, strong, atLogin, "access denied: 530"},
			{only(CausePASVPrivateAddress, CausePassivePortsBlocked), hint, atData, "bad pasv"},
		}},
		{"lftp", "lftp source", inAny, []phrase{
			{only(CausePASVPrivateAddress, CausePassiveAddressWrong), strong, atData, "address returned by pasv seems to be incorrect"},
			{only(CauseReplyTimeout, CauseControlConnectionLost), hint, anywhere, "max-retries exceeded | connection idle"},
			{badLogin, strong, atLogin, "login failed: 530"},
		}},
		{"filezilla-client", "FileZilla client and fzsftp messages", inAny, []phrase{
			{only(CausePASVPrivateAddress, CausePassiveAddressWrong), decides, anywhere, "unroutable address"},
			{only(CausePassivePortsBlocked, CauseTransferStalled, CausePASVPrivateAddress), strong, atList, "failed to retrieve directory listing & timed out | timeout | inactivity"},
			{only(CauseWrongProtocolOnPort), decides, anywhere, "using sftp, not ftp | not a valid sftp | looks like*sftp server"},
			{only(CausePortUnreachable, CausePortRefused), hint, atConnect, "could not connect to server"},
			{only(CauseTLSCloseNotifyMissing), strong, atData, "server did not properly shut down tls connection"},
			{only(CausePlainFTPRefusedNeedsTLS), hint, atLogin, "explicit ftp over tls is required"},
		}},
		{"winscp", "WinSCP messages", inAny, []phrase{
			{only(CauseSetstatNotSupported), decides, anywhere, "error occurred while setting the permissions and/or timestamp"},
			{only(CauseShellOutputPollutesSFTP, CauseSFTPServerExits), strong + 20, atSession | atLogin, "too large*sftp packet"},
			{only(CauseSFTPSubsystemDisabled, CauseSFTPServerExits), strong, atSession | atLogin, "cannot initialize sftp protocol | host running an sftp server"},
			{only(CauseHostKeyUnknown), strong, atKex, "host key wasn't verified | host key is not cached"},
			{only(CauseClosedBeforeGreeting, CauseMaxStartupsThrottle), strong, atKex | atConnect, "server unexpectedly closed network connection"},
			{only(CausePASVPrivateAddress), strong, atData, "server sent passive reply with unroutable"},
		}},
		{"putty", "PuTTY and plink messages", inSSH, []phrase{
			{only(CausePublicKeyNotRegistered), strong, atLogin, "server refused our key | server refused public-key"},
			{only(CauseClientKeyUnusable), decides, anywhere, "unable to use key file | unable to load private key"},
			{only(CauseNoCommonKex, CauseNoCommonHostKeyAlg, CauseNoCommonCipher), hint, atKex, "couldn't agree a"},
		}},
		{"go", "Go x/crypto/ssh, crypto/tls and net messages", inAny, []phrase{
			{only(CauseHostKeyAlgOrderMismatch, CauseHostKeyChanged), strong, anywhere, "knownhosts: key mismatch"},
			{only(CauseTLSVersionMismatch), decides, anywhere, "server selected unsupported protocol version | no supported versions satisfy"},
			{only(CauseNoGreeting, CauseReplyTimeout), hint, atConnect | atKex, "read tcp*i/o timeout"},
		}},
		{"java", "JSch, Apache MINA SSHD and commons-net messages", inAny, []phrase{
			{only(CauseClosedBeforeGreeting, CauseMaxStartupsThrottle), strong, atConnect | atKex, "connection is closed by foreign host | ftpconnectionclosedexception"},
			{only(CauseNoGreeting, CauseReplyTimeout), strong, atConnect | atKex, "session.connect: java.net.sockettimeout | read timed out"},
			{only(CausePassivePortsBlocked, CauseTransferStalled), strong, atData, "accept timed out | read timed out"},
			{only(CauseDataConnSourceIPMismatch, CausePassiveAddressWrong), decides, atData, "host attempting data connection*is not same as server"},
		}},
		{"dotnet", ".NET FtpWebRequest, FluentFTP and SSH.NET messages", inAny, []phrase{
			{only(CauseNoWritePermission, CauseFileNotFound, CauseRemoteDirMissing), hint, atPut, "(550) file unavailable"},
			{only(CauseFileNotFound, CauseNoReadPermission), hint, atGet | atStat, "(550) file unavailable"},
			{badLogin, strong, atLogin, "(530) not logged in"},
			{only(CausePassivePortsBlocked, CauseTransferStalled), hint, atData, "the underlying connection was closed"},
			{only(CauseClosedBeforeGreeting), hint, atConnect | atKex, "server response does not contain ssh protocol identification"},
		}},
		{"python", "ftplib, Paramiko and asyncssh messages", inAny, []phrase{
			{only(CauseNoGreeting, CauseClosedBeforeGreeting), strong, atConnect | atKex, "error reading ssh protocol banner"},
			{only(CauseAuthMethodMismatch), decides, atLogin, "bad authentication type"},
			{only(CauseSFTPServerExits, CauseSFTPSubsystemDisabled), strong, atSession, "eoferror | channel closed | garbage packet received"},
		}},
	}
}

// inSSHPlaces are the places of an SSH session before the login.
const inSSHPlaces = atConnect | atKex
