package config

import (
	"strings"
	"testing"

	"mftprobe/probe"
)

func TestParseURL(t *testing.T) {
	tests := []struct {
		raw        string
		protocol   probe.Protocol
		host       string
		port       int
		user, path string
	}{
		{"ftp://h", probe.FTP, "h", 21, "", ""},
		{"FTPES://h/", probe.FTPES, "h", 21, "", ""},
		{"ftps://h", probe.FTPS, "h", 990, "", ""},
		{"sftp://h", probe.SFTP, "h", 22, "", ""},
		{"ftp://alice@h:2121/in/box", probe.FTP, "h", 2121, "alice", "in/box"},
		{"ftp://h/in/", probe.FTP, "h", 21, "", "in"},
		{"ftp://h//var/in", probe.FTP, "h", 21, "", "/var/in"},
		{"ftp://h/%2Fvar/in", probe.FTP, "h", 21, "", "/var/in"},
		{"ftp://h//", probe.FTP, "h", 21, "", "/"},
		{"ftp://h/a%20b%3Fc", probe.FTP, "h", 21, "", "a b?c"},
		{"sftp://h/var/in", probe.SFTP, "h", 22, "", "/var/in"},
		{"sftp://h/", probe.SFTP, "h", 22, "", "/"},
		{"sftp://h/~/in", probe.SFTP, "h", 22, "", "in"},
		{"sftp://h/~", probe.SFTP, "h", 22, "", ""},
		{"sftp://h/~/", probe.SFTP, "h", 22, "", ""},
		{"ftp://[2001:db8::1]:2121/x", probe.FTP, "2001:db8::1", 2121, "", "x"},
		{"ftp://[fe80::1%25eth0]", probe.FTP, "fe80::1%eth0", 21, "", ""},
		{"ftp://192.0.2.1", probe.FTP, "192.0.2.1", 21, "", ""},
		{"ftp://dom%5Calice%40corp@h", probe.FTP, "h", 21, `dom\alice@corp`, ""},
		{"ftp://alice@corp@h", probe.FTP, "h", 21, "alice@corp", ""},
		{"ftp://h/x%3Btype=d", probe.FTP, "h", 21, "", "x;type=d"},
		{"ftp://h/;type=d/x", probe.FTP, "h", 21, "", ";type=d/x"},
		{"ftp://host_with.under-score", probe.FTP, "host_with.under-score", 21, "", ""},
	}
	for _, tt := range tests {
		u, err := parseURL(tt.raw)
		if err != nil {
			t.Errorf("%s: %v", tt.raw, err)
			continue
		}
		got := u.target
		if got.Protocol != tt.protocol || got.Host != tt.host || got.Port != tt.port || got.User != tt.user || got.Path != tt.path {
			t.Errorf("%s: %s %s %d %q %q", tt.raw, got.Protocol, got.Host, got.Port, got.User, got.Path)
		}
	}
}

