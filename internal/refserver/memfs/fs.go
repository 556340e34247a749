package memfs

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Limits of a tree.
const (
	MaxName    = 255     // bytes of one component, as on most file systems
	MaxPath    = 4096    // bytes of a path
	MaxEntries = 100_000 // files and directories
)

// FS is a tree of files. Its methods may be called from several goroutines.
type FS struct {
	now      func() time.Time
	capacity int64
	used     atomic.Int64

	mu      sync.RWMutex
	root    *node
	entries int
}

type node struct {
	name     string
	mode     fs.FileMode
	modified time.Time
	file     *File            // nil for a directory
	children map[string]*node // nil for a file
}

// New returns an empty tree that holds at most capacity bytes of content and takes its times from now.
func New(capacity int64, now func() time.Time) *FS {
	root := &node{name: "/", mode: fs.ModeDir | 0o755, modified: now(), children: map[string]*node{}}
	return &FS{now: now, capacity: capacity, root: root}
}

// Info describes a file or directory. It implements fs.FileInfo.
type Info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
}

// Name returns the last component of the path.
func (i Info) Name() string { return i.name }

// Size returns the length in bytes, 0 for a directory.
func (i Info) Size() int64 { return i.size }

// Mode returns permissions and the directory bit.
func (i Info) Mode() fs.FileMode { return i.mode }

// ModTime returns the time of the last change.
func (i Info) ModTime() time.Time { return i.modified }

// IsDir tells directories from files.
func (i Info) IsDir() bool { return i.mode.IsDir() }

// Sys returns nil.
func (i Info) Sys() any { return nil }

func (n *node) info() Info {
	i := Info{name: n.name, mode: n.mode, modified: n.modified}
	if n.file != nil {
		i.size = n.file.Size()
	}
	return i
}

// OpenFile opens a regular file. It obeys os.O_CREATE, os.O_EXCL and os.O_TRUNC.
func (t *FS) OpenFile(name string, flag int) (*File, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.find(name)
	switch {
	case err == nil && n.children != nil:
		return nil, syscall.EISDIR
	case err == nil && flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL:
		return nil, syscall.EEXIST
	case err == nil && flag&os.O_TRUNC != 0:
		n.modified = t.now()
		return n.file, n.file.Truncate(0)
	case err == nil:
		return n.file, nil
	case flag&os.O_CREATE == 0:
		return nil, err
	}
	file := &File{fs: t}
	if err := t.add(name, &node{mode: 0o644, file: file}); err != nil {
		return nil, err
	}
	return file, nil
}

// Stat describes what is at name.
func (t *FS) Stat(name string) (Info, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n, err := t.find(name)
	if err != nil {
		return Info{}, err
	}
	return n.info(), nil
}

