package sftp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// heard notes what a listener is told.
type heard struct{ notes []string }

func (h *heard) preVersion(line string) { h.notes = append(h.notes, "pre "+line) }
func (h *heard) version(line string)    { h.notes = append(h.notes, "version "+line) }
func (h *heard) message(p []byte)       { h.notes = append(h.notes, fmt.Sprintf("message %d", p[0])) }

func (h *heard) encrypted(n []uint8) { h.notes = append(h.notes, fmt.Sprintf("encrypted %d", n)) }

func message(number byte, size int) string {
	return string(clearPacket(append([]byte{number}, make([]byte, size)...)))
}

func TestClearText(t *testing.T) {
	long := strings.Repeat("x", maxVersionLine-len("SSH-2.0-\r\n"))
	for name, tt := range map[string]struct {
		in   string
		want []string
		err  bool
	}{
		"version":                 {"SSH-2.0-x\r\n", []string{"version SSH-2.0-x"}, false},
		"bare line feed":          {"SSH-2.0-x\n", []string{"version SSH-2.0-x"}, false},
		"lines before":            {"hello\r\nthere\nSSH-2.0-x\r\n", []string{"pre hello", "pre there", "version SSH-2.0-x"}, false},
		"version at the limit":    {"SSH-2.0-" + long + "\r\n", []string{"version SSH-2.0-" + long}, false},
		"version over the limit":  {"SSH-2.0-" + long + "x\r\n", nil, true},
		"version without an end":  {"SSH-2.0-" + long + "xxx", nil, true},
		"messages":                {"SSH-2.0-x\r\n" + message(20, 40) + message(1, 9), []string{"version SSH-2.0-x", "message 20", "message 1"}, false},
		"ciphertext is left":      {"SSH-2.0-x\r\n" + message(20, 9) + message(21, 0) + "\x00\x00\x00\x05junk", []string{"version SSH-2.0-x", "message 20", "encrypted [20 21]"}, false},
		"message at the limit":    {"SSH-2.0-x\r\n" + message(30, maxClearMessage-14), []string{"version SSH-2.0-x", "message 30"}, false},
		"message over the limit":  {"SSH-2.0-x\r\n" + message(30, maxClearMessage) + message(1, 9), []string{"version SSH-2.0-x"}, false},
		"padding beyond the end":  {"SSH-2.0-x\r\n\x00\x00\x00\x04\xff\x01\x02\x03" + message(1, 9), []string{"version SSH-2.0-x"}, false},
		"text before, at limit":   {strings.Repeat("a", maxPreVersion-1) + "\nSSH-2.0-x\n", []string{"pre " + strings.Repeat("a", maxPreVersion-1), "version SSH-2.0-x"}, false},
		"text before, over limit": {strings.Repeat("a", maxPreVersion) + "\nSSH-2.0-x\n", nil, true},
		"text without a line end": {strings.Repeat("a", maxPreVersion+1), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []int{len(tt.in), 100, 7} {
				var h heard
				c := clearText{to: &h}
				var err error
				for chunk := range slices.Chunk([]byte(tt.in), step) {
					if err = c.feed(chunk); err != nil {
						break
					}
				}
				if !slices.Equal(h.notes, tt.want) || (err != nil) != tt.err {
					t.Fatalf("in steps of %d: heard %.200q, error %v", step, h.notes, err)
				}
				if err != nil && !errors.Is(err, errTooLong) {
					t.Errorf("error %v", err)
				}
			}
		})
	}
}

func TestUnfinished(t *testing.T) {
	c := clearText{to: &heard{}}
	_ = c.feed([]byte("one\ntw"))
	if got := c.unfinished(); got != "tw" {
		t.Errorf("got %q", got)
	}
	_ = c.feed([]byte("o\nSSH-2.0-x\nrest"))
	if got := c.unfinished(); got != "" {
		t.Errorf("after the version: %q", got)
	}
}

