package classify

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"mftprobe/probe"
)

// The matrix of positions: what every command, code and state of the session means without a word
// from the server. The golden file is for people to read: a line that looks wrong is a rule that is
// wrong. UPDATE_GOLDEN=1 writes it again.

var (
	matrixVerbs = words(
		"AUTH", "USER", "PASS", "ACCT", "PBSZ", "PROT", "CCC", "HOST", "TYPE", "PWD", "CWD", "EPSV", "PASV", "PORT",
		"LIST", "NLST", "MLSD", "RETR", "STOR", "APPE", "REST", "SIZE", "MDTM", "MLST", "RNFR", "RNTO", "DELE", "MKD", "RMD", "NOOP", "XYZZY",
	)
	matrixCodes    = []int{332, 421, 425, 426, 430, 431, 450, 451, 452, 500, 501, 502, 503, 504, 521, 522, 530, 532, 533, 534, 536, 550, 551, 552, 553, 554}
	matrixRequests = words("OPEN", "READ", "WRITE", "CLOSE", "OPENDIR", "READDIR", "STAT", "LSTAT", "REMOVE", "RENAME", "MKDIR", "RMDIR", "SETSTAT", "REALPATH", "EXTENDED")
	matrixBroken   = []probe.Class{probe.ClassTimeout, probe.ClassEOF, probe.ClassReset, probe.ClassTLS, probe.ClassMalformed}
)

// stage is a state of an FTP session in which a command may fail.
type stage struct {
	name  string
	begin string // lines of the corpus
}

var stages = []stage{
	{"clear, not logged in", "target ftp 21\n< 220 ready"},
	{"clear", "plain"},
	{"TLS", "secure"},
	{"passive", "plain\n> EPSV\n< 229 Entering Extended Passive Mode (|||50000|)"},
	{"active under TLS", "secure\n> PORT 1,2,3,4,5,6\n< 200 OK"},
	{"data stands under TLS", "secure\n> EPSV\n< 229 Entering Extended Passive Mode (|||50000|)\nev connect conn=data-1 phase=data-connect"},
	{"restarted", "plain\n> REST 100\n< 350 OK\n> EPSV\n< 229 Entering Extended Passive Mode (|||50000|)"},
}

// scenes of one line of the matrix.
func (s stage) session(t testing.TB, lines ...string) probe.Transcript {
	t.Helper()
	w := &writer{rec: recorded{want: map[string]string{}}}
	for _, line := range append(strings.Split(s.begin, "\n"), lines...) {
		if err := w.line(line); err != nil {
			t.Fatal(err)
		}
	}
	w.finish()
	w.rec.t.Steps = nil
	for i := range w.rec.t.Events {
		w.rec.t.Events[i].Step = ""
	}
	return w.rec.t
}

// cell describes what the judge makes of a session.
func cell(tr probe.Transcript) string {
	s := decisive(&tr)
	if s == nil {
		return "-"
	}
	r := match(s)
	c := r.choose(s)
	return fmt.Sprintf("%s: %s, %s, at %s", r.name, c.cause, c.sure, s.phase)
}

func TestMatrixOfPositions(t *testing.T) {
	var b strings.Builder
	for _, st := range stages {
		fmt.Fprintf(&b, "# %s\n", st.name)
		for _, verb := range matrixVerbs {
			st.verb(t, &b, verb, false)
			if transfers(verb) && st.begin != stages[0].begin {
				st.verb(t, &b, verb, true)
			}
		}
	}
	b.WriteString("# SFTP\n")
	for _, request := range matrixRequests {
		requestLines(t, &b, request)
	}
	golden(t, "testdata/positions.txt", b.String())
}

// verb writes the lines of one command, before or after its 150. Neighbouring codes with the same
// meaning share a line.
func (s stage) verb(t testing.TB, b *strings.Builder, verb string, begun bool) {
	t.Helper()
	command := []string{"> " + verb + " name"}
	title := verb
	if begun {
		command = append(command, "< 150 Opening")
		title += " after 150"
	}
	var lines grouped
	for _, code := range matrixCodes {
		lines.add(fmt.Sprint(code), cell(s.session(t, append(command, fmt.Sprintf("< %d no.", code))...)))
	}
	for _, class := range matrixBroken {
		lines.add(string(class), cell(s.session(t, append(command, "ev close cmd="+verb+" fail="+string(class))...)))
	}
	lines.write(b, title)
}

func requestLines(t testing.TB, b *strings.Builder, request string) {
	t.Helper()
	var lines grouped
	for status := 2; status < 28; status++ {
		lines.add(fmt.Sprint(status), cell(stage{begin: "sftp x"}.session(t, ">> "+request+" /in/a", fmt.Sprintf("<< %s %d no.", request, status))))
	}
	for _, class := range matrixBroken {
		lines.add(string(class), cell(stage{begin: "sftp x"}.session(t, ">> "+request+" /in/a", "ev close conn=ssh fail="+string(class))))
	}
	lines.write(b, request)
}

// grouped collects keys that mean the same.
type grouped struct {
	keys  [][]string
	texts []string
}

func (g *grouped) add(key, text string) {
	for i := range g.texts {
		if g.texts[i] == text {
			g.keys[i] = append(g.keys[i], key)
			return
		}
	}
	g.keys, g.texts = append(g.keys, []string{key}), append(g.texts, text)
}

func (g *grouped) write(b *strings.Builder, title string) {
	fmt.Fprintf(b, "%s\n", title)
	for i, keys := range g.keys {
		fmt.Fprintf(b, "   %s: %s\n", strings.Join(keys, " "), g.texts[i])
	}
}

// golden compares got with a file, or writes the file again.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s differs from line %d on: got %q", name, i+1, a[min(i, len(a)-1)])
		}
	}
}
