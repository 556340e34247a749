//go:build unix

package cli

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes an advisory lock that ends with the process. held tells that another process has it.
func tryLock(f *os.File) (held bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