func FuzzClearText(f *testing.F) {
	f.Add([]byte("SSH-2.0-x\r\n"+message(20, 40)+message(21, 0)), 3)
	f.Add([]byte("220 ftp\r\nSSH-2.0-x\n\x00\x00\x00\x0c\x0a"), 1)
	f.Add([]byte("\x15\x03\x01\x00\x02\x02\x46"), 2)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		if step < 1 || step > 1<<16 {
			step = 1
		}
		var h heard
		c := clearText{to: &h}
		for chunk := range slices.Chunk(in, step) {
			if c.feed(chunk) != nil {
				break
			}
			if len(c.buf) > maxPreVersion+maxClearMessage+step {
				t.Fatalf("%d bytes are held", len(c.buf))
			}
		}
	})
}

func FuzzKexInit(f *testing.F) {
	f.Add(kexPayload(kexInit{kex: []string{"curve25519-sha256", "ext-info-s"}, hostKey: []string{"ssh-ed25519"}}))
	f.Add([]byte{msgKexInit})
	f.Fuzz(func(_ *testing.T, in []byte) {
		if k, ok := parseKexInit(in); ok {
			_, none := k.negotiate(k)
			_ = none
			k.offers()
		}
		_, _ = parseDisconnect(in)
	})
}

// kexPayload is the inverse of parseKexInit.
func kexPayload(k kexInit) []byte {
	b := append(builder{msgKexInit}, make([]byte, 16)...)
	for _, l := range [][]string{k.kex, k.hostKey, k.cipherC2S, k.cipherS2C, k.macC2S, k.macS2C, k.compC2S, k.compS2C, nil, nil} {
		b = b.string(strings.Join(l, ","))
	}
	return append(b, 0, 0, 0, 0, 0)
}

func symmetric(kex, hostKey, cipher, mac string) kexInit {
	split := func(s string) []string { return strings.Split(s, ",") }
	return kexInit{
		kex: split(kex), hostKey: split(hostKey), cipherC2S: split(cipher), cipherS2C: split(cipher),
		macC2S: split(mac), macS2C: split(mac), compC2S: []string{"none"}, compS2C: []string{"none"},
	}
}

func TestNegotiate(t *testing.T) {
	client := symmetric("curve25519-sha256,ecdh-sha2-nistp256,ext-info-c", "ssh-ed25519,rsa-sha2-512", "aes128-gcm@openssh.com,aes128-ctr", "hmac-sha2-256")
	for name, tt := range map[string]struct {
		server     kexInit
		mac        string
		category   string // of the first that has nothing in common
		remedy     string
		usable     string
		categories int
	}{
		"all":              {symmetric("ecdh-sha2-nistp256", "rsa-sha2-512", "aes128-ctr", "hmac-sha2-256"), "hmac-sha2-256", "", "", "", 0},
		"aead needs none":  {symmetric("ecdh-sha2-nistp256", "rsa-sha2-512", "aes128-gcm@openssh.com", "hmac-md5"), "implicit", "", "", "", 0},
		"marker no common": {symmetric("diffie-hellman-group1-sha1,ext-info-c", "rsa-sha2-512", "aes128-ctr", "hmac-sha2-256"), "", "kex", "legacy", "diffie-hellman-group1-sha1", 1},
		"our own option":   {symmetric("mlkem768x25519-sha256", "ssh-rsa", "aes128-ctr", "hmac-sha2-256"), "", "kex", "option", "mlkem768x25519-sha256", 2},
		"beyond us":        {symmetric("ecdh-sha2-nistp256", "rsa-sha2-512", "aes128-ctr", "hmac-md5,umac-64@openssh.com"), "", "mac", "cannot", "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			got, none := client.negotiate(tt.server)
			if len(none) != tt.categories {
				t.Fatalf("nothing in common in %v", none)
			}
			if len(none) == 0 {
				if got.mac != tt.mac {
					t.Errorf("mac %q", got.mac)
				}
				return
			}
			e := negotiationEvent(none)
			if e.Attr["category"] != tt.category || e.Attr["remedy"] != tt.remedy || e.Attr["usable"] != tt.usable {
				t.Errorf("event %v", e.Attr)
			}
		})
	}
}
