package sftp

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"mftprobe/probe"
)

// agentLimit bounds how long the agent may take to list its keys.
const agentLimit = 3 * time.Second

// agentConn is the connection to the user's agent, while the login needs it.
type agentConn struct {
	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

func (a *agentConn) set(conn net.Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		_ = conn.Close()
		return
	}
	a.conn = conn
}

// close ends the connection; a signature that the agent still owes then fails.
func (a *agentConn) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	if a.conn != nil {
		_ = a.conn.Close()
	}
}

// agentKeys lists the agent's keys without those that came from files.
func (q *authQueue) agentKeys(files []source) []source {
	if q.s.target.SSH.AgentForKeys {
		return nil
	}
	var out []source
	for _, s := range q.inAgent() {
		as, ok := s.(ssh.AlgorithmSigner)
		if ok && !contains(files, s.PublicKey()) && len(out) < maxKeyOffers {
			out = append(out, source{"agent " + ssh.FingerprintSHA256(bare(s.PublicKey())) + certificateMark(s), as})
		}
	}
	return out
}

// heldByAgent returns the agent's signers for a file that holds the public key only, as OpenSSH does
// with IdentityFile; missing is the answer if there are none.
func (q *authQueue) heldByAgent(k probe.PrivateKey, missing error) ([]ssh.Signer, error) {
	pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(k.PEM.Reveal()))
	if err != nil || q.s.target.SSH.AgentSocket == "" {
		return nil, missing
	}
	var out []ssh.Signer
	for _, s := range q.inAgent() {
		if bytes.Equal(bare(s.PublicKey()).Marshal(), pub.Marshal()) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s is a public key, and the agent does not hold the private one", k.Name)
	}
	return out, nil
}

// inAgent lists what the agent holds; it is asked once. An agent that does not answer is noted and
// does not end the login.
func (q *authQueue) inAgent() []ssh.Signer {
	socket := q.s.target.SSH.AgentSocket
	if socket == "" || q.asked {
		return q.held
	}
	found, err := q.askAgent(socket)
	if err != nil {
		text := fmt.Sprintf("the agent at %s cannot be used: %v", socket, err)
		q.s.add(probe.Event{
			Direction: probe.Local, Kind: probe.KindNote, Text: text, Tolerated: true, Failure: &probe.Failure{Class: probe.ClassLocal, Text: text},
		})
	}
	q.asked, q.held = true, found
	return found
}

func (q *authQueue) askAgent(socket string) ([]ssh.Signer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), agentLimit)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	q.agent.set(conn)
	_ = conn.SetDeadline(time.Now().Add(agentLimit))
	found, err := agent.NewClient(conn).Signers()
	_ = conn.SetDeadline(time.Time{})
	return found, err
}

func contains(keys []source, pub ssh.PublicKey) bool {
	for _, k := range keys {
		if bytes.Equal(k.signer.PublicKey().Marshal(), pub.Marshal()) {
			return true
		}
	}
	return false
}
