package sftp

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"mftprobe/probe"
)

// attempts shows the KindAuth events as method[/algorithm]=outcome.
func attempts(tr probe.Transcript) string {
	var out []string
	for _, e := range tr.Events {
		if e.Kind != probe.KindAuth || e.Attr["outcome"] == "failed" {
			continue
		}
		word := e.Attr["method"]
		if e.Attr["algorithm"] != "" {
			word += "/" + e.Attr["algorithm"]
		}
		out = append(out, word+"="+e.Attr["outcome"])
	}
	return strings.Join(out, " ")
}

// pair of a key file and its public key.
type testKey struct {
	file probe.PrivateKey
	pub  ssh.PublicKey
	raw  any
}

func newKey(t *testing.T, name string) testKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keyOf(t, name, key)
}

func newRSAKey(t *testing.T, name string) testKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return keyOf(t, name, key)
}

func keyOf(t *testing.T, name string, key any) testKey {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return testKey{probe.PrivateKey{Name: name, PEM: probe.NewSecret(string(pem.EncodeToMemory(block)))}, signer.PublicKey(), key}
}

// letIn accepts the keys.
func (s *testServer) letIn(keys ...testKey) {
	s.config.PublicKeyCallback = func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		s.note("key " + key.Type())
		for _, k := range keys {
			if bytes.Equal(k.pub.Marshal(), key.Marshal()) {
				return nil, nil
			}
		}
		return nil, errors.New("unknown key")
	}
}

func files(keys ...testKey) []probe.PrivateKey {
	var out []probe.PrivateKey
	for _, k := range keys {
		out = append(out, k.file)
	}
	return out
}

var errPrompt = errors.New("wrong answer")

// ask is a server's keyboard-interactive that puts questions and wants the password to the first.
func ask(rounds ...[]string) func(ssh.ConnMetadata, ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, client ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		for i, questions := range rounds {
			answers, err := client("", "", questions, make([]bool, len(questions)))
			if err != nil {
				return nil, err
			}
			if i == 0 && (len(answers) == 0 || answers[0] != testPassword) {
				return nil, errPrompt
			}
		}
		return nil, nil
	}
}

// TestAsksForPassword: which questions get the password.
func TestAsksForPassword(t *testing.T) {
	for _, tt := range []struct {
		question string
		echo     bool
		want     bool
	}{
		{"Password: ", false, true},
		{"(alice@host) Password for alice@host:", false, true},
		{"Kennwort:", false, true},
		{"Password:", true, true},
		{"Enter a secret word:", true, false},
		{"Verification code:", false, false},
		{"Enter PASSCODE:", false, false},
		{"OTP:", false, false},
		{"Enter new password:", false, false},
		{"MFA response: ", false, false},
		{"Challenge: 4711", false, false},
		{"Open https://login.example.com/device and enter ABCD1234. Press ENTER when ready.", false, false},
		{"Enter your password; a push follows:", false, true},
	} {
		if got := asksForPassword(tt.question, tt.echo); got != tt.want {
			t.Errorf("asksForPassword(%q, %v) = %v", tt.question, tt.echo, got)
		}
	}
}

