// Package sftpd is a small SSH server with the SFTP subsystem (version 3) over a tree in memory, which does wrong what it
// is told to. It offers password, public key and keyboard-interactive authentication, or any two of them in a row.
//
// The SSH transport is golang.org/x/crypto/ssh under a wire that can alter or hold back the identification string and
// KEXINIT; the SFTP server is github.com/pkg/sftp behind a link that sees every request and every response. There is no
// shell, no exec, no forwarding. Every wait has a limit, and the end of the context closes every socket.
//
// Only internal/refserver imports it.
package sftpd
