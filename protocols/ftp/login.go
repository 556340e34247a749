package ftp

import (
	"context"
	"strconv"

	"mftprobe/probe"
)

// Anonymous access (RFC 1635).
const (
	anonymousUser     = "anonymous"
	anonymousPassword = "anonymous@"
)

// login goes from USER to a session that can work: PBSZ, PROT, FEAT, TYPE. It makes one attempt.
func (d *driver) login(ctx context.Context) probe.Outcome {
	if r, err := d.host(ctx); err != nil || r != nil && r.negative() {
		return d.answer(r, err)
	}
	o := d.authenticate(ctx)
	if !o.OK {
		return o
	}
	if refused, err := d.prepare(ctx); err != nil || refused != nil {
		return d.answer(refused, err)
	}
	if d.target.TLS.ClearControl && d.ctl.tap != nil {
		if r, err := d.clearControl(ctx); err != nil || !r.positive() {
			return d.answer(r, err)
		}
	}
	return o
}

// host names the virtual host (RFC 7151). A server that does not know the command has only one.
func (d *driver) host(ctx context.Context) (*reply, error) {
	if d.target.FTP.VirtualHost == "" {
		return nil, nil
	}
	r, err := d.ctl.do(ctx, d.step, cmd("HOST", d.target.FTP.VirtualHost))
	if err != nil {
		return nil, err
	}
	if unknown, err := d.hostUnknown(ctx, r); err != nil || !unknown {
		return r, err
	}
	d.rec.Add(oddity(probe.OddityFallback, probe.Event{
		Phase: probe.PhaseLogin, Conn: controlID, Code: r.event(), Text: "the server does not know HOST; its default host is used",
		Attr: map[string]string{"from": "HOST", "to": "default host"},
	}))
	return nil, nil
}

// hostUnknown tells whether r refuses the command HOST and not the host. Some servers say 530 to every
// command before the login that they do not know; those that know HOST list it (RFC 7151 section 3.3).
func (d *driver) hostUnknown(ctx context.Context, r *reply) (bool, error) {
	if r.code != 530 {
		return r.code == 500 || r.code == 502, nil
	}
	list, err := d.ctl.do(ctx, d.step, cmd("FEAT", ""))
	return err == nil && list.positive() && !parseFeatures(list).has("HOST"), err
}

// authenticate sends USER, PASS and ACCT as the server asks for them (RFC 959 section 5.4).
func (d *driver) authenticate(ctx context.Context) probe.Outcome {
	asked := false
	r, err := d.user(ctx)
	if err == nil && r.code/100 == 3 && r.code != 332 {
		password, ok := d.password()
		if !ok {
			return d.lacking("password", r)
		}
		asked = true
		r, err = d.ctl.do(ctx, d.step, command{name: "PASS", secret: password, hidden: true})
	}
	if err == nil && r.code == 332 {
		if !d.target.Account.IsSet() {
			return d.lacking("account", r)
		}
		asked = true
		r, err = d.ctl.do(ctx, d.step, command{name: "ACCT", secret: d.target.Account, hidden: true})
	}
	if err != nil {
		return d.ended(err)
	}
	o := d.answer(r, nil)
	o.Refused = !o.OK && r.code/100 != 4
	if o.OK && (r.code != 230 || !asked) {
		d.loginOddity(r)
	}
	return o
}

// user sends USER. A server that wants PBSZ and PROT first, which RFC 4217 section 9 allows to be
// sent at any time, is asked again: no password was sent, so that nothing was refused.
func (d *driver) user(ctx context.Context) (*reply, error) {
	name := d.target.User
	if name == "" {
		name = anonymousUser
	}
	r, err := d.ctl.do(ctx, d.step, cmd("USER", name))
	if err != nil || d.ctl.tap == nil || !wantsProtection(r) {
		return r, err
	}
	if refused, err := d.protect(ctx); err != nil || refused != nil {
		return r, err
	}
	return d.ctl.do(ctx, d.step, cmd("USER", name))
}

// wantsProtection tells by the code that USER came too early for the server's taste (RFC 2228
// section 5.3: 503, 533, 536; 521 and 522 are seen instead).
func wantsProtection(r *reply) bool {
	switch r.code {
	case 503, 521, 522, 533, 536:
		return true
	}
	return false
}

func (d *driver) loginOddity(r *reply) {
	d.rec.Add(oddity(probe.OddityLoginCode, probe.Event{
		Phase: probe.PhaseLogin, Conn: controlID, Code: r.event(), Text: "logged in by " + strconv.Itoa(r.code),
	}))
}

func (d *driver) password() (probe.Secret, bool) {
	user := d.target.User
	if !d.target.Password.IsSet() && (user == "" || user == anonymousUser || user == "ftp") {
		return probe.NewSecret(anonymousPassword), true
	}
	return d.target.Password, d.target.Password.IsSet()
}

