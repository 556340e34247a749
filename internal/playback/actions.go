package playback

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"path"
	"strconv"
	"strings"
	"time"
)

// errEnd ends a conversation as it is written.
var errEnd = errors.New("end of the conversation")

// action is one line of a conversation.
type action struct {
	line string
	do   func(p *player) error
}

// parse reads conversations.
func parse(text string) ([][]action, error) {
	out := [][]action{nil}
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case line == "---":
			out = append(out, nil)
			continue
		}
		do, err := parseAction(line)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		out[len(out)-1] = append(out[len(out)-1], action{line, do})
	}
	return out, nil
}

func parseAction(line string) (func(*player) error, error) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "S:":
		return func(p *player) error { return p.send(p.fill(rest) + "\r\n") }, nil
	case "S=":
		raw, err := strconv.Unquote(rest)
		return func(p *player) error { return p.send(p.fill(raw)) }, err
	case "C:":
		return func(p *player) error { return p.expect(rest) }, nil
	case "tls":
		return func(p *player) error { return p.startTLS(rest) }, nil
	case "cleartext":
		return (*player).cleartext, nil
	case "plain=":
		raw, err := strconv.Unquote(rest)
		return func(p *player) error { _, _ = io.WriteString(p.raw, raw); return nil }, err
	case "plain":
		return func(p *player) error { _, _ = io.WriteString(p.raw, rest+"\r\n"); return nil }, nil
	case "wait":
		d, err := time.ParseDuration(rest)
		return func(*player) error { time.Sleep(d); return nil }, err
	case "dribble":
		return parseDribble(rest)
	case "repeat":
		return parseRepeat(rest)
	case "close":
		return func(*player) error { return errEnd }, nil
	case "reset":
		return func(p *player) error { return reset(p.raw) }, nil
	case "silence":
		return (*player).silence, nil
	case "data":
		return parseData(rest)
	}
	return nil, errors.New("no such action")
}

func parseDribble(rest string) (func(*player) error, error) {
	pause, text, _ := strings.Cut(rest, " ")
	d, err := time.ParseDuration(pause)
	return func(p *player) error {
		for _, b := range []byte(p.fill(text) + "\r\n") {
			if _, err := p.conn.Write([]byte{b}); err != nil {
				return errEnd
			}
			time.Sleep(d)
		}
		return nil
	}, err
}

func parseRepeat(rest string) (func(*player) error, error) {
	count, line, _ := strings.Cut(rest, " ")
	do, err := parseAction(line)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(count)
	if count == "forever" {
		n, err = math.MaxInt, nil
	}
	return func(p *player) error {
		for range n {
			if err := do(p); err != nil {
				return err
			}
		}
		return nil
	}, err
}

func parseData(rest string) (func(*player) error, error) {
	word, arg, _ := strings.Cut(rest, " ")
	switch word {
	case "listen":
		return (*player).listen, nil
	case "none":
		return (*player).nobody, nil
	case "accept":
		return (*player).acceptData, nil
	case "dial":
		return (*player).dialData, nil
	case "tls":
		return (*player).dataTLS, nil
	case "send":
		text, err := strconv.Unquote(arg)
		return func(p *player) error { return p.sendData([]byte(text)) }, err
	case "zero":
		n, err := strconv.Atoi(arg)
		return func(p *player) error { return p.sendData(make([]byte, n)) }, err
	case "read":
		if arg == "*" {
			return func(p *player) error { _, err := io.Copy(io.Discard, p.data); return err }, nil
		}
		text, err := strconv.Unquote(arg)
		return func(p *player) error { return p.readData(text) }, err
	case "take":
		n, err := strconv.ParseInt(arg, 10, 64)
		return func(p *player) error { _, err := io.CopyN(io.Discard, p.data, n); return err }, err
	case "close":
		return func(p *player) error { return p.data.Close() }, nil
	case "abandon":
		return func(p *player) error { return p.dataRaw.Close() }, nil
	case "reset":
		return func(p *player) error { _ = reset(p.dataRaw); return nil }, nil
	}
	return nil, errors.New("no such action on data")
}

// send writes to the control connection. A client that has gone ends the conversation: whether it
// was right to go is for the test to say.
func (p *player) send(s string) error {
	if _, err := io.WriteString(p.conn, s); err != nil {
		return errEnd
	}
	return nil
}

func (p *player) expect(pattern string) error {
	line, err := p.in.ReadString('\n')
	if err != nil {
		return fmt.Errorf("the client sent %q and then %w", line, err)
	}
	line = strings.TrimRight(line, "\r\n")
	if strings.HasPrefix(line, "PORT ") || strings.HasPrefix(line, "EPRT ") {
		p.dial = line
	}
	if line != pattern && !matches(pattern, line) {
		return fmt.Errorf("the client sent %q", line)
	}
	return nil
}

