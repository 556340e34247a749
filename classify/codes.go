package classify

import (
	"slices"
	"sync"

	"mftprobe/probe"
)

// Numberings that only explain knows, beside those of package probe.
const (
	spaceCurl  probe.Space = "curl"
	spaceIIS   probe.Space = "iis-substatus"
	spaceWin32 probe.Space = "win32"
)

// codeEntry is one number of one space. Causes are what stands behind it when nothing else is known
// but the place.
type codeEntry struct {
	value   int
	name    string
	meaning string
	source  string
	notes   []string
	causes  ranking
	weight  weight // how much the number alone says; zero: usual
}

// numbering is all that is known of one space.
type numbering struct {
	space   probe.Space
	entries []codeEntry
}

var numberings = sync.OnceValue(func() []numbering {
	return []numbering{
		{probe.SpaceFTP, ftpCodes()},
		{probe.SpaceSFTP, sftpCodes()},
		{probe.SpaceSSHDisconnect, disconnectCodes()},
		{probe.SpaceSSHChannel, channelCodes()},
		{probe.SpaceTLSAlert, alertCodes()},
		{probe.SpaceOS, slices.Concat(errnoCodes(), winsockCodes())},
		{spaceCurl, curlCodes()},
		{spaceIIS, iisCodes()},
		{spaceWin32, win32Codes()},
	}
})

type codeKey struct {
	space probe.Space
	value int
}

var codeTable = sync.OnceValue(func() map[codeKey]*codeEntry {
	out := map[codeKey]*codeEntry{}
	for _, n := range numberings() {
		for i := range n.entries {
			out[codeKey{n.space, n.entries[i].value}] = &n.entries[i]
		}
	}
	return out
})

// findCode returns nil for a number that is not in the table.
func findCode(s probe.Space, value int) *codeEntry { return codeTable()[codeKey{s, value}] }

// standing returns how much the code alone says.
func (c *codeEntry) standing() weight {
	if c.weight != 0 {
		return c.weight
	}
	return codeWeight
}
