// Package sftp is the driver for SFTP: it carries out the steps of a run against one server and records
// every rung of the ladder from the TCP connection to the last status. It judges nothing (classify
// does) and reads no configuration but known_hosts. The package protocols makes its drivers;
// internal/config uses CheckKey and CheckAlgorithms to refuse bad input before anything is sent.
//
// golang.org/x/crypto/ssh speaks SSH, github.com/pkg/sftp speaks SFTP. Under the first lies a tap that
// reads what is still in clear text, under the second a link that reads every packet and carries
// requests of our own: several in one flight, and ones that the library does not know. The record
// comes from these two, never from a library's error text.
//
// What the library keeps to itself is not in the record: the server's list of signature algorithms
// (server-sig-algs, RFC 8308), which only shows in which of them it takes, and SSH_MSG_DEBUG. What it
// cannot speak (the algorithms outside of its lists, SFTP versions but 3) is said as our own limit.
//
// # Events
//
// The connection is "ssh". On a jump host it is "jump-1", "jump-2", …, the phase is always proxy, and
// Attr "rung" has the phase that it would be. An event with a Failure, a DISCONNECT that was received
// and a status of 2 and more speak against the step, unless they are Tolerated.
//
//	phase / kind           Attr and Code
//	version / banner       banner=version (both sides) or pre-version (text before it)
//	version / text         protocol=ftp smtp http tls imap pop3 vnc rsync, if recognised; Failure malformed
//	version / handshake    protocol=ssh1; Failure cannot
//	kex / kexinit          kex, host_key, cipher, mac, compression: the lists of one side
//	kex / handshake        kex, host_key, cipher, mac as agreed; or Failure no-common or cannot with category,
//	                       ours, theirs, also (other categories), remedy (option, legacy: see usable; cannot)
//	host-key / host-key    type, sha256, known=match unknown changed revoked other-type pinned, why; Failure host-key
//	auth / banner          banner=userauth
//	auth / auth            method, outcome, allowed; key and algorithm for a key, announced=yes no none, if it can
//	                       be told: whether the algorithm is in server-sig-algs. Outcomes: accepted partial refused
//	                       key-refused signature-refused key-unusable not-offered no-credential prompted
//	                       cannot-answer change-demanded withheld; the last event has outcome=failed, a list of what was
//	                       tried, and Failure auth, nothing else being left
//	auth / note            note=host-keys: all that the server announced after the login
//	channel / channel      channel=open-failure, Code ssh-channel
//	subsystem / channel    channel=subsystem, outcome=granted or refused
//	any / channel          channel=exit-status (exit-status=n), exit-signal (exit-signal=NAME), stderr
//	init / request         INIT with version=3
//	init / response        type=VERSION, version; the extensions are the text, one a line
//	init / text            length_field: text where packets should be; Failure malformed
//	init / note            version: not ours; Failure cannot
//	request, and also path, transfer, cleanup:
//	      request          Command OPEN, READ, … and what it is about as text
//	      response         Command is the request's, type=STATUS HANDLE DATA NAME ATTRS EXTENDED_REPLY; a STATUS has
//	                       Code sftp, and language if told; Failure malformed or too-long for a broken packet
//	      data             Bytes of a transfer or listing; Failure if it broke off
//	      check            check=exists resume is-directory attributes payload raw: a check of ours; Failure unexpected
//	any / oddity           oddity=known-hosts-line legacy-algorithm host-key-accepted host-key-other-type
//	                       unknown-request-id library-defect
//	any / disconnect       Code ssh-disconnect, after= as below; sent by us as 11 where a session ends before the login
//	any / timeout          limit=reply stall step total connect; Failure timeout
//	any / close            received: Failure eof, reset or another of the network, after= the login attempt that was
//	                       running, what=channel if only the SFTP session ended; sent: the good-bye; local:
//	                       Failure canceled
//
// Of READ, WRITE and READDIR the first request and its answer are recorded, then only answers that are
// not as they should be, and one data event that sums up.
package sftp
