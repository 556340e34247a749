package probe

import "testing"

func TestProtocolOf(t *testing.T) {
	for opening, want := range map[string]string{
		"":                                 "",
		"SSH-2.0-OpenSSH_9.2p1":            "ssh",
		"SSH-1.99-Cisco":                   "ssh",
		"SSH-1.5-old":                      "ssh1",
		"220 ready\r\n":                    "ftp",
		"220-Welcome\r\n220 ok\r\n":        "ftp",
		"421 Too many users":               "ftp",
		"120 wait":                         "ftp",
		"220 mail.example ESMTP Postfix":   "smtp",
		"220":                              "",
		"2200 bytes":                       "",
		"999 no reply":                     "",
		"HTTP/1.1 400 Bad Request\r\n\r\n": "http",
		"<HTML><body>":                     "http",
		"\x15\x03\x01\x00\x02\x02\x46":     "tls",
		"\x15 and so on":                   "",
		"* OK IMAP4rev1":                   "imap",
		"+OK POP3":                         "pop3",
		"RFB 003.008":                      "vnc",
		"J\x00\x00\x00\n8.0.36\x00caching_sha2_password": "mysql",
		"Welcome": "",
	} {
		if got := ProtocolOf(opening); got != want {
			t.Errorf("%q: %q, want %q", opening, got, want)
		}
	}
}
