package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testEnv is a process without terminal, environment and home directory.
func testEnv() *Env {
	return &Env{Getenv: func(string) (string, bool) { return "", false }, Home: "testdata/no-home", User: func() string { return "tester" }, Stdin: strings.NewReader("")}
}

const wantMark = "#! "

// TestInvalidFiles reads every file of testdata/invalid. The lines that begin with "#! " at the end
// are the exact messages, without the file's name.
func TestInvalidFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(string(text), wantMark)
		_, err = LoadFile(path, testEnv())
		if err == nil {
			t.Errorf("%s: no error", path)
			continue
		}
		got := strings.ReplaceAll(err.Error(), path+":", "")
		got = strings.ReplaceAll(got, "testdata/invalid/", "")
		if os.Getenv("UPDATE_GOLDEN") != "" {
			for line := range strings.SplitSeq(got, "\n") {
				body += wantMark + line + "\n"
			}
			if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var want []string
		for line := range strings.SplitSeq(string(text), "\n") {
			if w, ok := strings.CutPrefix(line, wantMark); ok {
				want = append(want, w)
			}
		}
		if w := strings.Join(want, "\n"); got != w {
			t.Errorf("%s\n got: %s\nwant: %s", path, got, w)
		}
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error shows the secret", path)
		}
	}
}
