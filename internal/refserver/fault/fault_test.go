package fault

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAt(t *testing.T) {
	tests := []struct {
		name    string
		effects []string
		point   string
		when    Condition
		times   int // how often the session has been there before
		want    Action
		there   bool
	}{
		{"simple", []string{"silent:STOR"}, "STOR", Clear, 0, Silent, true},
		{"other point", []string{"silent:STOR"}, "RETR", Clear, 0, Silent, false},
		{"several points", []string{"silent:STOR,RETR"}, "RETR", Clear, 0, Silent, true},
		{"word for both protocols, FTP", []string{"cut:put=1"}, "APPE", Clear, 0, Cut, true},
		{"word for both protocols, SFTP", []string{"cut:put=1"}, "WRITE", Encrypted, 0, Cut, true},
		{"condition holds", []string{"reply:USER@clear=530 no"}, "USER", Clear, 0, Reply, true},
		{"condition fails", []string{"reply:USER@clear=530 no"}, "USER", Encrypted, 0, Reply, false},
		{"prot-c under TLS", []string{"reply:STOR@prot-c=522 no"}, "STOR", Encrypted | ProtC, 0, Reply, true},
		{"count not reached", []string{"close:NOOP#3"}, "NOOP", Clear, 1, Close, false},
		{"count reached", []string{"close:NOOP#3"}, "NOOP", Clear, 2, Close, true},
		{"count passed", []string{"close:NOOP#3"}, "NOOP", Clear, 3, Close, false},
		{"count open", []string{"close:NOOP#3+"}, "NOOP", Clear, 9, Close, true},
		{"condition and count", []string{"close:OPEN@write#2"}, "OPEN", Encrypted | Writing, 1, Close, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Parse(tt.effects...)
			if err != nil {
				t.Fatal(err)
			}
			s := p.Session()
			for range tt.times {
				s.At(tt.point, tt.when)
			}
			if got := s.At(tt.point, tt.when).Has(tt.want); got != tt.there {
				t.Errorf("%s at %s: %t, want %t", tt.want, tt.point, got, tt.there)
			}
		})
	}
}

