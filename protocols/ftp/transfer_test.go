package ftp

import (
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// TestTransfer: what can happen to data and to the replies around it.
func TestTransfer(t *testing.T) {
	const open = opening + epsv
	get := []probe.Step{{Name: "connect", Op: probe.OpConnect}, {Name: "login", Op: probe.OpLogin}, {Name: "get", Op: probe.OpGet, Path: "x"}, {Name: "quit", Op: probe.OpQuit, Always: true}}
	put := ops(probe.OpConnect, probe.OpLogin, probe.OpPut, probe.OpQuit)
	const gone = "C: DELE file-1\nS: 250 gone\n" + ending
	const retr = open + "C: RETR x\n"
	const stor = open + "C: STOR file-1\n"
	for name, s := range map[string]scene{
		"download":         {steps: get, talk: retr + "S: 150 (5 bytes)\ndata send \"hello\"\ndata close\nS: 226 done\n" + ending, want: "get pass\nquit pass"},
		"empty download":   {steps: get, talk: retr + "S: 150 (0 bytes)\ndata close\nS: 226 done\n" + ending, want: "get pass\nquit pass"},
		"250 for 226":      {steps: get, talk: retr + "S: 125 go\ndata close\nS: 250 done\n" + ending, want: "  completion oddity completion-code\nget pass\nquit pass"},
		"no preliminary":   {steps: get, talk: retr + "data send \"hello\"\ndata close\nS: 226 done\n" + ending, want: "  completion oddity missing-preliminary-reply\nget pass\nquit pass"},
		"two preliminary":  {steps: get, talk: retr + "S: 150 go\nS: 150 go on\ndata close\nS: 226 done\n" + ending, want: "  transfer oddity extra-preliminary-reply\nget pass\nquit pass"},
		"226 before data":  {steps: get, talk: retr + "S: 150 go\nS: 226 done\nwait 1s\ndata send \"hello\"\ndata close\n" + ending, want: "  transfer oddity data-1 completion-before-data-end\nget pass\nquit pass"},
		"refused":          {steps: get, talk: retr + "S: 550 no such file\n" + ending, want: "  transfer reply 550\nget fail\nquit pass"},
		"failed after 150": {steps: get, talk: retr + "S: 150 go\ndata send \"hel\"\ndata close\nS: 451 disk\n" + ending, want: "  completion reply 451\nget fail\nquit pass"},
		"failed, left open": {
			steps: get, talk: retr + "S: 150 go\ndata send \"hel\"\nwait 300ms\nS: 426 broken\n" + ending, want: "  completion reply 426\nget fail\nquit pass",
		},
		"data reset": {
			steps: get, talk: retr + "S: 150 go\ndata send \"hel\"\nwait 300ms\ndata reset\nwait 300ms\nS: 426 broken\n" + ending,
			want: "  transfer data data-1 reset 3\n  completion reply 426\nget fail\nquit pass",
		},
		"data reset, yet 226": {
			steps: get, talk: retr + "S: 150 go\ndata send \"hel\"\nwait 300ms\ndata reset\nwait 300ms\nS: 226 done\n" + ending,
			want: "  transfer data data-1 reset 3\nget fail\nquit pass",
		},
		"stalled": {
			steps: get, set: short, talk: retr + "S: 150 go\ndata send \"hel\"\nsilence",
			want: "  transfer timeout data-1 stall\n  transfer data data-1 timeout 3\nget fail\nquit skipped",
		},
		"no final reply": {
			steps: get, set: short, talk: retr + "S: 150 go\ndata send \"hello\"\ndata close\nsilence", want: "  completion timeout reply\nget fail\nquit skipped",
		},
		"closed instead of a final reply": {
			steps: get, talk: retr + "S: 150 go\ndata send \"hello\"\ndata close\nwait 300ms\nclose", want: "  completion close eof\nget fail\nquit skipped",
		},
		"a final 150": {
			steps: get, talk: retr + "S: 150 go\ndata send \"hel\"\ndata close\nS: 150 what now\nclose",
			want: "  transfer oddity extra-preliminary-reply\n  completion close eof\nget fail\nquit skipped",
		},
		"421 in the middle": {
			steps: get, talk: retr + "S: 150 go\ndata send \"hel\"\ndata close\nS: 421 bye\n", want: "  completion reply 421\nget fail\nquit skipped",
		},
		"upload":           {steps: put, talk: stor + "S: 150 go\ndata read *\ndata close\nS: 226 done\n" + gone, want: "put pass\nquit pass"},
		"upload refused":   {steps: put, talk: stor + "S: 553 no\n" + ending, want: "  transfer reply 553\nput fail\nquit pass"},
		"upload, 226 late": {steps: put, talk: stor + "S: 150 go\ndata read *\nwait 20ms\nS: 226 done\n" + gone, want: "put pass\nquit pass"},
		"upload, no preliminary": {
			steps: put, set: func(t *probe.Target) { t.Limits.Reply = 2 * time.Second }, talk: stor + "data read *\ndata close\nS: 226 done\n" + gone,
			want: "  completion oddity missing-preliminary-reply\nput pass\nquit pass",
		},
		"a late preliminary": { // half of the limit has gone when the upload begins; from the reply on it has all of its time again
			steps: put, set: func(t *probe.Target) { t.Limits.Reply = 2 * time.Second }, talk: stor + "wait 1300ms\nS: 150 go\nwait 1500ms\ndata read *\ndata close\nS: 226 done\n" + gone,
			want: "put pass\nquit pass",
		},
		"disk full": {steps: put, talk: stor + "S: 150 go\ndata read *\ndata close\nS: 452 disk full\n" + gone, want: "  completion reply 452\nput fail\n  cleanup reply 1\nquit pass"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.want = "connect pass\n  setup reply 502\nlogin pass\n" + strings.Replace(s.want, "\n  cleanup reply 1", "", 1)
			s.check(t)
		})
	}
}

