package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
)

func (o *runOptions) defineFile(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.configFile, "config", "", "instead of mftprobe.yaml, ~/.config/mftprobe/config.yaml and /etc/mftprobe/config.yaml")
	f.BoolVar(&o.all, "all", false, "every endpoint of the configuration file")
	f.BoolVar(&o.allAddresses, "all-addresses", false, "probe every address that the host name has, each as a target of its own")
	groupFlags(cmd, groupFile, "config FILE", "all")
	groupFlags(cmd, groupMany, "all-addresses")
	o.batch.define(cmd)
	f.StringVar(&o.lock, "lock", "", "do nothing if another run holds this lock file")
	groupFlags(cmd, groupMany, "lock FILE")
	o.defineGuard(cmd)
}

// defineGuard defines the flags against lock-outs.
func (o *runOptions) defineGuard(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.guard, "lockout-guard", "", "remember refused logins in this file, and do not repeat them")
	f.Lookup("lockout-guard").NoOptDefVal = guardDefault
	f.BoolVar(&o.override, "lockout-override", false, "log in although an earlier login was refused")
	groupFlags(cmd, groupMany, "lockout-guard [FILE]", "lockout-override")
}

// endpoints makes the endpoints that the arguments name: URLs, endpoints and groups.
func (p *program) endpoints(args []string, opt runOptions) ([]config.Endpoint, error) {
	if len(args) == 0 && !opt.all {
		return nil, &usageError{errors.New("no target; give a URL such as ftpes://user@host/dir, or the name of an endpoint")}
	}
	if opt.all && len(args) > 0 {
		return nil, &usageError{errors.New("--all and targets exclude each other")}
	}
	p.env.Dry = opt.dryRun
	s := selection{p: p, opt: opt}
	if err := s.load(args); err != nil {
		return nil, err
	}
	if opt.all {
		args = s.file.Names()
		if len(args) == 0 {
			return nil, fmt.Errorf("%s has no endpoints", s.file.Path)
		}
	}
	for _, arg := range args {
		s.add(arg)
	}
	if s.problems != nil {
		return nil, s.problems
	}
	return s.out, nil
}

// selection collects endpoints and everything that is wrong with them.
type selection struct {
	p        *program
	opt      runOptions
	file     *config.File
	seen     []string
	out      []config.Endpoint
	problems config.Problems
}

// load reads the configuration file, if there is one or one is needed.
func (s *selection) load(args []string) error {
	path := s.opt.configFile
	needed := path != "" || s.opt.all
	if path == "" {
		path = s.p.findConfig()
	}
	named := slices.ContainsFunc(args, func(a string) bool { return !strings.Contains(a, "://") })
	if path == "" && needed {
		return errors.New("no configuration file; give one with --config")
	}
	if path == "" || !needed && !named {
		return nil
	}
	f, err := config.LoadFile(path, s.p.env)
	s.file = f
	return err
}

// findConfig returns the first configuration file of the usual places, or the empty string.
func (p *program) findConfig() string {
	if path, ok := p.env.Getenv("MFTPROBE_CONFIG"); ok && path != "" {
		return path
	}
	dir, ok := p.env.Getenv("XDG_CONFIG_HOME")
	if !ok || dir == "" {
		dir = filepath.Join(p.env.Home, ".config")
	}
	for _, path := range []string{"mftprobe.yaml", filepath.Join(dir, "mftprobe", "config.yaml"), "/etc/mftprobe/config.yaml"} {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

func (s *selection) add(arg string) {
	if strings.Contains(arg, "://") || s.file == nil {
		e, err := s.p.env.FromURL(arg, s.opt.values)
		if err != nil && s.opt.guard == guardDefault && !strings.Contains(arg, "://") {
			err = fmt.Errorf("%s; if it is the file of --lockout-guard, write --lockout-guard=%s", err.Error(), arg)
		}
		s.take(e, err)
		return
	}
	names := s.file.Select(arg)
	if names == nil {
		s.take(config.Endpoint{}, fmt.Errorf("%q is neither a URL nor an endpoint or group of %s", arg, s.file.Path))
		return
	}
	for _, name := range names {
		if slices.Contains(s.seen, name) {
			continue
		}
		s.seen = append(s.seen, name)
		e, err := s.file.Endpoint(s.p.env, name, s.opt.values)
		s.take(e, err)
	}
}

func (s *selection) take(e config.Endpoint, err error) {
	var many config.Problems
	switch {
	case err == nil:
		s.out = append(s.out, e)
	case errors.As(err, &many):
		// A wrong flag is wrong for every target, and told once.
		for _, p := range many {
			if !slices.Contains(s.problems, p) {
				s.problems = append(s.problems, p)
			}
		}
	default:
		s.problems = append(s.problems, config.Problem{Text: err.Error()})
	}
}
