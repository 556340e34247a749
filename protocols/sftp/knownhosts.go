package sftp

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// badLine is a line of a known_hosts file that cannot be read.
type badLine struct {
	file string
	line int
	why  string
}

// loadKnownHosts reads the files that exist. The library gives up a whole file for one bad line, so
// it gets a copy without the bad lines where there are any; origin maps such a copy to its file.
func loadKnownHosts(files []string) (db *knownhosts.HostKeyDB, origin map[string]string, bad []badLine, err error) {
	origin = map[string]string{}
	var use []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, bad, fmt.Errorf("read known_hosts: %w", err)
		}
		good, wrong := withoutBadLines(file, content)
		bad = append(bad, wrong...)
		if len(wrong) > 0 {
			dir, err := os.MkdirTemp("", "mftprobe-known-hosts-")
			if err != nil {
				return nil, nil, bad, fmt.Errorf("copy %s without its bad lines: %w", file, err)
			}
			defer func() { _ = os.RemoveAll(dir) }()
			copied := filepath.Join(dir, "known_hosts")
			if err := os.WriteFile(copied, good, 0o600); err != nil {
				return nil, nil, bad, fmt.Errorf("copy %s without its bad lines: %w", file, err)
			}
			origin[copied] = file
			file = copied
		}
		use = append(use, file)
	}
	if len(use) == 0 {
		return nil, origin, bad, nil
	}
	db, err = knownhosts.NewDB(use...)
	if err != nil {
		return nil, nil, bad, fmt.Errorf("read known_hosts: %w", err)
	}
	return db, origin, bad, nil
}

// withoutBadLines empties the lines that cannot be read and keeps the numbering.
func withoutBadLines(file string, content []byte) ([]byte, []badLine) {
	var good bytes.Buffer
	var bad []badLine
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, max(len(content), bufio.MaxScanTokenSize))
	for n := 1; lines.Scan(); n++ {
		line := lines.Bytes()
		if why := lineProblem(line); why != "" {
			bad = append(bad, badLine{file, n, why})
			line = nil
		}
		good.Write(line)
		good.WriteByte('\n')
	}
	return good.Bytes(), bad
}

// lineProblem returns what is wrong with a line, or the empty string.
func lineProblem(line []byte) string {
	words := strings.Fields(string(line))
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return ""
	}
	if len(line) >= bufio.MaxScanTokenSize {
		return "it is too long"
	}
	if marker := words[0]; marker == "@cert-authority" || marker == "@revoked" {
		words = words[1:]
	}
	if len(words) < 3 {
		return "host names, key type and key are not all there"
	}
	if why := hostsProblem(words[0]); why != "" {
		return why
	}
	blob, err := base64.StdEncoding.DecodeString(words[2])
	if err != nil {
		return "the key is not base64"
	}
	key, err := ssh.ParsePublicKey(blob)
	if err != nil {
		return "the key cannot be read"
	}
	if key.Type() != words[1] {
		return fmt.Sprintf("the key is of type %s, not %s", key.Type(), words[1])
	}
	return ""
}

// hostsProblem returns what is wrong with the first field, or the empty string.
func hostsProblem(field string) string {
	if field[0] == '@' {
		return "unknown marker " + field
	}
	if field[0] == '|' {
		return hashProblem(field)
	}
	for pattern := range strings.SplitSeq(field, ",") {
		name := strings.TrimPrefix(pattern, "!")
		if name == "" && pattern != "" {
			return "a negation without a host name"
		}
		if _, _, err := net.SplitHostPort(name); strings.HasPrefix(name, "[") && err != nil {
			return "the host name " + name + " lacks a port"
		}
	}
	return ""
}

// hashProblem checks a hashed host name: |1|salt|hash.
func hashProblem(field string) string {
	parts := strings.Split(field, "|")
	if len(parts) != 4 || parts[1] != "1" {
		return "the hashed host name is not of the form |1|salt|hash"
	}
	for _, p := range parts[2:] {
		if _, err := base64.StdEncoding.DecodeString(p); err != nil {
			return "the hashed host name is not base64"
		}
	}
	return ""
}
