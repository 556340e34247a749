package sftp

import (
	"context"
	"encoding/binary"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/pkg/sftp"

	"mftprobe/probe"
)

// Extended requests of OpenSSH (its PROTOCOL file, section 4) that the driver sends by itself.
const (
	extLimits  = "limits@openssh.com"
	extStatVFS = "statvfs@openssh.com"
	extFsync   = "fsync@openssh.com"
)

// limits are the lengths that limits@openssh.com tells, in bytes; zero is unknown.
type limits struct{ packet, read, write, handles uint64 }

func parseLimits(body []byte) (limits, bool) {
	r := reader{b: body}
	l := limits{r.uint64(), r.uint64(), r.uint64(), r.uint64()}
	return l, !r.short
}

// askLimits sends the question for the server's limits, if it is offered. The answer comes with that
// to the next request and costs no round trip.
func (d *driver) askLimits() {
	if _, offered := d.link.version.extensions[extLimits]; !offered {
		return
	}
	if calls, err := d.link.send(request{typ: fxpExtended, body: builder(nil).string(extLimits)}); err == nil {
		d.asked = calls[0]
	}
}

// Bounds of a transfer with many requests in flight, in bytes.
const (
	maxInFlight  = 4 << 20
	maxBulkChunk = 255 << 10 // with its header below what sftp-server takes
)

// tune sets the library's requests for bulk transfers: as long as the server says it takes them, and
// as many as were asked for, within maxInFlight. It returns how many.
func (d *driver) tune(ctx context.Context) int {
	length := chunk
	if d.asked != nil {
		if answer, err := d.await(ctx, d.asked, d.target.Limits.Reply, "reply"); err == nil {
			if l, ok := parseLimits(answer.body); ok && answer.typ == fxpExtendedReply {
				length = l.chunk()
			}
		}
	}
	requests := max(1, min(d.target.SSH.Concurrency, maxInFlight/length))
	for _, set := range []sftp.ClientOption{sftp.MaxPacketUnchecked(length), sftp.MaxConcurrentRequestsPerFile(requests)} {
		_ = set(d.library) // an error is possible for values below 1 only
	}
	return requests
}

// chunk is the longest content of one READ or WRITE that the server takes and that pays.
func (l limits) chunk() int {
	longest := uint64(maxBulkChunk)
	for _, told := range []uint64{l.read, l.write} {
		if told > 0 {
			longest = min(longest, told)
		}
	}
	return max(int(longest), 1<<10)
}

// askSpace asks how full the file system is after a failure that says no more than "Failure", where
// the server can tell.
func (d *driver) askSpace(ctx context.Context, p string) {
	if _, offered := d.link.version.extensions[extStatVFS]; offered {
		_, _ = d.one(ctx, request{typ: fxpExtended, body: builder(nil).string(extStatVFS).string(dirOf(p))})
	}
}

func dirOf(p string) string {
	if dir := path.Dir(p); dir != "" {
		return dir
	}
	return "."
}

// argument is a way to put words of a raw step into an extended request.
type argument int

const (
	argPath   argument = iota // a path, behind the directory that was entered
	argString                 // as it is
	argMode                   // octal permissions as attributes
	argIDs                    // numbers separated by commas
)

// extensions lists the arguments of the extended requests that are known. Others get their words as
// strings.
var extensions = map[string][]argument{
	extLimits:                        {},
	extStatVFS:                       {argPath},
	extFsync:                         {argPath},
	"posix-rename@openssh.com":       {argPath, argPath},
	"hardlink@openssh.com":           {argPath, argPath},
	"lsetstat@openssh.com":           {argPath, argMode},
	"expand-path@openssh.com":        {argString},
	"home-directory":                 {argString},
	"users-groups-by-id@openssh.com": {argIDs, argIDs},
}

// raw sends an extended request. The line is its name and its arguments, separated by blanks;
// an argument with blanks stands in double quotes.
func (d *driver) raw(ctx context.Context, step probe.Step) probe.Outcome {
	d.begin(step, probe.PhaseRequest)
	words := splitWords(step.Line)
	if len(words) == 0 {
		return d.refuseLocally("raw", "there is no name of an extended request")
	}
	body, err := d.extendedBody(words)
	if err != nil {
		return d.refuseLocally("raw", err.Error())
	}
	if words[0] == extFsync {
		return d.fsync(ctx, d.abs(words[1]))
	}
	answer, err := d.one(ctx, request{typ: fxpExtended, body: body})
	if err != nil {
		return d.failed(err)
	}
	if s, ok := answer.status(); ok && s.code != statusOK {
		return refusal(words[0], s)
	} else if ok {
		return probe.Outcome{OK: true, Final: statusCode(s)}
	}
	return probe.Outcome{OK: true, Detail: describeExtended(words[0], answer)}
}

