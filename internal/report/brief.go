package report

import (
	"bytes"
	"slices"
	"strings"

	"mftprobe/probe"
)

// Brief is a result in a few lines: the outcome, how far it got, and what the server said in numbers.
func Brief(r Result, opt TextOptions) string {
	var b bytes.Buffer
	t := NewText(&b, opt)
	word, color := outcomeWord(r.Verdict.Outcome)
	t.printf("%s  %s  %d of %d steps in %s\n", t.paint(color, word), t.paint(bold, escape(r.label(), maxLine)),
		r.Verdict.Depth.Passed, r.Verdict.Depth.Total, seconds(r.Duration))
	for _, line := range Wrap(briefTalk(r), t.opt.Width-6) {
		t.printf("      %s\n", t.paint(dim, line))
	}
	return b.String()
}

// briefTalk lists versions and the codes in the order in which they first came.
func briefTalk(r Result) string {
	var parts []string
	for _, c := range r.Connections {
		switch {
		case c.Role == "data":
		case c.TLS != nil && c.TLS.Version != "":
			parts = append(parts, c.TLS.Version)
		case c.SSH != nil:
			parts = append(parts, escape(c.SSH.Kex, maxLine), escape(c.SSH.HostKey.Type, maxLine))
		}
	}
	var codes []string
	for _, e := range r.Events {
		if e.Code == nil || e.Direction != probe.Received {
			continue
		}
		if word := codeWord(*e.Code); !slices.Contains(codes, word) {
			codes = append(codes, word)
		}
	}
	return strings.Join(append(parts, codes...), " ")
}
