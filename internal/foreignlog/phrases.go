package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// phrase ties words of operating systems and TLS libraries to what went wrong. A log has nothing
// but words; where a number or a symbol stands beside them, that is what is looked for.
type phrase struct {
	class probe.Class
	words []string // lower case; one must occur
}

// phrases are tried in order: what is more telling stands first.
var phrases = []phrase{
	{probe.ClassNoName, []string{
		"eai_noname", "enotfound", "no such host", "name or service not known", "nodename nor servname", "could not resolve host",
		"couldn't resolve host", "unknown host", "host not found", "name does not resolve", "no address associated", "11001",
		"host does not exist", "non-existent domain", "could not resolve hostname", "unbekannter host", "hôte inconnu", "nxdomain",
		"kein solcher host", "hostname does not resolve", "der hostname", "resolve host name", "no such host is known",
	}},
	{probe.ClassDNS, []string{"eai_again", "temporary failure in name resolution", "resolving timed out", "11002", "host lookup failed", "dns lookup failed"}},
	{probe.ClassExpired, []string{"certificate has expired", "certificate expired", "zertifikat ist abgelaufen", "certificate is expired", "cert_has_expired", "sec_e_cert_expired"}},
	{probe.ClassNotYet, []string{"certificate is not yet valid", "certificate not yet valid", "certificate not yet active"}},
	{probe.ClassWrongName, []string{
		"does not match target host", "hostname mismatch", "does not match the host", "certificate common name", "certificate subject name",
		"no alternative certificate subject name", "requested host name", "name does not match", "sec_e_wrong_principal",
		"cert_altname_invalid", "subjectaltname does not match", "certificate is valid for", "remotecertificatenamemismatch", "certificate name mismatch",
	}},
	{probe.ClassUntrusted, []string{
		"self-signed certificate", "self signed certificate", "unable to get local issuer", "unable to get issuer", "unknown issuer", "not trusted",
		"certificate verify failed", "unable to verify", "certificate problem", "peer certificate cannot be authenticated", "untrusted",
		"certificate verification: ", "certificate rejected", "remote certificate not trusted",
		"self_signed_cert", "unable_to_verify", "unable_to_get_issuer", "unknown authority", "valid certification path", "remotecertificatechainerrors", "partialchain",
	}},
	{probe.ClassNotTLS, []string{
		"wrong version number", "unexpected tls packet", "gnutls error -15", "gnutls error -8:", "packet with illegal version", "unknown protocol",
		"packet length too long", "http request", "first record does not look like a tls handshake", "not an ssl", "wrong_version_number", "error -9:",
	}},
	{probe.ClassRefused, []string{
		"econnrefused", "connection refused", "actively refused", "10061", "verbindungsaufbau abgelehnt", "verbindung verweigert", "connexion refusée",
		"conexión rehusada", "conexión rechazada", "connessione rifiutata", "verbinding geweigerd", "conexão recusada", "ligação recusada", "połączenie odrzucone",
		"соединение отклонено", "в соединении отказано", "verweigerte die verbindung", "conn refused",
	}},
	{probe.ClassUnreachable, []string{
		"ehostunreach", "enetunreach", "no route to host", "network is unreachable", "host is unreachable", "host unreachable", "network unreachable",
		"10065", "10051", "keine route zum", "kein weg zum zielrechner", "das netzwerk ist nicht erreichbar", "ist nicht erreichbar", "aucun chemin d'accès",
	}},
	{probe.ClassReset, []string{
		"econnreset", "connection reset", "forcibly closed", "10054", "10053", "econnaborted", "reset by peer", "broken pipe", "epipe", "connexion réinitialisée",
		"verbindung vom partner zurückgesetzt", "verbindung zurückgesetzt", "connection aborted", "software caused connection abort", "gnutls error -53", "gnutls error -54",
	}},
	{probe.ClassTimeout, []string{
		"etimedout", "timed out", "timeout", "time out", "10060", "zeitüberschreitung", "délai d'attente", "délai d’attente", "délai imparti", "délai de connexion",
		"tiempo de espera", "tiempo agotado", "tempo scaduto", "timeout della", "tempo limite", "tempo esgotado", "przekroczono limit czasu", "przekroczono czas",
		"time-out", "verlopen", "время ожидания", "тайм-аут", "таймаут", "超时", "逾時", "タイムアウト", "시간", "zaman aşımı", "časový limit", "tidsgräns", "no response from",
		"inactivity", "inactividad", "inactivité", "inattività", "inatividade", "bezczynności", "inaktivität", "operation too slow", "did not properly respond",
	}},
	{probe.ClassEOF, []string{
		"connection closed", "closed by server", "closed by remote", "unexpected eof", "remote side unexpectedly closed", "server closed", "peer has closed",
		"verbindung geschlossen", "vom server geschlossen", "verbindung wurde getrennt", "verbindung zum server getrennt", "connexion fermée", "fermé la connexion", "interrompue par le serveur",
		"conexión cerrada", "cerrada por el servidor", "connessione chiusa", "chiusa dal server", "verbinding gesloten", "verbinding verbroken", "conexão fechada", "fechada pelo servidor",
		"połączenie zamknięte", "zamknięte przez serwer", "соединение закрыто", "закрыто сервером", "disconnected from server", "connection lost", "lost connection", "non-properly terminated",
		"server unexpectedly closed", "eof occurred", "end of file", "0 bytes received", "empty reply", "gnutls error -110", "closed the connection", "eoferror", "getrennt",
		"connection has been closed", "connection was closed", "control connection closed", "peer closed", "ssl connection closed", "serveur a fermé", "zakończone przez serwer",
	}},
	{probe.ClassTLS, []string{
		"gnutls error", "ssl routines", "schannel", "tls handshake", "ssl handshake", "ssl_connect", "ssl_accept", "tls/ssl", "ssl error", "tls error", "cannot establish ssl",
		"ssl_error", "secure channel", "can't establish ssl", "unsupported protocol", "no protocols available", "handshake", "ossl",
	}},
}

