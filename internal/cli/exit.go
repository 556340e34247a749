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
	left           []string // what is still on the servers
}

func (t *tally) count(i int, r report.Result) {
	t.left = append(t.left, leftBehind(r)...)
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

// leftBehind lists what a run could not remove, with where it is.
func leftBehind(r report.Result) []string {
	var out []string
	for _, path := range r.Cleanup.LeftBehind {
		out = append(out, fmt.Sprintf("%q on %s", path, r.Target.Host))
	}
	return out
}

// tellLeft says on standard error what is left behind, where no report does.
func (p *program) tellLeft(left []string) {
	if len(left) > 0 {
		fmt.Fprintf(p.stderr, "%s: left behind: %s\n", toolName, strings.Join(left, ", "))
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
		"    3  wrong use, or mftprobe could not work: nothing is known of the endpoint\n" +
		"  130  interrupted, after clean-up\n\n" +
		"judge ends with 0, 1 or 3, compare with 0 if both pass, check with the plugin's\n" +
		"0, 1, 2 or 3.\n\n" +
		"With --exit-code cause a failure has the number of its cause (of several\n" +
		"targets, the first that failed):\n\n")
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
