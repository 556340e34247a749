package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mftprobe/classify"
	"mftprobe/internal/report"
)

// Exit status of run. 2 stays unused: a Go program that panics ends with it.
const (
	exitPass      = 0
	exitFail      = 1
	exitMisuse    = 3
	exitInterrupt = 130
)

// exitError carries an exit status through cobra, with an error to tell or without.
type exitError struct {
	code int
	err  error
}

// Error returns the error's own text.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns what is to be told.
func (e *exitError) Unwrap() error { return e.err }

// status returns the error that ends the process with code, or nil for success.
func status(code int) error {
	if code == exitPass {
		return nil
	}
	return &exitError{code: code}
}

// outputError says that a result could not be written: then nobody may rely on it.
func outputError(what string, err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code: exitMisuse, err: fmt.Errorf("writing to %s: %w", what, pathless(err))}
}

// tally keeps what the exit status needs of the results.
type tally struct {
	failed, warned bool
	firstBad       int // index of the first target that failed; at first the number of targets
	firstCause     classify.Cause
}

func (t *tally) count(i int, r report.Result) {
	switch r.Verdict.Outcome {
	case classify.OutcomePass:
		return
	case classify.OutcomeWarn:
		t.warned = true
		return
	}
	t.failed = true
	if i < t.firstBad {
		t.firstBad, t.firstCause = i, r.Verdict.Cause
	}
}

func (t *tally) status(opt runOptions) int {
	switch {
	case t.failed && opt.exitCode == "cause":
		return causeStatus(t.firstCause)
	case t.failed, t.warned && opt.failOn == "warning":
		return exitFail
	}
	return exitPass
}

// causeStatus returns the number of a cause for --exit-code cause, or exitFail for one without.
func causeStatus(c classify.Cause) int {
	if n, ok := causeNumbers[c]; ok {
		return n
	}
	return exitFail
}

// exitCodesTopic is a page of help, not a command.
func exitCodesTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("Exit status of run:\n\n" +
		"    0  every target passed\n" +
		"    1  at least one failed\n" +
		"    3  wrong use, or mftprobe could not work; nothing is known about the endpoint\n" +
		"  130  interrupted, after clean-up\n\n" +
		"With --exit-code cause a failure has the number of its cause (of several targets, the first that failed):\n\n")
	type row struct {
		number int
		cause  classify.Cause
	}
	var rows []row
	for c, n := range causeNumbers {
		rows = append(rows, row{n, c})
	}
	slices.SortFunc(rows, func(a, b row) int { return a.number - b.number })
	for _, r := range rows {
		fmt.Fprintf(&b, "  %3d  %s\n", r.number, r.cause)
	}
	return &cobra.Command{Use: "exit-codes", Short: "What the exit status means", Long: strings.TrimRight(b.String(), "\n")}
}
