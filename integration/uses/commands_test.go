package uses

import (
	"fmt"
	"strings"
)

// trusting makes ssh look for host keys in the directory of the case: it does not go by HOME.
const trusting = "-o UserKnownHostsFile=.ssh/known_hosts -o StrictHostKeyChecking=yes "

// curl makes a call of each operation: within one call curl 7.88 can lose the session that the next transfer must resume.
func (m mode) curl(e *endpoint) string {
	scheme := strings.Replace(m.protocol, "ftpes", "ftp", 1)
	options := []string{"-sS", "--connect-timeout", "5", "--max-time", "20"}
	account, remove := user+":"+password, "DELE file.bin"
	switch m.auth {
	case "password":
		remove = "rm /file.bin"
	case "key":
		account, remove = user+":", "rm /file.bin"
		options = append(options, "--key", "key", "--pubkey", "key.pub")
	}
	options = append(options, "--user", account)
	options = append(options, map[string][]string{
		"PASV": {"--disable-epsv"}, "EPRT": {"--ftp-port", "-"}, "PORT": {"--ftp-port", "-", "--disable-eprt"},
	}[m.data]...)
	if m.tls != "" {
		options = append(options, "--cacert", "ca.pem", "--ssl-reqd", "--tlsv"+m.tls, "--tls-max", m.tls)
	}
	base := quote(scheme + "://" + e.addr[scheme] + "/")
	return fmt.Sprintf("c() { curl %s \"$@\"; }\nc -T up %sfile.bin\nc -o listing %s\nc -o back %sfile.bin\nc -o /dev/null -Q %s %s\nc -o after %s",
		words(options), base, base, base, quote(remove), base, base)
}

// lftp does it all in one session.
func (m mode) lftp(e *endpoint) string {
	lines := []string{
		"set cmd:fail-exit yes", "set net:timeout 5", "set net:max-retries 1", "set cache:enable no", "set ssl:ca-file ca.pem",
		"set ftp:ssl-allow no", "set ftp:prefer-epsv no",
	}
	switch m.data {
	case "EPSV":
		lines = append(lines, "set ftp:prefer-epsv yes")
	case "EPRT", "PORT":
		lines = append(lines, "set ftp:passive-mode no")
	}
	if m.tls != "" {
		lines = append(lines, "set ftp:ssl-allow yes", "set ftp:ssl-force yes", "set ftp:ssl-protect-data yes", "set ftp:ssl-protect-list yes",
			"set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS"+m.tls)
	}
	secret := password
	switch m.auth {
	case "password":
		lines = append(lines, `set sftp:connect-program "ssh -a -x `+trusting+`-o PreferredAuthentications=password"`)
	case "key":
		lines = append(lines, `set sftp:connect-program "ssh -a -x `+trusting+`-o PreferredAuthentications=publickey -i key"`)
		secret = "unused"
	}
	scheme := strings.Replace(m.protocol, "ftpes", "ftp", 1)
	lines = append(lines, fmt.Sprintf("open -u %s,%s %s://%s", user, secret, scheme, e.addr[scheme]),
		"put up -o file.bin", "ls >listing", "get file.bin -o back", "rm file.bin", "ls >after")
	return "lftp --norc -c " + quote(strings.Join(lines, "; "))
}

// sftp reads its commands from a file, which forbids it to ask for a password; the option before that allows it again.
func (m mode) sftp(e *endpoint) string {
	host, port, _ := strings.Cut(e.addr["sftp"], ":")
	options := "-o BatchMode=no " + trusting + "-o IdentitiesOnly=yes"
	if m.auth == "key" {
		options += " -o PreferredAuthentications=publickey -i key"
	} else {
		options += " -o PreferredAuthentications=password"
	}
	return fmt.Sprintf("printf '#!/bin/sh\\necho %%s\\n' %s >ask; chmod 700 ask\nexport SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$PWD/ask\n"+
		"batch() { printf '%%s\\n' \"$@\" >batch; sftp -q %s -b batch -P %s %s@%s; }\n"+
		"batch 'put up file.bin' 'ls -l' >listing\nbatch 'get file.bin back' 'rm file.bin'\nbatch 'ls -1' | grep -v '^sftp>' >after || true",
		quote(password), options, port, user, host)
}

// words quotes each word.
func words(list []string) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = quote(w)
	}
	return strings.Join(out, " ")
}
