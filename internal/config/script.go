package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// Limits on a script file.
const (
	maxSteps   = 1000
	maxWait    = time.Hour
	maxContent = 1 << 20 // bytes of an upload's content written in the script
)

// loadScript reads a script file: a list of steps, or a mapping with name and steps. Everything that
// is wrong with it is told at once, as [Problems].
func loadScript(path string) (probe.Script, error) {
	text, err := readFile(path)
	if err != nil {
		return probe.Script{}, err
	}
	doc, root, err := parseYAML(path, text)
	if err != nil {
		return probe.Script{}, err
	}
	s := doc.script(root, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	return s, doc.problems.err()
}

func (doc *document) script(n *yaml.Node, name string) probe.Script {
	s := probe.Script{Name: name}
	list := n
	if n.Kind == yaml.MappingNode {
		list = nil
		for _, e := range doc.entries(n, "the script") {
			switch e.key {
			case "name":
				s.Name, _ = doc.text(e)
			case "steps":
				list = e.value
			default:
				doc.unknown(e, "the script", []string{"name", "steps"})
			}
		}
	}
	switch {
	case list == nil:
		doc.fault(n, "the script has no steps")
		return s
	case list.Kind != yaml.SequenceNode:
		doc.fault(list, "the steps must be a list, not %s", kindOf(list))
		return s
	case len(list.Content) == 0 || len(list.Content) > maxSteps:
		doc.fault(list, "a script has 1 to %d steps, this one has %d", maxSteps, len(list.Content))
		return s
	}
	for _, item := range list.Content {
		s.Steps = append(s.Steps, doc.step(item))
	}
	doc.nameSteps(&s, list.Content)
	doc.checkOrder(s, list.Content)
	return s
}

// nameSteps gives each step without a name the name of its operation, with a number from the second on.
func (doc *document) nameSteps(s *probe.Script, nodes []*yaml.Node) {
	seen := map[string]bool{}
	for i, st := range s.Steps {
		if st.Name != "" && seen[st.Name] {
			doc.fault(nodes[i], "two steps have the name %q", st.Name)
		}
		seen[st.Name] = true
	}
	for i := range s.Steps {
		st := &s.Steps[i]
		for n := 1; st.Name == ""; n++ {
			name := string(st.Op)
			if n > 1 {
				name += "-" + strconv.Itoa(n)
			}
			if !seen[name] {
				st.Name, seen[name] = name, true
			}
		}
	}
}

// checkOrder refuses what can never work: a driver must be connected before anything else.
func (doc *document) checkOrder(s probe.Script, nodes []*yaml.Node) {
	connected, in := false, false
	for i, st := range s.Steps {
		switch st.Op {
		case "":
			return
		case probe.OpWait:
			continue
		case probe.OpConnect:
			if connected {
				doc.fault(nodes[i], "a script connects once")
			}
			connected = true
		case probe.OpLogin:
			if in {
				doc.fault(nodes[i], "a script logs in once: a second attempt could lock the account")
			}
			in = true
		case probe.OpQuit, probe.OpRaw, probe.OpNoop:
		default:
			if !in {
				doc.fault(nodes[i], "%s comes before login", st.Op)
				return
			}
		}
		if !connected {
			doc.fault(nodes[i], "%s comes before connect", st.Op)
			return
		}
	}
}

var operations = []probe.Op{
	probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpCwd, probe.OpPassive, probe.OpActive, probe.OpList, probe.OpNlst,
	probe.OpMlsd, probe.OpStat, probe.OpSize, probe.OpMdtm, probe.OpPut, probe.OpGet, probe.OpAppend, probe.OpRename,
	probe.OpDelete, probe.OpMkdir, probe.OpRmdir, probe.OpChmod, probe.OpNoop, probe.OpRaw, probe.OpQuit, probe.OpWait,
}

// step reads one entry: the bare operation, or a mapping.
func (doc *document) step(n *yaml.Node) probe.Step {
	if n.Kind == yaml.ScalarNode {
		st := probe.Step{Op: doc.operation(n)}
		doc.finishStep(n, &st)
		return st
	}
	var st probe.Step
	hasOp := false
	for _, e := range doc.entries(n, "a step") {
		key, ok := stepKeys[e.key]
		if !ok {
			doc.unknown(e, "a step", stepWords())
			continue
		}
		hasOp = hasOp || e.key == "op"
		if err := key(doc, &st, e); err != nil {
			doc.fault(e.value, "%s: %v", e.node.Value, err)
		}
	}
	if n.Kind == yaml.MappingNode && !hasOp {
		doc.fault(n, "the step has no op")
	}
	doc.finishStep(n, &st)
	return st
}

func (doc *document) operation(n *yaml.Node) probe.Op {
	op := probe.Op(n.Value)
	if slices.Contains(operations, op) {
		return op
	}
	words := make([]string, len(operations))
	for i, o := range operations {
		words[i] = string(o)
	}
	if near := nearest(n.Value, words); near != "" {
		doc.fault(n, "unknown operation %q; did you mean %q?", n.Value, near)
	} else {
		doc.fault(n, "unknown operation %q; known are %s", n.Value, strings.Join(words, " "))
	}
	return ""
}

// finishStep checks what the keys of a step are to each other.
func (doc *document) finishStep(n *yaml.Node, st *probe.Step) {
	needsPath := []probe.Op{probe.OpCwd}
	switch {
	case st.Op == probe.OpQuit:
		st.Always = true
	case st.Op == probe.OpRaw && st.Line == "":
		doc.fault(n, "raw needs a command")
	case st.Op == probe.OpWait && st.Pause == 0:
		doc.fault(n, "wait needs a time in \"for\"")
	case st.Op == probe.OpChmod && st.Mode == "":
		doc.fault(n, "chmod needs a mode")
	case slices.Contains(needsPath, st.Op) && st.Path == "":
		doc.fault(n, "%s needs a path", st.Op)
	}
	if st.Payload != nil && st.Op != probe.OpPut && st.Op != probe.OpAppend {
		doc.fault(n, "%s uploads nothing: size, content and file belong to put and append", st.Op)
	}
	if st.To != "" && st.Op != probe.OpRename {
		doc.fault(n, "\"to\" belongs to rename")
	}
}

// expectation reads expect: one code, a list of codes, or a mapping.
func (doc *document) expectation(st *probe.Step, e entry) error {
	if e.value.Kind != yaml.MappingNode {
		return doc.codes(&st.Expect, e)
	}
	for _, x := range doc.entries(e.value, "expect") {
		key, ok := expectKeys[x.key]
		if !ok {
			doc.unknown(x, "expect", expectWords())
			continue
		}
		if err := key(doc, &st.Expect, x); err != nil {
			doc.fault(x.value, "%s: %v", x.node.Value, err)
		}
	}
	return nil
}

var codeForm = lazyregexp.New(`^([1-5][0-9x][0-9x]|sftp [0-9]{1,3}|refused)$`)

func (doc *document) codes(x *probe.Expect, e entry) error {
	codes, ok := doc.texts(e)
	if !ok {
		return nil
	}
	for _, c := range codes {
		if !codeForm.MatchString(c) {
			return fmt.Errorf("%q is not a code; write 550, 2xx, sftp 3 or refused", c)
		}
	}
	x.Codes = codes
	return nil
}
