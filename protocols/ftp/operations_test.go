package ftp

import (
	"strings"
	"testing"

	library "github.com/jlaffaye/ftp"

	"mftprobe/probe"
)

// script puts steps between login and quit.
func script(steps ...probe.Step) []probe.Step {
	out := []probe.Step{{Name: "connect", Op: probe.OpConnect}, {Name: "login", Op: probe.OpLogin}}
	for _, s := range steps {
		if s.Name == "" {
			s.Name = string(s.Op)
		}
		out = append(out, s)
	}
	return append(out, probe.Step{Name: "quit", Op: probe.OpQuit, Always: true})
}

// openingWith is opening with features.
func openingWith(features ...string) string {
	list := "S: 211-features\n"
	for _, f := range features {
		list += "S:  " + f + "\n"
	}
	return strings.Replace(opening, "S: 502 unknown\n", list+"S: 211 end\n", 1)
}

// TestOperations: each operation as a conversation, with what replies may look like.
func TestOperations(t *testing.T) {
	long := strings.Repeat("n", 255)
	for name, tt := range map[string]struct {
		talk, want string
		step       probe.Step
		features   []string
	}{
		"pwd":              {talk: "C: PWD\nS: 257 \"/a \"\"b\"\"\" is it", step: probe.Step{Op: probe.OpPwd}, want: "pwd pass"},
		"pwd, one quote":   {talk: "C: PWD\nS: 257 \"/a", step: probe.Step{Op: probe.OpPwd}, want: "  path oddity quotes-in-257\npwd pass"},
		"pwd, no quotes":   {talk: "C: PWD\nS: 257 /a is it", step: probe.Step{Op: probe.OpPwd}, want: "  path oddity quotes-in-257\npwd pass"},
		"pwd, nothing":     {talk: "C: PWD\nS: 257", step: probe.Step{Op: probe.OpPwd}, want: "  path oddity reply-without-text\n  path oddity quotes-in-257\n  path check 257 malformed\npwd fail"},
		"pwd, 250":         {talk: "C: PWD\nS: 250 \"/a\"", step: probe.Step{Op: probe.OpPwd}, want: "  path oddity completion-code\npwd pass"},
		"pwd refused":      {talk: "C: PWD\nS: 550 no", step: probe.Step{Op: probe.OpPwd}, want: "  path reply 550\npwd fail"},
		"cwd":              {talk: "C: CWD a b\nS: 250 ok", step: probe.Step{Op: probe.OpCwd, Path: "a b"}, want: "cwd pass"},
		"cwd, 200":         {talk: "C: CWD a\nS: 200 ok", step: probe.Step{Op: probe.OpCwd, Path: "a"}, want: "  path oddity completion-code\ncwd pass"},
		"cwd refused":      {talk: "C: CWD a\nS: 550 no", step: probe.Step{Op: probe.OpCwd, Path: "a"}, want: "  path reply 550\ncwd fail"},
		"mkdir":            {talk: "C: MKD d\nS: 257 \"/d\"\nC: RMD d\nS: 250 gone", step: probe.Step{Op: probe.OpMkdir, Path: "d"}, want: "mkdir pass"},
		"mkdir, 250":       {talk: "C: MKD d\nS: 250 made\nC: RMD d\nS: 250 gone", step: probe.Step{Op: probe.OpMkdir, Path: "d"}, want: "  path oddity completion-code\nmkdir pass"},
		"mkdir refused":    {talk: "C: MKD d\nS: 550 no", step: probe.Step{Op: probe.OpMkdir, Path: "d"}, want: "  path reply 550\nmkdir fail"},
		"rmdir":            {talk: "C: RMD d\nS: 250 gone", step: probe.Step{Op: probe.OpRmdir, Path: "d"}, want: "rmdir pass"},
		"delete":           {talk: "C: DELE .hidden\nS: 200 gone", step: probe.Step{Op: probe.OpDelete, Path: ".hidden"}, want: "  path oddity completion-code\ndelete pass"},
		"255 bytes":        {talk: "C: DELE " + long + "\nS: 250 gone", step: probe.Step{Op: probe.OpDelete, Path: long}, want: "delete pass"},
		"UTF-8":            {talk: "C: DELE grüße\nS: 250 gone", step: probe.Step{Op: probe.OpDelete, Path: "grüße"}, want: "delete pass"},
		"UTF-8 announced":  {features: []string{"UTF8"}, talk: "C: OPTS UTF8 ON\nS: 501 always on\nC: DELE grüße\nS: 250 gone", step: probe.Step{Op: probe.OpDelete, Path: "grüße"}, want: "  setup reply 501\ndelete pass"},
		"two lines":        {talk: "", step: probe.Step{Op: probe.OpDelete, Path: "a\r\nDELE b"}, want: "delete fail"},
		"two lines, stat":  {features: []string{"MLST"}, talk: "", step: probe.Step{Op: probe.OpStat, Path: "a\nDELE b"}, want: "stat fail"},
		"noop":             {talk: "C: NOOP\nS: 200 ok", step: probe.Step{Op: probe.OpNoop}, want: "noop pass"},
		"chmod":            {talk: "C: SITE CHMOD 640 a\nS: 200 ok", step: probe.Step{Op: probe.OpChmod, Mode: "640", Path: "a"}, want: "chmod pass"},
		"chmod refused":    {talk: "C: SITE CHMOD 640 a\nS: 502 no", step: probe.Step{Op: probe.OpChmod, Mode: "640", Path: "a"}, want: "  setup reply 502\nchmod fail"},
		"raw":              {talk: "C: STAT\nS: 211-status\nS:  all well\nS: 211 end", step: probe.Step{Op: probe.OpRaw, Line: "stat"}, want: "raw pass"},
		"raw, 350":         {talk: "C: RNFR a\nS: 350 go on", step: probe.Step{Op: probe.OpRaw, Line: "RNFR a"}, want: "raw pass"},
		"raw, ABOR":        {talk: "C: ABOR\nS: 226 nothing to abort", step: probe.Step{Op: probe.OpRaw, Line: "ABOR"}, want: "raw pass"},
		"raw AUTH refused": {talk: "C: AUTH TLS\nS: 504 no", step: probe.Step{Op: probe.OpRaw, Line: "AUTH TLS"}, want: "  auth-tls reply 504\nraw fail"},
		"raw refused":      {talk: "C: FOO\nS: 500 no", step: probe.Step{Op: probe.OpRaw, Line: "FOO"}, want: "  setup reply 500\nraw fail"},
		"raw, two lines":   {talk: "", step: probe.Step{Op: probe.OpRaw, Line: "NOOP\r\nDELE a"}, want: "raw fail"},
		"size":             {talk: "C: SIZE a\nS: 213 17", step: probe.Step{Op: probe.OpSize, Path: "a"}, want: "size pass"},
		"size with blanks": {talk: "C: SIZE a\nS: 213  17 ", step: probe.Step{Op: probe.OpSize, Path: "a"}, want: "size pass"},
		"size below zero":  {talk: "C: SIZE a\nS: 213 -2147482624", step: probe.Step{Op: probe.OpSize, Path: "a"}, want: "  verify check 213 malformed\nsize fail"},
		"size unreadable":  {talk: "C: SIZE a\nS: 213 many", step: probe.Step{Op: probe.OpSize, Path: "a"}, want: "  verify check 213 malformed\nsize fail"},
		"mdtm":             {talk: "C: MDTM a\nS: 213 20260102030405", step: probe.Step{Op: probe.OpMdtm, Path: "a"}, want: "mdtm pass"},
		"mdtm, fractions":  {talk: "C: MDTM a\nS: 213 20260102030405.678", step: probe.Step{Op: probe.OpMdtm, Path: "a"}, want: "mdtm pass"},
		"mdtm unreadable":  {talk: "C: MDTM a\nS: 213 yesterday", step: probe.Step{Op: probe.OpMdtm, Path: "a"}, want: "  verify check 213 malformed\nmdtm fail"},
		"stat":             {features: []string{"MLST size*;"}, talk: "C: MLST a\nS: 250-facts\nS:  type=file;size=5; a\nS: 250 end", step: probe.Step{Op: probe.OpStat, Path: "a"}, want: "stat pass"},
		"stat without times": {
			talk: "C: SIZE a\nS: 213 5\nC: MDTM a\nS: 502 no", step: probe.Step{Op: probe.OpStat, Path: "a", Expect: probe.Expect{MinSize: 5}}, want: "  verify reply 502\nstat pass",
		},
		"stat, no such file": {
			talk: "C: SIZE a\nS: 213 5\nC: MDTM a\nS: 550 no", step: probe.Step{Op: probe.OpStat, Path: "a"}, want: "  verify reply 550\nstat fail",
		},
		"stat without MLST": {
			talk: "C: SIZE a\nS: 213 5\nC: MDTM a\nS: 213 20260102030405", step: probe.Step{Op: probe.OpStat, Path: "a"}, want: "stat pass",
		},
		"rename":          {talk: "C: RNFR a\nS: 350 go on\nC: RNTO b\nS: 250 done", step: probe.Step{Op: probe.OpRename, Path: "a", To: "b", Fresh: true}, want: "rename pass"},
		"rename refused":  {talk: "C: SIZE b\nS: 550 no\nC: RNFR a\nS: 550 no", step: probe.Step{Op: probe.OpRename, Path: "a", To: "b"}, want: "  verify reply 550\n  path reply 550\nrename fail"},
		"rename, 2nd no":  {talk: "C: SIZE b\nS: 550 no\nC: RNFR a\nS: 350 ok\nC: RNTO b\nS: 553 no", step: probe.Step{Op: probe.OpRename, Path: "a", To: "b"}, want: "  verify reply 550\n  path reply 553\nrename fail"},
		"append":          {talk: "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: APPE a\ndata accept\nS: 150 go\ndata read *\nS: 226 done", step: probe.Step{Op: probe.OpAppend, Path: "a"}, want: "append pass"},
		"get from 3":      {talk: "C: EPSV\ndata listen\nS: 229 (|||{port}|)\ndata accept\nC: REST 3\nS: 350 ok\nC: RETR a\nS: 150 go\ndata send \"lo\"\ndata close\nS: 226 done", step: probe.Step{Op: probe.OpGet, Path: "a", Offset: 3}, want: "get pass"},
		"get, REST no":    {talk: "C: EPSV\ndata listen\nS: 229 (|||{port}|)\ndata accept\nC: REST 3\nS: 502 no", step: probe.Step{Op: probe.OpGet, Path: "a", Offset: 3}, want: "  transfer reply 502\nget fail"},
		"put at 3":        {talk: "C: SIZE a\nS: 213 3\nC: EPSV\ndata listen\nS: 229 (|||{port}|)\ndata accept\nC: REST 3\nS: 350 ok\nC: STOR a\nS: 150 go\ndata read \"lo\"\nS: 226 done", step: probe.Step{Op: probe.OpPut, Path: "a", Offset: 3, Payload: probe.Bytes("lo")}, want: "put pass"},
		"put at, is more": {talk: "C: SIZE a\nS: 213 4", step: probe.Step{Op: probe.OpPut, Path: "a", Offset: 3, Payload: probe.Bytes("lo")}, want: "  path check local\nput fail"},
		"put at, is less": {talk: "C: SIZE a\nS: 213 2", step: probe.Step{Op: probe.OpPut, Path: "a", Offset: 3, Payload: probe.Bytes("lo")}, want: "  path check local\nput fail"},
		"put at, no SIZE": {talk: "C: SIZE a\nS: 550 no", step: probe.Step{Op: probe.OpPut, Path: "a", Offset: 3, Payload: probe.Bytes("lo")}, want: "  verify reply 550\nput fail"},
		"empty upload":    {talk: "C: SIZE a\nS: 550 no\nC: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: STOR a\ndata accept\nS: 150 go\ndata read \"\"\nS: 226 done\nC: DELE a\nS: 250 gone", step: probe.Step{Op: probe.OpPut, Path: "a", Payload: probe.Bytes("")}, want: "  verify reply 550\nput pass"},
		"another success": {talk: "C: NOOP\nS: 220 ok", step: probe.Step{Op: probe.OpNoop}, want: "  setup oddity completion-code\nnoop pass"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scene{
				talk: openingWith(tt.features...) + tt.talk + "\n" + ending, steps: script(tt.step),
				want: "connect pass\nlogin pass\n" + tt.want + "\nquit pass",
			}.check(t)
		})
	}
}

