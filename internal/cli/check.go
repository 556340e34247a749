package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mftprobe/classify"
	"mftprobe/internal/config"
	"mftprobe/internal/plugin"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

// checkOptions are the flags of check that are not settings.
type checkOptions struct {
	host     string
	port     int
	protocol string
	warning  map[string]*string
	critical map[string]*string
	verbose  int
	version  bool
	run      runOptions

	portGiven, protocolGiven bool
}

// timedSteps are the steps that can have thresholds of their own: those of the built-in scripts.
var timedSteps = []string{"connect", "login", "cwd", "pwd", "passive", "list", "put", "size", "get", "rename", "delete", "quit"}

func (p *program) checkCommand() *cobra.Command {
	opt := checkOptions{warning: map[string]*string{}, critical: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "check -H HOST",
		Short: "Probe one endpoint as a monitoring plugin does (Nagios, Icinga, Checkmk)",
		Long: "check reads only, unless --write is given, prints one line with performance\n" +
			"data, and ends with 0 OK, 1 WARNING, 2 CRITICAL or 3 UNKNOWN. Ranges are those\n" +
			"of the Monitoring Plugins guidelines, in seconds: 5 (alert above 5 or below 0),\n" +
			"2:10 (outside of 2 to 10), @2:10 (inside).",
		Example: "  mftprobe check -H ftp.example.com --protocol ftpes -u monitor \\\n" +
			"      --password-file /etc/mft/pw -w 2 -c 10\n" +
			"  mftprobe check -H bank --warning-login 1 --critical-login 5",
		Args: noTargets,
	}
	cmd.Flags().SortFlags = false
	opt.define(cmd)
	values := settingFlags(cmd)
	opt.run.defineGuard(cmd)
	cmd.SetFlagErrorFunc(flagProblem)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if opt.version {
			fmt.Fprintf(p.stdout, "%s %s\n", p.tool.Name, p.tool.Version)
			return status(int(plugin.Unknown))
		}
		opt.portGiven, opt.protocolGiven = cmd.Flags().Changed("port"), cmd.Flags().Changed("protocol")
		opt.run.values = values()
		return p.check(cmd.Context(), opt)
	}
	return cmd
}

func noTargets(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected %q; give the host with -H", args[0])
	}
	return nil
}

func (o *checkOptions) define(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.host, "hostname", "H", "", "host, URL, or name of an endpoint of the configuration file")
	f.IntVarP(&o.port, "port", "p", 0, "port, if it is not the protocol's own")
	f.StringVar(&o.protocol, "protocol", "ftp", "ftp, ftpes, ftps or sftp (ftp)")
	o.threshold(cmd, "warning", "w", o.warning)
	o.threshold(cmd, "critical", "c", o.critical)
	f.CountVarP(&o.verbose, "verbose", "v", "more lines; up to three times")
	f.BoolVarP(&o.version, "version", "V", false, "print the version and end with 3")
	f.StringVar(&o.run.configFile, "config", "", "configuration file")
	groupFlags(cmd, "Plugin", "hostname HOST", "port PORT", "protocol WORD", "verbose", "version", "config FILE")
}

// threshold defines a range for the whole run and one for each step.
func (o *checkOptions) threshold(cmd *cobra.Command, word, short string, into map[string]*string) {
	into[report.TotalLabel] = cmd.Flags().StringP(word, short, "", "range of the whole time in seconds")
	groupFlags(cmd, "Plugin", word+" RANGE")
	for _, step := range timedSteps {
		into[step] = cmd.Flags().String(word+"-"+step, "", "range of step "+step+" in seconds")
		groupFlags(cmd, "Plugin", word+"-"+step+" RANGE")
	}
}

