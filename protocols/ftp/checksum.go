package ftp

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"strings"

	"mftprobe/internal/lazyregexp"
	"mftprobe/probe"
)

// maxChecksum is the size in bytes up to which a server is asked for a checksum: of a bigger file it
// may need longer than a reply may take.
const maxChecksum = 64 << 20

// digest is a way of asking a server for a checksum.
type digest struct {
	feature   string           // of FEAT, which is the command too
	algorithm string           // as HASH names it
	make      func() hash.Hash // nil: SHA-256, which is calculated anyway
}

// digests, the best first. HASH is draft-bryan-ftpext-hash, the others are older inventions.
var digests = []digest{
	{"HASH", "SHA-256", nil},
	{"XSHA256", "SHA-256", nil},
	{"HASH", "SHA-1", sha1.New},
	{"XSHA1", "SHA-1", sha1.New},
	{"XSHA", "SHA-1", sha1.New},
	{"HASH", "MD5", md5.New},
	{"XMD5", "MD5", md5.New},
	{"XCRC", "CRC32", func() hash.Hash { return crc32.NewIEEE() }},
}

// offered returns the best digest that the server offers.
func (d *driver) offered() (digest, bool) {
	for _, g := range digests {
		if d.features.has(g.feature) && (g.feature != "HASH" || strings.Contains(strings.ToUpper(d.features["HASH"]), g.algorithm)) {
			return g, true
		}
	}
	return digest{}, false
}

// extraHash returns a hash to calculate during an upload of size bytes beside SHA-256, or nil.
func (d *driver) extraHash(size int64) hash.Hash {
	if g, ok := d.offered(); ok && g.make != nil && size <= maxChecksum {
		return g.make()
	}
	return nil
}

var hexRun = lazyregexp.New(`\b[0-9A-Fa-f]{8,64}\b`)

// checksum asks the server for the checksum of what was just uploaded, if it offers one, and compares.
// That it cannot say does not matter: the file can be read back.
func (d *driver) checksum(ctx context.Context, path string, up *upload, o *probe.Outcome) {
	g, ok := d.offered()
	if !ok || up.size > maxChecksum || up.text || o.Over {
		return
	}
	sum := up.hash.Sum(nil)
	if g.make != nil {
		sum = up.second.Sum(nil)
	}
	want := hex.EncodeToString(sum)
	if g.feature == "HASH" && !strings.Contains(strings.ToUpper(d.features["HASH"]), g.algorithm+"*") {
		if r, err := d.ctl.do(ctx, d.step, cmd("OPTS", "HASH "+g.algorithm)); err != nil || !r.positive() {
			o.Over = d.ctl.over()
			return
		}
	}
	r, err := d.ctl.do(ctx, d.step, cmd(g.feature, path))
	o.Over = d.ctl.over()
	if err != nil || !r.positive() {
		return
	}
	got := sumIn(r.words, len(want))
	e := probe.Event{
		Phase: probe.PhaseVerify, Conn: controlID, Direction: probe.Local, Kind: probe.KindCheck, Command: g.feature, Code: r.event(),
		Text: g.algorithm + " of the server: " + got, Attr: map[string]string{"check": "checksum", "algorithm": g.algorithm, "sent": want, "stored": got},
	}
	if got != "" && got != want {
		o.OK, o.Detail = false, "the server's "+g.algorithm+" is "+got+", of what was sent it is "+want
		e.Failure = &probe.Failure{Class: probe.ClassMismatch, Text: o.Detail}
	}
	d.rec.Add(e)
}

// sumIn finds a checksum of n digits. CRC32 comes without leading zeros from some servers.
func sumIn(words string, n int) string {
	for _, m := range hexRun.FindAllString(words, -1) {
		if len(m) == n {
			return strings.ToLower(m)
		}
	}
	return ""
}
