package classify

import (
	"net/netip"
	"slices"
	"strings"

	"mftprobe/probe"
)

// maxHeard bounds the words that are compared with known sentences, in bytes: what a server gives as
// its reason comes first.
const maxHeard = 1 << 10

// leaning is a cause that words speak for, and how strongly.
type leaning struct {
	cause  Cause
	weight weight
	server string // whose sentence it is
	leads  bool   // some sentence means it before anything else
}

// listen takes what the other side said at the decisive moment, and what it means there.
func (s *scene) listen() {
	heard := s.heard()
	if heard == "" {
		return
	}
	s.leanings = s.interpret(heard)
	s.leanings = s.withoutHaste(s.leanings, heard)
	for _, r := range s.leanings {
		s.told = append(s.told, r.cause)
	}
}

// heard collects the words that can give the reason. Texts of our own sockets are left out: they say
// no more than the class of the failure.
func (s *scene) heard() string {
	switch s.bad.Kind {
	case probe.KindReply, probe.KindResponse, probe.KindDisconnect, probe.KindChannel:
		return s.text
	case probe.KindAlert:
		return strings.TrimSpace(s.after.text) // its own text is the name of the number
	case probe.KindText, probe.KindHandshake:
		return s.text + s.after.text
	}
	if s.isSFTP() {
		return strings.TrimSpace(s.ssh.banner + s.ssh.prompts + s.ssh.stderr + s.after.text)
	}
	if s.atGreeting() {
		return strings.TrimSpace(s.strays + s.after.text)
	}
	return strings.TrimSpace(s.after.text)
}

// hearsNotice: the words are in part those of a banner that everybody may get to see.
func (s *scene) hearsNotice() bool {
	return s.ssh.early && (s.bad.Kind == probe.KindAuth || s.bad.Kind == probe.KindClose || s.bad.Kind == probe.KindTimeout)
}

// read returns the causes that words speak for at the place of the decisive event.
func (s *scene) read(text string) []Cause {
	var out []Cause
	for _, r := range s.interpret(text) {
		out = append(out, r.cause)
	}
	return out
}

// interpret weighs what words speak for, the strongest first. Several sentences of one text do not
// add up: a long banner must not outweigh a clear word.
func (s *scene) interpret(text string) []leaning {
	if text == "" {
		return nil
	}
	if len(text) > maxHeard {
		text = text[:maxHeard]
	}
	var out []leaning
	for _, h := range matchTexts(saying{text: s.reasonsIn(text), protocol: s.protocol, at: s.place(), server: s.family}) {
		i := slices.IndexFunc(out, func(r leaning) bool { return r.cause == h.cause })
		switch {
		case i < 0:
			out = append(out, leaning{h.cause, h.weight, h.server, h.leads})
		case h.weight > out[i].weight:
			out[i].weight, out[i].server, out[i].leads = h.weight, h.server, h.leads || out[i].leads
		default:
			out[i].leads = out[i].leads || h.leads
		}
	}
	out = slices.DeleteFunc(out, func(r leaning) bool { return r.weight < hint })
	slices.SortStableFunc(out, func(a, b leaning) int { return int(b.weight - a.weight) })
	return out
}

// place says where the decisive event stands, in the words of the tables.
func (s *scene) place() place {
	at := commandPlaces[s.verb]
	switch {
	case s.unasked():
		at = atNoop
	case s.isSFTP() && s.op == probe.OpCwd:
		at = atPath // STAT of the directory to enter
	case s.bad.Kind == probe.KindChannel:
		at = placeOf(string(s.phase), s.protocol) // to open a channel is not to open a file
	case s.verb == "OPEN" && s.writesFile():
		at = atPut
	case s.verb == "OPEN":
		at = atGet
	case s.verb == "SITE" && s.changesAttributes():
		at = atChmod
	case s.isSFTP() && s.phase != probe.PhaseRequest && s.phase != probe.PhaseTransfer && s.phase != probe.PhasePath:
		at = placeOf(string(s.phase), s.protocol)
	case at == anywhere || s.phase == probe.PhaseDataTLS || s.phase == probe.PhaseDataConnect || s.phase == probe.PhaseTLS:
		at = placeOf(string(s.phase), s.protocol)
	}
	if s.isResumed() && transfers(s.verb) {
		at |= atAppend
	}
	return at
}

// unasked: the reply answers no command, in the middle of a session.
func (s *scene) unasked() bool { return s.bad.Kind == probe.KindReply && s.verb == "" && s.greeted }

// familyIn looks for the name of a product in what the server says of itself.
func familyIn(known string, e *probe.Event) string {
	if known != "" {
		return known
	}
	text := e.Text
	if len(text) > maxHeard {
		text = text[:maxHeard]
	}
	text = strings.ToLower(text)
	for _, n := range families {
		if strings.Contains(text, n.sign) {
			return n.family
		}
	}
	return ""
}

// families are signs by which products give themselves away, with the name that the tables of texts
// use.
var families = []struct{ sign, family string }{
	{"vsftpd", "vsftpd"},
	{"proftpd", "proftpd"},
	{"mod_sftp", "proftpd"},
	{"pure-ftpd", "pure-ftpd"},
	{"pyftpdlib", "pyftpdlib"},
	{"filezilla server", "filezilla"},
	{"microsoft ftp", "iis"},
	{"serv-u", "serv-u"},
	{"crushftp", "crushftp"},
	{"wu-ftpd", "wu-ftpd"},
	{"ws_ftp", "ws_ftp"},
	{"globalscape", "globalscape"},
	{"eft server", "globalscape"},
	{"cerberus", "cerberus"},
	{"titan ftp", "titan"},
	{"goanywhere", "goanywhere"},
	{"moveit", "moveit"},
	{"bitvise", "bitvise"},
	{"winsshd", "bitvise"},
	{"sftpgo", "sftpgo"},
	{"axway", "axway"},
	{"securetransport", "axway"},
	{"aws_sftp", "aws-transfer"},
	{"awstransfer", "aws-transfer"},
	{"azuressh", "azure-blob"},
	{"jscape", "jscape"},
	{"maverick", "jscape"},
	{"ibm ftp cs", "z/os"},
	{"mvs is the operating system", "z/os"},
	{"qtcp at", "ibm-i"},
	{"os/400", "ibm-i"},
	{"vms", "vms"},
	{"multinet", "vms"},
	{"tcpware", "vms"},
	{"sterling", "sterling"},
	{"synology", "synology"},
	{"diskstation", "synology"},
	{"tectia", "tectia"},
	{"openssh", "openssh"},
}

// parseAddr reads an address without a port.
func parseAddr(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err
}

// hasFoldPrefix compares without regard to case.
func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
