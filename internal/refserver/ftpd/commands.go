package ftpd

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mftprobe/internal/refserver/session"
)

// features is the body of the FEAT reply; the facts come behind it.
const features = "UTF8\nEPSV\nEPRT\nSIZE\nMDTM\nMFMT\nREST STREAM\nTVFS\nHOST\nHASH SHA-256*\nXSHA256\nMLST "

const tlsFeatures = "AUTH TLS\nPBSZ\nPROT\nCCC"

// open lists the commands that need no login.
var open = map[string]func(*client, string){
	"USER": (*client).userCommand,
	"PASS": (*client).pass,
	"ACCT": (*client).acct,
	"AUTH": func(c *client, arg string) { c.auth(strings.ToUpper(arg)) },
	"PBSZ": (*client).bufferSize,
	"PROT": (*client).protect,
	"CCC":  func(c *client, _ string) { c.clearControl() },
	"FEAT": (*client).feat,
	"OPTS": (*client).opts,
	"SYST": func(c *client, _ string) { c.reply(215, "UNIX Type: L8") },
	"HOST": (*client).host,
	"NOOP": func(c *client, _ string) { c.reply(200, "OK") },
	"HELP": (*client).help,
	"QUIT": func(c *client, _ string) { c.reply(221, "Goodbye"); c.over = true },
}

// inside lists the commands that need a login.
var inside = map[string]func(*client, string){
	"PWD": (*client).pwd, "XPWD": (*client).pwd, "CWD": (*client).changeDir, "CDUP": func(c *client, _ string) { c.changeDir("..") },
	"TYPE": (*client).setType, "MODE": onlyOne("S"), "STRU": onlyOne("F"), "ALLO": func(c *client, _ string) { c.reply(202, "No storage to allocate") },
	"PASV": (*client).pasv, "EPSV": (*client).epsv, "PORT": (*client).port, "EPRT": (*client).eprt,
	"LIST": list("LIST"), "NLST": list("NLST"), "MLSD": list("MLSD"), "MLST": (*client).mlst, "STAT": (*client).stat,
	"SIZE": (*client).size, "MDTM": (*client).mdtm, "MFMT": (*client).mfmt, "REST": (*client).restart,
	"HASH":    func(c *client, arg string) { c.hash(arg, false) },
	"XSHA256": func(c *client, arg string) { c.hash(arg, true) },
	"RETR":    (*client).retrieve, "STOR": store("STOR"), "APPE": store("APPE"), "STOU": store("STOU"),
	"RNFR": (*client).renameFrom, "RNTO": (*client).renameTo, "DELE": (*client).remove, "MKD": (*client).makeDir, "XMKD": (*client).makeDir,
	"RMD": (*client).removeDir, "XRMD": (*client).removeDir, "SITE": (*client).site, "ABOR": func(c *client, _ string) { c.reply(226, "Nothing to abort") },
}

// wantArgument are the commands that mean nothing without an argument.
var wantArgument = []string{
	"USER", "CWD", "TYPE", "MODE", "STRU", "PORT", "EPRT", "OPTS", "SIZE", "MDTM", "MFMT", "HASH", "XSHA256", "REST", "RETR", "STOR", "APPE",
	"RNFR", "RNTO", "DELE", "MKD", "XMKD", "RMD", "XRMD",
}

// unimplemented are the commands of the RFCs that this server does without: 502 and not 500.
var unimplemented = []string{"REIN", "SMNT", "ADAT", "MIC", "CONF", "ENC", "LANG", "LPRT", "LPSV"}

// command carries out one line.
func (c *client) command(line string) {
	word, arg, _ := strings.Cut(line, " ")
	verb := strings.ToUpper(word)
	c.logCommand(verb, line)
	c.come(verb)
	c.arg = arg
	if c.interfere() {
		return
	}
	do, anybody := open[verb]
	if !anybody {
		do = inside[verb]
	}
	switch {
	case do == nil:
		c.unknown(word, verb)
	case !anybody && !c.loggedIn:
		c.reply(530, "Please login with USER and PASS")
	case arg == "" && slices.Contains(wantArgument, verb):
		c.reply(501, verb+" wants an argument")
	case !anybody && verb != "RNTO" && c.renaming != "":
		c.renaming = ""
		do(c, arg)
	default:
		do(c, arg)
	}
}

