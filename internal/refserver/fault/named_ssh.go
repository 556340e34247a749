package fault

// sshConnecting lists what goes wrong before the login of SSH.
var sshConnecting = []Fault{
	{"ssh-silent", "the connection opens, then nothing comes", sftp, effects("silent:greeting"), nil, fails("no-greeting", "theirs", "connect", "version")},
	{"ssh-closed", "the connection closes before the identification string", sftp, effects("close:greeting"), nil, fails("closed-before-greeting", "theirs", "connect", "version")},
	{"ssh-reset", "the connection is reset before the identification string", sftp, effects("delay:greeting=50ms", "reset:greeting"), nil, fails("closed-before-greeting", "theirs", "connect", "version")},
	{"ssh-banned", "a line of text in the place of the identification string: the address is penalised", sftp, effects(`bye:greeting=Not allowed at this time\r\n`), nil, fails("client-banned", "theirs", "connect", "version")},
	{"ssh-max-startups", "a line that says so, then the end", sftp, effects(`bye:greeting=Exceeded MaxStartups\r\n`), nil, fails("max-startups-throttle", "theirs", "connect", "version")},
	{"ftp-at-port", "FTP answers in the place of SSH", sftp, effects(`raw:greeting=220 FTP server ready.\r\n`, "silent:kex"), nil, fails("wrong-protocol-on-port", "ours", "connect", "version")},
	{"ssh-dribbling", "an identification string with one byte a second", sftp, effects("drip:greeting=1s"), nil, fails("no-greeting", "theirs", "connect", "version")},
	{"ssh-disconnect", "a disconnect: too many connections", sftp, effects("disconnect:greeting=12:Too many connections"), nil, fails("server-connection-limit", "theirs", "connect", "kex")},
	{"kex-silent", "the key exchange gets no answer", sftp, effects("silent:kex"), nil, fails("kex-failed", "either", "connect", "kex")},
	{"kex-closed", "the connection closes in the key exchange", sftp, effects("close:kex"), nil, fails("kex-failed", "either", "connect", "kex")},
	{"kex-mismatch", "only an old key exchange", sftp, effects("kex=diffie-hellman-group1-sha1"), nil, fails("no-common-kex", "either", "connect", "kex")},
	{"cipher-mismatch", "only old ciphers", sftp, effects("ciphers=3des-cbc,aes256-cbc"), nil, fails("no-common-cipher", "either", "connect", "kex")},
	{"mac-mismatch", "only old MACs", sftp, effects("ciphers=aes128-ctr,aes256-cbc", "macs=hmac-md5,umac-32@openssh.com"), nil, fails("no-common-mac", "either", "connect", "kex")},
	{"host-key-mismatch", "only an old kind of host key", sftp, effects("hostkeys=ssh-dss"), nil, fails("no-common-hostkey-alg", "either", "connect", "kex")},
	{"host-key-changed", "another host key than the published one", sftp, effects("host-key=changed"), nil, fails("host-key-changed", "either", "connect", "host-key")},
}

// sshLoggingIn lists the refused logins of SSH.
var sshLoggingIn = []Fault{
	{"ssh-wrong-password", "every password is wrong", sftp, effects("deny:auth", "auth=password"), nil, fails("bad-credentials", "ours", "login", "auth")},
	{"ssh-key-only", "public keys only", sftp, effects("auth=publickey"), nil, fails("auth-method-mismatch", "ours", "login", "auth")},
	{"ssh-two-factor", "a password and then a key", sftp, effects("auth=password+publickey"), nil, fails("multi-factor-required", "either", "login", "auth")},
	{"ssh-max-tries", "one refused attempt ends the connection", sftp, effects("deny:auth", "max-tries=1"), nil, fails("bad-credentials", "ours", "login", "auth")},
	{"ssh-expired", "a banner says that the account has expired, then the end", sftp, effects(`banner=Your account has expired; please contact your system administrator\n`, "close:auth"), nil, fails("password-expired", "theirs", "login", "auth")},
	{"ssh-locked", "a banner says that the account is locked", sftp, effects(`banner=Your account is locked.\n`, "deny:auth"), nil, fails("account-locked", "theirs", "login", "auth")},
	{"ssh-auth-silent", "the login gets no answer", sftp, effects("silent:auth"), nil, fails("reply-timeout", "theirs", "login", "auth")},
	{"ssh-auth-closed", "the login closes the connection", sftp, effects("close:auth"), nil, fails("control-connection-lost", "either", "login", "auth")},
}

