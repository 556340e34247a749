package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mftprobe/internal/refserver"
	"mftprobe/internal/sidebyside"
)

// atOnce is how many tests run side by side: most of their time is spent waiting for limits.
const atOnce = 8

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != toolName { // else this is the program, as a script calls it
		sidebyside.Tests(atOnce)
	}
	testscript.Main(m, map[string]func(){toolName: func() { os.Exit(Main(func() {})) }})
}

// TestScripts runs testdata/script/*.txtar: the program as users have it, against the endpoint of this
// repository.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Values[endpointKey{}] = &endpoint{}
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "xdg"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"endpoint": startEndpoint, "status": wantStatus, "connections": wantConnections, "files": wantFiles, "secretless": wantSecretless,
			"empty": wantEmpty, "mode": setMode, "expand": expandFile, "wait-file": waitFile,
			"wait-connections": waitConnections,
		},
	})
}

// endpoint is what the script's server knows of itself.
type endpoint struct {
	server *refserver.Server
	opened atomic.Int64
}

type endpointKey struct{}

func endpointOf(ts *testscript.TestScript) *endpoint { return ts.Value(endpointKey{}).(*endpoint) }

// startEndpoint starts the neutral endpoint: endpoint [FAULT…]. It sets FTP, FTPES, FTPS, SFTP (URLs
// with user), HOSTPORT (of FTP), PASSWORD and HOSTKEY, and writes ca.pem, known_hosts and pw. The
// password holds what breaks careless quoting.
func startEndpoint(ts *testscript.TestScript, neg bool, args []string) {
	e := endpointOf(ts)
	if e.server != nil {
		e.server.Close()
	}
	e.opened.Store(0)
	const password = "s3cr&t %/?\"' pass"
	cfg := refserver.Loopback(args...)
	cfg.Accounts = []refserver.Account{{User: "alice", Password: password}}
	cfg.Log = func(ev refserver.Event) {
		if ev.Kind == "opened" {
			e.opened.Add(1)
		}
	}
	s, err := refserver.Start(context.Background(), cfg)
	ts.Check(err)
	e.server = s
	ts.Defer(s.Close)
	for name, text := range map[string]string{"ca.pem": string(s.CAPEM()), "known_hosts": s.KnownHosts(), "pw": s.Password() + "\n"} {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
	for _, protocol := range []string{"ftp", "ftpes", "ftps", "sftp"} {
		ts.Setenv(strings.ToUpper(protocol), s.URL(protocol))
	}
	ts.Setenv("HOSTPORT", s.Addr("ftp"))
	_, port, _ := strings.Cut(s.Addr("ftp"), ":")
	ts.Setenv("PORT", port)
	ts.Setenv("PASSWORD", password)
	ts.Setenv("ESCAPED", strings.ReplaceAll(url.QueryEscape(password), "+", "%20"))
	ts.Setenv("HOSTKEY", s.HostKeyFingerprint())
}

// wantStatus runs a command and holds its exit status against the one given: status N COMMAND….
func wantStatus(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	default:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// wantConnections counts the connections that the endpoint has seen.
func wantConnections(ts *testscript.TestScript, neg bool, args []string) {
	if got := fmt.Sprint(endpointOf(ts).opened.Load()); got != args[0] {
		ts.Fatalf("the endpoint saw %s connections, want %s", got, args[0])
	}
}

// wantFiles counts the files on the endpoint.
func wantFiles(ts *testscript.TestScript, neg bool, args []string) {
	if files := endpointOf(ts).server.Files(); fmt.Sprint(len(files)) != args[0] {
		ts.Fatalf("on the endpoint are %d files, want %s: %q", len(files), args[0], files)
	}
}

// wantSecretless looks for the password in files, raw and in every usual encoding.
func wantSecretless(ts *testscript.TestScript, neg bool, args []string) {
	secret := ts.Getenv("PASSWORD")
	forms := map[string]string{
		"raw": secret, "percent": url.QueryEscape(secret), "path": url.PathEscape(secret),
		"base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="), "quoted": strconv.Quote(secret)[1:20],
	}
	for _, name := range args {
		text := ts.ReadFile(name)
		if text == "" {
			ts.Fatalf("%s is empty", name)
		}
		for form, s := range forms {
			if strings.Contains(text, s) {
				ts.Fatalf("%s holds the password, %s", name, form)
			}
		}
	}
}

// wantEmpty checks that a folder holds nothing.
func wantEmpty(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(entries) > 0 {
		ts.Fatalf("%s holds %d files, the first is %s", args[0], len(entries), entries[0].Name())
	}
}

// setMode changes the permissions of a file: mode 0644 FILE.
func setMode(ts *testscript.TestScript, neg bool, args []string) {
	mode, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	ts.Check(os.Chmod(ts.MkAbs(args[1]), os.FileMode(mode)))
}

// expandFile replaces $NAME in a file.
func expandFile(ts *testscript.TestScript, neg bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// waitFile waits until the named file is there, or without a name until something was uploaded.
func waitFile(ts *testscript.TestScript, neg bool, args []string) {
	there := func() bool { return len(endpointOf(ts).server.Files()) > 0 }
	if len(args) > 0 {
		there = func() bool {
			info, err := os.Stat(ts.MkAbs(args[0]))
			return err == nil && info.Size() > 0
		}
	}
	await(ts, there)
}

// waitConnections waits until the endpoint has seen so many connections.
func waitConnections(ts *testscript.TestScript, neg bool, args []string) {
	await(ts, func() bool { return fmt.Sprint(endpointOf(ts).opened.Load()) == args[0] })
}

// await looks again and again, for a minute.
func await(ts *testscript.TestScript, there func() bool) {
	for range 6000 {
		if there() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("nothing came")
}
