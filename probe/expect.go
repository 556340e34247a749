package probe

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Expect says what a step must show. The zero value expects success and nothing more.
type Expect struct {
	Codes      []string       // "2xx", "550", "sftp 3", "refused"; one must match the deciding code
	MinEntries int            // list: at least this many
	Name       string         // list: a name or shell pattern that must be there
	MaxAge     time.Duration  // list: the newest matching entry, mdtm: the file, is at most this old
	MinAge     time.Duration  // list: every matching entry is at least this old
	MinSize    int64          // list: each matching entry; size, stat, get: the file; bytes
	SHA256     string         // get: hex
	Text       *regexp.Regexp // the deciding reply's text
}

// ExpectRefused in Expect.Codes stands for any refusal by the server.
const ExpectRefused = "refused"

// wantsRefusal tells whether a failed operation can satisfy the expectation.
func (x Expect) wantsRefusal() bool {
	for _, c := range x.Codes {
		if c == ExpectRefused || strings.HasPrefix(c, "4") || strings.HasPrefix(c, "5") || strings.HasPrefix(c, "sftp") && c != "sftp 0" {
			return true
		}
	}
	return false
}

// matchCode tells whether code satisfies one of the expected forms; no forms are always satisfied.
func (x Expect) matchCode(code *Code, ok bool) bool {
	if len(x.Codes) == 0 {
		return true
	}
	for _, form := range x.Codes {
		switch {
		case form == ExpectRefused:
			if !ok && code != nil {
				return true
			}
		case code == nil || code.Space == SpaceSFTP:
			success := form == "sftp 0" || form == "2xx" // a listing that succeeded ends with status 1
			if ok && success || code != nil && form == "sftp "+strconv.Itoa(code.Value) {
				return true
			}
		case matchDigits(form, code.Value):
			return true
		}
	}
	return false
}

// matchDigits compares a three-digit form with x as wildcard.
func matchDigits(form string, value int) bool {
	digits := strconv.Itoa(value)
	if len(form) != len(digits) {
		return false
	}
	for i := range len(form) {
		if form[i] != digits[i] && form[i] != 'x' {
			return false
		}
	}
	return true
}

// What an unmet expectation is about, in attribute "check" of its event.
const (
	checkExpectation = "expectation" // code, text, size or age
	checkContent     = "content"
	checkMissing     = "missing" // of what should be in the listing
)

// unmet returns what o lacks, in words, and what that is about, or empty strings. now is the time to
// measure ages from.
func (x Expect) unmet(o Outcome, now time.Time) (what, about string) {
	if !x.matchCode(o.Final, true) {
		return fmt.Sprintf("expected %s, got %s", strings.Join(x.Codes, " or "), codeText(o.Final)), checkExpectation
	}
	if x.Text != nil && (o.Final == nil || !x.Text.MatchString(o.Final.Text)) {
		return fmt.Sprintf("the reply does not match %q", x.Text), checkExpectation
	}
	if x.SHA256 != "" && !strings.EqualFold(x.SHA256, o.SHA256) {
		return fmt.Sprintf("sha256 is %s, expected %s", o.SHA256, x.SHA256), checkContent
	}
	if o.Listing != nil {
		return x.unmetByListing(o, now)
	}
	return x.unmetByFile(o, now), checkExpectation
}

func (x Expect) unmetByFile(o Outcome, now time.Time) string {
	size := o.Size
	if !o.HasSize {
		size = o.Bytes
	}
	if size < x.MinSize {
		return fmt.Sprintf("size is %d bytes, expected at least %d", size, x.MinSize)
	}
	return x.unmetAge("it", o.ModTime, 0, now)
}

func (x Expect) unmetByListing(o Outcome, now time.Time) (what, about string) {
	if n := max(o.Listing.Entries, len(o.Entries)); n < x.MinEntries {
		return fmt.Sprintf("%d entries, expected at least %d", n, x.MinEntries), checkMissing
	}
	if x.Name == "" && x.MaxAge == 0 && x.MinAge == 0 && x.MinSize == 0 {
		return "", ""
	}
	var newest *Entry
	for i, e := range o.Entries {
		if x.Name != "" {
			if ok, _ := path.Match(x.Name, e.Name); !ok && e.Name != x.Name {
				continue
			}
		} else if e.Dir {
			continue
		}
		if newest == nil || e.ModTime.After(newest.ModTime) {
			newest = &o.Entries[i]
		}
		if e.Size < x.MinSize {
			return fmt.Sprintf("%q has %d bytes, expected at least %d", e.Name, e.Size, x.MinSize), checkExpectation
		}
		if unmet := (Expect{MinAge: x.MinAge}).unmetAge(strconv.Quote(e.Name), e.ModTime, e.Within, now); unmet != "" {
			return unmet, checkExpectation
		}
	}
	if newest == nil {
		if x.Name != "" {
			return fmt.Sprintf("nothing matches %q among %d entries", x.Name, len(o.Entries)), checkMissing
		}
		return "no file in the listing", checkMissing
	}
	return (Expect{MaxAge: x.MaxAge}).unmetAge("the newest file", newest.ModTime, newest.Within, now), checkExpectation
}

// unmetAge holds a time of change that is at most within too early against the ages. What may be too young or too old is.
func (x Expect) unmetAge(what string, mod time.Time, within time.Duration, now time.Time) string {
	if x.MaxAge == 0 && x.MinAge == 0 {
		return ""
	}
	if mod.IsZero() {
		return fmt.Sprintf("the server told no modification time of %s", what)
	}
	oldest := now.Sub(mod).Round(time.Second)
	youngest := min(oldest, max(0, oldest-within))
	age := oldest.String()
	if youngest < oldest {
		age = fmt.Sprintf("between %s and %s", youngest, oldest)
	}
	switch {
	case x.MaxAge > 0 && oldest > x.MaxAge:
		return fmt.Sprintf("%s is %s old, expected at most %s", what, age, x.MaxAge)
	case x.MinAge > 0 && youngest < x.MinAge:
		return fmt.Sprintf("%s is %s old, expected at least %s", what, age, x.MinAge)
	}
	return ""
}
