// Package playback is a server for tests that follows a written conversation, so that the text of a
// test is the documentation of what the other side does.
//
// A conversation is a list of lines, one action each; blank lines and lines that begin with # are
// skipped. A line of --- begins the conversation of the next connection.
//
//	S: 220 ready          the server sends a line, ended with CRLF
//	S= "220 rea"          the server sends exactly these bytes, quoted as in Go
//	C: USER alice         the client must send this line; * stands for anything
//	tls                   the server side of a TLS handshake; "tls 1.2" bounds the version
//	plain 500 OOPS        a line in clear text, under TLS
//	plain= "500 "         exactly these bytes in clear text, quoted as in Go
//	cleartext             TLS ends, as behind CCC
//	wait 50ms             a pause
//	dribble 10ms 220 hi   a line, one byte at a time
//	repeat 100 S: 211-x   an action many times; "repeat forever" until the client is gone
//	close, reset          the control connection ends with FIN or RST
//	silence               nothing more is sent until the client has gone
//
// Data connections:
//
//	data listen           opens a port; {port}, {p1} and {p2} in an S line stand for it
//	data none             the same placeholders for a port that nobody listens on
//	data accept           takes the client's connection
//	data dial             connects to the port of the client's last PORT or EPRT
//	data tls              TLS on it
//	data send "text"      sends bytes; "data zero 1000" sends that many zero bytes
//	data read "text"      reads to the end, which must give these bytes; * for any
//	data take 10          reads that many bytes and goes on
//	data close, data reset, data abandon   FIN, RST, TCP FIN without close_notify
//
// It listens on 127.0.0.1 only. Tests of the drivers import it, and nothing else does.
package playback
