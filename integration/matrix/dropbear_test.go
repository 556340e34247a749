//go:build matrix

package matrix

import "mftprobe/probe"

var dropbearRows = []row{
	{name: "wrong password", modes: ssh, secret: "wrong-Passw0rd", want: fails("login", "auth", 0, badPassword)},
	{name: "unknown user", modes: ssh, user: "nosuchuser", want: fails("login", "auth", 0, badPassword)},
	{name: "locked account", modes: ssh, user: "locked", want: fails("login", "auth", 0, lockedAccount)},
	{name: "no shell", modes: ssh, user: "noshell", want: fails("login", "auth init subsystem channel", 0, answer{forbiddenAccount.causes + " shell-output-pollutes-sftp", anySide})},
	{name: "missing shell", modes: ssh, user: "lostshell", want: fails("login", "auth", 0, forbiddenAccount)},
	{name: "expired account", modes: ssh, user: "expired", want: passes()},
	{name: "root where root is refused", state: "no-root", modes: ssh, user: "root", want: fails("login", "auth", 0, forbiddenAccount)},
	{name: "unwritable home", modes: ssh, user: "unwritable", want: fails("put", "request transfer", 3, cannotWrite)},
	{name: "password where only keys are welcome", state: "key-only", modes: ssh, want: fails("login", "auth", 0, otherMethod)},
	{name: "key where only keys are welcome", state: "key-only", modes: ssh, secret: noSecret, flags: keyOnly, want: passes()},
	{name: "key not registered", modes: ssh, secret: noSecret, flags: "-i bare:id_unknown", want: fails("login", "auth", 0, keyRefused)},
	{name: "one try with a wrong password", state: "max-tries", modes: ssh, secret: "wrong-Passw0rd", want: fails("login", "auth", 0, tooManyTries)},
	{name: "two tries with a wrong password", state: "max-tries-2", modes: ssh, secret: "wrong-Passw0rd", want: fails("login", "auth", 0, tooManyTries)},
	{name: "too many at the door", modes: ssh, tune: hold(5, "bob", false), want: fails("connect", "version", 0, throttled)},
	{name: "idle", state: "idle", modes: ssh, steps: idleThenPwd, want: fails("pwd", "path request init", 0, answer{"idle-timeout control-connection-lost control-conn-idle-drop service-unavailable", "theirs either network undecided"})},
	{name: "nothing behind the forwarder", state: "down", modes: ssh, want: fails("connect", "version", 0, closedAtOnce)},
	{name: "forced text", state: "force-text", modes: ssh, want: fails("login", "init subsystem channel", 0, pollutedSFTP)},
	{name: "shell that greets", modes: ssh, user: "chatty", want: fails("login", "init subsystem channel", 0, pollutedSFTP)},
	{name: "SFTP server missing", state: "sftp-server-missing", modes: ssh, want: fails("login", "init subsystem channel", 0, answer{"sftp-subsystem-disabled sftp-server-exits server-misconfigured", "theirs"})},
	{name: "host key changed", state: "host-key-changed", modes: ssh, want: fails("connect", "host-key", 0, hostKeyChanged)},
	{name: "banner", state: "banner", modes: ssh, want: passes()},
	{name: "no forwarding", state: "no-forwarding", modes: ssh, want: passes()},
	{name: "client with an old key exchange", modes: ssh, flags: "--legacy --kex diffie-hellman-group1-sha1", want: fails("connect", "kex", 0, noCommonKex)},
	{name: "client with an old cipher", modes: ssh, flags: "--legacy --ciphers 3des-cbc", want: fails("connect", "kex", 0, noCommonCipher)},
	{name: "missing directory", modes: ssh, path: "/~/nowhere", want: fails("cwd", "path request", 2, noDirectory)},
	{name: "unwritable directory", modes: ssh, path: "/~/rodir", want: fails("put", "request transfer", 3, cannotWrite)},
	{name: "missing file", modes: ssh, flags: "--read-only --get missing.txt", want: fails("get-file", "request transfer path", 2, noFile)},
	{name: "unreadable file", modes: ssh, flags: "--read-only --get noperm.txt", want: fails("get-file", "request transfer path", 3, cannotRead)},
	{name: "full disk", modes: ssh, path: "/~/full", flags: "--size 256KiB", want: fails("put", "transfer request", 4, answer{"disk-full generic-failure quota-exceeded file-size-limit server-error", "theirs undecided"})},
	{name: "session killed in a download", modes: ssh, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "transfer request", 0, lost)},
	{name: "session killed in an upload", modes: ssh, disturb: killInUpload, want: fails("put", "transfer request", 0, lost)},
	{name: "FTP client at the SFTP port", modes: ssh, as: probe.FTP, want: fails("connect", "greeting", 0, wrongProtocol)},
	{name: "implicit client at the SFTP port", modes: ssh, as: probe.FTPS, want: fails("connect", "tls greeting", 0, wrongProtocol)},
}
