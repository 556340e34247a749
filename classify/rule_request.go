package classify

import (
	"slices"
	"strings"
	"unicode"

	"mftprobe/probe"
)

// sftpFailure is what SSH_FX_FAILURE hides when nothing else is known.
var sftpFailure = []Cause{
	CauseDiskFull, CauseQuotaExceeded, CauseFileExists, CauseNotAFile, CauseNoWritePermission, CauseFilenamePolicy, CauseFileSizeLimit,
	CauseReadOnlyServer, CauseDirectoryNotEmpty, CauseRenameTargetExists, CauseRenameRefused, CauseServerError, CauseNoReadPermission, CauseMkdirNotPermitted, CauseFileNotFound,
	CauseRemoteDirMissing, CauseAccountNotAuthorized, CauseServerMisconfigured, CauseExtensionNotSupported, CauseServiceUnavailable, CausePathRootDiffers, CauseContentRejected,
}

// requestRules speak of SFTP requests (draft-ietf-secsh-filexfer-02 section 7 for version 3, -13 for
// the status codes above 8 that many servers use all the same).
func requestRules() []rule {
	return []rule{
		{
			name: "answer-to-another-request", cause: CauseProtocolError, broke: noAnswer, needs: []fact{(*scene).hasStrays}, deaf: true,
			also:    []Cause{CauseReplyTimeout, CauseServerError},
			because: "The server answered with the number of a request that was never made, and the request that was made got no answer.",
			source:  "draft-ietf-secsh-filexfer-02 section 3 (request ids)",
		},
		{
			name: "reset-in-transfer", cause: CauseConnectionResetMidTransfer, phases: []probe.Phase{probe.PhaseTransfer}, broke: []probe.Class{probe.ClassReset}, needs: []fact{(*scene).isSFTP}, deaf: true,
			also:    []Cause{CauseControlConnectionLost, CauseServerError, CauseClientPipeliningTooAggressive, CauseQuotaExceeded},
			because: "The connection was reset while a file was under way.",
			source:  "RFC 9293 section 3.5.2",
		},
		{
			name: "reset-after-a-pause", cause: CauseControlConnIdleDrop, phases: []probe.Phase{probe.PhasePath, probe.PhaseRequest}, broke: []probe.Class{probe.ClassReset}, needs: []fact{(*scene).isSFTP, (*scene).paused}, deaf: true,
			also:    []Cause{CauseIdleTimeout, CauseControlConnectionLost, CauseServerError},
			because: "After a pause the first request was answered with a reset: something on the way had forgotten the connection, or the server had ended it and nobody told us.",
			source:  "idle limits of load balancers and firewalls; RFC 9293 section 3.5.2",
		},
		{
			name: "directory-to-enter-missing", cause: CauseRemoteDirMissing, ops: []probe.Op{probe.OpCwd}, status: []int{2},
			also:    []Cause{CausePathRootDiffers, CauseNoListPermission, CauseFileNotFound},
			because: "The server does not find the directory that was to be entered.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_NO_SUCH_FILE)",
		},
		{
			name: "directory-to-enter-denied", cause: CauseNoListPermission, ops: []probe.Op{probe.OpCwd}, status: []int{3},
			also:    []Cause{CausePathRootDiffers, CauseNoReadPermission, CauseRemoteDirMissing, CauseHomeDirectoryInaccessible},
			because: "The account may not enter this directory.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_PERMISSION_DENIED)",
		},
		{
			name: "status-rename-exists", cause: CauseRenameTargetExists, on: words("RENAME"), status: []int{11}, deaf: true,
			because: "The new name is taken.",
			source:  "draft-ietf-secsh-filexfer-13 section 9.1; mod_sftp",
		},
		status("status-exists", CauseFileExists, []int{11}, "The name is taken.", CauseRenameTargetExists),
		status("status-write-protect", CauseReadOnlyServer, []int{12}, "The file system is write-protected.", CauseNoWritePermission),
		status("status-no-space", CauseDiskFull, []int{14}, "The file system has no room left.", CauseQuotaExceeded),
		status("status-quota", CauseQuotaExceeded, []int{15}, "The quota of the account is used up.", CauseDiskFull),
		status("status-not-empty", CauseDirectoryNotEmpty, []int{18}, "Something is left in the directory."),
		status("status-kind", CauseNotAFile, []int{19, 24}, "A directory stands where a file is wanted, or the other way round."),
		status("status-name", CauseFilenamePolicy, []int{20, 21}, "The server objects to the name.", CausePathRootDiffers),
		status("status-parameter", CauseExtensionNotSupported, []int{23}, "The server does not take a value of the request.", CauseOperationUnsupported),
		status("status-delete", CauseDeleteNotPermitted, []int{22}, "The file cannot be removed."),
		status("status-locked", CauseServerError, []int{17, 25, 26, 27}, "Another program has the file locked.", CauseFileExists, CauseNoWritePermission),
		status("status-no-path", CauseRemoteDirMissing, []int{10}, "A directory on the way is missing.", CausePathRootDiffers, CauseFileNotFound),
		status("status-principal", CauseServerError, []int{16}, "The server does not know an owner that it was told.", CauseAccountNotAuthorized),
		status("status-no-medium", CauseServerError, []int{13}, "The storage behind the server is not there.", CauseServerMisconfigured),
		status("status-lost", CauseServiceUnavailable, []int{6, 7}, "The server lost the connection to its own storage.", CauseControlConnectionLost, CauseServerError),
		status("status-handle", CauseServerError, []int{9}, "The server does not know its own handle any more.", CauseProtocolError),
		{
			name: "attributes-unsupported", cause: CauseSetstatNotSupported, on: words("SETSTAT", "FSETSTAT"), status: []int{2, 8},
			also:    []Cause{CauseChmodNotPermitted, CauseOperationUnsupported, CausePostUploadPickup},
			because: "The server does not change modes or times.",
			source:  "draft-ietf-secsh-filexfer-02 section 6.9",
		},
		{
			name: "attributes-after-upload", cause: CauseSetstatNotSupported, on: words("SETSTAT", "FSETSTAT"), status: []int{3, 4}, needs: []fact{(*scene).uploads}, deaf: true,
			also:    []Cause{CauseChmodNotPermitted, CauseNoWritePermission, CausePostUploadPickup},
			because: "The upload itself was complete; changing modes or times behind it was refused.",
			source:  "draft-ietf-secsh-filexfer-02 section 6.9",
		},
		{
			name: "attributes-refused", cause: CauseChmodNotPermitted, on: words("SETSTAT", "FSETSTAT"),
			status:  []int{3, 4},
			also:    []Cause{CauseSetstatNotSupported, CauseNoWritePermission, CauseReadOnlyServer},
			because: "The account may not change modes or times of this file.",
			source:  "draft-ietf-secsh-filexfer-02 section 6.9",
		},
		{
			name: "extension-unsupported", cause: CauseExtensionNotSupported, on: words("EXTENDED"), status: []int{4, 5, 8},
			also:    []Cause{CauseGenericFailure},
			because: "The server does not know this extension.",
			source:  "draft-ietf-secsh-filexfer-02 section 8",
		},
		{
			name: "request-unsupported", cause: CauseOperationUnsupported, status: []int{8}, deaf: true,
			also:    []Cause{CauseExtensionNotSupported, CauseReadOnlyServer, CauseNoWritePermission, CauseRenameRefused, CauseMkdirNotPermitted, CauseDeleteNotPermitted},
			because: "The server does not carry this request out at all.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_OP_UNSUPPORTED)",
		},
		{
			name: "bad-message", cause: CauseFilenamePolicy, on: words("OPEN", "MKDIR", "RENAME", "STAT", "LSTAT", "OPENDIR", "REMOVE", "RMDIR", "REALPATH"), status: []int{5}, sure: Possible, deaf: true,
			also:    []Cause{CauseProtocolError, CauseServerError, CauseExtensionNotSupported},
			because: "The server finds the request malformed; what is unusual in such a request is its name.",
			source:  "OpenSSH answers 5 to names that are too long",
		},
		{
			name: "bad-packet", cause: CauseProtocolError, status: []int{5},
			also:    []Cause{CauseServerError, CauseExtensionNotSupported, CauseClientPipeliningTooAggressive},
			because: "The server finds a request malformed.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_BAD_MESSAGE)",
		},
		{
			name: "own-file-gone", cause: CausePostUploadPickup, status: []int{2}, needs: []fact{(*scene).own}, deaf: true,
			also:    []Cause{CauseFalseSuccess, CauseQuotaExceeded, CausePathRootDiffers},
			because: "The file was stored in this very session and is gone: the receiver takes files away at once, or never kept it.",
			source:  "inbox rules of hosted services",
		},
		{
			name: "gone-before-it-was-closed", cause: CausePostUploadPickup, on: words("CLOSE"), status: []int{2}, needs: []fact{(*scene).writesFile}, deaf: true,
			also:    []Cause{CauseServerError, CauseRemoteDirMissing, CauseFalseSuccess},
			because: "The server took every byte and does not find the file when it is to be closed: something takes files away while they are still being written, or the server fails to give them their final name.",
			source:  "inbox watchers; ProFTPD HiddenStores",
		},
		{
			name: "target-directory-missing", cause: CauseRemoteDirMissing, on: words("OPEN"), status: []int{2}, needs: []fact{(*scene).writesFile},
			also:    []Cause{CausePathRootDiffers, CauseFileNotFound, CauseNoWritePermission},
			because: "A new file was to be made, so that what the server does not find is the directory.",
			source:  "draft-ietf-secsh-filexfer-02 section 6.3",
		},
		{
			name: "home-missing", cause: CauseHomeDirectoryInaccessible, on: words("REALPATH"), status: []int{2, 3, 4}, needs: []fact{(*scene).asksForHome}, deaf: true,
			also:    []Cause{CausePathRootDiffers, CauseRemoteDirMissing, CauseNoListPermission, CauseAccountNotAuthorized, CauseGenericFailure},
			because: "The server cannot name the directory in which the session stands after the login.",
			source:  "draft-ietf-secsh-filexfer-02 section 6.11",
		},
		{
			name: "directory-missing", cause: CauseRemoteDirMissing, on: words("OPENDIR", "MKDIR", "RMDIR", "REALPATH"), status: []int{2},
			also:    []Cause{CausePathRootDiffers, CauseNotAFile, CauseFileNotFound, CauseHomeDirectoryInaccessible, CauseServerMisconfigured},
			because: "The server does not find the directory. Some answer the same when the name is one of a file.",
			source:  "OpenSSH answers 2 to OPENDIR and RMDIR of a file",
		},
		{
			name: "file-missing", cause: CauseFileNotFound, status: []int{2},
			also:    []Cause{CausePathRootDiffers, CauseRemoteDirMissing, CausePostUploadPickup, CauseNoReadPermission},
			because: "The server does not find what the request names.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_NO_SUCH_FILE)",
		},
		{
			name: "write-denied", cause: CauseNoWritePermission, on: words("OPEN", "WRITE", "CLOSE"), status: []int{3}, needs: []fact{(*scene).writesFile},
			also:    []Cause{CauseReadOnlyServer, CauseFileExists, CauseFilenamePolicy, CausePathRootDiffers, CauseQuotaExceeded, CauseNotAFile, CauseRemoteDirMissing, CauseDiskFull, CauseAccountNotAuthorized, CauseContentRejected},
			because: "The account may not write here.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_PERMISSION_DENIED)",
		},
		denied3("read-denied", CauseNoReadPermission, words("OPEN", "READ", "STAT", "LSTAT", "FSTAT"), []Cause{CauseNotAFile, CauseFileNotFound, CausePathRootDiffers, CauseOperationUnsupported, CauseQuotaExceeded, CauseServerError}, "The account may not read this."),
		denied3("list-denied", CauseNoListPermission, words("OPENDIR", "READDIR", "REALPATH"), []Cause{CauseNoReadPermission, CausePathRootDiffers, CauseHomeDirectoryInaccessible, CauseOperationUnsupported}, "The account may not list this directory."),
		denied3("delete-denied", CauseDeleteNotPermitted, words("REMOVE", "RMDIR"), []Cause{CauseReadOnlyServer, CauseNoWritePermission, CauseNotAFile, CauseOperationUnsupported}, "The account may not remove this."),
		denied3("mkdir-denied", CauseMkdirNotPermitted, words("MKDIR"), []Cause{CauseReadOnlyServer, CauseNoWritePermission, CausePathRootDiffers, CauseFileExists}, "The account may not make directories here."),
		denied3("rename-denied", CauseRenameRefused, words("RENAME"), []Cause{CauseNoWritePermission, CauseReadOnlyServer, CauseRenameTargetExists, CauseFilenamePolicy, CauseContentRejected}, "The account may not rename this."),
		denied3("request-denied", CauseNoWritePermission, nil, []Cause{CauseNoReadPermission, CauseNoListPermission, CauseOperationUnsupported}, "The account may not do this."),
		{
			name: "close-fails", cause: CauseGenericFailure, on: words("CLOSE"), status: []int{4}, needs: []fact{(*scene).writesFile}, sure: Possible,
			also:    []Cause{CauseDiskFull, CauseQuotaExceeded, CauseNoWritePermission, CauseServerError, CauseFileSizeLimit, CauseFilenamePolicy, CauseContentRejected, CauseServiceUnavailable, CauseFileExists},
			because: "The server took every byte and then refused the file as a whole: what it does with a file that is complete has failed, be it to store it, to hand it on or to check it.",
			source:  "AWS Transfer Family without s3:PutObject, gateways that hand the file on, virus scanners; NFS over quota",
		},
		{
			name: "write-fails", cause: CauseDiskFull, on: words("WRITE"), status: []int{4}, bars: []fact{(*scene).saysSomethingElse},
			also:    []Cause{CauseQuotaExceeded, CauseFileSizeLimit, CauseGenericFailure, CauseServerError, CauseClientPipeliningTooAggressive, CauseContentRejected, CauseServiceUnavailable, CauseNoWritePermission, CauseReadOnlyServer},
			because: "The file could be opened for writing, and the server then failed to write: a full disk or a quota is the usual reason.",
			source:  "OpenSSH answers 4 without a reason when the disk is full",
		},
		{
			name: "write-fails-in-other-words", cause: CauseGenericFailure, on: words("WRITE"), status: []int{4}, sure: Possible,
			also:    []Cause{CauseDiskFull, CauseQuotaExceeded, CauseServerError, CauseFileSizeLimit, CauseFilenamePolicy, CauseNoWritePermission, CauseContentRejected},
			because: "The file could be opened for writing, and the server then refused it for the reason that its words tell.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_FAILURE)",
		},
		{
			name: "read-fails", cause: CauseNotAFile, on: words("READ"), status: []int{4}, bars: []fact{(*scene).readBefore, (*scene).saysSomethingElse}, sure: Possible,
			also:    []Cause{CauseGenericFailure, CauseServerError, CauseNoReadPermission},
			because: "The object could be opened and not read, as with a directory.",
			source:  "OpenSSH answers 4 to READ of a directory",
		},
		{
			name: "rename-fails", cause: CauseRenameTargetExists, on: words("RENAME"), status: []int{4}, bars: []fact{(*scene).fresh, (*scene).saysSomethingElse},
			also:    []Cause{CauseGenericFailure, CauseRenameRefused, CauseRemoteDirMissing, CauseFilenamePolicy, CauseNotAFile, CauseServerError, CauseNoWritePermission, CauseReadOnlyServer, CauseQuotaExceeded, CauseDiskFull, CauseServiceUnavailable, CauseOperationUnsupported, CauseContentRejected},
			because: "The server failed without a reason; that the new name is taken is the usual one.",
			source:  "OpenSSH answers 4 when the new name exists",
		},
		{
			name: "rename-fails-in-other-words", cause: CauseRenameRefused, on: words("RENAME"), status: []int{4}, needs: []fact{(*scene).saysSomethingElse}, sure: Possible,
			also:    []Cause{CauseGenericFailure, CauseServerError, CauseRenameTargetExists, CauseRemoteDirMissing, CauseFilenamePolicy, CauseContentRejected, CauseServiceUnavailable},
			because: "The server does not rename the file, for the reason that its words tell.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_FAILURE)",
		},
		{
			name: "fresh-rename-fails", cause: CauseRenameRefused, on: words("RENAME"), status: []int{4},
			also:    []Cause{CauseGenericFailure, CauseExtensionNotSupported, CauseFilenamePolicy, CausePostUploadPickup, CauseServerError, CauseNoWritePermission, CauseReadOnlyServer, CauseQuotaExceeded, CauseDiskFull, CauseServiceUnavailable, CauseOperationUnsupported, CauseContentRejected},
			because: "The new name is unique, so that it cannot be taken: the server does not rename here.",
			source:  "draft-ietf-secsh-filexfer-02 section 6.5",
		},
		{
			name: "rmdir-fails", cause: CauseDirectoryNotEmpty, on: words("RMDIR"), status: []int{4},
			also:    []Cause{CauseGenericFailure, CauseDeleteNotPermitted, CauseNotAFile, CauseServerError, CauseReadOnlyServer, CauseServiceUnavailable, CauseRemoteDirMissing},
			because: "The server failed without a reason; that something is left in the directory is the usual one.",
			source:  "OpenSSH answers 4 when the directory is not empty",
		},
		{
			name: "listing-fails", cause: CauseGenericFailure, on: words("OPENDIR", "READDIR"), status: []int{4},
			also:    []Cause{CauseNotAFile, CauseNoListPermission, CauseServerError, CauseRemoteDirMissing, CauseServerMisconfigured, CauseServiceUnavailable, CausePathRootDiffers},
			because: "The server failed to list the directory and gave no reason.",
			source:  "mod_sftp answers 4 with words",
		},
		{
			name: "remove-fails", cause: CauseGenericFailure, on: words("REMOVE"), status: []int{4},
			also:    []Cause{CauseNotAFile, CauseDeleteNotPermitted, CauseServerError, CauseFileNotFound, CauseReadOnlyServer, CauseServiceUnavailable},
			because: "The server failed to remove the file and gave no reason.",
			source:  "OpenSSH answers 4 to REMOVE of a directory",
		},
		{
			name: "mkdir-fails", cause: CauseGenericFailure, on: words("MKDIR"), status: []int{4},
			also:    []Cause{CauseFileExists, CauseMkdirNotPermitted, CauseDiskFull, CauseQuotaExceeded, CauseNoWritePermission, CauseFilenamePolicy, CauseRemoteDirMissing, CauseServerError, CauseServiceUnavailable, CauseReadOnlyServer},
			because: "The server failed to make the directory and gave no reason.",
			source:  "OpenSSH answers 4 when the name exists",
		},
		{
			name: "request-fails", cause: CauseGenericFailure, status: []int{4},
			also:    sftpFailure,
			because: "The server answered with the general failure, which says nothing about the reason.",
			source:  "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_FAILURE)",
		},
		{
			name: "odd-status", cause: CauseServerError, kinds: []probe.Kind{probe.KindResponse}, needs: []fact{(*scene).hasStatus}, sure: Possible,
			also:    others(CauseServerError, []Cause{CauseGenericFailure, CauseProtocolError}, sftpFailure),
			because: "The status is not one of the protocol's version 3.",
			source:  "draft-ietf-secsh-filexfer-13 section 9.1",
		},
	}
}