// check never fails without a plugin's first line.
func (p *program) check(ctx context.Context, opt checkOptions) error {
	th, err := opt.thresholds()
	if err != nil {
		return err
	}
	e, err := p.checkTarget(opt)
	if err != nil {
		return err
	}
	guard, err := openCircuits(opt.run, []config.Endpoint{e})
	if err != nil {
		return err
	}
	job := p.job(e)
	job.Open = guard.wrap(job.Open, &pass{})
	t := probe.Run(ctx, job)
	j := classify.Judge(t)
	if guard.learn(e.Target, t, j.Verdict); guard.err != nil {
		return guard.err
	}
	r := report.Result{Transcript: t, Judgement: j}
	if errors.Is(context.Cause(ctx), errInterrupted) {
		if left := leftBehind(r); len(left) > 0 {
			return fmt.Errorf("%w; left behind: %s", errInterrupted, strings.Join(left, ", "))
		}
		return errInterrupted
	}
	state, lines := report.Nagios(r, th, opt.verbose)
	if _, err := fmt.Fprintln(p.stdout, strings.Join(lines, "\n")); err != nil {
		return &exitError{code: int(plugin.Unknown), err: err}
	}
	return status(int(state))
}

func (o checkOptions) thresholds() (report.Thresholds, error) {
	th := report.Thresholds{Warning: map[string]plugin.Range{}, Critical: map[string]plugin.Range{}}
	for _, kind := range []struct {
		word  string
		texts map[string]*string
		into  map[string]plugin.Range
	}{{"warning", o.warning, th.Warning}, {"critical", o.critical, th.Critical}} {
		for step, text := range kind.texts {
			if *text == "" {
				continue
			}
			r, err := plugin.ParseRange(*text)
			if err != nil {
				flag := kind.word
				if step != report.TotalLabel {
					flag += "-" + step
				}
				return th, fmt.Errorf("--%s: %w; write 5, 2:10 or @2:10", flag, err)
			}
			kind.into[step] = r
		}
	}
	return th, nil
}

// checkTarget makes the endpoint: by name, by URL, or by host, port and protocol.
func (p *program) checkTarget(opt checkOptions) (config.Endpoint, error) {
	if opt.host == "" {
		return config.Endpoint{}, errors.New("no host; give one with -H")
	}
	s := selection{p: p, opt: opt.run}
	if err := s.load([]string{opt.host}); err != nil {
		return config.Endpoint{}, err
	}
	arg := opt.host
	if err := opt.agree(s.file); err != nil {
		return config.Endpoint{}, err
	}
	if s.file == nil || s.file.Select(arg) == nil {
		var err error
		if arg, err = opt.url(); err != nil {
			return config.Endpoint{}, err
		}
		if !hasScript(opt.run.values) {
			s.opt.values["read-only"] = config.Value{Texts: []string{"true"}, Origin: "--read-only"}
		}
	}
	s.add(arg)
	switch {
	case s.problems != nil:
		return config.Endpoint{}, s.problems
	case len(s.out) != 1:
		return config.Endpoint{}, fmt.Errorf("%q is a group; check takes one endpoint", opt.host)
	}
	return s.out[0], nil
}

// agree refuses a port and a protocol where the target has its own already.
func (o checkOptions) agree(file *config.File) error {
	if !strings.Contains(o.host, "://") && (file == nil || file.Select(o.host) == nil) {
		if o.portGiven && (o.port < 1 || o.port > 65535) {
			return fmt.Errorf("--port: %d is not a number from 1 to 65535", o.port)
		}
		return nil
	}
	switch {
	case o.portGiven:
		return fmt.Errorf("--port: the target has its own; give a host name with -H")
	case o.protocolGiven:
		return fmt.Errorf("--protocol: the target has its own; give a host name with -H")
	}
	return nil
}

func hasScript(v config.Values) bool {
	for _, name := range []string{"script", "write", "read-only", "login-only", "connect-only"} {
		if _, ok := v[name]; ok {
			return true
		}
	}
	return false
}

// url writes -H, -p and --protocol as a URL, so that they are checked like one.
func (o checkOptions) url() (string, error) {
	if strings.Contains(o.host, "://") {
		return o.host, nil
	}
	if _, err := parseProtocol(o.protocol); err != nil || o.protocol == "" {
		return "", fmt.Errorf("--protocol: %q is not one of ftp, ftpes, ftps, sftp", o.protocol)
	}
	host := o.host
	if strings.Count(host, ":") > 1 && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	if o.port != 0 {
		host += fmt.Sprintf(":%d", o.port)
	}
	return o.protocol + "://" + host, nil
}

// checkFailed tells a monitor in its own form that nothing is known, and why.
func (p *program) checkFailed(err error) int {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	fmt.Fprintln(p.stdout, plugin.Line(plugin.Unknown, text, nil))
	return int(plugin.Unknown)
}
