package report

import (
	"fmt"
	"strconv"

	"mftprobe/probe"
)

// clearLine goes back to the beginning of a terminal's line and empties it.
const clearLine = "\r\x1b[K"

// progress shows how far a long transfer has come, on a line that whatever is written next replaces.
func (t *Text) progress(e probe.Event) {
	line := fmt.Sprintf("  %-*s%-*s %*s  %s", markWidth, "…", nameWidth, cut(escape(e.Step, maxLine), nameWidth), timeWidth, "", megabytes(e.Bytes))
	if total, err := strconv.ParseInt(e.Attr["total"], 10, 64); err == nil && total > 0 {
		line += fmt.Sprintf(" of %s, %d %%", megabytes(total), e.Bytes*100/total)
	}
	t.printf("%s", t.paint(dim, cut(line, t.opt.Width-1)))
	t.rewrite = true
}

func megabytes(n int64) string { return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB" }
