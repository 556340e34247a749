package foreignlog

import (
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
)

var (
	stampISO    = lazyregexp.New(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?[ \t]+`)
	stampSyslog = lazyregexp.New(`^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)(?:\.\d+)? +`)
	stampCtime  = lazyregexp.New(`^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) +`)
	stampPrio   = lazyregexp.New(`^<\d{1,3}>(?:1 )?`)
	stampCLF    = lazyregexp.New(`\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d) ([+-]\d{4})\]`)
)

// cutStamp takes the time off the front of a line. The zero time: there is none.
func (b *book) cutStamp(line string) (time.Time, string) {
	line = stampPrio.ReplaceAllString(line, "")
	if m := stampISO.FindStringSubmatch(line); m != nil {
		return b.iso(m), line[len(m[0]):]
	}
	if m := stampCtime.FindStringSubmatch(line); m != nil {
		t, _ := time.ParseInLocation("Jan 2 15:04:05 2006", m[1]+" "+m[2]+" "+m[3]+" "+m[4], b.zone)
		b.noteZone()
		return t, line[len(m[0]):]
	}
	if m := stampSyslog.FindStringSubmatch(line); m != nil {
		return b.yearless(m[1] + " " + m[2] + " " + m[3]), line[len(m[0]):]
	}
	return time.Time{}, line
}

func (b *book) iso(m []string) time.Time {
	text := m[1] + "T" + m[2]
	if m[3] != "" {
		text += "." + m[3]
	}
	if m[4] == "" {
		b.noteZone()
		t, _ := time.ParseInLocation("2006-01-02T15:04:05", text, b.zone)
		return t
	}
	zone := strings.Replace(m[4], ":", "", 1)
	if zone == "Z" {
		zone = "+0000"
	}
	t, _ := time.Parse("2006-01-02T15:04:05-0700", text+zone)
	return t
}

// yearless places a syslog time in the newest year in which it is not in the future; a day is
// allowed for a clock that is ahead.
func (b *book) yearless(text string) time.Time {
	now := b.now().In(b.zone)
	t, err := time.ParseInLocation("Jan 2 15:04:05 2006", text+" "+now.Format("2006"), b.zone)
	if err != nil {
		t, err = time.ParseInLocation("Jan 2 15:04:05 2006", text+" 2024", b.zone) // 29 February
		if err != nil {
			return time.Time{}
		}
	}
	switch ahead, next := now.Add(24*time.Hour), t.AddDate(1, 0, 0); {
	case t.After(ahead):
		t = t.AddDate(-1, 0, 0)
	case next.Day() == t.Day() && !next.After(ahead): // theirs is the first day of the year, ours still the last
		t = next
	}
	b.noteZone()
	b.note("the log does not write the year: " + t.Format("2006") + " is assumed")
	return t
}

func (b *book) noteZone() {
	b.note("the log does not write the time zone: its times are taken as " + b.zone.String())
}

// clf takes the time in square brackets of a common log line.
func (b *book) clf(line string) time.Time {
	m := stampCLF.FindStringSubmatch(line)
	if m == nil {
		return time.Time{}
	}
	t, _ := time.Parse("02/Jan/2006:15:04:05 -0700", m[1]+" "+m[2])
	return t
}
