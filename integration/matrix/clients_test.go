package matrix

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// The other clients run in a container of the lab, on the network of the host: they see what we see.
const (
	clientsService = "clients"
	clientsFolder  = "/tmp/servers/" // what each server's people handed out, by server

	otherPrefix = ".mftprobe-other-" // of the names of what they upload

	attemptLimit = 12 // seconds for one attempt of a client
	tries        = 3  // for an attempt that surprises us
	oneBatch     = 24 // attempts in one call: a command in a container may take a minute and an argument 128 KiB
	sideBySide   = 8  // attempts at a time
)

// other is what another client made of a case.
type other struct {
	client  string
	passed  bool
	said    string // its exit status and last line
	because string // why it has another outcome than we have
}

// attempt is what one client is asked to do for one case, as a shell command.
type attempt struct {
	index   int // of the case on its bench
	client  string
	command string
}

// attempts translates a case for the other clients. What they cannot repeat they are not asked.
func attempts(sc *scene, index int) []attempt {
	if _, refused := sc.row.differ[alone]; refused || sc.row.disturb != nil || sc.row.before != nil || !repeatable(sc) {
		return nil
	}
	var out []attempt
	add := func(client, command string) {
		if !canDo(client, sc.row.steps) {
			return
		}
		name := fmt.Sprintf(otherPrefix+"%s-%d.tmp", client, index)
		out = append(out, attempt{index, client, strings.ReplaceAll(command, ownName, name)})
	}
	if sc.job.Target.Protocol != probe.SFTP {
		add("curl", curl(sc))
		add("lftp", lftp(sc))
		return out
	}
	add("sftp", openSSH(sc))
	if len(sc.job.Target.SSH.Keys) == 0 {
		add("curl", curl(sc))
	}
	return out
}

// In commands, ownName stands for the name of what a client uploads, and renamed for what it renames that to.
const (
	ownName = "{own}"
	renamed = ownName + "x"
)

// peculiar flags change our side in a way that the other clients have no word for.
var peculiar = []string{"--no-session-reuse", "--type", "--active-address", "--auth", "--name"}

func repeatable(sc *scene) bool {
	for _, flag := range peculiar {
		if strings.Contains(sc.row.flags, flag) {
			return false
		}
	}
	for _, s := range sc.job.Script.Steps {
		if s.Op == probe.OpWait || s.Op == probe.OpMlsd || s.Op == probe.OpCwd || s.Offset > 0 {
			return false
		}
	}
	return true
}

// unknown lists the operations for which a client has no command, or none that reports a refusal.
var unknown = map[string][]probe.Op{
	"curl": {probe.OpMdtm, probe.OpStat},
	"lftp": {probe.OpMdtm, probe.OpSize, probe.OpRaw}, // its quote succeeds whatever the server says
	"sftp": {probe.OpMdtm, probe.OpStat, probe.OpSize, probe.OpRaw},
}

func canDo(client string, steps []probe.Step) bool {
	return !slices.ContainsFunc(steps, func(s probe.Step) bool { return slices.Contains(unknown[client], s.Op) })
}

// fleet is the container with the other clients.
type fleet struct {
	server *lab.Server
	met    sync.Map // by name of the server
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	return &fleet{server: lab.Use(t, clientsService, healthy)}
}

// meet gives the clients what a server's people hand out, and its host keys.
func (f *fleet) meet(t *testing.T, s *lab.Server) {
	t.Helper()
	if _, met := f.met.LoadOrStore(s.Name, true); met || s.Name == netfault {
		return
	}
	folder := clientsFolder + s.Name
	f.server.Exec(t, "mkdir", "-p", folder+"/.ssh")
	f.server.Copy(t, filepath.Dir(s.File(t, "ca.pem"))+"/.", folder)
	f.server.Copy(t, s.KnownHosts(t), folder+"/.ssh/known_hosts")
	f.server.Exec(t, "sh", "-c", "cd "+folder+" && chown -R root: . && chmod -R go= . ")
}

// make carries out attempts and returns what came out of each.
func (f *fleet) make(t *testing.T, server string, all []attempt) []other {
	t.Helper()
	var out []other
	for batch := range slices.Chunk(all, oneBatch) {
		out = append(out, f.makeBatch(t, server, batch)...)
	}
	return out
}

// makeBatch carries out attempts by one call of the container, some at a time.
func (f *fleet) makeBatch(t *testing.T, server string, all []attempt) []other {
	t.Helper()
	var script strings.Builder
	fmt.Fprintf(&script, "cd $(mktemp -d)\nexport HOME=%s LC_ALL=C.UTF-8\n", clientsFolder+server)
	for i, a := range all {
		fmt.Fprintf(&script, "while (($(jobs -rp | wc -l) >= %d)); do wait -n; done\n", sideBySide)
		fmt.Fprintf(&script, "(timeout -k 1 %d bash -c %s >%d.out 2>&1 </dev/null; echo $? >%d.status) &\n", attemptLimit, quote(a.command), i, i)
	}
	fmt.Fprintf(&script, "wait\nfor ((i = 0; i < %d; i++)); do echo \"$(<$i.status) $(tail -n 1 $i.out)\"; done\n", len(all))
	lines := strings.Split(strings.TrimSuffix(f.server.Exec(t, "bash", "-c", script.String()), "\n"), "\n")
	if len(lines) != len(all) {
		t.Fatalf("%d attempts, %d results: %q", len(all), len(lines), lines)
	}
	out := make([]other, len(all))
	for i, line := range lines {
		status, said, _ := strings.Cut(line, " ")
		out[i] = other{client: all[i].client, passed: status == "0", said: "ends with " + status + " " + strconv.Quote(said)}
	}
	return out
}

// quote makes one word of the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// words quotes each word.
func words(list ...string) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = quote(w)
	}
	return strings.Join(out, " ")
}

// handedOut is the path of a server's file inside the clients' container.
func handedOut(sc *scene, name string) string { return clientsFolder + sc.server.Name + "/" + name }

// flagValue returns the value of a flag of the row.
func (sc *scene) flagValue(flag string) string {
	list := strings.Fields(sc.row.flags)
	for i, w := range list {
		if w == flag && i+1 < len(list) {
			return list[i+1]
		}
	}
	return ""
}

func (sc *scene) hasFlag(flag string) bool {
	for _, w := range strings.Fields(sc.row.flags) {
		if w == flag {
			return true
		}
	}
	return false
}

// payload makes the file that is uploaded.
func payload(sc *scene) string {
	return fmt.Sprintf("head -c %d /dev/zero >payload-%s\n", sc.job.PayloadSize, ownName)
}

// own tells whether a step works on what the run itself made.
func own(s probe.Step) bool { return s.Path == "" }

// lastName is the name that the upload has when all steps but the last are done.
func lastName(sc *scene) string {
	if slices.ContainsFunc(sc.job.Script.Steps, func(s probe.Step) bool { return s.Op == probe.OpRename && own(s) }) {
		return renamed
	}
	return ownName
}
