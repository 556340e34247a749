// Package config turns what people write into what the engine runs: URLs, flags, the YAML
// configuration and script files, ssh_config, netrc and secrets become a [probe.Target] with a
// [probe.Script].
//
// Everything is read and checked here, before a byte is sent: an error of this package means that
// nothing is known about the endpoint. The package opens files and may ask on the terminal, through
// [Env]; it opens no connection. Only internal/cli imports it.
package config
