package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mftprobe/internal/plugin"
	"mftprobe/internal/refserver"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

// wicked is a password that breaks careless quoting, and encodings of it that a server may send back.
const wicked = `s3cr&t%/?"'<|pass`

// wickedForms are the encodings by which a secret gets into outputs.
func wickedForms() map[string]string {
	quoted := strconv.Quote(wicked)
	return map[string]string{
		"raw": wicked, "query": url.QueryEscape(wicked), "path": url.PathEscape(wicked), "quoted": quoted[1 : len(quoted)-1],
		"base64": base64.StdEncoding.EncodeToString([]byte(wicked)),
	}
}

// rude is what a server says to break the outputs of its client.
const rude = `evil|'x'=1s\r\nMFT OK - all fine|'time'=0s\r\n<failure>]]> {x="y"} \x1b[2J\xff {arg}`

// outcome is one way for a probe to end.
type outcome struct {
	name   string
	faults []string
	flags  []string // of run and check
	ranges []string // of check
	state  plugin.State
}

var outcomes = []outcome{
	{name: "ok", state: plugin.OK},
	{name: "ok within ranges", ranges: []string{"-w", "~:60", "-c", "0:90", "--warning-login", "@60:90"}, state: plugin.OK},
	{name: "warning by range", ranges: []string{"-w", "@0:60"}, state: plugin.Warning},
	{name: "critical by range", ranges: []string{"-c", "@0:60", "--warning-connect", "~:0"}, state: plugin.Critical},
	{name: "warning by finding", faults: []string{"tls-injected"}, flags: []string{"--protocol=ftpes"}, state: plugin.Warning},
	{name: "critical", faults: []string{"reply:PASS=530 " + rude}, state: plugin.Critical},
	{name: "critical at the end", faults: []string{"say:greeting=220 " + rude, "say:PWD=257 " + rude, "reply:LIST,MLSD=550 " + rude}, state: plugin.Critical},
	{name: "timeout", faults: []string{"silent:login"}, flags: []string{"--reply-timeout=200ms"}, state: plugin.Critical},
	{name: "timeout of all", faults: []string{"silent:greeting"}, flags: []string{"--timeout=300ms"}, state: plugin.Critical},
	{name: "timeout in seconds", faults: []string{"silent:greeting"}, flags: []string{"-t", "1"}, state: plugin.Critical},
	{name: "echo", faults: echoes(), state: plugin.Critical},
}

