// Package matrix holds the claim "we tell you what is wrong" against real servers with real faults: a table of server, fault,
// protocol and expected verdict for each server of the lab, played through the same path as the program's run.
//
// The test counts. Phase and side and cause must be right as often as the figures below say, nothing may be certain and wrong,
// nothing may hang, no secret may appear, and nothing may stay on a server that lets us remove it. The counts are written to
// integration/REPORT.md by
//
//	MFTPROBE_REPORT=1 go test ./integration/matrix -run TestMatrix
//
// One server or case: go test ./integration/matrix -run 'TestMatrix/vsftpd/wrong_password'.
package matrix

import (
	"flag"
	"testing"

	"mftprobe/integration/lab"
)

// serversAtOnce is how many servers are tested side by side: most of the time is spent waiting for them.
const serversAtOnce = "12"

func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = flag.Set("test.parallel", serversAtOnce)
	}
	lab.Main(m, servers()...)
}

// table has the rows of each service.
var table = map[string][]row{
	lab.VSFTPD: vsftpdRows,
}

func servers() []string {
	var names []string
	for name := range table {
		names = append(names, name)
	}
	return names
}

// TestMatrix plays every row. Servers go side by side, the rows of one server one after the other.
func TestMatrix(t *testing.T) {
	all := &tally{}
	t.Cleanup(func() { all.settle(t) })
	for name, rows := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range rows {
				for _, mode := range r.modes {
					t.Run(caseName(r, mode), func(t *testing.T) { all.add(playCase(t, name, r, mode)) })
				}
			}
		})
	}
}

// caseName is the row's name, with the protocol where the row has several modes.
func caseName(r row, mode lab.Mode) string {
	if len(r.modes) == 1 {
		return r.name
	}
	return r.name + " over " + modeWords[mode]
}

var modeWords = map[lab.Mode]string{
	lab.Plain: "FTP", lab.Explicit: "explicit TLS", lab.Implicit: "implicit TLS", lab.SFTP: "SFTP", lab.External: "external SFTP",
}

// playCase plays a row in one mode and judges what came out.
func playCase(t *testing.T, server string, r row, mode lab.Mode) judged {
	t.Helper()
	state := r.state
	if state == "" {
		state = "none"
	}
	s := lab.Use(t, server, state)
	sc := newScene(t, r, s, mode)
	before := files(sc)
	result := sc.play()
	j := judge(sc, result)
	if !r.litter {
		j.littered = difference(before, files(sc))
	}
	j.show(t, result)
	return j
}
