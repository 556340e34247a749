package matrix

import (
	"fmt"
	"strings"

	"mftprobe/probe"
)

// transfer is one URL of a curl command with its options.
type transfer struct {
	options []string
	path    string
}

// curl translates a case for curl. Its transfers share a connection, and the first that fails ends it.
func curl(sc *scene) string {
	all := curlTransfers(sc)
	command := payload(sc)
	if sc.row.blind {
		command += "export HOME=/nonexistent\n"
	}
	command += "curl -sS --fail-early"
	for i, x := range all {
		if i > 0 {
			command += " --next -sS"
		}
		command += " " + words(append(curlOptions(sc), x.options...)...) + " " + quote(curlURL(sc, x.path))
	}
	return command
}

func curlURL(sc *scene, path string) string {
	t := sc.job.Target
	scheme := string(t.Protocol)
	if t.Protocol == probe.FTPES {
		scheme = "ftp"
	}
	host := t.Host
	if t.TLS.ServerName != "" {
		host = t.TLS.ServerName
	}
	dir := "/"
	if t.Protocol == probe.SFTP {
		dir = "/~/"
	}
	if t.Path != "" {
		dir += strings.TrimSuffix(t.Path, "/") + "/"
	}
	return fmt.Sprintf("%s://%s:%d%s%s", scheme, host, t.Port, dir, strings.ReplaceAll(path, " ", "%20"))
}

func curlOptions(sc *scene) []string {
	t := sc.job.Target
	out := []string{"--connect-timeout", "3", "--max-time", "9", "-o", "/dev/null"}
	secret := sc.secret
	if secret == noSecret {
		secret = ""
	}
	out = append(out, "--user", t.User+":"+secret)
	if t.Protocol == probe.SFTP {
		return out
	}
	switch t.FTP.DataMode {
	case "port":
		out = append(out, "--ftp-port", "-", "--disable-eprt")
	case "eprt":
		out = append(out, "--ftp-port", "-")
	case "pasv":
		out = append(out, "--disable-epsv")
	}
	if t.Protocol == probe.FTP {
		return out
	}
	return append(out, curlTLS(sc)...)
}

func curlTLS(sc *scene) []string {
	t := sc.job.Target
	var out []string
	switch {
	case t.Protocol == probe.FTPES && t.TLS.Prot == "C":
		out = append(out, "--ftp-ssl-control")
	case t.Protocol == probe.FTPES:
		out = append(out, "--ssl-reqd")
	}
	if t.TLS.Insecure {
		out = append(out, "--insecure")
	} else if sc.server.Name != netfault {
		out = append(out, "--cacert", handedOut(sc, "ca.pem"))
	}
	if cert := sc.flagValue("--cert"); cert != "" {
		out = append(out, "--cert", handedOut(sc, cert[1:]), "--key", handedOut(sc, sc.flagValue("--key")[1:]))
	}
	if low := sc.flagValue("--tls-min"); low != "" {
		out = append(out, "--tlsv"+low)
	}
	if high := sc.flagValue("--tls-max"); high != "" {
		out = append(out, "--tls-max", high)
	}
	if name := t.TLS.ServerName; name != "" {
		out = append(out, "--resolve", fmt.Sprintf("%s:%d:%s", name, t.Port, t.Host))
	}
	return out
}

// curlTransfers makes a transfer of each step that needs one; the others are quoted before or after a transfer.
func curlTransfers(sc *scene) []transfer {
	var out []transfer
	after := func(command string) {
		last := &out[len(out)-1]
		last.options = append(last.options, "-Q", "-"+command)
	}
	for _, s := range sc.job.Script.Steps {
		switch s.Op {
		case probe.OpList:
			out = append(out, transfer{path: folder(s.Path)})
		case probe.OpNlst:
			out = append(out, transfer{path: folder(s.Path), options: []string{"--list-only"}})
		case probe.OpPut:
			out = append(out, transfer{path: orOwn(s.Path), options: []string{"-T", "payload-" + ownName}})
		case probe.OpAppend:
			out = append(out, transfer{path: orOwn(s.Path), options: []string{"-a", "-T", "payload-" + ownName}})
		case probe.OpGet:
			out = append(out, transfer{path: orOwn(s.Path)})
		case probe.OpSize:
			if !own(s) {
				out = append(out, transfer{path: s.Path, options: []string{"--head"}})
			}
		case probe.OpRename, probe.OpDelete, probe.OpMkdir, probe.OpRmdir, probe.OpChmod, probe.OpRaw:
			for _, command := range curlQuotes(sc, s) {
				if own(s) && s.Op != probe.OpMkdir && s.Op != probe.OpRaw {
					after(command)
					continue
				}
				out = append(out, transfer{options: []string{"-Q", command}})
			}
		}
	}
	if len(out) == 0 {
		out = append(out, transfer{})
	}
	return out
}

// folder makes a directory of a path in a URL.
func folder(path string) string {
	if path == "" {
		return ""
	}
	return path + "/"
}

func orOwn(path string) string {
	if path == "" {
		return ownName
	}
	return path
}

// curlQuotes are the commands of a step in the words of the protocol; of SFTP in curl's own.
func curlQuotes(sc *scene, s probe.Step) []string {
	path, to := orOwn(s.Path), s.To
	if to == "" {
		to = renamed
	}
	if s.Op == probe.OpDelete && own(s) {
		path = lastName(sc)
	}
	forms := map[probe.Op][]string{
		probe.OpRename: {"RNFR " + path, "RNTO " + to}, probe.OpDelete: {"DELE " + path}, probe.OpMkdir: {"MKD " + path},
		probe.OpRmdir: {"RMD " + path}, probe.OpChmod: {"SITE CHMOD " + s.Mode + " " + path}, probe.OpRaw: {s.Line},
	}
	if sc.job.Target.Protocol == probe.SFTP {
		home := "/home/" + sc.job.Target.User
		if sc.job.Target.User == "root" {
			home = "/root"
		}
		base := home + "/" + folder(sc.job.Target.Path)
		forms = map[probe.Op][]string{
			probe.OpRename: {"rename " + base + path + " " + base + to}, probe.OpDelete: {"rm " + base + path},
			probe.OpMkdir: {"mkdir " + base + path}, probe.OpRmdir: {"rmdir " + base + path},
			probe.OpChmod: {"chmod " + s.Mode + " " + base + path}, probe.OpRaw: {s.Line},
		}
	}
	return forms[s.Op]
}
