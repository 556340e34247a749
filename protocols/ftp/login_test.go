package ftp

import (
	"encoding/json"
	"strings"
	"testing"

	"mftprobe/probe"
)

// TestLogin: the ways into a server, and the ways of being turned away.
func TestLogin(t *testing.T) {
	const setup = "C: FEAT\nS: 211-f\nS:  SIZE\nS: 211 end\nC: TYPE I\nS: 200 ok\n" + ending
	const user = "S: 220 hi\nC: USER alice\n"
	const pass = user + "S: 331 password\nC: PASS correct horse\n"
	account := func(t *probe.Target) { t.Account = probe.NewSecret("sales") }
	for name, s := range map[string]scene{
		"as it should be":       {talk: pass + "S: 230 in\n" + setup, want: "connect pass\nlogin pass\nquit pass"},
		"230 after USER":        {talk: user + "S: 230 in\n" + setup, want: "connect pass\n  login oddity login-code\nlogin pass\nquit pass"},
		"232 after USER":        {talk: user + "S: 232 in\n" + setup, want: "connect pass\n  login oddity login-code\nlogin pass\nquit pass"},
		"202 after PASS":        {talk: pass + "S: 202 superfluous\n" + setup, want: "connect pass\n  login oddity login-code\nlogin pass\nquit pass"},
		"account":               {talk: pass + "S: 332 account\nC: ACCT sales\nS: 230 in\n" + setup, set: account, want: "connect pass\nlogin pass\nquit pass"},
		"account without PASS":  {talk: user + "S: 332 account\nC: ACCT sales\nS: 230 in\n" + setup, set: account, want: "connect pass\nlogin pass\nquit pass"},
		"account not given":     {talk: pass + "S: 332 account\n" + ending, want: "connect pass\n  login note local\nlogin fail\nquit pass"},
		"refused":               {talk: pass + "S: 530 no\n" + ending, want: "connect pass\n  login reply 530\nlogin fail\nquit pass"},
		"refused and closed":    {talk: pass + "S: 530 no\nC: QUIT", want: "connect pass\n  login reply 530\nlogin fail\n  quit close eof tolerated\nquit pass"},
		"refused, line unended": {talk: pass + "S= \"530 no\"\nclose", want: "connect pass\n  login reply 530\n  login oddity no-line-end\n  login close eof\nlogin fail\nquit skipped"},
		"user refused":          {talk: user + "S: 530 TLS first\n" + ending, want: "connect pass\n  login reply 530\nlogin fail\nquit pass"},
		"too many users":        {talk: pass + "S: 421 too many", want: "connect pass\n  login reply 421\nlogin fail\nquit skipped"},
		"closed without reply":  {talk: pass + "close", want: "connect pass\n  login close eof\nlogin fail\nquit skipped"},
		"reset without reply":   {talk: pass + "reset", want: "connect pass\n  login close reset\nlogin fail\nquit skipped"},
		"silence":               {talk: pass + "silence", set: short, want: "connect pass\n  login timeout reply\nlogin fail\nquit skipped"},
		"silence after setup":   {talk: pass + "S: 230 in\nC: FEAT\nS: 502 no\nC: TYPE I\nsilence", set: short, want: "connect pass\n  setup reply 502\n  setup oddity fallback\n  setup timeout reply\nlogin pass\nquit fail"},
		"many lines":            {talk: pass + "S: 230-motd\nS: 331 is a number\nS: 230 in\n" + setup, want: "connect pass\nlogin pass\nquit pass"},
		"no password given": {
			talk: user + "S: 331 password\n" + ending, set: func(t *probe.Target) { t.Password = probe.Secret{} },
			want: "connect pass\n  login note local\nlogin fail\nquit pass",
		},
		"anonymous": {
			talk: "S: 220 hi\nC: USER anonymous\nS: 331 mail address\nC: PASS anonymous@\nS: 230 in\n" + setup,
			set:  func(t *probe.Target) { t.User, t.Password = "", probe.Secret{} }, want: "connect pass\nlogin pass\nquit pass",
		},
		"virtual host": {
			talk: "S: 220 hi\nC: HOST ftp.example.com\nS: 220 there\nC: USER alice\nS: 230 in\n" + setup,
			set:  func(t *probe.Target) { t.FTP.VirtualHost = "ftp.example.com" }, want: "connect pass\n  login oddity login-code\nlogin pass\nquit pass",
		},
		"virtual host unknown": {
			talk: "S: 220 hi\nC: HOST ftp.example.com\nS: 504 no such host\n" + ending,
			set:  func(t *probe.Target) { t.FTP.VirtualHost = "ftp.example.com" }, want: "connect pass\n  login reply 504\nlogin fail\nquit pass",
		},
		"HOST unknown": {
			talk: "S: 220 hi\nC: HOST ftp.example.com\nS: 500 what\nC: USER alice\nS: 230 in\n" + setup,
			set:  func(t *probe.Target) { t.FTP.VirtualHost = "ftp.example.com" },
			want: "connect pass\n  login reply 500\n  login oddity fallback\n  login oddity login-code\nlogin pass\nquit pass",
		},
		"HOST unknown, in the words for every command before the login": {
			talk: "S: 220 hi\nC: HOST ftp.example.com\nS: 530 log in\nC: FEAT\nS: 211-f\nS:  SIZE\nS: 211 end\nC: USER alice\nS: 230 in\n" + setup,
			set:  func(t *probe.Target) { t.FTP.VirtualHost = "ftp.example.com" },
			want: "connect pass\n  login reply 530\n  login oddity fallback\n  login oddity login-code\nlogin pass\nquit pass",
		},
		"HOST known, and the host not for everybody": {
			talk: "S: 220 hi\nC: HOST ftp.example.com\nS: 530 not from here\nC: FEAT\nS: 211-f\nS:  HOST\nS: 211 end\n" + ending,
			set:  func(t *probe.Target) { t.FTP.VirtualHost = "ftp.example.com" }, want: "connect pass\n  login reply 530\nlogin fail\nquit pass",
		},
		"ASCII": {
			talk: pass + "S: 230 in\nC: FEAT\nS: 500 what\nC: TYPE A\nS: 200 ok\n" + ending,
			set:  func(t *probe.Target) { t.FTP.Type = "A" }, want: "connect pass\n  setup reply 500\nlogin pass\nquit pass",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.steps = ops(probe.OpConnect, probe.OpLogin, probe.OpQuit)
			s.check(t)
		})
	}
}

