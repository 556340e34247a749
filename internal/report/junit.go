package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mftprobe/classify"
	"mftprobe/probe"
)

// junitWriter collects all targets: the counts stand at the top of the document.
type junitWriter struct {
	w      io.Writer
	suites junitSuites
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
	total    time.Duration
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Output     string          `xml:"system-out,omitempty"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Skipped *junitFailure `xml:"skipped,omitempty"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Result writes one target.
func (j *junitWriter) Result(r Result) error {
	s := junitSuite{
		Name: escape(r.label(), maxLine), Time: junitTime(r.Duration), Hostname: escape(r.Target.Host, maxLine),
		Timestamp: time.Time(r.StartedAt).UTC().Format("2006-01-02T15:04:05"), Properties: junitProperties(r),
	}
	for _, st := range r.Steps {
		s.add(junitStep(r, st))
	}
	if !r.passed() && s.Failures == 0 {
		s.add(junitCase{Class: "mftprobe." + s.Name, Name: "verdict", Time: "0", Failure: junitVerdict(r)})
	}
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, oneLine(fmt.Sprintf("%s: %s: %s", f.Severity, f.Title, f.Detail), maxText))
	}
	s.Output = strings.Join(lines, "\n")
	j.suites.Suites = append(j.suites.Suites, s)
	j.suites.Tests += s.Tests
	j.suites.Failures += s.Failures
	j.suites.total += time.Duration(r.Duration)
	return nil
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

func junitProperties(r Result) []junitProperty {
	v := r.Verdict
	all := []junitProperty{
		{"run_id", r.RunID},
		{"url", r.Target.URL},
		{"outcome", string(v.Outcome)},
		{"depth", fmt.Sprintf("%d/%d", v.Depth.Passed, v.Depth.Total)},
		{"cause", string(v.Cause)},
		{"side", string(v.Side)},
		{"confidence", string(v.Confidence)},
		{"phase", string(v.Phase)},
	}
	var out []junitProperty
	for _, p := range all {
		if p.Value != "" {
			out = append(out, junitProperty{p.Name, escape(p.Value, maxLine)})
		}
	}
	return out
}

func junitStep(r Result, s probe.StepResult) junitCase {
	c := junitCase{Class: "mftprobe." + escape(r.label(), maxLine), Name: escape(s.Name, maxLine), Time: junitTime(s.Duration)}
	switch s.Status {
	case probe.StatusSkipped:
		c.Skipped = &junitFailure{Message: escape(s.Detail, maxLine)}
	case probe.StatusFail:
		c.Failure = &junitFailure{Message: stepText(s), Type: "step"}
		if s.Name == r.Verdict.Step {
			c.Failure = junitVerdict(r)
		}
	default:
		c.Output = stepText(s)
	}
	return c
}

// junitVerdict is the verdict as the text of a failed case.
func junitVerdict(r Result) *junitFailure {
	v := r.Verdict
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, oneLine(text, maxText))
		}
	}
	line("where", where(v))
	line("side", sideText(v.Side)+" ("+string(v.Confidence)+")")
	line("why", v.Why)
	for _, us := range v.Advice.Us {
		line("do now", us)
	}
	for _, e := range r.evidence(v.Evidence) {
		line("evidence", eventText(e))
	}
	line("message", v.Advice.Them)
	for _, f := range r.facts() {
		line("  "+f.label, f.text)
	}
	return &junitFailure{Message: oneLine(v.Title, maxLine), Type: orElse(string(v.Cause), string(classify.OutcomeUnknown)), Text: b.String()}
}

func junitTime(m probe.Millis) string {
	return strconv.FormatFloat(time.Duration(m).Seconds(), 'f', 3, 64)
}

// Close ends the document.
func (j *junitWriter) Close() error {
	j.suites.Name, j.suites.Time = "mftprobe", junitTime(probe.Millis(j.suites.total))
	text, err := xml.MarshalIndent(j.suites, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding JUnit: %w", err)
	}
	_, err = io.WriteString(j.w, xml.Header+string(text)+"\n")
	return err
}
