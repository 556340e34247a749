package uses

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mftprobe/integration/lab"
)

// mode is one way to transfer files, and the client that does.
type mode struct {
	client   string // curl, lftp, sftp
	protocol string // as in a target of mftprobe
	data     string // command that names the data connection
	tls      string // the version, "" for clear text
	reuse    bool   // the endpoint demands that data connections resume the session
	auth     string // password or key, for SFTP
}

func (m mode) String() string {
	name := m.client + "/" + m.protocol
	if m.auth != "" {
		name += "/" + m.auth
	}
	if m.data != "" {
		name += "/" + m.data
	}
	if m.tls != "" {
		name += "/TLS-" + m.tls
	}
	if m.reuse {
		name += "/reuse"
	}
	return name
}

// modes are all there are.
func modes() []mode {
	var out []mode
	for _, client := range []string{"curl", "lftp"} {
		for _, data := range []string{"EPSV", "PASV", "EPRT", "PORT"} {
			out = append(out, mode{client: client, protocol: "ftp", data: data})
			for _, version := range []string{"1.2", "1.3"} {
				for _, reuse := range []bool{false, true} {
					out = append(out, mode{client: client, protocol: "ftpes", data: data, tls: version, reuse: reuse},
						mode{client: client, protocol: "ftps", data: data, tls: version, reuse: reuse})
				}
			}
		}
	}
	for _, client := range []string{"curl", "lftp", "sftp"} {
		for _, auth := range []string{"password", "key"} {
			out = append(out, mode{client: client, protocol: "sftp", auth: auth})
		}
	}
	return out
}

// cannot are the modes that a client of Debian 12 does not know, with what the endpoint's log then holds. A client that
// learns one makes the test fail.
var cannot = []struct {
	which  func(mode) bool
	passes bool // it works all the same, in another mode
	log    string
	why    string
}{
	{
		func(m mode) bool { return m.client == "lftp" && m.data == "EPRT" }, true, " received PORT ",
		"lftp sends EPRT for IPv6 only",
	},
	{
		func(m mode) bool { return m.client == "curl" && m.tls != "" && (m.data == "EPRT" || m.data == "PORT") },
		false, " TLS on the data connection: tls: first record does not look like a TLS handshake",
		"curl 7.87 and 7.88 put no TLS on the data connections of active mode (curl issue 10666)",
	},
	{
		func(m mode) bool { return m.client == "curl" && m.tls == "1.2" && m.reuse }, false, " sent 522 ",
		"curl refuses session tickets of TLS 1.2, and the TLS of Go resumes by nothing else",
	},
}

// TestOtherClients: curl, lftp and OpenSSH's sftp list, put, get and delete at the endpoint in every mode, and what they
// fetch is what they sent. The log of the endpoint shows that the mode was the one that was meant.
func TestOtherClients(t *testing.T) {
	box := lab.Use(t, clients, healthy)
	p := build(t)
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("making a key: %v\n%s", err, out)
	}
	t.Run("modes", func(t *testing.T) { // waits for the cases, which run side by side
		for _, m := range modes() {
			t.Run(m.String(), func(t *testing.T) {
				t.Parallel()
				args := []string{"--authorized-keys", key + ".pub"}
				if m.reuse {
					args = append(args, "--fault", "reuse-522")
				}
				e := serve(t, p, args...)
				m.check(t, box.Exec(t, "bash", "-c", m.script(t, e, key)), e.stop())
			})
		}
	})
}

// check judges a case by the last line of its output and by the log of the endpoint.
func (m mode) check(t *testing.T, out, log string) {
	t.Helper()
	passed := strings.HasSuffix(out, "\nstatus 0\n")
	for _, c := range cannot {
		if !c.which(m) {
			continue
		}
		if passed != c.passes || !strings.Contains(log, c.log) {
			t.Errorf("%s: want passed %t and %q in the log\n%s%s", c.why, c.passes, c.log, out, log)
		}
		return
	}
	var missing []string
	for _, text := range m.traces() {
		if !strings.Contains(log, text) {
			missing = append(missing, text)
		}
	}
	if !passed || missing != nil {
		t.Errorf("%s\nin the log is nothing of %q\n%s", out, missing, log)
	}
	if strings.Contains(log, password) {
		t.Error("the password is in the log")
	}
}

// traces are what the endpoint's log holds of a case.
func (m mode) traces() []string {
	if m.protocol == "sftp" {
		method := map[string]string{"password": "password", "key": "publickey"}[m.auth]
		return []string{fmt.Sprintf("user %s, %s: accepted", user, method), " received OPEN ", " received OPENDIR ", " received REMOVE "}
	}
	out := []string{" received " + m.data, " received LIST", " received STOR ", " received RETR ", " received DELE "}
	if m.tls != "" {
		out = append(out, " security TLS "+m.tls+" ", " received PROT P")
	}
	if m.protocol == "ftpes" {
		out = append(out, " received AUTH ")
	}
	return out
}

// script is the case as a program of the shell. It ends with the line "status N".
func (m mode) script(t *testing.T, e *endpoint, key string) string {
	t.Helper()
	job := map[string]func(*endpoint) string{"curl": m.curl, "lftp": m.lftp, "sftp": m.sftp}[m.client](e)
	var b strings.Builder
	b.WriteString("export HOME=$(mktemp -d); cd $HOME; mkdir -m 700 .ssh\nexport LC_ALL=C\n")
	for name, path := range map[string]string{"ca.pem": e.caFile, ".ssh/known_hosts": e.knownHosts, "key": key, "key.pub": key + ".pub"} {
		fmt.Fprintf(&b, "printf %%s %s >%s; chmod 600 %s\n", quote(read(t, path)), name, name)
	}
	b.WriteString("(set -e; head -c 200000 /dev/urandom >up\n" + job +
		"\ncmp up back; grep -q file.bin listing; if grep file.bin after; then exit 9; fi) 2>&1\n" +
		"status=$?; cd /; rm -r $HOME; echo; echo status $status\n")
	return b.String()
}
