package ftp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"reflect"
	"time"

	"mftprobe/internal/dial"
	"mftprobe/probe"
)

// errPin says that the server's key is none of the pinned ones.
var errPin = errors.New("the server's public key is none of the pinned keys")

// failureOf returns the class of an error of a socket or of TLS, by its type.
func failureOf(err error) probe.Failure {
	f := dial.FailureOf(err)
	var header tls.RecordHeaderError
	var invalid *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		f.Class = probe.ClassCanceled
	case errors.Is(err, context.DeadlineExceeded):
		f.Class = probe.ClassTimeout
	case errors.Is(err, errPin):
		f.Class = probe.ClassPin
	case errors.As(err, &invalid):
		f.Class = certificateClass(invalid.Err)
	case errors.As(err, &header):
		f.Class = probe.ClassNotTLS
	case alertOf(err) != nil:
		f.Class = probe.ClassTLSAlert
		if remote, _ := alertSide(err); !remote {
			f.Class = probe.ClassTLS
		}
	case f.Class == probe.ClassLocal && dial.CodeOf(err) == nil:
		f.Class = probe.ClassTLS
	}
	return f
}

// certificateClass sorts what x509 has against a certificate.
func certificateClass(err error) probe.Class {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var roots x509.SystemRootsError
	switch {
	case errors.As(err, &name):
		return probe.ClassWrongName
	case errors.As(err, &roots):
		return probe.ClassLocal
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if invalid.Cert != nil && time.Now().Before(invalid.Cert.NotBefore) {
			return probe.ClassNotYet
		}
		return probe.ClassExpired
	}
	return probe.ClassUntrusted
}

// alertOf returns the TLS alert in err, or nil. crypto/tls wraps it in a net.OpError and does not
// export its type, which is an unsigned byte.
func alertOf(err error) *probe.Code {
	var op *net.OpError
	if !errors.As(err, &op) || op.Err == nil {
		return nil
	}
	if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
		return alertCode(int(v.Uint()))
	}
	return nil
}

func alertCode(n int) *probe.Code {
	return &probe.Code{Space: probe.SpaceTLSAlert, Value: n, Text: tls.AlertError(n).Error()}
}

// alertSide tells who sent the alert in err.
func alertSide(err error) (remote bool, who probe.Direction) {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return true, probe.Received
	}
	return false, probe.Sent
}

// badCertificate is the alert that crypto/tls sends whatever it has against a certificate.
const badCertificate = 42

// recordAlerts records the alert that came with err or left because of it.
func recordAlerts(rec *probe.Recorder, err error, t *tap, e probe.Event) {
	var invalid *tls.CertificateVerificationError
	e.Kind, e.Failure, e.Attr = probe.KindAlert, nil, nil
	code := alertOf(err)
	switch sent, ok := t.sentAlert(); {
	case code != nil:
		_, e.Direction = alertSide(err)
	case ok:
		code, e.Direction = alertCode(sent), probe.Sent
	case errors.As(err, &invalid), errors.Is(err, errPin):
		code, e.Direction = alertCode(badCertificate), probe.Sent
	default:
		return
	}
	e.Code, e.Text = code, code.Text
	rec.Add(e)
}

// tlsTrouble records what a broken TLS stream on the control connection shows besides the error: an
// alert, or plain text, which some servers write into the stream when they give up.
func (c *control) tlsTrouble(err error, e probe.Event) {
	if c.tap == nil {
		return
	}
	recordAlerts(c.rec, err, c.tap, e)
	var header tls.RecordHeaderError
	if !errors.As(err, &header) {
		return
	}
	e.Text = c.tap.plainText(header)
	e.Code = replyIn(e.Text)
	c.rec.Add(oddity(probe.OddityPlainInTLS, e))
}

// replyIn returns the first reply in a text, or nil.
func replyIn(text string) *probe.Code {
	var p replyParser
	if found, _, _ := p.feed([]byte(text)); found != nil && found.reply != nil {
		return found.reply.event()
	}
	return nil
}
