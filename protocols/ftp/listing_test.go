package ftp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// listTalk is a conversation in which verb is answered with text.
func listTalk(verb, text string) string {
	return fmt.Sprintf("C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: %s\ndata accept\nS: 150 go\ndata send %q\ndata close\nS: 226 done\n", verb, text)
}

// TestListings: the formats of the field, from the servers that send them.
func TestListings(t *testing.T) {
	for name, tt := range map[string]struct {
		text    string
		format  string
		names   string
		lines   int
		unknown int
	}{
		"empty": {format: formatUnknown},
		"vsftpd": {
			text:   "drwxr-xr-x    2 1000     1000           40 Nov 24 2025 dir\r\n-rw-r--r--    1 1000     1000            2 Nov 24 2025 gr\u00fc\u00dfe \u2603.txt\r\nlrwxrwxrwx    1 0 0 7 Nov 24 2025 link -> nowhere\r\n",
			format: formatUnix, names: "dir/ grüße ☃.txt link", lines: 3,
		},
		"total and dots": {
			text:   "total 12\r\ndrwxr-xr-x 2 a b 40 Nov 24 12:00 .\r\ndrwxr-xr-x 2 a b 40 Nov 24 12:00 ..\r\n-rw-r--r-- 1 a b 7 Nov 24 12:00 x\r\n",
			format: formatUnix, names: "x", lines: 4,
		},
		"SELinux and ACL marks": {
			text:   "-rw-r--r--. 1 a b 7 Nov 24 2025 dot\r\n-rw-r--r--+ 1 a b 7 Nov 24 2025 plus\r\n-rw-r--r--@ 1 a b 7 Nov 24 2025 at\r\n",
			format: formatUnix, names: "dot plus at", lines: 3,
		},
		"no group":      {text: "-rw-r--r-- 1 owner 7 Nov 24 2025 x y\r\n", format: formatUnix, names: "x y", lines: 1},
		"ISO dates":     {text: "-rw-r--r-- 1 a b 7 2025-11-24 12:00 x\r\n", format: formatUnix, names: "x", lines: 1},
		"day first":     {text: "-rw-r--r-- 1 a b 7 24 Nov 2025 x\r\n", format: formatUnix, names: "x", lines: 1},
		"NetWare":       {text: "d [R----F--] supervisor 512 Jan 16 2025 login\r\n- [R----F--] rhesus 214059 Oct 20 2025 cx.exe\r\n", format: formatUnix, names: "login/ cx.exe", lines: 2},
		"device":        {text: "crw-rw-rw- 1 root sys 1, 3 Nov 24 2025 null\r\n", format: formatUnix, names: "null", lines: 1},
		"IIS":           {text: "11-24-25  03:04PM       <DIR>          in box\r\n11-24-25  03:04AM             1,234 a b.txt\r\n", format: formatDOS, names: "in box/ a b.txt", lines: 2},
		"IIS, 4 digits": {text: "11-24-2025  15:04                  99 x\r\n", format: formatDOS, names: "x", lines: 1},
		"MLSD":          {text: "type=cdir;modify=20251124120000; /\r\ntype=dir;modify=20251124120000; d\r\ntype=file;size=08;modify=20251124120000; x y\r\n", format: formatMLSD, names: "d/ x y", lines: 3},
		"VMS": {
			text:   "\r\nDirectory DISK$USER:[ALICE]\r\n\r\nLOGIN.COM;2  3/5  24-NOV-2025 12:00:01  [ALICE]  (RWED,RWED,RE,)\r\nA_VERY_LONG_NAME_INDEED.TXT;1\r\n               12/15  24-NOV-2025 12:00:01  [ALICE]  (RWED,RWED,RE,)\r\nSUB.DIR;1  1/3  24-NOV-2025 12:00:01  [ALICE]  (RWE,RWE,RE,)\r\n\r\nTotal of 3 files, 16/23 blocks.\r\n",
			format: formatVMS, names: "LOGIN.COM A_VERY_LONG_NAME_INDEED.TXT SUB/", lines: 6,
		},
		"z/OS data sets": {
			text:   "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\r\nAPPL01 3390   2025/11/24  1   15  FB      80 27920  PO  'ALICE.JCL'\r\nAPPL02 3390   **NONE**    1    1  VB     255 27998  PS  DATA.IN\r\nMigrated                                                OLD.DATA\r\n",
			format: formatMVS, names: "ALICE.JCL/ DATA.IN OLD.DATA", lines: 4,
		},
		"z/OS members": {
			text:   " Name     VV.MM   Created       Changed      Size  Init   Mod   Id\r\nJOB1      01.03 2025/11/01 2025/11/24 12:00    17    10     3 ALICE\r\n",
			format: formatMVS, names: "JOB1", lines: 2,
		},
		"IBM i": {
			text:   "QSYS          77824 11/24/25 12:00:09 *DIR       home/\r\nALICE         1234 11/24/25 12:00:09 *STMF      a b.txt\r\nALICE                                    *MEM       X.FILE/Y.MBR\r\n",
			format: formatIBMi, names: "home/ a b.txt X.FILE/Y.MBR", lines: 3,
		},
		"nonsense": {text: "permission to list denied, sorry\r\n", format: formatUnknown, lines: 1, unknown: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			talk := openingWith() + listTalk("LIST", tt.text)
			if tt.unknown > 0 {
				talk += "C: SYST\nS: 215 STRANGE\n"
			}
			s := scene{talk: talk + ending, steps: script(probe.Step{Op: probe.OpList})}
			tr, entries := s.withEntries(t)
			info := tr.Steps[2].Listing
			if info == nil || info.Format != tt.format || info.Lines != tt.lines || info.Unparsed != tt.unknown || names(entries) != tt.names {
				t.Errorf("%+v, names %q, want %q of format %s\n%s", info, names(entries), tt.names, tt.format, everything(tr))
			}
			if got := strings.Count(remarkable(tr), string(probe.OddityListFormat)); got != tt.unknown {
				t.Errorf("%d oddities, want %d", got, tt.unknown)
			}
		})
	}
}

