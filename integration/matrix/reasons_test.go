package matrix

import (
	"slices"
	"strings"

	"mftprobe/classify"
	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// A reason tells why another client has another outcome than we have. A disagreement without a reason fails the test.
type reason struct {
	client  string
	because string
	holds   func(judged, other) bool
}

var reasons = []reason{
	{"curl", "libssh2 still offers the algorithms that OpenSSH and we have dropped", func(j judged, _ other) bool {
		return among(string(j.got.Cause), "no-common-kex no-common-cipher no-common-mac no-common-hostkey-alg")
	}},
	{"curl", "it asks for the kind of host key alone that known_hosts names first", func(j judged, o other) bool {
		return !j.failed() && strings.Contains(o.said, "Unable to exchange encryption keys")
	}},
	{"curl", "it checks a host key only against a known_hosts file that is there", func(j judged, _ other) bool {
		return j.got.Cause == classify.CauseHostKeyUnknown
	}},
	{"curl", "under TLS it may take the end of a data connection for a cut", func(j judged, o other) bool {
		return !j.failed() && j.protocol != probe.FTP && strings.Contains(o.said, "(18) transfer closed")
	}},
	{"curl", "a data connection breaks for it under TLS, and it loses step", func(j judged, o other) bool {
		broke := strings.Contains(o.said, "(13) Bad PASV/EPSV response: 200") || strings.HasPrefix(j.server, lab.Pyftpdlib)
		return !j.failed() && j.protocol != probe.FTP && broke
	}},
	{"curl", "it protects its data whatever it is told", protects},
	{"lftp", "it protects its data whatever it is told", protects},
	{"lftp", "GnuTLS still speaks TLS 1.1", func(j judged, _ other) bool { return j.row.state == "tls-old-only" }},
	{"lftp", "it cannot be told another name than the one it connects to", func(j judged, _ other) bool {
		return strings.Contains(j.row.flags, "--servername")
	}},
	{"lftp", "it does not append what is there in full", func(j judged, _ other) bool { return j.does(probe.OpAppend) }},
	{"curl", "it enters the directory before it lists it", func(j judged, o other) bool {
		return !j.failed() && j.does(probe.OpList, probe.OpNlst) && strings.Contains(o.said, "(9)")
	}},
	{"curl", "a listing without entries is a listing for it", listedNothingAtAll},
	{"lftp", "a listing without entries is a listing for it", listedNothingAtAll},
}

func protects(j judged, _ other) bool { return j.failed() && strings.Contains(j.row.flags, "--prot C") }

func listedNothingAtAll(j judged, _ other) bool {
	return j.failed() && among(j.got.Step, "list nlst pwd") && among(string(j.got.Cause), "remote-dir-missing no-list-permission empty-dir-as-error file-not-found")
}

func (j judged) failed() bool { return j.got.Outcome == classify.OutcomeFail }

// does tells whether the row has a step of its own with one of the operations.
func (j judged) does(ops ...probe.Op) bool {
	return slices.ContainsFunc(j.row.steps, func(s probe.Step) bool { return slices.Contains(ops, s.Op) })
}

// whyNot returns why another client came to another outcome, empty if nobody knows.
func (j judged) whyNot(o other) string {
	if because := j.row.differ[o.client]; because != "" {
		return because
	}
	for _, r := range reasons {
		if r.client == o.client && r.holds(j, o) {
			return r.because
		}
	}
	return ""
}