// secret tells whether a line that begins with verb may hold a password, also where the blank behind PASS is missing or
// is something else.
func secret(verb string) bool {
	return strings.HasPrefix(verb, "PASS") || strings.HasPrefix(verb, "ACCT")
}

// logCommand keeps what identifies a person out of the log.
func (c *client) logCommand(verb, line string) {
	if secret(verb) {
		line = verb[:4] + " ****"
	}
	c.log.Add(session.Received, line)
}

// longestVerb is more than any command has. What is longer may be anything, and is not repeated.
const longestVerb = 8

func (c *client) unknown(word, verb string) {
	switch {
	case slices.Contains(unimplemented, verb):
		c.reply(502, verb+" is not implemented")
	case secret(verb) || len(word) > longestVerb:
		c.reply(500, "Unknown command")
	default:
		c.reply(500, fmt.Sprintf("Unknown command %q", word))
	}
}

func (c *client) help(string) {
	var b strings.Builder
	b.WriteString("Commands, all of them as in RFC 959 and those that extend it:")
	for line := range slices.Chunk(c.verbs, 10) {
		b.WriteString("\n" + strings.Join(line, " "))
	}
	c.reply(214, b.String()+"\nEnd")
}

func (c *client) feat(string) {
	body := features
	for _, fact := range allFacts {
		if body += fact; c.told(fact) {
			body += "*"
		}
		body += ";"
	}
	if c.TLS != nil {
		body = tlsFeatures + "\n" + body
	}
	c.reply(211, "Features\n"+body+"\nEnd")
}

func (c *client) opts(arg string) {
	option, value, _ := strings.Cut(arg, " ")
	switch option = strings.ToUpper(option); {
	case option == "UTF8" && !strings.EqualFold(value, "OFF"):
		c.reply(200, "Names are always UTF-8")
	case option == "MLST":
		c.chooseFacts(value)
	case option == "HASH" && (value == "" || strings.EqualFold(value, "SHA-256")):
		c.reply(200, "SHA-256")
	default:
		c.reply(501, "No such option")
	}
}

// bufferSize answers PBSZ: TLS has no block size (RFC 4217 section 8).
func (c *client) bufferSize(string) {
	if !c.secure() {
		c.reply(503, "TLS first")
		return
	}
	c.reply(200, "PBSZ=0")
}

// host answers HOST, which comes before the login (RFC 7151 section 3). Every name is served.
func (c *client) host(string) {
	if c.user != "" {
		c.reply(503, "HOST comes before USER")
		return
	}
	c.reply(220, "Host accepted")
}

// protect answers PROT (RFC 4217 section 9).
func (c *client) protect(level string) {
	switch level = strings.ToUpper(level); {
	case !c.secure():
		c.reply(503, "TLS first")
	case level == "P" || level == "C":
		c.prot = level[0]
		c.reply(200, "Protection level "+level)
	default:
		c.reply(536, "Only P and C")
	}
}

func (c *client) setType(arg string) {
	switch strings.ToUpper(arg) {
	case "I", "L 8":
		c.ascii = false
	case "A", "A N":
		c.ascii = true
	default:
		c.reply(504, "Only TYPE A and TYPE I")
		return
	}
	c.reply(200, "Type is "+arg)
}

// onlyOne answers a command that has one legal argument here.
func onlyOne(want string) func(*client, string) {
	return func(c *client, arg string) {
		if strings.EqualFold(arg, want) {
			c.reply(200, "OK")
			return
		}
		c.reply(504, "Only "+want)
	}
}

func (c *client) pwd(string) {
	c.reply(257, quote(c.cwd)+" is the current directory")
}

// quote doubles quotes (RFC 959 appendix II).
func quote(p string) string { return `"` + strings.ReplaceAll(p, `"`, `""`) + `"` }

func (c *client) abs(arg string) string {
	if !strings.HasPrefix(arg, "/") {
		arg = c.cwd + "/" + arg
	}
	return path.Clean(arg)
}

func (c *client) changeDir(arg string) {
	p := c.abs(arg)
	if info, err := c.FS.Stat(p); err != nil || !info.IsDir() {
		c.reply(550, arg+": No such directory")
		return
	}
	c.cwd = p
	c.reply(250, "Directory changed")
}