func TestGreetingCountsConnections(t *testing.T) {
	p, err := Parse("close:greeting#2")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true, false} {
		if got := p.Session().At("greeting", Clear).Has(Close); got != want {
			t.Errorf("connection %d: %t, want %t", i+1, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	p, err := Parse(`reply:PWD=257 a=b\r\n\x41\\`, "cut:RETR=64K", "delay:USER=1m30s", "status:OPEN=4:a:b", "kex=a,b", "max-tries=2", "data-clear")
	if err != nil {
		t.Fatal(err)
	}
	s := p.Session()
	if text, _ := s.At("PWD", Clear).Text(Reply); text != "257 a=b\r\nA\\" {
		t.Errorf("text %q", text)
	}
	if n, ok := s.At("RETR", Clear).Size(Cut); n != 65536 || !ok {
		t.Errorf("size %d", n)
	}
	if d := s.At("USER", Clear).Time(Delay); d != 90*time.Second {
		t.Errorf("time %v", d)
	}
	if code, text, _ := s.At("OPEN", Clear).Code(Status); code != 4 || text != "a:b" {
		t.Errorf("status %d %q", code, text)
	}
	if got := p.Names(Kex); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("names %q", got)
	}
	if p.Number(MaxTries, 6) != 2 || p.Number(MaxChannels, 6) != 6 || !p.Has(DataClear) || p.Has(Cert) {
		t.Error("settings")
	}
}

func TestHealthy(t *testing.T) {
	p, err := Parse()
	if err != nil || p.Has(Cert) || p.Names(Kex) != nil || p.Number(MaxTries, 3) != 3 {
		t.Errorf("a plan without effects: %v, %v", p, err)
	}
	if e := p.Session().At("USER", Clear); e != nil || e.Has(Close) || e.Time(Delay) != 0 {
		t.Errorf("effects %v of no plan", e)
	}
}

func TestInvalid(t *testing.T) {
	tests := []struct{ effect, want string }{
		{"", `fault "": unknown setting or missing point in ""`},
		{"nonsense", `unknown setting or missing point in "nonsense"`},
		{"explode:STOR", `unknown action "explode"`},
		{"silent:", `unknown point ""`},
		{"silent:stor", `unknown point "stor"`},
		{"silent:STOR,NONE", `unknown point "NONE"`},
		{"silent:STOR=1", "takes no value"},
		{"reply:STOR", "needs a value after ="},
		{"close:STOR@night", `unknown condition "night"`},
		{"close:STOR#0", `count "0" is not a number from 1 up`},
		{"close:STOR#x+", `count "x+" is not a number from 1 up`},
		{"cut:RETR=-1", `"-1" is not a number of bytes`},
		{"cut:RETR=1T", `"1T" is not a number of bytes`},
		{"delay:USER=3", `"3" is not a time`},
		{"delay:USER=-3s", `"-3s" is not a time`},
		{"status:OPEN=x:y", `"x:y" is not CODE:TEXT`},
		{`reply:USER=\q`, `unknown escape \q`},
		{`reply:USER=\`, `a lone \ at the end`},
		{`reply:USER=\x4`, `\x needs two digits`},
		{`reply:USER=\xzz`, `\xzz is not a byte`},
		{"cert=stolen", `"stolen" is none of expired, not-yet-valid`},
		{"pasv-address=home", `"home" is not an IPv4 address`},
		{"pasv-address=::1", `"::1" is not an IPv4 address`},
		{"max-tries=many", `"many" is not a number from 0 to 65535`},
		{"data-clear=yes", "takes no value"},
		{"kex=", `"" holds an empty name`},
		{"ciphers=a,,b", `"a,,b" holds an empty name`},
		{"auth=passwrd", `"passwrd" is none of password, publickey`},
		{"auth=password+", `"password+" is none of`},
		{"auth=", `"" is none of`},
		{"silent:STRO", `unknown point "STRO" (there is STRU, STOR`},
		{"silent:stor", `unknown point "stor" (there is STOR`},
	}
	for _, tt := range tests {
		t.Run(tt.effect, func(t *testing.T) {
			if _, err := Parse(tt.effect); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestTogether: what two faults say of one setting must not contradict.
func TestTogether(t *testing.T) {
	for effects, want := range map[string]string{
		"cert=expired tls-max=1.2": "", "cert=expired cert=expired": "", "silent:STOR silent:put": "",
		"cert=expired cert=wrong-name": `fault "cert=wrong-name": cert has another value already, and can have only one`,
	} {
		_, err := Parse(strings.Fields(effects)...)
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("%s: %v", effects, err)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		effect string
		ok     bool
	}{
		{"flood:USER=16G", true},
		{"flood:USER=17179869185", false},
		{"flood:USER=17G", false},
		{"delay:USER=1h", true},
		{"delay:USER=1h1ns", false},
		{"max-tries=65535", true},
		{"max-tries=65536", false},
	}
	for _, tt := range tests {
		if _, err := Parse(tt.effect); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.effect, err)
		}
	}
	var r rule
	if err := r.parseCount("2+"); err != nil || r.to != math.MaxInt {
		t.Errorf("an open count ends at %d, %v", r.to, err)
	}
}

// TestNamed holds the table to the language and to the words of the public interface.
func TestNamed(t *testing.T) {
	protocols := []string{"ftp", "ftpes", "ftps", "sftp"}
	outcomes := []string{"fail", "warn", "pass"}
	sides := []string{"ours", "network", "theirs", "either", "undecided"}
	steps := []string{"connect", "login", "pwd", "passive", "list", "put", "size", "get", "rename", "delete", "quit"}
	seen := map[string]bool{}
	for _, f := range Named() {
		if seen[f.Name] || f.Name == "" || f.Summary == "" || strings.HasSuffix(f.Summary, ".") {
			t.Errorf("%q: name taken, or no summary", f.Name)
		}
		seen[f.Name] = true
		if _, err := Parse(f.Effects...); err != nil || len(f.Effects) == 0 {
			t.Errorf("%s: effects %q: %v", f.Name, f.Effects, err)
		}
		if len(f.Protocols) == 0 || !slices.Contains(outcomes, f.Outcome) || (f.Outcome != "pass") != (f.Cause != "") && f.Cause == "" {
			t.Errorf("%s: protocols %q, outcome %q, cause %q", f.Name, f.Protocols, f.Outcome, f.Cause)
		}
		for _, p := range f.Protocols {
			if !slices.Contains(protocols, p) {
				t.Errorf("%s: protocol %q", f.Name, p)
			}
		}
		if f.Cause != "" && (!slices.Contains(sides, f.Side) || !slices.Contains(steps, f.Step) || f.Phase == "") {
			t.Errorf("%s: %+v", f.Name, f.Diagnosis)
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d faults", len(seen))
	}
}

func TestResolve(t *testing.T) {
	got, err := Resolve("quota-exceeded", "silent:QUIT", "data-clear", "cert=expired")
	want := []string{"cut:put=512", "say:put=552 Quota exceeded.", "silent:QUIT", "data-clear", "cert=expired"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	for name, want := range map[string]string{
		"quota":           `no fault "quota" (there is quota-exceeded, quota-before, sftp-quota); --list-faults shows all`,
		"zzz":             `no fault "zzz"; --list-faults shows all`,
		"putt-550":        `no fault "putt-550" (there is put-550, put-553); --list-faults shows all`,
		"Put-505":         `no fault "Put-505" (there is put-550, put-553); --list-faults shows all`,
		"cert-expried":    `no fault "cert-expried" (there is cert-expired); --list-faults shows all`,
		"put-550,get-550": `no fault "put-550,get-550" (several faults are given one by one); --list-faults shows all`,
		"deny":            `no fault "deny" (deny is an action: write deny:POINT, with =VALUE where it takes one); --list-faults shows all`,
		"tls":             `no fault "tls" (tls is a setting: write tls=VALUE); --list-faults shows all`,
		"":                `no fault ""; --list-faults shows all`,
	} {
		if _, err := Resolve(name); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, n := range Named() {
		for _, e := range n.Effects {
			f.Add(e)
		}
	}
	f.Fuzz(func(t *testing.T, effect string) {
		p, err := Parse(effect)
		if err == nil && len(p.rules)+len(p.settings) == 0 {
			t.Errorf("%q means nothing and is no error", effect)
		}
	})
}
