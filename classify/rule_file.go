package classify

import (
	"sync"

	"mftprobe/probe"
)

// denials of an upload, most likely first.
var refusedUpload = []Cause{
	CauseRemoteDirMissing, CauseFilenamePolicy, CauseFileExists, CauseReadOnlyServer, CauseNotAFile, CausePathRootDiffers, CauseQuotaExceeded, CauseDiskFull,
	CauseFileSizeLimit, CauseAccountNotAuthorized, CauseResumeRefused, CauseServerError, CauseServerMisconfigured, CauseContentRejected,
}

// fileRules speak of FTP commands about files and directories that are refused before data moves.
func fileRules() []rule {
	return []rule{
		{
			name: "command-forbidden-like-others", cause: CauseCommandNotSupported, codes: []int{5}, needs: []fact{(*scene).likeHarmless}, bars: []fact{(*scene).movesData}, deaf: true,
			also:    []Cause{CauseNoListPermission, CauseAccountNotAuthorized},
			because: "The same words had refused a command that touches no file, so that they are about commands and not about files.",
			source:  "vsftpd cmds_allowed, IIS request filtering",
		},
		{
			name: "every-write-refused", cause: CauseReadOnlyServer, on: words("STOR", "STOU", "MKD", "DELE", "RNFR", "RMD", "MKDIR", "REMOVE", "RMDIR", "RENAME"), needs: []fact{(*scene).merelyDenied, (*scene).refusesEveryWrite}, deaf: true,
			also:    []Cause{CauseNoWritePermission, CauseCommandNotSupported},
			because: "Writes of different kinds were refused, and none was accepted in the whole session.",
			source:  "vsftpd write_enable=NO, OpenSSH sftp-server -R",
		},
		{
			name: "file-command-unknown", cause: CauseCommandNotSupported, on: words("DELE", "MKD", "RMD", "RNFR", "RNTO", "SIZE", "MDTM", "CWD", "CDUP", "PWD", "LIST", "NLST", "RETR"), codes: []int{500, 502}, bars: []fact{says(CauseCommandBeforeLogin), (*scene).saysItTried},
			also:    []Cause{CauseReadOnlyServer, CauseRenameRefused, CauseMkdirNotPermitted, CauseDeleteNotPermitted, CauseServerMisconfigured, CauseFileNotFound, CauseRemoteDirMissing, CausePlainFTPRefusedNeedsTLS},
			because: "The server does not know or does not allow this command.",
			source:  "RFC 959 section 4.2.2 (500, 502)",
		},
		{
			name: "needs-account-to-store", cause: CauseAccountRequired, on: storeVerbs, codes: []int{532}, deaf: true,
			also:    []Cause{CauseNoWritePermission},
			because: "The server wants an account (ACCT) for storing files.",
			source:  "RFC 959 section 4.2.2 (532)",
		},
		{
			name: "restart-too-far", cause: CauseParameterNotSupported, on: dataVerbs, codes: []int{554}, needs: []fact{(*scene).isResumed},
			also:    []Cause{CauseResumeRefused},
			because: "The restart position does not fit the file.",
			source:  "RFC 3659 section 5.3; Pure-FTPd and pyftpdlib answer 554",
		},
		{
			name: "append-overwrites", cause: CauseNoWritePermission, on: words("APPE"), codes: []int{553}, deaf: false,
			also:    others(CauseNoWritePermission, []Cause{CauseResumeRefused}, refusedUpload),
			because: "The file may not be written to.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "resume-refused", cause: CauseResumeRefused, on: append(storeVerbs, "RETR"), codes: []int{450, 451, 501, 502, 504, 550, 553, 500}, needs: []fact{(*scene).isResumed},
			also: []Cause{
				CauseNoWritePermission, CauseFileExists, CauseReadOnlyServer, CauseFileNotFound, CauseNoReadPermission, CauseRemoteDirMissing, CauseNotAFile,
				CauseQuotaExceeded, CauseDiskFull, CauseCommandNotSupported, CauseFilenamePolicy,
			},
			because: "The transfer was to begin in the middle of a file, and the server refuses that.",
			source:  "RFC 3659 section 5; ProFTPD: Append/Restart not permitted",
		},
		{
			name: "restart-refused", cause: CauseResumeRefused, on: words("REST"), codes: []int{4, 5},
			also:    []Cause{CauseParameterNotSupported, CauseCommandNotSupported},
			because: "The server does not start transfers in the middle.",
			source:  "RFC 3659 section 5",
		},
		{
			name: "upload-unknown-command", cause: CauseReadOnlyServer, on: storeVerbs, codes: []int{500, 502, 504, 202},
			also:    []Cause{CauseCommandNotSupported, CauseNoWritePermission, CauseResumeRefused, CauseServerMisconfigured},
			because: "The server knows no command that stores files, as servers for distribution do.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "upload-bad-name", cause: CauseFilenamePolicy, on: storeVerbs, codes: []int{501},
			also:    others(CauseFilenamePolicy, refusedUpload),
			because: "The server objects to the name as such.",
			source:  "RFC 959 section 4.2.2 (501)",
		},
		{
			name: "upload-not-logged-in", cause: CauseNoWritePermission, on: storeVerbs, codes: []int{530},
			also:    []Cause{CauseAccountNotAuthorized, CauseCommandBeforeLogin, CauseReadOnlyServer, CauseAccountRequired},
			because: "The login had worked, and the account may not store files.",
			source:  "RFC 959 section 5.4 (530, 532)",
		},
		{
			name: "upload-busy", cause: CauseServerError, on: storeVerbs, codes: []int{450, 451},
			also:    others(CauseServerError, []Cause{CauseFileExists, CauseNoWritePermission}, refusedUpload),
			because: "The server could not take the upload now: the name is in use, or an error of its own stopped it.",
			source:  "RFC 959 section 4.2.2 (450, 451)",
		},
		{
			name: "fresh-upload-taken", cause: CauseFileExists, on: storeVerbs, codes: []int{4, 5}, needs: []fact{(*scene).fresh, tells(CauseFileExists)}, bars: []fact{(*scene).begun},
			also:    []Cause{CauseNoWritePermission, CauseFilenamePolicy, CauseReadOnlyServer},
			because: "The server says that the name is taken. The name is new to this run: a server that says so of every name forbids more than overwriting.",
			source:  "RFC 959 section 5.4; servers without overwrite permission",
		},
		{
			name: "fresh-upload-refused", cause: CauseNoWritePermission, on: storeVerbs, codes: []int{550, 553}, needs: []fact{(*scene).fresh}, bars: []fact{(*scene).nested},
			also: []Cause{
				CauseReadOnlyServer, CauseFilenamePolicy, CauseQuotaExceeded, CauseDiskFull, CauseFileSizeLimit, CauseAccountNotAuthorized,
				CausePathRootDiffers, CauseRemoteDirMissing, CauseServerError, CauseContentRejected,
			},
			because: "The name is new and the directory is the one that the session stands in, so that neither can be missing or taken: what is missing is the permission to write there.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "upload-refused", cause: CauseNoWritePermission, on: storeVerbs, codes: []int{550, 553, 551, 533, 534},
			also:    refusedUpload,
			because: "The server refused the upload before any data moved.",
			source:  "RFC 959 section 5.4; vsftpd and Pure-FTPd answer 553, ProFTPD, IIS and pyftpdlib 550",
		},
		{
			name: "own-file-vanished", cause: CausePostUploadPickup, on: words("RETR", "SIZE", "MDTM", "MLST", "RNFR", "DELE"), codes: []int{450, 550}, needs: []fact{(*scene).own, tells(CauseFileNotFound)}, deaf: true,
			also:    []Cause{CauseFalseSuccess, CausePathRootDiffers},
			because: "The file was stored in this very session and is gone: the receiver takes files away at once, or never kept it.",
			source:  "inbox rules of hosted services",
		},
		{
			name: "own-file-unreadable", cause: CauseNoReadPermission, on: words("RETR"), codes: []int{4, 5}, needs: []fact{(*scene).own}, bars: []fact{says(CauseFileNotFound)},
			also:    []Cause{CausePostUploadPickup, CauseFalseSuccess, CauseServerError, CauseAccountNotAuthorized, CauseContentRejected},
			because: "The file was stored in this very session, so that it is there; the account may write and not read.",
			source:  "drop-box accounts",
		},
		{
			name: "own-file-size", cause: CausePostUploadPickup, on: words("SIZE", "MDTM", "MLST"), codes: []int{450, 550}, needs: []fact{(*scene).own}, bars: []fact{(*scene).isASCII},
			also:    []Cause{CauseFalseSuccess, CauseNoReadPermission, CauseCommandNotSupported, CauseSizeInASCII},
			because: "The file was stored in this very session, and the server does not find it any more or does not tell.",
			source:  "inbox rules of hosted services",
		},
		{
			name: "own-file-not-removed", cause: CauseDeleteNotPermitted, on: words("DELE"), codes: []int{4, 5}, needs: []fact{(*scene).own}, bars: []fact{says(CauseFileNotFound)},
			also:    []Cause{CausePostUploadPickup, CauseReadOnlyServer, CauseCommandNotSupported},
			because: "The file was stored in this very session, and the account may not remove it.",
			source:  "write-only accounts",
		},
		{
			name: "own-file-not-renamed", cause: CauseRenameRefused, on: words("RNFR", "RNTO"), codes: []int{4, 5}, needs: []fact{(*scene).own}, bars: []fact{says(CauseFileNotFound), says(CauseRenameTargetExists)},
			also:    []Cause{CausePostUploadPickup, CauseFilenamePolicy, CauseReadOnlyServer, CauseNoWritePermission, CauseCommandNotSupported, CauseContentRejected},
			because: "The file was stored in this very session, and the account may not rename it.",
			source:  "write-only accounts",
		},
		{
			name: "download-failed-inside", cause: CauseServerError, on: words("RETR"), codes: []int{451},
			also: []Cause{
				CauseFileNotFound, CauseNoReadPermission, CauseNotAFile, CauseResumeRefused, CauseServiceUnavailable, CauseRemoteDirMissing, CauseContentRejected,
			},
			because: "The server says that it failed at the download by an error of its own; a missing file has other codes.",
			source:  "RFC 959 section 4.2.2 (451)",
		},
		{
			name: "download-missing", cause: CauseFileNotFound, on: words("RETR"), codes: []int{4, 5},
			also: []Cause{
				CauseNoReadPermission, CauseNotAFile, CausePathRootDiffers, CauseRemoteDirMissing, CauseFilenamePolicy, CauseCommandNotSupported,
				CauseServerError, CauseAccountNotAuthorized, CauseResumeRefused, CauseContentRejected, CauseQuotaExceeded,
			},
			because: "The server does not hand this file out.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "size-in-ascii", cause: CauseSizeInASCII, on: words("SIZE"), codes: []int{550, 504}, needs: []fact{says(CauseSizeInASCII)}, deaf: true,
			also:    []Cause{CauseFileNotFound},
			because: "The server counts bytes in binary mode only.",
			source:  "RFC 3659 section 4",
		},
		{
			name: "attribute-refused", cause: CauseFileNotFound, on: words("SIZE", "MDTM", "MLST", "STAT"), codes: []int{450, 550, 553},
			also: []Cause{
				CauseNotAFile, CauseNoReadPermission, CauseSizeInASCII, CausePathRootDiffers, CauseRemoteDirMissing, CauseNoListPermission, CauseCommandNotSupported, CausePostUploadPickup,
			},
			because: "The server knows the command and finds nothing to report about this name.",
			source:  "RFC 3659 sections 3, 4 and 7",
		},
		{
			name: "mlst-unknown", cause: CauseMLSDNotSupported, on: words("MLSD", "MLST"), codes: []int{500, 501, 502, 504}, bars: []fact{says(CauseCommandBeforeLogin)},
			also:    []Cause{CauseCommandNotSupported, CauseNoListPermission, CauseRemoteDirMissing},
			because: "The server does not know the machine-readable listing.",
			source:  "RFC 3659 section 7",
		},
		{
			name: "listing-of-path-refused", cause: CauseRemoteDirMissing, on: listVerbs, codes: []int{4, 5}, needs: []fact{(*scene).hasPath},
			also: []Cause{
				CauseNoListPermission, CauseFileNotFound, CauseEmptyDirAsError, CausePathRootDiffers, CauseNotAFile, CauseNoReadPermission, CauseServerError,
			},
			because: "The server does not list this directory.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "names-refused", cause: CauseEmptyDirAsError, on: words("NLST"), codes: []int{450, 550}, bars: []fact{tells(CauseNoListPermission), tells(CauseRemoteDirMissing)},
			also:    []Cause{CauseNoListPermission, CauseRemoteDirMissing, CauseCommandNotSupported},
			because: "NLST of the directory that the session stands in was refused, which many servers do when there is nothing in it.",
			source:  "RFC 959 section 5.4; RFC 1123 section 4.1.2.7",
		},
		{
			name: "login-directory-not-listed", cause: CauseHomeDirectoryInaccessible, on: listVerbs, codes: []int{4, 5}, needs: []fact{says(CauseHomeDirectoryInaccessible)}, deaf: true,
			also:    []Cause{CauseNoListPermission, CauseRemoteDirMissing, CauseServerError},
			because: "The server cannot look into the directory that the session stands in since the login.",
			source:  "Pure-FTPd: 550 Can't check for file existence, 421 chdir: Permission denied",
		},
		{
			name: "listing-refused", cause: CauseNoListPermission, on: listVerbs, codes: []int{4, 5},
			also: []Cause{
				CauseHomeDirectoryInaccessible, CauseRemoteDirMissing, CauseEmptyDirAsError, CausePathRootDiffers, CauseNoReadPermission, CauseCommandNotSupported,
				CauseServerError, CauseAccountNotAuthorized, CauseFileNotFound, CauseDiskFull,
			},
			because: "The directory is the one that the session stands in, so that it exists: the account may not list it.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "rename-source", cause: CauseFileNotFound, on: words("RNFR"), codes: []int{450, 550, 553},
			also:    []Cause{CauseRenameRefused, CauseReadOnlyServer, CauseNoWritePermission, CausePathRootDiffers, CauseCommandNotSupported, CausePostUploadPickup, CauseFilenamePolicy, CauseRemoteDirMissing},
			because: "The server does not take this name as the source of a rename.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "rename-target", cause: CauseRenameRefused, on: words("RNTO"), codes: []int{4, 5},
			also: []Cause{
				CauseRenameTargetExists, CauseRemoteDirMissing, CauseFilenamePolicy, CauseNoWritePermission, CauseReadOnlyServer, CausePathRootDiffers,
				CauseCommandBeforeLogin, CauseQuotaExceeded, CauseDiskFull, CauseFileNotFound, CauseNotAFile, CauseServerError, CauseContentRejected,
			},
			because: "The server does not give the file this new name.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "rename-unknown", cause: CauseRenameRefused, on: words("RNFR"), codes: []int{5},
			also:    []Cause{CauseCommandNotSupported, CauseReadOnlyServer, CauseFileNotFound},
			because: "The server does not rename files.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "delete-refused", cause: CauseFileNotFound, on: words("DELE"), codes: []int{4, 5},
			also: []Cause{
				CauseDeleteNotPermitted, CauseNotAFile, CauseReadOnlyServer, CauseNoWritePermission, CausePathRootDiffers, CauseCommandNotSupported, CausePostUploadPickup, CauseServerError, CauseRemoteDirMissing,
			},
			because: "The server did not remove this file: it is not there, is no file, or may not be removed.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "fresh-directory-refused", cause: CauseMkdirNotPermitted, on: words("MKD", "XMKD"), codes: []int{4, 5}, needs: []fact{(*scene).fresh}, bars: []fact{(*scene).nested},
			also:    []Cause{CauseReadOnlyServer, CauseNoWritePermission, CauseFilenamePolicy, CauseQuotaExceeded, CauseDiskFull, CauseCommandNotSupported, CauseServerError},
			because: "The name is new and the directory around it is the one that the session stands in: what is missing is the permission.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "directory-refused", cause: CauseMkdirNotPermitted, on: words("MKD", "XMKD"), codes: []int{4, 5},
			also: []Cause{
				CauseFileExists, CauseRemoteDirMissing, CauseReadOnlyServer, CauseNoWritePermission, CauseFilenamePolicy, CausePathRootDiffers, CauseQuotaExceeded,
				CauseDiskFull, CauseCommandNotSupported, CauseServerError,
			},
			because: "The server did not make this directory: it may not be made, or it is there already.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "rmdir-refused", cause: CauseDirectoryNotEmpty, on: words("RMD", "XRMD"), codes: []int{4, 5},
			also: []Cause{
				CauseDeleteNotPermitted, CauseRemoteDirMissing, CauseNotAFile, CauseReadOnlyServer, CauseNoWritePermission, CausePathRootDiffers, CauseCommandNotSupported, CauseServerError, CauseFileNotFound,
			},
			because: "The server did not remove this directory. That something is left in it is the usual reason.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "directory-not-entered", cause: CauseRemoteDirMissing, on: words("CWD", "XCWD", "CDUP"), codes: []int{4, 5},
			also: []Cause{
				CauseNoListPermission, CauseNotAFile, CausePathRootDiffers, CauseNoReadPermission, CauseServerError, CauseAccountNotAuthorized, CauseServerMisconfigured,
				CauseFilenamePolicy,
			},
			because: "The server does not enter this directory.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "where-are-we", cause: CauseHomeDirectoryInaccessible, on: words("PWD", "XPWD"), codes: []int{550, 551, 450, 451},
			also:    []Cause{CauseCommandNotSupported, CauseNoListPermission, CauseServerError},
			because: "The server cannot say in which directory the session stands, which hardly fails but for a broken home directory or a forbidden command.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "mode-of-file", cause: CauseChmodNotPermitted, on: words("SITE", "MFMT", "MFF", "CHMOD"), codes: []int{450, 550, 553}, needs: []fact{(*scene).changesAttributes},
			also:    []Cause{CauseNoWritePermission, CauseFileNotFound, CauseSetstatNotSupported, CauseCommandNotSupported, CauseReadOnlyServer},
			because: "The server knows the command and does not change the attributes of this file.",
			source:  "draft-somers-ftp-mfxx; SITE CHMOD of wu-ftpd",
		},
	}
}

