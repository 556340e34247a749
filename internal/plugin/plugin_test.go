package plugin

import (
	"strings"
	"testing"
)

func TestRange(t *testing.T) {
	// The first five are the examples of the guidelines.
	tests := []struct {
		text   string
		alerts []float64
		quiet  []float64
	}{
		{"10", []float64{-1, 11}, []float64{0, 10}},
		{"10:", []float64{9.9}, []float64{10, 1e9}},
		{"~:10", []float64{10.1}, []float64{-1e9, 10}},
		{"10:20", []float64{9, 21}, []float64{10, 20}},
		{"@10:20", []float64{10, 20}, []float64{9, 21}},
		{"0.5", []float64{0.51}, []float64{0.5}},
		{"@~:0", []float64{-1, 0}, []float64{0.1}},
		{":5", []float64{-1, 6}, []float64{0, 5}},
	}
	for _, tt := range tests {
		r, err := ParseRange(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if r.String() != tt.text || !r.IsSet() {
			t.Errorf("%s is shown as %s", tt.text, r)
		}
		for _, v := range tt.alerts {
			if !r.Alerts(v) {
				t.Errorf("%s must alert at %v", tt.text, v)
			}
		}
		for _, v := range tt.quiet {
			if r.Alerts(v) {
				t.Errorf("%s must not alert at %v", tt.text, v)
			}
		}
	}
	for _, bad := range []string{"", "@", "x", "1:x", "20:10", "1:2:3", "nan", "inf", "10,5", "5 "} {
		if r, err := ParseRange(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, r)
		} else if !strings.Contains(err.Error(), bad) {
			t.Errorf("%q: the error does not name it: %v", bad, err)
		}
	}
	if (Range{}).Alerts(1e9) || (Range{}).IsSet() {
		t.Error("no range, no alert")
	}
}

func TestStates(t *testing.T) {
	if Worse(OK, Unknown) != Unknown || Worse(Unknown, Warning) != Warning || Worse(Critical, Warning) != Critical || Worse(OK, OK) != OK {
		t.Error("order of states")
	}
	warn, _ := ParseRange("1")
	crit, _ := ParseRange("2")
	for value, want := range map[float64]State{0.5: OK, 1.5: Warning, 2.5: Critical} {
		if got := (Perf{Value: value, Warn: warn, Crit: crit}).State(); got != want {
			t.Errorf("%v is %v", value, got)
		}
	}
	if State(7).String() != "UNKNOWN" || Warning.String() != "WARNING" {
		t.Error("words of states")
	}
}

func TestLine(t *testing.T) {
	warn, _ := ParseRange("1:2")
	perf := []Perf{{Label: "login", Value: 0.031, Unit: "s", Warn: warn}, {Label: "it's|a=b\n", Value: 3, Unit: "B", Max: "9"}}
	got := Line(Critical, "530 no | way\nsecond\x1b[31m\u202e \u2028\u2029\u0085\xff", perf)
	want := `MFT CRITICAL - 530 no / way second [31m     ?|'login'=0.031s;1:2;;0; 'it''s_a_b_'=3B;;;0;9`
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := Line(OK, "fine", nil); got != "MFT OK - fine" {
		t.Errorf("got %q", got)
	}
}
