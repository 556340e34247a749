package drivertest

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"mftprobe/probe"
)

// Play carries out steps, those without a name under the name of their operation, and the default
// script if there are none.
func Play(t *testing.T, target probe.Target, open func(probe.Target, *probe.Recorder) probe.Driver, steps ...probe.Step) probe.Transcript {
	t.Helper()
	if len(steps) == 0 {
		steps = probe.DefaultScript(target.Protocol).Steps
	}
	return probe.Run(t.Context(), probe.Job{
		Target: target, Script: probe.Script{Steps: named(steps)}, Open: open, RunID: newRun(), PayloadSize: probe.DefaultPayloadSize,
	})
}

// newRun makes a run id that no run before has had.
func newRun() string {
	return "t" + hex.EncodeToString([]byte{byte(runs.Add(1)), byte(time.Now().UnixMicro()), byte(time.Now().UnixMilli())})
}

// Session puts connect and login before the steps and quit behind them.
func Session(steps ...probe.Step) []probe.Step {
	all := append([]probe.Step{{Op: probe.OpConnect}, {Op: probe.OpLogin}}, steps...)
	return append(all, probe.Step{Op: probe.OpQuit, Always: true})
}

// Show makes a transcript readable, for a test that has failed.
func Show(tr probe.Transcript) string {
	var b strings.Builder
	for _, s := range tr.Steps {
		fmt.Fprintf(&b, "step %-8s %-8s %6.1f ms  %s\n", s.Name, s.Status, ms(s.Duration), s.Detail)
	}
	for _, e := range tr.Events {
		failure, code := "", ""
		if e.Failure != nil {
			failure = "FAILURE " + string(e.Failure.Class)
		}
		if e.Code != nil {
			code = fmt.Sprintf("%s %d %s", e.Code.Space, e.Code.Value, e.Code.Name)
		}
		if e.Kind == probe.KindKexInit {
			e.Attr = nil
		}
		fmt.Fprintf(&b, "%3d %6.1f %-8s %-9s %-8s %-10s %-9s %s %q %d %s %v\n", e.Seq, ms(e.At), e.Step, e.Phase, e.Direction, e.Kind, e.Command, code,
			e.Text[:min(len(e.Text), 120)], e.Bytes, failure, e.Attr)
	}
	return b.String()
}

func ms[T ~int64](d T) float64 { return float64(time.Duration(d).Microseconds()) / 1000 }