// withEntries plays the scene and returns the entries of its last list step.
func (s scene) withEntries(t *testing.T) (probe.Transcript, []probe.Entry) {
	t.Helper()
	var entries []probe.Entry
	tr := s.playWith(t, func(o probe.Outcome) {
		if o.Entries != nil {
			entries = o.Entries
		}
	})
	return tr, entries
}

func names(entries []probe.Entry) string {
	var out []string
	for _, e := range entries {
		n := e.Name
		if e.Dir {
			n += "/"
		}
		out = append(out, n)
	}
	return strings.Join(out, " ")
}

// TestListCommands: MLSD where it is offered, LIST where it does not hold what it promised, and what
// the user wants.
func TestListCommands(t *testing.T) {
	const mlsd = "type=file;size=5;modify=20251124120000; x\r\n"
	const unix = "-rw-r--r-- 1 a b 5 Nov 24 2025 x\r\n"
	want := func(c string) func(*probe.Target) { return func(t *probe.Target) { t.FTP.ListCommand = c } }
	for name, tt := range map[string]struct {
		features string
		talk     string
		op       probe.Op
		set      func(*probe.Target)
		want     string
	}{
		"offered":          {"MLST size*;", listTalk("MLSD", mlsd), probe.OpList, nil, "list pass"},
		"not offered":      {"SIZE", listTalk("LIST", unix), probe.OpList, nil, "list pass"},
		"LIST wanted":      {"MLST size*;", listTalk("LIST", unix), probe.OpList, want("list"), "list pass"},
		"MLSD wanted":      {"SIZE", listTalk("MLSD", mlsd), probe.OpList, want("mlsd"), "list pass"},
		"NLST wanted":      {"MLST size*;", listTalk("NLST", "x\r\ny\r\n"), probe.OpList, want("nlst"), "list pass"},
		"nlst":             {"MLST size*;", listTalk("NLST", "dir/x\r\ny\r\n"), probe.OpNlst, nil, "nlst pass"},
		"mlsd":             {"SIZE", listTalk("MLSD", mlsd), probe.OpMlsd, nil, "mlsd pass"},
		"offered, unknown": {"MLST size*;", "C: EPSV\ndata listen\nS: 229 (|||{port}|)\ndata accept\nC: MLSD\nS: 500 what\n" + listTalk("LIST", unix), probe.OpList, nil, "  transfer reply 500 tolerated\n  transfer oddity fallback\nlist pass"},
		"refused":          {"MLST size*;", "C: EPSV\ndata listen\nS: 229 (|||{port}|)\ndata accept\nC: MLSD\nS: 550 no\n", probe.OpList, nil, "  transfer reply 550\nlist fail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scene{
				talk: openingWith(tt.features) + tt.talk + ending, steps: script(probe.Step{Op: tt.op}), set: tt.set,
				want: "connect pass\nlogin pass\n" + tt.want + "\nquit pass",
			}.check(t)
		})
	}
}

