package matrix

import (
	"fmt"
	"strings"

	"mftprobe/probe"
)

// openSSH translates a case for OpenSSH's sftp. It reads its commands from a file, which would forbid it to ask for a
// password; the option before that allows it again.
func openSSH(sc *scene) string {
	t := sc.job.Target
	options := []string{
		"BatchMode=no", "ConnectTimeout=3", "IdentityAgent=none", "IdentitiesOnly=yes", "NumberOfPasswordPrompts=1",
	}
	options = append(options, sshOptions(sc)...)
	var commands []string
	if t.Path != "" {
		commands = append(commands, "cd "+t.Path)
	}
	for _, s := range sc.job.Script.Steps {
		commands = append(commands, sftpStep(sc, s)...)
	}
	line := "sftp -q"
	for _, o := range options {
		line += " -o " + quote(o)
	}
	return payload(sc) +
		"export SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$PWD/ask-" + ownName + "\n" +
		"printf '#!/bin/sh\\necho %s\\n' " + quote(sc.secret) + " >$SSH_ASKPASS; chmod 700 $SSH_ASKPASS\n" +
		"printf '%s\\n' " + words(commands...) + " >batch-" + ownName + "\n" +
		line + " -b batch-" + ownName + fmt.Sprintf(" -P %d %s@%s", t.Port, t.User, t.Host)
}

func sshOptions(sc *scene) []string {
	var out []string
	strict := sc.flagValue("--strict-host-key")
	if strict == "" {
		strict = "yes"
	}
	known := handedOut(sc, ".ssh/known_hosts")
	if sc.row.blind {
		known = "/dev/null"
	}
	out = append(out, "StrictHostKeyChecking="+strict, "UserKnownHostsFile="+known, "GlobalKnownHostsFile=/dev/null")
	for flag, option := range map[string]string{
		"--kex": "KexAlgorithms", "--ciphers": "Ciphers", "--macs": "MACs", "--host-key-algorithms": "HostKeyAlgorithms",
	} {
		if v := sc.flagValue(flag); v != "" {
			out = append(out, option+"="+v)
		}
	}
	if sc.hasFlag("--legacy") {
		out = append(out, "KexAlgorithms=+diffie-hellman-group1-sha1", "HostKeyAlgorithms=+ssh-rsa", "Ciphers=+3des-cbc", "PubkeyAcceptedAlgorithms=+ssh-rsa")
	}
	methods := "password,keyboard-interactive"
	if key := sc.flagValue("-i"); key != "" {
		name, found := strings.CutPrefix(key, "@")
		if !found {
			name = strings.TrimPrefix(key, "bare:")
			out = append(out, "CertificateFile=none")
		}
		out = append(out, "IdentityFile="+handedOut(sc, name))
		methods = "publickey"
		if sc.secret != noSecret {
			methods += ",password,keyboard-interactive"
		}
	}
	return append(out, "PreferredAuthentications="+methods)
}

func sftpStep(sc *scene, s probe.Step) []string {
	path := orOwn(s.Path)
	switch s.Op {
	case probe.OpList:
		return []string{"ls -1 " + s.Path}
	case probe.OpPut:
		return []string{"put payload-" + ownName + " " + path}
	case probe.OpGet:
		return []string{"get \"" + path + "\" back-" + ownName}
	}
	return changes(sc, s, "rename")
}

// changes are the commands that lftp and OpenSSH's sftp have in common, but for their word for a rename.
func changes(sc *scene, s probe.Step, rename string) []string {
	path := orOwn(s.Path)
	switch s.Op {
	case probe.OpRename:
		to := s.To
		if to == "" {
			to = renamed
		}
		return []string{rename + " " + path + " " + to}
	case probe.OpDelete:
		if own(s) {
			path = lastName(sc)
		}
		return []string{"rm " + path}
	case probe.OpMkdir:
		return []string{"mkdir " + path}
	case probe.OpRmdir:
		return []string{"rmdir " + path}
	case probe.OpChmod:
		return []string{"chmod " + s.Mode + " " + path}
	}
	return nil
}
