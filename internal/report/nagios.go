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

// Nagios judges a result as a monitoring plugin and returns its state, first line and further lines.
func Nagios(r Result, th Thresholds) (state plugin.State, first string, long []string) {
	state = stateOf(r)
	perf := perfdata(r, th)
	for _, p := range perf {
		if s := p.State(); plugin.Worse(state, s) != state {
			state = s
			long = append(long, fmt.Sprintf("%s took %.3fs, outside of %s", p.Label, p.Value, rangeHit(p, s)))
		}
	}
	return state, plugin.Line(state, firstText(r, state, long), perf), append(long, longOutput(r)...)
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
		Label: TotalLabel, Value: time.Duration(r.Duration).Round(time.Millisecond).Seconds(), Unit: "s",
		Warn: th.Warning[TotalLabel], Crit: th.Critical[TotalLabel],
	}}
	for _, s := range r.Steps {
		if s.Duration > 0 {
			perf = append(perf, plugin.Perf{
				Label: s.Name, Value: time.Duration(s.Duration).Round(time.Millisecond).Seconds(), Unit: "s",
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
	text := ""
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

// longOutput is what a monitor shows below the first line.
func longOutput(r Result) []string {
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

func (n *nagiosWriter) Result(r Result) error {
	state, first, long := Nagios(r, Thresholds{})
	n.state = plugin.Worse(n.state, state)
	if n.count++; !r.passed() {
		n.bad++
	}
	if n.many {
		line := fmt.Sprintf("%s: %s", state, plugin.Clean(escape(r.label(), maxLine)+" "+summary(r, nil)))
		n.lines = append(n.lines, line)
		return nil
	}
	n.lines = append([]string{first}, long...)
	return nil
}

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
