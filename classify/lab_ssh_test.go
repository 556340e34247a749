package classify

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// version records what came before the login.
func (b *labBook) version(code int, text string) {
	line, isLine := strings.CutPrefix(text, "banner line ")
	line = strings.Trim(line, `'"`)
	switch {
	case isLine && strings.HasPrefix(line, "SSH-1.5"):
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindText, Text: line})
	case isLine && strings.HasPrefix(line, "SSH-"):
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindBanner, Text: line})
	case isLine:
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindText, Text: line})
	case code == 20:
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindKexInit, Text: text})
	case code >= 0:
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindNote, Text: text})
	case strings.Contains(text, "no acceptable kex"):
		b.negotiation("kex")
	case strings.Contains(text, "no acceptable host key"):
		b.negotiation("host_key")
	case strings.Contains(text, "no acceptable ciphers"):
		b.negotiation("cipher")
	case strings.Contains(text, "no acceptable macs"):
		b.negotiation("mac")
	case strings.HasPrefix(text, "Incompatible version"):
		b.add(probe.Event{Direction: probe.Local, Kind: probe.KindHandshake, Text: text, Attr: map[string]string{"protocol": "ssh1"}}, probe.ClassMalformed)
	default:
		b.broke(text)
	}
}

func (b *labBook) negotiation(category string) {
	b.add(probe.Event{Direction: probe.Local, Kind: probe.KindHandshake, Attr: map[string]string{"category": category}}, probe.ClassNegotiation)
}

// Numbers of SSH messages (RFC 4250 section 4.1.2).
const (
	msgDisconnect     = 1
	msgExtInfo        = 7
	msgAuthFailure    = 51
	msgAuthSuccess    = 52
	msgAuthBanner     = 53
	msgAuthQuestion   = 60
	msgOpenConfirmed  = 91
	msgOpenFailed     = 92
	msgExtendedData   = 95
	msgChannelRequest = 98
	msgChannelSuccess = 99
	msgChannelFailure = 100
)

// ssh records a message of ours with its answer.
func (b *labBook) ssh(sent string, code int, text string, took time.Duration) {
	if strings.HasPrefix(sent, "SSH_FXP_INIT") && !b.linked && code < 0 {
		b.request("INIT", "", 2, "")
		b.linked = true
	}
	b.connectOnce()
	b.at += took
	verb, args, _ := strings.Cut(sent, " ")
	switch {
	case verb == "USERAUTH_REQUEST":
		fields := strings.Fields(args)
		b.method = fields[len(fields)-1]
		b.auth(code, text)
	case verb == "SERVICE_REQUEST":
		b.handshakeDone(code, text)
	case verb == "CHANNEL_OPEN", verb == "CHANNEL_REQUEST", verb == "SSH_FXP_INIT":
		b.channel(verb, code, text)
	case strings.HasPrefix(verb, "SSH-2.0"):
		b.answerText(text)
	default:
		b.request(verb, args, code, text)
	}
}

// answerText records what another protocol said.
func (b *labBook) answerText(text string) {
	b.add(probe.Event{Direction: probe.Received, Kind: probe.KindText, Text: text})
}

func (b *labBook) handshakeDone(code int, text string) {
	if code == msgExtInfo {
		list := strings.TrimPrefix(text, "EXT_INFO server-sig-algs=")
		b.add(probe.Event{Direction: probe.Received, Kind: probe.KindNote, Attr: map[string]string{"server_sig_algs": list}})
		return
	}
	if code < 0 {
		b.broke(text)
		return
	}
	b.add(probe.Event{Direction: probe.Local, Kind: probe.KindHandshake})
}

func (b *labBook) auth(code int, text string) {
	attr := map[string]string{"method": b.method}
	e := probe.Event{Direction: probe.Received, Kind: probe.KindAuth, Text: text, Attr: attr}
	switch code {
	case msgAuthSuccess:
		attr["outcome"] = "accepted"
	case msgAuthFailure:
		_, list, _ := strings.Cut(text, "methods=")
		list, partial, _ := strings.Cut(list, " partial=")
		attr["outcome"], attr["allowed"] = "refused", strings.TrimSpace(list)
		if partial == "1" {
			attr["outcome"] = "partial"
		}
	case msgAuthBanner:
		e = probe.Event{Direction: probe.Received, Kind: probe.KindBanner, Phase: probe.PhaseAuth, Text: quotedIn(text)}
	case msgAuthQuestion:
		attr["outcome"] = "prompted"
	case msgDisconnect:
		b.disconnect(text)
		return
	default:
		b.broke(text)
		return
	}
	b.add(e)
}

// disconnect records a line like: DISCONNECT 2 PROTOCOL_ERROR "Too many".
func (b *labBook) disconnect(text string) {
	reason, _ := strconv.Atoi(strings.Fields(text)[1])
	b.add(probe.Event{Direction: probe.Received, Kind: probe.KindDisconnect, Text: quotedIn(text), Code: &probe.Code{Space: probe.SpaceSSHDisconnect, Value: reason}})
}

func quotedIn(text string) string {
	if i, j := strings.IndexAny(text, `'"`), strings.LastIndexAny(text, `'"`); i >= 0 && j > i {
		return strings.ReplaceAll(text[i+1:j], `\n`, "\n")
	}
	return text
}

func (b *labBook) channel(verb string, code int, text string) {
	e := probe.Event{Direction: probe.Received, Kind: probe.KindChannel, Text: quotedIn(text)}
	switch code {
	case msgOpenConfirmed:
		e.Command = "open"
	case msgOpenFailed:
		e.Command = "open"
		e.Code = &probe.Code{Space: probe.SpaceSSHChannel, Value: int(number(strings.Fields(text)[1]))}
	case msgChannelSuccess:
		e.Command = "subsystem"
	case msgChannelFailure:
		e.Command, e.Attr = "subsystem", map[string]string{"outcome": "refused"}
	case msgExtendedData:
		e.Command = "stderr"
	case msgChannelRequest:
		fields := strings.Fields(text)
		e.Command, e.Attr = "exit-status", map[string]string{"exit-status": fields[len(fields)-1]}
	case 2:
		e = probe.Event{Direction: probe.Received, Kind: probe.KindResponse, Command: "INIT", Text: text}
	default:
		if code < 0 {
			b.broke(text)
		}
		return
	}
	b.add(e)
}

func (b *labBook) request(verb, args string, code int, text string) {
	if strings.HasPrefix(text, "<socket already") {
		return
	}
	b.add(probe.Event{Direction: probe.Sent, Kind: probe.KindRequest, Command: verb, Text: args})
	e := probe.Event{Direction: probe.Received, Kind: probe.KindResponse, Command: verb, Text: text}
	switch {
	case code < 0:
		b.broke(text)
		return
	case strings.HasPrefix(text, "SSH_FX_"):
		e.Text = quotedIn(text)
		e.Code = &probe.Code{Space: probe.SpaceSFTP, Value: code, Text: e.Text}
	case strings.HasPrefix(text, "CHANNEL_"):
		return
	}
	if verb == "WRITE" && code == 0 {
		_, n, _ := strings.Cut(args, "len=")
		e.Bytes = number(n)
	}
	b.add(e)
}
