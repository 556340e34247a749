package classify

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"mftprobe/probe"
)

// deafRules are positions that speak for themselves: whatever the server says there, the words name
// no other cause.
var deafRules = []string{
	"experiment-port-comes-and-goes", "experiment-some-banners", "experiment-some-greetings", "experiment-alg", "experiment-name", "resume-point-differs",
	"success-without-content", "stored-nothing", "ascii-length", "stored-longer", "stored-shorter", "hashed-less", "stored-differently",
	"expected-file-missing", "version-1-only", "proxy-rung", "tcp-refused", "tcp-timeout", "tcp-unreachable",
	"tls-bytes-on-plain-port", "no-ftp-spoken", "silent-at-tls-port", "silent-though-tls-was-wanted", "silent", "closed-at-once", "no-tls-at-once",
	"silent-handshake", "closed-instead-of-handshake", "alert-strength", "user-needs-tls-534", "code-wanted-beside-the-password", "too-many-passwords", "login-silent",
	"login-cut-off-after-tls", "logged-out", "ssh-login-silent", "method-gone", "init-silent", "epsv-protocol", "epsv-unknown", "passive-unreadable",
	"active-silent", "announced-private", "announced-wrong", "data-port-refused", "data-port-blocked-under-tls", "data-port-blocked",
	"nobody-connects-back", "no-mode-chosen", "data-tls-plain", "data-clear-all-the-same", "data-tls-cut-off", "not-accepted",
	"waits-for-data-connection", "waits-to-connect-back", "data-stalled", "data-reset", "data-cut-short", "data-short", "final-says-nothing-new",
	"final-reply-lost-late", "session-lost-in-transfer", "session-ended-in-stall", "final-reply-missing-nothing-moved", "final-reply-missing",
	"command-forbidden-like-others", "every-write-refused", "needs-account-to-store", "own-file-vanished", "size-in-ascii", "status-exists",
	"status-write-protect", "status-no-space", "status-quota", "status-name", "status-parameter", "status-locked", "status-no-path", "status-principal",
	"answer-to-another-request", "answer-is-no-reply", "version-in-pieces", "home-missing", "refusal-before-version-service-unavailable", "refusal-before-version-server-connection-limit", "refusal-before-version-too-many-connections-per-ip", "refusal-before-version-source-ip-not-allowlisted", "refusal-before-version-client-banned", "refusal-before-version-connection-rate-limited",
	"reset-after-a-pause", "keys-refused-in-empty-words", "only-try-refused", "only-key-refused", "gone-before-it-was-closed", "login-refused-in-empty-words", "ftp-refusal-at-ssh-port", "reset-in-transfer", "status-no-medium", "status-lost", "status-handle", "attributes-after-upload", "request-unsupported", "bad-message", "own-file-gone",
	"closed-after-idling", "session-closed", "silent-after-greeting", "silent-command", "shifted-replies", "no-route-later", "cannot-be-done",
	"out-of-time-moving", "like-a-mail-server", "greeting-in-pieces", "other-words", "plain-220-for-tls", "user-unknown-command", "hello-read-as-command", "login-directory-not-listed", "plain-text-without-234", "data-proxy-refuses", "alert-no-certificate",
}

func TestWordsDoNotMoveThesePositions(t *testing.T) {
	for _, r := range rulebook() {
		if len(r.also) == 0 {
			continue
		}
		s := &scene{t: &probe.Transcript{}, bad: &probe.Event{}}
		s.leanings = []leaning{{r.also[0], decides, general, true}}
		want := r.also[0]
		if slices.Contains(deafRules, r.name) {
			want = r.cause
		}
		if got := r.choose(s).cause; got != want {
			t.Errorf("%s: words for %s make it %s, want %s", r.name, r.also[0], got, want)
		}
	}
}

