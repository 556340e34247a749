package probe

import (
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// Limits on what a server can make a transcript hold.
const (
	MaxEvents     = 8192      // kept events; of more, the first three quarters and the newest quarter stay
	MaxEventText  = 256 << 10 // bytes of text in one event
	MaxTotalText  = 8 << 20   // bytes of text in all events; later texts are cut to shortText
	MaxStepCodes  = 256       // codes listed with one step
	shortText     = 256
	keptHeadQuota = MaxEvents / 4 * 3

	usualEvents = 64 // of a run that passes
)

// Recorder collects events in order. It is safe for concurrent use: a driver's reader records while
// its step waits.
type Recorder struct {
	mu      sync.Mutex
	start   time.Time
	now     func() time.Time
	secrets []Secret
	redact  *redactor
	watch   func(Event)
	step    string
	codes   []Code
	head    []Event
	tail    []Event // ring of the newest, used when head is full
	next    int     // position in the ring
	seq     int
	text    int
	dropped int
	conns   []*Connection
}

// NewRecorder starts a record. now is the clock; the secrets are masked in every text; watch, if
// not nil, sees each event after masking, under the recorder's lock: it must be quick and must not
// call the recorder.
func NewRecorder(now func() time.Time, watch func(Event), secrets ...Secret) *Recorder {
	return &Recorder{start: now(), now: now, watch: watch, secrets: slices.Clone(secrets), redact: newRedactor(secrets...), head: make([]Event, 0, usualEvents)}
}

// Add stamps, masks and keeps e, and returns its sequence number. Seq, At and Step are the
// recorder's to set; a Step already set is kept.
func (r *Recorder) Add(e Event) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	e.Seq = r.seq
	e.At = Millis(r.now().Sub(r.start))
	if e.Step == "" {
		e.Step = r.step
	}
	r.mask(&e)
	if e.Code != nil && e.Direction == Received && e.Step == r.step && len(r.codes) < MaxStepCodes {
		r.codes = append(r.codes, *e.Code)
	}
	r.keep(e)
	if r.watch != nil {
		r.watch(e)
	}
	return e.Seq
}

// mask cleans and cuts every text of e.
func (r *Recorder) mask(e *Event) {
	e.Command = r.redact.clean(e.Command)
	e.rewrite(func(s string) string { return r.cut(r.redact.clean(s)) })
}

// rewrite passes every text of e through f. What e points to is copied before: it may be shared.
func (e *Event) rewrite(f func(string) string) {
	e.Text = f(e.Text)
	if e.Code != nil {
		c := *e.Code
		c.Text = f(c.Text)
		e.Code = &c
	}
	if e.Failure != nil {
		failure := *e.Failure
		failure.Text = f(failure.Text)
		e.Failure = &failure
	}
	if e.Attr != nil {
		attr := make(map[string]string, len(e.Attr))
		for k, v := range e.Attr {
			attr[k] = f(v)
		}
		e.Attr = attr
	}
}

func (r *Recorder) cut(s string) string {
	limit := MaxEventText
	if r.text > MaxTotalText {
		limit = shortText
	}
	if len(s) > limit {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		s = s[:limit] + "…"
	}
	r.text += len(s)
	return s
}

func (r *Recorder) keep(e Event) {
	if len(r.head) < keptHeadQuota {
		r.head = append(r.head, e)
		return
	}
	if len(r.tail) < MaxEvents-keptHeadQuota {
		r.tail = append(r.tail, e)
		return
	}
	r.tail[r.next] = e
	r.next = (r.next + 1) % len(r.tail)
	r.dropped++
}

// Last returns the sequence number of the newest event, 0 if there is none.
func (r *Recorder) Last() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seq
}

// Tolerate marks an event as survived: the step went on in spite of it.
func (r *Recorder) Tolerate(seq int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, list := range [][]Event{r.head, r.tail} {
		for i := range list {
			if list[i].Seq == seq {
				list[i].Tolerated = true
			}
		}
	}
}

// Connection creates or updates the entry of a connection. Texts that a server controls must go
// through Clean first.
func (r *Recorder) Connection(id string, update func(*Connection)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if c.ID == id {
			update(c)
			return
		}
	}
	c := &Connection{ID: id}
	update(c)
	r.conns = append(r.conns, c)
}

// Clean masks the run's secrets in s.
func (r *Recorder) Clean(s string) string { return r.redact.clean(s) }

// Since returns the time since the start of the run.
func (r *Recorder) Since() time.Duration { return r.now().Sub(r.start) }

// Hide masks more secrets, in what is already kept and in all that is still to come. It serves
// whoever learns a secret only while reading, such as a reader of another program's log, and must not
// run at the same time as Clean.
func (r *Recorder) Hide(secrets ...Secret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = append(r.secrets, secrets...)
	r.redact = newRedactor(r.secrets...)
	for _, list := range [][]Event{r.head, r.tail} {
		for i := range list {
			list[i].rewrite(r.redact.clean)
		}
	}
}

// Fill copies what was recorded into t: events, connections and the duration. Run does so by
// itself; a record that was made in another way is finished with it.
func (r *Recorder) Fill(t *Transcript) { r.fill(t) }

// begin makes name the step of the events to come.
func (r *Recorder) begin(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.step, r.codes = name, nil
}

// stepCodes returns the codes received since begin.
func (r *Recorder) stepCodes() []Code {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.codes)
}

// fill copies what was recorded into t.
func (r *Recorder) fill(t *Transcript) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Events = append(slices.Clone(r.head), r.tail[r.next:]...)
	t.Events = append(t.Events, r.tail[:r.next]...)
	t.Dropped = r.dropped
	for _, c := range r.conns {
		t.Connections = append(t.Connections, c.copied())
	}
	t.Duration = Millis(r.now().Sub(r.start))
}

// copied returns the entry as it is now. A library may still be at work on a connection that was closed
// in the middle of its handshake, and what it does then is no part of the record.
func (c *Connection) copied() Connection {
	out := *c
	if c.TLS != nil {
		tls := *c.TLS
		out.TLS = &tls
	}
	if c.SSH != nil {
		ssh := *c.SSH
		out.SSH = &ssh
	}
	return out
}
