package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
	"mftprobe/probe"
)

const groupOutput, groupMany, groupFile = "Output", "Many targets", "Configuration"

// runOptions are the flags of run that are not settings of an endpoint.
type runOptions struct {
	values     config.Values
	configFile string
	all        bool

	allAddresses bool
	outputs      []string
	quiet        bool
	verbose      bool
	color        string
	exitCode     string
	failOn       string
	dryRun       bool
	noDiagnose   bool
	batch        batchOptions
	lock         string
	guard        string
	override     bool
}

func (p *program) runCommand() *cobra.Command {
	var opt runOptions
	cmd := &cobra.Command{
		Use:   "run TARGET…",
		Short: "Probe endpoints and say what works, where it fails and why",
		Long: "run goes through a script against each target and gives a verdict. A target is\n" +
			"a URL (ftp, ftpes, ftps, sftp) or the name of an endpoint or group of the\n" +
			"configuration file. With a URL the script writes one small file, reads it back,\n" +
			"renames and deletes it; --read-only changes nothing. Times are written as 10s,\n" +
			"1m30s or 2.5, which is seconds. What stands in parentheses is the default.",
		Example: "  mftprobe run ftpes://alice@ftp.example.com/inbox\n" +
			"  mftprobe run --read-only -i ~/.ssh/id_ed25519 sftp://alice@sftp.example.com\n" +
			"  mftprobe run --all -q -o text -o openmetrics=/var/lib/node/mft.prom",
	}
	cmd.Flags().SortFlags = false
	opt.defineOutput(cmd)
	values := settingFlags(cmd)
	opt.defineFile(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		opt.values = values()
		if err := errors.Join(opt.check(), opt.batch.check()); err != nil {
			return &usageError{err}
		}
		endpoints, err := p.endpoints(args, opt)
		if err != nil {
			return err
		}
		if opt.allAddresses && !opt.dryRun {
			endpoints = eachAddress(cmd.Context(), endpoints, net.DefaultResolver.LookupNetIP)
		}
		return p.probeAll(cmd.Context(), endpoints, opt)
	}
	return cmd
}

func (o *runOptions) defineOutput(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "write text, json, jsonl, markdown, junit, nagios or openmetrics to FILE, or to standard output; may be repeated (text)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing about what passed")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show every event")
	f.StringVar(&o.color, "color", "auto", "auto, always or never (auto)")
	f.StringVar(&o.exitCode, "exit-code", "simple", "simple, or cause: see help exit-codes (simple)")
	f.StringVar(&o.failOn, "fail-on", "failure", "failure, or warning: a finding makes the run fail too (failure)")
	f.BoolVar(&o.dryRun, "dry-run", false, "print commands and paths, connect to nothing")
	f.BoolVar(&o.noDiagnose, "no-diagnose", false, "no experiments after a failure")
	groupFlags(cmd, groupOutput, "output FORM[=FILE]", "quiet", "verbose", "color WHEN", "exit-code KIND", "fail-on WHAT", "dry-run", "no-diagnose")
}

func (o *runOptions) check() error {
	for _, w := range []struct {
		flag, got string
		known     []string
	}{
		{"color", o.color, []string{"auto", "always", "never"}},
		{"exit-code", o.exitCode, []string{"simple", "cause"}},
		{"fail-on", o.failOn, []string{"failure", "warning"}},
	} {
		if !contains(w.known, w.got) {
			return fmt.Errorf("--%s: %q is not one of %s", w.flag, w.got, strings.Join(w.known, ", "))
		}
	}
	if o.quiet && o.verbose {
		return errors.New("--quiet and --verbose exclude each other")
	}
	return nil
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// probeAll runs the endpoints and writes the outputs. The returned error carries the exit status.
func (p *program) probeAll(ctx context.Context, endpoints []config.Endpoint, opt runOptions) error {
	for _, e := range endpoints {
		p.warn(e)
	}
	p.warnIdle(endpoints, opt.values)
	if opt.dryRun {
		return p.dryRun(endpoints)
	}
	unlock, err := takeLock(opt.lock)
	if err != nil {
		return err
	}
	defer unlock()
	out, err := p.openOutputs(opt, len(endpoints) > 1)
	if err != nil {
		return err
	}
	defer out.abandon()
	p.fit(endpoints)
	r, err := p.newRunner(endpoints, opt, out)
	if err != nil {
		return err
	}
	r.run(ctx)
	if err := errors.Join(out.finish(), r.guard.err); err != nil {
		p.tellLeft(r.tally.left)
		return err
	}
	return status(r.exitStatus(ctx))
}

// warn tells what works but should be known, without stopping.
func (p *program) warn(e config.Endpoint) {
	for _, w := range e.Warnings {
		fmt.Fprintf(p.stderr, "%s: warning: %s\n", toolName, w)
	}
}

// warnIdle tells of flags that no target has a use for. Who gives --cacert with ftp:// may believe that there is TLS.
func (p *program) warnIdle(endpoints []config.Endpoint, flags config.Values) {
	for _, s := range config.Settings() {
		if _, given := flags[s.Name]; !given || slices.ContainsFunc(endpoints, func(e config.Endpoint) bool { return s.For(e.Target.Protocol) }) {
			continue
		}
		fmt.Fprintf(p.stderr, "%s: warning: --%s has no effect: no target speaks %s\n", toolName, s.Name, s.Needs())
	}
}

// newRunID makes a run's name: short enough for file names, too long to meet twice.
func newRunID() string { return strings.ToLower(rand.Text()[:10]) }

// job is the engine's order for one endpoint.
func (p *program) job(e config.Endpoint) probe.Job {
	return probe.Job{
		Target: e.Target, Script: e.Script, Open: openDriver, RunID: newRunID(), Tool: p.tool, Now: time.Now,
		PayloadSize: e.PayloadSize, NameTemplate: e.NameTemplate, Keep: e.Keep,
	}
}
