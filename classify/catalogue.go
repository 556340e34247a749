package classify

import (
	"slices"
	"sync"

	"mftprobe/probe"
)

// Entry is what the catalogue holds about one cause. Side and Retry are the usual ones: evidence
// may move the side, never the meaning.
type Entry struct {
	Cause      Cause
	Protocols  []probe.Protocol
	Side       Side
	Retry      Retry
	Title      string   // what a user reads first, without a full stop
	Meaning    string   // what it says about the two parties and the path between them
	LookAlikes []Cause  // causes that show the same face
	SettleBy   string   // the test that tells it from its look-alikes
	Us         []string // what to do here, most useful first
	Them       string   // message for the other party; placeholders are filled by [Facts.Fill]
	Source     string   // the document that defines the behaviour
}

// Protocol sets of the catalogue.
var (
	everywhere  = []probe.Protocol{probe.FTP, probe.FTPES, probe.FTPS, probe.SFTP}
	ftpFamily   = []probe.Protocol{probe.FTP, probe.FTPES, probe.FTPS}
	plainFTP    = []probe.Protocol{probe.FTP}
	tlsFTP      = []probe.Protocol{probe.FTPES, probe.FTPS}
	sftpOnly    = []probe.Protocol{probe.SFTP}
	ftpAndSFTP  = []probe.Protocol{probe.FTP, probe.SFTP}
	noLookAlike []Cause
)

// catalogue is made on first use: most runs pass and name no cause.
var catalogue = sync.OnceValue(func() map[Cause]Entry {
	return byCause(
		connectionCauses, serverCauses, tlsCauses, certificateCauses, loginCauses, dataCauses,
		fileCauses, listingCauses, transferCauses, sshCauses, sftpCauses,
	)
})

func byCause(topics ...[]Entry) map[Cause]Entry {
	out := map[Cause]Entry{}
	for _, topic := range topics {
		for _, e := range topic {
			out[e.Cause] = e
		}
	}
	return out
}

// Lookup returns the entry of c. An unknown word gives the entry of [CauseUnexplained].
func Lookup(c Cause) Entry {
	if e, ok := catalogue()[c]; ok {
		return e
	}
	return catalogue()[CauseUnexplained]
}

// Causes returns every cause in alphabetical order, so that numbers derived from the order are the
// same in every build.
func Causes() []Cause {
	out := make([]Cause, 0, len(catalogue()))
	for c := range catalogue() {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// concerns tells whether the cause can occur in a session of protocol p. The empty protocol is any.
func (e Entry) concerns(p probe.Protocol) bool {
	return p == "" || slices.Contains(e.Protocols, p)
}
