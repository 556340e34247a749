package memfs

import (
	"errors"
	"io"
	"slices"
	"sync"
	"syscall"
)

const (
	chunkSize  = 256 << 10 // a full chunk, in bytes
	firstChunk = 4 << 10   // what a small file costs at least
)

// File is the content of a regular file. All chunks but the last are full. The bytes of a chunk below its length are
// never changed while a Reader may hold it; they are copied first.
type File struct {
	fs      *FS
	mu      sync.RWMutex
	chunks  [][]byte
	size    int64
	readers int   // snapshots that are still open
	held    int64 // bytes that only they may still need; they count until the last one is closed
	removed bool  // no longer in the tree: accepts no more content
}

// Size returns the length in bytes.
func (f *File) Size() int64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.size
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	n := 0
	for n < len(p) && off < f.size {
		k := copy(p[n:], f.chunks[off/chunkSize][off%chunkSize:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements io.WriterAt. A gap before off reads as zeros. It returns ENOSPC when the tree is full, and ESTALE when the file was removed from the tree.
func (f *File) WriteAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if off < 0 || off+int64(len(p)) < off {
		return 0, syscall.EINVAL
	}
	growth := max(0, off+int64(len(p))-f.size)
	if err := f.reserve(growth); err != nil {
		return 0, err
	}
	f.zeroFill(off)
	n := 0
	for n < len(p) && off < f.size {
		k, err := f.overwrite(p[n:], off)
		if err != nil {
			f.fs.used.Add(-growth) // it comes behind what is replaced
			return n, err
		}
		n, off = n+k, off+int64(k)
	}
	f.extend(p[n:])
	return len(p), nil
}

// ReadFrom appends all of r. Full chunks become visible as they fill, so that an aborted upload leaves its beginning.
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	total, size := int64(0), firstChunk
	for {
		buf, err := fill(r, size)
		if len(buf) == chunkSize {
			size = chunkSize
		}
		total += int64(len(buf))
		if err2 := f.attach(buf); err2 != nil {
			return total, err2
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// Truncate sets the length, cutting or adding zeros.
func (f *File) Truncate(size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case size < 0:
		return syscall.EINVAL
	case f.removed:
		return syscall.ESTALE
	case size >= f.size:
		if err := f.reserve(size - f.size); err != nil {
			return err
		}
		f.zeroFill(size)
		return nil
	}
	f.release(f.size - size)
	f.size = size
	keep := int((size + chunkSize - 1) / chunkSize)
	clear(f.chunks[keep:])
	f.chunks = f.chunks[:keep]
	if rest := int(size % chunkSize); rest > 0 {
		// The capacity is cut as well: a reader may hold the bytes behind it.
		f.chunks[keep-1] = f.chunks[keep-1][:rest:rest]
	}
	return nil
}

// fill reads r into a new buffer that grows from size to at most one chunk.
func fill(r io.Reader, size int) ([]byte, error) {
	buf := make([]byte, 0, size)
	for {
		if len(buf) == cap(buf) {
			if len(buf) == chunkSize {
				return buf, nil
			}
			buf = slices.Grow(buf, min(len(buf), chunkSize-len(buf)))
			buf = buf[:len(buf):min(cap(buf), chunkSize)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err != nil {
			return buf, err
		}
	}
}

// attach appends buf and keeps it as a chunk where it fits as one.
func (f *File) attach(buf []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.reserve(int64(len(buf))); err != nil {
		return err
	}
	if f.size%chunkSize == 0 && len(buf) > 0 {
		f.chunks = append(f.chunks, buf)
		f.size += int64(len(buf))
		return nil
	}
	f.extend(buf)
	return nil
}

// reserve books n more bytes with the tree.
func (f *File) reserve(n int64) error {
	if f.removed {
		return syscall.ESTALE
	}
	if n <= 0 {
		return nil
	}
	if f.fs.used.Add(n) > f.fs.capacity {
		f.fs.used.Add(-n)
		return syscall.ENOSPC
	}
	return nil
}

// zeroFill extends the content with zeros up to off.
func (f *File) zeroFill(off int64) {
	for f.size < off {
		f.extend(make([]byte, min(off-f.size, chunkSize)))
	}
}

// extend appends p. The spare bytes of the last chunk are behind the length that any reader knows.
func (f *File) extend(p []byte) {
	for len(p) > 0 {
		if f.size%chunkSize == 0 {
			f.chunks = append(f.chunks, make([]byte, 0, min(max(len(p), firstChunk), chunkSize)))
		}
		last := &f.chunks[len(f.chunks)-1]
		n := min(len(p), chunkSize-len(*last))
		if cap(*last)-len(*last) < n {
			*last = slices.Grow(*last, n)
		}
		*last = append(*last, p[:n]...)
		f.size += int64(n)
		p = p[n:]
	}
}

// overwrite replaces bytes of the chunk at off and returns how many. The copy that a reader keeps counts as well.
func (f *File) overwrite(p []byte, off int64) (int, error) {
	i := off / chunkSize
	if n := int64(len(f.chunks[i])); f.readers > 0 {
		if err := f.reserve(n); err != nil {
			return 0, err
		}
		f.held += n
		f.chunks[i] = slices.Clone(f.chunks[i])
	}
	return copy(f.chunks[i][off%chunkSize:], p), nil
}

// release gives n bytes back to the tree, when no reader can need them any more: a client that reads slowly while others
// write must not make the tree larger than it may be.
func (f *File) release(n int64) {
	if f.readers > 0 {
		f.held += n
		return
	}
	f.fs.used.Add(-n)
}

// drop takes the file out of the books of its tree.
func (f *File) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.removed {
		f.removed = true
		f.release(f.size)
	}
}

// Reader reads what a file held when the Reader was made.
type Reader struct {
	file   *File
	chunks [][]byte
	skip   int // bytes of the first chunk that are already read
}

// NewReader returns a Reader that starts at off. The caller closes it.
func (f *File) NewReader(off int64) *Reader {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers++
	r := &Reader{file: f}
	if off = max(off, 0); off < f.size {
		r.chunks, r.skip = slices.Clone(f.chunks[off/chunkSize:]), int(off%chunkSize)
	}
	return r
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(r.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.chunks[0][r.skip:])
	r.advance(n)
	return n, nil
}

// WriteTo hands whole chunks to w without copying them.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	total := int64(0)
	for len(r.chunks) > 0 {
		n, err := w.Write(r.chunks[0][r.skip:])
		r.advance(n)
		if total += int64(n); err != nil {
			return total, err
		}
	}
	return total, nil
}

func (r *Reader) advance(n int) {
	if r.skip += n; r.skip == len(r.chunks[0]) {
		r.chunks, r.skip = r.chunks[1:], 0
	}
}

// Close releases the snapshot. It may be called twice.
func (r *Reader) Close() {
	if r.file != nil {
		r.file.mu.Lock()
		if r.file.readers--; r.file.readers == 0 {
			r.file.fs.used.Add(-r.file.held)
			r.file.held = 0
		}
		r.file.mu.Unlock()
	}
	r.file, r.chunks = nil, nil
}
