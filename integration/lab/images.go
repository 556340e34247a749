package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
)

const (
	imagesFolder = "integration/images"
	imagePrefix  = "mftprobe-lab/"
)

func (p *project) environment() []string {
	return []string{"LAB_TAG=" + p.revision, "LAB_BASE=" + baseImage, "LAB_PORTS=" + p.lane.ports}
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
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return p.removeOldImages(ctx)
}

// removeOldImages drops what the new images replace. Those that a container still uses stay, docker sees to that.
func (p *project) removeOldImages(ctx context.Context) error {
	tags, err := docker(ctx, "images", "--filter", "reference="+imagePrefix+"*", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return err
	}
	for tag := range strings.FieldsSeq(tags) {
		if !strings.HasSuffix(tag, ":"+p.revision) {
			_, _ = docker(ctx, "rmi", tag)
		}
	}
	return nil
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