// echoes make a server that says the password in every encoding.
func echoes() []string {
	var out []string
	for _, form := range wickedForms() {
		out = append(out, strings.ReplaceAll(form, `\`, `\\`))
	}
	slices.Sort(out)
	return []string{"before:USER=331-" + out[0], "reply:PASS=530 {arg} " + strings.Join(out, " and ")}
}

// play runs a command against an endpoint with the faults of the outcome.
func (x outcome) play(t *testing.T, args func(address, file string) []string) (exit int, stdout string) {
	t.Helper()
	cfg := refserver.Loopback(x.faults...)
	cfg.Accounts = []refserver.Account{{User: "alice", Password: wicked}}
	s, err := refserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{"pw": wicked + "\n", "ca.pem": string(s.CAPEM())} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := testProgram(t)
	var out bytes.Buffer
	p.stdout, p.stderr = &out, &out
	exit = p.run(t.Context(), args(s.Addr("ftp"), dir+"/"))
	return exit, out.String()
}

// scheme is the protocol that the flags of check name.
func (x outcome) scheme() (scheme string, rest []string) {
	scheme = "ftp"
	for _, f := range x.flags {
		if word, ok := strings.CutPrefix(f, "--protocol="); ok {
			scheme = word
			continue
		}
		rest = append(rest, f)
	}
	return scheme, rest
}

// TestPluginOutcomes: whatever comes of a check, its output is what the guidelines say, to the letter.
func TestPluginOutcomes(t *testing.T) {
	for _, x := range outcomes {
		for _, verbose := range []string{"", "-v", "-vv", "-vvv"} {
			exit, out := x.play(t, func(address, dir string) []string {
				host, port, _ := strings.Cut(address, ":")
				args := []string{"check", "-H", host, "-p", port, "-u", "alice", "--password-file", dir + "pw", "--cacert", dir + "ca.pem"}
				if args = slices.Concat(args, x.flags, x.ranges); verbose != "" {
					args = append(args, verbose)
				}
				return args
			})
			if exit != int(x.state) {
				t.Errorf("%s: exit status %d, want %s\n%s", x.name, exit, x.state, out)
			}
			checkPlugin(t, x.name+" "+verbose, out, x.state)
			checkSecretless(t, x.name, out)
		}
	}
}

// TestPluginUnknown: wrong use and an interrupt are UNKNOWN, in the same form.
func TestPluginUnknown(t *testing.T) {
	for name, args := range map[string][]string{
		"no host":         {},
		"unknown flag":    {"-H", "127.0.0.1", "--nonsense|'x'=1"},
		"bad range":       {"-H", "127.0.0.1", "-w", "1:x|"},
		"bad timeout":     {"-H", "127.0.0.1", "-t", "soon|"},
		"no such file":    {"-H", "127.0.0.1", "-u", "alice", "--password-file", "no|such\nfile"},
		"several at once": {"-H", "ftp://h:0", "--tls-min", "9", "--data-mode", "x"},
	} {
		p := testProgram(t)
		var out bytes.Buffer
		p.stdout = &out
		if got := p.run(t.Context(), append([]string{"check"}, args...)); got != int(plugin.Unknown) {
			t.Errorf("%s: exit status %d", name, got)
		}
		checkPlugin(t, name, out.String(), plugin.Unknown)
	}
	interrupted, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(errInterrupted) })
	s, err := refserver.Start(t.Context(), refserver.Loopback("silent:greeting"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := testProgram(t)
	var out bytes.Buffer
	p.stdout = &out
	p.env.Getenv = func(string) (string, bool) { return s.Password(), true }
	if got := p.run(interrupted, []string{"check", "-H", s.URL("ftp"), "--password-env", "PW"}); got != int(plugin.Unknown) {
		t.Errorf("interrupted: exit status %d", got)
	}
	checkPlugin(t, "interrupted", out.String(), plugin.Unknown)
}

var (
	firstLine  = regexp.MustCompile(`^MFT (OK|WARNING|CRITICAL|UNKNOWN) - ([^|]+)(\|(.+))?$`)
	perfItem   = regexp.MustCompile(`^'((?:[^'=]|'')+)'=(-?[0-9]+(?:\.[0-9]+)?)(s|B|c|%)?;([^;]*);([^;]*);([^;]*);([^;]*)$`)
	perfRange  = regexp.MustCompile(`^(@?((~|-?[0-9.]+):)?(-?[0-9.]+)?)?$`)
	perfNumber = regexp.MustCompile(`^(-?[0-9.]+)?$`)
)

// checkPlugin parses the output of a plugin by the guidelines and holds it against the state.
func checkPlugin(t *testing.T, name, out string, state plugin.State) {
	t.Helper()
	body, ended := strings.CutSuffix(out, "\n")
	lines := strings.Split(body, "\n")
	m := firstLine.FindStringSubmatch(lines[0])
	if !ended || m == nil || m[1] != state.String() || !utf8.ValidString(out) {
		t.Errorf("%s: not the first line of a plugin that says %s: %q", name, state, lines[0])
		return
	}
	if before, _, _ := strings.Cut(lines[0], "|"); state != plugin.Unknown && utf8.RuneCountInString(before) > 80 {
		t.Errorf("%s: %d characters before the bar", name, utf8.RuneCountInString(before))
	}
	for _, line := range lines[1:] {
		if line == "" || strings.ContainsAny(line, "|\r\x1b") || strings.HasPrefix(line, "MFT ") {
			t.Errorf("%s: line %q", name, line)
		}
	}
	seen := map[string]bool{}
	for item := range strings.SplitSeq(m[4], " ") {
		if m[4] == "" {
			break
		}
		p := perfItem.FindStringSubmatch(item)
		if p == nil || seen[p[1]] || !perfRange.MatchString(p[4]) || !perfRange.MatchString(p[5]) ||
			!perfNumber.MatchString(p[6]) || !perfNumber.MatchString(p[7]) {
			t.Errorf("%s: performance data %q", name, item)
			continue
		}
		seen[p[1]] = true
		if v, err := strconv.ParseFloat(p[2], 64); err != nil || math.IsInf(v, 0) {
			t.Errorf("%s: value of %q", name, item)
		}
	}
	if state != plugin.Unknown && (!seen[report.TotalLabel] || !seen["depth"]) {
		t.Errorf("%s: performance data %q", name, m[4])
	}
}

