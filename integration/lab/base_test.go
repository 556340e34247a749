package lab

import (
	"slices"
	"testing"
)

func TestParseArchives(t *testing.T) {
	tests := []struct {
		name, text string
		want       []archive
	}{
		{
			"bookworm",
			"Debian main bookworm http://mirror.example/debian/\nDebian contrib bookworm http://mirror.example/debian/\n" +
				"Debian main bookworm-updates http://mirror.example/debian/\nDebian main bookworm-security http://mirror.example/sec/\n" +
				"Cloud main cloud-bookworm https://packages.example/apt/\n",
			[]archive{
				{"http://mirror.example/debian", "bookworm"},
				{"http://mirror.example/debian", "bookworm-updates"},
				{"http://mirror.example/sec", "bookworm-security"},
			},
		},
		{
			"another release has the same mirror, but other updates",
			"Debian main trixie http://mirror.example/debian/\nDebian main trixie-updates http://mirror.example/debian/\n",
			[]archive{{"http://mirror.example/debian", "bookworm"}},
		},
		{"no Debian", "Ubuntu main noble http://mirror.example/ubuntu/\n", nil},
		{"nothing", "", nil},
	}
	for _, test := range tests {
		if got := parseArchives(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestTransportSettings(t *testing.T) {
	const dump = "APT \"\";\nAcquire::http \"\";\nAcquire::http::Proxy \"http://proxy.example:3128\";\n" +
		"Acquire::Check-Valid-Until \"false\";\nAcquire::Languages:: \"en\";\nDPkg::Options:: \"x\";\n"
	const want = "Acquire::http::Proxy \"http://proxy.example:3128\";\nAcquire::Check-Valid-Until \"false\";\n"
	if got := transportSettings(dump); got != want {
		t.Errorf("settings %q, want %q", got, want)
	}
}
