package uses

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mftprobe/integration/lab"
)

// evil is what a server may say to get into the metrics of its client.
const evil = `"} 1\r\n# TYPE evil counter\r\nevil{a="b\\"} 1\r\n \x1b[2J\x00\xff {reply} {arg}`

// TestPromtool: Prometheus' own checker has nothing to say against the metrics, whatever happened, and no word of a server
// and no user name is in them.
func TestPromtool(t *testing.T) {
	box := lab.Use(t, clients, healthy)
	p := build(t)
	p.env = []string{"MFT_PASSWORD=" + password}
	var many strings.Builder
	many.WriteString("defaults: {user: alice, password-env: MFT_PASSWORD}\nendpoints:\n")
	good, refusing := serve(t, p), serve(t, p, "--fault", "put-550")
	hostile := serve(t, p, "--fault", "say:greeting=220 "+evil, "--fault", "say:PWD=257 "+evil, "--fault", "reply:STOR=553 "+evil,
		"--fault", "banner="+evil, "--fault", "status:OPEN=4:"+evil)
	mute := serve(t, p, "--fault", "silent:login")
	for i := range 60 {
		fmt.Fprintf(&many, "  e%d: ftp://%s\n", i, []*endpoint{good, hostile}[i%2].addr["ftp"])
	}
	fmt.Fprintf(&many, "  stranger: {url: \"ftp://%s\", user: bob}\n", good.addr["ftp"])
	config := p.write(t, "many.yaml", many.String())
	script := p.write(t, "names.yaml", `[connect, login, {name: 'a "b\ {x="y"} #', op: pwd}, quit]`)
	all := func(e *endpoint) []string {
		return []string{"--cacert", e.caFile, "--known-hosts", e.knownHosts, e.url("ftp"), e.url("ftpes"), e.url("ftps"), e.url("sftp")}
	}
	for name, x := range map[string]struct {
		exit int
		args []string
	}{
		"pass":    {0, all(good)},
		"fail":    {1, all(refusing)},
		"hostile": {1, append(all(hostile), "-o", "text")},
		"timeout": {1, append(all(mute), "--reply-timeout", "1s", "--timeout", "3s")},
		"refused": {1, []string{"ftp://" + user + "@" + lab.Refused(t)}},
		"many":    {1, []string{"--config", config, "--all"}},
		"names":   {0, []string{"--script", script, good.url("ftp")}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(p.dir, name+".prom")
			args := []string{"run", "-q", "--no-diagnose", "-o", "openmetrics=" + file}
			if name != "many" {
				args = append(args, "--password-env", "MFT_PASSWORD")
			}
			out := p.run(t, append(args, x.args...)...)
			out.want(t, x.exit)
			if met := strings.Contains(out.stdout, "evil"); met != (name == "hostile") {
				t.Errorf("the hostile text was met: %t\n%s", met, out.stdout)
			}
			text := read(t, file)
			for _, word := range []string{password, user, "evil"} {
				if strings.Contains(text, word) {
					t.Errorf("%q is in the metrics", word)
				}
			}
			box.Copy(t, file, "/tmp/"+name+".prom")
			said := box.Exec(t, "sh", "-c", "promtool check metrics </tmp/"+name+".prom 2>&1; echo status $?")
			if said != "status 0\n" {
				t.Errorf("promtool: %s\n%s", said, text)
			}
		})
	}
}
