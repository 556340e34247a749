package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mftprobe/internal/config"
)

// settingFlag collects what was given for one setting. It checks nothing: config does, so that flags
// and files have the same errors.
type settingFlag struct {
	setting config.Setting
	texts   []string
}

// Set adds a value; of a setting that takes one, the last one counts.
func (f *settingFlag) Set(text string) error {
	if !f.setting.Many {
		f.texts = nil
	}
	f.texts = append(f.texts, text)
	return nil
}

// String returns nothing: the defaults stand in the help.
func (f *settingFlag) String() string { return "" }

// Type returns the placeholder of help.
func (f *settingFlag) Type() string {
	if f.setting.Arg == "" {
		return "bool"
	}
	return f.setting.Arg
}

// settingFlags defines a flag for every setting and returns a function that gives what was set.
func settingFlags(cmd *cobra.Command) func() config.Values {
	var all []*settingFlag
	for _, s := range config.Settings() {
		f := &settingFlag{setting: s}
		all = append(all, f)
		flag := cmd.Flags().VarPF(f, s.Name, s.Short, s.Help)
		if s.Arg == "" {
			flag.NoOptDefVal = "true"
		}
	}
	return func() config.Values {
		values := config.Values{}
		for _, f := range all {
			if f.texts != nil {
				values[f.setting.Name] = config.Value{Texts: f.texts, Origin: "--" + f.setting.Name}
			}
		}
		return values
	}
}

// groupOf tells where in the help a flag stands and what stands for its value. A setting knows it itself:
// the annotations of some eighty flags would be made for every run, and read only for the help.
func groupOf(f *pflag.Flag) (group, arg string) {
	if s, ok := f.Value.(*settingFlag); ok {
		return s.setting.Group, s.setting.Arg
	}
	if g := f.Annotations[groupAnnotation]; g != nil {
		return g[0], g[1]
	}
	return "Flags", ""
}

// groupFlags puts flags that are defined in the ordinary way under a heading: "name" or "name ARG".
func groupFlags(cmd *cobra.Command, group string, flags ...string) {
	for _, flag := range flags {
		name, arg, _ := strings.Cut(flag, " ")
		cmd.Flags().Lookup(name).Annotations = map[string][]string{groupAnnotation: {group, arg}}
	}
}
