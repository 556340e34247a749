package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"mftprobe/classify"
	"mftprobe/probe"
)

// schemaVersion is the version of the JSON form.
const schemaVersion = 1

// document is the JSON object of one target, in the order of the contract.
type document struct {
	SchemaVersion int                `json:"schema_version"`
	RunID         string             `json:"run_id"`
	Tool          probe.Tool         `json:"tool"`
	StartedAt     probe.Timestamp    `json:"started_at"`
	Duration      probe.Millis       `json:"duration_ms"`
	Target        probe.TargetInfo   `json:"target"`
	Verdict       classify.Verdict   `json:"verdict"`
	Findings      []classify.Finding `json:"findings"`
	Steps         []probe.StepResult `json:"steps"`
	Events        []probe.Event      `json:"events"`
	Connections   []probe.Connection `json:"connections"`
	Experiments   []probe.Experiment `json:"experiments"`
	Cleanup       probe.Cleanup      `json:"cleanup"`
	Dropped       int                `json:"dropped_events,omitempty"`
	Interrupted   bool               `json:"interrupted,omitempty"`
	Foreign       string             `json:"foreign,omitempty"`
}

// MarshalJSON writes the object of the contract: lists are never null.
func (r Result) MarshalJSON() ([]byte, error) { return json.Marshal(r.document()) }

func (r Result) document() document {
	d := document{
		schemaVersion, r.RunID, r.Tool, r.StartedAt, r.Duration, r.Target, r.Verdict, r.Findings,
		r.Steps, r.Events, r.Connections, r.Experiments, r.Cleanup, r.Dropped, r.Interrupted, r.Foreign,
	}
	d.fillLists()
	return d
}

// UnmarshalJSON reads what MarshalJSON wrote. A key that this version does not know is an error.
func (r *Result) UnmarshalJSON(b []byte) error {
	var d document
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return err
	}
	if d.SchemaVersion != schemaVersion {
		return fmt.Errorf("schema_version is %d, this program reads %d", d.SchemaVersion, schemaVersion)
	}
	r.Transcript = probe.Transcript{
		RunID: d.RunID, Tool: d.Tool, StartedAt: d.StartedAt, Duration: d.Duration, Target: d.Target, Steps: d.Steps,
		Events: d.Events, Connections: d.Connections, Experiments: d.Experiments, Cleanup: d.Cleanup,
		Dropped: d.Dropped, Interrupted: d.Interrupted, Foreign: d.Foreign,
	}
	r.Judgement = classify.Judgement{Verdict: d.Verdict, Findings: d.Findings}
	return nil
}

// orEmpty keeps a list from being null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// fillLists works on copies of what it changes: the result may still be in use.
func (d *document) fillLists() {
	d.Findings, d.Steps = append([]classify.Finding{}, d.Findings...), append([]probe.StepResult{}, d.Steps...)
	d.Connections = append([]probe.Connection{}, d.Connections...)
	d.Experiments = append([]probe.Experiment{}, d.Experiments...)
	d.Events = orEmpty(d.Events)
	v := &d.Verdict
	v.Advice.Us, v.Evidence, v.Alternatives = orEmpty(v.Advice.Us), orEmpty(v.Evidence), orEmpty(v.Alternatives)
	c := &d.Cleanup
	c.Created, c.Removed, c.LeftBehind = orEmpty(c.Created), orEmpty(c.Removed), orEmpty(c.LeftBehind)
	for i := range d.Findings {
		d.Findings[i].Evidence = orEmpty(d.Findings[i].Evidence)
	}
	for i := range d.Steps {
		d.Steps[i].Codes = orEmpty(d.Steps[i].Codes)
	}
	for i := range d.Experiments {
		d.Experiments[i].Evidence = orEmpty(d.Experiments[i].Evidence)
	}
	for i := range d.Connections {
		fillConnection(&d.Connections[i])
	}
}

func fillConnection(c *probe.Connection) {
	if c.TLS != nil {
		t := *c.TLS
		t.Chain = append([]probe.Certificate{}, t.Chain...)
		for i := range t.Chain {
			t.Chain[i].Names = orEmpty(t.Chain[i].Names)
		}
		c.TLS = &t
	}
	if c.SSH != nil {
		s := *c.SSH
		s.AuthMethods = orEmpty(s.AuthMethods)
		if s.ServerOffers == nil {
			s.ServerOffers = map[string][]string{}
		}
		c.SSH = &s
	}
}

// jsonWriter writes one indented object, or an array of them when there are several targets.
type jsonWriter struct {
	w     io.Writer
	enc   *encoder
	array bool
	count int
}

// Result writes one target.
func (j *jsonWriter) Result(r Result) error {
	text, err := j.enc.encode(r.document())
	if err != nil {
		return err
	}
	if j.array {
		separator := ",\n"
		if j.count == 0 {
			separator = "[\n"
		}
		if _, err := io.WriteString(j.w, separator); err != nil {
			return err
		}
	}
	j.count++
	_, err = j.w.Write(text)
	return err
}

// Close ends the document.
func (j *jsonWriter) Close() error {
	end := "\n"
	if j.array {
		if end = "\n]\n"; j.count == 0 {
			end = "[]\n"
		}
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// lineWriter writes one object a line.
type lineWriter struct {
	w   io.Writer
	enc *encoder
}

// Result writes one target.
func (l lineWriter) Result(r Result) error {
	text, err := l.enc.encode(r.document())
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(text, '\n'))
	return err
}

// Close ends the document.
func (lineWriter) Close() error { return nil }

// writeJSON writes v, indented.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encoding the result: %w", err)
	}
	_, err := w.Write(append(layOut(nil, bytes.TrimRight(b.Bytes(), "\n"), layout{indent: true}), '\n'))
	return err
}

// Decode reads results: one object, an array, or one object a line. The error names the object.
func Decode(r io.Reader) ([]Result, error) {
	dec := json.NewDecoder(r)
	var out []Result
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", len(out)+1, err)
		}
		if raw[0] == '[' {
			var list []Result
			if err := json.Unmarshal(raw, &list); err != nil {
				return nil, fmt.Errorf("array: %w", err)
			}
			out = append(out, list...)
			continue
		}
		var one Result
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, fmt.Errorf("object %d: %w", len(out)+1, err)
		}
		out = append(out, one)
	}
}
