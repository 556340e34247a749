// Package probe holds the vocabulary of a connection test and the engine that runs one.
//
// A [Target] and a [Script] go in; a [Driver] carries out each [Step] and reports what it sees to a
// [Recorder]; [Run] returns the [Transcript]. A transcript is plain data: it says what happened and
// judges nothing. A server that refuses is data too, so Run returns no error.
//
// The package does not open connections (protocols/... does), does not say what a reply means
// (classify does) and does not print (internal/report does). It imports the standard library only,
// and every other package imports it.
package probe
