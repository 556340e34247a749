package classify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"mftprobe/probe"
)

func TestExplainReadsCodes(t *testing.T) {
	for _, c := range []struct {
		text     string
		protocol probe.Protocol
		space    probe.Space
		code     int
	}{
		{"425", "", probe.SpaceFTP, 425},
		{"4", "", probe.SpaceSFTP, 4},
		{"4", probe.SFTP, probe.SpaceSFTP, 4},
		{"28", "", probe.SpaceSFTP, 28},
		{"67", "", spaceCurl, 67},
		{"111", "", probe.SpaceTLSAlert, 111},
		{"113", "", probe.SpaceTLSAlert, 113},
		{"10061", "", probe.SpaceOS, 10061},
		{"sftp 4", "", probe.SpaceSFTP, 4},
		{"ftp 550", "", probe.SpaceFTP, 550},
		{"ssh 2", "", probe.SpaceSSHDisconnect, 2},
		{"ssh disconnect 11", "", probe.SpaceSSHDisconnect, 11},
		{"ssh channel 2", "", probe.SpaceSSHChannel, 2},
		{"ssh-channel 1", "", probe.SpaceSSHChannel, 1},
		{"curl 28", "", spaceCurl, 28},
		{"curl exit code 67", "", spaceCurl, 67},
		{"tls 40", "", probe.SpaceTLSAlert, 40},
		{"tls handshake_failure", "", probe.SpaceTLSAlert, 40},
		{"tls alert unknown_ca", "", probe.SpaceTLSAlert, 48},
		{"errno 111", "", probe.SpaceOS, 111},
		{"iis 35", "", spaceIIS, 35},
		{"iis 530.35", "", spaceIIS, 35},
		{"win32 1326", "", spaceWin32, 1326},
		{"SSH_FX_FAILURE", "", probe.SpaceSFTP, 4},
		{"ssh_fx_quota_exceeded", "", probe.SpaceSFTP, 15},
		{"FX_FAILURE", "", probe.SpaceSFTP, 4},
		{"ECONNREFUSED", "", probe.SpaceOS, 111},
		{"WSAECONNRESET", "", probe.SpaceOS, 10054},
		{"CURLE_LOGIN_DENIED", "", spaceCurl, 67},
		{"handshake_failure", "", probe.SpaceTLSAlert, 40},
		{"550 Permission denied.", "", probe.SpaceFTP, 550},
		{"< 550 Permission denied.", probe.FTP, probe.SpaceFTP, 550},
		{"Response:\t425 Can't open data connection", probe.FTP, probe.SpaceFTP, 425},
		{"150 Ok to send data.\r\n552 Disk quota exceeded", probe.FTP, probe.SpaceFTP, 552},
		{"The remote server returned an error: (550) File unavailable", probe.FTP, probe.SpaceFTP, 550},
		{"530-User cannot log in.\r\n530 End", probe.FTP, probe.SpaceFTP, 530},
		{"curl: (28) Operation timed out", "", spaceCurl, 28},
		{"Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures", probe.SFTP, probe.SpaceSSHDisconnect, 2},
		{`Received STATUS (id:2, 8, "unsupported")`, probe.SFTP, probe.SpaceSFTP, 8},
		{"Couldn't write to remote file: Failure", probe.SFTP, probe.SpaceSFTP, 4},
		{"220 FTP Server ready.", probe.SFTP, probe.SpaceFTP, 220},
		{"510 EPRT is disabled.", probe.FTP, probe.SpaceFTP, 510},
	} {
		got := Explain(Query{Text: c.text, Protocol: c.protocol})
		if got.Space != c.space || got.Code == nil || *got.Code != c.code {
			t.Errorf("%q (%s) is read as %s %v, want %s %d", c.text, c.protocol, got.Space, valueOf(got.Code), c.space, c.code)
		}
	}
}

func valueOf(p *int) int {
	if p == nil {
		return -1
	}
	return *p
}

func TestExplainReadsNoCode(t *testing.T) {
	for _, text := range []string{
		"connection timed out after 150 seconds", "connect to 203.0.113.220:22", "uploaded 550 files", "Permission denied", "",
		"port 990 is closed", "version 3.0.550",
	} {
		if got := Explain(Query{Text: text, Protocol: probe.FTP}); got.Code != nil {
			t.Errorf("%q is read as %s %d", text, got.Space, *got.Code)
		}
	}
}

