package refserver

import "mftprobe/internal/refserver/fault"

// Fault is a named fault with its diagnosis; see its fields.
type Fault = fault.Fault

// Faults returns all named faults, in the order in which a session meets them.
func Faults() []Fault { return fault.Named() }

// plan turns names of faults and effects into what the servers do wrong.
func plan(specs []string) (*fault.Plan, error) {
	effects, err := fault.Resolve(specs...)
	if err != nil {
		return nil, err
	}
	return fault.Parse(effects...)
}
