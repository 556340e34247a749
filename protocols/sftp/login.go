package sftp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// protocolVersion is the one version of SFTP that the library speaks.
const protocolVersion = 3

// login authenticates and goes on to the answer to INIT.
func (d *driver) login(ctx context.Context) probe.Outcome {
	if d.session == nil || d.lost {
		return probe.Outcome{Over: true, Detail: "there is no connection"}
	}
	if d.link != nil {
		return probe.Outcome{OK: true, Detail: "already logged in"}
	}
	if err := d.session.authenticate(ctx); err != nil {
		o := d.over(err)
		o.Refused = d.refused()
		return o
	}
	if err := d.open(ctx); err != nil {
		d.lost = d.session.isOver()
		return probe.Outcome{Over: d.lost, Detail: err.Error()}
	}
	d.describeServer()
	d.askLimits()
	return probe.Outcome{OK: true}
}

// open opens the channel, starts the subsystem and exchanges INIT and VERSION.
func (d *driver) open(ctx context.Context) error {
	s := d.session
	s.enter(probe.PhaseChannel)
	var err error
	done := make(chan struct{})
	s.workers.Go(func() {
		defer close(done)
		d.channel, err = openChannel(s, s.conn)
	})
	if cut := s.wait(ctx, done, d.target.Limits.Reply, "reply"); cut != nil {
		return cut
	}
	if err != nil {
		return d.channelRefused(err)
	}
	return d.startSFTP(ctx)
}

// channelRefused records why there is no channel.
func (d *driver) channelRefused(err error) error {
	s := d.session
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) {
		s.recordOpenFailure(err)
		return errors.New(describeChannelError(err))
	}
	<-s.ended // the library gives up a channel only with its connection
	s.recordEnd(err)
	return errors.New(s.reason())
}

// startSFTP requests the subsystem and sends INIT right behind the request. Until the request is
// granted nothing is read, so that the record has the answers in their order.
func (d *driver) startSFTP(ctx context.Context) error {
	s := d.session
	s.enter(probe.PhaseSubsystem)
	granted := make(chan struct{})
	l := newLink(d.channel, granted, s)
	started := d.channel.requestSubsystem(ctx)
	var library *sftp.Client
	var initErr error
	done := make(chan struct{})
	s.workers.Go(func() {
		defer close(done)
		initErr = recovered(func() (err error) {
			library, err = sftp.NewClientPipe(l, l, d.options()...)
			return err
		})
	})
	cut := s.wait(ctx, started.done, d.target.Limits.Reply, "reply")
	refused := d.subsystemRefused(ctx, started, cut)
	if refused != nil {
		l.fail(errLinkDown)
	} else {
		s.enter(probe.PhaseInit)
	}
	close(granted)
	if refused != nil {
		_ = d.channel.Close()
		return refused
	}
	if cut := s.wait(ctx, done, d.target.Limits.Reply, "reply"); cut != nil {
		return cut
	}
	if initErr != nil {
		return d.initFailed(ctx, l, initErr)
	}
	d.link, d.library = l, library
	s.enter(probe.PhaseRequest)
	return nil
}

// options make the library send one request at a time, unless more are asked for.
func (d *driver) options() []sftp.ClientOption {
	n := max(d.target.SSH.Concurrency, 1)
	return []sftp.ClientOption{
		sftp.UseConcurrentReads(n > 1), sftp.UseConcurrentWrites(n > 1), sftp.MaxConcurrentRequestsPerFile(n),
		sftp.UseFstat(true), sftp.MaxPacket(chunk),
	}
}

// subsystemRefused records the answer to the subsystem request and returns why the session cannot
// go on, if it cannot.
func (d *driver) subsystemRefused(ctx context.Context, r *subsystem, cut error) error {
	if cut != nil {
		return cut
	}
	if r.err != nil {
		return d.channelEnded(ctx)
	}
	d.session.recordSubsystem(r)
	if !r.ok {
		return errors.New("the server refuses the subsystem sftp")
	}
	return nil
}

