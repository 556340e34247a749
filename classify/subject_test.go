package classify

import (
	"slices"
	"strings"
	"testing"

	"mftprobe/probe"
)

// TestCheckIsAboutTheTransfer: what a step was checked for belongs to the command that moved the data, not to the question
// for a checksum that the driver asked behind it.
func TestCheckIsAboutTheTransfer(t *testing.T) {
	code := func(n int) *probe.Code { return &probe.Code{Space: probe.SpaceFTP, Value: n} }
	j := Judge(probe.Transcript{
		Target: probe.TargetInfo{Protocol: probe.FTP, Host: "h"},
		Steps: []probe.StepResult{
			{Name: "login", Op: probe.OpLogin, Status: probe.StatusPass},
			{Name: "no-put", Op: probe.OpPut, Status: probe.StatusFail, Detail: "expected refused, got 226"},
		},
		Events: []probe.Event{
			{Seq: 1, Step: "login", Direction: probe.Sent, Kind: probe.KindCommand, Command: "USER"},
			{Seq: 2, Step: "login", Direction: probe.Received, Kind: probe.KindReply, Command: "USER", Code: code(230)},
			{Seq: 3, Step: "no-put", Direction: probe.Sent, Kind: probe.KindCommand, Command: "STOR", Text: "STOR a"},
			{Seq: 4, Step: "no-put", Direction: probe.Received, Kind: probe.KindReply, Command: "STOR", Code: code(150)},
			{Seq: 5, Step: "no-put", Direction: probe.Sent, Kind: probe.KindData, Command: "STOR", Bytes: 3},
			{Seq: 6, Step: "no-put", Direction: probe.Received, Kind: probe.KindReply, Command: "STOR", Code: code(226)},
			{Seq: 7, Step: "no-put", Direction: probe.Sent, Kind: probe.KindCommand, Command: "HASH", Text: "HASH a"},
			{Seq: 8, Step: "no-put", Direction: probe.Received, Kind: probe.KindReply, Command: "HASH", Code: code(213)},
			{
				Seq: 9, Step: "no-put", Phase: probe.PhaseVerify, Direction: probe.Local, Kind: probe.KindCheck, Text: "expected refused, got 226",
				Failure: &probe.Failure{Class: probe.ClassUnexpected, Text: "expected refused, got 226"}, Attr: map[string]string{"check": "codes"},
			},
		},
	})
	if !slices.Equal(j.Verdict.Evidence, []int{9, 3}) {
		t.Errorf("evidence %v", j.Verdict.Evidence)
	}
	if !strings.HasPrefix(j.Verdict.Why, `The check in step no-put: "expected refused, got 226".`) {
		t.Error(j.Verdict.Why)
	}
}

// TestSubjectOfAConnection: a connection that did not come about failed; where it was the first, nothing came before it.
func TestSubjectOfAConnection(t *testing.T) {
	refused := probe.Event{
		Seq: 1, Step: "connect", Phase: probe.PhaseTCP, Conn: "control", Direction: probe.Local, Kind: probe.KindConnect,
		Text: "connect to 192.0.2.1:21: connection refused", Failure: &probe.Failure{Class: probe.ClassRefused},
	}
	j := Judge(probe.Transcript{
		Target: probe.TargetInfo{Protocol: probe.FTP, Host: "h"},
		Steps:  []probe.StepResult{{Name: "connect", Op: probe.OpConnect, Status: probe.StatusFail}},
		Events: []probe.Event{refused},
	})
	if !strings.HasPrefix(j.Verdict.Why, `The connection failed: "connect to 192.0.2.1:21: connection refused".`) {
		t.Error(j.Verdict.Why)
	}
}
