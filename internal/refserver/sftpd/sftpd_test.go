package sftpd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/memfs"
	"mftprobe/internal/refserver/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	user     = "probe"
	password = "correct horse"
)

// endpoint is a server on loopback with its log.
type endpoint struct {
	*Server
	addr string
	mu   sync.Mutex
	log  []string
}

func start(t *testing.T, effects ...string) *endpoint {
	t.Helper()
	plan, err := fault.Parse(effects...)
	if err != nil {
		t.Fatal(err)
	}
	tree := memfs.New(64<<20, time.Now)
	if err := tree.Mkdir("/inbox"); err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Accounts: []session.Account{{User: user, Password: password}}, FS: tree, Faults: plan})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &endpoint{Server: s, addr: l.Addr().String()}
	e.serve(t, l)
	return e
}

// serve accepts until the test ends, then waits for every session.
func (e *endpoint) serve(t *testing.T, l net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			log := session.NewLog(session.Event{Protocol: "sftp"}, time.Now, e.note)
			wg.Go(func() { e.Serve(ctx, conn.(*net.TCPConn), log) })
		}
	})
	t.Cleanup(func() { cancel(); l.Close(); wg.Wait() })
}

func (e *endpoint) note(v session.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log = append(e.log, string(v.Kind)+" "+v.Text)
}

func (e *endpoint) logged() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.log, "\n")
}

func dial(t *testing.T, e *endpoint, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	if auth == nil {
		auth = []ssh.AuthMethod{ssh.Password(password)}
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", e.addr)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	cfg := &ssh.ClientConfig{User: user, Auth: auth, HostKeyCallback: e.checkKey}
	c, chans, reqs, err := ssh.NewClientConn(conn, e.addr, cfg)
	if err != nil {
		return nil, err
	}
	client := ssh.NewClient(c, chans, reqs)
	t.Cleanup(func() { _ = client.Close(); _ = client.Wait() })
	return client, nil
}

// checkKey accepts a published key only.
func (e *endpoint) checkKey(_ string, _ net.Addr, key ssh.PublicKey) error {
	for _, k := range e.published {
		if bytes.Equal(k.PublicKey().Marshal(), key.Marshal()) {
			return nil
		}
	}
	return errors.New("not a published key")
}

func open(t *testing.T, e *endpoint) *sftp.Client {
	t.Helper()
	c, err := dial(t, e)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sftp.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestFilesOverSFTP(t *testing.T) {
	e := start(t)
	c := open(t, e)
	if dir, err := c.Getwd(); err != nil || dir != "/" {
		t.Errorf("Getwd = %q, %v", dir, err)
	}
	want := make([]byte, 300_000)
	rand.Read(want)
	put(t, c, "/inbox/a.bin", want)
	if got := get(t, c, "/inbox/a.bin"); !bytes.Equal(got, want) {
		t.Error("what was read is not what was written")
	}
	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"rename", func() error { return c.Rename("/inbox/a.bin", "/inbox/b.bin") }, nil},
		{"mkdir", func() error { return c.Mkdir("/new") }, nil},
		{"mkdir again", func() error { return c.Mkdir("/new") }, sftp.ErrSSHFxFailure},
		{"rmdir", func() error { return c.RemoveDirectory("/new") }, nil},
		{"chmod", func() error { return c.Chmod("/inbox/b.bin", 0o600) }, nil},
		{"truncate", func() error { return c.Truncate("/inbox/b.bin", 10) }, nil},
		{"missing", func() error { _, err := c.Open("/none"); return err }, os.ErrNotExist},
		{"symlink", func() error { return c.Symlink("/inbox/b.bin", "/l") }, sftp.ErrSSHFxOpUnsupported},
		{"rename to itself below", func() error { return c.Rename("/inbox", "/inbox/x") }, sftp.ErrSSHFxFailure},
	}
	for _, s := range steps {
		if err := s.do(); !sameStatus(err, s.want) {
			t.Errorf("%s: %v, want %v", s.name, err, s.want)
		}
	}
	list, err := c.ReadDir("/inbox")
	if err != nil || len(list) != 1 || list[0].Name() != "b.bin" || list[0].Size() != 10 || list[0].Mode().Perm() != 0o600 {
		t.Errorf("listing: %v, %v", list, err)
	}
	if v, err := c.StatVFS("/inbox"); err != nil || v.TotalSpace() != 64<<20 || v.FreeSpace() != 64<<20-4096 {
		t.Errorf("statvfs: %+v, %v", v, err)
	}
	if err := c.Remove("/inbox/b.bin"); err != nil {
		t.Error(err)
	}
	if log := e.logged(); strings.Contains(log, password) || !strings.Contains(log, "OPEN /inbox/a.bin") {
		t.Errorf("log:\n%s", log)
	}
}

