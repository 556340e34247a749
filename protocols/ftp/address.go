package ftp

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
)

// errForm says that a passive reply holds no address or port that can be read.
var errForm = errors.New("the reply names no data port that can be read")

// form227 finds six numbers in a row, as RFC 959 section 4.1.2 defines them; the signs between and
// around them differ from server to server.
var (
	form227  = lazyregexp.New(`(-?\d+)\s*[,.]\s*(-?\d+)\s*[,.]\s*(-?\d+)\s*[,.]\s*(-?\d+)\s*[,.:]\s*(-?\d+)\s*[,.]\s*(-?\d+)`)
	plain227 = lazyregexp.New(`\(\d{1,3},\d{1,3},\d{1,3},\d{1,3},\d{1,3},\d{1,3}\)`)
)

// parse227 returns the address and port of a reply to PASV, and whether it is written as usual.
func parse227(words string) (at netip.AddrPort, plain bool, err error) {
	m := form227.FindStringSubmatch(words)
	if m == nil {
		return at, false, errForm
	}
	var n [6]byte
	for i := range n {
		v, err := strconv.ParseUint(m[i+1], 10, 8)
		if err != nil {
			return at, false, errForm
		}
		n[i] = byte(v)
	}
	port := uint16(n[4])<<8 | uint16(n[5])
	if port == 0 {
		return at, false, errForm
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(n[:4])), port), plain227.MatchString(words), nil
}

// Forms of a reply to EPSV (RFC 2428 section 3): a delimiter three times and the port, with the
// fields between empty or, against the RFC, filled in.
var (
	form229 = lazyregexp.New(`([!-/:-@\[-` + "`" + `{-~])\s*(\d?)\s*([!-/:-@\[-` + "`" + `{-~])\s*([0-9A-Fa-f.:]*)\s*([!-/:-@\[-` + "`" + `{-~])\s*(\d+)`)
	bare229 = lazyregexp.New(`\(\s*(\d+)\s*\)`)
)

// parse229 returns the port of a reply to EPSV, and whether it is written as usual.
func parse229(words string) (port int, plain bool, err error) {
	if port := usual229(words); port > 0 {
		return port, true, nil
	}
	text := ""
	for rest := words; text == ""; {
		m := form229.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		group := func(i int) string { return rest[m[2*i]:m[2*i+1]] }
		if group(1) == group(3) && group(3) == group(5) {
			text = group(6)
			break
		}
		rest = rest[m[2]+1:]
	}
	if m := bare229.FindStringSubmatch(words); text == "" && m != nil {
		text = m[1]
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, false, errForm
	}
	return port, false, nil
}

// usual229 returns the port of a reply as RFC 2428 writes it, or 0.
func usual229(words string) int {
	_, rest, _ := strings.Cut(words, "(|||")
	text, _, closed := strings.Cut(rest, "|)")
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || !closed {
		return 0
	}
	return int(port)
}

// addressKind says what is peculiar about an announced address, empty if it is the server's own.
// peer is the address that the control connection reached, invalid if a proxy hides it.
func addressKind(a, peer netip.Addr) string {
	switch {
	case peer.IsValid() && a == peer:
		return ""
	case a.IsUnspecified():
		return "unspecified"
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a):
		return "private"
	case !peer.IsValid():
		return ""
	}
	return "foreign"
}

// sharedSpace is for carrier-grade NAT (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// parse257 returns the path in a reply to PWD or MKD (RFC 959 appendix II): quoted, with quotes in it
// doubled. Without proper quotes it takes what most likely is the path, and plain is false.
func parse257(words string) (path string, plain, ok bool) {
	i := strings.IndexByte(words, '"')
	if i < 0 {
		return unquoted257(words)
	}
	var b strings.Builder
	for j := i + 1; j < len(words); j++ {
		switch {
		case words[j] != '"':
			b.WriteByte(words[j])
		case j+1 < len(words) && words[j+1] == '"':
			b.WriteByte('"')
			j++
		default:
			return b.String(), true, b.Len() > 0
		}
	}
	return strings.TrimSpace(b.String()), false, strings.TrimSpace(b.String()) != ""
}

// unquoted257 takes a path in single quotes, or the first word.
func unquoted257(words string) (path string, plain, ok bool) {
	words = strings.TrimSpace(words)
	if rest, found := strings.CutPrefix(words, "'"); found {
		if path, _, closed := strings.Cut(rest, "'"); closed && path != "" {
			return path, false, true
		}
	}
	path, _, _ = strings.Cut(words, " ")
	return path, false, path != ""
}

// announcedSize returns the size that a preliminary reply tells, as most servers do: "(1024 bytes)".
func announcedSize(r *reply) (int64, bool) {
	if r == nil {
		return 0, false
	}
	for rest := r.words; ; {
		_, after, found := strings.Cut(rest, "(")
		if !found {
			return 0, false
		}
		number, unit, _ := strings.Cut(after, " ")
		if n, err := strconv.ParseUint(number, 10, 63); err == nil && strings.HasPrefix(unit, "byte") {
			return int64(n), true
		}
		rest = after
	}
}
