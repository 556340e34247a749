package matrix

import (
	"slices"
	"strings"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// What every FTP server is asked on any day. A server that gives its reasons leaves fewer answers than one that does not.

var (
	beforeLogin   = answer{"command-before-login login-refused plain-ftp-refused-needs-tls", anySide}
	notSupported  = answer{"command-not-supported parameter-not-supported", anySide}
	badParameter  = answer{"parameter-not-supported command-not-supported", anySide}
	notAFile      = answer{"not-a-file", "ours"}
	notRetrieved  = answer{"not-a-file file-not-found", "ours"} // pyftpdlib: "is not retrievable"
	listedNothing = want{outcome: "pass warn fail", step: "list nlst", answer: answer{"remote-dir-missing empty-dir-as-error no-list-permission file-not-found path-root-differs no-read-permission", anySide}}
	noRest        = answer{"parameter-not-supported resume-refused", anySide}
	vague         = answer{
		"no-write-permission remote-dir-missing file-exists not-a-file filename-policy path-root-differs read-only-server delete-not-permitted " +
			"mkdir-not-permitted rename-refused directory-not-empty file-not-found no-read-permission rename-target-exists resume-refused",
		anySide,
	}
)

// longName is longer than any file system allows.
var longName = strings.Repeat("n", 300)

// everyday returns rows for one server; reasons tells whether it says why it refuses.
func everyday(reasons bool, more ...row) []row {
	because := func(a answer) answer {
		if reasons {
			return a
		}
		return answer{a.causes + " " + vague.causes, anySide}
	}
	rows := []row{
		{name: "mode of another's file changed", steps: []probe.Step{chmod("rofile.txt")}, want: fails("chmod", "path setup verify", 550, cannotChmod)},
		{name: "text mode on both sides", flags: "--type A", want: passes()},
		{name: "SFTP client at the FTP port", as: probe.SFTP, want: fails("connect", "version", 0, wrongProtocol)},
		{name: "TLS client at the FTP port", as: probe.FTPS, want: fails("connect", "tls", 0, wrongTLSMode)},
		{name: "command before the login", before: []probe.Step{raw("PWD")}, want: fails("raw", "login setup path greeting", 530, beforeLogin)},
		{name: "unknown command before the login", before: []probe.Step{raw("XYZZY")}, want: fails("raw", "login setup path greeting", 0, answer{beforeLogin.causes + " command-not-supported", anySide})},
		{name: "session ended by its server in a download", flags: "--read-only --get big.bin", disturb: inDownload(terminate), want: fails("get-file", "completion transfer", 0, answer{lost.causes + " service-unavailable", lost.sides})},
		{name: "upload appended to", steps: []probe.Step{do(probe.OpPut, ""), do(probe.OpAppend, ""), do(probe.OpDelete, "")}, want: passes()},
		{name: "file renamed onto another", steps: []probe.Step{rename("hello.txt", "exist.txt")}, want: fails("rename", "path verify", 0, targetExists), differ: map[string]string{"curl": overwrites, "lftp": overwrites}},
		{name: "name in UTF-8 fetched", steps: []probe.Step{do(probe.OpGet, "grüße ☃.txt")}, want: passes()},
		{name: "empty directory listed", steps: []probe.Step{do(probe.OpList, "emptydir")}, want: passes()},
		{name: "empty directory's names listed", steps: []probe.Step{do(probe.OpNlst, "emptydir")}, want: passes()},
		{name: "missing directory listed", steps: []probe.Step{do(probe.OpList, "nosuchdir")}, want: listedNothing},
		{name: "missing directory's names listed", steps: []probe.Step{do(probe.OpNlst, "nosuchdir")}, want: listedNothing},
		{name: "forbidden directory listed", steps: []probe.Step{do(probe.OpList, "noaccess")}, want: listedNothing},
		{name: "date of a missing file", steps: []probe.Step{do(probe.OpMdtm, "missing.txt")}, want: fails("mdtm", "verify path", 550, because(answer{"file-not-found path-root-differs remote-dir-missing no-read-permission not-a-file", anySide}))},
		{name: "size of a missing file", steps: []probe.Step{do(probe.OpSize, "missing.txt")}, want: fails("size", "verify path", 550, because(answer{"file-not-found path-root-differs remote-dir-missing no-read-permission not-a-file", anySide}))},
		{name: "size of a directory", steps: []probe.Step{do(probe.OpSize, "emptydir")}, want: fails("size", "verify path", 550, because(notRetrieved))},
		{name: "directory deleted as a file", steps: []probe.Step{do(probe.OpDelete, "emptydir")}, want: fails("delete", "cleanup path", 550, because(answer{"not-a-file file-not-found", anySide}))},
		{name: "file removed as a directory", steps: []probe.Step{do(probe.OpRmdir, "hello.txt")}, want: fails("rmdir", "cleanup path", 550, because(notAFile))},
		{name: "missing directory removed", steps: []probe.Step{do(probe.OpRmdir, "nosuchdir")}, want: fails("rmdir", "cleanup path", 550, because(noDirectory))},
		{name: "directory removed from a forbidden one", steps: []probe.Step{do(probe.OpRmdir, "noaccess/x")}, want: fails("rmdir", "cleanup path", 550, because(answer{cannotDelete.causes + " remote-dir-missing", anySide}))},
		{name: "directory made in a missing one", steps: []probe.Step{do(probe.OpMkdir, "nosuchdir/d")}, want: fails("mkdir", "path", 550, because(noDirectory))},
		{name: "directory made in a forbidden one", steps: []probe.Step{do(probe.OpMkdir, "rodir/d")}, want: fails("mkdir", "path", 550, because(cannotMkdir))},
		{name: "file renamed into a directory that is not there", steps: []probe.Step{rename("hello.txt", "nosuchdir/x")}, want: fails("rename", "path", 0, because(noDirectory))},
		{name: "file stored in a missing directory", steps: []probe.Step{do(probe.OpPut, "nosuchdir/x")}, want: fails("put", "transfer path completion", 0, because(noDirectory))},
		{name: "file stored in a forbidden directory", steps: []probe.Step{do(probe.OpPut, "rodir/x")}, want: fails("put", "transfer path completion", 0, because(cannotWrite))},
		{name: "file stored over another", steps: []probe.Step{do(probe.OpPut, "exist.txt")}, want: fails("put", "path transfer", 0, fileExists), differ: map[string]string{"curl": overwrites, "lftp": overwrites}},
		{name: "file stored under too long a name", steps: []probe.Step{do(probe.OpPut, longName)}, want: fails("put", "transfer path completion", 0, because(namePolicyOf(anySide)))},
		{name: "read-only file appended to", steps: []probe.Step{do(probe.OpAppend, "rofile.txt")}, want: fails("append", "transfer path completion", 0, because(answer{"no-write-permission read-only-server resume-refused", anySide})), differ: map[string]string{"curl": "lftp may have replaced the file before it came"}},
		{name: "download resumed", steps: []probe.Step{{Name: "get", Op: probe.OpGet, Path: "hello.txt", Offset: 6}}, want: passes()},
		{name: "path up and out", path: "/../../../../nosuchroot", want: fails("cwd", "path", 550, because(answer{"path-root-differs remote-dir-missing", anySide}))},
		{name: "mode that nobody has", steps: []probe.Step{raw("MODE X")}, want: fails("raw", "setup", 0, badParameter)},
		{name: "structure that nobody has", steps: []probe.Step{raw("STRU X")}, want: fails("raw", "setup", 0, badParameter)},
		{name: "type that nobody has", steps: []probe.Step{raw("TYPE X")}, want: fails("raw", "setup", 0, badParameter)},
		{name: "EBCDIC", steps: []probe.Step{raw("TYPE E")}, want: fails("raw", "setup", 0, badParameter)},
		{name: "unknown SITE command", steps: []probe.Step{raw("SITE XYZZY")}, want: fails("raw", "setup path", 500, notSupported)},
		{name: "SMNT", steps: []probe.Step{raw("SMNT /")}, want: fails("raw", "setup path", 0, notSupported)},
	}
	rows = append(rows, more...)
	for i := range rows {
		if rows[i].modes == nil {
			rows[i].modes = plain
		}
	}
	return rows
}

// answersLate is why a client gives up in a case that passes when it is alone.
const answersLate = "ProFTPD lets a plain session beside those with TLS wait for seconds at times"

// overwrites is why a client passes where we refuse.
const overwrites = "it overwrites what is there, which we never do"

func namePolicyOf(sides string) answer { return answer{namePolicy.causes, sides} }

// nothingMayChange are the rows of a server that allows no writing, beside the upload that each server has a row for.
func nothingMayChange(modes []lab.Mode, more string) []row {
	refused := func(first answer) answer {
		return answer{"read-only-server no-write-permission operation-unsupported " + first.causes + more, anySide}
	}
	return []row{
		{name: "file deleted on a read-only server", state: "read-only", modes: modes, steps: []probe.Step{do(probe.OpDelete, "hello.txt")}, want: fails("delete", "cleanup path request", 0, refused(cannotDelete))},
		{name: "directory made on a read-only server", state: "read-only", modes: modes, steps: []probe.Step{do(probe.OpMkdir, "")}, want: fails("mkdir", "path request", 0, refused(cannotMkdir))},
		{name: "file renamed on a read-only server", state: "read-only", modes: modes, steps: []probe.Step{rename("hello.txt", "new.txt")}, want: fails("rename", "path request verify", 0, refused(cannotRename))},
	}
}

// notTheReason is what vsftpd leaves open when it refuses.
const notTheReason = " command-not-supported file-not-found remote-dir-missing file-exists not-a-file rename-target-exists"

// hurried lets the server wait too long for the name.
func hurried(state string, modes []lab.Mode) row {
	return row{name: "login too late", state: state, modes: modes, before: []probe.Step{{Name: "wait", Op: probe.OpWait, Pause: pastIdle}}, want: fails("login", "login greeting", 421, idle)}
}

// otherCipher asks for a cipher that Go does not have.
func otherCipher(modes []lab.Mode) row {
	return row{name: "no cipher in common", state: "tls-foreign-cipher", modes: modes, flags: "--tls-max 1.2", want: fails("connect", "tls", 0, noSharedCipher), differ: map[string]string{"curl": "OpenSSL has the cipher", "lftp": "GnuTLS has the cipher"}}
}

// What only some servers do.
var (
	mlsdUnknown = row{name: "MLSD where it is unknown", steps: []probe.Step{do(probe.OpMlsd, "")}, want: fails("mlsd", "transfer path setup", 500, answer{"mlsd-not-supported command-not-supported", anySide}), differ: map[string]string{"curl": "it does not ask for MLSD", "lftp": "it takes LIST instead"}}
	mlsdMissing = row{name: "missing directory listed by MLSD", steps: []probe.Step{do(probe.OpMlsd, "nosuchdir")}, want: fails("mlsd", "transfer path completion verify", 0, answer{"remote-dir-missing file-not-found path-root-differs no-list-permission", anySide}), differ: map[string]string{alone: "it does not ask for MLSD"}}
	sizeInASCII = row{name: "size in text mode refused", steps: []probe.Step{raw("TYPE A"), {Name: "size", Op: probe.OpRaw, Line: "SIZE hello.txt"}}, want: fails("size", "verify path setup", 550, answer{"size-in-ascii", "ours"}), differ: map[string]string{alone: "it asks in binary mode"}}
	sizeAsText  = row{name: "size in text mode", steps: []probe.Step{raw("TYPE A"), {Name: "size", Op: probe.OpRaw, Line: "SIZE hello.txt"}}, want: passes(), differ: map[string]string{alone: "it asks in binary mode"}}
	noACCT      = row{name: "ACCT", steps: []probe.Step{raw("ACCT x")}, want: fails("raw", "setup path login", 0, notSupported)}
	noREIN      = row{name: "REIN", steps: []probe.Step{raw("REIN")}, want: fails("raw", "setup path login", 0, notSupported)}
	noRestart   = row{name: "download resumed beyond the end", steps: []probe.Step{{Name: "get", Op: probe.OpGet, Path: "hello.txt", Offset: 999999}}, want: fails("get", "transfer completion", 554, noRest), differ: map[string]string{alone: "it does not skip what is not there"}}
	restart     = row{name: "download resumed beyond the end", steps: []probe.Step{{Name: "get", Op: probe.OpGet, Path: "hello.txt", Offset: 999999}}, want: want{outcome: "pass warn fail", answer: answer{"truncated-transfer", anySide}}, differ: map[string]string{alone: "it does not skip what is not there"}}

	vsftpdEveryday = slices.Concat([]row{
		mlsdUnknown, sizeAsText, noACCT, noREIN, restart, hurried("idle", plain), otherCipher(bothTLS),
		{name: "healthy", modes: allFTP, want: passes()},
		{name: "root", user: "root", want: fails("login", "login", 530, forbiddenAccount)},
		{name: "plain login where TLS is optional", state: "tls-optional", modes: explicit, as: probe.FTP, want: passes()},
		{name: "forbidden name fetched", state: "deny-names", steps: []probe.Step{do(probe.OpGet, "lines.txt")}, want: fails("get", "transfer", 550, answer{"filename-policy no-read-permission file-not-found not-a-file", anySide})},
		{name: "hidden file fetched", state: "hide-names", steps: []probe.Step{do(probe.OpGet, "hello.txt")}, want: passes()},
	}, nothingMayChange(plain, notTheReason))

	proftpdEveryday = slices.Concat([]row{
		mlsdMissing, sizeInASCII, noACCT, noREIN, noRestart, hurried("login-timeout", plain), otherCipher(bothTLS),
		{name: "healthy", modes: allFTP, want: passes()},
		{name: "healthy SFTP", modes: ssh, want: passes()},
		{name: "plain login where TLS is optional", state: "tls-optional", modes: explicit, as: probe.FTP, want: passes(), differ: map[string]string{"curl": answersLate, "lftp": answersLate}},
		{name: "name that may not be written fetched", state: "deny-names", steps: []probe.Step{do(probe.OpGet, ".ssh/authorized_keys")}, want: passes()},
		{name: "dot names refused by SFTP", state: "deny-names", modes: ssh, want: fails("put", "request transfer path", 3, answer{"filename-policy no-write-permission read-only-server", "theirs"})},
		{name: "hidden file fetched", state: "hide-names", steps: []probe.Step{do(probe.OpGet, "hello.txt")}, want: fails("get", "transfer", 550, answer{"file-not-found no-read-permission no-list-permission path-root-differs", anySide})},
		{name: "command filtered", state: "command-filter", steps: []probe.Step{do(probe.OpCwd, "*/x")}, want: fails("cwd", "path", 550, answer{"filename-policy parameter-not-supported command-not-supported", anySide})},
		{name: "SFTP over quota, by which the file goes again", state: "quota", modes: ssh, flags: "--size 64KiB", want: fails("size", "request verify", 2, answer{"quota-exceeded post-upload-pickup file-not-found", anySide}).with(mayBe + leftBehind)},
		{name: "SFTP session killed between requests", modes: ssh, disturb: afterStep("pwd", kill), want: fails("list", "path request init", 0, lost)},
		{name: "expired account of SFTP", modes: ssh, user: "expired", want: passes()},
		{name: "password of SFTP that must be changed", modes: ssh, user: "mustchange", want: passes()},
		{name: "unreadable home of SFTP", modes: ssh, user: "sealed", want: fails("login", "auth", 0, answer{hiddenHome.causes + " auth-method-mismatch", hiddenHome.sides})},
		{name: "missing shell of SFTP", modes: ssh, user: "lostshell", want: fails("login", "auth", 0, answer{forbiddenAccount.causes + " home-directory-inaccessible auth-method-mismatch", anySide})},
		{name: "root of SFTP", modes: ssh, user: "root", want: fails("login", "auth", 0, answer{forbiddenAccount.causes + " home-directory-inaccessible auth-method-mismatch", anySide})},
		{name: "one try with a wrong password", state: "max-login-attempts", modes: ssh, secret: "wrong-Passw0rd", want: fails("login", "auth", 0, tooManyTries)},
		{name: "SFTP of a path out of the chroot", state: "chroot", modes: ssh, steps: []probe.Step{do(probe.OpGet, "/etc/passwd")}, want: fails("get", "transfer path request", 2, answer{"path-root-differs file-not-found remote-dir-missing", "ours"})},
		{name: "SFTP of a link out of the chroot", state: "chroot", modes: ssh, steps: []probe.Step{do(probe.OpGet, "outside")}, want: fails("get", "transfer path request", 0, answer{"no-read-permission path-root-differs file-not-found not-a-file", anySide})},
		{name: "path out of the chroot", state: "chroot", path: "/../../../../etc", want: fails("cwd", "path", 550, answer{"path-root-differs remote-dir-missing", "ours"})},
	}, nothingMayChange(plain, ""), sftpRows(nothingMayChange(ssh, "")))

	pureFTPDEveryday = []row{
		mlsdMissing, sizeAsText, noREIN, noRestart, otherCipher(explicit),
		{name: "healthy", modes: twoModes, want: passes()},
		{name: "missing shell", user: "lostshell", flags: patient, want: fails("login", "login", 530, forbiddenAccount)},
		{name: "file deleted where nothing may be", state: "no-overwrite", steps: []probe.Step{do(probe.OpDelete, "hello.txt")}, want: fails("delete", "cleanup path", 550, cannotDelete)},
		{name: "forbidden name fetched", state: "no-dot-files", steps: []probe.Step{do(probe.OpGet, ".ssh/authorized_keys")}, want: fails("get", "transfer path", 553, answer{"filename-policy no-read-permission", "theirs"})},
		{name: "ACCT that is welcome", steps: []probe.Step{raw("ACCT x")}, want: passes()},
	}
	pyftpdlibEveryday = slices.Concat([]row{
		mlsdMissing, sizeInASCII, noACCT, noRestart, hurried("login-timeout", plain),
		{name: "healthy", modes: allFTP, want: passes()},
		{name: "root", user: "root", want: passes()},
		{name: "inactive account", user: "inactive", want: passes()},
		{name: "password that must be changed", user: "mustchange", want: passes()},
		{name: "dangling link", steps: []probe.Step{do(probe.OpGet, "dangling")}, want: fails("get", "transfer", 550, answer{"file-not-found path-root-differs not-a-file remote-dir-missing", anySide})},
		{name: "link out of the root", state: "virtual-users", steps: []probe.Step{do(probe.OpGet, "outside")}, want: fails("get", "transfer", 550, answer{"file-not-found no-read-permission path-root-differs not-a-file", anySide})},
	}, nothingMayChange(plain, ""))

	opensshEveryday = slices.Concat([]row{
		{name: "healthy", modes: bothSSH, want: passes()},
		{name: "no home", modes: ssh, user: "nohome", want: homeless},
		{name: "unreadable home", modes: ssh, user: "sealed", want: homeless},
		{name: "path out of the chroot", state: "chroot", modes: ssh, steps: []probe.Step{do(probe.OpGet, "/etc/passwd")}, want: fails("get", "transfer path request", 2, answer{"path-root-differs file-not-found remote-dir-missing", "ours"})},
		{name: "SFTP server killed", modes: external, disturb: afterStep("pwd", killSFTP), want: fails("list", "path request init", 0, answer{lost.causes + " sftp-server-exits", lost.sides})},
	}, nothingMayChange(ssh, ""))

	dropbearEveryday = []row{
		{name: "healthy", modes: ssh, want: passes()},
		{name: "root", modes: ssh, user: "root", want: passes()},
		{name: "no home", modes: ssh, user: "nohome", want: homeless},
		{name: "unreadable home", modes: ssh, user: "sealed", want: homeless},
		{name: "inactive account", modes: ssh, user: "inactive", want: passes()},
		{name: "password that must be changed", modes: ssh, user: "mustchange", want: passes()},
		{name: "session killed between requests", modes: ssh, disturb: afterStep("pwd", kill), want: fails("list", "path request init", 0, lost)},
	}

	// homeless is who lands in the root directory, where nobody may write.
	homeless = want{outcome: "pass warn fail", step: "login pwd list put", phases: "init path request transfer", answer: answer{"home-directory-inaccessible no-write-permission read-only-server no-list-permission remote-dir-missing sftp-server-exits", anySide}}
)

// sftpRows renames rows that the same server has for FTP.
func sftpRows(rows []row) []row {
	for i := range rows {
		rows[i].name += " by SFTP"
	}
	return rows
}

// everydaySFTP returns what every SFTP server is asked; reasons tells whether a failure comes with the text of the system.
func everydaySFTP(reasons bool) []row {
	because := func(a answer) answer {
		if reasons {
			return a
		}
		return answer{a.causes + " generic-failure server-error", anySide}
	}
	rows := []row{
		{name: "file listed over SFTP", steps: []probe.Step{do(probe.OpList, "hello.txt")}, want: fails("list", "path request", 0, answer{"not-a-file remote-dir-missing file-not-found path-root-differs", "ours"}), differ: map[string]string{alone: "it shows the file"}},
		{name: "forbidden directory listed over SFTP", steps: []probe.Step{do(probe.OpList, "noaccess")}, want: fails("list", "path request", 3, answer{"no-list-permission no-read-permission", "theirs"})},
		{name: "missing directory listed over SFTP", steps: []probe.Step{do(probe.OpList, "nosuchdir")}, want: fails("list", "path request", 2, noDirectory)},
		{name: "status of a missing file", steps: []probe.Step{do(probe.OpStat, "missing.txt")}, want: fails("stat", "path request verify", 2, noFile), differ: map[string]string{alone: "it has no command for it"}},
		{name: "directory deleted as a file over SFTP", steps: []probe.Step{do(probe.OpDelete, "emptydir")}, want: fails("delete", "cleanup path request", 0, because(answer{"not-a-file delete-not-permitted no-write-permission", anySide}))},
		{name: "missing file deleted over SFTP", steps: []probe.Step{do(probe.OpDelete, "missing.txt")}, want: fails("delete", "cleanup path request", 2, noFile)},
		{name: "forbidden file deleted over SFTP", steps: []probe.Step{do(probe.OpDelete, "rodir/f")}, want: fails("delete", "cleanup path request", 3, cannotDelete)},
		{name: "file removed as a directory over SFTP", steps: []probe.Step{do(probe.OpRmdir, "hello.txt")}, want: fails("rmdir", "cleanup path request", 0, because(answer{"not-a-file remote-dir-missing path-root-differs file-not-found", anySide}))},
		{name: "missing directory removed over SFTP", steps: []probe.Step{do(probe.OpRmdir, "nosuchdir")}, want: fails("rmdir", "cleanup path request", 2, noDirectory)},
		{name: "full directory removed over SFTP", steps: []probe.Step{do(probe.OpRmdir, "fulldir")}, want: fails("rmdir", "cleanup path request", 0, because(answer{"directory-not-empty delete-not-permitted not-a-file", anySide}))},
		{name: "existing directory made over SFTP", steps: []probe.Step{do(probe.OpMkdir, "fulldir")}, want: fails("mkdir", "path request", 0, because(answer{"file-exists disk-full quota-exceeded mkdir-not-permitted no-write-permission", anySide}))},
		{name: "directory made in a missing one over SFTP", steps: []probe.Step{do(probe.OpMkdir, "nosuchdir/d")}, want: fails("mkdir", "path request", 2, noDirectory)},
		{name: "directory made in a forbidden one over SFTP", steps: []probe.Step{do(probe.OpMkdir, "rodir/d")}, want: fails("mkdir", "path request", 3, cannotMkdir)},
		{name: "missing file renamed over SFTP", steps: []probe.Step{rename("missing.txt", "other.txt")}, want: fails("rename", "path request verify", 2, noFile)},
		{name: "file renamed into a missing directory over SFTP", steps: []probe.Step{rename("hello.txt", "nosuchdir/x")}, want: fails("rename", "path request verify", 2, answer{noDirectory.causes + " rename-refused", anySide})},
		{name: "file renamed into a forbidden directory over SFTP", steps: []probe.Step{rename("hello.txt", "rodir/x")}, want: fails("rename", "path request verify", 3, cannotRename)},
		{name: "file renamed onto another over SFTP", steps: []probe.Step{rename("hello.txt", "exist.txt")}, want: fails("rename", "path request verify", 0, targetExists), differ: map[string]string{"sftp": overwrites, "curl": overwrites}},
		{name: "file stored in a missing directory over SFTP", steps: []probe.Step{do(probe.OpPut, "nosuchdir/x")}, want: fails("put", "transfer path request", 2, noDirectory)},
		{name: "file stored in a forbidden directory over SFTP", steps: []probe.Step{do(probe.OpPut, "rodir/x")}, want: fails("put", "transfer path request", 3, cannotWrite)},
		{name: "file stored over another over SFTP", steps: []probe.Step{do(probe.OpPut, "exist.txt")}, want: fails("put", "path transfer request", 0, fileExists), differ: map[string]string{"sftp": overwrites, "curl": overwrites}},
		{name: "file stored under too long a name over SFTP", steps: []probe.Step{do(probe.OpPut, longName)}, want: fails("put", "path transfer request", 0, because(namePolicyOf(anySide)))},
		{name: "directory fetched over SFTP", steps: []probe.Step{do(probe.OpGet, "emptydir")}, want: fails("get", "path transfer request", 0, because(answer{"not-a-file no-read-permission", anySide}))},
		{name: "forbidden file fetched over SFTP", steps: []probe.Step{do(probe.OpGet, "noperm.txt")}, want: fails("get", "path transfer request", 3, cannotRead)},
		{name: "missing file fetched over SFTP", steps: []probe.Step{do(probe.OpGet, "missing.txt")}, want: fails("get", "path transfer request", 2, noFile)},
		{name: "mode of another's file changed over SFTP", steps: []probe.Step{chmod("rofile.txt")}, want: fails("chmod", "path request verify setup", 3, cannotChmod)},
		{name: "extended request that nobody has", steps: []probe.Step{raw("nosuch@example.com")}, want: fails("raw", "request init setup", 8, answer{"extension-not-supported operation-unsupported", anySide})},
	}
	for i := range rows {
		rows[i].modes = ssh
	}
	return rows
}
