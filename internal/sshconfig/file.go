package sshconfig

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/kevinburke/ssh_config"
)

// maxFile bounds a configuration file, in bytes.
const maxFile = 256 << 10

// File is a configuration that was read.
type File struct {
	path    string
	config  *ssh_config.Config
	ignored []string // Match lines that were left out
}

// Read reads a configuration file. An error names the file, and where it can, the line.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ssh_config: %w", err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: a configuration of more than %d bytes", path, maxFile)
	}
	return parse(path, text)
}

func parse(path string, text []byte) (*File, error) {
	kept, ignored := withoutMatch(text)
	config, err := ssh_config.DecodeBytes(kept)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &File{path: path, config: config, ignored: ignored}, nil
}

// withoutMatch empties the blocks of Match lines with conditions, for one of which the library would
// refuse the whole file. It keeps the numbering of the lines and returns the conditions.
func withoutMatch(text []byte) ([]byte, []string) {
	var out bytes.Buffer
	var ignored []string
	skip := false
	for line := range bytes.Lines(text) {
		word, rest := keyword(string(line))
		switch word {
		case "host":
			skip = false
		case "match":
			if skip = !strings.EqualFold(rest, "all"); skip {
				ignored = append(ignored, "Match "+rest)
			}
		}
		if skip {
			line = []byte("\n")
		}
		out.Write(line)
	}
	return out.Bytes(), ignored
}

// keyword splits a line into its word, in lower case, and the rest; an equals sign may stand between.
func keyword(line string) (word, rest string) {
	line = strings.TrimSpace(line)
	i := strings.IndexAny(line, " \t=")
	if i < 0 {
		return strings.ToLower(line), ""
	}
	rest = strings.TrimSpace(line[i:])
	return strings.ToLower(line[:i]), strings.TrimSpace(strings.TrimPrefix(rest, "="))
}
