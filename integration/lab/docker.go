package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	daemonTimeout = 20 * time.Second // for the daemon to answer at all
	outputTail    = 2000             // bytes of a failed command's output that an error keeps
)

// command runs a program and returns what it printed on standard output. The error keeps the end of what it said.
func command(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(stdout.String() + stderr.String())
		if len(said) > outputTail {
			said = "… " + said[len(said)-outputTail:]
		}
		return stdout.String(), fmt.Errorf("%s: %w: %s", strings.Join(args[:min(3, len(args))], " "), err, said)
	}
	return stdout.String(), nil
}

func docker(ctx context.Context, args ...string) (string, error) {
	return command(ctx, nil, append([]string{"docker"}, args...)...)
}

// compose finds the command that understands docker-compose.yml: the plugin first, then the older program.
func compose(ctx context.Context) ([]string, error) {
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, errors.New("docker is not installed")
	}
	ctx, cancel := context.WithTimeout(ctx, daemonTimeout)
	defer cancel()
	if _, err := docker(ctx, "version", "--format", "{{.Server.Version}}"); err != nil {
		return nil, fmt.Errorf("the docker daemon is not reachable (%w)", err)
	}
	if _, err := docker(ctx, "compose", "version"); err == nil {
		return []string{"docker", "compose"}, nil
	}
	if _, err := exec.LookPath("docker-compose"); err == nil {
		return []string{"docker-compose"}, nil
	}
	return nil, errors.New("neither `docker compose` nor docker-compose is installed")
}
