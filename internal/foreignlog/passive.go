package foreignlog

import (
	"net/netip"
	"strconv"
	"strings"

	"mftprobe/probe"
)

// passiveReply notes where the server wants the data connection, and that this may be wrong.
func (s *session) passiveReply(name, text string) {
	f := &s.ftp
	f.data++
	f.dataOpen = false
	addr := passiveAddress(text)
	if name == "EPSV" {
		addr = epsvPort(text, s.target.Host)
	}
	f.passive = addr
	if addr == "" {
		return
	}
	s.rec.Connection(s.dataConn(), func(c *probe.Connection) { c.Role, c.Remote = "data", addr })
	s.judgeAddress(addr)
}

func (s *session) dataConn() string { return "data-" + strconv.Itoa(max(s.ftp.data, 1)) }

// judgeAddress records that a 227 names an address other than the server's.
func (s *session) judgeAddress(addr string) {
	ap, err := netip.ParseAddrPort(addr)
	host, herr := netip.ParseAddr(s.serverIP())
	if err != nil || s.book.server || ap.Addr() == host {
		return
	}
	kind := addressKind(ap.Addr())
	if kind == "foreign" && herr != nil || kind == "private" && herr == nil && addressKind(host) == "private" {
		if herr != nil {
			return
		}
		kind = "foreign"
	}
	s.oddity(probe.OddityPasvAddress, probe.PhasePassive, "the reply names "+ap.Addr().String(), "address", ap.Addr().String(), "kind", kind)
}

// serverIP is the address of the server if the log tells it.
func (s *session) serverIP() string {
	ip := ""
	if s.rec != nil {
		s.rec.Connection("control", func(c *probe.Connection) {
			c.Role = "control"
			if ap, err := netip.ParseAddrPort(c.Remote); err == nil {
				ip = ap.Addr().String()
			}
		})
	}
	if ip == "" {
		ip = s.target.Host
	}
	return ip
}

func addressKind(a netip.Addr) string {
	switch {
	case a.IsUnspecified():
		return "unspecified"
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate() || a.IsLinkLocalUnicast():
		return "private"
	}
	return "foreign"
}

// passiveAddress finds the six numbers of a 227 (RFC 1123 section 4.1.2.6) as address and port.
func passiveAddress(text string) string {
	_, text, _ = strings.Cut(text, " ")
	fields := strings.FieldsFunc(text, func(r rune) bool { return r != ',' && (r < '0' || r > '9') })
	for _, f := range fields {
		parts := strings.Split(strings.Trim(f, ","), ",")
		if len(parts) != 6 {
			continue
		}
		var n [6]int
		for i, p := range parts {
			v, err := strconv.Atoi(p)
			if err != nil || v > 255 {
				return ""
			}
			n[i] = v
		}
		ip := netip.AddrFrom4([4]byte{byte(n[0]), byte(n[1]), byte(n[2]), byte(n[3])})
		return netip.AddrPortFrom(ip, uint16(n[4]<<8|n[5])).String()
	}
	return ""
}

// epsvPort finds the port of a 229 (RFC 2428 section 3).
func epsvPort(text, host string) string {
	i := strings.Index(text, "|||")
	if i < 0 {
		return ""
	}
	port, _, _ := strings.Cut(text[i+3:], "|")
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
