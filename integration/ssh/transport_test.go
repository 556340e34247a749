package ssh

import (
	"net"
	"slices"
	"testing"
	"time"

	"mftprobe/integration/lab"
	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

func legacy(_ *testing.T, _ *lab.Server, target *probe.Target) { target.SSH.Legacy = true }

// nothingInCommon is a failed negotiation.
func nothingInCommon(category, remedy string) want {
	class := probe.ClassNegotiation
	if remedy == "cannot" {
		class = probe.ClassUnsupported
	}
	return want{step: "connect", phase: probe.PhaseKex, kind: probe.KindHandshake, class: class, text: "no " + category, attr: "remedy=" + remedy}
}

func TestTransport(t *testing.T) {
	var held net.Conn
	hold := func(t *testing.T, s *lab.Server) {
		var err error
		if held, err = net.Dial("tcp", s.Addr(t, lab.SFTP)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = held.Close() })
		_, _ = held.Read(make([]byte, 1)) // the server counts it from here on
	}
	throttled := want{step: "connect", phase: probe.PhaseVersion, kind: probe.KindText, class: probe.ClassMalformed, text: "Exceeded MaxStartups"}
	rows := []row{
		{fault: "old-kex", want: nothingInCommon("kex", "legacy")},
		{name: "old-kex, legacy", fault: "old-kex", change: legacy, want: want{also: "diffie-hellman-group1-sha1 is in use"}},
		{fault: "old-host-key", want: nothingInCommon("host key", "legacy")},
		{name: "old-host-key, legacy", fault: "old-host-key", change: legacy, want: want{also: "ssh-rsa is in use"}},
		{fault: "old-cipher", want: nothingInCommon("cipher", "legacy")},
		{name: "old-cipher, legacy", fault: "old-cipher", change: legacy, want: want{also: "3des-cbc is in use"}},
		{fault: "old-mac", want: nothingInCommon("mac", "cannot")},
		{name: "old-mac, legacy", fault: "old-mac", change: legacy, want: nothingInCommon("mac", "cannot")},
		{fault: "legacy", want: nothingInCommon("kex", "legacy")},
		{name: "legacy, allowed", fault: "legacy", change: legacy, want: want{also: "3des-cbc is in use"}},
		{
			name: "our own option", fault: "none", change: func(_ *testing.T, _ *lab.Server, target *probe.Target) {
				target.SSH.Legacy, target.SSH.Ciphers = true, []string{"3des-cbc"}
			}, want: nothingInCommon("cipher", "option"),
		},
		{
			fault: "host-key-changed",
			want:  want{step: "connect", phase: probe.PhaseHostKey, kind: probe.KindHostKey, class: probe.ClassHostKey, attr: "known=changed"},
		},
		{fault: "host-key-rsa-only", want: want{also: "ssh-rsa SHA256:"}},
		{
			name: "host unknown", fault: "none", change: func(_ *testing.T, _ *lab.Server, target *probe.Target) { target.SSH.KnownHosts = nil },
			want: want{step: "connect", phase: probe.PhaseHostKey, kind: probe.KindHostKey, class: probe.ClassHostKey, attr: "known=unknown"},
		},
		{fault: "max-startups", before: hold, want: throttled},
		{fault: "max-startups-per-source", before: hold, want: throttled},
		{fault: "login-timeout", steps: drivertest.Session(), grace: 2 * time.Second, want: want{}},
	}
	runRows(t, lab.OpenSSH, rows)
}

func TestWrongServer(t *testing.T) {
	foreign := func(protocol, text string) want {
		return want{step: "connect", phase: probe.PhaseVersion, kind: probe.KindText, class: probe.ClassMalformed, text: text, attr: "protocol=" + protocol}
	}
	reset := func(phase probe.Phase) want {
		return want{step: "connect", phase: phase, kind: probe.KindClose, class: probe.ClassReset}
	}
	closed := func(phase probe.Phase) want { // our words meet a closed socket, and its reset may come behind its end
		return want{step: "connect", phase: phase, kind: probe.KindClose, class: probe.ClassReset, orClass: probe.ClassEOF}
	}
	silent := func(phase probe.Phase) want {
		return want{step: "connect", phase: phase, kind: probe.KindTimeout, class: probe.ClassTimeout, attr: "limit=reply"}
	}
	for fault, w := range map[string]want{
		"silent":                  silent(probe.PhaseVersion),
		"close":                   closed(probe.PhaseVersion),
		"reset":                   reset(probe.PhaseVersion),
		"ssh-then-close":          closed(probe.PhaseKex),
		"ssh-then-reset":          reset(probe.PhaseKex),
		"ssh-then-silent":         silent(probe.PhaseKex),
		"ssh-kexinit-then-silent": silent(probe.PhaseKex),
		"ssh-1":                   {step: "connect", phase: probe.PhaseVersion, kind: probe.KindHandshake, class: probe.ClassUnsupported, attr: "protocol=ssh1"},
		"ssh-endless-banner":      {step: "connect", phase: probe.PhaseVersion, kind: probe.KindText, class: probe.ClassMalformed, text: "read this first"},
		"ssh-not-allowed":         {step: "connect", phase: probe.PhaseVersion, kind: probe.KindText, class: probe.ClassMalformed, text: "Not allowed"},
		"garbage":                 {step: "connect", phase: probe.PhaseVersion, kind: probe.KindText, class: probe.ClassMalformed, text: "AAAA"},
		"ftp-220-then-silent":     foreign("ftp", "220 ready"),
		"smtp":                    foreign("smtp", "Postfix"),
		"pop3":                    foreign("pop3", "+OK"),
		"http":                    foreign("http", "HTTP/1.1 400"),
		"tls-alert":               foreign("tls", "\x15\x03"),
	} {
		t.Run(fault, func(t *testing.T) {
			target := at(t, lab.Netfault(t, fault), nil)
			target.Limits.Reply = 2 * time.Second
			began := time.Now()
			tr := run(t, target)
			for again := 0; again < overtakings && overtaken(tr, w); again++ {
				began, tr = time.Now(), run(t, target)
			}
			if took := time.Since(began); took >= 2*target.Limits.Reply { // who waits twice is found, a busy machine is not
				t.Errorf("it took %s", took)
			}
			w.check(t, tr)
		})
	}
	t.Run("refused", func(t *testing.T) {
		want{step: "connect", phase: probe.PhaseTCP, kind: probe.KindConnect, class: probe.ClassRefused, space: probe.SpaceOS, code: 111}.
			check(t, run(t, at(t, lab.Refused(t), nil)))
	})
}

// overtakings is how often in a row a reset may overtake the client. On a busy machine it does so more often than not.
const overtakings = 50

// overtaken tells whether a reset came before the moment for which it is wanted: for the connecting, or in place of
// words that the server had sent. The kernel reports it at once and drops what was not read.
func overtaken(tr probe.Transcript, w want) bool {
	_, e, failed := firstBad(tr)
	return failed && classOf(e) == probe.ClassReset &&
		(e.Phase != w.phase || w.class != probe.ClassReset) && slices.Contains([]probe.Phase{probe.PhaseTCP, probe.PhaseVersion}, e.Phase)
}