// sftpStarting lists what goes wrong between the login and the first request.
var sftpStarting = []Fault{
	{"channel-refused", "the channel is prohibited", sftp, effects("refuse:channel=1:administratively prohibited"), nil, fails("account-not-authorized", "theirs", "login", "channel")},
	{"max-sessions", "no channel is left", sftp, effects("max-channels=0"), nil, fails("max-sessions-per-connection", "either", "login", "channel")},
	{"channel-closed", "the connection closes after the login", sftp, effects("close:channel"), nil, fails("chroot-bad-ownership", "theirs", "login", "channel")},
	{"channel-silent", "opening a channel gets no answer", sftp, effects("silent:channel"), nil, fails("reply-timeout", "theirs", "login", "channel")},
	{"subsystem-refused", "there is no sftp subsystem", sftp, effects("refuse:subsystem=0:"), nil, fails("sftp-subsystem-disabled", "theirs", "login", "subsystem")},
	{"subsystem-silent", "the subsystem request gets no answer", sftp, effects("silent:subsystem"), nil, fails("reply-timeout", "theirs", "login", "subsystem")},
	{"sftp-server-missing", "the program of the subsystem is not there (exit status 127)", sftp, effects("exit:subsystem=127"), nil, fails("sftp-server-exits", "theirs", "login", "init")},
	{"shell-output", "a login script prints before SFTP", sftp, effects(`before:subsystem=Welcome to example corp\n`), nil, fails("shell-output-pollutes-sftp", "theirs", "login", "init")},
	{"nologin-shell", "the shell of the account says its line and ends", sftp, effects(`before:subsystem=This account is currently not available.\n`, "exit:subsystem=1"), nil, fails("account-not-authorized", "theirs", "login", "init")},
	{"init-silent", "INIT gets no answer", sftp, effects("silent:INIT"), nil, fails("reply-timeout", "theirs", "login", "init")},
	{"init-closed", "INIT closes the connection", sftp, effects("delay:INIT=50ms", "close:INIT"), nil, fails("sftp-server-exits", "theirs", "login", "init")},
	{"init-truncated", "half of a VERSION", sftp, effects("delay:INIT=50ms", "truncate:INIT=7"), nil, fails("sftp-server-exits", "theirs", "login", "init")},
	{"sftp-version-6", "only version 6 of the protocol", sftp, effects(`raw:INIT=\0\0\0\x05\x02\0\0\0\x06`), nil, fails("sftp-version-unsupported", "either", "login", "init")},
}

