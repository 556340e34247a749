package cli

import (
	"context"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
	"mftprobe/internal/refserver"
	"mftprobe/probe"
)

// serveOptions are the flags of serve.
type serveOptions struct {
	ftp, ftps, sftp []string
	users           []string
	readOnly        []string
	passwordFile    string
	passwordEnv     string
	authorizedKeys  string
	home            string
	passive         string
	public          string
	faults          []string
	list            bool
	caOut           string
	knownHostsOut   string
	quiet           bool
}

func (p *program) serveCommand() *cobra.Command {
	var opt serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the neutral endpoint: FTP, FTPS and SFTP in this program, with faults on demand",
		Long: "serve is the third party to test against: a small correct server whose files\n" +
			"live in memory, whose certificate, host key and password are made at start, and\n" +
			"which does wrong what --fault says. It listens on loopback unless told\n" +
			"otherwise, and ends on Ctrl-C.",
		Example: "  mftprobe serve\n  mftprobe serve --ftp 0.0.0.0:21 --passive-ports 50000-50099 \\\n" +
			"      --public-address 198.51.100.7\n" +
			"  mftprobe serve --fault quota-exceeded\n  mftprobe serve --list-faults",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{fmt.Errorf("serve takes no argument %q", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opt.list {
				return p.listFaults()
			}
			return p.serve(cmd.Context(), opt)
		},
	}
	opt.define(cmd)
	return cmd
}

func (o *serveOptions) define(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.ftp, "ftp", nil, "listen here for FTP and explicit TLS (127.0.0.1:2121)")
	f.StringArrayVar(&o.ftps, "ftps", nil, "listen here for implicit TLS (127.0.0.1:2990)")
	f.StringArrayVar(&o.sftp, "sftp", nil, "listen here for SFTP (127.0.0.1:2222)")
	f.StringVar(&o.passive, "passive-ports", "", "range of passive ports, such as 50000-50099 (any)")
	f.StringVar(&o.public, "public-address", "", "address that the reply to PASV announces")
	groupFlags(cmd, "Listen", "ftp ADDR", "ftps ADDR", "sftp ADDR", "passive-ports LOW-HIGH", "public-address IP")
	f.StringArrayVar(&o.users, "user", nil, "account, may be repeated (probe)")
	f.StringArrayVar(&o.readOnly, "read-only-user", nil, "account that may change nothing, may be repeated")
	f.StringVar(&o.passwordFile, "password-file", "", "password of the accounts; - is standard input (made at start and shown)")
	f.StringVar(&o.passwordEnv, "password-env", "", "environment variable with the password")
	f.StringVar(&o.authorizedKeys, "authorized-keys", "", "public keys that may log in by SFTP")
	f.StringVar(&o.home, "home", "", "directory after login (/)")
	groupFlags(cmd, "Accounts", "user NAME", "read-only-user NAME", "password-file FILE", "password-env NAME", "authorized-keys FILE", "home PATH")
	f.StringArrayVar(&o.faults, "fault", nil, "do this wrong, may be repeated; see --list-faults")
	f.BoolVar(&o.list, "list-faults", false, "list the faults and end")
	groupFlags(cmd, "Faults", "fault NAME", "list-faults")
	f.StringVar(&o.caOut, "ca-out", "", "write the certificate authority here")
	f.StringVar(&o.knownHostsOut, "known-hosts-out", "", "write the host key here in the form of known_hosts")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no log of the sessions")
	groupFlags(cmd, "Output", "ca-out FILE", "known-hosts-out FILE", "quiet")
}

// serve runs until the context ends.
func (p *program) serve(ctx context.Context, opt serveOptions) error {
	cfg, generated, err := p.serverConfig(opt)
	if err != nil {
		return err
	}
	var lines sync.Mutex
	if !opt.quiet {
		cfg.Log = func(e refserver.Event) {
			lines.Lock()
			defer lines.Unlock()
			fmt.Fprintln(p.stdout, e)
		}
	}
	s, err := refserver.Start(ctx, cfg)
	if err != nil {
		return listenProblem(err)
	}
	defer s.Close()
	for name, text := range map[string]string{opt.caOut: string(s.CAPEM()), opt.knownHostsOut: s.KnownHosts()} {
		if name == "" {
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return outputError(name, err)
		}
	}
	lines.Lock()
	_, err = fmt.Fprint(p.stdout, welcome(s, opt, generated))
	lines.Unlock()
	if err != nil {
		return outputError("standard output", err)
	}
	<-ctx.Done()
	return nil
}

// serverConfig reads the flags. generated tells that the password was made here, and may be shown.
func (p *program) serverConfig(opt serveOptions) (cfg refserver.Config, generated bool, err error) {
	cfg = refserver.Config{FTP: opt.ftp, FTPS: opt.ftps, SFTP: opt.sftp, Faults: opt.faults}
	if len(opt.ftp)+len(opt.ftps)+len(opt.sftp) == 0 {
		cfg.FTP, cfg.FTPS, cfg.SFTP = []string{"127.0.0.1:2121"}, []string{"127.0.0.1:2990"}, []string{"127.0.0.1:2222"}
	}
	if err := opt.check(); err != nil {
		return cfg, false, &usageError{err}
	}
	if opt.passive != "" {
		if cfg.PassiveLow, cfg.PassiveHigh, err = portRange(opt.passive); err != nil {
			return cfg, false, &usageError{fmt.Errorf("--passive-ports: %w", err)}
		}
	}
	if opt.public != "" {
		if cfg.PublicAddress = net.ParseIP(opt.public); cfg.PublicAddress.To4() == nil {
			return cfg, false, &usageError{fmt.Errorf("--public-address: %q is not an IPv4 address", opt.public)}
		}
	}
	cfg.Accounts, generated, err = p.accounts(opt)
	return cfg, generated, err
}

