// Package ftpd is a small correct FTP server over a tree in memory, which does wrong what it is told to: RFC 959 with RFC
// 2228 and 4217 (TLS), 2389 (FEAT), 2428 (EPSV, EPRT), 3659 (SIZE, MDTM, MLST, REST) and 7151 (HOST).
//
// One goroutine serves one session; commands that come in one segment are answered in one. Every wait has a limit, and
// the end of the context closes every socket. Only internal/refserver imports it.
package ftpd

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/memfs"
	"mftprobe/internal/refserver/session"
)

// Limits of a session.
const (
	MaxLine         = 8 << 10     // bytes of a command line
	MaxPassFailures = 3           // wrong passwords before the session is closed
	lingerLimit     = time.Second // for the client to close after us
	lingerBytes     = 64 << 10    // that it may still send until then
	bufferSize      = 4 << 10     // of the control connection
)

// limits are the waits of a session that end by themselves.
type limits struct {
	login time.Duration // from the connection to the login, however busy the client is
	idle  time.Duration // for the next command
	data  time.Duration // to get a data connection
	stall time.Duration // a connection that takes or brings no byte
}

// usualLimits are those of RFC 1123 section 4.1.3.2 where it has one: at least 5 minutes for a session that is idle.
var usualLimits = limits{login: 2 * time.Minute, idle: 5 * time.Minute, data: 10 * time.Second, stall: time.Minute}

// Config is what all sessions of one endpoint share.
type Config struct {
	Accounts      []session.Account
	FS            *memfs.FS
	Faults        *fault.Plan // nil: none
	TLS           *tls.Config // nil: AUTH is refused
	PassiveLow    int         // zero: any port
	PassiveHigh   int
	PublicAddress net.IP // announced by PASV, if set
	Now           func() time.Time
}

// Server is an FTP server. It listens nowhere: connections are brought to Serve.
type Server struct {
	Config
	limits   limits
	verbs    []string      // all that are known, for HELP
	nextPort atomic.Uint32 // spreads sessions over the passive range, so that ports in TIME_WAIT are met late
}

// New returns a server for cfg.
func New(cfg Config) *Server {
	verbs := slices.Concat(slices.Collect(maps.Keys(open)), slices.Collect(maps.Keys(inside)))
	slices.Sort(verbs)
	return &Server{Config: cfg, limits: usualLimits, verbs: verbs}
}

// client is one session.
type client struct {
	*Server
	ctx   context.Context
	log   *session.Log
	raw   *net.TCPConn
	plain *bufio.Reader // over raw, also below TLS: what comes behind a TLS session is not lost
	conn  net.Conn      // raw or TLS over it
	in    *bufio.Reader
	out   *bufio.Writer
	tls   *tls.Config // of this session: its tickets are bound to it
	track *tracker

	faults *fault.Session // counts how often this session came to each point
	fx     fault.Effects  // what goes wrong with the command at hand
	arg    string         // of that command

	dripping bool // until the next flush

	user     string
	account  session.Account
	loggedIn bool
	loginBy  time.Time // if not logged in
	needACCT bool
	failures int
	cwd      string
	ascii    bool
	prot     byte     // 'P', 'C', or 0 when not asked for
	facts    []string // that MLSD and MLST tell; nil: all
	rest     int64
	renaming string
	passive  *net.TCPListener
	active   string
	epsvOnly bool   // after EPSV ALL
	next     string // a command that was read too early
	over     bool   // close after this command
}

// Serve talks to one client until the session ends, with TLS from the first byte if implicit is set. It closes conn.
func (s *Server) Serve(ctx context.Context, conn *net.TCPConn, implicit bool, log *session.Log) {
	c := &client{
		Server: s, ctx: ctx, log: log, raw: conn, conn: conn, cwd: "/", track: &tracker{},
		plain: bufio.NewReaderSize(conn, bufferSize), faults: s.Faults.Session(), loginBy: time.Now().Add(s.limits.login),
	}
	urgentInline(conn)
	c.in, c.out = c.plain, c.writer(conn)
	c.track.add(conn)
	stop := context.AfterFunc(ctx, c.track.closeAll)
	defer stop()
	defer c.track.closeAll()
	defer c.farewell()
	log.Add(session.Opened, "")
	defer log.Add(session.Closed, "")
	if implicit && !c.startTLS() {
		return
	}
	if !c.greet() {
		return
	}
	for !c.over {
		line, err := c.readLine()
		if err != nil {
			return
		}
		c.command(line)
		if c.over || !c.pipelined() {
			c.flush()
		}
	}
}

