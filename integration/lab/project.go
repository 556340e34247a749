package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
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
	return p, nil
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

// join makes this process a user of running containers, and starts them if need be.
func (p *project) join(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	command, err := compose(ctx)
	if err != nil {
		return err
	}
	if p.users, err = openLock(filepath.Join(p.locks, "users.lock")); err != nil {
		return err
	}
	for {
		var joined bool
		err := p.setup(ctx, func(ctx context.Context) (err error) {
			joined, err = p.tryJoin(ctx, command)
			return err
		})
		if joined || err != nil {
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

func (p *project) tryJoin(ctx context.Context, compose []string) (bool, error) {
	running, err := p.running(ctx)
	if err != nil {
		return false, err
	}
	if !running {
		alone, err := p.users.try(true)
		if err != nil || !alone {
			return false, err
		}
		if err := p.start(ctx, compose); err != nil {
			return false, err
		}
	}
	return p.users.try(false)
}

// running looks whether every service has its container, made from the images as they are now.
func (p *project) running(ctx context.Context) (bool, error) {
	lines, err := docker(ctx, "ps", "--filter", "label="+projectLabel+"="+p.name,
		"--format", `{{.Label "`+serviceLabel+`"}} {{.Names}} {{.Image}}`)
	if err != nil {
		return false, err
	}
	p.containers = map[string]string{}
	for line := range strings.Lines(lines) {
		if f := strings.Fields(line); len(f) == 3 && strings.HasSuffix(f[2], ":"+p.revision) {
			p.containers[f[0]] = f[1]
		}
	}
	return len(p.containers) == len(p.services), nil
}

func (p *project) start(ctx context.Context, compose []string) error {
	if err := remove(ctx, p.name); err != nil {
		return err
	}
	if err := p.build(ctx); err != nil {
		return err
	}
	if err := removeAbandoned(ctx, p.name); err != nil {
		return err
	}
	if port, found := taken(p.services); found {
		return fmt.Errorf("port %d on %s is taken (%s): the containers need it", port, loopback, holder(ctx, port))
	}
	args := append(compose, "-p", p.name, "-f", filepath.Join(p.root, composeFile), "up", "-d", "--no-build")
	if _, err := command(ctx, p.environment(), args...); err != nil {
		return errors.Join(err, remove(context.WithoutCancel(ctx), p.name))
	}
	running, err := p.running(ctx)
	if err == nil && !running {
		err = fmt.Errorf("not every container of project %s stayed up", p.name)
	}
	return err
}

func (p *project) environment() []string {
	return []string{"LAB_TAG=" + p.revision, "LAB_BASE=" + baseImage}
}

// build makes the images that do not exist in their present state. The first one makes the layers that the rest share.
func (p *project) build(ctx context.Context) error {
	var missing []string
	for _, name := range images(p.services) {
		if _, err := docker(ctx, "image", "inspect", p.tag(name)); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := ensureBase(ctx); err != nil {
		return err
	}
	if err := p.buildImage(ctx, missing[0]); err != nil {
		return err
	}
	errs := make([]error, len(missing))
	var group sync.WaitGroup
	for i, name := range missing[1:] {
		group.Go(func() { errs[i] = p.buildImage(ctx, name) })
	}
	group.Wait()
	return errors.Join(errs...)
}

func (p *project) tag(image string) string { return imagePrefix + image + ":" + p.revision }

func (p *project) buildImage(ctx context.Context, image string) error {
	folder := filepath.Join(p.root, imagesFolder)
	_, err := docker(ctx, "build", "--quiet", "--build-arg", "BASE="+baseImage, "--tag", p.tag(image),
		"--file", filepath.Join(folder, image, "Dockerfile"), folder)
	if err != nil {
		return fmt.Errorf("building image %s: %w", image, err)
	}
	return nil
}

// leave ends this process's use; the last user removes the containers.
func (p *project) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	return p.setup(ctx, func(ctx context.Context) error {
		defer p.users.release()
		last, err := p.users.try(true)
		if err != nil || !last {
			return err
		}
		return remove(ctx, p.name)
	})
}

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