func sameStatus(err, want error) bool {
	var s *sftp.StatusError
	if errors.As(err, &s) {
		return errors.Is(s.FxCode(), want)
	}
	return errors.Is(err, want)
}

func put(t *testing.T, c *sftp.Client, name string, content []byte) {
	t.Helper()
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadFromWithConcurrency(bytes.NewReader(content), 8); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, c *sftp.Client, name string) []byte {
	t.Helper()
	f, err := c.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAuthentication(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := ssh.Password(password), ssh.Password("wrong")
	ask := ssh.KeyboardInteractive(func(_, _ string, q []string, _ []bool) ([]string, error) {
		return slices.Repeat([]string{password}, len(q)), nil
	})
	tests := []struct {
		name, effect string
		auth         []ssh.AuthMethod
		ok           bool
	}{
		{"password", "", []ssh.AuthMethod{right}, true},
		{"wrong password", "", []ssh.AuthMethod{wrong}, false},
		{"key", "", []ssh.AuthMethod{ssh.PublicKeys(key)}, true},
		{"interactive", "", []ssh.AuthMethod{ask}, true},
		{"key only", "auth=publickey", []ssh.AuthMethod{right}, false},
		{"two factors, one given", "auth=publickey+password", []ssh.AuthMethod{right}, false},
		{"two factors", "auth=publickey+password", []ssh.AuthMethod{ssh.PublicKeys(key), right}, true},
		{"denied", "deny:auth", []ssh.AuthMethod{right}, false},
		{"denied once", "deny:auth#1", []ssh.AuthMethod{ssh.PublicKeys(key), right}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := start(t, effects(tt.effect)...)
			e.Accounts[0].AuthorizedKeys = "# ours\n" + string(ssh.MarshalAuthorizedKey(key.PublicKey()))
			if _, err := dial(t, e, tt.auth...); (err == nil) != tt.ok {
				t.Errorf("login: %v", err)
			}
		})
	}
}

func effects(e string) []string {
	if e == "" {
		return nil
	}
	return []string{e}
}

// TestPacketLimit sends a request at the limit and one over it.
func TestPacketLimit(t *testing.T) {
	for over, want := range []string{"status", "EOF"} {
		c, err := dial(t, start(t))
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		in, _ := s.StdinPipe()
		out, _ := s.StdoutPipe()
		if err := s.RequestSubsystem("sftp"); err != nil {
			t.Fatal(err)
		}
		body := make([]byte, MaxPacket+over)
		copy(body, frame(appendString([]byte{0, 0, 0, 0, typeExt, 0, 0, 0, 9}, "none@example.org")[4:]))
		_, _ = in.Write(frame(append(make([]byte, 4), body...)).sized())
		got := "EOF"
		if f, err := readFrame(out, nil); err == nil && f.kind() == typeStatus && f.number(9) == 8 {
			got = "status"
		}
		if got != want {
			t.Errorf("%d bytes over: %s, want %s", over, got, want)
		}
	}
}

