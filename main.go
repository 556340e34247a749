// Command mftprobe tests FTP, FTPS and SFTP endpoints and says where, why and on whose side a
// connection fails.
package main

import (
	"os"
	"runtime"

	"mftprobe/internal/cli"
	"mftprobe/internal/oneproc"
)

func main() {
	os.Exit(cli.Main(func() { runtime.GOMAXPROCS(oneproc.All) }))
}
