package classify

import (
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	for _, c := range []struct {
		form, text string
		want       bool
	}{
		{"disk full", "552 Disk full - please upload later", true},
		{"disk full | no space left", "sftp: no space left on device", true},
		{"too many*connections", "Too many (8) open connections", true},
		{"too many*connections", "connections: too many", false},
		{"too many*connections", "too many " + strings.Repeat("x", maxGap-1) + "connections", true},
		{"too many*connections", "too many " + strings.Repeat("x", maxGap) + "connections", false},
		{"password & expired", "your password has expired", true},
		{"password & expired", "your certificate has expired", false},
		{"expired & !certificate", "your certificate has expired", false},
		{"expired & !certificate", "your password has expired", true},
		{"~idle", "421 Idle timeout", true},
		{"~idle", "bridle", false},
		{"~in use~", "file in use.", true},
		{"~in use~", "file in user space", false},
		{"server*~full~", "421 Server is full, come back later", true},
		{"server*~full~", "the server is fuller than usual", false},
		{"server*~full~", "server: carefree, but now full", true},
		{"~user*unknown", "superuser unknown, user bob unknown", true},
		{"port command*{no}", "PORT command is not permitted here", true},
		{"{plain}*{no}", "Unencrypted logins are forbidden", true},
		{"zugriff verweigert", "ZUGRIFF  VERWEIGERT", true},
		{"uberschritten", "Überschritten", true},
	} {
		if got := compile(c.form).matches(newSample(fold(c.text))); got != c.want {
			t.Errorf("%q on %q: %v, want %v", c.form, c.text, got, c.want)
		}
	}
}

func TestFoldLimitsTheText(t *testing.T) {
	at := fold(strings.Repeat("a", maxText))
	over := fold(strings.Repeat("a", maxText+1))
	if len(at) != maxText+2 || over != at {
		t.Errorf("%d bytes are kept as %d, one more as %d", maxText, len(at)-2, len(over)-2)
	}
}
