package probe

import (
	"encoding/json"
	"fmt"
	"io"
)

// Mask stands wherever a secret would have stood.
const Mask = "****"

// Secret is a password, passphrase or account text that cannot be printed: every fmt verb, JSON and
// text encoding yields [Mask]. The value sits in a closure, so that even a dump of an unexported
// field by reflection shows an address and not the value.
type Secret struct{ reveal func() string }

// NewSecret wraps s. The empty string gives a set but empty secret, as a server may want one.
func NewSecret(s string) Secret { return Secret{reveal: func() string { return s }} }

// Reveal returns the value; the zero Secret reveals the empty string. Only the line that writes it
// to the wire calls this.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsSet tells whether a value was given, be it empty.
func (s Secret) IsSet() bool { return s.reveal != nil }

// String returns the mask.
func (s Secret) String() string { return Mask }

// GoString returns the mask for %#v.
func (s Secret) GoString() string { return Mask }

// Format writes the mask for every verb and flag.
func (s Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, Mask) }

// MarshalJSON returns the mask as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(Mask) }

// MarshalText returns the mask, which also serves YAML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Mask), nil }
