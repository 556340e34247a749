package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	baseImage   = "mftprobe-base:bookworm"
	publicImage = "debian:bookworm-slim"
	release     = "bookworm"
	pullTimeout = 40 * time.Second
)

// ensureBase makes the image that all others are built on: what is there already, else a pulled one, else one made here
// from the packages that this machine's apt is set up for.
func ensureBase(ctx context.Context) error {
	if _, err := docker(ctx, "image", "inspect", baseImage); err == nil {
		return nil
	}
	pullErr := pullBase(ctx)
	if pullErr == nil {
		return nil
	}
	if err := bootstrapBase(ctx); err != nil {
		return fmt.Errorf("no base image: %s cannot be pulled (%w) and cannot be made here (%w); "+
			"tag any Debian %s image as %s", publicImage, pullErr, err, release, baseImage)
	}
	return nil
}

func pullBase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	if _, err := docker(ctx, "image", "inspect", publicImage); err != nil {
		if _, err := docker(ctx, "pull", "--quiet", publicImage); err != nil {
			return err
		}
	}
	_, err := docker(ctx, "tag", publicImage, baseImage)
	return err
}

// bootstrapBase unpacks a minimal Debian and imports it. Its apt gets the archives and the proxy of this machine, so that
// the images can install their servers from the same place.
func bootstrapBase(ctx context.Context) error {
	if os.Geteuid() != 0 {
		return errors.New("debootstrap needs root")
	}
	if err := installDebootstrap(ctx); err != nil {
		return err
	}
	archives, err := debianArchives(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mftprobe-base-")
	if err != nil {
		return fmt.Errorf("making the base image: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	root := filepath.Join(dir, "root")
	if _, err := command(ctx, nil, "debootstrap", "--variant=minbase", release, root, archives[0].mirror); err != nil {
		return err
	}
	if err := configureApt(ctx, root, archives); err != nil {
		return err
	}
	tar := filepath.Join(dir, "base.tar")
	if _, err := command(ctx, nil, "tar", "-C", root, "-cf", tar, "."); err != nil {
		return err
	}
	_, err = docker(ctx, "import", tar, baseImage)
	return err
}

func installDebootstrap(ctx context.Context) error {
	if _, err := exec.LookPath("debootstrap"); err == nil {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("debootstrap is not installed")
	}
	quiet := []string{"DEBIAN_FRONTEND=noninteractive"}
	_, err := command(ctx, quiet, "apt-get", "install", "-y", "--no-install-recommends", "debootstrap")
	if err == nil {
		return nil
	}
	if _, err := command(ctx, quiet, "apt-get", "update"); err != nil {
		return fmt.Errorf("installing debootstrap: %w", err)
	}
	_, err = command(ctx, quiet, "apt-get", "install", "-y", "--no-install-recommends", "debootstrap")
	return err
}

// archive is one line of an apt source list.
type archive struct{ mirror, suite string }

func (a archive) line() string { return "deb " + a.mirror + " " + a.suite + " main\n" }

// debianArchives asks apt itself, which knows both formats of its source lists. The main archive comes first.
func debianArchives(ctx context.Context) ([]archive, error) {
	archives, err := indexedArchives(ctx)
	if err == nil && len(archives) == 0 {
		if _, err := command(ctx, nil, "apt-get", "update"); err != nil {
			return nil, fmt.Errorf("asking apt for its archives: %w", err)
		}
		archives, err = indexedArchives(ctx)
	}
	if err != nil {
		return nil, err
	}
	if len(archives) == 0 {
		return nil, errors.New("apt on this machine has no Debian archive")
	}
	return archives, nil
}

func indexedArchives(ctx context.Context) ([]archive, error) {
	text, err := command(ctx, nil, "apt-get", "indextargets", "--format",
		"$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)", "Created-By: Packages")
	if err != nil {
		return nil, fmt.Errorf("asking apt for its archives: %w", err)
	}
	return parseArchives(text), nil
}

// parseArchives keeps what belongs to the wanted release. A machine of another Debian release has the same mirror.
func parseArchives(text string) []archive {
	var found, main []archive
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) != 4 || f[0] != "Debian" || f[1] != "main" {
			continue
		}
		codename, mirror := f[2], strings.TrimSuffix(f[3], "/")
		switch {
		case codename == release || !strings.ContainsRune(codename, '-'):
			main = append(main, archive{mirror, release})
		case strings.HasPrefix(codename, release+"-"):
			found = append(found, archive{mirror, codename})
		}
	}
	if len(main) == 0 {
		return nil
	}
	return slices.Compact(append(main[:1], found...))
}

func configureApt(ctx context.Context, root string, archives []archive) error {
	var sources strings.Builder
	for _, a := range archives {
		sources.WriteString(a.line())
	}
	settings, err := command(ctx, nil, "apt-config", "dump")
	if err != nil {
		return fmt.Errorf("asking apt for its proxy: %w", err)
	}
	for name, text := range map[string]string{
		"sources.list":               sources.String(),
		"apt.conf.d/90from-the-host": transportSettings(settings),
	} {
		if err := os.WriteFile(filepath.Join(root, "etc/apt", name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("setting up apt of the base image: %w", err)
		}
	}
	return nil
}

// transportSettings keeps how the machine reaches its archives: proxies and what is checked of their dates.
func transportSettings(dump string) string {
	var kept strings.Builder
	for line := range strings.Lines(dump) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case value == `"";`:
		case strings.HasPrefix(name, "Acquire::http::"), strings.HasPrefix(name, "Acquire::https::"),
			name == "Acquire::Check-Valid-Until", name == "Acquire::Check-Date":
			kept.WriteString(line)
		}
	}
	return kept.String()
}
