// Package diagnose runs a job, judges the record, asks the questions that an experiment can settle,
// and judges again. It decides nothing about causes: classify does, and says which experiment would
// help. internal/cli imports it.
package diagnose

import (
	"context"

	"mftprobe/classify"
	"mftprobe/probe"
)

// Options say what may be done beyond the script.
type Options struct {
	Off bool // no experiments
}

// Run probes and judges.
func Run(ctx context.Context, job probe.Job, _ Options) (probe.Transcript, classify.Judgement) {
	t := probe.Run(ctx, job)
	return t, classify.Judge(t)
}
