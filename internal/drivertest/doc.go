// Package drivertest is the suite that every driver passes on every server: the contract of
// [probe.Driver] put as tests. It is test support: only tests import it. It starts no server; the
// caller brings an [Endpoint] and says what the server lacks, so that nothing is skipped unseen.
package drivertest
