package sftp

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02 section 3).
const (
	fxpInit          = 1
	fxpVersion       = 2
	fxpOpen          = 3
	fxpClose         = 4
	fxpRead          = 5
	fxpWrite         = 6
	fxpReaddir       = 12
	fxpOpendir       = 11
	fxpRemove        = 13
	fxpRealpath      = 16
	fxpStat          = 17
	fxpLstat         = 7
	fxpFstat         = 8
	fxpFsetstat      = 10
	fxpRename        = 18
	fxpReadlink      = 19
	fxpSymlink       = 20
	fxpStatus        = 101
	fxpHandle        = 102
	fxpData          = 103
	fxpName          = 104
	fxpAttrs         = 105
	fxpExtended      = 200
	fxpExtendedReply = 201
)

var typeNames = map[byte]string{
	1: "INIT", 2: "VERSION", 3: "OPEN", 4: "CLOSE", 5: "READ", 6: "WRITE", 7: "LSTAT", 8: "FSTAT", 9: "SETSTAT", 10: "FSETSTAT",
	11: "OPENDIR", 12: "READDIR", 13: "REMOVE", 14: "MKDIR", 15: "RMDIR", 16: "REALPATH", 17: "STAT", 18: "RENAME", 19: "READLINK",
	20: "SYMLINK", 101: "STATUS", 102: "HANDLE", 103: "DATA", 104: "NAME", 105: "ATTRS", 200: "EXTENDED", 201: "EXTENDED_REPLY",
}

func typeName(t byte) string {
	if n, ok := typeNames[t]; ok {
		return n
	}
	return strconv.Itoa(int(t))
}

// lower is the name of a request in messages.
func lower(t byte) string { return strings.ToLower(typeName(t)) }

// statusNames are the status codes of draft-ietf-secsh-filexfer-13 section 9.1; version 3 has the
// first nine, and some servers send later ones all the same.
var statusNames = []string{
	"OK", "EOF", "NO_SUCH_FILE", "PERMISSION_DENIED", "FAILURE", "BAD_MESSAGE", "NO_CONNECTION", "CONNECTION_LOST",
	"OP_UNSUPPORTED", "INVALID_HANDLE", "NO_SUCH_PATH", "FILE_ALREADY_EXISTS", "WRITE_PROTECT", "NO_MEDIA",
	"NO_SPACE_ON_FILESYSTEM", "QUOTA_EXCEEDED", "UNKNOWN_PRINCIPAL", "LOCK_CONFLICT", "DIR_NOT_EMPTY", "NOT_A_DIRECTORY",
	"INVALID_FILENAME", "LINK_LOOP", "CANNOT_DELETE", "INVALID_PARAMETER", "FILE_IS_A_DIRECTORY", "BYTE_RANGE_LOCK_CONFLICT",
	"BYTE_RANGE_LOCK_REFUSED", "DELETE_PENDING", "FILE_CORRUPT", "OWNER_INVALID", "GROUP_INVALID", "NO_MATCHING_BYTE_RANGE_LOCK",
}

// Status codes that the driver acts on.
const (
	statusOK         = 0
	statusEOF        = 1
	statusNoSuchFile = 2
	statusFailure    = 4
)

func statusName(code uint32) string {
	if int64(code) < int64(len(statusNames)) {
		return "SSH_FX_" + statusNames[code]
	}
	return ""
}

// packet is one SFTP packet without its length. The body follows the id; INIT and VERSION have no
// id.
type packet struct {
	typ  byte
	id   uint32
	body []byte
	seq  int // of its event, if it was recorded
}

// parsePacket splits a frame. It does not copy.
func parsePacket(frame []byte) (packet, error) {
	if len(frame) == 0 {
		return packet{}, fmt.Errorf("%w: a packet without a type", errMalformed)
	}
	p := packet{typ: frame[0]}
	if p.typ == fxpInit || p.typ == fxpVersion {
		p.body = frame[1:]
		return p, nil
	}
	if len(frame) < 5 {
		return packet{}, fmt.Errorf("%w: a %s packet of %d bytes", errMalformed, typeName(p.typ), len(frame))
	}
	p.id, p.body = binary.BigEndian.Uint32(frame[1:]), frame[5:]
	return p, nil
}

// status is SSH_FXP_STATUS. Old servers leave text and language out.
type status struct {
	code           uint32
	text, language string
}

func (p packet) status() (status, bool) {
	if p.typ != fxpStatus || len(p.body) < 4 {
		return status{}, false
	}
	s := status{code: binary.BigEndian.Uint32(p.body)}
	var rest []byte
	if s.text, rest, _ = cutString(p.body[4:]); rest != nil {
		s.language, _, _ = cutString(rest)
	}
	return s, true
}

// handle returns the string of a HANDLE packet.
func (p packet) handle() (string, bool) {
	if p.typ != fxpHandle {
		return "", false
	}
	h, _, ok := cutString(p.body)
	return h, ok
}

// data returns the bytes of a DATA packet, in place.
func (p packet) data() ([]byte, bool) {
	if p.typ != fxpData || len(p.body) < 4 {
		return nil, false
	}
	n := binary.BigEndian.Uint32(p.body)
	if uint64(n) > uint64(len(p.body)-4) {
		return nil, false
	}
	return p.body[4 : 4+n], true
}

// Bits of the attribute flags (draft-ietf-secsh-filexfer-02 section 5).
const (
	attrSize        = 1 << 0
	attrOwner       = 1 << 1
	attrPermissions = 1 << 2
	attrTimes       = 1 << 3
	attrExtended    = 1 << 31
)

const (
	modeType      = 0o170000
	modeDirectory = 0o040000
)

// attributes are what a server tells of a file.
type attributes struct {
	size             uint64
	mode, mtime      uint32
	hasSize, hasMode bool
	hasTime          bool
}

func (a attributes) isDir() bool { return a.hasMode && a.mode&modeType == modeDirectory }

// cutAttributes takes attributes off b.
func cutAttributes(b []byte) (attributes, []byte, bool) {
	r := reader{b: b}
	var a attributes
	flags := r.uint32()
	if flags&attrSize != 0 {
		a.size, a.hasSize = r.uint64(), true
	}
	if flags&attrOwner != 0 {
		r.uint64()
	}
	if flags&attrPermissions != 0 {
		a.mode, a.hasMode = r.uint32(), true
	}
	if flags&attrTimes != 0 {
		r.uint32()
		a.mtime, a.hasTime = r.uint32(), true
	}
	if flags&attrExtended != 0 {
		for n := r.uint32(); n > 0 && !r.short; n-- {
			r.string()
			r.string()
		}
	}
	return a, r.b, !r.short
}

// reader takes values off a packet and remembers if it ran out of bytes.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || len(r.b) < n {
		r.short = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) string() string {
	s, rest, ok := cutString(r.b)
	if r.short || !ok {
		r.short = true
		return ""
	}
	r.b = rest
	return s
}

// builder puts values into a packet.
type builder []byte

func (b builder) uint32(v uint32) builder { return binary.BigEndian.AppendUint32(b, v) }
func (b builder) uint64(v uint64) builder { return binary.BigEndian.AppendUint64(b, v) }
func (b builder) string(s string) builder { return append(b.uint32(uint32(len(s))), s...) }
