package config

import (
	"fmt"
	"slices"

	"mftprobe/probe"
)

// Words for the built-in scripts.
const (
	scriptFull        = "full"
	scriptReadOnly    = "read-only"
	scriptLoginOnly   = "login-only"
	scriptConnectOnly = "connect-only"
)

// plan is the choice of a script and its changes.
type plan struct {
	script   string // a word, a name of the configuration, or a file as written
	file     string // the same as a path
	get      string
	size     int64
	hasSize  bool
	name     string
	noRename bool
	keep     bool
}

func (p plan) payloadSize() int64 {
	if p.hasSize {
		return p.size
	}
	return probe.DefaultPayloadSize
}

// useScript finds the script and applies the plan's changes to it.
func (d *draft) useScript(parsedURL) error {
	s, err := d.findScript(d.plan.script)
	if err != nil {
		return err
	}
	if err := checkFor(d.target.Protocol, s); err != nil {
		return err
	}
	s.Steps = slices.Clone(s.Steps)
	d.plan.change(&s, d.target.Path)
	d.script = s
	return nil
}

func (d *draft) findScript(word string) (probe.Script, error) {
	p := d.target.Protocol
	switch word {
	case scriptFull:
		return probe.DefaultScript(p), nil
	case scriptReadOnly:
		return probe.ReadOnlyScript(p), nil
	case scriptLoginOnly:
		return probe.LoginOnlyScript(p), nil
	case scriptConnectOnly:
		return probe.ConnectOnlyScript(p), nil
	}
	if s, ok := d.scripts[word]; ok {
		return s, nil
	}
	return loadScript(d.plan.file)
}

// change fits a script to the flags. The path of the URL is entered right after the login.
func (p plan) change(s *probe.Script, path string) {
	if p.noRename {
		s.Steps = slices.DeleteFunc(s.Steps, func(st probe.Step) bool { return st.Op == probe.OpRename })
	}
	if p.keep {
		s.Steps = slices.DeleteFunc(s.Steps, func(st probe.Step) bool { return st.Op == probe.OpDelete && st.Path == "" })
	}
	if i := position(*s, probe.OpLogin); i >= 0 && path != "" {
		s.Steps = slices.Insert(s.Steps, i+1, probe.Step{Name: unusedName(*s, "cwd"), Op: probe.OpCwd, Path: path})
	}
	if p.get != "" {
		get := probe.Step{Name: unusedName(*s, "get-file"), Op: probe.OpGet, Path: p.get}
		i := position(*s, probe.OpQuit)
		if i < 0 {
			i = len(s.Steps)
		}
		s.Steps = slices.Insert(s.Steps, i, get)
	}
}

// position returns the index of the first step with that operation, or -1.
func position(s probe.Script, op probe.Op) int {
	return slices.IndexFunc(s.Steps, func(st probe.Step) bool { return st.Op == op })
}

// unusedName returns name, or name with a number that no step has.
func unusedName(s probe.Script, name string) string {
	for n, try := 2, name; ; n++ {
		if !slices.ContainsFunc(s.Steps, func(st probe.Step) bool { return st.Name == try }) {
			return try
		}
		try = fmt.Sprintf("%s-%d", name, n)
	}
}

// checkFor refuses operations that the protocol does not have.
func checkFor(p probe.Protocol, s probe.Script) error {
	for _, st := range s.Steps {
		switch {
		case p == probe.SFTP && slices.Contains([]probe.Op{probe.OpPassive, probe.OpActive, probe.OpNlst, probe.OpMlsd}, st.Op):
			return fmt.Errorf("script %s, step %s: SFTP has no %s", s.Name, st.Name, st.Op)
		case p != probe.SFTP && st.Op == probe.OpRaw && st.Line == "":
			return fmt.Errorf("script %s, step %s: raw needs a command", s.Name, st.Name)
		}
	}
	return nil
}
