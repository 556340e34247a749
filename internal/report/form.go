package report

import (
	"fmt"
	"io"
	"strings"
)

// Forms lists the words of -o. Of text, NewText is the constructor.
func Forms() []string {
	return []string{"text", "json", "jsonl", "markdown", "junit", "nagios", "openmetrics"}
}

// New returns the writer of a form. several tells that there may be more than one target. The text
// form comes without colour and live lines.
func New(form string, w io.Writer, several bool) (Writer, error) {
	switch form {
	case "text":
		return NewText(w, TextOptions{}), nil
	case "json":
		return &jsonWriter{w: w, enc: newEncoder(true), array: several}, nil
	case "jsonl":
		return lineWriter{w, newEncoder(false)}, nil
	case "markdown":
		return &markdownWriter{w: w}, nil
	case "junit":
		return &junitWriter{w: w}, nil
	case "nagios":
		return &nagiosWriter{w: w, many: several}, nil
	case "openmetrics":
		return &metricsWriter{w: w}, nil
	}
	return nil, unknownForm(form, Forms()...)
}

func unknownForm(form string, known ...string) error {
	return fmt.Errorf("-o %s: unknown form; known are %s", form, strings.Join(known, ", "))
}
