package cli

import (
	"fmt"
	"io"
	"strings"

	"mftprobe/internal/refserver"
)

// listFaults prints what serve can do wrong, and what run says of it.
func (p *program) listFaults() error {
	var b strings.Builder
	b.WriteString("Faults for serve --fault NAME, and what run says of them:\n\n")
	for _, f := range refserver.Faults() {
		fmt.Fprintf(&b, "  %-24s %s (%s)\n", f.Name, f.Summary, strings.Join(f.Protocols, " "))
		fmt.Fprintf(&b, "  %-24s %s\n", "", diagnosisText(f))
		if len(f.Flags) > 0 {
			fmt.Fprintf(&b, "  %-24s met with run %s\n", "", strings.Join(f.Flags, " "))
		}
	}
	b.WriteString("\nA fault of your own is written as ACTION:POINT=VALUE, such as \"say:put=552 Quota exceeded\" or \"delay:login=3s\".\n")
	_, err := io.WriteString(p.stdout, b.String())
	return outputError("standard output", err)
}

func diagnosisText(f refserver.Fault) string {
	d := f.Diagnosis
	if d.Cause == "" {
		return "-> " + d.Outcome
	}
	return fmt.Sprintf("-> %s %s, side %s, step %s, phase %s", d.Outcome, d.Cause, d.Side, d.Step, d.Phase)
}