// lacking ends a login that needs what was not given. Sending an empty one would be an attempt that
// the server counts.
func (d *driver) lacking(what string, r *reply) probe.Outcome {
	text := "the server asks for the " + what + ", and none was given"
	d.rec.Add(probe.Event{
		Phase: probe.PhaseLogin, Conn: controlID, Direction: probe.Local, Kind: probe.KindNote, Text: text,
		Failure: &probe.Failure{Class: probe.ClassLocal, Text: text}, Attr: map[string]string{"missing": what},
	})
	return probe.Outcome{Final: r.event(), Detail: text, Over: d.ctl.over()}
}

// prepare sets the session up in as few round trips as is safe. What protects the data is waited
// for; FEAT and TYPE are answered while the next step is under way. It returns the reply that
// refuses the protection.
func (d *driver) prepare(ctx context.Context) (refused *reply, err error) {
	var cmds []command
	protecting := d.ctl.tap != nil && !d.protectionKnown
	if protecting {
		cmds = append(cmds, cmd("PBSZ", "0"), cmd("PROT", d.level()))
	}
	cmds = append(cmds, cmd("FEAT", ""), cmd("TYPE", d.wantedType()))
	list, err := d.ctl.send(d.step, cmds...)
	if err != nil {
		return nil, err
	}
	d.setup = list[len(list)-2:]
	if !protecting {
		return nil, nil
	}
	refused, err = d.protection(ctx, list[0], list[1])
	if err == nil {
		err = d.settle(ctx)
	}
	return refused, err
}

// protect asks for the protection of data connections on its own.
func (d *driver) protect(ctx context.Context) (*reply, error) {
	list, err := d.ctl.send(d.step, cmd("PBSZ", "0"), cmd("PROT", d.level()))
	if err != nil {
		return nil, err
	}
	return d.protection(ctx, list[0], list[1])
}

// protection reads the replies to PBSZ and PROT. A server that refuses PROT for the sake of order
// gets both once more, one by one. One that does not know PROT, as behind a TLS wrapper, leaves data
// connections clear anyway (RFC 4217 section 9), which is enough for level C.
func (d *driver) protection(ctx context.Context, pbsz, prot *exchange) (*reply, error) {
	if _, err := d.ctl.final(ctx, pbsz); err != nil {
		return nil, err
	}
	r, err := d.ctl.final(ctx, prot)
	if err == nil && r.code == 503 {
		if _, err = d.ctl.do(ctx, d.step, cmd("PBSZ", "0")); err == nil {
			r, err = d.ctl.do(ctx, d.step, prot.cmd)
		}
	}
	if err != nil {
		return nil, err
	}
	unknown := r.code == 500 || r.code == 502 // then the data channel is clear anyway, which is what C asks for
	if !r.positive() && (d.level() != "C" || !unknown) {
		return r, nil
	}
	d.protectionKnown = true
	d.protected = d.level() == "P"
	return nil, nil
}

// level is the data channel protection that is wanted (RFC 4217 section 9).
func (d *driver) level() string {
	if d.target.TLS.Prot == "C" {
		return "C"
	}
	return "P"
}

func (d *driver) wantedType() string {
	if d.target.FTP.Type == "A" {
		return "A"
	}
	return "I"
}

// settle waits for what is still unanswered of the setup.
func (d *driver) settle(ctx context.Context) error {
	for len(d.setup) > 0 {
		x := d.setup[0]
		r, err := d.ctl.final(ctx, x)
		if err != nil {
			return err
		}
		d.setup = d.setup[1:]
		switch {
		case x.cmd.name == "FEAT" && r.positive():
			d.features = parseFeatures(r)
		case x.cmd.name == "TYPE" && r.positive():
			d.mode = x.cmd.arg
		case x.cmd.name == "TYPE":
			d.rec.Add(oddity(probe.OddityFallback, probe.Event{
				Step: x.step, Phase: probe.PhaseSetup, Conn: controlID, Command: x.cmd.name, Code: r.event(),
				Text: "the server refuses TYPE " + x.cmd.arg + "; its own default is used",
				Attr: map[string]string{"from": "TYPE " + x.cmd.arg, "to": "default"},
			}))
		}
	}
	return nil
}

// announceUTF8 tells the server that names are UTF-8 (RFC 2640), once and only if a name needs it and
// the server has the feature. What it answers does not matter.
func (d *driver) announceUTF8(ctx context.Context, names ...string) error {
	if d.utf8 || !d.features.has("UTF8") {
		return nil
	}
	for _, n := range names {
		if !isASCII(n) {
			d.utf8 = true
			_, err := d.ctl.do(ctx, d.step, cmd("OPTS", "UTF8 ON"))
			return err
		}
	}
	return nil
}

// quit says good-bye and waits for the 221. A server that just closes has understood.
func (d *driver) quit(ctx context.Context) probe.Outcome {
	d.dropReady()
	err := d.settle(ctx)
	if err != nil {
		return d.ended(err)
	}
	r, err := d.ctl.do(ctx, d.step, cmd("QUIT", ""))
	if err != nil {
		if d.ctl.closedByPeer() {
			d.left = true
			d.rec.Tolerate(d.rec.Last())
			return probe.Outcome{OK: true, Detail: "the server closed the connection without a reply"}
		}
		return d.ended(err)
	}
	d.left = true
	d.ctl.close()
	return probe.Outcome{OK: true, Final: r.event()}
}
