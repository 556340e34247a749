package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// remove takes away all containers and networks of a project, running or not.
func remove(ctx context.Context, project string) error {
	filter := "label=" + projectLabel + "=" + project
	for _, kind := range [][]string{{"ps", "-aq", "rm", "-f", "-v"}, {"network ls", "-q", "network rm"}} {
		list := append(strings.Fields(kind[0]), kind[1], "--filter", filter)
		ids, err := docker(ctx, list...)
		if err != nil {
			return err
		}
		if ids == "" {
			continue
		}
		args := append(strings.Fields(strings.Join(kind[2:], " ")), strings.Fields(ids)...)
		if _, err := docker(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

var projectPattern = regexp.MustCompile(`^` + projectPrefix + `[0-9a-f]{8}$`)

// removeAbandoned clears what crashed runs of other checkouts left: nobody holds the lock of a process that died.
func removeAbandoned(ctx context.Context, own string) error {
	names, err := docker(ctx, "ps", "-a", "--filter", "label="+projectLabel, "--format", `{{.Label "`+projectLabel+`"}}`)
	if err != nil {
		return err
	}
	seen := map[string]bool{own: true}
	for name := range strings.FieldsSeq(names) {
		if seen[name] || !projectPattern.MatchString(name) {
			continue
		}
		seen[name] = true
		if err := removeIfUnused(ctx, name); err != nil {
			return err
		}
	}
	return nil
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
func holder(ctx context.Context, port int) string {
	names, err := docker(ctx, "ps", "--filter", "publish="+strconv.Itoa(port), "--format", "container {{.Names}}")
	if name := strings.TrimSpace(names); err == nil && name != "" {
		return name
	}
	return "by something that is not a published port of a container"
}
