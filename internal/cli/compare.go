package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"github.com/spf13/cobra"

	"mftprobe/internal/compare"
	"mftprobe/internal/config"
	"mftprobe/internal/diagnose"
	"mftprobe/internal/report"
)

// embeddedWord stands for the neutral endpoint inside this program.
const embeddedWord = "embedded"

func (p *program) compareCommand() *cobra.Command {
	var opt runOptions
	var form string
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Run the same script against two endpoints and say whose side a failure is on",
		Long: "compare probes the endpoint in question (A) and a neutral one (B) at the same\n" +
			"time with the same script and settings. What both fail at is ours or the\n" +
			"network's; what only one fails at is there. B may be \"" + embeddedWord + "\": the neutral\n" +
			"endpoint of this program, started for the comparison. It ends with 0 if both\n" +
			"pass, else 1.",
		Example: "  mftprobe compare ftpes://alice@ftp.example.com/in " + embeddedWord + "\n" +
			"  mftprobe compare sftp://alice@sftp.example.com sftp://test@neutral.example.net",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{errors.New("compare takes two targets, the second may be " + embeddedWord)}
			}
			return nil
		},
	}
	cmd.Flags().SortFlags = false
	f := cmd.Flags()
	f.StringVarP(&form, "output", "o", "text", "text, json or markdown (text)")
	f.StringVar(&opt.color, "color", "auto", "auto, always or never (auto)")
	f.StringVar(&opt.configFile, "config", "", "configuration file")
	groupFlags(cmd, groupOutput, "output FORM", "color WHEN", "config FILE")
	values := settingFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		opt.values = values()
		if form != "text" && form != "json" && form != "markdown" {
			return &usageError{fmt.Errorf("-o %s: unknown form; known are text, json, markdown", form)}
		}
		return p.compare(cmd.Context(), args, opt, form)
	}
	return cmd
}

// compare exits with 0 when both pass, else with 1.
func (p *program) compare(ctx context.Context, args []string, opt runOptions, form string) error {
	if args[0] == embeddedWord {
		return &usageError{errors.New("embedded can only be the second target: it takes protocol, script and settings from the first")}
	}
	a, err := p.oneEndpoint(args[0], opt)
	if err != nil {
		return err
	}
	var b config.Endpoint
	if args[1] == embeddedWord {
		var stop func()
		if b, stop, err = p.embedded(ctx, a); err != nil {
			return err
		}
		defer stop()
	} else if b, err = p.oneEndpoint(args[1], opt); err != nil {
		return err
	}
	for _, e := range []config.Endpoint{a, b} {
		p.warn(e)
	}
	p.warnIdle([]config.Endpoint{a}, opt.values)
	c := p.runBoth(ctx, [2]config.Endpoint{a, b}, args)
	if errors.Is(context.Cause(ctx), errInterrupted) {
		p.tellLeft(append(leftBehind(c.Results[0]), leftBehind(c.Results[1])...))
		return &exitError{code: exitInterrupt, err: errInterrupted}
	}
	err = report.Compare(form, p.stdout, c, report.TextOptions{Color: p.colour(opt.color), Width: p.tty.width})
	if err != nil {
		return outputError("standard output", err)
	}
	if c.Truth == compare.BothPass {
		return nil
	}
	return status(exitFail)
}

func (p *program) oneEndpoint(arg string, opt runOptions) (config.Endpoint, error) {
	all, err := p.endpoints([]string{arg}, opt)
	if err != nil {
		return config.Endpoint{}, err
	}
	if len(all) != 1 {
		return config.Endpoint{}, fmt.Errorf("%q is a group; compare takes single endpoints", arg)
	}
	return all[0], nil
}

// runBoth probes at the same time, so that a passing disturbance meets both.
func (p *program) runBoth(ctx context.Context, endpoints [2]config.Endpoint, labels []string) report.Comparison {
	var parties [2]compare.Party
	var out report.Comparison
	var both sync.WaitGroup
	for i, e := range endpoints {
		both.Go(func() {
			t, j := diagnose.Run(ctx, p.job(e), diagnose.Options{Off: true})
			label := t.Target.URL
			if labels[i] == embeddedWord {
				label = embeddedWord
			}
			addr, err := netip.ParseAddr(e.Target.Host)
			local := labels[i] == embeddedWord || err == nil && addr.IsLoopback() || e.Target.Host == "localhost"
			parties[i] = compare.Party{Label: label, Transcript: t, Judgement: j, Local: local}
			out.Results[i] = report.Result{Transcript: t, Judgement: j}
		})
	}
	both.Wait()
	out.Comparison = compare.Compare(parties[0], parties[1])
	return out
}
