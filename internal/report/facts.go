package report

import (
	"time"

	"mftprobe/probe"
)

// fact is what the other party needs to find the session in its own log.
type fact struct{ label, text string }

// facts stand below the message for the other side, whatever it says itself: when, between which addresses, for whom, what
// was sent and what came back. What the record does not tell is left out.
func (r Result) facts() []fact {
	events := r.evidence(r.Verdict.Evidence)
	var sent, answer, seen string
	for _, e := range events {
		switch {
		case e.Direction == probe.Sent && e.Kind == probe.KindCommand:
			sent, answer, seen = orElse(e.Text, e.Command), "", ""
		case e.Direction == probe.Received && e.Code != nil:
			answer = codeText(probe.Code{Space: e.Code.Space, Value: e.Code.Value, Name: e.Code.Name, Text: replyText(e)})
		case e.Direction == probe.Local && e.Text != "":
			seen = e.Text
		}
	}
	local, remote := r.ends()
	var known []fact
	for _, f := range []fact{
		{"Time", r.decidedAt(events)},
		{"From", local},
		{"To", r.endpoint(remote)},
		{"Account", r.Target.User},
		{"Sent", sent},
		{"Answer", answer},
		{"Seen here", seen},
	} {
		if f.text != "" {
			known = append(known, fact{f.label, oneLine(f.text, maxText)})
		}
	}
	return known
}

// decidedAt is when the last event of the evidence happened, in UTC, as logs write it.
func (r Result) decidedAt(events []probe.Event) string {
	start := time.Time(r.StartedAt)
	if start.IsZero() {
		return ""
	}
	for _, e := range events {
		if at := time.Time(r.StartedAt).Add(time.Duration(e.At)); at.After(start) {
			start = at
		}
	}
	return start.UTC().Format("2006-01-02 15:04:05 UTC")
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
