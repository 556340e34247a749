package foreignlog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// talk makes a record of an FTP session from lines such as "12 > PWD" and "12 < 257 /", the number
// being seconds after noon.
func talk(t *testing.T, user string, lines ...string) probe.Transcript {
	t.Helper()
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	b := newBook(Reader{}, "test")
	s := b.start("")
	s.ftp.dialled, s.target.User = true, user
	for _, l := range lines {
		var after int
		var mark string
		if _, err := fmt.Sscanf(l, "%d %s", &after, &mark); err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(l, mark+" ")
		s.at(noon.Add(time.Duration(after)*time.Second), true)
		if mark == ">" {
			s.command(text)
		} else {
			s.replyLine(text)
		}
	}
	s.close()
	return s.transcript()
}

var usual = []string{"0 < 220 hello", "0 > USER bob", "1 < 331 pw", "1 > PASS x", "2 < 230 ok", "2 > PASV", "3 < 227 ok (192,0,2,10,195,80)", "3 > STOR a", "4 < 150 go", "9 < 226 done", "9 > QUIT", "9 < 221 bye"}

// later moves lines by a number of seconds.
func later(by int, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		var at int
		_, _ = fmt.Sscanf(l, "%d", &at)
		_, rest, _ := strings.Cut(l, " ")
		out[i] = fmt.Sprintf("%d %s", at+by, rest)
	}
	return out
}

func without(lines []string, parts ...string) []string {
	var out []string
	for _, l := range lines {
		keep := true
		for _, p := range parts {
			keep = keep && !strings.Contains(l, p)
		}
		if keep {
			out = append(out, l)
		}
	}
	return out
}

func changed(lines []string, from, to string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.ReplaceAll(l, from, to)
	}
	return out
}

func TestLineUp(t *testing.T) {
	tests := []struct {
		name         string
		ours, theirs []string
		offset       time.Duration
		first        string // part of the sentence; empty: no difference
	}{
		{"the same", usual, usual, 0, ""},
		{"their clock is ahead", usual, later(95, usual), 95 * time.Second, ""},
		{"their clock is behind", usual, later(-3600, usual), -time.Hour, ""},
		{"other code", usual, changed(usual, "226 done", "426 aborted"), 0, "to STOR we got 226, their log says 426"},
		{"227 rewritten", usual, changed(usual, "192,0,2,10", "10,0,0,5"), 0, "to PASV we got 227 192.0.2.10:50000, their log says 227 10.0.0.5:50000: something on the way"},
		{"reply lost", without(usual, "226 done", "QUIT", "221"), usual, 0, "they sent 226 to STOR, which did not reach us"},
		{"command lost", usual, without(usual, "STOR", "150", "226"), 0, "we sent STOR, their log does not have it"},
		{"reply out of nowhere", append(append([]string{}, usual[:9]...), "5 < 426 gone"), usual[:9], 0, "we got 426 to STOR, their log does not have it"},
		{"a log of transfers", usual, without(usual, "220", "USER", "331", "PASS", "230", "PASV", "227", "QUIT", "221"), 0, ""},
		{"a log without replies", usual, without(usual, "<"), 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := LineUp(talk(t, "bob", tt.ours...), talk(t, "bob", tt.theirs...))
			if !c.HasOffset || c.Offset != tt.offset {
				t.Errorf("offset %v (%v), want %v", c.Offset, c.HasOffset, tt.offset)
			}
			got := ""
			if c.First != nil {
				got = c.First.Text
			}
			if tt.first == "" && got != "" || !strings.Contains(got, tt.first) {
				t.Errorf("first difference %q, want %q", got, tt.first)
			}
			if c.Doubt != "" {
				t.Errorf("doubt: %s", c.Doubt)
			}
			checkPairs(t, c)
		})
	}
}

