// Package compare holds two runs of the same script against each other: the endpoint in question
// and a neutral one. What both have in common is this program, this host and its way out; where one
// passes and the other does not, the difference is at the endpoints or on the way to one of them.
//
// The package is pure: internal/cli runs both and prints the result.
package compare

import (
	"fmt"
	"slices"

	"mftprobe/classify"
	"mftprobe/probe"
)

// Party is one side of the comparison.
type Party struct {
	Label      string // "A", "B", a name or "embedded"
	Transcript probe.Transcript
	Judgement  classify.Judgement
	Local      bool // on this host: the network has no part in what happens there
}

// Truth sums up who passed.
type Truth string

// The four rows of the truth table.
const (
	BothPass  Truth = "both-pass"
	OnlyBPass Truth = "only-b-passes"
	OnlyAPass Truth = "only-a-passes"
	BothFail  Truth = "both-fail"
)

// Comparison is the result. A is the endpoint in question, B the neutral one.
type Comparison struct {
	A           string        `json:"a"`
	B           string        `json:"b"`
	Truth       Truth         `json:"truth"`
	Side        classify.Side `json:"side,omitempty"` // empty when both pass
	Why         string        `json:"why"`
	SettleBy    string        `json:"settle_by,omitempty"`
	Steps       []Row         `json:"steps"`
	Differences []Difference  `json:"differences"`
}

// Row is one step on both sides; an empty status means that the side has no such step.
type Row struct {
	Step  string `json:"step"`
	A     Cell   `json:"a"`
	B     Cell   `json:"b"`
	Equal bool   `json:"equal"`
}

// Cell is how a step ended: the status, the code that decided it and the time.
type Cell struct {
	Status   probe.Status `json:"status"`
	Code     *probe.Code  `json:"code"`
	Duration probe.Millis `json:"duration_ms"`
}

// Difference is one thing that the two sides do not share. One that matters can make a transfer
// fail; the others are for the reader.
type Difference struct {
	What    string `json:"what"` // code, feature, tls, algorithm, timing, finding
	Step    string `json:"step,omitempty"`
	A       string `json:"a"`
	B       string `json:"b"`
	Matters bool   `json:"matters"`
}

// Compare lines the two runs up. It does not change what was judged of each.
func Compare(a, b Party) Comparison {
	c := Comparison{A: a.Label, B: b.Label, Truth: truth(a, b), Steps: rows(a.Transcript, b.Transcript), Differences: []Difference{}}
	c.Side, c.Why, c.SettleBy = side(c.Truth, a, b)
	c.Differences = append(c.Differences, codeDifferences(c.Steps)...)
	c.Differences = append(c.Differences, factDifferences(a.Transcript, b.Transcript)...)
	c.Differences = append(c.Differences, timingDifferences(c.Steps)...)
	c.Differences = append(c.Differences, findingDifferences(a, b)...)
	return c
}

func (p Party) passed() bool {
	o := p.Judgement.Verdict.Outcome
	return o == classify.OutcomePass || o == classify.OutcomeWarn
}

func truth(a, b Party) Truth {
	switch {
	case a.passed() && b.passed():
		return BothPass
	case b.passed():
		return OnlyBPass
	case a.passed():
		return OnlyAPass
	}
	return BothFail
}

// side says where to look, from who passed and from where on the ladder the failure stands.
func side(truth Truth, a, b Party) (s classify.Side, why, settle string) {
	switch truth {
	case BothPass:
		return "", "The same script passes on both: no difference that matters.", ""
	case OnlyBPass:
		return oneSided(a, b)
	case OnlyAPass:
		s, why, settle = oneSided(b, a)
		return s, why + " The endpoint in question passes; it is the one to compare with that fails.", settle
	}
	return bothFailed(a, b)
}

// oneSided: this program and its settings work with good, so they are not what breaks bad.
func oneSided(bad, good Party) (s classify.Side, why, settle string) {
	v := bad.Judgement.Verdict
	where := fmt.Sprintf("%s fails at step %s (%s), %s passes with the same script", bad.Label, v.Step, v.Cause, good.Label)
	switch {
	case reaching(v.Phase) && good.Local:
		return v.Side, where + ", but it runs on this host, so the network to " + bad.Label + " is not tested by it.",
			"Run the same comparison with a neutral endpoint outside, or run mftprobe from another network."
	case reaching(v.Phase):
		return classify.SideNetwork, where + " over this host's network: the way to " + bad.Label + " or the door there is closed.",
			"Ask the other party whether they see the connection arrive."
	case credentials(v.Phase) && v.Side == classify.SideOurs:
		return classify.SideEither, where + ": the login works as such; these credentials do not at " + bad.Label + ".",
			"Have the other party confirm account, password or key, and watch their log during one attempt."
	}
	return classify.SideTheirs, where + ": this program, its settings and this host do the job elsewhere.",
		"Send the record to the other party; `mftprobe judge` compares it with their log."
}

// bothFailed: what fails in the same way at two strangers is what they share, which is us.
func bothFailed(a, b Party) (s classify.Side, why, settle string) {
	va, vb := a.Judgement.Verdict, b.Judgement.Verdict
	if va.Cause != vb.Cause && (va.Step != vb.Step || va.Phase != vb.Phase) {
		return classify.SideUndecided, fmt.Sprintf("%s fails at step %s (%s), %s at step %s (%s): two different failures.", a.Label, va.Step, va.Cause, b.Label, vb.Step, vb.Cause),
			"Make the neutral endpoint pass first, then compare again."
	}
	same := fmt.Sprintf("Both fail in the same way at step %s (%s): what they share is this host, its settings and its way out.", va.Step, va.Cause)
	if reaching(va.Phase) || va.Side == classify.SideNetwork {
		return classify.SideNetwork, same, "Check this host's firewall and proxy for outgoing connections, or run from another network."
	}
	return classify.SideOurs, same, "Check the account, the password or key and the options of this call."
}

// reaching tells the phases in which no server has answered yet, or in which a second connection is
// made through the network.
func reaching(p probe.Phase) bool {
	return slices.Contains([]probe.Phase{probe.PhaseDNS, probe.PhaseTCP, probe.PhaseProxy, probe.PhaseDataConnect}, p)
}

func credentials(p probe.Phase) bool { return p == probe.PhaseLogin || p == probe.PhaseAuth }
