package ftp

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// headline tells whether a line heads or ends a listing and names no file.
func headline(line string) bool {
	f := strings.Fields(line)
	switch {
	case len(f) == 0:
		return true
	case len(f) == 2 && strings.EqualFold(f[0], "total"):
		return allDigits(f[1])
	case f[0] == "Volume" && f[len(f)-1] == "Dsname", f[0] == "Name" && f[len(f)-1] == "Id", f[0] == "JOBNAME":
		return true
	case f[0] == "Directory" && strings.ContainsAny(line, "[]:"):
		return true
	}
	return f[0] == "Total" && strings.Contains(line, "file")
}

// mlsdTime is the form of times in MDTM and MLSD (RFC 3659 section 2.3).
const mlsdTime = "20060102150405"

// parseMLSD reads RFC 3659 section 7.2: facts that end with semicolons, a space, the name.
func parseMLSD(line string) (probe.Entry, bool) {
	facts, name, found := strings.Cut(strings.TrimLeft(line, " "), " ")
	if !found || name == "" || !strings.HasSuffix(facts, ";") || !strings.Contains(facts, "=") {
		return probe.Entry{}, false
	}
	e := probe.Entry{Name: name}
	for fact := range strings.SplitSeq(strings.TrimSuffix(facts, ";"), ";") {
		key, value, _ := strings.Cut(fact, "=")
		switch strings.ToLower(key) {
		case "type":
			switch strings.ToLower(value) {
			case "dir":
				e.Dir = true
			case "cdir", "pdir":
				e.Name, e.Dir = ".", true
			}
		case "size", "sizd":
			e.Size = number(value)
		case "modify":
			e.ModTime, _ = time.Parse(mlsdTime, value)
		}
	}
	return e, true
}

// parseUnix reads the output of ls -l in its many forms: the date is looked for, what stands before
// it is the size and what stands behind it the name.
func parseUnix(line string) (probe.Entry, bool) {
	f := cutFields(line)
	if !unixMode(line, f) {
		return probe.Entry{}, false
	}
	for i := 1; i+1 < len(f); i++ {
		t, used := unixTime(f[i:])
		if used == 0 || i+used >= len(f) {
			continue
		}
		e := probe.Entry{Size: number(f[i-1].text), ModTime: t, Within: exactness(f[i+used-1].text), Dir: line[0] == 'd', Name: line[f[i+used-1].end+1:]}
		if e.Dir {
			e.Size = 0
		}
		if line[0] == 'l' {
			e.Name, _, _ = strings.Cut(e.Name, " -> ")
		}
		return e, true
	}
	return probe.Entry{}, false
}

// unixMode tells whether a line begins with a file type and permissions, of Unix or of NetWare.
func unixMode(line string, f []field) bool {
	if len(f) < 3 || !strings.ContainsRune("-dlbcpsDP", rune(line[0])) {
		return false
	}
	if mode := f[0].text[1:]; mode != "" {
		return len(mode) >= 9 && strings.Trim(mode[:9], "-rwxsStTlL") == "" && strings.Trim(mode[9:], "-+.@*") == ""
	}
	rights := f[1].text
	return rights[0] == '[' && rights[len(rights)-1] == ']'
}

// exactness tells how much later than the time of a listing the true time may be, by the last part of its date.
func exactness(last string) time.Duration {
	if strings.Contains(last, ":") {
		return time.Minute
	}
	return 24 * time.Hour
}

type field struct {
	text string
	end  int
}

// cutFields splits at blanks and remembers where each field ends, since a name may hold blanks.
func cutFields(line string) []field {
	var out []field
	for i := 0; i < len(line); {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		start := i
		for i < len(line) && line[i] != ' ' && line[i] != '\t' {
			i++
		}
		if i > start {
			out = append(out, field{line[start:i], i})
		}
	}
	return out
}

