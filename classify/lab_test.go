package classify

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// dialogue is one session with a real server on which a fault had been set up. An entry of Talk is
// what was sent or, in angle brackets, what happened; the code, the text, and the milliseconds that
// it took if they are worth a word.
type dialogue struct {
	ID       string        `json:"id"`
	Protocol string        `json:"protocol"`
	Cause    Cause         `json:"cause"` // empty: nothing wrong is to be seen
	Also     []Cause       `json:"also"`
	Side     Side          `json:"side"`
	SideAlso []Side        `json:"side_also"`
	Phase    []probe.Phase `json:"phase"`
	Retry    Retry         `json:"retry"`
	Outcome  []Outcome     `json:"outcome"`
	Talk     [][]any       `json:"talk"`
	Changed  bool          `json:"changed"` // the content was compared and differs
}

// heldOut tells whether the row was kept out of sight while the rules were written.
func (d dialogue) heldOut() bool {
	sum := sha256.Sum256([]byte(d.ID))
	return binary.BigEndian.Uint32(sum[:])%100 < 30
}

func readDialogues(t testing.TB, name string) []dialogue {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []dialogue
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var d dialogue
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatalf("%s line %d: %v", name, len(out)+1, err)
		}
		out = append(out, d)
	}
	if err := lines.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%s: %d lines, %v", name, len(out), err)
	}
	return out
}

var labProtocols = map[string]probe.Protocol{
	"ftp": probe.FTP, "tcp": probe.FTP, "ftps-explicit": probe.FTPES, "ftpes": probe.FTPES,
	"ftps-implicit": probe.FTPS, "ftps": probe.FTPS, "sftp": probe.SFTP,
}

// transcript turns a dialogue into a record without steps and without phases, as a log has it.
func (d dialogue) transcript() probe.Transcript {
	p := labProtocols[d.Protocol]
	b := &labBook{protocol: p}
	b.t.Target = probe.TargetInfo{Protocol: p, Host: "ftp.example.com", Port: p.DefaultPort()}
	b.t.Connections = []probe.Connection{{ID: "control", Role: "control", Local: "198.51.100.7:40000", Remote: "192.0.2.10:21"}}
	for _, entry := range d.Talk {
		if entry[0].(string) == "QUIT" {
			b.compare(d.Changed)
			d.Changed = false
		}
		b.entry(entry)
	}
	b.compare(d.Changed)
	return b.t
}

// compare records that what came back is not what was stored.
func (b *labBook) compare(changed bool) {
	if changed {
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindCheck, Phase: probe.PhaseVerify, Text: "other content came back", Attr: map[string]string{"check": "content"}},
			probe.ClassMismatch)
	}
}

// labBook writes the transcript of one dialogue.
type labBook struct {
	t        probe.Transcript
	protocol probe.Protocol
	at       time.Duration
	verb     string // of the last command that waits for more than one reply
	linked   bool
	method   string
}

func (b *labBook) add(e probe.Event, broken ...probe.Class) {
	e.Seq = len(b.t.Events) + 1
	e.At = probe.Millis(b.at)
	if e.Conn == "" {
		e.Conn = "control"
	}
	if len(broken) > 0 {
		e.Failure = &probe.Failure{Class: broken[0]}
	}
	b.t.Events = append(b.t.Events, e)
}

func (b *labBook) entry(entry []any) {
	sent, text := entry[0].(string), entry[2].(string)
	code := -1
	if n, ok := entry[1].(float64); ok {
		code = int(n)
	}
	took := time.Duration(0)
	if len(entry) > 3 {
		took = time.Duration(entry[3].(float64)) * time.Millisecond
	}
	switch {
	case strings.HasPrefix(sent, "<"):
		b.at += took
		b.happened(sent, code, text)
	case b.protocol == probe.SFTP:
		b.ssh(sent, code, text, took)
	default:
		b.ftp(sent, code, text, took)
	}
}

// connectOnce puts the TCP connection before the first thing that needs it.
func (b *labBook) connectOnce() {
	if !b.linked {
		b.linked = true
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindConnect})
	}
}

func (b *labBook) ftp(sent string, code int, text string, took time.Duration) {
	b.connectOnce()
	verb, _, _ := strings.Cut(sent, " ")
	verb = strings.ToUpper(verb)
	if transfers(verb) {
		b.verb = verb
	}
	if !strings.HasPrefix(sent, `\x`) {
		b.add(probe.Event{Direction: probe.Sent, Kind: probe.KindCommand, Command: verb, Text: sent})
	}
	b.at += took
	b.answer(verb, code, text)
}

// answer records a reply or what came instead of one.
func (b *labBook) answer(verb string, code int, text string) {
	if code >= 0 {
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindReply, Command: verb, Text: text, Code: &probe.Code{Space: probe.SpaceFTP, Value: code, Text: text}})
		return
	}
	b.broke(text)
}

var (
	alertName_ = regexp.MustCompile(`ALERT_([A-Z_]+)`)
	partial    = regexp.MustCompile(`(?:after partial |bytes: |connection: |got |non-SFTP bytes )b?['"](.*)['"]`)
)

