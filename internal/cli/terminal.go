package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"os/user"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/term"

	"mftprobe/internal/config"
)

// terminal is the controlling terminal, if there is one.
type terminal struct {
	file  *os.File // nil: none
	width int      // of standard output; 0: it is no terminal
}

// openTerminal finds the terminal whatever standard input is, as ssh does.
func openTerminal() terminal {
	var t terminal
	if f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		t.file = f
	} else if term.IsTerminal(int(os.Stdin.Fd())) {
		t.file = os.Stdin
	}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		t.width = width
	}
	return t
}

// newEnv describes the process to the configuration.
func (p *program) newEnv() *config.Env {
	env := &config.Env{Getenv: os.LookupEnv, Stdin: p.stdin, User: sync.OnceValue(loginName)}
	env.Home, _ = os.UserHomeDir()
	if p.tty.file != nil {
		env.Prompt, env.Confirm = p.prompt, p.tty.confirm
	}
	return env
}

// loginName is the empty string for a user without an entry, as in some containers.
func loginName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// prompt asks on the terminal, and remembers when the answer was a signal: no error on the way out keeps that.
func (p *program) prompt(question string) (string, error) {
	if p.stopped.Load() {
		return "", errInterrupted // nothing more is asked
	}
	answer, err := p.tty.prompt(question)
	if errors.Is(err, errInterrupted) {
		p.stopped.Store(true)
	}
	return answer, err
}

// prompt asks without echo. The terminal is put back also when the user interrupts.
func (t terminal) prompt(question string) (string, error) {
	fd := int(t.file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(fd, before) }()
	fmt.Fprint(t.file, question)
	defer fmt.Fprintln(t.file)
	return unlessInterrupted(func() (string, error) {
		answer, err := term.ReadPassword(fd)
		return string(answer), err
	})
}

// confirm asks for yes or no.
func (t terminal) confirm(question string) bool {
	fmt.Fprint(t.file, question+" (yes/no) ")
	line, err := unlessInterrupted(func() (string, error) { return bufio.NewReader(t.file).ReadString('\n') })
	answer := strings.ToLower(strings.TrimSpace(line))
	return err == nil && (answer == "yes" || answer == "y")
}

// unlessInterrupted waits for an answer or a signal: a read from a terminal is not ended by one.
func unlessInterrupted(read func() (string, error)) (string, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := read()
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return a.text, a.err
	case <-signals:
		return "", errInterrupted
	}
}

// colour decides by --color, NO_COLOR (https://no-color.org) and the terminal.
func (p *program) colour(mode string) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	if v, ok := p.env.Getenv("NO_COLOR"); ok && v != "" {
		return false
	}
	return p.rewritable()
}

// rewritable tells whether standard output is a terminal that understands control sequences.
func (p *program) rewritable() bool {
	kind, _ := p.env.Getenv("TERM")
	return p.tty.width > 0 && kind != "dumb"
}

// pathless takes the file name off an error, where the sentence around it names the file already.
func pathless(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
