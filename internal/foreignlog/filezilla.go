package foreignlog

import (
	"strings"
	"time"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// fileZilla reads the client's message log in any of its languages, with or without times, and its
// log file. The labels are known for many languages; in others they are recognised by what stands
// behind them.
type fileZilla struct {
	book   *book
	s      *session
	key    string
	labels map[string]string // learnt: label to status, command, response or error
	active bool              // PORT or EPRT was sent
}

var (
	fzLine   = lazyregexp.New(`^(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\d+) (\d+) )?(?:\[?(\d{1,2}:\d\d:\d\d)\]?\s+)?([^\s:：\d][^:：\t]{1,20}?)[\s\x{00a0}\x{202f}]?[:：][\s\x{00a0}]+(.*)$`)
	fzAddr   = lazyregexp.New(`((?:\d{1,3}\.){3}\d{1,3}|\[[0-9A-Fa-f:.]+\]):(\d{1,5})`)
	fzHost   = lazyregexp.New(`([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?:\.\.\.|…)?$`)
	fzSFTP   = lazyregexp.New(`^(?:open "(?:(.*?)@)?([^"]*)" (\d+)|Pass: |Trust (?:new|changed) [Hh]ostkey|keyfile |proxy )`)
	fzAlert  = lazyregexp.New(`TLS.*\(\d{1,3}\)\s*$`)
	fzNoData = lazyregexp.New(`(?i)data ?connection could not be established|could not establish data ?connection|datenverbindung konnte nicht`)
	fzPut    = lazyregexp.New(`^(get|put|reget|reput|ls|cd|pwd|mkdir|rm|rmdir|mv|chmod|chmtime)\b *(.*)`)
)

// fzLabels are the four labels in the languages of FileZilla.
//
//nolint:misspell // words of many languages
var fzLabels = map[string]string{
	"Status": "status", "Statut": "status", "Estado": "status", "Stato": "status", "Stan": "status", "Статус": "status", "Stav": "status", "Tila": "status",
	"Állapot": "status", "Stare": "status", "Durum": "status", "Κατάσταση": "status", "Стан": "status", "状態": "status", "状态": "status", "狀態": "status", "상태": "status",
	"Statusas": "status", "Statuss": "status", "Olek": "status", "Estat": "status", "Egoera": "status", "Състояние": "status", "Stanje": "status", "Staða": "status",
	"Command": "command", "Befehl": "command", "Commande": "command", "Comando": "command", "Commando": "command", "Polecenie": "command", "Команда": "command",
	"Příkaz": "command", "Príkaz": "command", "Kommando": "command", "Komento": "command", "Parancs": "command", "Comandă": "command", "Komut": "command", "Εντολή": "command",
	"コマンド": "command", "命令": "command", "指令": "command", "명령": "command", "Ordre": "command", "Naredba": "command", "Ukaz": "command", "Käsk": "command",
	"Response": "response", "Antwort": "response", "Réponse": "response", "Respuesta": "response", "Risposta": "response", "Antwoord": "response", "Resposta": "response",
	"Odpowiedź": "response", "Ответ": "response", "Odpověď": "response", "Odpoveď": "response", "Svar": "response", "Vastaus": "response", "Válasz": "response", "Răspuns": "response",
	"Yanıt": "response", "Απάντηση": "response", "Απόκριση": "response", "Відповідь": "response", "レスポンス": "response", "応答": "response", "响应": "response", "回應": "response",
	"응답": "response", "Odgovor": "response", "Vastus": "response", "Отговор": "response",
	"Error": "error", "Fehler": "error", "Erreur": "error", "Errore": "error", "Fout": "error", "Erro": "error", "Błąd": "error", "Ошибка": "error", "Chyba": "error",
	"Fel": "error", "Fejl": "error", "Feil": "error", "Virhe": "error", "Hiba": "error", "Eroare": "error", "Hata": "error", "Σφάλμα": "error", "Помилка": "error",
	"エラー": "error", "错误": "error", "錯誤": "error", "오류": "error", "Greška": "error", "Napaka": "error", "Viga": "error", "Грешка": "error",
	"Trace": "trace", "Listing": "trace",
}

func openFileZilla(b *book) parser {
	b.tool = probe.Tool{Name: "FileZilla"}
	return &fileZilla{book: b, labels: map[string]string{}}
}

func scoreFileZilla(line string) int {
	m := fzLine.FindStringSubmatch(line)
	if m == nil {
		return 0
	}
	code, _ := replyCode(m[6])
	switch kind := fzLabels[m[5]]; {
	case kind == "response" && code != "", kind == "command" && isCommand(m[6]):
		return 4
	case kind == "error" && code != "":
		return 0 // FileZilla shows a reply as a response
	case kind != "" && kind != "trace":
		return 2
	case strings.Contains(line, ":\t") && (code != "" || isVerbLine(m[6])):
		return 3
	case len(m[6]) > 4 && beginsReply(m[6]):
		return 1
	}
	return 0
}

func (f *fileZilla) line(text string) {
	m := fzLine.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return
	}
	f.stamp(m)
	switch f.kind(m[5], m[6]) {
	case "command":
		f.command(m[6])
	case "response":
		f.response(m[6])
	case "error":
		f.failure(m[6])
	case "status":
		f.status(m[6])
	}
}

