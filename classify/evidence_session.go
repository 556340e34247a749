package classify

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// session is what one session has reached. It is fed event by event, so that a rule sees the state
// that the server was in when something went wrong, and nothing of what came later.
type session struct {
	protocol  probe.Protocol
	peer      string // address of the control connection, without port
	local     string // our address of it
	family    string // server family, as far as it told
	connected bool   // TCP stands
	greeted   bool   // the greeting or version line came
	delayed   bool   // the server asked for patience with 120
	encrypted bool   // TLS on the control connection
	clear     bool   // CCC took it away again
	offered   bool   // FEAT lists AUTH
	user      string
	userSent  bool
	passSent  bool
	loggedIn  bool
	refusals  int // refused logins
	login     time.Duration
	left      bool // QUIT was sent
	pwd       string

	command string // last FTP command or SFTP request sent, or the one that was answered last
	line    string // as it was sent
	sentAt  time.Duration
	heardAt time.Duration
	pause   time.Duration // between what was heard last and the last command
	pending []sent        // FTP commands without a final reply: a driver may send several at once

	data    dataState
	ssh     sshState
	written map[string]int64 // files of this session that were stored, with their size; -1 unknown
	stored  int              // successful writes of any kind
	moves   int              // transfers that ended well
	lists   int
	ascii   bool
	binary  bool
	rest    bool // a restart offset is pending
	resumed bool // the running transfer has one
	alloc   int64
	created bool // the last MKD or CWD worked

	hello string // the greeting
	// invitation is how the server asked for the password.
	invitation string
	strays     string       // lines before it that are no reply
	astray     *probe.Event // a line that is no reply or an answer to no request, since the last command was sent

	harmless string // words that refused a command of the setup with 550 or 530
}

// sent is an FTP command that waits for its final reply.
type sent struct {
	verb, line string
	at         time.Duration
}

// maxPending bounds the unanswered commands that are remembered.
const maxPending = 32

// dataState is what is known of the data connection of the running or next transfer.
type dataState struct {
	prot      string // P or C as accepted, empty if never asked
	mode      string // PASV, EPSV, PORT, EPRT
	refused   int    // PASV and EPSV that were refused
	address   string // announced, without port
	kind      string // private, loopback, unspecified, foreign; empty: as expected
	announced string // our own address in PORT or EPRT
	dialled   bool
	open      bool
	failed    probe.Class
	secured   bool // TLS handshake done
	reused    bool // by resumption
	known     bool // that handshake was seen: reused means something
	offered   bool // its handshake offered the session of the control connection
	verb      string
	begun     bool // 1xx came
	again     bool // a second 1xx came
	bytes     int64
	expected  int64 // as the 150 says, or -1
	ended     bool  // the data is over
	begunAt   time.Duration
}

// sshState is what is known of SSH above the transport.
type sshState struct {
	tried     []string // methods that were refused
	allowed   string   // what the last refusal said may continue
	partial   bool     // a method was good, and no other one was tried since
	banner    string
	early     bool // some of it came before the first answer
	asked     bool // the server answered a question for the methods or a credential
	kexDone   bool
	channel   bool
	subsystem bool // accepted
	version   bool // SFTP VERSION came
	writing   bool // the open handle is for writing
	wrote     int64
	read      int64
	stderr    string
	exit      string
	prompts   string
	change    bool // a new password was demanded
	questions bool // more was asked than a password answers
	// fair: a key was refused whose signature algorithm the server takes, for all that is known; listed:
	// it says so; verified: it wanted a key and did not take the signature.
	fair     bool
	listed   bool
	verified bool
	hostKeys string // the host key algorithms that the server offers
	// signatures is the server-sig-algs list of EXT_INFO (RFC 8308), if it came.
	signatures string
}

func newSession(t *probe.Transcript) session {
	s := session{protocol: t.Target.Protocol, user: t.Target.User, written: map[string]int64{}}
	s.data.expected, s.alloc = -1, -1
	for _, c := range t.Connections {
		if c.Role != "data" && c.Remote != "" {
			s.peer, s.local = hostOf(c.Remote), hostOf(c.Local)
			break
		}
	}
	return s
}

func hostOf(address string) string {
	if i := strings.LastIndexByte(address, ':'); i > 0 {
		address = address[:i]
	}
	return strings.Trim(address, "[]")
}

// feed takes the next event.
func (s *session) feed(e *probe.Event) {
	at := time.Duration(e.At)
	switch e.Kind {
	case probe.KindConnect:
		s.connect(e)
	case probe.KindHandshake:
		s.handshake(e)
	case probe.KindCommand, probe.KindRequest:
		if len(s.pending) == 0 {
			s.pause = at - max(s.sentAt, s.heardAt)
		}
		s.send(e)
		s.sentAt = at
	case probe.KindReply:
		s.recall(strings.ToUpper(e.Command))
		s.reply(e)
		s.settle(e)
	case probe.KindResponse:
		s.response(e)
	case probe.KindData:
		s.dataEnd(e)
	case probe.KindOddity:
		s.oddity(e)
	default:
		s.feedSSH(e)
	}
	if e.Direction == probe.Received {
		s.heardAt = at
	}
}

