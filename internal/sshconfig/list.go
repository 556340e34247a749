package sshconfig

import (
	"slices"
	"strings"
)

// List applies the value of a list of algorithms to the list of those that are usual: + in front
// appends to it, ^ puts in front of it, - takes away. A name with wildcards stands for what it matches
// of the usual ones when it takes away, else of all.
func List(value string, usual, all []string) []string {
	if value == "" {
		return usual
	}
	names := strings.Split(strings.TrimLeft(value[:1], "+-^")+value[1:], ",")
	switch value[0] {
	case '+':
		names = slices.Concat(usual, names)
	case '^':
		names = slices.Concat(names, usual)
	case '-':
		names = slices.DeleteFunc(slices.Clone(usual), func(n string) bool { return matchesList(names, n) })
	}
	var out []string
	for _, n := range names {
		some := []string{n}
		if strings.ContainsAny(n, "*?") {
			some = slices.DeleteFunc(slices.Clone(all), func(a string) bool { return !matchesPattern(n, a) })
		}
		for _, s := range some {
			if s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}
