package foreignlog

import (
	"encoding/hex"
	"strings"

	"mftprobe/internal/lazyregexp"
)

// curlTrace reads curl --trace-ascii and --trace: headed blocks of numbered chunks. It rebuilds the
// lines of curl -v from them.
type curlTrace struct {
	curl  *curlLog
	mark  string // "> ", "< ", or a count of data bytes
	stamp string
	buf   strings.Builder
}

var (
	traceHead  = lazyregexp.New(`^(?:(\d\d:\d\d:\d\d\.\d+) )?(<=|=>) (Send|Recv) (header|data|SSL data), (\d+) bytes \(0x[0-9a-f]+\)`)
	traceInfo  = lazyregexp.New(`^(?:(\d\d:\d\d:\d\d\.\d+) )?== Info: (.*)`)
	traceChunk = lazyregexp.New(`^([0-9a-f]{4,8}): (.*)`)
	traceHex   = lazyregexp.New(`^((?:[0-9a-f]{2} ){1,16}) `)
)

func openCurlTrace(b *book) parser {
	c, _ := openCurl(b).(*curlLog)
	return &curlTrace{curl: c}
}

func scoreCurlTrace(line string) int {
	if traceHead.MatchString(line) || traceInfo.MatchString(line) {
		return 4
	}
	return 0
}

func (t *curlTrace) line(text string) {
	if m := traceInfo.FindStringSubmatch(text); m != nil {
		t.flush()
		t.curl.stamped(m[1], "* "+m[2])
		return
	}
	if m := traceHead.FindStringSubmatch(text); m != nil {
		t.flush()
		t.head(m)
		return
	}
	if m := traceChunk.FindStringSubmatch(text); m != nil && t.mark != "" {
		t.chunk(m[2])
	}
}

func (t *curlTrace) head(m []string) {
	t.stamp = m[1]
	switch {
	case m[4] == "SSL data":
	case m[4] == "data" && m[3] == "Recv":
		t.curl.stamped(m[1], "{ ["+m[5]+" bytes data]")
	case m[4] == "data":
		t.curl.stamped(m[1], "} ["+m[5]+" bytes data]")
	case m[3] == "Recv":
		t.mark = "< "
	default:
		t.mark = "> "
	}
}

// traceWidth is how many characters of a line one chunk shows; a longer line goes on in the next.
const traceWidth = 64

func (t *curlTrace) chunk(text string) {
	if t.buf.Len() > MaxLine {
		return
	}
	if m := traceHex.FindStringSubmatch(text); m != nil {
		raw, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
		if err == nil {
			t.buf.Write(raw)
			return
		}
	}
	t.buf.WriteString(text)
	if len(text) != traceWidth {
		t.buf.WriteByte('\n')
	}
}

// flush hands a rebuilt block over.
func (t *curlTrace) flush() {
	if t.mark != "" {
		for _, line := range strings.Split(strings.TrimRight(t.buf.String(), "\r\n"), "\n") {
			t.curl.stamped(t.stamp, t.curl.book.learn(t.mark+strings.TrimRight(line, "\r")))
		}
	}
	t.mark = ""
	t.buf.Reset()
}

func (t *curlTrace) end() { t.flush() }
