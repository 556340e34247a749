package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxProblems bounds the lines that one file can produce.
const maxProblems = 50

// document walks one YAML file and collects what is wrong with it, each with line and column. It is
// stricter than decoding into structs: nothing is guessed, and one run tells everything.
type document struct {
	name     string
	problems Problems
}

// parseYAML returns the root node. An empty file has none.
func parseYAML(name string, text []byte) (*document, *yaml.Node, error) {
	doc := &document{name: name}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return doc, nil, Problems{{Origin: name, Text: yamlText(err)}}
	}
	if len(root.Content) == 0 {
		return doc, nil, Problems{{Origin: name, Text: "the file is empty"}}
	}
	return doc, root.Content[0], nil
}

// yamlText takes the library's name off its error and joins its lines.
func yamlText(err error) string {
	if strings.Contains(err.Error(), "cannot start any token") {
		return strings.TrimPrefix(err.Error(), "yaml: ") + "; YAML is indented with blanks, not with tabs, and a word that begins with %, @ or ` needs quotes"
	}
	var many *yaml.TypeError
	if errors.As(err, &many) {
		return strings.Join(many.Errors, "; ")
	}
	return strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")
}

func (doc *document) origin(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", doc.name, n.Line, n.Column)
}

func (doc *document) fault(n *yaml.Node, format string, args ...any) {
	if len(doc.problems) < maxProblems {
		doc.problems.add(doc.origin(n), fmt.Sprintf(format, args...))
	}
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string // underscores are written as hyphens, so that both forms mean the same
	node  *yaml.Node
	value *yaml.Node
}

// entries returns the keys of a mapping in order; what is wrong with them is noted. Aliases and merge
// keys are refused: a configuration that says where each value stands is worth more.
func (doc *document) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		doc.fault(n, "%s must be a mapping of keys, not %s", what, kindOf(n))
		return nil
	}
	var out []entry
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Tag == "!!merge":
			doc.fault(k, "%s has a merge key; write its values out, or put them into defaults", what)
			continue
		case k.Kind != yaml.ScalarNode:
			doc.fault(k, "a key of %s must be a plain word", what)
			continue
		}
		key := strings.ReplaceAll(k.Value, "_", "-")
		if line, twice := seen[key]; twice {
			doc.fault(k, "%q stands twice in %s, first in line %d", k.Value, what, line)
			continue
		}
		seen[key] = k.Line
		out = append(out, entry{key: key, node: k, value: v})
	}
	return out
}

// unknown notes a key that nothing knows, with the nearest word that is known.
func (doc *document) unknown(e entry, what string, known []string) {
	if near := nearest(e.key, known); near != "" {
		doc.fault(e.node, "unknown key %q in %s; did you mean %q?", e.node.Value, what, near)
		return
	}
	doc.fault(e.node, "unknown key %q in %s; known are %s", e.node.Value, what, strings.Join(known, ", "))
}

// text returns a scalar's text.
func (doc *document) text(e entry) (string, bool) {
	n := e.value
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		doc.fault(n, "%s must be a text, not %s", e.node.Value, kindOf(n))
		return "", false
	}
	return n.Value, true
}

// texts returns a list of scalars, or a single one as a list.
func (doc *document) texts(e entry) ([]string, bool) {
	if e.value.Kind != yaml.SequenceNode {
		s, ok := doc.text(e)
		return []string{s}, ok
	}
	var out []string
	for _, n := range e.value.Content {
		s, ok := doc.text(entry{key: e.key, node: e.node, value: n})
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		doc.fault(e.value, "%s is an empty list", e.node.Value)
	}
	return out, len(out) > 0
}

// boolean returns true or false, and whether it was either.
func (doc *document) boolean(e entry) (on, ok bool) {
	if e.value.Kind != yaml.ScalarNode || e.value.Tag != "!!bool" {
		doc.fault(e.value, "%s must be true or false, not %s", e.node.Value, quoted(e.value))
		return false, false
	}
	return strings.EqualFold(e.value.Value, "true"), true
}

// kindOf says in words what a node is.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	}
	return "a text"
}

// maxQuoted bounds what an error shows of a text.
const maxQuoted = 40

// quoted shows a text that is not what it should be. Where a whole file is such a text, nothing of it is shown: somebody
// gave the file with the password in the place of another one.
func quoted(n *yaml.Node) string {
	if text := []rune(n.Value); kindOf(n) == "a text" {
		return fmt.Sprintf("the text %q", string(text[:min(len(text), maxQuoted)]))
	}
	return kindOf(n)
}

// Nearest returns the known word that word may be a slip for, or the empty string.
func Nearest(word string, known []string) string { return nearest(word, known) }

// nearest returns the known word that differs from word in one letter, or a long one in two, or the empty string.
func nearest(word string, known []string) string {
	best, found := 3, ""
	if len(word) < 6 {
		best = 2
	}
	for _, k := range known {
		if d := distance(word, k); d < best && d < len(k) {
			best, found = d, k
		}
	}
	return found
}

// distance is the number of letters to insert, delete, change or swap with the next one (Damerau and Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	var before []int // the row above
	for i := range len(a) {
		above := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			cost := above[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before = above
	}
	return row[len(b)]
}