// stamp finds the session of a line and sets its clock.
func (f *fileZilla) stamp(m []string) {
	if m[3] != "" {
		f.key = m[2] + "/" + m[3]
		f.s = f.book.find(f.key)
	}
	if f.s == nil {
		f.s = f.book.start(f.key)
	}
	if m[1] != "" {
		t, err := time.ParseInLocation("2006-01-02 15:04:05", m[1], f.book.zone)
		if err == nil {
			f.book.note("FileZilla writes local times without a zone: they are taken as " + f.book.zone.String())
			f.s.at(t, true)
		}
		return
	}
	f.s.clockTime(m[4])
}

// kind tells what a label stands for.
func (f *fileZilla) kind(label, text string) string {
	if k := fzLabels[label]; k != "" {
		return k
	}
	if k := f.labels[label]; k != "" {
		return k
	}
	code, _ := replyCode(text)
	var k string
	switch name, _ := splitCommand(text); {
	case code != "":
		k = "response"
	case isCommand(text) && name == strings.Fields(text)[0]:
		k = "command"
	case classOf(text) != "":
		return "error"
	default:
		return "status"
	}
	if len(f.labels) < maxNotes {
		f.labels[label] = k
	}
	return k
}

// fresh begins the next session under the same key.
func (f *fileZilla) fresh() {
	if f.s.empty() {
		return
	}
	clock, dated := f.s.clock, f.s.dated
	f.s.close()
	f.s = f.book.start(f.key)
	f.s.at(clock, dated)
}

func (f *fileZilla) command(text string) {
	s := f.s
	if s.isSFTP() || fzSFTP.MatchString(text) {
		f.sftpCommand(text)
		return
	}
	s.ftp.dialled = true
	text, _, _ = strings.Cut(text, "\t")
	s.command(text)
	if name, _ := splitCommand(text); moves(name) && s.ftp.passive == "" && !f.active {
		s.ftp.passive = "hidden" // at its usual level of detail FileZilla does not show PASV
	}
	f.active = f.active || strings.HasPrefix(text, "PORT ") || strings.HasPrefix(text, "EPRT ")
}

func (f *fileZilla) response(text string) {
	s := f.s
	if strings.HasPrefix(text, "fzSftp started") {
		s.isSSH()
		return
	}
	if s.isSFTP() {
		s.settle()
		s.remark(s.whereSSH(), text)
		return
	}
	s.connected("")
	if !s.replyLine(text) {
		s.strayLine(text)
	}
}

// status takes what the client does. Connecting is known by the address in it, a failed attempt by
// the words of the system; all else that follows an attempt means that TCP stands.
func (f *fileZilla) status(text string) {
	s := f.s
	addr := fzAddr.FindString(text)
	class := classOf(text)
	switch {
	case s.isSFTP():
		f.sftpStatus(text)
	case fzAlert.MatchString(text) && s.ftp.dialled:
		s.alertText(text)
	case (class == probe.ClassNoName || class == probe.ClassDNS) && !s.ftp.dialled:
		s.trouble(class, text)
	case addr != "" && !s.ftp.greeted && class == "":
		if s.ftp.dialled || s.failed() {
			f.fresh()
			s = f.s
		}
		s.dialling(addr)
		s.ftp.trying = true
	case addr != "" && class == "":
		if s.ftp.left || s.over || s.broken || len(s.ftp.pending) == 0 {
			f.fresh()
			f.s.dialling(addr)
			f.s.ftp.trying = true
		}
	case class != "" && s.ftp.trying && !s.ftp.dialled && strings.ContainsAny(text, `"„«“‘"`):
		s.attemptFailed(class, text)
	case class == probe.ClassEOF || class == probe.ClassReset:
		f.ended(class, text)
	case s.ftp.trying && !s.ftp.dialled:
		s.connected("")
		f.tlsSoon(text)
	case countBytes(text) >= 0 && s.step != nil:
		s.step.Bytes = max(s.step.Bytes, countBytes(text))
		s.remark(s.where(), text)
	default:
		f.other(text)
	}
}

