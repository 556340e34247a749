package foreignlog

import (
	"strings"

	"mftprobe/probe"
)

// verb says to which operation a command belongs and in which phase its reply stands.
type verb struct {
	op    probe.Op // empty: part of whatever is going on
	phase probe.Phase
	may   bool // a refusal means only that the server lacks something optional
}

// verbs are the commands of RFC 959, 2228, 2389, 2428, 2640, 3659, 4217, 7151 and the usual ones
// without an RFC.
var verbs = map[string]verb{
	"AUTH": {phase: probe.PhaseAuthTLS},
	"USER": {op: probe.OpLogin, phase: probe.PhaseLogin},
	"PASS": {op: probe.OpLogin, phase: probe.PhaseLogin},
	"ACCT": {op: probe.OpLogin, phase: probe.PhaseLogin},
	"REIN": {phase: probe.PhaseLogin, may: true},
	"ADAT": {phase: probe.PhaseLogin},
	"FEAT": {phase: probe.PhaseSetup, may: true},
	"OPTS": {phase: probe.PhaseSetup, may: true},
	"SYST": {phase: probe.PhaseSetup, may: true},
	"HELP": {phase: probe.PhaseSetup, may: true},
	"CLNT": {phase: probe.PhaseSetup, may: true},
	"CSID": {phase: probe.PhaseSetup, may: true},
	"LANG": {phase: probe.PhaseSetup, may: true},
	"HOST": {phase: probe.PhaseSetup, may: true},
	"ALLO": {phase: probe.PhaseSetup, may: true},
	"PRET": {phase: probe.PhaseSetup, may: true},
	"CPSV": {phase: probe.PhaseSetup, may: true},
	"SSCN": {phase: probe.PhaseSetup, may: true},
	"PBSZ": {phase: probe.PhaseSetup},
	"PROT": {phase: probe.PhaseSetup},
	"CCC":  {phase: probe.PhaseSetup, may: true},
	"TYPE": {phase: probe.PhaseSetup},
	"MODE": {phase: probe.PhaseSetup, may: true},
	"STRU": {phase: probe.PhaseSetup, may: true},
	"REST": {phase: probe.PhaseTransfer},
	"NOOP": {op: probe.OpNoop, phase: probe.PhaseSetup, may: true},
	"ABOR": {phase: probe.PhaseCompletion, may: true},
	"PWD":  {op: probe.OpPwd, phase: probe.PhasePath},
	"XPWD": {op: probe.OpPwd, phase: probe.PhasePath},
	"CWD":  {op: probe.OpCwd, phase: probe.PhasePath},
	"XCWD": {op: probe.OpCwd, phase: probe.PhasePath},
	"CDUP": {op: probe.OpCwd, phase: probe.PhasePath},
	"PASV": {op: probe.OpPassive, phase: probe.PhasePassive},
	"EPSV": {op: probe.OpPassive, phase: probe.PhasePassive},
	"LPSV": {op: probe.OpPassive, phase: probe.PhasePassive},
	"SPSV": {op: probe.OpPassive, phase: probe.PhasePassive},
	"PORT": {op: probe.OpActive, phase: probe.PhaseActive},
	"EPRT": {op: probe.OpActive, phase: probe.PhaseActive},
	"LPRT": {op: probe.OpActive, phase: probe.PhaseActive},
	"LIST": {op: probe.OpList, phase: probe.PhaseTransfer},
	"MLSD": {op: probe.OpMlsd, phase: probe.PhaseTransfer},
	"NLST": {op: probe.OpNlst, phase: probe.PhaseTransfer},
	"STOR": {op: probe.OpPut, phase: probe.PhaseTransfer},
	"STOU": {op: probe.OpPut, phase: probe.PhaseTransfer},
	"APPE": {op: probe.OpAppend, phase: probe.PhaseTransfer},
	"RETR": {op: probe.OpGet, phase: probe.PhaseTransfer},
	"MLST": {op: probe.OpStat, phase: probe.PhaseVerify},
	"STAT": {op: probe.OpStat, phase: probe.PhasePath},
	"SIZE": {op: probe.OpSize, phase: probe.PhaseVerify},
	"MDTM": {op: probe.OpMdtm, phase: probe.PhaseVerify},
	"MFMT": {phase: probe.PhaseSetup, may: true},
	"DELE": {op: probe.OpDelete, phase: probe.PhasePath},
	"RNFR": {op: probe.OpRename, phase: probe.PhasePath},
	"RNTO": {op: probe.OpRename, phase: probe.PhasePath},
	"MKD":  {op: probe.OpMkdir, phase: probe.PhasePath},
	"XMKD": {op: probe.OpMkdir, phase: probe.PhasePath},
	"RMD":  {op: probe.OpRmdir, phase: probe.PhasePath},
	"XRMD": {op: probe.OpRmdir, phase: probe.PhasePath},
	"SITE": {op: probe.OpRaw, phase: probe.PhaseSetup},
	"HASH": {op: probe.OpRaw, phase: probe.PhaseVerify},
	"XCRC": {op: probe.OpRaw, phase: probe.PhaseVerify},
	"XMD5": {op: probe.OpRaw, phase: probe.PhaseVerify},
	"XSHA": {op: probe.OpRaw, phase: probe.PhaseVerify},
	"QUIT": {op: probe.OpQuit, phase: probe.PhaseQuit},
}

// lookVerb returns the entry of a command line.
func lookVerb(name, arg string) verb {
	v, ok := verbs[name]
	if !ok {
		return verb{op: probe.OpRaw, phase: probe.PhaseSetup}
	}
	if name != "SITE" {
		return v
	}
	switch sub, _, _ := strings.Cut(strings.ToUpper(arg), " "); sub {
	case "CHMOD":
		v.op = probe.OpChmod
	case "HELP", "UTIME", "UMASK", "IDLE", "NAMEFMT", "DIRSTYLE", "SYMLINK":
		return verb{phase: probe.PhaseSetup, may: true}
	}
	return v
}

// splitCommand takes a command line apart. Some clients write verbs in lower case.
func splitCommand(line string) (name, arg string) {
	name, arg, _ = strings.Cut(strings.TrimSpace(line), " ")
	return strings.ToUpper(name), strings.TrimSpace(arg)
}

// isCommand tells whether a line looks like a command that a client would send.
func isCommand(line string) bool {
	name, _ := splitCommand(line)
	_, ok := verbs[name]
	return ok
}

// moves tells that a verb needs a data connection.
func moves(name string) bool {
	switch verbs[name].op {
	case probe.OpList, probe.OpMlsd, probe.OpNlst, probe.OpPut, probe.OpAppend, probe.OpGet:
		return true
	}
	return false
}
