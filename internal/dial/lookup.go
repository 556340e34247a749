package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// addresses returns what to dial for a request, and records the lookup if there was one.
func (d Dialer) addresses(ctx context.Context, to Request) ([]netip.Addr, error) {
	if to.Address.IsValid() {
		return []netip.Addr{to.Address.Unmap()}, nil
	}
	if a, err := netip.ParseAddr(to.Host); err == nil {
		return d.literal(to, a.Unmap())
	}
	limited, cancel := context.WithTimeout(ctx, d.Limit)
	defer cancel()
	began := time.Now()
	addrs, err := d.lookup()(limited, "ip"+d.Network.Family, to.Host)
	e := probe.Event{Phase: lookupPhase(to), Conn: to.Conn, Direction: probe.Local, Kind: probe.KindLookup, Attr: map[string]string{"name": to.Host}}
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no address", Name: to.Host, IsNotFound: true}
	}
	if err != nil {
		err = fmt.Errorf("look up %s: %w", to.Host, plainDNS(ctx, err, d.Limit))
		d.fail(ctx, &e, err)
	} else {
		addrs = distinct(addrs)
		e.Attr["addresses"] = join(addrs)
		e.Text = to.Host + " is " + e.Attr["addresses"]
	}
	e.Attr["elapsed_ms"] = strconv.FormatInt(time.Since(began).Milliseconds(), 10)
	d.Record.Add(e)
	return addrs, err
}

// literal accepts an address given as the host, unless it is of the other family.
func (d Dialer) literal(to Request, a netip.Addr) ([]netip.Addr, error) {
	if d.Network.Family == "" || (d.Network.Family == "4") == a.Is4() {
		return []netip.Addr{a}, nil
	}
	err := fmt.Errorf("%s is not an IPv%s address: %w", a, d.Network.Family, nameError{&net.DNSError{Err: "wrong family", Name: to.Host, IsNotFound: true}})
	e := probe.Event{Phase: lookupPhase(to), Conn: to.Conn, Direction: probe.Local, Kind: probe.KindLookup, Attr: map[string]string{"name": to.Host}}
	e.Text, e.Failure = err.Error(), &probe.Failure{Class: probe.ClassNoName, Text: err.Error()}
	d.Record.Add(e)
	return nil, err
}

func lookupPhase(to Request) probe.Phase {
	if to.Phase == probe.PhaseTCP {
		return probe.PhaseDNS
	}
	return to.Phase
}

func (d Dialer) lookup() Lookup {
	if d.Lookup != nil {
		return d.Lookup
	}
	return net.DefaultResolver.LookupNetIP
}

func plainDNS(ctx context.Context, err error, limit time.Duration) error {
	if over(ctx) {
		return ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return limitError{limit}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return nameError{dns}
	}
	return err
}

// nameError is the resolver's answer without the name, which the sentence around it says already.
type nameError struct{ *net.DNSError }

// Error returns what the resolver said, and which one it was.
func (e nameError) Error() string {
	if e.Server == "" {
		return e.Err
	}
	return e.Err + " (asked " + e.Server + ")"
}

// Unwrap returns the error as the resolver gave it.
func (e nameError) Unwrap() error { return e.DNSError }

// distinct unmaps addresses, drops repeats and bounds their number.
func distinct(in []netip.Addr) []netip.Addr {
	seen := map[netip.Addr]bool{}
	var out []netip.Addr
	for _, a := range in {
		a = a.Unmap()
		if !seen[a] && len(out) < MaxAddresses {
			out = append(out, a)
		}
		seen[a] = true
	}
	return out
}

func join(addrs []netip.Addr) string {
	words := make([]string, len(addrs))
	for i, a := range addrs {
		words[i] = a.String()
	}
	return strings.Join(words, " ")
}