// TestURLRoundTrip: what a target says of itself means the same when it is read again.
func TestURLRoundTrip(t *testing.T) {
	for _, raw := range []string{"ftp://alice@h/in", "ftp://h//var", "sftp://h/var", "sftp://h/~/in", "sftp://h/", "ftps://[::1]:990/a%20b", "ftp://d%5Ca@h:99/", "ftp://[fe80::1%25eth0]/in", "ftp://[fe80::1%25eth0]:2121"} {
		first, err := parseURL(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		second, err := parseURL(first.target.URL())
		if err != nil || second.target.Path != first.target.Path || second.target.User != first.target.User || second.target.HostPort() != first.target.HostPort() {
			t.Errorf("%s became %s: %v", raw, first.target.URL(), err)
		}
	}
}

func TestURLPassword(t *testing.T) {
	u, err := parseURL("ftp://alice:p%40ss:w@rd%2F@h/")
	if err != nil || u.password == nil || *u.password != "p@ss:w@rd/" {
		t.Errorf("%v %v", u.password, err)
	}
	if u, _ := parseURL("ftp://alice:@h/"); u.password == nil || *u.password != "" {
		t.Error("an empty password is a password")
	}
	if u, _ := parseURL("ftp://alice@h/"); u.password != nil {
		t.Error("no password was given")
	}
	if u, err := parseURL("ftp://h/x;type=a"); err != nil || u.target.FTP.Type != "A" || u.target.Path != "x" {
		t.Errorf("type suffix: %+v %v", u.target, err)
	}
}

// TestBadURL gives every error in full. No error shows the password.
func TestBadURL(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"", `"": the target is empty; write a URL such as ftpes://user@host/dir`},
		{"ftp.example.com", `"ftp.example.com": not a URL; write ftp://, ftpes://, ftps:// or sftp:// in front of the host`},
		{"http://h", `"http://h": unknown scheme "http"; write ftp://, ftpes://, ftps:// or sftp://`},
		{"ftp://", `"ftp://": the host is missing`},
		{"ftp:///dir", `"ftp:///dir": the host is missing`},
		{"ftp://alice:s3cret@/", `"ftp://…@/": the host is missing`},
		{"alice:s3cret@h", `"…@h": not a URL; write ftp://, ftpes://, ftps:// or sftp:// in front of the host`},
		{"http://alice:s3cret@h", `"http://…@h": unknown scheme "http"; write ftp://, ftpes://, ftps:// or sftp://`},
		{"ftp://h:0", `"ftp://h:0": port "0" is not a number from 1 to 65535`},
		{"ftp://h:70000", `"ftp://h:70000": port "70000" is not a number from 1 to 65535`},
		{"ftp://h:", `"ftp://h:": the port is missing after the colon`},
		{"ftp://h:-1", `"ftp://h:-1": port "-1" is not a number from 1 to 65535`},
		{"ftp://h:21x", `"ftp://h:21x": port "21x" is not a number from 1 to 65535`},
		{"ftp://::1/", `"ftp://::1/": "::1" has more than one colon; put an IPv6 address in brackets`},
		{"ftp://[::1", `"ftp://[::1": the bracket of the IPv6 address is not closed`},
		{"ftp://[1.2.3.4]", `"ftp://[1.2.3.4]": "1.2.3.4" in brackets is not an IPv6 address`},
		{"ftp://[::1]x", `"ftp://[::1]x": "x" after the IPv6 address is not a port`},
		{"ftp://h h/", `"ftp://h h/": "h h" is not a host name: ' ' cannot be in one`},
		{"ftp://h%00/", `"ftp://h%00/": the host holds the control character U+0000, which cannot be sent`},
		{"ftp://bücher.example/", `"ftp://bücher.example/": "bücher.example" is not an ASCII host name; write its xn-- form`},
		{"ftp://h/a\r\nb", `"ftp://h/a\r\nb": the URL holds the control character U+000D, which cannot be sent`},
		{"ftp://h/a%0D%0AQUIT", `"ftp://h/a%0D%0AQUIT": the path holds the control character U+000D, which cannot be sent`},
		{"ftp://al%0Aice@h/", `"ftp://…@h/": the user name holds the control character U+000A, which cannot be sent`},
		{"ftp://alice:s3cret%0A@h/", `"ftp://…@h/": the password holds the control character U+000A, which cannot be sent`},
		{"ftp://h/a%", `"ftp://h/a%": the path has a % that two hexadecimal digits do not follow; write % as %25`},
		{"ftp://h/a?b", `"ftp://h/a?b": the path holds '?'; write ? as %3F and # as %23`},
		{" ", `" ": the target is empty; write a URL such as ftpes://user@host/dir`},
		{"ftp://h/ ", `"ftp://h/ ": a blank stands before or behind the URL; if it belongs to the path, write it as %20`},
		{" ftp://h", `" ftp://h": a blank stands before or behind the URL; if it belongs to the path, write it as %20`},
		{"ftp://alice:s3cret/x@h/", `"ftp://…@h/": a / stands in the user name or the password; write it as %2F`},
		{"ftp://h/x;type=d", `"ftp://h/x;type=d": ";type=d" is not a transfer type; write ;type=i or ;type=a, or %3B if the name ends so`},
		{"ftp://h/a\u009bb", `"ftp://h/a\u009bb": the URL holds the control character U+009B, which cannot be sent`},
	}
	for _, tt := range tests {
		_, err := testEnv().FromURL(tt.raw, nil)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q\n got: %v\nwant: %s", tt.raw, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: the error shows the password", tt.raw)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"ftp://u:p@h:1/x", "sftp://[::1]/~/a", "ftps://h//%2F", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := parseURL(raw)
		if err != nil {
			return
		}
		for _, s := range []string{u.target.Host, u.target.User, u.target.Path} {
			if strings.ContainsAny(s, "\r\n\x00") {
				t.Fatalf("%q lets %q through", raw, s)
			}
		}
		if u.target.Host == "" || u.target.Port < 1 || u.target.Port > 65535 {
			t.Fatalf("%q: host %q port %d", raw, u.target.Host, u.target.Port)
		}
	})
}