// pipelined tells whether the next command is already here: its answer can go out in one segment with this one.
func (c *client) pipelined() bool {
	waiting, _ := c.in.Peek(c.in.Buffered())
	return bytes.IndexByte(waiting, '\n') >= 0
}

// farewell closes so that the client gets the last reply: a close with unread bytes would be a reset.
func (c *client) farewell() {
	if t, ok := c.conn.(*tls.Conn); ok {
		_ = t.CloseWrite()
	}
	_ = c.raw.CloseWrite()
	_ = c.raw.SetReadDeadline(time.Now().Add(lingerLimit))
	_, _ = io.Copy(io.Discard, io.LimitReader(c.raw, lingerBytes))
}

// readLine reads one command, without the Telnet signals in front.
func (c *client) readLine() (string, error) {
	if line := c.next; line != "" {
		c.next = ""
		return line, nil
	}
	_ = c.raw.SetReadDeadline(c.patience())
	var line []byte
	for {
		part, err := c.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(line) <= MaxLine:
			continue
		case len(line) > MaxLine:
			c.come("line") // no command is at hand, and none of its faults
			c.reply(500, "Line too long")
			c.flush()
			return "", errors.New("line too long")
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.come("idle")
			c.reply(421, "Idle for too long, closing control connection")
			c.flush()
			return "", err
		case err != nil:
			return "", err
		}
		text := strings.TrimRight(string(line), "\r\n")
		return trimSignals(text), nil
	}
}

// patience is when the wait for a command ends.
func (c *client) patience() time.Time {
	if idle := time.Now().Add(c.limits.idle); c.loggedIn || idle.Before(c.loginBy) {
		return idle
	}
	return c.loginBy
}

// leave ends the login, if there is one.
func (c *client) leave() {
	if c.loggedIn {
		c.loginBy = time.Now().Add(c.limits.login)
	}
	c.user, c.loggedIn, c.needACCT = "", false, false
}

// writer buffers what goes to conn. A client that does not read ends the session, also when the buffer overflows.
func (c *client) writer(conn net.Conn) *bufio.Writer {
	return bufio.NewWriterSize(stalling{conn, c.limits.stall}, bufferSize)
}

func (c *client) flush() {
	if c.out.Flush() != nil {
		c.over = true
	}
	if c.dripping {
		c.dripping, c.out = false, c.writer(c.conn)
	}
}

// send puts one reply into the buffer; its lines end in CRLF whatever the text ends in.
func (c *client) send(text string) {
	if !strings.HasSuffix(text, "\n") {
		text += "\r\n"
	}
	_, _ = io.WriteString(c.out, text) // a bufio.Writer keeps its error until Flush
	if c.log != nil {
		first, _, _ := strings.Cut(text, "\r\n")
		c.log.Add(session.Sent, first)
	}
}

// format makes a reply; lines in the middle are indented, as FEAT wants it (RFC 2389 section 3.2).
func format(code int, text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) == 1 {
		return fmt.Sprintf("%d %s\r\n", code, text)
	}
	var b strings.Builder
	last := len(lines) - 1
	fmt.Fprintf(&b, "%d-%s\r\n", code, lines[0])
	for _, l := range lines[1:last] {
		fmt.Fprintf(&b, " %s\r\n", l)
	}
	fmt.Fprintf(&b, "%d %s\r\n", code, lines[last])
	return b.String()
}

// tracker closes what a session has open when the endpoint stops.
type tracker struct {
	mu     sync.Mutex
	closed bool
	open   []io.Closer
}

func (t *tracker) add(c io.Closer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		c.Close()
		return
	}
	t.open = append(t.open, c)
}

func (t *tracker) closeAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.open {
		c.Close()
	}
	t.open, t.closed = nil, true
}

// drop closes one and forgets it.
func (t *tracker) drop(c io.Closer) {
	c.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, o := range t.open {
		if o == c {
			t.open = append(t.open[:i], t.open[i+1:]...)
			return
		}
	}
}
