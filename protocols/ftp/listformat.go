package ftp

import (
	"context"
	"fmt"
	"strings"
	"time"

	library "github.com/jlaffaye/ftp"

	"mftprobe/probe"
)

// Formats of a directory listing.
const (
	formatUnix    = "unix"
	formatDOS     = "dos"
	formatMLSD    = "mlsd"
	formatVMS     = "vms"
	formatMVS     = "mvs"
	formatIBMi    = "ibm-i"
	formatNames   = "names"
	formatUnknown = "unknown"
)

// lineParsers are asked in order.
var lineParsers = []struct {
	format string
	parse  func(line string) (probe.Entry, bool)
}{
	{formatMLSD, parseMLSD},
	{formatUnix, parseUnix},
	{formatDOS, parseDOS},
	{formatVMS, parseVMS},
	{formatIBMi, parseIBMi},
	{formatMVS, parseMVS},
}

// parseLine reads one line of a listing of any format.
func parseLine(line string) (e probe.Entry, format string, ok bool) {
	for _, p := range lineParsers {
		if e, ok := p.parse(line); ok {
			return e, p.format, true
		}
	}
	return probe.Entry{}, formatUnknown, false
}

// reading is what the lines of a listing turned out to be.
type reading struct {
	entries  []probe.Entry
	formats  map[string]int
	unknown  int
	firstBad string
}

// read goes through the lines. Where the library has parsed one, its result counts; it drops what it
// does not know without a word, and for that there are parsers of our own.
func (l *listing) read() reading {
	r := reading{formats: map[string]int{}}
	byName := map[string]*library.Entry{}
	for _, e := range l.entries {
		byName[e.Name] = e
	}
	for _, line := range joinVMS(l.lines) {
		e, format, ok := parseLine(line)
		switch {
		case headline(line):
			continue
		case !ok:
			r.unknown++
			if r.firstBad == "" {
				r.firstBad = line
			}
			continue
		}
		r.formats[format]++
		key := e.Name
		if format == formatMLSD {
			_, key, _ = strings.Cut(strings.TrimLeft(line, " "), " ")
		}
		if theirs := byName[key]; theirs != nil && e.Name == key {
			within := e.Within
			e = entryOf(theirs)
			e.Within = within
		}
		delete(byName, key)
		r.add(e)
	}
	for _, e := range l.entries {
		if byName[e.Name] == e { // what only the library understood
			r.unknown = max(0, r.unknown-1)
			r.add(entryOf(e))
		}
	}
	return r
}

func (r *reading) add(e probe.Entry) {
	if e.Name != "." && e.Name != ".." && e.Name != "" {
		r.entries = append(r.entries, e)
	}
}

// format returns the commonest format.
func (r *reading) format() string {
	best, n := formatUnknown, 0
	for _, p := range lineParsers {
		if r.formats[p.format] > n {
			best, n = p.format, r.formats[p.format]
		}
	}
	return best
}

// entryOf converts the library's entry.
func entryOf(e *library.Entry) probe.Entry {
	return probe.Entry{Name: e.Name, Size: int64(e.Size), ModTime: e.Time, Dir: e.Type == library.EntryTypeFolder}
}

// namesOf turns the names of NLST into entries.
func namesOf(names []string) []probe.Entry {
	var out []probe.Entry
	for _, n := range names[:min(len(names), probe.MaxEntries)] {
		out = append(out, probe.Entry{Name: n[strings.LastIndexByte(n, '/')+1:]})
	}
	return out
}

// parsed turns the lines of a listing into entries and records what they were.
func (d *driver) parsed(ctx context.Context, o probe.Outcome, l *listing) probe.Outcome {
	info := &probe.ListingInfo{Command: l.verb, Format: formatNames, Bytes: l.bytes, Lines: l.count, Entries: l.count}
	firstBad := ""
	if l.verb == cmdNLST {
		o.Entries = namesOf(l.names)
	} else {
		r := l.read()
		o.Entries, firstBad = r.entries, r.firstBad
		info.Format, info.Unparsed = r.format(), r.unknown
		info.Entries = len(r.entries) + max(0, l.count-maxListedLines)
		if l.count == 0 && l.verb == cmdMLSD {
			info.Format = formatMLSD
		}
	}
	o.Listing, o.Detail = info, fmt.Sprintf("%d entries", info.Entries)
	if info.Unparsed > 0 {
		o.Detail += fmt.Sprintf(", %d lines not understood", info.Unparsed)
	}
	d.keepListing(l, info.Format)
	if info.Unparsed > 0 {
		d.rec.Add(oddity(probe.OddityListFormat, probe.Event{
			Phase: probe.PhaseTransfer, Conn: l.id, Command: l.verb, Text: "a line of no known form: " + firstBad,
		}))
		d.askSystem(ctx)
	}
	return o
}

// keepListing records the beginning of a listing as it came.
func (d *driver) keepListing(l *listing, format string) {
	if len(l.text) == 0 {
		return
	}
	d.rec.Add(probe.Event{
		Phase: probe.PhaseTransfer, Conn: l.id, Direction: probe.Received, Kind: probe.KindText, Command: l.verb,
		Text: string(l.text), Bytes: l.bytes, Attr: map[string]string{"format": format, "content": "listing"},
	})
}

// askSystem asks once what system the server claims to be, for whoever has to find out why its
// listing is not understood.
func (d *driver) askSystem(ctx context.Context) {
	if d.system != "" || d.ctl.over() {
		return
	}
	if r, err := d.ctl.do(ctx, d.step, cmd("SYST", "")); err == nil {
		d.system = r.words
	}
}

// month returns the number of an English month by its first three letters.
func month(s string) (time.Month, bool) {
	if len(s) < 3 {
		return 0, false
	}
	t, err := time.Parse("Jan", strings.ToUpper(s[:1])+strings.ToLower(s[1:3]))
	return t.Month(), err == nil
}
