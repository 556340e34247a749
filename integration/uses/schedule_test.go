package uses

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mftprobe/integration/lab"
)

// readme is where users take the lines from that they paste.
const readme = "../../README.md"

// fieldsOfCron are the five times before the command.
var fieldsOfCron = regexp.MustCompile(`^(\S+\s+){5}`)

// pasted returns the lines of the README's fenced block that holds a text.
func pasted(t *testing.T, holds string) string {
	t.Helper()
	for block := range strings.SplitSeq(read(t, readme), "\n```") {
		if _, body, _ := strings.Cut(block, "\n"); strings.Contains(body, holds) && !strings.Contains(body, "\n## ") {
			return body + "\n"
		}
	}
	t.Fatalf("the README has no block with %q", holds)
	return ""
}

// host prepares the container as the machine on which the program is installed, with a partner who has one account.
type host struct {
	*lab.Server
	partner *endpoint
}

func newHost(t *testing.T) (host, *program) {
	t.Helper()
	box := lab.Use(t, clients, healthy)
	p := build(t)
	h := host{box, serve(t, p)}
	h.Copy(t, p.path, "/usr/local/bin/mftprobe")
	h.Exec(t, "sh", "-c", "printf %s "+password+" >/etc/partner.pw; chmod 600 /etc/partner.pw; mkdir -p /run/lock /var/lib/prometheus/node-exporter")
	return h, p
}

// configure writes the configuration to the path that a command names, with the secret as this way of calling knows it.
func (h host) configure(t *testing.T, command, secret string) {
	t.Helper()
	m := regexp.MustCompile(`--config (\S+)`).FindStringSubmatch(command)
	if m == nil {
		t.Fatalf("no configuration in %s", command)
	}
	text := fmt.Sprintf("endpoints: {partner: {url: %q, %s}}\n", h.partner.url("ftp"), secret)
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	h.Exec(t, "mkdir", "-p", filepath.Dir(m[1]))
	h.Copy(t, file, m[1])
}

// call runs a command as a service does, at once instead of after a random time, and returns what it prints and its status.
func (h host) call(t *testing.T, command string, env ...string) string {
	t.Helper()
	command = regexp.MustCompile(`--jitter \d+s`).ReplaceAllString(command, "--jitter 100ms")
	all := append([]string{"env", "-i"}, env...)
	return h.Exec(t, append(all, "sh", "-c", "("+command+") 2>&1; echo status $?")...)
}

// checkMetrics wants the metrics where the command puts them, for the reader of the node exporter.
func (h host) checkMetrics(t *testing.T, path, success string) {
	t.Helper()
	out := h.Exec(t, "sh", "-c", "stat -c %a "+path+"; cat "+path)
	if !strings.HasPrefix(out, "644\n") || !strings.Contains(out, "probe_success{target=\"partner\"} "+success+"\n") {
		t.Errorf("want success %s in %s\n%s", success, path, out)
	}
}

// TestCrontab: cron accepts the lines of the README and of the example, and their commands do what is said of them in the
// environment that cron gives them.
func TestCrontab(t *testing.T) {
	h, p := newHost(t)
	environment := []string{"HOME=/root", "LOGNAME=root", "PATH=/usr/bin:/bin", "SHELL=/bin/sh"}
	for name, text := range map[string]string{"README": pasted(t, "*/10 * * * *"), "example": read(t, filepath.Join(examples, "crontab"))} {
		h.Copy(t, p.write(t, "crontab", text), "/tmp/crontab")
		h.Exec(t, "crontab", "-n", "/tmp/crontab")
		for line := range strings.Lines(text) {
			command := fieldsOfCron.ReplaceAllString(strings.TrimSpace(line), "")
			if strings.HasPrefix(line, "#") || command == "" {
				continue
			}
			h.configure(t, command, "password-file: /etc/partner.pw")
			if out := h.call(t, command, environment...); out != "status 0\n" {
				t.Errorf("%s: cron would mail %s", name, out)
			}
			metrics := regexp.MustCompile(`openmetrics=(\S+)`).FindStringSubmatch(command)
			if metrics != nil {
				h.checkMetrics(t, metrics[1], "1")
			}
			h.Exec(t, "sh", "-c", "printf wrong >/etc/partner.pw")
			for _, want := range []string{"FAIL  User name, password or key is not accepted", "not tried again"} {
				if out := h.call(t, command, environment...); !strings.Contains(out, want) || !strings.HasSuffix(out, "\nstatus 1\n") {
					t.Errorf("%s: want a mail with %q and status 1\n%s", name, want, out)
				}
			}
			if metrics != nil {
				h.checkMetrics(t, metrics[1], "0")
			}
			h.Exec(t, "sh", "-c", "printf %s "+password+" >/etc/partner.pw")
			if out := h.call(t, command, environment...); out != "status 0\n" {
				t.Errorf("%s: with the right password again: %s", name, out)
			}
		}
	}
}

