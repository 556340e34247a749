// Package plugin holds the rules of the Monitoring Plugins Development Guidelines: threshold ranges,
// performance data, states and the first line. It knows nothing of probes; internal/cli's check
// command fills it.
package plugin

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// State is a plugin's verdict; its value is the exit status.
type State int

// States in the order of the guidelines. Worse compares them.
const (
	OK       State = 0
	Warning  State = 1
	Critical State = 2
	Unknown  State = 3
)

// String returns the word that monitors look for.
func (s State) String() string {
	switch s {
	case OK:
		return "OK"
	case Warning:
		return "WARNING"
	case Critical:
		return "CRITICAL"
	}
	return "UNKNOWN"
}

// Worse returns the worse of two states: CRITICAL before WARNING before UNKNOWN before OK.
func Worse(a, b State) State {
	rank := map[State]int{OK: 0, Unknown: 1, Warning: 2, Critical: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// Range is a threshold: an alert is raised outside of it, or inside with Inside set. The zero value
// raises none.
type Range struct {
	set       bool
	low, high float64
	inside    bool
	text      string
}

// ParseRange reads [@][start:][end] where start may be ~ for minus infinity; "10" means 0 to 10.
func ParseRange(s string) (Range, error) {
	r := Range{set: true, text: s, high: math.Inf(1)}
	body, inside := strings.CutPrefix(s, "@")
	r.inside = inside
	start, end, two := strings.Cut(body, ":")
	if !two {
		start, end = "", body
		if body == "" {
			return Range{}, fmt.Errorf("range %q: no number", s)
		}
	}
	var err error
	switch start {
	case "":
	case "~":
		r.low = math.Inf(-1)
	default:
		if r.low, err = number(start); err != nil {
			return Range{}, fmt.Errorf("range %q: %w", s, err)
		}
	}
	if end != "" {
		if r.high, err = number(end); err != nil {
			return Range{}, fmt.Errorf("range %q: %w", s, err)
		}
	}
	if r.low > r.high {
		return Range{}, fmt.Errorf("range %q: the start is above the end", s)
	}
	return r, nil
}

func number(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return f, nil
}

// IsSet tells whether the range was given.
func (r Range) IsSet() bool { return r.set }

// String returns the range as it was given, as performance data wants it.
func (r Range) String() string { return r.text }

// Alerts tells whether v raises an alert.
func (r Range) Alerts(v float64) bool {
	if !r.set {
		return false
	}
	within := v >= r.low && v <= r.high
	return within == r.inside
}

// Perf is one value of the performance data, in seconds or bytes as Unit says.
type Perf struct {
	Label      string
	Value      float64
	Unit       string // "s", "B", "" for a number
	Warn, Crit Range
	Max        string // empty: none
}

// State returns what the value's own ranges say of it.
func (p Perf) State() State {
	switch {
	case p.Crit.Alerts(p.Value):
		return Critical
	case p.Warn.Alerts(p.Value):
		return Warning
	}
	return OK
}

// String returns 'label'=value[unit];[warn];[crit];[min];[max].
func (p Perf) String() string {
	label := strings.Map(func(r rune) rune {
		if r == '=' || r == '|' || r < ' ' {
			return '_'
		}
		return r
	}, p.Label)
	value := strconv.FormatFloat(p.Value, 'f', -1, 64)
	return fmt.Sprintf("'%s'=%s%s;%s;%s;0;%s", strings.ReplaceAll(label, "'", "''"), value, p.Unit, p.Warn, p.Crit, p.Max)
}

// Line returns the first line: "MFT STATE - text|perfdata". The text loses what would end it early.
func Line(state State, text string, perf []Perf) string {
	var b strings.Builder
	fmt.Fprintf(&b, "MFT %s - %s", state, Clean(text))
	for i, p := range perf {
		if i == 0 {
			b.WriteByte('|')
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Clean makes text safe for a plugin's output: no bar, no line end, no control character.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '|':
			return '/'
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}
