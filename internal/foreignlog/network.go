package foreignlog

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// lookedUp notes the name that was asked for.
func (s *session) lookedUp(name string) {
	s.setHost(name, 0)
	s.add(probe.Event{Phase: probe.PhaseDNS, Direction: probe.Local, Kind: probe.KindLookup, Text: name})
}

// setHost keeps the first name and port that a log gives for the server.
func (s *session) setHost(host string, port int) {
	host = strings.Trim(host, "[]")
	if s.target.Host == "" || net.ParseIP(s.target.Host) != nil && net.ParseIP(host) == nil && host != "" {
		s.target.Host = host
	}
	if s.target.Port == 0 {
		s.target.Port = port
	}
	if port == 990 && s.target.Protocol == "" {
		s.implicitTLS()
	}
}

// implicitTLS says that the handshake comes before the greeting (RFC 4217 has no word for it; port
// 990 is registered for it).
func (s *session) implicitTLS() {
	s.target.Protocol, s.ftp.implicit = probe.FTPS, true
}

// dialling notes the address that is being connected to.
func (s *session) dialling(addr string) {
	host, port := splitAddress(addr)
	s.setHost(host, port)
	s.connection(addr, "")
}

// connection keeps the addresses of the control or SSH connection.
func (s *session) connection(remote, local string) {
	if s.step == nil {
		s.begin(probe.OpConnect, "")
	}
	if s.rec == nil {
		s.rec = probe.NewRecorder(nowOf(s), nil)
	}
	role := s.conn()
	s.rec.Connection(role, func(c *probe.Connection) {
		c.Role = role
		if remote != "" && (c.Remote == "" || looksLikeIP(remote)) {
			c.Remote = remote
		}
		if local != "" {
			c.Local = local
		}
	})
}

// connected records that TCP to the server stands.
func (s *session) connected(addr string) {
	if s.ftp.dialled {
		return
	}
	s.forgive("dial")
	s.ftp.dialled = true
	if addr == "" && net.ParseIP(s.target.Host) != nil {
		port := s.target.Port
		if port == 0 {
			port = s.target.Protocol.DefaultPort()
		}
		addr = joinPort(s.target.Host, port)
	}
	if addr != "" {
		s.dialling(addr)
	}
	s.add(probe.Event{Phase: probe.PhaseTCP, Direction: probe.Local, Kind: probe.KindConnect, Text: addr})
}

func looksLikeIP(addr string) bool {
	host, _ := splitAddress(addr)
	return net.ParseIP(host) != nil
}

// splitAddress takes host:port, with brackets or without a port, apart.
func splitAddress(addr string) (string, int) {
	if a, err := netip.ParseAddr(strings.Trim(addr, "[]")); err == nil {
		return a.String(), 0
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr, 0
	}
	n, _ := strconv.Atoi(port)
	return host, n
}

// trouble records that something ended badly, as the log words it. What comes after another
// failure of the step is kept as a remark: a consequence.
func (s *session) trouble(class probe.Class, text string) {
	if class == probe.ClassEOF && !s.failed() && s.step != nil {
		s.connected("") // what ends had begun
	}
	s.troubleAt(class, s.phaseNow(), text)
}

// phaseNow is the phase in which something happens that does not tell it.
func (s *session) phaseNow() probe.Phase {
	if s.target.Protocol == probe.SFTP {
		return s.whereSSH()
	}
	return s.where()
}

func (s *session) troubleAt(class probe.Class, phase probe.Phase, text string) {
	if s.failed() || s.over {
		s.remark(phase, text)
		return
	}
	e := probe.Event{
		Phase: phase, Direction: probe.Local, Kind: probe.KindClose, Text: text,
		Failure: &probe.Failure{Class: class, Text: text},
	}
	verb := ""
	switch class {
	case probe.ClassNoName, probe.ClassDNS:
		e.Phase, e.Kind, s.over = probe.PhaseDNS, probe.KindLookup, true
	case probe.ClassTimeout:
		s.waited(&e)
	case probe.ClassNotTLS, probe.ClassUntrusted, probe.ClassExpired, probe.ClassNotYet, probe.ClassWrongName, probe.ClassTLS, probe.ClassTLSAlert:
		s.tlsTrouble(&e)
	}
	switch e.Phase {
	case probe.PhaseTCP:
		s.over = true
		if e.Kind == probe.KindClose {
			e.Kind = probe.KindConnect
		}
	case probe.PhaseDataConnect:
		verb = "data-connect"
		e.Conn = s.dataConn()
		if e.Kind == probe.KindClose {
			e.Kind = probe.KindConnect
		}
	case probe.PhaseDataTLS:
		e.Conn = s.dataConn()
	}
	if e.Kind == probe.KindClose {
		e.Direction, s.over = probe.Received, true
	}
	s.fail(e, verb)
}

