package classify

import (
	"testing"

	"mftprobe/probe"
)

func TestReasonsIn(t *testing.T) {
	for text, want := range map[string]string{
		"Login failed. Too many failed attempts will get your address blocked.": "Login failed",
		"Invalid password; passwords must be changed every 90 days":             "Invalid password",
		"Timeout! During maintenance windows call us":                           "Timeout",
		"530-Authorized users only.\n530 Login incorrect.":                      "530 Login incorrect.",
		"Your account will be locked":                                           "Your account will be locked",
		"Data timeout. Reconnect. Sorry.":                                       "Data timeout. Reconnect. Sorry.",
		"The account is not locked":                                             "The account is ",
		"quota_full.txt: Permission denied":                                     ": Permission denied",
		"/in/quota_full.txt: Permission denied":                                 ": Permission denied",
		"/out/quota_full.txt: Permission denied":                                "/out/: Permission denied",
	} {
		s := &scene{t: &probe.Transcript{}, bad: &probe.Event{}, session: session{protocol: probe.FTP, line: "STOR /in/quota_full.txt"}}
		if got := s.reasonsIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNamesThatAreWords: a short name, or one of letters only, could be any word of the sentence.
func TestNamesThatAreWords(t *testing.T) {
	for line, want := range map[string]string{
		"CWD permission": "permission: no permission, a.b",
		"CWD a.b":        "permission: no permission, a.b",
		"CWD a.bc":       "permission: no permission, a.b",
	} {
		s := &scene{t: &probe.Transcript{}, bad: &probe.Event{}, session: session{protocol: probe.FTP, line: line}}
		if got := s.withoutNames("permission: no permission, a.b"); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	s := &scene{t: &probe.Transcript{}, bad: &probe.Event{}, session: session{protocol: probe.FTP, line: `RETR in\full.txt`}}
	if got := s.withoutNames("full.txt is locked"); got != " is locked" {
		t.Errorf("a name behind a backslash: %q", got)
	}
}

func TestHedged(t *testing.T) {
	for text, want := range map[string]bool{
		"Login incorrect or account locked": true, "Perhaps the disk is full": true, "the file may be locked": true,
		"Permission denied for orders": false, "You may not log in": false, "Disk full": false,
	} {
		if hedged(text) != want {
			t.Errorf("%q: %v, want %v", text, !want, want)
		}
	}
}

// TestTextLeavesOpen: words that name two reasons make none of them certain.
func TestTextLeavesOpen(t *testing.T) {
	for reply, want := range map[string]Confidence{"530 Account locked": Certain, "530 Password wrong or account locked": Likely} {
		tr := turnedAway(t, "ftp PASS", "ready", reply)
		if v := Judge(tr).Verdict; v.Confidence != want || v.Cause != CauseAccountLocked {
			t.Errorf("%q: %s %s, want %s", reply, v.Cause, v.Confidence, want)
		}
	}
}
