package sftp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

// known writes a known_hosts file.
func known(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func authorised(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func TestHostKey(t *testing.T) {
	for name, tt := range map[string]struct {
		lines  func(host string, key, other string) []string
		strict string
		ask    func(string) bool
		pins   func(fingerprint string) []string
		want   string
		class  probe.Class
		oddity probe.Oddity
		added  bool // to known_hosts
	}{
		"known": {
			lines: func(host, key, _ string) []string { return []string{host + " " + key} }, want: knownMatch,
		},
		"hashed": {
			lines: func(host, key, _ string) []string { return []string{knownhosts.HashHostname(host) + " " + key} }, want: knownMatch,
		},
		"pattern": {
			lines: func(_, key, _ string) []string { return []string{"127.* " + key} }, want: knownMatch,
		},
		"one bad line": {
			lines: func(host, key, _ string) []string { return []string{"this is not a line", host + " " + key} }, want: knownMatch,
			oddity: probe.OddityKnownHostsLine,
		},
		"unknown": {
			lines: func(string, string, string) []string { return nil }, want: knownUnknown, class: probe.ClassHostKey,
		},
		"of another host": {
			lines: func(_, key, _ string) []string { return []string{"elsewhere.test " + key} }, want: knownUnknown, class: probe.ClassHostKey,
		},
		"changed": {
			lines: func(host, _, other string) []string { return []string{host + " " + other} }, want: knownChanged, class: probe.ClassHostKey,
		},
		"changed, accept-new": {
			lines: func(host, _, other string) []string { return []string{host + " " + other} }, strict: strictAcceptNew,
			want: knownChanged, class: probe.ClassHostKey,
		},
		"revoked": {
			lines: func(host, key, _ string) []string { return []string{"@revoked * " + key, host + " " + key} }, strict: strictNo,
			want: knownRevoked, class: probe.ClassHostKey,
		},
		"unknown, accept-new": {
			lines: func(string, string, string) []string { return nil }, strict: strictAcceptNew,
			want: knownUnknown, oddity: probe.OddityHostKeyAccepted, added: true,
		},
		"unknown, no": {
			lines: func(string, string, string) []string { return nil }, strict: strictNo, want: knownUnknown, oddity: probe.OddityHostKeyAccepted,
		},
		"asked, yes": {
			lines: func(string, string, string) []string { return nil }, strict: strictAsk,
			ask: func(q string) bool { return strings.Contains(q, "SHA256:") }, want: knownUnknown, oddity: probe.OddityHostKeyAccepted, added: true,
		},
		"asked, no": {
			lines: func(string, string, string) []string { return nil }, strict: strictAsk, ask: func(string) bool { return false },
			want: knownUnknown, class: probe.ClassHostKey,
		},
		"nobody to ask": {
			lines: func(string, string, string) []string { return nil }, strict: strictAsk, want: knownUnknown, class: probe.ClassHostKey,
		},
		"pinned": {
			pins: func(f string) []string { return []string{"SHA256:other", f} }, want: knownPinned,
		},
		"other pin": {
			pins: func(string) []string { return []string{"SHA256:other"} }, want: knownChanged, class: probe.ClassHostKey,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t).start()
			target := s.target()
			host := knownhosts.Normalize(target.HostPort())
			target.SSH.HostKeyPins, target.SSH.StrictHostKey, target.SSH.Ask = nil, tt.strict, tt.ask
			if tt.pins != nil {
				target.SSH.HostKeyPins = tt.pins(ssh.FingerprintSHA256(s.signer.PublicKey()))
			} else {
				target.SSH.KnownHosts = []string{known(t, tt.lines(host, authorised(s.signer.PublicKey()), authorised(newSigner(t).PublicKey()))...)}
			}
			tr := run(t, target, probe.ConnectOnlyScript(probe.SFTP).Steps...)
			e := hostKeyEvent(t, tr)
			if e.Attr["known"] != tt.want || e.Attr["type"] != ssh.KeyAlgoED25519 || !strings.HasPrefix(e.Attr["sha256"], "SHA256:") {
				t.Errorf("event %v", e.Attr)
			}
			if refused := tr.Steps[0].Status == probe.StatusFail; refused != (tt.class != "") || refused && e.Failure.Class != tt.class {
				t.Errorf("connect: %s %s", tr.Steps[0].Status, tr.Steps[0].Detail)
			}
			if got := oddities(tr); got != string(tt.oddity) {
				t.Errorf("oddities %q, want %q", got, tt.oddity)
			}
			if tt.added {
				again := target
				again.SSH.StrictHostKey = strictYes
				if tr := run(t, again, probe.ConnectOnlyScript(probe.SFTP).Steps...); hostKeyEvent(t, tr).Attr["known"] != knownMatch {
					t.Error("the accepted key is not known afterwards")
				}
			}
		})
	}
}

