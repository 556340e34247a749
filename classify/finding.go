package classify

import "mftprobe/probe"

// findingsOf lists the defects and risks that the run survived.
func findingsOf(*probe.Transcript) []Finding { return []Finding{} }