// List returns the entries of a directory in the order of their names.
func (t *FS) List(name string) ([]Info, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n, err := t.find(name)
	if err != nil {
		return nil, err
	}
	if n.children == nil {
		return nil, syscall.ENOTDIR
	}
	out := make([]Info, 0, len(n.children))
	for _, c := range n.children {
		out = append(out, c.info())
	}
	slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// Mkdir makes a directory; its parent must exist.
func (t *FS) Mkdir(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(name, &node{mode: fs.ModeDir | 0o755, children: map[string]*node{}})
}

// Remove deletes a file.
func (t *FS) Remove(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	parent, n, err := t.entry(name)
	if err != nil {
		return err
	}
	if n.file == nil {
		return syscall.EISDIR
	}
	t.unlink(parent, n)
	return nil
}

// Rmdir deletes an empty directory.
func (t *FS) Rmdir(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	parent, n, err := t.entry(name)
	switch {
	case err != nil:
		return err
	case n.children == nil:
		return syscall.ENOTDIR
	case len(n.children) > 0:
		return syscall.ENOTEMPTY
	}
	t.unlink(parent, n)
	return nil
}

// Rename moves a file or directory. A file at the new name is replaced if overwrite is set, else EEXIST.
func (t *FS) Rename(from, to string, overwrite bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	from, to = clean(from), clean(to)
	if tooLong(to) {
		return syscall.ENAMETOOLONG
	}
	oldParent, n, err := t.entry(from)
	if err != nil {
		return err
	}
	if strings.HasPrefix(to+"/", from+"/") && to != from {
		return syscall.EINVAL // into itself
	}
	newParent, target, err := t.entry(to)
	switch {
	case newParent == nil:
		return err
	case target == n:
		return nil
	case target != nil && (!overwrite || target.file == nil):
		return syscall.EEXIST
	case target != nil:
		t.unlink(newParent, target)
	}
	delete(oldParent.children, n.name)
	n.name = path.Base(to)
	newParent.children[n.name] = n
	oldParent.modified, newParent.modified = t.now(), t.now()
	return nil
}

// Chmod changes the permission bits.
func (t *FS) Chmod(name string, mode fs.FileMode) error {
	return t.change(name, func(n *node) { n.mode = n.mode&^fs.ModePerm | mode&fs.ModePerm })
}

// Chtimes changes the time of the last change.
func (t *FS) Chtimes(name string, modified time.Time) error {
	return t.change(name, func(n *node) { n.modified = modified })
}

// Touch sets the time of the last change to now: a server calls it at the end of an upload.
func (t *FS) Touch(name string) error { return t.Chtimes(name, t.now()) }

// Space returns the bytes of content that the tree may hold, and those that it holds.
func (t *FS) Space() (total, used int64) { return t.capacity, t.used.Load() }

// Walk calls visit for every file and directory but the root, parents first, in the order of the names.
func (t *FS) Walk(visit func(name string, info Info)) { t.walk("/", visit) }

func (t *FS) walk(dir string, visit func(string, Info)) {
	entries, err := t.List(dir)
	if err != nil {
		return // removed meanwhile
	}
	for _, e := range entries {
		name := path.Join(dir, e.name)
		visit(name, e)
		if e.IsDir() {
			t.walk(name, visit)
		}
	}
}

func (t *FS) change(name string, apply func(*node)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.find(name)
	if err == nil {
		apply(n)
	}
	return err
}

func clean(name string) string { return path.Clean("/" + name) }

// find returns the node at name.
func (t *FS) find(name string) (*node, error) {
	if len(name) > MaxPath {
		return nil, syscall.ENAMETOOLONG
	}
	n := t.root
	for part := range strings.SplitSeq(clean(name)[1:], "/") {
		if part == "" {
			continue // the root itself
		}
		if n.children == nil {
			return nil, syscall.ENOTDIR
		}
		if n = n.children[part]; n == nil {
			return nil, syscall.ENOENT
		}
	}
	return n, nil
}

// entry returns a node and its parent. The parent is also returned when only the node is missing.
func (t *FS) entry(name string) (parent, n *node, err error) {
	name = clean(name)
	if name == "/" {
		return nil, nil, syscall.EBUSY
	}
	if parent, err = t.find(path.Dir(name)); err != nil {
		return nil, nil, err
	}
	if parent.children == nil {
		return nil, nil, syscall.ENOTDIR
	}
	if n = parent.children[path.Base(name)]; n == nil {
		return parent, nil, syscall.ENOENT
	}
	return parent, n, nil
}

// add puts a new node at name.
func (t *FS) add(name string, n *node) error {
	if tooLong(name) {
		return syscall.ENAMETOOLONG
	}
	parent, old, err := t.entry(name)
	switch {
	case old != nil || clean(name) == "/":
		return syscall.EEXIST
	case parent == nil:
		return err
	case t.entries >= MaxEntries:
		return syscall.ENOSPC
	}
	t.entries++
	n.name, n.modified = path.Base(clean(name)), t.now()
	parent.children[n.name], parent.modified = n, n.modified
	return nil
}

func tooLong(name string) bool { return len(name) > MaxPath || len(path.Base(name)) > MaxName }

func (t *FS) unlink(parent, n *node) {
	delete(parent.children, n.name)
	t.entries--
	parent.modified = t.now()
	if n.file != nil {
		n.file.drop()
	}
}
