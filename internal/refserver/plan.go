package refserver

import "mftprobe/internal/refserver/fault"

// plan turns names of faults and effects into what the servers do wrong.
func plan(specs []string) (*fault.Plan, error) { return fault.Parse(specs...) }
