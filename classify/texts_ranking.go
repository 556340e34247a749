package classify

// ranking lists causes by place, most likely first. The first line whose place fits counts; a line
// for anywhere fits every place, and stands last.
type ranking []ranked

type ranked struct {
	at     place
	causes []Cause
}

// only is the ranking that names one cause wherever it is.
func only(causes ...Cause) ranking { return ranking{{anywhere, causes}} }

// at returns the causes for a place. An unknown place gets the line for anywhere, or else the first
// cause of every line.
func (r ranking) at(p place) []Cause {
	for _, line := range r {
		if line.at == anywhere || line.at&p != 0 {
			return line.causes
		}
	}
	if p != anywhere {
		return nil
	}
	var out []Cause
	for _, line := range r {
		out = append(out, line.causes[0])
	}
	return out
}

// What the common senses of an error mean, place by place. Codes and phrases share them.
var (
	denied = ranking{
		{atLogin | atSession, []Cause{CauseAccountNotAuthorized, CauseBadCredentials, CauseLoginRefused, CauseAccountLocked}},
		{atConnect | atKex, []Cause{CauseSourceIPNotAllowlisted, CauseClientBanned, CauseAccountNotAuthorized}},
		{atAuth, []Cause{CauseAuthTLSNotSupported, CauseServerCertNotConfigured}},
		{atPassive, []Cause{CausePassiveRefused}},
		{atActive, []Cause{CauseActiveRefused, CausePortPrivateAddress}},
		{atProt, []Cause{CauseProtLevelRejected}},
		{atPut, []Cause{CauseNoWritePermission, CauseReadOnlyServer, CauseFilenamePolicy, CauseFileExists}},
		{atGet, []Cause{CauseNoReadPermission, CauseFileNotFound}},
		{atList | atMlsd, []Cause{CauseNoListPermission, CauseNoReadPermission, CausePathRootDiffers}},
		{atPath, []Cause{CauseNoListPermission, CausePathRootDiffers, CauseRemoteDirMissing}},
		{atStat, []Cause{CauseNoReadPermission, CauseCommandNotSupported, CauseFileNotFound}},
		{atRename, []Cause{CauseRenameRefused, CauseNoWritePermission, CauseReadOnlyServer}},
		{atDelete | atRmdir, []Cause{CauseDeleteNotPermitted, CauseReadOnlyServer}},
		{atMkdir, []Cause{CauseMkdirNotPermitted, CauseReadOnlyServer, CausePathRootDiffers}},
		{atChmod, []Cause{CauseChmodNotPermitted, CauseSetstatNotSupported}},
		{atAppend, []Cause{CauseResumeRefused, CauseNoWritePermission}},
		{atSetup, []Cause{CauseCommandNotSupported}},
		{anywhere, []Cause{CauseNoWritePermission, CauseNoReadPermission, CauseNoListPermission, CauseAccountNotAuthorized}},
	}
	missing = ranking{
		{atLogin | atSession, []Cause{CauseHomeDirectoryInaccessible, CauseServerMisconfigured}},
		{atPut | atMkdir, []Cause{CauseRemoteDirMissing, CausePathRootDiffers, CauseNoWritePermission}},
		{atList | atMlsd | atPath | atRmdir, []Cause{CauseRemoteDirMissing, CausePathRootDiffers, CauseEmptyDirAsError, CauseFileNotFound}},
		{atRenameFrom, []Cause{CauseFileNotFound, CauseRemoteDirMissing, CausePostUploadPickup}},
		{atRenameTo, []Cause{CauseRemoteDirMissing, CauseFileNotFound, CausePathRootDiffers}},
		{atStat | atChmod | atDelete, []Cause{CauseFileNotFound, CausePostUploadPickup, CausePathRootDiffers}},
		{anywhere, []Cause{CauseFileNotFound, CauseRemoteDirMissing, CausePathRootDiffers}},
	}
	taken = ranking{
		{atRename, []Cause{CauseRenameTargetExists, CauseFileExists}},
		{anywhere, []Cause{CauseFileExists, CauseRenameTargetExists}},
	}
	wrongKind = only(CauseNotAFile, CauseFileNotFound, CauseRemoteDirMissing)
	notEmpty  = only(CauseDirectoryNotEmpty, CauseDeleteNotPermitted)

	// unsaid is a refused file operation without a reason.
	unsaid = ranking{
		{atPut, []Cause{CauseNoWritePermission, CauseRemoteDirMissing, CauseFilenamePolicy, CauseFileExists, CauseReadOnlyServer}},
		{atRenameFrom, []Cause{CauseFileNotFound, CauseRenameRefused, CauseReadOnlyServer}},
		{atRenameTo, []Cause{CauseRenameRefused, CauseRenameTargetExists, CauseRemoteDirMissing}},
		{atList | atMlsd, []Cause{CauseRemoteDirMissing, CauseNoListPermission, CauseEmptyDirAsError}},
		{atPath, []Cause{CauseRemoteDirMissing, CauseNoListPermission, CausePathRootDiffers, CauseNotAFile}},
		{atGet, []Cause{CauseFileNotFound, CauseNoReadPermission, CauseNotAFile}},
		{atStat, []Cause{CauseFileNotFound, CauseSizeInASCII, CauseNotAFile}},
		{atDelete, []Cause{CauseFileNotFound, CauseDeleteNotPermitted, CauseNotAFile}},
		{atRmdir, []Cause{CauseDirectoryNotEmpty, CauseRemoteDirMissing, CauseDeleteNotPermitted}},
		{atMkdir, []Cause{CauseFileExists, CauseMkdirNotPermitted, CauseRemoteDirMissing}},
		{atChmod, []Cause{CauseChmodNotPermitted, CauseSetstatNotSupported}},
		{anywhere, []Cause{CauseFileNotFound, CauseNoWritePermission, CauseNoReadPermission, CauseRemoteDirMissing}},
	}

	refused = ranking{
		{atConnect | atAuth | atKex, []Cause{CausePortRefused, CauseClientBanned, CauseConnectionRateLimited}},
		{atData | atPassive, []Cause{CauseDataConnRefused, CausePassivePortsBlocked, CausePASVPrivateAddress}},
		{anywhere, []Cause{CausePortRefused, CauseDataConnRefused}},
	}
	timedOut = ranking{
		{atKex | atAuth, []Cause{CausePortUnreachable, CauseNoGreeting, CauseReplyTimeout, CauseSourceIPNotAllowlisted}},
		{atConnect, []Cause{CausePortUnreachable, CauseSourceIPNotAllowlisted, CauseNoGreeting}},
		{atLogin | atSession, []Cause{CauseReplyTimeout, CauseIdleTimeout}},
		{atData, []Cause{CausePassivePortsBlocked, CauseTransferStalled, CausePASVPrivateAddress, CauseEPSVNotWorking}},
		{atTransfer, []Cause{CauseTransferStalled, CauseControlConnectionLost, CauseReplyTimeout}},
		{atNoop, []Cause{CauseIdleTimeout, CauseReplyTimeout}},
		{anywhere, []Cause{CauseReplyTimeout, CausePortUnreachable, CauseIdleTimeout}},
	}
	closed = ranking{
		{atKex, []Cause{CauseClosedBeforeGreeting, CauseMaxStartupsThrottle, CauseKexFailed, CauseWrongProtocolOnPort, CauseClientBanned}},
		{atConnect, []Cause{CauseClosedBeforeGreeting, CauseSourceIPNotAllowlisted, CauseServerConnectionLimit, CauseClientBanned}},
		{atAuth, []Cause{CauseTLSHandshakeFailed, CauseServerCertNotConfigured, CauseTLSVersionMismatch}},
		{atSession, []Cause{CauseSFTPServerExits, CauseChrootBadOwnership, CausePasswordExpired, CauseSFTPSubsystemDisabled}},
		{atLogin, []Cause{CauseControlConnectionLost, CauseTooManyLoginFailures, CauseHomeDirectoryInaccessible}},
		{atTransfer | atList, []Cause{CauseControlConnectionLost, CauseConnectionResetMidTransfer, CauseTruncatedTransfer, CauseIdleTimeout}},
		{anywhere, []Cause{CauseControlConnectionLost, CauseIdleTimeout, CauseClosedBeforeGreeting}},
	}
	reset = ranking{
		{atKex, []Cause{CauseClosedBeforeGreeting, CauseMaxStartupsThrottle, CauseClientBanned, CauseKexFailed}},
		{atConnect, []Cause{CauseClosedBeforeGreeting, CauseSourceIPNotAllowlisted, CauseClientBanned}},
		{atAuth, []Cause{CauseTLSHandshakeFailed, CauseServerCertNotConfigured}},
		{atSession, []Cause{CauseSFTPServerExits, CauseChrootBadOwnership, CauseControlConnectionLost}},
		{atTransfer, []Cause{CauseConnectionResetMidTransfer, CauseControlConnectionLost}},
		{anywhere, []Cause{CauseControlConnectionLost, CauseConnectionResetMidTransfer, CauseClosedBeforeGreeting}},
	}
	handshake = ranking{
		{atData, []Cause{CauseDataTLSFailed, CauseTLSSessionReuseRequired, CauseTLSVersionMismatch}},
		{anywhere, []Cause{CauseTLSHandshakeFailed, CauseTLSVersionMismatch, CauseTLSNoSharedCipher, CauseClientCertRequired}},
	}
	notKnown = ranking{
		{atAuth, []Cause{CauseAuthTLSNotSupported}},
		{atEpsv &^ atPasv, []Cause{CauseEPSVNotSupported}},
		{atPassive, []Cause{CausePassiveRefused, CauseEPSVNotSupported}},
		{atActive, []Cause{CauseActiveRefused}},
		{atMlsd, []Cause{CauseMLSDNotSupported, CauseCommandNotSupported}},
		{atProt, []Cause{CauseProtLevelRejected, CauseCommandNotSupported}},
		{anywhere, []Cause{CauseCommandNotSupported, CauseParameterNotSupported}},
	}
	// usual is what fails at a place when neither code nor words say anything.
	usual = append(ranking{
		{atSession, []Cause{CauseSFTPServerExits, CauseSFTPSubsystemDisabled, CauseLoginRefused}},
		{atLogin, []Cause{CauseLoginRefused, CauseBadCredentials, CauseAccountNotAuthorized, CauseControlConnectionLost}},
		{atKex, []Cause{CauseKexFailed, CauseClosedBeforeGreeting, CauseNoCommonKex, CauseHostKeyUnknown}},
		{atAuth, []Cause{CauseTLSHandshakeFailed, CauseAuthTLSNotSupported, CauseCertUntrusted}},
		{atConnect, []Cause{CauseClosedBeforeGreeting, CauseServiceUnavailable, CausePortUnreachable, CausePortRefused}},
		{atPassive, []Cause{CausePassiveRefused, CauseServerPASVBindFailure}},
		{atActive, []Cause{CauseActiveRefused, CausePortPrivateAddress}},
		{atProt, []Cause{CauseProtLevelRejected}},
		{atSetup, []Cause{CauseCommandNotSupported, CauseParameterNotSupported}},
		{atNoop | atQuit, []Cause{CauseControlConnectionLost, CauseIdleTimeout}},
	}, unsaid[:len(unsaid)-1]...)
	badLogin = only(CauseBadCredentials, CauseLoginRefused, CauseAccountLocked, CauseAccountNotAuthorized, CausePasswordExpired)
)