// status is the rule for a status code that says itself what is wrong.
func status(name string, cause Cause, codes []int, because string, also ...Cause) rule {
	return rule{
		name: name, cause: cause, status: codes, also: also, because: because, deaf: true,
		source: "draft-ietf-secsh-filexfer-13 section 9.1",
	}
}

// denied3 is the rule for SSH_FX_PERMISSION_DENIED to a group of requests.
func denied3(name string, cause Cause, on []string, also []Cause, because string) rule {
	return rule{
		name: name, cause: cause, on: on, status: []int{3}, also: also, because: because,
		source: "draft-ietf-secsh-filexfer-02 section 7 (SSH_FX_PERMISSION_DENIED)",
	}
}

// uploads: the failed step is about storing a file.
func (s *scene) uploads() bool { return s.op == probe.OpPut || s.op == probe.OpAppend }

// saysSomethingElse: the server gives a reason, and it is none that is known.
func (s *scene) saysSomethingElse() bool {
	said := strings.FieldsFunc(fold(s.text), func(r rune) bool { return !unicode.IsLetter(r) })
	return len(s.told) == 0 && slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(emptyWords, w) })
}

// emptyWords are what servers say when they say nothing.
var emptyWords = words(
	"no", "ssh", "sftp", "fx", "failure", "failed", "fail", "general", "generic", "error", "unknown", "unspecified", "occurred", "write", "writing", "wrote",
	"close", "closing", "could", "cannot", "can", "not", "to", "the", "an", "a", "on", "in", "of", "file", "handle", "request", "operation", "server", "code", "status",
	"open", "opening", "read", "reading", "create", "creating", "make", "remove", "removing", "delete", "deleting", "rename", "renaming", "list", "listing", "set", "get", "directory", "folder", "path",
)

// asksForHome: the name to resolve is the one of the login directory.
func (s *scene) asksForHome() bool { return s.path() == "." || s.path() == "" }

// paused: nothing was said for a while before the last request.
func (s *scene) paused() bool { return s.pause >= idleTime }

func (s *scene) hasStrays() bool { return s.astray != nil }

// commanded: an FTP command is out.
func (s *scene) commanded() bool { return !s.isSFTP() && s.command != "" }

func (s *scene) hasStatus() bool { return s.code(probe.SpaceSFTP) > 0 }
