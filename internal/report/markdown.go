package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"mftprobe/classify"
	"mftprobe/probe"
)

// markdownWriter writes a section for each target, to be pasted into a ticket or a mail. Everything
// that a server said stands in code spans, where no Markdown and no HTML is obeyed.
type markdownWriter struct {
	w     io.Writer
	count int
}

// Result writes one target.
func (m *markdownWriter) Result(r Result) error {
	var b bytes.Buffer
	if m.count++; m.count > 1 {
		b.WriteString("\n---\n\n")
	}
	word, _ := outcomeWord(r.Verdict.Outcome)
	fmt.Fprintf(&b, "## %s: %s\n\n", word, codeSpan(r.label()))
	markdownFacts(&b, r)
	if !r.passed() {
		markdownVerdict(&b, r)
	}
	markdownSteps(&b, r.Steps)
	markdownFindings(&b, r.Findings)
	for _, path := range r.Cleanup.LeftBehind {
		fmt.Fprintf(&b, "\n**Left behind on the server:** %s\n", codeSpan(path))
	}
	_, err := m.w.Write(b.Bytes())
	return err
}

// Close ends the document.
func (m *markdownWriter) Close() error { return nil }

func markdownFacts(b *bytes.Buffer, r Result) {
	fmt.Fprintf(b, "- Endpoint: %s\n", codeSpan(r.Target.URL))
	fmt.Fprintf(b, "- Time: %s, run %s\n", r.StartedAt, codeSpan(r.RunID))
	for _, c := range r.Connections {
		if c.Role != "data" && c.Remote != "" {
			fmt.Fprintf(b, "- Connection: %s to %s\n", codeSpan(c.Local), codeSpan(c.Remote))
		}
	}
	fmt.Fprintf(b, "- Depth: %d of %d steps in %s\n\n", r.Verdict.Depth.Passed, r.Verdict.Depth.Total, seconds(r.Duration))
}

func markdownVerdict(b *bytes.Buffer, r Result) {
	v := r.Verdict
	fmt.Fprintf(b, "### %s\n\n", plainText(v.Title))
	fmt.Fprintf(b, "- Where: %s\n- Cause: %s\n- Side: %s (%s)\n", plainText(where(v)), codeSpan(string(v.Cause)), sideText(v.Side), v.Confidence)
	if v.Code != nil {
		label := codeLabel(*v.Code)
		fmt.Fprintf(b, "- %s: %s\n", strings.ToUpper(label[:1])+label[1:], codeSpan(codeText(*v.Code)))
	}
	if retry := retryText(v.Retry); retry != "" {
		fmt.Fprintf(b, "- Retry: %s\n", retry)
	}
	fmt.Fprintf(b, "\n%s\n\n", plainText(v.Why))
	for i, us := range v.Advice.Us {
		fmt.Fprintf(b, "%d. %s\n", i+1, plainText(us))
	}
	for i, a := range v.Alternatives {
		if i == 0 {
			b.WriteString("\nOr it is:\n\n")
		}
		fmt.Fprintf(b, "- %s (%s, %s): %s\n", codeSpan(string(a.Cause)), sideText(a.Side), a.Confidence, plainText(a.SettleBy))
	}
	if v.Advice.Them != "" {
		fmt.Fprintf(b, "\nMessage for the other side:\n\n> %s\n>\n", plainText(v.Advice.Them))
		for _, f := range r.facts() {
			fmt.Fprintf(b, "> - %s: %s\n", f.label, codeSpan(f.text))
		}
	}
	for i, e := range r.evidence(v.Evidence) {
		if i == 0 {
			b.WriteString("\nEvidence:\n\n")
		}
		fmt.Fprintf(b, "- %s\n", codeSpan(eventText(e)))
	}
	b.WriteString("\n")
}

func markdownSteps(b *bytes.Buffer, steps []probe.StepResult) {
	b.WriteString("| step | status | time | what happened |\n|---|---|---:|---|\n")
	for _, s := range steps {
		took := seconds(s.Duration)
		if s.Status == probe.StatusSkipped {
			took = ""
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", codeSpan(s.Name), s.Status, took, codeSpan(stepText(s)))
	}
}

func markdownFindings(b *bytes.Buffer, findings []classify.Finding) {
	for i, f := range findings {
		if i == 0 {
			b.WriteString("\nFindings:\n\n")
		}
		text := plainText(f.Title)
		if f.Detail != "" {
			text += ": " + plainText(f.Detail)
		}
		fmt.Fprintf(b, "- **%s** %s\n", f.Severity, text)
	}
}

// codeSpan puts text into a code span whose fence is longer than any run of backticks in it (CommonMark
// section 6.1). A bar would end a table cell, also inside of a span, unless it is escaped.
func codeSpan(s string) string {
	s = strings.ReplaceAll(oneLine(s, maxLine), "|", `\|`)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// plainText escapes what Markdown or HTML would obey.
func plainText(s string) string {
	var b strings.Builder
	for _, r := range oneLine(s, maxText) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_[]|#>~!@:", r): // the colon, so that a server's URL is no link
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