func TestExplainTopCause(t *testing.T) {
	for _, c := range []struct {
		text     string
		protocol probe.Protocol
		step     string
		cause    Cause
		sure     Confidence
	}{
		{"550 Permission denied.", probe.FTP, "put", CauseNoWritePermission, Possible},
		{"550 Permission denied.", probe.FTP, "get", CauseNoReadPermission, Likely},
		{"550 Permission denied.", probe.FTP, "list", CauseNoListPermission, Likely},
		{"550 Permission denied.", probe.FTP, "mkdir", CauseMkdirNotPermitted, Possible},
		{"553 Could not create file.", probe.FTP, "put", CauseNoWritePermission, Likely},
		{"530", probe.FTP, "login", CauseBadCredentials, Possible},
		{"530", probe.FTPES, "AUTH", CauseAuthTLSNotSupported, Possible},
		{"522", probe.FTPES, "list", CauseTLSSessionReuseRequired, Possible},
		{"522", probe.FTP, "EPSV", CauseEPSVNotSupported, Possible},
		{"521", probe.FTPES, "put", CauseProtPMissing, Likely},
		{"534", probe.FTPES, "auth-tls", CauseServerCertNotConfigured, Likely},
		{"534", probe.FTP, "login", CausePlainFTPRefusedNeedsTLS, Likely},
		{"534", probe.FTPES, "put", CauseProtPMissing, Likely},
		{"431", probe.FTPES, "connect", CauseServerCertNotConfigured, Likely},
		{"452", probe.FTP, "put", CauseDiskFull, Likely},
		{"426", probe.FTP, "get", CauseConnectionResetMidTransfer, Possible},
		{"sftp 4", probe.SFTP, "rename", CauseRenameTargetExists, Possible},
		{"sftp 4", probe.SFTP, "rmdir", CauseDirectoryNotEmpty, Possible},
		{"sftp 4", probe.SFTP, "mkdir", CauseFileExists, Possible},
		{"sftp 8", probe.SFTP, "chmod", CauseSetstatNotSupported, Possible},
		{"sftp 15", probe.SFTP, "put", CauseQuotaExceeded, Likely},
		{"425 Unable to build data connection: TLS session of data connection not resumed", probe.FTPES, "list", CauseTLSSessionReuseRequired, Certain},
		{"500 OOPS: vsftpd: refusing to run with writable root inside chroot()", probe.FTP, "login", CauseChrootWritableRefused, Certain},
		{"530 Login incorrect.", probe.FTP, "login", CauseBadCredentials, Likely},
		{"no such word in any table", "", "", CauseUnexplained, Possible},
		{"no such word in any table", probe.FTP, "put", CauseNoWritePermission, Possible},
		{"ssh: handshake failed: knownhosts: key is unknown", probe.SFTP, "connect", CauseHostKeyUnknown, Certain},
		{"iis 31", "", "", CauseServerCertNotConfigured, Certain},
	} {
		got := Explain(Query{Text: c.text, Protocol: c.protocol, Step: c.step}).Causes
		if len(got) == 0 || got[0].Cause != c.cause || got[0].Confidence != c.sure {
			t.Errorf("%q at %s: got %v, want %s, %s", c.text, c.step, summary(got), c.cause, c.sure)
		}
	}
}

func summary(cs []Candidate) []string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c.Cause)+" "+string(c.Confidence))
	}
	return out
}

func TestOneAnswerIsCertainAtMost(t *testing.T) {
	for _, file := range []string{"field.jsonl", "products.jsonl", "wordings.jsonl"} {
		for _, l := range readLabelled(t, file) {
			got := Explain(Query{Text: l.Text, Protocol: l.Protocol, Step: l.Step}).Causes
			for i, c := range got {
				if c.Confidence != Possible && i > 0 || c.SettleBy == "" || len(c.Advice.Us) == 0 || c.Advice.Them == "" {
					t.Errorf("%s: cause %d is %+v", l.ID, i, c)
				}
			}
		}
	}
}

