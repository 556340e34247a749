// Package sidebyside lets the tests of a package that wait most of their time run side by side, more of them than there are
// processors.
package sidebyside

import (
	"flag"
	"strconv"
)

// Tests sets how many tests run at a time, unless the caller of go test has. It must be called in TestMain, before Run.
func Tests(n int) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(n))
	}
}
