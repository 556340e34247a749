// Command mftprobe tests FTP, FTPS and SFTP endpoints and says where, why and on whose side a
// connection fails.
package main

import (
	"os"

	"mftprobe/internal/cli"
)

func main() { os.Exit(cli.Main()) }