// TestRawChangesTheSession: a raw command that sets the session up is heeded by the steps behind it.
func TestRawChangesTheSession(t *testing.T) {
	const get = "C: RETR x\nS: 150 go\ndata send \"hello\"\ndata close\nS: 226 done\n"
	step := probe.Step{Op: probe.OpGet, Path: "x"}
	for name, s := range map[string]scene{
		"TYPE": {
			talk: openingWith() + "C: TYPE A\nS: 200 ok\nC: TYPE I\nS: 200 ok\n" + epsv + get + ending, steps: script(probe.Step{Op: probe.OpRaw, Line: "TYPE A"}, step),
			want: "connect pass\nlogin pass\nraw pass\nget pass\nquit pass",
		},
		"TYPE refused": {
			talk: openingWith() + "C: TYPE E\nS: 504 no\n" + epsv + get + ending, steps: script(probe.Step{Op: probe.OpRaw, Line: "TYPE E", MayFail: true}, step),
			want: "connect pass\nlogin pass\n  setup reply 504\nraw warn\nget pass\nquit pass",
		},
		"PROT": {
			protocol: probe.FTPES, talk: openingTLS + "C: PROT C\nS: 200 ok\n" + epsv + get + ending, steps: script(probe.Step{Op: probe.OpRaw, Line: "PROT C"}, step),
			want: "connect pass\n  setup reply 502\nlogin pass\nraw pass\nget pass\nquit pass",
		},
		"AUTH": {
			talk: openingWith() + "C: AUTH TLS\nS: 234 go\nsilence", steps: script(probe.Step{Op: probe.OpRaw, Line: "AUTH TLS"}),
			want: "connect pass\nlogin pass\nraw pass\nquit skipped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.check(t)
		})
	}
}

