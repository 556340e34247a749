package sftpd

import (
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"

	"mftprobe/internal/refserver/fault"
)

// Packet types of version 3 (draft-ietf-secsh-filexfer-02 section 3) that the link treats apart.
const (
	typeInit    = 1
	typeVersion = 2
	typeOpen    = 3
	typeClose   = 4
	typeRead    = 5
	typeWrite   = 6
	typeOpendir = 11
	typeReaddir = 12
	typeMkdir   = 14
	typeRename  = 18
	typeStatus  = 101
	typeHandle  = 102
	typeData    = 103
	typeExt     = 200
)

// Open flags (section 6.3).
const (
	flagRead  = 1
	flagWrite = 2
	flagCreat = 8
)

// Attribute flags (section 5).
const (
	attrSize        = 1
	attrOwner       = 2
	attrPermissions = 4
)

const (
	statusEOF     = 1
	statusFailure = 4
)

var requestNames = map[byte]string{
	1: "INIT", 3: "OPEN", 4: "CLOSE", 5: "READ", 6: "WRITE", 7: "LSTAT", 8: "FSTAT", 9: "SETSTAT", 10: "FSETSTAT", 11: "OPENDIR",
	12: "READDIR", 13: "REMOVE", 14: "MKDIR", 15: "RMDIR", 16: "REALPATH", 17: "STAT", 18: "RENAME", 19: "READLINK", 20: "SYMLINK",
	200: "EXTENDED",
}

var responseNames = map[byte]string{2: "VERSION", 101: "STATUS", 102: "HANDLE", 103: "DATA", 104: "NAME", 105: "ATTRS", 201: "EXTENDED_REPLY"}

// frame is one packet with its length in front. Its fields are read without trust in any length.
type frame []byte

func (f frame) kind() byte { return f[4] }

// opens tells whether a request is for a handle.
func (f frame) opens() bool { return request{kind: f.kind()}.opens() }

// id is the request id; INIT and VERSION have none.
func (f frame) id() uint32 {
	if len(f) < 9 || f.kind() == typeInit || f.kind() == typeVersion {
		return 0
	}
	return binary.BigEndian.Uint32(f[5:])
}

// field returns the string at offset and the offset behind it.
func (f frame) field(at int) (string, int) {
	if at < 0 || at+4 > len(f) {
		return "", len(f)
	}
	end := at + 4 + int(binary.BigEndian.Uint32(f[at:]))
	if end < at || end > len(f) {
		return "", len(f)
	}
	return string(f[at+4 : end]), end
}

func (f frame) number(at int) uint32 {
	if at < 0 || at+4 > len(f) {
		return 0
	}
	return binary.BigEndian.Uint32(f[at:])
}

// position returns the offset of a READ or WRITE, and where its data or length begins.
func (f frame) position() (offset int64, at int) {
	_, at = f.field(9)
	if at+8 > len(f) {
		return 0, len(f)
	}
	return int64(binary.BigEndian.Uint64(f[at:])), at + 8
}

// creates returns the path and the permissions of a request that may make something with permissions of its own.
func (f frame) creates() (name string, mode fs.FileMode, ok bool) {
	name, at := f.field(9)
	switch f.kind() {
	case typeMkdir:
	case typeOpen:
		if f.number(at)&flagCreat == 0 {
			return "", 0, false
		}
		at += 4
	default:
		return "", 0, false
	}
	flags := f.number(at)
	at += 4
	for _, before := range []uint32{attrSize, attrOwner} {
		if flags&before != 0 {
			at += 8
		}
	}
	return name, fs.FileMode(f.number(at)) & fs.ModePerm, flags&attrPermissions != 0 && at+4 <= len(f)
}

// name is the request's name for faults: an extended rename is a RENAME.
func (f frame) name() string {
	if f.kind() == typeExt {
		if ext, _ := f.field(9); ext == "posix-rename@openssh.com" {
			return "RENAME"
		}
	}
	if n, ok := requestNames[f.kind()]; ok {
		return n
	}
	return fmt.Sprintf("REQUEST %d", f.kind())
}

// condition tells how OPEN opens.
func (f frame) condition() fault.Condition {
	c := fault.Encrypted
	if f.kind() == typeOpen {
		_, at := f.field(9)
		switch flags := f.number(at); {
		case flags&flagWrite != 0:
			c |= fault.Writing
		case flags&flagRead != 0:
			c |= fault.Reading
		}
	}
	return c
}

// describe is the request or response for the log, without content.
func (f frame) describe() string {
	switch f.kind() {
	case typeInit:
		return fmt.Sprintf("INIT %d", f.number(5))
	case typeVersion:
		return fmt.Sprintf("VERSION %d", f.number(5))
	case typeStatus:
		text, _ := f.field(13)
		return fmt.Sprintf("STATUS %d %s", f.number(9), text)
	case typeClose, typeReaddir, 8, 10: // a handle says nothing
		return f.name()
	case typeExt:
		ext, at := f.field(9)
		from, at := f.field(at)
		to, _ := f.field(at)
		return fmt.Sprintf("EXTENDED %s %s %s", ext, from, to)
	case typeRename, 20:
		from, at := f.field(9)
		to, _ := f.field(at)
		return fmt.Sprintf("%s %s %s", f.name(), from, to)
	}
	if n, ok := responseNames[f.kind()]; ok {
		return n
	}
	path, _ := f.field(9)
	return f.name() + " " + path
}

// readFrame reads one packet into buf, which it may replace.
func readFrame(r io.Reader, buf []byte) (frame, error) {
	buf = append(buf[:0], 0, 0, 0, 0)
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(buf))
	if n < 1 || n > MaxPacket {
		return nil, fmt.Errorf("a packet of %d bytes", n)
	}
	if cap(buf) < 4+n {
		buf = append(make([]byte, 0, 4+n), buf...)
	}
	buf = buf[:4+n]
	_, err := io.ReadFull(r, buf[4:])
	return buf, err
}

// status is a STATUS response (section 7).
func status(id, code uint32, text string) frame {
	b := []byte{0, 0, 0, 0, typeStatus}
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, id), code)
	return frame(appendString(appendString(b, text), "en")).sized()
}

// sized writes the length in front.
func (f frame) sized() frame {
	binary.BigEndian.PutUint32(f, uint32(len(f)-4))
	return f
}