func matches(pattern, line string) bool {
	if !strings.Contains(pattern, "*") {
		return false
	}
	hide := strings.NewReplacer("/", "\x01", "[", "\x02", "\\", "\x03", "?", "\x04")
	ok, _ := path.Match(hide.Replace(pattern), hide.Replace(line))
	return ok
}

func (p *player) startTLS(version string) error {
	config := p.server.config // shared with the data connections, for the sake of its ticket keys
	if version == "1.2" {
		config = config.Clone()
		config.MaxVersion = tls.VersionTLS12
	}
	conn := tls.Server(&recordReader{Conn: p.raw}, config)
	_ = p.raw.SetDeadline(time.Now().Add(patience))
	if err := conn.Handshake(); err != nil {
		return errEnd // what the client has against it is for the test to say
	}
	p.use(conn)
	return nil
}

// recordReader gives TLS one record at a time, as OpenSSL reads, so that clear text behind the last
// record is not lost in its buffer.
type recordReader struct {
	net.Conn
	head []byte // header bytes not handed out yet
	left int    // bytes of the record's body still to come
}

const recordHeader = 5

func (r *recordReader) Read(p []byte) (int, error) {
	if r.left == 0 && len(r.head) == 0 {
		r.head = make([]byte, recordHeader)
		if n, err := io.ReadFull(r.Conn, r.head); err != nil {
			r.head = r.head[:n]
			return copy(p, r.head), err
		}
		r.left = int(r.head[3])<<8 | int(r.head[4])
	}
	if len(r.head) > 0 {
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	n, err := r.Conn.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

func (p *player) cleartext() error {
	if c, ok := p.conn.(*tls.Conn); ok {
		_ = c.CloseWrite()
		_, _ = io.Copy(io.Discard, c)
	}
	_ = p.raw.SetDeadline(time.Time{})
	p.use(p.raw)
	return nil
}

func (p *player) silence() error {
	_, _ = io.Copy(io.Discard, p.conn)
	return errEnd
}

func reset(c net.Conn) error {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
	return errEnd
}

func (p *player) listen() error {
	if p.listener != nil {
		_ = p.listener.Close()
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	p.listener, p.port = l, l.Addr().(*net.TCPAddr).Port
	return nil
}

// nobody announces a port that nobody listens on, and that nobody else can take meanwhile: our end of a connection has it.
func (p *player) nobody() error {
	if err := p.listen(); err != nil {
		return err
	}
	conn, err := net.DialTCP("tcp4", nil, p.listener.Addr().(*net.TCPAddr))
	if err != nil {
		return err
	}
	p.server.track(conn, true)
	p.held = append(p.held, conn)
	p.port = conn.LocalAddr().(*net.TCPAddr).Port
	return nil
}

func (p *player) acceptData() error {
	_ = p.listener.SetDeadline(time.Now().Add(patience))
	conn, err := p.listener.Accept()
	if err != nil {
		return err
	}
	p.take(conn)
	return nil
}

func (p *player) take(conn net.Conn) {
	if p.dataRaw != nil {
		_ = p.dataRaw.Close()
		p.server.track(p.dataRaw, false)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	p.server.track(conn, true)
	p.dataRaw, p.data = conn, conn
}

func (p *player) dialData() error {
	at, err := announced(p.dial)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", at, patience)
	if err != nil {
		return err
	}
	p.take(conn)
	return nil
}

// announced reads the address of PORT or EPRT.
func announced(line string) (string, error) {
	verb, arg, _ := strings.Cut(line, " ")
	if verb == "EPRT" {
		if f := strings.Split(arg, "|"); len(f) == 5 {
			return net.JoinHostPort(f[2], f[3]), nil
		}
	}
	f := strings.Split(arg, ",")
	if verb != "PORT" || len(f) != 6 {
		return "", fmt.Errorf("no address in %q", line)
	}
	high, _ := strconv.Atoi(f[4])
	low, _ := strconv.Atoi(f[5])
	return net.JoinHostPort(strings.Join(f[:4], "."), strconv.Itoa(high<<8|low)), nil
}

func (p *player) dataTLS() error {
	conn := tls.Server(p.dataRaw, p.server.config)
	if err := conn.Handshake(); err != nil {
		return errEnd
	}
	p.data = conn
	return nil
}

func (p *player) sendData(b []byte) error {
	if _, err := p.data.Write(b); err != nil {
		return errEnd
	}
	return nil
}

func (p *player) readData(want string) error {
	got, err := io.ReadAll(p.data)
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("the client sent %q", got)
	}
	return nil
}
