package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelpFits: help is readable on a terminal of 80 columns, shows no flag that does nothing there, and says what holds
// where a flag is not given.
func TestHelpFits(t *testing.T) {
	for _, command := range []string{"", "run", "check", "explain", "judge", "compare", "serve", "demo", "version", "exit-codes", "help"} {
		p := testProgram(t)
		var out bytes.Buffer
		p.stdout, p.stderr = &out, &out
		args := []string{"help", command}
		if command == "" {
			args = args[:1]
		}
		if got := p.run(t.Context(), args); got != exitPass {
			t.Errorf("help %s: exit status %d", command, got)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("help %s: %d columns: %s", command, utf8.RuneCountInString(line), line)
			}
		}
		for word, where := range map[string]string{
			"--dry-run": "run", "(16)": "run", "auto, always or never (auto)": "run judge compare explain demo", "--format": "judge",
		} {
			if has, want := strings.Contains(out.String(), word), strings.Contains(" "+where+" ", " "+command+" ") && command != ""; has != want {
				t.Errorf("help %s: %q is there: %v", command, word, has)
			}
		}
	}
}

// TestHelpToFullDisk: help that could not be written is an error, as with every command.
func TestHelpToFullDisk(t *testing.T) {
	p := testProgram(t)
	var said bytes.Buffer
	p.stdout, p.stderr = fullDisk{}, &said
	if got := p.run(t.Context(), []string{"run", "--help"}); got != exitMisuse || said.String() != "mftprobe: writing to standard output: no space left\n" {
		t.Errorf("%d %q", got, said.String())
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }
