package sshconfig

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// matchesPattern compares with a pattern of * and ?, as ssh_config(5) has them under PATTERNS.
func matchesPattern(pattern, s string) bool {
	for len(pattern) > 0 {
		switch {
		case pattern[0] == '*':
			pattern = strings.TrimLeft(pattern, "*")
			for i := range len(s) + 1 {
				if matchesPattern(pattern, s[i:]) {
					return true
				}
			}
			return false
		case len(s) == 0 || pattern[0] != '?' && pattern[0] != s[0]:
			return false
		}
		pattern, s = pattern[1:], s[1:]
	}
	return len(s) == 0
}

// matchesList tells whether one of the patterns matches and none that is negated by ! does.
func matchesList(patterns []string, s string) bool {
	found := false
	for _, p := range patterns {
		if not, negated := strings.CutPrefix(p, "!"); negated {
			if matchesPattern(not, s) {
				return false
			}
		} else if matchesPattern(p, s) {
			found = true
		}
	}
	return found
}

// needs tells which criteria of Match have an argument.
var needs = map[string]bool{
	"all": false, "canonical": false, "final": false, "host": true, "originalhost": true, "user": true, "localuser": true,
	"exec": true, "localnetwork": true, "tagged": true,
}

// unknowable are criteria that this program does not look at: a command is never run.
var unknowable = []string{"exec", "localnetwork", "tagged"}

// criterion is one condition of a Match line.
type criterion struct {
	word    string
	negated bool
	list    string
}

func criteria(args []string) ([]criterion, error) {
	var out []criterion
	for len(args) > 0 {
		word, list, joined := strings.Cut(args[0], "=")
		args = args[1:]
		c := criterion{list: list}
		c.word, c.negated = strings.CutPrefix(strings.ToLower(word), "!")
		needed, known := needs[c.word]
		if value, behind := strings.CutPrefix(first(args), "="); needed && !joined && behind {
			c.list, args = value, args[1:] // blanks may stand around the equals sign
		}
		if needed && c.list == "" && len(args) > 0 {
			c.list, args = args[0], args[1:]
		}
		switch {
		case !known:
			return nil, fmt.Errorf("%q is no criterion of Match", word)
		case needed && c.list == "":
			return nil, fmt.Errorf("the criterion %s of Match has no value", word)
		case c.word == "all" && len(args) > 0:
			return nil, errors.New("the criterion all of Match stands alone")
		}
		out = append(out, c)
	}
	return out, nil
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// match decides on a Match line. ignored names the criterion for which the block is left out although
// all others are met.
func (r *reader) match(args []string) (yes bool, ignored string, err error) {
	all, err := criteria(args)
	if err != nil {
		return false, "", err
	}
	yes = true
	for _, c := range all {
		if c.word == "final" {
			r.wantFinal = true
		}
		if slices.Contains(unknowable, c.word) {
			ignored = c.word
		} else if r.meets(c) == c.negated {
			yes = false
		}
	}
	if !yes {
		ignored = ""
	}
	return yes && ignored == "", ignored, nil
}

func (r *reader) meets(c criterion) bool {
	switch c.word {
	case "canonical", "final":
		return r.final
	case "host": // other than in a Host line, case does not count
		return matchesList(strings.Split(strings.ToLower(c.list), ","), strings.ToLower(r.hostName()))
	case "originalhost":
		return matchesList(strings.Split(strings.ToLower(c.list), ","), strings.ToLower(r.asked.Alias))
	case "user":
		return matchesList(strings.Split(c.list, ","), r.user())
	case "localuser":
		return matchesList(strings.Split(c.list, ","), r.asked.LocalUser())
	}
	return true // all
}

// lineHost is what Host lines are compared with: the name that the user gave, and when all is read once more the name that
// came of it.
func (r *reader) lineHost() string {
	if r.final {
		return strings.ToLower(r.hostName())
	}
	return r.asked.Alias
}

// hostName is the host as the configuration names it so far.
func (r *reader) hostName() string {
	if v, ok := r.config.First("HostName"); ok {
		return strings.NewReplacer("%%", "%", "%h", r.asked.Alias).Replace(v.Arg())
	}
	return r.asked.Alias
}

// user is the remote user as the configuration names it so far.
func (r *reader) user() string {
	if r.asked.User != "" {
		return r.asked.User
	}
	if v, ok := r.config.First("User"); ok {
		return v.Arg()
	}
	return r.asked.LocalUser()
}
