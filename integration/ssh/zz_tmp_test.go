package ssh

import (
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

func TestTmpFaults(t *testing.T) {
	s := lab.Use(t, lab.OpenSSH, "none")
	for _, f := range s.Faults(t) {
		for _, mode := range []lab.Mode{lab.SFTP, lab.External} {
			if mode == lab.External && f != "profile-text" && f != "subsystem-silent"&& f != "read-only" { continue }
			t.Run(f, func(t *testing.T) {
				s.Switch(t, f)
				target := targetOf(t, s, mode)
				tr := run(t, target)
				for _, st := range tr.Steps {
					if st.Status != probe.StatusPass && st.Status != probe.StatusSkipped { t.Logf("STEP %s %s %.0fms %s", st.Name, st.Status, float64(st.Duration)/1e6, st.Detail) }
				}
				n:=0
				for _, e := range tr.Events {
					if e.Kind==probe.KindKexInit || e.Kind==probe.KindConnect || e.Kind==probe.KindRequest { continue }
					if e.Failure==nil && e.Kind==probe.KindResponse && (e.Code==nil || e.Code.Value==0) { continue }
					n++
					fl := ""
					if e.Failure != nil { fl = string(e.Failure.Class) }
					t.Logf("  %s %s %s %s %s %v %q %s %v", e.Step, e.Phase, e.Direction, e.Kind, e.Command, e.Code, e.Text[:min(len(e.Text),150)], fl, e.Attr)
				}
			})
		}
	}
}
