package sftp

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"

	"mftprobe/probe"
)

// Words of SSHOptions.StrictHostKey.
const (
	strictYes       = "yes"
	strictAcceptNew = "accept-new"
	strictAsk       = "ask"
	strictNo        = "no"
)

// What known_hosts or a pin says of a host key; the words of Attr "known".
const (
	knownMatch     = "match"
	knownUnknown   = "unknown"
	knownChanged   = "changed"
	knownRevoked   = "revoked"
	knownOtherType = "other-type" // keys are recorded, none of this type
	knownPinned    = "pinned"
)

var (
	errHostKey = errors.New("host key not accepted")
	errGate    = errors.New("the session ended before the login")
)

// hostKeyPolicy decides whether this is the server that the user knows.
type hostKeyPolicy struct {
	s       *session
	address string // the name under which known_hosts has the host
	db      *knownhosts.HostKeyDB
	origin  map[string]string // copies of files to the files themselves
	failed  error             // why the files could not be read
	changed bool              // accepted all the same: no password may be sent
}

// newHostKeyPolicy reads the known_hosts files of the session's target.
func newHostKeyPolicy(s *session) *hostKeyPolicy {
	p := &hostKeyPolicy{s: s, address: s.target.HostPort()}
	if alias := s.target.SSH.HostKeyAlias; alias != "" {
		p.address = net.JoinHostPort(alias, strconv.Itoa(probe.SFTP.DefaultPort()))
	}
	var bad []badLine
	p.db, p.origin, bad, p.failed = loadKnownHosts(s.target.SSH.KnownHosts, p.address)
	for _, b := range bad {
		s.add(probe.Event{
			Phase: probe.PhaseConfig, Direction: probe.Local, Kind: probe.KindOddity, Tolerated: true,
			Text: fmt.Sprintf("%s line %d is left out: %s", b.file, b.line, b.why),
			Attr: map[string]string{"oddity": string(probe.OddityKnownHostsLine), "file": b.file, "line": strconv.Itoa(b.line)},
		})
	}
	return p
}

// algorithms puts the recorded key types of the host first, so that the server shows a key that can
// be compared.
func (p *hostKeyPolicy) algorithms(offer []string) []string {
	if p.db == nil || len(p.s.target.SSH.HostKeyAlgorithms) > 0 || len(p.s.target.SSH.HostKeyPins) > 0 {
		return offer
	}
	var first []string
	for _, a := range p.db.HostKeyAlgorithms(p.address) {
		// ssh-rsa as a signature is SHA-1: it is offered with Legacy only.
		if slices.Contains(offer, a) || isCertificate(a) && !isLegacy(categoryHostKey, a) {
			first = append(first, a)
		}
	}
	return union(first, offer)
}

// check is the host key callback: it runs after the key's signature was verified.
func (p *hostKeyPolicy) check(_ string, remote net.Addr, key ssh.PublicKey) error {
	p.s.recordHandshake()
	p.s.enter(probe.PhaseHostKey)
	if p.failed != nil {
		return p.refuse(key, knownUnknown, p.failed.Error())
	}
	known, where := p.lookUp(remote, key)
	if why := p.decide(known, where, remote, key); why != "" {
		return p.refuse(key, known, why)
	}
	p.s.hostKeyAccepted()
	select {
	case <-p.s.gate:
		p.s.enter(probe.PhaseAuth)
		return nil
	case <-p.s.closing:
		return errGate
	}
}

// lookUp returns what is known of the key, and the lines that say otherwise.
func (p *hostKeyPolicy) lookUp(remote net.Addr, key ssh.PublicKey) (known, where string) {
	if pins := p.s.target.SSH.HostKeyPins; len(pins) > 0 {
		if slices.Contains(pins, ssh.FingerprintSHA256(bare(key))) {
			return knownPinned, ""
		}
		return knownChanged, "the pins " + strings.Join(pins, " ")
	}
	if p.db == nil {
		return knownUnknown, ""
	}
	err := p.db.HostKeyCallback()(p.address, remote, key)
	var revoked *xknownhosts.RevokedError
	var differs *xknownhosts.KeyError
	switch {
	case err == nil:
		return knownMatch, ""
	case errors.As(err, &revoked):
		return knownRevoked, p.place(revoked.Revoked)
	case errors.As(err, &differs) && len(differs.Want) > 0:
		return p.compare(differs.Want, key)
	}
	return knownUnknown, ""
}

// compare tells a changed key from one of a type that is not recorded.
func (p *hostKeyPolicy) compare(want []xknownhosts.KnownKey, key ssh.PublicKey) (known, where string) {
	var same, others []string
	for _, w := range want {
		place := p.place(w) + " (" + w.Key.Type() + ")"
		if w.Key.Type() == bare(key).Type() {
			same = append(same, place)
		} else {
			others = append(others, place)
		}
	}
	if len(same) > 0 {
		return knownChanged, strings.Join(same, ", ")
	}
	return knownOtherType, strings.Join(others, ", ")
}

