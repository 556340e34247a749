package matrix

import "mftprobe/probe"

var pyftpdlibRows = []row{
	// Who may come in
	{name: "wrong password", modes: allFTP, secret: "wrong-Passw0rd", want: fails("login", "login", 530, badPassword)},
	{name: "wrong password of a virtual user", state: "virtual-users", modes: plain, secret: "wrong-Passw0rd", want: fails("login", "login", 530, badPassword)},
	{name: "unknown user", modes: plain, user: "nosuchuser", want: fails("login", "login", 530, badPassword)},
	{name: "locked account", modes: twoModes, user: "locked", want: fails("login", "login", 530, lockedAccount)},
	{name: "expired account", modes: plain, user: "expired", want: passes()},
	{name: "no shell", modes: twoModes, user: "noshell", want: fails("login", "login", 530, answer{"account-not-authorized", "theirs"})},
	{name: "shell not in the list", modes: plain, user: "oddshell", want: fails("login", "login", 530, answer{"account-not-authorized", "theirs"})},
	{name: "missing shell", modes: plain, user: "lostshell", want: fails("login", "login", 530, answer{"account-not-authorized", "theirs"})},
	{name: "no home", modes: twoModes, user: "nohome", want: fails("login pwd list", "login path transfer completion", 0, answer{brokenHome.causes + " remote-dir-missing " + badPassword.causes, anySide})},
	{name: "unreadable home", modes: plain, user: "sealed", want: fails("login pwd list", "login path transfer completion", 0, answer{brokenHome.causes + " no-list-permission no-read-permission " + badPassword.causes, anySide})},
	{name: "unwritable home", modes: twoModes, user: "unwritable", want: fails("put", "transfer", 550, answer{cannotWrite.causes + " path-root-differs", anySide})},
	{name: "anonymous refused", modes: plain, user: "anonymous", want: fails("login", "login", 530, noAnonymous)},
	{name: "anonymous may read only", state: "anonymous", modes: twoModes, user: "anonymous", want: fails("put", "transfer", 550, readOnly)},

	// Limits
	{name: "nothing behind the forwarder", state: "down", modes: allFTP, want: fails("connect", "greeting tls", 0, closedAtOnce)},
	{name: "too many clients", state: "max-clients", modes: twoModes, tune: hold(1, "bob", false), want: fails("connect", "greeting", 421, full)},
	{name: "too many from one address", state: "max-per-ip", modes: twoModes, tune: hold(1, "bob", false), want: fails("connect", "greeting", 421, fullForUs)},
	{name: "wrong password where one attempt is allowed", state: "max-login-attempts", modes: plain, secret: "wrong-Passw0rd", want: fails("login", "login", 530, tooManyFailures)},
	{name: "idle", state: "idle", modes: plain, steps: idleAfterList, want: fails("pwd wait", "setup path transfer", 421, idle)},
	{name: "idle behind TLS", state: "idle", modes: bothTLS, steps: idleAfterList, want: fails("pwd wait", "setup path transfer", 421, idle)},

	// TLS
	{name: "TLS not offered", modes: plain, as: probe.FTPES, want: fails("connect", "auth-tls", 500, noTLSHere)},
	{name: "plain login where TLS is demanded", modes: explicit, as: probe.FTP, want: fails("login", "login", 550, needsTLS)},
	{name: "plain login where TLS is optional", state: "tls-optional", modes: explicit, as: probe.FTP, want: passes()},
	{name: "implicit client at the explicit port", modes: explicit, as: probe.FTPS, want: fails("connect", "tls", 0, wrongTLSMode)},
	{name: "explicit client at the implicit port", modes: implicit, as: probe.FTPES, flags: short, want: fails("connect", "greeting", 0, wrongTLSMode)},
	{name: "expired certificate", state: "tls-expired", modes: bothTLS, want: fails("connect", "tls", 0, certExpired)},
	{name: "certificate not yet valid", state: "tls-not-yet-valid", modes: explicit, want: fails("connect", "tls", 0, certTooEarly)},
	{name: "self-signed certificate", state: "tls-self-signed", modes: bothTLS, want: fails("connect", "tls", 0, certUntrusted)},
	{name: "certificate for another name", state: "tls-wrong-name", modes: bothTLS, want: fails("connect", "tls", 0, certOtherName)},
	{name: "unknown authority", state: "tls-unknown-ca", modes: bothTLS, want: fails("connect", "tls", 0, certUntrusted)},
	{name: "certificate near its end", state: "tls-expires-soon", modes: explicit, want: passes("near its end")},
	{name: "client too old", modes: explicit, flags: "--tls-min 1.0 --tls-max 1.0", want: fails("connect", "tls", 0, noSharedTLS)},
	{name: "data in clear", modes: bothTLS, flags: "--prot C", want: fails("passive list login", "passive transfer setup", 550, protWanted)},
	{name: "data in clear where it is allowed", state: "tls-optional", modes: explicit, flags: "--prot C", want: passes("Files cross the network in clear text")},
	{name: "no session reuse", modes: explicit, flags: "--no-session-reuse", want: passes()},

	// Data connections
	{name: "passive mode off", state: "passive-off", modes: twoModes, want: fails("passive", "passive", 500, passiveOff)},
	{name: "active mode off", state: "active-off", modes: plain, flags: "--data-mode port", want: fails("list passive", "active", 500, activeOff)},
	{name: "private passive address", state: "passive-private-address", modes: twoModes, flags: "--data-mode pasv", want: passes("passive reply names an address"), differ: noTrust},
	{name: "foreign passive address", state: "passive-foreign-address", modes: plain, flags: "--data-mode pasv", want: passes("names another address than the server's"), differ: noTrust},
	{name: "passive ports used up", state: "passive-exhausted", modes: plain, flags: short, want: fails("passive", "data-connect passive", 0, portsBlocked)},
	{name: "passive ports dropped", state: "passive-drop", modes: twoModes, flags: short, want: fails("passive", "data-connect", 0, portsDropped)},
	{name: "passive ports rejected", state: "passive-reject", modes: twoModes, flags: short, want: fails("passive", "data-connect", 0, portsBlocked)},
	{name: "passive ports prohibited", state: "passive-prohibited", modes: plain, flags: short, want: fails("passive", "data-connect", 0, portsBlocked)},
	{name: "active mode through the forwarder", modes: plain, flags: "--data-mode port", want: fails("list passive", "active", 501, otherAddress)},
	{name: "active mode to nobody", state: "foreign-address", modes: plain, flags: "--data-mode port" + short, want: fails("list passive", "active transfer completion data-connect", 425, otherAddress)},

	// What is allowed
	{name: "missing directory", modes: twoModes, path: "/nowhere", want: fails("cwd", "path", 550, noDirectory)},
	{name: "file entered as a directory", modes: plain, path: "/hello.txt", want: fails("cwd", "path", 550, isDirectory)},
	{name: "directory without access", modes: plain, path: "/noaccess", want: fails("cwd", "path", 550, forbiddenDir)},
	{name: "unwritable directory", modes: allFTP, path: "/rodir", want: fails("put", "transfer", 550, cannotWrite)},
	{name: "missing file", modes: twoModes, flags: "--read-only --get missing.txt", want: fails("get-file", "transfer", 550, noFile)},
	{name: "unreadable file", modes: twoModes, flags: "--read-only --get noperm.txt", want: fails("get-file", "transfer", 550, cannotRead)},
	{name: "directory fetched as a file", modes: plain, flags: "--read-only --get emptydir", want: fails("get-file", "transfer", 550, isDirectory)},
	{name: "read-only server", state: "read-only", modes: allFTP, want: fails("put", "transfer", 550, readOnly)},
	{name: "no download", state: "no-download", modes: twoModes, want: fails("get", "transfer", 550, answer{"no-read-permission command-not-supported", "theirs"}).with(leftBehind), litter: true},
	{name: "no listing", state: "no-list", modes: twoModes, want: fails("list", "transfer", 550, cannotList)},
	{name: "no appending", state: "no-append", modes: plain, steps: []probe.Step{do(probe.OpPut, ""), do(probe.OpAppend, "")}, want: fails("append", "transfer", 550, noResume).with(leftBehind), litter: true},
	{name: "upload only", state: "upload-only", modes: plain, want: fails("list", "transfer", 550, cannotList)},
	{name: "removal refused", modes: plain, steps: []probe.Step{do(probe.OpDelete, "rodir/f")}, want: fails("delete", "path cleanup", 550, cannotDelete)},
	{name: "missing file removed", modes: plain, steps: []probe.Step{do(probe.OpDelete, "missing.txt")}, want: fails("delete", "path cleanup", 550, noFile)},
	{name: "existing directory made", modes: plain, steps: []probe.Step{do(probe.OpMkdir, "fulldir")}, want: fails("mkdir", "path", 550, fileExists)},
	{name: "full directory removed", modes: plain, steps: []probe.Step{do(probe.OpRmdir, "fulldir")}, want: fails("rmdir", "path cleanup", 550, notEmpty)},
	{name: "missing file renamed", modes: plain, steps: []probe.Step{rename("missing.txt", "other.txt")}, want: fails("rename", "path", 550, noFile)},
	{name: "file renamed into an unwritable directory", modes: plain, steps: []probe.Step{rename("hello.txt", "rodir/x")}, want: fails("rename", "path", 550, cannotRename)},
	{name: "unknown command", modes: plain, steps: []probe.Step{raw("XYZZY")}, want: fails("raw", "setup", 500, unknownCommand)},

	// Transfers
	{name: "full disk", modes: twoModes, path: "/full", flags: "--size 256KiB" + short, want: fails("put", "completion transfer", 0, answer{diskFull.causes + " connection-reset-mid-transfer no-final-reply", anySide + " network"})},
	{name: "session killed in a download", modes: twoModes, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "completion transfer", 0, lost).with(mayBe + noGoodbye)},
	{name: "session killed in an upload", modes: twoModes, disturb: killInUpload, want: fails("put", "completion transfer", 0, lost)},
	{name: "session killed between commands", modes: twoModes, disturb: afterStep("pwd", kill), want: fails("passive", "path passive", 0, lost)},
}
