package sftpd

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// TestBeforeLogin looks at faults with a client that cannot log in because of them.
func TestBeforeLogin(t *testing.T) {
	tests := []struct{ effect, want string }{
		{"kex=diffie-hellman-group1-sha1", "no common algorithm for key exchange"},
		{"kex=sntrup761x25519-sha512", "no common algorithm for key exchange"},
		{"hostkeys=x509v3-sign-rsa", "no common algorithm for host key"},
		{"ciphers=3des-cbc", "no common algorithm for client to server cipher"},
		{"host-key=changed", "not a published key"},
		{"max-tries=1", "too many authentication failures"},
		{"auth=keyboard-interactive", "attempted methods [none]"},
		{"close:greeting", "EOF"},
		{"reset:greeting", "reset"},
		{"close:kex", "EOF"},
		{"close:auth", "EOF"},
		{`bye:greeting=Not allowed at this time\r\n`, "EOF"},
		{"disconnect:greeting=11:full", `reason 11: "full"`},
		{`raw:greeting=220 ready\r\n`, "overflow reading version string"},
		{"silent:greeting", "timeout"},
		{"silent:kex", "timeout"},
		{"silent:auth", "timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.effect, func(t *testing.T) {
			t.Parallel()
			e := start(t, tt.effect)
			auth := []ssh.AuthMethod{ssh.Password(password)}
			if tt.effect == "max-tries=1" {
				auth[0] = ssh.Password("wrong")
			}
			err := tryLogin(t, e, auth)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// patience is for servers that stay silent, and long enough for what the others say.
const patience = 2 * time.Second

// tryLogin returns why a login did not succeed. A reset may already reach the dialling.
func tryLogin(t *testing.T, e *endpoint, auth []ssh.AuthMethod) error {
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", e.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	_, _, _, err = ssh.NewClientConn(conn, e.addr, &ssh.ClientConfig{User: user, Auth: auth, HostKeyCallback: e.checkKey})
	return err
}

// TestAfterLogin looks at faults between the login and the first file.
func TestAfterLogin(t *testing.T) {
	tests := []struct{ effect, want string }{
		{"refuse:channel=2:open failed", "open failed"},
		{"max-channels=0", "open failed"},
		{"close:channel", "<nil>"},
		{"refuse:subsystem=0:", "subsystem request failed"},
		{"exit:subsystem=127", "EOF"},
		{`before:subsystem=Welcome to example corp\n`, "packet too long"},
		{`raw:INIT=hello`, "packet too long"},
		{"truncate:INIT=7", "EOF"},
		{"close:INIT", "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.effect, func(t *testing.T) {
			t.Parallel()
			c, err := dial(t, start(t, tt.effect))
			if err != nil {
				t.Fatal(err)
			}
			s, err := sftp.NewClient(c)
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestRequestFaults(t *testing.T) {
	stat := func(c *sftp.Client) error { _, err := c.Stat("/inbox"); return err }
	write := func(c *sftp.Client) error {
		f, err := c.OpenFile("/inbox/f", os.O_WRONLY|os.O_CREATE)
		if err != nil {
			return err
		}
		if _, err := f.Write(make([]byte, 1000)); err != nil {
			return err
		}
		return f.Close()
	}
	list := func(c *sftp.Client) error {
		l, err := c.ReadDir("/")
		if err == nil {
			err = fmt.Errorf("%d entries", len(l))
		}
		return err
	}
	tests := []struct {
		effect string
		do     func(*sftp.Client) error
		want   string
	}{
		{"status:STAT=4:I/O error", stat, "I/O error"},
		{"status:OPEN@write=3:Permission denied", write, "permission"},
		{"status:WRITE=4:No space left on device", write, "No space left"},
		{"status:CLOSE=4:quota", write, "quota"},
		{"status:WRITE=15:over", write, "over"},
		{"close:WRITE", write, "connection lost"},
		{"cut:WRITE=10", write, "connection lost"},
		{"wrong-id:STAT", stat, "connection lost"},
		{"short:READDIR=0", list, "0 entries"},
		{"delay:STAT=1ms", stat, "<nil>"},
	}
	for _, tt := range tests {
		t.Run(tt.effect, func(t *testing.T) {
			t.Parallel()
			if err := tt.do(open(t, start(t, tt.effect))); !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestContentFaults(t *testing.T) {
	sent := bytes.Repeat([]byte{'a'}, 100_000)
	flipped := slices.Clone(sent)
	flipped[70_000] ^= 0xff
	tests := []struct {
		effect string
		want   []byte
	}{
		{"corrupt:READ=70000", flipped},
		{"corrupt:WRITE=70000", flipped},
		{"corrupt:WRITE=100000", sent},
		{"short:READ=70000", sent[:70_000]},
		{"short:WRITE=70000", sent[:70_000]},
		{"short:put=100000", sent},
		{"short:get=0", nil},
	}
	for _, tt := range tests {
		t.Run(tt.effect, func(t *testing.T) {
			t.Parallel()
			c := open(t, start(t, tt.effect))
			put(t, c, "/inbox/f", sent)
			if got := get(t, c, "/inbox/f"); !bytes.Equal(got, tt.want) {
				t.Errorf("got %d bytes, want %d", len(got), len(tt.want))
			}
		})
	}
}
