package probe

import (
	"bytes"
	"io"
	"math/rand/v2"
)

// patternBlock is the length of the pseudo-random block that a pattern repeats. A prime length
// keeps a repeated block from lining up with the buffers of either side, so that a lost or doubled
// buffer changes the hash.
const patternBlock = 65521

// Pattern is a payload of pseudo-random bytes that follows from its seed, in constant memory.
type Pattern struct {
	size  int64
	block []byte
}

// NewPattern makes a payload of size bytes. With text set it consists of printable lines ended by
// LF, so that an ASCII transfer changes line ends and nothing else.
func NewPattern(size int64, seed uint64, text bool) Pattern {
	block := make([]byte, min(size, patternBlock))
	src := rand.New(rand.NewPCG(seed, uint64(size)))
	for i := 0; i < len(block); i += 8 {
		for v, j := src.Uint64(), i; j < min(i+8, len(block)); v, j = v>>8, j+1 {
			block[j] = byte(v)
		}
	}
	if text {
		for i := range block {
			block[i] = 'a' + block[i]%26
			if i%64 == 63 || i == len(block)-1 {
				block[i] = '\n'
			}
		}
	}
	return Pattern{size: size, block: block}
}

// Size returns the length in bytes.
func (p Pattern) Size() int64 { return p.size }

// Open returns a reader over the content.
func (p Pattern) Open() (io.ReadCloser, error) {
	return io.NopCloser(&patternReader{left: p.size, block: p.block}), nil
}

type patternReader struct {
	left  int64
	off   int
	block []byte
}

// Read copies from the block, around its end.
func (r *patternReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		k := copy(p[n:], r.block[r.off:])
		k = int(min(int64(k), r.left))
		n += k
		r.left -= int64(k)
		r.off = (r.off + k) % len(r.block)
	}
	return n, nil
}

// Bytes is a payload held in memory.
type Bytes []byte

// Size returns the length in bytes.
func (b Bytes) Size() int64 { return int64(len(b)) }

// Open returns a reader over the content.
func (b Bytes) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