// TestListOfAPath: names with blanks and other things.
func TestListOfAPath(t *testing.T) {
	scene{
		talk: openingWith() + listTalk("LIST a b/.c", "") + ending, steps: script(probe.Step{Op: probe.OpList, Path: "a b/.c"}),
		want: "connect pass\nlogin pass\nlist pass\nquit pass",
	}.check(t)
}

// TestLongListings: at the limits all is parsed, over them it is counted, and a line without end is
// cut.
func TestLongListings(t *testing.T) {
	const entry = "-rw-r--r-- 1 a b 5 Nov 24 2025 x\r\n"
	for _, over := range []int{0, 7} {
		n := maxListedLines + over
		talk := openingWith() + fmt.Sprintf("C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: LIST\ndata accept\nS: 150 go\nrepeat 100 data send %q\nrepeat %d data send %q\ndata close\nS: 226 done\n",
			strings.Repeat(entry, maxListedLines/100), over, entry)
		tr := scene{talk: talk + ending, steps: script(probe.Step{Op: probe.OpList})}.play(t)
		if info := tr.Steps[2].Listing; info == nil || info.Lines != n || info.Entries != n || info.Unparsed != 0 {
			t.Errorf("%d lines: %+v", n, info)
		}
	}
	talk := openingWith() + fmt.Sprintf("C: EPSV\ndata listen\nS: 229 (|||{port}|)\nC: LIST\ndata accept\nS: 150 go\ndata send \"-rw-r--r-- 1 a b 5 Nov 24 2025 \"\nrepeat 300 data send %q\ndata send \"\\r\\n\"\ndata close\nS: 226 done\n", strings.Repeat("x", 1000))
	tr, entries := scene{talk: talk + ending, steps: script(probe.Step{Op: probe.OpList})}.withEntries(t)
	if len(entries) != 1 || len(entries[0].Name) >= maxListedLine {
		t.Errorf("%d entries\n%s", len(entries), tr.Steps[2].Detail)
	}
}

// TestUnixTimes: what ls leaves out is the year of the last half year, also where the server's clock or time zone is ahead
// of ours over the end of a year.
func TestUnixTimes(t *testing.T) {
	for _, tt := range []struct{ now, listed, want string }{
		{"2026-11-24 12:00", "Nov 24 11:59", "2026-11-24 11:59"},
		{"2026-11-24 12:00", "Nov 25 01:00", "2026-11-25 01:00"},
		{"2026-11-24 12:00", "Jun 1 10:30", "2026-06-01 10:30"},
		{"2026-06-01 12:00", "Dec 3 10:30", "2025-12-03 10:30"},
		{"2027-01-01 00:00", "Dec 31 23:59", "2026-12-31 23:59"},
		{"2027-01-01 00:00", "Jan 1 00:00", "2027-01-01 00:00"},
		{"2026-12-31 15:00", "Jan 1 00:00", "2027-01-01 00:00"},
		{"2026-12-31 23:59", "Jan 1 13:59", "2027-01-01 13:59"},
		{"2026-12-31 10:00", "Dec 31 23:59", "2026-12-31 23:59"},
		{"2027-01-01 13:00", "Dec 31 10:00", "2026-12-31 10:00"},
		{"2028-02-29 23:59", "Feb 29 23:59", "2028-02-29 23:59"},
		{"2028-03-01 00:10", "Feb 29 23:59", "2028-02-29 23:59"},
		{"2028-08-31 23:59", "Feb 29 12:00", "2028-02-29 12:00"},
		{"2027-02-28 23:59", "Mar 1 00:00", "2027-03-01 00:00"},
	} {
		now, err := time.Parse("2006-01-02 15:04", tt.now)
		if err != nil {
			t.Fatal(err)
		}
		listed, err := time.Parse("2006 Jan 2 15:04", "2000 "+tt.listed)
		if err != nil {
			t.Fatal(err)
		}
		if got := recent(now, listed.Month(), listed.Day(), listed).Format("2006-01-02 15:04"); got != tt.want {
			t.Errorf("at %s, %s is taken for %s, want %s", tt.now, tt.listed, got, tt.want)
		}
	}
}

