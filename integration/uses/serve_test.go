package uses

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// The account of every endpoint that a test serves.
const (
	user     = "alice"
	password = "correct-horse-7Q"
)

// endpoint is `mftprobe serve`, running.
type endpoint struct {
	addr       map[string]string // by protocol: ftp, ftps, sftp
	caFile     string
	knownHosts string // path
	stop       func() string
}

// announced finds in the welcome what a user copies from it.
var announced = regexp.MustCompile(`^  (FTP and explicit TLS|implicit TLS|SFTP) +(127\.0\.0\.1:\d+)$`)

var protocolOf = map[string]string{"FTP and explicit TLS": "ftp", "implicit TLS": "ftps", "SFTP": "sftp"}

// startLimit bounds the wait for the welcome.
const startLimit = 20 * time.Second

// serve starts the endpoint for all protocols on ports of its own. stop ends it as Ctrl-C does and returns its log.
func serve(t *testing.T, p *program, args ...string) *endpoint {
	t.Helper()
	dir := t.TempDir()
	e := &endpoint{addr: map[string]string{}, caFile: filepath.Join(dir, "ca.pem"), knownHosts: filepath.Join(dir, "known_hosts")}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := p.command(ctx, append([]string{
		"serve", "--ftp", "127.0.0.1:0", "--ftps", "127.0.0.1:0", "--sftp", "127.0.0.1:0", "--user", user, "--password-env", "MFT_PASSWORD",
		"--ca-out", e.caFile, "--known-hosts-out", e.knownHosts,
	}, args...)...)
	cmd.Env = append(cmd.Env, "MFT_PASSWORD="+password)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	giveUp := time.AfterFunc(startLimit, cancel)
	for len(e.addr) < len(protocolOf) && lines.Scan() {
		if m := announced.FindStringSubmatch(lines.Text()); m != nil {
			e.addr[protocolOf[m[1]]] = m[2]
		}
	}
	giveUp.Stop()
	log := make(chan string, 1)
	go func() {
		var all strings.Builder
		for lines.Scan() {
			all.WriteString(lines.Text() + "\n")
		}
		_, _ = io.Copy(io.Discard, out) // behind a line that is too long
		log <- all.String()
	}()
	e.stop = sync.OnceValue(func() string {
		cancel()
		text := <-log
		_ = cmd.Wait() // it ends by the signal
		return text
	})
	t.Cleanup(func() { e.stop() })
	if len(e.addr) < len(protocolOf) {
		t.Fatalf("the endpoint is not up: %s", e.stop())
	}
	return e
}

func (e *endpoint) url(protocol string) string {
	address := e.addr[strings.Replace(protocol, "ftpes", "ftp", 1)]
	return protocol + "://" + user + "@" + address
}