func TestAddressInPassiveReply(t *testing.T) {
	for text, want := range map[string]string{
		"227 Entering Passive Mode (192,0,2,10,195,80).": "192.0.2.10",
		"227 Entering Passive Mode. 10,0,0,5,1,2":        "10.0.0.5",
		"227 =127,0,0,1,4,5":                             "127.0.0.1",
		"227 (1, 2, 3, 4, 5, 6)":                         "1.2.3.4",
		"227 Version 2.1 ready (9,8,7,6,5,4)":            "9.8.7.6",
		"227 Entering Passive Mode (300,0,2,10,195,80)":  "",
		"227 (1,2,3,4,5":                                 "",
		"227 Entering Passive Mode":                      "",
		"":                                               "",
	} {
		got, ok := addressIn(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %s %v, want %q", text, got, ok, want)
		}
	}
}

func TestAddressKind(t *testing.T) {
	for _, c := range []struct{ address, peer, want string }{
		{"192.0.2.10", "192.0.2.10", ""},
		{"10.0.0.5", "192.0.2.10", "private"},
		{"169.254.1.1", "192.0.2.10", "private"},
		{"100.64.0.1", "192.0.2.10", "private"},
		{"10.0.0.5", "10.0.0.5", ""},
		{"127.0.0.1", "192.0.2.10", "loopback"},
		{"0.0.0.0", "192.0.2.10", "unspecified"},
		{"224.0.0.1", "192.0.2.10", "unspecified"},
		{"255.255.255.255", "192.0.2.10", "unspecified"},
		{"203.0.113.9", "192.0.2.10", "foreign"},
		{"203.0.113.9", "", ""},
		{"192.0.2.10", "::ffff:192.0.2.10", ""},
	} {
		if got := addressKind(netip.MustParseAddr(c.address), c.peer); got != c.want {
			t.Errorf("%s seen from %s: %q, want %q", c.address, c.peer, got, c.want)
		}
	}
}