// TestSlowLineIsNotEarly: data that keeps coming behind the final reply is on its way, data behind a pause is late.
func TestSlowLineIsNotEarly(t *testing.T) {
	longAgo, later := time.Now().Add(-time.Hour), time.Now().Add(time.Hour) // whatever the machine does meanwhile
	for name, tt := range map[string]struct {
		done, armed time.Time
		want        int
	}{
		"no final reply yet": {time.Time{}, longAgo, 0},
		"waited for long":    {longAgo, longAgo, 1},
		"already waited for": {longAgo, longAgo.Add(-time.Hour), 1},
		"just waited for":    {longAgo, later, 0},
		"just replied":       {later, longAgo, 0},
	} {
		rec := probe.NewRecorder(now, nil)
		c := &dataConn{d: newDriver(probe.Target{}, rec), done: tt.done, armed: tt.armed}
		c.checkEarly()
		c.checkEarly()
		var tr probe.Transcript
		if rec.Fill(&tr); len(tr.Events) != tt.want {
			t.Errorf("%s: %d events, want %d", name, len(tr.Events), tt.want)
		}
	}
}

// TestLateCompletion: a 226 behind a 250 is nobody's answer, also when the next command is under way.
func TestLateCompletion(t *testing.T) {
	const retr = opening + epsv + "C: RETR x\nS: 150 go\ndata close\nS: 250 done\n"
	const start = "connect pass\n  setup reply 502\nlogin pass\n  completion oddity completion-code\nget pass\n"
	get := probe.Step{Op: probe.OpGet, Path: "x"}
	for name, s := range map[string]scene{
		"at once": {
			talk: retr + "S: 226 done\n" + ending, steps: script(get, probe.Step{Op: probe.OpWait, Pause: 500 * time.Millisecond}),
			want: start + "wait pass\nquit pass",
		},
		"behind the next command": {
			talk: retr + "C: NOOP\nS: 226 done\nS: 200 ok\n" + ending, steps: script(get, probe.Step{Op: probe.OpNoop}),
			want: start + "  setup reply 226\n  setup oddity unsolicited-reply\nnoop pass\nquit pass",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := s.play(t)
			got := remarkable(tr)
			if name == "at once" { // in the step that it falls into
				got = strings.Replace(got, "  transfer reply 226\n  transfer oddity unsolicited-reply\n", "", 1)
			}
			if got != s.want || !strings.Contains(everything(tr), "unsolicited-reply") {
				t.Errorf("got\n%s\nwant\n%s\n%s", got, s.want, everything(tr))
			}
		})
	}
}

// TestUploadStopsEarly: after a refusal in the middle nothing more is sent, and what is left behind
// is removed.
func TestUploadStopsEarly(t *testing.T) {
	s := scene{
		talk:  opening + epsv + "C: STOR x\nS: 150 go\ndata take 10\nS: 552 quota\nC: QUIT\nS: 221 bye\n",
		steps: []probe.Step{{Name: "c", Op: probe.OpConnect}, {Name: "l", Op: probe.OpLogin}, {Name: "put", Op: probe.OpPut, Path: "x", Fresh: true, Payload: probe.NewPattern(1<<30, 1, false)}},
	}
	s.talk = strings.Replace(s.talk, "C: QUIT", "C: DELE x\nS: 250 gone\nC: QUIT", 1)
	tr := s.play(t)
	if got, want := remarkable(tr), "c pass\n  setup reply 502\nl pass\n  completion reply 552\nput fail"; got != want {
		t.Errorf("got\n%s\nwant\n%s\n%s", got, want, everything(tr))
	}
	if len(tr.Cleanup.Removed) != 1 {
		t.Errorf("clean-up %+v", tr.Cleanup)
	}
}

