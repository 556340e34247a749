package classify

import (
	"encoding/json"

	"mftprobe/probe"
)

// Judgement is everything that [Judge] says about one transcript.
type Judgement struct {
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"`
}

// Verdict says where a run failed, why, on whose side that is and what to do. A run that passed has
// an outcome and a depth, and the rest of it is empty and null in JSON.
type Verdict struct {
	Outcome      Outcome       `json:"outcome"`
	Step         string        `json:"step"`
	Phase        probe.Phase   `json:"phase"`
	Cause        Cause         `json:"cause"`
	Side         Side          `json:"side"`
	Confidence   Confidence    `json:"confidence"`
	Retry        Retry         `json:"retry"`
	Code         *probe.Code   `json:"code"`
	Title        string        `json:"title"`
	Why          string        `json:"why"`
	Advice       Advice        `json:"advice"`
	Evidence     []int         `json:"evidence"` // sequence numbers of events, the decisive one first
	Alternatives []Alternative `json:"alternatives"`
	Depth        Depth         `json:"depth"`
}

// Advice is what to do here, most useful first, and a message that can be sent to the other party.
type Advice struct {
	Us   []string `json:"us"`
	Them string   `json:"them"`
}

// Alternative is a cause that the evidence does not exclude, with the test that would.
type Alternative struct {
	Cause      Cause      `json:"cause"`
	Side       Side       `json:"side"`
	Confidence Confidence `json:"confidence"`
	SettleBy   string     `json:"settle_by"`
}

// Depth says how far a run got, in steps. Skipped steps count towards the total.
type Depth struct {
	Passed int `json:"passed"`
	Total  int `json:"total"`
}

// Severity grades a finding. A warning asks somebody to act before it becomes a failure; an error
// means that something is already wrong although the run went on.
type Severity string

// Severities of a finding.
const (
	SeverityInfo    Severity = "info"
	SeverityWarning Severity = "warning"
	SeverityError   Severity = "error"
)

// Finding is a defect or risk that the run survived.
type Finding struct {
	Severity Severity `json:"severity"`
	Cause    Cause    `json:"cause"` // the closest word of the vocabulary; empty if none is close
	Step     string   `json:"step"`
	Title    string   `json:"title"`
	Detail   string   `json:"detail"`
	Evidence []int    `json:"evidence"`
}

// MarshalJSON encodes the verdict's document.
func (v Verdict) MarshalJSON() ([]byte, error) { return json.Marshal(v.Document()) }

// Document returns the verdict as JSON shows it: in the order of the fields, null for what does not apply.
func (v Verdict) Document() any {
	return struct {
		Outcome      Outcome       `json:"outcome"`
		Step         *string       `json:"step"`
		Phase        *probe.Phase  `json:"phase"`
		Cause        *Cause        `json:"cause"`
		Side         *Side         `json:"side"`
		Confidence   *Confidence   `json:"confidence"`
		Retry        *Retry        `json:"retry"`
		Code         *probe.Code   `json:"code"`
		Title        string        `json:"title"`
		Why          string        `json:"why"`
		Advice       Advice        `json:"advice"`
		Evidence     []int         `json:"evidence"`
		Alternatives []Alternative `json:"alternatives"`
		Depth        Depth         `json:"depth"`
	}{
		v.Outcome, orNull(v.Step), orNull(v.Phase), orNull(v.Cause), orNull(v.Side), orNull(v.Confidence), orNull(v.Retry),
		v.Code, v.Title, v.Why, v.Advice, v.Evidence, v.Alternatives, v.Depth,
	}
}

// MarshalJSON encodes the finding's document.
func (f Finding) MarshalJSON() ([]byte, error) { return json.Marshal(f.Document()) }

// Document returns the finding as JSON shows it: null for a cause that no word of the vocabulary covers.
func (f Finding) Document() any {
	return struct {
		Severity Severity `json:"severity"`
		Cause    *Cause   `json:"cause"`
		Step     string   `json:"step"`
		Title    string   `json:"title"`
		Detail   string   `json:"detail"`
		Evidence []int    `json:"evidence"`
	}{f.Severity, orNull(f.Cause), f.Step, f.Title, f.Detail, f.Evidence}
}

// orNull returns nil for the empty word, which JSON shows as null.
func orNull[T ~string](word T) *T {
	if word == "" {
		return nil
	}
	return &word
}
