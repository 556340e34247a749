package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"mftprobe/internal/compare"
	"mftprobe/probe"
)

// Comparison is what compare writes: the comparison and both results.
type Comparison struct {
	compare.Comparison
	Results [2]Result
}

// comparisonDocument is the JSON form of a comparison.
type comparisonDocument struct {
	SchemaVersion int                `json:"schema_version"`
	Comparison    compare.Comparison `json:"comparison"`
	Results       [2]Result          `json:"results"`
}

// Compare writes a comparison as text, json or markdown.
func Compare(form string, w io.Writer, c Comparison, opt TextOptions) error {
	switch form {
	case "text":
		return compareText(NewText(w, opt), c)
	case "json":
		return writeJSON(w, comparisonDocument{schemaVersion, c.Comparison, c.Results})
	case "markdown":
		return compareMarkdown(w, c)
	}
	return unknownForm(form, "text", "json", "markdown")
}

// compareText writes the truth table, the differences and the side.
func compareText(t *Text, c Comparison) error {
	t.printf("%s  %s\n%s  %s\n\n", t.paint(bold, "A"), escape(c.A, maxLine), t.paint(bold, "B"), escape(c.B, maxLine))
	t.printf("  %s\n", t.paint(dim, fmt.Sprintf("%-*s %-28s %s", nameWidth, "step", "A", "B")))
	for _, row := range c.Steps {
		mark := " "
		if !row.Equal {
			mark = t.paint(yellow, "*")
		}
		t.printf("%s %-*s %s %s\n", mark, nameWidth, cut(escape(row.Step, maxLine), nameWidth), t.cell(row.A, 28), t.cell(row.B, 0))
	}
	for i, d := range c.Differences {
		if i == 0 {
			t.printf("\n%s\n", t.paint(bold, "Differences"))
		}
		label := d.What
		if d.Matters {
			label += " !"
		}
		t.item(label, "", strings.TrimSpace(fmt.Sprintf("%s A: %s, B: %s", d.Step, oneLine(d.A, maxLine), oneLine(d.B, maxLine))))
	}
	t.printf("\n%s  %s\n", t.paint(bold, "SIDE"), t.paint(bold, sideOf(c)))
	t.field("why", c.Why)
	t.field("settle by", c.SettleBy)
	return t.err
}

func sideOf(c Comparison) string {
	if c.Side == "" {
		return "no difference that matters"
	}
	return sideText(c.Side)
}

// cell is: mark, code, time.
func (t *Text) cell(c compare.Cell, width int) string {
	if c.Status == "" {
		return fmt.Sprintf("%-*s", width, "-")
	}
	word, color := stepMark(c.Status)
	text := joinParts(shortCode(c.Code), seconds(c.Duration))
	if c.Status == probe.StatusSkipped {
		text = "not run"
	}
	return t.paint(color, fmt.Sprintf("%-5s", word)) + fmt.Sprintf("%-*s", max(width-5, 0), text)
}

// compareMarkdown writes the comparison for a ticket or a mail.
func compareMarkdown(w io.Writer, c Comparison) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "## Comparison: %s\n\n- A: %s\n- B: %s\n- Side: **%s**\n\n%s\n\n", c.Truth, codeSpan(c.A), codeSpan(c.B), sideOf(c), plainText(c.Why))
	if c.SettleBy != "" {
		fmt.Fprintf(&b, "To settle it: %s\n\n", plainText(c.SettleBy))
	}
	b.WriteString("| step | A | B |\n|---|---|---|\n")
	for _, row := range c.Steps {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", codeSpan(row.Step), markdownCell(row.A), markdownCell(row.B))
	}
	for i, d := range c.Differences {
		if i == 0 {
			b.WriteString("\n| difference | step | A | B | matters |\n|---|---|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %t |\n", d.What, codeSpan(d.Step), codeSpan(d.A), codeSpan(d.B), d.Matters)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func markdownCell(c compare.Cell) string {
	if c.Status == "" {
		return ""
	}
	text := string(c.Status)
	if c.Code != nil {
		text += " " + codeSpan(codeText(*c.Code))
	}
	return text + " " + seconds(c.Duration)
}