// TestSetupIsPipelined: FEAT and TYPE do not cost a round trip, and a server that loses what comes
// together with another command gets it again.
func TestSetupIsPipelined(t *testing.T) {
	const in = "S: 220 hi\nC: USER alice\nS: 331 password\nC: PASS correct horse\nS: 230 in\n"
	steps := ops(probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpQuit)
	together := scene{
		talk:  in + "C: FEAT\nC: TYPE I\nC: PWD\nS: 502 no\nS: 200 ok\nS: 257 \"/\"\n" + ending,
		steps: steps, want: "connect pass\n  setup reply 502\nlogin pass\npwd pass\nquit pass",
	}
	together.check(t)
	lost := scene{
		talk:  in + "C: FEAT\nC: TYPE I\nC: PWD\nS: 502 no\nC: TYPE I\nS: 200 ok\nC: PWD\nS: 257 \"/\"\n" + ending,
		steps: steps,
		set:   func(t *probe.Target) { t.Limits.Reply = 400e6 },
		want:  "connect pass\n  setup reply 502\n  setup oddity fallback\nlogin pass\npwd pass\nquit pass",
	}
	lost.check(t)
}

// TestNoSecretIsRecorded: also when the server sends it back.
func TestNoSecretIsRecorded(t *testing.T) {
	tr := scene{
		talk:  "S: 220 hi\nC: USER alice\nS: 331 password\nC: PASS correct horse\nS: 530 correct horse is wrong, correct%20horse too\n" + ending,
		steps: ops(probe.OpConnect, probe.OpLogin, probe.OpQuit),
	}.play(t)
	all, err := json.Marshal(tr)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(all), "horse") {
		t.Errorf("the password is in the record: %s", all)
	}
}
