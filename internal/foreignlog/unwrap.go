package foreignlog

import (
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
)

// wrapper is what a forum, a container or a build server puts in front of every line of a log. cut
// returns the line without it, and the time that it told.
type wrapper struct {
	re *lazyregexp.Regexp // its first group, if it has one, is a time
}

// wrappers are tried in this order; several may stand around one log.
var wrappers = []wrapper{
	{lazyregexp.New(`^[ \t]{0,8}> ?`)},                        // quoted
	{lazyregexp.New(`^[ \t]*\| ?`)},                           // a column of a table
	{lazyregexp.New(`^[ \t]+`)},                               // indented
	{lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,40} +\| `)}, // docker compose
	{lazyregexp.New(`^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?)\]?:?(?:[ \t]+|$)`)},
	{lazyregexp.New(`^\[?\d{1,4}/\d\d/\d{2,4}[ T]\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)?\]?:?(?:[ \t]+|$)`)},
	{lazyregexp.New(`^\[?(\d\d:\d\d:\d\d)(?:[.,]\d+)?\]?:?(?:[ \t]+|$)`)},
}

const (
	mostWrappers = 3 // around one log
	wrapShare    = 4 // three of four lines have to begin with it
)

func (w wrapper) cut(line string) (rest, stamp string, ok bool) {
	m := w.re.FindStringSubmatchIndex(line)
	if m == nil {
		return line, "", false
	}
	if len(m) > 2 && m[2] >= 0 {
		stamp = line[m[2]:m[3]]
	}
	return line[m[1]:], stamp, true
}

// wrapping is what stands around a log, from the outside in.
type wrapping []wrapper

// cut takes everything off a line. A line that lacks a part keeps the rest.
func (ws wrapping) cut(line string) (rest, stamp string) {
	rest = line
	for _, w := range ws {
		text, t, ok := w.cut(rest)
		if ok {
			rest = text
		}
		if t != "" {
			stamp = t
		}
	}
	return rest, stamp
}

// findWrapping looks for what has to be taken off a sample so that one of the formats fits it best.
// Where several are as good, the one counts of which the format's reader makes most, and of those
// the one that takes off least.
func findWrapping(sample []string, among []format) (format, wrapping, int) {
	var (
		around  wrapping
		bestF   format
		best    wrapping
		most    = 0
		hasRead = -1 // how much the best one reads; -1: it was not tried yet
	)
	inner := sample
	for {
		f, sum := likest(inner, among)
		switch {
		case sum > most:
			bestF, best, most, hasRead = f, around, sum, -1
		case sum == most && sum > 0:
			if hasRead < 0 {
				hasRead = bestF.reads(sample, best)
			}
			if n := f.reads(sample, around); n > hasRead {
				bestF, best, hasRead = f, around, n
			}
		}
		w, rest, ok := outermost(inner)
		if !ok || len(around) == mostWrappers {
			return bestF, best, most
		}
		around, inner = append(around[:len(around):len(around)], w), rest
	}
}

// outermost finds the wrapper that stands around the lines of a sample.
func outermost(sample []string) (wrapper, []string, bool) {
	for _, w := range wrappers {
		if inner, ok := w.strip(sample); ok {
			return w, inner, true
		}
	}
	return wrapper{}, nil, false
}

// reads tells how many events the format's reader makes of a sample.
func (f format) reads(sample []string, around wrapping) int {
	b := newBook(Reader{}, f.Name)
	parse := f.open(b)
	for _, line := range sample {
		text, stamp := around.cut(line)
		b.outside(stamp)
		parse.line(text)
	}
	parse.end()
	n := 0
	for _, s := range b.sessions {
		n += s.kept
	}
	return n
}

// strip takes a wrapper off all lines of a sample; false if too few have it.
func (w wrapper) strip(sample []string) ([]string, bool) {
	if n := min(len(sample), 24); n < len(sample) { // most wrappers are seen not to be there at once
		if _, ok := w.strip(sample[:n]); !ok {
			return nil, false
		}
	}
	out := make([]string, 0, len(sample))
	with, all := 0, 0
	for _, line := range sample {
		rest, _, ok := w.cut(line)
		if strings.TrimSpace(line) != "" {
			all++
			if ok {
				with++
			}
		}
		out = append(out, rest)
	}
	return out, with > 0 && with*wrapShare >= all*(wrapShare-1)
}

// isFence tells the lines that Markdown puts around a block of text.
func isFence(line string) bool {
	line = strings.TrimLeft(line, " \t>|")
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

// outside notes the time that stands around the log's own line.
func (b *book) outside(stamp string) {
	b.outer, b.outerClock = time.Time{}, ""
	switch {
	case stamp == "":
	case len(stamp) == len("15:04:05"):
		b.outerClock = stamp
	default:
		text := strings.Replace(strings.Replace(stamp, ",", ".", 1), " UTC", "Z", 1)
		if i := strings.LastIndexAny(text, "+-"); i > 0 && text[i-1] == ' ' {
			text = text[:i-1] + text[i:]
		}
		if m := stampISO.FindStringSubmatch(text + " "); m != nil {
			b.outer = b.iso(m)
		}
	}
}

// outerTime sets the clock to the time that stands around the line.
func (s *session) outerTime() {
	if !s.book.outer.IsZero() {
		s.at(s.book.outer, true)
		return
	}
	s.clockTime(s.book.outerClock)
}
