package probe

import "time"

import "context"

// Driver speaks one protocol with one target for one run. Run calls its methods one after the
// other, never two at a time.
//
// Contract:
//   - Every byte of meaning that crosses the wire becomes an event in the recorder, with its phase,
//     at the time it came, whatever the step makes of it.
//   - A refusal is an Outcome with OK false, not a Go error; the driver never judges.
//   - Every wait ends at the target's limits, at the step's context, or at the run's, whichever is
//     first; a limit of ours that ran out is a KindTimeout event.
//   - After Close no goroutine and no socket of the driver is left. Close may be called at any time
//     and twice.
//   - A driver sends at most one login that can be refused, and overwrites nothing (Step.Fresh).
type Driver interface {
	Do(ctx context.Context, step Step) Outcome
	Close() error
}

// Opener makes a driver; it must not touch the network.
type Opener func(t Target, rec *Recorder) Driver

// Outcome is what a driver knows of a finished step.
type Outcome struct {
	OK      bool
	Over    bool   // the session is gone: no further command can be sent
	Refused bool   // login: the server refused the credentials; Run will not log in again
	Created bool   // put, append, mkdir: the object may exist now, whole or in part
	Final   *Code  // the reply or status that decided the step, if there was one
	Path    string // pwd: where we are; put, get, …: the path as used
	Bytes   int64  // moved by put, get, list
	SHA256  string // hex, of the bytes moved by put and get
	Size    int64  // size, stat: as the server says
	HasSize bool
	ModTime time.Time // mdtm, stat
	Listing *ListingInfo
	Entries []Entry // list: what could be parsed, at most MaxEntries
	Detail  string  // one line for people
}

// MaxEntries bounds the parsed directory entries kept for expectations.
const MaxEntries = 10000

// Entry is one parsed line of a listing.
type Entry struct {
	Name    string
	Size    int64
	ModTime time.Time     // zero if unknown
	Within  time.Duration // the true time is less than this later than ModTime, since listings leave out seconds or hours
	Dir     bool
}
