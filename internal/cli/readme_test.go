package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mftprobe/internal/refserver"
)

const readme = "../../README.md"

// TestReadme runs every command of the README's console blocks against the neutral endpoint and holds the output against
// what the README shows. Names of partners stand for the endpoint; numbers that differ from run to run are not compared.
// With UPDATE_GOLDEN=1 the README is rewritten.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "mftprobe").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	page := &page{t: t, dir: t.TempDir(), bin: bin, lines: strings.Split(string(text), "\n")}
	page.start("")
	out := page.walk()
	if page.commands == 0 {
		t.Fatal("the README holds no command")
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(readme, []byte(strings.Join(out, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// page is the README on its way through the test.
type page struct {
	t        *testing.T
	dir      string
	bin      string // holds the program
	lines    []string
	server   *refserver.Server
	commands int
}

// walk goes through the page and returns it with the outputs of today.
func (p *page) walk() []string {
	var out []string
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		out = append(out, line)
		if fault, ok := strings.CutPrefix(line, "<!-- endpoint:"); ok {
			p.start(strings.TrimSuffix(fault, "-->"))
		}
		if command, ok := strings.CutPrefix(line, "<!-- before:"); ok {
			p.run(strings.TrimSpace(strings.TrimSuffix(command, "-->")))
		}
		if !strings.HasPrefix(line, "```") {
			continue
		}
		end := i + 1
		for end < len(p.lines) && p.lines[end] != "```" {
			end++
		}
		block := p.lines[i+1 : end]
		if line == "```console" {
			block = p.console(block)
		} else {
			p.keep(block)
		}
		out = append(append(out, block...), "```")
		i = end
	}
	return out
}

// keep writes a block whose first line is "# name" as a file, as the reader would.
func (p *page) keep(block []string) {
	name, ok := strings.CutPrefix(block[0], "# ")
	if !ok || strings.ContainsAny(name, " /") {
		return
	}
	text := p.concrete(strings.Join(block[1:], "\n")) + "\n"
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// start makes a new endpoint with a fault, or a healthy one.
func (p *page) start(fault string) {
	if p.server != nil {
		p.server.Close()
	}
	cfg := refserver.Loopback()
	for spec := range strings.SplitSeq(fault, ";") {
		if spec = strings.TrimSpace(spec); spec != "" {
			cfg.Faults = append(cfg.Faults, spec)
		}
	}
	cfg.Accounts = []refserver.Account{{User: "alice", Password: "correct-horse-7Q"}}
	s, err := refserver.Start(context.Background(), cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(s.Close)
	p.server = s
	for name, text := range map[string]string{"ca.pem": string(s.CAPEM()), "known_hosts": s.KnownHosts()} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

// partners maps the README's hosts to protocols of the endpoint.
var partners = map[string]string{"ftps.partner.example": "ftps", "ftp.partner.example": "ftp", "sftp.partner.example": "sftp"}

// concrete puts the endpoint in the place of the partners.
func (p *page) concrete(text string) string {
	for _, host := range []string{"sftp.partner.example", "ftps.partner.example", "ftp.partner.example"} {
		text = strings.ReplaceAll(text, host, p.server.Addr(partners[host]))
	}
	return text
}

// general undoes concrete in an output.
func (p *page) general(text string) string {
	for host, protocol := range partners {
		text = strings.ReplaceAll(text, p.server.Addr(protocol), host)
	}
	return text
}

// slowness is a part of what is said of a server that took its time.
const slowness = " is slow"

// console runs the commands of a block and returns it with their outputs.
func (p *page) console(block []string) []string {
	var out []string
	for i := 0; i < len(block); {
		command, ok := strings.CutPrefix(block[i], "$ ")
		if !ok {
			p.t.Fatalf("not a command: %s", block[i])
		}
		end := i + 1
		for end < len(block) && !strings.HasPrefix(block[end], "$ ") {
			end++
		}
		run := p.run
		if strings.HasPrefix(command, "mftprobe serve ") {
			run = p.serve
		}
		want := strings.TrimRight(strings.Join(block[i+1:end], "\n"), "\n")
		got := run(command)
		for try := 1; try < 5 && strings.Contains(got, slowness) && !strings.Contains(want, slowness); try++ {
			got = run(command) // the machine stood still, and the program says so
		}
		if loose(got) == loose(want) {
			got = want // other numbers are no reason to rewrite it
		} else if os.Getenv("UPDATE_GOLDEN") == "" {
			p.t.Errorf("$ %s\n--- the README shows\n%s\n--- it prints\n%s", command, want, got)
		}
		out = append(out, block[i])
		if got != "" {
			out = append(out, strings.Split(got, "\n")...)
		}
		if end < len(block) {
			out = append(out, "")
		}
		i = end
	}
	return out
}

// shell prepares a command as the reader would type it.
func (p *page) shell(command string) *exec.Cmd {
	p.commands++
	cmd := exec.CommandContext(p.t.Context(), "sh", "-c", p.concrete(command))
	cmd.Dir = p.dir
	cmd.Env = []string{"HOME=" + p.dir, "PATH=" + p.bin + ":/usr/bin:/bin", "MFT_PASSWORD=" + p.server.Password()}
	return cmd
}

// run runs one command in a shell and returns what it prints.
func (p *page) run(command string) string {
	cmd := p.shell(command)
	text, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		p.t.Errorf("$ %s\n%v\n%s", command, err, text)
	}
	return strings.TrimRight(p.general(string(text)), "\n")
}

var (
	listens  = regexp.MustCompile(`0\.0\.0\.0:([0-9]+)`)
	listened = regexp.MustCompile(`(?m)^  [A-Za-z ]+ \S+:([0-9]+)$`)
)

// serve starts the endpoint on any ports, takes what it says before the first client comes, and ends it with Ctrl-C.
func (p *page) serve(command string) string {
	cmd := p.shell("exec " + listens.ReplaceAllString(command, "0.0.0.0:0"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	var text strings.Builder
	for lines, commands := bufio.NewScanner(out), false; lines.Scan() && (lines.Text() != "" || !commands); {
		commands = commands || strings.HasPrefix(lines.Text(), "  mftprobe ")
		text.WriteString(lines.Text() + "\n")
	}
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		p.t.Errorf("$ %s\n%v", command, err)
	}
	said := text.String()
	for i, m := range listened.FindAllStringSubmatch(said, -1) {
		said = strings.ReplaceAll(said, ":"+m[1], ":"+listens.FindAllStringSubmatch(command, -1)[i][1])
	}
	return strings.TrimRight(said, "\n")
}

var (
	numbers = regexp.MustCompile(`<?[0-9][0-9.,:TZ-]*`)
	blanks  = regexp.MustCompile(`[ \n]+`)
	prints  = regexp.MustCompile(`SHA256:[A-Za-z0-9+/]+|([0-9A-F]{2}:){31}[0-9A-F]{2}|\b[a-z2-7]{20}\b|\.mftprobe-[0-9a-z-]+\.tmp`)
	sums    = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	units   = regexp.MustCompile(`N (ms|s|µs)\b`)
)

// loose drops what differs from run to run: numbers, fingerprints, and where lines are wrapped because of them.
func loose(text string) string {
	text = sums.ReplaceAllString(prints.ReplaceAllString(text, "ID"), "SUM")
	text = numbers.ReplaceAllString(text, "N")
	text = units.ReplaceAllString(text, "N")
	return fmt.Sprint(blanks.ReplaceAllString(text, " "))
}