// TestASCII: line ends change on the wire and nowhere else, and SIZE is asked for in image type.
func TestASCII(t *testing.T) {
	const in = "S: 220 hi\nC: USER alice\nS: 331 password\nC: PASS correct horse\nS: 230 in\nC: FEAT\nS: 211 end\nC: TYPE A\nS: 200 ok\n"
	tr := scene{
		talk: in + "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: STOR file-1\ndata accept\nS: 150 go\ndata read \"a\\r\\nb\\r\\n\"\nS: 226 done\n" +
			"C: TYPE I\nS: 200 ok\nC: SIZE file-1\nS: 213 4\nC: TYPE A\nS: 200 ok\n" +
			"C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: RETR file-1\ndata accept\nS: 150 go\ndata send \"a\\r\\nb\\r\\n\"\ndata close\nS: 226 done\nC: DELE file-1\nS: 250 gone\n" + ending,
		steps: script(
			probe.Step{Op: probe.OpPut, Payload: probe.Bytes("a\nb\n")}, probe.Step{Op: probe.OpSize},
			probe.Step{Op: probe.OpGet, Expect: probe.Expect{SHA256: sumOf("a\nb\n")}},
		),
		set: func(t *probe.Target) { t.FTP.Type = "A" },
	}.play(t)
	if got := remarkable(tr); got != "connect pass\nlogin pass\nput pass\nsize pass\nget pass\nquit pass" {
		t.Errorf("%s", everything(tr))
	}
	if put, get := tr.Steps[2], tr.Steps[4]; put.Bytes != 6 || get.Bytes != 6 {
		t.Errorf("put %d bytes, got %d, 6 are on the wire", put.Bytes, get.Bytes)
	}
}

