// Package refserver is the neutral endpoint: FTP, explicit and implicit FTPS and SFTP servers in this binary, over one
// tree of files in memory, with a certificate authority, a host key and a password of its own made at start, and with
// faults on demand (package fault has their language). It serves the commands demo, serve and compare, and the tests.
//
// It keeps nothing on disk and writes nothing but what its Log is given. It is correct and small, not a server to keep
// files on. It knows nothing of the probe: a probe that tests it must not share its mistakes.
package refserver

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/ftpd"
	"mftprobe/internal/refserver/memfs"
	"mftprobe/internal/refserver/session"
	"mftprobe/internal/refserver/sftpd"
)

// Limits of an endpoint.
const (
	DefaultSessions = 4096    // at a time; further connections wait for a greeting, all but one outside the program
	DefaultCapacity = 2 << 30 // bytes of content
)

// DefaultUser is the account that is made when none is given.
const DefaultUser = "probe"

// Account is a user; see its fields.
type Account = session.Account

// Event is one line of the session log.
type Event = session.Event

// Config says what to start. The zero Config starts nothing; see Loopback.
type Config struct {
	FTP           []string // addresses to listen on, host:port; port 0 is any
	FTPS          []string // implicit TLS
	SFTP          []string
	Accounts      []Account // nil: DefaultUser with a random password
	PassiveLow    int       // range of passive ports; zero: any
	PassiveHigh   int
	PublicAddress net.IP   // announced by PASV
	Faults        []string // names of faults, or effects in the language of package fault
	Capacity      int64    // bytes of content; DefaultCapacity if zero
	Sessions      int      // at a time; DefaultSessions if zero
	Log           func(Event)
	Now           func() time.Time
}

// Loopback returns a Config of all protocols on any port of 127.0.0.1.
func Loopback(faults ...string) Config {
	address := []string{"127.0.0.1:0"}
	return Config{FTP: address, FTPS: address, SFTP: address, Faults: faults}
}

// Server is a running endpoint.
type Server struct {
	cfg       Config
	fs        *memfs.FS
	ca        *authority
	ftp       *ftpd.Server
	sftp      *sftpd.Server
	plan      *fault.Plan
	listeners map[string][]net.Listener // by protocol
	cancel    context.CancelFunc
	secrets   []string // never to be logged
	sessions  sync.WaitGroup
	slots     chan struct{}
	count     atomic.Int64
}

// Start listens on every address of cfg and serves until ctx ends or Close is called. An error names the address.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	ctx, s.cancel = context.WithCancel(ctx)
	for protocol, addresses := range map[string][]string{"ftp": s.cfg.FTP, "ftps": s.cfg.FTPS, "sftp": s.cfg.SFTP} {
		for _, address := range addresses {
			l, err := listening.Listen(ctx, "tcp", address)
			if err != nil {
				s.Close()
				return nil, fmt.Errorf("listening for %s: %w", protocol, err)
			}
			s.listeners[protocol] = append(s.listeners[protocol], l)
		}
	}
	if err := s.secure(); err != nil {
		s.Close()
		return nil, err
	}
	for protocol, ls := range s.listeners {
		for _, l := range ls {
			s.sessions.Go(func() { s.accept(ctx, protocol, l) })
		}
	}
	stop := context.AfterFunc(ctx, s.closeListeners)
	s.sessions.Go(func() { <-ctx.Done(); stop(); s.closeListeners() })
	return s, nil
}

// listening leaves out TCP keep-alive: a session has limits of its own, and each socket is made three system calls sooner.
var listening = net.ListenConfig{KeepAlive: -1}

// prepare fills in what cfg leaves open.
func prepare(cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Capacity == 0 {
		cfg.Capacity = DefaultCapacity
	}
	if cfg.Sessions == 0 {
		cfg.Sessions = DefaultSessions
	}
	if cfg.Accounts == nil {
		cfg.Accounts = []Account{{User: DefaultUser, Password: rand.Text()}}
	}
	plan, err := plan(cfg.Faults)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, plan: plan, fs: memfs.New(cfg.Capacity, cfg.Now), listeners: map[string][]net.Listener{},
		slots: make(chan struct{}, cfg.Sessions),
	}
	for _, a := range cfg.Accounts {
		s.secrets = append(s.secrets, a.Password, a.Billing)
		if home := a.HomeDir(); home != "/" {
			if err := s.fs.Mkdir(home); err != nil {
				return nil, fmt.Errorf("making the home directory %s of %s: %w", home, a.User, err)
			}
		}
	}
	s.ca, err = newAuthority("mftprobe reference CA", cfg.Now())
	return s, err
}

