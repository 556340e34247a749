package report

import (
	"slices"
	"time"

	"mftprobe/probe"
)

// fact is what the other party needs to find the session in its own log.
type fact struct{ label, text string }

// facts stand below the message for the other side, whatever it says itself: when, between which addresses, for whom, what
// was sent and what came back. What the record does not tell is left out.
func (r Result) facts() []fact {
	decisive, known := r.decisive()
	sent, answer := r.exchange(decisive)
	seen := ""
	if decisive.Direction == probe.Local {
		seen = decisive.Text
	}
	when := ""
	if start := time.Time(r.StartedAt); !start.IsZero() && known {
		when = start.Add(time.Duration(decisive.At)).UTC().Format("2006-01-02 15:04:05 UTC")
	}
	local, remote := r.ends()
	var out []fact
	for _, f := range []fact{
		{"Time", when},
		{"From", local},
		{"To", r.endpoint(remote)},
		{"Account", r.Target.User},
		{"Sent", sent},
		{"Answer", answer},
		{"Seen here", seen},
	} {
		if f.text != "" {
			out = append(out, fact{f.label, oneLine(f.text, maxText)})
		}
	}
	return out
}

// decisive is the event that the verdict rests on: it comes first in the evidence.
func (r Result) decisive() (probe.Event, bool) {
	if len(r.Verdict.Evidence) > 0 {
		for _, e := range r.Events {
			if e.Seq == r.Verdict.Evidence[0] {
				return e, true
			}
		}
	}
	return probe.Event{}, false
}

// exchange is the command that the decisive event belongs to, and the server's last answer to it until then. Commands may
// have been sent ahead, so that the last one before the event need not be it.
func (r Result) exchange(decisive probe.Event) (sent, answer string) {
	var command *probe.Event
	for i := range r.Events {
		e := &r.Events[i]
		belongs := e.Command == decisive.Command
		if decisive.Command == "" {
			belongs = slices.Contains(r.Verdict.Evidence, e.Seq)
		}
		if belongs && e.Seq < decisive.Seq && e.Direction == probe.Sent && (e.Kind == probe.KindCommand || e.Kind == probe.KindRequest) {
			command = e
		}
	}
	if command != nil {
		sent = orElse(command.Text, command.Command)
		for _, e := range r.Events {
			if e.Seq > command.Seq && e.Seq < decisive.Seq && e.Command == command.Command && e.Direction == probe.Received && e.Code != nil {
				answer = answerText(e)
			}
		}
	}
	if decisive.Code != nil && decisive.Direction == probe.Received {
		answer = answerText(decisive)
	}
	return sent, answer
}

func answerText(e probe.Event) string {
	return codeText(probe.Code{Space: e.Code.Space, Value: e.Code.Value, Name: e.Code.Name, Text: replyText(e)})
}

// ends are the addresses of the connection that carried the commands.
func (r Result) ends() (local, remote string) {
	for _, c := range r.Connections {
		if c.Role != "data" && c.Remote != "" {
			local, remote = c.Local, c.Remote
		}
	}
	return local, remote
}

var protocolWords = map[probe.Protocol]string{
	probe.FTP: "FTP", probe.FTPES: "FTP with AUTH TLS", probe.FTPS: "FTP with implicit TLS", probe.SFTP: "SFTP",
}

// endpoint is the host as we know it, what was spoken there, and the address that was reached. Another program's log may
// tell none of them.
func (r Result) endpoint(remote string) string {
	if r.Target.Host == "" {
		return remote
	}
	t := probe.Target{Protocol: r.Target.Protocol, Host: r.Target.Host, Port: r.Target.Port}
	name := t.HostPort()
	if remote == name {
		remote = ""
	}
	if remote != "" {
		remote = ", " + remote
	}
	return name + remote + " (" + protocolWords[r.Target.Protocol] + ")"
}
