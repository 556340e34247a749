// Package sshconfig evaluates OpenSSH's client configuration (ssh_config(5)) for one host: which values
// the blocks that match give, and in which file and line each stands. What the words mean for a target
// is up to internal/config, the only package that imports it.
//
// It reads the file and what that includes, through a function of the caller. Commands that a
// configuration names (Match exec, ProxyCommand) are never run.
//
// The libraries for this file were weighed: those that are kept up refuse a file that holds a Match block
// anywhere, or give no file and line for what is not honoured, so that a user's ordinary configuration
// would end the run. What is here is held against `ssh -G` in the tests.
package sshconfig
