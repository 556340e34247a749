package sftp

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"mftprobe/probe"
)

// route records an answer and hands it to whoever asked. An answer to nothing is dropped: the
// library would end the session over it.
func (l *link) route(frame []byte) error {
	p, err := parsePacket(frame[4:])
	if err != nil {
		l.malformed(err.Error())
		return err
	}
	if l.versionMissing() {
		return l.takeVersion(p, frame)
	}
	l.mu.Lock()
	c, known := l.open[p.id]
	delete(l.open, p.id)
	l.mu.Unlock()
	if !known || p.typ < fxpStatus {
		return l.stray(p)
	}
	l.progress()
	p.seq = l.received(p, c)
	if why := wrongAnswer(c.typ, p); why != "" {
		l.malformed(why)
		return fmt.Errorf("%s: %w", why, errMalformed)
	}
	if c.done != nil {
		p.body = bytes.Clone(p.body)
		c.answer = p
		close(c.done)
		return nil
	}
	if s, ok := p.status(); ok {
		l.note(statusCode(s))
	}
	l.rest = frame
	return nil
}

// note keeps the newest status and the first refusal that the library was given in this operation.
func (l *link) note(code *probe.Code) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = code
	if code.Value != statusOK && code.Value != statusEOF && l.refusal == nil {
		l.refusal = code
	}
}

func (l *link) versionMissing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.version.seen
}

// takeVersion expects VERSION (draft-ietf-secsh-filexfer-02 section 4).
func (l *link) takeVersion(p packet, frame []byte) error {
	r := reader{b: p.body}
	v := serverVersion{seen: true, number: r.uint32(), extensions: map[string]string{}}
	if p.typ != fxpVersion || r.short {
		why := "the answer to INIT is " + typeName(p.typ) + " and not VERSION"
		if p.typ == fxpVersion {
			why = "VERSION is cut short"
		}
		l.malformed(why)
		return fmt.Errorf("%s: %w", why, errMalformed)
	}
	for len(r.b) > 0 && !r.short {
		name, value := r.string(), r.string()
		if !r.short {
			v.extensions[name] = value
			v.names = append(v.names, strings.TrimSpace(name+" "+value))
		}
	}
	l.mu.Lock()
	l.version = v
	l.mu.Unlock()
	l.record(probe.Event{
		Direction: probe.Received, Kind: probe.KindResponse, Command: typeName(fxpInit), Text: strings.Join(v.names, "\n"),
		Attr: map[string]string{"type": typeName(fxpVersion), "version": strconv.FormatUint(uint64(v.number), 10)},
	})
	if r.short {
		why := "an extension in VERSION is cut short"
		l.malformed(why)
		return fmt.Errorf("%s: %w", why, errMalformed)
	}
	l.rest = frame
	return nil
}

func (l *link) malformed(why string) {
	l.record(probe.Event{
		Direction: probe.Received, Kind: probe.KindResponse, Text: why, Failure: &probe.Failure{Class: probe.ClassMalformed, Text: why},
	})
}

// stray records an answer that belongs to no request.
func (l *link) stray(p packet) error {
	l.mu.Lock()
	l.unknown++
	n := l.unknown
	l.mu.Unlock()
	if n > maxUnknownIDs {
		why := fmt.Sprintf("more than %d answers to nothing that was asked", maxUnknownIDs)
		l.malformed(why)
		return fmt.Errorf("%s: %w", why, errMalformed)
	}
	l.record(probe.Event{
		Direction: probe.Received, Kind: probe.KindOddity, Tolerated: true, Text: fmt.Sprintf("%s with id %d, which was not asked for", typeName(p.typ), p.id),
		Attr: map[string]string{"oddity": string(probe.OddityUnknownID), "type": typeName(p.typ)},
	})
	return nil
}

// received records an answer, unless it is one of many that are as they should be, and returns the
// number of its event.
func (l *link) received(p packet, c *call) int {
	e := probe.Event{
		Step: c.step, Phase: c.phase, Direction: probe.Received, Kind: probe.KindResponse, Command: typeName(c.typ), Attr: map[string]string{"type": typeName(p.typ)},
	}
	if s, ok := p.status(); ok {
		again := s.code == statusEOF && l.isRepeatedEOF(c.typ)
		if c.quiet && (s.code == statusOK || again) {
			return 0
		}
		e.Code, e.Text = statusCode(s), s.text
		if s.language != "" {
			e.Attr["language"] = s.language
		}
	} else if c.quiet {
		return 0
	} else {
		e.Text = describeAnswer(p, c.name)
	}
	return l.record(e)
}

