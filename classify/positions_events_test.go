package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mftprobe/probe"
)

// The second matrix of positions: what breaks below the protocol, and what refused commands mean for
// names of a certain kind. Like the first it is for people to read; UPDATE_GOLDEN=1 writes it again.

// named are stages in which the name of the file matters, or the TLS session of the data connection.
var named = []struct {
	stage
	arg   string
	verbs []string
}{
	{stage{"a fresh name", "plain"}, ".mftprobe-r7kq2-1.tmp", words("STOR", "APPE", "MKD", "RNTO")},
	{stage{"a path", "plain"}, "in/name.txt", words("STOR", "RETR", "LIST", "NLST", "MLSD", "CWD", "RNFR", "RNTO", "DELE", "MKD")},
	{stage{"no name", "plain"}, "", words("LIST", "NLST", "MLSD", "STAT")},
	{stage{"a file of our own", "plain\n> STOR own.txt\n< 226 Done"}, "own.txt", words("RETR", "SIZE", "MDTM", "MLST", "RNFR", "RNTO", "DELE")},
	{stage{"a TLS session of its own", "secure\n> EPSV\n< 229 (|||50000|)\nev connect conn=data-1 phase=data-connect\nev handshake conn=data-1 phase=data-tls resumed=false resumption=offered"}, "name", dataVerbs},
	{stage{"the TLS session of the control connection", "secure\n> EPSV\n< 229 (|||50000|)\nev connect conn=data-1 phase=data-connect\nev handshake conn=data-1 phase=data-tls resumed=true resumption=offered"}, "name", words("LIST", "STOR", "RETR")},
	{stage{"data in clear under TLS", "target ftps 990\nev connect phase=tcp\nev handshake phase=tls resumed=false\n< 220 FTP ready\n> USER acme\n< 331 Password\n> PASS ****\n< 230 Logged on\n> PROT C\n< 200 Clear\n> EPSV\n< 229 (|||50000|)"}, "name", words("LIST", "STOR")},
	{stage{"anonymous", "target ftp 21\n< 220 ready\n> USER anonymous\n< 331 Guest"}, "****", words("PASS")},
	{stage{"refused once", "target ftp 21\n< 220 ready\n> USER acme\n< 331 Password\n> PASS ****\n< 530 No."}, "****", words("USER", "PASS")},
}

func TestMatrixOfNames(t *testing.T) {
	var b strings.Builder
	for _, st := range named {
		fmt.Fprintf(&b, "# %s\n", st.name)
		for _, verb := range st.verbs {
			for _, begun := range []bool{false, true} {
				if begun && !transfers(verb) {
					continue
				}
				var lines grouped
				for _, code := range matrixCodes {
					lines.add(fmt.Sprint(code), cell(latest(st.answered(t, verb, st.arg, code, begun))))
				}
				lines.write(&b, verb+map[bool]string{true: " after 150"}[begun])
			}
		}
	}
	golden(t, "testdata/positions-names.txt", b.String())
}

// answered is the stage with one more command and its refusal.
func (s stage) answered(t testing.TB, verb, arg string, code int, begun bool) probe.Transcript {
	t.Helper()
	lines := []string{strings.TrimSpace("> " + verb + " " + arg)}
	if begun {
		lines = append(lines, "< 150 Opening")
	}
	return s.session(t, append(lines, fmt.Sprintf("< %d no.", code))...)
}

// latest drops the refusals before the last one, which a stage may begin with.
func latest(tr probe.Transcript) probe.Transcript {
	for i := range tr.Events[:len(tr.Events)-1] {
		tr.Events[i].Tolerated = tr.Events[i].Code != nil && tr.Events[i].Code.Value >= 400
	}
	return tr
}

// broken are the ways in which something below the protocol can fail, at its places.
var broken = []struct {
	name, event string
}{
	{"name lookup", "ev lookup phase=dns"},
	{"proxy", "ev connect phase=proxy"},
	{"connecting", "ev connect phase=tcp"},
	{"greeting", "ev close phase=greeting"},
	{"handshake", "ev handshake phase=tls"},
	{"data port", "ev connect conn=data-1 phase=data-connect"},
	{"data handshake, session offered", "ev handshake conn=data-1 phase=data-tls resumption=offered"},
	{"data handshake, nothing offered", "ev handshake conn=data-1 phase=data-tls resumption=none"},
	{"download", "ev data conn=data-1 dir=received phase=transfer bytes=10 cmd=RETR"},
	{"upload", "ev data conn=data-1 dir=sent phase=transfer bytes=10 cmd=STOR"},
	{"waiting for the transfer", "ev timeout phase=completion cmd=RETR limit=reply"},
	{"between commands", "ev close phase=setup cmd=NOOP"},
}

