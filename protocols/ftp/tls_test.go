package ftp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mftprobe/internal/playback"
	"mftprobe/probe"
)

// TestTLS: AUTH, the handshake, PBSZ and PROT, and what can come between.
func TestTLS(t *testing.T) {
	const auth = "S: 220 hi\nC: AUTH TLS\n"
	const in = auth + "S: 234 go\ntls\nC: USER alice\nS: 331 password\nC: PASS correct horse\nS: 230 in\n"
	const rest = "C: FEAT\nS: 211-f\nS:  SIZE\nS: 211 end\nC: TYPE I\nS: 200 ok\n" + ending
	login := ops(probe.OpConnect, probe.OpLogin, probe.OpQuit)
	connect := ops(probe.OpConnect, probe.OpQuit)
	for name, s := range map[string]scene{
		"as it should be": {talk: in + "C: PBSZ 0\nC: PROT P\nS: 200 ok\nS: 200 ok\n" + rest, steps: login, want: "connect pass\nlogin pass\nquit pass"},
		"one by one":      {talk: in + "C: PBSZ 0\nS: 200 ok\nC: PROT P\nS: 200 ok\n" + rest, steps: login, want: "connect pass\nlogin pass\nquit pass"},
		"PROT C": {
			talk: in + "C: PBSZ 0\nS: 200 ok\nC: PROT C\nS: 200 ok\n" + rest, steps: login,
			set: func(t *probe.Target) { t.TLS.Prot = "C" }, want: "connect pass\nlogin pass\nquit pass",
		},
		"PROT C unknown": {
			talk: in + "C: PBSZ 0\nS: 502 unknown\nC: PROT C\nS: 502 unknown\n" + rest, steps: login,
			set: func(t *probe.Target) { t.TLS.Prot = "C" }, want: "connect pass\n  setup reply 502\n  setup reply 502\nlogin pass\nquit pass",
		},
		"PROT unknown": {
			talk: in + "C: PBSZ 0\nS: 502 unknown\nC: PROT P\nS: 502 unknown\nC: FEAT\nS: 211 end\nC: TYPE I\nS: 200 ok\n" + ending, steps: login,
			want: "connect pass\n  setup reply 502\n  setup reply 502\nlogin fail\nquit pass",
		},
		"PROT refused": {
			talk: in + "C: PBSZ 0\nS: 200 ok\nC: PROT P\nS: 534 no\nC: FEAT\nS: 211 end\nC: TYPE I\nS: 200 ok\n" + ending, steps: login,
			want: "connect pass\n  setup reply 534\nlogin fail\nquit pass",
		},
		"PROT wants order": {
			talk: in + "C: PBSZ 0\nS: 200 ok\nC: PROT P\nS: 503 PBSZ first\nC: FEAT\nS: 211 end\nC: TYPE I\nS: 200 ok\nC: PBSZ 0\nS: 200 ok\nC: PROT P\nS: 200 ok\n" + ending, steps: login,
			want: "connect pass\n  setup reply 503\nlogin pass\nquit pass",
		},
		"PROT before USER": {
			talk: auth + "S: 234 go\ntls\nC: USER alice\nS: 536 protect first\nC: PBSZ 0\nS: 200 ok\nC: PROT P\nS: 200 ok\nC: USER alice\nS: 331 password\nC: PASS correct horse\nS: 230 in\n" + rest, steps: login,
			want: "connect pass\n  login reply 536\nlogin pass\nquit pass",
		},
		"CCC": {
			talk:  in + "C: PBSZ 0\nC: PROT P\nS: 200 ok\nS: 200 ok\nC: FEAT\nS: 211 end\nC: TYPE I\nS: 200 ok\nC: CCC\nS: 200 clear\ncleartext\nC: PWD\nS: 257 \"/\"\n" + ending,
			steps: ops(probe.OpConnect, probe.OpLogin, probe.OpPwd, probe.OpQuit), set: func(t *probe.Target) { t.TLS.ClearControl = true },
			want: "connect pass\nlogin pass\npwd pass\nquit pass",
		},
		"CCC refused": {
			talk: in + "C: PBSZ 0\nC: PROT P\nS: 200 ok\nS: 200 ok\nC: FEAT\nS: 211 end\nC: TYPE I\nS: 200 ok\nC: CCC\nS: 534 no\n" + ending, steps: login,
			set: func(t *probe.Target) { t.TLS.ClearControl = true }, want: "connect pass\n  setup reply 534\nlogin fail\nquit pass",
		},
		"AUTH unknown": {
			talk: auth + "S: 500 what\nC: FEAT\nS: 211-f\nS:  SIZE\nS: 211 end\n" + ending, steps: connect,
			want: "  auth-tls reply 500\nconnect fail\nquit pass",
		},
		"AUTH SSL": {
			talk: auth + "S: 504 unknown mechanism\nC: AUTH SSL\nS: 234 go\ntls\n" + ending, steps: connect,
			want: "  auth-tls reply 504\n  auth-tls oddity fallback\nconnect pass\nquit pass",
		},
		"unasked behind the handshake": {
			talk:  auth + "S: 234 go\ntls\nwait 300ms\nS: 421 not with that certificate\nclose",
			steps: []probe.Step{{Name: "connect", Op: probe.OpConnect}, {Name: "wait", Op: probe.OpWait, Pause: 1500 * time.Millisecond}, {Name: "login", Op: probe.OpLogin}},
			want:  "connect pass\n  tls reply 421\n  tls oddity unsolicited-reply\nwait pass\nlogin fail",
		},
		"text behind 234": {
			talk: "S: 220 hi\nC: AUTH TLS\nS= \"234 go\\r\\n230 you are in\\r\\n\"\ntls\n" + ending, steps: connect,
			want: "  auth-tls oddity bytes-after-auth\nconnect pass\nquit pass",
		},
		"text in place of TLS": {
			talk: auth + "S: 234 go\nwait 300ms\nS: 500 OOPS: no key\nsilence", steps: connect,
			want: "  tls text 500 not-tls\n  tls handshake not-tls\nconnect fail\nquit skipped",
		},
		"text in TLS": {
			talk: auth + "S: 234 go\ntls\nC: USER alice\nplain 500 OOPS: child died\nsilence", steps: login,
			want: "connect pass\n  login oddity plain-text-in-tls\n  login close not-tls\nlogin fail\nquit skipped",
		},
		"handshake cut off": {talk: auth + "S: 234 go\nclose", steps: connect, want: "  tls handshake eof\nconnect fail\nquit skipped"},
		"handshake silent":  {talk: auth + "S: 234 go\nsilence", steps: connect, set: short, want: "  tls timeout reply\nconnect fail\nquit skipped"},
		"handshake refused": {
			talk: auth + "S: 234 go\ntls 1.2\nsilence", steps: connect, set: func(t *probe.Target) { t.TLS.MinVersion = tls.VersionTLS13 },
			want: "  tls alert 70\n  tls handshake tls-alert\nconnect fail\nquit skipped",
		},
		"implicit": {protocol: probe.FTPS, talk: "tls\nS: 220 hi\n" + ending, steps: connect, want: "connect pass\nquit pass"},
		"implicit at a plain port": {
			protocol: probe.FTPS, talk: "S: 220 hi\nsilence", steps: connect,
			want: "  tls text 220 not-tls\n  tls handshake not-tls\nconnect fail\nquit skipped",
		},
		"plain at an implicit port": {protocol: probe.FTP, talk: "tls\nS: 220 hi\n" + ending, steps: connect, set: short, want: "  greeting timeout reply\nconnect fail\nquit skipped"},
		"untrusted": {
			talk: auth + "S: 234 go\ntls", steps: connect, set: func(t *probe.Target) { t.TLS.Roots = x509.NewCertPool() },
			want: "  tls alert 42\n  tls handshake cert-untrusted\nconnect fail\nquit skipped",
		},
		"untrusted and allowed": {
			talk: auth + "S: 234 go\ntls\n" + ending, steps: connect, set: func(t *probe.Target) { t.TLS.Roots, t.TLS.Insecure = x509.NewCertPool(), true },
			want: "  tls handshake cert-untrusted tolerated\nconnect pass\nquit pass",
		},
		"self-signed and allowed": {
			talk: auth + "S: 234 go\ntls\n" + ending, steps: connect, set: func(t *probe.Target) { t.TLS.Roots, t.TLS.Insecure = nil, true },
			want: "  tls handshake cert-untrusted tolerated\nconnect pass\nquit pass",
		},
		"wrong name and allowed": {
			talk: auth + "S: 234 go\ntls\n" + ending, steps: connect,
			set:  func(t *probe.Target) { t.TLS.Roots, t.TLS.Insecure, t.TLS.ServerName = nil, true, "ftp.example.com" },
			want: "  tls handshake cert-name tolerated\nconnect pass\nquit pass",
		},
		"wrong name": {
			talk: auth + "S: 234 go\ntls", steps: connect, set: func(t *probe.Target) { t.TLS.ServerName = "ftp.example.com" },
			want: "  tls alert 42\n  tls handshake cert-name\nconnect fail\nquit skipped",
		},
		"pinned to another key": {
			talk: auth + "S: 234 go\ntls", steps: connect, set: func(t *probe.Target) { t.TLS.PinnedKeys = [][32]byte{{1}} },
			want: "  tls alert 42\n  tls handshake cert-pin\nconnect fail\nquit skipped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s.protocol == "" {
				s.protocol = probe.FTPES
			}
			s.check(t)
		})
	}
}

