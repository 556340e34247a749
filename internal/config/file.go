package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"mftprobe/probe"
)

// maxEndpoints bounds the endpoints of one configuration file.
const maxEndpoints = 20000

// File is a configuration file that was read and checked, secrets excepted: they are fetched when an
// endpoint is used.
type File struct {
	Path      string
	defaults  Values
	scripts   map[string]probe.Script
	endpoints []fileEndpoint
	index     map[string]int
	groups    map[string][]string
}

// fileEndpoint is an endpoint as it was written.
type fileEndpoint struct {
	name   string
	url    string
	origin string
	values Values
	node   *yaml.Node
}

// LoadFile reads a configuration file. All that is wrong with it is told at once, as [Problems].
func LoadFile(path string, env *Env) (*File, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	doc, root, err := parseYAML(path, text)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, scripts: map[string]probe.Script{}, index: map[string]int{}, groups: map[string][]string{}}
	sections := map[string]entry{}
	for _, e := range doc.entries(root, "the configuration") {
		if !slices.Contains(sectionWords, e.key) {
			doc.unknown(e, "the configuration", sectionWords)
			continue
		}
		sections[e.key] = e
	}
	f.read(doc, sections)
	f.check(doc, env)
	slices.SortStableFunc(doc.problems, func(a, b Problem) int { return comparePlace(a.Origin, b.Origin) })
	return f, doc.problems.err()
}

var sectionWords = []string{"defaults", "scripts", "endpoints", "groups"}

func (f *File) read(doc *document, sections map[string]entry) {
	if e, ok := sections["scripts"]; ok {
		for _, s := range doc.entries(e.value, "scripts") {
			f.scripts[s.node.Value] = doc.script(s.value, s.node.Value)
		}
	}
	if e, ok := sections["defaults"]; ok {
		f.defaults = Values{}
		for _, k := range doc.entries(e.value, "defaults") {
			doc.setting(k, f.defaults, "defaults")
		}
	}
	if e, ok := sections["endpoints"]; ok {
		for _, k := range doc.entries(e.value, "endpoints") {
			f.readEndpoint(doc, k)
		}
	}
	if e, ok := sections["groups"]; ok {
		for _, k := range doc.entries(e.value, "groups") {
			f.readGroup(doc, k)
		}
	}
	if len(f.endpoints) > maxEndpoints {
		doc.problems.add(f.Path, fmt.Sprintf("more than %d endpoints", maxEndpoints))
	}
}

func (f *File) readEndpoint(doc *document, k entry) {
	name := k.node.Value
	ep := fileEndpoint{name: name, origin: doc.origin(k.value), values: Values{}, node: k.value}
	doc.name1(k, "an endpoint")
	if k.value.Kind == yaml.ScalarNode {
		ep.url, _ = doc.text(k)
	} else {
		f.endpointKeys(doc, k, &ep)
	}
	f.index[name] = len(f.endpoints)
	f.endpoints = append(f.endpoints, ep)
}

func (f *File) endpointKeys(doc *document, k entry, ep *fileEndpoint) {
	what := "endpoint " + ep.name
	hasURL := false
	for _, e := range doc.entries(k.value, what) {
		switch e.key {
		case "url":
			hasURL = true
			ep.url, _ = doc.text(e)
			ep.origin = doc.origin(e.value)
		case "groups":
			groups, _ := doc.texts(e)
			for _, g := range groups {
				f.groups[g] = append(f.groups[g], ep.name)
			}
		default:
			doc.setting(e, ep.values, what)
		}
	}
	if k.value.Kind == yaml.MappingNode && !hasURL {
		doc.fault(k.value, "endpoint %s has no url", ep.name)
	}
}

func (f *File) readGroup(doc *document, k entry) {
	name := k.node.Value
	doc.name1(k, "a group")
	if _, clash := f.index[name]; clash {
		doc.fault(k.node, "%q is an endpoint and a group", name)
	}
	if k.value.Kind != yaml.SequenceNode {
		doc.fault(k.value, "group %s must be a list of endpoints, not %s", name, quoted(k.value))
		return
	}
	for _, n := range k.value.Content {
		switch _, known := f.index[n.Value]; {
		case !known && nearest(n.Value, f.Names()) != "":
			doc.fault(n, "group %s: there is no endpoint %q; did you mean %q?", name, n.Value, nearest(n.Value, f.Names()))
		case !known:
			doc.fault(n, "group %s: there is no endpoint %q", name, n.Value)
		case slices.Contains(f.groups[name], n.Value):
			doc.fault(n, "group %s holds %q twice", name, n.Value)
		}
		f.groups[name] = append(f.groups[name], n.Value)
	}
}

// name1 checks the name of an endpoint or a group: it appears in metrics, file names and commands.
func (doc *document) name1(k entry, what string) {
	name := k.node.Value
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return r > 'z' || !hostByte(byte(r)) }) {
		doc.fault(k.node, "%q cannot be the name of %s; use letters, digits, dot, hyphen and underscore", name, what)
	}
}

