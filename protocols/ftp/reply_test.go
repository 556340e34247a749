package ftp

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// replies feeds the parser chunk by chunk and returns what it found, one line each.
func replies(chunks ...[]byte) ([]string, error) {
	var p replyParser
	var out []string
	for _, b := range chunks {
		for len(b) > 0 {
			found, rest, err := p.feed(b)
			if err != nil {
				return out, err
			}
			if found == nil {
				break
			}
			if found.reply == nil {
				out = append(out, "stray "+found.stray)
			} else {
				out = append(out, found.reply.text+"|"+found.reply.words)
			}
			b = rest
		}
	}
	return out, nil
}

func TestReplyParser(t *testing.T) {
	for in, want := range map[string]string{
		"220 hi\r\n":                           "220 hi|hi",
		"220\r\n":                              "220|",
		"220 \r\n":                             "220 |",
		"220-\r\n220 \r\n":                     "220-\n220 |",
		"220-a\r\nb\r\n 220 c\r\n220 d\r\n":    "220-a\nb\n 220 c\n220 d|a\nb\n 220 c\nd",
		"211-a\r\n211-b\r\n211 c\r\n":          "211-a\n211-b\n211 c|a\nb\nc",
		"220-a\r\n220\r\n":                     "220-a\n220|a",
		"220-a\r\n221 b\r\n220 c\r\n":          "220-a\n221 b\n220 c|a\n221 b\nc",
		"220\thi\r\n":                          "220\thi|hi",
		"220.hi\r\n":                           "220.hi|hi",
		"220hi\r\n":                            "stray 220hi",
		"2200 hi\r\n":                          "stray 2200 hi",
		"720 hi\r\n":                           "stray 720 hi",
		"020 hi\r\n":                           "stray 020 hi",
		"hi\r\n220 a\r\n":                      "stray hi;220 a|a",
		"\r\n":                                 "stray ",
		"220 a\n331 b\n":                       "220 a|a;331 b|b",
		"220 a\r\r\n":                          "220 a|a",
		"220 a\rb\r\n":                         "220 a\rb|a\rb",
		"220 \x00\x1b[1m\r\n":                  "220 \x00\x1b[1m|\x00\x1b[1m",
		"\xff\xfd\x18220 a\r\n":                "220 a|a",
		"220 a\xff\xffb\r\n":                   "220 a\xffb|a\xffb",
		"220 \xffabc\r\n":                      "220 \xffabc|\xffabc",
		"220 \xff\r\n":                         "220 \xff|\xff",
		"220 unfinished":                       "",
		"631 protected\r\n":                    "631 protected|protected",
		"150 Opening (5 bytes)\r\n226 ok\r\n":  "150 Opening (5 bytes)|Opening (5 bytes);226 ok|ok",
		"257 \"/a\"\"b\"\r\n":                  "257 \"/a\"\"b\"|\"/a\"\"b\"",
		"220-a\r\n220-b\r\n220-c\r\n220 d\r\n": "220-a\n220-b\n220-c\n220 d|a\nb\nc\nd",
	} {
		got, err := replies([]byte(in))
		if err != nil || strings.Join(got, ";") != want {
			t.Errorf("%q: %q %v, want %q", in, strings.Join(got, ";"), err, want)
		}
	}
}