// unixTime reads a date of ls at the beginning of f and tells how many fields it takes: "Jan 2
// 15:04", "2 Jan 2006" and the ISO form.
func unixTime(f []field) (time.Time, int) {
	if len(f) >= 2 && len(f[0].text) == 10 {
		if t, err := time.Parse("2006-01-02 15:04", f[0].text+" "+f[1].text[:min(5, len(f[1].text))]); err == nil {
			return t, 2
		}
	}
	if len(f) < 3 {
		return time.Time{}, 0
	}
	m, ok := month(f[0].text)
	day := number(f[1].text)
	if !ok {
		m, ok = month(f[1].text)
		day = number(f[0].text)
	}
	if !ok || day < 1 || day > 31 {
		return time.Time{}, 0
	}
	last := f[2].text
	if len(last) == 4 && allDigits(last) {
		return time.Date(int(number(last)), m, int(day), 0, 0, 0, 0, time.UTC), 3
	}
	clock, err := time.Parse("15:04", last)
	if err != nil {
		return time.Time{}, 0
	}
	return recent(time.Now().UTC(), m, int(day), clock), 3
}

// clocksApart is by how much the clock of a server can be ahead of ours: its time zone, and a little.
const clocksApart = 48 * time.Hour

// recent adds the year that ls leaves out for files of the last six months. On the last day of our year a server in the
// east writes the first day of its next.
func recent(now time.Time, m time.Month, day int, clock time.Time) time.Time {
	in := func(year int) time.Time {
		return time.Date(year, m, day, clock.Hour(), clock.Minute(), 0, 0, time.UTC)
	}
	switch t, next := in(now.Year()), in(now.Year()+1); {
	case t.After(now.AddDate(0, 6, 0)):
		return in(now.Year() - 1)
	case !next.After(now.Add(clocksApart)):
		return next
	default:
		return t
	}
}

var dosLine = lazyregexp.New(`(?i)^\s*(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*([AP]M?)?\s+(<\w+>|[\d,.]+)\s+(.+)$`)

// parseDOS reads the output of DIR as IIS and others send it.
func parseDOS(line string) (probe.Entry, bool) {
	m := dosLine.FindStringSubmatch(line)
	if m == nil {
		return probe.Entry{}, false
	}
	e := probe.Entry{Name: m[5], Dir: strings.HasPrefix(m[4], "<") && !strings.EqualFold(m[4], "<symlink>")}
	if !strings.HasPrefix(m[4], "<") {
		e.Size = number(m[4])
	}
	e.ModTime, e.Within = dosTime(m[1], m[2], m[3]), time.Minute
	return e, true
}

