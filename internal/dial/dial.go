package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"mftprobe/probe"
)

// MaxAddresses bounds how many addresses of one name are tried.
const MaxAddresses = 8

// minAttempt is the least time that an address gets while the limit lasts.
const minAttempt = 2 * time.Second

// Lookup turns a name into addresses; network is "ip", "ip4" or "ip6". It is the form of
// net.Resolver.LookupNetIP.
type Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

// Dialer says which way connections take. Record must be set.
type Dialer struct {
	Network probe.Network
	Limit   time.Duration // lookup and TCP, each; probe.DefaultConnectLimit if zero
	Record  *probe.Recorder
	Lookup  Lookup // nil: the system's resolver
}

// Request names one connection to open.
type Request struct {
	Conn    string // the connection's id in the record: control, data-1, ssh
	Role    string // control, data, ssh; the id if empty
	Host    string // name or address, without brackets
	Port    int
	Address netip.Addr  // dialled instead of what Host resolves to, if valid
	Phase   probe.Phase // of the attempts; tcp if empty
}

// Dial opens the connection; what it returns has no deadline, and CloseWrite as *net.TCPConn has. Whatever goes
// wrong has been recorded when it returns, so that the error only serves to end the step: its text
// is one line for people, and [FailureOf] tells its class.
func (d Dialer) Dial(ctx context.Context, to Request) (net.Conn, error) {
	if to.Phase == "" {
		to.Phase = probe.PhaseTCP
	}
	if to.Role == "" {
		to.Role = to.Conn
	}
	if d.Limit <= 0 {
		d.Limit = probe.DefaultConnectLimit
	}
	conn, err := d.open(ctx, to)
	if err != nil {
		return nil, err
	}
	d.Record.Connection(to.Conn, func(c *probe.Connection) {
		c.Role, c.Local, c.Remote = to.Role, conn.LocalAddr().String(), conn.RemoteAddr().String()
	})
	return conn, nil
}

func (d Dialer) open(ctx context.Context, to Request) (net.Conn, error) {
	if d.Network.Proxy != nil {
		return d.throughProxy(ctx, to)
	}
	addrs, err := d.addresses(ctx, to)
	if err != nil {
		return nil, err
	}
	return d.connect(ctx, to, addrs)
}

// connect tries the addresses in order until one answers or the limit is over, which covers all of them,
// shared out so that a silent first address leaves time for the next.
func (d Dialer) connect(ctx context.Context, to Request, addrs []netip.Addr) (net.Conn, error) {
	end := time.Now().Add(d.Limit)
	var failed []int
	var last error
	for i, a := range addrs {
		share := time.Until(end) / time.Duration(len(addrs)-i)
		share = min(max(share, minAttempt), time.Until(end))
		conn, seq, err := d.attempt(ctx, to, a, share)
		if err == nil {
			for _, s := range failed {
				d.Record.Tolerate(s)
			}
			return conn, nil
		}
		failed, last = append(failed, seq), err
		if ctx.Err() != nil || !time.Now().Before(end) {
			break
		}
	}
	return nil, last
}

// attempt dials one address and records how it went.
func (d Dialer) attempt(ctx context.Context, to Request, a netip.Addr, limit time.Duration) (net.Conn, int, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	target := net.JoinHostPort(a.String(), strconv.Itoa(to.Port))
	dialer := net.Dialer{LocalAddr: d.localAddr(), KeepAlive: -1} // no probe is idle for long: four system calls less
	began := time.Now()
	conn, err := dialer.DialContext(limited, "tcp", target)
	e := probe.Event{
		Phase: to.Phase, Conn: to.Conn, Direction: probe.Local, Kind: probe.KindConnect,
		Text: "connected to " + target, Attr: map[string]string{"address": target},
	}
	if err != nil {
		err = fmt.Errorf("connect to %s: %w", target, plain(ctx, err, limit))
		d.fail(ctx, &e, err)
	} else {
		conn = short(conn)
		e.Attr["local"] = conn.LocalAddr().String()
	}
	e.Attr["elapsed_ms"] = strconv.FormatInt(time.Since(began).Milliseconds(), 10)
	return conn, d.Record.Add(e), err
}

func (d Dialer) localAddr() net.Addr {
	if !d.Network.LocalAddress.IsValid() {
		return nil
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(d.Network.LocalAddress, 0))
}

// fail turns e into the record of err.
func (d Dialer) fail(ctx context.Context, e *probe.Event, err error) {
	f := FailureOf(err)
	e.Text, e.Failure, e.Code = err.Error(), &f, CodeOf(err)
	if f.Class == probe.ClassTimeout && e.Code == nil {
		e.Kind = probe.KindTimeout
		e.Attr["limit"] = "connect"
		if ctx.Err() != nil {
			e.Attr["limit"] = "total"
		}
	}
}

// over tells whether ctx has ended. The sockets keep its deadline by a timer of their own, which can
// be a moment ahead: whoever was told of the deadline then waits for ctx to know it too.
func over(ctx context.Context) bool {
	if end, ok := ctx.Deadline(); ok && !time.Now().Before(end) {
		<-ctx.Done()
	}
	return ctx.Err() != nil
}

// plain takes the wrapping off an error of the net package, which repeats the addresses, and says
// which time ran out.
func plain(ctx context.Context, err error, limit time.Duration) error {
	if over(ctx) {
		return ctx.Err()
	}
	f := FailureOf(err)
	if f.Class == probe.ClassTimeout && CodeOf(err) == nil {
		return limitError{limit.Round(time.Millisecond)}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) && call.Syscall == "connect" {
		return call.Err // the sentence around it says already that this was a connect
	}
	return err
}

// limitError says which limit of ours ran out, without Go's words for it.
type limitError struct{ limit time.Duration }

// Error returns the words.
func (e limitError) Error() string { return "no answer within " + e.limit.String() }

// Is makes it a context.DeadlineExceeded to those who branch on that.
func (e limitError) Is(target error) bool { return target == context.DeadlineExceeded }
