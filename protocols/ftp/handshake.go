package ftp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"mftprobe/probe"
)

// security makes TLS connections of one session.
type security struct {
	want     probe.TLS
	name     string // the server's name as it must stand in the certificate
	sessions sessions
	curve    tls.CurveID // what the control connection settled on, as the version
	version  uint16
	distrust error        // what verification has against the control connection's chain, under Insecure
	shift    atomic.Int64 // nanoseconds by which the clock of crypto/tls is off, see tolerateAge
	asked    atomic.Bool  // the server asked for a client certificate
}

func newSecurity(t probe.Target) *security {
	name := t.TLS.ServerName
	if name == "" {
		name = t.Host
	}
	return &security{want: t.TLS, name: name}
}

// curves leave the post-quantum hybrid out: its ClientHello does not fit into one packet, which
// old servers and firewalls of this trade do not survive.
var curves = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}

// config returns the settings of a control connection or a data connection. The server name is
// always set: the session cache is keyed by it.
func (s *security) config(data bool) *tls.Config {
	c := &tls.Config{
		ServerName: s.name, RootCAs: s.want.Roots, InsecureSkipVerify: s.want.Insecure,
		MinVersion: s.want.MinVersion, MaxVersion: s.want.MaxVersion, CurvePreferences: curves, CipherSuites: cipherSuites(),
		GetClientCertificate: s.clientCertificate, VerifyConnection: s.check,
		Time: func() time.Time { return time.Now().Add(time.Duration(s.shift.Load())) },
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if data {
		c.DynamicRecordSizingDisabled = true // bulk data: full records from the first one on
		if s.curve != 0 {
			// Any other first guess costs a round trip where the server does not know it.
			c.CurvePreferences = []tls.CurveID{s.curve}
		}
	}
	switch id := s.sessions.identifier(); {
	case s.want.NoSessionReuse:
	case data:
		c.ClientSessionCache = dataSide{&s.sessions}
		if id != nil {
			c.MaxVersion, c.Rand = tls.VersionTLS12, &identifierRand{id: id}
		}
	default:
		c.ClientSessionCache = controlSide{&s.sessions}
	}
	return c
}

// cipherSuites are those of crypto/tls and, behind them, those with RSA key exchange and AES: old
// servers know nothing else. Their use is recorded.
func cipherSuites() []uint16 {
	var out []uint16
	for _, c := range tls.CipherSuites() {
		out = append(out, c.ID)
	}
	return append(out, legacySuites...)
}

var legacySuites = []uint16{
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA,
}

// clientCertificate answers the server's demand with the first of our certificates that fits, and
// remembers that there was a demand: under TLS 1.3 its refusal comes after the handshake.
func (s *security) clientCertificate(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	s.asked.Store(true)
	for i := range s.want.Certificates {
		if info.SupportsCertificate(&s.want.Certificates[i]) == nil {
			return &s.want.Certificates[i], nil
		}
	}
	if len(s.want.Certificates) > 0 {
		return &s.want.Certificates[0], nil // the server says better than we do what is wrong with it
	}
	return &tls.Certificate{}, nil
}

// check sees every handshake that crypto/tls has nothing against.
func (s *security) check(state tls.ConnectionState) error {
	s.tolerateAge(state)
	return s.checkPin(state)
}

// tolerateAge turns the clock of crypto/tls back behind the end of an expired certificate where nothing
// is verified: it refuses to resume the session of such a certificate even then, and many servers
// insist on that for the data.
func (s *security) tolerateAge(state tls.ConnectionState) {
	if !s.want.Insecure || len(state.PeerCertificates) == 0 {
		return
	}
	if over := time.Since(state.PeerCertificates[0].NotAfter); over > 0 {
		s.shift.Store(-int64(over + time.Hour))
	}
}

// checkPin compares the server's key with the pinned ones.
func (s *security) checkPin(state tls.ConnectionState) error {
	if len(s.want.PinnedKeys) == 0 {
		return nil
	}
	if len(state.PeerCertificates) > 0 && slices.Contains(s.want.PinnedKeys, keyHash(state.PeerCertificates[0])) {
		return nil
	}
	return errPin
}

// handshake is one TLS handshake to do and to record.
type handshake struct {
	conn  net.Conn // with its deadline set
	id    string   // of the connection in the record
	phase probe.Phase
	step  string
	limit time.Duration
	data  bool
	rec   *probe.Recorder
	under *tap
	hush  func(error) bool // tells that a failure is only the consequence of another; may be nil
}

// secure does the handshake and records it, with what is known of the chain also when it failed.
func (s *security) secure(ctx context.Context, h handshake) (*tls.Conn, *tap, error) {
	h.under = &tap{Conn: h.conn}
	config := s.config(h.data)
	var secrets secretLog
	if !h.data {
		config.KeyLogWriter = &secrets
	}
	conn := tls.Client(h.under, config)
	began := time.Now()
	err := conn.HandshakeContext(context.WithoutCancel(ctx)) // the end of ctx reaches it by the deadline of h.conn, without a goroutine
	state := conn.ConnectionState()
	e := probe.Event{
		Step: h.step, Phase: h.phase, Conn: h.id, Direction: probe.Local, Kind: probe.KindHandshake,
		Attr: map[string]string{"elapsed_ms": strconv.FormatInt(time.Since(began).Milliseconds(), 10)},
	}
	if s.asked.Load() {
		e.Attr["client_certificate"] = "requested"
		e.Attr["certificate_sent"] = map[bool]string{true: "yes", false: "no"}[len(s.want.Certificates) > 0]
	}
	if h.data {
		e.Attr["resumption"] = s.resumption()
	}
	info := s.describe(state, err)
	h.rec.Connection(h.id, func(c *probe.Connection) { c.TLS = info })
	if err != nil && h.hush != nil && h.hush(err) {
		return nil, h.under, err
	}
	if err != nil {
		return nil, h.under, h.failed(ctx, e, err)
	}
	s.established(h.rec, e, state, info)
	if !h.data {
		s.curve, s.version = state.CurveID, state.Version
		s.keepSession(state, h.under.head, secrets.secret)
	}
	return conn, h.under, nil
}

// resumption says whether a data connection offers the TLS session of the control connection: without
// that, its refusal means something else.
func (s *security) resumption() string {
	if s.want.NoSessionReuse || !s.sessions.any() {
		return "none"
	}
	return "offered"
}

func (s *security) established(rec *probe.Recorder, e probe.Event, state tls.ConnectionState, info *probe.TLSInfo) {
	e.Text = info.Version + " " + info.Cipher
	e.Attr["version"], e.Attr["cipher"] = info.Version, info.Cipher
	e.Attr["resumed"] = strconv.FormatBool(state.DidResume)
	if state.CurveID != 0 {
		e.Attr["curve"] = state.CurveID.String()
	}
	if state.HelloRetryRequest {
		e.Attr["hello_retry"] = "yes"
	}
	if !info.Verified && !state.DidResume {
		e.Failure, e.Tolerated = &probe.Failure{Class: certificateClass(s.distrust), Text: info.Error}, true
	}
	rec.Add(e)
	if slices.Contains(legacySuites, state.CipherSuite) || state.Version < tls.VersionTLS12 {
		name := info.Cipher
		if state.Version < tls.VersionTLS12 {
			name = info.Version
		}
		rec.Add(oddity(probe.OddityLegacyAlgorithm, probe.Event{
			Step: e.Step, Phase: e.Phase, Conn: e.Conn, Text: "the server knows nothing better than " + name, Attr: map[string]string{"algorithm": name},
		}))
	}
}

// failed records a handshake that broke, its alert, and text that was no TLS.
func (h handshake) failed(ctx context.Context, e probe.Event, err error) error {
	f := failureOf(err)
	var header tls.RecordHeaderError
	if errors.As(err, &header) {
		text := h.under.plainText(header)
		h.rec.Add(probe.Event{
			Step: h.step, Phase: h.phase, Conn: h.id, Direction: probe.Received, Kind: probe.KindText, Code: replyIn(text),
			Text: text, Bytes: int64(len(text)), Failure: &probe.Failure{Class: probe.ClassNotTLS},
		})
	}
	recordAlerts(h.rec, err, h.under, e)
	if f.Class == probe.ClassTimeout || f.Class == probe.ClassCanceled {
		f = h.ranOut(ctx, &e)
	}
	e.Failure, e.Text = &f, f.Text
	h.rec.Add(e)
	return &handshakeError{f, err}
}

// ranOut says which time was over.
func (h handshake) ranOut(ctx context.Context, e *probe.Event) probe.Failure {
	if errors.Is(ctx.Err(), context.Canceled) {
		return probe.Failure{Class: probe.ClassCanceled, Text: "interrupted"}
	}
	e.Kind = probe.KindTimeout
	e.Attr["limit"] = "reply"
	text := "no answer to the TLS handshake within " + h.limit.String()
	if ctx.Err() != nil {
		e.Attr["limit"] = "total"
		text = "the time was over during the TLS handshake"
	}
	return probe.Failure{Class: probe.ClassTimeout, Text: text}
}

// handshakeError is a handshake that failed, as the record has it.
type handshakeError struct {
	failure probe.Failure
	cause   error
}

// Error returns the words of the record.
func (e *handshakeError) Error() string { return e.failure.Text }

// Unwrap returns the error of crypto/tls or of the socket.
func (e *handshakeError) Unwrap() error { return e.cause }

// describe returns what a handshake settled.
func (s *security) describe(state tls.ConnectionState, err error) *probe.TLSInfo {
	info := &probe.TLSInfo{Resumed: state.DidResume, ALPN: state.NegotiatedProtocol, Verified: err == nil && !s.want.Insecure}
	chain := state.PeerCertificates
	var invalid *tls.CertificateVerificationError
	if errors.As(err, &invalid) {
		chain = invalid.UnverifiedCertificates
	}
	if state.Version != 0 {
		info.Version = tls.VersionName(state.Version)
	}
	if state.CipherSuite != 0 {
		info.Cipher = tls.CipherSuiteName(state.CipherSuite)
	}
	if err != nil {
		info.Error = err.Error()
	}
	if !state.DidResume {
		info.Chain = describeChain(chain)
	}
	if err == nil && s.want.Insecure {
		if !state.DidResume {
			s.distrust = s.verify(chain)
		}
		info.Verified = s.distrust == nil
		if s.distrust != nil {
			info.Error = s.distrust.Error()
		}
	}
	return info
}

// errIssuer says that nobody looked who issued a certificate.
var errIssuer = errors.New("nobody has checked who issued the certificate")

// verify does what crypto/tls left out because the user said so: names and dates, and the issuer if the
// user has said whom to trust. The system's list of authorities is not read for somebody who does not
// want to know: that takes as much time as the rest of a probe, and four of its sixteen MiB.
func (s *security) verify(chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return nil
	}
	rest := x509.NewCertPool()
	for _, c := range chain[1:] {
		rest.AddCert(c)
	}
	roots, leaf := s.want.Roots, chain[0]
	switch {
	case roots != nil:
	case bytes.Equal(leaf.RawIssuer, leaf.RawSubject): // self-signed, whatever the system trusts
		roots = x509.NewCertPool()
	default:
		roots = x509.NewCertPool()
		roots.AddCert(leaf)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: rest, DNSName: s.name})
	if err == nil && s.want.Roots == nil {
		return errIssuer
	}
	return err
}