// TestSystemdUnits: systemd accepts the units of the README and of the examples, and their command works with what
// systemd gives to a service.
func TestSystemdUnits(t *testing.T) {
	h, p := newHost(t)
	example := map[string]string{}
	for _, name := range []string{"mftprobe.service", "mftprobe.timer"} {
		example[name] = read(t, filepath.Join(examples, name))
	}
	for from, units := range map[string]map[string]string{"README": unitsIn(pasted(t, "OnCalendar=")), "example": example} {
		if len(units) != 2 {
			t.Fatalf("%s: %d units", from, len(units))
		}
		for name, text := range units {
			h.Copy(t, p.write(t, name, text), "/etc/systemd/system/"+name)
		}
		for name := range units {
			if out := h.Exec(t, "sh", "-c", "systemd-analyze verify --man=no /etc/systemd/system/"+name+" 2>&1"); out != "" {
				t.Errorf("%s: systemd says of %s: %s", from, name, out)
			}
		}
		h.checkService(t, from, units["mftprobe.service"])
	}
}

// unitsIn splits what the README shows at the names of the files.
func unitsIn(text string) map[string]string {
	out, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if path, ok := strings.CutPrefix(line, "# /etc/systemd/system/"); ok {
			name = strings.TrimSpace(path)
			continue
		}
		out[name] += line
	}
	return out
}

var (
	execStart  = regexp.MustCompile(`(?m)^ExecStart=((?:.*\\\n)*.*)$`)
	credential = regexp.MustCompile(`(?m)^LoadCredential(?:Encrypted)?=([^:]+):`)
)

// checkService runs the command of a unit with the directories and the credential that the unit asks for.
func (h host) checkService(t *testing.T, from, unit string) {
	t.Helper()
	exec, secret := execStart.FindStringSubmatch(unit), credential.FindStringSubmatch(unit)
	if exec == nil || secret == nil {
		t.Fatalf("%s: no command or no credential in\n%s", from, unit)
	}
	h.Exec(t, "sh", "-c", "rm -rf /srv/unit; mkdir -p /srv/unit/state /srv/unit/run /srv/unit/credentials; "+
		"printf %s "+password+" >/srv/unit/credentials/"+secret[1]+"; chmod 400 /srv/unit/credentials/*")
	env := []string{"CREDENTIALS_DIRECTORY=/srv/unit/credentials", "PATH=/usr/bin:/bin"}
	for directive, variable := range map[string]string{"StateDirectory": "STATE_DIRECTORY=/srv/unit/state", "RuntimeDirectory": "RUNTIME_DIRECTORY=/srv/unit/run"} {
		if strings.Contains(unit, "\n"+directive+"=") {
			env = append(env, variable)
		}
	}
	h.configure(t, exec[1], "password-credential: "+secret[1])
	if out := h.call(t, exec[1], env...); out != "status 0\n" {
		t.Errorf("%s: the service ends with %s", from, out)
	}
	if strings.Contains(exec[1], "openmetrics=${RUNTIME_DIRECTORY}/mftprobe.prom") {
		h.checkMetrics(t, "/srv/unit/run/mftprobe.prom", "1")
	}
	h.Exec(t, "sh", "-c", "printf wrong >/srv/unit/credentials/"+secret[1])
	if out := h.call(t, exec[1], env...); !strings.HasSuffix(out, "\nstatus 1\n") {
		t.Errorf("%s: with a wrong password: %s", from, out)
	}
	h.Exec(t, "test", "-s", "/srv/unit/state/lockout.json")
}