// merelyDenied: the words, if any, speak of a permission and of nothing else.
func (s *scene) merelyDenied() bool {
	if len(s.told) == 0 {
		return true
	}
	switch s.told[0] {
	case CauseNoWritePermission, CauseReadOnlyServer, CauseMkdirNotPermitted, CauseDeleteNotPermitted, CauseRenameRefused, CauseCommandNotSupported:
		return true
	}
	return false
}

// refusesEveryWrite: at least three kinds of writing were refused as not permitted, and none worked.
func (s *scene) refusesEveryWrite() bool {
	kinds := map[string]bool{}
	for i := range s.t.Events {
		e := &s.t.Events[i]
		kind := writing[e.Command]
		if kind == "" || experimental(e) || e.Code == nil || e.Kind != probe.KindReply && e.Kind != probe.KindResponse {
			continue
		}
		switch e.Code.Value {
		case 550, 553, 3:
			kinds[kind] = true
		case 350, 150, 125:
		default:
			return false
		}
	}
	return len(kinds) > 2
}

// writing sorts commands and requests by the kind of write that they are.
var writing = map[string]string{
	"STOR": "store", "STOU": "store", "APPE": "store", "MKD": "make", "MKDIR": "make", "DELE": "remove", "REMOVE": "remove",
	"RMD": "remove", "RMDIR": "remove", "RNFR": "rename", "RNTO": "rename", "RENAME": "rename",
}

// saysItTried: the words are of a command that was carried out and failed, whatever the number says.
func (s *scene) saysItTried() bool { return attempts().matches(newSample(fold(s.text))) }

var attempts = sync.OnceValue(func() form {
	return compile("failed to | could not | couldn't | unable to | can't delete | cannot delete & !understand | recogni | find command | unknown command | implement")
})

// likeHarmless: a command of the setup was refused with the same words before.
func (s *scene) likeHarmless() bool {
	return s.harmless != "" && s.harmless == bareText(s.bad.Text)
}

// bareText is the reply without its code.
func bareText(text string) string {
	if len(text) > 4 {
		return text[4:]
	}
	return ""
}

// changesAttributes: the command is about modes or times and not any other SITE.
func (s *scene) changesAttributes() bool {
	if s.verb != "SITE" {
		return true
	}
	arg := argument(s.line)
	for _, word := range []string{"CHMOD", "UTIME", "CHGRP", "CHOWN"} {
		if hasFoldPrefix(arg, word) {
			return true
		}
	}
	return false
}