func TestChannelLimit(t *testing.T) {
	c, err := dial(t, start(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range MaxChannels + 1 {
		if _, err := c.NewSession(); (err == nil) != (i < MaxChannels) {
			t.Errorf("channel %d: %v", i+1, err)
		}
	}
}

func TestPendingLimit(t *testing.T) {
	l := newLink(nil, nil, "/")
	for i := range MaxPending + 1 {
		f := frame(binary.BigEndian.AppendUint32([]byte{0, 0, 0, 5, 17}, uint32(i)))
		if err := l.remember(f, nil); (err == nil) != (i < MaxPending) {
			t.Errorf("request %d: %v", i+1, err)
		}
	}
}

// TestPermissionsOfNewFiles: a client may say them with OPEN and MKDIR, as sftp and paramiko do. What is there keeps its own.
func TestPermissionsOfNewFiles(t *testing.T) {
	e := start(t)
	l := newLink(&client{Server: e.Server}, nil, "/inbox")
	attrs := func(flags, mode uint32) []byte {
		b := binary.BigEndian.AppendUint32(nil, flags)
		if flags&attrSize != 0 {
			b = append(b, make([]byte, 8)...)
		}
		return binary.BigEndian.AppendUint32(b, mode)
	}
	opening := func(name string, pflags uint32, rest []byte) frame {
		b := appendString([]byte{0, 0, 0, 0, typeOpen, 0, 0, 0, 1}, name)
		return frame(append(binary.BigEndian.AppendUint32(b, pflags), rest...)).sized()
	}
	making := func(name string, rest []byte) frame {
		return frame(append(appendString([]byte{0, 0, 0, 0, typeMkdir, 0, 0, 0, 1}, name), rest...)).sized()
	}
	tests := []struct {
		name string
		f    frame
		want string
		mode os.FileMode
	}{
		{"file", opening("f", flagWrite|flagCreat, attrs(attrPermissions, 0o100666)), "/inbox/f", 0o644},
		{"behind a size", opening("/f", flagWrite|flagCreat, attrs(attrPermissions|attrSize, 0o600)), "/f", 0o600},
		{"directory", making("d", attrs(attrPermissions, 0o700)), "/inbox/d", 0o700},
		{"not created", opening("f", flagWrite, attrs(attrPermissions, 0o600)), "", 0},
		{"no permissions", opening("f", flagWrite|flagCreat, attrs(0, 0)), "", 0},
		{"cut short", opening("f", flagWrite|flagCreat, attrs(attrPermissions, 0)[:6]), "", 0},
		{"already there", making("/inbox", attrs(attrPermissions, 0o700)), "", 0},
	}
	for _, tt := range tests {
		if err := l.remember(tt.f, nil); err != nil {
			t.Fatal(err)
		}
		if r := l.pending[1]; r.created != tt.want || r.mode != tt.mode {
			t.Errorf("%s: %q with %o, want %q with %o", tt.name, r.created, r.mode, tt.want, tt.mode)
		}
	}
}

// TestHandleLimit: who opens and does not close comes to an end, and one handle closed is room for another. Refused
// requests take no room.
func TestHandleLimit(t *testing.T) {
	c := open(t, start(t))
	for range MaxHandles {
		_, _ = c.Open("/none")
	}
	var last *sftp.File
	for i := range MaxHandles {
		f, err := c.Create("/inbox/f")
		if err != nil {
			t.Fatalf("handle %d: %v", i+1, err)
		}
		last = f
	}
	if _, err := c.Create("/inbox/f"); err == nil || !strings.Contains(err.Error(), "Too many open handles") {
		t.Errorf("over the limit: %v", err)
	}
	if err := last.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Create("/inbox/f"); err != nil {
		t.Errorf("after one was closed: %v", err)
	}
}

func TestReadOnlyAccount(t *testing.T) {
	e := start(t)
	e.Accounts[0].ReadOnly = true
	c := open(t, e)
	for _, err := range []error{c.Mkdir("/x"), c.Remove("/inbox"), c.Rename("/inbox", "/y"), c.PosixRename("/inbox", "/y")} {
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("got %v, want permission denied", err)
		}
	}
}

func TestOnlySFTP(t *testing.T) {
	c, err := dial(t, start(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.CombinedOutput("id")
	var exit *ssh.ExitError
	if !errors.As(err, &exit) || exit.ExitStatus() != 1 || !strings.Contains(string(out), "sftp connections only") {
		t.Errorf("exec: %q, %v", out, err)
	}
	if _, _, err := c.OpenChannel("direct-tcpip", nil); err == nil {
		t.Error("forwarding was accepted")
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte(status(1, 4, "text")))
	f.Add([]byte{0, 0, 0, 5, typeWrite, 0, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 9, typeExt, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readFrame(bytes.NewReader(b), nil)
		if err != nil {
			return
		}
		if d := p.describe(); len(d) > len(p)+64 {
			t.Errorf("description of %d bytes for a packet of %d", len(d), len(p))
		}
		p.condition()
		if _, at := p.position(); at > len(p) {
			t.Errorf("data at %d of %d", at, len(p))
		}
	})
}
