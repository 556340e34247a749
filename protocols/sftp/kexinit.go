package sftp

import (
	"encoding/binary"
	"slices"
	"strings"
)

// kexInit holds the name-lists of SSH_MSG_KEXINIT (RFC 4253 section 7.1) that matter; c2s is the
// client to server direction.
type kexInit struct {
	kex, hostKey         []string
	cipherC2S, cipherS2C []string
	macC2S, macS2C       []string
	compC2S, compS2C     []string
}

const kexCookieEnd = 1 + 16 // message number and cookie

// parseKexInit reads a payload that begins with the message number.
func parseKexInit(payload []byte) (kexInit, bool) {
	var k kexInit
	if len(payload) < kexCookieEnd || payload[0] != msgKexInit {
		return k, false
	}
	rest := payload[kexCookieEnd:]
	for _, list := range []*[]string{&k.kex, &k.hostKey, &k.cipherC2S, &k.cipherS2C, &k.macC2S, &k.macS2C, &k.compC2S, &k.compS2C} {
		var s string
		var ok bool
		if s, rest, ok = cutString(rest); !ok {
			return k, false
		}
		if s != "" {
			*list = strings.Split(s, ",")
		}
	}
	return k, true
}

// cutString takes a string with its length in front (RFC 4251 section 5) off b.
func cutString(b []byte) (string, []byte, bool) {
	if len(b) < 4 {
		return "", nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return "", nil, false
	}
	return string(b[4 : 4+n]), b[4+n:], true
}

// The categories of a negotiation, in the order in which RFC 4253 section 7.1 settles them.
const (
	categoryKex         = "kex"
	categoryHostKey     = "host_key"
	categoryCipher      = "cipher"
	categoryMAC         = "mac"
	categoryCompression = "compression"
)

// pair is one negotiation: ours and theirs under a category.
type pair struct {
	category     string
	ours, theirs []string
}

// pairs lists the negotiations between client c and server s. The names that extend the key
// exchange list without being algorithms are left out.
func (k kexInit) pairs(s kexInit) []pair {
	return []pair{
		{categoryKex, algorithmsOnly(k.kex), algorithmsOnly(s.kex)},
		{categoryHostKey, k.hostKey, s.hostKey},
		{categoryCipher, k.cipherC2S, s.cipherC2S},
		{categoryCipher, k.cipherS2C, s.cipherS2C},
		{categoryMAC, k.macC2S, s.macC2S},
		{categoryMAC, k.macS2C, s.macS2C},
		{categoryCompression, k.compC2S, s.compC2S},
		{categoryCompression, k.compS2C, s.compS2C},
	}
}

// algorithmsOnly drops markers such as ext-info-c and kex-strict-s-v00@openssh.com.
func algorithmsOnly(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return strings.HasPrefix(n, "ext-info-") || strings.HasPrefix(n, "kex-strict-")
	})
}

// agreed is what a negotiation settles on: the first of ours that is among theirs.
func (p pair) agreed() (string, bool) {
	for _, o := range p.ours {
		if slices.Contains(p.theirs, o) {
			return o, true
		}
	}
	return "", false
}

// choice is the result of all negotiations.
type choice struct {
	kex, hostKey, cipher, mac string
	cipherBack, macBack       string // server to client
}

// negotiate computes what client k and server s agree on, and the pairs without anything in common.
// An AEAD cipher needs no MAC.
func (k kexInit) negotiate(s kexInit) (choice, []pair) {
	var got [8]string
	var none []pair
	for i, p := range k.pairs(s) {
		name, ok := p.agreed()
		aead := p.category == categoryMAC && isAEAD(got[i-2])
		switch {
		case aead:
			got[i] = "implicit"
		case ok:
			got[i] = name
		default:
			none = append(none, p)
		}
	}
	return choice{kex: got[0], hostKey: got[1], cipher: got[2], cipherBack: got[3], mac: got[4], macBack: got[5]}, none
}

func isAEAD(cipher string) bool {
	return strings.Contains(cipher, "-gcm@") || strings.HasPrefix(cipher, "chacha20-poly1305")
}

// offers maps category to list, one direction: the server's is what it accepts and sends.
func (k kexInit) offers() map[string][]string {
	return map[string][]string{
		categoryKex: k.kex, categoryHostKey: k.hostKey, categoryCipher: union(k.cipherC2S, k.cipherS2C),
		categoryMAC: union(k.macC2S, k.macS2C), categoryCompression: union(k.compC2S, k.compS2C),
	}
}

// union appends to a what only b has; the two directions hardly ever differ.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, n := range b {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
