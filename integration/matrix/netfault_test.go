package matrix

import (
	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// netfault is the server of rows that need none: a port with a fault of the network or of the wrong server.
const netfault = "netfault"

// nobodyThere is a port without a listener, among the names of the network faults.
const nobodyThere = "nobody"

var (
	noGreeting = answer{
		"no-greeting tls-handshake-failed reply-timeout implicit-vs-explicit-mismatch wrong-protocol-on-port source-ip-not-allowlisted", anySide,
	}
	closedEarly = answer{
		closedAtOnce.causes + " tls-handshake-failed implicit-vs-explicit-mismatch wrong-protocol-on-port", closedAtOnce.sides + " ours",
	}
	garbage = answer{
		"protocol-error no-greeting wrong-protocol-on-port reply-timeout implicit-vs-explicit-mismatch closed-before-greeting max-startups-throttle " +
			"tls-handshake-failed",
		anySide + " network",
	}
	portDropped   = answer{"port-unreachable source-ip-not-allowlisted client-banned", "network either theirs undecided"}
	strangeServer = answer{"wrong-protocol-on-port implicit-vs-explicit-mismatch tls-handshake-failed", "ours either"}
	otherServer   = answer{"wrong-protocol-on-port no-greeting closed-before-greeting protocol-error implicit-vs-explicit-mismatch max-startups-throttle", anySide + " network"}
	silentServer  = answer{"reply-timeout control-conn-idle-drop service-unavailable no-greeting wrong-protocol-on-port", anySide + " network"}
	kexBroken     = answer{
		"kex-failed control-connection-lost max-startups-throttle client-banned source-ip-not-allowlisted connection-rate-limited server-connection-limit " +
			"service-unavailable reply-timeout control-conn-idle-drop",
		"either network theirs undecided",
	}
	greetsLate = answer{"service-unavailable reply-timeout no-greeting", "theirs either network undecided"}
)

// door makes a row of a network fault.
func door(fault string, p probe.Protocol, w want) row {
	return row{name: fault + " " + string(p), at: fault, as: p, modes: plain, flags: short, want: w}
}

var netfaultRows = []row{
	door(nobodyThere, probe.FTP, fails("connect", "tcp", 0, portRefused)),
	door(nobodyThere, probe.FTPES, fails("connect", "tcp", 0, portRefused)),
	door(nobodyThere, probe.FTPS, fails("connect", "tcp", 0, portRefused)),
	door(nobodyThere, probe.SFTP, fails("connect", "tcp", 0, portRefused)),
	door("drop", probe.FTP, fails("connect", "tcp", 0, portDropped)),
	door("drop", probe.FTPS, fails("connect", "tcp", 0, portDropped)),
	door("drop", probe.SFTP, fails("connect", "tcp", 0, portDropped)),
	door("silent", probe.FTP, fails("connect", "greeting", 0, noGreeting)),
	door("silent", probe.FTPES, fails("connect", "greeting", 0, noGreeting)),
	door("silent", probe.FTPS, fails("connect", "tls greeting", 0, noGreeting)),
	door("silent", probe.SFTP, fails("connect", "version", 0, noGreeting)),
	door("close", probe.FTP, fails("connect", "greeting", 0, closedAtOnce)),
	door("close", probe.FTPES, fails("connect", "greeting", 0, closedAtOnce)),
	door("close", probe.FTPS, fails("connect", "tls greeting", 0, closedEarly)),
	door("close", probe.SFTP, fails("connect", "version", 0, closedAtOnce)),
	door("reset", probe.FTP, fails("connect", "greeting tcp", 0, closedAtOnce)),
	door("reset", probe.FTPS, fails("connect", "tls greeting tcp", 0, closedEarly)),
	door("reset", probe.SFTP, fails("connect", "version tcp", 0, closedAtOnce)),
	door("zero-bytes", probe.FTP, fails("connect", "greeting", 0, garbage)),
	door("zero-bytes", probe.FTPS, fails("connect", "tls greeting", 0, garbage)),
	door("zero-bytes", probe.SFTP, fails("connect", "version", 0, garbage)),
	door("garbage", probe.FTP, fails("connect", "greeting", 0, garbage)),
	door("garbage", probe.FTPS, fails("connect", "tls greeting", 0, garbage)),
	door("garbage", probe.SFTP, fails("connect", "version", 0, garbage)),

	// Greetings
	door("ftp-421", probe.FTP, fails("connect", "greeting", 421, answer{"service-unavailable source-ip-not-allowlisted server-connection-limit client-banned too-many-connections-per-ip", "theirs either"})),
	door("ftp-421", probe.FTPES, fails("connect", "greeting", 421, answer{"service-unavailable source-ip-not-allowlisted server-connection-limit client-banned too-many-connections-per-ip", "theirs either"})),
	door("ftp-530", probe.FTP, fails("connect", "greeting", 530, fullForUs)),
	door("ftp-120", probe.FTP, fails("connect", "greeting", 0, greetsLate)),
	door("ftp-120-then-220", probe.FTP, fails("login", "login", 0, silentServer).with("asked for patience")),
	door("ftp-220-then-silent", probe.FTP, fails("login", "login", 0, silentServer)),
	door("ftp-220-then-silent", probe.FTPES, fails("connect", "auth-tls", 0, silentServer)),
	door("ftp-220-then-reset", probe.FTP, fails("login", "login", 0, lost)),
	door("ftp-slow-220", probe.FTP, fails("connect", "greeting", 0, noGreeting)),
	door("ftp-endless-banner", probe.FTP, fails("connect", "greeting", 0, garbage)),
	door("ftp-endless-line", probe.FTP, fails("connect", "greeting", 0, garbage)),
	door("ftp-dribble", probe.FTP, fails("connect", "greeting", 0, garbage)),

	// Logins and commands
	door("ftp-user-then-close", probe.FTP, fails("login", "login", 0, lost)),
	door("ftp-pass-then-close", probe.FTP, fails("login", "login", 0, answer{lost.causes + " " + hiddenHome.causes, anySide + " network"})),
	door("ftp-pass-then-silent", probe.FTP, fails("login", "login", 0, silentServer)),
	door("ftp-passive-silent", probe.FTP, fails("passive", "passive", 0, answer{silentServer.causes + " epsv-not-working epsv-not-supported", silentServer.sides}).with(mayBe+"unusual code")),
	door("ftp-auth-then-silent", probe.FTPES, fails("connect", "tls", 0, answer{"tls-handshake-failed reply-timeout server-cert-not-configured", anySide + " network"})),
	door("ftp-auth-then-close", probe.FTPES, fails("connect", "tls", 0, answer{"tls-handshake-failed server-cert-not-configured control-connection-lost", anySide + " network"})),

	// SSH
	door("ssh-then-close", probe.SFTP, fails("connect", "kex version", 0, kexBroken)),
	door("ssh-then-reset", probe.SFTP, fails("connect", "kex version", 0, kexBroken)),
	door("ssh-then-silent", probe.SFTP, fails("connect", "kex version", 0, kexBroken)),
	door("ssh-kexinit-then-silent", probe.SFTP, fails("connect", "kex", 0, kexBroken)),
	door("ssh-kexinit-then-close", probe.SFTP, fails("connect", "kex", 0, kexBroken)),
	door("ssh-1", probe.SFTP, fails("connect", "version", 0, answer{"protocol-error kex-failed wrong-protocol-on-port", anySide + " network"})),
	door("ssh-endless-banner", probe.SFTP, fails("connect", "version", 0, garbage)),
	door("ssh-not-allowed", probe.SFTP, fails("connect", "version", 0, answer{closedAtOnce.causes + " wrong-protocol-on-port", anySide + " network"})),
	door("ssh-then-silent", probe.FTP, fails("connect", "greeting", 0, wrongProtocol)),
	door("ssh-then-silent", probe.FTPS, fails("connect", "tls greeting", 0, strangeServer)),

	// The wrong server
	door("smtp", probe.FTP, fails("connect login", "greeting login", 0, wrongProtocol)),
	door("smtp", probe.FTPES, fails("connect", "greeting auth-tls", 0, wrongProtocol)),
	door("smtp", probe.SFTP, fails("connect", "version", 0, wrongProtocol)),
	door("pop3", probe.FTP, fails("connect", "greeting", 0, wrongProtocol)),
	door("pop3", probe.SFTP, fails("connect", "version", 0, wrongProtocol)),
	door("telnet", probe.FTP, fails("connect", "greeting", 0, otherServer)),
	door("telnet", probe.SFTP, fails("connect", "version", 0, otherServer)),
	door("http", probe.FTP, fails("connect", "greeting", 0, noGreeting)),
	door("http", probe.FTPS, fails("connect", "tls greeting", 0, strangeServer)),
	door("http", probe.SFTP, fails("connect", "version", 0, wrongProtocol)),
	door("http-at-once", probe.FTP, fails("connect", "greeting", 0, wrongProtocol)),
	door("http-at-once", probe.SFTP, fails("connect", "version", 0, wrongProtocol)),
	door("tls-alert", probe.FTPS, fails("connect", "tls", 0, answer{"tls-handshake-failed tls-no-shared-cipher tls-version-mismatch server-cert-not-configured client-cert-required", anySide})),
	door("tls-alert", probe.SFTP, fails("connect", "version", 0, otherServer)),
	door("tls-alert-at-once", probe.FTP, fails("connect", "greeting", 0, otherServer)),
	door("tls-alert-at-once", probe.SFTP, fails("connect", "version", 0, otherServer)),
}

// stranger stands for a server that the lab does not know.
func stranger() *lab.Server {
	return &lab.Server{Name: netfault, User: "alice", Password: "correct-horse-7Q"}
}
