package report

import (
	"fmt"
	"io"
	"strings"

	"mftprobe/classify"
)

// Explain writes an explanation as text or json.
func Explain(form string, w io.Writer, x classify.Explanation, opt TextOptions) error {
	switch form {
	case "text":
		return explainText(NewText(w, opt), x)
	case "json":
		x.Notes, x.Causes = orEmpty(x.Notes), orEmpty(x.Causes)
		return writeJSON(w, x)
	}
	return unknownForm(form, "text", "json")
}

func explainText(t *Text, x classify.Explanation) error {
	head := ""
	if x.Code != nil {
		head = fmt.Sprintf("%s %d", x.Space, *x.Code)
	}
	head = joinParts(head, escape(x.Name, maxLine))
	if head != "" {
		t.printf("%s\n", t.paint(bold, head))
	}
	t.paragraph(x.Meaning)
	if x.Source != "" {
		t.paragraph("Source: " + x.Source)
	}
	for _, n := range x.Notes {
		for i, line := range Wrap(oneLine(n, maxText), t.opt.Width-4) {
			bullet := "-"
			if i > 0 {
				bullet = " "
			}
			t.printf("  %s %s\n", bullet, line)
		}
	}
	for i, c := range x.Causes {
		if i == 0 {
			t.printf("\n%s\n", t.paint(bold, causesHeading(len(x.Causes))))
		}
		t.candidate(i+1, c)
	}
	if len(x.Suggestions) > 0 {
		t.printf("\n")
		t.paragraph("Did you mean: " + strings.Join(x.Suggestions, ", ") + "?")
	}
	return t.err
}

func causesHeading(n int) string {
	if n == 1 {
		return "What stands behind it"
	}
	return "What may stand behind it, most likely first"
}

func (t *Text) paragraph(text string) {
	for _, line := range Wrap(oneLine(text, maxText), t.opt.Width-2) {
		t.printf("  %s\n", line)
	}
}

func (t *Text) candidate(n int, c classify.Candidate) {
	entry := classify.Lookup(c.Cause)
	t.printf("\n%2d. %s  %s\n", n, t.paint(bold, string(c.Cause)), t.paint(dim, fmt.Sprintf("(%s; side: %s)", c.Confidence, sideText(c.Side))))
	t.indented(entry.Title + ".")
	if c.SettleBy != "" {
		t.indented("To settle it: " + c.SettleBy)
	}
	for _, us := range c.Advice.Us {
		t.indented("Do: " + us)
	}
}

func (t *Text) indented(text string) {
	for _, line := range Wrap(oneLine(text, maxText), t.opt.Width-4) {
		t.printf("    %s\n", line)
	}
}
