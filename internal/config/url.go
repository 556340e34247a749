package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mftprobe/probe"
)

const schemes = "ftp://, ftpes://, ftps:// or sftp://"

// parsedURL is a target as its URL alone tells it.
type parsedURL struct {
	target   probe.Target
	password *string // nil: none in the URL
	hasPort  bool
}

// parseURL reads a target URL. Its errors never show what may be a password. net/url is not used
// for the whole: it refuses what users of FTP clients write ('@' in a password), and its errors
// quote the input.
func parseURL(raw string) (parsedURL, error) {
	var u parsedURL
	if err := checkText("URL", raw); err != nil {
		return u, err
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	switch {
	case strings.TrimSpace(raw) == "":
		return u, fmt.Errorf("the target is empty; write a URL such as ftpes://user@host/dir")
	case !ok:
		return u, fmt.Errorf("not a URL; write %s in front of the host", schemes)
	case strings.TrimSpace(raw) != raw:
		return u, fmt.Errorf("a blank stands before or behind the URL; if it belongs to the path, write it as %%20")
	}
	u.target.Protocol = probe.Protocol(strings.ToLower(scheme))
	if u.target.Protocol.DefaultPort() == 0 {
		return u, fmt.Errorf("unknown scheme %q; write %s", scheme, schemes)
	}
	authority, path, hasPath := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		if err := u.userinfo(authority[:i]); err != nil {
			return u, err
		}
		authority = authority[i+1:]
	}
	if err := u.hostPort(authority); err != nil {
		if strings.Contains(path, "@") { // the error would show a piece of the password
			return u, fmt.Errorf("a / stands in the user name or the password; write it as %%2F")
		}
		return u, err
	}
	if !hasPath {
		return u, nil
	}
	return u, u.path(path)
}

func (u *parsedURL) userinfo(s string) (err error) {
	user, password, hasPassword := strings.Cut(s, ":")
	if u.target.User, err = unescape("user name", user); err != nil {
		return err
	}
	if hasPassword {
		password, err = unescape("password", password)
		u.password = &password
	}
	return err
}

func (u *parsedURL) hostPort(s string) error {
	u.target.Port = u.target.Protocol.DefaultPort()
	host, port, hasPort, err := splitHostPort(s)
	if err != nil {
		return err
	}
	u.hasPort = hasPort
	if hasPort && port == "" {
		return fmt.Errorf("the port is missing after the colon")
	}
	if hasPort {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("port %q is not a number from 1 to 65535", port)
		}
		u.target.Port = n
	}
	u.target.Host, err = checkHost(host)
	return err
}

func splitHostPort(s string) (host, port string, hasPort bool, err error) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		host, after, ok := strings.Cut(inner, "]")
		port, hasPort := strings.CutPrefix(after, ":")
		switch addr, err := netip.ParseAddr(strings.Replace(host, "%25", "%", 1)); {
		case !ok:
			return "", "", false, fmt.Errorf("the bracket of the IPv6 address is not closed")
		case err != nil || !addr.Is6():
			return "", "", false, fmt.Errorf("%q in brackets is not an IPv6 address", host)
		case after != "" && !hasPort:
			return "", "", false, fmt.Errorf("%q after the IPv6 address is not a port", after)
		default:
			return addr.String(), port, hasPort, nil
		}
	}
	if strings.Count(s, ":") > 1 {
		return "", "", false, fmt.Errorf("%q has more than one colon; put an IPv6 address in brackets", s)
	}
	host, port, hasPort = strings.Cut(s, ":")
	return host, port, hasPort, nil
}

// checkHost returns the host as it is looked up.
func checkHost(s string) (string, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return addr.String(), nil
	}
	host, err := unescape("host", s)
	switch {
	case err != nil:
		return "", err
	case host == "":
		return "", fmt.Errorf("the host is missing")
	}
	for _, r := range host {
		switch {
		case r >= utf8.RuneSelf:
			return "", fmt.Errorf("%q is not an ASCII host name; write its xn-- form", host)
		case !hostByte(byte(r)):
			return "", fmt.Errorf("%q is not a host name: %q cannot be in one", host, r)
		}
	}
	return host, nil
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
}

// path takes what stands behind the first slash. FTP (RFC 1738 section 3.2.2, as curl reads it):
// relative to the login directory, from the root after a second slash or %2F. SFTP: from the root,
// or from the home directory after /~/.
func (u *parsedURL) path(s string) error {
	if strings.ContainsAny(s, "?#") {
		return fmt.Errorf("the path holds %q; write ? as %%3F and # as %%23", s[strings.IndexAny(s, "?#")])
	}
	if u.target.Protocol != probe.SFTP {
		var err error
		if s, err = u.transferType(s); err != nil {
			return err
		}
	}
	path, err := unescape("path", s)
	if err != nil {
		return err
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	if u.target.Protocol != probe.SFTP {
		u.target.Path = path
		return nil
	}
	switch home, isHome := strings.CutPrefix(path, "~/"); {
	case path == "~":
	case isHome:
		u.target.Path = home
	default:
		u.target.Path = "/" + path
	}
	return nil
}

// transferType takes ";type=a" and ";type=i" off the path (RFC 1738 section 3.2.2).
func (u *parsedURL) transferType(path string) (string, error) {
	i := strings.LastIndex(strings.ToLower(path), ";type=")
	if i < 0 || strings.Contains(path[i:], "/") {
		return path, nil
	}
	switch word := strings.ToUpper(path[i+len(";type="):]); word {
	case "A", "I":
		u.target.FTP.Type = word
		return path[:i], nil
	}
	return "", fmt.Errorf("%q is not a transfer type; write ;type=i or ;type=a, or %%3B if the name ends so", path[i:])
}

// unescape decodes percent signs and refuses what could end a command line: a CR, LF or NUL in a
// path or name would let the URL's author send commands of his own.
func unescape(what, s string) (string, error) {
	out, err := url.PathUnescape(s)
	if err != nil {
		return "", fmt.Errorf("the %s has a %% that two hexadecimal digits do not follow; write %% as %%25", what)
	}
	return out, checkText(what, out)
}

// checkText refuses control characters, without showing the text. Bytes that are not UTF-8 pass: old
// servers have names in Latin-1.
func checkText(what, s string) error {
	if i := strings.IndexFunc(s, unicode.IsControl); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return fmt.Errorf("the %s holds the control character %U, which cannot be sent", what, r)
	}
	return nil
}

// shown returns the part of a target that can be printed whatever is wrong with it.
func shown(raw string) string {
	if i := strings.LastIndexByte(raw, '@'); i >= 0 {
		scheme, _, ok := strings.Cut(raw[:i], "://")
		if ok {
			return strconv.Quote(scheme + "://…@" + raw[i+1:])
		}
		return strconv.Quote("…@" + raw[i+1:])
	}
	return strconv.Quote(raw)
}
