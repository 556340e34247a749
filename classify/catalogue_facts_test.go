package classify

import (
	"strings"
	"testing"
)

func TestFill(t *testing.T) {
	full := Facts{
		Time: "2026-11-24T10:00:00Z", User: "alice", Host: "ftp.example.com", Port: 21,
		Local: "192.0.2.7:40000", Remote: "198.51.100.1:21", Step: "put", Code: "550", Text: "550 Permission denied.",
	}
	for _, c := range []struct {
		name, message, want string
		facts               Facts
	}{
		{"every placeholder", "{time} {user} {host} {port} {local} {remote} {step} {code}", "2026-11-24T10:00:00Z alice ftp.example.com 21 192.0.2.7:40000 198.51.100.1:21 put 550", full},
		{"the code is not said twice", "{reply}", `"550 Permission denied."`, full},
		{"code and text are joined", "{reply}", `"4 Failure"`, Facts{Code: "4", Text: "Failure"}},
		{"nothing known", "{user} on {host}: {reply}", "our account on your server: no usable reply", Facts{}},
		{"escape sequence", "{text}", `red \x1b[31m`, Facts{Text: "red \x1b[31m"}},
		{"line breaks", "{text}", "a / b", Facts{Text: "a\r\nb"}},
		{"invalid UTF-8", "{text}", `caf\xe9`, Facts{Text: "caf\xe9"}},
		{"direction override", "{text}", `a\u202eb`, Facts{Text: "a\u202eb"}},
		{"a fact is not a placeholder", "{text}", "{user}", Facts{Text: "{user}", User: "alice"}},
		{"unknown placeholder stays", "{colour}", "{colour}", full},
	} {
		if got := c.facts.Fill(c.message); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFillCutsLongFacts(t *testing.T) {
	at := Facts{Text: strings.Repeat("a", maxFact)}.Fill("{text}")
	over := Facts{Text: strings.Repeat("a", maxFact+1)}.Fill("{text}")
	if len(at) != maxFact || over != at+"…" {
		t.Errorf("%d bytes give %d, %d give %q…", maxFact, len(at), maxFact+1, over[len(over)-5:])
	}
}

func TestMessagesUseKnownPlaceholders(t *testing.T) {
	for c, e := range catalogue() {
		if got := (Facts{}).Fill(e.Them); strings.ContainsAny(got, "{}") {
			t.Errorf("%s: the message keeps a placeholder: %s", c, got)
		}
		if us := strings.Join(e.Us, " "); strings.ContainsAny(us, "{}") {
			t.Errorf("%s: nothing fills a placeholder in the advice for us: %s", c, us)
		}
	}
}