// TestChecksums: a server that can is asked, in its way, and a difference fails the upload.
func TestChecksums(t *testing.T) {
	const put = "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: STOR file-1\ndata accept\nS: 150 go\ndata read *\nS: 226 done\n"
	const gone = "C: DELE file-1\nS: 250 gone\n" + ending
	sha := sumOf("hello")
	for name, tt := range map[string]struct {
		feature, talk, want string
	}{
		"HASH":          {"HASH SHA-256*;MD5", "C: HASH file-1\nS: 213 SHA-256 0-4 " + sha + " file-1\n", "put pass"},
		"HASH chosen":   {"HASH SHA-256;MD5*", "C: OPTS HASH SHA-256\nS: 200 ok\nC: HASH file-1\nS: 213 SHA-256 0-4 " + sha + " file-1\n", "put pass"},
		"XSHA256":       {"XSHA256", "C: XSHA256 file-1\nS: 250 " + strings.ToUpper(sha) + "\n", "put pass"},
		"XSHA1":         {"XSHA1", "C: XSHA1 file-1\nS: 250 aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d\n", "put pass"},
		"XMD5":          {"XMD5", "C: XMD5 file-1\nS: 250 5d41402abc4b2a76b9719d911017c592\n", "put pass"},
		"XCRC":          {"XCRC", "C: XCRC file-1\nS: 250 3610A686\n", "put pass"},
		"another one":   {"XMD5", "C: XMD5 file-1\nS: 250 00000000000000000000000000000000\n", "  verify check 250 mismatch\nput fail"},
		"refused":       {"XMD5", "C: XMD5 file-1\nS: 550 no\n", "  verify reply 550\nput pass"},
		"not a sum":     {"XMD5", "C: XMD5 file-1\nS: 250 ok\n", "put pass"},
		"HASH of none":  {"HASH CRC64", "", "put pass"},
		"nothing there": {"SIZE", "", "put pass"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scene{
				talk: openingWith(tt.feature) + put + tt.talk + gone, steps: script(probe.Step{Op: probe.OpPut, Payload: probe.Bytes("hello")}),
				want: "connect pass\nlogin pass\n" + tt.want + "\nquit pass",
			}
			s.check(t)
		})
	}
}

