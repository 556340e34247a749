package classify

import (
	"net/netip"
	"strings"
	"time"

	"mftprobe/probe"
)

// reply takes an answer of an FTP server.
func (s *session) reply(e *probe.Event) {
	if e.Code == nil {
		return
	}
	verb, code := strings.ToUpper(e.Command), e.Code.Value
	if verb == "" && !s.greeted {
		s.greeting(e, code)
		return
	}
	if verb == "" && s.data.begun {
		verb = s.data.verb
	}
	s.connected, s.greeted = true, true
	switch {
	case verb == "USER" && code == 331:
		s.invitation = e.Text[:min(len(e.Text), maxHeard)]
	case transfers(verb):
		s.transferReply(e, verb, code)
	case code >= 400:
		s.refusal(e, verb)
	case code >= 200 && code < 300:
		s.success(e, verb)
	}
}

func (s *session) greeting(e *probe.Event, code int) {
	s.connected = true
	s.delayed = s.delayed || code == 120
	if code >= 200 && code < 300 {
		s.greeted, s.hello = true, e.Text
		s.family = familyIn(s.family, e)
	}
}

// refusal takes a 4xx or 5xx to a command that moves no data.
func (s *session) refusal(e *probe.Event, verb string) {
	switch verb {
	case "SYST", "FEAT", "OPTS", "HELP", "NOOP":
		if e.Code.Value >= 530 {
			s.harmless = bareText(e.Text)
		}
	case "PASS", "USER", "ACCT":
		s.refusals++
	case "PASV", "EPSV":
		s.data.refused++
	}
	s.created = false
}

// success takes a 2xx to a command that moves no data.
func (s *session) success(e *probe.Event, verb string) {
	switch verb {
	case "USER", "PASS", "ACCT":
		s.loggedIn = true
		s.login = time.Duration(e.At) - s.sentAt
	case "AUTH":
		s.encrypted = s.encrypted || e.Code.Value == 234
	case "CCC":
		s.clear = true
	case "PROT":
		s.data.prot = strings.ToUpper(argument(s.line))
	case "PASV", "EPSV":
		s.passive(e, verb)
	case "TYPE":
		s.ascii = hasFoldPrefix(argument(s.line), "A")
		s.binary = !s.ascii
	case "FEAT":
		s.offered = strings.Contains(strings.ToUpper(e.Text), "AUTH ")
		s.family = familyIn(s.family, e)
	case "SYST":
		s.family = familyIn(s.family, e)
	case "PWD", "XPWD":
		s.pwd = quoted(e.Text)
	case "CWD", "CDUP", "MKD":
		s.created = true
	case "RNTO", "DELE", "RMD":
		s.stored++
	}
}

// passive takes the answer that names where the data connection goes.
func (s *session) passive(e *probe.Event, verb string) {
	refused := s.data.refused
	prot := s.data.prot
	s.data = dataState{prot: prot, mode: verb, refused: refused, expected: -1}
	if verb != "PASV" {
		return
	}
	if a, ok := addressIn(e.Text); ok {
		s.data.address, s.data.kind = a.String(), addressKind(a, s.peer)
	}
}

// transferReply takes an answer to a command that moves data.
func (s *session) transferReply(e *probe.Event, verb string, code int) {
	switch {
	case code < 200:
		s.data.again = s.data.begun
		if !s.data.begun {
			s.data.begunAt = time.Duration(e.At)
		}
		s.data.begun = true
		s.data.open = s.data.open || code == 125 // "data connection already open"
		if n := sizeIn(e.Text); n >= 0 {
			s.data.expected = n
		}
	case code < 300:
		s.finished(verb)
	}
}

// finished takes the final reply of a transfer that ended well.
func (s *session) finished(verb string) {
	s.data.begun = false
	s.moves++
	switch verb {
	case "LIST", "NLST", "MLSD":
		s.lists++
	case "STOR", "STOU", "APPE":
		s.stored++
		size := int64(-1)
		if s.data.ended && !s.resumed {
			size = s.data.bytes
		} else if !s.resumed {
			size = s.alloc
		}
		s.written[argument(s.line)] = size
	}
	s.alloc = -1
}

// addressIn finds the six numbers of a 227 reply (RFC 1123 section 4.1.2.6 lets them stand anywhere).
func addressIn(text string) (netip.Addr, bool) {
	if len(text) > maxFact {
		text = text[:maxFact]
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "227")
	var parts [6]int
	n, inside := 0, false
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] >= '0' && text[i] <= '9' {
			if !inside {
				inside, parts[n] = true, 0
			}
			parts[n] = min(parts[n]*10+int(text[i]-'0'), 1000)
			continue
		}
		if inside {
			inside = false
			n++
		}
		if n == len(parts) {
			break
		}
		if n > 0 && i < len(text) && text[i] != ',' && text[i] != ' ' {
			n = 0
		}
	}
	if n < len(parts) {
		return netip.Addr{}, false
	}
	var ip [4]byte
	for i := range ip {
		if parts[i] > 255 {
			return netip.Addr{}, false
		}
		ip[i] = byte(parts[i])
	}
	return netip.AddrFrom4(ip), true
}

// addressKind says in which way an announced address is odd, seen from the control peer.
func addressKind(a netip.Addr, peer string) string {
	p, err := netip.ParseAddr(peer)
	if err == nil && p.Unmap() == a {
		return ""
	}
	switch {
	case a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "unspecified"
	case a.IsLoopback():
		return "loopback"
	case unroutable(a):
		return "private"
	case err == nil:
		return "foreign"
	}
	return ""
}

// unroutable tells addresses that mean something in one network only (RFC 1918, 3927, 6598).
func unroutable(a netip.Addr) bool {
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)
	return a.IsPrivate() || a.IsLinkLocalUnicast() || shared.Contains(a)
}

// announcedIn reads our own address in a PORT or EPRT line.
func announcedIn(line string) string {
	arg := argument(line)
	if parts := strings.Split(arg, "|"); len(parts) > 2 {
		return parts[2]
	}
	if a, ok := addressIn(arg); ok {
		return a.String()
	}
	return ""
}

// sizeIn reads "(1234 bytes)" in a 150 reply; -1 if it is not there.
func sizeIn(text string) int64 {
	i := strings.Index(text, " bytes")
	if i < 0 {
		return -1
	}
	j := i
	for j > 0 && text[j-1] >= '0' && text[j-1] <= '9' {
		j--
	}
	if j == i || j == 0 || text[j-1] != '(' {
		return -1
	}
	return number(text[j:i])
}

// quoted returns the name in a 257 reply.
func quoted(text string) string {
	_, rest, _ := strings.Cut(text, `"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}
