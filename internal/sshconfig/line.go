package sshconfig

import (
	"errors"
	"strings"
)

const blanks = " \t\r\f"

// split takes a line apart as OpenSSH does: the keyword, an equals sign that may stand behind it unless
// the keyword is in quotes, and the rest. The keyword is empty for a comment and an empty line.
func split(line string) (word, rest string) {
	line = strings.Trim(line, blanks)
	if strings.HasPrefix(line, "#") {
		return "", ""
	}
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		word, rest, _ = strings.Cut(quoted, `"`)
		return word, strings.TrimLeft(rest, blanks)
	}
	end := strings.IndexAny(line, blanks+"=")
	if end < 0 {
		return line, ""
	}
	word, rest = line[:end], strings.TrimLeft(line[end:], blanks)
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "="), blanks)
	return word, rest
}

var errQuotes = errors.New("the quotes are not closed")

// arguments takes the rest of a line apart: blanks part, quotes of both kinds and a backslash before
// a quote, a backslash or a blank keep together, and a # where an argument would begin starts a
// comment.
func arguments(s string) ([]string, error) {
	var args []string
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(blanks, s[i]) >= 0 {
			continue
		}
		if s[i] == '#' {
			break
		}
		arg, next, err := argument(s, i)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		i = next
	}
	return args, nil
}

// argument reads one argument from position i on, and returns where it ends.
func argument(s string, i int) (arg string, end int, err error) {
	var b strings.Builder
	quote := byte(0)
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && (strings.IndexByte(`'"\`, s[i+1]) >= 0 || quote == 0 && s[i+1] == ' '):
			i++
			b.WriteByte(s[i])
		case quote == 0 && strings.IndexByte(blanks, c) >= 0:
			return b.String(), i, nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", i, errQuotes
	}
	return b.String(), i, nil
}
