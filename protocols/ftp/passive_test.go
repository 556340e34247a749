package ftp

import (
	"net/netip"
	"testing"

	"mftprobe/probe"
)

const listed = "C: LIST\nS: 150 here\ndata accept\ndata send \"-rw-r--r-- 1 a b 5 Jan 01 2026 x\\r\\n\"\ndata close\nS: 226 done\n" + ending

// TestPassive: EPSV and PASV, forced and with the way back, in the spellings seen in the wild.
func TestPassive(t *testing.T) {
	mode := func(m string) func(*probe.Target) { return func(t *probe.Target) { t.FTP.DataMode = m } }
	pasv := func(reply string) string { return opening + "C: PASV\ndata listen\nS: " + reply + "\n" + listed }
	for name, s := range map[string]scene{
		"EPSV":         {talk: opening + "C: EPSV\ndata listen\nS: 229 ok (|||{port}|)\n" + listed, want: "passive pass\nlist pass"},
		"EPSV strange": {talk: opening + "C: EPSV\ndata listen\nS: 229 ok |||{port}|\n" + listed, want: "  passive oddity passive-reply-form\npassive pass\nlist pass"},
		"EPSV refused": {
			talk: opening + "C: EPSV\nS: 500 what\nC: PASV\ndata listen\nS: 227 ok (127,0,0,1,{p1},{p2})\n" + listed,
			want: "  passive reply 500 tolerated\n  passive oddity passive-fallback\npassive pass\nlist pass",
		},
		"EPSV without a port": {
			talk: opening + "C: EPSV\nS: 229 ok\nC: PASV\ndata listen\nS: 227 ok (127,0,0,1,{p1},{p2})\n" + listed,
			want: "  passive oddity passive-reply-form\n  passive oddity passive-fallback\npassive pass\nlist pass",
		},
		"EPSV to a closed port": {
			talk: opening + "C: EPSV\ndata none\nS: 229 ok (|||{port}|)\nC: PASV\ndata listen\nS: 227 ok (127,0,0,1,{p1},{p2})\n" + listed,
			want: "  data-connect connect data-1 refused tolerated\n  passive oddity passive-fallback\npassive pass\nlist pass",
		},
		"both to closed ports": {
			talk: opening + "C: EPSV\ndata none\nS: 229 ok (|||{port}|)\nC: PASV\ndata none\nS: 227 ok (127,0,0,1,{p1},{p2})\n" + ending,
			want: "  data-connect connect data-1 refused\n  data-connect connect data-2 refused\npassive fail\nlist skipped",
		},
		"EPSV only, refused": {
			talk: opening + "C: EPSV\nS: 500 what\n" + ending, set: mode("epsv"), want: "  passive reply 500\npassive fail\nlist skipped",
		},
		"both refused": {
			talk: opening + "C: EPSV\nS: 500 what\nC: PASV\nS: 425 no\n" + ending, want: "  passive reply 500\n  passive reply 425\npassive fail\nlist skipped",
		},
		"421 to EPSV":      {talk: opening + "C: EPSV\nS: 421 bye\n", want: "  passive reply 421\npassive fail\nlist skipped"},
		"PASV":             {talk: pasv("227 Entering Passive Mode (127,0,0,1,{p1},{p2})."), set: mode("pasv"), want: "passive pass\nlist pass"},
		"PASV bare":        {talk: pasv("227 127,0,0,1,{p1},{p2}"), set: mode("pasv"), want: "  passive oddity passive-reply-form\npassive pass\nlist pass"},
		"PASV with blanks": {talk: pasv("227 ok ( 127, 0, 0, 1, {p1}, {p2} )"), set: mode("pasv"), want: "  passive oddity passive-reply-form\npassive pass\nlist pass"},
		"PASV private":     {talk: pasv("227 ok (10,1,2,3,{p1},{p2})"), set: mode("pasv"), want: "  passive oddity passive-address\npassive pass\nlist pass"},
		"PASV zero":        {talk: pasv("227 ok (0,0,0,0,{p1},{p2})"), set: mode("pasv"), want: "  passive oddity passive-address\npassive pass\nlist pass"},
		"PASV foreign":     {talk: pasv("227 ok (192,0,2,1,{p1},{p2})"), set: mode("pasv"), want: "  passive oddity passive-address\npassive pass\nlist pass"},
		"PASV unreadable": {
			talk: opening + "C: PASV\nS: 227 ) nonsense (\n" + ending, set: mode("pasv"), want: "  passive oddity passive-reply-form\npassive fail\nlist skipped",
		},
		"PASV beyond a byte": {
			talk: opening + "C: PASV\nS: 227 ok (127,0,0,1,300,1)\n" + ending, set: mode("pasv"), want: "  passive oddity passive-reply-form\npassive fail\nlist skipped",
		},
		"PASV silent": {
			talk: opening + "C: PASV\nsilence", set: func(t *probe.Target) { short(t); t.FTP.DataMode = "pasv" },
			want: "  passive timeout reply\npassive fail\nlist skipped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.steps = ops(probe.OpConnect, probe.OpLogin, probe.OpPassive, probe.OpList, probe.OpQuit)
			last := "quit pass"
			if name == "421 to EPSV" || name == "PASV silent" {
				last = "quit skipped"
			}
			s.want = "connect pass\n  setup reply 502\nlogin pass\n" + s.want + "\n" + last
			s.check(t)
		})
	}
}

