package memfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

var epoch = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func newTree(capacity int64) *FS { return New(capacity, func() time.Time { return epoch }) }

func create(t *testing.T, tree *FS, name string) *File {
	t.Helper()
	f, err := tree.OpenFile(name, os.O_CREATE)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func content(f *File) []byte {
	r := f.NewReader(0)
	defer r.Close()
	var b bytes.Buffer
	_, _ = r.WriteTo(&b)
	return b.Bytes()
}

// TestFileAgainstBytes does the same random changes to a File and to a slice.
func TestFileAgainstBytes(t *testing.T) {
	const limit = 2*chunkSize + 17
	rng := rand.New(rand.NewPCG(1, 2))
	f := create(t, newTree(1<<30), "/f")
	var want []byte
	block := func() []byte {
		b := make([]byte, rng.IntN(chunkSize+100))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	for i := range 80 {
		switch rng.IntN(4) {
		case 0:
			b, off := block(), rng.IntN(limit)
			if _, err := f.WriteAt(b, int64(off)); err != nil {
				t.Fatal(err)
			}
			want = append(want, make([]byte, max(0, off+len(b)-len(want)))...)
			copy(want[off:], b)
		case 1:
			b := block()
			if n, err := f.ReadFrom(iotest.HalfReader(bytes.NewReader(b))); err != nil || n != int64(len(b)) {
				t.Fatal(n, err)
			}
			want = append(want, b...)
		case 2:
			size := rng.IntN(limit)
			if err := f.Truncate(int64(size)); err != nil {
				t.Fatal(err)
			}
			want = append(want, make([]byte, max(0, size-len(want)))...)[:size]
		case 3:
			off, p := rng.IntN(limit), make([]byte, rng.IntN(chunkSize))
			n, err := f.ReadAt(p, int64(off))
			rest := want[min(off, len(want)):]
			if !bytes.Equal(p[:n], rest[:min(len(p), len(rest))]) || errors.Is(err, io.EOF) != (n < len(p)) {
				t.Fatalf("step %d: ReadAt(%d bytes, %d) = %d, %v", i, len(p), off, n, err)
			}
		}
		if f.Size() != int64(len(want)) || !bytes.Equal(content(f), want) {
			t.Fatalf("step %d: content differs", i)
		}
	}
	if used := f.fs.used.Load(); used != int64(len(want)) {
		t.Errorf("the tree counts %d bytes, the file has %d", used, len(want))
	}
}

func TestReaderKeepsWhatItStartedWith(t *testing.T) {
	f := create(t, newTree(1<<20), "/f")
	before := bytes.Repeat([]byte("old"), 100_000)
	if _, err := f.WriteAt(before, 0); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func() error{
		"overwritten": func() error { _, err := f.WriteAt(bytes.Repeat([]byte("new"), 100_000), 0); return err },
		"cut":         func() error { return f.Truncate(10) },
		"grown again": func() error { _, err := f.WriteAt(bytes.Repeat([]byte("new"), 90_000), 0); return err },
	}
	for _, name := range []string{"overwritten", "cut", "grown again"} {
		want := content(f)
		r := f.NewReader(5)
		if err := changes[name](); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(struct{ io.Reader }{r}); err != nil || !bytes.Equal(got, want[5:]) {
			t.Errorf("%s: the reader sees the change, %v", name, err)
		}
		r.Close()
		r.Close()
	}
	if f.readers != 0 {
		t.Errorf("%d readers are left", f.readers)
	}
}

func TestConcurrentUse(t *testing.T) {
	tree := newTree(1 << 26)
	f := create(t, tree, "/f")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 8 {
				_, _ = f.WriteAt(bytes.Repeat([]byte{byte(i)}, 50_000), int64(j*40_000))
				_ = content(f)
				_, _ = tree.OpenFile(fmt.Sprintf("/n%d", i), os.O_CREATE)
				_, _ = tree.List("/")
				_ = tree.Remove(fmt.Sprintf("/n%d", i))
			}
		})
	}
	wg.Wait()
	if f.Size() != 7*40_000+50_000 {
		t.Errorf("size %d", f.Size())
	}
}

