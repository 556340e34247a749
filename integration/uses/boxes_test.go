package uses

import (
	"path/filepath"
	"slices"
	"testing"

	"mftprobe/integration/lab"
)

// examples is the folder of what the README tells users to start from.
const examples = "../../examples"

// box is a run of an example script against a server that is such a box, or is not in one respect.
type box struct {
	name          string
	server, fault string
	protocol      string
	prepare       string // a command of the server's people
	exit          int
	says          []string
}

const (
	finished   = "echo a,b >/home/alice/report.csv; touch -d '10 minutes ago' /home/alice/report.csv; chown alice: /home/alice/report.csv"
	unfinished = "echo a,b >/home/alice/report.csv; chown alice: /home/alice/report.csv"
	tooOld     = "echo a,b >/home/alice/report.csv; touch -d '3 days ago' /home/alice/report.csv; chown alice: /home/alice/report.csv"
	isEmpty    = "touch -d '10 minutes ago' /home/alice/report.csv; chown alice: /home/alice/report.csv"
)

var dropBoxes = []box{
	{name: "as agreed", server: lab.ProFTPD, fault: "no-read-no-list", protocol: "ftp", says: []string{"must-not-list", "must-not-read", "refused as expected: 5"}},
	{name: "as agreed, with TLS", server: lab.ProFTPD, fault: "no-read-no-list", protocol: "ftpes", says: []string{"PASS  7 of 7 steps"}},
	{name: "as agreed, over SSH", server: lab.ProFTPD, fault: "no-read-no-list", protocol: "sftp", says: []string{"refused as expected: sftp 3"}},
	{name: "may be read", server: lab.ProFTPD, fault: "no-list", protocol: "ftp", exit: 1, says: []string{"FAIL  must-not-read", "cause     expectation-unmet"}},
	{name: "may be read, too", server: lab.VSFTPDHost, fault: "no-list", protocol: "ftp", exit: 1, says: []string{"ok    must-not-list", "FAIL  must-not-read", "cause     expectation-unmet"}},
	{name: "may be listed", server: lab.VSFTPDHost, fault: "no-download", protocol: "ftps", exit: 1, says: []string{"FAIL  must-not-list", "cause     expectation-unmet"}},
	{name: "takes nothing", server: lab.VSFTPDHost, fault: "read-only", protocol: "ftp", exit: 1, says: []string{"FAIL  store", "cause     no-write-permission"}},
}

var pickUpBoxes = []box{
	{name: "as agreed", server: lab.ProFTPD, fault: "read-only", protocol: "ftp", prepare: finished, says: []string{"ok    fetch", "refused as expected: 5"}},
	{name: "as agreed, over SSH", server: lab.ProFTPD, fault: "read-only", protocol: "sftp", prepare: finished, says: []string{"PASS  6 of 6 steps", "refused as expected: sftp 3"}},
	{name: "as agreed, with TLS", server: lab.VSFTPDHost, fault: "read-only", protocol: "ftpes", prepare: finished, says: []string{"PASS  6 of 6 steps"}},
	{name: "no file", server: lab.VSFTPDHost, fault: "read-only", protocol: "ftp", exit: 1, says: []string{"FAIL  files-there", "cause     file-not-found"}},
	{name: "the file is still being written", server: lab.VSFTPDHost, fault: "read-only", protocol: "ftp", prepare: unfinished, exit: 1, says: []string{"FAIL  files-there", "cause     expectation-unmet"}},
	{name: "the file is old", server: lab.VSFTPDHost, fault: "read-only", protocol: "ftp", prepare: tooOld, exit: 1, says: []string{"FAIL  files-there", "cause     expectation-unmet"}},
	{name: "the file is empty", server: lab.VSFTPDHost, fault: "read-only", protocol: "ftp", prepare: isEmpty, exit: 1, says: []string{"FAIL  files-there", "cause     expectation-unmet"}},
	{name: "may not be read", server: lab.VSFTPDHost, fault: "no-download", protocol: "ftp", prepare: finished, exit: 1, says: []string{"FAIL  fetch"}},
	{name: "takes files", server: lab.VSFTPDHost, fault: "none", protocol: "ftp", prepare: finished, exit: 1, says: []string{"FAIL  must-not-store", "cause     expectation-unmet"}},
}

// TestBoxes runs the example scripts against servers that keep to what was agreed, and against such as do not. The servers
// go side by side; a switch comes only where the next box needs another state.
func TestBoxes(t *testing.T) {
	for _, name := range []string{lab.ProFTPD, lab.VSFTPDHost} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := lab.Use(t, name, healthy)
			p := build(t)
			state := healthy
			for script, boxes := range map[string][]box{"drop-box.yaml": dropBoxes, "pick-up-box.yaml": pickUpBoxes} {
				for _, x := range boxes {
					if x.server != name {
						continue
					}
					if x.fault != state {
						s.Switch(t, x.fault)
						state = x.fault
					}
					t.Run(script+"/"+x.name, func(t *testing.T) { x.check(t, p, s, script) })
				}
			}
		})
	}
}

func (x box) check(t *testing.T, p *program, s *lab.Server, script string) {
	path, err := filepath.Abs(filepath.Join(examples, script))
	if err != nil {
		t.Fatal(err)
	}
	s.Exec(t, "sh", "-c", "rm -f /home/alice/report.csv; "+x.prepare)
	before := s.Files(t, "")
	args := []string{"run", "--password-file", p.write(t, s.Name+".pw", s.Password), "--cacert", s.File(t, "ca.pem")}
	if s.Has(lab.SFTP) {
		args = append(args, "--known-hosts", s.KnownHosts(t))
	}
	p.run(t, append(args, "--script", path, at(t, s, x.protocol))...).want(t, x.exit, x.says...)
	if after := s.Files(t, ""); !slices.Equal(before, after) {
		t.Errorf("files before %v, after %v", before, after)
	}
}