// setting takes one key that is a flag of run.
func (doc *document) setting(e entry, into Values, what string) {
	all := Settings()
	i := slices.IndexFunc(all, func(s Setting) bool { return s.Name == e.key })
	switch {
	case e.key == "password" || e.key == "passphrase":
		doc.fault(e.node, "a secret does not belong in this file; use %s-file%s", e.key, map[bool]string{true: ", password-env or password-credential"}[e.key == "password"])
	case i < 0 && slices.Contains([]string{"host", "hostname", "port", "protocol", "path", "directory"}, e.key):
		doc.fault(e.node, "unknown key %q in %s; it belongs into the url", e.node.Value, what)
	case i < 0:
		words := []string{"url", "groups"}
		for _, s := range all {
			words = append(words, s.Name)
		}
		if near := nearest(e.key, words); near != "" {
			doc.fault(e.node, "unknown key %q in %s; did you mean %q?", e.node.Value, what, near)
		} else {
			doc.fault(e.node, "unknown key %q in %s; the keys are the long flags of mftprobe run", e.node.Value, what)
		}
	case all[i].Arg == "":
		if on, ok := doc.boolean(e); ok {
			into[e.key] = doc.value(e, []string{strconv.FormatBool(on)})
		}
	case all[i].Many:
		if texts, ok := doc.texts(e); ok {
			into[e.key] = doc.value(e, texts)
		}
	default:
		if text, ok := doc.text(e); ok {
			into[e.key] = doc.value(e, []string{text})
		}
	}
}

func (doc *document) value(e entry, texts []string) Value {
	return Value{Texts: texts, Origin: doc.origin(e.value) + ": " + e.node.Value, Dir: filepath.Dir(doc.name)}
}

// check makes every endpoint as far as that goes without its secrets.
func (f *File) check(doc *document, env *Env) {
	defaults := f.defaults
	if problems := (&draft{env: env}).apply(defaults); problems != nil {
		doc.problems = append(doc.problems, problems...)
		defaults = nil
	}
	for _, ep := range f.endpoints {
		if ep.url == "" {
			continue
		}
		d := f.draft(env, ep)
		u, err := parseURL(ep.url)
		if err != nil {
			doc.problems.add(ep.origin, "endpoint "+ep.name+": "+err.Error())
			continue
		}
		d.target = u.target
		if problems := d.apply(ep.values.over(defaults)); problems != nil {
			doc.problems = append(doc.problems, problems...)
			continue
		}
		for _, step := range []func(parsedURL) error{d.useScript, d.useTLS, d.checkAlgorithms} {
			if err := step(u); err != nil {
				doc.problems.add(ep.origin, "endpoint "+ep.name+": "+err.Error())
			}
		}
	}
}

// draft begins an endpoint. Reading only is the default here: a file in a partner's inbox every five
// minutes must be asked for.
func (f *File) draft(env *Env, ep fileEndpoint) *draft {
	return &draft{env: env, scripts: f.scripts, target: probe.Target{Name: ep.name}, plan: plan{script: scriptReadOnly}}
}

// Names returns the endpoints' names in the order of the file.
func (f *File) Names() []string {
	names := make([]string, len(f.endpoints))
	for i, ep := range f.endpoints {
		names[i] = ep.name
	}
	return names
}

// Select returns the names that word stands for: an endpoint or the members of a group; nil if it is
// neither.
func (f *File) Select(word string) []string {
	if _, ok := f.index[word]; ok {
		return []string{word}
	}
	return slices.Clone(f.groups[word])
}

// Endpoint makes the endpoint of that name. Flags win over the file.
func (f *File) Endpoint(env *Env, name string, flags Values) (Endpoint, error) {
	ep := f.endpoints[f.index[name]]
	return f.draft(env, ep).endpoint(ep.url, ep.origin+": endpoint "+name, flags.over(ep.values).over(f.defaultsFor(ep)))
}

// defaultsFor leaves the default user out where the URL names one.
func (f *File) defaultsFor(ep fileEndpoint) Values {
	u, err := parseURL(ep.url)
	if _, has := f.defaults["user"]; !has || err != nil || u.target.User == "" {
		return f.defaults
	}
	out := maps.Clone(f.defaults)
	delete(out, "user")
	return out
}

// comparePlace orders file:line:column by line and column.
func comparePlace(a, b string) int {
	return slices.Compare(placeOf(a), placeOf(b))
}

func placeOf(origin string) []int {
	var line, column int
	parts := strings.SplitN(origin, ":", 4)
	if len(parts) >= 3 {
		_, _ = fmt.Sscan(parts[1], &line)
		_, _ = fmt.Sscan(parts[2], &column)
	}
	return []int{line, column}
}