func TestAuthentication(t *testing.T) {
	good, other := newKey(t, "good"), newKey(t, "other")
	weak := newRSAKey(t, "rsa")
	many := make([]testKey, maxKeyOffers+1)
	for i := range many {
		many[i] = newKey(t, "many")
	}
	wrong := probe.NewSecret("wrong-password-1")
	for name, tt := range map[string]struct {
		server  func(s *testServer)
		target  func(target *probe.Target)
		want    string
		refused bool
	}{
		"password": {want: "none=refused password=accepted"},
		"wrong password": {
			target: func(x *probe.Target) { x.Password = wrong },
			want:   "none=refused password=refused", refused: true,
		},
		"no password is sent twice": {
			server: func(s *testServer) { s.config.KeyboardInteractiveCallback = ask([]string{"Password:"}) },
			target: func(x *probe.Target) { x.Password = wrong },
			want:   "none=refused password=refused", refused: true,
		},
		"keyboard-interactive": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Password:"}, nil)
			},
			want: "none=refused keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=accepted",
		},
		"keyboard-interactive, wrong": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Password:"})
			},
			target: func(x *probe.Target) { x.Password = wrong },
			want:   "none=refused keyboard-interactive=prompted keyboard-interactive=refused", refused: true,
		},
		"asked again": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Password:"}, []string{"Password:"})
			},
			want: "none=refused keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=refused", refused: true,
		},
		"one-time code": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Password:"}, []string{"Verification code:"})
			},
			want: "none=refused keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=cannot-answer", refused: true,
		},
		"one-time code alone": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Verification code:"})
			},
			want: "none=refused keyboard-interactive=prompted keyboard-interactive=cannot-answer", refused: true,
		},
		"new password wanted at once": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Your password has expired. New password:"})
			},
			want: "none=refused keyboard-interactive=prompted keyboard-interactive=change-demanded", refused: true,
		},
		"new password wanted": {
			server: func(s *testServer) {
				s.config.PasswordCallback, s.config.KeyboardInteractiveCallback = nil, ask([]string{"Password:"}, []string{"New password:"})
			},
			want: "none=refused keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=change-demanded", refused: true,
		},
		"key": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) { x.SSH.Keys = files(good) },
			want:   "none=refused publickey/ssh-ed25519=accepted",
		},
		"second key": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) { x.SSH.Keys = files(other, good) },
			want:   "none=refused publickey/ssh-ed25519=key-refused publickey/ssh-ed25519=accepted",
		},
		"key refused, then the password": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) { x.SSH.Keys = files(other) },
			want:   "none=refused publickey/ssh-ed25519=key-refused password=accepted",
		},
		"only so many keys": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) { x.SSH.Keys, x.Password = files(many...), probe.Secret{} },
			want: "none=refused" + strings.Repeat(" publickey/ssh-ed25519=key-refused", maxKeyOffers) +
				" password=no-credential", refused: true,
		},
		"fewer keys before a password": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) { x.SSH.Keys = files(many...) },
			want:   "none=refused" + strings.Repeat(" publickey/ssh-ed25519=key-refused", maxKeyOffersBeforePassword) + " password=accepted",
		},
		"password first": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) {
				x.SSH.Keys, x.Password, x.SSH.AuthMethods = files(good), wrong, []string{methodPassword, methodKey}
			},
			want: "none=refused password=refused publickey/ssh-ed25519=accepted", refused: true,
		},
		"rsa": {
			server: func(s *testServer) { s.letIn(weak) },
			target: func(x *probe.Target) { x.SSH.Keys = files(weak) },
			want:   "none=refused publickey/rsa-sha2-512=accepted",
		},
		"rsa-sha2-256 only": {
			server: func(s *testServer) { s.letIn(weak); s.config.PublicKeyAuthAlgorithms = []string{ssh.KeyAlgoRSASHA256} },
			target: func(x *probe.Target) { x.SSH.Keys = files(weak) },
			want:   "none=refused publickey/rsa-sha2-512=key-refused publickey/rsa-sha2-256=accepted",
		},
		"ssh-rsa only": {
			server: func(s *testServer) { s.letIn(weak); s.config.PublicKeyAuthAlgorithms = []string{ssh.KeyAlgoRSA} },
			target: func(x *probe.Target) { x.SSH.Keys, x.Password = files(weak), probe.Secret{} },
			want:   "none=refused publickey/rsa-sha2-512=key-refused publickey/rsa-sha2-256=key-refused password=no-credential", refused: true,
		},
		"ssh-rsa only, legacy allowed": {
			server: func(s *testServer) { s.letIn(weak); s.config.PublicKeyAuthAlgorithms = []string{ssh.KeyAlgoRSA} },
			target: func(x *probe.Target) { x.SSH.Keys, x.SSH.Legacy = files(weak), true },
			want:   "none=refused publickey/rsa-sha2-512=key-refused publickey/rsa-sha2-256=key-refused publickey/ssh-rsa=accepted",
		},
		"key, then password": {
			server: func(s *testServer) {
				second := ssh.ServerAuthCallbacks{PasswordCallback: s.config.PasswordCallback}
				s.config.PasswordCallback = nil
				s.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
					return nil, &ssh.PartialSuccessError{Next: second}
				}
			},
			target: func(x *probe.Target) { x.SSH.Keys = files(good) },
			want:   "none=refused publickey/ssh-ed25519=partial password=accepted",
		},
		"method not offered": {
			server: func(s *testServer) { s.config.PasswordCallback = nil; s.letIn(good) },
			want:   "none=refused publickey=no-credential password=not-offered",
		},
		"key not offered": {
			target: func(x *probe.Target) { x.SSH.Keys, x.Password = files(good), probe.Secret{} },
			want:   "none=refused publickey=not-offered password=no-credential",
		},
		"unusable key is passed over": {
			server: func(s *testServer) { s.letIn(good) },
			target: func(x *probe.Target) {
				x.SSH.Keys = append([]probe.PrivateKey{{Name: "broken", PEM: probe.NewSecret("nonsense")}}, files(good)...)
			},
			want: "none=refused publickey=key-unusable publickey/ssh-ed25519=accepted",
		},
		"nobody asks": {
			server: func(s *testServer) { s.config.NoClientAuth = true },
			want:   "none=accepted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			if tt.server != nil {
				tt.server(s)
			}
			target := s.start().target()
			if tt.target != nil {
				tt.target(&target)
			}
			tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
			if got := attempts(tr); got != tt.want {
				t.Errorf("attempts\n got %s\nwant %s\nserver saw %s", got, tt.want, s.tried())
			}
			ok := strings.HasSuffix(tt.want, "=accepted")
			if got := tr.Steps[1].Status == probe.StatusPass; got != ok {
				t.Errorf("login: %s %s", tr.Steps[1].Status, tr.Steps[1].Detail)
			}
			if !ok {
				if _, e := failed(t, tr); e.Failure != nil && e.Failure.Class != probe.ClassAuth || e.Phase != probe.PhaseAuth {
					t.Errorf("event %s %v %q", e.Phase, e.Failure, e.Text)
				}
			}
			if n := strings.Count(s.tried(), "password wrong"); n > 1 {
				t.Errorf("a wrong password was sent %d times", n)
			}
		})
	}
}

