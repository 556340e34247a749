package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"mftprobe/probe"
)

func limitSettings() []Setting {
	return []Setting{
		{
			Name: "connect-timeout", Arg: "TIME", Group: groupLimits, Help: "for the name lookup and for TCP, each (10s)",
			set: duration(func(d *draft) *time.Duration { return &d.target.Limits.Connect }),
		},
		{
			Name: "reply-timeout", Arg: "TIME", Group: groupLimits, Help: "for a reply, a handshake, a login attempt (15s)",
			set: duration(func(d *draft) *time.Duration { return &d.target.Limits.Reply }),
		},
		{
			Name: "stall-timeout", Arg: "TIME", Group: groupLimits, Help: "for a transfer that moves no byte (15s)",
			set: duration(func(d *draft) *time.Duration { return &d.target.Limits.Stall }),
		},
		{
			Name: "timeout", Short: "t", Arg: "TIME", Group: groupLimits, Help: "for the whole target; clean-up may take 10s more (2m)",
			set: duration(func(d *draft) *time.Duration { return &d.target.Limits.Total }),
		},
	}
}

func networkSettings() []Setting {
	family := func(f string) func(*draft, string) error {
		return toggle(func(d *draft, on bool) {
			if on {
				d.target.Network.Family = f
			}
		})
	}
	return []Setting{
		{Name: "ipv4", Short: "4", Group: groupWay, Help: "IPv4 only", family: "family", set: family("4")},
		{Name: "ipv6", Short: "6", Group: groupWay, Help: "IPv6 only", family: "family", set: family("6")},
		{
			Name: "interface", Arg: "ADDRESS", Group: groupWay, Help: "connect from this local address",
			set: address(func(d *draft) *netip.Addr { return &d.target.Network.LocalAddress }),
		},
		{
			Name: "connect-to", Arg: "ADDRESS", Group: groupWay, Help: "dial this address instead of looking the host up",
			set: address(func(d *draft) *netip.Addr { return &d.target.Address }),
		},
		{
			Name: "proxy", Arg: "URL", Group: groupWay, Help: "go through socks5://, socks5h:// or http://[user:password@]host:port",
			set: setProxy,
		},
	}
}

func address(f func(d *draft) *netip.Addr) func(*draft, string) error {
	return func(d *draft, text string) error {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return fmt.Errorf("%q is not an IP address", text)
		}
		*f(d) = addr
		return nil
	}
}

// setProxy never shows the URL: it may hold a password.
func setProxy(d *draft, text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return fmt.Errorf("not a proxy URL; write socks5://host:1080 or http://host:3128")
	case u.Scheme != "socks5" && u.Scheme != "socks5h" && u.Scheme != "http":
		return fmt.Errorf("unknown proxy scheme %q; write socks5, socks5h or http", u.Scheme)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("a proxy URL ends after the port")
	}
	if u.Port() == "" {
		port := "1080"
		if u.Scheme == "http" {
			port = "8080"
		}
		u.Host = strings.TrimSuffix(u.Host, ":") + ":" + port
	}
	if u.User != nil {
		if password, ok := u.User.Password(); ok {
			d.target.Network.ProxyPassword = probe.NewSecret(password)
			d.warn("the proxy URL holds a password, which others can read in the process list and the shell's history")
		}
		u.User = url.User(u.User.Username())
	}
	d.target.Network.Proxy = &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}
	return nil
}

func (d *draft) warn(text string) { d.warnings = append(d.warnings, text) }

// warnOnce warns of what does not depend on the endpoint: with many of them, once.
func (d *draft) warnOnce(text string) {
	if !d.env.said[text] {
		d.warn(text)
	}
	if d.env.said == nil {
		d.env.said = map[string]bool{}
	}
	d.env.said[text] = true
}