func TestNumbersInReplies(t *testing.T) {
	for text, want := range map[string]int64{
		"150 Opening BINARY mode data connection for a (1234 bytes).": 1234,
		"150 1234 bytes to go": -1,
		"150 (x bytes)":        -1,
		"150 Opening":          -1,
		"150 (12 of 34 bytes)": -1,
		"150 for a (0 bytes)":  0,
	} {
		if got := sizeIn(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int64{"213 1024": 1024, "213": -1, "213 many": -1, " 213 7 ": 7} {
		if got := sizeReply(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string][2]int64{
		"the server says 500 bytes, 1024 were sent": {500, 1024}, "7": {7, -1}, "": {-1, -1}, "a1b2c3": {1, 2},
	} {
		if a, b := twoNumbers(text); a != want[0] || b != want[1] {
			t.Errorf("%q: %d %d, want %v", text, a, b, want)
		}
	}
}

func TestNamesInCommands(t *testing.T) {
	for line, want := range map[string]string{
		"PORT 10,0,0,5,200,10": "10.0.0.5", "EPRT |1|198.51.100.7|44823|": "198.51.100.7", "EPRT |2|2001:db8::1|44823|": "2001:db8::1", "PORT": "", "EPRT |1": "",
	} {
		if got := announcedIn(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	for line, want := range map[string]string{
		"/in/a flags WRITE,CREAT": "/in/a", "OPEN /in/a flags=0x1a": "/in/a", "/a to /b": "/a", "RENAME /a -> /b": "/a", "": "",
	} {
		verb := "OPEN"
		if line == "RENAME /a -> /b" {
			verb = "RENAME"
		}
		if got := requestPath(verb, line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	for text, want := range map[string]bool{
		"/a flags WRITE,CREAT": true, "/a flags READ": false, "/a flags=0x1a": true, "/a flags=0x1": false, "/a flags=0x2": true, "/a flags=0xzz": false, "/a": false,
	} {
		if got := opensForWriting(&probe.Event{Text: text}); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for address, want := range map[string]string{"192.0.2.1:21": "192.0.2.1", "[2001:db8::1]:21": "2001:db8::1", "": "", "host": "host"} {
		if got := hostOf(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1.3.4", "1.3.5", true}, {"1.3.5", "1.3.5", false}, {"1.3.5.1", "1.3.5", false}, {"9.2", "10", true}, {"0.9.60", "1.0", true}, {"7", "7.4", true}, {"7.10", "7.4", false},
	} {
		if got := older(c.a, c.b); got != c.want {
			t.Errorf("%s older than %s: %v", c.a, c.b, got)
		}
	}
	for text, want := range map[string]string{"9.2p1 Debian": "9.2", "1.3.8. ready": "1.3.8", "x": "", "": "", "123456789012345678901234567890": "123456789012345678901234"} {
		if got := leadingVersion(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestFamily(t *testing.T) {
	for text, want := range map[string]string{
		"220 (vsFTPd 3.0.3)": "vsftpd", "220 ProFTPD Server": "proftpd", "SSH-2.0-mod_sftp": "proftpd", "220 Microsoft FTP Service": "iis",
		"SSH-2.0-AWS_SFTP_1.1": "aws-transfer", "220 FTPD1 IBM FTP CS V2R5": "z/os", "220-QTCP at as400": "ibm-i", "220 Welcome": "",
	} {
		if got := familyIn("", &probe.Event{Text: text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := familyIn("iis", &probe.Event{Text: "vsftpd"}); got != "iis" {
		t.Errorf("a family that is known changes to %q", got)
	}
	known := map[string]bool{}
	for _, p := range phraseTables() {
		known[p.server] = true
	}
	for _, f := range families {
		if !known[f.family] {
			t.Errorf("no phrases of the family %q", f.family)
		}
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{1500 * time.Millisecond: "1.5 s", 15 * time.Second: "15 s", -time.Second: "0 s", 40 * time.Millisecond: "0 s"} {
		if got := seconds(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// TestWhatIsHeardIsBounded feeds a server that talks without end.
func TestWhatIsHeardIsBounded(t *testing.T) {
	heard := ""
	for range 3 * maxAftermath {
		hear(&heard, "word")
	}
	if len(heard) > maxAftermath+1 {
		t.Errorf("%d bytes are kept, %d is the limit", len(heard), maxAftermath)
	}
	s := newSession(&probe.Transcript{})
	for range maxPending + 1 {
		s.feed(&probe.Event{Kind: probe.KindCommand, Direction: probe.Sent, Command: "NOOP", Text: "NOOP"})
	}
	if len(s.pending) != maxPending {
		t.Errorf("%d commands are remembered, %d is the limit", len(s.pending), maxPending)
	}
}

func TestPipelinedCommandsKeepTheirArguments(t *testing.T) {
	s := newSession(&probe.Transcript{Target: probe.TargetInfo{Protocol: probe.FTPES}})
	for _, line := range []string{"PBSZ 0", "PROT P", "TYPE A"} {
		s.feed(&probe.Event{Kind: probe.KindCommand, Direction: probe.Sent, Command: line[:4], Text: line})
	}
	for _, verb := range []string{"PBSZ", "PROT", "TYPE"} {
		s.feed(&probe.Event{Kind: probe.KindReply, Direction: probe.Received, Command: verb, Text: "200 OK", Code: &probe.Code{Space: probe.SpaceFTP, Value: 200}})
	}
	if s.data.prot != "P" || !s.ascii || s.binary || len(s.pending) != 0 {
		t.Errorf("prot %q, ascii %v, binary %v, %d pending", s.data.prot, s.ascii, s.binary, len(s.pending))
	}
}

func TestDepthOfRecordsWithoutSteps(t *testing.T) {
	for name, want := range map[string]Depth{
		"every-write-is-refused": {Passed: 3, Total: 6},
		"a-second-150":           {Passed: 4, Total: 4},
	} {
		tr, ok := sessionNamed(t, name)
		if got := Judge(tr).Verdict.Depth; !ok || got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestSameFindingIsReportedOnce(t *testing.T) {
	f := &findings{t: &probe.Transcript{}, list: []Finding{}}
	for i := range 2 * maxFindingEvidence {
		f.add(Finding{Title: "the same", Evidence: []int{i}})
	}
	if len(f.list) != 1 || len(f.list[0].Evidence) != maxFindingEvidence {
		t.Errorf("%d findings, %v", len(f.list), f.list[0].Evidence)
	}
	for i := range 2 * maxFindings {
		f.add(Finding{Title: string(rune('A' + i))})
	}
	if len(f.list) != maxFindings {
		t.Errorf("%d findings are kept, %d is the limit", len(f.list), maxFindings)
	}
}
