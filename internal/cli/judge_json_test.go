package cli

import "testing"

// TestBeginsJSON keeps logs whose lines begin with something in brackets apart from our own form.
func TestBeginsJSON(t *testing.T) {
	for _, tt := range []struct {
		head string
		want bool
	}{
		{`{"schema_version":1}`, true},
		{"\n [ {\"schema_version\":1}]", true},
		{"[]", true},
		{"[", true},
		{"[10:01:02] 220 Welcome", false},
		{"[NppFTP] Everything initialized", false},
		{"220 Welcome", false},
		{"", false},
	} {
		if got := beginsJSON([]byte(tt.head)); got != tt.want {
			t.Errorf("%q begins JSON: %v, want %v", tt.head, got, tt.want)
		}
	}
}