// TestFallbackIsRemembered: what did not work is not tried again.
func TestFallbackIsRemembered(t *testing.T) {
	const pasv = "C: PASV\ndata listen\nS: 227 ok (127,0,0,1,{p1},{p2})\n"
	const list = "C: LIST\nS: 150 here\ndata accept\ndata close\nS: 226 done\n"
	s := scene{talk: opening + "C: EPSV\nS: 522 no\n" + pasv + list + pasv + list + ending}
	s.steps = []probe.Step{{Name: "c", Op: probe.OpConnect}, {Name: "l", Op: probe.OpLogin}, {Name: "1", Op: probe.OpList}, {Name: "2", Op: probe.OpList}, {Name: "q", Op: probe.OpQuit}}
	s.want = "c pass\n  setup reply 502\nl pass\n  passive reply 522 tolerated\n  passive oddity passive-fallback\n1 pass\n2 pass\nq pass"
	s.check(t)
}

// TestForeignAddressIsDialledOnlyIfTrusted: the address in 227 is not followed by itself.
func TestForeignAddressIsDialledOnlyIfTrusted(t *testing.T) {
	talk := opening + "C: PASV\ndata listen\nS: 227 ok (127,0,0,9,{p1},{p2})\n"
	trusting := scene{talk: talk + ending, steps: ops(probe.OpConnect, probe.OpLogin, probe.OpPassive, probe.OpQuit), set: func(t *probe.Target) {
		t.FTP.DataMode, t.FTP.TrustPasvAddress = "pasv", true
	}}
	// 127.0.0.9 is this machine too, but nothing listens on that address.
	trusting.want = "connect pass\n  setup reply 502\nlogin pass\n  passive oddity passive-address\n  data-connect connect data-1 refused\npassive fail\nquit pass"
	trusting.check(t)
}

