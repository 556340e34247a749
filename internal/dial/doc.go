// Package dial opens TCP connections for the drivers: name lookup, one attempt for each address,
// SOCKS5 and HTTP proxies, source address and address family. Every lookup, attempt and proxy
// answer becomes an event in the recorder, with its phase.
//
// It speaks nothing beyond the proxy's handshake and keeps no connection. The drivers under
// protocols/ import it.
package dial
