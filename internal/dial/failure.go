package dial

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"mftprobe/probe"
)

// ProxyError is a proxy's refusal. Reply is its number: a SOCKS5 reply field (RFC 1928 section 6)
// or an HTTP status.
type ProxyError struct {
	Reply int
	Text  string
}

// Error returns the proxy's words.
func (e *ProxyError) Error() string { return "the proxy says: " + e.Text }

// errnoClasses names what a system error says about a connection. EPERM and EACCES come from the
// local packet filter or policy, never from the peer.
var errnoClasses = map[syscall.Errno]probe.Class{
	syscall.ECONNREFUSED:  probe.ClassRefused,
	syscall.ECONNRESET:    probe.ClassReset,
	syscall.ECONNABORTED:  probe.ClassReset,
	syscall.EPIPE:         probe.ClassReset,
	syscall.EHOSTUNREACH:  probe.ClassUnreachable,
	syscall.ENETUNREACH:   probe.ClassUnreachable,
	syscall.EHOSTDOWN:     probe.ClassUnreachable,
	syscall.ENETDOWN:      probe.ClassUnreachable,
	syscall.ETIMEDOUT:     probe.ClassTimeout,
	syscall.EADDRNOTAVAIL: probe.ClassLocal,
	syscall.EADDRINUSE:    probe.ClassLocal,
	syscall.EACCES:        probe.ClassLocal,
	syscall.EPERM:         probe.ClassLocal,
	syscall.EMFILE:        probe.ClassLocal,
	syscall.ENFILE:        probe.ClassLocal,
	syscall.EAFNOSUPPORT:  probe.ClassLocal,
}

// errnoNames are the names behind the numbers of errnoClasses.
var errnoNames = map[syscall.Errno]string{
	syscall.ECONNREFUSED: "ECONNREFUSED", syscall.ECONNRESET: "ECONNRESET", syscall.ECONNABORTED: "ECONNABORTED",
	syscall.EPIPE: "EPIPE", syscall.EHOSTUNREACH: "EHOSTUNREACH", syscall.ENETUNREACH: "ENETUNREACH",
	syscall.EHOSTDOWN: "EHOSTDOWN", syscall.ENETDOWN: "ENETDOWN", syscall.ETIMEDOUT: "ETIMEDOUT",
	syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.EADDRINUSE: "EADDRINUSE", syscall.EACCES: "EACCES", syscall.EPERM: "EPERM",
	syscall.EMFILE: "EMFILE", syscall.ENFILE: "ENFILE", syscall.EAFNOSUPPORT: "EAFNOSUPPORT",
}

// winsock are the socket errors of Windows, which Go hands on as they are, as those of the same meaning. No other system
// counts so far.
var winsock = map[syscall.Errno]syscall.Errno{
	10013: syscall.EACCES, 10024: syscall.EMFILE, 10047: syscall.EAFNOSUPPORT, 10048: syscall.EADDRINUSE, 10049: syscall.EADDRNOTAVAIL,
	10050: syscall.ENETDOWN, 10051: syscall.ENETUNREACH, 10053: syscall.ECONNABORTED, 10054: syscall.ECONNRESET, 10060: syscall.ETIMEDOUT,
	10061: syscall.ECONNREFUSED, 10064: syscall.EHOSTDOWN, 10065: syscall.EHOSTUNREACH,
}

// common returns the number under which the tables have errno.
func common(errno syscall.Errno) syscall.Errno {
	if same, ok := winsock[errno]; ok {
		return same
	}
	return errno
}

// FailureOf returns the class of an error of the network below the protocols, by its type. What it
// does not know is ClassLocal.
func FailureOf(err error) probe.Failure {
	return probe.Failure{Class: classOf(err), Text: err.Error()}
}

func classOf(err error) probe.Class {
	var dns *net.DNSError
	var refusal *ProxyError
	var errno syscall.Errno
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return probe.ClassCanceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return probe.ClassTimeout
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return probe.ClassNoName
		}
		return probe.ClassDNS
	case errors.As(err, &refusal):
		return probe.ClassProxy
	case errors.As(err, &errno):
		if c, ok := errnoClasses[common(errno)]; ok {
			return c
		}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return probe.ClassEOF
	case errors.As(err, &timeout) && timeout.Timeout():
		return probe.ClassTimeout
	case errors.Is(err, net.ErrClosed):
		return probe.ClassCanceled
	}
	return probe.ClassLocal
}

// CodeOf returns the system's number behind err, or nil. Its name is that of POSIX, also on Windows.
func CodeOf(err error) *probe.Code {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return nil
	}
	return &probe.Code{Space: probe.SpaceOS, Value: int(errno), Name: errnoNames[common(errno)], Text: errno.Error()}
}