// broke records how a connection or handshake ended.
func (b *labBook) broke(text string) {
	if m := partial.FindStringSubmatch(text); m != nil && m[1] != "" {
		raw, _ := strconv.Unquote(`"` + strings.ReplaceAll(m[1], `"`, `\"`) + `"`)
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindText, Text: raw})
		return
	}
	switch {
	case strings.HasPrefix(text, "<EOF"), strings.HasPrefix(text, "<channel closed"):
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindClose}, probe.ClassEOF)
	case strings.HasPrefix(text, "<reset"):
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindClose}, probe.ClassReset)
	case strings.HasPrefix(text, "<timeout"):
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindTimeout, Attr: map[string]string{"limit": "reply"}}, probe.ClassTimeout)
	case strings.HasPrefix(text, "<TLS error"):
		b.alert(text)
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindClose}, probe.ClassTLS)
	case strings.HasPrefix(text, "<socket already"):
	default:
		text = strings.TrimPrefix(text, "non-FTP data: ")
		raw, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
		if err != nil {
			raw = text
		}
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindText, Text: raw})
	}
}

// alert records the alert that OpenSSL names in an error.
func (b *labBook) alert(text string) {
	m := alertName_.FindStringSubmatch(text)
	if m == nil {
		return
	}
	for _, c := range alertCodes() {
		if strings.EqualFold(c.name, m[1]) {
			b.add(probe.Event{Direction: probe.Received, Kind: probe.KindAlert, Code: &probe.Code{Space: probe.SpaceTLSAlert, Value: c.value, Name: c.name}})
		}
	}
}

func (b *labBook) happened(what string, code int, text string) {
	switch what {
	case "<connect>":
		b.connect(code, text)
	case "<resolve>":
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindLookup, Text: text}, probe.ClassDNS)
	case "<tls>", "<data-tls>":
		b.handshake(what == "<data-tls>", text)
	case "<data-connect>":
		b.dataConnect(text)
	case "<data>":
		b.data(text)
	case "<wait-final>":
		b.answer(b.verb, code, text)
	case "<unsolicited>":
		if !strings.HasPrefix(text, "<timeout") {
			b.answer("", code, text)
		}
	case "<version+kexinit>", "<negotiate>":
		b.connectOnce()
		b.version(code, text)
	case "<after handshake failure>", "<after>":
		if m := partial.FindStringSubmatch(text); m != nil {
			b.add(probe.Event{Direction: probe.Received, Kind: probe.KindOddity, Tolerated: true, Text: m[1], Attr: map[string]string{"oddity": string(probe.OddityPlainInTLS)}})
		}
	case "<next>":
	default:
		b.answer("", code, text)
	}
}

func (b *labBook) connect(code int, text string) {
	b.linked = true
	switch {
	case strings.Contains(text, "no SYN-ACK"):
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindConnect}, probe.ClassTimeout)
	case strings.HasPrefix(text, "<refused"):
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindConnect}, probe.ClassRefused)
	case strings.HasPrefix(text, "<OSError"):
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindConnect}, probe.ClassUnreachable)
	default:
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindConnect})
		b.answer("", code, text)
	}
}

func (b *labBook) handshake(data bool, text string) {
	b.connectOnce()
	e := probe.Event{Direction: probe.Local, Kind: probe.KindHandshake, Text: text}
	if data {
		e.Conn = "data-1"
	}
	class := probe.ClassTLS
	switch {
	case strings.HasPrefix(text, "handshake ok"):
		b.add(e)
		return
	case strings.Contains(text, "has expired"):
		class = probe.ClassExpired
	case strings.Contains(text, "not yet valid"):
		class = probe.ClassNotYet
	case strings.Contains(text, "mismatch"):
		class = probe.ClassWrongName
	case strings.Contains(text, "CERTIFICATE_VERIFY_FAILED"):
		class = probe.ClassUntrusted
	case strings.Contains(text, "WRONG_VERSION_NUMBER"):
		class = probe.ClassNotTLS
	case strings.Contains(text, "EOF"):
		class = probe.ClassEOF
	case strings.Contains(text, "reset"):
		class = probe.ClassReset
	case strings.Contains(text, "timeout"):
		class = probe.ClassTimeout
	case strings.Contains(text, "ALERT"):
		b.alert(text)
		class = probe.ClassTLSAlert
	}
	b.add(e, class)
}

func (b *labBook) dataConnect(text string) {
	class := probe.ClassUnreachable
	switch {
	case strings.HasPrefix(text, "<timeout"):
		class = probe.ClassTimeout
	case strings.HasPrefix(text, "<refused"):
		class = probe.ClassRefused
	}
	b.add(probe.Event{Direction: probe.Local, Kind: probe.KindConnect, Conn: "data-1", Text: text}, class)
}

func (b *labBook) data(text string) {
	e := probe.Event{Direction: probe.Local, Kind: probe.KindData, Conn: "data-1"}
	switch {
	case strings.HasPrefix(text, "<EOF after "):
		n, _, _ := strings.Cut(strings.TrimPrefix(text, "<EOF after "), " ")
		e.Bytes = number(n)
		b.add(e)
	case strings.HasPrefix(text, "<reset"):
		b.add(e, probe.ClassReset)
	default:
		e.Kind, e.Attr = probe.KindTimeout, map[string]string{"limit": "stall"}
		b.add(e, probe.ClassTimeout)
	}
}
