package probe

import (
	"strconv"
	"time"
)

// Millis is a duration that JSON shows in milliseconds with three decimals.
type Millis time.Duration

// MarshalJSON writes a number of milliseconds.
func (m Millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Duration(m).Microseconds())/1000, 'f', -1, 64), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Millis) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	f, err := strconv.ParseFloat(string(b), 64)
	*m = Millis(f * float64(time.Millisecond))
	return err
}

// Timestamp is a time that JSON shows as RFC 3339 in UTC with milliseconds.
type Timestamp time.Time

const timestampForm = "2006-01-02T15:04:05.000Z07:00"

// String returns the RFC 3339 form.
func (t Timestamp) String() string { return time.Time(t).UTC().Format(timestampForm) }

// MarshalJSON writes the RFC 3339 form; the zero time is null.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + t.String() + `"`), nil
}

// UnmarshalJSON reads any RFC 3339 time.
func (t *Timestamp) UnmarshalJSON(b []byte) error { return (*time.Time)(t).UnmarshalJSON(b) }

// Transcript is the whole record of one run against one target.
type Transcript struct {
	RunID       string       `json:"run_id"`
	Tool        Tool         `json:"tool"`
	StartedAt   Timestamp    `json:"started_at"`
	Duration    Millis       `json:"duration_ms"`
	Target      TargetInfo   `json:"target"`
	Steps       []StepResult `json:"steps"`
	Events      []Event      `json:"events"`
	Connections []Connection `json:"connections"`
	Experiments []Experiment `json:"experiments"`
	Cleanup     Cleanup      `json:"cleanup"`
	// Dropped counts events beyond MaxEvents; the first and the last ones are kept.
	Dropped int `json:"dropped_events,omitempty"`
	// Interrupted tells that the user ended the run.
	Interrupted bool `json:"interrupted,omitempty"`
	// Foreign names the program whose log this was read from; empty for our own runs.
	Foreign string `json:"foreign,omitempty"`
}

// Tool is the program that made the record.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// TargetInfo is the target without secrets.
type TargetInfo struct {
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Protocol Protocol `json:"protocol"`
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	User     string   `json:"user"`
}

// Status is how a step ended.
type Status string

// Statuses of a step.
const (
	StatusPass    Status = "pass"
	StatusWarn    Status = "warn" // failed, but the script says it may
	StatusFail    Status = "fail"
	StatusSkipped Status = "skipped"
	StatusRefusal Status = "expected-refusal"
)

// StepResult is what became of one step.
type StepResult struct {
	Name     string       `json:"name"`
	Op       Op           `json:"op"`
	Status   Status       `json:"status"`
	Duration Millis       `json:"duration_ms"`
	Bytes    int64        `json:"bytes"`
	Code     *Code        `json:"code"` // the one that decided the step, if there was one
	Codes    []Code       `json:"codes"`
	Detail   string       `json:"detail"`
	Path     string       `json:"path,omitempty"`
	Listing  *ListingInfo `json:"listing,omitempty"`
}

// ListingInfo sums up a directory listing.
type ListingInfo struct {
	Command  string `json:"command"` // MLSD, LIST, NLST, READDIR
	Format   string `json:"format"`  // unix, dos, mlsd, vms, mvs, ibm-i, names, sftp, unknown
	Bytes    int64  `json:"bytes"`
	Lines    int    `json:"lines"`
	Entries  int    `json:"entries"`
	Unparsed int    `json:"unparsed"`
}

// Connection is what is known of one connection.
type Connection struct {
	ID     string   `json:"id"`
	Role   string   `json:"role"` // control, data, ssh
	Local  string   `json:"local"`
	Remote string   `json:"remote"`
	TLS    *TLSInfo `json:"tls,omitempty"`
	SSH    *SSHInfo `json:"ssh,omitempty"`
}

// TLSInfo is what a TLS handshake settled; the chain is there also when verification failed.
type TLSInfo struct {
	Version  string        `json:"version"`
	Cipher   string        `json:"cipher"`
	Resumed  bool          `json:"resumed"`
	ALPN     string        `json:"alpn"`
	Chain    []Certificate `json:"chain"`
	Verified bool          `json:"verified"`
	Error    string        `json:"error"`
}

// Certificate is one of a chain, the server's first.
type Certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names"`
	NotBefore Timestamp `json:"not_before"`
	NotAfter  Timestamp `json:"not_after"`
	SHA256    string    `json:"sha256"`
	PublicKey string    `json:"public_key,omitempty"` // sha256//… of the SubjectPublicKeyInfo, as curl wants it
}

// SSHInfo is what the SSH transport settled.
type SSHInfo struct {
	ClientVersion string              `json:"client_version"`
	ServerVersion string              `json:"server_version"`
	Kex           string              `json:"kex"`
	HostKey       HostKey             `json:"host_key"`
	Cipher        string              `json:"cipher"`
	MAC           string              `json:"mac"`
	ServerOffers  map[string][]string `json:"server_offers"` // kex, host_key, cipher, mac, compression
	ClientOffers  map[string][]string `json:"client_offers,omitempty"`
	AuthMethods   []string            `json:"auth_methods"`
	Banner        string              `json:"banner"`
	HostKeys      []HostKey           `json:"host_keys,omitempty"` // all that the server announced after login
	SFTPVersion   int                 `json:"sftp_version,omitempty"`
	Extensions    map[string]string   `json:"extensions,omitempty"`
}

// HostKey is a host key's type and OpenSSH fingerprint.
type HostKey struct {
	Type   string `json:"type"`
	SHA256 string `json:"sha256"`
}

// Experiment is one question asked after a failure.
type Experiment struct {
	Name     string `json:"name"`
	Question string `json:"question"`
	Outcome  string `json:"outcome"`
	Evidence []int  `json:"evidence"`
}

// Cleanup says what the probe made on the server and what became of it.
type Cleanup struct {
	Created    []string `json:"created"`
	Removed    []string `json:"removed"`
	LeftBehind []string `json:"left_behind"`
}
