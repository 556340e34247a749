package classify

import (
	"mftprobe/probe"
)

// Query is what [Explain] is asked: a code by number or name, a pasted reply line, or the error text
// of any client. What is not known stays empty.
type Query struct {
	Text     string
	Protocol probe.Protocol // a scheme
	Step     string         // step, operation, phase, or FTP command or SFTP request
	Code     *probe.Code    // nil: to be read from Text
}

// Explanation says what a code or text means and what may stand behind it, most likely first.
type Explanation struct {
	Query       string      `json:"query"`
	Space       probe.Space `json:"space"` // empty: the text holds no code
	Code        *int        `json:"code"`  // nil likewise
	Name        string      `json:"name"`
	Meaning     string      `json:"meaning"`
	Source      string      `json:"source"`
	Notes       []string    `json:"notes"`
	Causes      []Candidate `json:"causes"`
	Suggestions []string    `json:"suggestions,omitempty"` // what else the query may have meant
}

// Candidate is one possible cause with the test that would settle it.
type Candidate struct {
	Cause      Cause      `json:"cause"`
	Side       Side       `json:"side"`
	Confidence Confidence `json:"confidence"`
	SettleBy   string     `json:"settle_by"`
	Advice     Advice     `json:"advice"`
}

// Explain never fails: what it does not know it calls unexplained, and suggests what is close. Only
// the first 2 KiB of the text are looked at.
func Explain(q Query) Explanation {
	out := Explanation{Query: printable(q.Text, maxText), Notes: []string{}, Causes: []Candidate{}}
	if e, ok := catalogue()[Cause(asWord(q.Text))]; ok {
		return explainWord(out, e)
	}
	c := q.code()
	out.show(c)
	at := q.place(c)
	if note, ok := lengthNote(q.Text); ok && q.Protocol != probe.FTP {
		out.Notes = append(out.Notes, note)
	}
	suspects := weigh(q, c, at)
	if len(suspects) == 0 && c.known() && isSuccess(c) {
		out.Notes = append(out.Notes, "This code reports success or progress; alone it points to no fault.")
		return out
	}
	if len(suspects) == 0 {
		out.Suggestions = nearMisses(q.Text)
		suspects = byPlace(q.Protocol, at)
		out.Notes = append(out.Notes, "The words are not known here. What is named is what usually fails at this point, not what the words say.")
	}
	for _, s := range suspects {
		out.Causes = append(out.Causes, s.candidate(q))
	}
	out.Suggestions = append(out.Suggestions, c.others...)
	return out
}

// byPlace names what usually fails at a place, for words that nobody knows. Without a place the
// answer is that there is none.
func byPlace(p probe.Protocol, at place) []suspect {
	var out []suspect
	for _, c := range usual.at(at) {
		if at != anywhere && canOccur(c, p) {
			out = append(out, suspect{cause: c})
		}
	}
	if len(out) == 0 {
		return []suspect{{cause: CauseUnexplained}}
	}
	return out
}

// explainWord answers a word of the vocabulary itself.
func explainWord(out Explanation, e Entry) Explanation {
	out.Name, out.Meaning, out.Source = string(e.Cause), e.Title+". "+e.Meaning, e.Source
	out.Causes = append(out.Causes, suspect{cause: e.Cause, confidence: Certain}.candidate(Query{}))
	for _, c := range e.LookAlikes {
		out.Causes = append(out.Causes, suspect{cause: c, confidence: Possible}.candidate(Query{}))
	}
	return out
}

// show copies what the table knows of a code.
func (x *Explanation) show(c reading) {
	if c.space == "" {
		return
	}
	value := c.value
	x.Space, x.Code = c.space, &value
	if c.entry == nil {
		x.Notes = append(x.Notes, "This number is not in the standard or in the documents that we know; its first digit gives the class.")
		return
	}
	x.Name, x.Meaning, x.Source = c.entry.name, c.entry.meaning, c.entry.source
	x.Notes = append(x.Notes, c.entry.notes...)
}

// isSuccess tells whether the code is good news.
func isSuccess(c reading) bool {
	switch c.space {
	case probe.SpaceFTP:
		return c.value < 400 || c.value >= 600
	case probe.SpaceSFTP, probe.SpaceTLSAlert, spaceIIS:
		return c.value <= 1
	}
	return false
}

// candidate dresses a suspect with what the catalogue knows, the facts of the query filled in.
func (s suspect) candidate(q Query) Candidate {
	e := Lookup(s.cause)
	if s.confidence == "" {
		s.confidence = Possible
	}
	facts := Facts{Step: q.Step, Text: q.Text}
	return Candidate{
		Cause: e.Cause, Side: e.Side, Confidence: s.confidence, SettleBy: e.SettleBy,
		Advice: Advice{Us: e.Us, Them: facts.Fill(e.Them)},
	}
}
