// Package matrix holds the claim "we tell you what is wrong" against real servers with real faults: a table of server, fault,
// protocol and expected verdict for each server of the lab, played through the same path as the program's run.
//
// The test counts. Phase and side and cause must be right as often as the figures in tally_test.go say, nothing may be certain
// and wrong, nothing may hang, no secret may appear, and nothing may stay on a server that lets us remove it. Other clients do
// the same in the same state of the server; where they do not agree the test says so.
//
// The figures and the confusion table are written to integration/REPORT.md by
//
//	UPDATE_GOLDEN=1 go test ./integration/matrix -run TestMatrix
//
// and a whole run without that variable is held against what is written there. One server, fault or case:
//
//	go test ./integration/matrix -run 'TestMatrix/vsftpd/tls-expired'
package matrix

import (
	"maps"
	"slices"
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/internal/sidebyside"
)

// serversAtOnce is how many servers are tested side by side: most of the time is spent waiting for them.
const serversAtOnce = 12

func TestMain(m *testing.M) {
	sidebyside.Tests(serversAtOnce)
	lab.Main(m, append(slices.Sorted(maps.Keys(table)), clientsService)...)
}

// table has the rows of each service.
var table = map[string][]row{
	lab.VSFTPD:        slices.Concat(vsftpdRows, everyday(false, vsftpdEveryday...)),
	lab.VSFTPDHost:    vsftpdHostRows,
	lab.ProFTPD:       slices.DeleteFunc(allProFTPDRows(), overSFTP),
	lab.ProFTPDSFTP:   slices.DeleteFunc(allProFTPDRows(), func(r row) bool { return !overSFTP(r) }),
	lab.ProFTPDHost:   proftpdHostRows,
	lab.PureFTPD:      slices.Concat(pureFTPDRows, everyday(true, pureFTPDEveryday...)),
	lab.PureFTPDHost:  pureFTPDHostRows,
	lab.Pyftpdlib:     slices.Concat(pyftpdlibRows, everyday(true, pyftpdlibEveryday...)),
	lab.PyftpdlibHost: pyftpdlibHostRows,
	lab.OpenSSH:       slices.Concat(opensshRows, opensshEveryday, everydaySFTP(false)),
	lab.OpenSSHHost:   opensshHostRows,
	lab.Dropbear:      slices.Concat(dropbearRows, dropbearEveryday, everydaySFTP(false)),
	netfault:          netfaultRows,
}

// allProFTPDRows has so many rows that they go to two servers, by protocol.
func allProFTPDRows() []row {
	return slices.Concat(proftpdRows, everyday(true, proftpdEveryday...), everydaySFTP(true))
}

func overSFTP(r row) bool { return r.modes[0] == lab.SFTP }

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
				t.Run(state, func(t *testing.T) { playState(t, all, others, name, state) })
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
func playState(t *testing.T, all *tally, others *fleet, name, state string) {
	t.Helper()
	b := newBench(t, others, name, state)
	defer func() { all.add(b.cases...) }()
	for _, r := range table[name] {
		if r.stateName() != state {
			continue
		}
		for _, mode := range r.modes {
			t.Run(caseName(r, mode), func(t *testing.T) { b.play(t, r, mode) })
		}
	}
	b.finish(t)
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