// tlsSoon recognises implicit TLS: the handshake is announced before any greeting.
func (f *fileZilla) tlsSoon(text string) {
	if beginsTLS(text) && !f.s.ftp.greeted && !f.s.ftp.authOK {
		f.s.implicitTLS()
	}
}

// beginsTLS tells that a handshake is announced: in every language the sentence names TLS and goes on
// in dots, while advice about TLS ends in a full stop.
func beginsTLS(text string) bool {
	return strings.Contains(text, "TLS") && (strings.HasSuffix(text, "...") || strings.HasSuffix(text, "…"))
}

// other takes a status that says nothing about the network. A host name in it before the first
// connection is what is being looked up.
func (f *fileZilla) other(text string) {
	s := f.s
	if m := fzHost.FindStringSubmatch(text); m != nil && !s.ftp.greeted && !s.ftp.dialled && !s.ftp.trying {
		if s.failed() || s.over {
			f.fresh()
			s = f.s
		}
		s.lookedUp(m[1])
		return
	}
	if beginsTLS(text) && s.ftp.dialled && !s.ftp.greeted && !s.ftp.implicit {
		s.target.Protocol = probe.FTPES // newer versions do not show the AUTH command
		s.ftp.greeted, s.ftp.authOK = true, true
		s.step.answered = true
	}
	if s.step != nil {
		s.remark(s.where(), text)
	}
	if s.ftp.dialled && !s.ftp.greeted && !s.failed() && !s.ftp.implicit && s.step != nil {
		s.ftp.greeted, s.step.answered = true, true // it goes on, so it was greeted: not all is shown
	}
}

// ended takes a status about the end of the connection. After QUIT, or with nothing asked, it is
// the ordinary end.
func (f *fileZilla) ended(class probe.Class, text string) {
	s := f.s
	idle := len(s.ftp.pending) == 0 && (s.ftp.logged || s.op() != probe.OpConnect && s.op() != probe.OpLogin)
	if idle || s.failed() || s.ftp.left || s.empty() {
		if s.step != nil {
			s.remark(s.where(), text)
		}
		s.settle()
		s.over = true
		return
	}
	s.trouble(class, text)
}

// failure takes a line under the label of errors.
func (f *fileZilla) failure(text string) {
	s := f.s
	if s.isSFTP() {
		text = strings.TrimPrefix(text, "FATAL ERROR: ")
		if !s.puttyText(text) {
			f.unknown(text)
		}
		return
	}
	class := classOf(text)
	if class == "" {
		f.unknown(text)
		return
	}
	if s.ftp.trying && !s.ftp.dialled && class != probe.ClassNoName && class != probe.ClassDNS {
		if s.failed() {
			s.remark(probe.PhaseTCP, text)
			return
		}
		s.troubleAt(class, probe.PhaseTCP, text)
		return
	}
	if s.ftp.opened && !s.ftp.ended && strings.Contains(text, "GnuTLS error -110") {
		s.dataBroke(probe.ClassEOF, text) // of the control connection it says more
		return
	}
	if s.ftp.greeted && fzNoData.MatchString(text) {
		s.dataFailed(class, text)
		return
	}
	if s.ftp.opened && !s.ftp.ended && strings.Contains(text, "ECONN") && !strings.Contains(text, "Disconnected") {
		s.dataBroke(class, text) // of the control connection FileZilla says that it is disconnected
		return
	}
	s.trouble(class, text)
}

// unknown takes an error whose words are not known. Mostly it sums up what was said before.
func (f *fileZilla) unknown(text string) {
	s := f.s
	if s.failed() || s.broken || s.step == nil && s.empty() || s.over {
		if s.step != nil {
			s.remark(s.phaseNow(), text)
		}
		return
	}
	s.fail(probe.Event{
		Phase: s.phaseNow(), Direction: probe.Local, Kind: probe.KindCheck, Text: text, Failure: &probe.Failure{Class: probe.ClassUnexpected, Text: text},
	}, "")
}

func (f *fileZilla) end() {}
