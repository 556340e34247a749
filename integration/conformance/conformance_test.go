// Package conformance runs the suite that every driver passes against every real server of the lab, in every mode that the
// server has.
package conformance

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
	"mftprobe/protocols"
)

func TestMain(m *testing.M) { lab.Main(m) }

// row is a server in one mode.
type row struct {
	name     string
	server   string
	fault    string // the healthy state to be in, "none" unless said
	mode     lab.Mode
	protocol probe.Protocol
	wrong    bool // also a refused login: servers delay their answer by seconds
	lacks    []drivertest.Ability
	change   func(*probe.Target)
}

// TestConformance takes the servers side by side and the modes of a server one after the other.
func TestConformance(t *testing.T) {
	byServer := map[string][]row{}
	for _, r := range append(ftpRows(), sftpRows()...) {
		byServer[r.server] = append(byServer[r.server], r)
	}
	for server, rows := range byServer {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			for _, r := range rows {
				t.Run(r.name, func(t *testing.T) { conforms(t, r) })
			}
		})
	}
}

// conforms runs the suite in one mode of a server that is healthy.
func conforms(t *testing.T, r row) {
	fault := r.fault
	if fault == "" {
		fault = "none"
	}
	server := lab.Use(t, r.server, fault)
	before := server.Files(t, "")
	e := drivertest.Endpoint{Target: target(t, server, r), Open: protocols.Open, Dir: "upload", Lacks: r.lacks}
	drivertest.Run(t, e)
	if r.wrong {
		drivertest.WrongPassword(t, e)
	}
	if after := server.Files(t, ""); !slices.Equal(before, after) {
		t.Errorf("files before %v, after %v", before, after)
	}
}

// ftpRows lists the modes of the FTP servers: plain, explicit and implicit, TLS 1.2 and 1.3, each way to a data connection.
//
// All of these servers share the network of the host. In front of one with a network of its own stands docker's forwarder, which accepts
// a data connection before it dials the server. After a refused transfer that call may come so late that the server has a
// listener for the next transfer by then, on the same one of its few ports, and takes the dead connection for the new one.
// Neither we nor the server can tell, and the suite has an upload right behind refused ones.
func ftpRows() []row {
	lacks := map[string][]drivertest.Ability{
		lab.VSFTPDHost: {drivertest.AbilityMlsd},
	}
	var rows []row
	for _, server := range []string{lab.VSFTPDHost, lab.ProFTPDHost, lab.PureFTPDHost, lab.PyftpdlibHost} {
		add := func(name string, mode lab.Mode, p probe.Protocol, change func(*probe.Target)) {
			rows = append(rows, row{name: name, wrong: name == "plain-auto" || name == "explicit-1.3", server: server, mode: mode, protocol: p, lacks: lacks[server], change: change})
		}
		add("plain-auto", lab.Plain, probe.FTP, nil)
		add("plain-pasv", lab.Plain, probe.FTP, dataMode("pasv"))
		add("explicit-1.2", lab.Explicit, probe.FTPES, tlsOnly(tls.VersionTLS12))
		add("explicit-1.3", lab.Explicit, probe.FTPES, tlsOnly(tls.VersionTLS13))
		if server != lab.PureFTPDHost {
			add("implicit-1.3", lab.Implicit, probe.FTPS, tlsOnly(tls.VersionTLS13))
		}
		add("plain-port", lab.Plain, probe.FTP, dataMode("port"))
		add("plain-eprt", lab.Plain, probe.FTP, dataMode("eprt"))
		add("explicit-port", lab.Explicit, probe.FTPES, dataMode("port"))
	}
	return rows
}

func dataMode(mode string) func(*probe.Target) {
	return func(t *probe.Target) { t.FTP.DataMode = mode }
}

func tlsOnly(version uint16) func(*probe.Target) {
	return func(t *probe.Target) { t.TLS.MinVersion, t.TLS.MaxVersion = version, version }
}

// sftpRows lists the SFTP servers; SFTP version 3 has no machine-readable listing of its own.
func sftpRows() []row {
	password := func(t *probe.Target) { t.SSH.Keys = nil }
	key := func(t *probe.Target) { t.Password = probe.Secret{} }
	many := func(t *probe.Target) { t.SSH.Concurrency = 16 }
	return []row{
		{name: "internal", wrong: true, server: lab.OpenSSH, mode: lab.SFTP, protocol: probe.SFTP, change: password},
		{name: "external", server: lab.OpenSSH, mode: lab.External, protocol: probe.SFTP},
		{name: "concurrent", server: lab.OpenSSH, mode: lab.SFTP, protocol: probe.SFTP, change: many},
		{name: "key", server: lab.OpenSSH, fault: "key-only", mode: lab.SFTP, protocol: probe.SFTP, change: key},
		{name: "sftp", wrong: true, server: lab.ProFTPDHost, mode: lab.SFTP, protocol: probe.SFTP},
		{name: "sftp", wrong: true, server: lab.Dropbear, mode: lab.SFTP, protocol: probe.SFTP},
	}
}

// target makes the target that a user would make from what the server's people handed out.
func target(t *testing.T, s *lab.Server, r row) probe.Target {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Addr(t, r.mode))
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	out := probe.Target{
		Protocol: r.protocol, Host: host, Port: number, User: s.User, Password: probe.NewSecret(s.Password),
		Limits: probe.Limits{Reply: 20 * time.Second, Total: 2 * time.Minute},
	}
	if r.protocol == probe.SFTP {
		out.SSH.KnownHosts = []string{s.KnownHosts(t)}
		out.SSH.Keys = []probe.PrivateKey{{Name: "id_ed25519", PEM: probe.NewSecret(read(t, s.File(t, "id_ed25519")))}}
	} else {
		out.TLS.Roots = x509.NewCertPool()
		if !out.TLS.Roots.AppendCertsFromPEM([]byte(read(t, s.File(t, "ca.pem")))) {
			t.Fatal("the lab's ca.pem holds no certificate")
		}
		out.TLS.ServerName = s.ServerName
	}
	if r.change != nil {
		r.change(&out)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
