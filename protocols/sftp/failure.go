package sftp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// libraryError is a panic of a library, caught.
type libraryError struct{ text string }

func (e *libraryError) Error() string { return "a library failed: " + e.text }

// failureOf names the class of an error of the SSH transport by its type. What is neither of the
// network nor ours is a peer that does not keep to the protocol.
func failureOf(err error) probe.Failure {
	f := probe.Failure{Class: probe.ClassMalformed, Text: err.Error()}
	var negotiation *ssh.AlgorithmNegotiationError
	var library *libraryError
	switch {
	case errors.Is(err, errTooLong):
		f.Class = probe.ClassTooLong
	case errors.As(err, &negotiation):
		f.Class = probe.ClassNegotiation
	case errors.As(err, &library):
		f.Class = probe.ClassLibrary
	default:
		if n := dial.FailureOf(err); n.Class != probe.ClassLocal || dial.CodeOf(err) != nil {
			f.Class = n.Class
		}
	}
	return f
}

// disconnect is SSH_MSG_DISCONNECT (RFC 4253 section 11.1).
type disconnect struct {
	reason uint32
	text   string
}

// parseDisconnect reads a payload that begins with the message number. The text may be missing.
func parseDisconnect(payload []byte) (disconnect, bool) {
	if len(payload) < 5 || payload[0] != msgDisconnect {
		return disconnect{}, false
	}
	text, _, _ := cutString(payload[5:])
	return disconnect{binary.BigEndian.Uint32(payload[1:]), text}, true
}

// disconnectOf digs the disconnect message out of the library's error. Its type is not exported,
// its fields are, so that they can be read by reflection.
func disconnectOf(err error) (disconnect, bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.ValueOf(err)
		if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct || v.Elem().Type().Name() != "disconnectMsg" {
			continue
		}
		reason, text := v.Elem().FieldByName("Reason"), v.Elem().FieldByName("Message")
		if reason.Kind() == reflect.Uint32 && text.Kind() == reflect.String {
			return disconnect{uint32(reason.Uint()), text.String()}, true
		}
	}
	return disconnect{}, false
}

// disconnectNames are the reason codes of RFC 4253 section 11.1.
var disconnectNames = []string{
	"", "HOST_NOT_ALLOWED_TO_CONNECT", "PROTOCOL_ERROR", "KEY_EXCHANGE_FAILED", "RESERVED", "MAC_ERROR", "COMPRESSION_ERROR",
	"SERVICE_NOT_AVAILABLE", "PROTOCOL_VERSION_NOT_SUPPORTED", "HOST_KEY_NOT_VERIFIABLE", "CONNECTION_LOST", "BY_APPLICATION",
	"TOO_MANY_CONNECTIONS", "AUTH_CANCELLED_BY_USER", "NO_MORE_AUTH_METHODS_AVAILABLE", "ILLEGAL_USER_NAME",
}

func disconnectName(reason uint32) string {
	if reason == 0 || int64(reason) >= int64(len(disconnectNames)) {
		return ""
	}
	return "SSH_DISCONNECT_" + disconnectNames[reason]
}

// negotiationEvent describes the categories without anything in common: the first one decides.
func negotiationEvent(none []pair) probe.Event {
	p := none[0]
	word, usable := remedy(p)
	class := probe.ClassNegotiation
	text := fmt.Sprintf("no %s algorithm in common; the server offers %s", strings.ReplaceAll(p.category, "_", " "), strings.Join(p.theirs, ","))
	if word == "cannot" {
		class = probe.ClassUnsupported
		text += "; this program speaks none of them"
	}
	var others []string
	for _, q := range none[1:] {
		if q.category != p.category && !slices.Contains(others, q.category) {
			others = append(others, q.category)
		}
	}
	attr := map[string]string{
		"category": p.category, "ours": strings.Join(p.ours, ","), "theirs": strings.Join(p.theirs, ","), "remedy": word,
	}
	if len(usable) > 0 {
		attr["usable"] = strings.Join(usable, ",")
	}
	if len(others) > 0 {
		attr["also"] = strings.Join(others, ",")
	}
	return probe.Event{Direction: probe.Local, Kind: probe.KindHandshake, Text: text, Failure: &probe.Failure{Class: class, Text: text}, Attr: attr}
}