// initFailed records why INIT did not lead to a session.
func (d *driver) initFailed(ctx context.Context, l *link, err error) error {
	s := d.session
	var library *libraryError
	switch {
	case errors.As(err, &library):
		s.end(libraryEvent(library), library.Error())
		return library
	case l.version.seen && l.version.number != protocolVersion:
		text := fmt.Sprintf("the server speaks SFTP version %d, this program version %d", l.version.number, protocolVersion)
		s.end(probe.Event{
			Direction: probe.Local, Kind: probe.KindNote, Text: text, Failure: &probe.Failure{Class: probe.ClassUnsupported, Text: text},
			Attr: map[string]string{"version": fmt.Sprint(l.version.number)},
		}, text)
		return errors.New(text)
	case errors.Is(l.cause(), errNotSFTP), errors.Is(l.cause(), errMalformed):
		d.channel.endOf(ctx)
		s.finish(l.cause().Error())
		return l.cause()
	}
	return d.channelEnded(ctx)
}

func libraryEvent(err *libraryError) probe.Event {
	return probe.Event{
		Direction: probe.Local, Kind: probe.KindOddity, Text: err.Error(), Failure: &probe.Failure{Class: probe.ClassLibrary, Text: err.text},
		Attr: map[string]string{"oddity": string(probe.OddityLibrary)},
	}
}

// channelEnded records that the channel ended where an answer was due, and returns why.
func (d *driver) channelEnded(ctx context.Context) error {
	if !d.channel.endOf(ctx) {
		d.session.recordEOF()
	}
	return errors.New(d.session.reason())
}

// recovered runs a call into a library and turns a panic into an error.
func recovered(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &libraryError{fmt.Sprint(r)}
		}
	}()
	return call()
}

// describeServer puts version and extensions into the connection's entry.
func (d *driver) describeServer() {
	v := d.link.version
	extensions := make(map[string]string, len(v.extensions))
	for name, value := range v.extensions {
		extensions[d.rec.Clean(name)] = d.rec.Clean(value)
	}
	d.session.info(func(i *probe.SSHInfo) { i.SFTPVersion, i.Extensions = int(v.number), extensions })
}

// await waits for the answer to one of our own requests.
func (d *driver) await(ctx context.Context, c *call, limit time.Duration, name string) (packet, error) {
	if cut := d.session.wait(ctx, c.done, limit, name); cut != nil {
		return packet{}, cut
	}
	if c.lost {
		return packet{}, d.linkEnded(ctx)
	}
	return c.answer, nil
}

// linkEnded returns why the link is down, which is recorded then.
func (d *driver) linkEnded(ctx context.Context) error {
	if cause := d.link.cause(); errors.Is(cause, errMalformed) || errors.Is(cause, errNotSFTP) {
		d.session.finish(cause.Error())
		return cause
	}
	return d.channelEnded(ctx)
}

// quit ends the session in order: end of data to the server, then the channel, then the connection.
func (d *driver) quit(ctx context.Context) probe.Outcome {
	if d.session == nil || d.lost {
		return probe.Outcome{Over: true, OK: d.left, Detail: "the session had ended"}
	}
	d.left = true
	s := d.session
	s.enter(probe.PhaseQuit)
	s.finish("we ended the session")
	if d.link != nil {
		d.link.begin("", probe.PhaseQuit)
		d.closeChannel(ctx)
	} else {
		s.sayGoodbye()
	}
	s.add(probe.Event{Direction: probe.Sent, Kind: probe.KindClose, Text: "the connection is closed"})
	for _, s := range d.sessions() {
		s.shut()
	}
	return probe.Outcome{OK: true}
}

// quitGrace bounds the wait for the exit status of the process on the server. It owes us nothing
// more, and a round trip to a far server is not worth it.
const quitGrace = 20 * time.Millisecond

// closeChannel sends the end of data and the close of the channel, and listens for a moment to how
// the process on the server ends.
func (d *driver) closeChannel(ctx context.Context) {
	_ = d.channel.CloseWrite()
	timer := time.NewTimer(quitGrace)
	defer timer.Stop()
	for down, quiet := d.link.down, d.channel.quiet; down != nil || quiet != nil; {
		select {
		case <-down:
			down = nil
		case <-quiet:
			quiet = nil
		case <-timer.C:
			_ = d.channel.Close()
			return
		case <-ctx.Done():
			return
		}
	}
}
