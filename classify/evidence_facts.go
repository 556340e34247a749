package classify

import (
	"slices"
	"strings"
	"time"

	"mftprobe/probe"
)

// The facts that rules ask for. Each is a question about the scene with a plain answer.

// clearText: the control connection is not encrypted.
func (s *scene) clearText() bool { return s.protocol != probe.SFTP && (!s.encrypted || s.clear) }

func (s *scene) overTLS() bool { return s.encrypted }

func (s *scene) isLoggedIn() bool { return s.loggedIn }

func (s *scene) isSFTP() bool { return s.protocol == probe.SFTP }

func (s *scene) isImplicit() bool { return s.protocol == probe.FTPS }

func (s *scene) wantsExplicit() bool { return s.protocol == probe.FTPES }

// implicitPort: the port is the registered one of implicit TLS.
func (s *scene) implicitPort() bool { return s.t.Target.Port == probe.FTPS.DefaultPort() }

func (s *scene) heardNothing() bool { return !s.greeted && s.heardAt == 0 }

func (s *scene) askedToWait() bool { return s.delayed }

func (s *scene) wasGreeted() bool { return s.greeted }

func (s *scene) anonymous() bool {
	u := strings.ToLower(s.user)
	return u == "anonymous" || u == "ftp"
}

// refusedBefore: an earlier login in this record was refused.
func (s *scene) refusedBefore() bool { return s.refusals > 0 }

// refusedOften: more than one login had been refused.
func (s *scene) refusedOften() bool { return s.refusals > 1 }

// thenReset: the server reset the connection right after its answer.
func (s *scene) thenReset() bool { return s.after.closed == probe.ClassReset }

// thenClosed: the server ended the connection right after its answer.
func (s *scene) thenClosed() bool {
	return s.after.closed == probe.ClassReset || s.after.closed == probe.ClassEOF
}

// passiveMode: the server named a port to connect to.
func (s *scene) passiveMode() bool { return s.data.mode == "PASV" || s.data.mode == "EPSV" }

// activeMode: we named a port to connect to.
func (s *scene) activeMode() bool { return s.data.mode == "PORT" || s.data.mode == "EPRT" }

// noMode: neither side has named a port.
func (s *scene) noMode() bool { return s.data.mode == "" }

func (s *scene) byEPSV() bool { return s.data.mode == "EPSV" }

// protectedData: PROT P was accepted, or belongs to implicit TLS by default.
func (s *scene) protectedData() bool {
	return s.encrypted && (s.data.prot == "P" || s.isImplicit() && s.data.prot == "")
}

func (s *scene) begun() bool { return s.data.begun }

// twicePreliminary: where the final reply was due, a second preliminary one came.
func (s *scene) twicePreliminary() bool {
	return s.code(probe.SpaceFTP) < 200 && s.code(probe.SpaceFTP) >= 100
}

func (s *scene) nothingMoved() bool { return s.data.bytes == 0 }

func (s *scene) dataOpen() bool { return s.data.open || s.data.secured }

// notResumed: the data connection has a TLS session of its own, or nobody knows better.
func (s *scene) notResumed() bool { return !s.data.reused }

// surelyNotResumed: the handshake was seen and resumed nothing.
func (s *scene) surelyNotResumed() bool { return s.data.known && !s.data.reused }

// dialledAnnounced: the address that failed is the one in the 227 reply, and it is not the peer's.
func (s *scene) dialledAnnounced() bool {
	if s.data.address == "" || s.data.kind == "" {
		return false
	}
	return s.t.Foreign != "" || s.bad.Attr["address"] == s.data.address || strings.Contains(s.text, s.data.address)
}

func (s *scene) foreignAddress() bool {
	return s.data.kind == "foreign" || s.data.kind == "unspecified"
}

// ownAddressPrivate: the address that we announced means nothing outside our network.
func (s *scene) ownAddressPrivate() bool {
	a, err := parseAddr(s.data.announced)
	if err != nil || !unroutable(a) && !a.IsLoopback() {
		return false
	}
	p, err := parseAddr(s.peer)
	return err != nil || !unroutable(p) && !p.IsLoopback()
}

