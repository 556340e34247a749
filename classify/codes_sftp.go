package classify

// draft gives the source of an SFTP status: the draft that first names the number.
func draft(n string) string {
	return "draft-ietf-secsh-filexfer-13 section 9.1 (since draft " + n + ")"
}

// vendorNumber is the note for a number that some vendor documents give to another meaning.
func vendorNumber(here, there string) []string {
	return []string{"Some vendor documents count differently and list " + there + " under this number. On the wire it is " + here + "."}
}

// sftpCodes are the values of SSH_FXP_STATUS as they travel on the wire. Version 3, which nearly
// every server speaks, knows 0 to 8 only; the others appear all the same.
func sftpCodes() []codeEntry {
	return []codeEntry{
		{0, "SSH_FX_OK", "The request succeeded.", draft("02"), nil, nil, 0},
		{1, "SSH_FX_EOF", "There is nothing more to read, in a file or in a listing.", draft("02"), []string{"At the end of READ and READDIR this is normal."}, nil, 0},
		{
			2, "SSH_FX_NO_SUCH_FILE", "The file or directory does not exist, as this account sees it.", draft("02"),
			[]string{"OpenSSH also sends it when a file stands where a directory is needed."},
			missing, 0,
		},
		{
			3, "SSH_FX_PERMISSION_DENIED", "The account lacks the right for this operation.", draft("02"),
			[]string{"A few servers send it for attribute changes that they cannot do."},
			append(ranking{{atChmod, []Cause{CauseSetstatNotSupported, CauseChmodNotPermitted}}}, denied...), 0,
		},
		{
			4, "SSH_FX_FAILURE", "The operation failed, and version 3 has no number for the reason.", draft("02"),
			[]string{"The operation decides: rename onto an existing name, mkdir of an existing one, rmdir of a full directory, write on a full disk all give 4."},
			ranking{
				{atPut, []Cause{CauseGenericFailure, CauseDiskFull, CauseQuotaExceeded, CauseNoWritePermission, CauseFileExists}},
				{atRename, []Cause{CauseRenameTargetExists, CauseRenameRefused, CauseGenericFailure}},
				{atMkdir, []Cause{CauseFileExists, CauseMkdirNotPermitted, CauseGenericFailure}},
				{atRmdir, []Cause{CauseDirectoryNotEmpty, CauseDeleteNotPermitted, CauseGenericFailure}},
				{atDelete, []Cause{CauseNotAFile, CauseDeleteNotPermitted, CauseGenericFailure}},
				{atGet, []Cause{CauseNotAFile, CauseGenericFailure, CauseNoReadPermission}},
				{atChmod, []Cause{CauseSetstatNotSupported, CauseChmodNotPermitted, CauseGenericFailure}},
				{atList | atPath | atStat, []Cause{CauseRemoteDirMissing, CauseGenericFailure, CauseNoListPermission}},
				{atSession | atLogin, []Cause{CauseHomeDirectoryInaccessible, CauseSFTPServerExits, CauseGenericFailure}},
				{anywhere, []Cause{CauseGenericFailure, CauseRenameTargetExists, CauseDiskFull, CauseFileExists, CauseDirectoryNotEmpty}},
			},
			0,
		},
		{
			5, "SSH_FX_BAD_MESSAGE", "The server could not read the request, or found it against the protocol.", draft("02"),
			[]string{"OpenSSH sends it for a name that is too long."},
			ranking{
				{atPut | atMkdir, []Cause{CauseExtensionNotSupported, CauseFilenamePolicy, CauseProtocolError}},
				{anywhere, []Cause{CauseProtocolError, CauseExtensionNotSupported, CauseFilenamePolicy}},
			},
			0,
		},
		{6, "SSH_FX_NO_CONNECTION", "There is no connection; the client itself says so.", draft("02"), []string{"A server must not send it."}, only(CauseControlConnectionLost, CauseProtocolError), 0},
		{7, "SSH_FX_CONNECTION_LOST", "The connection was lost; the client itself says so.", draft("02"), []string{"A server must not send it."}, only(CauseControlConnectionLost, CauseConnectionResetMidTransfer), 0},
		{
			8, "SSH_FX_OP_UNSUPPORTED", "The server does not support this operation.", draft("02"), vendorNumber("operation unsupported", `"no such handle"`),
			ranking{
				{atChmod, []Cause{CauseSetstatNotSupported, CauseOperationUnsupported}},
				{atRename, []Cause{CauseExtensionNotSupported, CauseRenameRefused, CauseOperationUnsupported}},
				{atPut | atAppend, []Cause{CauseSetstatNotSupported, CauseExtensionNotSupported, CauseOperationUnsupported}},
				{atSetup, []Cause{CauseExtensionNotSupported, CauseOperationUnsupported}},
				{anywhere, []Cause{CauseOperationUnsupported, CauseExtensionNotSupported, CauseSetstatNotSupported}},
			},
			0,
		},
		{
			9, "SSH_FX_INVALID_HANDLE", "The handle is not, or no longer, valid on the server.", draft("04"),
			append(vendorNumber("an invalid handle", `"file already exists"`), `The same documents list the invalid handle ("no such handle") as 8.`),
			only(CauseProtocolError, CauseServerError, CauseClientPipeliningTooAggressive), 0,
		},
		{
			10, "SSH_FX_NO_SUCH_PATH", "A directory of the path does not exist or cannot be used.", draft("04"), vendorNumber("a missing path", `"write-protected"`),
			only(CauseRemoteDirMissing, CausePathRootDiffers), strong,
		},
		{
			11, "SSH_FX_FILE_ALREADY_EXISTS", "The name is taken already.", draft("04"),
			append(vendorNumber("an existing file", `"no media"`), "The same documents list the existing file as 9.", "Some servers send it although version 3 does not know it."), taken, strong,
		},
		{
			12, "SSH_FX_WRITE_PROTECT", "The medium or the share cannot be written.", draft("04"),
			append(vendorNumber("write protection", `"no space on the file system"`), "The same documents list write protection as 10."), only(CauseReadOnlyServer, CauseNoWritePermission), strong,
		},
		{13, "SSH_FX_NO_MEDIA", "No medium is in the drive.", draft("04"), []string{`Some vendor documents list "no media" as 11.`}, only(CauseServiceUnavailable, CauseServerError), 0},
		{14, "SSH_FX_NO_SPACE_ON_FILESYSTEM", "The file system is full.", draft("05"), []string{`Some vendor documents list "no space on the file system" as 12.`}, only(CauseDiskFull, CauseQuotaExceeded), strong},
		{15, "SSH_FX_QUOTA_EXCEEDED", "The account's quota would be exceeded.", draft("05"), nil, only(CauseQuotaExceeded), strong},
		{
			16, "SSH_FX_UNKNOWN_PRINCIPAL", "An owner, group or access rule names somebody whom the server does not know.", draft("05"),
			[]string{"Draft 05 spells it UNKNOWN_PRINCIPLE."},
			only(CauseChmodNotPermitted, CauseSetstatNotSupported), 0,
		},
		{17, "SSH_FX_LOCK_CONFLICT", "Another process holds the file.", draft("13"), nil, only(CauseServerError, CausePostUploadPickup, CauseNoWritePermission), 0},
		{18, "SSH_FX_DIR_NOT_EMPTY", "The directory still has entries.", draft("13"), nil, only(CauseDirectoryNotEmpty), strong},
		{19, "SSH_FX_NOT_A_DIRECTORY", "A file stands where a directory is needed.", draft("13"), nil, only(CauseNotAFile), strong},
		{20, "SSH_FX_INVALID_FILENAME", "The server does not accept this name.", draft("13"), nil, only(CauseFilenamePolicy), strong},
		{21, "SSH_FX_LINK_LOOP", "Too many symbolic links follow each other, or a link was met where none may be.", draft("13"), nil, only(CauseServerMisconfigured, CauseFileNotFound), 0},
		{22, "SSH_FX_CANNOT_DELETE", "The file cannot be deleted, perhaps because it is marked read-only.", draft("13"), nil, only(CauseDeleteNotPermitted), strong},
		{23, "SSH_FX_INVALID_PARAMETER", "A parameter is out of range or does not go with another one.", draft("13"), nil, only(CauseExtensionNotSupported, CauseProtocolError, CauseOperationUnsupported), 0},
		{24, "SSH_FX_FILE_IS_A_DIRECTORY", "A directory stands where a file is needed.", draft("13"), nil, only(CauseNotAFile), strong},
		{25, "SSH_FX_BYTE_RANGE_LOCK_CONFLICT", "Another process has locked this part of the file.", draft("13"), nil, only(CauseServerError, CausePostUploadPickup), 0},
		{26, "SSH_FX_BYTE_RANGE_LOCK_REFUSED", "The server did not grant the lock.", draft("13"), nil, only(CauseServerError, CauseOperationUnsupported), 0},
		{27, "SSH_FX_DELETE_PENDING", "The file is about to be deleted.", draft("13"), nil, only(CauseServerError, CausePostUploadPickup), 0},
		{28, "SSH_FX_FILE_CORRUPT", "The file is damaged on the server's disk.", draft("13"), nil, only(CauseServerError), 0},
		{29, "SSH_FX_OWNER_INVALID", "This owner cannot be set.", draft("13"), nil, only(CauseChmodNotPermitted, CauseSetstatNotSupported), 0},
		{30, "SSH_FX_GROUP_INVALID", "This group cannot be set.", draft("13"), nil, only(CauseChmodNotPermitted, CauseSetstatNotSupported), 0},
		{31, "SSH_FX_NO_MATCHING_BYTE_RANGE_LOCK", "The lock to be released was never granted.", draft("13"), nil, only(CauseProtocolError, CauseServerError), 0},
	}
}
