package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// remove takes away all containers and networks of a project, running or not.
func remove(ctx context.Context, project string) error {
	filter := "label=" + projectLabel + "=" + project
	err := removeAll(ctx, []string{"ps", "-aq", "--filter", filter}, []string{"rm", "-f", "-v"})
	if err != nil {
		return err
	}
	return removeAll(ctx, []string{"network", "ls", "-q", "--filter", filter}, []string{"network", "rm"})
}

// removeAll removes what list shows until it shows nothing: a removal can meet one that is under way already, and a run
// that was killed can leave a compose command that still starts containers.
func removeAll(ctx context.Context, list, remove []string) error {
	var last error
	for range removeTries {
		ids, err := docker(ctx, list...)
		if err != nil || ids == "" {
			return err
		}
		_, last = docker(ctx, append(slices.Clone(remove), strings.Fields(ids)...)...)
	}
	return last
}

// removeTries bounds how often a removal is repeated.
const removeTries = 5

var projectPattern = regexp.MustCompile(`^` + projectPrefix + `[0-9a-f]{8}$`)

// removeAbandoned clears what crashed runs of other checkouts left: nobody holds the lock of a process that died.
func (p *project) removeAbandoned(ctx context.Context) error {
	others, err := p.others(ctx)
	if err != nil {
		return err
	}
	for _, name := range others {
		if err := removeIfUnused(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// others returns the projects of other checkouts that have containers.
func (p *project) others(ctx context.Context) ([]string, error) {
	names, err := docker(ctx, "ps", "-a", "--filter", "label="+projectLabel, "--format", `{{.Label "`+projectLabel+`"}}`)
	if err != nil {
		return nil, err
	}
	var found []string
	for name := range strings.FieldsSeq(names) {
		if name != p.name && projectPattern.MatchString(name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func removeIfUnused(ctx context.Context, name string) error {
	if err := os.MkdirAll(locksOf(name), 0o755); err != nil {
		return fmt.Errorf("making the folder of the locks: %w", err)
	}
	users, err := openLock(filepath.Join(locksOf(name), "users.lock"))
	if err != nil {
		return err
	}
	defer users.release()
	unused, err := users.try(true)
	if err != nil || !unused {
		return err
	}
	return remove(ctx, name)
}

// holder says who has a port, as far as docker knows.
func (p *project) holder(ctx context.Context, port int) string {
	names, err := docker(ctx, "ps", "--filter", "publish="+strconv.Itoa(port), "--format", "{{.Names}}")
	if name := strings.TrimSpace(names); err == nil && name != "" {
		return "container " + name
	}
	if others, err := p.others(ctx); err == nil && len(others) > 0 {
		return "tests of another checkout, it seems: " + strings.Join(others, ", ")
	}
	return "a program that is no container"
}
