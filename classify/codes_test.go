package classify

import (
	"testing"

	"mftprobe/probe"
)

func TestCodesAreComplete(t *testing.T) {
	for _, n := range numberings() {
		seen := map[int]bool{}
		for _, e := range n.entries {
			if e.name == "" || e.meaning == "" || e.source == "" {
				t.Errorf("%s %d lacks a name, a meaning or a source", n.space, e.value)
			}
			if seen[e.value] {
				t.Errorf("%s %d stands twice", n.space, e.value)
			}
			seen[e.value] = true
			for _, line := range e.causes {
				checkCauses(t, string(n.space)+" "+e.name, line.causes)
			}
		}
	}
}

func checkCauses(t *testing.T, where string, causes []Cause) {
	t.Helper()
	if len(causes) == 0 {
		t.Errorf("%s has an empty line of causes", where)
	}
	seen := map[Cause]bool{}
	for _, c := range causes {
		if _, ok := catalogue()[c]; !ok || seen[c] {
			t.Errorf("%s names %q, which is unknown or named twice", where, c)
		}
		seen[c] = true
	}
}

// A code that reports a failure has causes at every place, or explain would have nothing to say.
func TestFailuresHaveCauses(t *testing.T) {
	places := []place{anywhere}
	for p := place(1); p <= atQuit; p <<= 1 {
		places = append(places, p)
	}
	for _, n := range numberings() {
		for i := range n.entries {
			e := &n.entries[i]
			if isSuccess(reading{space: n.space, value: e.value}) {
				continue
			}
			for _, p := range places {
				if len(e.causes.at(p)) == 0 {
					t.Errorf("%s %d has no causes at place %b", n.space, e.value, p)
				}
			}
		}
	}
}

// What the standards define must be there, number by number.
func TestCodesOfTheStandards(t *testing.T) {
	ftp := []int{
		110, 120, 125, 150, 200, 202, 211, 212, 213, 214, 215, 220, 221, 225, 226, 227, 228, 229, 230, 232, 234, 235, 250, 257,
		331, 332, 334, 335, 336, 350, 421, 425, 426, 431, 450, 451, 452, 500, 501, 502, 503, 504, 521, 522, 530, 532, 533, 534,
		535, 536, 537, 550, 551, 552, 553, 554, 555, 631, 632, 633,
	}
	for _, v := range ftp {
		if findCode(probe.SpaceFTP, v) == nil {
			t.Errorf("FTP reply %d is missing", v)
		}
	}
	for space, last := range map[probe.Space]int{probe.SpaceSFTP: 31, probe.SpaceSSHDisconnect: 15, probe.SpaceSSHChannel: 4, spaceIIS: 55} {
		first := 1
		if space == probe.SpaceSFTP || space == spaceIIS {
			first = 0
		}
		for v := first; v <= last; v++ {
			if findCode(space, v) == nil {
				t.Errorf("%s %d is missing", space, v)
			}
		}
	}
}
