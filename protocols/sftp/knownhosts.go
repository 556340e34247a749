package sftp

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the form of known_hosts
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
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// badLine is a line of a known_hosts file that cannot be read.
type badLine struct {
	file string
	line int
	why  string
}

// manyLines is from when on the lines of other hosts are kept from the library, which reads the key in
// every one.
const manyLines = 64

// loadKnownHosts reads what the files that exist say about the host at address. The library gives up a
// whole file for one bad line, so it gets a copy without the bad lines where there are any; origin maps
// such a copy to its file.
func loadKnownHosts(files []string, address string) (db *knownhosts.HostKeyDB, origin map[string]string, bad []badLine, err error) {
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
		many := bytes.Count(content, []byte("\n")) >= manyLines
		good, wrong := readable(file, content, func(words []string) bool { return !many || mayName(words[0], address) })
		bad = append(bad, wrong...)
		if many || len(wrong) > 0 {
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

// readable empties the lines that cannot be read or are not wanted, and keeps the numbering.
func readable(file string, content []byte, wanted func(words []string) bool) ([]byte, []badLine) {
	var good bytes.Buffer
	var bad []badLine
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, max(len(content), bufio.MaxScanTokenSize))
	for n := 1; lines.Scan(); n++ {
		line := lines.Bytes()
		words, blob, why := splitLine(line)
		use := words != nil && why == "" && wanted(words)
		if use {
			why = keyProblem(words, blob)
		}
		if why != "" {
			bad = append(bad, badLine{file, n, why})
		}
		if !use || why != "" {
			line = nil
		}
		good.Write(line)
		good.WriteByte('\n')
	}
	return good.Bytes(), bad
}

// splitLine returns the words of a line and its key, or what is wrong with it. A line that says nothing
// has no words.
func splitLine(line []byte) (words []string, blob []byte, why string) {
	if len(line) >= bufio.MaxScanTokenSize {
		return nil, nil, "it is too long"
	}
	words = strings.Fields(string(line))
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return nil, nil, ""
	}
	rest := words
	if marker := words[0]; marker == "@cert-authority" || marker == "@revoked" {
		rest = words[1:]
	}
	if len(rest) < 3 {
		return words, nil, "host names, key type and key are not all there"
	}
	if why := hostsProblem(rest[0]); why != "" {
		return words, nil, why
	}
	blob, err := base64.StdEncoding.DecodeString(rest[2])
	if err != nil {
		return words, nil, "the key is not base64"
	}
	return words, blob, ""
}

// keyProblem returns what is wrong with the key of a line, or the empty string.
func keyProblem(words []string, blob []byte) string {
	key, err := ssh.ParsePublicKey(blob)
	if err != nil {
		return "the key cannot be read"
	}
	if strings.HasPrefix(words[0], "@") {
		words = words[1:]
	}
	if key.Type() != words[1] {
		return fmt.Sprintf("the key is of type %s, not %s", key.Type(), words[1])
	}
	return ""
}

// mayName tells whether the first word of a line can bear on a host. Where that takes more than a look,
// it can.
func mayName(field, address string) bool {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil, field[0] == '@', strings.ContainsAny(field, "*?!"):
		return true
	case field[0] == '|':
		return hashMatches(field, xknownhosts.Normalize(address))
	}
	return strings.Contains(strings.ToLower(field), strings.ToLower(host))
}

// hashMatches tells whether a hashed host name is that of a host: |1|salt|HMAC-SHA1.
func hashMatches(field, host string) bool {
	parts := strings.Split(field, "|")
	salt, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	mac := hmac.New(sha1.New, salt)
	_, _ = mac.Write([]byte(host))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)) == parts[3]
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
