package cli

import (
	"mftprobe/internal/config"
	"mftprobe/probe"
)

// bigJob is the number of bytes from which moving and hashing a file keep two processors busy.
const bigJob = 1 << 20

// fit keeps a single small probe on one processor. It waits for its server nearly all the time, and each
// reply would wake a thread that finds nothing left to do: with two processors a whole probe of vsftpd
// takes a third more context switches and half a millisecond more CPU, of seven.
func (p *program) fit(endpoints []config.Endpoint) {
	if p.processors != nil && len(endpoints) == 1 && small(endpoints[0]) {
		p.processors(1)
	}
}

// small tells whether no step can move much. What is fetched by its path may have any size.
func small(e config.Endpoint) bool {
	for _, s := range e.Script.Steps {
		switch s.Op {
		case probe.OpPut, probe.OpAppend:
			if e.PayloadSize >= bigJob || s.Payload != nil && s.Payload.Size() >= bigJob {
				return false
			}
		case probe.OpGet:
			if s.Path != "" {
				return false
			}
		}
	}
	return true
}
