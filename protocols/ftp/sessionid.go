package ftp

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"io"
	"time"
)

// Resumption by session identifier (RFC 5246 section 7.3), which crypto/tls does not have: it resumes
// TLS 1.2 by tickets only. Servers that give no tickets and insist on the resumption of the control
// connection's session would then look as if they could not transfer. So the session is put together
// here from what the handshake showed, in the encoding of [tls.SessionState], and the identifier is
// offered in the ClientHello. That encoding is documented on the type but not promised: a session that
// crypto/tls does not read back the same is not offered.

// helloBytes is how much of the server's first flight is looked at: a ServerHello and to spare.
const helloBytes = 512

// secretLog catches the master secret of a TLS 1.2 handshake, in the key log format.
type secretLog struct{ secret []byte }

// Write takes one line of the key log.
func (l *secretLog) Write(line []byte) (int, error) {
	if f := bytes.Fields(line); len(f) == 3 && string(f[0]) == "CLIENT_RANDOM" {
		l.secret, _ = hex.DecodeString(string(f[2]))
	}
	return len(line), nil
}

// Positions in a ServerHello (RFC 5246 section 7.4.1.3) that is the first record of a stream.
const (
	recordHandshake   = 22
	messageHello      = 2
	helloMessage      = 5  // behind the record header
	helloSession      = 43 // behind message header, version and random
	extensionMasterID = 23 // extended_master_secret (RFC 7627)
)

// readServerHello returns the session identifier in the first bytes of a TLS 1.2 server's stream, and
// whether the master secret is an extended one.
func readServerHello(b []byte) (id []byte, extended, ok bool) {
	if len(b) <= helloSession || b[0] != recordHandshake || b[helloMessage] != messageHello {
		return nil, false, false
	}
	end := helloSession + 1 + int(b[helloSession])
	if len(b) < end+5 {
		return nil, false, false
	}
	id = b[helloSession+1 : end]
	list := b[end+3:] // behind cipher suite and compression
	size := int(binary.BigEndian.Uint16(list))
	list = list[2:]
	if size > len(list) {
		return nil, false, false
	}
	for list = list[:size]; len(list) >= 4; {
		n := int(binary.BigEndian.Uint16(list[2:]))
		extended = extended || binary.BigEndian.Uint16(list) == extensionMasterID
		if len(list) < 4+n {
			return nil, false, false
		}
		list = list[4+n:]
	}
	return id, extended, len(id) > 0
}

// keepSession remembers the session of a control connection that was given an identifier.
func (s *security) keepSession(state tls.ConnectionState, head, secret []byte) {
	id, extended, ok := readServerHello(head)
	if state.Version != tls.VersionTLS12 || !ok || len(secret) == 0 {
		return
	}
	encoded := encodeSession(state, secret, extended, s.config(true).Time())
	parsed, err := tls.ParseSessionState(encoded)
	if err != nil {
		return
	}
	again, err := parsed.Bytes()
	if err != nil || !bytes.Equal(again, encoded) {
		return
	}
	if session, err := tls.NewResumptionState(nil, parsed); err == nil {
		s.sessions.identified(session, bytes.Clone(id))
	}
}

// sessionClient is the type of a client's session in its encoding.
const sessionClient = 2

// encodeSession writes a session as the comment on tls.SessionState describes it.
func encodeSession(state tls.ConnectionState, secret []byte, extended bool, now time.Time) []byte {
	b := binary.BigEndian.AppendUint16(nil, state.Version)
	b = append(b, sessionClient)
	b = binary.BigEndian.AppendUint16(b, state.CipherSuite)
	b = binary.BigEndian.AppendUint64(b, uint64(now.Unix()))
	b = append(append(b, byte(len(secret))), secret...)
	b = append24(b, nil) // extra
	b = append(b, boolByte(extended), 0)
	var list []byte
	for _, c := range state.PeerCertificates {
		list = append(append24(list, c.Raw), 0, 0) // without extensions
	}
	b = append24(b, list)
	var chains []byte
	for _, chain := range state.VerifiedChains {
		chains = append24(chains, encodeChain(chain[1:]))
	}
	b = append24(b, chains)
	return binary.BigEndian.AppendUint16(b, uint16(state.CurveID))
}

func encodeChain(chain []*x509.Certificate) []byte {
	var out []byte
	for _, c := range chain {
		out = append24(out, c.Raw)
	}
	return out
}

// append24 appends v behind its length in 24 bits.
func append24(b, v []byte) []byte {
	n := len(v)
	return append(append(b, byte(n>>16), byte(n>>8), byte(n)), v...)
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// identifierRand is a source of randomness that gives the session identifier where a ClientHello takes
// one: crypto/tls reads 32 bytes for the random first, and 32 for the identifier next.
type identifierRand struct {
	id    []byte
	reads int
}

// Read gives random bytes, the second time the identifier.
func (r *identifierRand) Read(p []byte) (int, error) {
	r.reads++
	if r.reads == 2 && len(p) == len(r.id) {
		return copy(p, r.id), nil
	}
	return io.ReadFull(rand.Reader, p)
}