func (d *driver) extendedBody(words []string) (builder, error) {
	name, given := words[0], words[1:]
	want, known := extensions[name]
	if known && len(given) != len(want) {
		return nil, fmt.Errorf("%s takes %d arguments, %d are given", name, len(want), len(given))
	}
	body := builder(nil).string(name)
	for i, w := range given {
		kind := argString
		if known {
			kind = want[i]
		}
		var err error
		if body, err = d.addArgument(body, kind, w); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (d *driver) addArgument(body builder, kind argument, word string) (builder, error) {
	switch kind {
	case argPath:
		return body.string(d.abs(word)), nil
	case argMode:
		mode, err := strconv.ParseUint(word, 8, 12)
		if err != nil {
			return nil, fmt.Errorf("mode %q is not octal", word)
		}
		return body.uint32(attrPermissions).uint32(uint32(mode)), nil
	case argIDs:
		var ids []byte
		for id := range strings.SplitSeq(word, ",") {
			n, err := strconv.ParseUint(id, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("%q is not a number of a user or group", id)
			}
			ids = binary.BigEndian.AppendUint32(ids, uint32(n))
		}
		return body.string(string(ids)), nil
	}
	return body.string(word), nil
}

// fsync opens a file for reading, has it written to disk, and closes it: the request wants a handle.
func (d *driver) fsync(ctx context.Context, p string) probe.Outcome {
	answer, err := d.one(ctx, request{typ: fxpOpen, body: openBody(p, flagRead)})
	if err != nil {
		return d.failed(err)
	}
	if s, ok := answer.status(); ok {
		return refusal("open", s)
	}
	handle, _ := answer.handle()
	calls, err := d.link.send(
		request{typ: fxpExtended, body: builder(nil).string(extFsync).string(handle)}, request{typ: fxpClose, body: builder(nil).string(handle)},
	)
	if err != nil {
		return d.failed(d.linkEnded(ctx))
	}
	return d.settle(ctx, calls, func(*call) {})
}

// splitWords splits a line at blanks outside double quotes.
func splitWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted, started := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case r == ' ' && !quoted:
			if started {
				words = append(words, word.String())
				word.Reset()
			}
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}

// describeExtended shows an answer to an extended request.
func describeExtended(name string, p packet) string {
	switch {
	case p.typ == fxpName:
		return firstName(p)
	case name == extLimits:
		if l, ok := parseLimits(p.body); ok {
			return fmt.Sprintf("packet %d read %d write %d handles %d", l.packet, l.read, l.write, l.handles)
		}
	case name == extStatVFS:
		if v, ok := parseSpace(p.body); ok {
			return v.String()
		}
	case strings.HasPrefix(name, "users-groups-by-id"):
		return describeNames(p.body)
	}
	return fmt.Sprintf("%d bytes", len(p.body))
}

// space is what statvfs@openssh.com tells of a file system.
type space struct {
	blockSize, fragment, blocks, free, available uint64
	files, filesFree, filesAvailable             uint64
}

func parseSpace(body []byte) (space, bool) {
	r := reader{b: body}
	v := space{
		r.uint64(), r.uint64(), r.uint64(), r.uint64(), r.uint64(),
		r.uint64(), r.uint64(), r.uint64(),
	}
	return v, !r.short
}

// String shows what is free for the user.
func (v space) String() string {
	return fmt.Sprintf("free %d bytes of %d, free files %d of %d", v.available*v.fragment, v.blocks*v.fragment, v.filesAvailable, v.files)
}

// describeNames shows the user and group names of users-groups-by-id@openssh.com.
func describeNames(body []byte) string {
	r := reader{b: body}
	var lists []string
	for range 2 {
		inner := reader{b: []byte(r.string())}
		var names []string
		for len(inner.b) > 0 && !inner.short {
			names = append(names, inner.string())
		}
		lists = append(lists, strings.Join(names, ","))
	}
	return "users " + lists[0] + " groups " + lists[1]
}