// TestCertificateTimes: expired and not yet valid are told apart, and the chain is in the record.
func TestCertificateTimes(t *testing.T) {
	for name, tt := range map[string]struct {
		template x509.Certificate
		want     string
	}{
		"expired": {x509.Certificate{NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour)}, "cert-expired"},
		"not yet": {x509.Certificate{NotBefore: time.Now().Add(time.Hour), NotAfter: time.Now().Add(2 * time.Hour)}, "cert-not-yet"},
	} {
		t.Run(name, func(t *testing.T) {
			cert, roots := playback.Certificate(t, tt.template)
			server := playback.ServeTLS(t, "tls", &tls.Config{Certificates: []tls.Certificate{cert}}, roots)
			tr := scene{protocol: probe.FTPS, steps: ops(probe.OpConnect)}.against(t, server)
			if got := remarkable(tr); !strings.Contains(got, "tls handshake "+tt.want) {
				t.Errorf("got\n%s", got)
			}
			if len(tr.Connections) != 1 || tr.Connections[0].TLS == nil || len(tr.Connections[0].TLS.Chain) != 1 || tr.Connections[0].TLS.Verified {
				t.Errorf("connections: %+v", tr.Connections)
			}
		})
	}
}

// TestExpiredCertificateResumes: who asked not to verify gets data connections that resume all the same.
func TestExpiredCertificateResumes(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := reference(t, "cert=expired", "reuse=522 session reuse required")
		target := at(t, server, probe.FTPES)
		target.TLS.Insecure, target.TLS.MinVersion, target.TLS.MaxVersion = true, version, version
		if tr := runFull(t.Context(), target, 1000); failed(tr) != "" {
			t.Errorf("%s\n%s", tls.VersionName(version), everything(tr))
		}
	}
}

