// Package session holds what the FTP and the SFTP server share about a session: who may log in, and the log of what was
// said.
//
// It knows no protocol. Only internal/refserver and the two servers below it import it.
package session
