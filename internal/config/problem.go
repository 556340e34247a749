package config

import (
	"strings"
)

// Problem is one thing that is wrong with what was written, in one line.
type Problem struct {
	Origin string // flag, or file:line:column
	Text   string
}

// Error returns the origin and the text.
func (p Problem) Error() string {
	if p.Origin == "" {
		return p.Text
	}
	return p.Origin + ": " + p.Text
}

// Problems is everything that is wrong, each on a line of its own. It is an error if it is not empty.
type Problems []Problem

// Error returns all lines.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

func (p *Problems) add(origin, text string) { *p = append(*p, Problem{Origin: origin, Text: text}) }

// err returns p as an error, or nil if nothing is wrong.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
