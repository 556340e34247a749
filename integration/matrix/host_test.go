package matrix

import "mftprobe/probe"

// On the network of the host there is no forwarder: a closed port refuses, a killed process resets, and the server can dial us.

// elsewhere is an address of this machine that no client has.
const elsewhere = " --active-address 127.0.0.9"

var noActiveTLS = map[string]string{"curl": "it waits in vain for a TLS data connection that the server opens"}

func hostRows(explicitOf []row) []row {
	return append([]row{
		{name: "server down", state: "down", modes: plain, want: fails("connect", "tcp", 0, portRefused)},
		{name: "active mode by PORT", modes: twoModes, flags: "--data-mode port", want: passes(), differ: noActiveTLS},
		{name: "active mode by EPRT", modes: twoModes, flags: "--data-mode eprt", want: passes(), differ: noActiveTLS},
		{name: "killed between commands", modes: twoModes, disturb: afterStep("pwd", kill), want: fails("passive", "path passive", 0, lost).with(mayBe + textInTLS)},
		{name: "killed in a download", modes: plain, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "completion transfer", 0, lost)},
		{name: "killed in an upload", modes: plain, disturb: killInUpload, want: fails("put", "completion transfer", 0, lost)},
	}, explicitOf...)
}

var vsftpdHostRows = hostRows([]row{
	{name: "another address in PORT", modes: plain, flags: "--data-mode port" + elsewhere, want: fails("list passive", "active", 500, otherAddress)},
	{name: "another address in EPRT", modes: plain, flags: "--data-mode eprt" + elsewhere, want: fails("list passive", "active", 500, otherAddress)},
	{name: "broken home", modes: plain, user: "nohome", want: fails("login", "login", 500, brokenHome).with(mayBe + lastWords)},
	{name: "host denied", state: "host-denied", modes: plain, want: fails("connect", "greeting", 421, hostDenied)},
	{name: "no certificate configured", state: "tls-no-certificate", modes: bothTLS, want: fails("connect", "tcp", 0, portRefused)},
})

var proftpdHostRows = hostRows([]row{
	{name: "another address in PORT", modes: plain, flags: "--data-mode port" + elsewhere, want: fails("list passive", "active", 500, otherAddress)},
	{name: "broken home", modes: plain, user: "nohome", want: fails("login", "login", 0, hiddenHome)},
	{name: "host denied", state: "host-denied", modes: plain, want: fails("connect", "greeting", 0, closedAtOnce)},
	{name: "SFTP down", state: "down", modes: ssh, want: fails("connect", "tcp", 0, portRefused)},
	{name: "SFTP killed in a download", modes: ssh, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "transfer request", 0, lost)},
})

var pureFTPDHostRows = hostRows([]row{
	{name: "another address in PORT", modes: plain, flags: "--data-mode port" + elsewhere, want: fails("list passive", "active", 500, otherAddress)},
	{name: "broken home", modes: plain, user: "nohome", want: fails("login", "login", 421, brokenHome)},
	{name: "too many clients", state: "max-clients", modes: plain, tune: hold(1, "bob", false), want: fails("connect", "greeting", 421, full)},
	{name: "idle", state: "idle", modes: plain, flags: "--timeout 90s", steps: []probe.Step{{Name: "wait", Op: probe.OpWait, Pause: pastIdleMinute}, do(probe.OpPwd, "")}, want: fails("pwd", "setup path", 421, idle), differ: map[string]string{alone: "it does not wait"}},
})

var pyftpdlibHostRows = hostRows([]row{
	{name: "another address in PORT", modes: plain, flags: "--data-mode port" + elsewhere, want: fails("list passive", "active", 501, otherAddress)},
	{name: "too many clients", state: "max-clients", modes: plain, tune: hold(1, "bob", false), want: fails("connect", "greeting", 421, full)},
})

var opensshHostRows = []row{
	{name: "server down", state: "down", modes: ssh, want: fails("connect", "tcp", 0, portRefused)},
	{name: "host denied", state: "host-denied", modes: ssh, want: fails("connect", "version", 0, closedAtOnce)},
	{name: "too many at the door", state: "max-startups", modes: ssh, tune: hold(1, "bob", false), want: fails("connect", "version", 0, throttled)},
	{name: "chroot owned by the user", state: "chroot-owned", modes: ssh, want: fails("login", "channel subsystem auth", 0, badChroot)},
	{name: "killed between requests", modes: ssh, disturb: afterStep("pwd", kill), want: fails("list", "path request init", 0, lost)},
	{name: "killed in a download", modes: ssh, flags: "--read-only --get big.bin", disturb: killInDownload, want: fails("get-file", "transfer request", 0, lost)},
	{name: "killed in an upload", modes: ssh, disturb: killInUpload, want: fails("put", "transfer request", 0, lost)},
}
