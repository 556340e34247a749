// Package foreignlog turns the logs of other programs into transcripts, so that a session which
// this program never saw can be judged like one of its own. It reads what clients (FileZilla,
// WinSCP, lftp, curl, wget, ftp, ftplib, OpenSSH), libraries for FTP and SSH, and servers
// (FileZilla Server, vsftpd, ProFTPD, Pure-FTPd, sshd, IIS) write, also with what a forum or a
// build server puts around it, and lines two records of one session up.
//
// The package judges nothing and opens nothing: a reader goes in, plain data comes out. Passwords
// that a log shows are masked before a transcript leaves. What a log could not tell is in the
// notes. A server's log is told from the client's side: sent is what the client sent.
//
// internal/cli imports it for judge; it imports probe only.
package foreignlog