func TestCapacity(t *testing.T) {
	tree := newTree(1000)
	f := create(t, tree, "/f")
	if _, err := f.WriteAt(make([]byte, 1000), 0); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	for name, do := range map[string]func() error{
		"WriteAt":  func() error { _, err := f.WriteAt([]byte{1}, 1000); return err },
		"far":      func() error { _, err := f.WriteAt([]byte{1}, 1<<40); return err },
		"ReadFrom": func() error { _, err := f.ReadFrom(strings.NewReader("x")); return err },
		"Truncate": func() error { return f.Truncate(1001) },
	} {
		if err := do(); !errors.Is(err, syscall.ENOSPC) || f.Size() != 1000 {
			t.Errorf("%s over the limit: %v, size %d", name, err, f.Size())
		}
	}
	if err := tree.Remove("/f"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{1}, 0); !errors.Is(err, syscall.ESTALE) {
		t.Errorf("writing to a removed file: %v", err)
	}
	if _, err := create(t, tree, "/g").WriteAt(make([]byte, 1000), 0); err != nil {
		t.Errorf("space of a removed file: %v", err)
	}
}

// TestReadersCount: what was removed, cut or replaced under a reader counts until the reader is closed.
func TestReadersCount(t *testing.T) {
	const size = 2 * chunkSize
	tree := New(10*size, time.Now)
	for name, change := range map[string]func(*File) error{
		"removed":  func(*File) error { return tree.Remove("/f") },
		"cut":      func(f *File) error { return f.Truncate(0) },
		"replaced": func(f *File) error { _, err := f.WriteAt(make([]byte, size), 0); return err },
	} {
		f, err := tree.OpenFile("/f", os.O_CREATE|os.O_TRUNC)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(make([]byte, size), 0); err != nil {
			t.Fatal(err)
		}
		one, two := f.NewReader(0), f.NewReader(0)
		if err := change(f); err != nil {
			t.Error(name, err)
		}
		_, before := tree.Space()
		one.Close()
		_, between := tree.Space()
		two.Close()
		if _, after := tree.Space(); before < size || between != before || after != before-size {
			t.Errorf("%s: %d bytes are used, %d when one reader is closed, %d in the end", name, before, between, after)
		}
	}
}

// TestFullUnderAReader: replacing content that a reader keeps needs room for both.
func TestFullUnderAReader(t *testing.T) {
	tree := New(chunkSize+chunkSize/2, time.Now)
	f, err := tree.OpenFile("/f", os.O_CREATE)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, chunkSize), 0); err != nil {
		t.Fatal(err)
	}
	r := f.NewReader(0)
	_, before := tree.Space()
	if _, err := f.WriteAt(make([]byte, chunkSize+10), 0); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if _, used := tree.Space(); used != before {
		t.Errorf("%d bytes are used, %d before", used, before)
	}
	r.Close()
	if _, err := f.WriteAt([]byte("x"), 0); err != nil {
		t.Error(err)
	}
}

func TestLongNames(t *testing.T) {
	tree := New(1<<20, time.Now)
	if _, err := tree.OpenFile("/f", os.O_CREATE); err != nil {
		t.Fatal(err)
	}
	for length, want := range map[int]error{MaxName: nil, MaxName + 1: syscall.ENAMETOOLONG} {
		name := "/" + strings.Repeat("x", length)
		if err := tree.Rename("/f", name, false); !errors.Is(err, want) {
			t.Errorf("renaming to %d characters: %v", length, err)
		}
		if want == nil {
			_ = tree.Rename(name, "/f", false)
		}
	}
}

func TestUploadThatBreaks(t *testing.T) {
	f := create(t, newTree(1<<30), "/f")
	broken := io.MultiReader(bytes.NewReader(make([]byte, chunkSize+5)), iotest.ErrReader(io.ErrUnexpectedEOF))
	if n, err := f.ReadFrom(broken); !errors.Is(err, io.ErrUnexpectedEOF) || n != chunkSize+5 || f.Size() != n {
		t.Errorf("%d, %v, size %d: the beginning must stay", n, err, f.Size())
	}
}

