package sftp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"mftprobe/probe"
)

// Limits on what the SFTP server may send.
const (
	maxPacket     = 256 << 10 // bytes of one packet; neither the library nor sftp-server takes longer ones
	maxNoise      = 4 << 10   // bytes kept of what is not SFTP
	maxUnknownIDs = 16        // answers to nothing that are recorded and survived
	maxStatusText = 1 << 10   // bytes kept of the text of a status
)

// noiseGrace is how long text that stands where packets should be is collected.
const noiseGrace = 200 * time.Millisecond

// ownIDs is where the ids of our own requests begin; the SFTP library counts from 1.
const ownIDs = 0xF0000000

var (
	errMalformed = errors.New("not of the SFTP protocol")
	errNotSFTP   = errors.New("text stands where SFTP packets should be")
	errLinkDown  = errors.New("the SFTP channel has ended")
)

// link frames and records the packets between the SSH channel and the SFTP library. It also carries
// requests of our own, with ids that the library never sees: several in one flight, and ones that
// the library does not know.
type link struct {
	ch       io.ReadWriteCloser
	add      func(probe.Event) int
	progress func()          // told of each answer
	spawn    func(func())    // starts a goroutine that the session waits for
	granted  <-chan struct{} // closed when the subsystem was granted: nothing is read before
	down     chan struct{}   // closed when nothing more will be read
	version  serverVersion   // valid when the library has it

	writing sync.Mutex // one packet after the other
	pending []byte     // an incomplete packet of the library

	mu      sync.Mutex
	step    string // of the requests to come; empty: the one under way
	phase   probe.Phase
	open    map[uint32]*call
	lastID  uint32
	last    *probe.Code // the newest status that answered the library
	refusal *probe.Code // the first one that was neither OK nor end of file
	bulk    map[byte]int
	unknown int
	err     error // why down
	in      int64 // bytes of packets received

	buffer []byte // of the packet at hand
	rest   []byte // of it, for the library
}

// serverVersion is what VERSION told.
type serverVersion struct {
	seen       bool
	number     uint32
	extensions map[string]string
	names      []string // of the extensions, in the server's order
}

// call is a request without its answer.
type call struct {
	typ    byte
	name   string // of an extended request
	step   string // that asked; the answer is its own, however late it comes
	phase  probe.Phase
	quiet  bool          // one of many, its answer is recorded only if it is not as it should be
	done   chan struct{} // closed when the answer is there or will not come; nil: the library's
	answer packet
	lost   bool
}

// what names the request in messages.
func (c *call) what() string {
	if c.name != "" {
		return c.name
	}
	return lower(c.typ)
}

// newLink makes a link over the channel of a session. Nothing is read before granted is closed.
func newLink(ch io.ReadWriteCloser, granted <-chan struct{}, s *session) *link {
	return &link{
		ch: ch, add: s.add, progress: s.progress, spawn: s.workers.Go, granted: granted, down: make(chan struct{}),
		phase: probe.PhaseInit, open: map[uint32]*call{}, lastID: ownIDs, bulk: map[byte]int{},
	}
}

// begin sets the step and phase of what follows and forgets what the operation before left.
func (l *link) begin(step string, phase probe.Phase) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.step, l.phase, l.last, l.refusal = step, phase, nil, nil
	clear(l.bulk)
}

// enter sets the phase within an operation.
func (l *link) enter(phase probe.Phase) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase = phase
}

// lastStatus returns the newest status that answered the library in this operation.
func (l *link) lastStatus() *probe.Code {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// lastRefusal returns the first status of this operation that refused the library something.
func (l *link) lastRefusal() *probe.Code {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refusal
}

// Write takes packets from the library, whole or in parts. If the server has gone before it took INIT,
// what it said last tells more: the library must go on and read.
func (l *link) Write(p []byte) (int, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.pending = append(l.pending, p...)
	for len(l.pending) >= 4 {
		end := 4 + int(binary.BigEndian.Uint32(l.pending))
		if len(l.pending) < end {
			break
		}
		if pkt, err := parsePacket(l.pending[4:end]); err == nil {
			l.sent(pkt, nil)
		}
		if _, err := l.ch.Write(l.pending[:end]); err != nil && !l.versionMissing() {
			return 0, err
		}
		l.pending = l.pending[end:]
	}
	if len(l.pending) == 0 {
		l.pending = nil
	}
	return len(p), nil
}

// Close closes the channel.
func (l *link) Close() error { return l.ch.Close() }

// request is one of our own.
type request struct {
	typ  byte
	body builder // what follows the id
	data []byte  // follows the body; for WRITE, so that content is not copied twice
}

// send sends requests in one flight and returns their calls in the same order.
func (l *link) send(requests ...request) ([]*call, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	var flight []byte
	var calls []*call
	for _, r := range requests {
		c := &call{typ: r.typ, done: make(chan struct{})}
		id := l.reserve(c)
		start := len(flight)
		flight = binary.BigEndian.AppendUint32(flight, uint32(1+4+len(r.body)+len(r.data)))
		flight = append(flight, r.typ)
		flight = binary.BigEndian.AppendUint32(flight, id)
		flight = append(append(flight, r.body...), r.data...)
		pkt, _ := parsePacket(flight[start+4:])
		l.sent(pkt, c)
		calls = append(calls, c)
	}
	if _, err := l.ch.Write(flight); err != nil {
		return nil, fmt.Errorf("%w: %w", errLinkDown, err)
	}
	return calls, nil
}

func (l *link) reserve(c *call) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		c.lost = true
		close(c.done)
		return 0
	}
	l.lastID++
	if l.lastID < ownIDs {
		l.lastID = ownIDs
	}
	l.open[l.lastID] = c
	return l.lastID
}