// TestUnendedReply: what a stream ends in is a reply if it refuses and lacks nothing but its line end.
func TestUnendedReply(t *testing.T) {
	for in, want := range map[string]string{
		"530 no": "no", "421 ": "", "530 no\r": "no", "530-a\n530 b": "a\nb", "220 hi\r\n530 no": "no",
		"220 hi": "-", "399 x": "-", "400 x": "x", "53": "-", "530": "-", "530-a": "-", "530-a\n531 b": "-", "530-a\nb": "-", "no": "-", "": "-", "530 no\r\n": "-",
	} {
		var p replyParser
		for b := []byte(in); len(b) > 0; {
			_, b, _ = p.feed(b)
		}
		got := "-"
		if r := p.unended(); r != nil {
			got = r.words
			if r.odd&noLineEnd == 0 || r.odd&bareLF != 0 {
				t.Errorf("%q: deviations %b", in, r.odd)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestReplyLimits: at the limit a line and a reply are read, over it they are not.
func TestReplyLimits(t *testing.T) {
	line := func(n int) string { return "220 " + strings.Repeat("x", n-4) }
	block := func(n int) string {
		var b strings.Builder
		for b.WriteString("220-\n"); b.Len() < n-1000; {
			b.WriteString(strings.Repeat("y", 999) + "\n")
		}
		b.WriteString(strings.Repeat("z", n-b.Len()-len("220 end\n")-1) + "\n220 end\n")
		return b.String()
	}
	for name, tt := range map[string]struct {
		in   string
		want error
	}{
		"line":            {line(maxLine) + "\n", nil},
		"line too long":   {line(maxLine+1) + "\n", errLineTooLong},
		"reply":           {block(maxReply), nil},
		"reply too long":  {block(maxReply + 1), errReplyTooLong},
		"endless reply":   {"220-\n" + strings.Repeat("x\n", maxReply), errReplyTooLong},
		"line, no ending": {strings.Repeat("2", maxLine+1), errLineTooLong},
	} {
		if _, err := replies([]byte(tt.in)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// FuzzReplies: no input makes the parser panic or hold more than its limits, and how the stream is cut
// does not matter.
func FuzzReplies(f *testing.F) {
	for _, s := range []string{"220 hi\r\n", "220-a\r\n220 b\r\n", "211-\n x\n211 end\n", "\xff\xfb\x01220\n", "x\n\n220\n", "220-a\n220-", "150 a\r\n226"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		whole, err := replies(in)
		if cut < 1 {
			cut = 1
		}
		var chunks [][]byte
		for rest := in; len(rest) > 0; {
			n := min(cut, len(rest))
			chunks = append(chunks, rest[:n])
			rest = rest[n:]
		}
		pieces, perr := replies(chunks...)
		if strings.Join(whole, "\x00") != strings.Join(pieces, "\x00") || (err == nil) != (perr == nil) {
			t.Errorf("%q cut at %d: %q %v, whole %q %v", in, cut, pieces, perr, whole, err)
		}
		for _, r := range whole {
			if len(r) > 2*(maxReply+maxLine) {
				t.Errorf("a piece of %d bytes", len(r))
			}
		}
	})
}

// FuzzAddresses: 227, 229, 257 and the size in 150 never panic, and what they give is in range.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		"Entering Passive Mode (192,0,2,1,10,20).", "Extended Passive Mode (|||2121|)", `"/a ""b"" c" is it`, ") foo (", "(1,2,3,4,5,6)", "|||", `"`, "'a'",
		"Opening (99 bytes)", "(!!!1!)", "(|1|::1|2121|)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, words string) {
		if at, _, err := parse227(words); err == nil && (!at.Addr().Is4() || at.Port() == 0) {
			t.Errorf("%q: %s", words, at)
		}
		if port, _, err := parse229(words); err == nil && (port < 1 || port > 65535) {
			t.Errorf("%q: port %d", words, port)
		}
		if path, _, ok := parse257(words); ok && (path == "" || len(path) > len(words)) {
			t.Errorf("%q: path %q", words, path)
		}
		if n, ok := announcedSize(&reply{words: words}); ok && n < 0 {
			t.Errorf("%q: size %d", words, n)
		}
	})
}

// FuzzListing: no listing makes a parser panic, and what was counted adds up.
func FuzzListing(f *testing.F) {
	for _, s := range []string{
		"-rw-r--r-- 1 a b 5 Nov 24 2025 x\r\n", "type=file;size=5; x\n", "11-24-25 03:04PM <DIR> d\r\n", "A.TXT;1 2 4-NOV-2025 12:01\n", "LONG.TXT;1\n  2 4-NOV-2025 12:01\n",
		"QSYS 77 11/24/25 12:00:09 *STMF x\n", "APPL01 3390 2025/11/24 1 15 FB 80 27920 PS A\n", "total 0\n", "\n\n", "-rw-r--r-- 1 a b 5 Nov 24 2025 ",
	} {
		f.Add([]byte(s), 5)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		l := &listing{verb: cmdLIST}
		for rest := in; len(rest) > 0; {
			n := min(max(cut, 1), len(rest))
			l.take(rest[:n])
			rest = rest[n:]
		}
		l.endLine()
		r := l.read()
		if len(r.entries)+r.unknown > l.count || l.bytes != int64(len(in)) {
			t.Errorf("%q: %d entries and %d unknown in %d lines, %d bytes", in, len(r.entries), r.unknown, l.count, l.bytes)
		}
		for _, e := range r.entries {
			if e.Size < 0 || e.Name == "" || utf8.RuneCountInString(e.Name) > maxListedLine || bytes.ContainsRune([]byte(e.Name), '\n') {
				t.Errorf("%q: entry %+v", in, e)
			}
		}
	})
}
