package matrix

import (
	"sync"
	"testing"
)

// What the whole table must reach. The phase must be right in every case, and nothing certain and wrong.
const (
	sideFigure  = 0.98
	causeFigure = 0.95
)

// tally collects the cases.
type tally struct {
	mu    sync.Mutex
	cases []judged
}

func (a *tally) add(cases ...judged) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cases = append(a.cases, cases...)
}

// settle holds the counts against the figures, and those of a whole run against the report.
func (a *tally) settle(t *testing.T) {
	for _, j := range a.cases {
		if !j.sideRight || !j.causeRight || !j.phaseRight {
			t.Logf("miss: %s, %s: %s", j.server, j.name, j.miss())
		}
	}
	c := *byServer(a.cases)["all"]
	t.Logf("%d cases, %d of them failures; phase right in %d, side in %d, cause in %d; certain and wrong %d", c.cases, c.failures, c.phase, c.side, c.cause, c.certainWrong)
	n := float64(c.cases)
	if c.phase < c.cases || float64(c.side) < sideFigure*n || float64(c.cause) < causeFigure*n || c.certainWrong > 0 {
		t.Errorf("wanted: phase right in all, side in %.0f %%, cause in %.0f %%, none certain and wrong", 100*sideFigure, 100*causeFigure)
	}
	if c.cases == allCases() {
		holdAgainstReport(t, a.cases)
	}
}

// allCases is how many cases the table has.
func allCases() int {
	n := 0
	for _, rows := range table {
		for _, r := range rows {
			n += len(r.modes)
		}
	}
	return n
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