func TestTree(t *testing.T) {
	long, deep := "/"+strings.Repeat("n", MaxName), "/"+strings.Repeat("d/", MaxPath/2)
	tests := []struct {
		name string
		do   func(*FS) error
		want error
	}{
		{"mkdir", func(f *FS) error { return f.Mkdir("/d/sub") }, nil},
		{"mkdir over a file", func(f *FS) error { return f.Mkdir("/d/a") }, fs.ErrExist},
		{"mkdir of the root", func(f *FS) error { return f.Mkdir("/") }, fs.ErrExist},
		{"mkdir without parent", func(f *FS) error { return f.Mkdir("/x/y") }, fs.ErrNotExist},
		{"mkdir below a file", func(f *FS) error { return f.Mkdir("/d/a/x") }, syscall.ENOTDIR},
		{"name at the limit", func(f *FS) error { return f.Mkdir(long) }, nil},
		{"name over the limit", func(f *FS) error { return f.Mkdir(long + "n") }, syscall.ENAMETOOLONG},
		{"path at the limit", func(f *FS) error { _, err := f.Stat(deep[:MaxPath]); return err }, fs.ErrNotExist},
		{"path over the limit", func(f *FS) error { _, err := f.Stat(deep + "d"); return err }, syscall.ENAMETOOLONG},
		{"remove", func(f *FS) error { return f.Remove("/d/a") }, nil},
		{"remove a directory", func(f *FS) error { return f.Remove("/d") }, syscall.EISDIR},
		{"remove nothing", func(f *FS) error { return f.Remove("/d/x") }, fs.ErrNotExist},
		{"rmdir", func(f *FS) error { return f.Rmdir("/e") }, nil},
		{"rmdir of a full one", func(f *FS) error { return f.Rmdir("/d") }, syscall.ENOTEMPTY},
		{"rmdir of a file", func(f *FS) error { return f.Rmdir("/d/a") }, syscall.ENOTDIR},
		{"rmdir of the root", func(f *FS) error { return f.Rmdir("/") }, syscall.EBUSY},
		{"rename", func(f *FS) error { return f.Rename("/d/a", "/e/z", false) }, nil},
		{"rename to itself", func(f *FS) error { return f.Rename("/d/a", "/d/a", false) }, nil},
		{"rename over a file", func(f *FS) error { return f.Rename("/d/a", "/d/b", true) }, nil},
		{"rename over a file, not wanted", func(f *FS) error { return f.Rename("/d/a", "/d/b", false) }, fs.ErrExist},
		{"rename over a directory", func(f *FS) error { return f.Rename("/d/a", "/e", true) }, fs.ErrExist},
		{"rename into itself", func(f *FS) error { return f.Rename("/d", "/d/x", true) }, syscall.EINVAL},
		{"rename nothing", func(f *FS) error { return f.Rename("/x", "/y", true) }, fs.ErrNotExist},
		{"rename to nowhere", func(f *FS) error { return f.Rename("/d", "/x/y", true) }, fs.ErrNotExist},
		{"open a directory", func(f *FS) error { _, err := f.OpenFile("/d", 0); return err }, syscall.EISDIR},
		{"open nothing", func(f *FS) error { _, err := f.OpenFile("/x", 0); return err }, fs.ErrNotExist},
		{"create what is there", func(f *FS) error { _, err := f.OpenFile("/d/a", os.O_CREATE|os.O_EXCL); return err }, fs.ErrExist},
		{"list a file", func(f *FS) error { _, err := f.List("/d/a"); return err }, syscall.ENOTDIR},
		{"out of the tree", func(f *FS) error { _, err := f.Stat("/../../d/../d/a"); return err }, nil},
		{"chmod nothing", func(f *FS) error { return f.Chmod("/x", 0) }, fs.ErrNotExist},
		{"negative offset", func(f *FS) error { o, _ := f.OpenFile("/d/a", 0); _, err := o.WriteAt(nil, -1); return err }, syscall.EINVAL},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := newTree(1 << 20)
			for _, dir := range []string{"/d", "/e"} {
				if err := tree.Mkdir(dir); err != nil {
					t.Fatal(err)
				}
			}
			create(t, tree, "/d/a")
			create(t, tree, "/d/b")
			if err := tt.do(tree); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestWalk(t *testing.T) {
	tree := newTree(100)
	for _, dir := range []string{"/b", "/b/c", "/a"} {
		if err := tree.Mkdir(dir); err != nil {
			t.Fatal(err)
		}
	}
	create(t, tree, "/b/f")
	if err := tree.Chmod("/b/f", 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	tree.Walk(func(name string, i Info) {
		got = append(got, fmt.Sprintf("%s %s %v %s", name, i.Mode(), i.ModTime().Equal(epoch), i.Name()))
	})
	want := []string{"/a drwxr-xr-x true a", "/b drwxr-xr-x true b", "/b/c drwxr-xr-x true c", "/b/f -rw------- true f"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEntryLimit(t *testing.T) {
	tree := newTree(100)
	tree.entries = MaxEntries - 1
	if err := tree.Mkdir("/last"); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := tree.Mkdir("/over"); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("over the limit: %v", err)
	}
}
