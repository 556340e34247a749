package dial

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mftprobe/probe"
)

// MaxProxyHead bounds the head of an HTTP proxy's answer, in bytes.
const MaxProxyHead = 8 << 10

// throughProxy connects to the proxy and asks it for the connection. All of it is phase proxy:
// what fails here says nothing about the target.
func (d Dialer) throughProxy(ctx context.Context, to Request) (net.Conn, error) {
	host, err := d.hostForProxy(ctx, to)
	if err != nil {
		return nil, err
	}
	u := d.Network.Proxy
	port, _ := strconv.Atoi(u.Port())
	if port == 0 {
		port = defaultProxyPort(u.Scheme)
	}
	via := Request{Conn: to.Conn, Role: to.Role, Host: u.Hostname(), Port: port, Phase: probe.PhaseProxy}
	direct := d
	direct.Network.Proxy = nil
	conn, err := direct.open(ctx, via)
	if err != nil {
		return nil, err
	}
	target := net.JoinHostPort(host, strconv.Itoa(to.Port))
	if err := d.negotiate(ctx, conn, target, to.Conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func defaultProxyPort(scheme string) int {
	if strings.HasPrefix(scheme, "socks") {
		return 1080
	}
	return 8080
}

// hostForProxy is the name or address that the proxy is asked for: an address for socks5, which
// resolves here, and the name itself otherwise.
func (d Dialer) hostForProxy(ctx context.Context, to Request) (string, error) {
	if to.Address.IsValid() {
		return to.Address.String(), nil
	}
	if d.Network.Proxy.Scheme != "socks5" {
		return to.Host, nil
	}
	addrs, err := d.addresses(ctx, to)
	if err != nil {
		return "", err
	}
	return addrs[0].String(), nil
}

// negotiate asks the proxy for target within the connect limit and records the answer.
func (d Dialer) negotiate(ctx context.Context, conn net.Conn, target, id string) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	_ = conn.SetDeadline(time.Now().Add(d.Limit))
	err := d.ask(conn, target)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	e := probe.Event{
		Phase: probe.PhaseProxy, Conn: id, Direction: probe.Received, Kind: probe.KindConnect,
		Text: "the proxy connected to " + target, Attr: map[string]string{"address": target, "proxy": d.Network.Proxy.Host},
	}
	if err != nil {
		err = fmt.Errorf("reach %s through the proxy %s: %w", target, d.Network.Proxy.Host, plain(ctx, err, d.Limit))
		d.fail(ctx, &e, err)
		var refusal *ProxyError
		if errors.As(err, &refusal) {
			e.Attr["reply"] = strconv.Itoa(refusal.Reply)
		}
	}
	d.Record.Add(e)
	if err != nil {
		return err
	}
	return conn.SetDeadline(time.Time{})
}

func (d Dialer) ask(conn net.Conn, target string) error {
	if strings.HasPrefix(d.Network.Proxy.Scheme, "socks") {
		return d.askSOCKS(conn, target)
	}
	return d.askHTTP(conn, target)
}

// askHTTP sends CONNECT (RFC 9110 section 9.3.6). The answer's head is read byte by byte: what
// follows it belongs to the target.
func (d Dialer) askHTTP(conn net.Conn, target string) error {
	head := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if u := d.Network.Proxy.User; u != nil {
		pair := u.Username() + ":" + d.Network.ProxyPassword.Reveal()
		head += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		return err
	}
	answer, err := readHead(conn)
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(answer, "\r\n")
	fields := strings.SplitN(line, " ", 3)
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "HTTP/1.") {
		return &ProxyError{Text: strconv.Quote(line) + ", which is not HTTP"}
	}
	status, _ := strconv.Atoi(fields[1])
	if status < 200 || status > 299 {
		return &ProxyError{Reply: status, Text: line}
	}
	return nil
}

func readHead(r io.Reader) (string, error) {
	var head []byte
	var b [1]byte
	for len(head) < MaxProxyHead {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return "", err
		}
		head = append(head, b[0])
		if strings.HasSuffix(string(head[max(0, len(head)-4):]), "\r\n\r\n") {
			return string(head), nil
		}
	}
	return "", &ProxyError{Text: fmt.Sprintf("a head of more than %d bytes", MaxProxyHead)}
}

// socksReplies are the reply fields of RFC 1928 section 6.
var socksReplies = []string{
	"succeeded", "general failure", "connection not allowed by ruleset", "network unreachable", "host unreachable",
	"connection refused", "TTL expired", "command not supported", "address type not supported",
}

// askSOCKS speaks SOCKS5 (RFC 1928), with user name and password (RFC 1929) if the proxy has a user.
func (d Dialer) askSOCKS(conn net.Conn, target string) error {
	method := byte(0)
	if d.Network.Proxy.User != nil {
		method = 2
	}
	answer, err := exchange(conn, []byte{5, 1, method}, 2)
	if err != nil {
		return err
	}
	if answer[0] != 5 {
		return &ProxyError{Text: fmt.Sprintf("%q, which is not SOCKS5", answer)}
	}
	if answer[1] != method {
		return &ProxyError{Reply: int(answer[1]), Text: "this way of authentication is not accepted"}
	}
	if method == 2 {
		if err := d.socksLogin(conn); err != nil {
			return err
		}
	}
	return socksConnect(conn, target)
}

func (d Dialer) socksLogin(conn net.Conn) error {
	user, password := d.Network.Proxy.User.Username(), d.Network.ProxyPassword.Reveal()
	if len(user) > 255 || len(password) > 255 {
		return &ProxyError{Text: "nothing: user name or password is longer than SOCKS5 allows"}
	}
	msg := append([]byte{1, byte(len(user))}, user...)
	msg = append(append(msg, byte(len(password))), password...)
	answer, err := exchange(conn, msg, 2)
	if err != nil {
		return err
	}
	if answer[1] != 0 {
		return &ProxyError{Reply: int(answer[1]), Text: "user name or password not accepted"}
	}
	return nil
}

func socksConnect(conn net.Conn, target string) error {
	host, portText, err := net.SplitHostPort(target)
	if err != nil {
		return err
	}
	port, _ := strconv.Atoi(portText)
	msg := []byte{5, 1, 0}
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		msg = append(append(msg, 1), a.AsSlice()...)
	} else if err == nil {
		msg = append(append(msg, 4), a.AsSlice()...)
	} else if len(host) > 255 {
		return &ProxyError{Text: "nothing: the name is longer than SOCKS5 allows"}
	} else {
		msg = append(append(msg, 3, byte(len(host))), host...)
	}
	answer, err := exchange(conn, append(msg, byte(port>>8), byte(port)), 5)
	if err != nil {
		return err
	}
	if n := int(answer[1]); n != 0 {
		text := "reply " + strconv.Itoa(n)
		if n < len(socksReplies) {
			text = socksReplies[n]
		}
		return &ProxyError{Reply: n, Text: text}
	}
	rest := map[byte]int{1: 3 + 2, 4: 15 + 2, 3: int(answer[4]) + 2}[answer[3]]
	_, err = io.CopyN(io.Discard, conn, int64(rest))
	return err
}

// exchange writes a message and reads an answer of n bytes.
func exchange(conn net.Conn, msg []byte, n int) ([]byte, error) {
	if _, err := conn.Write(msg); err != nil {
		return nil, err
	}
	answer := make([]byte, n)
	_, err := io.ReadFull(conn, answer)
	return answer, err
}
