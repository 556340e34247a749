package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
	"mftprobe/internal/diagnose"
	"mftprobe/internal/refserver"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

// demoFault makes the data ports of the endpoint silent, as a firewall does that knows port 21 only.
const demoFault = "blackhole:passive"

// demoLimit is how long the demo waits for the silent port. On loopback anything longer is only dull.
const demoLimit = 700 * time.Millisecond

func (p *program) demoCommand() *cobra.Command {
	var color string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Start an endpoint on loopback, probe it with every protocol, then diagnose a fault",
		Long: "demo needs nothing installed and sends nothing beyond 127.0.0.1. It starts FTP,\n" +
			"FTPS and SFTP servers inside this process, runs the full script against each,\n" +
			"then the same against a server whose data ports are blocked.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.demo(cmd.Context(), p.colour(color))
		},
	}
	cmd.Flags().StringVar(&color, "color", "auto", "auto, always or never (auto)")
	groupFlags(cmd, "Flags", "color WHEN")
	return cmd
}

// demo exits with 0 when every protocol passes and the fault is found.
func (p *program) demo(ctx context.Context, color bool) error {
	d := demonstration{p: p, opt: report.TextOptions{Color: color, Width: p.tty.width, Live: true}}
	good, err := d.healthy(ctx)
	if err != nil {
		return err
	}
	found, err := d.broken(ctx)
	if err != nil {
		return err
	}
	if errors.Is(context.Cause(ctx), errInterrupted) {
		return status(exitInterrupt)
	}
	d.say("\nNext: mftprobe run ftpes://USER@HOST    mftprobe explain 425    mftprobe --help\n")
	switch {
	case d.err != nil:
		return outputError("standard output", d.err)
	case !good || !found:
		return status(exitFail)
	}
	return nil
}

// demonstration prints as it goes and keeps the first error.
type demonstration struct {
	p   *program
	opt report.TextOptions
	err error
}

func (d *demonstration) say(format string, args ...any) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.p.stdout, format, args...)
	}
}

// healthy probes all protocols: the first one step by step, the others in two lines each.
func (d *demonstration) healthy(ctx context.Context) (bool, error) {
	s, err := refserver.Start(ctx, refserver.Loopback())
	if err != nil {
		return false, fmt.Errorf("starting the endpoint: %w", err)
	}
	defer s.Close()
	d.say("An FTP, FTPS and SFTP endpoint runs inside this process now, on loopback only.\n\n")
	good := true
	for i, protocol := range []probe.Protocol{probe.FTPES, probe.FTP, probe.FTPS, probe.SFTP} {
		e := demoEndpoint(protocol, s)
		if i == 0 {
			r := d.inFull(ctx, e, true)
			good = good && r.Verdict.Outcome != "fail"
			d.say("\n")
			continue
		}
		r := d.probe(ctx, e)
		good = good && r.Verdict.Outcome != "fail"
		d.say("%s", report.Brief(r, d.opt))
	}
	if left := s.Files(); len(left) > 0 {
		d.say("left behind: %s\n", strings.Join(left, " "))
		good = false
	}
	return good, nil
}

// broken probes an endpoint whose data ports are silent, and diagnoses it.
func (d *demonstration) broken(ctx context.Context) (bool, error) {
	s, err := refserver.Start(ctx, refserver.Config{FTP: []string{"127.0.0.1:0"}, Faults: []string{demoFault}})
	if err != nil {
		return false, fmt.Errorf("starting the endpoint with a fault: %w", err)
	}
	defer s.Close()
	d.say("\nNow the same behind a firewall that lets port 21 through and drops data ports.\n\n")
	e := demoEndpoint(probe.FTPES, s)
	e.Target.Limits.Connect = demoLimit
	r := d.inFull(ctx, e, false)
	return r.Verdict.Outcome == "fail", nil
}

func demoEndpoint(protocol probe.Protocol, s *refserver.Server) config.Endpoint {
	return config.Endpoint{
		Target: trusting(probe.Target{Protocol: protocol}, s), Script: probe.DefaultScript(protocol), PayloadSize: probe.DefaultPayloadSize,
	}
}

func (d *demonstration) probe(ctx context.Context, e config.Endpoint) report.Result {
	t, j := diagnose.Run(ctx, d.p.job(e), diagnose.Options{})
	return report.Result{Transcript: t, Judgement: j}
}

// inFull shows each step as it happens.
func (d *demonstration) inFull(ctx context.Context, e config.Endpoint, noExperiments bool) report.Result {
	text := report.NewText(d.p.stdout, d.opt)
	text.Start(describe(e.Target))
	job := d.p.job(e)
	job.OnStep = text.Step
	t, j := diagnose.Run(ctx, job, diagnose.Options{Off: noExperiments})
	r := report.Result{Transcript: t, Judgement: j}
	if err := text.Result(r); d.err == nil {
		d.err = err
	}
	return r
}
