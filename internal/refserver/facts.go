package refserver

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path"

	"mftprobe/internal/refserver/memfs"
)

// User returns the name of the first account.
func (s *Server) User() string { return s.cfg.Accounts[0].User }

// Password returns the password of the first account.
func (s *Server) Password() string { return s.cfg.Accounts[0].Password }

// CAPEM returns the certificate of the authority that signed the server's, in PEM form.
func (s *Server) CAPEM() []byte { return s.ca.pem }

// Addr returns the first address of a protocol: ftp (which also serves ftpes), ftps or sftp. It is empty if the protocol is
// not served.
func (s *Server) Addr(protocol string) string {
	if all := s.Addrs(protocol); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Addrs returns all addresses of a protocol.
func (s *Server) Addrs(protocol string) []string {
	if protocol == "ftpes" {
		protocol = "ftp"
	}
	var out []string
	for _, l := range s.listeners[protocol] {
		out = append(out, l.Addr().String())
	}
	return out
}

// URL returns the first address of a protocol as a target of the probe, with the user and without the password.
func (s *Server) URL(protocol string) string {
	if s.Addr(protocol) == "" {
		return ""
	}
	return protocol + "://" + s.User() + "@" + s.dialable(s.Addr(protocol))
}

// dialable is address as a client must write it: who listens on all addresses is met at the public one, or on loopback.
func (s *Server) dialable(address string) string {
	host, port, _ := net.SplitHostPort(address) // made by the listener
	switch ip := net.ParseIP(host); {
	case !ip.IsUnspecified():
		return address
	case s.cfg.PublicAddress != nil:
		host = s.cfg.PublicAddress.String()
	default:
		host = loopback
	}
	return net.JoinHostPort(host, port)
}

const loopback = "127.0.0.1"

// KnownHosts returns lines for a known_hosts file, one for each address of SFTP.
func (s *Server) KnownHosts() string {
	var out string
	for _, a := range s.Addrs("sftp") {
		host, port, _ := net.SplitHostPort(s.dialable(a))
		out += s.sftp.KnownHostsLine(host, port)
	}
	return out
}

// HostKeyFingerprint returns the published host key's fingerprint as OpenSSH shows it, SHA256:….
func (s *Server) HostKeyFingerprint() string { return s.sftp.Fingerprint() }

// Files returns the paths of all files and directories, to see that nothing was left behind.
func (s *Server) Files() []string {
	out := []string{}
	s.fs.Walk(func(name string, _ memfs.Info) { out = append(out, name) })
	return out
}

// WriteFile puts a file, and the directory above it, where clients will find it.
func (s *Server) WriteFile(name string, content []byte) error {
	if err := s.fs.Mkdir(path.Dir(name)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := s.fs.OpenFile(name, os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(content, 0)
	return err
}

// ReadFile returns what clients have written.
func (s *Server) ReadFile(name string) ([]byte, error) {
	f, err := s.fs.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
}
