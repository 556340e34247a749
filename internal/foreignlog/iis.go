package foreignlog

import (
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// iisLog reads the W3C log of the FTP service of IIS. Its times are UTC. Fields are named by the
// #Fields line; there are no texts, but the numbers of Windows beside the code.
type iisLog struct {
	book   *book
	fields []string
}

func openIIS(b *book) parser {
	b.tool, b.server = probe.Tool{Name: "IIS FTP"}, true
	b.note("the log has the codes of replies and not their texts")
	return &iisLog{book: b}
}

func scoreIIS(line string) int {
	switch {
	case strings.HasPrefix(line, "#Software: Microsoft Internet Information Services"), strings.HasPrefix(line, "#Software: Microsoft FTP"):
		return 10
	case strings.HasPrefix(line, "#Fields:") && strings.Contains(line, "cs-method"):
		return 10
	case strings.Contains(line, "ControlChannelOpened"), strings.Contains(line, "DataChannelOpened"):
		return 5
	}
	return 0
}

// iisFields are those of the default configuration, for logs whose head was cut off.
var iisFields = strings.Fields("date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status sc-win32-status sc-substatus x-session x-fullpath")

func (l *iisLog) line(text string) {
	if rest, ok := strings.CutPrefix(text, "#Fields:"); ok {
		l.fields = strings.Fields(rest)
		return
	}
	if strings.HasPrefix(text, "#") || strings.TrimSpace(text) == "" {
		return
	}
	if l.fields == nil {
		l.fields = iisFields
	}
	values := strings.Fields(text)
	row := map[string]string{}
	for i, name := range l.fields {
		if i < len(values) && values[i] != "-" {
			row[name] = values[i]
		}
	}
	if row["cs-method"] != "" {
		l.row(row)
	}
}

func (l *iisLog) row(row map[string]string) {
	key := row["x-session"]
	if key == "" {
		key = row["c-ip"] + ":" + row["c-port"]
	}
	method := row["cs-method"]
	if i := strings.IndexByte(method, ']'); strings.HasPrefix(method, "[") && i > 0 {
		key, method = method[:i+1], method[i+1:] // IIS 5 and 6 number the sessions here
	}
	s := l.session(key, row)
	switch method {
	case "ControlChannelOpened":
		s.accepted()
	case "ControlChannelClosed":
		l.closed(s, row)
	case "DataChannelOpened":
		s.dataConnected("")
	case "DataChannelClosed":
		l.dataClosed(s, row)
	default:
		l.command(s, method, row)
	}
}

func (l *iisLog) session(key string, row map[string]string) *session {
	s := l.book.byKey[key]
	if s == nil {
		s = l.book.serverSession(key, joinPort(row["c-ip"], number(row["c-port"])))
	}
	if t, err := time.Parse("2006-01-02 15:04:05", row["date"]+" "+row["time"]); err == nil {
		s.at(t, true)
	}
	if s.target.Host == "" && row["s-ip"] != "" {
		s.target.Host, s.target.Port = row["s-ip"], number(row["s-port"])
		if s.target.Port == 990 {
			s.implicitTLS()
		}
		s.connection(joinPort(row["s-ip"], s.target.Port), s.client)
	}
	if s.target.User == "" {
		s.target.User = row["cs-username"]
	}
	return s
}

func (l *iisLog) command(s *session, method string, row map[string]string) {
	arg := strings.ReplaceAll(row["cs-uri-stem"], "+", " ")
	s.command(strings.TrimSpace(method + " " + arg))
	status := row["sc-status"]
	if code, _ := replyCode(status); code == "" {
		return
	}
	value := number(status)
	if moves(strings.ToUpper(method)) && value >= 400 && s.ftp.passive == "" {
		s.ftp.opened = false
	}
	s.reply(status, status+l.detail(row))
	if value >= 400 {
		s.annotate(row)
	}
}

// detail puts what the numbers of Windows mean where other servers have a text.
func (l *iisLog) detail(row map[string]string) string {
	text := ""
	if n := row["sc-substatus"]; n != "" && n != "0" {
		text += " " + strings.TrimSpace(iisWords[n]+" (substatus "+n+")")
	}
	if n := row["sc-win32-status"]; n != "" && n != "0" {
		text += " " + strings.TrimSpace(winWords[n]+" (Windows error "+n+")")
	}
	if text != "" {
		l.book.note("the texts of refusals are made of the numbers of IIS and Windows that the log gives")
	}
	return text
}

// annotate keeps the numbers of a failure as a remark.
func (s *session) annotate(row map[string]string) {
	if row["sc-win32-status"] != "" || row["sc-substatus"] != "" {
		s.add(probe.Event{
			Phase: s.where(), Direction: probe.Local, Kind: probe.KindNote, Text: "sc-status and its details",
			Attr: map[string]string{"status": row["sc-status"], "win32": row["sc-win32-status"], "substatus": row["sc-substatus"]},
		})
	}
}

// closed takes the end of the control connection.
func (l *iisLog) closed(s *session, row map[string]string) {
	if n := row["sc-win32-status"]; n != "" && n != "0" && !s.ftp.left {
		if class := winClass(n); class != "" && len(s.ftp.pending) > 0 {
			s.trouble(class, "the control connection ended with Windows error "+n)
		}
	}
	s.settle()
	s.ftp.left = true
	s.close()
}

func (l *iisLog) dataClosed(s *session, row map[string]string) {
	n := row["sc-win32-status"]
	class := winClass(n)
	if class == "" || s.step == nil {
		if s.step != nil {
			bytes, _ := strconv.ParseInt(row["sc-bytes"], 10, 64)
			s.moved(bytes, "")
		}
		return
	}
	s.remark(probe.PhaseTransfer, "the data connection ended with Windows error "+n)
}

// winClass is what a Windows error number means for a connection.
func winClass(n string) probe.Class {
	switch n {
	case "64", "1236", "10053", "10054", "121":
		return probe.ClassReset
	case "10060", "258", "1460":
		return probe.ClassTimeout
	case "10061":
		return probe.ClassRefused
	case "38", "109":
		return probe.ClassEOF
	}
	return ""
}

func (l *iisLog) end() {}
