package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mftprobe/internal/config"
)

// flagProblem puts an error of the flag library into our words. It shows no more than the flag's name of a flag that is not
// known: what stands behind it may be a password.
func flagProblem(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		_, arg := groupOf(missing.GetFlag())
		return fmt.Errorf("--%s: the value is missing; give %s", missing.GetFlag().Name, strings.Trim(arg, "[]"))
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s: %q is not %s", invalid.GetFlag().Name, invalid.GetValue(), kindOfFlag(invalid.GetFlag()))
	}
	return err
}

// passwordFlags are what people try for a password on the command line.
var passwordFlags = []string{"p", "password", "passwd", "passphrase", "pass", "pw", "pwd"}

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	name, dashes := e.GetSpecifiedName(), "--"
	if e.GetSpecifiedShortnames() != "" {
		dashes = "-"
	}
	hint := ""
	switch near := config.Nearest(name, flagNames(cmd)); {
	case slices.Contains(passwordFlags, name):
		hint = "; others could read a password on the command line: use --password-file, --password-env or --netrc"
	case dashes == "--" && near != "":
		hint = "; did you mean --" + near + "?"
	}
	return fmt.Errorf("unknown flag: %s%s%s", dashes, name, hint)
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func kindOfFlag(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "count":
		return "a number"
	case "bool":
		return "true or false"
	case "duration":
		return "a duration; write 10s or 1m30s"
	}
	return "a value of this flag"
}

// durationFlag reads a duration as the settings do.
type durationFlag struct{ d *time.Duration }

// Set reads the text.
func (f durationFlag) Set(text string) (err error) {
	*f.d, err = config.ReadDuration(text)
	return err
}

// String returns nothing: the defaults stand in the help.
func (f durationFlag) String() string { return "" }

// Type names the kind of value.
func (f durationFlag) Type() string { return "duration" }

// noCommand is met by a word that is no command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if strings.Contains(args[0], "://") { // it may hold a password
		return &usageError{fmt.Errorf("a target needs a command in front of it, as in %s run ftpes://user@host/dir", toolName)}
	}
	return &usageError{fmt.Errorf("unknown command %q%s", args[0], nearCommand(cmd, args[0]))}
}

func nearCommand(cmd *cobra.Command, word string) string {
	var names []string
	for _, c := range cmd.Root().Commands() {
		names = append(names, c.Name())
	}
	if near := config.Nearest(word, names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// noArguments is for commands that take flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Errorf("%s takes no argument %q", cmd.Name(), args[0])}
	}
	return nil
}

// helpCommand is cobra's, but that a word which is no command is wrong use.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about a command or topic",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 && about == cmd.Root() {
				return &usageError{fmt.Errorf("no help for %q%s", args[0], nearCommand(cmd, args[0]))}
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// completionWithoutShell makes cobra's command refuse a shell that it does not know.
func completionWithoutShell(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(*cobra.Command, []string) error {
				return &usageError{errors.New("completion needs a shell: bash, fish, powershell or zsh")}
			}
		}
	}
}
