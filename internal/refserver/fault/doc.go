// Package fault is the small language in which the neutral endpoint is told to misbehave, and the table of named faults.
//
// A fault is a list of effects. An effect is
//
//	action:POINT[,POINT…][=VALUE]     something that happens at a moment of a session
//	setting[=VALUE]                   something that holds for all of it
//
// A POINT is a moment with optional conditions:
//
//	NAME[@CONDITION][#COUNT[+]]
//
// NAME is an FTP command (STOR) or an SFTP request (OPEN), both in capitals, or one of these moments:
//
//	greeting      FTP: the 220; SSH: the identification string
//	tls           the TLS handshake on the control connection
//	data          accepting the data connection
//	data-tls      the TLS handshake on a data connection
//	kex           the SSH key exchange
//	auth          an SSH authentication request other than "none"
//	channel       opening an SSH channel
//	subsystem     the SSH subsystem request
//
// or a word for the same thing in both protocols: login (PASS and auth), pwd, list, put, get, size, rename, delete,
// mkdir, rmdir, passive (PASV and EPSV), active, transfer (put, get and list), write (everything that changes
// something). CONDITION is clear or tls (the control connection), prot-c (TLS, but a clear data connection), read or
// write (how OPEN opens), COUNT says that only the COUNT-th time of a session counts (with + also every later one); for
// greeting it counts the connections of the server.
//
// Actions that replace an answer (what is not listed for a protocol does nothing there):
//
//	reply=TEXT    FTP: TEXT is the reply, the command is not carried out
//	bye=TEXT      reply, then the connection closes
//	say=TEXT      FTP: the command is carried out, TEXT is the (final) reply; SFTP: the text of the status
//	start=TEXT    FTP transfers: TEXT in the place of the 150; none if empty
//	before=TEXT   FTP: an additional reply before the usual one
//	after=TEXT    FTP: an additional reply after it
//	raw=BYTES     BYTES, exactly, in the place of the reply or of the SFTP response
//	mute          carried out, but no reply
//	silent        not carried out, no reply, the connection stays open
//	close         the connection is closed in the place of an answer
//	reset         the same with a TCP reset
//	hangup        the connection is closed after the answer
//	delay=TIME    the answer comes later
//	drip=TIME     so much time between two bytes of the answer
//	flood=SIZE    FTP: a line of so many bytes in the place of the reply
//	endless=N     FTP: a reply of N lines that does not end; no limit if 0
//
// Actions on the data of put, get and list:
//
//	cut=SIZE      the data connection closes after so many bytes, the reply is 426
//	snap=SIZE     the same with a TCP reset
//	stall=SIZE    after so many bytes nothing moves any more
//	short=SIZE    the rest is thrown away and the transfer reported as good
//	corrupt=SIZE  the byte at this offset is changed
//
// For passive (PASV, EPSV):
//
//	dead          nobody listens at the announced port
//	blackhole     the announced port never answers
//
// For SSH and SFTP:
//
//	status=CODE:TEXT      an SFTP request is answered with this status and not carried out
//	wrong-id              the response carries the id of another request
//	truncate=SIZE         the response is cut after so many bytes, the channel closes
//	exit=CODE             the subsystem ends with this exit status
//	refuse=CODE:TEXT      channel: opening fails with this reason; subsystem: the request fails
//	deny                  auth: refused, whatever is presented
//	disconnect=CODE:TEXT  greeting: SSH_MSG_DISCONNECT after the identification string
//
// Settings:
//
//	cert=KIND             expired, not-yet-valid, wrong-name, self-signed, unknown-ca
//	tls=off               no AUTH, no certificate
//	tls-max=VERSION       1.0, 1.1, 1.2
//	tls-ciphers=rsa       only suites that the certificate cannot serve
//	client-cert=required
//	reuse=TEXT            a data connection must resume the TLS session of its control connection, else TEXT
//	reuse-bye=TEXT        the same, and the control connection closes
//	inject=BYTES          clear text in one segment with the 234 (command injection)
//	data-clear            PROT P is accepted, the data connection is clear all the same
//	no-close-notify       TLS data connections end without close_notify
//	pasv-address=ADDR     the address that 227 announces
//	kex=LIST ciphers=LIST macs=LIST hostkeys=LIST   what SSH offers (names separated by commas)
//	host-key=changed      another host key than the one that was published
//	auth=LIST             methods: password, publickey, keyboard-interactive; a+b wants both
//	max-tries=N           failed authentications before SSH disconnects
//	banner=TEXT           SSH authentication banner
//	ssh-version=TEXT      the identification string
//	max-channels=N        session channels of one SSH connection
//
// Several faults hold together. Where two put different things in the place of one answer the first named does; a setting
// has one value.
//
// In TEXT and BYTES \r \n \t \0 \\ and \xHH stand for control characters. In an FTP TEXT {reply} stands for the usual
// reply, {text} for the same without its code, {arg} for the argument of the command. SIZE takes K, M and G; TIME is
// written as 200ms or 3s.
//
// The package touches no connection: it parses and answers "what happens here". Only internal/refserver and the two
// servers below it import it.
package fault
