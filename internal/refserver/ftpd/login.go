package ftpd

import (
	"crypto/tls"

	"mftprobe/internal/refserver/session"
)

// userCommand answers USER.
func (c *client) userCommand(name string) {
	c.leave()
	c.user = name
	if account, ok := session.Find(c.Accounts, name); ok && account.Password == "" && account.AuthorizedKeys == "" {
		c.enter(account)
		return
	}
	c.reply(331, "Password required for "+name)
}

func (c *client) secure() bool {
	_, ok := c.conn.(*tls.Conn)
	return ok
}

// pass answers PASS. Which of user and password was wrong is not told.
func (c *client) pass(password string) {
	if c.user == "" {
		c.reply(503, "USER first")
		return
	}
	account, ok := session.Find(c.Accounts, c.user)
	if !ok || !account.CheckPassword(password) {
		c.failures++
		c.log.Addf(session.Security, "login of %s refused", c.user)
		if c.failures >= MaxPassFailures {
			c.reply(421, "Too many login failures")
			c.over = true
			return
		}
		c.reply(530, "Login incorrect")
		return
	}
	if account.Billing != "" {
		c.account, c.needACCT = account, true
		c.reply(332, "Account required")
		return
	}
	c.enter(account)
}

// acct answers ACCT (RFC 959 section 4.1.1).
func (c *client) acct(text string) {
	switch {
	case !c.needACCT:
		c.reply(202, "No account needed")
	case text != c.account.Billing:
		c.reply(530, "Account refused")
	default:
		c.enter(c.account)
	}
}

func (c *client) enter(account session.Account) {
	c.account, c.loggedIn, c.needACCT, c.cwd = account, true, false, account.HomeDir()
	c.log.Addf(session.Security, "login of %s", account.User)
	c.reply(230, "Logged in")
}
