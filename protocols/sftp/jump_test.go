package sftp

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// newJump starts a server that forwards connections.
func newJump(t *testing.T) *testServer {
	s := newServer(t)
	s.onChan = func(nc ssh.NewChannel) bool {
		var to forwardPayload
		if nc.ChannelType() != "direct-tcpip" || ssh.Unmarshal(nc.ExtraData(), &to) != nil {
			return false
		}
		conn, err := net.Dial("tcp", net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))))
		if err != nil {
			_ = nc.Reject(ssh.ConnectionFailed, "Connection refused")
			return true
		}
		ch, requests, err := nc.Accept()
		if err != nil {
			_ = conn.Close()
			return true
		}
		s.wg.Go(func() { ssh.DiscardRequests(requests) })
		s.wg.Go(func() { _, _ = io.Copy(conn, ch); _ = conn.Close() })
		s.wg.Go(func() { _, _ = io.Copy(ch, conn); _ = ch.Close() })
		return true
	}
	return s.start()
}

func TestJump(t *testing.T) {
	first, second, s := newJump(t), newJump(t), newServer(t).start()
	target := s.target()
	target.SSH.Jumps = []probe.Target{first.target(), second.target()}
	tr := run(t, target)
	for _, st := range tr.Steps {
		if st.Status != probe.StatusPass {
			t.Errorf("%s: %s", st.Name, st.Detail)
		}
	}
	conns := map[string]bool{}
	for _, e := range tr.Events {
		conns[e.Conn] = true
		if strings.HasPrefix(e.Conn, "jump-") && (e.Phase != probe.PhaseProxy || e.Step != "connect") && e.Kind != probe.KindClose {
			t.Errorf("event of a jump host: %s %s %s", e.Step, e.Phase, e.Kind)
		}
	}
	if !conns["jump-1"] || !conns["jump-2"] || !conns["ssh"] || len(tr.Connections) != 3 {
		t.Errorf("connections %v, %d in the record", conns, len(tr.Connections))
	}
}

func TestJumpFails(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(hop, target *probe.Target)
		rung   string
		space  probe.Space
	}{
		"refused login":  {func(hop, _ *probe.Target) { hop.Password = probe.NewSecret("wrong-password-1") }, "auth", ""},
		"host key":       {func(hop, _ *probe.Target) { hop.SSH.HostKeyPins = []string{"SHA256:other"} }, "host-key", ""},
		"target refuses": {func(_, target *probe.Target) { target.Port = 1 }, "channel", probe.SpaceSSHChannel},
	} {
		t.Run(name, func(t *testing.T) {
			jump, s := newJump(t), newServer(t).start()
			hop, target := jump.target(), s.target()
			tt.change(&hop, &target)
			target.SSH.Jumps = []probe.Target{hop}
			tr := run(t, target)
			step, e := failed(t, tr)
			if step.Name != "connect" || e.Phase != probe.PhaseProxy || e.Attr["rung"] != tt.rung || e.Conn != "jump-1" {
				t.Errorf("step %s: %s %v on %s", step.Name, e.Phase, e.Attr, e.Conn)
			}
			if tt.space != "" && (e.Code == nil || e.Code.Space != tt.space) {
				t.Errorf("code %v", e.Code)
			}
		})
	}
}