// checkPairs: the lines of each record stand in their order, and each once.
func checkPairs(t *testing.T, c Comparison) {
	t.Helper()
	ours, theirs := 0, 0
	for _, p := range c.Pairs {
		if p.Ours != 0 && p.Ours <= ours || p.Theirs != 0 && p.Theirs <= theirs || p == (Pair{}) {
			t.Fatalf("pairs %v are out of order", c.Pairs)
		}
		ours, theirs = max(ours, p.Ours), max(theirs, p.Theirs)
	}
}

func TestLineUpDoubts(t *testing.T) {
	bob := talk(t, "bob", usual...)
	other := []string{"0 < 220 hi", "0 > USER eve", "0 < 331 x", "0 > PASS y", "0 < 530 no"}
	for _, tt := range []struct {
		name   string
		theirs probe.Transcript
		want   string
	}{
		{"other account", talk(t, "eve", changed(usual, "USER bob", "USER eve")...), "different accounts"},
		{"little in common", talk(t, "", other...), "are found in their log"},
		{"another day", talk(t, "bob", later(3*86400, usual)...), "more than a day apart"},
	} {
		if tt.name == "little in common" {
			tt.theirs.Target.User = ""
		}
		if c := LineUp(bob, tt.theirs); !strings.Contains(c.Doubt, tt.want) {
			t.Errorf("%s: doubt %q, want %q", tt.name, c.Doubt, tt.want)
		}
	}
}

func TestLineUpWithoutDates(t *testing.T) {
	theirs := talk(t, "bob", usual...)
	theirs.StartedAt = probe.Timestamp{}
	c := LineUp(talk(t, "bob", usual...), theirs)
	if c.HasOffset || c.First != nil || c.Matched != c.Compared {
		t.Errorf("compared without dates: %+v", c)
	}
}

func TestLineUpLimit(t *testing.T) {
	for _, n := range []int{maxLines / 2, maxLines/2 + 1} {
		lines := []string{"0 > PWD"}
		for range n - 1 {
			lines = append(lines, "0 < 200 ok", "0 > NOOP")
		}
		lines = append(lines, "0 < 200 ok")
		long := talk(t, "bob", lines...)
		c := LineUp(long, long)
		if over := n*2 > maxLines; (len(c.Notes) > 0) != over || c.Matched != min(2*n, maxLines) {
			t.Errorf("%d lines: %d matched, notes %q", 2*n, c.Matched, c.Notes)
		}
	}
}

// TestPickFromRealLog finds a session that curl recorded in the log that the server wrote of it and
// of many others.
func TestPickFromRealLog(t *testing.T) {
	for _, tt := range []struct{ ours, theirs, verb string }{
		{"curl/tls-noreuse", "vsftpd/tls", "LIST"},
		{"curl/nofile", "vsftpd/plain", "SIZE"},
		{"curl/put-denied", "vsftpd/plain", "STOR"},
		{"curl/badpass", "vsftpd/plain", "PASS"},
	} {
		ours := readCase(t, logCase{name: tt.ours}, "").Transcripts[0]
		candidates := readCase(t, logCase{name: tt.theirs}, "").Transcripts
		i := Pick(ours, candidates)
		if i < 0 {
			t.Fatalf("%s: nothing picked", tt.ours)
		}
		c := LineUp(ours, candidates[i])
		if c.First != nil || c.Doubt != "" || c.Matched < c.Compared {
			t.Errorf("%s with session %d: %+v", tt.ours, i+1, c)
		}
		last := candidates[i].Steps[len(candidates[i].Steps)-1]
		found := false
		for _, e := range candidates[i].Events {
			found = found || e.Command == tt.verb && e.Code != nil && e.Code.Value >= 400
		}
		if !found {
			t.Errorf("%s: picked session %d, which ends with %s and refuses no %s", tt.ours, i+1, last.Name, tt.verb)
		}
	}
	if Pick(probe.Transcript{}, nil) != -1 {
		t.Error("something was picked from nothing")
	}
}