// underWay are the sessions in which that can happen.
var underWay = []stage{
	{"ftp, nothing said", "target ftp 21"},
	{"ftp at the port of implicit TLS, nothing said", "target ftp 990"},
	{"ftpes, nothing said", "target ftpes 21"},
	{"ftps, nothing said", "target ftps 990"},
	{"ftpes, AUTH accepted", "target ftpes 21\n< 220 ready\n> AUTH TLS\n< 234 Go on"},
	{"passive transfer in clear", "plain\n> EPSV\n< 229 (|||50000|)\n> RETR name\n< 150 Opening"},
	{"passive transfer under TLS, connected", "secure\n> EPSV\n< 229 (|||50000|)\nev connect conn=data-1 phase=data-connect\n> RETR name\n< 150 Opening"},
	{"active transfer", "plain\n> PORT 1,2,3,4,5,6\n< 200 OK\n> RETR name\n< 150 Opening"},
	{"logged in", "plain\n> NOOP"},
}

var allClasses = []probe.Class{
	probe.ClassTimeout, probe.ClassRefused, probe.ClassReset, probe.ClassEOF, probe.ClassUnreachable, probe.ClassNoName, probe.ClassDNS, probe.ClassTLSAlert,
	probe.ClassNotTLS, probe.ClassUntrusted, probe.ClassExpired, probe.ClassWrongName, probe.ClassTLS, probe.ClassMalformed, probe.ClassTooLong,
	probe.ClassMismatch, probe.ClassProxy, probe.ClassUnsupported, probe.ClassCanceled, probe.ClassLocal,
}

func TestMatrixOfBrokenConnections(t *testing.T) {
	var b strings.Builder
	for _, st := range underWay {
		fmt.Fprintf(&b, "# %s\n", st.name)
		for _, x := range broken {
			if possible(st, x.event) {
				var lines grouped
				for _, class := range allClasses {
					lines.add(string(class), cell(st.session(t, x.event+" fail="+string(class))))
				}
				lines.write(&b, x.name)
			}
		}
	}
	golden(t, "testdata/positions-broken.txt", b.String())
}

// possible leaves out what cannot happen in a session: nothing is transferred before the login, and
// nobody looks a name up behind it.
func possible(st stage, event string) bool {
	data := strings.Contains(event, "data-1") || strings.Contains(event, "completion")
	early := slices.ContainsFunc(words("phase=dns", "phase=proxy", "phase=tcp", "phase=greeting", "phase=tls"), func(p string) bool { return strings.Contains(event, p) })
	loggedIn := strings.HasPrefix(st.begin, "plain") || strings.HasPrefix(st.begin, "secure")
	return loggedIn && !early && (data || strings.Contains(event, "NOOP")) || !loggedIn && early
}

// TestMatrixOfAlerts: what every TLS alert means at every place.
func TestMatrixOfAlerts(t *testing.T) {
	var b strings.Builder
	for _, st := range []struct{ stage, event stage }{
		{stage{"handshake", "target ftpes 21\n< 220 ready\n> AUTH TLS\n< 234 Go on"}, stage{begin: "ev handshake phase=tls fail=tls-alert"}},
		{stage{"handshake, certificate wanted", "target ftpes 21\n< 220 ready\n> AUTH TLS\n< 234 Go on"}, stage{begin: "ev handshake phase=tls fail=tls-alert client_certificate=requested"}},
		{stage{"login", "target ftpes 21\n< 220 ready\n> AUTH TLS\n< 234 Go on\nev handshake phase=tls client_certificate=requested\n> USER acme"}, stage{begin: "ev close phase=login cmd=USER fail=tls-alert"}},
		{stage{"data handshake", "secure\n> EPSV\n< 229 (|||50000|)\nev connect conn=data-1 phase=data-connect\n> LIST"}, stage{begin: "ev handshake conn=data-1 phase=data-tls fail=tls-alert resumption=offered"}},
		{stage{"data", "secure\n> EPSV\n< 229 (|||50000|)\nev connect conn=data-1 phase=data-connect\n> LIST\n< 150 Opening"}, stage{begin: "ev data conn=data-1 phase=transfer cmd=LIST fail=tls-alert"}},
	} {
		fmt.Fprintf(&b, "# %s\n", st.stage.name)
		phase := "phase=" + strings.Fields(strings.SplitAfter(st.event.begin, "phase=")[1])[0]
		conn := ""
		if strings.Contains(st.event.begin, "data-1") {
			conn = " conn=data-1"
		}
		for _, dir := range []string{"received", "sent"} {
			var lines grouped
			for _, alert := range []int{10, 20, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 70, 71, 80, 86, 90, 112, 116, 120} {
				lines.add(fmt.Sprint(alert), cell(st.stage.session(t, fmt.Sprintf("ev alert dir=%s %s%s code=tls-alert:%d", dir, phase, conn, alert), st.event.begin)))
			}
			lines.write(&b, dir)
		}
	}
	golden(t, "testdata/positions-alerts.txt", b.String())
}
