// Package memfs is a file tree in memory that an FTP and an SFTP session can share.
//
// Content is held in chunks, so that appending costs the same however long the file is, and a reader keeps what it
// started with while others write. It has directories and regular files with a mode and a time; it has no links, no
// owners and no permission checks. Paths are absolute and use slashes; every path is cleaned, so none leaves the tree.
// Errors are the errno values that a POSIX server would report, matched by errors.Is with fs.ErrNotExist and its kin.
//
// Only internal/refserver and the two servers below it import it.
package memfs