// slow: the server waited for something before it answered.
func (s *scene) slow() bool { return s.waited() >= slowAnswer }

// idled: nothing had happened for so long that a server or a firewall may have lost patience.
func (s *scene) idled() bool { return s.silent() >= idleTime }

// longTransfer: the transfer lasted longer than middleboxes remember a silent connection.
func (s *scene) longTransfer() bool {
	return s.data.begunAt > 0 && time.Duration(s.bad.At)-s.data.begunAt >= middleboxMemory
}

// Times that tell a decision from a wait.
const (
	slowAnswer      = 3 * time.Second
	idleTime        = 30 * time.Second
	middleboxMemory = 5 * time.Minute
)

// hasPath: the command names a file or directory.
func (s *scene) hasPath() bool { return s.path() != "" }

// nested: the path names a directory on the way.
func (s *scene) nested() bool { return strings.ContainsAny(strings.TrimPrefix(s.path(), "./"), `/\`) }

// path is the object of the failed operation, as far as it is known.
func (s *scene) path() string {
	if s.isSFTP() {
		if p := orElse(s.bad.Attr["path"], requestPath(s.command, s.line)); p != "" {
			return p
		}
	} else if p := argument(s.line); p != "" && !strings.HasPrefix(p, "-") {
		return p
	}
	if s.step != nil {
		return s.step.Path
	}
	return ""
}

// own: the object was stored by this very session, so that it must exist.
func (s *scene) own() bool {
	p := s.path()
	if _, ok := s.written[p]; ok && p != "" {
		return true
	}
	return s.step != nil && s.t.Foreign == "" && p != "" && slices.Contains(s.t.Cleanup.Created, p) && s.stored > 0
}

// fresh: the name is unique to this run, so that it cannot be taken.
func (s *scene) fresh() bool {
	return s.t.RunID != "" && s.t.Foreign == "" && strings.Contains(s.path(), s.t.RunID)
}

func (s *scene) isResumed() bool { return s.resumed || s.rest }

func (s *scene) isASCII() bool { return s.ascii }

func (s *scene) writesFile() bool {
	return s.ssh.writing || s.op == probe.OpPut || s.op == probe.OpAppend
}

func (s *scene) readBefore() bool { return s.ssh.read > 0 }

func (s *scene) bothRefused() bool { return s.data.refused > 1 }

func (s *scene) hasBanner() bool { return strings.TrimSpace(s.ssh.banner) != "" }

// certificateAsked: the server wanted a client certificate.
func (s *scene) certificateAsked() bool {
	return s.bad.Attr["client_certificate"] == "requested" || s.asked()
}

func (s *scene) asked() bool {
	for i := range s.t.Events {
		if e := &s.t.Events[i]; !experimental(e) && e.Attr["client_certificate"] == "requested" {
			return true
		}
	}
	return false
}

// says tells whether the words name the cause at this place.
func says(c Cause) fact { return func(s *scene) bool { return slices.Contains(s.told, c) } }

// tells is says for the likeliest reading only.
func tells(c Cause) fact { return func(s *scene) bool { return len(s.told) > 0 && s.told[0] == c } }

// begins tells whether what came first is the start of another protocol.
func begins(protocol string) fact { return func(s *scene) bool { return s.spoken() == protocol } }

// otherProtocol tells the same of anything but what was asked for.
func otherProtocol(s *scene) bool {
	p := s.spoken()
	return p != "" && (p != "ssh" || !s.isSFTP())
}

// spoken names the protocol that the first bytes belong to.
func (s *scene) spoken() string {
	if p := s.bad.Attr["protocol"]; p != "" {
		return p
	}
	return probe.ProtocolOf(s.first())
}

// alert is the TLS alert that the server sent around the decisive event, -1 if none.
func (s *scene) alert() int {
	if s.bad.Direction != probe.Sent {
		if n := s.code(probe.SpaceTLSAlert); n >= 0 {
			return n
		}
	}
	return s.after.alert
}

// sentAlert is the TLS alert that we sent, -1 if none.
func (s *scene) sentAlert() int { return s.after.ours }
