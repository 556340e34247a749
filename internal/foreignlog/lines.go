package foreignlog

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"mftprobe/internal/lazyregexp"
)

// peekBytes is how much of the beginning is looked at for an encoding and for binary content, and
// sampleLines how many lines are looked at for the format.
const (
	peekBytes   = 8 << 10
	sampleLines = 400
)

// lines yields the lines of a log as clean UTF-8: decoded, without colours, without line ends.
type lines struct {
	src    *bufio.Reader
	read   int64
	limit  int64
	sample []string // lines read ahead for detection, handed out again first
	text   string
	cut    bool // a line was longer than MaxLine
	full   bool // the log is longer than the limit
	err    error
}

func newLines(r io.Reader) (*lines, error) {
	src := bufio.NewReaderSize(r, 64<<10)
	head, err := src.Peek(peekBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, errors.New("the log is empty")
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		src = bufio.NewReaderSize(&utf16Reader{src: src, order: binary.LittleEndian}, 64<<10)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		src = bufio.NewReaderSize(&utf16Reader{src: src, order: binary.BigEndian}, 64<<10)
	case evenZeros(head):
		src = bufio.NewReaderSize(&utf16Reader{src: src, order: binary.LittleEndian}, 64<<10)
	default:
		if what := binaryKind(head); what != "" {
			return nil, fmt.Errorf("this is %s, not a text log", what)
		}
	}
	return &lines{src: src, limit: MaxBytes}, nil
}

// magics are the beginnings of files that people hand over in place of a log.
var magics = []struct{ prefix, what string }{
	{"\x1f\x8b", "a gzip archive (unpack it with gunzip first)"},
	{"PK\x03\x04", "a ZIP archive (unpack it first)"},
	{"BZh", "a bzip2 archive (unpack it with bunzip2 first)"},
	{"\xfd7zXZ", "an xz archive (unpack it with unxz first)"},
	{"\x28\xb5\x2f\xfd", "a zstd archive (unpack it with unzstd first)"},
	{"7z\xbc\xaf", "a 7z archive (unpack it first)"},
	{"\xd4\xc3\xb2\xa1", "a packet capture (pcap); only logs are read"},
	{"\xa1\xb2\xc3\xd4", "a packet capture (pcap); only logs are read"},
	{"\x0a\x0d\x0d\x0a", "a packet capture (pcapng); only logs are read"},
	{"%PDF-", "a PDF document"},
	{"\x89PNG", "a PNG picture (text of the log is needed)"},
	{"\xff\xd8\xff", "a JPEG picture (text of the log is needed)"},
	{"\x7fELF", "an ELF program"},
	{"MZ\x90", "a Windows program"},
	{"\xd0\xcf\x11\xe0", "a Microsoft Office document"},
	{"ElfFile\x00", "a Windows event log (export it as text first)"},
	{"SQLite format 3", "an SQLite database"},
	{"LPKSHHRH", "a systemd journal (use journalctl to write it as text)"},
}

// binaryKind names what head begins, or returns the empty string if it is text.
func binaryKind(head []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.what
		}
	}
	odd := 0
	for _, c := range head {
		if c == 0 {
			return fmt.Sprintf("binary data (a NUL byte at offset %d)", bytes.IndexByte(head, 0))
		}
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != '\f' && c != '\b' && c != 0x07 {
			odd++
		}
	}
	if odd*10 > len(head) {
		return "binary data (more than a tenth are control characters)"
	}
	return ""
}

// evenZeros tells UTF-16 in the order of Windows, of mostly Latin text, without a mark at its start.
func evenZeros(head []byte) bool {
	zeros := 0
	for i := 1; i < len(head); i += 2 {
		if head[i-1] == 0 {
			return false
		}
		if head[i] == 0 {
			zeros++
		}
	}
	return len(head) >= 8 && zeros*3 > len(head)
}

// scan moves to the next line; false at the end.
func (l *lines) scan() bool {
	if len(l.sample) > 0 {
		l.text, l.sample = l.sample[0], l.sample[1:]
		return true
	}
	return l.next()
}

// peek returns up to sampleLines lines that scan will yield again.
func (l *lines) peek() []string {
	for len(l.sample) < sampleLines && l.next() {
		l.sample = append(l.sample, l.text)
	}
	return l.sample
}

func (l *lines) next() bool {
	if l.err != nil || l.full {
		return false
	}
	var raw []byte
	for {
		part, err := l.src.ReadSlice('\n')
		l.read += int64(len(part))
		if room := MaxLine - len(raw); len(part) > room {
			l.cut = l.cut || len(bytes.TrimRight(part[max(room, 0):], "\r\n")) > 0
			part = part[:max(room, 0)]
		}
		raw = append(raw, part...)
		if l.read >= l.limit {
			_, more := l.src.Peek(1)
			l.full = more == nil || l.read > l.limit
		}
		switch {
		case err == nil, l.full:
			l.text = cleanLine(raw)
			return true
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			l.text = cleanLine(raw)
			return len(raw) > 0
		default:
			l.err = err
			return false
		}
	}
}

// escapes matches what a terminal takes as colours, titles and cursor movements.
var escapes = lazyregexp.New(`\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b[()][0-9A-B]|\x1b.`)

// cleanLine makes valid UTF-8 of a line as it was read. What is not UTF-8 is taken as Windows-1252
// without its upper control range, which is what older Windows programs write.
func cleanLine(raw []byte) string {
	raw = bytes.TrimRight(raw, "\r\n")
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	s := string(raw)
	if !utf8.ValidString(s) {
		var b strings.Builder
		for _, c := range raw {
			b.WriteRune(rune(c))
		}
		s = b.String()
	}
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = escapes.ReplaceAllString(s, "")
	}
	if i := strings.LastIndexByte(s, '\r'); i >= 0 && strings.Contains(s[:i], "--:--") {
		s = s[i+1:] // a progress line that was drawn over again and again
	}
	return strings.ReplaceAll(s, "\r", " ")
}

// utf16Reader turns UTF-16 into UTF-8 as it is read.
type utf16Reader struct {
	src   *bufio.Reader
	order binary.ByteOrder
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	n := 0
	for n+utf8.UTFMax <= len(p) {
		r, err := u.rune()
		if err != nil {
			return n, err
		}
		n += utf8.EncodeRune(p[n:], r)
		if u.src.Buffered() < 4 {
			break
		}
	}
	return n, nil
}

func (u *utf16Reader) rune() (rune, error) {
	high, err := u.unit()
	if err != nil || !utf16.IsSurrogate(rune(high)) {
		return rune(high), err
	}
	low, err := u.unit()
	return utf16.DecodeRune(rune(high), rune(low)), err
}

func (u *utf16Reader) unit() (uint16, error) {
	var b [2]byte
	if _, err := io.ReadFull(u.src, b[:]); err != nil {
		return 0, io.EOF // half a unit at the end is no text
	}
	return u.order.Uint16(b[:]), nil
}
