package ftp

import (
	"strings"
	"testing"

	"mftprobe/probe"
)

// TestGreeting: what servers and those that are none send first.
func TestGreeting(t *testing.T) {
	for name, s := range map[string]scene{
		"as it should be": {talk: "S: 220 ready\n" + ending, want: "connect pass\nquit pass"},
		"several lines": {
			talk: "S: 220-hello\nS: 220 is no end here, this is:\nC: QUIT\nS: 221 bye", want: "connect pass\nquit pass",
		},
		"lines without codes":  {talk: "S: 220-hello\nS: all of\nS:  you\nS: 220 end\n" + ending, want: "connect pass\nquit pass"},
		"without text":         {talk: "S: 220\n" + ending, want: "  greeting oddity reply-without-text\nconnect pass\nquit pass"},
		"LF alone":             {talk: "S= \"220 hi\\n\"\n" + ending, want: "  greeting oddity bare-lf\nconnect pass\nquit pass"},
		"120 before 220":       {talk: "S: 120 wait a minute\nwait 20ms\nS: 220 now\n" + ending, want: "  greeting oddity greeting-120\nconnect pass\nquit pass"},
		"230":                  {talk: "S: 230 come in\n" + ending, want: "  greeting oddity completion-code\nconnect pass\nquit pass"},
		"Telnet commands":      {talk: "S= \"\\xff\\xfb\\x01220 hi\\xff\\xf1\\r\\n\"\n" + ending, want: "  greeting oddity telnet-bytes\nconnect pass\nquit pass"},
		"control characters":   {talk: "S= \"220 \\x1b[2Jhi\\x00\\r\\n\"\n" + ending, want: "  greeting oddity control-bytes\nconnect pass\nquit pass"},
		"a line too many":      {talk: "S= \"220 we are\\r\\nready\\r\\n\"\nwait 20ms\n" + ending, want: "  greeting oddity stray-line\nconnect pass\nquit pass"},
		"a line before it":     {talk: "S: Welcome!\nS: 220 ready\n" + ending, want: "  greeting oddity stray-line\nconnect pass\nquit pass"},
		"421":                  {talk: "S: 421 too many users", want: "  greeting reply 421\nconnect fail\nquit skipped"},
		"421 without line end": {talk: "S= \"421 too many users\"\nclose", want: "  greeting reply 421\n  greeting oddity no-line-end\nconnect fail\nquit skipped"},
		"lines, the last cut":  {talk: "S= \"530-no\\r\\n530 way\"\nclose", want: "  greeting reply 530\n  greeting oddity no-line-end\n  greeting close eof\nconnect fail\nquit skipped"},
		"530":                  {talk: "S: 530 too many users\n" + ending, want: "  greeting reply 530\nconnect fail\nquit pass"},
		"nothing, then FIN":    {talk: "close", want: "  greeting close eof\nconnect fail\nquit skipped"},
		"nothing, then RST":    {talk: "wait 300ms\nreset", want: "  greeting close reset\nconnect fail\nquit skipped"},
		"half a line":          {talk: "S= \"220 rea\"\nclose", want: "  greeting text malformed\n  greeting close eof\nconnect fail\nquit skipped"},
		"SSH":                  {talk: "S: SSH-2.0-OpenSSH_9.2\nsilence", want: "  greeting text malformed\n  greeting close malformed\nconnect fail\nquit skipped"},
		"HTTP":                 {talk: "S: HTTP/1.1 400 Bad Request\nsilence", want: "  greeting text malformed\n  greeting close malformed\nconnect fail\nquit skipped"},
		"a TLS alert":          {talk: "S= \"\\x15\\x03\\x01\\x00\\x02\\x02\\x46\"\nclose", want: "  greeting text malformed\n  greeting close eof\nconnect fail\nquit skipped"},
		"silence":              {talk: "silence", set: short, want: "  greeting timeout reply\nconnect fail\nquit skipped"},
		"120, then silence":    {talk: "S: 120 soon\nsilence", set: short, want: "  greeting oddity greeting-120\n  greeting timeout reply\nconnect fail\nquit skipped"},
		"a byte now and then":  {talk: "dribble 100ms 220 ready to serve", set: short, want: "  greeting timeout reply\nconnect fail\nquit skipped"},
		"endless":              {talk: "repeat forever S: 220-" + strings.Repeat("and more", 500), want: "  greeting text too-long\n  greeting close too-long\nconnect fail\nquit skipped"},
		"endless stray lines":  {talk: "repeat forever S: welcome", want: strings.Repeat("  greeting oddity stray-line\n", maxStray) + "  greeting text malformed\n  greeting close malformed\nconnect fail\nquit skipped"},
		"endless preliminary":  {talk: "repeat forever S: 120 soon", want: strings.Repeat("  greeting oddity greeting-120\n", maxPreliminary+1) + "  greeting close malformed\nconnect fail\nquit skipped"},
		"one line without end": {talk: "repeat forever S= \"" + strings.Repeat("2", 1000) + "\"", want: "  greeting text too-long\n  greeting close too-long\nconnect fail\nquit skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.steps = ops(probe.OpConnect, probe.OpQuit)
			s.check(t)
		})
	}
}

// TestPartialIsShown: what came of an unfinished reply is in the record.
func TestPartialIsShown(t *testing.T) {
	tr := scene{talk: "S: 220-patience\nS= \"22\"\nsilence", set: short, steps: ops(probe.OpConnect)}.play(t)
	for _, e := range tr.Events {
		if e.Kind == probe.KindTimeout && e.Attr["partial"] == "220-patience\n22" {
			return
		}
	}
	t.Errorf("not shown:\n%s", everything(tr))
}
