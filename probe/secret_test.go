package probe

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestSecretCannotBePrinted(t *testing.T) {
	s := NewSecret("hunter2!")
	holder := struct {
		Public  Secret
		private Secret
		deep    []any
	}{s, s, []any{s, &s, map[string]Secret{"k": s}}}
	js, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", holder, holder, holder),
		fmt.Sprintf("%v %#v", &holder, &holder), errors.New(s.String()).Error(), string(js),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e746572") {
			t.Errorf("printed: %s", text)
		}
	}
	if s.Reveal() != "hunter2!" || !s.IsSet() {
		t.Error("a secret must reveal its value to the wire")
	}
	var none Secret
	if none.IsSet() || none.Reveal() != "" {
		t.Error("the zero secret is unset and empty")
	}
}

func TestRedactsEveryEncoding(t *testing.T) {
	const pw = `p/ss "wörd"+1`
	r := newRedactor(NewSecret(pw))
	for _, form := range []string{
		pw, fmt.Sprintf("%q", pw), url.QueryEscape(pw), url.PathEscape(pw), strings.ToLower(url.QueryEscape(pw)),
		"cC9zcyAid8O2cmQiKzE=", "cC9zcyAid8O2cmQiKzE", "702f73732022", fmt.Sprintf("%x", pw), fmt.Sprintf("%X", pw),
		`p/ss ""wörd""+1`, "p/ss &#34;wörd&#34;+1",
		"p%2Fss%20%22w%C3%B6rd%22%2B1", "p%2fss+%22wörd%22%2b1", "p/ss%20\"w%c3%B6rd\"+1",
		base64.StdEncoding.EncodeToString([]byte("bob:" + pw)), base64.StdEncoding.EncodeToString([]byte("\x00bob\x00" + pw)),
		base64.StdEncoding.EncodeToString([]byte("alice:" + pw + "\n")),
	} {
		got := r.clean("before " + form + " after")
		if form == "702f73732022" { // only a part of the secret: must stay, or nothing could be shown
			continue
		}
		if strings.Contains(got, form) || !strings.Contains(got, Mask) {
			t.Errorf("%q became %q", form, got)
		}
	}
}

func TestShortSecretsAreMaskedAsWords(t *testing.T) {
	r := newRedactor(NewSecret("ab"))
	for in, want := range map[string]string{
		"PASS ab":     "PASS ****",
		"ab":          "****",
		"about cab":   "about cab",
		"'ab' (ab)ab": "'****' (****)****",
	} {
		if got := r.clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := newRedactor(Secret{}, NewSecret("")).clean("text"); got != "text" {
		t.Errorf("no secret changed the text to %q", got)
	}
}

func TestTargetSecrets(t *testing.T) {
	key := PrivateKey{Passphrase: NewSecret("phrase")}
	target := Target{User: "bob", Password: NewSecret("pw"), SSH: SSHOptions{Keys: []PrivateKey{key}, Jumps: []Target{{Password: NewSecret("jump")}}}}
	found := map[string]bool{}
	for _, s := range target.Secrets() {
		found[s.Reveal()] = true
	}
	for _, want := range []string{"pw", "phrase", "jump"} {
		if !found[want] {
			t.Errorf("%s is not among the secrets", want)
		}
	}
	anon := Target{User: "anonymous", Password: NewSecret("probe@example.org")}
	for _, s := range anon.Secrets() {
		if s.Reveal() == "probe@example.org" {
			t.Error("the address given by an anonymous login is no secret")
		}
	}
}
