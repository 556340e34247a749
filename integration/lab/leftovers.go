package lab

import (
	"context"
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

// removeAbandoned clears what crashed runs left: nobody holds the lock of a process that died.
func removeAbandoned(ctx context.Context) error {
	for number := range lanes {
		l, ours, err := openLane(number)
		if err != nil {
			return err
		}
		if !ours {
			continue
		}
		err = remove(ctx, l.project)
		l.held.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// holder says who has a port, as far as docker knows.
func holder(ctx context.Context, port int) string {
	names, err := docker(ctx, "ps", "--filter", "publish="+strconv.Itoa(port), "--format", "{{.Names}}")
	if name := strings.TrimSpace(names); err == nil && name != "" {
		return "container " + name
	}
	return "a program that is no container"
}
