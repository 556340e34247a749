package config

import (
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// stepKeys are the keys of a step with what they set. An error is noted at the value.
var stepKeys = map[string]func(*document, *probe.Step, entry) error{
	"name":    stepText(func(st *probe.Step) *string { return &st.Name }),
	"path":    stepText(func(st *probe.Step) *string { return &st.Path }),
	"to":      stepText(func(st *probe.Step) *string { return &st.To }),
	"command": stepText(func(st *probe.Step) *string { return &st.Line }),
	"timeout": stepDuration(func(st *probe.Step) *time.Duration { return &st.Timeout }, longest),
	"for":     stepDuration(func(st *probe.Step) *time.Duration { return &st.Pause }, maxWait),
	"may-fail": func(doc *document, st *probe.Step, e entry) error {
		st.MayFail, _ = doc.boolean(e)
		return nil
	},
	"always": func(doc *document, st *probe.Step, e entry) error {
		st.Always, _ = doc.boolean(e)
		return nil
	},
	"op": func(doc *document, st *probe.Step, e entry) error {
		if _, ok := doc.text(e); ok {
			st.Op = doc.operation(e.value)
		}
		return nil
	},
	"mode": func(doc *document, st *probe.Step, e entry) error {
		text, ok := doc.text(e)
		if st.Mode = text; ok && !octalMode.MatchString(text) {
			return fmt.Errorf("%q is not an octal mode such as 0640", text)
		}
		return nil
	},
	"offset":  doc64(func(st *probe.Step, n int64) { st.Offset = n }),
	"size":    doc64(func(st *probe.Step, n int64) { st.Payload = probe.NewPattern(n, uint64(n), false) }),
	"content": stepContent,
	"file":    stepFile,
	"expect":  func(doc *document, st *probe.Step, e entry) error { return doc.expectation(st, e) },
}

// expectKeys are the keys of expect with what they set.
var expectKeys = map[string]func(*document, *probe.Expect, entry) error{
	"codes":   func(doc *document, x *probe.Expect, e entry) error { return doc.codes(x, e) },
	"max-age": expectAge(func(x *probe.Expect) *time.Duration { return &x.MaxAge }),
	"min-age": expectAge(func(x *probe.Expect) *time.Duration { return &x.MinAge }),
	"min-entries": func(doc *document, x *probe.Expect, e entry) (err error) {
		if text, ok := doc.text(e); ok {
			if x.MinEntries, err = strconv.Atoi(text); err != nil || x.MinEntries < 0 {
				return fmt.Errorf("%q is not a number of entries", text)
			}
		}
		return nil
	},
	"min-size": func(doc *document, x *probe.Expect, e entry) (err error) {
		if text, ok := doc.text(e); ok {
			x.MinSize, err = parseSize(text)
		}
		return err
	},
	"name": func(doc *document, x *probe.Expect, e entry) error {
		text, ok := doc.text(e)
		if x.Name = text; ok {
			if _, err := path.Match(text, ""); err != nil {
				return fmt.Errorf("%q is not a shell pattern", text)
			}
		}
		return nil
	},
	"sha256": func(doc *document, x *probe.Expect, e entry) error {
		text, ok := doc.text(e)
		if x.SHA256 = text; ok {
			if sum, err := hex.DecodeString(text); err != nil || len(sum) != 32 {
				return fmt.Errorf("%q is not a SHA-256 in 64 hexadecimal digits", text)
			}
		}
		return nil
	},
	"text": func(doc *document, x *probe.Expect, e entry) (err error) {
		if text, ok := doc.text(e); ok {
			if x.Text, err = regexp.Compile(text); err != nil {
				return fmt.Errorf("%q is not a regular expression", text)
			}
		}
		return nil
	},
}

func stepWords() []string   { return slices.Sorted(maps.Keys(stepKeys)) }
func expectWords() []string { return slices.Sorted(maps.Keys(expectKeys)) }

// octalMode is what SITE CHMOD and SETSTAT take.
var octalMode = lazyregexp.New(`^0?[0-7]{3,4}$`)

// stepText makes a setter of a text without control characters: it becomes part of a command line.
func stepText(f func(*probe.Step) *string) func(*document, *probe.Step, entry) error {
	return func(doc *document, st *probe.Step, e entry) error {
		text, ok := doc.text(e)
		if !ok {
			return nil
		}
		if *f(st) = text; text == "" {
			return fmt.Errorf("the value is empty")
		}
		return checkText("value", text)
	}
}

func stepDuration(f func(*probe.Step) *time.Duration, limit time.Duration) func(*document, *probe.Step, entry) error {
	return func(doc *document, st *probe.Step, e entry) (err error) {
		text, ok := doc.text(e)
		if !ok {
			return nil
		}
		if *f(st), err = parseDuration(text); err == nil && *f(st) > limit {
			return fmt.Errorf("%q is longer than %s", text, limit)
		}
		return err
	}
}

// expectAge allows what parseDuration does not: a file may be days old.
func expectAge(f func(*probe.Expect) *time.Duration) func(*document, *probe.Expect, entry) error {
	return func(doc *document, x *probe.Expect, e entry) error {
		text, ok := doc.text(e)
		if !ok {
			return nil
		}
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not an age; write 90m or 48h", text)
		}
		*f(x) = d
		return nil
	}
}

func doc64(f func(*probe.Step, int64)) func(*document, *probe.Step, entry) error {
	return func(doc *document, st *probe.Step, e entry) error {
		text, ok := doc.text(e)
		if !ok {
			return nil
		}
		n, err := parseSize(text)
		if err == nil {
			f(st, n)
		}
		return err
	}
}

func stepContent(doc *document, st *probe.Step, e entry) error {
	text, ok := doc.text(e)
	if !ok {
		return nil
	}
	if len(text) > maxContent {
		return fmt.Errorf("the content is longer than %d bytes; use file", maxContent)
	}
	st.Payload = probe.Bytes(text)
	return nil
}

func stepFile(doc *document, st *probe.Step, e entry) error {
	name, ok := doc.text(e)
	if !ok {
		return nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(doc.name), name)
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return fileError(name, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return fileError(name, err)
	}
	st.Payload = localFile{path: name, size: info.Size()}
	return f.Close()
}

// localFile is a payload that stays on disk until it is sent.
type localFile struct {
	path string
	size int64
}

// Size returns the size that the file had when the script was read.
func (f localFile) Size() int64 { return f.size }

// Open opens the file.
func (f localFile) Open() (io.ReadCloser, error) { return os.Open(f.path) }