func (p *hostKeyPolicy) place(k xknownhosts.KnownKey) string {
	file := k.Filename
	if orig, ok := p.origin[file]; ok {
		file = orig
	}
	return file + " line " + strconv.Itoa(k.Line)
}

// bare returns the key inside a certificate, or key itself.
func bare(key ssh.PublicKey) ssh.PublicKey {
	if cert, ok := key.(*ssh.Certificate); ok {
		return cert.Key
	}
	return key
}

// decide applies StrictHostKey. It returns why the key is not accepted, or the empty string.
func (p *hostKeyPolicy) decide(known, where string, remote net.Addr, key ssh.PublicKey) string {
	strict := p.s.target.SSH.StrictHostKey
	switch known {
	case knownMatch, knownPinned:
		p.record(key, known, "")
		return ""
	case knownRevoked:
		return "it is marked as revoked in " + where
	case knownChanged:
		if strict != strictNo {
			return "another one is expected: " + where
		}
		p.changed = true
		p.accept(key, known, "another one is expected: "+where)
		return ""
	}
	why := "no key is recorded for " + p.address
	if known == knownOtherType {
		why = "no " + bare(key).Type() + " key is recorded, only " + where
	}
	switch {
	case strict == strictNo:
	case strict == strictAcceptNew:
		p.remember(remote, key)
	case strict == strictAsk && p.ask(key, why):
		p.remember(remote, key)
	default:
		return why
	}
	p.accept(key, known, why)
	return ""
}

func (p *hostKeyPolicy) ask(key ssh.PublicKey, why string) bool {
	ask := p.s.target.SSH.Ask
	if ask == nil {
		return false
	}
	return ask(fmt.Sprintf("%s: %s. Its fingerprint is %s (%s). Accept it?", p.address, why, ssh.FingerprintSHA256(bare(key)), bare(key).Type()))
}

// remember appends the key to the first known_hosts file.
func (p *hostKeyPolicy) remember(remote net.Addr, key ssh.PublicKey) {
	if len(p.s.target.SSH.KnownHosts) == 0 {
		return
	}
	file := p.s.target.SSH.KnownHosts[0]
	if err := appendKnownHost(file, p.address, remote, bare(key)); err != nil {
		p.s.add(probe.Event{Direction: probe.Local, Kind: probe.KindNote, Tolerated: true, Text: err.Error(), Failure: &probe.Failure{Class: probe.ClassLocal, Text: err.Error()}})
	}
}

func appendKnownHost(file, address string, remote net.Addr, key ssh.PublicKey) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("record the host key: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("record the host key: %w", err)
	}
	err = knownhosts.WriteKnownHost(f, address, remote, key)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("record the host key in %s: %w", file, err)
	}
	return nil
}

// event describes the key as it was shown.
func (p *hostKeyPolicy) event(key ssh.PublicKey, known, why string) probe.Event {
	print := ssh.FingerprintSHA256(bare(key))
	p.s.info(func(i *probe.SSHInfo) { i.HostKey = probe.HostKey{Type: key.Type(), SHA256: print} })
	e := probe.Event{
		Direction: probe.Received, Kind: probe.KindHostKey, Text: key.Type() + " " + print,
		Attr: map[string]string{"type": key.Type(), "sha256": print, "known": known},
	}
	if why != "" {
		e.Attr["why"] = why
	}
	return e
}

func (p *hostKeyPolicy) record(key ssh.PublicKey, known, why string) {
	p.s.add(p.event(key, known, why))
}

// accept records a key that is let through although it is not known.
func (p *hostKeyPolicy) accept(key ssh.PublicKey, known, why string) {
	p.record(key, known, why)
	oddity := probe.OddityHostKeyAccepted
	if known == knownOtherType {
		oddity = probe.OddityHostKeyType
	}
	p.s.add(probe.Event{
		Direction: probe.Local, Kind: probe.KindOddity, Text: "the host key is accepted although " + why, Tolerated: true,
		Attr: map[string]string{"oddity": string(oddity), "known": known, "strict": p.s.target.SSH.StrictHostKey},
	})
}

// refuse records a key that is not accepted and ends the key exchange.
func (p *hostKeyPolicy) refuse(key ssh.PublicKey, known, why string) error {
	e := p.event(key, known, why)
	e.Failure = &probe.Failure{Class: probe.ClassHostKey, Text: why}
	p.s.end(e, "the host key is not accepted: "+why)
	return errHostKey
}