// secure makes certificate and host key, now that the addresses are known.
func (s *Server) secure() error {
	cfg := ftpd.Config{
		Accounts: s.cfg.Accounts, FS: s.fs, Faults: s.plan, PassiveLow: s.cfg.PassiveLow, PassiveHigh: s.cfg.PassiveHigh,
		PublicAddress: s.cfg.PublicAddress, Now: s.cfg.Now,
	}
	if off, _ := s.plan.Text(fault.TLS); off != "off" {
		kind, _ := s.plan.Text(fault.Cert)
		cert, err := s.ca.serverCertificate(kind, s.addresses(), s.cfg.Now())
		if err != nil {
			return err
		}
		cfg.TLS = tlsConfig(cert, s.plan)
	}
	s.ftp = ftpd.New(cfg)
	var err error
	s.sftp, err = sftpd.New(sftpd.Config{Accounts: s.cfg.Accounts, FS: s.fs, Faults: s.plan})
	return err
}

// tlsConfig applies the faults that are a setting of TLS.
func tlsConfig(cert tls.Certificate, plan *fault.Plan) *tls.Config {
	c := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if v, ok := plan.Text(fault.TLSMax); ok {
		c.MaxVersion = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12}[v]
		c.MinVersion = min(c.MinVersion, c.MaxVersion)
	}
	if plan.Has(fault.TLSCiphers) {
		c.MaxVersion = tls.VersionTLS12
		c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256} // the certificate is ECDSA: no suite fits
	}
	if plan.Has(fault.ClientCert) {
		c.ClientAuth = tls.RequireAnyClientCert
	}
	return c
}

// addresses returns the distinct addresses at which clients find the endpoint, for the certificate.
func (s *Server) addresses() []net.IP {
	var out []net.IP
	seen := map[string]bool{}
	add := func(ip net.IP) {
		if ip != nil && !seen[ip.String()] {
			seen[ip.String()] = true
			out = append(out, ip)
		}
	}
	add(s.cfg.PublicAddress)
	for _, ls := range s.listeners {
		for _, l := range ls {
			ip := l.Addr().(*net.TCPAddr).IP
			if ip.IsUnspecified() {
				ip = net.ParseIP(loopback)
			}
			add(ip)
		}
	}
	return out
}

// accept serves every connection in a goroutine of its own, as soon as there is room for it. A flood of connections waits in
// the system's queue, where it costs no descriptor.
func (s *Server) accept(ctx context.Context, protocol string, l net.Listener) {
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err == nil:
			s.admit(ctx, protocol, conn.(*net.TCPConn))
		case !pause(ctx): // the client left before we looked, or there is no descriptor left
			return
		}
	}
}

// pause waits a moment, and tells whether the endpoint goes on.
func pause(ctx context.Context) bool {
	t := time.NewTimer(10 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// admit waits for room and starts the session.
func (s *Server) admit(ctx context.Context, protocol string, conn *net.TCPConn) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		_ = conn.Close()
		return
	}
	s.sessions.Go(func() {
		defer func() { <-s.slots }()
		s.serve(ctx, protocol, conn)
	})
}

// serve conducts one session.
func (s *Server) serve(ctx context.Context, protocol string, conn *net.TCPConn) {
	head := Event{Session: s.count.Add(1), Protocol: protocol, Client: conn.RemoteAddr().String(), Server: conn.LocalAddr().String()}
	log := session.NewLog(head, s.cfg.Now, s.cfg.Log, s.secrets...)
	if protocol == "sftp" {
		s.sftp.Serve(ctx, conn, log)
		return
	}
	s.ftp.Serve(ctx, conn, protocol == "ftps", log)
}

func (s *Server) closeListeners() {
	for _, ls := range s.listeners {
		for _, l := range ls {
			l.Close()
		}
	}
}

// Close ends every session and waits until all goroutines are gone. It may be called twice.
func (s *Server) Close() {
	s.cancel()
	s.closeListeners()
	s.sessions.Wait()
}