func TestRefusedLoginIsTold(t *testing.T) {
	s := newServer(t).start()
	target := s.target()
	target.Password = probe.NewSecret("wrong-password-1")
	d := New(target, probe.NewRecorder(time.Now, nil))
	defer func() { _ = d.Close() }()
	if o := d.Do(t.Context(), probe.Step{Op: probe.OpConnect}); !o.OK {
		t.Fatal(o.Detail)
	}
	if o := d.Do(t.Context(), probe.Step{Op: probe.OpLogin}); o.OK || !o.Refused || !o.Over {
		t.Errorf("%+v", o)
	}
}

func TestCertificate(t *testing.T) {
	ca, key := newKey(t, "ca"), newKey(t, "user")
	signer, err := ssh.NewSignerFromKey(ca.raw)
	if err != nil {
		t.Fatal(err)
	}
	cert := &ssh.Certificate{Key: key.pub, CertType: ssh.UserCert, ValidPrincipals: []string{testUser}, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	s := newServer(t)
	checker := ssh.CertChecker{IsUserAuthority: func(k ssh.PublicKey) bool { return bytes.Equal(k.Marshal(), ca.pub.Marshal()) }}
	s.config.PublicKeyCallback = checker.Authenticate
	target := s.start().target()
	key.file.Certificate = ssh.MarshalAuthorizedKey(cert)
	target.SSH.Keys = []probe.PrivateKey{key.file}
	tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
	if got := attempts(tr); got != "none=refused publickey/ssh-ed25519=accepted" {
		t.Errorf("attempts %s", got)
	}
}

// TestOnlyTry: a server that allows one try answers the first password with the end of the session.
// What it answered is in the record.
func TestOnlyTry(t *testing.T) {
	s := newServer(t)
	s.config.MaxAuthTries = 1
	target := s.start().target()
	target.Password = probe.NewSecret("wrong")
	tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
	i := slices.IndexFunc(tr.Events, func(e probe.Event) bool { return e.Kind == probe.KindDisconnect && e.Direction == probe.Received })
	if i < 0 || tr.Events[i].Attr["after"] != methodPassword {
		t.Errorf("events %+v", tr.Events)
	}
}

// agentWith serves an agent that holds the keys, and returns its socket.
func agentWith(t *testing.T, keys ...testKey) string {
	t.Helper()
	ring := agent.NewKeyring()
	for _, k := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: k.raw}); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = agent.ServeAgent(ring, c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-served })
	return socket
}

