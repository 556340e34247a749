package cli

import (
	"mftprobe/internal/config"
	"mftprobe/probe"
)

// bigJob is the number of bytes from which moving and hashing a file keep two processors busy.
const bigJob = 1 << 20

// fit leaves one processor to a run of one small probe, and gives all of them to any other.
func (p *program) fit(endpoints []config.Endpoint) {
	if len(endpoints) != 1 || !small(endpoints[0]) {
		p.widen()
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
