package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	startTimeout  = 8 * time.Minute // cold: base image, all images, containers; under go test's own ten minutes
	stopTimeout   = time.Minute
	projectPrefix = "mftprobe-"
	projectLabel  = "com.docker.compose.project"
	serviceLabel  = "com.docker.compose.service"
)

// A project is the set of containers of one checkout. Its name comes from the path, so that two checkouts are two projects.
type project struct {
	root       string
	name       string
	revision   string
	services   map[string]service
	compose    []string          // the command that reads docker-compose.yml
	containers map[string]string // by service
	locks      string            // folder of the lock files and of what the containers hand out
	users      lock              // shared by every process that uses the containers
}

func openProject() (*project, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	p := &project{root: root, name: projectName(root)}
	p.locks = locksOf(p.name)
	if p.services, err = readServices(root); err != nil {
		return nil, err
	}
	if p.revision, err = revision(root); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.locks, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of the locks: %w", err)
	}
	p.users, err = openLock(filepath.Join(p.locks, "users.lock"))
	return p, err
}

func projectName(root string) string {
	sum := sha256.Sum256([]byte(root))
	return projectPrefix + hex.EncodeToString(sum[:4])
}

// locksOf must not depend on the environment: processes with different TMPDIR have to meet here.
func locksOf(project string) string { return filepath.Join("/tmp", project) }

// setup runs f while no other process of this checkout starts or stops containers.
func (p *project) setup(ctx context.Context, f func(context.Context) error) error {
	setup, err := openLock(filepath.Join(p.locks, "setup.lock"))
	if err != nil {
		return err
	}
	defer setup.release()
	if err := setup.take(ctx); err != nil {
		return err
	}
	return f(ctx)
}

// ensure makes this process a user of the named services, and starts those that do not run.
func (p *project) ensure(ctx context.Context, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if p.compose == nil {
		command, err := compose(ctx)
		if err != nil {
			return err
		}
		p.compose = command
	}
	for {
		var done bool
		err := p.setup(ctx, func(ctx context.Context) (err error) {
			done, err = p.tryEnsure(ctx, names)
			return err
		})
		if done || err != nil {
			return err
		}
		// Somebody still uses containers of an older state of the images.
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for tests that use other images: %w", ctx.Err())
		case <-time.After(time.Second):
		}
	}
}

func (p *project) tryEnsure(ctx context.Context, names []string) (bool, error) {
	outdated, err := p.look(ctx)
	if err != nil {
		return false, err
	}
	if outdated {
		alone, err := p.users.try(true)
		if err != nil || !alone {
			return false, err
		}
		if err := remove(ctx, p.name); err != nil {
			return false, err
		}
	}
	var missing []string
	for _, name := range names {
		if p.containers[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		if err := p.start(ctx, missing); err != nil {
			return false, err
		}
	}
	return p.users.try(false)
}

// look fills in the containers that run. Outdated ones were made from images as they are no more, or have ended.
func (p *project) look(ctx context.Context) (outdated bool, err error) {
	lines, err := docker(ctx, "ps", "-a", "--filter", "label="+projectLabel+"="+p.name,
		"--format", `{{.Label "`+serviceLabel+`"}} {{.Names}} {{.Image}} {{.State}}`)
	if err != nil {
		return false, err
	}
	p.containers = map[string]string{}
	for line := range strings.Lines(lines) {
		f := strings.Fields(line)
		if len(f) != 4 || !strings.HasSuffix(f[2], ":"+p.revision) || f[3] != "running" {
			p.containers = nil
			return true, nil
		}
		p.containers[f[0]] = f[1]
	}
	return false, nil
}

func (p *project) start(ctx context.Context, names []string) error {
	if err := p.build(ctx); err != nil {
		return err
	}
	if err := p.removeAbandoned(ctx); err != nil {
		return err
	}
	if port, found := taken(p.services, names); found {
		return fmt.Errorf("port %d on %s, which the containers need, is taken by %s", port, loopback, p.holder(ctx, port))
	}
	args := append(slices.Clone(p.compose), "-p", p.name, "-f", filepath.Join(p.root, composeFile), "up", "-d", "--no-build")
	if _, err := command(ctx, p.environment(), append(args, names...)...); err != nil {
		return err
	}
	outdated, err := p.look(ctx)
	if err == nil && outdated {
		err = fmt.Errorf("a container of project %s has ended; `docker logs` tells why", p.name)
	}
	return err
}

// leave ends this process's use; the last user removes the containers.
func (p *project) leave(ctx context.Context) error {
	defer p.users.release()
	if p.compose == nil { // nothing was ever started
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	return p.setup(ctx, func(ctx context.Context) error {
		last, err := p.users.try(true)
		if err != nil || !last {
			return err
		}
		return remove(ctx, p.name)
	})
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