func TestExplainCorrectsCommonLists(t *testing.T) {
	for _, c := range []struct{ text, note string }{
		{"452", "That is 426; 452 speaks of storage"},
		{"426", "a list that gives 452 for it is wrong"},
		{"504", "The command itself is implemented"},
		{"534", "denies the command that it answers"},
		{"431", "does not heal by waiting"},
		{"234", "no cipher is chosen yet"},
		{"sftp 8", `list "no such handle" under this number`},
		{"sftp 9", `list "file already exists" under this number`},
		{"sftp 10", `list "write-protected" under this number`},
		{"sftp 11", `list "no media" under this number`},
		{"sftp 12", `list "no space on the file system" under this number`},
		{"Received message too long 1416128883", `reads "This"`},
	} {
		notes := strings.Join(Explain(Query{Text: c.text}).Notes, "\n")
		if !strings.Contains(notes, c.note) {
			t.Errorf("explain %s: notes %q lack %q", c.text, notes, c.note)
		}
	}
}

func TestExplainSuggests(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SSH_FX_FALURE", "SSH_FX_FAILURE"},
		{"ECONREFUSED", "ECONNREFUSED"},
		{"bad-credential", "bad-credentials"},
		{"28", "curl 28"},
		{"529", "530"},
	} {
		if got := Explain(Query{Text: c.text}).Suggestions; !slices.Contains(got, c.want) {
			t.Errorf("%q: suggestions %v lack %s", c.text, got, c.want)
		}
	}
}

func TestExplainAWordOfTheVocabulary(t *testing.T) {
	for _, text := range []string{"disk-full", "Disk full"} {
		got := Explain(Query{Text: text})
		if len(got.Causes) < 2 || got.Causes[0].Cause != CauseDiskFull || got.Meaning == "" {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

func TestASuccessCodePointsToNoFault(t *testing.T) {
	for _, text := range []string{"230", "ftp 200", "sftp 0"} {
		if got := Explain(Query{Text: text}); len(got.Causes) != 0 || len(got.Notes) == 0 {
			t.Errorf("%s: causes %v, notes %v", text, summary(got.Causes), got.Notes)
		}
	}
}

func TestExplainUsesTheGivenCode(t *testing.T) {
	got := Explain(Query{Text: "Failure", Protocol: probe.SFTP, Step: "rename", Code: &probe.Code{Space: probe.SpaceSFTP, Value: 4}})
	if got.Name != "SSH_FX_FAILURE" || got.Causes[0].Cause != CauseRenameTargetExists {
		t.Errorf("got %s, %v", got.Name, summary(got.Causes))
	}
}

func TestExplainHostileText(t *testing.T) {
	for _, text := range []string{
		"550 \x1b[31mred\x07", "\xff\xfe\x00", strings.Repeat("550 Permission denied ", 1000), strings.Repeat("(", 9000), "550", "|||", "{user}",
	} {
		got := Explain(Query{Text: text, Protocol: probe.FTP, Step: "put"})
		if strings.ContainsAny(got.Query, "\x1b\x07\x00\r\n") || len(got.Query) > maxText+8 {
			t.Errorf("query %q is shown as %q", text[:min(len(text), 20)], got.Query[:min(len(got.Query), 60)])
		}
		for _, c := range got.Causes {
			if strings.ContainsAny(c.Advice.Them, "\x1b\x07\x00\r\n") {
				t.Errorf("the message holds control characters: %q", c.Advice.Them)
			}
		}
	}
}

func TestExplainJSON(t *testing.T) {
	out, err := json.Marshal(Explain(Query{Text: "hostname verification fails", Protocol: probe.FTPES, Step: "connect"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"query":`, `"space":""`, `"code":null`, `"notes":[]`, `"causes":[{"cause":"cert-name-mismatch","side":"either","confidence":"certain","settle_by":`, `"advice":{"us":[`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("JSON lacks %s: %s", want, out)
		}
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("550 Permission denied.", "ftp", "put")
	f.Add("227 Entering Passive Mode (1,2,3,4,5,6)", "ftpes", "list")
	f.Add("Received message too long 1416128883", "sftp", "login")
	f.Fuzz(func(t *testing.T, text, protocol, step string) {
		got := Explain(Query{Text: text, Protocol: probe.Protocol(protocol), Step: step})
		for _, c := range got.Causes {
			if _, ok := catalogue()[c.Cause]; !ok {
				t.Errorf("unknown cause %q", c.Cause)
			}
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	for name, text := range map[string]string{
		"reply": "550 Permission denied.",
		"long":  strings.Repeat("425 Can't open data connection for transfer of \"/a/b/c\"; ", 80),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Explain(Query{Text: text, Protocol: probe.FTPES, Step: "list"})
			}
		})
	}
}
