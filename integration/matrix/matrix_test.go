//go:build matrix

// Package matrix holds the claim "we tell you what is wrong" against real servers with real faults: a table of server, fault,
// protocol and expected verdict for each server of the lab, played through the same path as the program's run.
//
// The test counts. Phase and side and cause must be right as often as the figures in tally_test.go say, nothing may be certain
// and wrong, nothing may hang, no secret may appear, and nothing may stay on a server that lets us remove it. Other clients do
// the same in the same state of the server; where they do not agree the test says so.
//
// The counts are written to integration/REPORT.md by
//
//	MFTPROBE_REPORT=1 go test -tags matrix -timeout 30m ./integration/matrix -run TestMatrix
//
// One server, fault or case: go test -tags matrix -timeout 30m ./integration/matrix -run 'TestMatrix/vsftpd/tls-expired'.
package matrix

import (
	"flag"
	"maps"
	"slices"
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
	lab.Main(m, append(slices.Sorted(maps.Keys(table)), clientsService)...)
}

// table has the rows of each service.
var table = map[string][]row{
	lab.VSFTPD:        vsftpdRows,
	lab.VSFTPDHost:    vsftpdHostRows,
	lab.ProFTPD:       proftpdRows,
	lab.ProFTPDHost:   proftpdHostRows,
	lab.PureFTPD:      pureFTPDRows,
	lab.PureFTPDHost:  pureFTPDHostRows,
	lab.Pyftpdlib:     pyftpdlibRows,
	lab.PyftpdlibHost: pyftpdlibHostRows,
	lab.OpenSSH:       opensshRows,
	lab.OpenSSHHost:   opensshHostRows,
	lab.Dropbear:      dropbearRows,
	netfault:          netfaultRows,
}

// healthy is the state without a fault.
const healthy = "none"

// TestMatrix plays every row. Servers go side by side, the states of one server one after the other.
func TestMatrix(t *testing.T) {
	all := &tally{}
	t.Cleanup(func() { all.settle(t) })
	others := newFleet(t)
	for name, rows := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, state := range states(rows) {
				t.Run(state, func(t *testing.T) { all.add(playState(t, others, name, state)...) })
			}
		})
	}
}

// states lists the states of the rows in the order of their first appearance.
func states(rows []row) []string {
	var out []string
	for _, r := range rows {
		if s := r.stateName(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// playState plays the rows of one state of a server.
func playState(t *testing.T, others *fleet, name, state string) []judged {
	t.Helper()
	b := newBench(t, others, name, state)
	for _, r := range table[name] {
		if r.stateName() != state {
			continue
		}
		for _, mode := range r.modes {
			t.Run(caseName(r, mode), func(t *testing.T) { b.play(t, r, mode) })
		}
	}
	b.finish(t)
	return b.cases
}

// TestNamesAreUnique holds for the rows of a server, or a case could not be picked by its name.
func TestNamesAreUnique(t *testing.T) {
	for server, rows := range table {
		seen := map[string]bool{}
		for _, r := range rows {
			for _, mode := range r.modes {
				name := r.stateName() + "/" + caseName(r, mode)
				if seen[name] {
					t.Errorf("%s has two cases %q", server, name)
				}
				seen[name] = true
			}
		}
	}
}
