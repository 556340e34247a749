package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers says who may import whom inside the module, and which other modules a package may use. "std" is the standard
// library. What is not listed here may not exist: a new package adds its line.
var layers = map[string][]string{
	".": {"internal/cli", "internal/oneproc"},

	"probe":          {},
	"classify":       {"probe", "internal/lazyregexp"},
	"protocols":      {"probe", "protocols"},
	"protocols/ftp":  {"probe", "internal/dial", "internal/lazyregexp", "github.com/jlaffaye/ftp"},
	"protocols/sftp": {"probe", "internal/dial", "github.com/pkg/sftp", "golang.org/x/crypto", "github.com/skeema/knownhosts"},

	"internal/cli": {
		"probe", "protocols", "classify", "internal", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term",
	},
	"internal/compare":    {"probe", "classify"},
	"internal/config":     {"probe", "protocols/sftp", "internal/lazyregexp", "internal/sshconfig", "go.yaml.in/yaml/v3", "golang.org/x/crypto/ssh", "software.sslmate.com/src/go-pkcs12"},
	"internal/diagnose":   {"probe", "classify", "internal/dial"},
	"internal/dial":       {"probe", "golang.org/x/net/proxy"},
	"internal/foreignlog": {"probe", "internal/lazyregexp"},
	"internal/guard":      {"probe", "github.com/rogpeppe/go-internal/lockedfile"},
	"internal/lazyregexp": {},
	"internal/oneproc":    {},
	"internal/plugin":     {},
	"internal/sshconfig":  {},
	"internal/report":     {"probe", "classify", "internal/compare", "internal/foreignlog", "internal/plugin"},

	"internal/refserver":         {"internal/refserver"},
	"internal/refserver/fault":   {},
	"internal/refserver/ftpd":    {"internal/refserver/fault", "internal/refserver/memfs", "internal/refserver/session"},
	"internal/refserver/memfs":   {},
	"internal/refserver/session": {},
	"internal/refserver/sftpd": {
		"internal/refserver/fault", "internal/refserver/memfs", "internal/refserver/session", "github.com/pkg/sftp", "golang.org/x/crypto",
	},

	// Test support: imported by tests only.
	"internal/drivertest": {"probe"},
	"internal/playback":   {},
	"internal/sidebyside": {},
	"integration/lab":     {"go.yaml.in/yaml/v3"},
}

// pure packages must not reach the network, the file system or the clock.
var impure = []string{"net", "os", "os/exec", "net/http", "syscall"}

func TestLayers(t *testing.T) {
	seen := map[string]bool{}
	for pkg, imports := range importsByPackage(t) {
		allowed, ok := layers[pkg]
		if !ok {
			t.Errorf("package %s has no line in the layers table", pkg)
			continue
		}
		seen[pkg] = true
		for imp, file := range imports {
			if !permitted(imp, allowed) {
				t.Errorf("%s: package %s must not import %s", file, pkg, imp)
			}
			if pkg == "classify" && slices.Contains(impure, imp) {
				t.Errorf("%s: classify is pure and must not import %s", file, imp)
			}
		}
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("the layers table lists %s, which does not exist", pkg)
		}
	}
}

// permitted tells whether imp is the standard library or matches an allowed prefix.
func permitted(imp string, allowed []string) bool {
	first, _, _ := strings.Cut(imp, "/")
	if first != "mftprobe" && !strings.Contains(first, ".") {
		return true
	}
	for _, a := range allowed {
		if name := strings.TrimPrefix(imp, "mftprobe/"); name == a || strings.HasPrefix(name, a+"/") {
			return true
		}
	}
	return false
}

// importsByPackage reads the imports of every file that is not a test: package folder, import path, a file that has it.
func importsByPackage(t *testing.T) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || strings.HasPrefix(d.Name(), ".") && path != "."):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if out[pkg] == nil {
			out[pkg] = map[string]string{}
		}
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			out[pkg][name] = path
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
