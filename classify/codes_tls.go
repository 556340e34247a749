package classify

const rfc8446 = "RFC 8446 section 6.2"

// alertCodes are the TLS alerts. Who sent one matters as much as its number: about a certificate the
// sender speaks of the other side's.
func alertCodes() []codeEntry {
	return []codeEntry{
		{0, "close_notify", "The sender will write nothing more. The proper end of a TLS connection.", "RFC 8446 section 6.1", nil, nil, 0},
		{10, "unexpected_message", "A message came that does not belong there.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseProtocolError, CauseWrongProtocolOnPort), 0},
		{20, "bad_record_mac", "A record did not pass its integrity check.", rfc8446, []string{"Damaged packets, a wrong key, or a client that sends clear text into the stream."}, only(CauseTLSHandshakeFailed, CauseProtocolError), 0},
		{21, "decryption_failed", "A record could not be decrypted; old versions only.", "RFC 5246 section 7.2.2", nil, only(CauseTLSHandshakeFailed, CauseProtocolError), 0},
		{22, "record_overflow", "A record was longer than allowed.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseProtocolError), 0},
		{30, "decompression_failure", "Unpacking failed; old versions only.", "RFC 5246 section 7.2.2", nil, only(CauseTLSHandshakeFailed), 0},
		{
			40, "handshake_failure", "No acceptable set of parameters was found.", rfc8446,
			[]string{"Cipher suites, curves, signature algorithms, and a missing client certificate under TLS 1.2 all end so."},
			only(CauseTLSNoSharedCipher, CauseTLSVersionMismatch, CauseClientCertRequired, CauseTLSHandshakeFailed), 0,
		},
		{41, "no_certificate", "No certificate is available; SSL 3.0 only.", "RFC 6101 section 5.4.2", nil, only(CauseClientCertRequired, CauseServerCertNotConfigured), 0},
		{
			42, "bad_certificate", "The certificate is damaged, or its signature does not hold.", rfc8446,
			[]string{"From the server it speaks of our certificate, or of a missing one; from us of the server's."},
			only(CauseClientCertRejected, CauseClientCertRequired, CauseCertUntrusted), 0,
		},
		{43, "unsupported_certificate", "The certificate is of a kind that the sender cannot use.", rfc8446, nil, only(CauseClientCertRejected, CauseCertUntrusted), 0},
		{44, "certificate_revoked", "The certificate was revoked by its issuer.", rfc8446, nil, only(CauseClientCertRejected, CauseCertUntrusted), 0},
		{45, "certificate_expired", "The certificate has expired or is not valid yet.", rfc8446, []string{"From the server it speaks of our certificate, from us of the server's."}, only(CauseClientCertRejected, CauseCertExpired), 0},
		{46, "certificate_unknown", "The certificate was not accepted for another reason.", rfc8446, nil, only(CauseCertUntrusted, CauseClientCertRejected), 0},
		{47, "illegal_parameter", "A value in the handshake is not allowed.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseTLSNoSharedCipher), 0},
		{48, "unknown_ca", "The issuer of the certificate is not known to the sender.", rfc8446, []string{"From the server it speaks of our certificate, from us of the server's."}, only(CauseCertUntrusted, CauseClientCertRejected), 0},
		{49, "access_denied", "The certificate is valid, and access control says no.", rfc8446, nil, only(CauseClientCertRejected, CauseAccountNotAuthorized), 0},
		{50, "decode_error", "A message could not be read.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseProtocolError), 0},
		{51, "decrypt_error", "A signature or a check value in the handshake is wrong.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseClientCertRejected), 0},
		{60, "export_restriction", "Export rules were broken; history.", "RFC 2246 section 7.2.2", nil, only(CauseTLSNoSharedCipher), 0},
		{70, "protocol_version", "The version is known and not accepted.", rfc8446, nil, only(CauseTLSVersionMismatch), strong},
		{71, "insufficient_security", "The sender wants stronger algorithms than were offered.", rfc8446, nil, only(CauseTLSNoSharedCipher, CauseTLSVersionMismatch), strong},
		{
			80, "internal_error", "The sender failed for a reason of its own.", rfc8446,
			[]string{"Some servers answer so to a client that is too old, or without a certificate configured."},
			only(CauseTLSHandshakeFailed, CauseServerCertNotConfigured, CauseTLSVersionMismatch), 0,
		},
		{86, "inappropriate_fallback", "The client repeated the handshake with a lower version than both can do.", "RFC 7507 section 3", nil, only(CauseTLSVersionMismatch), strong},
		{90, "user_canceled", "The handshake was cancelled by a user.", "RFC 8446 section 6.1", nil, only(CauseTLSHandshakeFailed), 0},
		{100, "no_renegotiation", "A new handshake inside the connection is refused.", "RFC 5246 section 7.2.2", nil, only(CauseTLSHandshakeFailed, CauseClientCertRequired), 0},
		{109, "missing_extension", "An extension that is needed was not sent.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseTLSNoSharedCipher), 0},
		{110, "unsupported_extension", "An extension came that nobody asked for.", rfc8446, nil, only(CauseTLSHandshakeFailed), 0},
		{111, "certificate_unobtainable", "A certificate could not be fetched.", "RFC 6066 section 9", nil, only(CauseClientCertRejected), 0},
		{112, "unrecognized_name", "The server does not know the name that we asked for (SNI).", "RFC 6066 section 3", nil, only(CauseCertNameMismatch, CauseServerCertNotConfigured), 0},
		{113, "bad_certificate_status_response", "The revocation answer sent along is not valid.", rfc8446, nil, only(CauseCertUntrusted), 0},
		{114, "bad_certificate_hash_value", "The certificate does not match its announced hash.", "RFC 6066 section 9", nil, only(CauseClientCertRejected), 0},
		{115, "unknown_psk_identity", "The pre-shared key or session is not known.", rfc8446, nil, only(CauseTLSHandshakeFailed, CauseTLSSessionReuseRequired), 0},
		{116, "certificate_required", "A client certificate is demanded and none was sent.", rfc8446, nil, only(CauseClientCertRequired), strong},
		{120, "no_application_protocol", "No application protocol in common (ALPN).", "RFC 7301 section 3.2", nil, only(CauseTLSHandshakeFailed, CauseWrongProtocolOnPort), 0},
	}
}
