package sftp

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// Limits on what a server may announce around the login.
const (
	maxBanner   = 64 << 10 // bytes of userauth banners (RFC 4252 section 5.4) in one session
	maxHostKeys = 16       // host keys of one announcement that are listed
)

// Names of OpenSSH's global requests (its PROTOCOL file, sections 2.3 and 2.5).
const (
	hostKeysName = "hostkeys-00@openssh.com"
	keepAlive    = "keepalive@openssh.com"
)

// recordHandshake records what the key exchange settled. It is computed from the two lists: the
// library tells it only after the host key was accepted.
func (s *session) recordHandshake() {
	s.mu.Lock()
	got, _ := s.client.negotiate(s.server)
	s.mu.Unlock()
	s.info(func(i *probe.SSHInfo) {
		i.Kex, i.Cipher, i.MAC = got.kex, both(got.cipher, got.cipherBack), both(got.mac, got.macBack)
	})
	s.add(probe.Event{
		Direction: probe.Local, Kind: probe.KindHandshake, Text: "key exchange done",
		Attr: map[string]string{
			"kex": got.kex, "host_key": got.hostKey, "cipher": both(got.cipher, got.cipherBack), "mac": both(got.mac, got.macBack),
		},
	})
	chosen := []struct{ category, name string }{
		{categoryKex, got.kex},
		{categoryHostKey, got.hostKey},
		{categoryCipher, got.cipher},
		{categoryMAC, got.mac},
	}
	for _, c := range chosen {
		if isLegacy(c.category, c.name) {
			s.addLegacy(c.category, c.name)
		}
	}
}

// both shows one name where the two directions agree, as they nearly always do.
func both(there, back string) string {
	if there == back {
		return there
	}
	return there + " / " + back
}

// addLegacy reports the use of an algorithm that the library counts as insecure.
func (s *session) addLegacy(category, name string) {
	s.add(probe.Event{
		Direction: probe.Local, Kind: probe.KindOddity, Tolerated: true, Text: name + " is in use, which counts as insecure",
		Attr: map[string]string{"oddity": string(probe.OddityLegacyAlgorithm), "algorithm": name, "category": category},
	})
}

// recordBanner keeps the text that the server shows before the login. An error from here would end
// the login, which is wanted only for a banner without end.
func (s *session) recordBanner(text string) error {
	s.mu.Lock()
	s.banner += len(text)
	total := s.banner
	if total > maxBanner {
		s.tooMuch = fmt.Errorf("banner of more than %d bytes: %w", maxBanner, errTooLong)
	}
	err := s.tooMuch
	s.mu.Unlock()
	if err != nil {
		return err // the library takes it for a refused attempt; the queue ends the login
	}
	s.add(probe.Event{Direction: probe.Received, Kind: probe.KindBanner, Text: text, Attr: map[string]string{"banner": "userauth"}})
	clean := s.rec.Clean(text)
	s.info(func(i *probe.SSHInfo) { i.Banner += clean })
	return nil
}

// outcome records how the library's call ended and returns its error as one line for people. It
// must be called after ready is closed.
func (s *session) outcome() error {
	s.mu.Lock()
	err := s.failure
	s.mu.Unlock()
	if err == nil {
		s.queue.accepted()
		return nil
	}
	s.explain(err)
	return errors.New(s.reason())
}

// explain records why the library's call failed, if that is not in the record yet.
func (s *session) explain(err error) {
	s.mu.Lock()
	phase, none := s.phase, []pair(nil)
	if s.serverKex {
		_, none = s.client.negotiate(s.server)
	}
	s.mu.Unlock()
	var negotiation *ssh.AlgorithmNegotiationError
	switch {
	case errors.Is(err, errHostKey), errors.Is(err, errGate):
		s.finish(err.Error())
	case errors.As(err, &negotiation) && len(none) > 0:
		e := negotiationEvent(none)
		s.end(e, e.Text)
	case phase == probe.PhaseAuth && s.queue.endedByAnswer(err):
		s.queue.conclude(err)
	default:
		s.recordEnd(err)
	}
}

// rejectChannels refuses every channel that the server wants to open.
func rejectChannels(channels <-chan ssh.NewChannel) {
	for c := range channels {
		_ = c.Reject(ssh.Prohibited, "not wanted")
	}
}

// globalRequests answers the server's global requests. OpenSSH announces all its host keys after the
// login; whatever it wants answered is a keep-alive.
func (s *session) globalRequests(requests <-chan *ssh.Request) {
	for r := range requests {
		if r.Type == hostKeysName {
			s.recordHostKeys(r.Payload)
		}
		if r.WantReply {
			_ = r.Reply(false, nil)
		}
	}
}

func (s *session) recordHostKeys(payload []byte) {
	var keys []probe.HostKey
	var text string
	for len(payload) > 0 && len(keys) < maxHostKeys {
		blob, rest, ok := cutString(payload)
		if !ok {
			break
		}
		payload = rest
		if key, err := ssh.ParsePublicKey([]byte(blob)); err == nil {
			k := probe.HostKey{Type: key.Type(), SHA256: ssh.FingerprintSHA256(key)}
			keys = append(keys, k)
			text += k.Type + " " + k.SHA256 + "\n"
		}
	}
	s.info(func(i *probe.SSHInfo) { i.HostKeys = keys })
	s.add(probe.Event{
		Phase: probe.PhaseAuth, Direction: probe.Received, Kind: probe.KindNote, Text: text, Attr: map[string]string{"note": "host-keys"},
	})
}

// excess returns what the server sent too much of, or nil.
func (s *session) excess() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tooMuch
}
