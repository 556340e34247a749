package cli

import (
	"fmt"
	"os"
)

// takeLock keeps two runs from overlapping. The file stays: removing it would let a third run lock a
// new file of the same name.
func takeLock(path string) (unlock func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--lock: %s: %w", path, pathless(err))
	}
	held, err := tryLock(f)
	switch {
	case err != nil:
		f.Close()
		return nil, fmt.Errorf("--lock: %s: %w", path, err)
	case held:
		f.Close()
		return nil, fmt.Errorf("--lock: another run holds %s; nothing was done", path)
	}
	return func() { f.Close() }, nil
}
