package cli

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"mftprobe/internal/config"
	"mftprobe/internal/dial"
	"mftprobe/probe"
)

func TestEachAddress(t *testing.T) {
	addr := netip.MustParseAddr
	many := make([]netip.Addr, dial.MaxAddresses+3)
	for i := range many {
		many[i] = addr("192.0.2.1")
	}
	names := map[string][]netip.Addr{
		"two.example": {addr("192.0.2.1"), addr("2001:db8::1")}, "one.example": {addr("192.0.2.1")}, "many.example": many,
	}
	lookup := func(_ context.Context, network, host string) ([]netip.Addr, error) {
		if network != "ip4" {
			t.Errorf("looked up %s", network)
		}
		if a, ok := names[host]; ok {
			return a, nil
		}
		return nil, errors.New("no such host")
	}
	endpoint := func(host string) config.Endpoint {
		return config.Endpoint{Target: probe.Target{Protocol: probe.FTP, Host: host, Network: probe.Network{Family: "4"}}}
	}
	out := eachAddress(t.Context(), []config.Endpoint{endpoint("two.example"), endpoint("one.example"), endpoint("none.example")}, lookup)
	if len(out) != 4 || out[0].Target.Name != "two.example at 192.0.2.1" || out[1].Target.Address != addr("2001:db8::1") ||
		out[2].Target.Address.IsValid() || out[3].Target.Host != "none.example" {
		t.Errorf("%+v", out)
	}
	if out := eachAddress(t.Context(), []config.Endpoint{endpoint("many.example")}, lookup); len(out) != dial.MaxAddresses {
		t.Errorf("%d targets of one name", len(out))
	}
}