// waited shapes the event of a limit that ran out.
func (s *session) waited(e *probe.Event) {
	e.Kind = probe.KindTimeout
	limit := "reply"
	switch e.Phase {
	case probe.PhaseTCP, probe.PhaseDataConnect:
		limit = "connect"
	case probe.PhaseTransfer:
		limit = "stall"
		e.Conn = s.dataConn()
	}
	e.Attr = map[string]string{"limit": limit}
}

// tlsTrouble shapes the event of a broken handshake. An alert that the server sent is told apart
// from one that we sent, because the first lays it at our door.
func (s *session) tlsTrouble(e *probe.Event) {
	e.Kind = probe.KindHandshake
	switch e.Phase {
	case probe.PhaseDataConnect, probe.PhaseTransfer, probe.PhaseCompletion:
		e.Phase = probe.PhaseDataTLS
	case probe.PhaseDataTLS:
	default:
		e.Phase = probe.PhaseTLS
	}
	if code, ok := alertOf(e.Text); ok && e.Failure.Class != probe.ClassExpired && e.Failure.Class != probe.ClassUntrusted {
		e.Failure.Class, e.Code = probe.ClassTLSAlert, &code
		e.Kind, e.Direction = probe.KindAlert, probe.Received
	}
	if e.Phase == probe.PhaseTLS {
		s.noteTLSError(e.Text)
	}
}

// alertText records an alert of the server that the log tells apart from the error that follows.
func (s *session) alertText(text string) {
	code, ok := alertOf("alert " + text)
	if !ok {
		s.remark(s.where(), text)
		return
	}
	e := probe.Event{Phase: probe.PhaseTLS, Direction: probe.Received, Kind: probe.KindAlert, Text: text, Code: &code}
	if s.ftp.secured {
		e.Phase, e.Conn = probe.PhaseDataTLS, s.dataConn()
	}
	if s.failed() {
		s.add(e)
		return
	}
	e.Failure = &probe.Failure{Class: probe.ClassTLSAlert, Text: text}
	s.fail(e, "")
}

func (s *session) noteTLSError(text string) {
	s.connection("", "")
	s.rec.Connection("control", func(c *probe.Connection) {
		if c.TLS == nil {
			c.TLS = &probe.TLSInfo{Chain: []probe.Certificate{}}
		}
		c.TLS.Error = text
	})
}

// secured records that a handshake succeeded: on the control connection, or on the data connection
// if the control connection is encrypted already.
func (s *session) secured(version, cipher string, resumed bool) {
	f := &s.ftp
	e := probe.Event{Phase: probe.PhaseTLS, Direction: probe.Local, Kind: probe.KindHandshake, Text: strings.TrimSpace(version + " " + cipher)}
	if version != "" {
		e.Attr = map[string]string{"version": version, "cipher": cipher, "resumed": strconv.FormatBool(resumed)}
	}
	conn := "control"
	if f.secured {
		conn = s.dataConn()
		e.Phase, e.Conn = probe.PhaseDataTLS, conn
	}
	f.secured = true
	if s.target.Protocol == "" || s.target.Protocol == probe.FTP {
		s.target.Protocol = probe.FTPES
		if !f.authOK {
			s.target.Protocol = probe.FTPS
		}
	}
	s.add(e)
	s.rec.Connection(conn, func(c *probe.Connection) {
		if c.Role == "" {
			c.Role, _, _ = strings.Cut(conn, "-")
		}
		if c.TLS == nil {
			c.TLS = &probe.TLSInfo{Chain: []probe.Certificate{}}
		}
		c.TLS.Version, c.TLS.Cipher, c.TLS.Resumed = version, cipher, resumed
	})
}

// certificate changes the first certificate of the control connection.
func (s *session) certificate(update func(*probe.Certificate)) {
	s.connection("", "")
	s.rec.Connection("control", func(c *probe.Connection) {
		if c.TLS == nil {
			c.TLS = &probe.TLSInfo{}
		}
		if len(c.TLS.Chain) == 0 {
			c.TLS.Chain = []probe.Certificate{{Names: []string{}}}
		}
		update(&c.TLS.Chain[0])
	})
}

// moved records the end of a data stream.
func (s *session) moved(bytes int64, text string) {
	if s.step == nil {
		return
	}
	s.ftp.ended = true
	s.step.Bytes = max(s.step.Bytes, bytes)
	s.add(probe.Event{Phase: probe.PhaseTransfer, Conn: s.dataConn(), Direction: probe.Local, Kind: probe.KindData, Text: text, Bytes: bytes})
}

// bytesIn finds "1,024 bytes" and its like.
var bytesIn = lazyregexp.New(`(\d[\d.,\x{00a0}\x{202f}']*) ?(?:bytes?|octets?|Bytes?|Byte|байт|bajt\w*)\b`)

// countBytes returns the number of bytes that a text tells, or -1.
func countBytes(text string) int64 {
	m := bytesIn.FindStringSubmatch(text)
	if m == nil {
		return -1
	}
	n, err := strconv.ParseInt(strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, m[1]), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
