package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockPause is how long a waiting lock sleeps between two tries. flock itself would not obey a context.
const lockPause = 20 * time.Millisecond

// A lock is an advisory lock on a file. The kernel drops it when the process dies, however it dies, which is why a
// crashed run blocks nobody.
type lock struct{ file *os.File }

// openLock needs no more than the right to read, since the file may be another user's.
func openLock(path string) (lock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o644)
	if err != nil {
		return lock{}, fmt.Errorf("opening lock: %w", err)
	}
	return lock{file}, nil
}

// try takes the lock if it is free now.
func (l lock) try() (bool, error) {
	err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("locking %s: %w", l.file.Name(), err)
	}
	return true, nil
}

// take waits until the lock is held or ctx ends.
func (l lock) take(ctx context.Context) error {
	tick := time.NewTicker(lockPause)
	defer tick.Stop()
	for {
		held, err := l.try()
		if held || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", l.file.Name(), ctx.Err())
		case <-tick.C:
		}
	}
}

// release drops the lock, if it is held: the kernel does so when the file is closed, even if closing reports an error.
func (l lock) release() { _ = l.file.Close() }
