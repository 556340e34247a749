package ftp

import "mftprobe/probe"

// verb is what is known of an FTP command before it is sent.
type verb struct {
	phase    probe.Phase
	code     int  // the success that RFC 959 and its extensions give it; 0: several are usual
	transfer bool // moves data on a data connection
}

// verbOf returns what is known of a command; unknown ones belong to the setup.
func verbOf(name string) verb {
	switch name {
	case "USER", "PASS", "ACCT", "HOST", "REIN":
		return verb{phase: probe.PhaseLogin}
	case "AUTH":
		return verb{phase: probe.PhaseAuthTLS, code: 234}
	case "FEAT":
		return verb{phase: probe.PhaseSetup, code: 211}
	case "SYST":
		return verb{phase: probe.PhaseSetup, code: 215}
	case "TYPE", "PBSZ", "PROT", "NOOP", "MODE", "STRU":
		return verb{phase: probe.PhaseSetup, code: 200}
	case "PWD", "MKD":
		return verb{phase: probe.PhasePath, code: 257}
	case "CWD", "RMD", "DELE", "RNTO":
		return verb{phase: probe.PhasePath, code: 250}
	case "RNFR":
		return verb{phase: probe.PhasePath, code: 350}
	case "SIZE", "MDTM":
		return verb{phase: probe.PhaseVerify, code: 213}
	case "MLST":
		return verb{phase: probe.PhaseVerify, code: 250}
	case "EPSV":
		return verb{phase: probe.PhasePassive, code: 229}
	case "PASV":
		return verb{phase: probe.PhasePassive, code: 227}
	case "PORT", "EPRT":
		return verb{phase: probe.PhaseActive, code: 200}
	case "REST":
		return verb{phase: probe.PhaseTransfer, code: 350}
	case "LIST", "NLST", "MLSD", "RETR", "STOR", "APPE", "STOU":
		return verb{phase: probe.PhaseTransfer, code: 226, transfer: true}
	case "QUIT":
		return verb{phase: probe.PhaseQuit, code: 221}
	case "HASH", "XSHA256", "XSHA1", "XSHA", "XMD5", "MD5", "XCRC":
		return verb{phase: probe.PhaseVerify}
	}
	return verb{phase: probe.PhaseSetup}
}