// sftpRequests lists what goes wrong with requests.
var sftpRequests = []Fault{
	{"sftp-list-denied", "listing is refused", sftp, effects("status:OPENDIR=3:Permission denied"), nil, fails("no-list-permission", "theirs", "list", "request")},
	{"sftp-list-silent", "listing gets no answer", sftp, effects("silent:READDIR"), nil, fails("reply-timeout", "theirs", "list", "request")},
	{"sftp-empty-list", "a listing without entries", sftp, effects("short:READDIR=0"), nil, passes()},
	{"sftp-put-denied", "opening to write is refused", sftp, effects("status:OPEN@write=3:Permission denied"), nil, fails("no-write-permission", "theirs", "put", "request")},
	{"sftp-dir-missing", "the directory of the upload is not there", sftp, effects("status:OPEN@write=2:No such file"), nil, fails("remote-dir-missing", "ours", "put", "request")},
	{"sftp-file-exists", "the name is taken", sftp, effects("status:OPEN@write=11:File already exists"), nil, fails("file-exists", "ours", "put", "request")},
	{"sftp-read-only", "the file system is read-only", sftp, effects("status:OPEN@write=12:Read-only file system"), nil, fails("read-only-server", "theirs", "put", "request")},
	{"sftp-disk-full", "status 4 that tells of a full disk", sftp, effects("status:WRITE=4:No space left on device"), nil, fails("disk-full", "theirs", "put", "transfer")},
	{"sftp-disk-full-14", "status 14", sftp, effects("status:WRITE=14:No space on filesystem"), nil, fails("disk-full", "theirs", "put", "transfer")},
	{"sftp-quota", "status 15", sftp, effects("status:WRITE=15:Quota exceeded"), nil, fails("quota-exceeded", "theirs", "put", "transfer")},
	{"sftp-failure", "status 4 without a reason", sftp, effects("status:WRITE=4:Failure"), nil, fails("disk-full", "theirs", "put", "transfer")},
	{"sftp-late-failure", "all is written, CLOSE fails", sftp, effects("status:CLOSE=4:No space left on device"), nil, fails("disk-full", "theirs", "put", "transfer")},
	{"sftp-put-cut", "the connection closes in the upload, before more than 100 bytes", sftp, effects("cut:WRITE=100"), nil, fails("control-connection-lost", "either", "put", "transfer")},
	{"sftp-put-stalled", "the upload stops and stays, before more than 100 bytes", sftp, effects("stall:WRITE=100"), nil, fails("transfer-stalled", "network", "put", "transfer")},
	{"sftp-put-short", "512 bytes of the upload are kept, and reported as good", sftp, effects("short:WRITE=512"), nil, fails("truncated-transfer", "either", "size", "verify")},
	{"sftp-put-corrupt", "byte 100 of the upload is changed", sftp, effects("corrupt:WRITE=100"), nil, fails("content-mismatch", "either", "get", "verify")},
	{"sftp-get-denied", "opening to read is refused", sftp, effects("status:OPEN@read=3:Permission denied"), nil, fails("no-read-permission", "theirs", "get", "request")},
	{"sftp-get-stalled", "the download stops and stays, before more than 100 bytes", sftp, effects("stall:READ=100"), nil, fails("transfer-stalled", "network", "get", "transfer")},
	{"sftp-get-reset", "the connection is reset in the download, before more than 100 bytes", sftp, effects("snap:READ=100"), nil, fails("connection-reset-mid-transfer", "network", "get", "transfer")},
	{"sftp-get-short", "the download ends after 512 bytes", sftp, effects("short:READ=512"), nil, fails("truncated-transfer", "either", "get", "verify")},
	{"sftp-get-corrupt", "byte 100 of the download is changed", sftp, effects("corrupt:READ=100"), nil, fails("content-mismatch", "either", "get", "verify")},
	{"sftp-rename-denied", "renaming is refused", sftp, effects("status:RENAME=3:Permission denied"), nil, fails("rename-refused", "theirs", "rename", "request")},
	{"sftp-rename-exists", "the new name is taken", sftp, effects("status:RENAME=11:File already exists"), nil, fails("rename-target-exists", "ours", "rename", "request")},
	{"sftp-delete-denied", "deleting is refused", sftp, effects("status:REMOVE=3:Permission denied"), nil, fails("delete-not-permitted", "theirs", "delete", "request")},
	{"sftp-unsupported", "renaming is not implemented", sftp, effects("status:RENAME=8:Operation unsupported"), nil, fails("operation-unsupported", "theirs", "rename", "request")},
	{"sftp-wrong-id", "a response with the id of no request", sftp, effects("wrong-id:REALPATH"), nil, fails("protocol-error", "theirs", "pwd", "path")},
}