// TestPublicKeyFile: a file that holds the public key stands for the agent's private one.
func TestPublicKeyFile(t *testing.T) {
	good, other, absent := newKey(t, "good"), newKey(t, "other"), newKey(t, "absent")
	public := func(k testKey) probe.PrivateKey {
		return probe.PrivateKey{Name: k.file.Name + ".pub", PEM: probe.NewSecret(string(ssh.MarshalAuthorizedKey(k.pub)))}
	}
	socket := agentWith(t, other, good)
	for _, tt := range []struct {
		name   string
		keys   []probe.PrivateKey
		socket string
		alone  bool
		want   string
	}{
		{"first of all", []probe.PrivateKey{public(good)}, socket, false, "none=refused publickey/ssh-ed25519=accepted"},
		{"alone", []probe.PrivateKey{public(good)}, socket, true, "none=refused publickey/ssh-ed25519=accepted"},
		{"behind a key file", []probe.PrivateKey{other.file, public(good)}, socket, true, "none=refused publickey/ssh-ed25519=key-refused publickey/ssh-ed25519=accepted"},
		{"not in the agent", []probe.PrivateKey{public(absent)}, socket, true, "none=refused publickey=key-unusable"},
		{"not in the agent, which has another", []probe.PrivateKey{public(absent)}, agentWith(t, good), false, "none=refused publickey=key-unusable publickey/ssh-ed25519=accepted"},
		{"without an agent", []probe.PrivateKey{public(good)}, "", false, "none=refused publickey=key-unusable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			s.letIn(good)
			target := s.start().target()
			target.Password = probe.Secret{}
			target.SSH.Keys, target.SSH.AgentSocket, target.SSH.AgentForKeys = tt.keys, tt.socket, tt.alone
			tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
			if got := attempts(tr); !strings.HasPrefix(got, tt.want) {
				t.Errorf("attempts %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAgent(t *testing.T) {
	good, other := newKey(t, "good"), newKey(t, "other")
	socket := agentWith(t, other, good)
	s := newServer(t)
	s.letIn(good)
	target := s.start().target()
	target.SSH.AgentSocket = socket
	target.SSH.Keys = files(other) // also in the agent: offered once
	tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
	if got := attempts(tr); got != "none=refused publickey/ssh-ed25519=key-refused publickey/ssh-ed25519=accepted" {
		t.Errorf("attempts %s", got)
	}
	t.Run("not there", func(t *testing.T) {
		target.SSH.AgentSocket = filepath.Join(t.TempDir(), "none")
		tr := run(t, target, probe.LoginOnlyScript(probe.SFTP).Steps...)
		if tr.Steps[1].Status != probe.StatusPass || !slices.ContainsFunc(tr.Events, func(e probe.Event) bool {
			return e.Kind == probe.KindNote && e.Failure != nil && e.Failure.Class == probe.ClassLocal
		}) {
			t.Errorf("login: %s; attempts %s", tr.Steps[1].Detail, attempts(tr))
		}
	})
}

func TestNoSecretInTheRecord(t *testing.T) {
	s := newServer(t)
	s.config.PasswordCallback = nil
	s.config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, client ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := client("", "", []string{"Password:"}, []bool{false})
		if err != nil {
			return nil, err
		}
		_, err = client("", "you said "+answers[0], nil, nil) // an echo
		return nil, err
	}
	tr := run(t, s.start().target(), probe.LoginOnlyScript(probe.SFTP).Steps...)
	for _, e := range tr.Events {
		if strings.Contains(e.Text, testPassword) {
			t.Errorf("event %d: %q", e.Seq, e.Text)
		}
	}
	if tr.Steps[1].Status != probe.StatusPass {
		t.Error(tr.Steps[1].Detail)
	}
}
