package ftpd

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"mftprobe/internal/refserver/fault"
	"mftprobe/internal/refserver/session"
)

func (c *client) closePassive() {
	if c.passive != nil {
		c.track.drop(c.passive)
		c.passive = nil
	}
	c.active = ""
}

// dropPassive is closePassive after a refusal. The reply goes out first: the close resets a data connection that nobody
// accepted, and the client is to learn the reason before that.
func (c *client) dropPassive() {
	if c.passive != nil {
		c.flush()
	}
	c.closePassive()
}

// listen opens a port of the passive range on the address that the client reached us at.
func (c *client) listen() (*net.TCPListener, error) {
	own := *c.raw.LocalAddr().(*net.TCPAddr) // with the zone of a link-local address
	if own.Port = 0; c.PassiveLow == 0 {
		return c.listenAt(own)
	}
	count := c.PassiveHigh - c.PassiveLow + 1
	for range count {
		own.Port = c.PassiveLow + int(c.nextPort.Add(1))%count
		if l, err := c.listenAt(own); err == nil {
			return l, nil
		}
	}
	return nil, errors.New("no free passive port")
}

// listenAt listens without TCP keep-alive: a data connection has limits of its own.
func (c *client) listenAt(at net.TCPAddr) (*net.TCPListener, error) {
	l, err := (&net.ListenConfig{KeepAlive: -1}).Listen(c.ctx, "tcp", at.String())
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

// enterPassive opens the listener and returns its port; with the fault "dead" nobody listens there.
func (c *client) enterPassive() (int, bool) {
	c.closePassive()
	l, err := c.listen()
	if err != nil {
		c.reply(425, "No free passive port")
		return 0, false
	}
	port := l.Addr().(*net.TCPAddr).Port
	if c.fx.Has(fault.Dead) {
		l.Close()
		return port, true
	}
	if c.fx.Has(fault.Blackhole) {
		c.blackhole(l)
	}
	c.passive = l
	c.track.add(l)
	c.log.Addf(session.Data, "listening on %s", l.Addr())
	return port, true
}

// onlyEPSV refuses the other commands after EPSV ALL (RFC 2428 section 4).
func (c *client) onlyEPSV() bool {
	if c.epsvOnly {
		c.reply(503, "Only EPSV after EPSV ALL")
	}
	return c.epsvOnly
}

func (c *client) pasv(string) {
	if c.onlyEPSV() {
		return
	}
	port, ok := c.enterPassive()
	if !ok {
		return
	}
	ip := c.raw.LocalAddr().(*net.TCPAddr).IP
	if c.PublicAddress != nil {
		ip = c.PublicAddress
	}
	if text, ok := c.Faults.Text(fault.PasvAddress); ok {
		ip = net.ParseIP(text)
	}
	v4 := ip.To4()
	if v4 == nil {
		c.closePassive()
		c.reply(425, "Use EPSV over IPv6")
		return
	}
	c.reply(227, fmt.Sprintf("Entering Passive Mode (%d,%d,%d,%d,%d,%d)", v4[0], v4[1], v4[2], v4[3], port>>8, port&255))
}

// epsv answers EPSV; its argument is ALL or a network protocol (RFC 2428 section 3).
func (c *client) epsv(arg string) {
	own := "1"
	if c.raw.LocalAddr().(*net.TCPAddr).IP.To4() == nil {
		own = "2"
	}
	switch {
	case strings.EqualFold(arg, "ALL"):
		c.epsvOnly = true
		c.reply(200, "EPSV ALL")
		return
	case arg != "" && arg != own:
		c.reply(522, "Network protocol not supported, use ("+own+")")
		return
	}
	if port, ok := c.enterPassive(); ok {
		c.reply(229, fmt.Sprintf("Entering Extended Passive Mode (|||%d|)", port))
	}
}

func (c *client) port(arg string) {
	if c.onlyEPSV() {
		return
	}
	var n [6]int
	if k, _ := fmt.Sscanf(arg, "%d,%d,%d,%d,%d,%d", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]); k != 6 {
		c.reply(501, "Want PORT h1,h2,h3,h4,p1,p2")
		return
	}
	for _, v := range n {
		if v < 0 || v > 255 {
			c.reply(501, "A number is not a byte")
			return
		}
	}
	c.setActive(net.IPv4(byte(n[0]), byte(n[1]), byte(n[2]), byte(n[3])), n[4]<<8|n[5])
}

// eprt answers EPRT (RFC 2428 section 2).
func (c *client) eprt(arg string) {
	if c.onlyEPSV() {
		return
	}
	parts := strings.Split(arg, arg[:min(1, len(arg))])
	if len(parts) != 5 {
		c.reply(501, "Want EPRT |af|address|port|")
		return
	}
	port, err := strconv.Atoi(parts[3])
	ip := net.ParseIP(parts[2])
	switch {
	case parts[1] != "1" && parts[1] != "2":
		c.reply(522, "Network protocol not supported, use (1,2)")
	case err != nil || ip == nil || (ip.To4() != nil) != (parts[1] == "1"):
		c.reply(501, "Want EPRT |af|address|port|, with an address of that family")
	default:
		c.setActive(ip, port)
	}
}

// setActive refuses any address but the client's own (RFC 2577 section 3).
func (c *client) setActive(ip net.IP, port int) {
	c.closePassive()
	own := *c.raw.RemoteAddr().(*net.TCPAddr)
	if !ip.Equal(own.IP) || port < 1024 || port > 65535 {
		c.reply(501, "Only the client's own address, and no port below 1024")
		return
	}
	own.Port = port
	c.active = own.String()
	c.reply(200, "Will connect to "+c.active)
}

// dataConnection gets the connection that was agreed on.
func (c *client) dataConnection() (net.Conn, error) {
	var conn net.Conn
	var err error
	switch {
	case c.passive != nil:
		conn, err = c.accept()
	case c.active != "":
		local := *c.raw.LocalAddr().(*net.TCPAddr)
		local.Port = 0
		d := net.Dialer{Timeout: c.limits.data, LocalAddr: &local}
		conn, err = d.DialContext(c.ctx, "tcp", c.active)
	default:
		return nil, errors.New("use PASV or PORT first")
	}
	c.closePassive()
	if err != nil {
		return nil, err
	}
	c.track.add(conn)
	c.log.Addf(session.Data, "connected with %s", conn.RemoteAddr())
	return conn, nil
}

// accept takes the first connection that comes from the client's address (RFC 2577 section 4). The wait begins with the
// transfer: who types PASV by hand may take his time.
func (c *client) accept() (net.Conn, error) {
	_ = c.passive.SetDeadline(time.Now().Add(c.limits.data))
	own := c.raw.RemoteAddr().(*net.TCPAddr).IP
	for {
		conn, err := c.passive.Accept()
		if err != nil {
			return nil, err
		}
		if conn.RemoteAddr().(*net.TCPAddr).IP.Equal(own) {
			return conn, nil
		}
		conn.Close()
	}
}
