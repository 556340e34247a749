package classify

import (
	"slices"
	"strings"

	"mftprobe/probe"
)

// afterBegin: what a server can mean when it breaks off a transfer that it had begun.
var afterBegin = []Cause{
	CauseConnectionResetMidTransfer, CauseTruncatedTransfer, CauseDiskFull, CauseQuotaExceeded, CauseFileSizeLimit, CauseServerError,
	CauseLateTransferFailure, CauseTransferStalled, CauseTLSCloseNotifyMissing, CauseNoWritePermission, CauseContentRejected,
}

// transferRules speak of the time between the 1xx and the final reply.
func transferRules() []rule {
	return []rule{
		{
			name: "shut-without-notice", cause: CauseTLSCloseNotifyMissing, phases: []probe.Phase{probe.PhaseTransfer, probe.PhaseCompletion}, needs: []fact{says(CauseTLSCloseNotifyMissing), (*scene).overTLS},
			also:    []Cause{CauseConnectionResetMidTransfer, CauseTruncatedTransfer, CauseTransferAborted},
			because: "The data connection ended without the TLS goodbye, so that a cut cannot be told from an end.",
			source:  "RFC 8446 section 6.1",
		},
		{
			name: "data-stalled", cause: CauseTransferStalled, kinds: []probe.Kind{probe.KindTimeout, probe.KindData}, broke: noAnswer, phases: []probe.Phase{probe.PhaseTransfer}, needs: []fact{(*scene).onDataConnection}, deaf: true,
			also:    []Cause{CausePassivePortsBlocked, CauseNoFinalReply},
			because: "The data connection stands and no byte moves. Packets of full size that get lost on the way (MTU) look like this.",
			source:  "RFC 8899 section 1.1",
		},
		{
			name: "data-reset", cause: CauseConnectionResetMidTransfer, kinds: []probe.Kind{probe.KindData}, broke: []probe.Class{probe.ClassReset}, deaf: true,
			also:    []Cause{CauseTransferAborted, CauseControlConnectionLost, CauseQuotaExceeded, CauseDiskFull},
			because: "The data connection was reset while data moved.",
			source:  "RFC 9293 section 3.5.2",
		},
		{
			name: "data-cut-short", cause: CauseTruncatedTransfer, kinds: []probe.Kind{probe.KindData}, broke: []probe.Class{probe.ClassEOF}, needs: []fact{(*scene).thenClosed}, deaf: true,
			also:    []Cause{CauseControlConnectionLost, CauseConnectionResetMidTransfer},
			because: "The data ended before the announced size, and the session with it.",
			source:  "RFC 959 section 3.4.1: the end of the data is the end of the file in stream mode",
		},
		{
			name: "data-short", cause: CauseTruncatedTransfer, kinds: []probe.Kind{probe.KindData}, broke: []probe.Class{probe.ClassEOF, probe.ClassMismatch}, deaf: true,
			also:    []Cause{CauseConnectionResetMidTransfer, CauseTransferAborted, CauseTLSCloseNotifyMissing},
			because: "Fewer bytes came than were announced.",
			source:  "RFC 959 section 3.4.1",
		},
		{
			name: "data-tls-broken", cause: CauseDataTLSFailed, kinds: []probe.Kind{probe.KindData, probe.KindAlert}, broke: []probe.Class{probe.ClassTLS, probe.ClassTLSAlert, probe.ClassNotTLS}, needs: []fact{(*scene).onDataConnection},
			also:    []Cause{CauseTLSSessionReuseRequired, CauseTLSCloseNotifyMissing, CauseConnectionResetMidTransfer, CauseClientCertRequired},
			because: "The encrypted data connection broke.",
			source:  "RFC 4217 section 9",
		},
		{
			name: "own-limit", cause: CauseConfigInvalid, kinds: []probe.Kind{probe.KindData}, broke: []probe.Class{probe.ClassTooLong}, side: SideOurs, sure: Certain, deaf: true,
			because: "More came than this program reads. The limit is its own; nothing is wrong with the server or the network.",
			source:  "the program's own limits",
		},
		{
			name: "data-failed", cause: CauseConnectionResetMidTransfer, kinds: []probe.Kind{probe.KindData},
			also:    []Cause{CauseTransferAborted, CauseTruncatedTransfer, CauseTransferStalled},
			because: "The data connection failed while data moved.",
			source:  "RFC 959 section 3.3",
		},
		{
			name: "final-disk-full", cause: CauseDiskFull, on: storeVerbs, codes: []int{452},
			also:    []Cause{CauseQuotaExceeded, CauseServerError},
			because: "The server has no room left for the file.",
			source:  "RFC 959 section 4.2.2 (452)",
		},
		{
			name: "final-quota", cause: CauseQuotaExceeded, on: append(storeVerbs, "MKD", "ALLO", "RNTO"), codes: []int{552},
			also:    []Cause{CauseDiskFull, CauseFileSizeLimit},
			because: "The server has room left, but not for this account or directory.",
			source:  "RFC 959 section 4.2.2 (552)",
		},
		{
			name: "final-says-nothing-new", cause: CauseNoFinalReply, on: dataVerbs, kinds: []probe.Kind{probe.KindReply}, needs: []fact{(*scene).twicePreliminary}, deaf: true,
			also:    []Cause{CauseTransferAborted, CauseNonstandardReplyCode, CauseProtocolError},
			because: "Where the final reply was due, another preliminary one came: the server reports nothing about the end of the transfer.",
			source:  "Pure-FTPd ends an aborted download with 150",
		},
		{
			name: "final-421-stalled", cause: CauseTransferStalled, on: dataVerbs, codes: []int{421}, needs: []fact{(*scene).begun, (*scene).slow, (*scene).dataOpen},
			also:    []Cause{CauseIdleTimeout, CauseTransferAborted, CauseServiceUnavailable, CauseServerError},
			because: "The data connection stood, the server waited for data that did not move and then ended the session.",
			source:  "pyftpdlib: 421 Data connection timed out",
		},
		{
			name: "final-421-waited", cause: CauseTransferStalled, on: dataVerbs, codes: []int{421}, needs: []fact{(*scene).begun, (*scene).slow},
			also:    []Cause{CauseIdleTimeout, CauseTransferAborted, CausePassivePortsBlocked, CauseServiceUnavailable, CauseServerError, CauseTLSSessionReuseRequired},
			because: "The server waited for data that did not move and then ended the session.",
			source:  "vsftpd: 421 Data timeout",
		},
		{
			name: "final-421", cause: CauseTransferAborted, on: dataVerbs, codes: []int{421}, needs: []fact{(*scene).begun},
			also:    []Cause{CauseServiceUnavailable, CauseServerError, CauseIdleTimeout, CauseHomeDirectoryInaccessible, CauseTransferStalled, CauseNoListPermission, CauseControlConnectionLost},
			because: "The server ended the session in the middle of the transfer.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "final-426", cause: CauseTransferAborted, on: dataVerbs, codes: []int{426},
			also:    others(CauseTransferAborted, []Cause{CauseTLSSessionReuseRequired, CauseDataTLSFailed}, afterBegin),
			because: "The server reports that the data connection was closed before the end. Which side closed it is for the logs of both to tell.",
			source:  "RFC 959 section 4.2.2 (426)",
		},
		{
			name: "upload-broken-off", cause: CauseTransferAborted, on: storeVerbs, codes: []int{450, 451, 551}, needs: []fact{(*scene).begun},
			also:    others(CauseTransferAborted, []Cause{CauseDiskFull, CauseQuotaExceeded}, afterBegin, []Cause{CauseFileExists, CauseFilenamePolicy}),
			because: "The server took the upload and then reported a failure of its own. A full disk is the usual reason.",
			source:  "RFC 959 section 4.2.2 (451); vsftpd and Pure-FTPd answer 451 when the disk is full",
		},
		{
			name: "upload-refused-late", cause: CauseLateTransferFailure, on: storeVerbs, codes: []int{500, 550, 553, 554}, needs: []fact{(*scene).begun},
			also:    others(CauseLateTransferFailure, []Cause{CauseTransferAborted, CauseDiskFull, CauseQuotaExceeded, CauseFilenamePolicy, CauseNoWritePermission}, afterBegin, []Cause{CauseFileExists}),
			because: "The server took the data and then refused the file for good: what it checks at the end, such as content, name or quota, did not please it.",
			source:  "RFC 959 section 4.2.2 (550, 553: not taken)",
		},
		{
			name: "listing-failed-inside", cause: CauseServerError, on: listVerbs, codes: []int{451},
			also: []Cause{
				CauseNoListPermission, CauseRemoteDirMissing, CauseHomeDirectoryInaccessible, CauseEmptyDirAsError, CausePathRootDiffers, CauseNotAFile, CauseTransferAborted,
				CauseDiskFull, CauseServiceUnavailable,
			},
			because: "The server says that it failed at the listing by an error of its own.",
			source:  "RFC 959 section 4.2.2 (451)",
		},
		{
			name: "listing-refused-late", cause: CauseNoListPermission, on: listVerbs, codes: []int{450, 550, 551, 553, 500}, needs: []fact{(*scene).begun}, bars: []fact{(*scene).hasPath},
			also:    []Cause{CauseRemoteDirMissing, CauseEmptyDirAsError, CausePathRootDiffers, CauseServerError, CauseHomeDirectoryInaccessible, CauseNotAFile, CauseTransferAborted},
			because: "The server opened the data connection and then could not list the directory.",
			source:  "ProFTPD answers 150 before it looks",
		},
		{
			name: "listing-path-refused-late", cause: CauseRemoteDirMissing, on: listVerbs, codes: []int{450, 550, 551, 553}, needs: []fact{(*scene).begun},
			also:    []Cause{CauseNoListPermission, CauseFileNotFound, CauseEmptyDirAsError, CausePathRootDiffers, CauseNotAFile, CauseServerError},
			because: "The server opened the data connection and then could not list the directory.",
			source:  "ProFTPD answers 150 before it looks",
		},
		{
			name: "download-broken-off", cause: CauseTransferAborted, on: words("RETR"), codes: []int{4, 5}, needs: []fact{(*scene).begun},
			also:    []Cause{CauseServerError, CauseConnectionResetMidTransfer, CauseTruncatedTransfer, CauseLateTransferFailure, CauseNotAFile, CauseNoReadPermission, CauseFileNotFound, CauseContentRejected},
			because: "The server broke the download off.",
			source:  "RFC 959 section 4.2.2 (451, 551)",
		},
		{
			name: "transfer-broken-off", cause: CauseLateTransferFailure, on: dataVerbs, codes: []int{4, 5}, needs: []fact{(*scene).begun},
			also:    others(CauseLateTransferFailure, []Cause{CauseTransferAborted, CauseDiskFull, CauseQuotaExceeded}, afterBegin),
			because: "The data moved and the final reply is an error.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "final-reply-lost-late", cause: CauseControlConnIdleDrop, on: dataVerbs, broke: append(noAnswer, cutOff...), needs: []fact{(*scene).begun, (*scene).longTransfer}, deaf: true,
			also:    []Cause{CauseNoFinalReply, CauseControlConnectionLost, CauseIdleTimeout},
			because: "The transfer took so long that a firewall may have forgotten the silent control connection.",
			source:  "RFC 5382 section 5 (NAT session timers)",
		},
		{
			name: "session-lost-in-transfer", cause: CauseControlConnectionLost, on: dataVerbs, broke: cutOff, needs: []fact{(*scene).begun}, bars: []fact{(*scene).waitedLong}, deaf: true,
			also:    []Cause{CauseTruncatedTransfer, CauseConnectionResetMidTransfer, CauseNoFinalReply, CauseTransferAborted},
			because: "The server closed the session in the middle of the transfer, without a final reply. What arrived may be cut short although its end looks normal.",
			source:  "RFC 959 section 5.4",
		},
		{
			name: "session-ended-in-stall", cause: CauseTransferStalled, on: dataVerbs, broke: cutOff, needs: []fact{(*scene).begun}, deaf: true,
			also:    []Cause{CauseControlConnectionLost, CauseIdleTimeout, CauseNoFinalReply},
			because: "Nothing moved for a while, and the server ended the session.",
			source:  "ProFTPD TimeoutStalled",
		},
		{
			name: "final-reply-missing-nothing-moved", cause: CausePassivePortsBlocked, on: dataVerbs, broke: noAnswer, needs: []fact{(*scene).begun, (*scene).passiveMode, (*scene).notDialled, (*scene).nothingMoved}, bars: []fact{(*scene).dataEnded}, deaf: true,
			also:    []Cause{CauseTransferStalled, CauseNoFinalReply, CauseReplyTimeout},
			because: "The server began the transfer, no data came, and nothing was heard again.",
			source:  "pyftpdlib answers 150 before the data connection stands",
		},
		{
			name: "final-reply-missing", cause: CauseNoFinalReply, on: dataVerbs, broke: noAnswer, needs: []fact{(*scene).begun}, deaf: true,
			also:    []Cause{CauseTransferStalled, CauseControlConnIdleDrop, CauseReplyTimeout, CauseTLSCloseNotifyMissing},
			because: "The data connection has ended and the final reply does not come.",
			source:  "RFC 959 section 5.4",
		},
	}
}

