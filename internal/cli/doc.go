// Package cli is the command line: commands, flags, signals, terminals and the exit status. It is the
// only package that knows cobra, the only one that ends the process, and nothing imports it but main.
package cli
