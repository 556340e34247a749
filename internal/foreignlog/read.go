package foreignlog

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mftprobe/probe"
)

// Limits on what a log can make us read and hold.
const (
	MaxBytes    = 1 << 30  // of a log; what follows is not read
	MaxLine     = 16 << 10 // bytes of one line; the rest of it is dropped
	MaxSessions = 64       // kept transcripts; failed sessions and newer ones are preferred
	maxEvents   = 200_000  // kept events of all sessions together
	maxSteps    = 2048     // kept steps of one session, at most twice that while it is read
	maxText     = 64 << 20 // bytes of text in all events; later texts are cut to shortText
	maxSecrets  = 256      // passwords learnt from one log and masked wherever they stand
	maxNotes    = 32
	shortText   = 256
)

// Result is what a log told.
type Result struct {
	Format      string             // one of Formats
	Transcripts []probe.Transcript // one for each session, in the order in which they began
	Notes       []string           // what the log could not tell, and what had to be assumed
	Truncated   bool               // a limit was met: not all of the log is in Transcripts
}

// Reader reads logs. The zero value is ready for use.
type Reader struct {
	Now  func() time.Time // for logs that do not write the year; time.Now if nil
	Zone *time.Location   // of times written without a zone; UTC if nil
}

// Read reads a log with the zero Reader.
func Read(r io.Reader, format string) (Result, error) { return Reader{}.Read(r, format) }

// Read reads a log to its end or to MaxBytes. An empty format asks for detection. The error names
// what was found instead of a log of a known format; a session that went wrong is no error.
func (rd Reader) Read(r io.Reader, format string) (Result, error) {
	in, err := newLines(r)
	if err != nil {
		return Result{}, err
	}
	f, around, err := choose(in, format)
	if err != nil {
		return Result{}, err
	}
	b := newBook(rd, f.Name)
	parse := f.open(b)
	for in.scan() {
		if isFence(in.text) {
			continue
		}
		text, stamp := around.cut(b.learn(in.text))
		b.outside(stamp)
		parse.line(text)
	}
	if in.err != nil {
		return Result{}, fmt.Errorf("reading the log: %w", in.err)
	}
	parse.end()
	if in.cut {
		b.note(fmt.Sprintf("lines longer than %d bytes were cut", MaxLine))
	}
	if in.full {
		b.truncated = true
		b.note(fmt.Sprintf("only the first %d bytes were read", int64(MaxBytes)))
	}
	return b.result()
}

// errNoSession is what a log of a known format without any session ends in.
var errNoSession = errors.New("the log has no session in it")

// choose finds the format by its name, or by the first lines if there is no name, and what stands
// around the log's own lines.
func choose(in *lines, name string) (format, wrapping, error) {
	if name == "" {
		return detect(in)
	}
	i := slices.IndexFunc(formats, func(f format) bool { return f.Name == name })
	if i < 0 {
		return format{}, nil, fmt.Errorf("unknown log format %q: use one of %s", name, strings.Join(formatNames(), ", "))
	}
	_, around, _ := findWrapping(in.peek(), formats[i:i+1])
	return formats[i], around, nil
}
