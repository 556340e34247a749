package sftp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Limits on what one side may say in clear text, in bytes.
const (
	maxVersionLine    = 255      // RFC 4253 section 4.2, CR LF included
	maxPreVersion     = 64 << 10 // all lines before the version line
	maxClearMessage   = 64 << 10 // one message kept for parsing; longer ones end the parsing only
	minMessageLength  = 2        // padding length and message number
	clearHeaderLength = 5        // packet length and padding length (RFC 4253 section 6)
)

// errTooLong is a peer that goes beyond a limit of ours.
var errTooLong = errors.New("beyond the limit of this program")

// Message numbers that are read in clear text (RFC 4253 section 12).
const (
	msgDisconnect = 1
	msgKexInit    = 20
	msgNewKeys    = 21
)

// listener is told what clearText finds, in order.
type listener interface {
	preVersion(line string)     // a line before the version line, without its line end
	version(line string)        // the version line
	message(payload []byte)     // a message before NEWKEYS; valid during the call only
	encrypted(messages []uint8) // NEWKEYS came: the numbers of the messages before it
}

// clearText follows one direction of an SSH connection until NEWKEYS, after which it only sees
// ciphertext. It never holds more than its limits.
type clearText struct {
	to      listener
	buf     []byte
	pre     int  // bytes of complete lines before the version line
	named   bool // the version line came
	done    bool
	numbers []uint8

	mu   sync.Mutex
	left string // the line at hand after the last feed, before the version line
}

// feed takes the next bytes. The only error is errTooLong, before the version line is complete.
func (c *clearText) feed(p []byte) error {
	if c.done {
		return nil
	}
	defer c.keepLine()
	c.buf = append(c.buf, p...)
	for !c.named {
		more, err := c.line()
		if err != nil || !more {
			return err
		}
	}
	for !c.done && c.packet() {
	}
	return nil
}

// line takes one line off the buffer; it returns false if more bytes are needed.
func (c *clearText) line() (bool, error) {
	i := bytes.IndexByte(c.buf, '\n')
	if i < 0 {
		return false, c.checkUnfinished()
	}
	text := strings.TrimSuffix(string(c.buf[:i]), "\r")
	if strings.HasPrefix(text, "SSH-") {
		if i+1 > maxVersionLine {
			return false, c.tooLong("version line", maxVersionLine)
		}
		c.buf = c.buf[i+1:]
		c.named = true
		c.to.version(text)
		return true, nil
	}
	if c.pre += i + 1; c.pre > maxPreVersion {
		return false, c.tooLong("text before the version line", maxPreVersion)
	}
	c.buf = c.buf[i+1:]
	c.to.preVersion(text)
	return true, nil
}

// checkUnfinished tells whether a line without an end is too long already.
func (c *clearText) checkUnfinished() error {
	if start := "SSH-"; string(c.buf[:min(len(c.buf), len(start))]) == start[:min(len(c.buf), len(start))] {
		if len(c.buf) >= maxVersionLine {
			return c.tooLong("version line", maxVersionLine)
		}
		return nil
	}
	if c.pre+len(c.buf) > maxPreVersion {
		return c.tooLong("text before the version line", maxPreVersion)
	}
	return nil
}

func (c *clearText) tooLong(what string, limit int) error {
	c.done = true
	return fmt.Errorf("%s of more than %d bytes: %w", what, limit, errTooLong)
}

// packet takes one unencrypted binary packet (RFC 4253 section 6) off the buffer; it returns false
// if more bytes are needed or nothing more can be read.
func (c *clearText) packet() bool {
	if len(c.buf) < clearHeaderLength {
		return false
	}
	length, padding := binary.BigEndian.Uint32(c.buf), int(c.buf[4])
	if length > maxClearMessage || int(length) < padding+minMessageLength {
		c.stop()
		return false
	}
	end := 4 + int(length)
	if len(c.buf) < end {
		return false
	}
	payload := c.buf[clearHeaderLength : end-padding]
	c.numbers = append(c.numbers, payload[0])
	if payload[0] == msgNewKeys {
		c.stop()
		c.to.encrypted(c.numbers)
		return false
	}
	c.to.message(payload)
	c.buf = c.buf[end:]
	return true
}

func (c *clearText) stop() { c.done, c.buf = true, nil }

// unfinished returns the bytes of a line that has not ended, while no version line was seen.
func (c *clearText) unfinished() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left
}

func (c *clearText) keepLine() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = ""
	if !c.named {
		c.left = string(c.buf)
	}
}