func (s *scene) onDataConnection() bool {
	return onData(s.bad) || s.bad.Kind == probe.KindData || s.bad.Attr[attrLimit] == "stall"
}

func (s *scene) dataEnded() bool { return s.data.ended }

// waitedLong: the server was patient for some seconds before it acted.
func (s *scene) waitedLong() bool { return s.silent() >= slowAnswer }

// verifyRules speak of what this program, or the judge, compared.
func verifyRules() []rule {
	return []rule{
		{
			name: "not-overwritten", cause: CauseFileExists, needs: []fact{check("overwrite", "exists")}, sure: Certain, side: SideOurs, deaf: true,
			because: "Something of that name is there, and this program overwrites nothing.",
			source:  "the program's own rule",
		},
		{
			name: "payload-unreadable", cause: CauseConfigInvalid, needs: []fact{check("payload", "raw")}, sure: Certain, deaf: true,
			because: "What the script asks for cannot be sent from here.",
			source:  "the program's own limits",
		},
		{
			name: "resume-point-differs", cause: CauseResumeRefused, needs: []fact{check("resume")}, side: SideOurs, deaf: true,
			also:    []Cause{CauseTruncatedTransfer},
			because: "The file on the server does not have the size at which the script wants to go on.",
			source:  "the program's own rule",
		},
		{
			name: "no-directory", cause: CauseNotAFile, needs: []fact{check("is-directory")}, sure: Certain, deaf: true,
			because: "The path is one of a file.",
			source:  "draft-ietf-secsh-filexfer-02 section 5",
		},
		{
			name: "success-without-content", cause: CauseProtocolError, needs: []fact{check("reply", "attributes")}, deaf: true,
			also:    []Cause{CauseNonstandardReplyCode},
			because: "The server reported success and left out what it had to say.",
			source:  "RFC 959 section 4.2, RFC 3659",
		},
		{
			name: "stored-nothing", cause: CauseFalseSuccess, needs: []fact{check("size", "length"), (*scene).cameBackEmpty}, deaf: true,
			also:    []Cause{CauseTruncatedTransfer, CausePostUploadPickup, CauseDiskFull},
			because: "The server reported success, and the file is empty.",
			source:  "RFC 959 section 5.4 (226)",
		},
		{
			name: "ascii-length", cause: CauseASCIIConversion, needs: []fact{check("size", "length", "content"), (*scene).isASCII}, deaf: true,
			also:    []Cause{CauseContentMismatch, CauseTruncatedTransfer},
			because: "The transfer was done in ASCII mode, which changes line ends.",
			source:  "RFC 959 section 3.1.1.1",
		},
		{
			name: "stored-longer", cause: CauseASCIIConversion, needs: []fact{check("size", "length"), (*scene).cameBackLonger}, deaf: true,
			also:    []Cause{CauseContentMismatch, CauseFileExists},
			because: "More bytes are there than were sent: line ends were converted, or something was added.",
			source:  "RFC 959 section 3.1.1.1",
		},
		{
			name: "stored-shorter", cause: CauseTruncatedTransfer, needs: []fact{check("size", "length")}, deaf: true,
			also:    []Cause{CauseFalseSuccess, CauseASCIIConversion, CauseContentMismatch, CauseConnectionResetMidTransfer, CauseDiskFull},
			because: "The server reported success, and fewer bytes are there than were sent.",
			source:  "RFC 959 section 3.4.1",
		},
		{
			name: "hashed-less", cause: CauseTruncatedTransfer, needs: []fact{check("checksum"), (*scene).hashedLess}, deaf: true,
			also:    []Cause{CauseFalseSuccess, CauseContentMismatch, CauseDiskFull},
			because: "The server reported success, and its checksum covers fewer bytes than were sent.",
			source:  "draft-bryan-ftpext-hash section 3",
		},
		{
			name: "stored-differently", cause: CauseContentMismatch, needs: []fact{check("content", "checksum")}, deaf: true,
			also:    []Cause{CauseTruncatedTransfer, CauseASCIIConversion},
			because: "What the server has is not what was written: the checksums differ.",
			source:  "comparison of SHA-256",
		},
		{
			name: "expected-file-missing", cause: CauseFileNotFound, needs: []fact{check("missing")}, side: SideUndecided, deaf: true,
			also:    []Cause{CauseListingTruncated, CauseListingFormatUnknown, CausePathRootDiffers},
			because: "Everything worked, and what the script expects to find is not there as expected.",
			source:  "the script's own expectation",
		},
		{
			name: "expectation-unmet", cause: CauseExpectationUnmet, needs: []fact{check("expectation")}, sure: Certain, deaf: true,
			because: "The server did what was asked. The script says that it should have been otherwise.",
			source:  "the script's own expectation",
		},
	}
}