func dosTime(date, clock, half string) time.Time {
	date = strings.NewReplacer("/", "-", ".", "-").Replace(date)
	clock = clock[:min(5, len(clock))]
	forms := []string{"01-02-06 15:04", "01-02-2006 15:04", "2006-01-02 15:04", "02-01-2006 15:04"}
	text := date + " " + clock
	if half != "" {
		text += " " + strings.ToUpper(half[:1]) + "M"
	}
	for _, form := range forms {
		if half != "" {
			form = strings.Replace(form, "15", "3", 1) + " PM"
		}
		if t, err := time.Parse(form, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

var vmsLine = lazyregexp.New(`^(\S+);(\d+)\s+(\d+)(?:/\d+)?K?\s+(\d{1,2}-[A-Z]{3}-\d{4})\s+(\d{1,2}:\d{2})`)

// vmsBlock is the unit in which VMS tells sizes.
const vmsBlock = 512

// parseVMS reads the output of DIRECTORY.
func parseVMS(line string) (probe.Entry, bool) {
	m := vmsLine.FindStringSubmatch(strings.TrimLeft(line, " "))
	if m == nil {
		return probe.Entry{}, false
	}
	e := probe.Entry{Name: m[1], Size: number(m[3]) * vmsBlock}
	if base, isDir := strings.CutSuffix(e.Name, ".DIR"); isDir {
		e.Name, e.Dir, e.Size = base, true, 0
	}
	e.ModTime, _ = time.Parse("2-Jan-2006 15:04", capital(m[4])+" "+m[5])
	e.Within = exactness(m[5])
	return e, true
}

// capital turns 1-JAN-2026 into 1-Jan-2026.
func capital(date string) string {
	i := strings.IndexByte(date, '-')
	return date[:i+2] + strings.ToLower(date[i+2:])
}

var vmsName = lazyregexp.New(`^\S+;\d+\s*$`)

// joinVMS puts a long name and the line with its facts together.
func joinVMS(lines []string) []string {
	var out []string
	for i := 0; i < len(lines); i++ {
		if vmsName.MatchString(lines[i]) && i+1 < len(lines) && strings.HasPrefix(lines[i+1], " ") {
			out = append(out, strings.TrimSpace(lines[i])+" "+strings.TrimSpace(lines[i+1]))
			i++
			continue
		}
		out = append(out, lines[i])
	}
	return out
}

var (
	ibmLine   = lazyregexp.New(`^\S+\s+(\d+)\s+(\d{2}[/.]\d{2}[/.]\d{2,4})\s+(\d{2}:\d{2}:\d{2})\s+(\*\w+)\s+(.+?)/?\s*$`)
	ibmMember = lazyregexp.New(`^\S+\s+\*MEM\s+(\S+)\s*$`)
)

// parseIBMi reads the listing of IBM i (AS/400).
func parseIBMi(line string) (probe.Entry, bool) {
	if m := ibmMember.FindStringSubmatch(line); m != nil {
		return probe.Entry{Name: m[1]}, true
	}
	m := ibmLine.FindStringSubmatch(line)
	if m == nil {
		return probe.Entry{}, false
	}
	e := probe.Entry{Name: m[5], Size: number(m[1])}
	switch m[4] {
	case "*DIR", "*DDIR", "*LIB", "*FLR":
		e.Dir, e.Size = true, 0
	}
	e.ModTime, e.Within = dosTime(m[2], m[3], ""), time.Minute
	return e, true
}

var (
	mvsSet    = lazyregexp.New(`^\S+\s+\S+\s+(\d{4}/\d{2}/\d{2}|\*\*NONE\*\*)\s+\d+\s+\S+\s+\S+\s+\S+\s+\S+\s+(PO|PO-E|PS|PS-E|VS|DA)\s+'?([^\s']+)'?\s*$`)
	mvsAway   = lazyregexp.New(`^(?:Migrated|ARC\w*IVE\w*)\s+(?:Not Direct Access Device\s+)?'?([^\s']+)'?\s*$`)
	mvsMember = lazyregexp.New(`^\s*(\S{1,8})\s+\d{2}\.\d{2}\s+\d{4}/\d{2}/\d{2}\s+(\d{4}/\d{2}/\d{2})\s+(\d{2}:\d{2})\s+(\d+)\s`)
)

// parseMVS reads data sets and members of z/OS. Sizes are in tracks or lines there and stay zero.
func parseMVS(line string) (probe.Entry, bool) {
	if m := mvsSet.FindStringSubmatch(line); m != nil {
		e := probe.Entry{Name: m[3], Dir: strings.HasPrefix(m[2], "PO")}
		e.ModTime, _ = time.Parse("2006/01/02", m[1])
		e.Within = exactness(m[1])
		return e, true
	}
	if m := mvsAway.FindStringSubmatch(line); m != nil {
		return probe.Entry{Name: m[1]}, true
	}
	if m := mvsMember.FindStringSubmatch(line); m != nil {
		e := probe.Entry{Name: m[1]}
		e.ModTime, _ = time.Parse("2006/01/02 15:04", m[2]+" "+m[3])
		e.Within = exactness(m[3])
		return e, true
	}
	return probe.Entry{}, false
}

// number reads a decimal number, be it with separators; what is none is zero.
func number(s string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), ".", ""), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}
