package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// object is something that the run made on the server.
type object struct {
	path  string
	other string // the name that it may have instead: a rename to it was refused
	dir   bool
	size  int64
	sum   string
	whole bool // the upload was confirmed, so size and sum hold
	gone  bool
	stuck bool // the server refused to remove it, and was there to be asked
	doubt bool // nobody knows whether it is there: what made, moved or removed it was not answered
	never bool // it was not made after all
}

// objects is what the run made, in order.
type objects struct{ all []object }

func (o *objects) add(x object) { o.all = append(o.all, x) }

// find returns the newest living object of that name.
func (o *objects) find(path string) (object, bool) {
	if i := o.index(path); i >= 0 {
		return o.all[i], true
	}
	return object{}, false
}

func (o *objects) index(path string) int {
	for i := len(o.all) - 1; i >= 0; i-- {
		if o.all[i].path == path && !o.all[i].gone {
			return i
		}
	}
	return -1
}

// last returns the path of the newest living file or directory, or the empty string.
func (o *objects) last(dir bool) string {
	for _, x := range slices.Backward(o.all) {
		if x.dir == dir && !x.gone {
			return x.path
		}
	}
	return ""
}

func (o *objects) rename(from, to string) {
	if i := o.index(from); i >= 0 {
		o.all[i].path = to
	}
}

// renameRefused notes the name that a server may have given although it reported an error.
func (o *objects) renameRefused(from, to string) {
	if i := o.index(from); i >= 0 {
		o.all[i].other = to
	}
}

// uncertain notes that a rename was sent and its outcome is not known: either name may exist.
func (o *objects) uncertain(from, to string) {
	if i := o.index(from); i >= 0 {
		o.all[i].doubt = true
		o.add(object{path: to, doubt: true})
	}
}

// unsettled notes that a removal was sent and its outcome is not known.
func (o *objects) unsettled(path string) {
	if i := o.index(path); i >= 0 {
		o.all[i].doubt = true
	}
}

func (o *objects) removed(path string) {
	if i := o.index(path); i >= 0 {
		o.all[i].gone = true
	}
}

// changed forgets size and sum of a file that was appended to.
func (o *objects) changed(path string) {
	if i := o.index(path); i >= 0 {
		o.all[i].whole = false
	}
}

// living returns what is still to be removed, the newest first, so that files go before their directories.
func (o *objects) living() []object {
	var out []object
	for _, x := range slices.Backward(o.all) {
		if !x.gone && !x.stuck {
			out = append(out, x)
		}
	}
	return out
}

func (o *objects) refuse(path string, answer *Code) {
	if i := o.index(path); i >= 0 {
		x := &o.all[i]
		x.stuck = true
		if x.doubt && notFound(answer) {
			x.gone, x.never = x.whole, !x.whole
		}
	}
}

// notFound tells whether a server refused because it does not know the name. It is asked only about
// names that may well not be there.
func notFound(c *Code) bool {
	if c == nil {
		return false
	}
	if c.Space == SpaceSFTP {
		return c.Value == 2 // SSH_FX_NO_SUCH_FILE
	}
	text := strings.ToLower(c.Text)
	return slices.ContainsFunc([]string{"not found", "no such", "not exist", "n't exist", "cannot find", "can't find"}, func(w string) bool {
		return strings.Contains(text, w)
	})
}

func (o *objects) report() Cleanup {
	c := Cleanup{Created: []string{}, Removed: []string{}, LeftBehind: []string{}}
	for _, x := range o.all {
		if x.never {
			continue
		}
		c.Created = append(c.Created, x.path)
		if x.gone {
			c.Removed = append(c.Removed, x.path)
		} else {
			c.LeftBehind = append(c.LeftBehind, x.path)
		}
	}
	return c
}

// cleanUpInSession removes what is left while the session still stands, just before quit.
func (r *runner) cleanUpInSession(ctx context.Context) {
	if r.job.Keep || r.over || len(r.objects.living()) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), CleanupLimit)
	defer cancel()
	r.removeAll(limited)
}

// cleanUp removes what is left after the script. If the session is gone it logs in once more: the
// credentials have proved good in this run, so that this cannot lock the account.
func (r *runner) cleanUp(ctx context.Context) {
	if r.job.Keep || len(r.objects.living()) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, CleanupLimit)
	defer cancel()
	r.rec.begin(string(PhaseCleanup))
	if r.over || r.left {
		if !r.logged || r.refused || !r.reconnect(limited) {
			return
		}
	}
	r.removeAll(limited)
	r.drv.Do(limited, Step{Name: string(PhaseCleanup), Op: OpQuit, Always: true})
}

func (r *runner) reconnect(ctx context.Context) bool {
	_ = r.drv.Close()
	r.drv = r.job.Open(r.job.Target, r.rec)
	steps := []Step{{Op: OpConnect}, {Op: OpLogin}}
	for _, dir := range r.entered {
		steps = append(steps, Step{Op: OpCwd, Path: dir})
	}
	for _, s := range steps {
		s.Name = string(PhaseCleanup)
		if o := r.drv.Do(ctx, s); !o.OK {
			return false
		}
	}
	r.over = false
	return true
}

func (r *runner) removeAll(ctx context.Context) {
	r.rec.begin(string(PhaseCleanup))
	for _, x := range r.objects.living() {
		o := r.remove(ctx, x, x.path)
		if !o.OK && !o.Over && x.other != "" {
			if second := r.remove(ctx, x, x.other); second.OK || second.Over {
				o = second
				r.objects.rename(x.path, x.other)
				x.path = x.other
			}
		}
		switch {
		case o.OK:
			r.objects.removed(x.path)
		case o.Over:
			r.over = true
			return
		default:
			r.objects.refuse(x.path, o.Final)
		}
	}
}

func (r *runner) remove(ctx context.Context, x object, path string) Outcome {
	op := OpDelete
	if x.dir {
		op = OpRmdir
	}
	return r.drv.Do(ctx, Step{Name: string(PhaseCleanup), Op: op, Path: path})
}

// namer makes unique names from the job's template.
type namer struct {
	template string
	run      string
	count    int
}

func (j Job) namer() namer { return namer{template: j.NameTemplate, run: j.RunID} }

func (n *namer) next() string {
	n.count++
	return strings.NewReplacer("{run}", n.run, "{n}", fmt.Sprint(n.count)).Replace(n.template)
}
