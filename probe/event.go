package probe

// Direction tells who acted.
type Direction string

// Directions of an event.
const (
	Sent     Direction = "sent"
	Received Direction = "received"
	Local    Direction = "local" // seen or decided here
)

// Kind is what an event is about.
type Kind string

// Kinds of events. The rule of thumb: what crossed the wire is command, reply, request, response or
// banner; what the sockets did is lookup, connect, handshake, alert, data, close or timeout; what
// this program noticed is oddity, check or note.
const (
	KindLookup     Kind = "lookup"     // name to addresses
	KindConnect    Kind = "connect"    // TCP to one address, or an accepted data connection
	KindHandshake  Kind = "handshake"  // TLS or SSH key exchange done, or broken (Failure)
	KindCommand    Kind = "command"    // FTP, sent; Command is the verb, Text the line
	KindReply      Kind = "reply"      // FTP, received; Command is the verb it answers, empty for the greeting
	KindRequest    Kind = "request"    // SFTP, sent; Command is OPEN, READ, …
	KindResponse   Kind = "response"   // SFTP, received; a STATUS has a Code
	KindBanner     Kind = "banner"     // SSH: version lines, text before them, the userauth banner
	KindKexInit    Kind = "kexinit"    // SSH: algorithm lists of one side
	KindHostKey    Kind = "host-key"   // SSH: the key and what known_hosts says of it
	KindAuth       Kind = "auth"       // SSH: one attempt; Attr "method", "outcome", "allowed"
	KindAlert      Kind = "alert"      // TLS alert; Direction tells who sent it
	KindDisconnect Kind = "disconnect" // SSH_MSG_DISCONNECT with its reason code
	KindChannel    Kind = "channel"    // SSH: channel open, subsystem answer, exit-status, stderr
	KindData       Kind = "data"       // end of a data stream: Bytes moved, Failure if it broke
	KindClose      Kind = "close"      // a connection ended; Failure tells how
	KindTimeout    Kind = "timeout"    // a limit of ours ran out; Attr "limit" names it
	KindText       Kind = "text"       // bytes that are not of the protocol, kept to be shown
	KindOddity     Kind = "oddity"     // deviation that the driver lived with; Attr "oddity" names it
	KindCheck      Kind = "check"      // a comparison made here: size, content, expectation
	KindNote       Kind = "note"       // a decision of the driver worth knowing
)

// Space tells whose numbering a code belongs to.
type Space string

// Code spaces.
const (
	SpaceFTP           Space = "ftp"
	SpaceSFTP          Space = "sftp"
	SpaceSSHDisconnect Space = "ssh-disconnect"
	SpaceSSHChannel    Space = "ssh-channel"
	SpaceTLSAlert      Space = "tls-alert"
	SpaceOS            Space = "os"
)

// Code is a number that a server or the system gave, with the text that came along.
type Code struct {
	Space Space  `json:"space"`
	Value int    `json:"code"`
	Name  string `json:"name,omitempty"`
	Text  string `json:"text,omitempty"`
}

// Class is what went wrong below the protocol, from the type of the error and never from its text.
type Class string

// Failure classes.
const (
	ClassTimeout     Class = "timeout"
	ClassRefused     Class = "refused"        // RST to our SYN, or ICMP port unreachable
	ClassReset       Class = "reset"          // RST on an open connection
	ClassEOF         Class = "eof"            // FIN where more was due
	ClassUnreachable Class = "unreachable"    // no route, host or net unreachable, prohibited
	ClassNoName      Class = "no-such-name"   // NXDOMAIN, or no address of the asked family
	ClassDNS         Class = "dns-failure"    // the resolver did not answer or refused
	ClassTLSAlert    Class = "tls-alert"      // the peer sent a fatal alert
	ClassNotTLS      Class = "not-tls"        // plain text where a TLS record was due
	ClassUntrusted   Class = "cert-untrusted" // no path to a trusted root
	ClassExpired     Class = "cert-expired"   // after NotAfter
	ClassNotYet      Class = "cert-not-yet"   // before NotBefore
	ClassWrongName   Class = "cert-name"      // the name is not in the certificate
	ClassPin         Class = "cert-pin"       // none of the pinned keys
	ClassTLS         Class = "tls"            // any other defect of a handshake or record
	ClassNegotiation Class = "no-common"      // SSH: nothing in common; Attr "category"
	ClassHostKey     Class = "host-key"       // SSH: unknown, changed or revoked; Attr "known"
	ClassAuth        Class = "auth"           // SSH: every method was refused
	ClassKey         Class = "key-unusable"   // our key cannot be used
	ClassMalformed   Class = "malformed"      // not of the protocol
	ClassTooLong     Class = "too-long"       // beyond a limit of ours
	ClassMismatch    Class = "mismatch"       // a comparison of ours
	ClassUnexpected  Class = "unexpected"     // an expectation of the script
	ClassProxy       Class = "proxy"          // the proxy refused
	ClassUnsupported Class = "cannot"         // this program cannot do it; no fault of the server
	ClassLibrary     Class = "library"        // a defect of a library, caught
	ClassCanceled    Class = "canceled"       // the user or the total limit ended the run
	ClassLocal       Class = "local"          // our own system: no port, no file, no permission
)

