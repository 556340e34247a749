//go:build !unix

package cli

import (
	"errors"
	"os"
)

// tryLock is not there on this system.
func tryLock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }
