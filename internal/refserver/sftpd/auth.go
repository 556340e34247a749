package sftpd

import (
	"bytes"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

var errRefused = errors.New("refused")

const (
	methodPassword    = "password"
	methodPublicKey   = "publickey"
	methodInteractive = "keyboard-interactive"
)

// authentication sets the methods: each name alone is enough, "a+b" wants a and then b (RFC 4252 section 5.1).
func (c *client) authentication(cfg *ssh.ServerConfig) {
	ways := c.Faults.Names(fault.Auth)
	if ways == nil {
		ways = []string{methodPublicKey, methodPassword, methodInteractive}
	}
	var first ssh.ServerAuthCallbacks
	for _, way := range ways {
		a, b, twice := strings.Cut(way, "+")
		var next *ssh.ServerAuthCallbacks
		if twice {
			next = &ssh.ServerAuthCallbacks{}
			c.offer(next, b, nil)
		}
		c.offer(&first, a, next)
	}
	cfg.PasswordCallback = first.PasswordCallback
	cfg.PublicKeyCallback = first.PublicKeyCallback
	cfg.KeyboardInteractiveCallback = first.KeyboardInteractiveCallback
	cfg.AuthLogCallback = func(m ssh.ConnMetadata, method string, err error) {
		if method != "none" {
			c.log.Addf(session.Security, "user %s, %s: %s", m.User(), method, outcome(err))
		}
	}
}

func outcome(err error) string {
	var partial *ssh.PartialSuccessError
	switch {
	case err == nil:
		return "accepted"
	case errors.As(err, &partial):
		return "accepted, more is needed"
	}
	return "refused"
}

// offer adds a method to a set. With next, passing it is only a part of the way.
func (c *client) offer(set *ssh.ServerAuthCallbacks, method string, next *ssh.ServerAuthCallbacks) {
	verdict := func(user string, right func(session.Account) bool) (*ssh.Permissions, error) {
		return c.decide(user, right, next)
	}
	switch method {
	case methodPassword:
		set.PasswordCallback = func(m ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return verdict(m.User(), func(a session.Account) bool { return a.CheckPassword(string(password)) })
		}
	case methodPublicKey:
		set.PublicKeyCallback = func(m ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			return verdict(m.User(), func(a session.Account) bool { return authorized(a, key) })
		}
	case methodInteractive:
		set.KeyboardInteractiveCallback = func(m ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, errRefused
			}
			return verdict(m.User(), func(a session.Account) bool { return a.CheckPassword(answers[0]) })
		}
	}
}

// decide judges one attempt.
func (c *client) decide(user string, right func(session.Account) bool, next *ssh.ServerAuthCallbacks) (*ssh.Permissions, error) {
	e := c.faults.At("auth", fault.Encrypted)
	a, ok := session.Find(c.Accounts, user)
	switch {
	case c.held(e), e.Has(fault.Deny), !ok, !right(a):
		return nil, errRefused
	case next != nil:
		return nil, &ssh.PartialSuccessError{Next: *next}
	}
	return nil, nil
}

// authorized looks for key among the keys of the account.
func authorized(a session.Account, key ssh.PublicKey) bool {
	rest := []byte(a.AuthorizedKeys)
	for len(rest) > 0 {
		known, _, _, more, err := ssh.ParseAuthorizedKey(rest)
		if err != nil {
			return false
		}
		if bytes.Equal(known.Marshal(), key.Marshal()) {
			return true
		}
		rest = more
	}
	return false
}
