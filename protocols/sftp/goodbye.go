package sftp

import (
	"encoding/binary"
	"io"
	"time"

	"mftprobe/probe"
)

// byApplication is the disconnect reason of a client that is done (RFC 4253 section 11.1).
const byApplication = 11

// sayGoodbye sends SSH_MSG_DISCONNECT while our direction is still in clear text, which it is until
// the login begins: the host key was accepted and the library waits in its callback. Later the
// library has the keys, and offers no way to send it.
func (s *session) sayGoodbye() {
	if !s.parked() {
		return
	}
	if _, err := s.tap.Conn.Write(clearPacket(disconnectPayload(byApplication, "probe done"))); err != nil {
		return
	}
	s.drain()
	s.add(probe.Event{
		Direction: probe.Sent, Kind: probe.KindDisconnect, Text: "probe done",
		Code: &probe.Code{Space: probe.SpaceSSHDisconnect, Value: byApplication, Name: disconnectName(byApplication), Text: "probe done"},
	})
}

// goodbyeLimit bounds the wait for the server to read our good-bye.
const goodbyeLimit = 500 * time.Millisecond

// drain reads what the server has still sent: closing with unread bytes would be a reset, and the
// server would not get to read our message. Nobody else reads while the library waits.
func (s *session) drain() {
	if half, ok := s.tap.Conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_ = s.tap.SetReadDeadline(time.Now().Add(goodbyeLimit))
		_, _ = io.Copy(io.Discard, s.tap.Conn)
	}
}

// parked tells whether the library waits for the login to begin.
func (s *session) parked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.verified && !s.opened
}

func disconnectPayload(reason uint32, text string) []byte {
	return builder{msgDisconnect}.uint32(reason).string(text).string("")
}

// clearPacket wraps a payload into an unencrypted binary packet (RFC 4253 section 6): the whole is a
// multiple of eight bytes, with at least four of padding.
func clearPacket(payload []byte) []byte {
	const block, least = 8, 4
	padding := block - (clearHeaderLength+len(payload))%block
	if padding < least {
		padding += block
	}
	p := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	p = append(append(p, byte(padding)), payload...)
	return append(p, make([]byte, padding)...)
}
