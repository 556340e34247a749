package sftp

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"mftprobe/probe"
)

// canned is a channel whose server says what it says, whatever it is asked.
type canned struct {
	io.Reader
	sent bytes.Buffer
}

func (c *canned) Write(p []byte) (int, error) { return c.sent.Write(p) }
func (c *canned) Close() error                { return nil }

// linkTo makes a link over ch that records to nobody.
func linkTo(ch io.ReadWriteCloser) *link {
	granted := make(chan struct{})
	close(granted)
	s := &session{rec: probe.NewRecorder(time.Now, nil), id: sshConn, beat: make(chan struct{}, 1)}
	return newLink(ch, granted, s)
}

func TestLinkTakesPacketsInParts(t *testing.T) {
	ch := &canned{Reader: bytes.NewReader(nil)}
	l := linkTo(ch)
	whole := frame(fxpRealpath, 1, builder(nil).string("/a"))
	for i := range whole {
		if n, err := l.Write(whole[i : i+1]); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if !bytes.Equal(ch.sent.Bytes(), whole) {
		t.Errorf("sent %x, want %x", ch.sent.Bytes(), whole)
	}
}

func TestLinkAnswersWhoeverAsked(t *testing.T) {
	ch := &canned{}
	l := linkTo(ch)
	l.version.seen = true
	calls, err := l.send(request{typ: fxpRemove, body: builder(nil).string("/x")}, request{typ: fxpStat, body: builder(nil).string("/y")})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = l.Write(frame(fxpRealpath, 7, builder(nil).string(".")))
	name := frame(fxpName, 7, builder(nil).uint32(1).string("/").string("/").uint32(0))
	ch.Reader = bytes.NewReader(bytes.Join([][]byte{
		statusFrame(ownIDs+2, 2, "no y"), name, statusFrame(ownIDs+1, 0, "removed"), statusFrame(7, 0, "a second answer"),
	}, nil))
	got, err := io.ReadAll(l)
	if err != nil || !bytes.Equal(got, name) {
		t.Errorf("the library got %x, %v", got, err)
	}
	for i, want := range []uint32{0, 2} {
		<-calls[i].done
		if s, ok := calls[i].answer.status(); !ok || s.code != want || calls[i].lost {
			t.Errorf("call %d: %+v", i, s)
		}
	}
	late, _ := l.send(request{typ: fxpStat})
	if <-late[0].done; !late[0].lost {
		t.Error("a call on a dead link waits")
	}
}

func FuzzLink(f *testing.F) {
	v := versionFrame(3)
	f.Add(append(bytes.Clone(v), statusFrame(1, 0, "ok")...), []byte{fxpRealpath})
	f.Add(append(bytes.Clone(v), frame(fxpName, ownIDs+1, builder(nil).uint32(9).string("x"))...), []byte{fxpReaddir})
	f.Add(append(bytes.Clone(v), frame(fxpAttrs, ownIDs+1, builder(nil).uint32(attrExtended).uint32(1<<30))...), []byte{fxpStat})
	f.Add(append(bytes.Clone(v), frame(fxpExtendedReply, ownIDs+1, builder(nil).string("root"))...), []byte{fxpExtended})
	f.Add([]byte("Welcome\n"), []byte{})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, []byte{fxpData})
	f.Fuzz(func(_ *testing.T, in, types []byte) {
		l := linkTo(&canned{Reader: bytes.NewReader(in)})
		for i, typ := range types[:min(len(types), 8)] {
			_, _ = l.send(request{typ: typ, body: builder(nil).string(extStatVFS).string("/")})
			_, _ = l.Write(frame(typ, uint32(i+1), builder(nil).string("/")))
		}
		_, _ = io.Copy(io.Discard, l)
		l2 := linkTo(&canned{Reader: bytes.NewReader(in)})
		_ = recovered(func() error {
			c, err := sftp.NewClientPipe(l2, l2)
			if err != nil {
				return err
			}
			_, _ = c.RealPath(".")
			return c.Close()
		})
	})
}

func FuzzListing(f *testing.F) {
	f.Add([]byte(builder(nil).uint32(1).string("a").string("-rw a").uint32(attrSize).uint64(5)))
	f.Fuzz(func(t *testing.T, body []byte) {
		var l listing
		l.take(packet{typ: fxpName, body: body})
		if len(l.entries) > len(body) {
			t.Errorf("%d entries of %d bytes", len(l.entries), len(body))
		}
	})
}
