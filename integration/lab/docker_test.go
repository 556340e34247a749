package lab

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs makes a PATH on which there is nothing but programs that do what the text says.
func programs(t *testing.T, texts map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

const (
	withPlugin    = `case "$1" in version) echo 27.0 ;; compose) echo v2.29 ;; *) exit 1 ;; esac`
	withoutPlugin = `case "$1" in version) echo 20.10 ;; *) echo "unknown command" >&2; exit 1 ;; esac`
	noDaemon      = `echo "is the docker daemon running?" >&2; exit 1`
)

func TestComposeIsFound(t *testing.T) {
	tests := []struct {
		name     string
		programs map[string]string
		want     []string
		problem  string
	}{
		{name: "plugin", programs: map[string]string{"docker": withPlugin}, want: []string{"docker", "compose"}},
		{name: "both", programs: map[string]string{"docker": withPlugin, "docker-compose": ""}, want: []string{"docker", "compose"}},
		{name: "older program", programs: map[string]string{"docker": withoutPlugin, "docker-compose": ""}, want: []string{"docker-compose"}},
		{name: "neither", programs: map[string]string{"docker": withoutPlugin}, problem: "neither"},
		{name: "no daemon", programs: map[string]string{"docker": noDaemon, "docker-compose": ""}, problem: "is the docker daemon running?"},
		{name: "no docker", problem: "not installed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			programs(t, test.programs)
			got, err := compose(t.Context())
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("error %v, want one with %q", err, test.problem)
			}
		})
	}
}

// TestUpCommand runs what starts the containers against a program that writes down how it was called.
func TestUpCommand(t *testing.T) {
	for _, called := range [][]string{{"docker", "compose"}, {"docker-compose"}} {
		t.Run(called[0], func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			programs(t, map[string]string{called[0]: `echo "$0 $* LAB_PORTS=$LAB_PORTS LAB_TAG=$LAB_TAG" >` + log})
			p := project{root: "/repo", lane: lane{project: projectPrefix + "3", ports: "25"}, revision: "abc", compose: called}
			if _, err := command(t.Context(), p.environment(), append(p.upCommand(), VSFTPD, netfault)...); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Join(called, " ") + " -p mftprobe-lab-3 -f /repo/docker-compose.yml up -d --no-build vsftpd netfault LAB_PORTS=25 LAB_TAG=abc"
			if !strings.HasSuffix(strings.TrimSpace(string(text)), "/"+want) {
				t.Errorf("called as %q, want %q", text, want)
			}
		})
	}
}
