package classify

import (
	"strings"
	"testing"

	"mftprobe/probe"
)

func TestPhrasesAreComplete(t *testing.T) {
	for _, table := range phraseTables() {
		if table.server == "" || table.source == "" {
			t.Errorf("a table of phrases has no server family or no source: %q %q", table.server, table.source)
		}
		for _, p := range table.entries {
			if p.weight <= 0 || p.form == "" || len(p.causes) == 0 {
				t.Errorf("%s: phrase %q is not complete", table.server, p.form)
			}
			for _, line := range p.causes {
				checkCauses(t, table.server+": "+p.form, line.causes)
			}
		}
	}
}

// Texts are folded before they are compared, so a phrase with a capital letter or an accent would
// never match.
func TestPhrasesAreFolded(t *testing.T) {
	for _, k := range knownPhrases() {
		for _, c := range k.form {
			for _, term := range c.terms {
				for _, p := range term.parts {
					checkFolded(t, k.server, p)
				}
			}
		}
	}
}

func checkFolded(t *testing.T, server string, p part) {
	t.Helper()
	for _, l := range p {
		word := l.text
		if word == "" || strings.ContainsAny(word, "{}") {
			t.Errorf("%s: empty part or unknown synonym %q", server, word)
		}
		if got := strings.TrimSpace(fold(word)); got != strings.TrimSpace(word) {
			t.Errorf("%s: %q would be folded to %q", server, word, got)
		}
	}
}

// A sentence that names several causes cannot make one certain, wherever it is said.
func TestDecidingPhrasesNameOneCause(t *testing.T) {
	for _, k := range knownPhrases() {
		for _, h := range matchTexts(saying{text: strings.Trim(k.form[0].terms[0].parts[0][0].text, "~"), at: k.at}) {
			if h.alone && !h.leads {
				t.Errorf("%s: %q: a lone reading must lead", k.server, k.phrase.form)
			}
		}
	}
}

func TestOtherServersSentencesCountLess(t *testing.T) {
	s := saying{text: "500 OOPS: vsf_sysutil_bind", protocol: probe.FTP, at: atPasv}
	weightFor := func(server string) weight {
		s.server = server
		var best weight
		for _, h := range matchTexts(s) {
			if h.cause == CauseServerPASVBindFailure && h.server == "vsftpd" {
				best = max(best, h.weight)
			}
		}
		return best
	}
	own, unknown, other := weightFor("vsftpd"), weightFor(""), weightFor("proftpd")
	if own != unknown || other >= own || other == 0 {
		t.Errorf("weights for its own server %d, an unknown one %d, another one %d", own, unknown, other)
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		word     string
		protocol probe.Protocol
		want     place
	}{
		{"connect", probe.FTP, atConnect},
		{"connect", probe.FTPES, atConnect | atAuth},
		{"connect", probe.SFTP, atConnect | atKex},
		{"login", probe.SFTP, atLogin | atSession},
		{"auth", probe.SFTP, atLogin},
		{"AUTH", probe.FTP, atAuth},
		{"AUTH TLS", probe.FTPES, atAuth},
		{"list", probe.FTP, atList | atData},
		{"list", probe.SFTP, atList},
		{"STOR in.txt", probe.FTP, atPut | atData},
		{"SITE CHMOD 600 x", probe.FTP, atChmod},
		{"rnto", probe.FTP, atRenameTo},
		{"subsystem", probe.SFTP, atSession},
		{"no such word", probe.FTP, anywhere},
		{"", probe.FTP, anywhere},
	} {
		if got := placeOf(c.word, c.protocol); got != c.want {
			t.Errorf("placeOf(%q, %s) = %b, want %b", c.word, c.protocol, got, c.want)
		}
	}
}

func TestStepsOfTheContractHavePlaces(t *testing.T) {
	for _, op := range []string{
		"connect", "login", "pwd", "cwd", "passive", "active", "list", "nlst", "mlsd", "stat", "size", "mdtm", "put", "get",
		"append", "rename", "delete", "mkdir", "rmdir", "chmod", "noop", "raw", "quit", "wait",
	} {
		if placeOf(op, probe.FTP) == anywhere {
			t.Errorf("step %s has no place", op)
		}
	}
	for _, p := range append(probe.FTP.Phases(), probe.SFTP.Phases()...) {
		if placeOf(string(p), probe.SFTP) == anywhere && placeOf(string(p), probe.FTP) == anywhere {
			t.Errorf("phase %s has no place", p)
		}
	}
}

// Refusals of products and of systems in other languages, and what they speak for where they are said.
func TestSentencesSpeakFor(t *testing.T) {
	for _, c := range []struct {
		at   place
		text string
		want Cause
	}{
		{atConnect, "421 Connection rate exceeded. Try again in 60 seconds", CauseConnectionRateLimited},
		{atConnect, "421 Too many connections per minute from your network", CauseConnectionRateLimited},
		{atConnect, "421 Server full, come back later", CauseServerConnectionLimit},
		{atConnect, "530 Client IP address rejected.", CauseSourceIPNotAllowlisted},
		{atConnect, "550 Reverse DNS lookup failed for your address", CauseSourceIPNotAllowlisted},
		{atConnect, "421 Zu viele Verbindungen von Ihrer Adresse", CauseTooManyConnectionsPerIP},
		{atConnect, "421 Su dirección IP no está autorizada", CauseSourceIPNotAllowlisted},
		{atConnect, "421 Слишком много подключений с вашего IP-адреса", CauseTooManyConnectionsPerIP},
		{atConnect, "421 メンテナンス中です", CauseServiceUnavailable},
		{atLogin, "421 Too many sessions for this IP address", CauseTooManyConnectionsPerIP},
		{atLogin, "530 Check your username or password. Access Denied.", CauseBadCredentials},
		{atLogin, "530 Access from your country is blocked", CauseSourceIPNotAllowlisted},
		{atLogin, "530 RADIUS timeout", CauseServerError},
		{atLogin, "530 One-time password required", CauseMultiFactorRequired},
		{atLogin, "530 Access denied: client certificate required", CauseClientCertRequired},
		{atLogin, "521 This server does not accept unencrypted logins", CausePlainFTPRefusedNeedsTLS},
		{atLogin, "530 アカウントはロックされています。", CauseAccountLocked},
		{atLogin, "530 Konto nicht für FTP freigeschaltet", CauseAccountNotAuthorized},
		{atLogin, "530 Nome utente o password errati", CauseBadCredentials},
		{atPasv, "425 No free ports in configured range", CauseServerPASVBindFailure},
		{atPasv, "550 PASV: encryption of the data channel is required", CauseProtPMissing},
		{atPut, "553 File extension .tmp not permitted", CauseFilenamePolicy},
		{atPut, "550 Filename must not begin with a dot", CauseFilenamePolicy},
		{atPut, "550 Maximum number of files for this folder reached", CauseQuotaExceeded},
		{atPut, "552 Dateigröße überschreitet das Limit", CauseFileSizeLimit},
		{atPut, "550 디스크 공간이 부족합니다", CauseDiskFull},
	} {
		var best hit
		for _, h := range matchTexts(saying{text: c.text, protocol: probe.FTP, at: c.at}) {
			if h.weight > best.weight {
				best = h
			}
		}
		if best.cause != c.want {
			t.Errorf("%q speaks for %s, want %s", c.text, best.cause, c.want)
		}
	}
}
