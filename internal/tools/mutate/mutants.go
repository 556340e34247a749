package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// mutant is one change: the bytes from start to end give way to text.
type mutant struct {
	file       string
	line       int
	start, end int
	was, text  string
	content    []byte
}

// String names the place and the change.
func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %q became %q", filepath.Base(m.file), m.line, m.was, m.text)
}

func (m mutant) source() []byte {
	return []byte(string(m.content[:m.start]) + m.text + string(m.content[m.end:]))
}

// mutantsOf lists the mutants of the files whose name matches; tests are left alone.
func mutantsOf(dir string, match *regexp.Regexp) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var out []mutant
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || !match.MatchString(filepath.Base(name)) {
			continue
		}
		found, err := mutantsIn(name)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// finder collects the mutants of one file.
type finder struct {
	fset    *token.FileSet
	file    string
	content []byte
	out     []mutant
}

func mutantsIn(name string) ([]mutant, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := &finder{fset: token.NewFileSet(), file: name, content: content}
	tree, err := parser.ParseFile(f.fset, name, content, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(tree, f.visit)
	return f.out, nil
}

// swaps are operators and what they become.
var swaps = map[token.Token]string{
	token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">",
	token.LAND: "||", token.LOR: "&&", token.ADD: "-", token.SUB: "+",
}

func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if to, ok := swaps[n.Op]; ok && !text(n.X) {
			f.add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to)
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.add(n.OpPos, n.OpPos+1, "")
		}
	case *ast.IfStmt:
		f.add(n.Cond.Pos(), n.Cond.End(), "!("+f.at(n.Cond)+")")
	case *ast.ReturnStmt:
		f.returned(n)
	case *ast.KeyValueExpr:
		f.listed(n)
	}
	return true
}

// text tells that an addition joins strings, which no operator can replace.
func text(x ast.Expr) bool {
	lit, ok := x.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING
}

// returned turns a plain truth around.
func (f *finder) returned(n *ast.ReturnStmt) {
	for _, r := range n.Results {
		if id, ok := r.(*ast.Ident); ok {
			switch id.Name {
			case "true":
				f.add(id.Pos(), id.End(), "false")
			case "false":
				f.add(id.Pos(), id.End(), "true")
			}
		}
	}
}

// conditions are fields of a table entry that restrict it: each of their elements must matter.
var conditions = map[string]bool{"on": true, "codes": true, "status": true, "alerts": true, "reason": true, "broke": true, "kinds": true, "phases": true, "needs": true, "bars": true}

// listed takes an element out of a condition, or the whole condition if it has one only.
func (f *finder) listed(n *ast.KeyValueExpr) {
	key, ok := n.Key.(*ast.Ident)
	if !ok {
		return
	}
	lit, isList := n.Value.(*ast.CompositeLit)
	switch {
	case key.Name == "sure" || key.Name == "deaf":
		f.add(n.Pos(), n.End()+1, "")
	case !conditions[key.Name] || !isList:
	case len(lit.Elts) == 1:
		f.add(lit.Elts[0].Pos(), lit.Elts[0].End(), "")
	default:
		for i, e := range lit.Elts[:max(len(lit.Elts)-1, 0)] {
			f.add(e.Pos(), lit.Elts[i+1].Pos(), "")
		}
	}
}

func (f *finder) at(n ast.Node) string {
	return string(f.content[f.fset.Position(n.Pos()).Offset:f.fset.Position(n.End()).Offset])
}

func (f *finder) add(from, to token.Pos, text string) {
	p := f.fset.Position(from)
	start, end := p.Offset, f.fset.Position(to).Offset
	f.out = append(f.out, mutant{f.file, p.Line, start, end, string(f.content[start:end]), text, f.content})
}