// isRepeatedEOF is true from the second end of file of an operation on: with several reads in
// flight each of them may meet it.
func (l *link) isRepeatedEOF(typ byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bulk[typ+fxpStatus]++
	return l.bulk[typ+fxpStatus] > 1
}

// statusCode turns a status into a code of the record.
func statusCode(s status) *probe.Code {
	text := s.text
	if len(text) > maxStatusText {
		text = text[:maxStatusText] + "…"
	}
	return &probe.Code{Space: probe.SpaceSFTP, Value: int(s.code), Name: statusName(s.code), Text: text}
}

// answers lists which packets may answer a request, besides a STATUS that is not OK.
var answers = map[byte]byte{
	fxpOpen: fxpHandle, fxpOpendir: fxpHandle, fxpRead: fxpData, fxpReaddir: fxpName, fxpRealpath: fxpName,
	fxpStat: fxpAttrs, fxpLstat: fxpAttrs, fxpFstat: fxpAttrs, fxpReadlink: fxpName,
}

// wrongAnswer returns what is wrong with an answer of a type that the request cannot have, or the
// empty string. A success without the thing asked for makes the library fail in odd ways.
func wrongAnswer(request byte, p packet) string {
	s, isStatus := p.status()
	want, wantsThing := answers[request]
	switch {
	case p.typ == fxpStatus && !isStatus:
		return "a STATUS without a code"
	case isStatus && wantsThing && s.code == statusOK:
		return fmt.Sprintf("%s is answered with STATUS OK and not with %s", typeName(request), typeName(want))
	case isStatus, request == fxpExtended, wantsThing && p.typ == want:
		return ""
	}
	return fmt.Sprintf("%s is answered with %s", typeName(request), typeName(p.typ))
}

// extensionName returns the name of an extended request.
func extensionName(p packet) string {
	if p.typ != fxpExtended {
		return ""
	}
	name, _, _ := cutString(p.body)
	return name
}

// describeRequest shows the path, handle position or name that a request is about.
func describeRequest(p packet) string {
	r := reader{b: p.body}
	switch p.typ {
	case fxpInit:
		return ""
	case fxpOpen:
		path := r.string()
		return fmt.Sprintf("%s flags %s", path, openFlags(r.uint32()))
	case fxpRead:
		r.string()
		return fmt.Sprintf("offset %d length %d", r.uint64(), r.uint32())
	case fxpWrite:
		r.string()
		return fmt.Sprintf("offset %d length %d", r.uint64(), r.uint32())
	case fxpClose, fxpReaddir, fxpFstat, fxpFsetstat:
		return ""
	case fxpRename, fxpSymlink:
		return r.string() + " to " + r.string()
	case fxpExtended:
		return describeExtendedRequest(r)
	}
	return r.string()
}

// describeExtendedRequest shows the name and, where it is text, the first argument.
func describeExtendedRequest(r reader) string {
	name := r.string()
	if kinds := extensions[name]; len(kinds) > 0 && kinds[0] != argIDs && name != extFsync {
		return name + " " + r.string()
	}
	return name
}

// flagNames are the bits of pflags (draft-ietf-secsh-filexfer-02 section 6.3).
var flagNames = []string{"READ", "WRITE", "APPEND", "CREAT", "TRUNC", "EXCL"}

func openFlags(flags uint32) string {
	var names []string
	for i, n := range flagNames {
		if flags&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ",")
}

// describeAnswer sums an answer up.
func describeAnswer(p packet, extension string) string {
	switch p.typ {
	case fxpExtendedReply:
		return describeExtended(extension, p)
	case fxpData:
		if b, ok := p.data(); ok {
			return fmt.Sprintf("%d bytes", len(b))
		}
	case fxpName:
		r := reader{b: p.body}
		n := r.uint32()
		if n == 1 {
			return r.string()
		}
		return fmt.Sprintf("%d names", n)
	case fxpAttrs:
		if a, _, ok := cutAttributes(p.body); ok {
			return a.String()
		}
	}
	return ""
}

// String shows the attributes that the server told.
func (a attributes) String() string {
	var words []string
	if a.hasSize {
		words = append(words, fmt.Sprintf("size %d", a.size))
	}
	if a.hasMode {
		words = append(words, fmt.Sprintf("mode %o", a.mode))
	}
	if a.hasTime {
		words = append(words, fmt.Sprintf("mtime %d", a.mtime))
	}
	return strings.Join(words, " ")
}