// check holds for a comparison of one of these names that failed.
func check(names ...string) fact {
	return func(s *scene) bool {
		name := s.bad.Attr[attrCheck]
		if s.wrongSize(s.bad) {
			name = "size"
		}
		return name != "" && slices.Contains(names, name)
	}
}

// hashedLess: the answer to HASH names the range that it covers, "0-512", and more was sent.
func (s *scene) hashedLess() bool {
	for i := range s.t.Events {
		e := &s.t.Events[i]
		if e.Kind != probe.KindReply || e.Command != "HASH" || e.Step != s.bad.Step || e.Seq > s.bad.Seq {
			continue
		}
		for word := range strings.FieldsSeq(e.Text) {
			if end, ok := strings.CutPrefix(word, "0-"); ok {
				n := number(end)
				return n >= 0 && n < s.data.bytes
			}
		}
	}
	return false
}

// sizes reads what is on the server and what was sent, -1 where unknown. The driver's check names
// both, other records show them in the answer to SIZE.
func (s *scene) sizes() (there, sent int64) {
	if s.wrongSize(s.bad) {
		return sizeReply(s.bad.Text), s.written[argument(s.line)]
	}
	return twoNumbers(s.bad.Text)
}

func (s *scene) cameBackEmpty() bool { there, sent := s.sizes(); return there == 0 && sent > 0 }

func (s *scene) cameBackLonger() bool { there, sent := s.sizes(); return sent >= 0 && there > sent }

// twoNumbers returns the first two numbers of a sentence, -1 where there are none.
func twoNumbers(text string) (first, second int64) {
	found := [2]int64{-1, -1}
	n, start := 0, -1
	for i := 0; i <= len(text) && n < len(found); i++ {
		digit := i < len(text) && text[i] >= '0' && text[i] <= '9'
		switch {
		case digit && start < 0:
			start = i
		case !digit && start >= 0:
			found[n] = number(text[start:i])
			n, start = n+1, -1
		}
	}
	return found[0], found[1]
}
