// Package sshconfig evaluates OpenSSH's client configuration (ssh_config(5)) for one host: which values
// the blocks that match give, and in which file and line each stands. What the words mean for a target
// is up to internal/config, the only package that imports it.
//
// It reads the file and what that includes, through a function of the caller. Commands that a
// configuration names (Match exec, ProxyCommand) are never run.
package sshconfig
