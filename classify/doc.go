// Package classify says what a recorded session means: where it failed, why, on whose side, how sure
// that is, whether a retry helps, and what to do and to write.
//
// [Judge] turns a transcript into a verdict, [Explain] explains a single code or error text, and
// [Lookup] gives what is known about a cause. The knowledge is in tables: the catalogue of causes
// (catalogue_*.go), the codes of each numbering (codes_*.go) and the phrases of servers and clients
// (texts_*.go).
//
// The package is pure: it opens nothing, asks no clock and keeps no state. It imports probe for the
// vocabulary; internal/diagnose, internal/report and internal/cli import it, drivers never do.
package classify
