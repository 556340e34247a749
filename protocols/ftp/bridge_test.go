package ftp

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mftprobe/probe"
)

// tape is a control connection in memory: it answers each command with the next of its answers, in
// pieces of cut bytes, and ends when there is no further one.
type tape struct {
	net.Conn // nil: what is not written below is not used
	mu       sync.Mutex
	more     *sync.Cond
	answers  []string
	cut      int
	out      []byte
	closed   bool
}

func newTape(cut int, answers ...string) *tape {
	t := &tape{answers: answers, cut: max(cut, 1)}
	t.more = sync.NewCond(&t.mu)
	return t
}

func (t *tape) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.out) == 0 && !t.closed {
		t.more.Wait()
	}
	if len(t.out) == 0 {
		return 0, io.EOF
	}
	n := copy(p, t.out[:min(t.cut, len(t.out))])
	t.out = t.out[n:]
	return n, nil
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for range strings.Count(string(p), "\n") {
		if len(t.answers) == 0 {
			t.closed = true
			break
		}
		t.out = append(append(t.out, t.answers[0]...), "\r\n"...)
		t.answers = t.answers[1:]
	}
	t.more.Broadcast()
	return len(p), nil
}

func (t *tape) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.more.Broadcast()
	return nil
}

func (t *tape) SetDeadline(time.Time) error      { return nil }
func (t *tape) SetReadDeadline(time.Time) error  { return nil }
func (t *tape) SetWriteDeadline(time.Time) error { return nil }

// session runs typed operations of the library against the answers and returns their outcomes.
func (t *tape) session(tb testing.TB) string {
	tb.Helper()
	d := newDriver(probe.Target{Limits: probe.Limits{Reply: 20 * time.Second}}, probe.NewRecorder(now, nil))
	d.session = session{security: newSecurity(d.target), ctl: newControl(d.rec, d.limits.Reply, t), mode: typeImage}
	d.ctl.start()
	defer d.ctl.close()
	var b strings.Builder
	for _, s := range []probe.Step{
		{Op: probe.OpPwd},
		{Op: probe.OpCwd, Path: "a"},
		{Op: probe.OpSize, Path: "a"},
		{Op: probe.OpMdtm, Path: "a"},
		{Op: probe.OpMkdir, Path: "a"},
		{Op: probe.OpRename, Path: "a", To: "b", Fresh: true},
		{Op: probe.OpDelete, Path: "a"},
		{Op: probe.OpNoop},
	} {
		o := d.Do(tb.Context(), s)
		code := 0
		if o.Final != nil {
			code = o.Final.Value
		}
		fmt.Fprintf(&b, "%s %v %v %d %q %d\n", s.Op, o.OK, o.Over, code, o.Path, o.Size)
		if o.Over {
			break
		}
	}
	return b.String()
}

// TestBridge: the library sees each reply in the form that it knows, whatever the server wrote.
func TestBridge(t *testing.T) {
	got := newTape(1, "257-x\r\n257 \"/a\"\"b\"", "200", "213-\r\n213  9 b", "213 20260102030405.1", "250 made", "350", "226 moved", "202 gone", "250 ok").session(t)
	want := `pwd true false 257 "/a\"b" 0
cwd true false 200 "a" 0
size true false 213 "a" 9
mdtm true false 213 "a" 0
mkdir true false 250 "a" 0
rename true false 226 "b" 0
delete true false 202 "a" 0
noop true false 250 "" 0
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// oneByOne tells whether no answer ends more than one reply. Of two, the second may come before or behind
// the next command, and then belongs to nothing or to that: how the stream is cut decides it.
func oneByOne(answers []string) bool {
	var p replyParser
	for _, answer := range answers {
		replies := 0
		for rest := []byte(answer + "\r\n"); len(rest) > 0; {
			found, behind, err := p.feed(rest)
			if found == nil || err != nil {
				break
			}
			if found.reply != nil {
				replies++
			}
			rest = behind
		}
		if replies > 1 {
			return false
		}
	}
	return true
}

// FuzzBridge: whatever a server answers, the library neither panics nor sees something else when the
// stream is cut in another way.
func FuzzBridge(f *testing.F) {
	for _, s := range []string{
		"257 \"/\"|250 ok|213 5|213 20260102030405|257 \"a\"|350 go|250 ok|250 ok|200 ok",
		"257 \"|250|213|213 x|257|350|250|250|200", "257-\r\n257 \"/\"|550 no|500|421 bye", "x|y|257 \"/\"|1|150 a|226 b",
	} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, in string, cut int) {
		answers := strings.Split(in, "|")
		if len(answers) > 12 || !oneByOne(answers) {
			return
		}
		synctest.Test(t, func(t *testing.T) { // no waiting for limits, and no busy machine that reaches them
			one, other := newTape(1<<20, answers...).session(t), newTape(cut, answers...).session(t)
			if one != other {
				t.Errorf("%q: whole\n%s\ncut at %d\n%s", in, one, cut, other)
			}
		})
	})
}
