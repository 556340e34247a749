package matrix

import (
	"fmt"
	"strings"

	"mftprobe/probe"
)

// lftp translates a case for lftp.
func lftp(sc *scene) string {
	t := sc.job.Target
	lines := []string{
		"set cmd:fail-exit yes", "set net:timeout 5", "set net:max-retries 1", "set net:reconnect-interval-base 1", "set net:reconnect-interval-max 1",
		"set ftp:use-feat yes", "set ftp:sync-mode yes", "set xfer:clobber yes",
	}
	lines = append(lines, lftpTLS(sc)...)
	switch t.FTP.DataMode {
	case "port", "eprt":
		lines = append(lines, "set ftp:passive-mode no", "set ftp:auto-passive-mode no")
	case "":
		lines = append(lines, "set ftp:prefer-epsv yes")
	}
	scheme := "ftp"
	if t.Protocol == probe.FTPS {
		scheme = "ftps"
	}
	secret := sc.secret
	if secret == noSecret {
		secret = ""
	}
	lines = append(lines, fmt.Sprintf("open -u %s,%s %s://%s:%d", t.User, secret, scheme, t.Host, t.Port))
	if t.Path != "" {
		lines = append(lines, "cd "+t.Path)
	}
	for _, s := range sc.job.Script.Steps {
		lines = append(lines, lftpStep(sc, s)...)
	}
	return payload(sc) + "lftp --norc -c " + quote(strings.Join(lines, "; "))
}

func lftpTLS(sc *scene) []string {
	t := sc.job.Target
	if t.Protocol == probe.FTP {
		return []string{"set ftp:ssl-allow no"}
	}
	protect := "yes"
	if t.TLS.Prot == "C" {
		protect = "no"
	}
	out := []string{"set ftp:ssl-force yes", "set ftp:ssl-protect-data " + protect, "set ftp:ssl-protect-list " + protect}
	if t.TLS.Insecure {
		out = append(out, "set ssl:verify-certificate no")
	} else if sc.server.Name != netfault {
		out = append(out, "set ssl:ca-file "+handedOut(sc, "ca.pem"))
	}
	if cert := sc.flagValue("--cert"); cert != "" {
		out = append(out, "set ssl:cert-file "+handedOut(sc, cert[1:]), "set ssl:key-file "+handedOut(sc, sc.flagValue("--key")[1:]))
	}
	if low, high := sc.flagValue("--tls-min"), sc.flagValue("--tls-max"); low != "" || high != "" {
		out = append(out, "set ssl:priority NORMAL:-VERS-ALL"+tlsVersions(low, high))
	}
	return out
}

// tlsVersions lists versions in the words of GnuTLS.
func tlsVersions(low, high string) string {
	out := ""
	for _, v := range []string{"1.0", "1.1", "1.2", "1.3"} {
		if v >= max(low, "1.0") && (high == "" || v <= high) && (low != "" || v >= "1.2") {
			out += ":+VERS-TLS" + v
		}
	}
	return out
}

func lftpStep(sc *scene, s probe.Step) []string {
	path := orOwn(s.Path)
	switch s.Op {
	case probe.OpList:
		return []string{"ls " + s.Path + " >/dev/null"}
	case probe.OpNlst:
		return []string{"nlist " + s.Path + " >/dev/null"}
	case probe.OpPut:
		return []string{"put payload-" + ownName + " -o " + path}
	case probe.OpAppend:
		return []string{"put -c payload-" + ownName + " -o " + path}
	case probe.OpGet:
		return []string{"get \"" + path + "\" -o back-" + ownName}
	case probe.OpRaw:
		return []string{"quote " + s.Line}
	}
	return changes(sc, s, "mv")
}
