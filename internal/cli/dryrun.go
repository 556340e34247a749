package cli

import (
	"fmt"
	"io"
	"strings"

	"mftprobe/internal/config"
	"mftprobe/probe"
)

// dryRun prints what run would send, with the names it would make.
func (p *program) dryRun(endpoints []config.Endpoint) error {
	var b strings.Builder
	for i, e := range endpoints {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  script %s, nothing is sent\n", e.Target.URL(), e.Script.Name)
		plan := newRehearsal(e)
		for _, s := range e.Script.Steps {
			fmt.Fprintf(&b, "  %-12s %s\n", s.Name, strings.Join(plan.commands(s), ", "))
		}
	}
	_, err := io.WriteString(p.stdout, b.String())
	return outputError("standard output", err)
}

// rehearsal follows the names of what would be on the server.
type rehearsal struct {
	target probe.Target
	size   int64
	name   string
	run    string
	count  int
	file   string
	dir    string
}

func newRehearsal(e config.Endpoint) *rehearsal {
	name := e.NameTemplate
	if name == "" {
		name = probe.DefaultNameTemplate
	}
	return &rehearsal{target: e.Target, size: e.PayloadSize, name: name, run: newRunID()}
}

func (r *rehearsal) fresh() string {
	r.count++
	return strings.NewReplacer("{run}", r.run, "{n}", fmt.Sprint(r.count)).Replace(r.name)
}

// commands returns what a step would send, as the protocol writes it.
func (r *rehearsal) commands(s probe.Step) []string {
	s = r.resolve(s)
	if r.target.Protocol == probe.SFTP {
		return r.requests(s)
	}
	switch s.Op {
	case probe.OpConnect:
		return r.connect()
	case probe.OpLogin:
		return r.login()
	}
	return r.ftpCommands(s)
}

// resolve names what a step works on as the engine would.
func (r *rehearsal) resolve(s probe.Step) probe.Step {
	switch s.Op {
	case probe.OpPut:
		if s.Path == "" {
			s.Path = r.fresh()
		}
		r.file = s.Path
	case probe.OpMkdir:
		if s.Path == "" {
			s.Path = r.fresh()
		}
		r.dir = s.Path
	case probe.OpRmdir:
		s.Path = or(s.Path, r.dir)
	case probe.OpRename:
		s.Path = or(s.Path, r.file)
		if s.To == "" {
			s.To = r.fresh()
		}
		r.file = s.To
	case probe.OpSize, probe.OpGet, probe.OpDelete, probe.OpMdtm, probe.OpStat, probe.OpAppend, probe.OpChmod:
		s.Path = or(s.Path, r.file)
	}
	return s
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (r *rehearsal) connect() []string {
	out := []string{"connect to " + r.target.HostPort()}
	switch r.target.Protocol {
	case probe.FTPS:
		out = append(out, "TLS handshake")
	case probe.FTPES:
		out = append(out, "AUTH TLS", "TLS handshake")
	}
	return out
}

func (r *rehearsal) login() []string {
	out := []string{"USER " + r.target.User, "PASS " + probe.Mask}
	if r.target.Protocol != probe.FTP {
		out = append(out, "PBSZ 0", "PROT "+or(r.target.TLS.Prot, "P"))
	}
	return append(out, "FEAT", "TYPE "+or(r.target.FTP.Type, "I"))
}

func (r *rehearsal) ftpCommands(s probe.Step) []string {
	data := strings.ToUpper(or(r.target.FTP.DataMode, "auto"))
	if data == "AUTO" {
		data = "EPSV (or PASV)"
	}
	one := func(verb string) []string {
		if s.Path == "" {
			return []string{verb}
		}
		return []string{verb + " " + s.Path}
	}
	moving := func(verb string) []string { return append([]string{data}, one(verb)...) }
	switch s.Op {
	case probe.OpPassive, probe.OpActive:
		return []string{data}
	case probe.OpList, probe.OpMlsd, probe.OpNlst:
		return moving(map[probe.Op]string{probe.OpList: "LIST (or MLSD)", probe.OpMlsd: "MLSD", probe.OpNlst: "NLST"}[s.Op])
	case probe.OpPut, probe.OpAppend:
		verb := map[probe.Op]string{probe.OpPut: "STOR", probe.OpAppend: "APPE"}[s.Op]
		return append(moving(verb), fmt.Sprintf("%d bytes", r.payload(s)))
	case probe.OpGet:
		return moving("RETR")
	case probe.OpRename:
		return []string{"RNFR " + s.Path, "RNTO " + s.To}
	case probe.OpChmod:
		return []string{"SITE CHMOD " + s.Mode + " " + s.Path}
	case probe.OpRaw:
		return []string{s.Line}
	case probe.OpWait:
		return []string{"wait " + s.Pause.String()}
	}
	return one(map[probe.Op]string{
		probe.OpPwd: "PWD", probe.OpCwd: "CWD", probe.OpStat: "MLST", probe.OpSize: "SIZE", probe.OpMdtm: "MDTM", probe.OpDelete: "DELE",
		probe.OpMkdir: "MKD", probe.OpRmdir: "RMD", probe.OpNoop: "NOOP", probe.OpQuit: "QUIT",
	}[s.Op])
}

func (r *rehearsal) payload(s probe.Step) int64 {
	if s.Payload != nil {
		return s.Payload.Size()
	}
	return r.size
}

// requests returns the SFTP requests of a step.
func (r *rehearsal) requests(s probe.Step) []string {
	path := or(s.Path, ".")
	switch s.Op {
	case probe.OpConnect:
		return []string{"connect to " + r.target.HostPort(), "key exchange", "host key check"}
	case probe.OpLogin:
		return []string{"authenticate as " + r.target.User, "subsystem sftp", "INIT"}
	case probe.OpPwd:
		return []string{"REALPATH ."}
	case probe.OpCwd:
		return []string{"REALPATH " + path, "STAT " + path}
	case probe.OpList:
		return []string{"OPENDIR " + path, "READDIR", "CLOSE"}
	case probe.OpPut, probe.OpAppend:
		return []string{"OPEN " + path, fmt.Sprintf("WRITE %d bytes", r.payload(s)), "CLOSE"}
	case probe.OpGet:
		return []string{"OPEN " + path, "READ", "CLOSE"}
	case probe.OpRename:
		return []string{"RENAME " + path + " " + s.To}
	case probe.OpSize, probe.OpMdtm, probe.OpStat:
		return []string{"STAT " + path}
	case probe.OpChmod:
		return []string{"SETSTAT " + s.Mode + " " + path}
	case probe.OpRaw:
		return []string{"EXTENDED " + s.Line}
	case probe.OpWait:
		return []string{"wait " + s.Pause.String()}
	case probe.OpNoop:
		return []string{"STAT ."}
	case probe.OpQuit:
		return []string{"close the channel and the connection"}
	}
	return []string{map[probe.Op]string{probe.OpDelete: "REMOVE", probe.OpMkdir: "MKDIR", probe.OpRmdir: "RMDIR"}[s.Op] + " " + path}
}
