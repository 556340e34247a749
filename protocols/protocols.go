// Package protocols maps the word of a protocol to its driver. It is an explicit list: adding a
// protocol adds a package and one case.
package protocols

import (
	"mftprobe/probe"
	"mftprobe/protocols/ftp"
	"mftprobe/protocols/sftp"
)

// Open returns the driver for t. It has the form of [probe.Opener] and touches no network.
func Open(t probe.Target, rec *probe.Recorder) probe.Driver {
	if t.Protocol == probe.SFTP {
		return sftp.New(t, rec)
	}
	return ftp.New(t, rec)
}