// onData tells whether an event belongs to a data connection.
func onData(e *probe.Event) bool {
	return strings.HasPrefix(e.Conn, "data") || e.Phase == probe.PhaseDataConnect || e.Phase == probe.PhaseDataTLS
}

func (s *session) connect(e *probe.Event) {
	if onData(e) {
		s.data.dialled = true
		s.data.open = e.Failure == nil
		if e.Failure != nil {
			s.data.failed = e.Failure.Class
		}
		return
	}
	if e.Failure == nil {
		s.restart()
	}
}

// restart forgets what belonged to an earlier connection of the same record.
func (s *session) restart() {
	fresh := session{
		protocol: s.protocol, peer: s.peer, local: s.local, user: s.user, written: s.written, family: s.family,
		stored: s.stored, moves: s.moves, lists: s.lists, refusals: s.refusals, connected: true,
	}
	fresh.data.expected, fresh.alloc = -1, -1
	*s = fresh
}

func (s *session) handshake(e *probe.Event) {
	if onData(e) && e.Attr[attrResumption] == "offered" {
		s.data.offered = true
	}
	if e.Failure != nil && !e.Tolerated {
		return
	}
	switch {
	case onData(e):
		s.data.secured, s.data.known = true, true
		s.data.reused = e.Attr["resumed"] == "true"
	case s.protocol == probe.SFTP:
		s.ssh.kexDone = true
	default:
		s.encrypted = true
	}
}

// send notes what we are about to ask.
func (s *session) send(e *probe.Event) {
	s.command, s.line, s.astray = strings.ToUpper(e.Command), e.Text, nil
	if e.Kind == probe.KindRequest {
		s.reachSFTP()
	} else if len(s.pending) < maxPending {
		s.pending = append(s.pending, sent{s.command, s.line, time.Duration(e.At)})
	}
	switch s.command {
	case "USER":
		s.userSent, s.user = true, orElse(argument(e.Text), s.user)
	case "PASS":
		s.passSent = true
	case "QUIT":
		s.left = true
	case "PORT", "EPRT":
		s.data.mode, s.data.announced = s.command, announcedIn(e.Text)
	case "REST":
		s.rest = argument(e.Text) != "0"
	case "ALLO":
		s.alloc = number(argument(e.Text))
	case "OPEN":
		s.ssh.writing = opensForWriting(e)
		s.ssh.wrote, s.ssh.read = 0, 0
	}
	if transfers(s.command) {
		s.data.verb, s.data.begun, s.data.again, s.data.ended = s.command, false, false, false
		s.data.bytes, s.data.expected = 0, -1
		s.resumed, s.rest = s.rest || s.command == "APPE", false
	}
}

// recall makes the command that a reply answers the current one.
func (s *session) recall(verb string) {
	for _, p := range s.pending {
		if p.verb == verb {
			s.command, s.line, s.sentAt = p.verb, p.line, p.at
			return
		}
	}
}

// settle forgets a command that has its final reply.
func (s *session) settle(e *probe.Event) {
	if e.Code == nil || e.Code.Value < 200 {
		return
	}
	for i, p := range s.pending {
		if p.verb == strings.ToUpper(e.Command) {
			s.pending = append(s.pending[:i], s.pending[i+1:]...)
			return
		}
	}
}

// reachSFTP takes from a request how far the session must have come, for records that begin in its
// middle.
func (s *session) reachSFTP() {
	s.connected, s.greeted, s.ssh.kexDone, s.loggedIn, s.ssh.channel, s.ssh.subsystem = true, true, true, true, true, true
	s.ssh.version = s.ssh.version || s.command != "INIT"
}

func transfers(verb string) bool {
	switch verb {
	case "LIST", "NLST", "MLSD", "RETR", "STOR", "STOU", "APPE":
		return true
	}
	return false
}

// argument returns what follows the verb of an FTP command line.
func argument(line string) string {
	_, arg, _ := strings.Cut(line, " ")
	return strings.TrimSpace(arg)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// dataEnd takes the end of a data stream.
func (s *session) dataEnd(e *probe.Event) {
	s.data.bytes, s.data.ended = e.Bytes, true
	if e.Failure != nil {
		s.data.failed = e.Failure.Class
	}
}

func (s *session) oddity(e *probe.Event) {
	switch probe.Oddity(e.Attr["oddity"]) {
	case probe.OddityStrayLine:
		if !s.greeted && s.command == "" && len(s.strays) < maxHeard {
			s.strays += e.Text + "\n"
		}
		s.astray = e
	case probe.OddityPasvAddress:
		s.data.address, s.data.kind = orElse(e.Attr["address"], s.data.address), e.Attr["kind"]
	case probe.OddityUnknownID:
		s.astray = e
	case probe.OddityNotResumed:
		s.data.secured, s.data.known, s.data.reused = true, true, false
	}
}
