package ftpd_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mftprobe/internal/refserver"
)

// TestStandards is what clients that others wrote rely on, beside the replies of TestReplies.
func TestStandards(t *testing.T) {
	tests := []struct{ name, conversation string }{
		{"EPSV ALL holds", `
			C: EPSV ALL
			S: 200
			C: PASV
			S: 503
			C: PORT 127,0,0,1,200,1
			S: 503
			C: EPRT |1|127.0.0.1|50000|
			S: 503
			C: EPSV
			S: 229`},
		{"the families of EPRT", `
			C: EPRT |2|127.0.0.1|50000|
			S: 501
			C: EPRT |1|127.0.0.1|x|
			S: 501
			C: EPRT
			S: 501`},
		{"commands without their argument", `
			C: MKD d
			S: 257
			C: CWD d
			S: 250
			C: RMD
			S: 501
			C: CWD
			S: 501
			C: RETR
			S: 501
			C: DELE
			S: 501
			C: PWD
			S: 257 "/d"`},
		{"what is known and not there", `
			C: REIN
			S: 502
			C: SMNT /
			S: 502
			C: XYZZY
			S: 500`},
		{"the facts of MLST", `
			C: MKD d
			S: 257
			C: OPTS MLST size;UNIX.MODE;unknown;
			S: 200 MLST OPTS size;UNIX.mode;
			C: MLST d
			S: 250-Listing
			C: OPTS MLST
			S: 200 MLST OPTS`},
		{"the options", `
			C: OPTS HASH
			S: 200 SHA-256
			C: OPTS HASH SHA-256
			S: 200 SHA-256
			C: OPTS HASH MD5
			S: 501
			C: OPTS UTF8 OFF
			S: 501`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			login(t, start(t), "ftp").play(tt.conversation)
		})
	}
}

func TestChosenFacts(t *testing.T) {
	c := login(t, start(t), "ftp")
	c.put("STOR a", []byte("12345"))
	c.do("OPTS MLST size;type;", "200 MLST OPTS type;size;")
	c.do("MLST a", "250-Listing\r\n type=file;size=5; /a\r\n250 End")
	if feat := c.do("FEAT", "211-"); !strings.Contains(feat, " MLST type*;size*;modify;UNIX.mode;\r\n") {
		t.Error(feat)
	}
	c.do("OPTS MLST", "200 MLST OPTS")
	c.do("MLST a", "250-Listing\r\n  /a\r\n250 End")
}

func TestHelpNamesEveryCommand(t *testing.T) {
	c := login(t, start(t), "ftp")
	help := c.do("HELP", "214-")
	for _, verb := range []string{" ABOR ", " EPSV ", " XSHA256", " USER "} {
		if !strings.Contains(help+" ", verb) {
			t.Errorf("no %s in %s", verb, help)
		}
	}
}

// TestListings: names that a transfer command takes as they are (RFC 1123 section 4.1.2.7), patterns for mget, and STAT
// as a listing.
func TestListings(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	for _, name := range []string{"/d/a.txt", "/d/b.csv", "/x y"} {
		if err := s.WriteFile(name, []byte("1")); err != nil {
			t.Fatal(err)
		}
	}
	for command, want := range map[string]string{
		"NLST":                "d\r\nx y\r\n",
		"NLST .":              "d\r\nx y\r\n",
		"NLST d":              "d/a.txt\r\nd/b.csv\r\n",
		"NLST /d/":            "/d/a.txt\r\n/d/b.csv\r\n",
		"NLST d/*.txt":        "d/a.txt\r\n",
		"NLST -a /d/?.[a-c]*": "/d/b.csv\r\n",
		"NLST d/a.txt":        "d/a.txt\r\n",
		"NLST x*":             "x y\r\n",
	} {
		if got, reply := c.get(command); string(got) != want || !strings.HasPrefix(reply, "226") {
			t.Errorf("%s: %q, %s", command, got, reply)
		}
	}
	c.do("NLST *.none", "550")
	c.do("MLSD *", "550")
	c.do("MLSD d/a.txt", "501") // RFC 3659 section 7.2.1
	long, _ := c.get("LIST d/*.csv")
	if !strings.HasSuffix(string(long), " b.csv\r\n") || strings.Count(string(long), "\n") != 1 {
		t.Errorf("LIST of a pattern: %q", long)
	}
	all, _ := c.get("LIST d")
	if got := c.do("STAT -l d", "213-"); got != "213-Status\r\n"+string(all)+"213 End" {
		t.Errorf("STAT %q, LIST %q", got, all)
	}
}

