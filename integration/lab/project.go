package lab

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	startTimeout = 8 * time.Minute // cold: base image, all images, containers; under go test's own ten minutes
	stopTimeout  = time.Minute
	projectLabel = "com.docker.compose.project"
	serviceLabel = "com.docker.compose.service"
)

// A project is the set of containers of one process.
type project struct {
	root       string
	lane       lane
	revision   string
	services   map[string]service
	compose    []string          // the command that reads docker-compose.yml
	containers map[string]string // by service
}

func openProject(ctx context.Context) (*project, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	p := &project{root: root}
	if p.revision, err = revision(root); err != nil {
		return nil, err
	}
	if p.compose, err = compose(ctx); err != nil {
		return nil, err
	}
	if p.lane, err = takeLane(ctx, root); err != nil {
		return nil, err
	}
	p.services, err = readServices(root, p.lane.ports)
	return p, err
}

// ensure starts those of the named services that do not run.
func (p *project) ensure(ctx context.Context, names []string) error {
	var missing []string
	for _, name := range names {
		if p.containers[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := p.withImages(ctx, func() error { return p.up(ctx, missing) }); err != nil {
		return err
	}
	return p.look(ctx)
}

// withImages makes what is missing of the images and then runs f. No other process makes or removes images meanwhile.
func (p *project) withImages(ctx context.Context, f func() error) error {
	images, err := openLock(filepath.Join(locksFolder, "images.lock"))
	if err != nil {
		return err
	}
	defer images.release()
	if err := images.take(ctx); err != nil {
		return err
	}
	if err := p.build(ctx); err != nil {
		return err
	}
	return f()
}

func (p *project) up(ctx context.Context, names []string) error {
	if err := removeAbandoned(ctx); err != nil {
		return err
	}
	_, err := command(ctx, p.environment(), append(p.upCommand(), names...)...)
	return err
}

// upCommand is understood by the plugin and by the older program.
func (p *project) upCommand() []string {
	return append(slices.Clone(p.compose), "-p", p.lane.project, "-f", filepath.Join(p.root, composeFile), "up", "-d", "--no-build")
}

// look fills in the containers that run.
func (p *project) look(ctx context.Context) error {
	lines, err := docker(ctx, "ps", "-a", "--filter", "label="+projectLabel+"="+p.lane.project,
		"--format", `{{.Label "`+serviceLabel+`"}} {{.Names}} {{.State}}`)
	if err != nil {
		return err
	}
	p.containers = map[string]string{}
	for line := range strings.Lines(lines) {
		f := strings.Fields(line)
		if len(f) != 3 || f[2] != "running" {
			return fmt.Errorf("a container does not run (%s); `docker logs` tells why", strings.TrimSpace(line))
		}
		p.containers[f[0]] = f[1]
	}
	return nil
}

// leave removes the containers and lets others have the lane.
func (p *project) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	defer p.lane.held.release()
	return remove(ctx, p.lane.project)
}

// awaitNetfault waits until the network faults listen. The servers need no such wait: a switch returns when they accept.
func (p *project) awaitNetfault(ctx context.Context) error {
	container, running := p.containers[netfault]
	if !running {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	for {
		_, err := docker(ctx, "exec", container, "/lab/health")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the network faults: %w", err)
		case <-time.After(lockPause):
		}
	}
}
