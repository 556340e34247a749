package report

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"mftprobe/classify"
	"mftprobe/internal/plugin"
)

// Thresholds are the ranges of a plugin's check: by step name, and of the whole run under "time".
type Thresholds struct {
	Warning, Critical map[string]plugin.Range
}

// TotalLabel is the name of the whole run's time in thresholds and performance data.
const TotalLabel = "time"

// maxFirstLine is how many characters may stand before the bar, so that no pager cuts them.
const maxFirstLine = 80

// Verbosity of a plugin, as the guidelines number it.
const (
	FirstLine = iota
	WithVerdict
	WithSteps
	WithEvents
)

// Nagios judges a result as a monitoring plugin and returns its state and lines, the first with the
// performance data.
func Nagios(r Result, th Thresholds, verbosity int) (state plugin.State, lines []string) {
	state = stateOf(r)
	perf := perfdata(r, th)
	var slow []string
	for _, p := range perf {
		if s := p.State(); plugin.Worse(state, s) != state {
			state = s
			slow = append(slow, fmt.Sprintf("%s took %.3fs, outside of %s", p.Label, p.Value, rangeHit(p, s)))
		}
	}
	lines = append(lines, plugin.Line(state, firstText(r, state, slow), perf))
	if verbosity >= WithVerdict {
		lines = append(append(lines, slow...), verdictLines(r)...)
	}
	if verbosity >= WithSteps {
		for _, s := range r.Steps {
			lines = append(lines, plugin.Clean(joinParts(s.Name, string(s.Status), stepText(s))))
		}
	}
	if verbosity >= WithEvents {
		for _, e := range r.Events {
			lines = append(lines, plugin.Clean(eventText(e)))
		}
	}
	return state, lines
}

// rangeHit is the range that raised the alert.
func rangeHit(p plugin.Perf, s plugin.State) plugin.Range {
	if s == plugin.Critical {
		return p.Crit
	}
	return p.Warn
}

// stateOf maps an outcome: what timed out or failed is critical, what could not be told is unknown.
func stateOf(r Result) plugin.State {
	switch r.Verdict.Outcome {
	case classify.OutcomePass:
		return plugin.OK
	case classify.OutcomeWarn:
		return plugin.Warning
	case classify.OutcomeFail:
		return plugin.Critical
	}
	return plugin.Unknown
}

func perfdata(r Result, th Thresholds) []plugin.Perf {
	perf := []plugin.Perf{{
		Label: TotalLabel, Value: time.Duration(r.Duration).Round(time.Microsecond).Seconds(), Unit: "s",
		Warn: th.Warning[TotalLabel], Crit: th.Critical[TotalLabel],
	}}
	for _, s := range r.Steps {
		if s.Duration > 0 {
			perf = append(perf, plugin.Perf{
				Label: s.Name, Value: time.Duration(s.Duration).Round(time.Microsecond).Seconds(), Unit: "s",
				Warn: th.Warning[s.Name], Crit: th.Critical[s.Name],
			})
		}
	}
	return append(perf, plugin.Perf{Label: "depth", Value: float64(r.Verdict.Depth.Passed), Max: fmt.Sprint(r.Verdict.Depth.Total)})
}

// summary says in a few words how it went.
func summary(r Result, slow []string) string {
	v := r.Verdict
	depth := fmt.Sprintf("%d/%d steps", v.Depth.Passed, v.Depth.Total)
	var text string
	switch {
	case !r.passed():
		text = fmt.Sprintf("%s: %s, %s, %s", v.Step, v.Cause, v.Side, depth)
	case len(slow) > 0:
		text = slow[len(slow)-1]
	case len(r.Findings) > 0 && v.Outcome == classify.OutcomeWarn:
		text = depth + ", " + firstWarning(r.Findings)
	default:
		text = fmt.Sprintf("%s in %s", depth, seconds(r.Duration))
	}
	return text
}

// firstText is the summary with the target in front, short enough for the first line.
func firstText(r Result, state plugin.State, slow []string) string {
	text := orElse(r.Target.Name, r.Target.Host) + " " + summary(r, slow)
	return cut(plugin.Clean(text), maxFirstLine-utf8.RuneCountInString(plugin.Line(state, "", nil)))
}

func firstWarning(findings []classify.Finding) string {
	for _, f := range findings {
		if f.Severity != classify.SeverityInfo {
			return f.Title
		}
	}
	return findings[0].Title
}

// verdictLines are what a monitor shows below the first line.
func verdictLines(r Result) []string {
	v := r.Verdict
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, plugin.Clean(oneLine(fmt.Sprintf(format, args...), maxText)))
	}
	if !r.passed() {
		add("%s", v.Title)
		add("%s", v.Why)
		for _, us := range v.Advice.Us {
			add("Do: %s", us)
		}
	}
	for _, f := range r.Findings {
		add("%s: %s", f.Severity, f.Title)
	}
	for _, path := range r.Cleanup.LeftBehind {
		add("left behind: %s", path)
	}
	return lines
}

// nagiosWriter writes one result as check does. Of several, the first line sums up and each target has
// a line of its own.
type nagiosWriter struct {
	w     io.Writer
	many  bool
	state plugin.State
	lines []string
	bad   int
	count int
}

// Result writes one target.
func (n *nagiosWriter) Result(r Result) error {
	state, lines := Nagios(r, Thresholds{}, WithVerdict)
	n.state = plugin.Worse(n.state, state)
	if n.count++; !r.passed() {
		n.bad++
	}
	if n.many {
		line := fmt.Sprintf("%s: %s", state, plugin.Clean(escape(r.label(), maxLine)+" "+summary(r, nil)))
		n.lines = append(n.lines, line)
		return nil
	}
	n.lines = lines
	return nil
}

// Close ends the document.
func (n *nagiosWriter) Close() error {
	if n.many {
		text := fmt.Sprintf("%d of %d targets passed", n.count-n.bad, n.count)
		perf := []plugin.Perf{{Label: "failed", Value: float64(n.bad), Max: fmt.Sprint(n.count)}}
		n.lines = append([]string{plugin.Line(n.state, text, perf)}, n.lines...)
	}
	for _, line := range n.lines {
		if _, err := fmt.Fprintln(n.w, line); err != nil {
			return err
		}
	}
	return nil
}
