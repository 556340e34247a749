package cli

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net"
	"path"
	"strconv"

	"mftprobe/internal/config"
	"mftprobe/internal/refserver"
	"mftprobe/probe"
)

// embedded starts the neutral endpoint for a comparison with e: the same protocol, script and choices,
// with its own account. stop ends it.
func (p *program) embedded(ctx context.Context, e config.Endpoint) (_ config.Endpoint, stop func(), err error) {
	cfg := refserver.Config{Accounts: []refserver.Account{{User: orUser(e.Target.User), Password: rand.Text()}}}
	loopback := []string{"127.0.0.1:0"}
	switch e.Target.Protocol {
	case probe.SFTP:
		cfg.SFTP = loopback
	case probe.FTPS:
		cfg.FTPS = loopback
	default:
		cfg.FTP = loopback
	}
	if e.Target.Path != "" {
		// The home of an account that nobody uses: the directory of the target must be there too.
		cfg.Accounts = append(cfg.Accounts, refserver.Account{User: "directory", Password: rand.Text(), Home: path.Join("/", e.Target.Path)})
	}
	s, err := refserver.Start(ctx, cfg)
	if err != nil {
		return e, nil, fmt.Errorf("starting the neutral endpoint: %w", err)
	}
	e.Target, e.Warnings = trusting(e.Target, s), nil
	return e, s.Close, nil
}

func orUser(user string) string {
	if user == "" {
		return refserver.DefaultUser
	}
	return user
}

// trusting points t to the endpoint inside this program, with the password, certificate and host key
// that it made. Choices about the protocol stay; those about the way there and about trust do not.
func trusting(t probe.Target, s *refserver.Server) probe.Target {
	host, port, _ := net.SplitHostPort(s.Addr(string(t.Protocol)))
	t.Host = host
	t.Port, _ = strconv.Atoi(port) // made by the listener
	t.User, t.Password, t.Account = s.User(), probe.NewSecret(s.Password()), probe.Secret{}
	t.Network = probe.Network{}
	t.TLS.Roots = x509.NewCertPool()
	t.TLS.Roots.AppendCertsFromPEM(s.CAPEM())
	t.TLS.PinnedKeys, t.TLS.ServerName, t.TLS.Insecure = nil, "", false
	t.SSH.Keys, t.SSH.AgentSocket, t.SSH.KnownHosts, t.SSH.Jumps = nil, "", nil, nil
	t.SSH.HostKeyAlias, t.SSH.AuthMethods = "", nil
	if t.Protocol == probe.SFTP {
		t.SSH.HostKeyPins = []string{s.HostKeyFingerprint()}
	}
	return t
}
