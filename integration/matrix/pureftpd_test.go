package matrix

import "mftprobe/probe"

// patient waits for Pure-FTPd, which answers a refused login the later the more there were.
const patient = "--reply-timeout 25s"

// unusualLogin is what it says to anonymous: welcome, at USER already.
const unusualLogin = "confirmed with an unusual code"

// The virtual users of Pure-FTPd live in the folder upload of alice's home.
var pureFTPDRows = []row{
	// Who may come in
	{name: "wrong password", modes: twoModes, secret: "wrong-Passw0rd", flags: patient, want: fails("login", "login", 530, badPassword)},
	{name: "unknown user", modes: plain, user: "nosuchuser", flags: patient, want: fails("login", "login", 530, badPassword)},
	{name: "locked account", modes: plain, user: "locked", flags: patient, want: fails("login", "login", 530, lockedAccount)},
	{name: "expired account", modes: plain, user: "expired", flags: patient, want: fails("login", "login", 530, expiredAccount)},
	{name: "password must be changed", modes: plain, user: "mustchange", flags: patient, want: fails("login", "login", 530, expiredAccount)},
	{name: "inactive account", modes: plain, user: "inactive", flags: patient, want: fails("login", "login", 530, expiredAccount)},
	{name: "no shell", modes: plain, user: "noshell", flags: patient, want: fails("login", "login", 530, forbiddenAccount)},
	{name: "shell not in the list", modes: plain, user: "oddshell", flags: patient, want: fails("login", "login", 530, forbiddenAccount)},
	{name: "root", modes: plain, user: "root", flags: patient, want: fails("login", "login", 530, forbiddenAccount)},
	{name: "user number too low", state: "min-uid", modes: twoModes, flags: patient, want: fails("login", "login", 530, forbiddenAccount)},
	{name: "no home", modes: twoModes, user: "nohome", want: fails("login", "login", 421, brokenHome)},
	{name: "no home to be shut into", state: "chroot", modes: plain, user: "nohome", want: fails("login", "login", 421, brokenHome)},
	{name: "unreadable home", modes: plain, user: "sealed", want: fails("login pwd list", "login path completion transfer", 0, answer{brokenHome.causes + " no-list-permission", "theirs"})},
	{name: "unwritable home", modes: twoModes, user: "unwritable", want: fails("put", "transfer", 553, answer{cannotWrite.causes + " path-root-differs", anySide})},
	{name: "anonymous refused", modes: plain, user: "anonymous", flags: patient, want: fails("login", "login", 530, noAnonymous)},
	{name: "anonymous may not write names with a dot", state: "anonymous-only", modes: plain, user: "anonymous", want: fails("put", "transfer", 553, namePolicy).with(unusualLogin)},
	{name: "anonymous may not upload", state: "anonymous-no-upload", modes: twoModes, user: "anonymous", flags: "--name probe{run}{n}.txt", want: fails("put", "transfer completion", 0, answer{"no-write-permission read-only-server file-exists account-not-authorized", anySide}).with(unusualLogin)},
	{name: "virtual user", state: "virtual-users", modes: twoModes, want: passes()},
	{name: "virtual user from elsewhere", state: "virtual-users", modes: plain, user: "denied", flags: patient, want: fails("login", "login", 530, answer{"source-ip-not-allowlisted client-banned " + badPassword.causes, anySide})},
	{name: "virtual user at night", state: "virtual-users", modes: plain, user: "night", flags: patient, want: fails("login", "login", 530, answer{"session-limit-as-auth-failure " + badPassword.causes, anySide})},
	{name: "second session of a virtual user", state: "virtual-users", modes: plain, user: "single", tune: hold(1, "single", true), want: fails("login", "login", 421, fullAtLogin)},
	{name: "virtual users' file missing", state: "virtual-users-missing", modes: twoModes, want: fails("login", "login", 421, answer{"server-misconfigured server-error", "theirs"})},

	// Limits
	{name: "nothing behind the forwarder", state: "down", modes: twoModes, want: fails("connect", "greeting", 0, closedAtOnce)},
	{name: "too many clients", state: "max-clients", modes: twoModes, tune: hold(1, "bob", false), want: fails("connect", "greeting", 421, full)},
	{name: "too many from one address", state: "max-per-ip", modes: twoModes, tune: hold(1, "bob", false), want: fails("connect", "greeting", 421, fullForUs)},
	{name: "too many sessions of one user", state: "max-per-user", modes: twoModes, tune: hold(1, "alice", true), want: fails("login", "login", 421, fullAtLogin)},

	// TLS
	{name: "TLS not offered", modes: plain, as: probe.FTPES, want: fails("connect", "auth-tls", 500, noTLSHere)},
	{name: "plain login where TLS is demanded", modes: explicit, as: probe.FTP, want: fails("login", "login", 421, needsTLS)},
	{name: "implicit client at the explicit port", modes: explicit, as: probe.FTPS, want: fails("connect", "tls", 0, wrongTLSMode)},
	{name: "SFTP client at the plain port", modes: plain, as: probe.SFTP, want: fails("connect", "version", 0, wrongProtocol)},
	{name: "expired certificate", state: "tls-expired", modes: explicit, want: fails("connect", "tls", 0, certExpired)},
	{name: "certificate not yet valid", state: "tls-not-yet-valid", modes: explicit, want: fails("connect", "tls", 0, certTooEarly)},
	{name: "self-signed certificate", state: "tls-self-signed", modes: explicit, want: fails("connect", "tls", 0, certUntrusted)},
	{name: "certificate for another name", state: "tls-wrong-name", modes: explicit, want: fails("connect", "tls", 0, certOtherName)},
	{name: "unknown authority", state: "tls-unknown-ca", modes: explicit, want: fails("connect", "tls", 0, certUntrusted)},
	{name: "certificate near its end", state: "tls-expires-soon", modes: explicit, want: passes("near its end")},
	{name: "client certificate wanted", state: "tls-client-certificate", modes: explicit, want: fails("connect login", "tls login greeting", 0, certWanted)},
	{name: "client certificate wanted by TLS 1.2", state: "tls-client-certificate", modes: explicit, flags: "--tls-max 1.2", want: fails("connect", "tls", 0, answer{"client-cert-required tls-no-shared-cipher tls-handshake-failed tls-version-mismatch server-cert-not-configured", anySide})},
	{name: "client certificate expired", state: "tls-client-certificate", modes: explicit, flags: "--cert @client-expired.pem --key @client-expired.key", want: fails("connect login", "tls login", 0, certRejected)},
	{name: "client certificate of another authority", state: "tls-client-certificate", modes: explicit, flags: "--cert @client-foreign.pem --key @client-foreign.key", want: fails("connect login", "tls login", 0, certRejected)},
	{name: "client certificate as agreed", state: "tls-client-certificate", modes: explicit, flags: "--cert @client.pem --key @client.key", want: passes()},
	{name: "only an old cipher", state: "tls-one-cipher", modes: explicit, flags: "--tls-max 1.2", want: passes("A weak algorithm is in use")},
	{name: "client too old", modes: explicit, flags: "--tls-min 1.0 --tls-max 1.0", want: fails("connect", "tls", 0, noSharedTLS)},
	{name: "no session reuse", modes: explicit, flags: "--no-session-reuse", want: passes()},
	{name: "data in clear", modes: explicit, flags: "--prot C", want: fails("list login passive", "transfer setup passive", 0, protWanted)},
	{name: "data in clear where it is allowed", state: "tls-login-only", modes: explicit, flags: "--prot C", want: passes("Files cross the network in clear text")},
	{name: "plain login where TLS is optional", state: "tls-optional", modes: explicit, as: probe.FTP, want: passes()},

	// Data connections
	{name: "passive mode off", state: "passive-off", modes: twoModes, want: fails("passive", "passive", 0, passiveOff)},
	{name: "private passive address", state: "passive-private-address", modes: twoModes, flags: "--data-mode pasv", want: passes("passive reply names an address"), differ: noTrust},
	{name: "foreign passive address", state: "passive-foreign-address", modes: plain, flags: "--data-mode pasv", want: passes("names another address than the server's"), differ: noTrust},
	{name: "passive ports used up", state: "passive-exhausted", modes: twoModes, want: fails("passive", "passive", 425, answer{"server-pasv-bind-failure passive-refused", "theirs"})},
	{name: "passive ports dropped", state: "passive-drop", modes: twoModes, flags: short, want: fails("passive", "data-connect", 0, portsDropped)},
	{name: "passive ports rejected", state: "passive-reject", modes: twoModes, flags: short, want: fails("passive", "data-connect", 0, portsBlocked)},
	{name: "passive ports prohibited", state: "passive-prohibited", modes: plain, flags: short, want: fails("passive", "data-connect", 0, portsBlocked)},
	{name: "active mode through the forwarder", modes: plain, flags: "--data-mode port", want: fails("list passive", "active", 500, otherAddress)},

	// What is allowed
	{name: "missing directory", modes: twoModes, path: "/nowhere", want: fails("cwd", "path", 550, noDirectory)},
	{name: "file entered as a directory", modes: plain, path: "/hello.txt", want: fails("cwd", "path", 550, isDirectory)},
	{name: "directory without access", modes: plain, path: "/noaccess", want: fails("cwd", "path", 550, forbiddenDir)},
	{name: "unwritable directory", modes: twoModes, path: "/rodir", want: fails("put", "transfer", 553, cannotWrite)},
	{name: "missing file", modes: twoModes, flags: "--read-only --get missing.txt", want: fails("get-file", "transfer", 550, noFile)},
	{name: "unreadable file", modes: twoModes, flags: "--read-only --get noperm.txt", want: fails("get-file", "transfer", 550, cannotRead)},
	{name: "directory fetched as a file", modes: plain, flags: "--read-only --get emptydir", want: fails("get-file", "transfer", 550, isDirectory)},
	{name: "dangling link", modes: plain, flags: "--read-only --get dangling", want: fails("get-file", "transfer", 550, answer{noFile.causes, anySide})},
	{name: "dot names refused for writing", state: "no-dot-writes", modes: twoModes, want: fails("put", "transfer", 553, namePolicy)},
	{name: "dot names refused", state: "no-dot-files", modes: plain, want: fails("put", "transfer", 553, namePolicy)},
	{name: "no renaming", state: "no-rename", modes: twoModes, want: fails("rename", "path", 0, answer{cannotRename.causes + " file-not-found command-not-supported", anySide})},
	{name: "nothing may be removed", state: "no-overwrite", modes: plain, litter: true, want: fails("delete rename", "path cleanup", 550, cannotDelete).with(leftBehind)},
	{name: "uploads renamed", state: "auto-rename", modes: plain, want: passes()},
	{name: "mode change refused", state: "no-chmod", modes: plain, steps: []probe.Step{chmod("hello.txt")}, want: fails("chmod", "path setup verify", 550, cannotChmod)},
	{name: "disk reserve", state: "disk-reserve", modes: twoModes, path: "/full", want: fails("put", "transfer completion", 552, answer{"disk-full quota-exceeded", "theirs"})},
	{name: "short listing", state: "list-limit", modes: plain, want: passes("tells of a failure")},
	{name: "over quota", state: "virtual-users", modes: twoModes, user: "quota", flags: "--size 2MiB", want: fails("put", "completion transfer", 552, overQuota)},
	{name: "removal refused", modes: plain, steps: []probe.Step{do(probe.OpDelete, "rodir/f")}, want: fails("delete", "path cleanup", 550, cannotDelete)},
	{name: "missing file removed", modes: plain, steps: []probe.Step{do(probe.OpDelete, "missing.txt")}, want: fails("delete", "path cleanup", 550, noFile)},
	{name: "existing directory made", modes: plain, steps: []probe.Step{do(probe.OpMkdir, "fulldir")}, want: fails("mkdir", "path", 0, fileExists)},
	{name: "directory made in an unwritable one", modes: plain, steps: []probe.Step{do(probe.OpMkdir, "rodir/d")}, want: fails("mkdir", "path", 0, cannotMkdir)},
	{name: "full directory removed", modes: plain, steps: []probe.Step{do(probe.OpRmdir, "fulldir")}, want: fails("rmdir", "path cleanup", 550, notEmpty)},
	{name: "missing file renamed", modes: plain, steps: []probe.Step{rename("missing.txt", "other.txt")}, want: fails("rename", "path", 0, noFile)},
	{name: "file renamed into an unwritable directory", modes: plain, steps: []probe.Step{rename("hello.txt", "rodir/x")}, want: fails("rename", "path", 451, cannotRename)},
	{name: "unknown command", modes: plain, steps: []probe.Step{raw("XYZZY")}, want: fails("raw", "setup", 500, unknownCommand)},

	// Transfers
	{name: "full disk", modes: twoModes, path: "/full", flags: "--size 256KiB", want: fails("put", "completion transfer", 0, diskFull)},
	{name: "session killed in a download", modes: twoModes, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "completion transfer", 0, lost).with(mayBe + noGoodbye)},
	{name: "session killed in an upload", modes: twoModes, disturb: killInUpload, want: fails("put", "completion transfer", 0, lost)},
	{name: "session killed between commands", modes: twoModes, disturb: afterStep("pwd", kill), want: fails("passive", "path passive", 0, lost)},
	{name: "connection cut", modes: plain, flags: short, disturb: afterStep("pwd", cutDrop), want: fails("passive list", "passive transfer", 0, cutOff)},
}
