package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mftprobe/classify"
	"mftprobe/internal/report"
	"mftprobe/probe"
)

func (p *program) explainCommand() *cobra.Command {
	var protocol, step, form, color string
	cmd := &cobra.Command{
		Use:   "explain CODE or TEXT",
		Short: "Say what a code or an error text means and what may stand behind it",
		Example: "  mftprobe explain 425\n  mftprobe explain sftp 4\n  mftprobe explain ssh 2\n" +
			"  mftprobe explain --step put \"553 Could not create file.\"\n  mftprobe explain cert-expired",
		RunE: func(_ *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, " ")) == "" {
				return &usageError{errors.New("nothing to explain; give a code such as 425 or a text in quotes")}
			}
			proto, err := parseProtocol(protocol)
			if err != nil {
				return &usageError{err}
			}
			x := classify.Explain(classify.Query{Text: strings.Join(args, " "), Protocol: proto, Step: step})
			if form != "text" && form != "json" {
				return &usageError{fmt.Errorf("-o %s: unknown form; known are text, json", form)}
			}
			err = report.Explain(form, p.stdout, x, report.TextOptions{Color: p.colour(color), Width: p.tty.width})
			return outputError("standard output", err)
		},
	}
	cmd.Flags().StringVar(&protocol, "protocol", "", "ftp, ftpes, ftps or sftp, if it is known")
	cmd.Flags().StringVar(&step, "step", "", "step, phase or command at which it came, if it is known")
	cmd.Flags().StringVarP(&form, "output", "o", "text", "text or json (text)")
	cmd.Flags().StringVar(&color, "color", "auto", "auto, always or never (auto)")
	groupFlags(cmd, "Flags", "protocol WORD", "step NAME", "output FORM", "color WHEN")
	return cmd
}

// parseProtocol reads a scheme; the empty word is any.
func parseProtocol(word string) (probe.Protocol, error) {
	p := probe.Protocol(strings.ToLower(word))
	if word != "" && p.DefaultPort() == 0 {
		return "", fmt.Errorf("--protocol: %q is not one of ftp, ftpes, ftps, sftp", word)
	}
	return p, nil
}