func hostKeyEvent(t *testing.T, tr probe.Transcript) probe.Event {
	t.Helper()
	for _, e := range tr.Events {
		if e.Kind == probe.KindHostKey {
			return e
		}
	}
	t.Log(drivertest.Show(tr))
	t.Fatal("no host key in the record")
	return probe.Event{}
}

func oddities(tr probe.Transcript) string {
	var out []string
	for _, e := range tr.Events {
		if e.Kind == probe.KindOddity {
			out = append(out, e.Attr["oddity"])
		}
	}
	return strings.Join(out, " ")
}

// TestRecordedTypeIsAskedFor: a server with two keys shows the one that is recorded.
func TestRecordedTypeIsAskedFor(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, signer := range map[string]int{ssh.KeyAlgoED25519: 0, ssh.KeyAlgoECDSA256: 1} {
		s := newServer(t)
		s.config.AddHostKey(second)
		target := s.start().target()
		keys := []ssh.Signer{s.signer, second}
		target.SSH.HostKeyPins = nil
		target.SSH.KnownHosts = []string{known(t, knownhosts.Line([]string{target.HostPort()}, keys[signer].PublicKey()))}
		tr := run(t, target, probe.ConnectOnlyScript(probe.SFTP).Steps...)
		if e := hostKeyEvent(t, tr); e.Attr["known"] != knownMatch || e.Attr["type"] != name {
			t.Errorf("recorded %s: %v", name, e.Attr)
		}
	}
}

// TestOtherType: the recorded type is gone, which is not a changed key.
func TestOtherType(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := ssh.NewPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for strict, oddity := range map[string]probe.Oddity{strictYes: "", strictAcceptNew: probe.OddityHostKeyType} {
		target := newServer(t).start().target()
		target.SSH.HostKeyPins, target.SSH.StrictHostKey = nil, strict
		target.SSH.KnownHosts = []string{known(t, knownhosts.Line([]string{target.HostPort()}, recorded))}
		tr := run(t, target, probe.ConnectOnlyScript(probe.SFTP).Steps...)
		e := hostKeyEvent(t, tr)
		if e.Attr["known"] != knownOtherType || !strings.Contains(e.Attr["why"], ssh.KeyAlgoECDSA256) || oddities(tr) != string(oddity) {
			t.Errorf("%s: %v, oddities %q", strict, e.Attr, oddities(tr))
		}
	}
}

// TestChangedKeyGetsNoPassword: even where the user lets a changed key pass, no password is sent.
func TestChangedKeyGetsNoPassword(t *testing.T) {
	s := newServer(t)
	target := s.start().target()
	target.SSH.HostKeyPins, target.SSH.StrictHostKey = []string{"SHA256:other"}, strictNo
	tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
	if s.tried() != "" || attempts(tr) != "none=refused password=withheld" {
		t.Errorf("server saw %q; attempts %s", s.tried(), attempts(tr))
	}
}

func TestCertificateAuthority(t *testing.T) {
	ca := newSigner(t)
	s := newServer(t)
	cert := &ssh.Certificate{Key: s.signer.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"127.0.0.1"}, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	certified, err := ssh.NewCertSigner(cert, s.signer)
	if err != nil {
		t.Fatal(err)
	}
	s.config.AddHostKey(certified)
	target := s.start().target()
	target.SSH.HostKeyPins = nil
	target.SSH.KnownHosts = []string{known(t, "@cert-authority 127.* "+authorised(ca.PublicKey()))}
	tr := run(t, target, probe.ConnectOnlyScript(probe.SFTP).Steps...)
	if e := hostKeyEvent(t, tr); e.Attr["known"] != knownMatch || e.Attr["type"] != ssh.CertAlgoED25519v01 {
		t.Errorf("%v", e.Attr)
	}
}

func TestHostKeyAlias(t *testing.T) {
	s := newServer(t).start()
	target := s.target()
	target.SSH.HostKeyPins, target.SSH.HostKeyAlias = nil, "partner.test"
	target.SSH.KnownHosts = []string{known(t, "partner.test "+authorised(s.signer.PublicKey()))}
	tr := run(t, target, probe.ConnectOnlyScript(probe.SFTP).Steps...)
	if e := hostKeyEvent(t, tr); e.Attr["known"] != knownMatch {
		t.Errorf("%v", e.Attr)
	}
}