// classOf returns what went wrong by the words of text, or the empty class.
func classOf(text string) probe.Class {
	low := strings.ToLower(text)
	for _, p := range phrases {
		for _, w := range p.words {
			if strings.Contains(low, w) {
				return p.class
			}
		}
	}
	return ""
}

// alerts are the TLS alerts of RFC 8446 section 6 as OpenSSL, GnuTLS and others spell them.
var alerts = []struct {
	value int
	name  string
	words []string
}{
	{0, "close_notify", []string{"close notify"}},
	{10, "unexpected_message", []string{"unexpected message"}},
	{20, "bad_record_mac", []string{"bad record mac"}},
	{21, "decryption_failed", []string{"decryption failed"}},
	{22, "record_overflow", []string{"record overflow"}},
	{40, "handshake_failure", []string{"handshake failure", "handshake failed"}},
	{41, "no_certificate", []string{"no certificate"}},
	{42, "bad_certificate", []string{"bad certificate", "certificate is bad"}},
	{43, "unsupported_certificate", []string{"unsupported certificate", "certificate is not supported"}},
	{44, "certificate_revoked", []string{"certificate revoked", "certificate was revoked"}},
	{45, "certificate_expired", []string{"certificate expired", "certificate is expired"}},
	{46, "certificate_unknown", []string{"certificate unknown", "unknown certificate"}},
	{47, "illegal_parameter", []string{"illegal parameter"}},
	{48, "unknown_ca", []string{"unknown ca", "ca is unknown", "unknown certificate authority"}},
	{49, "access_denied", []string{"access denied", "access was denied"}},
	{50, "decode_error", []string{"decode error"}},
	{51, "decrypt_error", []string{"decrypt error"}},
	{70, "protocol_version", []string{"protocol version", "error in protocol version"}},
	{71, "insufficient_security", []string{"insufficient security"}},
	{80, "internal_error", []string{"internal error"}},
	{86, "inappropriate_fallback", []string{"inappropriate fallback"}},
	{90, "user_canceled", []string{"user canceled", "user cancelled"}},
	{109, "missing_extension", []string{"missing extension"}},
	{112, "unrecognized_name", []string{"unrecognized name", "unrecognised name", "server name sent was not recognized"}},
	{116, "certificate_required", []string{"certificate required", "certificate is required"}},
	{120, "no_application_protocol", []string{"no application protocol"}},
}

// alertNumber is how libraries and curl give the value of an alert.
var alertNumber = lazyregexp.New(`(?i)(?:alert number|alert \[?level \d+\]?:? ?|received alert \[)(\d{1,3})|\balert (\d{1,3})\b|\((\d{1,3})\)\s*$`)

// alertOf finds the alert that a text tells of.
func alertOf(text string) (probe.Code, bool) {
	low := strings.ToLower(strings.ReplaceAll(text, "_", " "))
	if !strings.Contains(low, "alert") {
		return probe.Code{}, false
	}
	if m := alertNumber.FindStringSubmatch(text); m != nil {
		v, _ := strconv.Atoi(m[1] + m[2] + m[3])
		for _, a := range alerts {
			if a.value == v {
				return probe.Code{Space: probe.SpaceTLSAlert, Value: v, Name: a.name, Text: text}, true
			}
		}
	}
	for _, a := range alerts {
		for _, w := range a.words {
			if strings.Contains(low, w) {
				return probe.Code{Space: probe.SpaceTLSAlert, Value: a.value, Name: a.name, Text: text}, true
			}
		}
	}
	return probe.Code{}, false
}
