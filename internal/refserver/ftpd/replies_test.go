package ftpd_test

import (
	"io"
	"strings"
	"testing"

	"mftprobe/internal/refserver"
	"mftprobe/internal/refserver/ftpd"
)

// TestReplies is the reference: which command gets which code in which state.
func TestReplies(t *testing.T) {
	tests := []struct{ name, conversation string }{
		{"before login", `
			C: PWD
			S: 530
			C: SYST
			S: 215 UNIX Type: L8
			C: NOOP
			S: 200
			C: HELP
			S: 214
			C: OPTS UTF8 ON
			S: 200
			C: OPTS NONE
			S: 501
			C: HOST ftp.example.com
			S: 220
			C: PASS x
			S: 503
			C: PBSZ 0
			S: 503
			C: PROT P
			S: 503
			C: CCC
			S: 533
			C: AUTH KERBEROS
			S: 504
			C: XYZZY
			S: 500
			C: QUIT
			S: 221
			EOF`},
		{"login", `
			C: USER probe
			S: 331
			C: PASS wrong
			S: 530
			C: USER nobody
			S: 331
			C: PASS {password}
			S: 530
			C: USER probe
			S: 331
			C: PASS {password}
			S: 230
			C: HOST ftp.example.com
			S: 503
			C: ACCT x
			S: 202`},
		{"too many failures", `
			C: USER probe
			S: 331
			C: PASS 1
			S: 530
			C: PASS 2
			S: 530
			C: PASS 3
			S: 421
			EOF`},
		{"files and directories", login959 + `
			C: PWD
			S: 257 "/" is the current directory
			C: MKD a "b"
			S: 257 "/a ""b""" created
			C: CWD a "b"
			S: 250
			C: PWD
			S: 257 "/a ""b""" is
			C: MKD sub
			S: 257
			C: CDUP
			S: 250
			C: RMD a "b"
			S: 550
			C: RMD a "b"/sub
			S: 250
			C: RNTO x
			S: 503
			C: RNFR nothing
			S: 550
			C: RNFR a "b"
			S: 350
			C: RNTO c
			S: 250
			C: CWD nothing
			S: 550
			C: DELE c
			S: 550
			C: RMD c
			S: 250
			C: CWD /../..
			S: 250
			C: PWD
			S: 257 "/"`},
		{"parameters", login959 + `
			C: TYPE I
			S: 200
			C: TYPE E
			S: 504
			C: MODE S
			S: 200
			C: MODE B
			S: 504
			C: STRU F
			S: 200
			C: STRU R
			S: 504
			C: ALLO 10
			S: 202
			C: REST 5
			S: 350
			C: REST -1
			S: 501
			C: SITE CHMOD 600 nothing
			S: 550
			C: SITE EXEC id
			S: 504
			C: MFMT 2026 x
			S: 501
			C: STAT
			S: 211
			C: STAT nothing
			S: 550
			C: ABOR
			S: 226`},
		{"data connections that were not agreed on", login959 + `
			C: LIST
			S: 425
			C: RETR nothing
			S: 550
			C: STOR x
			S: 425
			C: PORT 127,0,0,1,0,22
			S: 501
			C: PORT 10,0,0,1,200,1
			S: 501
			C: PORT 127,0,0,1,256,1
			S: 501
			C: PORT 1,2
			S: 501
			C: EPRT |1|127.0.0.1|50000
			S: 501
			C: EPRT |3|127.0.0.1|50000|
			S: 522
			C: EPRT |1|192.0.2.1|50000|
			S: 501
			C: EPSV 2
			S: 522
			C: EPSV ALL
			S: 200`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, start(t), "ftp")
			c.want("220")
			c.play(tt.conversation)
		})
	}
}

const login959 = `
	C: USER probe
	S: 331
	C: PASS {password}
	S: 230`

func TestAnswersOfOneSegmentComeTogether(t *testing.T) {
	c := login(t, start(t), "ftp")
	_, _ = io.WriteString(c.conn, "NOOP\r\nSYST\r\nPWD\r\nNO")
	buf := make([]byte, 1000)
	n, err := c.conn.Read(buf)
	if err != nil || strings.Count(string(buf[:n]), "\r\n") != 3 {
		t.Errorf("got %q, %v", buf[:n], err)
	}
	c.do("OP", "200")
}

func TestLineLimit(t *testing.T) {
	for over, want := range []string{"500 Unknown", "500 Line too long"} {
		c := connect(t, start(t), "ftp")
		c.want("220")
		c.say(strings.Repeat("x", ftpd.MaxLine-2+over))
		c.want(want)
	}
}

func TestAccounts(t *testing.T) {
	s := startWith(t, refserver.Config{FTP: []string{"127.0.0.1:0"}, Accounts: []refserver.Account{
		{User: "billed", Password: "p", Billing: "4711", Home: "/home"}, {User: "reader", Password: "p", ReadOnly: true}, {User: "anonymous"},
	}})
	conversations := map[string]string{
		"billed": `
			C: USER billed
			S: 331
			C: PASS p
			S: 332
			C: PWD
			S: 530
			C: ACCT 1
			S: 530
			C: ACCT 4711
			S: 230
			C: PWD
			S: 257 "/home"`,
		"read-only": `
			C: USER reader
			S: 331
			C: PASS p
			S: 230
			C: MKD x
			S: 550
			C: RNFR home
			S: 550
			C: SITE CHMOD 700 home
			S: 550
			C: STOR x
			S: 550
			C: MFMT 20250102030405 home
			S: 550`,
		"no password": `
			C: USER anonymous
			S: 230`,
	}
	for name, conversation := range conversations {
		t.Run(name, func(t *testing.T) {
			c := connect(t, s, "ftp")
			c.want("220")
			c.play(conversation)
		})
	}
}
