package ftp

import (
	"errors"
	"strings"
)

// Limits on what a server can make us hold of its replies.
const (
	maxLine  = 8 << 10   // bytes of one line
	maxReply = 256 << 10 // bytes of one reply with all its lines
	maxStray = 64        // lines of one session that belong to no reply
)

var (
	errLineTooLong  = errors.New("a line of more than 8 KiB")
	errReplyTooLong = errors.New("a reply of more than 256 KiB")
)

// deviations are the ways in which a reply can differ from RFC 959 section 4.2 and still be read.
type deviations uint8

const (
	bareLF deviations = 1 << iota
	telnetBytes
	controlBytes
	noText
	noLineEnd
)

// reply is one reply of the server, with all its lines.
type reply struct {
	code  int
	text  string // as it came, lines joined by LF, without the last line end
	words string // the same without the code
	odd   deviations
}

func (r *reply) preliminary() bool { return r.code < 200 }
func (r *reply) positive() bool    { return r.code >= 200 && r.code < 300 }
func (r *reply) negative() bool    { return r.code >= 400 }

// piece is what the parser found: a reply, or a line that is none.
type piece struct {
	reply *reply
	stray string
}

// size returns the bytes of the lines of a reply with their ends.
func (p *piece) size() int {
	if p.reply == nil {
		return 0
	}
	return len(p.reply.text) + 1
}

// replyParser cuts the control stream into replies. It is fed as the bytes come, so that it does not
// matter how the stream is cut, and what is unfinished can be shown when the server falls silent.
type replyParser struct {
	line   []byte // the line under way
	block  []byte // finished lines of a multi-line reply
	code   int    // of the multi-line reply under way; 0: none
	odd    deviations
	telnet byte // bytes of a Telnet command still to come, see strip
}

// feed takes bytes until a piece is complete and returns the bytes that it did not take.
func (p *replyParser) feed(b []byte) (*piece, []byte, error) {
	for i, c := range b {
		if c != '\n' {
			p.add(c)
			if len(p.line) > maxLine {
				return nil, nil, errLineTooLong
			}
			continue
		}
		found := p.endLine()
		if len(p.block) > maxReply || found != nil && found.size() > maxReply {
			return nil, nil, errReplyTooLong
		}
		if found != nil {
			return found, b[i+1:], nil
		}
	}
	return nil, nil, nil
}

// partial returns what has come of an unfinished reply or line.
func (p *replyParser) partial() string { return string(p.block) + string(p.line) }

// Telnet commands that may stand in a control stream (RFC 854, RFC 959 section 5.3).
const (
	telnetIAC  = 255
	telnetWill = 251
	telnetSE   = 240

	sawIAC    = 1
	sawOption = 2
)

// add appends c to the line and leaves Telnet commands out. A byte 255 that no command follows is
// a letter of some 8-bit character set and stays.
func (p *replyParser) add(c byte) {
	switch {
	case p.telnet == sawOption:
		p.telnet = 0
	case p.telnet == sawIAC && c == telnetIAC:
		p.telnet = 0
		p.line = append(p.line, c)
	case p.telnet == sawIAC && c >= telnetSE:
		p.odd |= telnetBytes
		p.telnet = 0
		if c >= telnetWill {
			p.telnet = sawOption
		}
	case p.telnet == sawIAC:
		p.telnet = 0
		p.line = append(p.line, telnetIAC, c)
	case c == telnetIAC:
		p.telnet = sawIAC
	default:
		p.line = append(p.line, c)
	}
}

// unended returns the refusal that the stream ended in, if nothing but its line end is missing.
func (p *replyParser) unended() *reply {
	code, last := splitCode(string(p.line))
	if !last || code < 400 || len(p.line) < 4 || p.code != 0 && p.code != code {
		return nil
	}
	r := p.endLine().reply
	r.odd = r.odd&^bareLF | noLineEnd
	return r
}

// endLine closes the line under way and returns the piece that it completes, if it does.
func (p *replyParser) endLine() *piece {
	if p.telnet == sawIAC {
		p.line = append(p.line, telnetIAC)
	}
	p.telnet = 0
	line := strings.TrimRight(string(p.line), "\r")
	if len(line) == len(p.line) {
		p.odd |= bareLF
	}
	p.line = p.line[:0]
	if strings.ContainsFunc(line, isControl) {
		p.odd |= controlBytes
	}
	code, last := splitCode(line)
	if p.code != 0 {
		p.block = append(append(p.block, line...), '\n')
		if code == p.code && last {
			return p.finish()
		}
		return nil
	}
	if code == 0 {
		p.odd = 0
		return &piece{stray: line}
	}
	p.code, p.block = code, append(append(p.block, line...), '\n')
	if last {
		return p.finish()
	}
	return nil
}

func (p *replyParser) finish() *piece {
	r := &reply{code: p.code, text: string(p.block[:len(p.block)-1]), odd: p.odd}
	r.words = withoutCode(r.text)
	if r.words == "" {
		r.odd |= noText
	}
	p.code, p.odd, p.block = 0, 0, p.block[:0]
	return &piece{reply: r}
}

// splitCode returns the code that line begins with, 0 if none, and whether the line ends a reply.
// RFC 959 wants a space or a hyphen behind the code; any other sign but a letter or digit is taken
// for the space.
func splitCode(line string) (code int, last bool) {
	if len(line) < 3 || line[0] < '1' || line[0] > '6' || !digit(line[1]) || !digit(line[2]) {
		return 0, false
	}
	code = int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
	if len(line) == 3 {
		return code, true
	}
	if c := line[3]; digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		return 0, false
	}
	return code, line[3] != '-'
}

// withoutCode drops the code of the first and of the last line, and of every line between that
// repeats it.
func withoutCode(text string) string {
	code := text[:3]
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, code) && (len(l) == 3 || l[3] == ' ' || l[3] == '-' || i == 0) {
			lines[i] = l[min(len(l), 4):]
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
