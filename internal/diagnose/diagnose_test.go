package diagnose

import (
	"context"
	"crypto/x509"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mftprobe/classify"
	"mftprobe/internal/refserver"
	"mftprobe/probe"
	"mftprobe/protocols"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// setting is an endpoint with the number of connections that it saw.
type setting struct {
	*refserver.Server
	opened atomic.Int64
}

func start(t *testing.T, cfg refserver.Config) *setting {
	t.Helper()
	s := &setting{}
	cfg.Log = func(e refserver.Event) {
		if e.Kind == "opened" {
			s.opened.Add(1)
		}
	}
	server, err := refserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = server
	t.Cleanup(server.Close)
	return s
}

// limit ends the waits for a silent server, and must not end those for one that this machine keeps from answering.
const limit = 2 * time.Second

// job probes the listener of one protocol, perhaps with another.
func (s *setting) job(listener string, speak probe.Protocol, steps probe.Script) probe.Job {
	host, port, _ := net.SplitHostPort(s.Addr(listener))
	n, _ := strconv.Atoi(port)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CAPEM())
	return probe.Job{
		RunID: "test", Script: steps, Open: protocols.Open, PayloadSize: 100,
		Target: probe.Target{
			Protocol: speak, Host: host, Port: n, User: s.User(), Password: probe.NewSecret(s.Password()), TLS: probe.TLS{Roots: roots},
			SSH:    probe.SSHOptions{HostKeyPins: []string{s.HostKeyFingerprint()}},
			Limits: probe.Limits{Connect: limit, Reply: limit, Stall: limit, Total: 20 * time.Second},
		},
	}
}

func quick(context.Context) bool { return true }

// TestSettled: questions that an experiment answers, and what becomes of the verdict.
func TestSettled(t *testing.T) {
	tests := []struct {
		name       string
		faults     []string
		listener   string
		speak      probe.Protocol
		script     func(probe.Protocol) probe.Script
		change     func(*probe.Job)
		cause      classify.Cause
		confidence classify.Confidence
		experiment string
		outcome    string
	}{
		{
			name: "explicit at an implicit port", listener: "ftps", speak: probe.FTPES, script: probe.ConnectOnlyScript,
			cause: classify.CauseImplicitVsExplicitMismatch, confidence: classify.Certain, experiment: classify.ExperimentImplicitTLS, outcome: classify.OutcomeWorks,
		},
		{
			name: "a silent port", faults: []string{"silent:greeting"}, listener: "ftp", speak: probe.FTP, script: probe.ConnectOnlyScript,
			cause: classify.CauseNoGreeting, experiment: classify.ExperimentImplicitTLS, outcome: classify.OutcomeFails,
		},
		{
			name: "the port of EPSV is blocked, that of PASV is not", faults: []string{"blackhole:EPSV"}, listener: "ftp", speak: probe.FTP,
			script: probe.ReadOnlyScript, change: func(j *probe.Job) { j.Target.FTP.DataMode = "epsv" },
			cause: classify.CauseEPSVNotWorking, confidence: classify.Certain, experiment: classify.ExperimentPASV, outcome: classify.OutcomeWorks,
		},
		{
			name: "every key exchange is cut off", faults: []string{"close:kex"}, listener: "sftp", speak: probe.SFTP, script: probe.ConnectOnlyScript,
			cause: classify.CauseKexFailed, experiment: classify.ExperimentBannerAgain, outcome: classify.OutcomeFails,
		},
		{
			name: "the next connection is greeted", faults: []string{"close:greeting#1"}, listener: "sftp", speak: probe.SFTP, script: probe.ConnectOnlyScript,
			cause: classify.CauseMaxStartupsThrottle, experiment: classify.ExperimentBannerAgain, outcome: classify.OutcomeSometimes,
		},
		{
			name: "no data port answers", faults: []string{"blackhole:passive"}, listener: "ftp", speak: probe.FTPES, script: probe.ReadOnlyScript,
			cause: classify.CausePassivePortsBlocked, experiment: classify.ExperimentPASV, outcome: classify.OutcomeFails,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, refserver.Loopback(tt.faults...))
			job := s.job(tt.listener, tt.speak, tt.script(tt.speak))
			if tt.change != nil {
				tt.change(&job)
			}
			var asked []string
			tr, j := Run(t.Context(), job, Options{Pause: quick, OnAsk: func(x probe.Experiment) { asked = append(asked, x.Name) }})
			if j.Verdict.Cause != tt.cause || tt.confidence != "" && j.Verdict.Confidence != tt.confidence {
				t.Errorf("%s (%s), want %s (%s)", j.Verdict.Cause, j.Verdict.Confidence, tt.cause, tt.confidence)
			}
			i := slices.IndexFunc(tr.Experiments, func(x probe.Experiment) bool { return x.Name == tt.experiment })
			if i < 0 || tr.Experiments[i].Outcome != tt.outcome {
				t.Fatalf("experiments %+v", tr.Experiments)
			}
			if len(asked) > MaxExperiments || !slices.Contains(asked, tt.experiment) {
				t.Errorf("asked %q", asked)
			}
			checkEvidence(t, tr)
		})
	}
}

