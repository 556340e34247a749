package matrix

import (
	"time"

	"mftprobe/probe"
)

var proftpdRows = []row{
	// Who may come in
	{name: "wrong password", modes: allFTP, secret: "wrong-Passw0rd", want: fails("login", "login", 530, badPassword)},
	{name: "unknown user", modes: plain, user: "nosuchuser", want: fails("login", "login", 530, badPassword)},
	{name: "locked account", modes: twoModes, user: "locked", want: fails("login", "login", 530, lockedAccount)},
	{name: "expired account, where PAM decides", state: "pam-decides", modes: plain, user: "expired", want: fails("login", "login", 530, expiredAccount)},
	{name: "expired account", modes: plain, user: "expired", want: passes()},
	{name: "inactive account", modes: plain, user: "inactive", want: fails("login", "login", 530, expiredAccount)},
	{name: "password that must be changed, where PAM decides", state: "pam-decides", modes: plain, user: "mustchange", want: fails("login", "login", 530, expiredAccount)},
	{name: "password that must be changed", modes: plain, user: "mustchange", want: passes()},
	{name: "no shell", modes: plain, user: "noshell", want: fails("login", "login", 530, forbiddenAccount)},
	{name: "no shell where none is needed", state: "any-shell", modes: plain, user: "noshell", want: passes()},
	{name: "shell not in the list", modes: plain, user: "oddshell", want: fails("login", "login", 530, forbiddenAccount)},
	{name: "root", modes: plain, user: "root", want: fails("login", "login", 530, forbiddenAccount)},
	{name: "no home", modes: twoModes, user: "nohome", want: fails("login", "login", 0, hiddenHome)},
	{name: "unreadable home", modes: plain, user: "sealed", want: fails("login", "login", 0, hiddenHome)},
	{name: "unwritable home", modes: twoModes, user: "unwritable", want: fails("put", "transfer", 550, answer{cannotWrite.causes + " path-root-differs", anySide})},
	{name: "anonymous refused", modes: plain, user: "anonymous", want: fails("login", "login", 530, noAnonymous)},
	{name: "anonymous may read only", state: "anonymous", modes: twoModes, user: "anonymous", want: fails("put", "transfer", 550, readOnly)},
	{name: "user denied", state: "user-denied", modes: allFTP, want: fails("login", "login", 530, forbiddenAccount)},
	{name: "banned after a refused login", state: "ban", modes: plain, tune: refusedLoginBefore, want: fails("connect login", "greeting login tcp", 0, banned)},

	// Limits
	{name: "nothing behind the forwarder", state: "down", modes: twoModes, want: fails("connect", "greeting", 0, closedAtOnce)},
	{name: "host denied", state: "host-denied", modes: allFTP, want: fails("connect", "greeting tls", 0, closedAtOnce)},
	{name: "address denied", state: "host-denied-from", modes: twoModes, want: fails("connect", "greeting", 0, closedAtOnce)},
	{name: "host denied by TCP wrappers", state: "host-denied-wrap", modes: twoModes, want: fails("login", "login", 530, answer{"source-ip-not-allowlisted client-banned " + badPassword.causes, anySide})},
	{name: "too many clients", state: "max-clients", modes: twoModes, tune: hold(1, "bob", true), want: fails("connect login", "greeting login", 530, fullAtLogin)},
	{name: "too many clients in the server's own words", state: "max-clients-text", modes: plain, tune: hold(1, "bob", true), want: fails("connect login", "greeting login", 530, fullAtLogin)},
	{name: "too many processes", state: "max-instances", modes: plain, tune: hold(1, "bob", true), want: fails("connect", "greeting", 0, answer{"server-connection-limit " + closedAtOnce.causes, closedAtOnce.sides})},
	{name: "too many clients from one host", state: "max-clients-per-host", modes: twoModes, tune: hold(1, "bob", true), want: fails("login connect", "login greeting", 530, answer{fullForUs.causes + " session-limit-as-auth-failure", fullForUs.sides})},
	{name: "too many connections from one host", state: "max-connections-per-host", modes: plain, tune: hold(1, "bob", false), want: fails("connect", "greeting", 0, answer{fullForUs.causes + " " + closedAtOnce.causes, closedAtOnce.sides})},
	{name: "too many sessions of one user", state: "max-per-user", modes: twoModes, tune: hold(1, "alice", true), want: fails("login", "login", 530, fullAtLogin)},
	{name: "wrong password where one attempt is allowed", state: "max-login-attempts", modes: plain, secret: "wrong-Passw0rd", want: fails("login", "login", 530, tooManyFailures)},
	{name: "shut down", state: "shutdown", modes: allFTP, want: fails("connect", "greeting tls", 0, shutDown)},
	{name: "shutdown near", state: "shutdown-soon", modes: plain, want: fails("connect", "greeting", 500, shutDown)},
	{name: "idle", state: "idle", modes: plain, steps: idleThenPwd, want: fails("pwd", "setup path", 421, idle)},
	{name: "idle behind TLS", state: "idle", modes: bothTLS, steps: idleThenPwd, want: fails("pwd", "setup path", 0, lost)},
	{name: "idle without a transfer", state: "idle-no-transfer", modes: plain, steps: idleThenPwd, want: fails("pwd", "setup path", 421, idle)},
	{name: "session too long", state: "session-limit", modes: plain, steps: idleThenPwd, want: fails("pwd", "setup path", 421, idle)},

	// TLS
	{name: "TLS not offered", modes: plain, as: probe.FTPES, want: fails("connect", "auth-tls", 500, noTLSHere)},
	{name: "plain login where TLS is demanded", modes: explicit, as: probe.FTP, want: fails("login", "login", 550, needsTLS)},
	{name: "plain login where TLS is demanded for logins", state: "tls-login-only", modes: explicit, as: probe.FTP, want: fails("login", "login", 0, needsTLS)},
	{name: "implicit client at the explicit port", modes: explicit, as: probe.FTPS, want: fails("connect", "tls", 0, wrongTLSMode)},
	{name: "explicit client at the implicit port", modes: implicit, as: probe.FTPES, flags: short, want: fails("connect", "greeting", 0, wrongTLSMode)},
	{name: "plain client at the implicit port", modes: implicit, as: probe.FTP, flags: short, want: fails("connect", "greeting", 0, wrongTLSMode)},
	{name: "expired certificate", state: "tls-expired", modes: bothTLS, want: fails("connect", "tls", 0, certExpired)},
	{name: "certificate not yet valid", state: "tls-not-yet-valid", modes: bothTLS, want: fails("connect", "tls", 0, certTooEarly)},
	{name: "self-signed certificate", state: "tls-self-signed", modes: bothTLS, want: fails("connect", "tls", 0, certUntrusted)},
	{name: "certificate for another name", state: "tls-wrong-name", modes: bothTLS, want: fails("connect", "tls", 0, certOtherName)},
	{name: "certificate for the name asked for", state: "tls-wrong-name", modes: explicit, flags: "--servername ftp.other.example", want: passes()},
	{name: "unknown authority", state: "tls-unknown-ca", modes: bothTLS, want: fails("connect", "tls", 0, certUntrusted)},
	{name: "certificate near its end", state: "tls-expires-soon", modes: explicit, want: passes("near its end")},
	{name: "self-signed certificate accepted", state: "tls-self-signed", modes: explicit, flags: "-k", want: passes("without being verified")},
	{name: "certificate with a weak key", state: "tls-weak-key", modes: explicit, want: fails("connect", "greeting tls tcp auth-tls", 0, answer{closedAtOnce.causes + " server-cert-not-configured server-misconfigured cert-untrusted", anySide + " network"})},
	{name: "client certificate wanted", state: "tls-client-certificate", modes: bothTLS, want: fails("connect login", "tls login greeting", 0, certWanted)},
	{name: "client certificate wanted by TLS 1.2", state: "tls-client-certificate", modes: bothTLS, flags: "--tls-max 1.2", want: fails("connect", "tls", 0, answer{"client-cert-required tls-no-shared-cipher tls-handshake-failed tls-version-mismatch server-cert-not-configured", anySide})},
	{name: "client certificate expired", state: "tls-client-certificate", modes: explicit, flags: "--cert @client-expired.pem --key @client-expired.key", want: fails("connect login", "tls login", 0, certRejected)},
	{name: "client certificate of another authority", state: "tls-client-certificate", modes: explicit, flags: "--cert @client-foreign.pem --key @client-foreign.key", want: fails("connect login", "tls login", 0, certRejected)},
	{name: "client certificate as agreed", state: "tls-client-certificate", modes: bothTLS, flags: "--cert @client.pem --key @client.key", want: passes()},
	{name: "only an old cipher", state: "tls-one-cipher", modes: explicit, want: passes("A weak algorithm is in use")},
	{name: "TLS 1.2", modes: bothTLS, flags: "--tls-max 1.2", want: passes()},
	{name: "server knows no TLS 1.3", state: "tls-1.2-only", modes: explicit, flags: "--tls-min 1.3", want: fails("connect", "tls", 0, answer{noSharedTLS.causes, "either theirs ours"})},
	{name: "server knows nothing below TLS 1.3", state: "tls-1.3-only", modes: explicit, flags: "--tls-max 1.2", want: fails("connect", "tls", 0, answer{noSharedTLS.causes, "either ours theirs"})},
	{name: "server too old", state: "tls-old-only", modes: bothTLS, want: fails("connect", "tls", 0, answer{noSharedTLS.causes + " server-error", "either theirs"})},
	{name: "client too old", modes: explicit, flags: "--tls-min 1.0 --tls-max 1.0", want: fails("connect", "tls", 0, answer{"tls-version-mismatch", "either ours"})},
	{name: "no session reuse", modes: bothTLS, flags: "--no-session-reuse", want: fails("list", "completion data-tls transfer", 425, answer{reuseWanted.causes + " data-conn-not-accepted data-tls-failed", "either ours theirs undecided"})},
	{name: "no session reuse where none is needed", state: "tls-no-reuse-required", modes: bothTLS, flags: "--no-session-reuse", want: passes()},
	{name: "data in clear", modes: bothTLS, flags: "--prot C", want: fails("list login", "transfer setup passive completion", 0, protWanted)},
	{name: "data in clear where it is demanded for data", state: "tls-data-only", modes: explicit, flags: "--prot C", want: fails("list login", "transfer setup passive completion", 0, protWanted)},
	{name: "data in clear where it is allowed", state: "tls-optional", modes: explicit, flags: "--prot C", want: passes("Files cross the network in clear text")},

	// Data connections
	{name: "passive mode off", state: "passive-off", modes: twoModes, want: fails("passive", "passive", 501, passiveOff)},
	{name: "active mode off", state: "active-off", modes: plain, flags: "--data-mode port", want: fails("list passive", "active", 501, activeOff)},
	{name: "private passive address", state: "passive-private-address", modes: twoModes, flags: "--data-mode pasv", want: passes("passive reply names an address"), differ: noTrust},
	{name: "foreign passive address", state: "passive-foreign-address", modes: plain, flags: "--data-mode pasv", want: passes("names another address than the server's"), differ: noTrust},
	{name: "private passive address that EPSV does not show", state: "passive-private-address", modes: plain, want: passes()},
	{name: "passive ports used up", state: "passive-exhausted", modes: plain, flags: short, want: fails("passive", "data-connect passive", 0, portsBlocked)},
	{name: "passive ports dropped", state: "passive-drop", modes: twoModes, flags: short, want: fails("passive", "data-connect", 0, portsDropped)},
	{name: "passive ports rejected", state: "passive-reject", modes: twoModes, flags: short, want: fails("passive", "data-connect", 0, portsBlocked)},
	{name: "passive ports prohibited", state: "passive-prohibited", modes: plain, flags: short, want: fails("passive", "data-connect", 0, portsBlocked)},

	// What is allowed
	{name: "missing directory", modes: twoModes, path: "/nowhere", want: fails("cwd", "path", 550, noDirectory)},
	{name: "file entered as a directory", modes: plain, path: "/hello.txt", want: fails("cwd", "path", 550, isDirectory)},
	{name: "directory without access", modes: plain, path: "/noaccess", want: fails("cwd", "path", 550, forbiddenDir)},
	{name: "unwritable directory", modes: allFTP, path: "/rodir", want: fails("put", "transfer", 550, cannotWrite)},
	{name: "missing file", modes: twoModes, flags: "--read-only --get missing.txt", want: fails("get-file", "transfer", 550, noFile)},
	{name: "unreadable file", modes: twoModes, flags: "--read-only --get noperm.txt", want: fails("get-file", "transfer", 550, cannotRead)},
	{name: "directory fetched as a file", modes: plain, flags: "--read-only --get emptydir", want: fails("get-file", "transfer", 550, isDirectory)},
	{name: "dangling link", modes: plain, flags: "--read-only --get dangling", want: fails("get-file", "transfer", 550, answer{"file-not-found not-a-file", anySide})},
	{name: "link out of the chroot", state: "chroot", modes: plain, flags: "--read-only --get outside", want: fails("get-file", "transfer", 550, answer{"file-not-found not-a-file path-root-differs", anySide})},
	{name: "read-only server", state: "read-only", modes: allFTP, want: fails("put", "transfer", 550, readOnly)},
	{name: "no download", state: "no-download", modes: twoModes, want: fails("size", "verify", 550, answer{"no-read-permission command-not-supported", "theirs"})},
	{name: "no listing", state: "no-list", modes: twoModes, want: fails("list pwd", "transfer path completion passive", 0, answer{"no-list-permission remote-dir-missing file-not-found empty-dir-as-error home-directory-inaccessible path-root-differs command-not-supported", anySide})},
	{name: "file exists and may not be overwritten", state: "no-overwrite", modes: plain, steps: []probe.Step{rename("hello.txt", "exist.txt")}, want: fails("rename", "path verify", 0, targetExists)},
	{name: "resumed upload refused", state: "no-store-restart", modes: plain, steps: []probe.Step{do(probe.OpPut, ""), do(probe.OpAppend, "")}, want: fails("append", "transfer", 0, noResume)},
	{name: "resumed download refused", state: "no-retrieve-restart", modes: plain, steps: []probe.Step{{Name: "get", Op: probe.OpGet, Path: "big.bin", Offset: 1000}}, want: fails("get", "transfer", 0, noResume)},
	{name: "hidden stores", state: "hidden-stores", modes: plain, want: passes()},
	{name: "mode change denied", state: "commands-denied", modes: plain, steps: []probe.Step{chmod("hello.txt")}, want: fails("chmod", "path setup verify", 550, cannotChmod)},
	{name: "size denied", state: "commands-denied", modes: plain, steps: []probe.Step{do(probe.OpMkdir, "")}, want: fails("mkdir", "path", 550, cannotMkdir)},
	{name: "dot names refused", state: "deny-names", modes: twoModes, want: fails("put", "transfer", 550, namePolicy)},
	{name: "only text files welcome", state: "allow-names", modes: plain, want: fails("put", "transfer", 550, namePolicy)},
	{name: "file too large", state: "max-store-size", modes: twoModes, flags: "--size 64KiB", want: fails("put", "completion transfer", 552, tooLarge)},
	{name: "download too large", state: "max-retrieve-size", modes: plain, flags: "--read-only --get big.bin", want: fails("get-file", "completion transfer", 0, answer{"file-size-limit no-read-permission transfer-aborted", "theirs"})},
	{name: "over quota", state: "quota", modes: twoModes, flags: "--size 64KiB", want: fails("put", "completion transfer", 552, overQuota)},
	{name: "quota used up", state: "quota-used-up", modes: twoModes, want: fails("put", "transfer completion", 552, overQuota)},
	{name: "removal refused", modes: plain, steps: []probe.Step{do(probe.OpDelete, "rodir/f")}, want: fails("delete", "path cleanup", 550, cannotDelete)},
	{name: "missing file removed", modes: plain, steps: []probe.Step{do(probe.OpDelete, "missing.txt")}, want: fails("delete", "path cleanup", 550, noFile)},
	{name: "existing directory made", modes: plain, steps: []probe.Step{do(probe.OpMkdir, "fulldir")}, want: fails("mkdir", "path", 550, fileExists)},
	{name: "directory made in an unwritable one", modes: plain, steps: []probe.Step{do(probe.OpMkdir, "rodir/d")}, want: fails("mkdir", "path", 550, cannotMkdir)},
	{name: "full directory removed", modes: plain, steps: []probe.Step{do(probe.OpRmdir, "fulldir")}, want: fails("rmdir", "path cleanup", 550, notEmpty)},
	{name: "missing file renamed", modes: plain, steps: []probe.Step{rename("missing.txt", "other.txt")}, want: fails("rename", "path", 550, noFile)},
	{name: "file renamed into an unwritable directory", modes: plain, steps: []probe.Step{rename("hello.txt", "rodir/x")}, want: fails("rename", "path", 550, cannotRename)},
	{name: "file renamed into a missing directory", modes: plain, steps: []probe.Step{rename("hello.txt", "nowhere/x")}, want: fails("rename", "path", 550, noDirectory)},
	{name: "unknown command", modes: plain, steps: []probe.Step{raw("XYZZY")}, want: fails("raw", "setup", 500, unknownCommand)},

	// Transfers
	{name: "full disk", modes: allFTP, path: "/full", flags: "--size 256KiB", want: fails("put", "completion transfer", 0, diskFull)},
	{name: "session killed in a download", modes: twoModes, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "completion transfer", 0, lost).with(mayBe + noGoodbye)},
	{name: "session killed in an upload", modes: twoModes, disturb: killInUpload, want: fails("put", "completion transfer", 0, lost)},
	{name: "session killed between commands", modes: twoModes, disturb: afterStep("pwd", kill), want: fails("passive", "path passive", 0, lost)},
	{name: "connection cut", modes: plain, flags: short, disturb: afterStep("pwd", cutDrop), want: fails("passive list", "passive transfer", 0, cutOff)},

	// SFTP
	{name: "wrong password", modes: ssh, secret: "wrong-Passw0rd", want: fails("login", "auth", 0, badPassword)},
	{name: "unknown user of SFTP", modes: ssh, user: "nosuchuser", want: fails("login", "auth", 0, badPassword)},
	{name: "locked account of SFTP", modes: ssh, user: "locked", want: fails("login", "auth", 0, lockedAccount)},
	{name: "inactive account of SFTP", modes: ssh, user: "inactive", want: fails("login", "auth", 0, expiredAccount)},
	{name: "account without a shell of SFTP", modes: ssh, user: "noshell", want: fails("login", "auth", 0, answer{forbiddenAccount.causes + " home-directory-inaccessible auth-method-mismatch", anySide})},
	{name: "no home of SFTP", modes: ssh, user: "nohome", want: fails("login", "auth", 0, answer{hiddenHome.causes + " auth-method-mismatch", hiddenHome.sides})},
	{name: "key not registered", modes: ssh, secret: noSecret, flags: "-i bare:id_unknown", want: fails("login", "auth", 0, keyRefused)},
	{name: "password where only keys are welcome", state: "key-only", modes: ssh, want: fails("login", "auth", 0, otherMethod)},
	{name: "key where only keys are welcome", state: "key-only", modes: ssh, secret: noSecret, flags: "-i @id_ed25519", want: passes()},
	{name: "second factor missing", state: "two-factor", modes: ssh, secret: noSecret, flags: "-i @id_ed25519", want: fails("login", "auth", 0, secondFactor)},
	{name: "two factors given", state: "two-factor", modes: ssh, flags: "-i @id_ed25519", want: passes()},
	{name: "old cipher", state: "old-cipher", modes: ssh, want: fails("connect", "kex", 0, noCommonCipher)},
	{name: "old key exchange", state: "old-kex", modes: ssh, want: fails("connect", "kex", 0, noCommonKex)},
	{name: "old MAC", state: "old-mac", modes: ssh, want: fails("connect", "kex", 0, noCommonMAC)},
	{name: "one cipher", state: "one-cipher", modes: ssh, want: passes()},
	{name: "client with another cipher", state: "one-cipher", modes: ssh, flags: "--ciphers aes128-ctr", want: fails("connect", "kex", 0, noCommonCipher)},
	{name: "host key changed", state: "host-key-changed", modes: ssh, want: fails("connect", "host-key", 0, hostKeyChanged)},
	{name: "host key unknown", modes: ssh, blind: true, flags: "--known-hosts /dev/null", want: fails("connect", "host-key", 0, hostKeyUnknown)},
	{name: "host denied to SFTP", state: "host-denied", modes: ssh, want: fails("connect", "version", 0, closedAtOnce)},
	{name: "too many clients of SFTP", state: "max-clients", modes: ssh, tune: hold(1, "bob", true), want: fails("connect login", "version kex auth channel", 0, answer{"server-connection-limit max-startups-throttle kex-failed " + closedAtOnce.causes + " control-connection-lost session-limit-as-auth-failure", anySide + " network"})},
	{name: "SFTP shut down", state: "shutdown", modes: ssh, want: fails("connect", "version", 0, answer{"service-unavailable closed-before-greeting wrong-protocol-on-port", anySide + " network"})},
	{name: "SFTP idle", state: "idle", modes: ssh, steps: []probe.Step{{Name: "wait", Op: probe.OpWait, Pause: pastIdle}, do(probe.OpPwd, "")}, want: fails("pwd", "path request init", 0, answer{"idle-timeout control-connection-lost control-conn-idle-drop service-unavailable", "theirs either network undecided"})},
	{name: "FTP client at the SFTP port", modes: ssh, as: probe.FTP, want: fails("connect", "greeting", 0, wrongProtocol)},
	{name: "implicit client at the SFTP port", modes: ssh, as: probe.FTPS, want: fails("connect", "tls greeting", 0, wrongProtocol)},
	{name: "SFTP client at the plain port", modes: plain, as: probe.SFTP, want: fails("connect", "version", 0, wrongProtocol)},
	{name: "SFTP to a missing directory", modes: ssh, path: "/~/nowhere", want: fails("cwd", "path request", 2, noDirectory)},
	{name: "SFTP to an unwritable directory", modes: ssh, path: "/~/rodir", want: fails("put", "request transfer", 3, cannotWrite)},
	{name: "SFTP from an unreadable file", modes: ssh, flags: "--read-only --get noperm.txt", want: fails("get-file", "request transfer", 3, cannotRead)},
	{name: "SFTP from a missing file", modes: ssh, flags: "--read-only --get missing.txt", want: fails("get-file", "request transfer path", 2, noFile)},
	{name: "SFTP to a read-only server", state: "read-only", modes: ssh, want: fails("put", "request transfer", 3, readOnly)},
	{name: "SFTP without download", state: "no-download", modes: ssh, want: fails("size", "request verify", 3, answer{"no-read-permission operation-unsupported", "theirs"})},
	{name: "SFTP to a full disk", modes: ssh, path: "/~/full", flags: "--size 256KiB", want: fails("put", "transfer request", 4, answer{"disk-full", "theirs"})},
	{name: "SFTP of a file too large", state: "max-store-size", modes: ssh, flags: "--size 64KiB", want: fails("put", "transfer request", 4, answer{"file-size-limit disk-full quota-exceeded", "theirs"})},
	{name: "SFTP onto an existing name", modes: ssh, steps: []probe.Step{rename("hello.txt", "exist.txt")}, want: fails("rename", "request path verify", 0, targetExists)},
	{name: "SFTP of a full directory", modes: ssh, steps: []probe.Step{do(probe.OpRmdir, "fulldir")}, want: fails("rmdir", "request cleanup path", 0, notEmpty)},
	{name: "SFTP session killed in a download", modes: ssh, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "transfer request", 0, lost)},
	{name: "SFTP session killed in an upload", modes: ssh, disturb: killInUpload, want: fails("put", "transfer request", 0, lost)},
}

var banned = answer{"client-banned source-ip-not-allowlisted closed-before-greeting " + badPassword.causes + " too-many-login-failures", anySide + " network"}

// refusedLoginBefore makes the login that the server bans us for.
func refusedLoginBefore(sc *scene) {
	right := sc.secret
	sc.secret = "wrong-Passw0rd"
	other := sc.newJob("bob", "", "")
	sc.secret = right
	driver := other.Open(other.Target, probe.NewRecorder(time.Now, nil))
	defer func() { _ = driver.Close() }() // it was refused, whatever its good-bye says
	driver.Do(sc.Context(), do(probe.OpConnect, ""))
	if o := driver.Do(sc.Context(), do(probe.OpLogin, "")); o.OK {
		sc.Fatal("the wrong password was right")
	}
}
