package sftp_test

import (
	"net"
	"strconv"
	"testing"

	"mftprobe/internal/drivertest"
	"mftprobe/internal/refserver"
	"mftprobe/probe"
	"mftprobe/protocols/sftp"
)

// TestEmbeddedEndpoint runs the suite of all drivers against the server in this binary.
func TestEmbeddedEndpoint(t *testing.T) {
	s, err := refserver.Start(t.Context(), refserver.Loopback())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	host, port, err := net.SplitHostPort(s.Addr("sftp"))
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	target := probe.Target{
		Protocol: probe.SFTP, Host: host, Port: number, User: s.User(), Password: probe.NewSecret(s.Password()),
		SSH: probe.SSHOptions{HostKeyPins: []string{s.HostKeyFingerprint()}},
	}
	e := drivertest.Endpoint{Target: target, Open: sftp.New}
	drivertest.Run(t, e)
	drivertest.WrongPassword(t, e)
	if left := s.Files(); len(left) > 1 {
		t.Errorf("left on the server: %v", left)
	}
}