// TestNothingIsOverwritten: a name that is not ours is asked for first.
func TestNothingIsOverwritten(t *testing.T) {
	const stored = epsv + "C: STOR x\nS: 150 go\ndata read *\ndata close\nS: 226 done\nC: DELE x\nS: 250 gone\n"
	for name, tt := range map[string]struct{ talk, want string }{
		"there":   {"C: SIZE x\nS: 213 5\n", "  path check local\nput fail"},
		"free":    {"C: SIZE x\nS: 550 no such file\n" + stored, "  verify reply 550\nput pass"},
		"by MDTM": {"C: SIZE x\nS: 502 what\nC: MDTM x\nS: 550 no such file\n" + stored, "  verify reply 502\n  verify reply 550\nput pass"},
		"unclear": {"C: SIZE x\nS: 502 what\nC: MDTM x\nS: 502 what\n", "  verify reply 502\n  verify reply 502\n  path check local\nput fail"},
	} {
		t.Run(name, func(t *testing.T) {
			scene{
				talk:  opening + tt.talk + ending,
				steps: []probe.Step{{Name: "connect", Op: probe.OpConnect}, {Name: "login", Op: probe.OpLogin}, {Name: "put", Op: probe.OpPut, Path: "x"}, {Name: "quit", Op: probe.OpQuit, Always: true}},
				want:  "connect pass\n  setup reply 502\nlogin pass\n" + tt.want + "\nquit pass",
			}.check(t)
		})
	}
}

// TestRenameOverwritesNothing: neither does a rename.
func TestRenameOverwritesNothing(t *testing.T) {
	scene{
		talk:  opening + "C: SIZE b\nS: 213 1\n" + ending,
		steps: []probe.Step{{Name: "connect", Op: probe.OpConnect}, {Name: "login", Op: probe.OpLogin}, {Name: "rename", Op: probe.OpRename, Path: "a", To: "b"}, {Name: "quit", Op: probe.OpQuit, Always: true}},
		want:  "connect pass\n  setup reply 502\nlogin pass\n  path check local\nrename fail\nquit pass",
	}.check(t)
}

// TestDataTLSBreaks: what goes wrong with TLS on a data connection is told, and the final reply is
// waited for.
func TestDataTLSBreaks(t *testing.T) {
	const stor = openingTLS + epsv + "C: STOR file-1\nS: 150 go\n"
	const retr = openingTLS + epsv + "C: RETR x\nS: 150 go\n"
	get := []probe.Step{{Name: "connect", Op: probe.OpConnect}, {Name: "login", Op: probe.OpLogin}, {Name: "get", Op: probe.OpGet, Path: "x"}, {Name: "quit", Op: probe.OpQuit, Always: true}}
	put := ops(probe.OpConnect, probe.OpLogin, probe.OpPut, probe.OpQuit)
	for name, s := range map[string]scene{
		"closed at once": {
			steps: put, talk: stor + "data take 1\ndata close\nwait 300ms\nS: 425 no TLS\nC: DELE file-1\nS: 550 no\n" + ending,
			want: "  data-tls handshake data-1 reset\n  completion reply 425\nput fail\nquit pass",
		},
		"clear text": {
			steps: get, talk: retr + "data send \"hello, this is no TLS\"\ndata close\nS: 226 done\n" + ending,
			want: "  data-tls text data-1 not-tls\n  data-tls handshake data-1 not-tls\nget fail\nquit pass",
		},
		"no close_notify": {
			steps: get, talk: retr + "data tls\ndata send \"hello\"\ndata abandon\nS: 226 done\n" + ending,
			want: "  transfer oddity data-1 no-close-notify\nget pass\nquit pass",
		},
		"refused": {
			steps: get, talk: openingTLS + epsv + "C: RETR x\nS: 550 no such file\n" + ending, want: "  transfer reply 550\nget fail\nquit pass",
		},
		"silent": {
			steps: get, set: short, talk: retr + "silence", want: "  data-tls timeout data-1 reply\nget fail\nquit skipped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.protocol = probe.FTPES
			s.want = "connect pass\n  setup reply 502\nlogin pass\n" + s.want
			s.check(t)
		})
	}
}

// TestUnsolicited421: a farewell while nothing was asked is recorded when it comes, and nothing more
// is sent.
func TestUnsolicited421(t *testing.T) {
	scene{
		talk: opening + "wait 300ms\nS: 421 idle for too long\nclose",
		steps: []probe.Step{
			{Name: "connect", Op: probe.OpConnect},
			{Name: "login", Op: probe.OpLogin},
			{Name: "wait", Op: probe.OpWait, Pause: 1500 * time.Millisecond},
			{Name: "pwd", Op: probe.OpPwd},
		},
		want: "connect pass\n  setup reply 502\nlogin pass\n  setup reply 421\n  setup oddity unsolicited-reply\nwait pass\npwd fail",
	}.check(t)
}

// TestReconnectsToCleanUp: a file that may exist is removed in a second session.
func TestReconnectsToCleanUp(t *testing.T) {
	tr := scene{
		talk:  opening + epsv + "C: STOR file-1\nS: 150 go\ndata read *\ndata close\nreset\n---\n" + opening + "C: DELE file-1\nS: 250 gone\n" + ending,
		steps: ops(probe.OpConnect, probe.OpLogin, probe.OpPut, probe.OpQuit),
	}.play(t)
	if got, want := remarkable(tr), "connect pass\n  setup reply 502\nlogin pass\n  completion close reset\nput fail\nquit skipped"; got != want {
		t.Errorf("got\n%s\nwant\n%s\n%s", got, want, everything(tr))
	}
	if len(tr.Cleanup.Removed) != 1 {
		t.Errorf("clean-up %+v\n%s", tr.Cleanup, everything(tr))
	}
}
