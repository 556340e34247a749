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

// agentKeys lists the agent's keys without those that came from files. An agent that does not
// answer is noted and does not end the login.
func (q *authQueue) agentKeys(files []source) []source {
	socket := q.s.target.SSH.AgentSocket
	if socket == "" {
		return nil
	}
	found, err := q.askAgent(socket)
	if err != nil {
		text := fmt.Sprintf("the agent at %s cannot be used: %v", socket, err)
		q.s.add(probe.Event{
			Direction: probe.Local, Kind: probe.KindNote, Text: text, Tolerated: true, Failure: &probe.Failure{Class: probe.ClassLocal, Text: text},
		})
		return nil
	}
	var out []source
	for _, s := range found {
		as, ok := s.(ssh.AlgorithmSigner)
		if ok && !contains(files, s.PublicKey()) && len(out) < maxKeyOffers {
			out = append(out, source{"agent " + ssh.FingerprintSHA256(bare(s.PublicKey())) + certificateMark(s), as})
		}
	}
	return out
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