// TestClientCertificate: a certificate that the server demands is shown, and its lack is seen, under
// TLS 1.3 only after the handshake.
func TestClientCertificate(t *testing.T) {
	own, pool := playback.Certificate(t, x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	for name, tt := range map[string]struct {
		version uint16
		given   []tls.Certificate
		want    string
	}{
		"given":             {tls.VersionTLS13, []tls.Certificate{own}, "connect pass\nquit pass"},
		"given under 1.2":   {tls.VersionTLS12, []tls.Certificate{own}, "connect pass\nquit pass"},
		"missing":           {tls.VersionTLS13, nil, "  greeting alert 116\n  greeting close tls-alert\nconnect fail\nquit skipped"},
		"missing under 1.2": {tls.VersionTLS12, nil, "  tls alert 40\n  tls handshake tls-alert\nconnect fail\nquit skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			cert, roots := playback.Certificate(t, x509.Certificate{})
			server := playback.ServeTLS(t, "tls\nS: 220 hi\n"+ending, &tls.Config{
				Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MaxVersion: tt.version,
			}, roots)
			s := scene{protocol: probe.FTPS, steps: ops(probe.OpConnect, probe.OpQuit), set: func(t *probe.Target) { t.TLS.Certificates = tt.given }}
			tr := s.against(t, server)
			if got := remarkable(tr); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s\n%s", got, tt.want, everything(tr))
			}
			if !strings.Contains(everything(tr), "client_certificate:requested") {
				t.Error("the demand is not in the record")
			}
		})
	}
}

