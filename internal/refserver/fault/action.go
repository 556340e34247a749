package fault

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Action is what an effect does at a point.
type Action string

// Actions; doc.go says what each does.
const (
	Reply      Action = "reply"
	Bye        Action = "bye"
	Say        Action = "say"
	Start      Action = "start"
	Before     Action = "before"
	After      Action = "after"
	Raw        Action = "raw"
	Mute       Action = "mute"
	Silent     Action = "silent"
	Close      Action = "close"
	Reset      Action = "reset"
	Hangup     Action = "hangup"
	Delay      Action = "delay"
	Drip       Action = "drip"
	Flood      Action = "flood"
	Endless    Action = "endless"
	Cut        Action = "cut"
	Snap       Action = "snap"
	Stall      Action = "stall"
	Short      Action = "short"
	Corrupt    Action = "corrupt"
	Dead       Action = "dead"
	Blackhole  Action = "blackhole"
	Status     Action = "status"
	WrongID    Action = "wrong-id"
	Truncate   Action = "truncate"
	Exit       Action = "exit"
	Refuse     Action = "refuse"
	Deny       Action = "deny"
	Disconnect Action = "disconnect"
)

// shape is what kind of value an action or a setting takes.
type shape int

const (
	bare     shape = iota + 1 // none
	text                      // any text with escapes
	size                      // a number of bytes
	duration                  // a time
	coded                     // CODE:TEXT
	word                      // one of a list
	names                     // names separated by commas
	number                    // a small number
)

var actions = map[Action]shape{
	Reply: text, Bye: text, Say: text, Start: text, Before: text, After: text, Raw: text,
	Mute: bare, Silent: bare, Close: bare, Reset: bare, Hangup: bare, Dead: bare, Blackhole: bare, WrongID: bare, Deny: bare,
	Delay: duration, Drip: duration,
	Flood: size, Endless: size, Cut: size, Snap: size, Stall: size, Short: size, Corrupt: size, Truncate: size,
	Status: coded, Refuse: coded, Disconnect: coded,
	Exit: number,
}

// Setting is something that holds for a whole session.
type Setting string

// Settings; doc.go says what each does.
const (
	Cert          Setting = "cert"
	TLS           Setting = "tls"
	TLSMax        Setting = "tls-max"
	TLSCiphers    Setting = "tls-ciphers"
	ClientCert    Setting = "client-cert"
	Reuse         Setting = "reuse"
	ReuseBye      Setting = "reuse-bye"
	Inject        Setting = "inject"
	DataClear     Setting = "data-clear"
	NoCloseNotify Setting = "no-close-notify"
	PasvAddress   Setting = "pasv-address"
	Kex           Setting = "kex"
	Ciphers       Setting = "ciphers"
	MACs          Setting = "macs"
	HostKeys      Setting = "hostkeys"
	HostKey       Setting = "host-key"
	Auth          Setting = "auth"
	MaxTries      Setting = "max-tries"
	Banner        Setting = "banner"
	SSHVersion    Setting = "ssh-version"
	MaxChannels   Setting = "max-channels"
)

type settingRule struct {
	shape shape
	words []string // for word
}

// checkAddress checks the value of PasvAddress: 227 has room for four bytes.
func checkAddress(s string) error {
	if a, err := netip.ParseAddr(s); err != nil || !a.Is4() {
		return fmt.Errorf("%q is not an IPv4 address", s)
	}
	return nil
}

// checkMethods checks the value of Auth.
func checkMethods(s string) error {
	for way := range strings.SplitSeq(s, ",") {
		first, second, two := strings.Cut(way, "+")
		for _, method := range []string{first, second} {
			if (two || method == first) && !slices.Contains([]string{"password", "publickey", "keyboard-interactive"}, method) {
				return fmt.Errorf("%q is none of password, publickey, keyboard-interactive, nor two of them with + between", way)
			}
		}
	}
	return nil
}

var settings = map[Setting]settingRule{
	Cert:          {word, []string{"expired", "not-yet-valid", "wrong-name", "self-signed", "unknown-ca"}},
	TLS:           {word, []string{"off"}},
	TLSMax:        {word, []string{"1.0", "1.1", "1.2"}},
	TLSCiphers:    {word, []string{"rsa"}},
	ClientCert:    {word, []string{"required"}},
	Reuse:         {text, nil},
	ReuseBye:      {text, nil},
	Inject:        {text, nil},
	DataClear:     {bare, nil},
	NoCloseNotify: {bare, nil},
	PasvAddress:   {word, nil},
	Kex:           {names, nil},
	Ciphers:       {names, nil},
	MACs:          {names, nil},
	HostKeys:      {names, nil},
	HostKey:       {word, []string{"changed"}},
	Auth:          {names, nil},
	MaxTries:      {number, nil},
	Banner:        {text, nil},
	SSHVersion:    {text, nil},
	MaxChannels:   {number, nil},
}

// neutral words and what they are in both protocols.
var neutral = map[string][]string{
	"login":    {"PASS", "auth"},
	"pwd":      {"PWD", "REALPATH"},
	"list":     {"LIST", "NLST", "MLSD", "READDIR"},
	"put":      {"STOR", "STOU", "APPE", "WRITE"},
	"get":      {"RETR", "READ"},
	"transfer": {"LIST", "NLST", "MLSD", "READDIR", "STOR", "STOU", "APPE", "WRITE", "RETR", "READ"},
	"size":     {"SIZE", "STAT", "LSTAT", "FSTAT"},
	"rename":   {"RNTO", "RENAME"},
	"delete":   {"DELE", "REMOVE"},
	"mkdir":    {"MKD", "MKDIR"},
	"rmdir":    {"RMD", "RMDIR"},
	"passive":  {"PASV", "EPSV"},
	"active":   {"PORT", "EPRT"},
	"write": {
		"STOR", "STOU", "APPE", "DELE", "MKD", "RMD", "RNTO", "MFMT", "SITE",
		"WRITE", "REMOVE", "MKDIR", "RMDIR", "RENAME", "SETSTAT", "FSETSTAT",
	},
}

// points that are neither FTP commands nor SFTP requests.
var moments = []string{"greeting", "tls", "data", "data-tls", "kex", "auth", "channel", "subsystem"}

var commands = []string{
	"USER", "PASS", "ACCT", "AUTH", "PBSZ", "PROT", "CCC", "FEAT", "OPTS", "SYST", "HOST", "PWD", "XPWD", "CWD", "CDUP",
	"TYPE", "MODE", "STRU", "PASV", "EPSV", "PORT", "EPRT", "LIST", "NLST", "MLSD", "MLST", "STAT", "SIZE", "MDTM", "MFMT",
	"REST", "RETR", "STOR", "APPE", "STOU", "RNFR", "RNTO", "DELE", "MKD", "RMD", "SITE", "HASH", "XSHA256", "ALLO", "NOOP",
	"ABOR", "HELP", "QUIT", "REIN",
	"INIT", "OPEN", "CLOSE", "READ", "WRITE", "LSTAT", "FSTAT", "SETSTAT", "FSETSTAT", "OPENDIR", "READDIR", "REMOVE",
	"MKDIR", "RMDIR", "REALPATH", "RENAME", "READLINK", "SYMLINK", "EXTENDED",
}
