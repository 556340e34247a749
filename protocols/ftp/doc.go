// Package ftp drives FTP (RFC 959), explicit FTPS (RFC 4217) and implicit FTPS.
//
// It owns the wire: the control connection with a reader that stamps every reply, TLS on both kinds
// of connections, data connections in every mode. The library github.com/jlaffaye/ftp carries out
// the typed operations over a bridge that shows it the replies in the one form that it understands.
//
// It judges nothing and prints nothing. Package protocols imports it.
package ftp
