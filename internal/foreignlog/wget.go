package foreignlog

import (
	"strconv"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// wgetLog reads what wget prints about ftp:// URLs. Without -d it names the commands and says how
// they ended, but no reply; with -d the whole dialogue stands between those lines.
type wgetLog struct {
	book  *book
	s     *session
	debug bool   // the dialogue is shown
	open  string // the command whose end the next line tells
}

var (
	wgetStart   = lazyregexp.New(`^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  (ftps?://\S+)`)
	wgetResolve = lazyregexp.New(`^Resolving (\S+)(?: \(\S+\))?\.\.\. (.*)`)
	wgetConnect = lazyregexp.New(`^Connecting to ([^\s|]+)(?: \(\S+\))?(?:\|([^|]+)\|)?:(\d+)\.\.\. (.*)`)
	wgetLogin   = lazyregexp.New(`^Logging in as (.+?) \.\.\. ?(.*)`)
	wgetStep    = lazyregexp.New(`==> ([A-Z]{3,4})(?: \(\d+\))?(?: (.*?))? \.\.\. ?(.*)`)
	wgetGone    = lazyregexp.New(`^No such (file|directory) (.*?)\.?$`)
	wgetRefusal = lazyregexp.New(`(?i)^(?:Login incorrect|The server refuses login|Error in server (?:response|greeting)|Unknown error|Invalid PORT|Cannot initiate PASV transfer|couldn't connect to|No data received|Write failed|File .* (?:exists|not found)|Permission denied|Data transfer aborted|Control connection closed|Read error|logged in|REST failed|Unknown type)`)
)

func openWget(b *book) parser {
	b.tool = probe.Tool{Name: "wget"}
	return &wgetLog{book: b}
}

func scoreWget(line string) int {
	switch {
	case wgetStart.MatchString(line), wgetStep.MatchString(line), wgetLogin.MatchString(line):
		return 5
	case wgetConnect.MatchString(line), wgetResolve.MatchString(line), strings.HasPrefix(line, "--> ") && isVerbLine(line[4:]):
		return 3
	}
	return 0
}

func (w *wgetLog) session() *session {
	if w.s == nil || w.s.closed {
		w.s = w.book.start("")
	}
	return w.s
}

func (w *wgetLog) line(text string) {
	text = strings.TrimRight(text, " ")
	switch {
	case w.network(text), w.dialogue(text), w.debug, w.s == nil:
	case strings.HasPrefix(text, "==> "):
		for _, part := range strings.SplitAfter(strings.ReplaceAll(text, "==> ", "\x00==> "), "\x00") {
			w.step(strings.Trim(part, "\x00 "))
		}
	case wgetGone.MatchString(text), wgetRefusal.MatchString(text):
		w.refused(text)
	case strings.Contains(text, " saved ["):
		w.answer("")
		w.s.settle()
	}
}

// network takes what wget says about names and TCP.
func (w *wgetLog) network(text string) bool {
	if m := wgetStart.FindStringSubmatch(text); m != nil {
		if w.s != nil && (w.s.over || w.s.failed() || w.s.broken) {
			w.s.close()
		}
		return true
	}
	if m := wgetResolve.FindStringSubmatch(text); m != nil {
		if words, ok := strings.CutPrefix(m[2], "failed: "); ok {
			s := w.session()
			s.setHost(m[1], 0)
			s.trouble(nameClass(words), text)
		}
		return true
	}
	m := wgetConnect.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	if w.s != nil && w.s.ftp.greeted {
		w.s.close()
	}
	w.debug = false
	s := w.session()
	port, _ := strconv.Atoi(m[3])
	s.setHost(m[1], port)
	addr := m[2]
	if addr == "" {
		addr = m[1]
	}
	s.dialling(joinPort(addr, port))
	if words, ok := strings.CutPrefix(m[4], "failed: "); ok {
		s.attemptFailed(classOf(words), text)
	} else {
		s.connected(joinPort(addr, port))
	}
	return true
}

// dialogue takes the lines that -d adds.
func (w *wgetLog) dialogue(text string) bool {
	if line, ok := strings.CutPrefix(text, "--> "); ok {
		w.debug = true
		w.session().command(line)
		return true
	}
	m := wgetLogin.FindStringSubmatch(text)
	if m != nil {
		return w.login(m[1], m[2])
	}
	code, _ := replyCode(text)
	if w.s == nil || code == "" && !w.s.replyOpen() || !w.debug && len(w.s.ftp.pending) > 0 {
		return false
	}
	return w.s.replyLine(text)
}

func (w *wgetLog) login(user, words string) bool {
	s := w.session()
	s.connected("")
	if code, _ := replyCode(words); code != "" {
		return s.replyLine(words)
	}
	if words == "" {
		return true // with -d the rest follows
	}
	s.step.answered = true
	s.command("USER " + user)
	s.ftp.logged = words == "Logged in!"
	w.open = "USER"
	switch {
	case s.ftp.logged:
		w.answer(words)
	case wgetRefusal.MatchString(words):
		w.refused(words)
	}
	return true
}

// step takes one "==> COMMAND ... result".
func (w *wgetLog) step(text string) {
	m := wgetStep.FindStringSubmatch(text)
	if m == nil {
		return
	}
	w.answer("")
	w.s.command(strings.TrimSpace(m[1] + " " + m[2]))
	w.open = m[1]
	switch {
	case m[3] == "":
	case m[3] == "done." || digit(m[3][0]):
		if m[1] == "PASV" {
			w.s.ftp.passive = "hidden" // the reply is not shown
		}
		w.answer(m[3])
	case wgetRefusal.MatchString(m[3]), wgetGone.MatchString(m[3]):
		w.refused(m[3])
	}
}

// answer records that a command was accepted. Its reply is not shown.
func (w *wgetLog) answer(text string) {
	s := w.s
	if w.open == "" || len(s.ftp.pending) == 0 {
		return
	}
	s.ftp.pending = nil
	w.open = ""
	s.step.answered = true
	s.add(probe.Event{Phase: s.where(), Direction: probe.Received, Kind: probe.KindNote, Text: text})
	w.book.note("wget shows no replies without -d: it only says how the commands ended")
}

// refused records what wget says about a refusal: its own words, and the file that they are about.
func (w *wgetLog) refused(text string) {
	s := w.s
	if s.failed() || s.broken {
		return
	}
	class := classOf(text)
	if class != "" && class != probe.ClassNoName {
		s.trouble(class, text)
		return
	}
	verb := w.open
	w.open = ""
	s.ftp.pending = nil
	phase := s.where()
	if v, ok := verbs[verb]; ok {
		phase = v.phase
	}
	s.connected("")
	s.ftp.greeted = true
	s.fail(probe.Event{Phase: phase, Direction: probe.Received, Kind: probe.KindReply, Command: verb, Text: text, Code: wgetCode(verb, text)}, verb)
	w.book.note("wget shows no replies without -d: a refusal is told by the code that it stands for")
}

// wgetCode is the code that makes wget print its words (src/ftp.c): only a 530 is
// called an incorrect login, and only a 550 a missing file or directory.
func wgetCode(verb, text string) *probe.Code {
	var value int
	switch {
	case strings.HasPrefix(text, "Login incorrect"):
		value = 530
	case wgetGone.MatchString(text) && (verb == "RETR" || verb == "CWD" || verb == "LIST" || verb == "SIZE"):
		value = 550
	default:
		return nil
	}
	return &probe.Code{Space: probe.SpaceFTP, Value: value, Text: text}
}

func (w *wgetLog) end() {
	if w.s != nil && !w.debug && w.open != "" && !w.s.closed {
		w.s.remark(w.s.where(), "the log ends before "+w.open+" was answered")
	}
}