// TestConnectOnlyIsPolite: nothing is asked about a user, and the server gets a good-bye.
func TestConnectOnlyIsPolite(t *testing.T) {
	s := newServer(t)
	end := make(chan error, 1)
	s.config.AuthLogCallback = func(c ssh.ConnMetadata, method string, _ error) { s.note("auth " + method) }
	s.config.AddHostKey(s.signer)
	s.listen(func(c net.Conn) {
		_, _, _, err := ssh.NewServerConn(c, &s.config)
		end <- err
	})
	tr := run(t, s.target(), probe.ConnectOnlyScript(probe.SFTP).Steps...)
	for _, st := range tr.Steps {
		if st.Status != probe.StatusPass {
			t.Errorf("%s: %s", st.Name, st.Detail)
		}
	}
	if err := <-end; err == nil || !strings.Contains(err.Error(), "disconnect, reason 11") || s.tried() != "" {
		t.Errorf("server: %v, saw %q", err, s.tried())
	}
}

func TestBadLines(t *testing.T) {
	key := authorised(newSigner(t).PublicKey())
	typ, blob, _ := strings.Cut(key, " ")
	for line, why := range map[string]string{
		"":                                   "",
		"# comment":                          "",
		"host " + key:                        "",
		"host,!bad,[a.test]:22 " + key:       "",
		"@revoked host " + key:               "",
		"|1|c2FsdA==|aGFzaA== " + key:        "",
		"host":                               "not all there",
		"host ssh-rsa":                       "not all there",
		"host " + typ + " !!!":               "not base64",
		"host " + typ + " aGVsbG8=":          "cannot be read",
		"host ssh-rsa " + blob:               "of type",
		"@unknown host " + key:               "marker",
		"! " + key:                           "negation",
		"[host " + key:                       "port",
		"|1|c2FsdA== " + key:                 "form",
		"|1|c2FsdA==|?? " + key:              "base64",
		"host " + strings.Repeat("x", 65536): "too long",
	} {
		words, blob, got := splitLine([]byte(line))
		if words != nil && got == "" {
			got = keyProblem(words, blob)
		}
		if (got == "") != (why == "") || !strings.Contains(got, why) {
			t.Errorf("%.60q: %q, want %q", line, got, why)
		}
	}
}

// TestManyKnownHosts: of a long file only what can bear on the host is read in full, and that is found
// under its line.
func TestManyKnownHosts(t *testing.T) {
	own, other := newSigner(t).PublicKey(), newSigner(t).PublicKey()
	entry := func(hosts string, key ssh.PublicKey) string {
		return hosts + " " + string(ssh.MarshalAuthorizedKey(key))
	}
	filler := strings.Repeat(entry("elsewhere.example", other), manyLines)
	remote := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 22}
	for name, tt := range map[string]struct{ address, line string }{
		"name":       {"Host.example:22", entry("a.example,host.example", own)},
		"port":       {"host.example:2222", entry("[host.example]:2222", own)},
		"ipv6":       {"[2001:db8::1]:22", entry("2001:db8::1", own)},
		"wildcard":   {"host.example:22", entry("*.example", own)},
		"hashed":     {"host.example:22", entry(knownhosts.HashHostname("host.example"), own)},
		"hash, port": {"host.example:2222", entry(knownhosts.HashHostname("[host.example]:2222"), own)},
	} {
		path := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(path, []byte(filler+tt.line+"elsewhere.example ssh-rsa AAAA\nelsewhere.example ssh-rsa ?\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		db, origin, bad, err := loadKnownHosts([]string{path}, tt.address)
		if err != nil || len(bad) != 1 || bad[0].line != manyLines+3 {
			t.Fatalf("%s: bad %v, %v", name, bad, err)
		}
		if err := db.HostKeyCallback()(strings.ToLower(tt.address), remote, own); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var differs *knownhosts.KeyError
		err = db.HostKeyCallback()(strings.ToLower(tt.address), remote, other)
		if !errors.As(err, &differs) || len(differs.Want) != 1 || differs.Want[0].Line != manyLines+1 || origin[differs.Want[0].Filename] != path {
			t.Errorf("%s: another key: %v", name, err)
		}
	}
}

// FuzzKnownHosts: what the filter lets through the library can load.
func FuzzKnownHosts(f *testing.F) {
	f.Add("host ssh-ed25519 AAAA\n# x\n@revoked * ssh-rsa AAAA")
	f.Add("|1|a|b ssh-rsa AAAA")
	f.Add("[::1]:22,!x ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBc9QCwLjcEzOqJXz7EL2dNWg2ZVXo9CTkQGbA2xHKfm")
	f.Fuzz(func(t *testing.T, content string) {
		path := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := loadKnownHosts([]string{path}, "host:22"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMissingKnownHosts(t *testing.T) {
	db, _, bad, err := loadKnownHosts([]string{filepath.Join(t.TempDir(), "none")}, "host:22")
	if db != nil || bad != nil || err != nil {
		t.Error(db, bad, err)
	}
	if _, _, _, err := loadKnownHosts([]string{t.TempDir()}, "host:22"); err == nil {
		t.Error("a directory was read")
	}
}