// sent records a request. Of many alike only the first is recorded: the content of a file is no
// news.
func (l *link) sent(p packet, own *call) {
	c := own
	if c == nil && p.typ != fxpInit {
		c = &call{typ: p.typ}
		l.mu.Lock()
		l.open[p.id] = c
		l.mu.Unlock()
	}
	if c != nil {
		c.step, c.phase = l.present()
		c.name = extensionName(p)
		c.quiet = l.isRepeated(p.typ)
		if c.quiet {
			return
		}
	}
	e := probe.Event{Direction: probe.Sent, Kind: probe.KindRequest, Command: typeName(p.typ), Text: describeRequest(p)}
	if p.typ == fxpInit {
		e.Attr = map[string]string{"version": "3"}
	}
	l.record(e)
}

// isRepeated counts requests that come in numbers and returns true from the second on.
func (l *link) isRepeated(typ byte) bool {
	if typ != fxpRead && typ != fxpWrite && typ != fxpReaddir {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bulk[typ]++
	return l.bulk[typ] > 1
}

func (l *link) present() (step string, phase probe.Phase) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.step, l.phase
}

func (l *link) record(e probe.Event) int {
	if e.Phase == "" {
		_, e.Phase = l.present()
	}
	return l.add(e)
}

// Read gives the library the answers to its requests, and hands our own calls theirs.
func (l *link) Read(p []byte) (int, error) {
	<-l.granted
	if err := l.cause(); err != nil {
		return 0, err
	}
	for len(l.rest) == 0 {
		frame, err := l.frame()
		if err == nil {
			err = l.route(frame)
		}
		if err != nil {
			l.fail(err)
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// fail marks the link as down; calls that wait see that.
func (l *link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	l.err = err
	close(l.down)
	for _, c := range l.open {
		if c.done != nil {
			c.lost = true
			close(c.done)
		}
	}
	clear(l.open)
}

// cause returns why the link is down.
func (l *link) cause() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// frame reads one packet with its length. The next call overwrites it.
func (l *link) frame() ([]byte, error) {
	var head [4]byte
	if n, err := io.ReadFull(l.ch, head[:]); err != nil {
		if n > 0 {
			return nil, l.noise(head[:n])
		}
		return nil, io.EOF
	}
	size := binary.BigEndian.Uint32(head[:])
	if size == 0 || size > maxPacket {
		return nil, l.notPacket(head[:], size)
	}
	if uint32(cap(l.buffer)) < 4+size {
		l.buffer = make([]byte, 4+size)
	}
	frame := l.buffer[:4+size]
	copy(frame, head[:])
	if _, err := io.ReadFull(l.ch, frame[4:]); err != nil {
		return nil, io.ErrUnexpectedEOF // no text: none has a length like that
	}
	l.mu.Lock()
	l.in += int64(len(frame))
	l.mu.Unlock()
	return frame, nil
}

// notPacket tells text from a packet that is too long: four printable bytes make a length of more
// than half a gigabyte.
func (l *link) notPacket(head []byte, size uint32) error {
	for _, b := range head {
		if (b < ' ' || b > '~') && b != '\n' && b != '\r' && b != '\t' && b != 0x1b {
			text := fmt.Sprintf("a packet of %d bytes is announced, %d is the limit", size, maxPacket)
			class := probe.ClassTooLong
			if size == 0 {
				class, text = probe.ClassMalformed, "a packet of 0 bytes is announced"
			}
			l.record(probe.Event{
				Direction: probe.Received, Kind: probe.KindResponse, Text: text, Bytes: int64(size), Failure: &probe.Failure{Class: class, Text: text},
			})
			return fmt.Errorf("%s: %w", text, errMalformed)
		}
	}
	return l.noise(head)
}

// noise collects and records text that stands where packets should be: what a login script or a
// forced command prints. Whoever prints may not end, so that the rest is waited for briefly only.
func (l *link) noise(head []byte) error {
	l.progress()
	text := bytes.Clone(head)
	grace := time.NewTimer(noiseGrace)
	defer grace.Stop()
	chunks := l.chunks()
	for more := true; more && len(text) < maxNoise; {
		var chunk []byte
		select {
		case chunk, more = <-chunks:
			text = append(text, chunk...)
		case <-grace.C:
			more = false
		}
	}
	text = text[:min(len(text), maxNoise)]
	l.record(probe.Event{
		Direction: probe.Received, Kind: probe.KindText, Text: printable(text), Bytes: int64(len(text)),
		Failure: &probe.Failure{Class: probe.ClassMalformed, Text: errNotSFTP.Error()},
		Attr:    map[string]string{"length_field": strconv.FormatUint(uint64(lengthField(text)), 10)},
	})
	return errNotSFTP
}

// chunks reads what is left of the channel; its goroutine ends with the channel.
func (l *link) chunks() <-chan []byte {
	out := make(chan []byte, maxNoise)
	l.spawn(func() {
		defer close(out)
		buf := make([]byte, maxNoise)
		for got := 0; got < maxNoise; {
			n, err := l.ch.Read(buf)
			if got += n; n > 0 {
				out <- bytes.Clone(buf[:n])
			}
			if err != nil {
				return
			}
		}
	})
	return out
}

func lengthField(text []byte) uint32 {
	if len(text) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(text)
}

// printable cuts text where binary packets begin behind it.
func printable(text []byte) string {
	s := string(text)
	if i := strings.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	return s
}
