package config

import "golang.org/x/crypto/ssh"

// HoldsPublicKey tells whether one line at least of a text is a public key in the format of authorized_keys.
func HoldsPublicKey(text []byte) bool {
	_, _, _, _, err := ssh.ParseAuthorizedKey(text)
	return err == nil
}
