package probe

import "strings"

// openings are the first bytes of servers that speak first, or answer what they do not understand.
var openings = []struct{ prefix, protocol string }{
	{"SSH-1.5", "ssh1"},
	{"SSH-1.3", "ssh1"},
	{"SSH-", "ssh"},
	{"HTTP/", "http"},
	{"<!DOCTYPE", "http"},
	{"<html", "http"},
	{"<?xml", "http"},
	{"\x15\x03", "tls"},
	{"\x16\x03", "tls"},
	{"* OK", "imap"},
	{"* BYE", "imap"},
	{"+OK", "pop3"},
	{"-ERR", "redis"},
	{"RFB ", "vnc"},
	{"@RSYNCD", "rsync"},
	{"RTSP/", "rtsp"},
	{"AMQP", "amqp"},
	{"SIP/2", "sip"},
}

// signatures stand somewhere in the first bytes of protocols that begin with a number.
var signatures = []struct{ sign, protocol string }{
	{"mysql_native_password", "mysql"},
	{"caching_sha2_password", "mysql"},
	{"MariaDB", "mysql"},
	{"MySQL server", "mysql"},
}

// ProtocolOf names the protocol of a server by the first that it says, or returns the empty string. A
// reply of FTP (RFC 959 section 4.2) looks like one of SMTP, which greets with its name.
func ProtocolOf(opening string) string {
	for _, o := range openings {
		if len(opening) >= len(o.prefix) && strings.EqualFold(opening[:len(o.prefix)], o.prefix) {
			return o.protocol
		}
	}
	if isReply(opening) {
		if strings.Contains(strings.ToUpper(opening), "SMTP") {
			return "smtp"
		}
		return "ftp"
	}
	for _, s := range signatures {
		if strings.Contains(opening, s.sign) {
			return s.protocol
		}
	}
	return ""
}

// isReply tells whether text begins like a reply: a code from 100 to 559 and a blank or a hyphen.
func isReply(text string) bool {
	if len(text) < 4 || text[3] != ' ' && text[3] != '-' {
		return false
	}
	digit := func(c, last byte) bool { return c >= '0' && c <= last }
	return text[0] >= '1' && digit(text[0], '5') && digit(text[1], '5') && digit(text[2], '9')
}
