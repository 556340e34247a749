package ftp

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"mftprobe/internal/playback"
)

// serverHello writes a TLS 1.2 ServerHello as it begins a stream.
func serverHello(id, extensions []byte) []byte {
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(append(body, byte(len(id))), id...)
	body = append(body, 0xc0, 0x2f, 0)
	body = append(binary.BigEndian.AppendUint16(body, uint16(len(extensions))), extensions...)
	message := append24([]byte{messageHello}, body)
	record := binary.BigEndian.AppendUint16([]byte{recordHandshake, 3, 3}, uint16(len(message)))
	return append(record, message...)
}

func TestReadServerHello(t *testing.T) {
	id := bytes.Repeat([]byte{7}, 32)
	other := []byte{0xff, 1, 0, 1, 0}
	extended := []byte{0, extensionMasterID, 0, 0}
	for name, tt := range map[string]struct {
		in       []byte
		extended bool
		ok       bool
	}{
		"plain":               {serverHello(id, other), false, true},
		"extended":            {serverHello(id, append(bytes.Clone(other), extended...)), true, true},
		"no extensions":       {serverHello(id, nil), false, true},
		"no identifier":       {serverHello(nil, other), false, false},
		"cut":                 {serverHello(id, other)[:70], false, false},
		"cut in an extension": {serverHello(id, []byte{0, 1, 0, 9, 0}), false, false},
		"an alert":            {[]byte{recordAlert, 3, 3, 0, 2, 2, 40}, false, false},
		"nothing":             {nil, false, false},
	} {
		got, extended, ok := readServerHello(tt.in)
		if ok != tt.ok || extended != tt.extended || ok && !bytes.Equal(got, id) {
			t.Errorf("%s: %x %v %v", name, got, extended, ok)
		}
	}
}

// FuzzServerHello: no bytes of a server make it panic.
func FuzzServerHello(f *testing.F) {
	f.Add(serverHello(bytes.Repeat([]byte{7}, 32), []byte{0, extensionMasterID, 0, 0}))
	f.Fuzz(func(t *testing.T, in []byte) {
		if id, _, ok := readServerHello(in); ok && len(id) == 0 {
			t.Error("an empty identifier")
		}
	})
}

// handshake12 is a TLS 1.2 handshake over a pipe and what the client has of it.
func handshake12(t *testing.T) (state tls.ConnectionState, secret []byte) {
	t.Helper()
	cert, roots := playback.Certificate(t, x509.Certificate{})
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		server := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12})
		_ = server.Handshake()
		_, _ = io.Copy(io.Discard, server)
		_ = far.Close()
	}()
	var secrets secretLog
	client := tls.Client(near, &tls.Config{RootCAs: roots, ServerName: "localhost", KeyLogWriter: &secrets})
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	<-done
	return client.ConnectionState(), secrets.secret
}

// TestSessionIsReadBack: crypto/tls reads the session that we write as we wrote it. If it changes its
// encoding, this is where it shows.
func TestSessionIsReadBack(t *testing.T) {
	state, secret := handshake12(t)
	encoded := encodeSession(state, secret, true, now())
	parsed, err := tls.ParseSessionState(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := parsed.Bytes(); err != nil || !bytes.Equal(again, encoded) {
		t.Errorf("read back as %x, %v, written %x", again, err, encoded)
	}
	var s security
	s.keepSession(state, serverHello(bytes.Repeat([]byte{9}, 32), nil), secret)
	if got, ok := (dataSide{&s.sessions}).Get("x"); !ok || got == nil || len(s.sessions.identifier()) != 32 {
		t.Error("the session is not offered")
	}
	controlSide{&s.sessions}.Put("x", &tls.ClientSessionState{})
	if s.sessions.identifier() != nil {
		t.Error("the identifier is offered although there are tickets")
	}
}

// TestSessionIsNotKept: of TLS 1.3, and where something is missing, nothing is kept.
func TestSessionIsNotKept(t *testing.T) {
	state, secret := handshake12(t)
	newer := state
	newer.Version = tls.VersionTLS13
	hello := serverHello(bytes.Repeat([]byte{9}, 32), nil)
	for name, keep := range map[string]func(*security){
		"1.3":        func(s *security) { s.keepSession(newer, hello, secret) },
		"no hello":   func(s *security) { s.keepSession(state, nil, secret) },
		"no secret":  func(s *security) { s.keepSession(state, hello, nil) },
		"no session": func(s *security) { s.keepSession(tls.ConnectionState{Version: tls.VersionTLS12}, hello, secret) },
	} {
		var s security
		keep(&s)
		if s.sessions.identifier() != nil {
			t.Errorf("%s: a session was kept", name)
		}
	}
}

// TestIdentifierInClientHello: crypto/tls takes the identifier, and only that, from our source.
func TestIdentifierInClientHello(t *testing.T) {
	id := bytes.Repeat([]byte{5}, 32)
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		client := tls.Client(far, &tls.Config{ServerName: "x", MaxVersion: tls.VersionTLS12, Rand: &identifierRand{id: id}})
		_ = client.Handshake()
		_ = far.Close()
	}()
	_ = near.SetDeadline(time.Now().Add(5 * time.Second))
	var hello [helloSession + 1 + 32]byte
	if _, err := io.ReadFull(near, hello[:]); err != nil {
		t.Fatal(err)
	}
	if got := hello[helloSession+1:]; hello[helloSession] != 32 || !bytes.Equal(got, id) {
		t.Errorf("identifier %x", got)
	}
	if random := hello[helloSession-32 : helloSession]; bytes.Contains(random, id[:4]) {
		t.Errorf("random %x", random)
	}
}
