package uses

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"

	"mftprobe/classify"
	"mftprobe/integration/lab"
	"mftprobe/internal/compare"
)

// verdictOf is what compare says as JSON.
func verdictOf(t *testing.T, text string) compare.Comparison {
	t.Helper()
	var out struct {
		Comparison compare.Comparison `json:"comparison"`
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return out.Comparison
}

// at is the URL of a server of the lab.
func at(t *testing.T, s *lab.Server, protocol string) string {
	t.Helper()
	mode := map[string]lab.Mode{"ftp": lab.Plain, "ftpes": lab.Explicit, "ftps": lab.Implicit, "sftp": lab.SFTP}[protocol]
	return fmt.Sprintf("%s://%s@%s", protocol, s.User, s.Addr(t, mode))
}

// TestCompareTheirs: a partner's server with a fault of its own, next to the endpoint inside the program.
func TestCompareTheirs(t *testing.T) {
	s := lab.Use(t, lab.VSFTPDHost, healthy)
	p := build(t)
	p.env = []string{"MFT_PASSWORD=" + s.Password}
	ca := s.File(t, "ca.pem")
	for _, x := range []struct {
		fault, protocol string
		step            string
		cause           classify.Cause
	}{
		{"read-only", "ftp", "put", classify.CauseNoWritePermission},
		{"no-download", "ftp", "get", classify.CauseNoReadPermission},
		{"tls-expired", "ftpes", "connect", classify.CauseCertExpired},
		{"no-local-users", "ftp", "connect", classify.CauseServerMisconfigured},
	} {
		t.Run(x.fault, func(t *testing.T) {
			s.Switch(t, x.fault)
			out := p.run(t, "compare", "--password-env", "MFT_PASSWORD", "--cacert", ca, "-o", "json", at(t, s, x.protocol), "embedded")
			out.want(t, 1, `"step": "`+x.step+`"`, `"cause": "`+string(x.cause)+`"`)
			if c := verdictOf(t, out.stdout); c.Truth != compare.OnlyBPass || c.Side != classify.SideTheirs {
				t.Errorf("%s, side %s: %s", c.Truth, c.Side, c.Why)
			}
		})
	}
}

// TestCompareOurs: the same wrong password fails at two strangers.
func TestCompareOurs(t *testing.T) {
	b, a := lab.Use(t, lab.ProFTPD, healthy), lab.Use(t, lab.VSFTPDHost, healthy)
	p := build(t)
	p.env = []string{"MFT_PASSWORD=wrong-" + a.Password}
	out := p.run(t, "compare", "--password-env", "MFT_PASSWORD", at(t, a, "ftp"), at(t, b, "ftp"))
	out.want(t, 1, "\nSIDE  ours\n", "Both fail in the same way at step login (bad-credentials)")
	if strings.Contains(out.stdout+out.stderr, a.Password) {
		t.Error("the password is in the output")
	}
}

// TestCompareHealthy: two servers of different make that both work do not differ in anything that matters.
func TestCompareHealthy(t *testing.T) {
	b, a := lab.Use(t, lab.ProFTPD, healthy), lab.Use(t, lab.VSFTPDHost, healthy)
	p := build(t)
	p.env = []string{"MFT_PASSWORD=" + a.Password}
	flags := []string{"compare", "--password-env", "MFT_PASSWORD", "--cacert", a.File(t, "ca.pem"), "--known-hosts", b.KnownHosts(t)}
	for _, pair := range [][2]string{
		{at(t, a, "ftp"), at(t, b, "ftp")},
		{at(t, a, "ftpes"), at(t, b, "ftpes")},
		{at(t, a, "ftps"), "embedded"},
		{at(t, b, "sftp"), "embedded"},
	} {
		out := p.run(t, append(flags, pair[0], pair[1])...)
		out.want(t, 0, "\nSIDE  no difference that matters\n")
		c := verdictOf(t, p.run(t, append(flags, "-o", "json", pair[0], pair[1])...).stdout)
		for _, d := range c.Differences {
			if d.Matters {
				t.Errorf("%v: %+v", pair, d)
			}
		}
		if len(c.Differences) == 0 {
			t.Errorf("%v: servers of different make do not differ at all", pair)
		}
	}
}

// TestCompareBlockedEgress: the program runs on a host whose own firewall lets nothing out. That host is a container with a
// network of its own; what it asks for is another one. Before a rule is there, both pass.
func TestCompareBlockedEgress(t *testing.T) {
	host, partner := lab.Use(t, lab.ProFTPD, healthy), lab.Use(t, lab.PureFTPD, healthy)
	p := build(t)
	host.Copy(t, p.path, "/usr/local/bin/mftprobe")
	address := strings.Fields(partner.Exec(t, "hostname", "-I"))[0]
	url := func(protocol string, mode lab.Mode) string { // as seen from inside, without the port forwarder
		_, port, _ := net.SplitHostPort(partner.Addr(t, mode))
		return protocol + "://" + partner.User + "@" + net.JoinHostPort(address, port)
	}
	compareThere := func(a, b string) (string, compare.Comparison) {
		out := host.Exec(t, "bash", "-c", "export MFT_PASSWORD="+quote(partner.Password)+
			"; mftprobe compare --password-env MFT_PASSWORD --insecure --connect-timeout 2s -o json "+a+" "+b+" || test $? = 1")
		return out, verdictOf(t, out)
	}
	plain, explicit := url("ftp", lab.Plain), url("ftpes", lab.Explicit)
	for _, pair := range [][2]string{{plain, "embedded"}, {explicit, "embedded"}} {
		if out, c := compareThere(pair[0], pair[1]); c.Truth != compare.BothPass {
			t.Fatalf("%v: not both pass before the rule\n%s", pair, out)
		}
	}
	_, control, _ := net.SplitHostPort(partner.Addr(t, lab.Plain))
	_, secured, _ := net.SplitHostPort(partner.Addr(t, lab.Explicit))
	for name, rule := range map[string]string{
		"nothing goes out":       "drop",
		"only port 21 goes out":  fmt.Sprintf("tcp dport != { %s, %s } drop", control, secured),
		"an answer says it, too": "reject with icmp type admin-prohibited",
	} {
		t.Run(name, func(t *testing.T) {
			host.Exec(t, "nft", "add table inet egress; add chain inet egress out { type filter hook output priority 0; }; "+
				"add rule inet egress out oifname != \"lo\" "+rule)
			t.Cleanup(func() { host.Exec(t, "nft", "delete", "table", "inet", "egress") })
			for b, want := range map[string]compare.Truth{"embedded": compare.OnlyBPass, explicit: compare.BothFail} {
				out, c := compareThere(plain, b)
				if c.Truth != want || c.Side != classify.SideNetwork && c.Side != classify.SideOurs {
					t.Errorf("against %s: %s, side %s: %s\n%s", b, c.Truth, c.Side, c.Why, out)
				}
				t.Logf("against %s: %s, side %s: %s %s", b, c.Truth, c.Side, c.Why, c.SettleBy)
			}
		})
	}
}
