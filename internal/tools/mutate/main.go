// Mutate measures how much of a package its tests hold fast: it changes one place at a time and
// expects the tests to fail.
//
//	go run ./mutate -n 200 -match 'evidence|finding|judge|rule' ../../classify
//
// It runs from internal/tools. The working copy is not touched: every mutant is an overlay. The
// sample follows from -seed, so that a figure can be repeated.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// testLimit ends a mutant that loops for ever; such a mutant counts as found.
const testLimit = 2 * time.Minute

func main() {
	n := flag.Int("n", 100, "how many mutants to try; 0: all")
	seed := flag.Uint64("seed", 1, "which sample")
	match := flag.String("match", ".", "regular expression for file names")
	jobs := flag.Int("jobs", 2, "mutants at the same time")
	run := flag.String("run", ".", "tests to run, as for go test")
	least := flag.Int("least", 80, "per cent that must be found")
	flag.Parse()
	share, err := measure(flag.Arg(0), options{*n, *jobs, *seed, *match, *run})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(3)
	}
	if share < *least {
		os.Exit(1)
	}
}

type options struct {
	n, jobs    int
	seed       uint64
	match, run string
}

// measure tries a sample of the mutants of the package in dir and returns the share found.
func measure(dir string, o options) (int, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0, err
	}
	match, err := regexp.Compile(o.match)
	if err != nil {
		return 0, fmt.Errorf("-match: %w", err)
	}
	all, err := mutantsOf(dir, match)
	if err != nil {
		return 0, err
	}
	pick := rand.New(rand.NewPCG(o.seed, 0))
	pick.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if o.n > 0 && o.n < len(all) {
		all = all[:o.n]
	}
	killed, built := 0, 0
	for r := range tryAll(dir, all, o) {
		switch r.fate {
		case survived:
			built++
			fmt.Println("survived", r.m)
		case found:
			built++
			killed++
		}
	}
	if built == 0 {
		return 0, fmt.Errorf("no mutant of %s could be built", dir)
	}
	share := 100 * killed / built
	fmt.Printf("%d of %d mutants found, %d %%\n", killed, built, share)
	return share, nil
}

type fate int

const (
	survived fate = iota
	found
	unbuildable
)

type result struct {
	m    mutant
	fate fate
}

func tryAll(dir string, list []mutant, o options) <-chan result {
	todo, done := make(chan mutant), make(chan result)
	var workers sync.WaitGroup
	for range o.jobs {
		workers.Go(func() {
			for m := range todo {
				done <- result{m, try(dir, m, o.run)}
			}
		})
	}
	go func() {
		for _, m := range list {
			todo <- m
		}
		close(todo)
		workers.Wait()
		close(done)
	}()
	return done
}

// try runs the tests with one file replaced.
func try(dir string, m mutant, run string) fate {
	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return unbuildable
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	changed, overlay := filepath.Join(tmp, "mutant.go"), filepath.Join(tmp, "overlay.json")
	table, _ := json.Marshal(map[string]map[string]string{"Replace": {m.file: changed}})
	if os.WriteFile(changed, m.source(), 0o600) != nil || os.WriteFile(overlay, table, 0o600) != nil {
		return unbuildable
	}
	ctx, cancel := context.WithTimeout(context.Background(), testLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-short", "-count=1", "-failfast", "-overlay", overlay, "-run", run, ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return survived
	case strings.Contains(string(out), "[build failed]"):
		return unbuildable
	}
	return found
}
