package ftp

import (
	"crypto/tls"
	"slices"
	"sync"
)

// maxTickets bounds the session tickets kept of one control connection.
const maxTickets = 8

// sessions holds the TLS sessions of the control connection. Data connections resume them and
// nothing else: servers that demand the reuse of the session mean that of the control connection.
type sessions struct {
	mu    sync.Mutex
	fresh []*tls.ClientSessionState // not used yet, the newest last
	used  *tls.ClientSessionState
	count int // tickets seen

	byID *tls.ClientSessionState // of a server without tickets
	id   []byte
}

// identified keeps the session of a server that gives it an identifier.
func (s *sessions) identified(state *tls.ClientSessionState, id []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID, s.id = state, id
}

// identifier returns the session identifier to offer, or nil where there are tickets or no session.
func (s *sessions) identifier() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count > 0 {
		return nil
	}
	return s.id
}

// controlSide stores sessions and offers none: a control connection starts anew.
type controlSide struct{ *sessions }

// Get offers nothing.
func (controlSide) Get(string) (*tls.ClientSessionState, bool) { return nil, false }

// Put keeps a session that the server offered on the control connection.
func (s controlSide) Put(_ string, state *tls.ClientSessionState) {
	if state == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.fresh = append(s.fresh, state)
	if len(s.fresh) > maxTickets {
		s.fresh = slices.Delete(s.fresh, 0, 1)
	}
}

// dataSide offers the control connection's sessions and stores none.
type dataSide struct{ *sessions }

// Get offers the newest ticket that was not used before, since some servers take each only once
// (RFC 8446 section 8.1), else the last one again.
func (s dataSide) Get(string) (*tls.ClientSessionState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.fresh); n > 0 {
		s.used = s.fresh[n-1]
		s.fresh = s.fresh[:n-1]
	}
	if s.count == 0 {
		return s.byID, s.byID != nil
	}
	return s.used, s.used != nil
}

// Put drops what a data connection offers.
func (dataSide) Put(string, *tls.ClientSessionState) {}

func (s *sessions) tickets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// any tells whether there is a session to offer.
func (s *sessions) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count > 0 || s.byID != nil
}
