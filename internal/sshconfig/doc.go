// Package sshconfig reads OpenSSH's client configuration (ssh_config(5)) as far as it bears on SFTP, and
// says which words of it are not honoured. The result is plain data that maps onto the fields of
// probe.Target.
//
// It reads the file and what that includes, and nothing else: no key, no known_hosts. Commands that a
// configuration names (ProxyCommand, Match exec, KnownHostsCommand) are never run. internal/config
// imports it.
package sshconfig
