// Package ftp drives FTP (RFC 959), explicit FTPS (RFC 4217) and implicit FTPS.
//
// It owns the wire: the control connection with a reader that stamps every reply, TLS on both kinds
// of connections, data connections in every mode. The library github.com/jlaffaye/ftp carries out
// the typed operations over a bridge that shows it the replies in the one form that it understands,
// and never those that the record holds. Package protocols imports it. It judges nothing and prints
// nothing: what a reply means is for classify to say.
//
// # What it records
//
// A connection opens with lookup and connect events (see package dial). Then, besides plain commands
// and replies:
//
//	phase           kind       what, with Attr
//	any             command    "pipelined": sent while another command was unanswered
//	any             reply      "unsolicited": answers no command (its Command is empty)
//	any             text       bytes that are no reply: another protocol, half a line; Failure malformed, too-long
//	any             timeout    "limit": connect, reply, stall, total; "partial": what had come of the reply
//	any             close      Failure eof, reset, tls-alert, not-tls, too-long, malformed: the peer, or what it
//	                           sent, ended the control connection while more was due; in the phase of
//	                           what was unanswered, completion if that was a transfer that had begun
//	greeting        text       Failure malformed: the first line is of another protocol; the run ends there
//	tls, data-tls   handshake  "version", "cipher", "curve", "resumed", "hello_retry", "elapsed_ms",
//	                           "client_certificate" (requested), "certificate_sent" (yes, no); Failure: why it broke, or tolerated what
//	                           verification has against the chain when the user said not to verify
//	data-tls        handshake  "resumption": offered, or none where there was no session to resume or none was
//	                           wanted
//	tls, data-tls   alert      Direction says who sent it; also on a session or data stream that breaks later
//	tls, data-tls   text       Failure not-tls: what stood where a TLS record was due; Code if it is a reply
//	login           note       "missing": password, account; the server asks for what was not given
//	active          connect    the server's connection; "foreign": somebody else's, turned away
//	path            check      "check" overwrite: the name is taken or cannot be asked for; nothing was sent
//	path            check      "check" resume: the file does not end where the upload is to go on; nothing was sent
//	path, verify    check      "check" reply: a success whose text does not hold what it has to (malformed)
//	verify          check      "check" checksum with "algorithm", "sent", "stored"; second-opinion with
//	                           "library", "own"; Failure mismatch
//	transfer        data       end of a data stream: Bytes, "direction" up or down, "announced" (the size in
//	                           the 150), "stopped_by" reply; Failure: how it broke. There is none for a
//	                           transfer that was refused before it began
//	transfer        close      a data connection that was reset while the end of an upload was awaited
//	transfer        note       "progress", "total": bytes of a transfer that takes longer than a second
//	transfer        text       "content" listing, "format": the beginning of a listing as it came
//
// Oddities, always tolerated unless they carry a Failure:
//
//	extra-preliminary-reply, missing-preliminary-reply, completion-code, login-code, greeting-120
//	reply-without-text, bare-lf, telnet-bytes, control-bytes    once a session
//	no-line-end                    a refusal that nothing followed but the end of the connection
//	stray-line                     a line that belongs to no reply
//	unsolicited-reply              with the Code; a 421 ends the session
//	quotes-in-257
//	passive-reply-form             with Failure malformed: cannot be read at all
//	passive-address                "address", "kind": private, loopback, unspecified, foreign; "dialled"
//	passive-fallback               "from" EPSV, "to" PASV, "reason": reply, or port if that did not answer; what
//	                               failed before is marked as tolerated
//	fallback                       "from", "to": AUTH TLS and AUTH SSL, HOST and the default host, MLSD and
//	                               LIST, PORT and EPRT, pipelined and one by one
//	completion-before-data-end     data came after the final reply and a pause of a quarter of a second
//	bytes-after-auth               clear text behind the 234, which TLS must not take for its own; Code if it is a reply
//	plain-text-in-tls              on the control connection; Code if the text is a reply
//	no-close-notify                a download whose TLS ended with TCP
//	session-not-resumed            "tickets": how many the control connection had been given; without any,
//	                               TLS 1.2 sessions are resumed by their identifier
//	legacy-algorithm               "algorithm": TLS 1.0, TLS 1.1 or RSA key exchange
//	list-lines-not-parsed          with the first of them
//	library-defect                 with Failure library: a panic of the library, "stack"
//
// The order is that of the wire: a reply is recorded by the reader when it comes. A 226 that overtakes
// the end of the data stands before the data event.
package ftp
