package session

import (
	"strings"
	"testing"
	"time"
)

func TestEventIsOneSafeLine(t *testing.T) {
	var got []Event
	at := time.Date(2026, 11, 24, 13, 0, 0, 5e6, time.FixedZone("", 3600))
	head := Event{Session: 7, Protocol: "ftp", Client: "127.0.0.1:50000", Server: "127.0.0.1:2121"}
	log := NewLog(head, func() time.Time { return at }, func(e Event) { got = append(got, e) })
	log.Addf(Received, "USER %s", "a\x1b[2J\r\nb\"é")
	if got := Printable("\x9b2J\xff é"); got != `\x9b2J\xff é` {
		t.Errorf("bytes that are no UTF-8: %q", got)
	}
	log.Add(Sent, strings.Repeat("x", MaxText))
	log.Add(Sent, strings.Repeat("x", MaxText+1))
	want := `2026-11-24T12:00:00.005Z ftp#7 127.0.0.1:50000 -> 127.0.0.1:2121 received USER a\x1b[2J\r\nb"é`
	if s := got[0].String(); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if len(got[1].Text) != MaxText || !strings.HasSuffix(got[2].Text, "x…") {
		t.Errorf("lengths %d and %d", len(got[1].Text), len(got[2].Text))
	}
}

// TestSecretsAreHidden, but for those so short that they are part of many words.
func TestSecretsAreHidden(t *testing.T) {
	var got []string
	log := NewLog(Event{}, time.Now, func(e Event) { got = append(got, e.Text) }, "", "abc", "h7is")
	log.Add(Received, "USER h7is h7is")
	log.Add(Received, strings.Repeat("x", MaxText-2)+"h7is")
	log.Add(Received, "abc")
	if got[0] != "USER **** ****" || !strings.HasSuffix(got[1], "x**…") || got[2] != "abc" {
		t.Errorf("%q", got)
	}
}

func TestNobodyListens(t *testing.T) {
	log := NewLog(Event{}, time.Now, nil)
	log.Add(Opened, "")
	log.Addf(Opened, "%s", "x")
	if log != nil {
		t.Error("a log without a listener")
	}
}

func TestAccounts(t *testing.T) {
	accounts := []Account{{User: "a", Password: "p", Home: "/home/a"}, {User: "b"}}
	a, ok := Find(accounts, "a")
	if !ok || !a.CheckPassword("p") || a.CheckPassword("P") || a.CheckPassword("") || a.HomeDir() != "/home/a" {
		t.Errorf("account %+v", a)
	}
	if b, _ := Find(accounts, "b"); b.HomeDir() != "/" {
		t.Errorf("home %q", b.HomeDir())
	}
	if keys := (Account{AuthorizedKeys: "ssh-ed25519 AAAA"}); keys.CheckPassword("") || !(Account{}).CheckPassword("") {
		t.Error("keys alone are no empty password, and an open account has one")
	}
	if _, ok := Find(accounts, "A"); ok {
		t.Error("found an account that is not there")
	}
}