// checkEvidence: every number of an experiment leads to an event, and all numbers are in order.
func checkEvidence(t *testing.T, tr probe.Transcript) {
	t.Helper()
	last := 0
	known := map[int]bool{}
	for _, e := range tr.Events {
		if e.Seq <= last {
			t.Errorf("event %d after %d", e.Seq, last)
		}
		last, known[e.Seq] = e.Seq, true
	}
	for _, x := range tr.Experiments {
		for _, seq := range x.Evidence {
			if !known[seq] {
				t.Errorf("%s: no event %d", x.Name, seq)
			}
		}
	}
}

// TestPolite: what is not asked, and how often the endpoint is met.
func TestPolite(t *testing.T) {
	tests := []struct {
		name   string
		faults []string
		speak  probe.Protocol
		change func(*probe.Job)
		off    bool
		most   int64
	}{
		{"switched off", []string{"blackhole:passive"}, probe.FTP, nil, true, 1},
		{"a certain verdict", []string{"say:put=552 Quota exceeded"}, probe.FTP, nil, false, 1},
		{"a run that passes", nil, probe.FTP, nil, false, 1},
		{"a refused login is not repeated", nil, probe.FTP, func(j *probe.Job) { j.Target.Password = probe.NewSecret("wrong") }, false, 2},
		{"no password in clear for ftpes", []string{"blackhole:passive"}, probe.FTPES, nil, false, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, refserver.Loopback(tt.faults...))
			job := s.job("ftp", tt.speak, probe.DefaultScript(tt.speak))
			if tt.change != nil {
				tt.change(&job)
			}
			tr, _ := Run(t.Context(), job, Options{Off: tt.off, Pause: quick})
			if n := s.opened.Load(); n > tt.most {
				t.Errorf("%d connections, at most %d are polite", n, tt.most)
			}
			logins := 0
			for _, e := range tr.Events {
				if e.Command == "PASS" && e.Direction == probe.Sent {
					logins++
				}
			}
			if job.Target.Password.Reveal() == "wrong" && logins != 1 {
				t.Errorf("%d logins with a wrong password", logins)
			}
			if files := s.Files(); len(files) > 0 {
				t.Errorf("left behind: %q", files)
			}
		})
	}
}

// TestNoSecondFile: where a file could not be removed, no experiment writes another one.
func TestNoSecondFile(t *testing.T) {
	s := start(t, refserver.Loopback("reply:STOR#2=553 no", "reply:DELE=550 no"))
	steps := []probe.Step{step(probe.OpConnect), step(probe.OpLogin), step(probe.OpPut), {Name: "again", Op: probe.OpPut}, step(probe.OpQuit)}
	_, j := Run(t.Context(), s.job("ftp", probe.FTP, probe.Script{Name: "twice", Steps: steps}), Options{Pause: quick})
	if files := s.Files(); len(files) > 1 || j.Verdict.Outcome != classify.OutcomeFail {
		t.Errorf("%s, on the server: %q", j.Verdict.Outcome, files)
	}
}

// TestChosenPath: a name in the script says where the file goes; an ordinary name elsewhere would prove nothing about it.
func TestChosenPath(t *testing.T) {
	for path, want := range map[string]bool{"": true, "inbox/x": false} {
		s := start(t, refserver.Loopback("reply:STOR#1=553 no"))
		steps := []probe.Step{step(probe.OpConnect), step(probe.OpLogin), {Name: "put", Op: probe.OpPut, Path: path}, step(probe.OpQuit)}
		tr, _ := Run(t.Context(), s.job("ftp", probe.FTP, probe.Script{Name: "named", Steps: steps}), Options{Pause: quick})
		asked := func(x probe.Experiment) bool { return x.Name == classify.ExperimentOtherName }
		if got := slices.ContainsFunc(tr.Experiments, asked); got != want {
			t.Errorf("path %q: another name was tried: %v, want %v", path, got, want)
		}
	}
}

// TestInterrupted: after the user has ended the run nothing more is asked.
func TestInterrupted(t *testing.T) {
	s := start(t, refserver.Loopback("silent:greeting"))
	ctx, cancel := context.WithCancel(t.Context())
	job := s.job("ftp", probe.FTP, probe.ConnectOnlyScript(probe.FTP))
	job.OnEvent = func(probe.Event) { cancel() }
	tr, _ := Run(ctx, job, Options{Pause: quick})
	if len(tr.Experiments) > 0 || s.opened.Load() > 1 {
		t.Errorf("%d connections, experiments %+v", s.opened.Load(), tr.Experiments)
	}
}

// TestQuestionsAreKnown: every experiment here is one that classify plans, by name.
func TestQuestionsAreKnown(t *testing.T) {
	for name, q := range questions {
		if q.ask == nil {
			t.Errorf("%s has no way to be asked", name)
		}
		if q.writes && !q.logsIn {
			t.Errorf("%s writes without a login", name)
		}
	}
	for text, want := range map[string]string{
		"SSH-2.0-x\r\n": "ssh", "220 ready\r\n": "ftp", "220 mx ESMTP\r\n": "smtp", "HTTP/1.1 400\r\n": "http", "\x15\x03\x01": "tls",
		"": classify.OutcomeSilent, "hello": "", "220": "",
	} {
		if got := nameOf([]byte(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