// TestPinnedKey: the right pin passes, with and without verification.
func TestPinnedKey(t *testing.T) {
	for _, insecure := range []bool{false, true} {
		cert, roots := playback.Certificate(t, x509.Certificate{})
		server := playback.ServeTLS(t, "tls\nS: 220 hi\n"+ending, &tls.Config{Certificates: []tls.Certificate{cert}}, roots)
		s := scene{protocol: probe.FTPS, steps: ops(probe.OpConnect, probe.OpQuit), set: func(t *probe.Target) {
			t.TLS.PinnedKeys, t.TLS.Insecure = [][32]byte{{2}, keyHash(cert.Leaf)}, insecure
		}}
		if got := remarkable(s.against(t, server)); got != "connect pass\nquit pass" {
			t.Errorf("insecure %v: got\n%s", insecure, got)
		}
	}
}

// TestDataConnectionResumes: a data connection resumes the session of the control connection and is
// recorded as such, and one that is told not to does not.
func TestDataConnectionResumes(t *testing.T) {
	talk := openingTLS + epsv + "C: LIST\nS: 150 here\ndata tls\ndata send \"\"\ndata close\nS: 226 done\n" + ending
	for _, off := range []bool{false, true} {
		s := scene{protocol: probe.FTPES, talk: talk, steps: ops(probe.OpConnect, probe.OpLogin, probe.OpList, probe.OpQuit), set: func(t *probe.Target) {
			t.TLS.NoSessionReuse = off
		}}
		tr := s.play(t)
		if len(tr.Connections) != 2 || tr.Connections[1].TLS == nil || tr.Connections[1].TLS.Resumed == off {
			t.Errorf("reuse off %v: %s\n%+v", off, everything(tr), tr.Connections)
		}
	}
}

// TestLegacyIsRecorded: an old version or key exchange works and is an oddity.
func TestLegacyIsRecorded(t *testing.T) {
	cert, roots := playback.Certificate(t, x509.Certificate{})
	server := playback.ServeTLS(t, "tls\nS: 220 hi\n"+ending, &tls.Config{
		Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
	}, roots)
	s := scene{protocol: probe.FTPS, steps: ops(probe.OpConnect, probe.OpQuit), set: func(t *probe.Target) { t.TLS.MinVersion = tls.VersionTLS10 }}
	if got := remarkable(s.against(t, server)); got != "  tls oddity legacy-algorithm\nconnect pass\nquit pass" {
		t.Errorf("got\n%s", got)
	}
}

// TestResumptionIsRecorded: what the data connection offered stands in the record, whatever became of it.
func TestResumptionIsRecorded(t *testing.T) {
	for want, set := range map[string]func(*probe.Target){
		"offered": nil,
		"none":    func(t *probe.Target) { t.TLS.NoSessionReuse = true },
	} {
		s := scene{
			protocol: probe.FTPES, steps: ops(probe.OpConnect, probe.OpLogin, probe.OpList, probe.OpQuit), set: set,
			talk: openingTLS + "C: EPSV\ndata listen\nS: 229 ok (|||{port}|)\nC: *\nS: 150 go\ndata accept\ndata close\nwait 300ms\nS: 425 no\n" + ending,
		}
		found := ""
		for _, e := range s.play(t).Events {
			if e.Kind == probe.KindHandshake && e.Phase == probe.PhaseDataTLS {
				found = e.Attr["resumption"]
			}
		}
		if found != want {
			t.Errorf("recorded is %q, want %q", found, want)
		}
	}
}

