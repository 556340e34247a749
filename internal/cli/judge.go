package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mftprobe/classify"
	"mftprobe/internal/foreignlog"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

func (p *program) judgeCommand() *cobra.Command {
	var opt runOptions
	var format string
	cmd := &cobra.Command{
		Use:   "judge FILE [THEIRS]",
		Short: "Judge a recorded run, or the log of another program",
		Long: "judge gives the verdict on a session that is over: a record of ours (JSON or\n" +
			"JSON lines), or the log of another client or server, whose kind is recognised.\n" +
			"- is standard input. With a second file, the other party's log, both records\n" +
			"are lined up to show where they part.",
		Example: "  mftprobe judge run.json\n  mftprobe judge filezilla.log\n  curl -v ftp://h/ 2>&1 | mftprobe judge -\n" +
			"  mftprobe judge run.json their-vsftpd.log",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return &usageError{errors.New("judge takes one file, or ours and theirs; - is standard input")}
			}
			return nil
		},
	}
	cmd.Flags().SortFlags = false
	opt.defineOutput(cmd)
	for _, unused := range []string{"dry-run", "no-diagnose"} {
		cmd.Flags().Lookup(unused).Hidden = true
	}
	cmd.Flags().StringVar(&format, "format", "", "kind of the log, if it is not recognised: json, "+strings.Join(logFormats(), ", "))
	groupFlags(cmd, "Input", "format KIND")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := opt.check(); err != nil {
			return &usageError{err}
		}
		results, err := p.readRecord(args[0], format)
		if err != nil {
			return err
		}
		if len(args) == 2 {
			return p.lineUp(results, args[1], opt)
		}
		return p.reportAll(results, opt)
	}
	return cmd
}

func logFormats() []string {
	var names []string
	for _, f := range foreignlog.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// readRecord reads and judges.
func (p *program) readRecord(name, format string) ([]report.Result, error) {
	in := p.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, pathless(err))
		}
		defer f.Close()
		in = f
	}
	transcripts, err := p.transcripts(in, format)
	if name == "-" {
		name = "standard input"
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []report.Result
	for _, t := range transcripts {
		out = append(out, report.Result{Transcript: t, Judgement: classify.Judge(t)})
	}
	return out, nil
}

// transcripts reads our own form if the first character is JSON's, else another program's log.
func (p *program) transcripts(in io.Reader, format string) ([]probe.Transcript, error) {
	b := bufio.NewReader(in)
	head, _ := b.Peek(512)
	if format == "json" || format == "" && beginsJSON(head) {
		results, err := report.Decode(b)
		var out []probe.Transcript
		for _, r := range results {
			out = append(out, r.Transcript)
		}
		if err == nil && len(out) == 0 {
			err = errors.New("there is no record in it")
		}
		return out, err
	}
	log, err := foreignlog.Read(b, format)
	for _, n := range log.Notes {
		fmt.Fprintf(p.stderr, "%s: note: %s\n", toolName, n)
	}
	return log.Transcripts, err
}

// beginsJSON tells our own form from a log whose lines begin with a time or a name in brackets.
func beginsJSON(head []byte) bool {
	head = bytes.TrimSpace(head)
	if inner, ok := bytes.CutPrefix(head, []byte("[")); ok {
		inner = bytes.TrimSpace(inner)
		return len(inner) == 0 || inner[0] == '{' || inner[0] == ']'
	}
	return bytes.HasPrefix(head, []byte("{"))
}

// reportAll writes results that are there already, and returns the exit status as run does.
func (p *program) reportAll(results []report.Result, opt runOptions) error {
	out, err := p.openOutputs(opt, len(results) > 1)
	if err != nil {
		return err
	}
	defer out.abandon()
	t := tally{firstBad: len(results)}
	for i, r := range results {
		t.count(i, r)
		out.take(i, r)
	}
	if err := out.finish(); err != nil {
		return err
	}
	return status(t.status(opt))
}

// lineUp lays the session of our record that failed beside the one of theirs that fits it best.
func (p *program) lineUp(ours []report.Result, name string, opt runOptions) error {
	theirs, err := p.readRecord(name, "")
	if err != nil {
		return err
	}
	mine := ours[0]
	if i := slices.IndexFunc(ours, func(r report.Result) bool { return r.Verdict.Outcome == classify.OutcomeFail }); i >= 0 {
		mine = ours[i]
	}
	var candidates []probe.Transcript
	for _, r := range theirs {
		candidates = append(candidates, r.Transcript)
	}
	best := max(foreignlog.Pick(mine.Transcript, candidates), 0)
	two := report.TwoRecords{Ours: mine, Theirs: theirs[best], Lines: foreignlog.LineUp(mine.Transcript, theirs[best].Transcript)}
	form := "text"
	if len(opt.outputs) > 0 {
		form = opt.outputs[0]
	}
	if len(opt.outputs) > 1 || form != "text" && form != "json" {
		return &usageError{errors.New("two records are written as -o text or -o json")}
	}
	err = report.LineUp(form, p.stdout, two, report.TextOptions{Color: p.colour(opt.color), Width: p.tty.width})
	if err != nil {
		return outputError("standard output", err)
	}
	if two.Lines.First != nil || mine.Verdict.Outcome == classify.OutcomeFail {
		return status(exitFail)
	}
	return nil
}
