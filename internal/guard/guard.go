// Package guard remembers refused logins across runs, so that a monitor that runs every five minutes
// does not lock an account: after one refused login the circuit for that account and secret is open
// and no further login is sent until the secret changes or a login succeeds by hand.
//
// The state is a JSON file. It holds no secret: only a slow salted hash by which a changed secret is
// recognised. The package sends nothing and judges nothing; internal/cli asks it before a run and
// tells it afterwards.
package guard

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"mftprobe/probe"
)

// hashRounds makes guessing a password from the state file slow (PBKDF2, RFC 8018). It costs some
// ten milliseconds, and only for an account with an open circuit.
const hashRounds = 100_000

// maxState bounds the state file that is read, in bytes: some ten thousand accounts.
const maxState = 4 << 20

// Circuit is what is known of an account whose login was refused.
type Circuit struct {
	RefusedAt probe.Timestamp `json:"refused_at"`
	Reply     string          `json:"reply"` // what the server said, secrets masked
	Salt      []byte          `json:"salt"`
	Hash      []byte          `json:"hash"`
}

// Guard is one state file. Several processes may use it at the same time.
type Guard struct{ path string }

// New returns the guard of the state file at path, which need not exist yet.
func New(path string) *Guard { return &Guard{path: path} }

// DefaultPath returns the state file's usual place: the state directory that systemd gives to the
// unit, else the user's XDG_STATE_HOME, else ~/.local/state.
func DefaultPath() (string, error) {
	if dir := os.Getenv("STATE_DIRECTORY"); dir != "" {
		first, _, _ := strings.Cut(dir, ":")
		return filepath.Join(first, "lockout.json"), nil
	}
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no place for the lock-out state: %w; give a file with --lockout-guard=FILE", err)
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "mftprobe", "lockout.json"), nil
}

// Blocked returns the open circuit of t's account, or nil: then a login may be sent. A circuit does
// not count once t carries another secret than the refused one.
func (g *Guard) Blocked(t probe.Target) (*Circuit, error) {
	state, err := g.read()
	if err != nil {
		return nil, err
	}
	c, ok := state[account(t)]
	if !ok {
		return nil, nil
	}
	hash, err := hashOf(t, c.Salt)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(hash, c.Hash) == 0 {
		return nil, nil
	}
	return &c, nil
}

// Refused opens the circuit of t's account.
func (g *Guard) Refused(t probe.Target, reply string, at time.Time) error {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return fmt.Errorf("making a salt: %w", err)
	}
	hash, err := hashOf(t, salt)
	if err != nil {
		return err
	}
	return g.change(func(s state) {
		s[account(t)] = Circuit{RefusedAt: probe.Timestamp(at), Reply: reply, Salt: salt, Hash: hash}
	})
}

// Succeeded closes the circuit of t's account, whoever opened it.
func (g *Guard) Succeeded(t probe.Target) error {
	current, err := g.read()
	if err != nil {
		return err
	}
	if _, open := current[account(t)]; !open {
		return nil
	}
	return g.change(func(s state) { delete(s, account(t)) })
}

type state map[string]Circuit

// account names what a server locks: a user at a host and port, whatever the protocol's flavour.
func account(t probe.Target) string { return t.User + "@" + t.HostPort() }

// Proof digests all that proves who t is to the server: two targets with the same proof are the same attempt.
func Proof(t probe.Target) [sha256.Size]byte {
	proof := sha256.New()
	fmt.Fprintf(proof, "%d:%s%d:%s", len(t.Password.Reveal()), t.Password.Reveal(), len(t.Account.Reveal()), t.Account.Reveal())
	for _, k := range t.SSH.Keys {
		fmt.Fprintf(proof, "%d:%s", len(k.PEM.Reveal()), k.PEM.Reveal())
	}
	return [sha256.Size]byte(proof.Sum(nil))
}

func hashOf(t probe.Target, salt []byte) ([]byte, error) {
	proof := Proof(t)
	hash, err := pbkdf2.Key(sha256.New, string(proof[:]), salt, hashRounds, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("hashing the secret: %w", err)
	}
	return hash, nil
}

func (g *Guard) read() (state, error) {
	b, err := lockedfile.Read(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the lock-out state: %w", err)
	}
	return g.parse(b)
}

func (g *Guard) parse(b []byte) (state, error) {
	if len(b) > maxState {
		return nil, fmt.Errorf("the lock-out state %s is larger than %d bytes: it is not a file of this program", g.path, maxState)
	}
	s := state{}
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("the lock-out state %s cannot be read: %w; move it away to start anew", g.path, err)
	}
	return s, nil
}

// change rewrites the state under a lock.
func (g *Guard) change(edit func(state)) error {
	if err := os.MkdirAll(filepath.Dir(g.path), 0o700); err != nil {
		return fmt.Errorf("making a place for the lock-out state: %w", err)
	}
	if f, err := os.OpenFile(g.path, os.O_CREATE|os.O_RDWR, 0o600); err == nil {
		f.Close()
	}
	err := lockedfile.Transform(g.path, func(b []byte) ([]byte, error) {
		s, err := g.parse(b)
		if err != nil {
			return nil, err
		}
		edit(s)
		return json.MarshalIndent(s, "", " ")
	})
	if err != nil {
		return fmt.Errorf("writing the lock-out state: %w", err)
	}
	return nil
}