func TestParsedFacts(t *testing.T) {
	for line, want := range map[string]probe.Entry{
		"-rw-r--r--. 1 a b 1234 Nov 24 2025 x":                     {Name: "x", Size: 1234, ModTime: time.Date(2025, 11, 24, 0, 0, 0, 0, time.UTC), Within: 24 * time.Hour},
		"-rw-r--r--  1 a b 7 2025-11-24 12:01 x":                   {Name: "x", Size: 7, ModTime: time.Date(2025, 11, 24, 12, 1, 0, 0, time.UTC), Within: time.Minute},
		"11-24-25  03:04PM  1,234 a b":                             {Name: "a b", Size: 1234, ModTime: time.Date(2025, 11, 24, 15, 4, 0, 0, time.UTC), Within: time.Minute},
		"2025-11-24  15:04  12 a":                                  {Name: "a", Size: 12, ModTime: time.Date(2025, 11, 24, 15, 4, 0, 0, time.UTC), Within: time.Minute},
		"A.TXT;3  2  4-NOV-2025 12:01  [A]  (RWED)":                {Name: "A.TXT", Size: 1024, ModTime: time.Date(2025, 11, 4, 12, 1, 0, 0, time.UTC), Within: time.Minute},
		"QSYS 77 11/24/25 12:00:09 *STMF x":                        {Name: "x", Size: 77, ModTime: time.Date(2025, 11, 24, 12, 0, 0, 0, time.UTC), Within: time.Minute},
		"Type=file;Size=9;Modify=20251124120103.5;Perm=r; a ; b":   {Name: "a ; b", Size: 9, ModTime: time.Date(2025, 11, 24, 12, 1, 3, 5e8, time.UTC)},
		"JOB1 01.03 2025/11/01 2025/11/24 12:00 17 10 3 ALICE":     {Name: "JOB1", ModTime: time.Date(2025, 11, 24, 12, 0, 0, 0, time.UTC), Within: time.Minute},
		"APPL01 3390 2025/11/24 1 15 FB 80 27920 PS ALICE.DATA":    {Name: "ALICE.DATA", ModTime: time.Date(2025, 11, 24, 0, 0, 0, 0, time.UTC), Within: 24 * time.Hour},
		"lrwxrwxrwx 1 a b 3 Nov 24 2025 l -> x":                    {Name: "l", Size: 3, ModTime: time.Date(2025, 11, 24, 0, 0, 0, 0, time.UTC), Within: 24 * time.Hour},
		"drwxr-xr-x 2 a b 40 Nov 24 2025  name with leading space": {Name: " name with leading space", Dir: true, ModTime: time.Date(2025, 11, 24, 0, 0, 0, 0, time.UTC), Within: 24 * time.Hour},
	} {
		got, _, ok := parseLine(line)
		if !ok || got != want {
			t.Errorf("%q: %+v %v", line, got, ok)
		}
	}
	for _, line := range []string{"", "x", "-rw-r--r--", "-rw-r--r-- 1 a b 5 Foo 24 2025 x", "type=file;size=1;", "; x", "-rw-r--r-- 1 a b 5 Nov 99 2025 x"} {
		if e, format, ok := parseLine(line); ok {
			t.Errorf("%q is taken for %s: %+v", line, format, e)
		}
	}
}
