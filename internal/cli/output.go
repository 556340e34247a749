package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mftprobe/internal/report"
	"mftprobe/probe"
)

// outputs are all forms that one run writes.
type outputs struct {
	sinks []*sink
	live  *report.Text // the text form on standard output while it runs, or nil
	next  int          // index of the next result for the ordered sinks
	held  map[int]report.Result
	err   error
}

// sink is one form with where it goes.
type sink struct {
	writer  report.Writer
	what    string // for errors
	ordered bool   // wants the results in the order of the command line
	file    *atomicFile
}

// openOutputs reads the -o flags. Files are created now, so that a directory that does not exist is
// found before anything is sent.
func (p *program) openOutputs(opt runOptions, several bool) (*outputs, error) {
	flags := opt.outputs
	if len(flags) == 0 {
		flags = []string{"text"}
	}
	out := &outputs{held: map[int]report.Result{}}
	onScreen := 0
	files := map[string]bool{}
	for _, f := range flags {
		spec := sinkSpec{several: several, opt: opt}
		spec.form, spec.file, spec.toFile = strings.Cut(f, "=")
		if name := filepath.Clean(spec.file); spec.file != "" {
			if files[name] && !strings.HasPrefix(name, "/dev/") {
				out.abandon()
				return nil, &usageError{fmt.Errorf("-o %s: %s is written twice; give each form a file of its own", f, spec.file)}
			}
			files[name] = true
		}
		if err := p.addSink(out, spec); err != nil {
			out.abandon()
			return nil, err
		}
		if !spec.toFile {
			onScreen++
		}
	}
	if onScreen > 1 {
		out.abandon()
		return nil, &usageError{errors.New("-o: only one form can go to standard output; write the others as FORM=FILE")}
	}
	return out, nil
}

// sinkSpec is one -o flag.
type sinkSpec struct {
	form    string
	file    string
	toFile  bool
	several bool
	opt     runOptions
}

// addSink opens what one -o flag asks for.
func (p *program) addSink(out *outputs, spec sinkSpec) error {
	switch {
	case !slices.Contains(report.Forms(), spec.form):
		return &usageError{fmt.Errorf("-o %s: unknown form; known are %s", spec.form, strings.Join(report.Forms(), ", "))}
	case spec.toFile && spec.file == "":
		return &usageError{fmt.Errorf("-o %s=: the file name is missing", spec.form)}
	}
	s := &sink{what: "standard output", ordered: spec.form != "text" && spec.form != "jsonl"}
	w := p.stdout
	if spec.toFile {
		f, err := createAtomic(spec.file)
		if err != nil {
			return &exitError{code: exitMisuse, err: fmt.Errorf("-o %s=%s: %w", spec.form, spec.file, pathless(err))}
		}
		s.file, s.what, w = f, spec.file, f.File
	}
	out.sinks = append(out.sinks, s)
	if spec.form != "text" {
		var err error
		s.writer, err = report.New(spec.form, w, spec.several)
		return err
	}
	live := !spec.toFile && !spec.several
	text := report.NewText(w, report.TextOptions{
		Color: !spec.toFile && p.colour(spec.opt.color), Width: p.tty.width, Verbose: spec.opt.verbose, Quiet: spec.opt.quiet, Live: live,
		Progress: !spec.toFile && p.rewritable(),
	})
	if s.writer = text; live {
		out.live = text
	}
	return nil
}

// take writes the result with that index on the command line. It is called by one goroutine.
func (o *outputs) take(i int, r report.Result) {
	for _, s := range o.sinks {
		if !s.ordered {
			o.note(s, s.writer.Result(r))
		}
	}
	for o.held[i] = r; ; o.next++ {
		held, ok := o.held[o.next]
		if !ok {
			return
		}
		delete(o.held, o.next)
		for _, s := range o.sinks {
			if s.ordered {
				o.note(s, s.writer.Result(held))
			}
		}
	}
}

func (o *outputs) note(s *sink, err error) {
	if o.err == nil && err != nil {
		o.err = outputError(s.what, err)
	}
}

// finish ends every form and puts the files in place.
func (o *outputs) finish() error {
	for _, s := range o.sinks {
		o.note(s, s.writer.Close())
		if s.file != nil && o.err == nil {
			o.note(s, s.file.commit())
		}
	}
	if missing := o.unwritten(); errors.Is(o.err, syscall.EPIPE) && len(missing) > 0 {
		return &exitError{code: exitMisuse, err: fmt.Errorf("standard output was closed before the end; %s not written", strings.Join(missing, ", "))}
	}
	return o.err
}

// unwritten names the files that did not come to their end.
func (o *outputs) unwritten() []string {
	var names []string
	for _, s := range o.sinks {
		if s.file != nil && !s.file.done {
			names = append(names, s.file.name)
		}
	}
	return names
}

// abandon removes files that were not finished.
func (o *outputs) abandon() {
	for _, s := range o.sinks {
		if s.file != nil {
			s.file.abandon()
		}
	}
}

// atomicFile appears under its name when it is whole, so that no reader sees half of it.
type atomicFile struct {
	*os.File
	name string
	done bool
}

// createAtomic opens a temporary file beside name. A device or pipe is written directly.
func createAtomic(name string) (*atomicFile, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &atomicFile{File: f, done: true}, nil
	}
	removeStale(name)
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, err
	}
	return &atomicFile{File: f, name: name}, nil
}

// staleAfter is how old a temporary file is that no run can still be writing.
const staleAfter = 24 * time.Hour

// removeStale removes the temporary files that runs which were killed have left beside name.
func removeStale(name string) {
	entries, _ := os.ReadDir(filepath.Dir(name)) // what is wrong with the directory, creating the file will tell
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), "."+filepath.Base(name)+".")
		if _, err := strconv.ParseUint(number, 10, 64); !ours || err != nil {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(filepath.Dir(name), e.Name()))
		}
	}
}

// commit gives the file its name. Others may read it, as with any redirected output: the node exporter
// runs as another user.
func (f *atomicFile) commit() error {
	if f.done {
		return f.Close()
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	f.done = true
	return os.Rename(f.Name(), f.name)
}

func (f *atomicFile) abandon() {
	if !f.done {
		f.Close()
		_ = os.Remove(f.Name())
	}
}

// screen shows a run on the terminal while it goes on. The engine must not wait for a slow terminal,
// so a goroutine of its own writes.
type screen struct {
	text  *report.Text
	lines chan func()
	done  chan struct{}
}

// maxScreen bounds what waits for a slow terminal; beyond it the run waits too.
const maxScreen = 2 * probe.MaxEvents

func newScreen(text *report.Text) *screen {
	s := &screen{text: text, lines: make(chan func(), maxScreen), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		for show := range s.lines {
			show()
		}
	}()
	return s
}

func (s *screen) step(r probe.StepResult) { s.lines <- func() { s.text.Step(r) } }
func (s *screen) event(e probe.Event)     { s.lines <- func() { s.text.Event(e) } }

// close waits until everything is written.
func (s *screen) close() {
	close(s.lines)
	<-s.done
}