func portRange(text string) (low, high int, err error) {
	a, b, _ := strings.Cut(text, "-")
	low, errLow := strconv.Atoi(a)
	high, errHigh := strconv.Atoi(b)
	if errLow != nil || errHigh != nil || low < 1 || high > 65535 || low > high {
		return 0, 0, fmt.Errorf("%q is not a range of ports such as 50000-50099", text)
	}
	return low, high, nil
}

// accounts makes the accounts, all with the same password.
func (p *program) accounts(opt serveOptions) (out []refserver.Account, generated bool, err error) {
	password, generated, err := p.serverPassword(opt)
	if err != nil {
		return nil, false, err
	}
	keys := ""
	if opt.authorizedKeys != "" {
		text, err := os.ReadFile(opt.authorizedKeys)
		if err != nil {
			return nil, false, fmt.Errorf("--authorized-keys: %s: %w", opt.authorizedKeys, pathless(err))
		}
		if keys = string(text); !config.HoldsPublicKey(text) {
			return nil, false, fmt.Errorf("--authorized-keys: %s holds no public key of SSH", opt.authorizedKeys)
		}
	}
	users := opt.users
	if len(users)+len(opt.readOnly) == 0 {
		users = []string{refserver.DefaultUser}
	}
	add := func(names []string, readOnly bool) {
		for _, name := range names {
			out = append(out, refserver.Account{
				User: name, Password: password.Reveal(), AuthorizedKeys: keys, Home: opt.home, ReadOnly: readOnly,
			})
		}
	}
	add(users, false)
	add(opt.readOnly, true)
	return out, generated, nil
}

// passwordVariable is the environment variable of the commands that serve prints.
const passwordVariable = "MFT_PASSWORD"

func (p *program) serverPassword(opt serveOptions) (secret probe.Secret, generated bool, err error) {
	switch {
	case opt.passwordFile != "" && opt.passwordEnv != "":
		return secret, false, &usageError{errors.New("--password-file and --password-env exclude each other")}
	case opt.passwordFile != "":
		secret, err = p.env.SecretFile(opt.passwordFile)
	case opt.passwordEnv != "":
		secret, err = p.env.SecretEnv(opt.passwordEnv)
	default:
		return probe.NewSecret(newRunID() + newRunID()), true, nil
	}
	return secret, false, err
}

// welcome tells how to reach the endpoint, with commands that can be pasted.
func welcome(s *refserver.Server, opt serveOptions, generated bool) string {
	var b strings.Builder
	b.WriteString("The neutral endpoint is up. Its files live in memory; Ctrl-C ends it.\n\n")
	for _, protocol := range []string{"ftp", "ftps", "sftp"} {
		for _, addr := range s.Addrs(protocol) {
			word := map[string]string{"ftp": "FTP and explicit TLS", "ftps": "implicit TLS", "sftp": "SFTP"}[protocol]
			fmt.Fprintf(&b, "  %-22s %s\n", word, addr)
		}
	}
	fmt.Fprintf(&b, "  %-22s %s\n", "user", s.User())
	variable := opt.passwordEnv
	if generated {
		fmt.Fprintf(&b, "  %-22s %s\n", "password", s.Password())
		variable = passwordVariable
	}
	if s.Addr("sftp") != "" {
		fmt.Fprintf(&b, "  %-22s %s\n", "host key", s.HostKeyFingerprint())
	}
	fmt.Fprintf(&b, "  %-22s %s\n", "certificate authority", fingerprint(s.CAPEM()))
	for _, f := range opt.faults {
		fmt.Fprintf(&b, "  %-22s %s\n", "fault", f)
	}
	b.WriteString("\n")
	if generated {
		fmt.Fprintf(&b, "  export %s=%s\n", passwordVariable, s.Password())
	}
	b.WriteString(pasteable(s, opt, variable))
	b.WriteString("\n")
	return b.String()
}

// fingerprint is the SHA-256 of a certificate as openssl x509 -fingerprint shows it.
func fingerprint(certificate []byte) string {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return "SHA256 " + strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// pasteable lists a command for each protocol.
func pasteable(s *refserver.Server, opt serveOptions, variable string) string {
	secret := "--password-env " + variable
	if variable == "" {
		secret = "--password-file " + opt.passwordFile
	}
	trust := "--insecure"
	if opt.caOut != "" {
		trust = "--cacert " + opt.caOut
	}
	var b strings.Builder
	for _, c := range []struct{ protocol, extra string }{
		{"ftp", ""}, {"ftpes", " " + trust}, {"ftps", " " + trust}, {"sftp", " --host-key " + s.HostKeyFingerprint()},
	} {
		if url := s.URL(c.protocol); url != "" {
			fmt.Fprintf(&b, "  mftprobe run %s%s %s\n", secret, c.extra, url)
		}
	}
	return b.String()
}