// Failure says how something ended that should not have.
type Failure struct {
	Class Class  `json:"class"`
	Text  string `json:"text,omitempty"` // the error's own words, for people
}

// Oddity names a deviation that the driver tolerated.
type Oddity string

// Oddities. classify turns the ones that matter into findings.
const (
	OddityExtraPreliminary   Oddity = "extra-preliminary-reply"   // a second 1xx
	OddityMissingPreliminary Oddity = "missing-preliminary-reply" // 2xx without a 1xx
	OddityCompletionCode     Oddity = "completion-code"           // 250 for 226, 200 for 250 and the like
	OddityLoginCode          Oddity = "login-code"                // 202, 230 after USER, 232
	OddityGreetingDelay      Oddity = "greeting-120"
	OddityNoText             Oddity = "reply-without-text"
	OddityBareLF             Oddity = "bare-lf"
	OddityNoLineEnd          Oddity = "no-line-end" // a refusal that ended with the connection
	OddityTelnet             Oddity = "telnet-bytes"
	OddityControlBytes       Oddity = "control-bytes" // NUL and other control characters in a reply
	OddityStrayLine          Oddity = "stray-line"    // a line that belongs to no reply
	OddityQuotes             Oddity = "quotes-in-257"
	OddityPasvForm           Oddity = "passive-reply-form"
	OddityPasvAddress        Oddity = "passive-address"  // Attr "address", "kind": private, loopback, unspecified, foreign
	OddityPassiveFallback    Oddity = "passive-fallback" // EPSV did not work, PASV did
	OddityUnsolicited        Oddity = "unsolicited-reply"
	OddityEarlyCompletion    Oddity = "completion-before-data-end"
	OddityBytesAfterAuth     Oddity = "bytes-after-auth" // plain text behind 234 (injection)
	OddityPlainInTLS         Oddity = "plain-text-in-tls"
	OddityNoCloseNotify      Oddity = "no-close-notify"
	OddityNotResumed         Oddity = "session-not-resumed"
	OddityListFormat         Oddity = "list-lines-not-parsed"
	OddityKnownHostsLine     Oddity = "known-hosts-line"
	OddityLegacyAlgorithm    Oddity = "legacy-algorithm" // Attr "algorithm"
	OddityHostKeyAccepted    Oddity = "host-key-accepted"
	OddityHostKeyType        Oddity = "host-key-other-type"
	OddityUnknownID          Oddity = "unknown-request-id"
	OddityLibrary            Oddity = "library-defect"
	OddityFallback           Oddity = "fallback" // MLSD to LIST and the like; Attr "from", "to"
)

// Event is one thing that happened. Text holds what the peer said, with secrets masked and length
// limited but otherwise as it came: whoever prints it must escape it.
type Event struct {
	Seq       int               `json:"seq"`   // from 1
	At        Millis            `json:"at_ms"` // since the start of the run
	Step      string            `json:"step"`
	Phase     Phase             `json:"phase"`
	Conn      string            `json:"conn"` // control, data-1, ssh
	Direction Direction         `json:"direction"`
	Kind      Kind              `json:"kind"`
	Command   string            `json:"command,omitempty"`
	Code      *Code             `json:"code"`
	Text      string            `json:"text"`
	Bytes     int64             `json:"bytes"`
	Failure   *Failure          `json:"failure,omitempty"`
	Tolerated bool              `json:"tolerated,omitempty"` // the step went on in spite of it
	Attr      map[string]string `json:"attr,omitempty"`
}
