package sftpd

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/pkg/sftp"

	"mftprobe/internal/refserver/memfs"
)

// files serves the tree to the SFTP server.
type files struct {
	fs       *memfs.FS
	readOnly bool
}

// failure is a status with a text of ours. The SFTP server takes the code from the wrapped error.
type failure struct {
	error
	text string
}

func (f failure) Error() string { return f.text }
func (f failure) Unwrap() error { return f.error }

// statusOf turns an errno into the status and text that OpenSSH would send: version 3 has no more than these.
func statusOf(err error) error {
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return failure{sftp.ErrSSHFxNoSuchFile, "No such file"}
	case errors.Is(err, fs.ErrPermission):
		return failure{sftp.ErrSSHFxPermissionDenied, "Permission denied"}
	case errors.Is(err, syscall.ENAMETOOLONG):
		return failure{sftp.ErrSSHFxBadMessage, "Bad message"}
	}
	return failure{sftp.ErrSSHFxFailure, "Failure"}
}

func (h *files) writable() error {
	if h.readOnly {
		return syscall.EACCES
	}
	return nil
}

// Fileread implements sftp.FileReader.
func (h *files) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	f, err := h.fs.OpenFile(r.Filepath, os.O_RDONLY)
	if err != nil {
		return nil, statusOf(err)
	}
	return f, nil
}

// Filewrite implements sftp.FileWriter.
func (h *files) Filewrite(r *sftp.Request) (io.WriterAt, error) { return h.OpenFile(r) }

// OpenFile implements sftp.OpenFileWriter.
func (h *files) OpenFile(r *sftp.Request) (sftp.WriterAtReaderAt, error) {
	if err := h.writable(); err != nil {
		return nil, statusOf(err)
	}
	flags := r.Pflags()
	how := os.O_RDWR
	for set, flag := range map[int]bool{os.O_CREATE: flags.Creat, os.O_TRUNC: flags.Trunc, os.O_EXCL: flags.Excl} {
		if flag {
			how |= set
		}
	}
	f, err := h.fs.OpenFile(r.Filepath, how)
	if err != nil {
		return nil, statusOf(err)
	}
	return &openFile{File: f, fs: h.fs, name: r.Filepath, appending: flags.Append}, nil
}

// openFile is a file that is open for writing.
type openFile struct {
	*memfs.File
	fs        *memfs.FS
	name      string
	appending bool
}

// WriteAt implements io.WriterAt.
func (f *openFile) WriteAt(p []byte, off int64) (int, error) {
	if f.appending {
		off = f.Size()
	}
	n, err := f.File.WriteAt(p, off)
	return n, statusOf(err)
}

// Close sets the time of the last change.
func (f *openFile) Close() error {
	_ = f.fs.Touch(f.name) // it may have been removed
	return nil
}

// Filecmd implements sftp.FileCmder.
func (h *files) Filecmd(r *sftp.Request) error {
	if err := h.writable(); err != nil {
		return statusOf(err)
	}
	switch r.Method {
	case "Setstat":
		return statusOf(h.setstat(r))
	case "Rename":
		return statusOf(h.fs.Rename(r.Filepath, r.Target, false))
	case "Remove":
		return statusOf(h.fs.Remove(r.Filepath))
	case "Mkdir":
		return statusOf(h.fs.Mkdir(r.Filepath))
	case "Rmdir":
		return statusOf(h.fs.Rmdir(r.Filepath))
	}
	return failure{sftp.ErrSSHFxOpUnsupported, "Operation unsupported"}
}

// PosixRename implements sftp.PosixRenameFileCmder: it replaces a file at the new name.
func (h *files) PosixRename(r *sftp.Request) error {
	if err := h.writable(); err != nil {
		return statusOf(err)
	}
	return statusOf(h.fs.Rename(r.Filepath, r.Target, true))
}

// blockSize is the unit in which StatVFS tells sizes, in bytes.
const blockSize = 4096

// StatVFS implements sftp.StatVFSFileCmder (statvfs@openssh.com).
func (h *files) StatVFS(r *sftp.Request) (*sftp.StatVFS, error) {
	if _, err := h.fs.Stat(r.Filepath); err != nil {
		return nil, statusOf(err)
	}
	total, used := h.fs.Space()
	free := uint64(total-used) / blockSize
	return &sftp.StatVFS{
		Bsize: blockSize, Frsize: blockSize, Blocks: uint64(total) / blockSize, Bfree: free, Bavail: free,
		Files: memfs.MaxEntries, Ffree: memfs.MaxEntries, Favail: memfs.MaxEntries, Namemax: memfs.MaxName,
	}, nil
}

// setstat changes what the request has of size, mode and time. Owners are ignored: there are none.
func (h *files) setstat(r *sftp.Request) error {
	have, want := r.AttrFlags(), r.Attributes()
	if _, err := h.fs.Stat(r.Filepath); err != nil {
		return err
	}
	if have.Size {
		f, err := h.fs.OpenFile(r.Filepath, os.O_RDWR)
		if err != nil {
			return err
		}
		if err := f.Truncate(int64(want.Size)); err != nil {
			return err
		}
	}
	if have.Permissions {
		if err := h.fs.Chmod(r.Filepath, want.FileMode()); err != nil {
			return err
		}
	}
	if have.Acmodtime {
		return h.fs.Chtimes(r.Filepath, want.ModTime())
	}
	return nil
}

// Filelist implements sftp.FileLister.
func (h *files) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	switch r.Method {
	case "List":
		entries, err := h.fs.List(r.Filepath)
		return listing(entries), statusOf(err)
	case "Stat":
		info, err := h.fs.Stat(r.Filepath)
		return listing{info}, statusOf(err)
	}
	return nil, failure{sftp.ErrSSHFxOpUnsupported, "Operation unsupported"}
}

// listing implements sftp.ListerAt.
type listing []memfs.Info

// ListAt fills out from the entry at offset.
func (l listing) ListAt(out []os.FileInfo, offset int64) (int, error) {
	n := 0
	for n < len(out) && offset+int64(n) < int64(len(l)) {
		out[n] = l[offset+int64(n)]
		n++
	}
	if n < len(out) {
		return n, io.EOF
	}
	return n, nil
}
