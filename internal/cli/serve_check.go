package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// check refuses what the endpoint could not work with, or would listen on the whole network for by accident.
func (o serveOptions) check() error {
	for _, l := range []struct {
		flag      string
		addresses []string
	}{{"ftp", o.ftp}, {"ftps", o.ftps}, {"sftp", o.sftp}} {
		for _, a := range l.addresses {
			if err := checkAddress(a); err != nil {
				return fmt.Errorf("--%s: %w", l.flag, err)
			}
		}
	}
	for _, name := range slices.Concat(o.users, o.readOnly) {
		if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
			return fmt.Errorf("--user: %q is not a user name", name)
		}
	}
	switch {
	case o.home != "" && !strings.HasPrefix(o.home, "/"):
		return fmt.Errorf("--home: %q does not begin with /", o.home)
	case o.knownHostsOut != "" && len(o.sftp) == 0 && len(o.ftp)+len(o.ftps) > 0:
		return errors.New("--known-hosts-out: there is no host key without --sftp")
	}
	return nil
}

func checkAddress(text string) error {
	host, port, err := net.SplitHostPort(text)
	n, numErr := strconv.Atoi(port)
	if err != nil || numErr != nil || n < 0 || n > 65535 || host == "" {
		return fmt.Errorf("%q is not an address with a port such as 127.0.0.1:2121, or 0.0.0.0:2121 for the whole network", text)
	}
	return nil
}

// listenProblem says which flag asked for an address that cannot be had.
func listenProblem(err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return err
	}
	reason := op.Err
	var call *os.SyscallError
	if errors.As(reason, &call) {
		reason = call.Err
	}
	protocol, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "listening for "), ":")
	return fmt.Errorf("cannot listen on %s: %w; give another address with --%s", op.Addr, reason, protocol)
}
