package ssh

import (
	"testing"

	"mftprobe/integration/lab"
	"mftprobe/probe"
)

// refusedAuth is the end of a login in which nothing is left to try.
func refusedAuth(attempts string) want {
	return want{step: "login", phase: probe.PhaseAuth, kind: probe.KindAuth, class: probe.ClassAuth, attempts: attempts}
}

const passwordRefused = "none=refused password=refused publickey=no-credential"

func wrongPassword(_ *testing.T, _ *lab.Server, target *probe.Target) {
	target.Password = probe.NewSecret("not-the-password")
}

func TestLogin(t *testing.T) {
	rows := []row{
		{name: "password", fault: "none", want: want{attempts: "none=refused password=accepted"}},
		{name: "wrong password", fault: "none", change: wrongPassword, want: refusedAuth(passwordRefused)},
		{name: "no such user", fault: "none", change: user("nobody-here"), want: refusedAuth(passwordRefused)},
		{name: "locked", fault: "none", change: user("locked"), want: refusedAuth(passwordRefused)},
		{name: "ed25519 key", fault: "key-only", change: keys("id_ed25519"), want: want{attempts: "none=refused publickey/ssh-ed25519=accepted"}},
		{name: "rsa key", fault: "key-only", change: keys("id_rsa"), want: want{attempts: "none=refused publickey/rsa-sha2-512=accepted"}},
		{
			name: "encrypted key", fault: "key-only", change: func(t *testing.T, s *lab.Server, target *probe.Target) {
				keys("id_encrypted")(t, s, target)
				target.SSH.Keys[0].Passphrase = probe.NewSecret(s.Password)
			}, want: want{attempts: "none=refused publickey/ssh-ed25519=accepted"},
		},
		{
			name: "certificate", fault: "key-only", change: func(t *testing.T, s *lab.Server, target *probe.Target) {
				keys("id_unknown")(t, s, target)
				target.SSH.Keys[0].Certificate = []byte(read(t, s.File(t, "id_unknown-cert.pub")))
			}, want: want{attempts: "none=refused publickey/ssh-ed25519=accepted"},
		},
		{
			name: "key refused", fault: "key-only", change: keys("id_unknown"),
			want: refusedAuth("none=refused publickey/ssh-ed25519=key-refused"),
		},
		{
			name: "key refused, password good", fault: "none", change: keysToo("id_unknown"),
			want: want{attempts: "none=refused publickey/ssh-ed25519=key-refused password=accepted"},
		},
		{fault: "key-expired", change: keys("id_ed25519"), want: refusedAuth("none=refused publickey/ssh-ed25519=key-refused password=no-credential")},
		{fault: "key-from-elsewhere", change: keys("id_ed25519"), want: refusedAuth("none=refused publickey/ssh-ed25519=key-refused password=no-credential")},
		{fault: "key-file-open", change: keys("id_ed25519"), want: refusedAuth("none=refused publickey/ssh-ed25519=key-refused password=no-credential")},
		{
			fault: "signature-sha1-only", change: keys("id_rsa"),
			want: refusedAuth("none=refused publickey/rsa-sha2-512=key-refused publickey/rsa-sha2-256=key-refused password=no-credential"),
		},
		{
			name: "signature-sha1-only, legacy", fault: "signature-sha1-only", change: func(t *testing.T, s *lab.Server, target *probe.Target) {
				keys("id_rsa")(t, s, target)
				target.SSH.Legacy = true
			},
			want: want{attempts: "none=refused publickey/rsa-sha2-512=key-refused publickey/rsa-sha2-256=key-refused publickey/ssh-rsa=accepted", also: "ssh-rsa is in use"},
		},
		{
			fault: "signature-ed25519-only", change: keys("id_rsa"),
			want: refusedAuth("none=refused publickey/rsa-sha2-512=key-refused publickey/rsa-sha2-256=key-refused password=no-credential"),
		},
		{
			fault: "two-factor", change: keysToo("id_ed25519"),
			want: want{attempts: "none=refused publickey/ssh-ed25519=partial password=accepted"},
		},
		{
			name: "two-factor without a key", fault: "two-factor", want: refusedAuth("none=refused publickey=no-credential password=not-offered"),
		},
		{
			fault: "two-factor-keyboard", change: keysToo("id_ed25519"),
			want: want{attempts: "none=refused publickey/ssh-ed25519=partial keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=accepted"},
		},
		{
			fault: "keyboard-only",
			want:  want{attempts: "none=refused keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=accepted"},
		},
		{
			name: "no method in common", fault: "key-only", want: refusedAuth("none=refused publickey=no-credential password=not-offered"),
		},
		{
			name: "no keys taken", fault: "no-keys", change: keys("id_ed25519"), want: refusedAuth("none=refused publickey=not-offered password=no-credential"),
		},
		{
			fault: "max-tries", change: keysToo("id_unknown"),
			want: want{
				step: "login", phase: probe.PhaseAuth, kind: probe.KindDisconnect, space: probe.SpaceSSHDisconnect, code: 2,
				text: "Too many authentication failures", attempts: "none=refused",
			},
		},
		{fault: "allow-users", want: refusedAuth(passwordRefused)},
		{fault: "deny-users", want: refusedAuth(passwordRefused)},
		{fault: "allow-groups", want: refusedAuth(passwordRefused)},
		{
			name: "account expired", fault: "none", change: user("expired"),
			want: want{step: "login", phase: probe.PhaseAuth, kind: probe.KindClose, class: probe.ClassEOF, attr: "after=password", also: "expired"},
		},
		{
			name: "password expired, inactive", fault: "none", change: user("inactive"),
			want: want{step: "login", phase: probe.PhaseAuth, kind: probe.KindClose, class: probe.ClassEOF, attr: "after=password", also: "expired"},
		},
		{
			name: "password change forced", fault: "none", change: user("mustchange"),
			want: want{step: "login", phase: probe.PhaseInit, kind: probe.KindClose, class: probe.ClassEOF, also: "status 1"},
		},
		{
			name: "password change forced, asked for", fault: "no-pam", change: user("mustchange"),
			want: want{step: "login", phase: probe.PhaseInit, kind: probe.KindClose, class: probe.ClassEOF, also: "status 1"},
		},
		{
			name: "password change by prompts", fault: "keyboard-only", change: user("mustchange"),
			want: refusedAuth("none=refused keyboard-interactive=prompted keyboard-interactive=prompted keyboard-interactive=change-demanded publickey=no-credential"),
		},
		{fault: "nologin", want: want{step: "login", phase: probe.PhaseAuth, kind: probe.KindClose, class: probe.ClassEOF, also: "maintenance"}},
		{fault: "banner", want: want{also: "Authorised users only."}},
	}
	runRows(t, lab.OpenSSH, rows)
}
