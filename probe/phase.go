package probe

import "slices"

// Phase is a rung of the ladder from a name to a clean good-bye. Phases never change their word.
type Phase string

// The phases of both families, in the order in which a session meets them.
const (
	PhaseConfig      Phase = "config"
	PhaseDNS         Phase = "dns"
	PhaseTCP         Phase = "tcp"
	PhaseProxy       Phase = "proxy"
	PhaseGreeting    Phase = "greeting"     // FTP: the 220 (RFC 959 section 5.4)
	PhaseAuthTLS     Phase = "auth-tls"     // FTP: AUTH and its reply (RFC 4217 section 4)
	PhaseTLS         Phase = "tls"          // FTP: the handshake on the control connection
	PhaseVersion     Phase = "version"      // SSH: identification strings (RFC 4253 section 4.2)
	PhaseKex         Phase = "kex"          // SSH: KEXINIT to NEWKEYS (RFC 4253 sections 7 and 8)
	PhaseHostKey     Phase = "host-key"     // SSH: is this the server that we know
	PhaseLogin       Phase = "login"        // FTP: USER, PASS, ACCT
	PhaseAuth        Phase = "auth"         // SSH: RFC 4252
	PhaseChannel     Phase = "channel"      // SSH: session channel open (RFC 4254 section 5.1)
	PhaseSubsystem   Phase = "subsystem"    // SSH: the sftp subsystem request (RFC 4254 section 6.5)
	PhaseInit        Phase = "init"         // SFTP: INIT and VERSION
	PhaseSetup       Phase = "setup"        // FTP: FEAT, OPTS, SYST, PBSZ, PROT, TYPE
	PhasePath        Phase = "path"         // PWD and CWD, REALPATH
	PhasePassive     Phase = "passive"      // FTP: the reply to PASV or EPSV
	PhaseActive      Phase = "active"       // FTP: the reply to PORT or EPRT, and the server's connection
	PhaseDataConnect Phase = "data-connect" // FTP: dialling the announced port
	PhaseDataTLS     Phase = "data-tls"     // FTP: the handshake on a data connection
	PhaseRequest     Phase = "request"      // SFTP: a request that moves no file content; FTP uses setup
	PhaseTransfer    Phase = "transfer"     // from the command to the end of the data
	PhaseCompletion  Phase = "completion"   // FTP: the final reply
	PhaseVerify      Phase = "verify"       // what arrived compared with what was sent
	PhaseCleanup     Phase = "cleanup"
	PhaseQuit        Phase = "quit"
)

var ftpPhases = []Phase{
	PhaseConfig, PhaseDNS, PhaseTCP, PhaseProxy, PhaseGreeting, PhaseAuthTLS, PhaseTLS, PhaseLogin, PhaseSetup, PhasePath,
	PhasePassive, PhaseActive, PhaseDataConnect, PhaseDataTLS, PhaseTransfer, PhaseCompletion, PhaseVerify, PhaseCleanup, PhaseQuit,
}

var sftpPhases = []Phase{
	PhaseConfig, PhaseDNS, PhaseTCP, PhaseProxy, PhaseVersion, PhaseKex, PhaseHostKey, PhaseAuth, PhaseChannel, PhaseSubsystem, PhaseInit,
	PhasePath, PhaseRequest, PhaseTransfer, PhaseVerify, PhaseCleanup, PhaseQuit,
}

// Phases returns the phases of p's family in order. The caller may keep the slice.
func (p Protocol) Phases() []Phase {
	if p == SFTP {
		return slices.Clone(sftpPhases)
	}
	return slices.Clone(ftpPhases)
}