func TestCanceledIsNoFailureOfTLS(t *testing.T) {
	for class, err := range map[probe.Class]error{probe.ClassCanceled: context.Canceled, probe.ClassTimeout: context.DeadlineExceeded} {
		if f := failureOf(err); f.Class != class {
			t.Errorf("%v is %s, want %s", err, f.Class, class)
		}
	}
}

// TestTextInPieces: words in clear are kept to the end of their line.
func TestTextInPieces(t *testing.T) {
	talk := "S: 220 hi\nC: AUTH TLS\nS: 234 go\ntls\nC: USER alice\nS: 331 password\nC: PASS *\n" +
		"plain= \"500 OOPS: \"\nwait 20ms\nplain= \"child died\\r\\n\"\nsilence"
	// The rest of the line is waited for, but not for ever: on a machine that stands still for so long it comes too late.
	for try := 1; ; try++ {
		tr := scene{protocol: probe.FTPES, talk: talk, steps: ops(probe.OpConnect, probe.OpLogin)}.play(t)
		i := slices.IndexFunc(tr.Events, func(e probe.Event) bool { return e.Attr["oddity"] == string(probe.OddityPlainInTLS) })
		if i < 0 {
			t.Fatalf("no text in TLS\n%s", everything(tr))
		}
		if e := tr.Events[i]; e.Code != nil && e.Code.Value == 500 && e.Code.Text == "OOPS: child died" {
			return
		} else if try == 5 {
			t.Fatalf("code %v of %q", e.Code, e.Text)
		}
	}
}

// TestInsecureAsksNobodyForTheIssuer: without verification only what the certificate itself tells is
// looked at, unless the user has said whom to trust.
func TestInsecureAsksNobodyForTheIssuer(t *testing.T) {
	server := reference(t)
	target := at(t, server, probe.FTPS)
	target.TLS.Insecure = true
	for name, tt := range map[string]struct {
		roots *x509.CertPool
		want  string
	}{
		"trusted":      {target.TLS.Roots, ""},
		"nobody asked": {nil, errIssuer.Error()},
		"not trusted":  {x509.NewCertPool(), "x509: certificate signed by unknown authority"},
	} {
		target.TLS.Roots = tt.roots
		tr := probe.Run(t.Context(), probe.Job{Target: target, Script: probe.Script{Steps: ops(probe.OpConnect, probe.OpQuit)}, Open: New, RunID: "run"})
		info := tr.Connections[0].TLS
		if failed(tr) != "" || !strings.HasPrefix(info.Error, tt.want) || info.Verified != (tt.want == "") || len(info.Chain) == 0 {
			t.Errorf("%s: %+v\n%s", name, info, everything(tr))
		}
	}
}

// TestRefusalBehindAuth: what a server says behind its consent to TLS may be why there will be none.
func TestRefusalBehindAuth(t *testing.T) {
	for junk, want := range map[string]int{"500 OOPS: no key\r\n": 500, "no reply\r\n": 0} {
		tr := scene{protocol: probe.FTPES, talk: "S: 220 hi\nC: AUTH TLS\nS= " + strconv.Quote("234 go\r\n"+junk) + "\nclose", steps: ops(probe.OpConnect)}.play(t)
		got := -1
		for _, e := range tr.Events {
			if e.Attr["oddity"] == string(probe.OddityBytesAfterAuth) {
				got = 0
				if e.Code != nil {
					got = e.Code.Value
				}
			}
		}
		if got != want {
			t.Errorf("%q: %d, want %d\n%s", junk, got, want, everything(tr))
		}
	}
}
