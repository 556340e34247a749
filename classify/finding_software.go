package classify

import (
	"strconv"
	"strings"

	"mftprobe/probe"
)

// brokenSoftware lists versions of servers that are known to be broken or dangerous. Only what is
// beyond doubt stands here: distributions repair old versions without changing the number, so that
// an old number alone is no proof.
var brokenSoftware = []struct {
	sign     string // in front of the version, as servers give it
	exact    bool   // this version only, else everything below
	version  string
	severity Severity
	why      string
	source   string
}{
	{"vsFTPd ", true, "2.3.4", SeverityError, "this release was for a time distributed with a backdoor", "CVE-2011-2523"},
	{"ProFTPD 1.3.3c", true, "", SeverityError, "this release was for a time distributed with a backdoor", "OSVDB 69562"},
	{"ProFTPD ", false, "1.3.5", SeverityWarning, "files can be copied without a login when mod_copy is loaded", "CVE-2015-3306"},
	{"FileZilla Server ", false, "1.0", SeverityWarning, "the 0.9 series is no longer maintained and knows no TLS 1.3", "filezilla-project.org"},
	{"FileZilla Server version ", false, "1.0", SeverityWarning, "the 0.9 series is no longer maintained and knows no TLS 1.3", "filezilla-project.org"},
	{"Serv-U FTP Server v", false, "15.2.3", SeverityWarning, "code can be run through its SSH part", "CVE-2021-35211"},
	{"Version wu-", false, "3", SeverityError, "wu-ftpd has not been maintained since 2003 and has known holes", "CVE-2003-0466"},
	{"SSH-2.0-OpenSSH_", false, "7.4", SeverityWarning, "it is so old that modern clients share few algorithms with it", "openssh.com release notes"},
	{"SSH-2.0-dropbear_", false, "2016.74", SeverityWarning, "code can be run through crafted names", "CVE-2016-7406"},
	{"SSH-2.0-libssh_0.6", true, "", SeverityError, "the login can be skipped", "CVE-2018-10933"},
	{"SSH-2.0-libssh-0.6", true, "", SeverityError, "the login can be skipped", "CVE-2018-10933"},
}

// software reports versions that are known to be broken.
func (f *findings) software() {
	for i := range f.t.Events {
		e := &f.t.Events[i]
		if experimental(e) || e.Direction != probe.Received || e.Kind != probe.KindBanner && (e.Kind != probe.KindReply || e.Command != "") {
			continue
		}
		f.version(e)
		if e.Kind == probe.KindReply {
			return
		}
	}
}

func (f *findings) version(e *probe.Event) {
	for _, b := range brokenSoftware {
		_, rest, ok := strings.Cut(e.Text, b.sign)
		if !ok {
			continue
		}
		version := leadingVersion(rest)
		if b.exact && version != b.version && b.version != "" || !b.exact && (version == "" || !older(version, b.version)) {
			continue
		}
		f.add(Finding{
			Severity: b.severity, Cause: CauseServerMisconfigured, Step: e.Step, Title: "The server runs a version that is known to be broken", Evidence: []int{e.Seq},
			Detail: strings.TrimSpace(b.sign) + " " + version + ": " + b.why + " (" + b.source + ").",
		})
		return
	}
}

// leadingVersion returns the numbers and dots that text begins with.
func leadingVersion(text string) string {
	i := 0
	for i < len(text) && i < maxVersion && (text[i] == '.' || text[i] >= '0' && text[i] <= '9') {
		i++
	}
	return strings.Trim(text[:i], ".")
}

// maxVersion is how long a version number can be, in bytes.
const maxVersion = 24

// older compares dotted numbers; a missing part counts as zero.
func older(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if m, n := numberAt(x, i), numberAt(y, i); m != n {
			return m < n
		}
	}
	return false
}

func numberAt(list []string, i int) int {
	if i >= len(list) {
		return 0
	}
	n, err := strconv.Atoi(list[i])
	if err != nil {
		return 0
	}
	return n
}
