package classify

// tlsPhrases are the words of TLS libraries about handshakes, certificates and records.
func tlsPhrases() []phrases {
	return []phrases{
		{general, "OpenSSL, GnuTLS, Schannel, Go, Java and Node wording: certificates", inTLS, []phrase{
			{only(CauseClientCertRejected, CauseClientCertRequired), strong, anywhere, `
			alert certificate expired | alert certificate revoked | alert unknown ca | alert bad certificate |
			alert certificate unknown | remote error: tls: bad certificate | remote error: tls: expired certificate |
			remote error: tls: revoked certificate | remote error: tls: unknown certificate |
			fatal alert: bad_certificate | fatal alert: certificate_expired | fatal alert: certificate_revoked |
			fatal alert: unknown_ca | fatal alert: certificate_unknown | client certificate*invalid |
			client certificate*rejected | client certificate*not accepted | client certificate*not trusted |
			client certificate*expired | invalid client certificate`},
			{only(CauseClientCertRejected, CauseClientCertRequired), strong + 50, atLogin, `
			certificate*expired | certificate*revoked | certificate*not accepted | certificate*rejected | certificate*refused |
			certificate*denied | certificate*not trusted | certificate*untrusted | certificate*unknown | certificate*not known |
			certificate*not match | certificate*mismatch | certificate*invalid | certificate*not valid | invalid*certificate |
			unknown ca~ | unknown*certificate | certificate*not registered | certificate*not authorized
			& !server certificate | your password | no certificate`},
			{only(CauseClientCertRequired), decides, anywhere, `
			requested a client certificate | request*client certificate | client certificate*none |
			client certificate*not sent | certificate required | certificate_required | did not return a certificate |
			client certificate*required | requires*client certificate | client certificate*needed |
			client certificate*missing | no client certificate | require*client cert | client certificate was not |
			please provide a client certificate
			& !matching client`},
			{only(CauseClientCertRequired, CauseClientCertRejected, CauseDataTLSFailed), strong, anywhere, "matching client certificate"},
			{only(CauseCertNotYetValid, CauseCertExpired), decides, anywhere, "not yet valid | not valid yet | cert_not_yet_valid & !expired or"},
			{only(CauseCertExpired, CauseCertNotYetValid), decides, anywhere, `
			certificate has expired | certificate expired | certificate is expired | expired certificate |
			cert_has_expired | cert has expired | sec_e_cert_expired | 0x80090328 | certificateexpiredexception |
			server certificate*expired | expired on
			& !alert | remote error | client certificate | not yet valid`},
			{only(CauseCertExpired, CauseCertNotYetValid), strong, anywhere, `
			expired or is not yet valid | expired or not yet valid | notaftertime | nottimevalid |
			not within its validity`},
			{only(CauseCertNameMismatch), decides, anywhere, `
			certificate*issued for | certificate is for | certificate is valid for*not | certificate*not valid for |
			hostname mismatch | host name mismatch | hostname*not match | hostname verification |
			doesn't match requested | does not match requested | doesn't match*host | does not match*host |
			name mismatch | namemismatch | no alternative certificate subject | no subject alternative | no ip sans |
			cannot validate certificate for | altnames | altname | sec_e_wrong_principal | 0x80090322 |
			legacy common name | common name*match | no name matching | certificate*different host |
			target host name | subject*not match
			& !host key | hostkey`},
			{only(CauseCertUntrusted), decides, anywhere, `
			unknown authority | self signed | self-signed | selfsigned | local issuer certificate |
			verify the first certificate | certification path | untrusted root | untrustedroot | partialchain |
			partial chain | trust anchor | unable_to_verify_leaf | depth_zero | sec_e_untrusted_root | 0x80090325 |
			issuer is unknown | issuer*not trusted | certificate*not trusted | certificate is not trusted |
			untrusted certificate | certificate*not signed by | unknown issuer | certificate chain
			& !host key`},
			{only(CauseCertUntrusted, CauseCertNameMismatch, CauseCertExpired), strong, anywhere, `
			certificate verify failed | certificate verification failed | certificate is invalid |
			certificate validation | peer certificate cannot | certificate problem | remotecertificate |
			remote certificate | certificate*could not be verified | certificate_verify_failed |
			unable to verify certificate
			& !alert`},
		}},
		{general, "OpenSSL, GnuTLS, Schannel, Go, Java and Node wording: handshakes", inTLS, []phrase{
			{only(CauseTLSVersionMismatch), decides, anywhere, `
			unsupported protocol | protocol version | protocol_version | protocolversion | unsupported version |
			unsupported_version | no protocols available | inappropriate protocol | version too low |
			protocol is disabled | wrong ssl version | no supported versions | no appropriate protocol |
			unsupported ssl | no common*version | tls version*not supported | choose_client_version |
			no common protocol
			& !ssh | sftp | not supported version`},
			{only(CauseTLSNoSharedCipher, CauseTLSVersionMismatch), decides, anywhere, `
			no shared cipher | no_shared_cipher | no cipher | no_cipher | no ciphers | cipher suites in common |
			no common cipher | cipher overlap | no supported cipher | cipher suite*not | dh key too small |
			dh_key_too_small | ee key too small | no shared curve | no shared group | insufficient security |
			insufficient_security | no suitable signature | no shared signature | legacy sigalg |
			no common signature
			& !ssh | kex | client to server`},
			{only(CauseTLSNoSharedCipher, CauseTLSVersionMismatch, CauseTLSHandshakeFailed), strong, anywhere, `
			common algorithm | 0x80090331 | algorithm_mismatch
			& !ssh | key exchange | host key | client to server`},
			{ranking{
				{atData &^ atAuth, []Cause{CauseDataTLSFailed, CauseTLSSessionReuseRequired, CauseTLSVersionMismatch}},
				{anywhere, []Cause{CauseTLSNoSharedCipher, CauseTLSVersionMismatch, CauseTLSHandshakeFailed, CauseClientCertRequired}},
			}, strong, anywhere, `
			alert handshake failure | handshake_failure | handshakefailure | alert: handshake |
			tls: handshake failure | handshake failure | wrong ssl`},
			{handshake, strong, anywhere, `
			handshake failed | handshake error | tls fatal alert | fatal alert | gnutls_handshake | sslhandshake |
			tls handshake | ssl_connect | ssl_error_ssl | sec_e_illegal_message | 0x80090326 | ssl connect error |
			tls: internal error | alert internal error | internal_error | remote host terminated the handshake |
			closed in handshake | schannel | could not negotiate
			& !key exchange | host key | not look like | certificate | wrong_version | wrong version | ssh:`},
			{ranking{
				{atAuth | atConnect, []Cause{CauseImplicitVsExplicitMismatch, CauseWrongProtocolOnPort, CauseTLSHandshakeFailed}},
				{atData | atList | atTransfer, []Cause{CauseDataChannelNotTLS, CauseDataTLSFailed, CauseProtocolError}},
				{anywhere, []Cause{CauseImplicitVsExplicitMismatch, CauseDataChannelNotTLS, CauseWrongProtocolOnPort}},
			}, strong, anywhere, `
			220*tls*expected | plain*greeting | plain*where tls | plain text*tls | instead of tls |
			not look like a tls | not look like tls | wrong version number | wrong_version_number |
			unrecognized ssl message | plaintext connection | unknown protocol | unexpected tls packet | not an ssl |
			not a tls | non-ssl | non-tls | invalid tls record | record header | received a record | frame size |
			no tls | packet length too long | ssl_error_rx_record_too_long | record too long | tls packet*unexpected |
			gnutls error -15 | gnutls error -9
			& !handshake failure`},
			{ranking{
				{atData | atTransfer | atList, []Cause{CauseTLSCloseNotifyMissing, CauseTruncatedTransfer, CauseConnectionResetMidTransfer}},
				{atAuth, []Cause{CauseTLSHandshakeFailed, CauseServerCertNotConfigured, CauseControlConnectionLost}},
				{anywhere, []Cause{CauseTLSCloseNotifyMissing, CauseControlConnectionLost}},
			}, decides - 1, anywhere, `
			ssl*unexpected end | tls*unexpected end | closed improperly | improperly closed | improper close |
			not cleanly closed | not closed cleanly | closed uncleanly | non-properly terminated |
			non properly terminated | not properly terminated | not closed properly | close_notify | close notify |
			gnutls error -110 | error (-110) | unexpected eof while reading | without sending close |
			tls connection was not | ssl_r_unexpected_eof | truncation attack | terminated without`},
			{only(CauseTLSCloseNotifyMissing, CauseConnectionResetMidTransfer, CauseTransferAborted), strong + 5, atData | atTransfer, "econnaborted"},
			{only(CauseDataTLSFailed, CauseTLSSessionReuseRequired), strong, atData | atList, `
			data connection*tls | tls*data connection*failed | negotiation on data | negotiation*data c |
			tls*data channel*failed | ssl connection failed | ssl*data*failed
			& !reuse | resum | required on the data | protected`},
		}},
	}
}
