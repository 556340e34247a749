package classify

import (
	"strings"

	"mftprobe/probe"
)

// place is a set of positions in a session. The same words mean different things at different
// places: "permission denied" to STOR is not "permission denied" to PASS.
type place uint32

const (
	atConnect    place = 1 << iota // name lookup to the greeting or version line
	atAuth                         // AUTH and the TLS handshake of the control connection
	atKex                          // SSH key exchange and host key
	atLogin                        // USER, PASS, ACCT; SSH authentication
	atSession                      // SSH channel, subsystem, SFTP INIT
	atSetup                        // FEAT, OPTS, SYST, TYPE, MODE, SITE and raw commands
	atProt                         // PBSZ, PROT, CCC
	atPath                         // PWD, CWD, REALPATH
	atPasv                         // PASV
	atEpsv                         // EPSV
	atActive                       // PORT, EPRT
	atData                         // an FTP data connection, whatever it carries
	atList                         // LIST, NLST, MLSD, OPENDIR
	atMlsd                         // MLSD, MLST
	atStat                         // SIZE, MDTM, STAT
	atGet                          // RETR, OPEN for reading, READ
	atPut                          // STOR, OPEN for writing, WRITE
	atAppend                       // APPE, REST
	atRenameFrom                   // RNFR
	atRenameTo                     // RNTO, RENAME
	atDelete                       // DELE, REMOVE
	atMkdir                        // MKD
	atRmdir                        // RMD
	atChmod                        // SITE CHMOD, MFMT, SETSTAT
	atNoop                         // NOOP, waiting
	atQuit                         // QUIT
	anywhere     place = 0
)

// Combinations that rules ask for together.
const (
	atPassive  = atPasv | atEpsv
	atRename   = atRenameFrom | atRenameTo
	atTransfer = atGet | atPut | atAppend
	atWrite    = atPut | atAppend | atRename | atDelete | atMkdir | atRmdir | atChmod
	atStart    = atConnect | atAuth | atKex
	atRequest  = atPath | atList | atStat | atTransfer | atWrite
)

// stepPlaces maps the operations of a script, and the phases of a session.
var stepPlaces = map[string]place{
	"connect": atConnect, "login": atLogin, "pwd": atPath, "cwd": atPath, "passive": atPassive, "active": atActive,
	"list": atList | atData, "nlst": atList | atData, "mlsd": atMlsd | atList | atData, "stat": atStat, "size": atStat, "mdtm": atStat,
	"put": atPut | atData, "get": atGet | atData, "append": atAppend | atPut | atData, "rename": atRename, "delete": atDelete,
	"mkdir": atMkdir, "rmdir": atRmdir, "chmod": atChmod, "noop": atNoop, "wait": atNoop, "raw": atSetup, "quit": atQuit,

	"config": atConnect, "dns": atConnect, "tcp": atConnect, "proxy": atConnect, "greeting": atConnect, "version": atConnect,
	"auth-tls": atAuth, "tls": atAuth, "kex": atKex, "host-key": atKex, "auth": atLogin, "channel": atSession, "subsystem": atSession,
	"init": atSession, "setup": atSetup, "path": atPath, "data-connect": atData, "data-tls": atData, "request": atStat,
	"transfer": atData, "completion": atData, "verify": atStat, "cleanup": atDelete,
}

// commandPlaces maps FTP commands and SFTP requests.
var commandPlaces = map[string]place{
	"USER": atLogin, "PASS": atLogin, "ACCT": atLogin, "AUTH": atAuth, "ADAT": atAuth, "PBSZ": atProt, "PROT": atProt, "CCC": atProt,
	"FEAT": atSetup, "OPTS": atSetup, "SYST": atSetup, "TYPE": atSetup, "MODE": atSetup, "STRU": atSetup, "SITE": atSetup | atChmod, "HELP": atSetup,
	"HOST": atSetup, "CLNT": atSetup, "LANG": atSetup, "ALLO": atSetup, "CSID": atSetup, "NOOP": atNoop, "QUIT": atQuit, "PWD": atPath, "CWD": atPath,
	"CDUP": atPath, "PASV": atPasv, "EPSV": atEpsv, "PORT": atActive, "EPRT": atActive, "LIST": atList | atData, "NLST": atList | atData,
	"MLSD": atMlsd | atList | atData, "MLST": atMlsd | atStat, "STAT": atStat, "SIZE": atStat, "MDTM": atStat, "RETR": atGet | atData,
	"STOR": atPut | atData, "STOU": atPut | atData, "APPE": atAppend | atPut | atData, "REST": atAppend, "RNFR": atRenameFrom, "RNTO": atRenameTo,
	"DELE": atDelete, "MKD": atMkdir, "XMKD": atMkdir, "RMD": atRmdir, "XRMD": atRmdir, "MFMT": atChmod, "CHMOD": atChmod,

	"INIT": atSession, "REALPATH": atPath, "OPENDIR": atList, "READDIR": atList, "LSTAT": atStat, "FSTAT": atStat, "OPEN": atGet | atPut,
	"READ": atGet, "WRITE": atPut, "CLOSE": atPut, "REMOVE": atDelete, "RENAME": atRenameTo, "MKDIR": atMkdir, "RMDIR": atRmdir,
	"SETSTAT": atChmod, "FSETSTAT": atChmod, "EXTENDED": atSetup,
}

// placeOf reads a step, an operation, a phase or a command, in any case. Unknown words give
// anywhere. A step covers everything that the protocol does inside it: connecting with FTPS includes
// AUTH, connecting with SFTP the key exchange, logging in with SFTP the start of the subsystem.
func placeOf(word string, p probe.Protocol) place {
	word, argument, _ := strings.Cut(strings.TrimSpace(word), " ")
	at, isStep := stepPlaces[strings.ToLower(word)]
	switch {
	case strings.EqualFold(word, "site") && strings.HasPrefix(strings.ToUpper(argument), "CHMOD"):
		return atChmod
	case !isStep, word == "AUTH", strings.EqualFold(word, "auth") && p != probe.SFTP && p != "":
		return commandPlaces[strings.ToUpper(word)]
	}
	if p == probe.SFTP {
		at &^= atData | atPassive | atActive
	}
	switch strings.ToLower(word) {
	case "connect":
		at |= map[probe.Protocol]place{probe.FTPES: atAuth, probe.FTPS: atAuth, probe.SFTP: atKex}[p]
	case "login":
		at |= map[probe.Protocol]place{probe.SFTP: atSession}[p]
	}
	return at
}
