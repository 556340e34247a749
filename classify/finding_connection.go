package classify

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// connections looks at what TLS settled, and at addresses that did not answer.
func (f *findings) connections() {
	for i := range f.t.Connections {
		if c := &f.t.Connections[i]; c.Role != "data" && c.TLS != nil {
			f.weakTLS(c.TLS)
			f.certificates(c.TLS)
		}
	}
	f.deadAddresses()
}

// weakTLS reports versions and suites that RFC 8996, RFC 7465 and RFC 9325 tell not to use.
func (f *findings) weakTLS(tls *probe.TLSInfo) {
	switch tls.Version {
	case "TLS 1.0", "TLS 1.1", "TLSv1", "TLSv1.1", "SSLv3", "SSL 3.0":
		f.add(Finding{
			Severity: SeverityWarning, Cause: CauseTLSVersionMismatch, Step: string(probe.OpConnect), Title: "A weak algorithm is in use: " + tls.Version,
			Detail: "This version of TLS was withdrawn (RFC 8996).",
		})
	}
	for _, weak := range []string{"RC4", "3DES", "DES-CBC3", "NULL", "EXPORT", "_MD5"} {
		if strings.Contains(tls.Cipher, weak) {
			f.add(Finding{
				Severity: SeverityWarning, Cause: CauseTLSNoSharedCipher, Step: string(probe.OpConnect), Title: "A weak algorithm is in use: " + printable(tls.Cipher, 64),
				Detail: "RFC 9325 forbids this cipher suite.",
			})
			return
		}
	}
}

// certificates looks at dates and names of a chain.
func (f *findings) certificates(tls *probe.TLSInfo) {
	start := time.Time(f.t.StartedAt)
	if len(tls.Chain) == 0 || start.IsZero() {
		return
	}
	for i, c := range tls.Chain {
		left := time.Time(c.NotAfter).Sub(start)
		if time.Time(c.NotAfter).IsZero() || left < 0 || left >= certificateNotice {
			continue
		}
		whose := "The certificate"
		if i > 0 {
			whose = "An issuer's certificate"
		}
		f.add(Finding{
			Severity: SeverityWarning, Cause: CauseCertExpired, Step: string(probe.OpConnect), Title: whose + " is near its end",
			Detail: c.Subject + " ends on " + time.Time(c.NotAfter).UTC().Format("2006-01-02") + ", in " + strconv.Itoa(int(left.Hours()/24)) + " days.",
		})
	}
	f.names(tls)
}

// names reports a name that fits only by a wildcard, or only the common name.
func (f *findings) names(tls *probe.TLSInfo) {
	host := strings.ToLower(strings.TrimSuffix(f.t.Target.Host, "."))
	if _, err := netip.ParseAddr(host); err == nil || host == "" || !tls.Verified {
		return
	}
	leaf, wild := tls.Chain[0], ""
	for _, n := range leaf.Names {
		n = strings.ToLower(n)
		if n == host {
			return
		}
		if rest, ok := strings.CutPrefix(n, "*."); ok && strings.HasSuffix(host, "."+rest) {
			wild = n
		}
	}
	if wild != "" {
		f.add(Finding{
			Severity: SeverityInfo, Cause: CauseCertNameMismatch, Step: string(probe.OpConnect), Title: "The certificate fits the name only by a wildcard",
			Detail: "The name in the certificate is " + wild + "; some clients of this trade do not accept that.",
		})
	}
}

// deadAddresses reports addresses of the name that did not answer before another one did.
func (f *findings) deadAddresses() {
	var failed []*probe.Event
	for i := range f.t.Events {
		e := &f.t.Events[i]
		if experimental(e) || onData(e) || e.Phase != probe.PhaseTCP || e.Kind != probe.KindConnect && e.Kind != probe.KindTimeout {
			continue
		}
		if e.Failure != nil {
			failed = append(failed, e)
			continue
		}
		for _, x := range failed {
			f.deadAddress(x)
		}
		return
	}
}

func (f *findings) deadAddress(e *probe.Event) {
	cause := CausePortUnreachable
	switch e.Failure.Class {
	case probe.ClassRefused:
		cause = CausePortRefused
	case probe.ClassUnreachable:
		cause = CauseHostUnreachable
	}
	f.add(Finding{
		Severity: SeverityWarning, Cause: cause, Step: e.Step, Title: "One of the server's addresses does not answer", Evidence: []int{e.Seq},
		Detail: orElse(e.Failure.Text, e.Text) + ". Clients that try this address first wait or fail.",
	})
}