func TestParse227(t *testing.T) {
	for words, want := range map[string]string{
		"Entering Passive Mode (192,0,2,1,10,20).":  "192.0.2.1:2580",
		"Entering Passive Mode. 192,0,2,1,10,20":    "192.0.2.1:2580",
		"=192,0,2,1,10,20":                          "192.0.2.1:2580",
		"Passive (192, 0, 2, 1, 10, 20)":            "192.0.2.1:2580",
		"Passive (192.0.2.1,10,20)":                 "192.0.2.1:2580",
		"Passive [192,0,2,1,10,20]":                 "192.0.2.1:2580",
		"1 of 3 (192,0,2,1,10,20)":                  "192.0.2.1:2580",
		"Entering Passive Mode (192,0,2,1,0,0).":    "",
		"Entering Passive Mode (192,0,2,1,256,0).":  "",
		"Entering Passive Mode (192,0,2,1,80,-1).":  "",
		"Entering Passive Mode (192,0,2,1,10).":     "",
		"Entering Passive Mode (1922,0,2,1,10,20).": "",
		") foo (": "",
		"":        "",
	} {
		at, _, err := parse227(words)
		got := ""
		if err == nil {
			got = at.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestParse229(t *testing.T) {
	for words, want := range map[string]int{
		"Entering Extended Passive Mode (|||2121|)":            2121,
		"Entering Extended Passive Mode |||2121|":              2121,
		"Entering Extended Passive Mode (!!!2121!)":            2121,
		"Entering Extended Passive Mode (|||2121)":             2121,
		"Entering Extended Passive Mode ( | | | 2121 | )":      2121,
		"Entering Extended Passive Mode (|1|192.0.2.1|2121|)":  2121,
		"Entering Extended Passive Mode (|2|2001:db8::1|2121|": 2121,
		"Extended Passive (2121)":                              2121,
		"Entering Extended Passive Mode (|||0|)":               0,
		"Entering Extended Passive Mode (|||65536|)":           0,
		"Entering Extended Passive Mode (|||212121|)":          0,
		"Extended Passive (212121)":                            0,
		"Entering Extended Passive Mode (|||)":                 0,
		"Entering Extended Passive Mode":                       0,
	} {
		if got, _, err := parse229(words); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d %v, want %d", words, got, err, want)
		}
	}
}

func TestAddressKind(t *testing.T) {
	for _, tt := range []struct{ address, peer, want string }{
		{"192.0.2.1", "192.0.2.1", ""},
		{"10.0.0.1", "192.0.2.1", "private"},
		{"100.64.1.1", "192.0.2.1", "private"},
		{"169.254.1.1", "192.0.2.1", "private"},
		{"127.0.0.1", "192.0.2.1", "loopback"},
		{"0.0.0.0", "192.0.2.1", "unspecified"},
		{"192.0.2.2", "192.0.2.1", "foreign"},
		{"192.0.2.2", "", ""},
		{"10.0.0.1", "", "private"},
	} {
		peer, _ := netip.ParseAddr(tt.peer)
		if got := addressKind(netip.MustParseAddr(tt.address), peer); got != tt.want {
			t.Errorf("%s announced by %s: %q, want %q", tt.address, tt.peer, got, tt.want)
		}
	}
}

func TestParse257(t *testing.T) {
	for words, want := range map[string]struct {
		path  string
		plain bool
	}{
		`"/home/alice" is the current directory`: {"/home/alice", true},
		`"/"`:                                    {"/", true},
		`"/a ""quoted"" name" created`:           {`/a "quoted" name`, true},
		`"/with space" ok`:                       {"/with space", true},
		`"/one quote`:                            {"/one quote", false},
		`'/single' is current`:                   {"/single", false},
		`/bare is the current directory`:         {"/bare", false},
		``:                                       {"", false},
		`"" empty`:                               {"", true},
	} {
		path, plain, ok := parse257(words)
		if path != want.path || plain != want.plain || ok != (want.path != "") {
			t.Errorf("%q: %q %v %v", words, path, plain, ok)
		}
	}
}

func TestAnnouncedSize(t *testing.T) {
	for words, want := range map[string]int64{
		"Opening BINARY mode data connection for x (1024 bytes).": 1024,
		"Opening BINARY mode data connection for x (0 bytes)":     0,
		"Opening data connection (1 byte)":                        1,
		"Opening data connection for (5 bytes) (7 bytes)":         5,
		"ok":                           -1,
		"ok (12)":                      -1,
		"(99999999999999999999 bytes)": -1,
	} {
		n, ok := announcedSize(&reply{code: 150, words: words})
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("%q: %d, want %d", words, n, want)
		}
	}
	if _, ok := announcedSize(nil); ok {
		t.Error("a size without a reply")
	}
}

// TestFallbackReason: a refused EPSV and one whose port is dead are different things.
func TestFallbackReason(t *testing.T) {
	for want, talk := range map[string]string{
		"reply": "C: EPSV\nS: 500 unknown\n",
		"port":  "C: EPSV\ndata none\nS: 229 ok (|||{port}|)\n",
	} {
		s := scene{talk: opening + talk + "C: PASV\ndata listen\nS: 227 ok (127,0,0,1,{p1},{p2})\n" + ending, steps: ops(probe.OpConnect, probe.OpLogin, probe.OpPassive, probe.OpQuit)}
		tr := s.play(t)
		found := ""
		for _, e := range tr.Events {
			if e.Attr["oddity"] == string(probe.OddityPassiveFallback) {
				found = e.Attr["reason"]
			}
		}
		if found != want {
			t.Errorf("the reason is %q, want %q", found, want)
		}
	}
}
