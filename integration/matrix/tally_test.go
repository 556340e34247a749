//go:build matrix

package matrix

import (
	"sync"
	"testing"
)

// What the whole table must reach.
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

// settle holds the counts against the figures.
func (a *tally) settle(t *testing.T) {
	var phase, side, cause, failures int
	for _, j := range a.cases {
		if !among("fail", j.wanted.outcome) && j.phaseRight {
			phase, side, cause = phase+1, side+1, cause+1
			continue
		}
		failures++
		phase += count(j.phaseRight)
		side += count(j.sideRight)
		cause += count(j.causeRight)
		if !j.sideRight || !j.causeRight || !j.phaseRight {
			t.Logf("miss: %s, %s: got %s/%s/%s (%s), want %s/%s/%s", j.server, j.name, j.got.Phase, j.got.Cause, j.got.Side, j.got.Confidence, j.wanted.phases, j.wanted.causes, j.wanted.sides)
		}
	}
	n := len(a.cases)
	t.Logf("%d cases, %d of them failures; phase right in %d, side in %d, cause in %d", n, failures, phase, side, cause)
	if phase < n || float64(side) < sideFigure*float64(n) || float64(cause) < causeFigure*float64(n) {
		t.Errorf("wanted: phase right in all, side in %.0f %%, cause in %.0f %%", 100*sideFigure, 100*causeFigure)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
