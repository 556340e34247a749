package ftp

import (
	"context"
	"io"
	"net"
	"time"
)

// clearControl takes TLS off the control connection again (CCC, RFC 4217 section 6), so that
// firewalls can read the data ports. Data connections stay protected.
func (d *driver) clearControl(ctx context.Context) (*reply, error) {
	r, err := d.ctl.do(ctx, d.step, cmd("CCC", ""))
	if err != nil || !r.positive() {
		return r, err
	}
	<-d.ctl.stopped
	if half, ok := d.ctl.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	// crypto/tls leaves an expired write deadline behind its close_notify.
	_ = d.raw.SetWriteDeadline(time.Time{})
	d.ctl.conn, d.ctl.tap = &afterTLS{Conn: d.raw}, nil
	d.ctl.start()
	return r, nil
}

// afterTLS reads clear text behind the last TLS records, which hold the peer's close_notify.
type afterTLS struct {
	net.Conn
	clear bool
}

// TLS record types (RFC 8446 section 5.1) and the length of a record's header.
const (
	recordFirst  = 20
	recordLast   = 23
	recordHeader = 5
)

// Read skips TLS records until clear text comes.
func (c *afterTLS) Read(p []byte) (int, error) {
	for !c.clear {
		var head [recordHeader]byte
		if _, err := io.ReadFull(c.Conn, head[:1]); err != nil {
			return 0, err
		}
		if head[0] < recordFirst || head[0] > recordLast {
			c.clear = true
			p[0] = head[0]
			return 1, nil
		}
		if _, err := io.ReadFull(c.Conn, head[1:]); err != nil {
			return 0, err
		}
		length := int64(head[3])<<8 | int64(head[4])
		if _, err := io.CopyN(io.Discard, c.Conn, length); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(p)
}
