package sftp

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"mftprobe/internal/drivertest"
	"mftprobe/probe"
)

// quick makes the limits of a target short enough to wait for.
func quick(target probe.Target) probe.Target {
	const d = 2 * time.Second
	target.Limits = probe.Limits{Connect: d, Reply: d, Stall: d, Total: 20 * time.Second}
	return target
}

// failed returns the failed step and the first bad event in it.
func failed(t *testing.T, tr probe.Transcript) (probe.StepResult, probe.Event) {
	t.Helper()
	for _, s := range tr.Steps {
		if s.Status != probe.StatusFail {
			continue
		}
		for _, e := range tr.Events {
			bad := e.Failure != nil || e.Kind == probe.KindDisconnect && e.Direction == probe.Received ||
				e.Kind == probe.KindChannel && (e.Code != nil || e.Attr["outcome"] == "refused") || e.Code != nil && e.Code.Space == probe.SpaceSFTP && e.Code.Value > statusEOF
			if e.Step == s.Name && bad && !e.Tolerated {
				return s, e
			}
		}
		t.Log(drivertest.Show(tr))
		t.Fatalf("step %s failed without an event that says why", s.Name)
	}
	t.Log(drivertest.Show(tr))
	t.Fatal("no step failed")
	return probe.StepResult{}, probe.Event{}
}

// raw starts a server that writes text after the connection stands and then does what then says.
func raw(t *testing.T, text string, then func(net.Conn)) *testServer {
	s := &testServer{t: t, signer: newSigner(t)}
	return s.listen(func(c net.Conn) {
		_, _ = io.WriteString(c, text)
		if then != nil {
			then(c)
		}
	})
}

// listens reads until the client has gone.
func listens(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// closesAfter ends our direction and waits for the client to go, so that nothing is reset.
func closesAfter(c net.Conn) {
	_ = c.(*net.TCPConn).CloseWrite()
	listens(c)
}

func kexOf(k kexInit) string { return string(clearPacket(kexPayload(k))) }

var modern = symmetric("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256")

func TestBeforeEncryption(t *testing.T) {
	const version = "SSH-2.0-Test\r\n"
	disconnect := string(clearPacket(disconnectPayload(2, "no more of this")))
	for name, tt := range map[string]struct {
		text     string
		then     func(net.Conn)
		phase    probe.Phase
		kind     probe.Kind
		class    probe.Class
		contains string // in the event's text
		protocol string
	}{
		"silent":                {"", listens, probe.PhaseVersion, probe.KindTimeout, probe.ClassTimeout, "no SSH version line", ""},
		"closes":                {"", closesAfter, probe.PhaseVersion, probe.KindClose, probe.ClassEOF, "closed", ""},
		"ftp":                   {"220 FTP server ready\r\n", listens, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "220 FTP server ready", "ftp"},
		"smtp":                  {"220 mail ESMTP ready\r\n", listens, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "220 mail", "smtp"},
		"http":                  {"HTTP/1.1 400 Bad Request\r\n\r\n<html>", nil, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "HTTP/1.1 400", "http"},
		"tls alert":             {"\x15\x03\x01\x00\x02\x02\x46", closesAfter, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "\x15\x03", "tls"},
		"unknown text":          {"who are you?\r\n", closesAfter, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "who are you?", ""},
		"half a line":           {"SSH-2.0-no-line-end", listens, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "SSH-2.0-no", ""},
		"ssh 1":                 {"SSH-1.5-old\n", listens, probe.PhaseVersion, probe.KindHandshake, probe.ClassUnsupported, "SSH 2 only", "ssh1"},
		"version too long":      {"SSH-2.0-" + strings.Repeat("x", 300) + "\n", listens, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "SSH-2.0-xxx", ""},
		"endless text":          {strings.Repeat("welcome to the machine\n", 8000), listens, probe.PhaseVersion, probe.KindText, probe.ClassMalformed, "welcome", ""},
		"silent after version":  {version, listens, probe.PhaseKex, probe.KindTimeout, probe.ClassTimeout, "key exchange", ""},
		"closes after version":  {version, closesAfter, probe.PhaseKex, probe.KindClose, probe.ClassEOF, "closed", ""},
		"silent after kexinit":  {version + kexOf(modern), listens, probe.PhaseKex, probe.KindTimeout, probe.ClassTimeout, "key exchange", ""},
		"disconnect":            {version + disconnect, listens, probe.PhaseKex, probe.KindDisconnect, "", "no more of this", ""},
		"garbage after version": {version + strings.Repeat("\xff", 64), listens, probe.PhaseKex, probe.KindHandshake, probe.ClassMalformed, "", ""},
		"packet of 4 GiB":       {version + "\xff\xff\xff\xff\x04\x14", listens, probe.PhaseKex, probe.KindHandshake, probe.ClassMalformed, "", ""},
		"old kex":               {version + kexOf(symmetric("diffie-hellman-group1-sha1", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256")), listens, probe.PhaseKex, probe.KindHandshake, probe.ClassNegotiation, "diffie-hellman-group1-sha1", ""},
		"umac only":             {version + kexOf(symmetric("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "umac-64@openssh.com")), listens, probe.PhaseKex, probe.KindHandshake, probe.ClassUnsupported, "umac-64", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := raw(t, tt.text, tt.then)
			tr := run(t, quick(s.target()))
			step, e := failed(t, tr)
			if step.Name != "connect" || e.Phase != tt.phase || e.Kind != tt.kind || !strings.Contains(e.Text, tt.contains) || e.Attr["protocol"] != tt.protocol {
				t.Errorf("step %s: %s %s %q %v", step.Name, e.Phase, e.Kind, e.Text, e.Attr)
				t.Log(drivertest.Show(tr))
			}
			if e.Failure != nil && e.Failure.Class != tt.class || e.Failure == nil && tt.class != "" {
				t.Errorf("failure %v, want %s", e.Failure, tt.class)
			}
			if step.Detail == "" {
				t.Error("the step has no detail")
			}
		})
	}
}

func TestTextBeforeVersionIsKept(t *testing.T) {
	s := newServer(t)
	s.wrap = func(c net.Conn) net.Conn {
		_, _ = io.WriteString(c, "Authorised use only\r\n2nd line\r\n")
		return c
	}
	tr := run(t, s.start().target(), probe.LoginOnlyScript(probe.SFTP).Steps...)
	for _, e := range tr.Events {
		if e.Attr["banner"] == "pre-version" {
			if e.Text != "Authorised use only\n2nd line" {
				t.Errorf("kept %q", e.Text)
			}
			return
		}
	}
	t.Error("not kept")
}

func TestCancelEndsEveryWait(t *testing.T) {
	for name, text := range map[string]string{"version": "", "kex": "SSH-2.0-x\r\n"} {
		t.Run(name, func(t *testing.T) {
			s := raw(t, text, listens)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			d := New(s.target(), probe.NewRecorder(time.Now, nil))
			began := time.Now()
			o := d.Do(ctx, probe.Step{Op: probe.OpConnect})
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if o.OK || !o.Over || time.Since(began) > 4*time.Second { // the reply limit is 5 s
				t.Errorf("%+v after %s", o, time.Since(began))
			}
		})
	}
}
