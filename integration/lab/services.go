package lab

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	composeFile = "docker-compose.yml"
	// loopback is the only address that anything in the lab listens on.
	loopback = "127.0.0.1"
	// portsVariable is how docker-compose.yml writes the beginning of every port number.
	portsVariable = "${LAB_PORTS:-22}"
)

// Ports in the environment of a service that no client dials first.
const (
	passiveLow  Mode = "PASSIVE_LOW"
	passiveHigh Mode = "PASSIVE_HIGH"
	dropped     Mode = "DROPPED"
	refused     Mode = "REFUSED"
)

// service is what the lab needs to know of one entry of docker-compose.yml.
type service struct {
	Image       string
	Build       struct{ Dockerfile string }
	Environment map[string]string
}

// repository walks up from the directory of the test to the folder that holds docker-compose.yml.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, composeFile)); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no " + composeFile + " in this directory or above it")
		}
		dir = parent
	}
}

// readServices reads docker-compose.yml for a lane, whose port numbers begin with ports.
func readServices(root, ports string) (map[string]service, error) {
	text, err := os.ReadFile(filepath.Join(root, composeFile))
	if err != nil {
		return nil, fmt.Errorf("reading services: %w", err)
	}
	var file struct{ Services map[string]service }
	text = bytes.ReplaceAll(text, []byte(portsVariable), []byte(ports))
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reading %s: %w", composeFile, err)
	}
	return file.Services, nil
}

// image is the name under imagePrefix, which is also the name of the folder.
func (s service) image() string { return filepath.Dir(s.Build.Dockerfile) }

// images returns the distinct images of the services, sorted.
func images(services map[string]service) []string {
	var names []string
	for _, s := range services {
		names = append(names, s.image())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// port returns the port that the service has for a mode.
func (s service) port(mode Mode) (int, bool) {
	port, err := strconv.Atoi(s.Environment[string(mode)])
	return port, err == nil
}

// needs returns the other services without which the faults of this one are not what they say: a port to which SYNs go
// unanswered is kept by netfault.
func (s service) needs() []string {
	if _, ok := s.port(dropped); ok {
		return []string{netfault}
	}
	return nil
}

// faultPorts returns the ports of the network faults, by fault.
func (s service) faultPorts() map[string][]int {
	ports := map[string][]int{}
	for assignment := range strings.FieldsSeq(s.Environment["FAULTS"]) {
		fault, numbers, _ := strings.Cut(assignment, "=")
		for number := range strings.SplitSeq(numbers, ",") {
			if port, err := strconv.Atoi(number); err == nil {
				ports[fault] = append(ports[fault], port)
			}
		}
	}
	return ports
}

// listening returns every port on which the service may listen on this host.
func (s service) listening() []int {
	var ports []int
	for _, mode := range []Mode{Plain, Explicit, Implicit, SFTP, External} {
		if port, ok := s.port(mode); ok {
			ports = append(ports, port)
		}
	}
	for _, faultPorts := range s.faultPorts() {
		ports = append(ports, faultPorts...)
	}
	low, _ := s.port(passiveLow)
	high, ok := s.port(passiveHigh)
	for port := low; ok && port <= high; port++ {
		ports = append(ports, port)
	}
	return ports
}

// taken returns a port of the services that somebody on this host already listens on.
func taken(services map[string]service) (port int, found bool) {
	for _, s := range services {
		for _, port := range s.listening() {
			listener, err := net.Listen("tcp", hostPort(port))
			if err != nil {
				return port, true
			}
			listener.Close()
		}
	}
	return 0, false
}

// revision names the state of everything that goes into the containers.
func revision(root string) (string, error) {
	sum := sha256.New()
	add := func(path string) error {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading images: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n", strings.TrimPrefix(path, root), len(text))
		sum.Write(text)
		return nil
	}
	if err := add(filepath.Join(root, composeFile)); err != nil {
		return "", err
	}
	err := filepath.WalkDir(filepath.Join(root, imagesFolder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(path)
	})
	return hex.EncodeToString(sum.Sum(nil))[:12], err
}