// TestSecondOpinion: what reads is done again without the library, and a difference is told.
func TestSecondOpinion(t *testing.T) {
	const list = "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: LIST\ndata accept\nS: 150 go\ndata send \"-rw-r--r-- 1 a b 5 Jan 01 2026 x\\r\\n\"\ndata close\nS: 226 done\n"
	const get = "C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: RETR x\ndata accept\nS: 150 go\ndata send \"hello\"\ndata close\nS: 226 done\n"
	scene{
		talk: openingWith("MDTM") + "C: PWD\nS: 257 \"/\"\nC: PWD\nS: 257 \"/\"\nC: SIZE x\nS: 213 5\nC: SIZE x\nS: 213 6\nC: MDTM x\nS: 213 20260102030405\nC: MDTM x\nS: 213 20260102030405\n" +
			list + list + get + get + ending,
		steps: script(probe.Step{Op: probe.OpPwd}, probe.Step{Op: probe.OpSize, Path: "x"}, probe.Step{Op: probe.OpMdtm, Path: "x"}, probe.Step{Op: probe.OpList}, probe.Step{Op: probe.OpGet, Path: "x"}),
		set:   func(t *probe.Target) { t.FTP.SecondOpinion = true },
		want:  "connect pass\nlogin pass\npwd pass\n  verify check mismatch tolerated\nsize pass\nmdtm pass\nlist pass\nget pass\nquit pass",
	}.check(t)
}

// TestLibraryDefect: a panic in the library is an event and not the end of the program.
func TestLibraryDefect(t *testing.T) {
	rec := probe.NewRecorder(now, nil)
	d := newDriver(probe.Target{}, rec)
	err := d.guarded(func() error { var s *library.ServerConn; return s.NoOp() })
	if err == nil {
		t.Fatal("no error")
	}
	var tr probe.Transcript
	rec.Fill(&tr)
	if len(tr.Events) != 1 || tr.Events[0].Failure.Class != probe.ClassLibrary {
		t.Errorf("events: %+v", tr.Events)
	}
}

// TestThroughProxies: data connections take the same way as the control connection.
func TestThroughProxies(t *testing.T) {
	const list = "C: LIST\nS: 150 go\ndata accept\ndata close\nS: 226 done\n"
	tr := scene{
		talk:  openingWith() + "C: EPSV\nS: 502 no\nC: PASV\ndata listen\nS: 227 ok (127,0,0,1,{p1},{p2})\n" + list + ending,
		steps: script(probe.Step{Op: probe.OpList}),
		set:   func(target *probe.Target) { target.Network.Proxy = tunnel(t) },
		want:  "connect pass\nlogin pass\n  passive reply 502 tolerated\n  passive oddity passive-fallback\nlist pass\nquit pass",
	}.check(t)
	proxied := 0
	for _, e := range tr.Events {
		if e.Phase == probe.PhaseProxy && e.Attr["proxy"] != "" {
			proxied++
		}
	}
	if proxied != 2 {
		t.Errorf("%d connections through the proxy, want 2\n%s", proxied, everything(tr))
	}
}

// TestWithoutConnection: steps that need a session do not crash without one.
func TestWithoutConnection(t *testing.T) {
	d := newDriver(probe.Target{}, probe.NewRecorder(now, nil))
	for _, op := range []probe.Op{probe.OpLogin, probe.OpList, probe.OpQuit} {
		if o := d.Do(t.Context(), probe.Step{Op: op}); o.OK || !o.Over {
			t.Errorf("%s: %+v", op, o)
		}
	}
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestUnknownOperation: what FTP does not have is said.
func TestUnknownOperation(t *testing.T) {
	scene{talk: openingWith() + ending, steps: script(probe.Step{Op: "dance"}), want: "connect pass\nlogin pass\ndance fail\nquit pass"}.check(t)
}

// TestWithheld: a refusal to tell is no sign that a name is free.
func TestWithheld(t *testing.T) {
	for text, want := range map[string]bool{
		"No such file or directory": false, "The system cannot find the file specified.": false, "Datei nicht gefunden": false,
		"Permission denied": true, "SIZE not allowed in ASCII mode": true, "Access is denied.": true, "Not authorized": true,
	} {
		if withheld(text) != want {
			t.Errorf("withheld(%q) = %v", text, !want)
		}
	}
}
