package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Condition is something that may be true at a point.
type Condition uint8

// Conditions of a point, to be combined with |.
const (
	Clear     Condition = 1 << iota // the control connection is not encrypted
	Encrypted                       // it is
	ProtC                           // it is, and PROT is C or was not asked for
	Reading                         // SFTP: the file is opened to be read
	Writing                         // SFTP: the file is opened to be written
)

var conditions = map[string]Condition{"clear": Clear, "tls": Encrypted, "prot-c": ProtC, "read": Reading, "write": Writing}

// value is a parsed value of an effect.
type value struct {
	text string
	size int64
	time time.Duration
	code uint32
}

// rule is one action at one point.
type rule struct {
	action Action
	value  value
	when   Condition // all of these must hold
	from   int       // first and last time that count; 0: every time
	to     int
}

// Plan is what a server does wrong. A nil Plan is a healthy server.
type Plan struct {
	rules    map[string][]rule
	settings map[Setting]value
	greeted  atomic.Int64
}

// Parse reads effects. The error names the effect and what is wrong with it.
func Parse(effects ...string) (*Plan, error) {
	if len(effects) == 0 {
		return nil, nil
	}
	p := &Plan{rules: map[string][]rule{}, settings: map[Setting]value{}}
	for _, e := range effects {
		if err := p.add(e); err != nil {
			return nil, fmt.Errorf("fault %q: %w", e, err)
		}
	}
	return p, nil
}

// Text returns the text of a setting.
func (p *Plan) Text(s Setting) (string, bool) {
	if p == nil {
		return "", false
	}
	v, ok := p.settings[s]
	return v.text, ok
}

// Has tells whether a setting is made.
func (p *Plan) Has(s Setting) bool {
	_, ok := p.Text(s)
	return ok
}

// Names returns the list of a setting, nil if it is not made.
func (p *Plan) Names(s Setting) []string {
	text, ok := p.Text(s)
	if !ok {
		return nil
	}
	return strings.Split(text, ",")
}

// Number returns the number of a setting, or def.
func (p *Plan) Number(s Setting, def int) int {
	if p == nil {
		return def
	}
	if v, ok := p.settings[s]; ok {
		return int(v.size)
	}
	return def
}

// Session counts how often a session came to each point. A nil Session meets no fault. Its methods may be called from
// several goroutines.
type Session struct {
	plan  *Plan
	mu    sync.Mutex
	count map[string]int
}

// Session starts a new count.
func (p *Plan) Session() *Session {
	if p == nil || len(p.rules) == 0 {
		return nil
	}
	return &Session{plan: p, count: map[string]int{}}
}

// At returns what happens when the session comes to a point, and counts that.
func (s *Session) At(point string, c Condition) Effects {
	if s == nil {
		return nil
	}
	rules := s.plan.rules[point]
	if rules == nil {
		return nil
	}
	s.mu.Lock()
	s.count[point]++
	n := s.count[point]
	s.mu.Unlock()
	if point == "greeting" {
		n = int(s.plan.greeted.Add(1))
	}
	var out Effects
	for _, r := range rules {
		if r.when&c == r.when && (r.from == 0 || n >= r.from && n <= r.to) {
			out = append(out, r)
		}
	}
	return out
}

// Effects are what happens at one moment; nil is nothing.
type Effects []rule

// Has tells whether an action is among them.
func (e Effects) Has(a Action) bool {
	return slices.ContainsFunc(e, func(r rule) bool { return r.action == a })
}

func (e Effects) find(a Action) (value, bool) {
	for _, r := range e {
		if r.action == a {
			return r.value, true
		}
	}
	return value{}, false
}

// Text returns the text of an action.
func (e Effects) Text(a Action) (string, bool) {
	v, ok := e.find(a)
	return v.text, ok
}

// Size returns the bytes of an action.
func (e Effects) Size(a Action) (int64, bool) {
	v, ok := e.find(a)
	return v.size, ok
}

// Time returns the duration of an action, 0 if it is not there.
func (e Effects) Time(a Action) time.Duration {
	v, _ := e.find(a)
	return v.time
}

// Code returns code and text of an action.
func (e Effects) Code(a Action) (code uint32, text string, ok bool) {
	v, ok := e.find(a)
	return v.code, v.text, ok
}
