package sshconfig

import (
	"path"
	"slices"
	"strings"

	"mftprobe/probe"
)

// listWords are the words whose values are lists of algorithms.
var listWords = []string{"KexAlgorithms", "Ciphers", "MACs", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms"}

// Algorithms returns options with the five algorithm lists of the host; a list that the
// configuration does not name is nil. offer holds the lists that are offered by default, which the
// signs +, - and ^ in front of a value change; known holds all that can be spoken. What cannot is
// left out and returned by name.
func (h Host) Algorithms(offer, known probe.SSHOptions) (lists probe.SSHOptions, unknown []string) {
	for i, word := range listWords {
		value, ok := h.lists[word]
		if !ok {
			continue
		}
		names, strange := split(expand(value, *field(&offer, i)), *field(&known, i))
		*field(&lists, i) = names
		for _, n := range strange {
			unknown = append(unknown, word+" "+n)
		}
	}
	return lists, unknown
}

// field returns the list that belongs to a word of listWords.
func field(o *probe.SSHOptions, word int) *[]string {
	return []*[]string{&o.KeyExchanges, &o.Ciphers, &o.MACs, &o.HostKeyAlgorithms, &o.PubkeyAlgorithms}[word]
}

// expand applies the sign in front of a value: + appends to the default, ^ puts in front of it, and -
// takes away, for which names may hold wildcards.
func expand(value string, def []string) []string {
	names := strings.Split(strings.TrimLeft(value, "+-^"), ",")
	switch value[0] {
	case '+':
		return distinct(slices.Concat(def, names))
	case '^':
		return distinct(slices.Concat(names, def))
	case '-':
		return slices.DeleteFunc(slices.Clone(def), func(n string) bool { return matchesAny(names, n) })
	}
	return distinct(names)
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	})
}

func distinct(names []string) []string {
	var out []string
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// split parts names into those that are in known and the others.
func split(names, known []string) (in, others []string) {
	for _, n := range names {
		n = strings.TrimSpace(n)
		if slices.Contains(known, n) {
			in = append(in, n)
		} else {
			others = append(others, n)
		}
	}
	return in, others
}
