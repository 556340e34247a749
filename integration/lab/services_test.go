package lab

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

func services(t *testing.T) (root string, found map[string]service) {
	t.Helper()
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	if found, err = readServices(root, "22"); err != nil {
		t.Fatal(err)
	}
	return root, found
}

func TestServicesHaveTheirOwnPorts(t *testing.T) {
	_, found := services(t)
	owner := map[int]string{}
	for name, s := range found {
		ports := s.listening()
		if len(ports) == 0 && name != "clients" { // which serves nobody
			t.Errorf("%s has no port", name)
		}
		for _, port := range ports {
			if owner[port] != "" {
				t.Errorf("port %d belongs to %s and %s", port, owner[port], name)
			}
			if port < 22000 || port > 22999 {
				t.Errorf("port %d of %s is out of the range of the lab", port, name)
			}
			owner[port] = name
		}
	}
	for name, s := range found {
		if port, ok := s.port(refused); ok && owner[port] != "" {
			t.Errorf("%s counts on nobody listening on port %d, which %s does", name, port, owner[port])
		}
		if port, ok := s.port(dropped); ok && owner[port] != netfault {
			t.Errorf("%s counts on %s keeping port %d", name, netfault, port)
		}
	}
}

func TestEveryImageHasItsFolder(t *testing.T) {
	root, found := services(t)
	for _, image := range images(found) {
		if _, err := os.Stat(filepath.Join(root, imagesFolder, image, "Dockerfile")); err != nil {
			t.Error(err)
		}
	}
}

func TestTakenPort(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	found := map[string]service{"holder": {Environment: map[string]string{string(Plain): strconv.Itoa(port)}}}
	if got, ok := taken(found); !ok || got != port {
		t.Errorf("taken = %d, %v while port %d is held", got, ok, port)
	}
	listener.Close()
	if got, ok := taken(found); ok {
		t.Errorf("taken = %d after the port was let go", got)
	}
}

func TestRevisionFollowsTheFiles(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, imagesFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, write := range []struct{ path, text string }{
		{filepath.Join(root, composeFile), "services: {}"},
		{filepath.Join(folder, "a"), "1"},
		{filepath.Join(folder, "a"), "2"},
		{filepath.Join(folder, "b"), "2"},
	} {
		if err := os.WriteFile(write.path, []byte(write.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := revision(root)
		if err != nil || seen[got] {
			t.Errorf("after writing %s: revision %q, %v, seen before: %v", write.path, got, err, seen[got])
		}
		seen[got] = true
	}
}

// Lanes must not meet: what a compose file says about a port without the variable would be the same in all of them.
func TestLanesHaveTheirOwnPorts(t *testing.T) {
	root, first := services(t)
	second, err := readServices(root, "23")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range first {
		other := second[name].listening()
		slices.Sort(other)
		ports := s.listening()
		slices.Sort(ports)
		for i := range ports {
			ports[i] += 1000
		}
		if !slices.Equal(ports, other) {
			t.Errorf("%s: a thousand further on it would have %v, and has %v", name, ports, other)
		}
	}
}
