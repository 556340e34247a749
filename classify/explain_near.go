package classify

import (
	"cmp"
	"slices"
	"strings"
)

const (
	maxSuggestions = 4
	maxWord        = 64 // bytes; longer queries are sentences and get no suggestions
)

// asWord brings a query into the form of the vocabulary: "Bad credentials" is "bad-credentials".
func asWord(text string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), " ", "-")
}

// nearMisses returns names of codes and words of the vocabulary that are close to the query.
func nearMisses(text string) []string {
	word := canonical(strings.TrimSpace(text))
	if word == "" || len(word) > maxWord {
		return nil
	}
	type miss struct {
		name string
		far  int
	}
	var out []miss
	consider := func(name, form string) {
		if far := distance(word, form); far <= max(1, len(form)/4) {
			out = append(out, miss{name, far})
		}
	}
	for _, n := range numberings() {
		for _, e := range n.entries {
			consider(e.name, canonical(e.name))
		}
	}
	for _, c := range Causes() {
		consider(string(c), canonical(string(c)))
	}
	slices.SortStableFunc(out, func(a, b miss) int { return cmp.Compare(a.far, b.far) })
	var names []string
	for _, m := range out[:min(len(out), maxSuggestions)] {
		names = append(names, m.name)
	}
	return names
}

// distance is the number of single-letter edits between a and b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := before
			if a[i-1] != b[j-1] {
				cost++
			}
			before = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
