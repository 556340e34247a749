package diagnose

import (
	"context"
	"time"

	"mftprobe/classify"
	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// maxFirst bounds what is read of a server that speaks first.
const maxFirst = 512

// firstBytes connects and reads without sending. Where the run itself waited for a greeting in vain,
// that is the answer already.
func firstBytes(ctx context.Context, l *lab) (string, []probe.Event) {
	for _, e := range l.record.Events {
		if e.Phase == probe.PhaseGreeting && e.Attr["oddity"] == string(probe.OddityStrayLine) {
			break // it said something
		}
		if e.Phase == probe.PhaseGreeting && e.Kind == probe.KindTimeout && e.Attr["partial"] == "" {
			return classify.OutcomeSilent, []probe.Event{e}
		}
	}
	target := l.job.Target
	rec := probe.NewRecorder(time.Now, nil, target.Secrets()...)
	d := dial.Dialer{Network: target.Network, Limit: connectLimit, Record: rec}
	conn, err := d.Dial(ctx, dial.Request{Conn: "control", Host: target.Host, Port: target.Port, Address: target.Address})
	if err != nil {
		return "", nil
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	_ = conn.SetReadDeadline(time.Now().Add(connectLimit))
	head := make([]byte, maxFirst)
	n, _ := conn.Read(head)
	text := rec.Clean(string(head[:n]))
	e := probe.Event{
		At: l.record.Duration, Phase: firstPhase(target.Protocol), Direction: probe.Received, Kind: probe.KindText, Text: text, Bytes: int64(n),
		Tolerated: true,
	}
	return nameOf(head[:n]), []probe.Event{e}
}

func firstPhase(p probe.Protocol) probe.Phase {
	if p == probe.SFTP {
		return probe.PhaseVersion
	}
	return probe.PhaseGreeting
}

// nameOf tells the protocol by its first bytes, or the empty string.
func nameOf(head []byte) string {
	if len(head) == 0 {
		return classify.OutcomeSilent
	}
	return probe.ProtocolOf(string(head))
}
