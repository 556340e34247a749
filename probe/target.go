package probe

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Protocol is what the probe speaks; the words are the URL schemes.
type Protocol string

// The four protocols. FTPES is explicit TLS by AUTH (RFC 4217), FTPS implicit TLS.
const (
	FTP   Protocol = "ftp"
	FTPES Protocol = "ftpes"
	FTPS  Protocol = "ftps"
	SFTP  Protocol = "sftp"
)

// DefaultPort returns the registered port, or 0 for an unknown protocol.
func (p Protocol) DefaultPort() int {
	switch p {
	case FTP, FTPES:
		return 21
	case FTPS:
		return 990
	case SFTP:
		return 22
	}
	return 0
}

// Default limits of a run.
const (
	DefaultConnectLimit = 10 * time.Second
	DefaultReplyLimit   = 15 * time.Second
	DefaultStallLimit   = 15 * time.Second
	DefaultTotalLimit   = 120 * time.Second
)

// Target is one endpoint with all that is needed to reach it and to log in. Files have been read
// and words have been checked before a Target exists: a driver meets no bad input.
type Target struct {
	Name     string // the name in the config file, else empty
	Protocol Protocol
	Host     string     // name or address, without brackets
	Port     int        // 1 to 65535
	Address  netip.Addr // dialled instead of what Host resolves to, if valid
	User     string
	Password Secret // unset: none was given
	Account  Secret // for ACCT
	Path     string // entered by a cwd step of the script, not by a driver; empty: stay where the login leads
	Limits   Limits
	Network  Network
	TLS      TLS
	FTP      FTPOptions
	SSH      SSHOptions
}

// Limits bound every wait. Zero means the default.
type Limits struct {
	Connect time.Duration // name lookup and TCP, each
	Reply   time.Duration // a reply, a handshake, one authentication attempt
	Stall   time.Duration // a transfer that moves no byte
	Total   time.Duration // all steps; clean-up has its own limit beyond it
}

// WithDefaults returns l with zero values replaced.
func (l Limits) WithDefaults() Limits {
	set := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	set(&l.Connect, DefaultConnectLimit)
	set(&l.Reply, DefaultReplyLimit)
	set(&l.Stall, DefaultStallLimit)
	set(&l.Total, DefaultTotalLimit)
	return l
}

// Network says which way to take.
type Network struct {
	Family        string     // "4", "6" or empty for both
	LocalAddress  netip.Addr // source address, if valid
	Proxy         *url.URL   // socks5, socks5h or http; without its password
	ProxyPassword Secret
}

// TLS says what to accept and to present on TLS connections.
type TLS struct {
	Roots          *x509.CertPool // nil: the system's
	Certificates   []tls.Certificate
	PinnedKeys     [][32]byte // SHA-256 of the SubjectPublicKeyInfo; one must match
	ServerName     string     // empty: Target.Host
	MinVersion     uint16     // tls.VersionTLS12 if zero
	MaxVersion     uint16
	Insecure       bool   // do not verify; becomes a finding
	Prot           string // "P" (default) or "C", RFC 4217 section 9
	ClearControl   bool   // CCC after login, RFC 2228
	NoSessionReuse bool
}

// FTPOptions are choices of the FTP family.
type FTPOptions struct {
	DataMode         string     // auto (default), epsv, pasv, port, eprt
	ActiveAddress    netip.Addr // announced by PORT and EPRT, if valid
	ActivePortLow    int        // zero: any port
	ActivePortHigh   int
	TrustPasvAddress bool   // dial the address in 227 instead of the control host
	ListCommand      string // auto (default), mlsd, list, nlst
	Type             string // I (default) or A
	VirtualHost      string // sent with HOST (RFC 7151) before login, if set
	SecondOpinion    bool   // repeat typed operations without the library and compare
}

// SSHOptions are choices of SFTP.
type SSHOptions struct {
	Keys              []PrivateKey
	AgentSocket       string                     // empty: no agent
	AgentForKeys      bool                       // the agent signs for the public keys in Keys, and offers none of its own
	KnownHosts        []string                   // files; missing ones count as empty
	HostKeyPins       []string                   // "SHA256:…"; one must match, known_hosts is then not asked
	StrictHostKey     string                     // yes (default), accept-new, ask, no
	Ask               func(question string) bool // for StrictHostKey ask; nil refuses
	HostKeyAlias      string
	Legacy            bool // allow what the library calls insecure; becomes a finding
	KeyExchanges      []string
	Ciphers           []string
	MACs              []string
	HostKeyAlgorithms []string
	PubkeyAlgorithms  []string
	AuthMethods       []string // order and choice: publickey, password, keyboard-interactive
	Concurrency       int      // requests in flight for transfers; 0 and 1: one at a time
	Jumps             []Target // ProxyJump, in order
}

// PrivateKey is a key file as it was read. One that holds a public key stands for the agent's private
// half of it.
type PrivateKey struct {
	Name        string // the path, for messages
	PEM         Secret
	Passphrase  Secret
	Certificate []byte // an OpenSSH user certificate in authorized_keys form, or nil
}

// HostPort returns host:port with brackets where an IPv6 address needs them.
func (t Target) HostPort() string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// URL returns the target as a URL without any secret.
func (t Target) URL() string {
	u := url.URL{Scheme: string(t.Protocol), Host: t.Host}
	if t.Port != t.Protocol.DefaultPort() || strings.Contains(t.Host, ":") {
		u.Host = t.HostPort()
	}
	if t.User != "" {
		u.User = url.User(t.User)
	}
	u.Path = t.urlPath()
	return u.String()
}

// urlPath puts Path back into the form that the contract parses: FTP paths are relative to the
// login directory, SFTP paths absolute.
func (t Target) urlPath() string {
	switch {
	case t.Path == "":
		return ""
	case t.Protocol == SFTP && t.Path[0] != '/':
		return "/~/" + t.Path
	case t.Protocol == SFTP:
		return t.Path
	}
	return "/" + t.Path
}

// Secrets returns all that must never be printed.
func (t Target) Secrets() []Secret {
	out := []Secret{t.Password, t.Account, t.Network.ProxyPassword}
	if anonymous(t.User) {
		out = out[1:] // an e-mail address by custom (RFC 1635), not a secret
	}
	for _, k := range t.SSH.Keys {
		out = append(out, k.Passphrase)
	}
	for _, j := range t.SSH.Jumps {
		out = append(out, j.Secrets()...)
	}
	return out
}

func anonymous(user string) bool { return user == "anonymous" || user == "ftp" }
