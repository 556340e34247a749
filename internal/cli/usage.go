package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mftprobe/internal/report"
)

// groupAnnotation holds the heading under which a flag is shown, and what stands for its value.
const groupAnnotation = "group"

// usage prints flags under headings, in the order in which they were defined.
func usage(cmd *cobra.Command) error {
	w := cmd.OutOrStderr()
	fmt.Fprintf(w, "Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	usageCommands(w, cmd)
	groups := []string{}
	flags := map[string][]*pflag.Flag{}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		group, _ := groupOf(f)
		if f.Hidden {
			return
		}
		if flags[group] == nil {
			groups = append(groups, group)
		}
		flags[group] = append(flags[group], f)
	})
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s:\n", g)
		for _, f := range flags[g] {
			fmt.Fprintln(w, flagLine(f))
		}
	}
	return nil
}

func usageCommands(w io.Writer, cmd *cobra.Command) {
	heading := "\nCommands:\n"
	for _, topics := range []bool{false, true} {
		for _, c := range cmd.Commands() {
			if c.Hidden || c.IsAdditionalHelpTopicCommand() != topics || !c.IsAvailableCommand() && !topics {
				continue
			}
			name := c.Name()
			for _, line := range report.Wrap(c.Short, helpWidth-15) {
				fmt.Fprintf(w, "%s  %-12s %s\n", heading, name, line)
				heading, name = "", ""
			}
		}
		heading = "\nTopics (" + cmd.Root().Name() + " help TOPIC):\n"
	}
}

// Columns of a flag's line.
const (
	helpColumn = 30
	helpWidth  = 80
)

// flagLine is "  -i, --identity KEY   help", readable at 80 columns.
func flagLine(f *pflag.Flag) string {
	head := "      --" + f.Name
	if f.Shorthand != "" {
		head = "  -" + f.Shorthand + ", --" + f.Name
	}
	if _, arg := groupOf(f); strings.HasPrefix(arg, "[") {
		head += "[=" + arg[1:]
	} else if arg != "" {
		head += " " + arg
	}
	var b strings.Builder
	if len(head) >= helpColumn {
		b.WriteString(head + "\n")
		head = ""
	}
	for _, line := range report.Wrap(f.Usage, helpWidth-helpColumn) {
		fmt.Fprintf(&b, "%-*s%s\n", helpColumn, head, line)
		head = ""
	}
	return strings.TrimRight(b.String(), "\n")
}