func checkSecretless(t *testing.T, name, text string) {
	t.Helper()
	for form, secret := range wickedForms() {
		if strings.Contains(text, secret) {
			t.Errorf("%s: the password is there, %s\n%s", name, form, text)
		}
	}
}

// TestRunOutcomes: every form of every outcome is whole and holds no secret, and JUnit has one case for each step.
func TestRunOutcomes(t *testing.T) {
	for _, x := range outcomes {
		scheme, flags := x.scheme()
		var dir string
		_, out := x.play(t, func(address, in string) []string {
			dir = in
			args := []string{"run", "--read-only", "--no-diagnose", "-v", "--password-file", dir + "pw", "--cacert", dir + "ca.pem"}
			for _, form := range report.Forms() {
				args = append(args, "-o", form+"="+dir+form)
			}
			return append(append(args, flags...), scheme+"://alice@"+address)
		})
		checkSecretless(t, x.name, out)
		texts := map[string]string{}
		for _, form := range report.Forms() {
			text, err := os.ReadFile(dir + form)
			if err != nil || len(text) == 0 {
				t.Fatalf("%s: form %s: %v\n%s", x.name, form, err, out)
			}
			texts[form] = string(text)
			checkSecretless(t, x.name+" "+form, string(text))
		}
		if x.ranges == nil {
			checkPlugin(t, x.name, texts["nagios"], x.state)
		}
		for _, form := range []string{"json", "jsonl"} {
			results, err := report.Decode(strings.NewReader(texts[form]))
			if err != nil || len(results) != 1 {
				t.Fatalf("%s: %s: %d results, %v", x.name, form, len(results), err)
			}
			checkJUnit(t, x.name, texts["junit"], results)
		}
		if !strings.HasSuffix(texts["openmetrics"], "\n# EOF\n") {
			t.Errorf("%s: the metrics have no end", x.name)
		}
	}
}

// junitDocument is JUnit as its readers know it; an attribute that is not a number where they want one is an error.
type junitDocument struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Suites   []struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Errors   int `xml:"errors,attr"`
		Cases    []struct {
			Name    string    `xml:"name,attr"`
			Class   string    `xml:"classname,attr"`
			Time    float64   `xml:"time,attr"`
			Failure *struct{} `xml:"failure"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// checkJUnit reads the document to its end and counts: a suite for each target, a case for each step, in their order.
func checkJUnit(t *testing.T, name, text string, results []report.Result) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: not well-formed: %v\n%s", name, err, text)
		}
	}
	var doc junitDocument
	if err := xml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Suites) != len(results) {
		t.Fatalf("%s: %d suites for %d targets, %v", name, len(doc.Suites), len(results), err)
	}
	tests, failures := 0, 0
	for i, suite := range doc.Suites {
		var got, want []string
		failed, skipped := 0, 0
		for _, c := range suite.Cases {
			got = append(got, fmt.Sprintf("%s %t %t", c.Name, c.Failure != nil, c.Skipped != nil))
			failed += count(c.Failure)
			skipped += count(c.Skipped)
		}
		for _, s := range results[i].Steps {
			want = append(want, fmt.Sprintf("%s %t %t", s.Name, s.Status == probe.StatusFail, s.Status == probe.StatusSkipped))
		}
		if !slices.Equal(got, want) || suite.Tests != len(got) || suite.Failures != failed || suite.Skipped != skipped || suite.Errors != 0 {
			t.Errorf("%s: cases %q, want %q; counts %d %d %d", name, got, want, suite.Tests, suite.Failures, suite.Skipped)
		}
		tests, failures = tests+suite.Tests, failures+suite.Failures
	}
	if doc.Tests != tests || doc.Failures != failures {
		t.Errorf("%s: %d tests and %d failures at the top, %d and %d below", name, doc.Tests, doc.Failures, tests, failures)
	}
}

func count(mark *struct{}) int {
	if mark == nil {
		return 0
	}
	return 1
}
