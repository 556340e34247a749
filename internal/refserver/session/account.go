package session

import "crypto/subtle"

// Account is a user of the endpoint.
type Account struct {
	User           string
	Password       string // clear text: the endpoint exists for tests; it is never logged
	Billing        string // what ACCT must say after PASS (RFC 959 section 4.1.1); empty: not asked for
	AuthorizedKeys string // SSH public keys, in the format of an authorized_keys file
	Home           string // the directory after login; "/" if empty
	ReadOnly       bool   // every change is refused
}

// CheckPassword compares in constant time. Who logs in with a key alone has no password, not an empty one.
func (a Account) CheckPassword(password string) bool {
	if a.Password == "" && a.AuthorizedKeys != "" {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(a.Password), []byte(password)) == 1
}

// HomeDir returns the directory after login.
func (a Account) HomeDir() string {
	if a.Home == "" {
		return "/"
	}
	return a.Home
}

// Find returns the account of user.
func Find(accounts []Account, user string) (Account, bool) {
	for _, a := range accounts {
		if a.User == user {
			return a, true
		}
	}
	return Account{}, false
}
