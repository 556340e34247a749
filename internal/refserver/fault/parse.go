package fault

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of the language.
const (
	MaxSize = 16 << 30 // of a SIZE, in bytes
	MaxTime = time.Hour
)

// add parses one effect into the plan.
func (p *Plan) add(effect string) error {
	head, val, hasValue := strings.Cut(effect, "=")
	name, points, isAction := strings.Cut(head, ":")
	if !isAction {
		return p.set(Setting(name), val, hasValue)
	}
	shape, ok := actions[Action(name)]
	if !ok {
		return fmt.Errorf("unknown action %q (there are %s)", name, list(actions))
	}
	v, err := parseValue(shape, val, hasValue)
	if err != nil {
		return err
	}
	for point := range strings.SplitSeq(points, ",") {
		if err := p.addPoint(point, rule{action: Action(name), value: v}); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) set(s Setting, val string, hasValue bool) error {
	r, ok := settings[s]
	if !ok {
		return fmt.Errorf("unknown setting or missing point in %q (settings are %s)", s, list(settings))
	}
	v, err := parseValue(r.shape, val, hasValue)
	if err != nil {
		return err
	}
	if r.words != nil && !slices.Contains(r.words, v.text) {
		return fmt.Errorf("%q is none of %s", v.text, strings.Join(r.words, ", "))
	}
	if old, twice := p.settings[s]; twice && old != v {
		return fmt.Errorf("%s has another value already, and can have only one", s)
	}
	p.settings[s] = v
	switch {
	case s == PasvAddress:
		return checkAddress(v.text)
	case s == Auth:
		return checkMethods(v.text)
	case r.shape == names && slices.Contains(strings.Split(v.text, ","), ""):
		return fmt.Errorf("%q holds an empty name", v.text)
	}
	return nil
}

// addPoint files a rule under every name that a point stands for.
func (p *Plan) addPoint(point string, r rule) error {
	point, count, hasCount := strings.Cut(point, "#")
	name, conds, hasCond := strings.Cut(point, "@")
	if hasCount {
		if err := r.parseCount(count); err != nil {
			return err
		}
	}
	if hasCond {
		c, ok := conditions[conds]
		if !ok {
			return fmt.Errorf("unknown condition %q (there are %s)", conds, list(conditions))
		}
		r.when = c
	}
	all, ok := neutral[name]
	switch {
	case ok:
	case slices.Contains(moments, name), slices.Contains(commands, name):
		all = []string{name}
	default:
		return fmt.Errorf("unknown point %q%s", name, thereIs(near(name, slices.Concat(moments, slices.Sorted(maps.Keys(neutral)), commands))))
	}
	for _, n := range all {
		p.rules[n] = append(p.rules[n], r)
	}
	return nil
}

func (r *rule) parseCount(s string) error {
	digits, open := strings.CutSuffix(s, "+")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 {
		return fmt.Errorf("count %q is not a number from 1 up", s)
	}
	r.from, r.to = n, n
	if open {
		r.to = math.MaxInt
	}
	return nil
}

func parseValue(s shape, val string, has bool) (value, error) {
	switch {
	case s == bare && has:
		return value{}, errors.New("takes no value")
	case s == bare:
		return value{}, nil
	case !has:
		return value{}, errors.New("needs a value after =")
	}
	switch s {
	case size:
		n, err := parseSize(val)
		return value{size: n}, err
	case number:
		n, err := strconv.ParseUint(val, 10, 16)
		if err != nil {
			return value{}, fmt.Errorf("%q is not a number from 0 to 65535", val)
		}
		return value{size: int64(n), code: uint32(n)}, nil
	case duration:
		d, err := time.ParseDuration(val)
		if err != nil || d < 0 || d > MaxTime {
			return value{}, fmt.Errorf("%q is not a time such as 200ms or 3s, at most %s", val, MaxTime)
		}
		return value{time: d}, nil
	case coded:
		return parseCoded(val)
	case text:
		t, err := unescape(val)
		return value{text: t}, err
	}
	return value{text: val}, nil
}

func parseCoded(val string) (value, error) {
	digits, rest, _ := strings.Cut(val, ":")
	code, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return value{}, fmt.Errorf("%q is not CODE:TEXT", val)
	}
	t, err := unescape(rest)
	return value{code: uint32(code), text: t}, err
}

func parseSize(val string) (int64, error) {
	unit, digits := int64(1), val
	for i, suffix := range []string{"K", "M", "G"} {
		if d, ok := strings.CutSuffix(val, suffix); ok {
			unit, digits = 1<<(10*(i+1)), d
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > MaxSize/unit {
		return 0, fmt.Errorf("%q is not a number of bytes such as 512, 64K or 1G, at most 16G", val)
	}
	return n * unit, nil
}

var escapes = map[byte]string{'r': "\r", 'n': "\n", 't': "\t", '0': "\x00", '\\': "\\"}

// unescape replaces the escapes of doc.go.
func unescape(s string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		if after == "" {
			return "", errors.New(`a lone \ at the end (write \\)`)
		}
		if after[0] == 'x' {
			if len(after) < 3 {
				return "", errors.New(`\x needs two digits`)
			}
			c, err := strconv.ParseUint(after[1:3], 16, 8)
			if err != nil {
				return "", fmt.Errorf(`\x%s is not a byte`, after[1:3])
			}
			b.WriteByte(byte(c))
			s = after[3:]
			continue
		}
		e, ok := escapes[after[0]]
		if !ok {
			return "", fmt.Errorf(`unknown escape \%c (there are \r \n \t \0 \\ \xHH)`, after[0])
		}
		b.WriteString(e)
		s = after[1:]
	}
}

func list[K ~string, V any](m map[K]V) string {
	var out []string
	for k := range maps.Keys(m) {
		out = append(out, string(k))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
