package cli

import (
	"context"

	"mftprobe/internal/config"
	"mftprobe/internal/dial"
)

// eachAddress makes an endpoint for every address of a host name, since one of several can be broken
// while the others hide it. A name that cannot be looked up stays as it is: the probe will say why.
func eachAddress(ctx context.Context, endpoints []config.Endpoint, lookup dial.Lookup) []config.Endpoint {
	var out []config.Endpoint
	for _, e := range endpoints {
		if e.Target.Address.IsValid() || e.Target.Network.Proxy != nil {
			out = append(out, e)
			continue
		}
		limited, cancel := context.WithTimeout(ctx, e.Target.Limits.WithDefaults().Connect)
		addrs, err := lookup(limited, "ip"+e.Target.Network.Family, e.Target.Host)
		cancel()
		if err != nil || len(addrs) < 2 {
			out = append(out, e)
			continue
		}
		name := e.Target.Name
		if name == "" {
			name = e.Target.Host
		}
		for _, a := range addrs[:min(len(addrs), dial.MaxAddresses)] {
			one := e
			one.Target.Address, one.Target.Name = a.Unmap(), name+" at "+a.Unmap().String()
			out = append(out, one)
		}
	}
	return out
}