// TestTimesOfListings: ls shows the year for what is old, and for what is not yet.
func TestTimesOfListings(t *testing.T) {
	c := login(t, start(t), "ftp")
	c.put("STOR a", nil)
	year := time.Now().Year() + 2
	for _, stamp := range []string{"20010203040506", time.Date(year, 2, 3, 4, 5, 6, 0, time.UTC).Format("20060102150405")} {
		c.do("MFMT "+stamp+" a", "213")
		if got := c.do("STAT a", "213-"); !strings.Contains(got, "Feb  3  "+stamp[:4]+" a") {
			t.Errorf("%s: %s", stamp, got)
		}
	}
}

// TestNamesFromSFTP: a name with a line end, which SFTP can make, adds no line to a listing.
func TestNamesFromSFTP(t *testing.T) {
	s := start(t)
	if err := s.WriteFile("/a\r\ntype=dir; b", nil); err != nil {
		t.Fatal(err)
	}
	c := login(t, s, "ftp")
	for _, command := range []string{"NLST", "LIST", "MLSD"} {
		if got, _ := c.get(command); strings.Count(string(got), "\n") != 1 || !strings.HasSuffix(string(got), "a??type=dir; b\r\n") {
			t.Errorf("%s: %q", command, got)
		}
	}
}

func TestLoneCarriageReturn(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	c.do("TYPE A", "200")
	c.put("STOR a", []byte("one\rtwo\r\r\nthree\r"))
	if got, err := s.ReadFile("/a"); string(got) != "one\rtwo\r\nthree\r" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRestart(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	c.put("STOR a", []byte("12345"))
	c.do("REST 6", "350")
	c.do("RETR a", "554")
	c.do("REST 6", "350")
	c.do("STOR a", "554")
	c.do("REST 5", "350")
	if got, reply := c.get("RETR a"); len(got) != 0 || !strings.HasPrefix(reply, "226") {
		t.Errorf("from the end: %q, %s", got, reply)
	}
	c.do("REST 2", "350")
	c.put("APPE a", []byte("6"))
	if got, _ := s.ReadFile("/a"); string(got) != "123456" {
		t.Errorf("APPE after REST: %q", got)
	}
	c.do("REST 2", "350")
	c.get("NLST")
	if got, _ := c.get("RETR a"); string(got) != "123456" {
		t.Errorf("REST was for another command: %q", got)
	}
	c.do("REST 3", "350")
	c.put("STOR a", []byte("xyz"))
	if got, _ := s.ReadFile("/a"); string(got) != "123xyz" {
		t.Errorf("STOR after REST: %q", got)
	}
}

func TestNameOfUniqueFile(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	for i, command := range []string{"STOU", "STOU hint", "STOU hint"} {
		_ = c.passive().Close()
		name, ok := strings.CutPrefix(c.do(command, "150"), "150 FILE: ")
		c.want("226")
		if files := s.Files(); !ok || len(files) != i+1 {
			t.Errorf("%s: %q, files %q", command, name, files)
		}
		c.do("SIZE "+name, "213 0")
	}
}

// TestAbortBehindAnotherCommand: what a client sends to keep a session alive does not hide the ABOR behind it.
func TestAbortBehindAnotherCommand(t *testing.T) {
	c := login(t, start(t), "ftp")
	data := c.passive()
	c.do("STOR a", "150")
	time.Sleep(80 * time.Millisecond)
	c.say("NOOP")
	time.Sleep(20 * time.Millisecond)
	c.say("ABOR")
	c.want("426")
	c.want("200")
	c.want("226")
	_ = data.Close()
}

// TestQuitInATransfer: the transfer is finished first (RFC 959 section 4.1.1).
func TestQuitInATransfer(t *testing.T) {
	s := start(t)
	c := login(t, s, "ftp")
	data := c.passive()
	c.do("STOR a", "150")
	time.Sleep(80 * time.Millisecond)
	c.say("QUIT")
	_ = c.raw.CloseWrite()
	time.Sleep(20 * time.Millisecond)
	_, _ = data.Write(bytes.Repeat([]byte("x"), 1000))
	_ = data.Close()
	c.want("226")
	c.want("221")
	if got, _ := s.ReadFile("/a"); len(got) != 1000 {
		t.Errorf("%d bytes", len(got))
	}
}

// TestMissingCloseNotify: an upload that ends without it is taken, as most servers do, and the log tells of it. One that
// ends within a record is not.
func TestMissingCloseNotify(t *testing.T) {
	lines := make(chan string, 1000)
	cfg := refserver.Loopback()
	cfg.Log = func(e refserver.Event) { lines <- e.String() }
	s := startWith(t, cfg)
	c := login(t, s, "ftpes")
	if reply := c.put("STOR good", []byte("x")); !strings.HasPrefix(reply, "226") {
		t.Error(reply)
	}
	for tail, want := range map[string]string{"": "226", "\x17\x03\x03\x01\x00half": "426"} {
		raw := c.passive()
		c.do("STOR a", "150")
		data := c.secure(raw)
		_, _ = data.Write([]byte("x"))
		_, _ = raw.Write([]byte(tail))
		_ = raw.CloseWrite()
		c.want(want)
	}
	c.do("QUIT", "221")
	s.Close()
	close(lines)
	told := 0
	for line := range lines {
		if strings.Contains(line, "without close_notify") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
}

// TestSecretsOfTheLog: a password in the wrong place is in no line of the log either.
func TestSecretsOfTheLog(t *testing.T) {
	lines := make(chan string, 100)
	cfg := refserver.Loopback()
	cfg.Log = func(e refserver.Event) { lines <- e.String() }
	s := startWith(t, cfg)
	c := connect(t, s, "ftp")
	c.want("220")
	c.play(`
		C: PASS:{password}
		S: 500 Unknown command
		C: pass  {password}
		S: 503
		C: USER {password}
		S: 331
		C: ACCT {password}
		S: 202
		C: {password}
		S: 500
		C: CWD {password}
		S: 530`)
	c.do("PASS\t{password}", "500 Unknown command")
	c.do("QUIT", "221")
	s.Close()
	close(lines)
	for line := range lines {
		if strings.Contains(strings.ToUpper(line), s.Password()[:8]) {
			t.Errorf("the password is in %s", strings.ReplaceAll(line, s.Password(), "(password)"))
		}
	}
}

// TestKeysAloneAreNoPassword: an account that has keys and no password takes no empty one.
func TestKeysAloneAreNoPassword(t *testing.T) {
	s := startWith(t, refserver.Config{FTP: []string{"127.0.0.1:0"}, Accounts: []refserver.Account{{User: "a", AuthorizedKeys: "ssh-ed25519 AAAA"}}})
	c := connect(t, s, "ftp")
	c.play("S: 220\nC: USER a\nS: 331\nC: PASS \nS: 530")
}

// TestAccountOfAnotherUser: ACCT belongs to the login that asked for it.
func TestAccountOfAnotherUser(t *testing.T) {
	s := startWith(t, refserver.Config{FTP: []string{"127.0.0.1:0"}, Accounts: []refserver.Account{{User: "a", Password: "pppp", Billing: "4711"}, {User: "b", Password: "qqqq"}}})
	c := connect(t, s, "ftp")
	c.play("S: 220\nC: USER a\nS: 331\nC: PASS pppp\nS: 332\nC: USER b\nS: 331\nC: ACCT 4711\nS: 202\nC: PWD\nS: 530")
}
